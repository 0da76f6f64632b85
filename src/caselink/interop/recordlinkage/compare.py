"""Features of candidate pairs: recordlinkage's names, computed from codes by compiled kernels.

See :mod:`caselink.interop.recordlinkage` for what differs on purpose. A feature that is not computed here (q-grams,
cosine, coordinates, a function of yours) is computed by recordlinkage itself, in the same frame.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from numbers import Real
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import recordlinkage.compare as theirs
from recordlinkage.api import Compare as TheirCompare
from recordlinkage.base import BaseCompareFeature

from caselink.errors import CaselinkWarning, ColumnMissingError, InputError, RecordIdError, SpecError
from caselink.interop.recordlinkage.columns import METHODS, Floats, PairedColumns, Rows
from caselink.interop.recordlinkage.decay import MONTHS_MIXED_UP, Decay, calendar, mixed_up_dates
from caselink.interop.recordlinkage.features import (
    Date,
    Exact,
    Geographic,
    Levels,
    Numeric,
    String,
    with_missing_halfway,
)

__all__ = ["Compare", "Date", "Exact", "Geographic", "Levels", "Numeric", "String"]


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """Everything else is recordlinkage's own."""
    return getattr(theirs, name)


class Compare(TheirCompare):  # type: ignore[misc]  # recordlinkage has no types
    """recordlinkage's ``Compare``; ``n_jobs`` threads, and no copy of the frames for each pair."""

    def add(self, model: Any) -> None:  # noqa: ANN401
        """Add a feature or a list of them; one of recordlinkage's own classes becomes the one of that name here.

        Else an import that was not changed (``from recordlinkage.compare import String``) would make missing values
        disagree again. recordlinkage's default ``missing_value`` of 0 cannot be told from a 0 that was given, so a
        warning says that it was not taken; the classes here take what they are given.
        """
        features = model if isinstance(model, list) else [model]
        super().add([with_missing_halfway(feature) for feature in features])
        foreign = sum(getattr(f, "missing_value", None) == 0 and with_missing_halfway(f) is not f for f in features)
        if foreign:
            warnings.warn(
                f"{foreign} feature(s) of recordlinkage's own classes with missing_value 0: missing is taken as "
                "halfway; take the classes of caselink.interop.recordlinkage.compare, where missing_value=0 is 0",
                CaselinkWarning,
                stacklevel=2,
            )

    def exact(self, *args: Any, **kwargs: Any) -> Compare:  # noqa: ANN401
        """Add :class:`Exact`."""
        return self._added(Exact(*args, **kwargs))

    def string(self, *args: Any, **kwargs: Any) -> Compare:  # noqa: ANN401
        """Add :class:`String`."""
        return self._added(String(*args, **kwargs))

    def numeric(self, *args: Any, **kwargs: Any) -> Compare:  # noqa: ANN401
        """Add :class:`Numeric`."""
        return self._added(Numeric(*args, **kwargs))

    def geo(self, *args: Any, **kwargs: Any) -> Compare:  # noqa: ANN401
        """Add :class:`Geographic`."""
        return self._added(Geographic(*args, **kwargs))

    def date(self, *args: Any, **kwargs: Any) -> Compare:  # noqa: ANN401
        """Add :class:`Date`."""
        return self._added(Date(*args, **kwargs))

    def _added(self, feature: BaseCompareFeature) -> Compare:
        self.add(feature)
        return self

    def _compute(self, pairs: pd.MultiIndex, x: pd.DataFrame, x_link: pd.DataFrame | None = None) -> pd.DataFrame:
        located = LocatedPairs.of(pairs, x, x if x_link is None else x_link)
        columns: list[tuple[Hashable, npt.NDArray[Any]]] = []
        for feature in self.features:
            values = feature_values(feature, located, threads=self.n_jobs)
            if values is None:
                columns += _their_columns(feature, (pairs, x, x_link), len(columns))
            else:
                columns.append((len(columns) if feature.label is None else feature.label, values))
        labels = [label for label, _ in columns]
        if all(values.dtype == float for _, values in columns):
            matrix = np.stack([values for _, values in columns], axis=0).T if columns else np.zeros((len(pairs), 0))
            return pd.DataFrame(matrix, index=pairs, columns=labels, copy=False)
        frame = pd.DataFrame(dict(enumerate(values for _, values in columns)), index=pairs)
        return frame.set_axis(labels, axis=1)

    def _compute_parallel(self, *given: Any, n_jobs: int = 1) -> pd.DataFrame:  # noqa: ANN401, ARG002
        return self._compute(*given)


@dataclass(frozen=True)
class LocatedPairs:
    """Candidate pairs as row numbers of the two frames (twice the same one, where duplicates are sought)."""

    left: pd.DataFrame = field(repr=False)
    right: pd.DataFrame = field(repr=False)
    rows: tuple[Rows, Rows] = field(repr=False)
    paired: dict[tuple[Hashable, Hashable], PairedColumns] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, pairs: pd.MultiIndex, left: pd.DataFrame, right: pd.DataFrame) -> LocatedPairs:
        """Find the rows; raises :class:`RecordIdError` for pairs that name others."""
        return cls(left, right, (_rows(pairs, 0, left.index), _rows(pairs, 1, right.index)))

    def columns(self, left_on: Hashable, right_on: Hashable) -> tuple[pd.Series[Any], pd.Series[Any]]:
        """The two columns of a feature; raises :class:`ColumnMissingError` for one that is not there."""
        for frame, name in ((self.left, left_on), (self.right, right_on)):
            if name not in frame.columns:
                raise ColumnMissingError([str(name)], [str(c) for c in frame.columns], needed_by="Compare")
        return self.left[left_on], self.right[right_on]

    def codes(self, left_on: Hashable, right_on: Hashable) -> PairedColumns:
        """The same as codes, made once."""
        key = (left_on, right_on)
        if key not in self.paired:
            self.paired[key] = PairedColumns.of(*self.columns(*key))
        return self.paired[key]


def feature_values(feature: BaseCompareFeature, pairs: LocatedPairs, *, threads: int = 1) -> Floats | None:
    """Values of a feature that is computed here, caselink's or recordlinkage's own; None for any other."""
    compute = _COMPUTED.get(type(feature)._compute_vectorized)  # noqa: SLF001  (a subclass may compute otherwise)
    return None if compute is None else compute(feature, pairs, threads)


def _exact(feature: Exact, pairs: LocatedPairs, _threads: int) -> Floats | None:
    given = feature.agree_value, feature.disagree_value, feature.missing_value
    if not all(isinstance(value, Real) for value in given):
        return None
    try:
        equal = pairs.codes(feature.labels_left, feature.labels_right).exact(*pairs.rows)
    except TypeError:  # values without a hash
        return None
    return _filled(np.where(equal == 1, given[0], np.where(equal == 0, given[1], np.nan)), given[2])


def _string(feature: String, pairs: LocatedPairs, threads: int) -> Floats | None:
    threshold_is_number = feature.threshold is None or isinstance(feature.threshold, Real)
    if feature.method not in METHODS or not threshold_is_number:
        return None
    columns = pairs.codes(feature.labels_left, feature.labels_right)
    if columns.texts is None:
        return None
    similarity = columns.similarity(feature.method, feature.threshold, pairs.rows, threads=threads)
    return _filled(similarity, feature.missing_value)


def _numeric(feature: Numeric, pairs: LocatedPairs, _threads: int) -> Floats | None:
    columns = pairs.columns(feature.labels_left, feature.labels_right)
    if not all(column.dtype.kind in "iuf" for column in columns):
        return None
    decay = Decay(method=feature.method, offset=feature.offset, scale=feature.scale, origin=feature.origin)
    left, right = (_signed(column)[rows] for column, rows in zip(columns, pairs.rows, strict=True))
    return _filled(decay.similarity(right - left), feature.missing_value)


def _date(feature: Date, pairs: LocatedPairs, _threads: int) -> Floats | None:
    columns = pairs.columns(feature.labels_left, feature.labels_right)
    if not all(column.dtype.kind == "M" and isinstance(column.dtype, np.dtype) for column in columns):
        return None  # recordlinkage says what it wants
    months = MONTHS_MIXED_UP if isinstance(feature.swap_months, str) else feature.swap_months or ()
    if not all(len(months_and_value) == 3 for months_and_value in months):
        raise SpecError("swap_months is a list of (month, other month, value)")
    equal = pairs.codes(feature.labels_left, feature.labels_right).exact(*pairs.rows)
    left, right = (calendar(column)[rows] for column, rows in zip(columns, pairs.rows, strict=True))
    return _filled(mixed_up_dates(equal, (left, right), feature.swap_month_day, months), feature.missing_value)


def _levels(feature: Levels, pairs: LocatedPairs, _threads: int) -> Floats:
    columns = [pairs.codes(*labels) for labels in zip(feature.labels_left, feature.labels_right, strict=True)]
    return feature.of_rows(columns, pairs.rows)


Computed: TypeAlias = Callable[[Any, LocatedPairs, int], Floats | None]
_COMPUTED: dict[Any, Computed] = {
    theirs.Exact._compute_vectorized: _exact,  # noqa: SLF001  (the method that would be run)
    theirs.String._compute_vectorized: _string,  # noqa: SLF001
    String._compute_vectorized: _string,  # noqa: SLF001
    theirs.Numeric._compute_vectorized: _numeric,  # noqa: SLF001
    theirs.Date._compute_vectorized: _date,  # noqa: SLF001
    Levels._compute_vectorized: _levels,  # noqa: SLF001
}


def _filled(values: Floats, missing_value: float) -> Floats:
    return np.where(np.isnan(values), np.float64(missing_value), values)


def _signed(column: pd.Series[Any]) -> npt.NDArray[Any]:
    """The numbers such that their differences can be negative, missing ones NaN."""
    if isinstance(column.dtype, np.dtype) and column.dtype.kind != "u":
        return column.to_numpy()
    return column.to_numpy(dtype=float, na_value=np.nan)


def _their_columns(
    feature: BaseCompareFeature, given: tuple[Any, ...], first: int
) -> list[tuple[Hashable, npt.NDArray[Any]]]:
    """Columns of a feature that recordlinkage computes; those without a label are numbered from ``first``."""
    frame = TheirCompare([feature])._compute(*given)  # noqa: SLF001  (compute() without its log)
    labels = itertools.count(first) if feature.label is None else frame.columns
    arrays = [frame.iloc[:, place].to_numpy() for place in range(frame.shape[1])]
    return list(zip(labels, arrays, strict=False))  # labels may be counted on without end


def _rows(pairs: pd.MultiIndex, level: int, index: pd.Index[Any]) -> Rows:
    if pairs.nlevels != 2:
        raise InputError("candidate pairs are an index of two levels, a record of each frame")
    if not index.is_unique:
        raise RecordIdError("the index of a frame names two records alike; pairs cannot tell them apart")
    codes = np.asarray(pairs.codes[level])
    rows = np.append(index.get_indexer(pairs.levels[level]), -1)[codes].astype(np.int64)
    unknown = int((rows < 0).sum())
    if unknown:
        raise RecordIdError(f"{unknown} pair(s) name records that are not in the frame")
    return rows
