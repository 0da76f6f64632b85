"""Which lines of a CSV text are records, and which cannot be: the parser after this sees good records only.

A quoted field may hold line breaks, so that a quote that is never closed would swallow what follows up to the next one.
Lines whose quotes open and close in the right places, nearly all in any file, are told by whole-array arithmetic; the
few others are looked at one by one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from caselink.layouts.extract import RejectedLine

MAX_FIELD_CHARACTERS = 5_000
"""A longer field rejects its line."""

MAX_RECORD_BYTES = 1_000_000
"""A longer line is rejected whole."""

MAX_RECORD_LINES = 50
"""A quoted field that is not closed within so many lines is a stray quote."""

_LF, _CR, _QUOTE = 10, 13, 34
Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class CsvLines:
    """The records of one piece of a file.

    ``text`` holds the good ones, ``lines`` the 1-based file line that each starts on. ``consumed`` bytes and
    ``n_lines`` lines of the piece are settled; what follows belongs to the next piece.
    """

    text: bytes
    lines: Positions
    rejected: list[RejectedLine]
    consumed: int
    n_lines: int


def split_records(text: bytes, *, delimiter: str, first_line: int = 1, final: bool = True) -> CsvLines:
    r"""Find the records in ``text``, the piece of a file that starts with line ``first_line``.

    ``final`` says that the file ends here; else an incomplete last line is left for the next piece. Blank lines are
    no records.

    >>> piece = split_records(b'1,"two\nlines"\n\n2,"stray\n3,c\n', delimiter=",")
    >>> piece.text, piece.lines.tolist(), [(row.line, row.reason) for row in piece.rejected]
    (b'1,"two\nlines"\n3,c\n', [1, 5], [(4, 'a quote that opens or closes in the wrong place')])
    """
    if final and text and text[-1] not in (_LF, _CR):
        text += b"\n"
    data = np.frombuffer(text, np.uint8)
    ends = _line_ends(text, data, final=final)
    starts = np.concatenate([[0], ends + 1])[: len(ends)]
    record, reasons, settled = _settle_quotes(text, data, starts, ends, delimiter=delimiter, final=final)
    starts, ends = starts[:settled], ends[:settled]
    first = np.flatnonzero(record[:settled])
    last = np.append(first[1:], settled)[: len(first)] - 1
    starts, ends = starts[first], ends[last]
    _find_nul_bytes(text, data, starts, ends, reasons, first)
    _find_long_fields(text, delimiter, starts, ends, reasons, first)
    bad = np.isin(first, list(reasons))
    blank = _blank(data, starts, ends)
    consumed = int(ends[-1]) + 1 if len(ends) else 0
    return CsvLines(
        text=_without(text[:consumed], starts, ends, bad | blank),
        lines=first[~bad & ~blank] + first_line,
        rejected=[RejectedLine(line + first_line, None, reason) for line, reason in sorted(reasons.items())],
        consumed=consumed,
        n_lines=settled,
    )


def record_pattern(delimiter: str) -> re.Pattern[bytes]:
    """Give the pattern of one whole record, line end included."""
    d = re.escape(delimiter.encode())
    quoted = rb'"(?:[^"]++|"")*+"(?=[' + d + rb"\r\n]|\Z)"
    plain = rb'[^"' + d + rb"\r\n][^" + d + rb"\r\n]*+"
    one = rb"(?:" + quoted + rb"|" + plain + rb"|(?=[" + d + rb"\r\n]|\Z))"
    return re.compile(one + rb"(?:" + d + one + rb")*+(?:\r\n|\r|\n|\Z)")


def _line_ends(text: bytes, data: npt.NDArray[np.uint8], *, final: bool) -> Positions:
    """Give the last byte of each line end: LF, CR LF, or a CR alone."""
    ends = np.flatnonzero(data == _LF)
    if b"\r" not in text:
        return ends
    carriage = np.flatnonzero(data == _CR)
    if not final:
        carriage = carriage[carriage < len(data) - 1]  # its LF may be in the next piece
    alone = carriage[data[np.minimum(carriage + 1, len(data) - 1)] != _LF]
    return np.sort(np.concatenate([ends, alone])) if len(alone) else ends


def _settle_quotes(
    text: bytes, data: npt.NDArray[np.uint8], starts: Positions, ends: Positions, *, delimiter: str, final: bool
) -> tuple[npt.NDArray[np.bool_], dict[int, str], int]:
    """Which lines start a record, which lines are spoiled by a quote, and how many lines are settled."""
    record = np.ones(len(ends), bool)
    reasons: dict[int, str] = {}
    pattern = record_pattern(delimiter)
    next_line = 0
    for line in _irregular(data, ends, delimiter).tolist():
        if line < next_line:
            continue
        last = min(line + MAX_RECORD_LINES, len(ends)) - 1
        stop = min(int(ends[last]) + 1, int(starts[line]) + MAX_RECORD_BYTES)
        found = pattern.match(text, int(starts[line]), stop)
        closes = int(np.searchsorted(ends, found.end() - 1)) if found else -1
        if found and closes < len(ends) and ends[closes] == found.end() - 1:
            record[line + 1 : closes + 1] = False
            next_line = closes + 1
        elif not final and last == len(ends) - 1 and len(text) - int(starts[line]) < MAX_RECORD_BYTES:
            return record, reasons, line
        else:
            reasons[line] = "a quote that opens or closes in the wrong place"
    return record, reasons, len(ends)


def _irregular(data: npt.NDArray[np.uint8], ends: Positions, delimiter: str) -> Positions:
    """Lines whose quotes do not all open at the start of a field and close at the end of one."""
    quotes = np.flatnonzero(data == _QUOTE)
    upto = np.searchsorted(quotes, ends)
    counts = np.diff(upto, prepend=0)
    quotes = quotes[: counts.sum()]
    if not len(quotes):
        return np.zeros(0, np.int64)
    opens = (np.arange(len(quotes)) - np.repeat(upto - counts, counts)) % 2 == 0
    edge = np.zeros(256, bool)
    edge[np.frombuffer(f"{delimiter}\r\n".encode(), np.uint8)] = True
    touching = np.diff(quotes) == 1
    before = edge[data[quotes - 1]] | (quotes == 0) | np.append(False, touching)
    after = edge[data[np.minimum(quotes + 1, len(data) - 1)]] | np.append(touching, False)
    wrong = quotes[np.where(opens, ~before, ~after)]
    return np.union1d(np.searchsorted(ends, wrong), np.flatnonzero(counts % 2))


def _find_nul_bytes(
    text: bytes,
    data: npt.NDArray[np.uint8],
    starts: Positions,
    ends: Positions,
    reasons: dict[int, str],
    first: Positions,
) -> None:
    """Note the records that hold a NUL byte."""
    if b"\0" in text and len(starts):
        places = np.flatnonzero(data[: ends[-1]] == 0)
        holders = np.unique(np.searchsorted(starts, places, side="right") - 1)
        for line in first[holders].tolist():
            reasons.setdefault(line, "a NUL byte")


def _find_long_fields(
    text: bytes, delimiter: str, starts: Positions, ends: Positions, reasons: dict[int, str], first: Positions
) -> None:
    """Note the records that are longer, or have a longer field, than is read."""
    for place in np.flatnonzero(ends - starts > MAX_FIELD_CHARACTERS).tolist():
        record = text[starts[place] : ends[place]]
        field = max(record.split(delimiter.encode()), key=len)
        if len(record) > MAX_RECORD_BYTES or len(field.decode(errors="replace")) > MAX_FIELD_CHARACTERS:
            reasons.setdefault(int(first[place]), f"a field longer than {MAX_FIELD_CHARACTERS} characters")


def _blank(data: npt.NDArray[np.uint8], starts: Positions, ends: Positions) -> npt.NDArray[np.bool_]:
    length = ends - starts
    blank: npt.NDArray[np.bool_] = length == 0
    blank[length == 1] = data[starts[length == 1]] == _CR
    return blank


def _without(text: bytes, starts: Positions, ends: Positions, dropped: npt.NDArray[Any]) -> bytes:
    """Give the text less the records dropped."""
    if not dropped.any():
        return text
    parts, kept_from = [], 0
    for place in np.flatnonzero(dropped).tolist():
        parts.append(text[kept_from : starts[place]])
        kept_from = int(ends[place]) + 1
    return b"".join([*parts, text[kept_from:]])
