"""The tables between the stages: their columns and what a value may look like.

Every table is a pandas frame. RECORDS holds text in every column; missing is null (``None``/``NA``), never
an empty string. Normalized forms:

``birth_date``
    ``YYYY-MM-DD``; an unknown part is zeros, so ``1985-00-00`` is a known year and ``0000-03-05`` a known day.
``ssn``
    nine digits. ``phone``: ten digits. ``zip``: five digits, ``zip4`` four. ``sex``: ``M`` or ``F``.
names, ``street``, ``city``
    upper case, accents folded, single blanks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import pandas as pd

from caselink.errors import ColumnMissingError, InputError, SpecError

Evidence: TypeAlias = Literal["personal", "family", "neither"]

KEY_COLUMNS = ("source", "record_id")
"""Together they name a record, in every table."""

PERSON_COLUMNS = (
    "first_name",
    "middle_name",
    "last_name",
    "suffix",
    "full_name",
    "birth_date",
    "birth_year",
    "birth_month",
    "birth_day",
    "age",
    "sex",
    "ssn",
    "street",
    "unit",
    "city",
    "state",
    "zip",
    "county",
    "phone",
    "email",
)
"""What a program knows of a person, by the standard names that a source's columns are mapped to."""

CASE_COLUMNS = ("case_id", "role", "month", "protected")
"""What a program knows of the person's case."""

STANDARD_COLUMNS = PERSON_COLUMNS + CASE_COLUMNS

NOT_PROTECTED = ("N", "NO", "0", "F", "FALSE")
"""What clearly says that somebody is not protected; any other value of ``protected`` protects, a blank says nothing."""

SET_COLUMNS = ("other_names", "other_first_names", "other_last_names", "other_ssns")
"""Sets of further names and numbers, separated by ``|``; ``other_names`` are whole names, which normalizing uses up."""

FURTHER_COLUMNS = (
    "other_first_names",
    "other_last_names",
    "other_ssns",
    "taxpayer_id",
    "zip4",
    "shared_ssn",
    "default_sex",
    "cut_first_name",
    "cut_last_name",
)
"""What normalizing finds besides: sets of further names and numbers, a number for taxes where an SSN should stand, the
four digits after a ZIP, an SSN that unrelated people use or an agency made up, a sex that the program keys where it
knows none, and a name that fills its program's field to the last character, so that more may have stood there."""

MAPPED_COLUMNS = (*STANDARD_COLUMNS, *SET_COLUMNS, "taxpayer_id", "zip4")
"""The names that a source's columns can be mapped to."""

PROGRAMS = ("iv-a", "iv-d", "jobs", "earnings")
"""What a source can be to the others: cash assistance, child support, employment services, or employers' reports."""

REJECT_COLUMNS = ("source", "file", "line", "field", "reason", "dropped")
"""REJECTS: ``dropped`` is true when the whole line was left out, false when only that field was made missing."""

MEMBERSHIP_COLUMNS = (*KEY_COLUMNS, "case_id", "role", "month", "resides", "status")
"""MEMBERSHIPS: a record in a case in a month (``YYYY-MM``), in a role; ``resides`` is ``Y`` or ``N``: whether the
program counts the person at the case's address."""

PERSONS_COLUMNS = ("source", "record_id", "person_id")

LINK_COLUMNS = (
    "source_left",
    "record_id_left",
    "source_right",
    "record_id_right",
    "match_weight",
    "match_probability",
    "household_probability",
    "rule",
)


def check_table(table: pd.DataFrame, columns: Sequence[str], *, needed_by: str) -> None:
    """Raise :class:`ColumnMissingError` unless ``table`` has all ``columns``.

    An error too if it has one twice or is no pandas frame: the columns of another kind of table may be its values.
    """
    if not isinstance(table, pd.DataFrame):
        kind = f"{type(table).__module__.partition('.')[0]} {type(table).__name__}"
        raise InputError(f"{needed_by} takes a pandas frame, not a {kind}; give its to_pandas(), records normalize()d")
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise ColumnMissingError(missing, [str(c) for c in table.columns], needed_by=needed_by)
    held = list(table.columns)
    doubled = sorted({column for column in columns if held.count(column) > 1})
    if doubled:
        raise InputError("stands twice in the table; drop or rename one of the two", field=doubled[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What a comparison declares of itself.

    ``name`` is unique among comparisons used together. A level's place in ``level_names`` is its code: 0 is missing,
    1 is differ, the last is exact. ``evidence``: ``personal`` values belong to one person (first name, birth
    date), ``family`` values are shared in a household (last name, address), ``neither`` says nothing of either.
    ``term_frequency`` names the column whose value frequencies sharpen the exact level: agreeing on a rare
    value says more. ``marks`` are those of the columns that are only looked at for being known, not for what they hold.
    """

    name: str
    columns: tuple[str, ...]
    level_names: tuple[str, ...]
    evidence: Evidence = "personal"
    term_frequency: str | None = None
    marks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.evidence not in ("personal", "family", "neither"):
            msg = f"comparison {self.name!r}: evidence must be personal, family or neither"
            raise SpecError(msg)
        if len(self.level_names) < 3:  # missing, differ and at least one way to agree
            msg = f"comparison {self.name!r} needs at least the levels missing, differ and exact"
            raise SpecError(msg)
