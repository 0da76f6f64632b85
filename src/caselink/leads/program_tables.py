"""What findings need beside records: which program a source is of, its rosters, cases, referrals and reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from caselink.errors import SpecError
from caselink.findings.facts import PROGRAM_NAMES
from caselink.layouts import Extract
from caselink.leads.extract_tables import (
    FEDERAL,
    LAYOUT_PROGRAMS,
    cases_of,
    deaths_of,
    elsewhere_of,
    families_of,
    reports_of,
    roster_of,
)
from caselink.schema import check_table

NEEDED = {
    "memberships": ("source", "record_id", "case_id"),
    "cases": ("source", "case_id"),
    "referrals": ("iva_case_id", "child_record_id"),
    "reports": ("source", "record_id", "kind"),
    "deaths": ("source", "record_id", "month"),
    "confinements": ("source", "record_id", "first_month", "last_month"),
    "families": ("source", "case_id", "month"),
    "elsewhere": ("source", "record_id", "program", "first_month"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramTables:
    """Tables beside the records; all may be left out, and rules that lack theirs are skipped and say so.

    ``programs``: of each source ``iv-a``, ``iv-d``, ``jobs`` or ``earnings``. Months and dates are written ``YYYY-MM``
    (a day may follow).

    ``memberships``: ``source, record_id, case_id``, ``role``, ``month`` or ``first_month`` and ``last_month``,
    ``status`` (*eligible*, or anything else), ``employed`` (Y, N), ``resides``; ``relationship`` (CH own child of the
    adult in charge, or another word) and ``absence`` (DC dead, IC in jail, or another reason) where records do not tell
    them; ``line`` of a file in which two people may stand on one.
    ``cases``: ``source, case_id``, ``opened, closed, reopened`` (month), ``paternity`` (Y, N), ``good_cause`` (PD
    pending, GC granted, else CO), ``assistance`` (current, former, never), ``uncooperative`` (the month from which the
    head is held not to cooperate with child support, missing while not), ``closure_reason`` (*employment*, *time
    limit*, *support sanction*, or another), ``months_counted`` (toward the limit of 60 months, the most of head and
    spouse).
    ``referrals`` from IV-A to IV-D: ``iva_case_id, child_record_id``, ``ivd_case_id``, ``absent_record_id``,
    ``work_status``, ``sent``, ``received``, ``worked``.
    ``reports`` of employers: ``source, record_id, kind`` (*new hire* or *wages*), ``date`` (of hire, or within the
    quarter), ``received``, ``amount``.
    ``deaths``: ``source, record_id, month``. ``confinements``: ``source, record_id, first_month, last_month`` (missing:
    still in jail).
    ``families`` are those that have a line of their own in a report: ``source, case_id, month``, ``members`` (how many
    it counts).
    ``elsewhere`` is what other states answer of people: ``source, record_id``, ``program`` there (``iv-a``, ``iv-d``),
    ``first_month, last_month`` (missing: it goes on).

    ``sampled`` names the sources that hold only a sample of their cases: nothing is concluded from what is not there.
    ``unnumbered`` those whose record ids are no numbers of the program's own, but made by the reader.

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
    families: pd.DataFrame | None = field(default=None, repr=False)
    elsewhere: pd.DataFrame | None = field(default=None, repr=False)
    sampled: frozenset[str] = frozenset()
    unnumbered: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        unknown = sorted(set(self.programs.values()) - set(PROGRAM_NAMES))
        if unknown:
            raise SpecError(f"a program is one of {', '.join(PROGRAM_NAMES)}, got {unknown}")
        for name, columns in NEEDED.items():
            table = getattr(self, name)
            if table is not None:
                check_table(table, columns, needed_by=f"the table of {name}")
        for name in ("sampled", "unnumbered"):
            object.__setattr__(self, name, frozenset(getattr(self, name)))

    @classmethod
    def of_extracts(cls, extracts: Iterable[Extract], programs: Mapping[str, str] | None = None) -> ProgramTables:
        """From files read with their layouts: all that these tell beside the records.

        Which program each source is of is told by its layout where ``programs`` does not say. A roster with strata is
        a sample. What a file beside an extract says of the cases stands before what the rosters say.
        """
        read = list(extracts)
        told = {one.name: program for one in read if (program := LAYOUT_PROGRAMS.get(one.layout or ""))}
        rosters = [roster for one in read if (roster := roster_of(one)) is not None]
        strata = [table for table in rosters if "stratum" in table and table["stratum"].notna().any()]
        return cls(
            programs={**told, **(programs or {})},
            memberships=_below(rosters),
            cases=_below([cases_of(one) for one in read]),
            referrals=_below([one.referrals.rename(columns=_DATES) for one in read if one.referrals is not None]),
            reports=_below([reports_of(one) for one in read]),
            deaths=_below([deaths_of(one) for one in read]),
            families=_below([families_of(one) for one in read]),
            elsewhere=_below([elsewhere_of(one) for one in read]),
            unnumbered=frozenset(one.name for one in read if one.layout in FEDERAL),
            sampled=frozenset(source for table in strata for source in table["source"].dropna().unique()),
        )


_DATES = {"sent_date": "sent", "received_date": "received", "work_status_date": "worked"}


def _below(tables: list[pd.DataFrame | None] | list[pd.DataFrame]) -> pd.DataFrame | None:
    some = [table for table in tables if table is not None]
    filled = [table for table in some if len(table)] or some[:1]
    return pd.concat([table.astype("string") for table in filled], ignore_index=True) if filled else None
