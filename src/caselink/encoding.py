"""Encoding turns a table of texts into numbers once, so that pairs compare codes and not strings.

Rows are put into a *canonical order*, the order of a hash of ``(source, record_id)``: from here on a record's
position means the same whatever order its row came in, and every later choice that goes by position is
the same too.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from caselink.errors import InputError, RecordIdError
from caselink.schema import KEY_COLUMNS, check_table

Codes: TypeAlias = npt.NDArray[np.int32]
Rows: TypeAlias = npt.NDArray[np.int32]

_AS_TEXT = "read ids as text (dtype=str), pass records through normalize()"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: an ``int32`` code a record (-1 = missing) and the distinct texts the codes stand for."""

    codes: Codes
    values: pa.LargeStringArray = field(repr=False)

    def counts(self) -> npt.NDArray[np.int64]:
        """How many records hold each distinct value."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.values))

    def derived(self, derive: Callable[[pa.LargeStringArray], pa.LargeStringArray]) -> Column:
        """The column of ``derive(values)``: computed once a distinct value, null is missing."""
        return _recoded(self.codes, derive(self.values).cast(pa.large_string()))


@dataclass(frozen=True, slots=True)
class EncodedRecords:
    """Records as codes, in canonical order.

    ``row[i]`` is the input row of the record at position ``i``; ``record_hash`` is ascending;
    ``source`` holds the place of each record's source in ``sources`` (which is sorted).
    """

    row: npt.NDArray[np.int64] = field(repr=False)
    record_hash: npt.NDArray[np.uint64] = field(repr=False)
    source: Codes = field(repr=False)
    sources: tuple[str, ...]
    columns: dict[str, Column] = field(repr=False)

    def __len__(self) -> int:
        return len(self.row)

    def codes(self, column: str, rows: Rows) -> Codes:
        """Codes of ``column`` at ``rows``; -1 is missing, equal codes are equal values."""
        return self.columns[column].codes[rows]

    def positions(self, sources: pd.Series[Any], record_ids: pd.Series[Any]) -> npt.NDArray[np.int64]:
        """Where the named records stand; -1 for one that is not there.

        >>> frame = pd.DataFrame({"source": "iva", "record_id": ["1", "2"]})
        >>> wanted = pd.DataFrame({"source": ["iva", "ivd"], "record_id": ["2", "2"]})
        >>> (encode(frame, []).positions(wanted["source"], wanted["record_id"]) >= 0).tolist()
        [True, False]
        """
        from caselink.encoding_kernels import find_hashes

        wanted = hash_keys(encode_column(sources, "source"), to_arrow(record_ids, "record_id"))
        found: npt.NDArray[np.int64] = find_hashes(self.record_hash, wanted)
        return found

    def texts(self, column: str, rows: Rows) -> list[str | None]:
        """Values of ``column`` at ``rows``, ``None`` where missing."""
        codes = pa.array(self.codes(column, rows), mask=self.codes(column, rows) < 0)
        return list(self.columns[column].values.take(codes).to_pylist())  # noqa: PD011  (a Column)


def encode(records: pd.DataFrame, columns: Collection[str], *, threads: int = 1) -> EncodedRecords:
    """Encode ``columns`` of a RECORDS frame (``source`` and ``record_id`` always).

    Empty texts are missing. Raises :class:`~caselink.errors.ColumnMissingError` for a column that is not
    there and :class:`~caselink.errors.RecordIdError` for ids that are missing or not unique in a source.

    >>> frame = pd.DataFrame({"source": "iva", "record_id": ["1", "2", "3"], "sex": ["F", None, "F"]})
    >>> sex = encode(frame, ["sex"]).columns["sex"]
    >>> int((sex.codes == -1).sum()), sex.values.to_pylist()
    (1, ['F'])
    """
    check_table(records, [*KEY_COLUMNS, *columns], needed_by="linking")
    if len(records) >= 2**31 - 1:
        msg = "more than 2,147,483,646 records in one table; link in parts"
        raise InputError(msg)
    wanted = sorted(set(columns))
    source = encode_column(records["source"], "source")
    with ThreadPoolExecutor(threads) as pool:
        # turning Python texts into Arrow holds the interpreter: done here, one by one, while the pool does the rest
        ordering = pool.submit(_canonical_order, to_arrow(records["record_id"], "record_id"), source)
        numbered = [pool.submit(number_values, to_arrow(records[name], name)) for name in wanted]
        row, record_hash = ordering.result()
        encoded = [column.result() for column in numbered]
        in_order = list(pool.map(lambda column: Column(column.codes[row], column.values), encoded))
    names = source.values.to_pylist()  # noqa: PD011  (a Column)
    rank = np.argsort(np.argsort(np.array(names, dtype=object)))
    return EncodedRecords(
        row=row,
        record_hash=record_hash,
        source=rank.astype(np.int32)[source.codes[row]],
        sources=tuple(sorted(names)),
        columns=dict(zip(wanted, in_order, strict=True)),
    )


def encode_column(values: pd.Series[Any], name: str) -> Column:
    """One column as codes, in the order of its rows."""
    return number_values(to_arrow(values, name))


def number_values(texts: pa.LargeStringArray) -> Column:
    """Texts as codes; null and empty ones are missing."""
    dictionary = texts.dictionary_encode()
    codes = dictionary.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
    return without_empty(Column(codes, dictionary.dictionary))


def without_empty(column: Column) -> Column:
    """The column with empty texts missing."""
    empty = pc.index(column.values, "").as_py()
    if empty < 0:
        return column
    kept = np.arange(len(column.values)) != empty
    place = np.append(np.where(kept, np.cumsum(kept) - 1, -1), -1).astype(np.int32)
    return Column(place[column.codes], column.values.filter(pa.array(kept)))  # noqa: PD011  (a Column)


def to_arrow(values: pd.Series[Any], name: str) -> pa.LargeStringArray:
    """A column of texts as one Arrow array; anything that is not text is an error that names the column."""
    try:
        array = pa.array(values, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, UnicodeError):
        raise InputError(f"holds values that are not text; {_AS_TEXT}", field=name) from None
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if isinstance(array, pa.ChunkedArray):  # an empty column has no chunk to give
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], pa.large_string())
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if array.null_count == len(array):  # nothing known: pandas makes such a column of any type
        return pa.nulls(len(array), pa.large_string())
    if pa.types.is_string(array.type) or array.type == pa.string_view():
        array = array.cast(pa.large_string())
    if not pa.types.is_large_string(array.type):
        kind = (
            "of nested values" if pa.types.is_nested(array.type) else str(array.type)
        )  # a struct's type shows its keys
        raise InputError(f"is {kind}, not text; {_AS_TEXT}", field=name)
    return array


def _recoded(codes: Codes, values: pa.LargeStringArray) -> Column:
    derived = number_values(values)
    return Column(np.append(derived.codes, np.int32(-1))[codes], derived.values)


def _canonical_order(
    record_id: pa.LargeStringArray, source: Column
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint64]]:
    without_id = pc.or_(record_id.is_null(), pc.equal(record_id, "").fill_null(False)).to_numpy(zero_copy_only=False)  # noqa: FBT003
    missing = np.flatnonzero((source.codes < 0) | without_id)
    if len(missing):
        msg = f"{len(missing)} record(s) without source or record_id, the first at row {missing[0]}"
        raise RecordIdError(msg)
    record_hash = hash_keys(source, record_id)
    row = np.argsort(record_hash)  # no two are equal, or the ids are not unique
    ordered = record_hash[row]
    same = np.flatnonzero(ordered[1:] == ordered[:-1])
    if len(same):
        msg = (
            f"{len(same)} record id(s) occur twice in one source, the first at rows {row[same[0]]} and "
            f"{row[same[0] + 1]}; give each record of a source its own id"
        )
        raise RecordIdError(msg)
    return row, ordered


def hash_keys(source: Column, record_id: pa.LargeStringArray) -> npt.NDArray[np.uint64]:
    """The hash that stands for each record's source and id, missing ones taken as empty."""
    from caselink.encoding_kernels import hash_texts

    salt = np.append(hash_texts(*text_buffers(source.values), np.zeros(len(source.values), np.uint64)), np.uint64(0))
    hashes: npt.NDArray[np.uint64] = hash_texts(*text_buffers(record_id), salt[source.codes])
    return hashes


def text_buffers(values: pa.LargeStringArray) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """The UTF-8 bytes of all texts and the ``n + 1`` offsets between them."""
    _, offsets, data = values.buffers()
    start = (
        np.frombuffer(offsets, np.int64)[values.offset : values.offset + len(values) + 1]
        if offsets is not None and len(values)
        else np.zeros(len(values) + 1, np.int64)
    )
    return np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(1, np.uint8), start


def text_units(values: pa.LargeStringArray) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.int64]]:
    """All texts as one run of 16-bit units, one a character, and the offsets between them.

    Characters beyond the basic plane share the units of the private area by their low bits: two texts that
    are equal stay equal, and codes, not units, decide that they are.
    """
    data, start = text_buffers(values)
    data = data[start[0] : start[-1]]
    start = start - start[0]
    if not len(data) or data.max() < 128:
        return data.astype(np.uint16), start
    first_bytes = np.concatenate([[0], np.cumsum((data & 0xC0) != 0x80)])
    points = np.frombuffer(data.tobytes().decode("utf-8").encode("utf-32-le"), np.uint32)
    units = np.where(points < 0x10000, points, 0xE000 + points % 0x1900).astype(np.uint16)
    return units, first_bytes[start]
