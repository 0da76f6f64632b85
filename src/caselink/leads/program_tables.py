"""What findings need beside records: which program a source is of, its rosters, cases, referrals and reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from caselink.errors import SpecError
from caselink.findings.facts import PROGRAM_NAMES
from caselink.layouts import Extract
from caselink.schema import check_table

NEEDED = {
    "memberships": ("source", "record_id", "case_id"),
    "cases": ("source", "case_id"),
    "referrals": ("iva_case_id", "child_record_id"),
    "reports": ("source", "record_id", "kind"),
    "deaths": ("source", "record_id", "month"),
    "confinements": ("source", "record_id", "first_month", "last_month"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramTables:
    """Tables beside the records; all may be left out, and rules that lack theirs are skipped and say so.

    ``programs``: of each source ``iv-a``, ``iv-d``, ``jobs`` or ``earnings``. Months and dates are written ``YYYY-MM``
    (a day may follow).

    ``memberships``: ``source, record_id, case_id``, ``role``, ``month`` or ``first_month`` and ``last_month``,
    ``status`` (*eligible*, or anything else), ``employed`` (Y, N), ``resides``.
    ``cases``: ``source, case_id``, ``opened, closed, reopened`` (month), ``paternity`` (Y, N), ``good_cause`` (PD
    pending, GC granted, else CO), ``assistance`` (current, former, never).
    ``referrals`` from IV-A to IV-D: ``iva_case_id, child_record_id``, ``ivd_case_id``, ``absent_record_id``,
    ``work_status``, ``sent``, ``received``, ``worked``.
    ``reports`` of employers: ``source, record_id, kind`` (*new hire* or *wages*), ``date`` (of hire, or within the
    quarter), ``received``, ``amount``.
    ``deaths``: ``source, record_id, month``. ``confinements``: ``source, record_id, first_month, last_month`` (missing:
    still in jail).

    ``sampled`` names the sources that hold only a sample of their cases: nothing is concluded from what is not there.

    >>> ProgramTables(programs={"tanf": "iv-a"}).programs["tanf"]
    'iv-a'
    """

    programs: Mapping[str, str] = field(default_factory=dict)
    memberships: pd.DataFrame | None = field(default=None, repr=False)
    cases: pd.DataFrame | None = field(default=None, repr=False)
    referrals: pd.DataFrame | None = field(default=None, repr=False)
    reports: pd.DataFrame | None = field(default=None, repr=False)
    deaths: pd.DataFrame | None = field(default=None, repr=False)
    confinements: pd.DataFrame | None = field(default=None, repr=False)
    sampled: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        unknown = sorted(set(self.programs.values()) - set(PROGRAM_NAMES))
        if unknown:
            raise SpecError(f"a program is one of {', '.join(PROGRAM_NAMES)}, got {unknown}")
        for name, columns in NEEDED.items():
            table = getattr(self, name)
            if table is not None:
                check_table(table, columns, needed_by=f"the table of {name}")
        object.__setattr__(self, "sampled", frozenset(self.sampled))

    @classmethod
    def of_extracts(cls, extracts: Iterable[Extract], programs: Mapping[str, str] | None = None) -> ProgramTables:
        """From files read with their layouts: rosters, referrals and reports as they stand in the extracts.

        Which program each source is of is told by its layout where ``programs`` does not say. A roster with strata is
        a sample.
        """
        read = list(extracts)
        told = {one.name: program for one in read if (program := _LAYOUTS.get(one.layout or ""))}
        rosters = [_with_status(one.memberships) for one in read if one.memberships is not None]
        sent = [one.referrals.rename(columns=_DATES) for one in read if one.referrals is not None]
        reports = [table for one in read if (table := _reports(one.records)) is not None]
        strata = [table for table in rosters if "stratum" in table and table["stratum"].notna().any()]
        return cls(
            programs={**told, **(programs or {})},
            memberships=_below(rosters),
            referrals=_below(sent),
            reports=_below(reports),
            sampled=frozenset(source for table in strata for source in table["source"].dropna().unique()),
        )


_LAYOUTS = {
    "tanf": "iv-a",
    "ssp": "iv-a",
    "tribal": "iv-a",
    "state_iva": "iv-a",
    "state_ivd": "iv-d",
    "fcr": "iv-d",
    "wioa": "jobs",
    "new_hire": "earnings",
    "quarterly_wage": "earnings",
}
_DATES = {"sent_date": "sent", "received_date": "received", "work_status_date": "worked"}


def _below(tables: list[pd.DataFrame]) -> pd.DataFrame | None:
    return pd.concat(tables, ignore_index=True) if tables else None


def _with_status(members: pd.DataFrame) -> pd.DataFrame:
    """A roster with ``employed`` where it has the federal code of employment (1 employed, 2 and 3 not)."""
    if "employed" in members or "employment_status" not in members:
        return members
    return members.assign(employed=members["employment_status"].map({"1": "Y", "2": "N", "3": "N"}))


def _reports(records: pd.DataFrame) -> pd.DataFrame | None:
    """The reports of employers among the records of an extract, None where there are none."""
    for kind, date in (("new hire", "hire_date"), ("wages", "quarter")):
        if date in records:
            nothing = pd.Series(None, index=records.index, dtype=records["source"].dtype)
            amount = records.get("wages", nothing)
            return records[["source", "record_id"]].assign(kind=kind, date=records[date], amount=amount)
    return None
