"""Fixed-width lines made of tables: each column is laid into a matrix of characters, one row a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from caselink.errors import InputError
from caselink.fingerprints import fingerprints, starts_of
from caselink.layouts.header import WrittenInCode
from caselink.layouts.layout import Blocks, Field, Layout, RecordLayout
from caselink.layouts.lines import BLANK, Characters

ROWS_AT_ONCE = 100_000

_LINE_BREAKS = "[\r\n\\x00]"


def fixed_pieces(layout: Layout, tables: Mapping[str, pa.Table], line_end: str) -> Iterator[bytes]:
    """Give the lines of a file as UTF-8: the header, the record types in the layout's order, the trailer."""
    header, trailer = layout.header, layout.trailer
    first = tables.get(header.record) if header else None
    envelope = [part.record for part in (header, trailer) if part]
    code, n_between = None, 0
    if header and first is not None:
        code = header.code if header.code and _holds(first, header.code.field, header.code.value) else None
        yield from _record_lines(layout.record(header.record), first, None, line_end)
    for record in layout.records:
        if record.name in tables and record.name not in envelope:
            for piece in _record_lines(record, tables[record.name], code, line_end):
                n_between += piece.count(line_end.encode())
                yield piece
    if trailer:
        counted = pa.table({trailer.count or "": [str(n_between)]})
        yield from _record_lines(layout.record(trailer.record), tables.get(trailer.record, counted), None, line_end)


def _holds(table: pa.Table, name: str, value: str) -> bool:
    return name in table.column_names and table.num_rows > 0 and table.column(name)[0].as_py() == value


def _record_lines(record: RecordLayout, table: pa.Table, code: WrittenInCode | None, line_end: str) -> Iterator[bytes]:
    """The lines of one record type, some at a time."""
    line = np.arange(table.num_rows)
    place = np.zeros(table.num_rows, np.int64)
    if record.blocks:
        _check_presence(record, record.blocks, table, code)
        line, place = _lay_out(record, record.blocks, table)
    n_lines = int(line[-1]) + 1 if len(line) else 0
    for start in range(0, n_lines, ROWS_AT_ONCE):
        stop = min(start + ROWS_AT_ONCE, n_lines)
        rows = slice(*np.searchsorted(line, [start, stop]).tolist())
        part = table.slice(rows.start, rows.stop - rows.start)
        cells = _cells(record, part, (line[rows] - start, place[rows], stop - start), code, rows.start)
        yield _as_utf8(cells, line_end)


def _lay_out(
    record: RecordLayout, blocks: Blocks, table: pa.Table
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Give the line of each row, and its place in the line: rows that share what is outside the blocks follow."""
    outside = [one.name for one in record.fields if not blocks.start <= one.start <= blocks.end]
    shared = [table.column(name) for name in outside if name in table.column_names]
    fresh = starts_of(fingerprints(shared)) if shared else np.arange(table.num_rows) == 0
    rows = np.arange(table.num_rows)
    place = (rows - np.maximum.accumulate(np.where(fresh, rows, 0))) % blocks.count
    return np.cumsum(place == 0) - 1, place


def _check_presence(record: RecordLayout, blocks: Blocks, table: pa.Table, code: WrittenInCode | None) -> None:
    """Refuse a row that would be read as nobody: nothing in its fields, or only what the line shows as zeros."""
    there = np.zeros(table.num_rows, bool)
    for one in record.fields:
        if one.name in blocks.present and one.name in table.column_names:
            zero = code.means[code.written.index("0")] if code and one.in_code and "0" in code.written else "0"
            shown = pc.utf8_trim(table.column(one.name), f"{zero} ")
            there |= pc.fill_null(pc.not_equal(shown, ""), fill_value=False).to_numpy()
    if not there.all():
        reason = (
            f"row {int(np.argmin(there)) + 1} of {record.name} has none of {list(blocks.present)}; it would be nobody"
        )
        raise InputError(reason)


def _cells(
    record: RecordLayout,
    table: pa.Table,
    placing: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], int],
    code: WrittenInCode | None,
    first_row: int,
) -> Characters:
    """Give the matrix of the lines that the rows of ``table`` go to, by line and place in it."""
    line, place, n_lines = placing
    held = [one for one in record.fields if one.name in table.column_names]
    columns = [_padded(one, table.column(one.name), record, first_row) for one in held]
    ascii_only = all(pc.all(pc.string_is_ascii(column)).as_py() is not False for column in columns)
    kind: type[np.uint8 | np.uint32] = np.uint8 if ascii_only else np.uint32
    matrix = np.full((n_lines, record.length), BLANK, kind)
    for one, column in zip(held, columns, strict=True):
        cells = _code_points(column, one.length, kind)
        if code and one.in_code:
            cells = _written_in(code, cells)
        inside = record.blocks is not None and record.blocks.start <= one.start <= record.blocks.end
        for number in range(record.blocks.count if record.blocks and inside else 1):
            shift = number * record.blocks.length if record.blocks else 0
            rows = np.flatnonzero(place == number)
            matrix[line[rows], one.start - 1 + shift : one.end + shift] = cells[rows]
    matrix[:, : len(record.start_of_line)] = [ord(character) for character in record.start_of_line]
    return matrix


def _padded(one: Field, column: pa.ChunkedArray, record: RecordLayout, first_row: int) -> pa.ChunkedArray:
    """The values filled up to the field's length; what does not fit is an error."""
    wrong = pc.greater(pc.utf8_length(column), one.length)
    _refuse(wrong, f"is longer than its {one.length} characters", one, record, first_row)
    _refuse(pc.match_substring_regex(column, _LINE_BREAKS), "holds a line break or a NUL", one, record, first_row)
    if one.kind == "number":
        _refuse(pc.invert(pc.ascii_is_decimal(column)), "holds something else than digits", one, record, first_row)
        column = pc.utf8_lpad(column, one.length, "0")
    else:
        column = pc.utf8_rpad(column, one.length, " ")
    return pc.fill_null(column, " " * one.length)


def _refuse(wrong: pa.ChunkedArray, reason: str, one: Field, record: RecordLayout, first_row: int) -> None:
    rows = np.flatnonzero(pc.fill_null(wrong, fill_value=False).to_numpy())
    if len(rows):
        raise InputError(f"row {first_row + int(rows[0]) + 1} of {record.name} {reason}", field=one.name)


def _code_points(column: pa.ChunkedArray, width: int, kind: type[np.uint8 | np.uint32]) -> Characters:
    if kind is np.uint8:
        text = column.combine_chunks()
        _, offsets, data = text.buffers()
        at = np.frombuffer(offsets, np.int32)[text.offset : text.offset + len(text) + 1]
        held = np.frombuffer(data or b"", np.uint8)[at[0] : at[-1]]
        return held.reshape(len(text), width)
    wide = np.array(column.to_pylist(), dtype=f"<U{width}")
    return wide.view(np.uint32).reshape(len(column), width)


def _written_in(code: WrittenInCode, cells: Characters) -> Characters:
    table = np.arange(256, dtype=np.uint8)
    table[np.frombuffer(code.means.encode(), np.uint8)] = np.frombuffer(code.written.encode(), np.uint8)
    return table[np.minimum(cells, 255)]


def _as_utf8(cells: Characters, line_end: str) -> bytes:
    ends = np.array([[ord(character) for character in line_end]], cells.dtype)
    whole = np.hstack([cells, np.repeat(ends, len(cells), axis=0)])
    return whole.tobytes() if whole.itemsize == 1 else whole.tobytes().decode("utf-32-le").encode()
