"""Findings of group E as they truly are: what employers report, beside what IV-A believes of the same months.

Months of hire and of a quarter are those of the reports; an adult's job counts as reported to IV-A in a month in which
the membership says ``employed``.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.synthetic.draws import Ints, Mask, Texts
from caselink.synthetic.findings.enrolled import ELIGIBLE, enrolled
from caselink.synthetic.findings.leads import ARISEN, LOOK_ALIKE, Part, join_leads, lead_table
from caselink.synthetic.history import Calendar, History
from caselink.synthetic.programs.caseload import Caseload, Programs

MONTHS_TO_TELL = 2
"""A job must be with IV-A by the second month after that of hire (E01)."""
STALE_MONTHS = 6
"""A hire older than this when its report comes in is dropped (E04)."""
NOT_THERE, NO_JOB, HAS_JOB = -1, 0, 1

Beliefs = npt.NDArray[np.int8]
"""What IV-A believes (months x people): not eligible as an adult, without a job, with one."""


def earnings_findings(history: History, programs: Programs) -> pd.DataFrame:
    """E01, E02 and E06, and the look-alikes that lives and reports make."""
    calendar = history.calendar
    belief, unit = job_beliefs(programs.caseloads["iva"], history.n_people, calendar)
    reports = report_months(programs.caseloads["employment"], calendar)
    return join_leads(
        [
            *_new_hires(reports, belief, unit),
            *_quarters(reports, belief, unit),
            _absent_hired(reports, enrolled(programs.caseloads["ivd"], calendar)),
        ]
    )


def job_beliefs(assistance: Caseload, n_people: int, calendar: Calendar) -> tuple[Beliefs, npt.NDArray[np.int32]]:
    """What IV-A believes of adults' jobs by month, and the case in which each of them is eligible (-1: none)."""
    members = assistance.memberships
    belief = np.full((calendar.n_months, n_people), NOT_THERE, np.int8)
    unit = np.full((calendar.n_months, n_people), -1, np.int32)
    if "employed" not in members:
        return belief, unit
    adult = (members["employed"].notna() & (members["status"] == ELIGIBLE)).to_numpy()
    rows = members[adult]
    person = assistance.records["person"].to_numpy(np.int64)[rows["record"].to_numpy(np.int64)]
    works = np.where(rows["employed"].to_numpy(dtype=object) == "Y", HAS_JOB, NO_JOB).astype(np.int8)
    first, last = (rows[name].to_numpy(np.int64) for name in ("first_month", "last_month"))
    for month in range(calendar.n_months):
        there = (first <= month) & (last >= month)
        np.maximum.at(belief[month], person[there], works[there])
        unit[month, person[there]] = rows["case"].to_numpy(np.int64)[there]
    return belief, unit


def report_months(employment: Caseload, calendar: Calendar) -> pd.DataFrame:
    """One row a report: ``person``, ``type``, ``hired`` or the quarter's last ``month`` (numbers), and ``entered``."""
    details = employment.details
    dates = pd.to_datetime(details["report_date"], format="%Y-%m-%d").to_numpy().astype("datetime64[M]")
    return pd.DataFrame(
        {
            "person": employment.records["person"].to_numpy(np.int64),
            "entered": employment.records["entered"].to_numpy(np.int64),
            "type": details["report_type"].to_numpy(dtype=object),
            "month": (dates - calendar.months()[0]).astype(np.int64),
        }
    )


def _new_hires(reports: pd.DataFrame, belief: Beliefs, unit: npt.NDArray[np.int32]) -> list[pd.DataFrame]:
    """E01: eligible from the hire to the month to tell in, and no job on file then."""
    hires = reports[(reports["type"] == "W4").to_numpy()].reset_index(drop=True)
    month, person, entered = (hires[name].to_numpy(np.int64) for name in ("month", "person", "entered"))
    n = len(belief)
    stale = entered - month > STALE_MONTHS
    due = month + MONTHS_TO_TELL
    seen = (month >= 0) & (due < n)
    known = np.stack([belief[np.clip(month + k, 0, n - 1), person] for k in range(MONTHS_TO_TELL + 1)])
    there = seen & (known != NOT_THERE).all(axis=0)
    silent = known[-1] == NO_JOB
    now = np.clip(entered, 0, n - 1)
    on_assistance = belief[now, person] == NO_JOB
    beyond = np.clip(entered + MONTHS_TO_TELL, 0, n - 1)
    return [
        _by_hire(hires[there & silent & ~stale], due[there & silent & ~stale], unit, None),
        _by_hire(hires[there & ~silent & ~stale], due[there & ~silent & ~stale], unit, "already reported"),
        _by_hire(hires[stale & on_assistance], beyond[stale & on_assistance], unit, "stale hire"),
    ]


def _by_hire(hires: pd.DataFrame, month: Ints, unit: npt.NDArray[np.int32], look_alike: str | None) -> pd.DataFrame:
    """One lead for each person and month of hire."""
    rows = hires.assign(due=month).drop_duplicates(["person", "month"])
    person, due = rows["person"].to_numpy(np.int64), rows["due"].to_numpy(np.int64)
    parts = [Part("recipient", "iva", person, _case(unit, person, due)), Part("employee", "employment", person)]
    kind = LOOK_ALIKE if look_alike else ARISEN
    return lead_table("E01", (rows["month"], due), parts, look_alike=look_alike, kind=kind)


def _case(unit: npt.NDArray[np.int32], person: Ints, month: Ints) -> Ints:
    """The case of each person in ``month``, or the last one before it."""
    case = np.full(len(person), -1, np.int64)
    for back in range(len(unit)):
        then = unit[np.maximum(month - back, 0), person]
        case = np.where((case < 0) & (month - back >= 0), then, case)
    return case


def _quarters(reports: pd.DataFrame, belief: Beliefs, unit: npt.NDArray[np.int32]) -> list[pd.DataFrame]:
    """E02: eligible and without a job on file in all months of a quarter for which wages are reported."""
    wages = reports[(reports["type"] == "QW").to_numpy()].drop_duplicates(["person", "month"]).reset_index(drop=True)
    end, person = wages["month"].to_numpy(np.int64), wages["person"].to_numpy(np.int64)
    inside = (end - 2 >= 0) & (end < len(belief))
    known = np.stack([belief[np.clip(end - k, 0, len(belief) - 1), person] for k in range(3)])
    any_job, any_there = (known == HAS_JOB).any(axis=0), (known != NOT_THERE).any(axis=0)
    silent, part = (known == NO_JOB).all(axis=0), (known == NOT_THERE).any(axis=0)
    tables = []
    for look_alike, mask in (
        (None, inside & silent),
        ("reported in part of the quarter", inside & any_job & (known == NO_JOB).any(axis=0)),
        ("months off assistance", inside & any_there & part & ~any_job),
    ):
        some, last = person[mask], end[mask]
        parts = [Part("recipient", "iva", some, _case(unit, some, last)), Part("employee", "employment", some)]
        kind = LOOK_ALIKE if look_alike else ARISEN
        tables.append(lead_table("E02", (last - 2, last), parts, look_alike=look_alike, kind=kind))
    return tables


def _absent_hired(reports: pd.DataFrame, cases: pd.DataFrame) -> pd.DataFrame:
    """E06: a new hire of an absent parent while the case is open."""
    hires = reports[((reports["type"] == "W4") & (reports["month"] >= 0)).to_numpy()]
    absent = cases[cases["role"].isin(["NP", "PF"]).to_numpy()][["person", "case", "first", "last"]]
    pairs = hires.merge(absent, on="person")
    pairs = pairs[((pairs["first"] <= pairs["entered"]) & (pairs["last"] >= pairs["entered"])).to_numpy()]
    pairs = pairs.drop_duplicates(["person", "case", "month"])
    parts = [
        Part("absent parent", "ivd", pairs["person"], pairs["case"]),
        Part("employee", "employment", pairs["person"]),
    ]
    return lead_table("E06", (pairs["month"], pairs["entered"]), parts)


def other_names(history: History, employment: Caseload, fields: pd.DataFrame, known: Mask) -> list[pd.DataFrame]:
    """E03: a report under the number of another person whom a program knows; one's former name is a look-alike.

    ``fields``: what was keyed, one row a version; ``known``: people with a record in IV-A or IV-D.
    """
    versions = employment.versions
    record = versions["record"].to_numpy(np.int64)
    person, entered = (employment.records[name].to_numpy(np.int64)[record] for name in ("person", "entered"))
    number = fields["ssn"].to_numpy(np.int64)
    holder = _holders(history, number)
    strange = (holder >= 0) & (holder != person) & known[np.maximum(holder, 0)]
    strange &= ~_same_text(fields["first_name"], history.people["first_name"].to_numpy(dtype=object)[holder])
    former = history.people["former_last_name"].to_numpy(dtype=object)[person]
    married = (holder == person) & known[person] & _same_text(fields["last_name"], former)
    return [
        lead_table(
            "E03",
            (entered[strange], entered[strange]),
            [
                Part("employee", "employment", person[strange]),
                Part("holder of the number", "employment", holder[strange]),
            ],
        ),
        lead_table(
            "E03",
            (entered[married], entered[married]),
            [Part("employee", "employment", person[married])],
            kind=LOOK_ALIKE,
            look_alike="former last name",
        ),
    ]


def _holders(history: History, number: Ints) -> Ints:
    """Whose number each one truly is, -1 for nobody's."""
    own = history.people["ssn"].to_numpy(np.int64)
    order = np.argsort(own, kind="stable")
    place = np.minimum(np.searchsorted(own[order], number), len(own) - 1)
    return np.where(own[order][place] == number, order[place], -1)


def _same_text(keyed: pd.Series, texts: Texts) -> Mask:
    one = keyed.to_numpy(dtype=object)
    return np.asarray(one == texts, bool) & keyed.notna().to_numpy()
