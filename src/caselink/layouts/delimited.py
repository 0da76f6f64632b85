"""CSV files, plain or gzip, in UTF-8 or an encoding that is named: text columns, with the line of each row.

The file is read in pieces, so that memory holds the chosen columns and one piece of text.
"""

from __future__ import annotations

import codecs
import csv
import itertools
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from caselink.errors import InputError
from caselink.layouts.csv_lines import CsvLines, split_records
from caselink.layouts.extract import RawTable, RejectedLine
from caselink.layouts.opening import Bounded, open_bytes

DELIMITERS = ",\t;|"
"""Tried in this order; the first by which the header holds the record id's column is taken."""

PIECE_BYTES = 16 << 20
BLOCK_BYTES = 32 << 20
"""More than any record: the parser must not see one cut in two."""

MAX_PENDING_BYTES = 64 << 20

_HEADER = re.compile(rb"(?P<blank>(?: *(?:\r\n|\r|\n))*)(?P<line>[^\r\n]*)(?:\r\n|\r|\n|\Z)")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_csv(path: Path, *, encoding: str, record_id: str, choose: Callable[[list[str]], list[str]]) -> RawTable:
    """Read the columns that ``choose`` picks from the header."""
    pieces = _lines(path, encoding)
    line, number, body = _header(pieces, str(path))
    header, delimiter = _columns_of(line, record_id)
    chosen = choose(header)
    tables, lines, rejected = [_empty(chosen)], [np.zeros(0, np.int64)], list[RejectedLine]()
    for piece in split_pieces(body, delimiter, number + 1):
        table, kept, ragged = _parse(piece, header, delimiter, chosen)
        tables.append(table)
        lines.append(kept)
        rejected += [*piece.rejected, *ragged]
    return RawTable(pa.concat_tables(tables), np.concatenate(lines), rejected)


def split_pieces(texts: Iterator[bytes], delimiter: str, first_line: int) -> Iterator[CsvLines]:
    """Cut the pieces of a file where a record ends, and number the lines through."""
    pending = b""
    for text in texts:
        pending += text
        piece = split_records(pending, delimiter=delimiter, first_line=first_line, final=False)
        pending = pending[piece.consumed :]
        if len(pending) > MAX_PENDING_BYTES:
            raise InputError(
                f"a line longer than {MAX_PENDING_BYTES >> 20} MB; is this a CSV file?", line=first_line + piece.n_lines
            )
        first_line += piece.n_lines
        yield piece
    yield split_records(pending, delimiter=delimiter, first_line=first_line)


def _header(texts: Iterator[bytes], file: str) -> tuple[str, int, Iterator[bytes]]:
    """Give the first line that is not blank, its number, and an iterator over the text after it."""
    text = b""
    for piece in texts:
        text += piece
        found = _HEADER.match(text)
        if found and found["line"] and len(text) > found.end():  # a line end may come in two pieces
            break
        if len(text) > MAX_PENDING_BYTES:
            raise InputError("has no line end for a long way; is this a CSV file?", file=file, line=1)
    found = _HEADER.match(text)
    if not (found and found["line"].strip()):
        raise InputError("is empty; a header line with the names of the columns is needed", file=file)
    number = split_records(found["blank"], delimiter=",").n_lines + 1
    return found["line"].decode(), number, itertools.chain([text[found.end() :]], texts)


def _columns_of(line: str, record_id: str) -> tuple[list[str], str]:
    """Give the names in the header line, and what separates them."""
    headers = {delimiter: _names(line, delimiter) for delimiter in DELIMITERS}
    found = next((delimiter for delimiter, header in headers.items() if record_id in header), ",")
    return headers[found], found


def _names(line: str, delimiter: str) -> list[str]:
    try:
        return [name.strip() for name in next(csv.reader([line], delimiter=delimiter))]
    except csv.Error:
        raise InputError("is not a header of column names; is this a CSV file?", line=1) from None


def _parse(
    piece: CsvLines, header: list[str], delimiter: str, chosen: list[str]
) -> tuple[pa.Table, npt.NDArray[np.int64], list[RejectedLine]]:
    """Give the chosen columns of the good lines, their line numbers, and the lines with too many or too few columns."""
    from pyarrow import csv as arrow_csv

    ragged: dict[int, int] = {}

    def skip(row: arrow_csv.InvalidRow) -> str:
        ragged[row.number - 1] = row.actual_columns
        return "skip"

    if not piece.text:
        return _empty(chosen), piece.lines, []
    places = [str(place) for place in range(len(header))]
    table = arrow_csv.read_csv(
        pa.BufferReader(piece.text),
        read_options=arrow_csv.ReadOptions(column_names=places, use_threads=False, block_size=BLOCK_BYTES),
        parse_options=arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True, invalid_row_handler=skip),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(places, pa.string()),
            include_columns=[str(header.index(name)) for name in chosen],
            null_values=[""],
            strings_can_be_null=True,
            check_utf8=False,
        ),
    ).rename_columns(chosen)
    reason = "has {} columns where the header has {}"
    rejected = [
        RejectedLine(int(piece.lines[row]), None, reason.format(found, len(header))) for row, found in ragged.items()
    ]
    return table, np.delete(piece.lines, list(ragged)), rejected


def _empty(names: list[str]) -> pa.Table:
    return pa.table({name: pa.array([], pa.string()) for name in names})


def _lines(path: Path, encoding: str) -> Iterator[bytes]:
    """Give the file's text in pieces, as UTF-8 without a byte order mark."""
    with open_bytes(path) as file:
        yield from _as_utf8(file, encoding, str(path))


def _as_utf8(file: Bounded, encoding: str, name: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)()
    line, first = 1, True
    while True:
        piece = file.read(PIECE_BYTES)
        if first and piece.startswith(_UTF16) and not encoding.lower().startswith(("utf-16", "utf_16")):
            raise InputError("is UTF-16 text; give encoding='utf-16'", file=name, line=1)
        try:
            text = decoder.decode(piece, final=not piece)
        except UnicodeError as error:  # a missing byte order mark is one without a place
            if isinstance(error, UnicodeDecodeError):
                line += error.object[: error.start].count(b"\n")
            raise InputError(f"is not {encoding} text; {_hint(encoding)}", file=name, line=line) from None
        if first:
            text = text.removeprefix("\ufeff")
        yield text.encode("utf-8", "replace")
        if not piece:
            return
        line, first = line + piece.count(b"\n"), False


def _hint(encoding: str) -> str:
    if encoding.lower().replace("_", "-") in ("utf-8", "utf-8-sig", "ascii"):
        return "if it comes from a Windows or mainframe program, give encoding='latin-1'"
    return "give the encoding that the sending program writes"
