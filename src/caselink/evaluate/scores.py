"""Precision, recall and F1, with the counts they come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True, slots=True)
class Scores:
    """Precision, recall and F1 of one way to count.

    ``right`` of ``predicted`` things are among the ``true`` ones; what is counted (pairs, persons,
    households) stands with the measure. Precision is NaN where nothing was predicted, recall where nothing
    is true. B-cubed and closest cluster are averages, over records and over clusters: ``right`` is then None and the
    totals say over how many.
    """

    precision: float
    recall: float
    f1: float
    right: int | None
    predicted: int
    true: int

    @property
    def wrong(self) -> int | None:
        """How many predicted ones are not true."""
        return None if self.right is None else self.predicted - self.right

    @property
    def missed(self) -> int | None:
        """How many true ones were not predicted."""
        return None if self.right is None else self.true - self.right


@dataclass(frozen=True, slots=True)
class Share:
    """``right`` of ``total``; the rate is NaN where there is nothing to count.

    >>> Share(3, 4).rate
    0.75
    """

    right: int
    total: int

    @property
    def rate(self) -> float:
        """The share as a number from 0 to 1."""
        return _ratio(self.right, self.total)

    recall = rate

    @property
    def missed(self) -> int:
        """How many are not among the ``right`` ones."""
        return self.total - self.right


def count_scores(right: int, predicted: int, true: int) -> Scores:
    """Scores from three counts.

    >>> count_scores(right=3, predicted=4, true=6)
    Scores(precision=0.75, recall=0.5, f1=0.6, right=3, predicted=4, true=6)
    """
    f1 = _ratio(2 * right, predicted + true)
    return Scores(_ratio(right, predicted), _ratio(right, true), f1, int(right), int(predicted), int(true))


def average_scores(precision: float, recall: float, *, predicted: int, true: int) -> Scores:
    """Scores from a mean precision over ``predicted`` things and a mean recall over ``true`` ones.

    >>> average_scores(1.0, 0.5, predicted=9, true=9).missed is None
    True
    """
    f1 = _ratio(2 * precision * recall, precision + recall)
    return Scores(precision, recall, f1, None, predicted, true)


def scores_frame(named: Mapping[str, Scores | Share]) -> pd.DataFrame:
    """One row a measure: its scores and counts, missing (NA) where a measure counts nothing.

    A share has a recall only.

    >>> scores_frame({"pairwise": count_scores(3, 4, 6), "blocking": Share(5, 6)})["missed"].tolist()
    [3, 1]
    """
    frame = pd.DataFrame(index=pd.Index(named, name="measure"))
    for score in ("precision", "recall", "f1"):
        frame[score] = [getattr(scores, score, float("nan")) for scores in named.values()]
    for count in ("right", "wrong", "missed"):
        frame[count] = pd.array([getattr(scores, count, None) for scores in named.values()], dtype="Int64")
    return frame


def readable_limits(scores: pd.DataFrame, limits: pd.DataFrame) -> pd.DataFrame:
    """The scores as text to show, each with its limits where there are any.

    >>> scores = pd.DataFrame({"f1": [0.5]}, index=["pairwise"])
    >>> readable_limits(scores, pd.DataFrame({"f1_low": [0.4], "f1_high": [0.6]}, index=["pairwise"])).values.tolist()
    [['0.5000 (0.4000 to 0.6000)']]
    """
    shown = readable(scores)
    for column in shown:
        if f"{column}_low" in limits:
            ends = readable(limits.reindex(scores.index)[[f"{column}_low", f"{column}_high"]])
            cells = zip(shown[column], *(ends[end] for end in ends), strict=True)
            shown[column] = [f"{score} ({low} to {high})" if score and low else score for score, low, high in cells]
    return shown


def readable(table: pd.DataFrame) -> pd.DataFrame:
    """The table as text to show: shares with four digits, counts with commas, missing empty.

    >>> readable(pd.DataFrame({"f1": [0.5, None], "right": [1200, 3]})).values.tolist()
    [['0.5000', '1,200'], ['', '3']]
    """
    return pd.DataFrame({name: _format_column(column) for name, column in table.items()}, index=table.index)


def _format_column(column: pd.Series) -> list[str]:
    """The column's cells as text; a column of text stays as it is."""
    if pd.api.types.is_float_dtype(column):
        return ["" if pd.isna(cell) else f"{cell:.4f}" for cell in column]
    if pd.api.types.is_integer_dtype(column):
        return ["" if pd.isna(cell) else f"{cell:,}" for cell in column]
    return [str(cell) for cell in column]


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else float("nan")
