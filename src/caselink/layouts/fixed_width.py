"""Fixed-width files: every line is of a record type, and its fields are cut out of it by position.

Whole columns are cut out of the bytes at once; no line is looked at by itself but header and trailer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from caselink.fingerprints import Words
from caselink.layouts.cells import check_field, decoded, line_prints, nothing, text_of, without
from caselink.layouts.envelope import Envelope
from caselink.layouts.layout import MAX_LINE, Blocks, Field, Layout, RecordLayout
from caselink.layouts.lines import BLANK, Characters, Lines, read_lines
from caselink.layouts.rejects import Rejects

Wanted = Mapping[str, tuple[Field, ...]]
"""The fields to read, by record type."""

MATRIX_CHARACTERS = 64 << 20
"""Lines of a piece are laid out in a matrix of so many characters at most, however long a record type is."""

_NUMERIC = ("number", "date", "month")
"""Kinds whose values fill their field, so that a part of one is none."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one record type: a line each, or where a line holds several persons, one of them each.

    ``table`` has the fields by name, ``lines`` the 1-based line of each row, ``blocks`` which person of the line it
    is (from 0), ``prints`` a fingerprint of the whole line.
    """

    table: pa.Table
    lines: npt.NDArray[np.int64]
    blocks: npt.NDArray[np.int64]
    prints: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRows:
    """What a file holds: rows by record type, and what could not be read.

    ``n_read`` lines that are not blank are ``n_lines``, by record type, and those that ``rejects`` says were dropped.
    ``months`` are those (``YYYY-MM``) that the header says the file is about.
    """

    rows: Mapping[str, Rows]
    n_lines: Mapping[str, int]
    n_read: int
    rejects: Rejects
    months: tuple[str, ...] = ()


@dataclass
class _Pieces:
    """What was read so far of one record type: of each piece, the first persons of the lines, the second, and so on."""

    empty: pa.Table
    parts: dict[int, list[Rows]] = field(default_factory=dict)
    n_lines: int = 0

    def rows(self) -> Rows:
        """All first persons before all second ones, so that the size of the pieces does not show."""
        parts = [part for number in sorted(self.parts) for part in self.parts[number]]
        none = np.zeros(0, np.int64)
        return Rows(
            pa.concat_tables([self.empty, *(part.table for part in parts)]),
            np.concatenate([none, *(part.lines for part in parts)]),
            np.concatenate([none, *(part.blocks for part in parts)]),
            np.concatenate([np.zeros(0, np.uint64), *(part.prints for part in parts)]),
        )


def read_fixed(path: Path, layout: Layout, *, wanted: Wanted, encoding: str) -> FileRows:
    """Read the wanted fields of a fixed-width file."""
    envelope = Envelope(layout, path)
    envelope.check_start(path, encoding)
    pieces = {record.name: _Pieces(_empty(wanted.get(record.name, ()))) for record in layout.records}
    rejects, n_read = Rejects(), 0
    for lines in read_lines(path, encoding=encoding, record_length=layout.record_length):
        rejects.add(lines.too_long, f"is longer than {MAX_LINE} characters")
        usable = _usable(lines, rejects, encoding)
        kinds = record_types(usable, layout)
        envelope.take(lines, usable, kinds, rejects)
        rejects.add(usable.numbers[kinds < 0], "is of no known record type")
        for place, record in enumerate(layout.records):
            rows = np.flatnonzero(kinds == place)
            at_once = max(1, MATRIX_CHARACTERS // record.length)
            for start in range(0, 0 if envelope.holds(record) else len(rows), at_once):
                some = usable.some(rows[start : start + at_once])
                _read_record(some, record, wanted.get(record.name, ()), envelope, pieces[record.name], rejects)
        n_read += len(lines) + len(lines.too_long)
    envelope.finish(rejects, n_read)
    return FileRows(
        rows={name: piece.rows() for name, piece in pieces.items()},
        n_lines={name: piece.n_lines for name, piece in pieces.items()} | envelope.n_lines,
        n_read=n_read,
        rejects=rejects,
        months=envelope.months,
    )


def record_types(lines: Lines, layout: Layout) -> npt.NDArray[np.int8]:
    """Give each line's place among the layout's record types, -1 where it is of none."""
    kinds = np.full(len(lines), -1, np.int8)
    for place, record in enumerate(layout.records):
        rows = np.flatnonzero(kinds < 0) if record.start_of_line else np.zeros(0, np.int64)
        rows = rows[lines.lengths[rows] >= len(record.start_of_line)]
        for step, character in enumerate(record.start_of_line):
            rows = rows[lines.chars[lines.starts[rows] + step] == ord(character)]
        kinds[rows] = place
    rest = [place for place, record in enumerate(layout.records) if not record.start_of_line]
    kinds[kinds < 0] = rest[0] if rest else -1
    return kinds


def _usable(lines: Lines, rejects: Rejects, encoding: str) -> Lines:
    """The lines less those that hold no text, or more of it than is read."""
    long, garbled, nul = lines.lengths > MAX_LINE, lines.undecodable(), lines.with_nul()
    if not (long.any() or garbled.any() or nul.any()):
        return lines
    rejects.add(lines.numbers[long], f"is longer than {MAX_LINE} characters")
    rejects.add(lines.numbers[garbled & ~long], f"is not {encoding} text; another encoding can be given")
    rejects.add(lines.numbers[nul & ~garbled & ~long], "a NUL byte")
    return lines.some(np.flatnonzero(~(long | garbled | nul)))


def _read_record(
    lines: Lines, record: RecordLayout, wanted: tuple[Field, ...], envelope: Envelope, pieces: _Pieces, rejects: Rejects
) -> None:
    """Read the lines of one record type in one piece of the file."""
    lines = _of_right_length(lines, record, rejects)
    whole = lines.cells(0, record.length)
    if record.blocks is None:
        blocks, n_used = [np.arange(len(lines))], len(lines)
    else:
        blocks, n_used = _persons(lines, whole, record, record.blocks, rejects)
    prints = line_prints(whole)
    for number, rows in enumerate(blocks):
        held = lines if len(rows) == len(lines) else lines.some(rows)
        cells = whole if len(rows) == len(lines) else whole[rows]
        columns = {
            one.name: _read_field(one, held, cells, _shift(one, record, number), envelope, rejects) for one in wanted
        }
        part = Rows(pa.table(columns), held.numbers, np.full(len(rows), number), prints[rows])
        pieces.parts.setdefault(number, []).append(part)
    pieces.n_lines += n_used


def _of_right_length(lines: Lines, record: RecordLayout, rejects: Rejects) -> Lines:
    short = lines.lengths < record.shortest
    rejects.add(
        lines.numbers[short], f"has fewer than the {record.shortest} characters that a {record.name} line must have"
    )
    long = np.zeros(len(lines), bool)
    if record.longer == "blank":
        rows = np.flatnonzero(lines.lengths > record.length)
        long[rows] = _goes_on(lines.some(rows), record.length)
        rejects.add(lines.numbers[long], f"goes on after the last field of a {record.name} line")
    bad = short | long
    return lines.some(np.flatnonzero(~bad)) if bad.any() else lines


def _goes_on(lines: Lines, start: int) -> npt.NDArray[np.bool_]:
    """Which lines hold something else than blanks from ``start`` on."""
    bounded = 256
    goes_on = np.zeros(len(lines), bool)
    few = np.flatnonzero(lines.lengths <= start + bounded)
    goes_on[few] = (lines.some(few).cells(start, bounded) != BLANK).any(axis=1)
    for row in np.flatnonzero(lines.lengths > start + bounded).tolist():
        first = int(lines.starts[row])
        goes_on[row] = (lines.chars[first + start : first + int(lines.lengths[row])] != BLANK).any()
    return goes_on


def _persons(
    lines: Lines, whole: Characters, record: RecordLayout, blocks: Blocks, rejects: Rejects
) -> tuple[list[npt.NDArray[np.int64]], int]:
    """Which lines hold a first person, which a second, and so on; and how many hold any."""
    found, somebody = [], np.zeros(len(lines), bool)
    marks = [one for one in record.fields if one.name in blocks.present]
    for number in range(blocks.count):
        shift = number * blocks.length
        empty = np.arange(len(lines))
        for one in marks:
            empty = empty[~_holds(one, lines.lengths[empty], whole, empty, shift)]
        first = blocks.start - 1 + shift
        half = empty[~nothing(whole[empty, first : first + blocks.length])]
        rejects.add(
            lines.numbers[half], f"person {number + 1} of the line is half filled", field=marks[0].name, dropped=False
        )
        there = np.ones(len(lines), bool)
        there[empty] = False
        found.append(np.flatnonzero(there))
        somebody |= there
    rejects.add(lines.numbers[~somebody], "holds no person")
    return found, int(somebody.sum())


def _holds(
    one: Field, lengths: npt.NDArray[np.int64], whole: Characters, rows: npt.NDArray[np.int64], shift: int
) -> npt.NDArray[np.bool_]:
    """Which of the rows hold a whole value in the field, and not blanks or zeros."""
    holds = ~nothing(whole[rows, one.start - 1 + shift : one.end + shift])
    return holds & (lengths >= one.end + shift) if one.kind in _NUMERIC else holds


def _shift(one: Field, record: RecordLayout, number: int) -> int:
    inside = record.blocks is not None and record.blocks.start <= one.start <= record.blocks.end
    return number * record.blocks.length if record.blocks is not None and inside else 0


def _read_field(
    one: Field, lines: Lines, whole: Characters, shift: int, envelope: Envelope, rejects: Rejects
) -> pa.Array:
    """Cut one field out, decode it, and make missing what cannot be a value of it."""
    start, end = one.start - 1 + shift, one.end + shift
    cells, hint = whole[:, start:end], ""
    numbers = lines.numbers
    if one.in_code and envelope.in_code is not None:
        cells, foreign = decoded(cells, envelope.in_code)
        reason = "holds something that the code, which the header declares, has not"
        texts = without(text_of(cells), foreign, one, numbers, rejects, reason)
    else:
        texts = text_of(cells)
        hint = "; is it written in code, though the header does not say so?" if one.in_code else ""
    if one.kind in _NUMERIC:
        cut = (lines.lengths > start) & (lines.lengths < end)
        if cut.any():
            cut &= texts.is_valid().to_numpy(zero_copy_only=False)
            texts = without(texts, cut, one, numbers, rejects, "is cut off by the end of the line")
    return check_field(one, texts, numbers, rejects, hint=hint)


def _empty(wanted: tuple[Field, ...]) -> pa.Table:
    return pa.table({one.name: pa.array([], pa.string()) for one in wanted})
