"""From scored pairs to persons: the gaps inside components are scored, constraints gathered, clusters made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.encoding import Rows
from caselink.engines.local import Frequencies, ScoredPairs, weigh
from caselink.engines.prepared import Prepared
from caselink.errors import SpecError
from caselink.identity import cluster_links, missing_pairs, source_groups
from caselink.matchers import Matcher
from caselink.schema import check_table

Pairs = tuple[Rows, Rows]
DECISION_COLUMNS = ("source_left", "record_id_left", "source_right", "record_id_right", "decision")
DECISIONS = ("match", "not", "unsure")


@dataclass(frozen=True, slots=True)
class Constraints:
    """What may never be one person and what must be, as positions (see :mod:`caselink.identity.constraints`)."""

    exclusive: npt.NDArray[np.int64] = field(repr=False)
    must: Pairs = field(repr=False)
    cannot: Pairs = field(repr=False)


def find_persons(
    prepared: Prepared, matcher: Matcher, pairs: ScoredPairs, constraints: Constraints, *, link_at: float
) -> npt.NDArray[np.int32]:
    """The cluster of every record, named by the smallest position in it.

    Clusters join while the average match weight of all pairs across is above that of the probability ``link_at``.
    """
    left, right, weight = pairs.left, pairs.right, pairs.match_weight
    gaps = missing_pairs(len(prepared.records), left, right, weight)
    if len(gaps[0]):
        scored = _score_gaps(prepared, matcher, gaps)
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


def _score_gaps(prepared: Prepared, matcher: Matcher, gaps: Pairs) -> list[ScoredPairs]:
    frequencies = Frequencies.of(prepared.program, prepared.index.allowed, matcher)
    met = prepared.index.rule_of(*gaps) >= 0
    return [
        weigh(prepared.program, matcher, frequencies, (gaps[0][chosen], gaps[1][chosen]), blocked=blocked)
        for blocked, chosen in ((True, met), (False, ~met))
    ]


def gather_constraints(prepared: Prepared, unduplicated: Sequence[str], decisions: pd.DataFrame | None) -> Constraints:
    """Unduplicated sources, rosters (people of one case and month are different people), and decisions."""
    records = prepared.records
    sources = np.array(records.sources, dtype=object)[records.source]
    kinds = [source_groups(sources, unduplicated)] if unduplicated else []
    must = [_no_pairs()]
    if {"case_id", "month"} <= set(records.columns):
        roster, doubled = _rosters(prepared)
        kinds.append(roster)
        must.append(doubled)
    decided = _decided(prepared, decisions) if decisions is not None else {}
    must.append(decided.get("match", _no_pairs()))
    exclusive = np.stack(kinds, axis=1) if kinds else np.empty((len(records), 0), np.int64)
    together = (np.concatenate([one[0] for one in must]), np.concatenate([one[1] for one in must]))
    return Constraints(exclusive, together, decided.get("not", _no_pairs()))


def _rosters(prepared: Prepared) -> tuple[npt.NDArray[np.int64], Pairs]:
    """A group number for every record of one source, case and month; and rows that are there twice.

    A row is there twice if all that is personal is equal and names a person: such rows are tied together.
    """
    records = prepared.records
    case, month = (records.columns[name] for name in ("case_id", "month"))
    known = (case.codes >= 0) & (month.codes >= 0)
    group = (records.source.astype(np.int64) * len(case.values) + case.codes) * len(month.values) + month.codes
    group = np.where(known, group, -1)
    fingerprint = group.astype(np.uint64)
    for column in _personal_columns(prepared):
        codes = records.columns[column].codes.astype(np.uint64)
        fingerprint = (
            (fingerprint ^ (fingerprint >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9) + codes + np.uint64(1)
        )
    candidates = np.flatnonzero(known & _names_a_person(prepared))
    order = candidates[np.argsort(fingerprint[candidates], kind="stable")]
    same = fingerprint[order[1:]] == fingerprint[order[:-1]]
    first, second = order[:-1][same].astype(np.int32), order[1:][same].astype(np.int32)
    return group, (np.minimum(first, second), np.maximum(first, second))


def _personal_columns(prepared: Prepared) -> list[str]:
    definitions = [comparison.definition for comparison in prepared.program.comparisons]
    columns = {column for d in definitions if d.evidence == "personal" for column in d.columns}
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
    pairs = {}
    for decision in ("match", "not"):
        rows = known & (decisions["decision"] == decision).to_numpy()
        pairs[decision] = (sides[0][rows].astype(np.int32), sides[1][rows].astype(np.int32))
    return pairs


def _no_pairs() -> Pairs:
    return np.zeros(0, np.int32), np.zeros(0, np.int32)
