"""Evaluation: the persons that were found against the truth, counted in every way that people ask for.

No pair is ever listed: clusters are counted, so a million records take a few seconds, intervals included.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.errors import SpecError
from caselink.evaluate.blocking import BlockingRecall
from caselink.evaluate.clusters import Overlap, bcubed_scores, closest_scores, cluster_scores
from caselink.evaluate.counting import Labels, count_pairs_by_source, encode_labels
from caselink.evaluate.households import HouseholdScores, overlap_households, score_households
from caselink.evaluate.resampling import Resampling
from caselink.evaluate.scores import Scores, Share, count_scores, readable_limits, scores_frame
from caselink.evaluate.tallies import LIMITS, find_limits
from caselink.evaluate.tied import tally_households, tally_persons
from caselink.evaluate.universe import Universe, as_tables, find_universe, number_names, take


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Evaluation:
    """What was right and wrong in an identity of records; prints as a table.

    The universe is the ``records`` of the truth whose ``entity_id`` is known, ``entities`` of them apart.
    Of these, ``absent`` had no person (each counts as alone); ``unknown`` records have a person but are not in
    the universe and are left out. True pairs are *all* pairs of records of one entity, also those that blocking
    never saw; ``blocking`` says how many of them it lost, where that is known.
    ``by_source`` holds the pairwise scores by the (sorted) sources of the two records, where there are any pairs.
    ``limits`` has a row a measure: ``precision_low``, ``precision_high`` and so on for ``recall`` and ``f1``, the ends
    of intervals that hold a share of ``interval``; no rows where none were asked for.
    """

    pairwise: Scores
    cross_source: Scores
    within_source: Scores
    by_source: dict[tuple[str, str], Scores]
    bcubed: Scores
    cluster: Scores
    cluster_multi: Scores
    closest: Scores
    records: int
    entities: int
    persons: int
    absent: int = 0
    unknown: int = 0
    household: HouseholdScores | None = None
    blocking: BlockingRecall | None = None
    limits: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=LIMITS, dtype=float))
    interval: float | None = None

    @property
    def after_blocking(self) -> Share | None:
        """Of the true pairs that blocking made, those that ended as one person; None where that is not known."""
        if self.blocking is None or self.blocking.joined is None or self.pairwise.right is None:
            return None
        return Share(self.pairwise.right - self.blocking.joined, self.blocking.found)

    def to_frame(self) -> pd.DataFrame:
        """One row a measure: precision, recall, F1, and how many were right, wrong and missed.

        ``blocking`` is the share of the true pairs that blocking made, ``pairwise after blocking`` the share of these
        that ended as one person.
        """
        named: dict[str, Scores | Share] = {"pairwise": self.pairwise}
        if self.blocking is not None:
            named["blocking"] = Share(self.blocking.found, self.blocking.true_pairs)
        if self.after_blocking is not None:
            named["pairwise after blocking"] = self.after_blocking
        named |= {"cross-source": self.cross_source, "within source": self.within_source}
        named |= {" ~ ".join(sources): scores for sources, scores in self.by_source.items()}
        named |= {"B-cubed": self.bcubed, "cluster": self.cluster, "cluster, 2+ records": self.cluster_multi}
        named |= {"closest cluster": self.closest}
        return scores_frame(named | (self.household.named() if self.household else {}))

    def table(self) -> pd.DataFrame:
        """``to_frame()`` as text to show, each score with the ends of its interval."""
        return readable_limits(self.to_frame(), self.limits)

    def notes(self) -> list[str]:
        """What to know of the table, a line each."""
        return [*self._blocking_lines(), *self._household_lines(), *self._interval_lines()]

    def __str__(self) -> str:
        return "\n".join([self.headline(), self.table().to_string(), *self.notes()])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        above, *below = (f"<p>{line}</p>" for line in [self.headline(), *self.notes()])
        return "".join([above, self.table().to_html(border=0), *below])

    def headline(self) -> str:
        """How many records of how many people were found as how many persons."""
        line = f"{self.records:,} records of {self.entities:,} people, found as {self.persons:,} persons"
        absent = f"; {self.absent:,} without a person count as alone" if self.absent else ""
        records = "1 record" if self.unknown == 1 else f"{self.unknown:,} records"
        unknown = f"; {records} outside the truth left out" if self.unknown else ""
        return line + absent + unknown

    def _blocking_lines(self) -> list[str]:
        if self.blocking is None:
            return ["pairs lost by blocking are not told apart here: result.evaluate(truth) does"]
        absent = self.pairwise.true - self.blocking.true_pairs
        line = f"true pairs: blocking made {self.blocking.found:,} and lost {self.blocking.lost:,}"
        later = "" if self.after_blocking is None else f"; {self.after_blocking.missed:,} were lost later"
        joined = (
            f"; {self.blocking.joined:,} of those lost were joined by way of others" if self.blocking.joined else ""
        )
        return [line + later + joined + (f"; {absent:,} are of records that were not given to it" if absent else "")]

    def _household_lines(self) -> list[str]:
        if self.household is None:
            return []
        shares = {
            "found exactly": self.household.exact,
            "with two or more records": self.household.exact_multi,
            "in two or more sources": self.household.exact_across,
        }
        parts = [f"{name} {share.rate:.4f} ({share.right:,} of {share.total:,})" for name, share in shares.items()]
        return ["true households " + ", ".join(parts)]

    def _interval_lines(self) -> list[str]:
        if self.interval is None:
            return []
        return [f"{100 * self.interval:g} % intervals, people drawn anew with all that they are tied to"]


def evaluate(
    persons: pd.DataFrame,
    truth: pd.DataFrame,
    *,
    blocking: BlockingRecall | None = None,
    interval: float | None = 0.95,
    replicates: int = 1000,
    seed: int = 0,
) -> Evaluation:
    """Score ``persons`` (source, record_id, person_id) against ``truth`` (source, record_id, entity_id).

    Both are frames of pandas, polars, pyarrow or anything else that speaks Arrow; blank ids are missing. Households are
    scored too when both tables have a ``household_id``. The order of rows does not matter. With ``blocking``, pairs
    that it lost are told from those lost later; ``Result.evaluate`` knows it.

    Intervals come from ``replicates`` draws of as many people as there are, with replacement: the same people come up
    twice or not at all, with all their records and pairs, and the scores are counted again; the limits are quantiles
    of these scores, corrected for bias and skewness (the BCa bootstrap of Efron, 1987). Entities that found persons tie
    together are drawn together (see :mod:`caselink.evaluate.resampling`), and so are true households. They say how far
    the scores would move with other people of the same kind and the same way of linking: not with another county, and
    not with labels that are wrong. A kind of error that never occurred cannot come up: where nothing is wrong among
    n people, up to ``3 / n`` of them may be (the rule of three), and the limits say so. ``interval=None`` leaves
    intervals out.

    >>> records = pd.DataFrame({"source": ["iva", "iva", "ivd"], "record_id": ["1", "2", "1"]})
    >>> truth = records.assign(entity_id=["ann", "bob", "ann"])
    >>> found = evaluate(records.assign(person_id=["p1", "p2", "p2"]), truth)
    >>> found.pairwise.recall, found.cluster.right, round(found.bcubed.f1, 3)
    (0.0, 0, 0.667)
    """
    resampling = None if interval is None else Resampling(interval=interval, replicates=replicates, seed=seed)
    persons, truth = as_tables(persons, truth)
    universe = find_universe(persons, truth)
    overlap = Overlap.of(universe.predicted, universe.true)
    codes, names = number_names(truth["source"])
    household = _overlap_households(persons, truth, universe)
    evaluation = _score(overlap, codes[universe.row], names)
    evaluation = replace(evaluation, blocking=blocking, absent=universe.absent, unknown=universe.unknown)
    if blocking is not None and blocking.true_pairs > evaluation.pairwise.true:
        raise SpecError(
            f"blocking was counted over {blocking.true_pairs:,} true pairs, but this truth has "
            f"{evaluation.pairwise.true:,}; give the same truth to both"
        )
    if household is not None:
        evaluation = replace(evaluation, household=score_households(*household))
    if resampling is None:
        return evaluation
    found = [tally_persons(overlap, codes[universe.row], names=names, pairs=evaluation.by_source)]
    found += [] if household is None else [tally_households(household[0])]
    limits: pd.DataFrame = pd.concat([find_limits(tallies, resampling) for tallies in found])
    return replace(evaluation, limits=limits, interval=interval)


def _score(overlap: Overlap, source: Labels, names: list[str]) -> Evaluation:
    labels = (overlap.cell, overlap.predicted, overlap.true)
    right, predicted, true = (count_pairs_by_source(clusters, source, len(names)) for clusters in labels)

    def scores(among: npt.NDArray[np.bool_]) -> Scores:
        return count_scores(*(int(pairs[among].sum()) for pairs in (right, predicted, true)))

    same, everywhere = np.eye(len(names), dtype=np.bool_), np.ones((len(names), len(names)), np.bool_)
    return Evaluation(
        pairwise=scores(np.triu(everywhere)),
        cross_source=scores(np.triu(everywhere, 1)),
        within_source=scores(same),
        by_source={
            (names[a], names[b]): count_scores(int(right[a, b]), int(predicted[a, b]), int(true[a, b]))
            for a, b in zip(*np.nonzero(np.triu(predicted + true)), strict=True)
        },
        bcubed=bcubed_scores(overlap),
        cluster=cluster_scores(overlap),
        cluster_multi=cluster_scores(overlap, min_size=2),
        closest=closest_scores(overlap),
        records=len(overlap.true),
        entities=len(overlap.true_sizes),
        persons=len(overlap.predicted_sizes),
    )


def _overlap_households(
    persons: pd.DataFrame, truth: pd.DataFrame, universe: Universe
) -> tuple[Overlap, Labels] | None:
    """Found and true households and the source of each record; None where a table has no households."""
    if "household_id" not in persons or "household_id" not in truth:
        return None
    found = take(encode_labels(persons["household_id"])[0], universe.position)
    true = encode_labels(truth["household_id"])[0]
    return overlap_households(found, true), number_names(truth["source"])[0][true >= 0]
