"""Reading one source: its columns get their standard names, and each line becomes a record or a reject."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from caselink.errors import InputError, SpecError
from caselink.layouts.column_names import check_header
from caselink.layouts.delimited import read_csv
from caselink.layouts.extract import Extract, RawTable, rejects_frame, sha256_of
from caselink.layouts.opening import check_encoding, file_of, name_of
from caselink.layouts.record_ids import check_record_ids
from caselink.layouts.tables import read_frame, read_parquet
from caselink.layouts.targets import clean_months, joined
from caselink.schema import KEY_COLUMNS, MAPPED_COLUMNS, MEMBERSHIP_COLUMNS, SET_COLUMNS
from caselink.text_columns import TEXT, arrow_table, blank_to_null, to_pandas

Mapped = dict[str, tuple[str, ...]]


def read_source(  # noqa: PLR0913 - the keys of a [[source]] table, each with a default that serves most
    path_or_frame: Any,  # noqa: ANN401 - a path, or any frame that speaks Arrow
    *,
    name: str,
    record_id: str,
    columns: Mapping[str, str | Sequence[str]] | None = None,
    as_of: str | None = None,
    unduplicated: bool = False,
    carry: Collection[str] = (),
    encoding: str = "utf-8",
) -> Extract:
    """Read one source: ``.csv``, ``.csv.gz`` or in a ``.zip``, ``.parquet``, or a pandas, polars or pyarrow frame.

    ``columns`` maps standard names to the source's columns; several are joined with a blank, and make one set where
    the name is that of a set (``other_last_names``, ``other_ssns``, ...; see :data:`caselink.schema.SET_COLUMNS`).
    Without it, columns that have standard names already are taken. ``carry`` names further columns to keep under their
    own names. ``as_of`` is the date of the extract, ``YYYY-MM-DD``. A CSV file is separated by commas, tabs, semicolons
    or bars: whichever makes ``record_id`` one of its columns.

    A file as a whole that cannot be read is an :class:`InputError`; a line that cannot is a row of ``rejects``.

    >>> people = pd.DataFrame({"id": [1, 2, 2], "lname": ["Diaz", "Ngo", "Ngo"], "house": ["12", "7", "7"]})
    >>> extract = read_source(people, name="iva", record_id="id", columns={"last_name": "lname"}, carry=["house"])
    >>> extract.records
         source record_id last_name house
    line
    1       iva         1      Diaz    12
    2       iva         2       Ngo     7
    >>> extract.n_read, extract.rejects[["line", "reason"]].to_numpy().tolist()
    (3, [[3, 'exact duplicate line']])
    """
    mapped = _check(name, record_id, columns, carry, encoding)
    needed = _Needed(record_id, mapped, tuple(carry))
    file = str(path_or_frame) if isinstance(path_or_frame, (str, PathLike)) else None
    try:
        raw = _read(path_or_frame, needed, encoding)
    except InputError as error:
        if not file:
            raise
        raise error.of_file(file) from None
    return _extract(raw, needed, name=name, file=file, as_of=as_of, unduplicated=unduplicated)


class _Needed:
    """The columns that a source must have; ``choose`` looks for them in its header."""

    def __init__(self, record_id: str, mapped: Mapped | None, carry: tuple[str, ...]) -> None:
        self.record_id, self.carry = record_id, carry
        self.mapped: Mapped = mapped or {}
        self._take_standard_names = mapped is None

    def choose(self, header: list[str]) -> list[str]:
        """Give the columns to read, each once."""
        names = self._names(header)
        check_header(header, names, needed_by="read_source", line=False)
        return names

    def choose_from_line(self, header: list[str]) -> list[str]:
        """As ``choose``, of a line that is only supposed to be a header: if it is a person's it must not be shown."""
        names = self._names(header)
        check_header(header, names, needed_by="read_source")
        return names

    def _names(self, header: list[str]) -> list[str]:
        if self._take_standard_names:
            self.mapped = {column: (column,) for column in MAPPED_COLUMNS if column in header}
        mapped = [part for parts in self.mapped.values() for part in parts]
        return list(dict.fromkeys([self.record_id, *mapped, *self.carry]))


def _check(
    name: str,
    record_id: str,
    columns: Mapping[str, str | Sequence[str]] | None,
    carry: Collection[str],
    encoding: str,
) -> Mapped | None:
    """Refuse what cannot work before anything is read."""
    if not name or not record_id:
        raise SpecError("a source needs a name and the column of its record id")
    check_encoding(encoding)
    if isinstance(carry, str):
        raise SpecError("carry is a list of columns, not one text")
    reserved = sorted(set(carry) & {*MAPPED_COLUMNS, *KEY_COLUMNS})
    if reserved:
        raise SpecError(f"carry has standard names {reserved}; map them in columns")
    if columns is None:
        return None
    unknown = sorted(set(columns) - set(MAPPED_COLUMNS))
    if unknown:
        raise SpecError(f"unknown standard name(s) {unknown}; known are {list(MAPPED_COLUMNS)}")
    mapped = {standard: (parts,) if isinstance(parts, str) else tuple(parts) for standard, parts in columns.items()}
    empty = sorted(standard for standard, parts in mapped.items() if not all(parts) or not parts)
    if empty:
        raise SpecError(f"{empty} must each be mapped to at least one column")
    return mapped


def _read(path_or_frame: Any, needed: _Needed, encoding: str) -> RawTable:  # noqa: ANN401 - as read_source
    if not isinstance(path_or_frame, (str, PathLike)):
        if isinstance(path_or_frame, (pd.DataFrame, pa.Table)) or hasattr(path_or_frame, "__arrow_c_stream__"):
            return read_frame(path_or_frame, choose=needed.choose)
        raise SpecError(f"cannot read a {type(path_or_frame).__name__}; give a path or a frame")
    path = Path(path_or_frame)
    if file_of(path).stat().st_size == 0:
        raise InputError("is empty; a header line with the names of the columns is needed", file=str(path))
    if path.suffix == ".parquet":
        return read_parquet(path, choose=needed.choose)
    if name_of(path).lower().endswith((".csv", ".csv.gz", ".txt", ".txt.gz", ".tsv", ".tsv.gz")):
        return read_csv(path, encoding=encoding, record_id=needed.record_id, choose=needed.choose_from_line)
    raise InputError("is of a kind that is not read; give .csv, .csv.gz or .parquet", file=str(path))


def _extract(
    raw: RawTable, needed: _Needed, *, name: str, file: str | None, as_of: str | None, unduplicated: bool
) -> Extract:
    records = _records(raw.table, needed, name)
    keep, rejected = check_record_ids(records, raw.lines)
    frame = to_pandas(records.filter(pa.array(keep)))
    frame.index = pd.Index(raw.lines[keep], name="line")
    rejects = rejects_frame([*raw.rejected, *rejected], source=name, file=file)
    return Extract(
        records=frame,
        rejects=rejects,
        name=name,
        path=file,
        as_of=None if as_of is None else str(as_of),
        unduplicated=unduplicated,
        sha256=None if file is None else sha256_of(str(file_of(Path(file)))),
        n_read=len(frame) + len(rejects),
        memberships=_memberships(frame),
        n_lines={"persons": len(frame)},
        numeric=frozenset(standard for standard, parts in needed.mapped.items() if raw.numeric.issuperset(parts)),
    )


def _memberships(records: pd.DataFrame) -> pd.DataFrame | None:
    """Give the memberships that the records tell of themselves, months as ``YYYY-MM``."""
    if "case_id" not in records.columns:
        return None
    told = records[[column for column in MEMBERSHIP_COLUMNS if column in records.columns]]
    there = told if told["case_id"].notna().all() else told[told["case_id"].notna()]
    table = there.reindex(columns=list(MEMBERSHIP_COLUMNS)).astype(TEXT).reset_index(drop=True)
    if "month" not in records.columns:
        return table
    months, _ = clean_months(arrow_table(table, ["month"]).column("month"))  # normalizing notes what is none
    return table.assign(month=to_pandas(pa.table({"month": months}))["month"])


def _records(table: pa.Table, needed: _Needed, name: str) -> pa.Table:
    """Give the table under the standard names, blanks as null."""
    source = pa.chunked_array([pa.repeat(pa.scalar(name, pa.string()), table.num_rows)])
    columns = {"source": source, "record_id": blank_to_null(pc.utf8_trim_whitespace(table.column(needed.record_id)))}
    for standard, parts in needed.mapped.items():
        between = "|" if standard in SET_COLUMNS else " "
        columns[standard] = joined([blank_to_null(table.column(part)) for part in parts], between)
    for column in needed.carry:
        columns[column] = blank_to_null(table.column(column))
    return pa.table(columns)
