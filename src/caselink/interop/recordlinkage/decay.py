"""How alike two numbers or two dates are, as recordlinkage defines it, for arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.errors import SpecError

Floats: TypeAlias = npt.NDArray[np.float64]

MONTHS_MIXED_UP = ((6, 7, 0.5), (7, 6, 0.5), (9, 10, 0.5), (10, 9, 0.5))
"""June and July, September and October: (month left, month right, similarity)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decay:
    """How similarity falls with the distance of two numbers.

    It is 1 up to ``offset`` from ``origin`` and one half ``scale`` further: in a straight line, as a parabola, or
    exponentially, ``gauss`` with the square of the distance. ``step`` falls to 0 behind the offset at once.

    >>> Decay(method="linear", scale=2.0).similarity(np.array([0.0, 2.0, 9.0, np.nan])).tolist()
    [1.0, 0.5, 0.0, nan]
    """

    method: str = "linear"
    offset: float = 0.0
    scale: float = 1.0
    origin: float = 0.0

    def __post_init__(self) -> None:
        if self.method not in DECAYS:
            raise SpecError(f"the method of a numeric comparison is one of {sorted(DECAYS)}, got {self.method!r}")
        if self.offset < 0:
            raise SpecError("the offset of a numeric comparison must be 0 or more")
        if self.scale <= 0 and DECAYS[self.method] != "step":
            raise SpecError("the scale of a numeric comparison must be above 0")

    def similarity(self, distance: npt.NDArray[Any]) -> Floats:
        """Similarities of distances, NaN where one is."""
        apart = np.abs(distance - self.origin).astype(float)
        kind = DECAYS[self.method]
        if kind == "step":
            return np.where(np.isnan(apart), np.nan, (apart <= self.offset).astype(float))
        beyond = np.maximum(apart - self.offset, 0) / self.scale
        if kind == "linear":
            return np.asarray(1 - np.minimum(beyond, 2) / 2)
        if kind == "squared":
            return np.asarray(1 - np.minimum(beyond, np.sqrt(2)) ** 2 / 2)
        return np.asarray(np.exp2(-beyond if kind == "exp" else -(beyond**2)))


DECAYS = {
    "step": "step",
    "linear": "linear",
    "lin": "linear",
    "squared": "squared",
    "exp": "exp",
    "exponential": "exp",
    "gauss": "gauss",
    "gaussian": "gauss",
}
"""recordlinkage's names of the methods."""


def calendar(dates: pd.Series[Any]) -> npt.NDArray[np.int64]:
    """Year, month and day of each date (rows x 3), -1 where missing."""
    parts = (dates.dt.year, dates.dt.month, dates.dt.day)
    return np.stack([part.fillna(-1).to_numpy().astype(np.int64) for part in parts], axis=1)


def mixed_up_dates(
    equal: Floats,
    parts: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]],
    swap_month_day: float,
    swap_months: Sequence[tuple[int, int, float]],
) -> Floats:
    """``equal`` (1, 0, NaN a pair) with what is asked for where month and day, or two months, are mixed up.

    ``parts``: a row of :func:`calendar` a pair, of the left and of the right date.
    """
    left, right = parts
    out = equal.copy()
    same_year = (out == 0) & (left[:, 0] == right[:, 0])
    if swap_month_day:
        swapped = same_year & (left[:, 1] == right[:, 2]) & (left[:, 2] == right[:, 1])
        out[swapped & (out != 1)] = swap_month_day
    same_day = same_year & (left[:, 2] == right[:, 2])
    for month, other, value in swap_months:
        out[same_day & (left[:, 1] == month) & (right[:, 1] == other) & (out != 1)] = value
    return out
