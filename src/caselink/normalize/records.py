"""From raw tables to RECORDS, and the counts of what happened on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from caselink.errors import SpecError
from caselink.normalize import addresses, codes, contacts, ssn
from caselink.normalize.people import (
    DATE_COLUMNS,
    NAME_COLUMNS,
    clean_dates,
    clean_names,
    clean_street,
    without_newborns,
)
from caselink.normalize.tables import RawRecords, check_keys, raw_records
from caselink.normalize.values import Cleaned, Cleaner, Column, Plain, Status, clean_column, distinct_values
from caselink.schema import KEY_COLUMNS, REJECT_COLUMNS, STANDARD_COLUMNS
from caselink.text_columns import to_pandas

TOGETHER = (*NAME_COLUMNS, *DATE_COLUMNS, "street", "unit")
"""Columns that are cleaned in the light of one another; each of the others is cleaned alone."""

CONSUMED = frozenset({"full_name", "birth_year", "birth_month", "birth_day"})
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


def normalize(*tables: Any) -> pd.DataFrame:  # noqa: ANN401 - what read_source gives, or any frame
    """Give one RECORDS table of all the extracts and frames.

    A frame must have ``source`` and ``record_id``. full_name and the parts of a birth date are used up. Columns that
    are not standard are carried along as text. Normalizing what is normalized changes nothing.

    >>> people = pd.DataFrame({"source": "iva", "record_id": ["1"], "last_name": ["O'Brien, Ann"], "zip": ["00000"]})
    >>> normalize(people)[["first_name", "last_name", "zip"]].to_numpy().tolist()
    [['ANN', 'OBRIEN', <NA>]]
    """
    return normalize_and_reject(*tables)[0]


def normalize_and_reject(*tables: Any) -> tuple[pd.DataFrame, pd.DataFrame]:  # noqa: ANN401 - as normalize
    """What :func:`normalize` and :func:`value_rejects` give, for the work of one."""
    parts = _raw(tables)
    check_keys(parts)
    normalized: list[pa.Table] = []
    rejected: list[pa.Table] = []
    for part in parts:
        cleaned = clean(part)
        normalized.append(_normalized(part, cleaned))
        rejected += _rejected(part, cleaned)
    table = pa.concat_tables(normalized, promote_options="default")
    carried = dict.fromkeys(name for part in parts for name in part.carried)
    order = [name for name in (*KEY_COLUMNS, *STANDARD_COLUMNS) if name in table.column_names]
    return to_pandas(table.select([*order, *carried])), _rejects(rejected)


def value_rejects(*tables: Any) -> pd.DataFrame:  # noqa: ANN401 - as normalize
    """REJECTS rows for values that were there and could not be used; placeholders are not among them.

    >>> people = pd.DataFrame({"source": "iva", "record_id": ["1"], "ssn": ["666-12-3456"]})
    >>> value_rejects(people)[["line", "field", "reason", "dropped"]].to_numpy().tolist()
    [[1, 'ssn', 'an SSN with an area that is never issued', False]]
    """
    return _rejects([rows for part in _raw(tables) for rows in _rejected(part, clean(part))])


def profile(*tables: Any) -> pd.DataFrame:  # noqa: ANN401 - as normalize
    """Count, per source and column, what is in the raw values; never a value.

    ``records`` = usable ones + missing + placeholder + invalid; ``repaired`` are among the usable ones. ``distinct`` is
    the number of different raw values.

    >>> people = pd.DataFrame({"source": "iva", "record_id": ["1", "2"], "zip": ["2134", "00000"]})
    >>> profile(people)[["records", "missing", "placeholder", "invalid", "repaired", "distinct"]].to_numpy().tolist()
    [[2, 0, 1, 0, 1, 2]]
    """
    rows = [row for part in _raw(tables) for row in _profiled(part)]
    counts = ["records", "missing", "placeholder", "invalid", "repaired", "distinct"]
    frame = pd.DataFrame(rows, columns=["source", "column", *counts])
    return frame.astype(dict.fromkeys(counts, "int64"))


def clean(part: RawRecords) -> dict[str, Column]:
    """Clean every standard column of one table."""
    raw = part.standard
    columns: dict[str, Column] = {}
    if any(name in raw for name in NAME_COLUMNS):
        columns |= clean_names(raw, len(part))
    columns |= clean_dates(raw, len(part), part.as_of)
    columns |= clean_street(raw, len(part))
    for name, column in raw.items():
        if name not in TOGETHER:
            cleaner, plain = _cleaner(name, column, part)
            columns[name] = clean_column(ssn.without_hyphens(column) if name == "ssn" else column, cleaner, plain)
    if part.as_of and "first_name" in columns and "birth_date" in columns:
        columns |= without_newborns(columns, columns["birth_date"].values, part.as_of)
    return columns


def _raw(tables: tuple[Any, ...]) -> list[RawRecords]:
    if not tables:
        raise SpecError("nothing to normalize; give what read_source gives, or a frame")
    return [raw_records(table) for table in tables]


def _cleaner(name: str, column: pa.ChunkedArray, part: RawRecords) -> tuple[Callable[[str], Cleaned], Plain | None]:
    """Give the cleaner of a column, told what the column as a whole says."""
    if name == "ssn":
        numeric = name in part.numeric or ssn.looks_numeric(column)
        return partial(ssn.clean_ssn, numeric=numeric), ssn.PLAIN
    if name == "sex":
        held = distinct_values(column).dictionary.drop_null().to_pylist()
        return partial(codes.clean_sex, digits=codes.sex_digits_known(held)), None
    return CLEANERS[name]


def _normalized(part: RawRecords, cleaned: dict[str, Column]) -> pa.Table:
    """Give one table's RECORDS: its own columns, and those that cleaning found something for."""
    given = {name: part.table.column(name) for name in (*KEY_COLUMNS, *part.carried)}
    standard = {
        name: column.values  # noqa: PD011 - Arrow's, not pandas'
        for name, column in cleaned.items()
        if name not in CONSUMED and (name in part.standard or name in _MADE or column.present.any())
    }
    return pa.table({**given, **standard})


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


def _profiled(part: RawRecords) -> Iterator[tuple[str | int, ...]]:
    cleaned = clean(part)
    sources = part.table.column("source").combine_chunks()
    for source in sorted(pc.unique(sources).drop_null().to_pylist()):
        rows = pc.equal(sources, source)
        places = np.flatnonzero(rows.to_numpy(zero_copy_only=False))
        for name in (*part.standard, *part.carried):
            raw = part.table.column(name).take(pa.array(places))
            status = cleaned[name].status[places] if name in cleaned else _status_of_carried(raw)
            counts = np.bincount(status, minlength=len(Status))
            yield (
                source,
                name,
                len(places),
                *(int(counts[kind]) for kind in (Status.MISSING, Status.PLACEHOLDER, Status.INVALID, Status.REPAIRED)),
                pc.count_distinct(raw, mode="only_valid").as_py(),
            )


def _status_of_carried(raw: pa.ChunkedArray) -> np.ndarray[Any, np.dtype[np.uint8]]:
    missing = pc.is_null(raw).to_numpy().astype(bool)
    return np.where(missing, np.uint8(Status.MISSING), np.uint8(Status.KEPT))
