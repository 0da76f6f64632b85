"""Columns of any type as text, the way an agency would have written the value; and Arrow text as pandas.

Text stays in Arrow inside the frame (``string[pyarrow]`` as :class:`pandas.ArrowDtype`), the same in every pandas, so
that no stage pays for a conversion.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from caselink.errors import InputError
from caselink.fingerprints import fingerprints

TEXT = pd.ArrowDtype(pa.string())


def to_pandas(table: pa.Table) -> pd.DataFrame:
    """Give the same table as a pandas frame whose text stays in Arrow."""
    frame: pd.DataFrame = table.to_pandas(types_mapper={pa.string(): TEXT}.get)
    return frame


def is_number(kind: pa.DataType) -> bool:
    """Whether a column of this type has lost its leading zeros."""
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def arrow_table(frame: Any, names: Iterable[str] | None = None) -> pa.Table:  # noqa: ANN401 - any frame
    """Give columns of a pandas, polars or pyarrow frame as an Arrow table, types as they are.

    A frame may hold a name twice; then the first is taken.
    """
    if not isinstance(frame, pd.DataFrame):
        table = pa.table(frame)
        return table if names is None else table.select(list(names))
    held = [str(name) for name in frame.columns]
    wanted = held if names is None else names
    return pa.table({name: _from_pandas(frame.iloc[:, held.index(name)], name) for name in wanted})


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


def blank_to_null(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Make missing what is empty or blank."""
    if not any(_may_hold_blanks(chunk) for chunk in column.chunks):
        return column
    blank = pc.match_substring_regex(column, r"^\s*$")
    return pc.if_else(blank, pa.scalar(None, pa.string()), column) if pc.any(blank).as_py() else column


def _may_hold_blanks(texts: pa.StringArray) -> bool:
    """Whether a text is empty or begins with white space, which a look at its first byte tells."""
    _, offsets, data = texts.buffers()
    if data is None or not data.size or not len(texts):
        return bool(len(texts) - texts.null_count)
    start = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    first = np.frombuffer(data, np.uint8)[np.minimum(start[:-1], data.size - 1)]
    suspect = (start[1:] == start[:-1]) | (first <= ord(" "))
    return bool(suspect.any()) and bool((suspect & texts.is_valid().to_numpy(zero_copy_only=False)).any())


def rows_sharing(columns: Sequence[pa.ChunkedArray]) -> npt.NDArray[np.int64]:
    """Rows whose texts, of all columns together, stand in another row too; by a rare chance one whose texts do not.

    Costs little where there are none. Missing counts as empty.

    >>> rows_sharing([pa.chunked_array([["iva", "ivd", "iva"]]), pa.chunked_array([["7", "7"], ["7"]])]).tolist()
    [0, 2]
    """
    prints = fingerprints([pc.fill_null(column, "") for column in columns])[0]
    ordered = np.sort(prints)
    shared = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    return np.flatnonzero(np.isin(prints, shared)) if len(shared) else np.zeros(0, np.int64)


def _from_floats(column: pa.ChunkedArray) -> pa.ChunkedArray:
    column = column.cast(pa.float64())
    column = pc.if_else(pc.is_finite(column), column, None)
    whole = pc.and_(pc.equal(column, pc.floor(column)), pc.less(pc.abs(column), 2.0**53))
    as_whole = pc.if_else(whole, column, None).cast(pa.int64()).cast(pa.string())
    return pc.coalesce(as_whole, column.cast(pa.string()))


def _from_timestamps(column: pa.ChunkedArray) -> pa.ChunkedArray:
    local = column.cast(pa.timestamp(column.type.unit))
    dates = local.cast(pa.date32(), safe=False)
    at_midnight = pc.equal(dates.cast(local.type, safe=False), local)
    return pc.if_else(at_midnight, dates.cast(pa.string()), local.cast(pa.string()))


def _from_pandas(series: pd.Series[Any], name: str) -> pa.ChunkedArray:
    try:
        column = pa.array(series, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, UnicodeEncodeError):
        column = pa.array([_text_of(value, name) for value in series], pa.string())
    return column if isinstance(column, pa.ChunkedArray) else pa.chunked_array([column])


def _text_of(value: Any, name: str) -> str | None:  # noqa: ANN401 - whatever lies in an object column
    """Write one value of a column that holds several kinds."""
    if isinstance(value, (bytes, list, dict, tuple, set)):
        raise InputError(f"holds {type(value).__name__}, which is not text, a number or a date", field=name)
    if value is None or pd.isna(value):
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).encode("utf-8", "replace").decode()
