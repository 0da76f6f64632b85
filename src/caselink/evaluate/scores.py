"""Precision, recall and F1, with the counts they come from."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True, slots=True)
class Scores:
    """Precision, recall and F1 of one way to count.

    ``right`` of ``predicted`` things are among the ``true`` ones; what is counted (pairs, persons,
    households) stands with the measure. Precision is NaN where nothing was predicted, recall where nothing
    is true. B-cubed averages over records: both totals are then the number of records, and ``right`` is None.
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


def count_scores(right: int, predicted: int, true: int) -> Scores:
    """Scores from three counts.

    >>> count_scores(right=3, predicted=4, true=6)
    Scores(precision=0.75, recall=0.5, f1=0.6, right=3, predicted=4, true=6)
    """
    f1 = _ratio(2 * right, predicted + true)
    return Scores(_ratio(right, predicted), _ratio(right, true), f1, int(right), int(predicted), int(true))


def average_scores(precision: float, recall: float, n_records: int) -> Scores:
    """Scores from a mean precision and a mean recall over ``n_records`` records.

    >>> average_scores(1.0, 0.5, n_records=9).missed is None
    True
    """
    f1 = _ratio(2 * precision * recall, precision + recall)
    return Scores(precision, recall, f1, None, n_records, n_records)


def scores_frame(named: dict[str, Scores]) -> pd.DataFrame:
    """One row a measure: its scores and counts, missing (NA) where a measure counts nothing.

    >>> scores_frame({"pairwise": count_scores(3, 4, 6)}).loc["pairwise", "missed"]
    np.int64(3)
    """
    frame = pd.DataFrame(
        {
            "precision": [scores.precision for scores in named.values()],
            "recall": [scores.recall for scores in named.values()],
            "f1": [scores.f1 for scores in named.values()],
        },
        index=pd.Index(named, name="measure"),
    )
    for count in ("right", "wrong", "missed"):
        frame[count] = pd.array([getattr(scores, count) for scores in named.values()], dtype="Int64")
    return frame


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
