"""The features themselves: recordlinkage's classes with another default for what is missing, and caselink's levels."""

from __future__ import annotations

import inspect
from collections.abc import Hashable, Sequence
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
import recordlinkage.compare as theirs
from recordlinkage.base import BaseCompareFeature

from caselink.comparisons import Comparison
from caselink.encoding import Column, EncodedRecords
from caselink.errors import InputError, SpecError
from caselink.interop.recordlinkage.columns import Floats, PairedColumns, Rows

HALFWAY = 0.5
"""What a missing value gives unless asked otherwise: as far from agreement as from disagreement."""


class Exact(theirs.Exact):  # type: ignore[misc]  # recordlinkage has no types
    """Equal or not. Missing is halfway between the two values, unless ``missing_value`` says otherwise."""

    def __init__(
        self,
        left_on: Hashable,
        right_on: Hashable,
        agree_value: Any = 1,  # noqa: ANN401
        disagree_value: Any = 0,  # noqa: ANN401
        missing_value: Any = None,  # noqa: ANN401
        label: Hashable | None = None,
    ) -> None:
        if missing_value is None:
            between = isinstance(agree_value, Real) and isinstance(disagree_value, Real)
            missing_value = (agree_value + disagree_value) / 2 if between else 0
        super().__init__(left_on, right_on, agree_value, disagree_value, missing_value, label)


class String(theirs.String):  # type: ignore[misc]  # recordlinkage has no types
    """Similarity of two texts. Missing is one half, unless ``missing_value`` says otherwise, by every method."""

    def __init__(
        self,
        left_on: Hashable,
        right_on: Hashable,
        method: str = "levenshtein",
        threshold: float | None = None,
        missing_value: float = HALFWAY,
        label: Hashable | None = None,
    ) -> None:
        super().__init__(left_on, right_on, method, threshold, missing_value, label)

    def _compute_vectorized(self, s_left: pd.Series[Any], s_right: pd.Series[Any]) -> pd.Series[Any]:
        """By recordlinkage; what is missing is missing by every method (its q-grams and cosine differ there)."""
        missing = (s_left.isna() | s_right.isna() | (s_left == "") | (s_right == "")).to_numpy()
        values = np.where(missing, self.missing_value, super()._compute_vectorized(s_left, s_right))
        return pd.Series(values, index=s_left.index)


class Numeric(theirs.Numeric):  # type: ignore[misc]  # recordlinkage has no types
    """Similarity of two numbers. Missing is one half, unless ``missing_value`` says otherwise."""

    def __init__(  # noqa: PLR0913, PLR0917  (recordlinkage's)
        self,
        left_on: Hashable,
        right_on: Hashable,
        method: str = "linear",
        offset: float = 0.0,
        scale: float = 1.0,
        origin: float = 0.0,
        missing_value: float = HALFWAY,
        label: Hashable | None = None,
    ) -> None:
        super().__init__(left_on, right_on, method, offset, scale, origin, missing_value, label)


class Date(theirs.Date):  # type: ignore[misc]  # recordlinkage has no types
    """Similarity of two dates. Missing is one half, unless ``missing_value`` says otherwise."""

    def __init__(  # noqa: PLR0913, PLR0917  (recordlinkage's)
        self,
        left_on: Hashable,
        right_on: Hashable,
        swap_month_day: float = 0.5,
        swap_months: str | Sequence[tuple[int, int, float]] = "default",
        errors: str = "coerce",
        missing_value: float = HALFWAY,
        label: Hashable | None = None,
    ) -> None:
        super().__init__(left_on, right_on, swap_month_day, swap_months, errors, missing_value, label)


class Geographic(theirs.Geographic):  # type: ignore[misc]  # recordlinkage has no types
    """Similarity of two places on earth. Missing is one half, unless ``missing_value`` says otherwise."""

    def __init__(self, *args: Any, missing_value: float = HALFWAY, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, missing_value=missing_value, **kwargs)


class Levels(BaseCompareFeature):  # type: ignore[misc]  # recordlinkage has no types
    """One of caselink's comparisons as a feature, for caselink's ``Compare`` and for recordlinkage's own.

    ``left_on`` and ``right_on``: the columns of the two frames that hold what the comparison reads, in its order;
    the comparison's own names where not given. ``values``: a number a level, missing first; where not given they
    climb from 0 (differ) to 1 (exact) in equal steps and missing is one half.

        compare.add(Levels(cl.PersonName("given_name"), label="given_name"))
    """

    name = "levels"
    description = "Levels of a caselink comparison."

    def __init__(
        self,
        comparison: Comparison,
        left_on: Hashable | Sequence[Hashable] | None = None,
        right_on: Hashable | Sequence[Hashable] | None = None,
        *,
        values: Sequence[float] | None = None,
        label: Hashable | None = None,
    ) -> None:
        columns = comparison.definition.columns
        left = _labels(left_on, columns)
        right = _labels(right_on, left)
        if not columns or len(left) != len(columns) or len(right) != len(columns):
            raise SpecError(f"{type(comparison).__name__} reads {list(columns)}: name a column of each frame for each")
        super().__init__(left, right, label=label)
        self.comparison = comparison
        n_levels = len(comparison.definition.level_names)
        given = (HALFWAY, *np.linspace(0, 1, n_levels - 1)) if values is None else values
        if len(given) != n_levels:
            raise SpecError(f"values are one number a level, missing first: {n_levels} in all")
        self.values = np.array(given, float)

    def _compute_vectorized(self, *columns: pd.Series[Any]) -> Floats:
        half = len(columns) // 2
        paired = [PairedColumns.of(a, b) for a, b in zip(columns[:half], columns[half:], strict=True)]
        every = np.arange(len(columns[0]))
        return self.of_rows(paired, (every, every))

    def of_rows(self, columns: Sequence[PairedColumns], rows: tuple[Rows, Rows]) -> Floats:
        """The values of the levels of the pairs of these rows."""
        names = self.comparison.definition.columns
        n_left, n_right = len(columns[0].left), len(columns[0].right)
        source = np.repeat([0, 1], [n_left, n_right]).astype(np.int32)
        records = EncodedRecords(
            row=np.arange(len(source)),
            record_hash=np.arange(len(source), dtype=np.uint64),
            source=source,
            sources=("left", "right"),
            columns={name: _coded(name, pair) for name, pair in zip(names, columns, strict=True)},
        )
        left, right = rows[0].astype(np.int32), (n_left + rows[1]).astype(np.int32)
        return np.asarray(self.values[self.comparison.levels(records, left, right)])


def with_missing_halfway(feature: BaseCompareFeature) -> BaseCompareFeature:
    """A feature of recordlinkage's own classes as the one here, so that missing is missing; any other as it is.

    recordlinkage's ``missing_value`` of 0 is its default and taken as not given.
    """
    own = _OWN.get(type(feature))
    if own is None:
        return feature
    options = inspect.signature(type(feature)).parameters
    given = {name: value for name, value in vars(feature).items() if name in options}
    if not feature.missing_value:
        del given["missing_value"]
    left, right = feature.labels_left, feature.labels_right
    columns = (*left, *right) if own is Geographic else (left, right)
    return own(*columns, **given)


_OWN: dict[type[BaseCompareFeature], Any] = {
    theirs.Exact: Exact,
    theirs.String: String,
    theirs.Numeric: Numeric,
    theirs.Date: Date,
    theirs.Geographic: Geographic,
}


def _labels(given: Hashable | Sequence[Hashable] | None, usual: Sequence[Hashable]) -> list[Hashable]:
    if given is None:
        return list(usual)
    return list(given) if isinstance(given, (list, tuple)) else [given]


def _coded(name: str, columns: PairedColumns) -> Column:
    if columns.texts is None:
        raise InputError("holds values that are not text; comparisons read text", field=name)
    codes = np.concatenate([columns.left, columns.right]).astype(np.int32)
    return Column(codes, columns.texts)
