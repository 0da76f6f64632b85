"""From raw tables to RECORDS, and the counts of what happened on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from caselink.errors import SpecError
from caselink.normalize import addresses, codes, contacts, ssn
from caselink.normalize.cleaning import AS_FOUND, Cleaning
from caselink.normalize.further import clean_further
from caselink.normalize.people import (
    DATE_COLUMNS,
    NAME_COLUMNS,
    clean_dates,
    clean_names,
    clean_street,
    without_newborns,
)
from caselink.normalize.series import made_up
from caselink.normalize.shared import shared_numbers
from caselink.normalize.tables import RawRecords, check_keys, raw_records
from caselink.normalize.values import Cleaned, Cleaner, Column, Plain, Status, as_given, clean_column, distinct_values
from caselink.normalize.widths import CUT, cut_names
from caselink.schema import FURTHER_COLUMNS, KEY_COLUMNS, REJECT_COLUMNS, STANDARD_COLUMNS
from caselink.text_columns import to_pandas

TOGETHER = (*NAME_COLUMNS, *DATE_COLUMNS, "street", "unit")
"""Columns that are cleaned in the light of one another; each of the others is cleaned alone."""

CONSUMED = frozenset({"full_name", "other_names", "birth_year", "birth_month", "birth_day"})
"""Columns that others are made of; RECORDS has them no more."""

CLEANERS: dict[str, tuple[Cleaner, Plain | None]] = {
    "age": (codes.clean_age, None),
    "city": (addresses.clean_city, None),
    "state": (addresses.clean_state, None),
    "zip": (addresses.clean_zip, addresses.ZIP_PLAIN),
    "county": (addresses.clean_county, None),
    "phone": (contacts.clean_phone, contacts.PHONE_PLAIN),
    "email": (contacts.clean_email, None),
    "case_id": (codes.clean_text, None),
    "role": (codes.clean_text, None),
    "month": (codes.clean_month, None),
    "protected": (codes.clean_text, None),
}


Declared = Cleaning | Mapping[str, Cleaning] | None
"""What is declared of all sources, or of each by its name."""


def normalize(
    *tables: Any,  # noqa: ANN401 - what read_source gives, or any frame
    cleaning: Declared = None,
    keep_raw: bool = False,
    repeats: bool = False,
) -> pd.DataFrame:
    """Give one RECORDS table of all the extracts and frames.

    A frame must have ``source`` and ``record_id``. full_name, other_names and the parts of a birth date are used up.
    Columns that are not standard are carried along as text. Normalizing what is normalized changes nothing.

    ``cleaning`` says what the values themselves do not, for all sources or by the name of each. With ``keep_raw`` a
    column ``raw_last_name`` stands beside ``last_name`` with what was there where cleaning changed it, and so for
    every column; without, that memory is saved. With ``repeats`` a record may stand there several times, as it does in
    the extracts of several months.

    >>> people = pd.DataFrame({"source": "iva", "record_id": ["1"], "last_name": ["O'Brien, Ann"], "zip": ["00000"]})
    >>> normalize(people)[["first_name", "last_name", "zip"]].to_numpy().tolist()
    [['ANN', 'OBRIEN', <NA>]]
    >>> normalize(people, keep_raw=True)[["raw_last_name", "raw_zip"]].to_numpy().tolist()
    [["O'Brien, Ann", '00000']]
    """
    return normalize_and_reject(*tables, cleaning=cleaning, keep_raw=keep_raw, repeats=repeats)[0]


def normalize_and_reject(
    *tables: Any,  # noqa: ANN401 - as normalize
    cleaning: Declared = None,
    keep_raw: bool = False,
    keep_unused: Sequence[str] = (),
    repeats: bool = False,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What :func:`normalize` and :func:`value_rejects` give, for the work of one.

    ``keep_unused`` names columns of which only what could not be used at all stands beside them, as ``raw_ssn``.

    >>> people = pd.DataFrame({"source": "iva", "record_id": ["1", "2"], "ssn": ["212-34-5678", "none"]})
    >>> normalize_and_reject(people, keep_unused=["ssn", "birth_date"])[0]["raw_ssn"].fillna("").tolist()
    ['', 'none']
    """
    parts = raw_parts(tables, cleaning)
    check_keys(parts, repeats=repeats)
    normalized: list[pa.Table] = []
    rejected: list[pa.Table] = []
    for part in parts:
        cleaned = clean(part)
        records = _normalized(part, cleaned, keep_raw=keep_raw)
        normalized.append(records if keep_raw else _with_unused(records, part, keep_unused))
        rejected += _rejected(part, cleaned)
    table = with_shared_numbers(pa.concat_tables(normalized, promote_options="default"))
    named = (*KEY_COLUMNS, *STANDARD_COLUMNS, *FURTHER_COLUMNS)
    order = [name for name in named if name in table.column_names]
    others = dict.fromkeys(name for part in parts for name in part.carried) | dict.fromkeys(table.column_names)
    return to_pandas(table.select([*order, *(name for name in others if name not in order)])), _rejects(rejected)


def value_rejects(*tables: Any, cleaning: Declared = None) -> pd.DataFrame:  # noqa: ANN401 - as normalize
    """REJECTS rows for values that were there and could not be used; placeholders are not among them.

    >>> people = pd.DataFrame({"source": "iva", "record_id": ["1"], "ssn": ["666-12-3456"]})
    >>> value_rejects(people)[["line", "field", "reason", "dropped"]].to_numpy().tolist()
    [[1, 'ssn', 'an SSN with an area that is never issued', False]]
    """
    return _rejects([rows for part in raw_parts(tables, cleaning) for rows in _rejected(part, clean(part))])


def clean(part: RawRecords) -> dict[str, Column]:
    """Clean every standard column of one table."""
    raw = part.standard
    columns: dict[str, Column] = {}
    further: dict[str, Column] = {}
    if any(name in raw for name in NAME_COLUMNS):
        columns, further = clean_names(raw, len(part))
    columns |= clean_dates(raw, len(part), part.as_of, part.cleaning)
    columns |= clean_street(raw, len(part))
    for name, column in raw.items():
        if name not in TOGETHER:
            cleaner, plain = _cleaner(name, column, part)
            columns[name] = clean_column(ssn.without_hyphens(column) if name == "ssn" else column, cleaner, plain)
    if part.as_of and "first_name" in columns and "birth_date" in columns:
        columns |= without_newborns(columns, columns["birth_date"].values, part.as_of)
    named = {name: part.table.column(name) for name in ("record_id", *part.further)}
    columns |= clean_further(raw | named, columns | further, len(part), part.cleaning)
    columns |= _cut_names(part, columns)
    return columns | {name: as_given(raw[name]) for name in part.cleaning.untouched if name in raw}


def _cut_names(part: RawRecords, columns: dict[str, Column]) -> dict[str, Column]:
    """The names that fill their field; of records normalized before, those that were found then."""
    found: dict[str, Column] = {}
    for name, cut in CUT.items():
        if cut in part.table.column_names:
            found[cut] = as_given(part.table.column(cut))
        elif name in part.standard and (width := part.width(name)) is not None:
            found[cut] = cut_names(part.standard[name], columns[name], width)
    return found


def raw_parts(tables: tuple[Any, ...], cleaning: Declared) -> list[RawRecords]:
    """See each table as raw text, with what is declared of its source."""
    if not tables:
        raise SpecError("nothing to normalize; give what read_source gives, or a frame")
    parts = [raw_records(table) for table in tables]
    if cleaning is None:
        return parts
    declared = [_declared(part, cleaning) for part in parts]
    for name in {name for one in declared for name in (*one.cleaning.steps, *one.cleaning.untouched)}:
        if not any(name in part.table.column_names for part in parts):
            raise SpecError(f"cleaning names the column {name!r}, which no table has")
    return declared


def _declared(part: RawRecords, cleaning: Cleaning | Mapping[str, Cleaning]) -> RawRecords:
    """The part with the declaration of its source."""
    if isinstance(cleaning, Cleaning):
        return part.cleaned_by(cleaning)
    sources = pc.unique(part.table.column("source").combine_chunks()).drop_null().to_pylist()
    if len(sources) > 1 and any(source in cleaning for source in sources):
        raise SpecError("a frame holds several sources of which some are declared; give each in a frame of its own")
    return part.cleaned_by(cleaning.get(sources[0], AS_FOUND)) if sources else part


def _cleaner(name: str, column: pa.ChunkedArray, part: RawRecords) -> tuple[Callable[[str], Cleaned], Plain | None]:
    """Give the cleaner of a column, told what the column as a whole says."""
    if name == "ssn":
        numeric = name in part.numeric or ssn.looks_numeric(column)
        pseudo = part.cleaning.pseudo_pattern()
        return partial(ssn.clean_ssn, numeric=numeric, pseudo=pseudo), ssn.PLAIN if pseudo is None else None
    if name == "sex":
        held = distinct_values(column).dictionary.drop_null().to_pylist()
        return partial(codes.clean_sex, digits=codes.sex_digits_known(held)), None
    return CLEANERS[name]


def _normalized(part: RawRecords, cleaned: dict[str, Column], *, keep_raw: bool) -> pa.Table:
    """Give one table's RECORDS: its own columns, and those that cleaning found something for."""
    given = {name: part.table.column(name) for name in (*KEY_COLUMNS, *part.carried)}
    named = {*part.standard, *part.further, *_MADE}
    standard = {
        name: column.values  # noqa: PD011 - Arrow's, not pandas'
        for name, column in cleaned.items()
        if name not in CONSUMED and (name in named or column.present.any())
    }
    raw = _raw_columns(part, standard) if keep_raw else {}
    return pa.table(given | standard | raw)


def _with_unused(records: pa.Table, part: RawRecords, names: Sequence[str]) -> pa.Table:
    """The records with what stood in some columns and could not be used; nothing else of them."""
    for name in names:
        if name in part.standard and name in records.column_names and f"raw_{name}" not in records.column_names:
            raw = (part.table if part.given is None else part.given).column(name)
            unused = pc.if_else(pc.is_null(records.column(name)), raw, pa.scalar(None, raw.type))
            records = records.append_column(f"raw_{name}", unused)
    return records


def _raw_columns(part: RawRecords, cleaned: dict[str, pa.Array]) -> dict[str, pa.ChunkedArray]:
    """What stood in a column, where cleaning changed it; of a table normalized before, what stood there first."""
    table = part.table if part.given is None else part.given
    kept: dict[str, pa.ChunkedArray] = {}
    for name in (*part.standard, *part.further):
        raw = table.column(name)
        same = pc.equal(raw, pa.chunked_array([cleaned[name]])) if name in cleaned else pa.scalar(None, pa.bool_())
        changed = pc.if_else(pc.fill_null(same, fill_value=False), pa.scalar(None, pa.string()), raw)
        earlier = [table.column(f"raw_{name}")] if f"raw_{name}" in table.column_names else []
        if changed.null_count < len(changed) or earlier:
            kept[f"raw_{name}"] = pc.coalesce(*earlier, changed)
    return kept


def with_shared_numbers(table: pa.Table) -> pa.Table:
    """Mark the SSNs that unrelated people use, or that an agency made up, over all sources."""
    if "shared_ssn" in table.column_names:
        table = table.drop_columns("shared_ssn")
    if "ssn" not in table.column_names:
        return table
    numbers = table.column("ssn").combine_chunks()
    weak = made_up(numbers, table.column("source"))
    if {"first_name", "last_name"} <= set(table.column_names):
        first, last = (table.column(name).combine_chunks() for name in ("first_name", "last_name"))
        born = table.column("birth_date").combine_chunks() if "birth_date" in table.column_names else None
        weak |= shared_numbers(numbers, first, last, pa.nulls(len(table), pa.string()) if born is None else born)
    if not weak.any():
        return table
    return table.append_column("shared_ssn", pc.if_else(pa.array(weak), numbers, None))


_MADE = frozenset({"first_name", "last_name", "birth_date"})


def _rejected(part: RawRecords, cleaned: dict[str, Column]) -> Iterator[pa.Table]:
    """Give the REJECTS rows of each column that has any."""
    for name, column in cleaned.items():
        rows = np.flatnonzero(column.status == Status.INVALID)
        if len(rows):
            yield _rejected_rows(part, name, rows, column.reasons)


def _rejected_rows(part: RawRecords, name: str, rows: npt.NDArray[np.int64], reasons: pa.Array) -> pa.Table:
    count = len(rows)
    return pa.Table.from_arrays(
        [
            part.table.column("source").take(pa.array(rows)),
            pa.array([part.file] * count, pa.string()),
            pa.array(part.lines[rows], pa.int64()),
            pa.array([name] * count, pa.string()),
            reasons,
            pa.array([False] * count, pa.bool_()),
        ],
        schema=_no_rejects().schema,
    )


def _rejects(tables: list[pa.Table]) -> pd.DataFrame:
    frame = to_pandas(pa.concat_tables([_no_rejects(), *tables]))
    return frame.sort_values(["source", "file", "line", "field"], kind="stable", ignore_index=True)


def _no_rejects() -> pa.Table:
    kinds = [pa.string(), pa.string(), pa.int64(), pa.string(), pa.string(), pa.bool_()]
    return pa.schema(list(zip(REJECT_COLUMNS, kinds, strict=True))).empty_table()
