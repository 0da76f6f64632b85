"""Reading an extract by its layout: RECORDS, MEMBERSHIPS, REFERRALS and REJECTS, and every line accounted for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from caselink.errors import ColumnMissingError, InputError, SpecError
from caselink.layouts.case_rows import give_to_members
from caselink.layouts.extract import Extract, sha256_of
from caselink.layouts.fixed_width import FileRows, Rows, read_fixed
from caselink.layouts.layout import Field, Layout, RecordLayout
from caselink.layouts.layout_file import read_layout
from caselink.layouts.mapped_csv import read_mapped
from caselink.layouts.opening import check_encoding, file_of
from caselink.layouts.people import People, PersonRows, collapse
from caselink.layouts.protection import with_protection
from caselink.layouts.rejects import Rejects
from caselink.layouts.targets import clean_months, target_columns
from caselink.schema import MEMBERSHIP_COLUMNS, STANDARD_COLUMNS
from caselink.text_columns import rows_sharing, to_pandas

Columns = dict[str, pa.ChunkedArray]

NO_MONTH = ""
"""Stands for a month that cannot be one: whoever is reported for it is a person, but in no case in any month."""


def read_extract(  # noqa: PLR0913 - the keys of a [[source]] table, each with a default that serves most
    path: str | PathLike[str],
    *,
    layout: str | PathLike[str] | Layout,
    name: str | None = None,
    as_of: str | None = None,
    unduplicated: bool = False,
    carry: Collection[str] = (),
    encoding: str | None = None,
) -> Extract:
    """Read a file of a known layout: one that comes with caselink (``"tanf"``), or a TOML file; see ``read_layout``.

    ``name`` is the source's (the layout's where it is not given), ``as_of`` the date of the extract. ``carry`` names
    further fields of the layout to keep in RECORDS. ``encoding`` is the layout's unless given. The file may be gzip
    (``.gz``) or a member of a zip archive (``extracts.zip``, ``extracts.zip/iva.txt``).

    All months and cases of a person are one record, with a membership each; see :class:`~caselink.layouts.PersonRule`.
    Every line is accounted for: ``n_read`` lines that are not blank are the ``n_lines`` used and the lines dropped.
    """
    layout = read_layout(layout)
    path, encoding = Path(path), encoding or layout.encoding
    check_encoding(encoding)
    name = layout.name if name is None else name
    if not name:
        raise SpecError("a source needs a name")
    further = _further(layout, carry)
    with ThreadPoolExecutor(1) as aside:
        digest = aside.submit(sha256_of, str(file_of(path)))
        held = _read(path, layout, further, encoding)
        sha256 = digest.result()
    parts = _Parts.of(held, layout, further)
    return Extract(
        records=_records(parts, layout, name, further),
        memberships=_memberships(parts, layout, name) if "case_id" in layout.columns else None,
        families=None if parts.families is None else _families(parts.families, layout, name),
        referrals=None if parts.referrals is None else to_pandas(_with_source(name, parts.referrals)),
        rejects=held.rejects.frame(source=name, file=str(path)),
        name=name,
        path=str(path),
        as_of=None if as_of is None else str(as_of),
        unduplicated=unduplicated,
        sha256=sha256,
        n_read=held.n_read,
        n_lines=parts.n_lines,
        tainted=layout.tainted,
        layout=layout.name,
        default_sex=layout.default_sex,
        widths=layout.widths,
        taints=layout.taints,
    )


def _further(layout: Layout, carry: Collection[str]) -> tuple[str, ...]:
    if isinstance(carry, str):
        raise SpecError("carry is a list of fields, not one text")
    names = [one.name for record in layout.records if record.person or record.case for one in record.fields]
    missing = [name for name in carry if name not in names and name not in layout.columns]
    if missing:
        raise ColumnMissingError(missing, [*names, *layout.columns], needed_by=f"layout {layout.name!r}")
    return tuple(carry)


def _read(path: Path, layout: Layout, further: Sequence[str], encoding: str) -> FileRows:
    wanted = {record.name: wanted_fields(record, further) for record in layout.records}
    try:
        if layout.kind == "fixed":
            return read_fixed(path, layout, wanted=wanted, encoding=encoding)
        return read_mapped(path, layout, wanted=wanted[layout.records[0].name], encoding=encoding)
    except InputError as error:
        raise error.of_file(str(path)) from None


def wanted_fields(record: RecordLayout, further: Sequence[str]) -> tuple[Field, ...]:
    """Give the fields that are used, and those that are carried further."""
    if not (record.person or record.case or record.referral):
        return ()
    used = {one.name for one in record.used}
    return tuple(one for one in record.fields if one.name in used or one.name in further)


@dataclass(frozen=True, slots=True)
class _Parts:
    """The rows of a file by what they tell of, and how many lines went where."""

    rows: PersonRows
    people: People
    families: pa.Table | None
    referrals: pa.Table | None
    n_lines: dict[str, int]

    @classmethod
    def of(cls, held: FileRows, layout: Layout, further: Sequence[str]) -> _Parts:
        """Put the rows of all record types together."""
        records = {record.name: record for record in layout.records}
        persons = [name for name, record in records.items() if record.person]
        rows = _stacked([_person_rows(held, records[name], further) for name in persons])
        n_persons, n_cases, families = sum(held.n_lines[name] for name in persons), 0, []
        for name, record in records.items():
            if record.case and not record.person:
                before = held.rejects.n_dropped
                lines = _person_rows(held, record, further)
                families += [lines.table] if {"case_id", "month"} <= set(lines.table.column_names) else []
                table = give_to_members(_columns(rows), lines, held.rejects, name)
                rows = PersonRows(pa.table(table), rows.lines, rows.blocks, rows.prints) if len(rows) else rows
                n_cases += held.n_lines[name] - (held.rejects.n_dropped - before)
        before = held.rejects.n_dropped
        people = collapse(rows, layout.persons, held.rejects, id_field=_id_field(layout))
        n_persons -= held.rejects.n_dropped - before
        other = sum(count for name, count in held.n_lines.items() if not (records[name].person or records[name].case))
        referrals = [_referral_rows(held.rows[name], record) for name, record in records.items() if record.referral]
        return cls(
            rows,
            people,
            pa.concat_tables(families, promote_options="default") if families else None,
            pa.concat_tables(referrals, promote_options="default") if referrals else None,
            {"persons": n_persons, "cases": n_cases, "other": other},
        )


def _id_field(layout: Layout) -> str:
    standard = "record_id" if layout.has_record_id else (*layout.persons.within, "")[0]
    fields = [one.name for record in layout.records for one in record.fields if one.target == standard]
    return (*fields, standard)[0]


def _person_rows(held: FileRows, record: RecordLayout, further: Sequence[str]) -> PersonRows:
    rows = held.rows[record.name]
    more = [one for one in record.fields if one.name in further]
    columns = target_columns(rows.table, record, further=more)
    if "month" in columns:
        columns["month"] = _months(columns["month"], rows, record, held)
    return PersonRows(pa.table(columns), rows.lines, rows.blocks, rows.prints)


def _months(column: pa.ChunkedArray, rows: Rows, record: RecordLayout, held: FileRows) -> pa.ChunkedArray:
    """Months as ``YYYY-MM``; what is none, or outside the quarter of the header, is noted and ``NO_MONTH``."""
    field = next(one.name for one in record.fields if one.target == "month")
    months, bad = clean_months(column)
    left_out = "the membership is left out" if record.person else "nobody is given what the line says"
    _note(rows.lines[bad], f"is not a month; {left_out}", field, held.rejects)
    if held.months:
        inside = pc.is_in(months, value_set=pa.array(held.months))
        outside = pc.and_(pc.is_valid(months), pc.invert(inside)).to_numpy()
        _note(rows.lines[outside], f"is outside the quarter of the header; {left_out}", field, held.rejects)
        bad |= outside
    return pc.if_else(pa.array(bad), pa.scalar(NO_MONTH), months) if bad.any() else months


def _note(lines: npt.NDArray[np.int64], reason: str, field: str, rejects: Rejects) -> None:
    rejects.add(np.unique(lines), reason, field=field, dropped=False)


def _stacked(parts: Sequence[PersonRows]) -> PersonRows:
    """Rows of several record types as one table, a column missing where a type has it not."""
    if not parts:
        none = np.zeros(0, np.int64)
        return PersonRows(pa.table({"record_id": pa.array([], pa.string())}), none, none, np.zeros(0, np.uint64))
    return PersonRows(
        pa.concat_tables([part.table for part in parts], promote_options="default"),
        np.concatenate([part.lines for part in parts]),
        np.concatenate([part.blocks for part in parts]),
        np.concatenate([part.prints for part in parts]),
    )


def _columns(rows: PersonRows) -> Columns:
    return {name: rows.table.column(name) for name in rows.table.column_names}


def _referral_rows(rows: Rows, record: RecordLayout) -> pa.Table:
    columns = target_columns(rows.table, record)
    carried = [one.target for one in record.fields if one.carry == "referrals" or one.standard]
    order = np.argsort(rows.lines, kind="stable")
    table = pa.table({"line": pa.array(rows.lines)} | {name: columns[name] for name in dict.fromkeys(carried)})
    return table.take(pa.array(order))


def _records(parts: _Parts, layout: Layout, name: str, further: Sequence[str]) -> pd.DataFrame:
    """RECORDS in the order of the file, record type by record type."""
    rows, people = parts.rows, parts.people
    order = np.argsort(people.last)
    chosen = people.last[order]
    used = np.zeros(len(rows), bool)
    used[chosen] = True
    table = rows.table.select(_record_columns(layout, further, rows.table.column_names)).filter(pa.array(used))
    table = _without_refused_months(with_protection(table, rows, people, order))
    records = to_pandas(_keyed(name, people.record_ids.take(pa.array(order)), table))
    records.index = pd.Index(rows.lines[chosen], name="line")
    return records


def _without_refused_months(table: pa.Table) -> pa.Table:
    """Without month and case where the month cannot be one: nobody is in a case in no month."""
    if "month" not in table.column_names:
        return table
    refused = pc.equal(table.column("month"), NO_MONTH)
    if not pc.any(refused).as_py():
        return table
    for name in ("month", "case_id"):
        if name in table.column_names:
            column = pc.if_else(refused, pa.scalar(None, pa.string()), table.column(name))
            table = table.set_column(table.column_names.index(name), name, column)
    return table


def _record_columns(layout: Layout, further: Sequence[str], there: Sequence[str]) -> list[str]:
    fields = [one for record in layout.records for one in record.fields]
    carried = dict.fromkeys([*(one.target for one in fields if one.carry == "records"), *further])
    wanted = [*STANDARD_COLUMNS, *carried]
    return [column for column in wanted if column in there]


def _memberships(parts: _Parts, layout: Layout, name: str) -> pd.DataFrame:
    """MEMBERSHIPS in the order of the file, record type by record type; what is the same twice stands once."""
    rows, people = parts.rows, parts.people
    fields = [one for record in layout.records for one in record.fields]
    carried = dict.fromkeys(one.target for one in fields if one.carry == "memberships")
    kept = [column for column in (*MEMBERSHIP_COLUMNS[2:], *carried) if column in rows.table.column_names]
    person = np.full(len(rows), -1)
    person[people.rows] = people.person
    table = rows.table.select(kept)
    for place, column in enumerate(MEMBERSHIP_COLUMNS[2:]):
        if column not in kept:
            table = table.add_column(place, column, pa.nulls(table.num_rows, pa.string()))
    lined = any(record.blocks is not None for record in layout.records)
    if lined:
        table = table.append_column("line", pa.array(rows.lines))
    keyed = _keyed(name, people.record_ids.take(pa.array(person, mask=person < 0)), table)
    if pc.any(pc.equal(keyed.column("month"), NO_MONTH)).as_py():
        keyed = keyed.filter(pc.fill_null(pc.not_equal(keyed.column("month"), NO_MONTH), fill_value=True))
    if len(people.rows) < len(rows) or table.column("case_id").null_count:
        keyed = keyed.filter(pc.and_(pc.is_valid(keyed.column("case_id")), pc.is_valid(keyed.column("record_id"))))
    frame = to_pandas(_each_once(keyed) if layout.has_record_id else keyed)
    return frame.set_index("line") if lined else frame


def _families(lines: pa.Table, layout: Layout, name: str) -> pd.DataFrame:
    """What the families' lines say, in the order of case and month; not those of a month that cannot be one."""
    carried = {one.target for record in layout.records for one in record.fields if one.carry == "memberships"}
    kept = [column for column in lines.column_names if column in ("case_id", "month") or column in carried]
    frame = to_pandas(_with_source(name, lines.select(kept)))
    frame = frame[(frame["case_id"].notna() & frame["month"].notna() & (frame["month"] != NO_MONTH)).to_numpy(bool)]
    return frame.sort_values(list(frame.columns[1:]), ignore_index=True).drop_duplicates(ignore_index=True)


def _each_once(table: pa.Table) -> pa.Table:
    suspects = rows_sharing(table.columns)
    if not len(suspects):
        return table
    doubled = table.take(pa.array(suspects)).to_pandas().duplicated().to_numpy()
    return table.take(pa.array(np.delete(np.arange(table.num_rows), suspects[doubled])))


def _with_source(name: str, table: pa.Table) -> pa.Table:
    return table.add_column(0, "source", pa.repeat(pa.scalar(name, pa.string()), table.num_rows))


def _keyed(name: str, record_ids: pa.ChunkedArray, table: pa.Table) -> pa.Table:
    """The table with its key columns before the others."""
    others = [column for column in table.column_names if column != "record_id"]
    return _with_source(name, table.select(others).add_column(0, "record_id", record_ids))
