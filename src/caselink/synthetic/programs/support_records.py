"""IV-D's records: custodian, absent parent or possible fathers, and children of each support case."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from caselink.synthetic.draws import Ints, Mask, Streams, Texts
from caselink.synthetic.history import NEVER, History
from caselink.synthetic.people.families import NOBODY
from caselink.synthetic.programs.intake import Draft, texts_where
from caselink.synthetic.programs.pairs import Pairs
from caselink.synthetic.programs.spells import any_of, first_of, last_of
from caselink.synthetic.programs.support import around_children, child_spans, open_spans
from caselink.synthetic.programs.unit_records import relationship_to

NOT_YET_DETERMINED = 0.18
"""Fathers of cases in which nobody has yet been determined to be the father (assumption)."""

DETERMINED_BEFORE, DETERMINED_IN_MONTH = 0.2, 0.05
"""Where a wrong man is held to be the father: settled before the first month; and settled each month (assumptions)."""

STATUS_LAG = (0.7, 0.2, 0.1)
"""IV-D knows of assistance as of the last month, the one before, and that before it (assumption)."""

FORMER_BEFORE = 0.35
"""Cases from before the months, without assistance in them, that had some earlier (assumption)."""

_CASE_COLUMNS = (
    "case",
    "head",
    "absent",
    "opened",
    "closed",
    "reopened",
    "kind",
    "good_cause",
    "paternity",
    "paternity_month",
    "assistance",
)


def draft_support(history: History, pairs: Pairs, cases: pd.DataFrame, streams: Streams) -> Draft:
    """Records, memberships and cases; roles are ``CP`` (custodian), ``NP`` (absent parent), ``PF`` and ``CH``.

    ``cases`` has a row a pair. The true father is a putative one (``PF``), beside men wrongly named, until paternity
    is settled. Cases have ``reopened`` and ``paternity_month`` too, ``NEVER`` where it did not come to that.
    """
    spans = open_spans(cases, history.calendar.n_months)
    children = child_spans(pairs, spans, streams)
    spans = around_children(spans, children)
    settled, men = _paternity(history, pairs, cases, streams)
    members = pd.concat(
        [
            _rows(spans, pairs.custodian, "CP"),
            *_absent_rows(spans, pairs, settled),
            _man_rows(spans, men, settled),
            children.assign(person=children["child"], role="CH"),
        ],
        ignore_index=True,
    )
    members = members[members["first_month"] <= members["last_month"]]
    members = members.astype(dict.fromkeys(("pair", "person", "first_month", "last_month"), np.int64))
    members = members.sort_values(["pair", "person", "first_month"], ignore_index=True)
    records, record = _number(members)
    memberships = pd.DataFrame(
        {
            "record": record,
            "case": members["pair"],
            "role": members["role"].astype(object),
            "first_month": members["first_month"],
            "last_month": members["last_month"],
            "resides": members["role"].isin(["CP", "CH"]).to_numpy(),
            "status": np.full(len(members), "active", dtype=object),
        }
    )
    return Draft(
        program="ivd",
        records=records,
        memberships=memberships,
        cases=_case_table(history, pairs, cases, spans, settled, streams),
        details=_details(history, pairs, records, streams),
    )


def _rows(spans: pd.DataFrame, person: Ints, role: str) -> pd.DataFrame:
    rows = spans[["pair", "first_month", "last_month"]]
    return rows.assign(person=person[rows["pair"].to_numpy()], role=role)


def _absent_rows(spans: pd.DataFrame, pairs: Pairs, settled: Ints) -> list[pd.DataFrame]:
    """The absent parent of each case, a putative father until the month in which paternity is settled."""
    month = settled[spans["pair"].to_numpy()]
    putative = spans.assign(last_month=np.minimum(spans["last_month"].to_numpy(), month - 1))
    parent = spans.assign(first_month=np.maximum(spans["first_month"].to_numpy(), month))
    return [_rows(putative, pairs.absent, "PF"), _rows(parent, pairs.absent, "NP")]


def _man_rows(spans: pd.DataFrame, men: pd.DataFrame, settled: Ints) -> pd.DataFrame:
    """Men wrongly held to be the father, until paternity is settled."""
    rows = spans[["pair", "first_month", "last_month"]].merge(men, on="pair")
    until = np.minimum(rows["last_month"].to_numpy(), settled[rows["pair"].to_numpy()] - 1)
    return rows.rename(columns={"man": "person"}).assign(last_month=until, role="PF")


def _paternity(history: History, pairs: Pairs, cases: pd.DataFrame, streams: Streams) -> tuple[Ints, pd.DataFrame]:
    """For each pair the month in which paternity is settled (-1: before the months, or a mother), and the wrong men."""
    n, rng = len(pairs), streams.rng("paternity")
    men = history.putative.merge(pairs.children[["pair", "child"]], on="child")[["pair", "man"]].drop_duplicates()
    pair, man = men["pair"].to_numpy(np.int64), men["man"].to_numpy(np.int64)
    male = ~history.people["female"].to_numpy()[pairs.absent]
    there = (history.home[:, man] >= 0).all(axis=0)
    men = men[male[pair] & there & (man != pairs.absent[pair]) & (man != pairs.custodian[pair])].astype(np.int64)
    has_men = any_of(men["pair"].to_numpy(), n, np.ones(len(men), bool))
    unsettled = rng.random(n) < np.where(has_men, 1 - DETERMINED_BEFORE, NOT_YET_DETERMINED)
    month = np.maximum(cases["opened"].to_numpy(), 0) + rng.geometric(DETERMINED_IN_MONTH, n)
    month = np.where(month < history.calendar.n_months, month, NEVER)
    return np.where(unsettled & male, month, NOBODY), men


def _number(members: pd.DataFrame) -> tuple[pd.DataFrame, Ints]:
    """A record for each person in each case, and for each row of ``members`` its record."""
    pair, person = members["pair"].to_numpy(), members["person"].to_numpy()
    begins = np.ones(len(members), dtype=bool)
    begins[1:] = (pair[1:] != pair[:-1]) | (person[1:] != person[:-1])
    first = members[begins]
    records = pd.DataFrame(
        {
            "person": first["person"],
            "case": first["pair"],
            "role": first["role"].astype(object),
            "entered": first["first_month"],
            "cause": np.full(len(first), "own", dtype=object),
        }
    )
    return records.reset_index(drop=True), np.cumsum(begins) - 1


def _case_table(
    history: History, pairs: Pairs, cases: pd.DataFrame, spans: pd.DataFrame, settled: Ints, streams: Streams
) -> pd.DataFrame:
    """One row a case that is open at some time in the months."""
    known = np.unique(spans["pair"].to_numpy())
    own = relationship_to(history, _one_child(pairs), pairs.custodian) == "CH"
    male = ~history.people["female"].to_numpy()[pairs.absent]
    table = pd.DataFrame(
        {
            "case": np.arange(len(pairs)),
            "head": pairs.custodian,
            "absent": pairs.absent,
            "opened": cases["opened"],
            "closed": cases["closed"],
            "reopened": cases["reopened"],
            "kind": np.where(own, "parent", "relative").astype(object),
            "good_cause": pairs.good_cause,
            "paternity": texts_where(male, np.where(settled < NEVER, "Y", "N")),
            "paternity_month": np.where(male, settled, NEVER),
            "assistance": _assistance(pairs, cases, spans, streams),
        }
    )
    return table.take(known).reset_index(drop=True)


def _one_child(pairs: Pairs) -> Ints:
    return first_of(pairs.children["pair"].to_numpy(), len(pairs), pairs.children["child"].to_numpy(), none=0)


def _assistance(pairs: Pairs, cases: pd.DataFrame, spans: pd.DataFrame, streams: Streams) -> Texts:
    """``current``, ``former`` or ``never``, as the case has it in its last month."""
    n, rng = len(pairs), streams.rng("assistance status")
    assisted = np.zeros((len(pairs.assisted), n), dtype=bool)
    month, side, child = np.nonzero(pairs.assisted >= 0)
    assisted[month, pairs.assisted[month, side, child]] = True
    seen = last_of(spans["pair"].to_numpy(), n, spans["last_month"].to_numpy(), none=0)
    seen = np.maximum(0, seen - rng.choice(len(STATUS_LAG), n, p=STATUS_LAG))
    rows = np.arange(n)
    earlier = np.logical_or.accumulate(assisted, axis=0)[seen, rows]
    earlier |= (cases["opened"].to_numpy() < 0) & (rng.random(n) < FORMER_BEFORE)
    return np.select([assisted[seen, rows], earlier], ["current", "former"], "never").astype(object)


def _details(history: History, pairs: Pairs, records: pd.DataFrame, streams: Streams) -> pd.DataFrame:
    """``relationship`` of a child to the custodian and ``absence``, the reason given for an absent parent's."""
    case, person = records["case"].to_numpy(), records["person"].to_numpy()
    role = records["role"].to_numpy()
    relationship = relationship_to(history, person, pairs.custodian[case])
    relationship[role != "CH"] = None
    absence = _reasons(history, pairs, streams)[case]
    absence[history.jailed[records["entered"].to_numpy(), person]] = "IC"
    absence[~np.isin(role, ["NP", "PF"])] = None
    return pd.DataFrame({"relationship": relationship, "absence": absence})


def _reasons(history: History, pairs: Pairs, streams: Streams) -> Texts:
    """Why the parent of each pair is away: separated, divorced, never married, or left (``SP DV NM AB``)."""
    n, people = history.n_people, history.people
    parted = history.events[(history.events["kind"] == "separated").to_numpy()]
    one, other = parted["person"].to_numpy(np.int64), parted["other"].to_numpy(np.int64)
    separated = np.isin(pairs.custodian * n + pairs.absent, np.concatenate([one * n + other, other * n + one]))
    own = relationship_to(history, _one_child(pairs), pairs.custodian) == "CH"
    uniform = streams.rng("reasons of absence").random(len(pairs))
    was_married = people["former_last_name"].notna().to_numpy()[pairs.custodian] & (uniform < 0.7)
    kinds = [separated, ~own & (uniform < 0.6), was_married]
    return np.select(kinds, ["SP", "AB", "DV"], "NM").astype(object)


def key_cases_twice(draft: Draft, rate: float, streams: Streams) -> Draft:
    """Some cases whole again under new numbers, most from the beginning, others from some month on."""
    rng = streams.rng("cases keyed twice")
    cases, members = draft.cases, draft.memberships
    n_cases = int(cases["case"].max()) + 1 if len(cases) else 0
    case = members["case"].to_numpy()
    first = first_of(case, n_cases, members["first_month"].to_numpy(), none=0)
    last = last_of(case, n_cases, members["last_month"].to_numpy(), none=0)
    chosen = rng.random(n_cases) < rate
    since = first + (rng.random(n_cases) * (last - first + 1) * (rng.random(n_cases) < 0.4)).astype(np.int64)
    number = n_cases + np.cumsum(chosen) - 1
    again = members[chosen[case] & (members["last_month"].to_numpy() >= since[case])]
    old = again["case"].to_numpy()
    records, new = np.unique(again["record"].to_numpy(), return_inverse=True)
    again = again.assign(
        record=len(draft.records) + new,
        case=number[old],
        first_month=np.maximum(again["first_month"].to_numpy(), since[old]),
    )
    copies = draft.records.take(records).assign(cause="case keyed twice")
    copies["case"] = number[copies["case"].to_numpy()]
    copies["entered"] = first_of(new, len(records), again["first_month"].to_numpy(), none=0)
    return replace(
        draft,
        records=pd.concat([draft.records, copies], ignore_index=True),
        memberships=pd.concat([members, again], ignore_index=True),
        cases=pd.concat([cases, _cases_again(cases, chosen, since, number)], ignore_index=True),
        details=draft.details.take(np.append(np.arange(len(draft.records)), records)).reset_index(drop=True),
    )


def _cases_again(cases: pd.DataFrame, chosen: Mask, since: Ints, number: Ints) -> pd.DataFrame:
    old = cases["case"].to_numpy()
    copies = pd.DataFrame(cases[chosen[old]])
    old = copies["case"].to_numpy()
    opened = np.where(since[old] > 0, np.maximum(since[old], copies["opened"].to_numpy()), copies["opened"])
    return copies.assign(case=number[old], opened=opened)
