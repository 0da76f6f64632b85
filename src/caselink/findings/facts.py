"""Facts: the tables that rules read. Persons, cases and records are numbers, and so are months.

Missing is :data:`NONE` in every column. Months count from year 0 (``12 * year + month - 1``), days from 1970. Numbers
stand in the order of the ids that they stand for, so the order of rows shows nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from functools import wraps
from typing import Any, Protocol, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

NONE = -1
"""What stands where nothing is known; of days :data:`NO_DAY`, as people were born before 1970."""
NO_DAY = np.iinfo(np.int64).min
NO_END = 12 * 9999
"""The last month of a stay in jail that goes on."""


class Program(IntEnum):
    """What kind of program a source is of."""

    OTHER = 0
    IVA = 1
    IVD = 2
    JOBS = 3
    EARNINGS = 4
    REGISTER = 5
    """A file of deaths or of prisoners: no program's client records."""


PROGRAM_NAMES = {"iv-a": Program.IVA, "iv-d": Program.IVD, "jobs": Program.JOBS, "earnings": Program.EARNINGS}


class Role(IntEnum):
    """Who somebody is in a case, whatever word the program has for it."""

    MEMBER = 0
    HEAD = 1
    CARETAKER = 2
    ADULT = 3
    CHILD = 4
    ABSENT = 5
    PUTATIVE = 6


PAYEES = (Role.HEAD, Role.CARETAKER)
ADULTS = (Role.HEAD, Role.CARETAKER, Role.ADULT)
ABSENT = (Role.ABSENT, Role.PUTATIVE)

RECORDS = (
    "record",
    "source",
    "program",
    "person",
    "ssn",
    "born",
    "birth_year",
    "name",
    "last_name",
    "surname",
    "sex",
    "place",
    "house",
    "protected",
    "role",
    "relationship",
    "absence",
    "bad_ssn",
    "bad_birth",
    "line",
    "verified",
    "numbered",
)
STAYS = (
    "record",
    "person",
    "case",
    "program",
    "role",
    "counted",
    "resides",
    "employed",
    "first",
    "last",
    "begins",
    "ends",
    "head",
)
CASES = (
    "source",
    "program",
    "head",
    "opened",
    "closed",
    "reopened",
    "paternity",
    "good_cause",
    "assistance",
    "uncooperative",
    "closure_reason",
    "months_counted",
)
REFERRALS = ("case", "support_case", "child", "absent", "sent", "received", "worked")
REPORTS = ("record", "person", "kind", "month", "received", "amount")
_MOST_MONTHS = 12 * 10_000
TABLES = {
    "records": RECORDS,
    "stays": STAYS,
    "cases": CASES,
    "referrals": REFERRALS,
    "reports": REPORTS,
    "deaths": ("record", "person", "month"),
    "confinements": ("record", "person", "first", "last"),
    "near": ("left", "right", "bits"),
    "families": ("case", "month", "size"),
    "shared_lines": ("left", "right", "case", "month"),
    "elsewhere": ("record", "person", "program", "first", "last"),
}
"""The columns of each table. ``records`` and ``cases`` are in the order of their numbers."""

FEMALE, MALE = 0, 1
"""``sex`` of a record."""
OTHER_KIN, OWN_CHILD, GRANDCHILD = 0, 1, 2
"""``relationship`` of a child's record to the adult in charge."""
OTHER_REASON, DEAD, JAILED = 0, 1, 2
"""``absence`` of a parent's record: why the parent is absent."""
OTHER_CLOSURE, CLOSED_FOR_JOB, CLOSED_FOR_TIME, CLOSED_FOR_SUPPORT = 0, 1, 2, 3
"""``closure_reason`` of a case: a job, the limit of 60 months, or not cooperating with child support."""
HIRE, WAGES = 0, 1
"""``kind`` of a report."""
NEVER, FORMER, CURRENT = 0, 1, 2
"""``assistance`` of a case."""
PENDING, GRANTED, OTHER_CAUSE = 1, 2, 3
"""``good_cause`` of a case; 0 is none."""


class NameComparer(Protocol):
    """Says how alike the names of records are, as linking does: nicknames, initials, swapped names and slips count."""

    def __call__(self, column: str, left: Ints, right: Ints) -> Ints:
        """Of ``first_name`` or ``last_name``: :data:`NONE` where one is missing, 0 for unlike, 1 for alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The tables of :data:`TABLES`, and what is there at all.

    ``evidence`` names what the tables hold: ``records.ssn``, ``stays iv-a``, ``stays.employed iv-a``, ``referrals``,
    ``reports.hires`` and so on; a rule is skipped when a name that it needs is not among them. ``now`` is the last
    month told of, ``began`` the first. ``home`` tells of a person and month where they live (see :meth:`home_of`).
    ``names`` compares the names of records. ``known`` holds what several rules ask for and one has worked out.
    """

    records: pd.DataFrame = field(repr=False)
    stays: pd.DataFrame = field(repr=False)
    cases: pd.DataFrame = field(repr=False)
    referrals: pd.DataFrame = field(repr=False)
    reports: pd.DataFrame = field(repr=False)
    deaths: pd.DataFrame = field(repr=False)
    confinements: pd.DataFrame = field(repr=False)
    near: pd.DataFrame = field(repr=False)
    families: pd.DataFrame = field(repr=False)
    shared_lines: pd.DataFrame = field(repr=False)
    elsewhere: pd.DataFrame = field(repr=False)
    homes: pd.DataFrame = field(repr=False)
    names: NameComparer = field(repr=False)
    evidence: frozenset[str]
    began: int
    now: int
    known: dict[tuple[str, object], Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def lacking(self, needs: Iterable[str]) -> list[str]:
        """What of ``needs`` the tables do not hold."""
        return [need for need in needs if need not in self.evidence]

    def of_program(self, program: Program, table: str = "stays") -> pd.DataFrame:
        """The rows of ``stays``, ``records`` or ``cases`` that one program told."""
        key = (f"of_program {table}", program)
        if key not in self.known:
            rows: pd.DataFrame = getattr(self, table)
            self.known[key] = rows[(rows["program"] == program).to_numpy()]
        found: pd.DataFrame = self.known[key]
        return found

    def home_of(self, person: Ints, month: Ints) -> Ints:
        """The household of each person in each month, :data:`NONE` where it is not known."""
        key, household = _sorted_homes(self)
        wanted = _home_key(np.asarray(person, np.int64), np.asarray(month, np.int64))
        place = np.minimum(np.searchsorted(key, wanted), max(len(key) - 1, 0))
        if not len(key):
            return np.full(len(wanted), NONE, np.int64)
        return np.where(key[place] == wanted, household[place], NONE)


Made = TypeVar("Made")


def once(make: Callable[[Facts], Made]) -> Callable[[Facts], Made]:
    """What is worked out of the facts alone is worked out once, whichever rules ask for it; nobody changes it."""

    @wraps(make)
    def made(facts: Facts) -> Made:
        key = (f"{make.__module__}.{make.__qualname__}", None)
        if key not in facts.known:
            facts.known[key] = make(facts)
        found: Made = facts.known[key]
        return found

    return made


@once
def _sorted_homes(facts: Facts) -> tuple[Ints, Ints]:
    """The keys of persons and months in order, and the household of each."""
    person, month, household = (facts.homes[name].to_numpy(np.int64) for name in ("person", "month", "household"))
    key = _home_key(person, month)
    if (key[1:] < key[:-1]).any():
        order = np.argsort(key)
        key, household = key[order], household[order]
    return key, household


def _home_key(person: Ints, month: Ints) -> Ints:
    return person * _MOST_MONTHS + month


def no_rows(table: str) -> pd.DataFrame:
    """One of the :data:`TABLES` without a row.

    >>> no_rows("near").columns.tolist()
    ['left', 'right', 'bits']
    """
    return pd.DataFrame({name: np.zeros(0, np.int64) for name in TABLES[table]})
