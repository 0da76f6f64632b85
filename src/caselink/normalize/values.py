"""One value cleaned, and a column cleaned through its distinct values.

A million rows hold some ten thousand names and dates: each distinct value is looked at once, in plain Python, and the
outcome is taken back to the rows. Most values are clean as they stand, which one pattern over the whole column tells;
they are not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Mask = npt.NDArray[np.bool_]


class Status(IntEnum):
    """What became of a raw value."""

    KEPT = 0
    MISSING = 1
    PLACEHOLDER = 2
    """It stands for "nothing", so it is missing."""
    INVALID = 3
    """It means something that cannot be read; it is missing, and reported."""
    REPAIRED = 4
    """It was kept, but what was meant had to be concluded."""
    OTHER_KIND = 5
    """It is something else than the column is for; it is missing there, and kept under its own name if it has one."""


class Cleaned(NamedTuple):
    """A cleaned value; ``reason`` says why one is invalid, without showing it."""

    value: str | None
    status: Status = Status.KEPT
    reason: str | None = None


PLACEHOLDER = Cleaned(None, Status.PLACEHOLDER)


def invalid(reason: str) -> Cleaned:
    """Give the outcome for a value that cannot be used."""
    return Cleaned(None, Status.INVALID, reason)


def repaired(value: str) -> Cleaned:
    """Give the outcome for a value whose meaning was concluded."""
    return Cleaned(value, Status.REPAIRED)


Cleaner = Callable[[str], Cleaned]


@dataclass(frozen=True, slots=True)
class Plain:
    """Values that are clean as they stand: they match ``form`` and not ``suspect``, as Arrow's RE2 reads patterns.

    Such a value is the whole of each of ``parts``, and there is nothing in any other part.
    """

    form: str
    suspect: str | None = None
    parts: tuple[str, ...] = ("value",)

    def mask(self, values: pa.Array) -> Mask:
        """Which of the values are clean; a cleaner must give them back unchanged. Missing ones are not."""
        plain = pc.match_substring_regex(values, self.form)
        if self.suspect is not None:
            plain = pc.and_not(plain, pc.match_substring_regex(values, self.suspect))
        mask: Mask = plain.fill_null(fill_value=False).to_numpy(zero_copy_only=False)
        return mask


@dataclass(frozen=True, slots=True)
class Parts:
    """What values were taken apart into: a text array for each part, and the status of each value."""

    texts: dict[str, pa.Array]
    status: npt.NDArray[np.uint8]

    def take(self, places: pa.Array) -> Parts:
        """Give the parts at ``places``; where a place is null all is missing."""
        texts = {name: _taken(text, places) for name, text in self.texts.items()}
        at = places.fill_null(len(self.status)).to_numpy(zero_copy_only=False)
        return Parts(texts, np.append(self.status, np.uint8(Status.MISSING))[at])


@dataclass(frozen=True, slots=True)
class Column:
    """A cleaned column: the value and status of each row, and the reason of each invalid row in turn."""

    values: pa.Array
    status: npt.NDArray[np.uint8]
    reasons: pa.Array

    def blanked(self, rows: Mask, status: Status = Status.PLACEHOLDER) -> Column:
        """Make values missing in ``rows``; those that were there get ``status``."""
        present = rows & self.present
        return replace(
            self, values=pc.if_else(pa.array(rows), None, self.values), status=_set(self.status, present, status)
        )

    def refused(self, rows: Mask, reason: str) -> Column:
        """Make values invalid in ``rows`` that have one, for one reason."""
        refused = rows & self.present
        reasons = np.full(len(self.status), None, object)
        reasons[self.status == Status.INVALID] = self.reasons.to_pylist()
        reasons[refused] = reason
        column = self.blanked(refused, Status.INVALID)
        return replace(column, reasons=pa.array(reasons[column.status == Status.INVALID], pa.string()))

    def marked(self, rows: Mask, status: Status) -> Column:
        """Change the status of ``rows``."""
        return replace(self, status=_set(self.status, rows, status))

    @property
    def present(self) -> Mask:
        """Where a usable value is."""
        mask: Mask = self.values.is_valid().to_numpy(zero_copy_only=False)
        return mask


def clean_column(raw: pa.Array | pa.ChunkedArray, clean: Cleaner, plain: Plain | None = None) -> Column:
    """Clean each distinct value once; those that are plain are not looked at.

    >>> column = clean_column(pa.array(["a", None, "a"]), lambda value: Cleaned(value.upper()))
    >>> column.values.to_pylist(), column.status.tolist()
    (['A', None, 'A'], [0, 1, 0])
    """
    parts = parse_column(raw, clean, Cleaned._fields, plain)
    invalid_rows = pa.array(np.flatnonzero(parts.status == Status.INVALID))
    return Column(parts.texts["value"], parts.status, parts.texts["reason"].take(invalid_rows))


def parse_column(
    raw: pa.Array | pa.ChunkedArray,
    parse: Callable[[str], tuple[Any, ...]],
    names: tuple[str, ...],
    plain: Plain | None = None,
) -> Parts:
    """Take each distinct value apart once; ``names`` are those of the parts in their order, ``status`` among them.

    Where most values are different it costs less to know the plain ones row by row than to find the distinct ones.
    """
    if plain is None:
        distinct = distinct_values(raw)
        return _each(distinct.dictionary, parse, names).take(distinct.indices)
    rows = _one_array(raw)
    if not _repeats(rows):
        return except_plain(rows, plain, lambda odd: parse_column(odd, parse, names))
    distinct = distinct_values(rows)
    parts = except_plain(distinct.dictionary, plain, lambda odd: _each(odd, parse, names))
    return parts.take(distinct.indices)


def except_plain(values: pa.Array, plain: Plain, parse: Callable[[pa.Array], Parts]) -> Parts:
    """Take apart the values that are not plain, and put them among the others."""
    odd = ~plain.mask(values)
    mask = pa.array(odd)
    parts = parse(values.filter(mask))
    status = np.full(len(values), Status.KEPT, np.uint8)
    status[odd] = parts.status
    texts = {}
    for name, found in parts.texts.items():
        text = values if name in plain.parts else pa.nulls(len(values), pa.string())
        blank = name not in plain.parts and found.null_count == len(found)
        texts[name] = text if blank else pc.replace_with_mask(text, mask, found)
    return Parts(texts, status)


def _each(values: pa.Array, parse: Callable[[str], tuple[Any, ...]], names: tuple[str, ...]) -> Parts:
    """Take every value apart."""
    parsed = [parse(value) for value in values.to_pylist()]
    columns = dict(zip(names, zip(*parsed, strict=True) if parsed else ((),) * len(names), strict=True))
    status = np.array(columns.pop("status"), np.uint8)
    return Parts({name: pa.array(column, pa.string()) for name, column in columns.items()}, status)


SAMPLE_ROWS = 10_000


def _repeats(values: pa.Array) -> bool:
    """Whether values come again and again, by a sample from all over the column."""
    places = np.linspace(0, max(len(values) - 1, 0), min(len(values), SAMPLE_ROWS)).astype(np.int64)
    return 2 * int(pc.count_distinct(values.take(pa.array(places))).as_py()) < len(places)


def distinct_values(raw: pa.Array | pa.ChunkedArray) -> pa.DictionaryArray:
    """Give each row's place among the distinct values; blank text is null."""
    codes = _one_array(raw).dictionary_encode()
    if isinstance(codes, pa.ChunkedArray):  # more text than one array holds
        codes = codes.unify_dictionaries().combine_chunks()
    blank = pc.match_substring_regex(codes.dictionary, r"^\s*$")
    if not pc.any(blank).as_py():
        return codes
    return pc.if_else(blank, None, codes.dictionary).take(codes.indices).dictionary_encode()


def _one_array(raw: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    return raw.combine_chunks() if isinstance(raw, pa.ChunkedArray) else raw


def nothing(length: int) -> Column:
    """Give a column in which everything is missing."""
    missing = np.full(length, Status.MISSING, np.uint8)
    return Column(pa.nulls(length, pa.string()), missing, pa.nulls(0, pa.string()))


def as_given(raw: pa.ChunkedArray) -> Column:
    """Give a column that is taken as it stands."""
    return Column(raw.combine_chunks(), status_of_given(raw), pa.nulls(0, pa.string()))


def status_of_given(raw: pa.ChunkedArray) -> npt.NDArray[np.uint8]:
    """Kept or missing, row by row."""
    missing = pc.is_null(raw).to_numpy().astype(bool)
    return np.where(missing, np.uint8(Status.MISSING), np.uint8(Status.KEPT))


def _taken(text: pa.Array, places: pa.Array) -> pa.Array:
    return pa.nulls(len(places), pa.string()) if text.null_count == len(text) else text.take(places)


def _set(status: npt.NDArray[np.uint8], rows: Mask, value: Status) -> npt.NDArray[np.uint8]:
    changed = status.copy()
    changed[rows] = value
    return changed


_FILLER = re.compile(
    r"[\W_]*|N/?A|NONE|NULL|NAN|<NA>|UNK|UNKN?OWN|NOT (?:KNOWN|AVAILABLE|PROVIDED|GIVEN)|PENDING|REFUSED|X{2,}",
    re.IGNORECASE,
)


def is_filler(text: str) -> bool:
    """Whether text says that there is nothing, in a field that is not a name.

    >>> [is_filler(text) for text in ("N/A", "--", "unknown", "12 ELM ST")]
    [True, True, True, False]
    """
    return _FILLER.fullmatch(text.strip()) is not None
