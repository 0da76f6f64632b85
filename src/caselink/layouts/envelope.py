"""The first and the last line of a file: what they say of the lines between them is checked and heeded."""

from __future__ import annotations

import codecs
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from caselink.errors import InputError
from caselink.layouts.cells import text_of
from caselink.layouts.header import Header, WrittenInCode
from caselink.layouts.layout import Layout, RecordLayout
from caselink.layouts.lines import Lines
from caselink.layouts.opening import open_bytes
from caselink.layouts.rejects import Rejects

Kinds = npt.NDArray[np.int8]


class Envelope:
    """Header and trailer of one file, taken from its pieces in order.

    ``in_code`` is the code that fields are written in, if the header says so, and ``months`` are those (``YYYY-MM``) of
    the quarter that it names.
    """

    def __init__(self, layout: Layout, path: Path) -> None:
        self._layout, self._file = layout, str(path)
        self.in_code: WrittenInCode | None = None
        self.months: tuple[str, ...] = ()
        self.n_lines: dict[str, int] = {}
        self._n_before = 0
        self._last_line = 0
        self._trailer: tuple[int, int, str | None] | None = None

    def holds(self, record: RecordLayout) -> bool:
        """Whether lines of this record type are header or trailer."""
        parts = (self._layout.header, self._layout.trailer)
        return record.name in [part.record for part in parts if part]

    def check_start(self, path: Path, encoding: str) -> None:
        """Raise :class:`InputError` if the file starts as an EBCDIC file of this layout would."""
        with open_bytes(path) as stream:
            head = stream.read(64)
        if not head:
            raise InputError("is empty", file=self._file)
        starts = tuple(record.start_of_line for record in self._layout.records if record.start_of_line)
        as_ascii, as_ebcdic = head.decode("latin-1").startswith(starts), head.decode("cp037").startswith(starts)
        if as_ebcdic and not as_ascii and codecs.lookup(encoding).name in ("utf-8", "ascii", "iso8859-1", "cp1252"):
            raise InputError("is EBCDIC text; give encoding='cp037'", file=self._file, line=1)

    def take(self, lines: Lines, usable: Lines, kinds: Kinds, rejects: Rejects) -> None:
        """Heed the headers and trailers of a piece; ``usable`` are its lines of the ``kinds``."""
        if self._layout.header:
            self._take_headers(lines, usable, kinds, rejects, self._layout.header)
        if self._layout.trailer:
            self._take_trailers(lines, usable, kinds, rejects)
        self._n_before += len(lines) + len(lines.too_long)
        self._last_line = max([self._last_line, *lines.numbers[-1:].tolist(), *lines.too_long])

    def finish(self, rejects: Rejects, n_read: int) -> None:
        """Check the trailer, now that all lines are known."""
        if not n_read:
            raise InputError("is empty: it holds blank lines only", file=self._file)
        trailer = self._layout.trailer
        if trailer is None:
            return
        if self._trailer is None:
            if not trailer.optional:
                reason = f"the file ends without a {trailer.record} line; is it complete?"
                rejects.add([self._last_line], reason, dropped=False)
            return
        line, n_before, count = self._trailer
        n_between = n_before - self.n_lines.get(self._layout.header.record if self._layout.header else "", 0)
        told = (count or "").lstrip("0") or (count and "0")
        if trailer.count and told != str(n_between):
            reason = f"is not the number of lines before it, {n_between}; is the file complete?"
            rejects.add([line], reason, field=trailer.count, dropped=False)
        if n_read > n_before + 1:
            rejects.add([line], f"lines follow the {trailer.record} line", dropped=False)

    def _take_headers(self, lines: Lines, usable: Lines, kinds: Kinds, rejects: Rejects, header: Header) -> None:
        record = self._layout.record(header.record)
        found = np.flatnonzero(kinds == self._layout.records.index(record))
        first = min([*lines.numbers[:1].tolist(), *lines.too_long], default=0)
        missing = not (len(found) and int(usable.numbers[found[0]]) == first)
        if first and not self._n_before and missing and not header.optional:
            reason = (
                f"does not start with a {record.name} line; is it complete, and of the layout {self._layout.name!r}?"
            )
            raise InputError(reason, file=self._file, line=first)
        if len(found) and record.name not in self.n_lines:
            self._take_header(usable.some(found[:1]), record, header, rejects)
            found = found[1:]
        self._refuse_headers(usable.some(found), record, header, rejects)

    def _refuse_headers(self, lines: Lines, record: RecordLayout, header: Header, rejects: Rejects) -> None:
        """Headers after the first change nothing, and must not ask for more."""
        rejects.add(lines.numbers, f"a second {record.name} line")
        if header.code and len(lines):
            flag = next(one for one in record.fields if one.name == header.code.field)
            flags = pc.equal(text_of(lines.cells(flag.start - 1, flag.length)), header.code.value)
            flags = pc.fill_null(flags, fill_value=False)
            other = np.flatnonzero(flags.to_numpy(zero_copy_only=False) != (self.in_code is not None))
            if len(other):
                reason = f"a second {record.name} line says otherwise; are these two files?"
                raise InputError(reason, file=self._file, line=int(lines.numbers[other[0]]), field=flag.name)

    def _take_header(self, line: Lines, record: RecordLayout, header: Header, rejects: Rejects) -> None:
        values = _values(line, record)
        number = int(line.numbers[0])
        for field, allowed in header.require.items():
            if (values[field] or "") not in allowed:
                reason = f"is not what a file of the layout {self._layout.name!r} has"
                raise InputError(reason, file=self._file, line=number, field=field)
        for field, allowed in header.expect.items():
            if (values[field] or "") not in allowed:
                rejects.add([number], "is not what is expected there", field=field, dropped=False)
        if header.code and values[header.code.field] == header.code.value:
            self.in_code = header.code
        elif header.code and values[header.code.field] is not None:
            rejects.add([number], "is neither blank nor the flag of the code", field=header.code.field, dropped=False)
        self.n_lines[record.name] = 1
        self._take_quarter(values, header, number, rejects)

    def _take_quarter(self, values: dict[str, str | None], header: Header, number: int, rejects: Rejects) -> None:
        if not header.year:
            return
        year, quarter = values[header.year] or "", values[header.quarter] or ""
        if not (year.isascii() and year.isdigit() and len(year) == 4):
            rejects.add([number], "is not a year", field=header.year, dropped=False)
        elif quarter not in ("1", "2", "3", "4"):
            rejects.add([number], "is not a quarter", field=header.quarter, dropped=False)
        else:
            last = 3 * int(quarter)
            self.months = tuple(f"{year}-{month:02d}" for month in range(last - 2, last + 1))

    def _take_trailers(self, lines: Lines, usable: Lines, kinds: Kinds, rejects: Rejects) -> None:
        trailer = self._layout.trailer
        assert trailer is not None  # noqa: S101 - asked for by take
        record = self._layout.record(trailer.record)
        found = np.flatnonzero(kinds == self._layout.records.index(record))
        if len(found) and self._trailer is None:
            number = int(usable.numbers[found[0]])
            count = _values(usable.some(found[:1]), record).get(trailer.count)
            n_before = int(np.searchsorted(lines.numbers, number)) + sum(one < number for one in lines.too_long)
            self._trailer = (number, self._n_before + n_before, count)
            self.n_lines[record.name] = 1
            found = found[1:]
        rejects.add(usable.numbers[found], f"a second {record.name} line")


def _values(line: Lines, record: RecordLayout) -> dict[str, str | None]:
    """The fields of one line."""
    return {one.name: text_of(line.cells(one.start - 1, one.length))[0].as_py() for one in record.fields}
