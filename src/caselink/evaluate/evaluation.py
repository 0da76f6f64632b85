"""Evaluation: the persons that were found against the truth, counted in every way that people ask for.

No pair is ever listed: clusters are counted, so a million records take about a second.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from caselink.errors import RecordIdError
from caselink.evaluate.clusters import bcubed_scores, cluster_scores
from caselink.evaluate.counting import (
    Labels,
    count_pairs_by_source,
    encode_labels,
    fill_singletons,
    renumber,
)
from caselink.evaluate.households import HouseholdScores, score_households
from caselink.evaluate.scores import Scores, count_scores, readable, scores_frame
from caselink.schema import KEY_COLUMNS, PERSONS_COLUMNS, check_table

TRUTH_COLUMNS = ("source", "record_id", "entity_id")
"""Whose record it is: ``entity_id`` is the true person, null where nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Evaluation:
    """What was right and wrong in an identity of records; prints as a table.

    The universe is the ``records`` of the truth whose ``entity_id`` is known, ``entities`` of them apart.
    Of these, ``absent`` had no person (each counts as alone); ``unknown`` records have a person but are not in
    the universe and are left out. True pairs are *all* pairs of records of one entity, also those that blocking
    never saw.
    ``by_source`` holds the pairwise scores by the (sorted) sources of the two records, where there are any pairs.
    """

    pairwise: Scores
    cross_source: Scores
    within_source: Scores
    by_source: dict[tuple[str, str], Scores]
    bcubed: Scores
    cluster: Scores
    cluster_multi: Scores
    household: HouseholdScores | None
    records: int
    entities: int
    persons: int
    absent: int
    unknown: int

    def to_frame(self) -> pd.DataFrame:
        """One row a measure: precision, recall, F1, and how many were right, wrong and missed."""
        named = {"pairwise": self.pairwise, "cross-source": self.cross_source, "within source": self.within_source}
        named |= {" ~ ".join(sources): scores for sources, scores in self.by_source.items()}
        named |= {"B-cubed": self.bcubed, "cluster": self.cluster, "cluster, 2+ records": self.cluster_multi}
        return scores_frame(named | (self.household.named() if self.household else {}))

    def __str__(self) -> str:
        table = readable(self.to_frame()).to_string()
        return "\n".join([self._headline(), table, *self._household_lines()])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        table = readable(self.to_frame()).to_html(border=0)
        return "".join(f"<p>{line}</p>" for line in [self._headline(), *self._household_lines()]) + table

    def _headline(self) -> str:
        line = f"{self.records:,} records of {self.entities:,} people, found as {self.persons:,} persons"
        absent = f"; {self.absent:,} without a person count as alone" if self.absent else ""
        unknown = f"; {self.unknown:,} persons' records outside the truth left out" if self.unknown else ""
        return line + absent + unknown

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


def evaluate(persons: pd.DataFrame, truth: pd.DataFrame) -> Evaluation:
    """Score ``persons`` (source, record_id, person_id) against ``truth`` (source, record_id, entity_id).

    Households are scored too when both tables have a ``household_id``. The order of rows does not matter.

    >>> records = pd.DataFrame({"source": ["iva", "iva", "ivd"], "record_id": ["1", "2", "1"]})
    >>> truth = records.assign(entity_id=["ann", "bob", "ann"])
    >>> found = evaluate(records.assign(person_id=["p1", "p2", "p2"]), truth)
    >>> found.pairwise.recall, found.cluster.right, round(found.bcubed.f1, 3)
    (0.0, 0, 0.667)
    """
    check_table(persons, PERSONS_COLUMNS, needed_by="evaluate (persons)")
    check_table(truth, TRUTH_COLUMNS, needed_by="evaluate (truth)")
    position, unknown = _find(persons, truth)
    (entity,), source = encode_labels(truth["entity_id"]), pd.factorize(truth["source"], sort=True)
    predicted = _take(encode_labels(persons["person_id"])[0], position)
    household = None
    if "household_id" in persons and "household_id" in truth:
        found = _take(encode_labels(persons["household_id"])[0], position)
        household = score_households(found, encode_labels(truth["household_id"])[0], source[0])
    universe = entity >= 0
    labels = renumber(entity[universe]), fill_singletons(predicted[universe])
    return _score_persons(
        *labels,
        source=source[0][universe].astype(np.int64),
        names=[str(name) for name in source[1]],
        household=household,
        absent=int((predicted[universe] < 0).sum()),
        unknown=unknown + int((~universe & (position >= 0)).sum()),
    )


def _score_persons(  # noqa: PLR0913 the counts go straight through to the result
    true: Labels,
    predicted: Labels,
    *,
    source: Labels,
    names: list[str],
    household: HouseholdScores | None,
    absent: int,
    unknown: int,
) -> Evaluation:
    by_source = _scores_by_source(true, predicted, source, len(names))
    everywhere = np.ones((len(names), len(names)), np.bool_)
    return Evaluation(
        pairwise=_sum_scores(by_source, np.triu(everywhere)),
        cross_source=_sum_scores(by_source, np.triu(everywhere, 1)),
        within_source=_sum_scores(by_source, np.eye(len(names), dtype=np.bool_)),
        by_source={
            (names[a], names[b]): count_scores(*(int(count[a, b]) for count in by_source))
            for a, b in zip(*np.nonzero(np.triu(by_source[1] + by_source[2])), strict=True)
        },
        bcubed=bcubed_scores(predicted, true),
        cluster=cluster_scores(predicted, true),
        cluster_multi=cluster_scores(predicted, true, min_size=2),
        household=household,
        records=len(true),
        entities=int(true.max(initial=-1)) + 1,
        persons=int(predicted.max(initial=-1)) + 1,
        absent=absent,
        unknown=unknown,
    )


def _scores_by_source(true: Labels, predicted: Labels, source: Labels, n_sources: int) -> list[Labels]:
    """Right, predicted and true pairs, each as a matrix of sources."""
    return [count_pairs_by_source(labels, source, n_sources) for labels in (renumber(true, predicted), predicted, true)]


def _sum_scores(by_source: list[Labels], among: np.ndarray) -> Scores:
    return count_scores(*(int(count[among].sum()) for count in by_source))


def _find(persons: pd.DataFrame, truth: pd.DataFrame) -> tuple[Labels, int]:
    """For each record of the truth its row in ``persons`` (-1: none), and how many of ``persons`` are elsewhere."""
    of_source = encode_labels(persons["source"], truth["source"])
    of_record = encode_labels(persons["record_id"], truth["record_id"])
    n_records = int(max(codes.max(initial=0) for codes in of_record)) + 1
    of_persons, of_truth = (
        _unique_keys(source, record, n_records, table=table)
        for source, record, table in zip(of_source, of_record, ("persons", "truth"), strict=True)
    )
    keys = renumber(np.concatenate([of_persons, of_truth]))
    row_of_key = np.full(len(keys), -1, np.int64)
    row_of_key[keys[: len(persons)]] = np.arange(len(persons))
    position = row_of_key[keys[len(persons) :]]
    return position, len(persons) - int((position >= 0).sum())


def _unique_keys(source: Labels, record: Labels, n_records: int, *, table: str) -> Labels:
    """One integer a record."""
    missing = int(((source < 0) | (record < 0)).sum())
    if missing:
        reason = f"{missing} rows of {table} lack a source or a record_id; fill or remove them"
        raise RecordIdError(reason, field=KEY_COLUMNS[1])
    keys = source * n_records + record
    doubled = len(keys) - len(pd.unique(keys))
    if doubled:
        reason = f"{doubled} rows of {table} repeat a source and record_id; keep one row a record"
        raise RecordIdError(reason, field=KEY_COLUMNS[1])
    return keys


def _take(labels: Labels, position: Labels) -> Labels:
    """The labels of the rows at ``position``; -1 where there is no row."""
    if not len(labels):
        return np.full(len(position), -1, np.int64)
    return np.where(position >= 0, labels[position], -1)
