"""Parquet files and frames: columns with types become text, the way the agency would have written it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from caselink.errors import InputError
from caselink.layouts.extract import RawTable

Choose = Callable[[list[str]], list[str]]


def read_parquet(path: Path, *, choose: Choose) -> RawTable:
    """Read the columns that ``choose`` picks from a Parquet file."""
    from pyarrow import parquet

    try:
        names = [str(name) for name in parquet.read_schema(path).names]
        table = parquet.read_table(path, columns=choose(names))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise InputError("is not a Parquet file, or a damaged one; write it again", file=str(path)) from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or 'damaged'}", file=str(path)) from None
    return _raw(table)


def read_frame(frame: Any, *, choose: Choose) -> RawTable:  # noqa: ANN401 - anything that speaks Arrow
    """Read the columns that ``choose`` picks from a pandas, polars or pyarrow frame."""
    if isinstance(frame, pd.DataFrame):
        names = [str(name) for name in frame.columns]
        columns = {name: _from_pandas(frame.iloc[:, names.index(name)], name) for name in choose(names)}
        return _raw(pa.table(columns))
    table = pa.table(frame)
    return _raw(table.select(choose(table.column_names)))


def to_text(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    """Write each value of a typed column as text: dates in ISO form, numbers without ``.0``.

    >>> to_text(pa.chunked_array([[12.0, None, 0.5]]), "x").to_pylist()
    ['12', None, '0.5']
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        return to_text(column.cast(kind.value_type), name)
    if pa.types.is_floating(kind):
        column = _from_floats(column)
    elif pa.types.is_timestamp(kind):
        column = _from_timestamps(column)
    elif pa.types.is_decimal(kind):
        column = pc.replace_substring_regex(column.cast(pa.string()), r"\.0*$", "")
    elif pa.types.is_nested(kind):
        raise InputError(f"holds {kind}, which is not text, a number or a date", field=name)
    try:
        return column.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise InputError(f"holds {kind}, which cannot be written as text", field=name) from None


def _raw(table: pa.Table) -> RawTable:
    columns = {name: to_text(table.column(name), name) for name in table.column_names}
    numeric = frozenset(name for name in table.column_names if _is_number(table.schema.field(name).type))
    return RawTable(pa.table(columns), np.arange(1, table.num_rows + 1), [], numeric)


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _from_floats(column: pa.ChunkedArray) -> pa.ChunkedArray:
    column = column.cast(pa.float64())
    column = pc.if_else(pc.is_finite(column), column, None)
    whole = pc.and_(pc.equal(column, pc.floor(column)), pc.less(pc.abs(column), 2.0**53))
    as_whole = pc.if_else(whole, column, None).cast(pa.int64()).cast(pa.string())
    return pc.coalesce(as_whole, column.cast(pa.string()))


def _from_timestamps(column: pa.ChunkedArray) -> pa.ChunkedArray:
    local = column.cast(pa.timestamp(column.type.unit))
    dates = local.cast(pa.date32(), safe=False)
    at_midnight = pc.equal(dates.cast(local.type), local)
    return pc.if_else(at_midnight, dates.cast(pa.string()), local.cast(pa.string()))


def _from_pandas(series: pd.Series[Any], name: str) -> pa.ChunkedArray:
    try:
        column = pa.array(series, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, UnicodeEncodeError):
        column = pa.array([_text_of(value, name) for value in series], pa.string())
    return column if isinstance(column, pa.ChunkedArray) else pa.chunked_array([column])


def _text_of(value: Any, name: str) -> str | None:  # noqa: ANN401 - whatever lies in an object column
    """Write one value of a column that holds several kinds."""
    if value is None or value is pd.NA or value is pd.NaT or value != value:  # noqa: PLR0124 - NaN
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (bytes, list, dict, tuple, set)):
        raise InputError(f"holds {type(value).__name__}, which is not text, a number or a date", field=name)
    return str(value).encode("utf-8", "replace").decode()
