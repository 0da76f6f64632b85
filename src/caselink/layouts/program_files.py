"""Files beside an extract: who was in which case, what is known of the cases, and what IV-A referred to IV-D.

Their columns have the names of :mod:`caselink.schema`; further columns are carried along as text. Every line is a row,
or a reject that names it.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from os import PathLike
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from caselink.calendar_months import with_ends
from caselink.errors import InputError
from caselink.layouts.column_names import check_each_once, check_header, holds_values
from caselink.layouts.delimited import read_csv
from caselink.layouts.extract import Extract, ProgramFile, RawTable, sha256_of
from caselink.layouts.opening import check_encoding, file_of
from caselink.layouts.rejects import Rejects
from caselink.layouts.tables import read_parquet
from caselink.layouts.targets import clean_months, replaced
from caselink.text_columns import TEXT, blank_to_null, rows_sharing, to_pandas

_SAME = {
    "child_client_id": "child_record_id",
    "sent_date": "sent",
    "sent_month": "sent",
    "received_date": "received",
    "received_month": "received",
    "work_status_date": "worked",
    "worked_month": "worked",
}
"""Columns of referrals that are known under other names too."""

_DAY = re.compile(r"((?:19|20)\d\d)[-/]?(0[1-9]|1[0-2])(?:[-/]?(0[1-9]|[12]\d|3[01]))?(?:[T ].*)?")
_DAY_LAST = re.compile(r"(0?[1-9]|1[0-2])/(?:(0?[1-9]|[12]\d|3[01])/)?((?:19|20)\d\d)")
_NO_END = re.compile(r"9{4,8}|(?:9999|2099)[-/]?\d\d.*|(?:\d\d?[-/]){1,2}(?:9999|2099)")

Lines = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What files of one kind must hold (``needed``), and what their columns may hold.

    ``months`` are made ``YYYY-MM``, ``dates`` ``YYYY-MM`` or ``YYYY-MM-DD``; ``codes`` are capitals, and others than
    those listed are noted.
    """

    name: str
    needed: tuple[str, ...]
    months: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


MEMBERSHIPS = Kind(
    name="memberships",
    needed=("record_id", "case_id"),
    months=("month", "first_month", "last_month"),
    codes={"resides": ("Y", "N"), "employed": ("Y", "N")},
)
CASES = Kind(
    name="cases",
    needed=("case_id",),
    dates=("opened", "closed", "reopened", "paternity_month", "uncooperative"),
    codes={"good_cause": ("PD", "GC", "CO"), "paternity": ("Y", "N"), "sampled": ("Y", "N")},
)
REFERRALS = Kind(
    name="referrals",
    needed=("iva_case_id", "child_record_id"),
    dates=("sent", "received", "worked"),
)


def read_program_file(
    path: str | PathLike[str], kind: Kind, *, source: str = "", encoding: str = "utf-8"
) -> ProgramFile:
    """Read a CSV or Parquet file of memberships, cases or referrals.

    ``source`` is the source that it belongs to; where the file has a column ``source`` itself, the rows of other
    sources are passed over: one file may serve all.
    """
    path = Path(path)
    check_encoding(encoding)
    try:
        raw = _read(path, kind, encoding)
    except InputError as error:
        raise error.of_file(str(path)) from None
    rejects = Rejects(raw.rejected)
    table, lines = _of_source(_named(raw.table), raw.lines, source, path)
    n_read = len(lines) + rejects.n_dropped
    keep = _complete(table, lines, kind, rejects)
    table, lines = _clean(table.filter(pa.array(keep)), lines[keep], kind, rejects)
    frame = to_pandas(table)
    if source:
        frame.insert(0, "source", pd.Series(source, index=frame.index, dtype=TEXT))
    return ProgramFile(
        table=frame,
        rejects=rejects.frame(source=source or kind.name, file=str(path)),
        kind=kind.name,
        path=str(path),
        sha256=sha256_of(str(file_of(path))),
        n_read=n_read,
    )


def read_bad_numbers(path: str | PathLike[str], *, encoding: str = "utf-8") -> list[tuple[str, str]]:
    """Read the pairs of ``record_id`` and ``ssn`` that are known to be wrong; every line must be one."""
    held = read_program_file(path, _BAD_NUMBERS, encoding=encoding)
    if len(held.rejects):
        first = held.rejects.iloc[0]
        told = None if pd.isna(first["field"]) else str(first["field"])
        raise InputError(str(first["reason"]), file=held.path, line=int(first["line"]), field=told)
    return list(zip(held.table["record_id"], held.table["ssn"], strict=True))


_BAD_NUMBERS = Kind(name="known bad numbers", needed=("record_id", "ssn"))


def with_program_files(extract: Extract, memberships: ProgramFile | None, cases: ProgramFile | None) -> Extract:
    """Give the extract with the rosters of a file in the place of its own, and with its cases.

    Who is in a case with good cause, claimed or granted, is protected: an address that shows in the wrong place cannot
    be taken back, so that anything but "now cooperating" counts. A membership without an end goes on until the
    extract's date.
    """
    rosters = extract.memberships if memberships is None else memberships.table
    rosters = None if rosters is None else with_ends(rosters, extract.as_of)
    told = extract.records
    if cases is not None and rosters is not None and "good_cause" in cases.table:
        claims = cases.table["good_cause"].notna() & (cases.table["good_cause"] != "CO")
        claimed = set(cases.table.loc[claims, "case_id"])
        known = rosters["case_id"].isin(claimed)
        told = _protected(told, told["record_id"].isin(set(rosters.loc[known, "record_id"])))
    beside = tuple(one for one in (memberships, cases) if one is not None)
    found = None if cases is None else cases.table
    return replace(extract, memberships=rosters, records=told, cases=found, beside=beside)


def with_claims(extract: Extract, referrals: pd.DataFrame) -> Extract:
    """Give a IV-A extract in which those are protected whom a referral with good cause, claimed or granted, names."""
    told = [name for name in ("good_cause", "good_cause_code") if name in referrals]
    named = [name for name in ("child_record_id", "absent_record_id") if name in referrals]
    claims = referrals[(referrals[told].notna() & (referrals[told] != "CO")).any(axis=1)]
    people = {one for name in named for one in claims[name].dropna()}
    return replace(extract, records=_protected(extract.records, extract.records["record_id"].isin(people)))


def _protected(records: pd.DataFrame, people: pd.Series[bool]) -> pd.DataFrame:
    if not people.any():
        return records
    flags = records["protected"] if "protected" in records else pd.Series(None, index=records.index, dtype=TEXT)
    return records.assign(protected=flags.mask(people, "Y"))


def _read(path: Path, kind: Kind, encoding: str) -> RawTable:
    def choose(header: list[str]) -> list[str]:
        names = [_SAME.get(name, name) for name in header]
        check_header(names, kind.needed, needed_by=f"the file of {kind.name}")
        if holds_values(names):  # all columns keep their names
            raise InputError("does not end where it should: it has names of columns and values", line=1)
        check_each_once(names, [name for name in names if name])
        return [name for name in header if name]

    if file_of(path).stat().st_size == 0:
        raise InputError("is empty; a header line with the names of the columns is needed", file=str(path))
    if path.suffix == ".parquet":
        return read_parquet(path, choose=choose)
    return read_csv(path, encoding=encoding, record_id=kind.needed[-1], choose=choose)


def _named(table: pa.Table) -> pa.Table:
    table = pa.table({name: blank_to_null(table.column(name)) for name in table.column_names})
    return table.rename_columns([_SAME.get(name, name) for name in table.column_names])


def _of_source(table: pa.Table, lines: Lines, source: str, path: Path) -> tuple[pa.Table, Lines]:
    """The rows of one source, without the column that says so."""
    if not source or "source" not in table.column_names:
        return table, lines
    own = pc.fill_null(pc.equal(table.column("source"), source), fill_value=False)
    if len(lines) and not pc.any(own).as_py():
        raise InputError(f"has no row of the source {source!r}", file=str(path), field="source")
    return table.filter(own).drop_columns("source"), lines[own.to_numpy()]


def _complete(table: pa.Table, lines: Lines, kind: Kind, rejects: Rejects) -> npt.NDArray[np.bool_]:
    """Which rows have what each needs, and do not stand there a second time."""
    keep = np.ones(len(lines), bool)
    for name in kind.needed:
        blank = pc.is_null(table.column(name)).to_numpy() & keep
        rejects.add(lines[blank], "is blank, and the line says nothing without it", field=name)
        keep &= ~blank
    suspects = rows_sharing(table.columns)
    if len(suspects):
        again = table.take(pa.array(suspects)).to_pandas().duplicated().to_numpy()
        doubled = suspects[again & keep[suspects]]
        rejects.add(lines[doubled], "exact duplicate line")
        keep[doubled] = False
    return keep


def _clean(table: pa.Table, lines: Lines, kind: Kind, rejects: Rejects) -> tuple[pa.Table, Lines]:
    """Months, dates and codes in one form; a membership of which no month can be read is left out."""
    bad = np.zeros(len(lines), bool)
    for name in table.column_names:
        column = table.column(name)
        if name in kind.months:
            column = replaced(column, _ending) if name == "last_month" else column
            months, wrong = clean_months(column)
            rejects.add(lines[wrong & ~bad], "is not a month, and the line is left out", field=name)
            bad |= wrong
            table = _with(table, name, months)
        elif name in kind.dates:
            dates = replaced(column, written_date)
            wrong = pc.and_(pc.is_valid(column), pc.is_null(dates)).to_numpy()
            rejects.add(lines[wrong], "is not a date or month", field=name, dropped=False)
            table = _with(table, name, dates)
        elif name in kind.codes:
            codes = pc.utf8_upper(pc.utf8_trim_whitespace(column))
            known = pc.is_in(codes, value_set=pa.array(kind.codes[name]))
            wrong = pc.and_(pc.is_valid(codes), pc.invert(known)).to_numpy()
            rejects.add(lines[wrong], f"is none of {', '.join(kind.codes[name])}", field=name, dropped=False)
            table = _with(table, name, codes)
    bad |= _backwards(table, lines, bad, rejects)
    return table.filter(pa.array(~bad)), lines[~bad]


def _ending(value: str) -> str | None:
    """The value, or nothing for one that stands for "goes on"."""
    return None if _NO_END.fullmatch(value.strip()) else value


def _backwards(table: pa.Table, lines: Lines, bad: npt.NDArray[np.bool_], rejects: Rejects) -> npt.NDArray[np.bool_]:
    """Which memberships end before they begin."""
    if not {"first_month", "last_month"} <= set(table.column_names):
        return np.zeros(len(lines), bool)
    ends_first = pc.less(table.column("last_month"), table.column("first_month"))
    wrong: npt.NDArray[np.bool_] = pc.fill_null(ends_first, fill_value=False).to_numpy() & ~bad
    rejects.add(lines[wrong], "is before the first month, and the line is left out", field="last_month")
    return wrong


def _with(table: pa.Table, name: str, column: pa.ChunkedArray) -> pa.Table:
    return table.set_column(table.column_names.index(name), name, column)


def written_date(value: str) -> str | None:
    """Give ``YYYY-MM-DD``, or ``YYYY-MM`` where no day is told.

    >>> [written_date(value) for value in ("20260704", "2026-07", "7/4/2026", "2026-13-01", "2026-02-30")]
    ['2026-07-04', '2026-07', '2026-07-04', None, None]
    """
    if found := _DAY.fullmatch(value.strip()):
        year, month, day = found.groups()
    elif found := _DAY_LAST.fullmatch(value.strip()):
        month, day, year = found.groups()
    else:
        return None
    if day and int(day) > monthrange(int(year), int(month))[1]:
        return None
    return f"{year}-{int(month):02d}" + (f"-{int(day):02d}" if day else "")
