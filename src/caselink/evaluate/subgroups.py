"""Scores by subgroup: whether linking serves one group of people as well as another."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pandas as pd

from caselink.errors import SpecError
from caselink.evaluate.clusters import Overlap
from caselink.evaluate.counting import Labels
from caselink.evaluate.resampling import Draws, Resampling, tie_groups
from caselink.evaluate.scores import readable_limits
from caselink.evaluate.tallies import LIMITS, Tally, draw_tallies, limits_of, score_of
from caselink.evaluate.universe import as_tables, find_universe, number_names

SCORES = ("precision", "recall", "f1")

LEAST_ENTITIES = 30
"""A group of fewer people is named neither best nor worst."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class GroupScores:
    """Pairwise scores of each group, and the gap between the best and the worst; prints as a table.

    ``scores`` has one row a group: ``records``, ``entities`` (people with such a record), ``precision``, ``recall``,
    ``f1`` and the limits of their intervals. ``gaps`` has one row a score: the ``best`` and the ``worst`` group, the
    ``gap`` between them, and the limits of its interval; groups of fewer than 30 entities are named neither, as little
    can be said of them. These two were chosen because they differ most, so a gap of some size comes up by chance where
    there are many groups; one whose interval holds 0 shows nothing.
    """

    column: str
    scores: pd.DataFrame = field(repr=False)
    gaps: pd.DataFrame = field(repr=False)

    def __str__(self) -> str:
        scores, gaps = self.tables()
        return "\n".join([scores.to_string(), gaps.to_string(), *self.notes()])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        notes = (f"<p>{line}</p>" for line in self.notes())
        return "".join([*(table.to_html(border=0) for table in self.tables()), *notes])

    def notes(self) -> list[str]:
        """What to know of the tables, a line each."""
        small = int((self.scores["entities"] < LEAST_ENTITIES).sum())
        return [f"groups of under {LEAST_ENTITIES} people ({small}) are named neither best nor worst"] if small else []

    def tables(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Scores and gaps as text to show, with the ends of their intervals."""
        limits = self.gaps[["low", "high"]].add_prefix("gap_")
        return (
            readable_limits(self.scores[["records", "entities", *SCORES]], self.scores[LIMITS]),
            readable_limits(self.gaps[["best", "worst", "gap"]], limits),
        )


def scores_by_group(
    persons: pd.DataFrame,
    truth: pd.DataFrame,
    group: str,
    *,
    interval: float = 0.95,
    replicates: int = 1000,
    seed: int = 0,
) -> GroupScores:
    """Pairwise precision, recall and F1 of each group of the truth's column ``group``, with intervals.

    A pair is seen from either of its records: a group's precision is the share of right ones among the pairs that its
    records were put into, its recall the share found among the pairs they are truly in. So a wrong pair of two groups
    counts once for each of them, and groups add up to twice all pairs. Groups may differ between the records of one
    entity; records without a group are in none. Intervals are those of :func:`evaluate`, all from the same draws, so
    that a gap's interval knows what two groups share.

    >>> truth = pd.DataFrame({"source": "iva", "record_id": np.arange(160), "entity_id": np.arange(160) // 2})
    >>> truth["group"] = np.where(truth["entity_id"] < 40, "x", "y")
    >>> split = truth["record_id"] * (truth["group"] == "y")
    >>> found = scores_by_group(truth.assign(person_id=truth["entity_id"] + 1000 * split), truth, "group")
    >>> found.scores["recall"].to_dict(), found.gaps.loc["recall", "worst"]
    ({'x': 1.0, 'y': 0.0}, 'y')
    """
    resampling = Resampling(interval=interval, replicates=replicates, seed=seed)
    persons, truth = as_tables(persons, truth, [group])
    universe = find_universe(persons, truth)
    numbers, names = number_names(truth[group].iloc[universe.row])
    if not names:
        raise SpecError(f"column {group!r} of the truth names no group for any record whose entity is known")
    entities = pd.Series(universe.true[numbers >= 0]).groupby(numbers[numbers >= 0]).nunique()
    tallies = _tally(Overlap.of(universe.predicted, universe.true), numbers, len(names))
    points = [tally.score(np.array([[column.sum() for column in tally.columns()]])) for tally in tallies]
    draws = draw_tallies(tallies, resampling)
    index = pd.Index(names, name=group)
    scores = pd.DataFrame({"records": np.bincount(numbers[numbers >= 0], minlength=len(names))}, index=index)
    scores["entities"] = entities.to_numpy()
    scores[list(SCORES)] = np.stack([point[:, 0] for point in points])
    scores[LIMITS] = limits_of(draws, tallies)
    return GroupScores(column=group, scores=scores, gaps=_find_gaps(scores, draws, tallies))


def _tally(overlap: Overlap, numbers: Labels, n_groups: int) -> list[Tally]:
    """What each tie group adds to the scores of each group: pairs by the record they are seen from."""
    tied = tie_groups(overlap.true, overlap.predicted)
    n_tied = int(tied.max(initial=-1)) + 1
    partners = [
        overlap.cell_sizes[overlap.cell] - 1,
        overlap.predicted_sizes[overlap.predicted] - 1,
        overlap.true_sizes[overlap.true] - 1,
    ]
    tallies = []
    for number in range(n_groups):
        mine = numbers == number
        counts = [np.bincount(tied[mine], weights=pairs[mine], minlength=n_tied).astype(np.int64) for pairs in partners]
        tallies.append(Tally.count(*counts))
    return tallies


def _find_gaps(scores: pd.DataFrame, draws: Draws, tallies: list[Tally]) -> pd.DataFrame:
    """Best and worst group by each score; groups of few people, or without any pair, are left out."""
    large = (scores["entities"] >= LEAST_ENTITIES).to_numpy()
    rows = []
    for place, score in enumerate(SCORES):
        known = np.where(large, scores[score].to_numpy(), np.nan)
        if (~np.isnan(known)).sum() < 2:
            rows.append(("", "", *[float("nan")] * 3))
            continue
        best, worst = int(np.nanargmax(known)), len(known) - 1 - int(np.nanargmin(known[::-1]))  # of equals two
        one, other = (partial(score_of, tallies[number], number, place) for number in (best, worst))
        limits = draws.limits_of_difference(one, other)
        rows.append((scores.index[best], scores.index[worst], known[best] - known[worst], *limits))
    return pd.DataFrame(rows, columns=["best", "worst", "gap", "low", "high"], index=pd.Index(SCORES, name="score"))
