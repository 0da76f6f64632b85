"""From scored pairs to persons: the gaps inside components are scored, constraints gathered, clusters made."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.encoding import Rows
from caselink.engines.local import Frequencies, ScoredPairs, weigh
from caselink.engines.prepared import Prepared
from caselink.errors import CaselinkWarning, SpecError
from caselink.identity import cluster_links, missing_pairs, source_groups
from caselink.identity.constraints import refused_must_links
from caselink.matchers import Matcher
from caselink.schema import check_table

Pairs = tuple[Rows, Rows]
DECISION_COLUMNS = ("source_left", "record_id_left", "source_right", "record_id_right", "decision")
DECISIONS = ("match", "not", "unsure")


@dataclass(frozen=True, slots=True)
class Constraints:
    """What may never be one person and what must be, as positions (see :mod:`caselink.identity.constraints`).

    ``exclusive``: records and the groups of which a person holds each once, or a table of records by kinds of groups.
    """

    exclusive: npt.NDArray[np.int64] | tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]] = field(repr=False)
    must: Pairs = field(repr=False)
    cannot: Pairs = field(repr=False)

    def with_doubles(self, n_records: int, doubles: Pairs) -> Constraints:
        """With rows tied together that stand in one roster twice, but for those that a decision keeps apart."""
        refused = refused_must_links(n_records, doubles, self.cannot)
        left, right = (np.append(ours, side[~refused]) for ours, side in zip(self.must, doubles, strict=True))
        return replace(self, must=(left, right))


def find_persons(
    prepared: Prepared, matcher: Matcher, pairs: ScoredPairs, constraints: Constraints, *, link_at: float
) -> npt.NDArray[np.int32]:
    """The cluster of every record, named by the smallest position in it.

    Clusters join while the average match weight of all pairs across is above that of the probability ``link_at``.
    """
    left, right, weight = pairs.left, pairs.right, pairs.match_weight
    gaps = missing_pairs(len(prepared.records), left, right, weight)
    if len(gaps[0]):
        scored = score_given(prepared, matcher, Frequencies.of(prepared.program, prepared.index.allowed, matcher), gaps)
        left, right, weight = (
            np.concatenate([ours, *(getattr(part, name) for part in scored)])
            for ours, name in ((left, "left"), (right, "right"), (weight, "match_weight"))
        )
    threshold = np.float32(np.log2(link_at / (1 - link_at)))
    return cluster_links(
        len(prepared.records),
        left,
        right,
        weight - threshold,
        exclusive=constraints.exclusive,
        must=constraints.must,
        cannot=constraints.cannot,
    )


def score_given(prepared: Prepared, matcher: Matcher, frequencies: Frequencies, pairs: Pairs) -> list[ScoredPairs]:
    """Given pairs scored: those that a rule would make, and the others, which no rule has brought together."""
    met = prepared.index.rule_of(*pairs) >= 0 if len(pairs[0]) else np.zeros(0, np.bool_)
    return [
        weigh(prepared.program, matcher, frequencies, (pairs[0][rows], pairs[1][rows]), blocked=blocked)
        for blocked, rows in ((True, np.flatnonzero(met)), (False, np.flatnonzero(~met)))
        if len(rows)
    ]


def gather_constraints(prepared: Prepared, unduplicated: Sequence[str], decisions: pd.DataFrame | None) -> Constraints:
    """Unduplicated sources, rosters (people of one case and month are different people), and decisions."""
    records = prepared.records
    sources = np.array(records.sources, dtype=object)[records.source] if unduplicated else records.source
    group = source_groups(sources, unduplicated) if unduplicated else np.full(len(records), -1, np.int64)
    held = np.flatnonzero(group >= 0)
    record, roster = _rosters(prepared)
    doubled = _doubled(prepared, record, roster)
    decided = _decided(prepared, decisions) if decisions is not None else {}
    must = (doubled, decided.get("match", _no_pairs()))
    together = (np.concatenate([one[0] for one in must]), np.concatenate([one[1] for one in must]))
    rosters = roster + int(group.max(initial=-1)) + 1
    exclusive = (np.append(held, record), np.append(group[held], rosters))
    return Constraints(exclusive, together, decided.get("not", _no_pairs()))


def _rosters(prepared: Prepared) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Each record and roster of one case and month in which it stands with others."""
    seats = prepared.seats()
    crowd = np.bincount(seats.roster) > 1
    rows = np.flatnonzero(seats.dated & crowd[seats.roster])
    return seats.record[rows], seats.roster[rows]


def _doubled(prepared: Prepared, record: npt.NDArray[np.int64], roster: npt.NDArray[np.int64]) -> Pairs:
    """Rows that stand in one roster twice: all that is personal is equal and names a person. They are tied together."""
    names = _names_a_person(prepared)[record]
    record, fingerprint = record[names], roster[names].astype(np.uint64)
    for column in _personal_columns(prepared):
        codes = prepared.records.columns[column].codes[record].astype(np.uint64)
        fingerprint = (
            (fingerprint ^ (fingerprint >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9) + codes + np.uint64(1)
        )
    order = np.lexsort((record, fingerprint))
    same = (fingerprint[order[1:]] == fingerprint[order[:-1]]) & (record[order[1:]] != record[order[:-1]])
    first, second = record[order[:-1]][same].astype(np.int32), record[order[1:]][same].astype(np.int32)
    return np.minimum(first, second), np.maximum(first, second)


def _personal_columns(prepared: Prepared) -> list[str]:
    definitions = [comparison.definition for comparison in prepared.program.comparisons]
    columns = {column for d in definitions if d.evidence == "personal" for column in d.columns if column not in d.marks}
    return sorted(columns | ({"last_name"} & set(prepared.records.columns)))


def _names_a_person(prepared: Prepared) -> npt.NDArray[np.bool_]:
    """Records with an SSN, or with first name and birth date: without, two newborns would look like one row twice."""
    known = {
        name: prepared.records.columns[name].codes >= 0 if name in prepared.records.columns else np.False_
        for name in ("ssn", "first_name", "birth_date")
    }
    return np.broadcast_to(known["ssn"] | (known["first_name"] & known["birth_date"]), len(prepared.records))


def _decided(prepared: Prepared, decisions: pd.DataFrame) -> dict[str, Pairs]:
    check_table(decisions, DECISION_COLUMNS, needed_by="decisions")
    unknown = set(decisions["decision"].dropna()) - set(DECISIONS)
    if unknown or decisions["decision"].isna().any():
        msg = f"decisions must be one of {list(DECISIONS)} in every row"
        raise SpecError(msg)
    sides = [
        prepared.records.positions(decisions[f"source_{side}"], decisions[f"record_id_{side}"])
        for side in ("left", "right")
    ]
    known = (sides[0] >= 0) & (sides[1] >= 0)  # a record that is no longer in the extracts needs no decision
    if len(known) and not known.any():
        msg = f"none of the {len(known):,} decisions is about records that are here; are they of other files?"
        warnings.warn(msg, CaselinkWarning, stacklevel=2)
    pairs = {}
    for decision in ("match", "not"):
        rows = known & (decisions["decision"] == decision).to_numpy()
        pairs[decision] = (sides[0][rows].astype(np.int32), sides[1][rows].astype(np.int32))
    return pairs


def _no_pairs() -> Pairs:
    return np.zeros(0, np.int32), np.zeros(0, np.int32)
