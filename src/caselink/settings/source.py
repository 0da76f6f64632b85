"""One ``[[source]]`` of a ``sources.toml``: a file, what its columns are, how its values are to be read."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from caselink.errors import InputError, SpecError
from caselink.layouts import read_layout
from caselink.normalize import Cleaning
from caselink.purposes import TAINTS
from caselink.schema import MAPPED_COLUMNS, PROGRAMS
from caselink.settings.tables import Table, kind_of

Columns = Mapping[str, str | tuple[str, ...]]
"""Standard name to the file's column, or to several: parts of a value joined with a blank, or values of one set."""

REGISTERS = {
    "deaths": ("death_date",),
    "confinements": ("admitted", "released"),
    "elsewhere": ("began", "ended"),
}
"""Registers of other offices, and the dates that each tells; ``elsewhere``: assistance that another state pays."""

REPORTED = ("report_kind", "report_date", "report_received", "report_amount")
"""What an employer's report tells: its kind (*new hire* or *wages*), the date or quarter, when it came, the amount."""

TOLD = ("relationship", "absence", "ssn_verified", *REPORTED)
"""Columns that may be mapped too and that only findings read: kin to the head of the case, why a parent is absent,
whether name and number are verified (Y or a federal code; N, or U for a blank answer, not)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSettings:
    """One ``[[source]]``: a file, and which of its columns is what.

    ``columns`` is None where the file already has the standard names. A file of a known ``layout`` (a name, or the path
    of a TOML file) needs neither them nor ``record_id``. ``encoding`` is None where it is the layout's, or UTF-8.

    ``program`` is what the source is to the others (``iv-a``, ``iv-d``, ``jobs``, ``earnings``). ``memberships`` and
    ``cases`` are files of its rosters and cases. ``register`` says that it is no program's but a register of deaths or
    of stays in jail. ``evidence`` are the columns of the dates that it tells (:data:`REGISTERS`), and of what else only
    findings read (:data:`TOLD`). ``cleaning`` says how values are to be read; ``known_bad_ssns`` is the file of its
    pairs of record id and SSN. ``taints`` says what binds the source (``*``) or a column of it: *federal tax*,
    *new hire*, or nothing (see :class:`caselink.confidentiality.Protection`). ``nobody_protected``: the source has no
    column of who is protected, and its owner says that nobody in it is.
    """

    name: str
    path: Path
    record_id: str = ""
    layout: str | Path | None = None
    unduplicated: bool = False
    as_of: str | None = None
    columns: Columns | None = None
    encoding: str | None = None
    program: str | None = None
    register: str | None = None
    evidence: Mapping[str, str] = field(default_factory=dict)
    memberships: Path | None = None
    cases: Path | None = None
    cleaning: Cleaning = field(default_factory=Cleaning)
    known_bad_ssns: Path | None = None
    taints: Mapping[str, str] = field(default_factory=dict)
    nobody_protected: bool = False

    def describe_cleaning(self) -> dict[str, Any]:
        """What is declared of the values, without any of them: patterns and pairs are counted."""
        told: dict[str, Any] = {
            "date_order": self.cleaning.date_order,
            "two_digit_pivot": self.cleaning.two_digit_pivot,
            "pseudo_ssns": len(self.cleaning.pseudo_ssns),
            "default_sex": dict(self.cleaning.default_sex),
            "widths": dict(self.cleaning.widths),
            "untouched": list(self.cleaning.untouched),
        }
        if self.known_bad_ssns is not None:
            told["known_bad_ssns_sha256"] = hashlib.sha256(self.known_bad_ssns.read_bytes()).hexdigest()
        return {name: value for name, value in told.items() if value not in (None, 0, {}, [], "found")}


def read_source_table(table: Table, folder: Path, encoding: str | None = None) -> SourceSettings:
    """Read and check one ``[[source]]`` table; paths are relative to the folder, ``encoding`` holds if it has none."""
    source = SourceSettings(
        name=table.take("name", str, required=True),
        path=table.needed_path("path", folder),
        layout=(layout := _layout(table, folder)),
        record_id=table.take("record_id", str, required=layout is None) or "",
        unduplicated=bool(table.take("unduplicated", bool)),
        as_of=_date(table),
        columns=(columns := _columns(table))[0],
        encoding=table.encoding() or encoding,
        program=_program(table),
        register=(register := _register(table)),
        evidence=columns[1],
        memberships=table.path("memberships", folder),
        cases=table.path("cases", folder),
        taints=_taints(table),
        nobody_protected=bool(table.take("nobody_protected", bool)),
    )
    cleaning = table.table("cleaning")
    if cleaning is not None:
        source = replace(source, **_cleaning(cleaning, folder, _known_columns(source)))
    table.refuse_the_rest()
    if source.layout is not None and (source.record_id or source.columns):
        raise table.error("record_id" if source.record_id else "columns", "the layout says this; leave it out")
    if source.nobody_protected and "protected" in (source.columns or {}):
        raise table.error("nobody_protected", "a column says who is protected; leave one of the two out")
    if register is not None and (source.layout or source.program or source.memberships or source.cases):
        raise table.error("register", "a register has no layout, program, memberships or cases; leave them out")
    return source


def _layout(table: Table, folder: Path) -> str | Path | None:
    """The name of a layout that comes with caselink, or the path of another; either is looked at."""
    given: str | None = table.take("layout", str)
    if given is None:
        return None
    layout = folder / given if given.endswith(".toml") else given
    try:
        read_layout(layout)
    except (SpecError, InputError) as error:
        raise table.error("layout", str(error)) from None
    return layout


def _date(table: Table) -> str | None:
    value = table.values.pop("as_of", None)
    table.known.append("as_of")
    try:
        return None if value is None else dt.date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise table.error("as_of", "must be a date such as 2026-09-30") from None


def _columns(table: Table) -> tuple[Columns | None, dict[str, str]]:
    """The columns under standard names, and those that findings read; dates of a register may have their own names."""
    dates = REGISTERS.get(str(table.values.get("register")), ())
    columns = table.table("columns")
    events = {name: name for name in dates}
    if columns is None:
        return None, events
    for name in (*dates, *TOLD):
        if name in columns.values:
            events[name] = columns.take(name, str)
    for standard in columns.values:
        if standard not in MAPPED_COLUMNS:
            hint = "any other column is read when a [[comparison]] or [[blocking]] table names it"
            raise columns.error(standard, f"no standard name; known: {', '.join(MAPPED_COLUMNS)}; {hint}")
    return {standard: _file_columns(standard, value, columns) for standard, value in columns.values.items()}, events


def _register(table: Table) -> str | None:
    register: str | None = table.take("register", str)
    if register is not None and register not in REGISTERS:
        raise table.error("register", f"unknown; one of {', '.join(REGISTERS)}")
    return register


def _file_columns(standard: str, value: object, columns: Table) -> str | tuple[str, ...]:
    if isinstance(value, str) and value:
        return value
    if isinstance(value, list) and value and all(isinstance(part, str) and part for part in value):
        return tuple(value)
    raise columns.error(standard, f"must be a column's name or a list of them, not {kind_of(value)}")


def _program(table: Table) -> str | None:
    program: str | None = table.take("program", str)
    if program is not None and program not in PROGRAMS:
        raise table.error("program", f"unknown; one of {', '.join(PROGRAMS)}")
    return program


def _taints(table: Table) -> dict[str, str]:
    """What is said to bind all columns (``tainted``) and single ones (``taints``); *none* says that nothing does."""
    whole, single = table.take("tainted", str), table.take("taints", dict) or {}
    said = single | ({} if whole is None else {"*": whole})
    for taint in said.values():
        if taint not in (*TAINTS, "none"):
            known = ", ".join(map(repr, (*TAINTS, "none")))
            raise table.error("taints" if whole in (*TAINTS, "none", None) else "tainted", f"must be one of {known}")
    return {name: "" if taint == "none" else taint for name, taint in said.items()}


def _known_columns(source: SourceSettings) -> tuple[str, ...]:
    """The standard names that the source may have."""
    if source.layout is not None:
        return read_layout(source.layout).columns
    return MAPPED_COLUMNS if source.columns is None else tuple(source.columns)


def _cleaning(table: Table, folder: Path, known: tuple[str, ...]) -> dict[str, Any]:
    """The values of ``cleaning`` and ``known_bad_ssns``."""
    given: dict[str, Any] = {
        "date_order": table.take("date_order", str) or "found",
        "two_digit_pivot": table.take("two_digit_pivot", int),
        "pseudo_ssns": table.texts("pseudo_ssns"),
        "default_sex": _default_sex(table, known),
        "widths": _widths(table, known),
        "untouched": _untouched(table, known),
    }
    if isinstance(table.values.get("known_bad_ssns"), list):
        raise table.error("known_bad_ssns", "name a file with the columns record_id and ssn: no numbers belong here")
    bad = table.path("known_bad_ssns", folder)
    table.refuse_the_rest()
    for key, value in given.items():  # one by one, so that the error is the key's
        try:
            Cleaning(**{key: value})
        except SpecError as error:
            raise table.error(key, str(error)) from None
    return {"cleaning": Cleaning(**given), "known_bad_ssns": bad}


def _default_sex(table: Table, known: tuple[str, ...]) -> dict[str, str]:
    given = table.take("default_sex", dict) or {}
    if not all(isinstance(sex, str) for sex in given.values()):
        raise table.error("default_sex", "must be M or F for each role")
    if given and not {"role", "sex"} <= set(known):
        raise table.error("default_sex", "needs the columns role and sex, and the source has not both")
    return dict(given)


def _widths(table: Table, known: tuple[str, ...]) -> dict[str, int]:
    widths = table.take("widths", dict) or {}
    for name in widths:
        if name not in known:
            raise table.error("widths", f"the source has no column {name!r}; it has {', '.join(known)}")
    return dict(widths)


def _untouched(table: Table, known: tuple[str, ...]) -> tuple[str, ...]:
    names = table.texts("untouched")
    for name in names:
        if name not in known:
            raise table.error("untouched", f"the source has no column {name!r}; it has {', '.join(known)}")
    return names
