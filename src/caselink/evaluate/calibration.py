"""Calibration: of the pairs to which the model gives a probability, what share truly is one person."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.errors import SpecError

BIN_EDGES = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 1.0)


def calibration(
    match_probability: npt.ArrayLike, match: npt.ArrayLike, *, edges: tuple[float, ...] = BIN_EDGES
) -> pd.DataFrame:
    """One row a bin of probabilities that holds pairs: what was predicted, what is true.

    ``match``: whether each pair is one person. Columns: ``from``, ``to`` (the bin), ``pairs``, ``predicted`` (mean
    probability), ``true`` (share of matches), ``low`` and ``high`` (95 % interval of that share: Wilson, 1927).
    ``table["pairs"] @ (table["predicted"] - table["true"]).abs() / table["pairs"].sum()`` is the calibration error.

    >>> table = calibration([0.1, 0.15, 0.92, 0.94], [False, False, True, True])
    >>> table[["from", "pairs", "predicted", "true"]].round(3).values.tolist()
    [[0.1, 2.0, 0.125, 0.0], [0.9, 2.0, 0.93, 1.0]]
    """
    probability, truth = np.asarray(match_probability, np.float64), np.asarray(match, bool)
    if probability.shape != truth.shape:
        raise SpecError(f"{probability.size} probabilities and {truth.size} truths; give one of each a pair")
    if not ((probability >= 0) & (probability <= 1)).all():
        raise SpecError("probabilities lie from 0 to 1; a match weight is not one")
    place = np.clip(np.searchsorted(edges, probability, side="right") - 1, 0, len(edges) - 2)
    pairs = np.bincount(place, minlength=len(edges) - 1)
    held = np.flatnonzero(pairs)
    predicted, true = (np.bincount(place, weights=value, minlength=len(pairs)) for value in (probability, truth))
    low, high = wilson(true[held], pairs[held])
    return pd.DataFrame(
        {
            "from": np.asarray(edges)[held],
            "to": np.asarray(edges)[held + 1],
            "pairs": pairs[held],
            "predicted": predicted[held] / pairs[held],
            "true": true[held] / pairs[held],
            "low": low,
            "high": high,
        }
    )


def calibration_error(table: pd.DataFrame) -> float:
    """The mean difference between predicted and true share, over pairs; NaN where there are none.

    >>> calibration_error(calibration([0.1, 0.9], [False, True])).__round__(3)
    0.1
    """
    if not len(table):
        return float("nan")
    return float(np.average((table["predicted"] - table["true"]).abs(), weights=table["pairs"]))


def wilson(right: npt.NDArray[Any], total: npt.NDArray[Any]) -> tuple[npt.NDArray[np.float64], ...]:
    """The 95 % interval of a share (Wilson, 1927).

    >>> [round(float(end[0]), 3) for end in wilson(np.array([0.0]), np.array([10]))]
    [0.0, 0.278]
    """
    z, share = 1.959964, right / total
    middle = (share + z**2 / (2 * total)) / (1 + z**2 / total)
    reach = z * np.sqrt(share * (1 - share) / total + z**2 / (4 * total**2)) / (1 + z**2 / total)
    return np.maximum(middle - reach, 0.0), np.minimum(middle + reach, 1.0)
