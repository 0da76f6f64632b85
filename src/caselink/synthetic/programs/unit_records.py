"""IV-A's records: each person's place in the unit, what the program holds of their job, and its cases."""

from __future__ import annotations

import numpy as np
import pandas as pd

from caselink.synthetic.draws import Ints, Mask, Streams, Texts
from caselink.synthetic.history import NEVER, History, Rows
from caselink.synthetic.people.families import NOBODY
from caselink.synthetic.programs.assistance import Units
from caselink.synthetic.programs.intake import Draft
from caselink.synthetic.programs.spells import any_of, first_of, last_of, spells

PARENT_NOT_ELIGIBLE, CARETAKER_NOT_INCLUDED = 0.18, 0.65
"""Parents on SSI, sanctioned or not eligible for other causes, and relatives who are paid for the child alone.

Together they make about 23 % of units child-only, the national share in 1998 (ASPE); the split is an assumption."""

JOB_HEARD_IN_MONTH, NEVER_TELLS_OF_JOB = 0.7, 0.04
"""A job begun or ended is told in the month at this rate, or in the next, and so on; some never tell (assumptions)."""

MONTHS_OPEN = 14
"""How long ago, on average, the cases of the first month were opened (assumption)."""

ELIGIBLE, NOT_IN_UNIT = "eligible", "not in unit"


def draft_assistance(history: History, units: Units, streams: Streams, *, sample_share: float | None = None) -> Draft:
    """Records, memberships and cases of the units; roles are ``HEAD``, ``CARETAKER``, ``ADULT`` and ``CHILD``.

    Memberships have ``employed`` as well: ``Y`` or ``N`` as the program believes of an adult in those months, None of
    a child; cases have ``sampled``, for the federal report, at ``sample_share`` (None: all of them).
    """
    rows = _member_rows(history, units, streams)
    person, head = rows["person"].to_numpy(), units.head_of[rows["case"].to_numpy()]
    relative = units.relative[rows["case"].to_numpy()]
    grown, is_head = units.grown[person], person == head
    rows["role"] = np.select([~grown, is_head & relative, is_head], ["CHILD", "CARETAKER", "HEAD"], "ADULT").astype(
        object
    )
    out = streams.rng("not eligible").random(history.n_people) < np.where(
        np.isin(np.arange(history.n_people), units.head_of[units.relative]), CARETAKER_NOT_INCLUDED, PARENT_NOT_ELIGIBLE
    )
    beside = ~is_head & ~np.isin(head * history.n_people + person, units.parents)
    rows["status"] = np.where(grown & (out[head] | beside), NOT_IN_UNIT, ELIGIBLE).astype(object)
    first = np.unique(person, return_index=True)[1]
    records = rows.take(first)[["person", "case", "role"]].reset_index(drop=True)
    records["entered"] = rows["first_month"].to_numpy()[first]
    records["cause"] = np.full(len(records), "own", dtype=object)
    memberships = rows.assign(record=np.searchsorted(records["person"].to_numpy(), person), resides=True)
    columns = ["record", "case", "role", "first_month", "last_month", "resides", "status", "employed"]
    return Draft(
        program="iva",
        records=records,
        memberships=memberships[columns],
        cases=_cases(history, units, rows, streams, sample_share),
        details=pd.DataFrame({"relationship": _to_payee(history, units, records)}),
    )


def _member_rows(history: History, units: Units, streams: Streams) -> pd.DataFrame:
    """A row for each stretch of months of a person in a case with the same belief of a job."""
    known = np.flatnonzero((units.believed >= 0).any(axis=0))
    believed, grown = units.believed[:, known], units.grown[known]
    works = _hear_of_jobs(history.employer[:, known] >= 0, streams)
    belief = np.where(grown, 1 + works, 0)
    rows = spells(np.where(believed >= 0, believed * 3 + belief, NOBODY))
    case, belief_of = np.divmod(rows["state"].to_numpy(), 3)
    employed = np.array([None, "N", "Y"], dtype=object)[belief_of]
    return rows.assign(person=known[rows["item"].to_numpy()], case=case, employed=employed)


def _hear_of_jobs(job: Mask, streams: Streams) -> Rows:
    """Whether the program believes that each person has a job (months x people)."""
    rng = streams.rng("jobs told")
    told = job & (rng.random(job.shape[1]) >= NEVER_TELLS_OF_JOB)
    heard = rng.random(job.shape) < JOB_HEARD_IN_MONTH
    for m in range(1, len(told)):
        told[m] = np.where(heard[m], told[m], told[m - 1])
    return told.astype(np.int32)


def _cases(
    history: History, units: Units, rows: pd.DataFrame, streams: Streams, sample_share: float | None
) -> pd.DataFrame:
    """One row a case that the program believes somebody in."""
    rng = streams.rng("cases")
    case, n = rows["case"].to_numpy(), len(units.head_of)
    first, last = (
        find(case, n, rows[column].to_numpy(), none=NOBODY)
        for find, column in ((first_of, "first_month"), (last_of, "last_month"))
    )
    before = 1 - rng.geometric(1 / MONTHS_OPEN, n)
    sampled = rng.random(n) < (1 if sample_share is None else sample_share)
    adult = (rows["role"] != "CHILD").to_numpy() & (rows["status"] == ELIGIBLE).to_numpy()
    person = rows["person"].to_numpy()
    payee = any_of(case, n, adult & (person == units.head_of[case]))
    second = any_of(case, n, adult & (person != units.head_of[case]))
    kind = np.select([~(payee | second), payee & second], ["child only", "two adults"], "one adult").astype(object)
    cases = pd.DataFrame(
        {
            "case": np.arange(n),
            "head": units.head_of,
            "absent": NOBODY,
            "opened": np.where(first == 0, before, first),
            "closed": np.where(last == history.calendar.n_months - 1, NEVER, last + 1),
            "kind": kind,
            "good_cause": _nothing(n),
            "paternity": _nothing(n),
            "assistance": _nothing(n),
            "sampled": sampled,
        }
    )
    return cases[first >= 0].reset_index(drop=True)


def _nothing(n: int) -> Texts:
    return np.full(n, None, dtype=object)


def _to_payee(history: History, units: Units, records: pd.DataFrame) -> Texts:
    """How each child is related to the payee: own child (``CH``), grandchild (``GC``) or other (``OR``)."""
    person, head = records["person"].to_numpy(), units.head_of[records["case"].to_numpy()]
    relationship = relationship_to(history, person, head)
    relationship[(records["role"] != "CHILD").to_numpy()] = None
    return relationship


def relationship_to(history: History, child: Ints, adult: Ints) -> Texts:
    """``CH`` for an adult's own child, ``GC`` for a grandchild, ``OR`` for any other."""
    parents = [np.append(history.people[kin].to_numpy(np.int64), NOBODY) for kin in ("mother", "father")]
    own = [parent[child] == adult for parent in parents]
    grand = [elder[parent[child]] == adult for parent in parents for elder in parents]
    return np.select([np.any(own, axis=0), np.any(grand, axis=0)], ["CH", "GC"], "OR").astype(object)
