"""Lines of a fixed-width file: its bytes in any encoding become characters in an array, and where each line is in it.

The file is read in pieces of whole lines, so that memory holds one piece; positions count characters, not bytes.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from caselink.errors import InputError
from caselink.layouts.layout import MAX_LINE
from caselink.layouts.opening import Bounded, check_encoding, open_bytes

PIECE_BYTES = 8 << 20
BLANK = 32
_LF, _CR, _END_OF_FILE = 10, 13, b"\x1a"
_FIRST_UNDECODABLE, _LAST_UNDECODABLE = 0xDC80, 0xDCFF
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_AS_IT_IS = ("utf-8", "utf-8-sig", "ascii")
_EBCDIC = ("cp037", "cp273", "cp424", "cp500", "cp875", "cp1026", "cp1140")

Positions = npt.NDArray[np.int64]
Characters = npt.NDArray[Any]
"""``uint8`` where all characters are below 256, else ``uint32``: code points either way."""


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of one piece of a file that are not blank.

    ``starts`` and ``lengths`` (line ends left out) say where in ``chars`` they are, ``numbers`` on which 1-based line
    of the file. ``too_long`` are the numbers of lines that were not kept.
    """

    chars: Characters
    starts: Positions
    lengths: Positions
    numbers: Positions
    too_long: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.starts)

    def some(self, rows: npt.NDArray[Any]) -> Lines:
        """Give the lines at ``rows`` only."""
        return Lines(self.chars, self.starts[rows], self.lengths[rows], self.numbers[rows])

    def cells(self, start: int, width: int) -> Characters:
        """Give a matrix of the ``width`` characters from ``start`` (from 0) of each line, blanks after its end."""
        if not len(self):
            return np.zeros((0, width), self.chars.dtype)
        size = width * self.chars.itemsize
        room = len(self.chars) - width + 1
        if room < 1 or int(self.starts.max()) + start > room - 1:
            padding = np.full(width + start, BLANK, self.chars.dtype)
            return Lines(np.concatenate([self.chars, padding]), self.starts, self.lengths, self.numbers).cells(
                start, width
            )
        windows: Characters = np.ndarray((room,), f"V{size}", self.chars, strides=(self.chars.itemsize,))
        cells = windows[self.starts + start].view(self.chars.dtype).reshape(-1, width)
        short = np.flatnonzero(self.lengths < start + width)
        if len(short):
            beyond = np.arange(start, start + width) >= self.lengths[short, None]
            cells[short] = np.where(beyond, self.chars.dtype.type(BLANK), cells[short])
        return cells

    def undecodable(self) -> npt.NDArray[np.bool_]:
        """Which lines hold bytes that are no text in the file's encoding."""
        if self.chars.itemsize == 1:
            return np.zeros(len(self), bool)
        return self.holding((self.chars >= _FIRST_UNDECODABLE) & (self.chars <= _LAST_UNDECODABLE))

    def with_nul(self) -> npt.NDArray[np.bool_]:
        """Which lines hold a NUL character."""
        return self.holding(self.chars == 0)

    def holding(self, marked: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Which lines hold one of the characters that are marked."""
        places = np.flatnonzero(marked)
        upto = np.searchsorted(places, self.starts + self.lengths) - np.searchsorted(places, self.starts)
        holding: npt.NDArray[np.bool_] = upto > 0
        return holding


def read_lines(path: Path, *, encoding: str, record_length: int = 0) -> Iterator[Lines]:
    """Read the file in pieces of whole lines; a line ends with LF, CR LF or CR.

    A file whose first record has no line end is cut every ``record_length`` characters, where that is given.
    """
    check_encoding(encoding)
    with open_bytes(path) as stream:
        texts = _as_utf8(stream, encoding)
        first = next(texts, b"")
        while first and len(first) < 4 * record_length:
            more = next(texts, b"")
            if not more:
                break
            first += more
        pieces = _chain(first, texts)
        if record_length and not _has_line_end(first, record_length):
            yield from _by_length(pieces, record_length)
        else:
            yield from _by_line_ends(pieces)


def _chain(first: bytes, texts: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from texts


def _as_utf8(stream: Bounded, encoding: str) -> Iterator[bytes]:
    """Give the text in pieces as UTF-8; a byte that is no text stays as it is, for its line to be rejected."""
    name = codecs.lookup(encoding).name
    decoder = None if name in _AS_IT_IS else codecs.getincrementaldecoder(encoding)("surrogateescape")
    first = True
    while True:
        piece = stream.read(PIECE_BYTES)
        if first and piece.startswith(_UTF16) and not name.startswith("utf-16"):
            raise InputError("is UTF-16 text; give encoding='utf-16'", line=1)
        final = not piece
        if decoder is not None:
            piece = _decoded(decoder, piece, name, final=final)
        if first:
            piece = piece.removeprefix(codecs.BOM_UTF8)
        yield piece
        if final:
            return
        first = False


def _decoded(decoder: codecs.IncrementalDecoder, piece: bytes, name: str, *, final: bool) -> bytes:
    try:
        text = decoder.decode(piece, final)
    except UnicodeError:
        raise InputError(f"is not {name} text; give the encoding that the sending program writes") from None
    if name in _EBCDIC:
        text = text.replace("\x85", "\n")  # EBCDIC's own line end
    return text.encode("utf-8", "surrogateescape")


def _has_line_end(text: bytes, record_length: int) -> bool:
    """Whether there is one in the first record, of ``record_length`` characters, or right after."""
    head = text[: 4 * record_length + 8].decode("utf-8", "surrogateescape")[: record_length + 2]
    return "\n" in head or "\r" in head


def _characters(text: bytes) -> Characters:
    if text.isascii():
        return np.frombuffer(text, np.uint8)
    decoded = text.decode("utf-8", "surrogateescape")
    try:
        return np.frombuffer(decoded.encode("latin-1"), np.uint8)
    except UnicodeEncodeError:
        return np.frombuffer(decoded.encode("utf-32-le", "surrogatepass"), np.uint32)


def _by_line_ends(texts: Iterator[bytes]) -> Iterator[Lines]:
    """Cut after the last line end of each piece; the rest belongs to the next. Lines over the limit are not kept."""
    pending, first_line, skipping = b"", 1, False
    too_long: list[int] = []
    for text in _and_end(texts):
        if text is None:
            body, pending = pending.rstrip(_END_OF_FILE), b""
        else:
            body, pending = _cut(pending + text)
        if skipping and body:  # the rest of the long line is what stands before the first line end
            body = body[_first_line_end(body) :]
            skipping = False
        lines, n_lines = _split(body, first_line, final=text is None)
        if len(pending) > MAX_LINE:
            if not skipping:
                too_long.append(first_line + n_lines)
            pending, skipping = pending[-1:] if pending.endswith(b"\r") else b"", True
        yield Lines(lines.chars, lines.starts, lines.lengths, lines.numbers, tuple(too_long))
        first_line += n_lines
        too_long.clear()


def _and_end(texts: Iterator[bytes]) -> Iterator[bytes | None]:
    yield from texts
    yield None


def _cut(text: bytes) -> tuple[bytes, bytes]:
    """The whole lines, and the rest; a CR at the very end may be half of a line end and is left in the rest."""
    upto = len(text) - 1 if text.endswith(b"\r") else len(text)
    last = max(text.rfind(b"\n", 0, upto), text.rfind(b"\r", 0, upto)) + 1
    return text[:last], text[last:]


def _first_line_end(text: bytes) -> int:
    """Where the first line end starts; the end of the text if there is none."""
    places = [place for place in (text.find(b"\n"), text.find(b"\r")) if place >= 0]
    return min(places, default=len(text))


def _split(text: bytes, first_line: int, *, final: bool) -> tuple[Lines, int]:
    """Give the lines that are not blank, and how many there are with the blank ones."""
    if final and text and text[-1] not in (_LF, _CR):
        text += b"\n"
    chars = _characters(text)
    ends = np.flatnonzero(chars == _LF)
    if b"\r" in text:
        carriage = np.flatnonzero(chars == _CR)
        alone = carriage[chars[np.minimum(carriage + 1, len(chars) - 1)] != _LF]
        ends = np.sort(np.concatenate([ends, alone])) if len(alone) else ends
    starts = np.concatenate([[0], ends + 1])[: len(ends)]
    lengths = ends - starts
    before = chars[np.maximum(ends - 1, 0)] if len(ends) else chars[:0]
    lengths -= (lengths > 0) & (before == _CR) & (chars[ends] == _LF)
    lines = Lines(chars, starts, lengths, np.arange(first_line, first_line + len(ends)))
    kept = np.flatnonzero(~_blank(lines))
    return (lines if len(kept) == len(lines) else lines.some(kept)), len(ends)


def _blank(lines: Lines) -> npt.NDArray[np.bool_]:
    """Which lines hold blanks only."""
    blank: npt.NDArray[np.bool_] = lines.lengths == 0
    rest = np.flatnonzero(~blank)
    for place in (0, 1, 2, 4, 8, 16):  # few lines start with blanks, so that few are looked at to their end
        inside = np.minimum(place, lines.lengths[rest] - 1)
        rest = rest[lines.chars[lines.starts[rest] + inside] == BLANK]
    if len(rest):
        blank[rest] = ~lines.some(rest).holding(lines.chars != BLANK)
    return blank


def _by_length(texts: Iterator[bytes], record_length: int) -> Iterator[Lines]:
    """Cut every ``record_length`` characters; a line is a record."""
    pending, first_line = b"", 1
    for text in _and_end(texts):
        pending += text or b""
        size = 0
        if text is not None:
            size = len(pending) if pending.isascii() else _whole_characters(pending)
        else:
            pending = pending.rstrip(_END_OF_FILE + b"\r\n")
            size = len(pending)
        chars = _characters(pending[:size])
        n_records = len(chars) // record_length if text is not None else -(-len(chars) // record_length)
        used = min(n_records * record_length, len(chars))
        starts = np.arange(n_records) * record_length
        lengths = np.minimum(record_length, used - starts)
        lines = Lines(chars[:used], starts, lengths, np.arange(first_line, first_line + n_records))
        yield lines.some(np.flatnonzero(~_blank(lines)))
        first_line += n_records
        rest = _as_bytes(chars[used:])
        pending = rest + pending[size:]


def _whole_characters(text: bytes) -> int:
    """How many bytes end with a whole character; at most three may be the start of one."""
    for back in range(1, min(4, len(text)) + 1):
        byte = text[-back]
        if byte >= 0xC0:  # the first byte of a character of 2, 3 or 4
            length = 2 + (byte >= 0xE0) + (byte >= 0xF0)
            return len(text) - back if back < length else len(text)
        if byte < 0x80:
            break
    return len(text)


def _as_bytes(chars: Characters) -> bytes:
    if chars.itemsize == 1:
        return chars.tobytes().decode("latin-1").encode()
    return chars.tobytes().decode("utf-32-le", "surrogatepass").encode("utf-8", "surrogateescape")
