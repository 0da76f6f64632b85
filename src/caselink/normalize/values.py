"""One value cleaned, and a column cleaned through its distinct values.

A million rows hold some ten thousand names and dates: each distinct value is looked at once, in plain Python, and the
outcome is taken back to the rows.
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
    """Values that are clean as they stand: they match ``form`` and not ``suspect``, as Arrow's RE2 reads patterns."""

    form: str
    suspect: str | None = None

    def mask(self, values: pa.Array) -> Mask:
        """Which of the values are clean; a cleaner must give them back unchanged."""
        plain = pc.match_substring_regex(values, self.form)
        if self.suspect is not None:
            plain = pc.and_(plain, pc.invert(pc.match_substring_regex(values, self.suspect)))
        mask: Mask = plain.to_numpy(zero_copy_only=False).astype(bool)
        return mask


@dataclass(frozen=True, slots=True)
class Column:
    """A cleaned column, row by row: the values, the status of each, and why a value is invalid."""

    values: pa.Array
    status: npt.NDArray[np.uint8]
    reasons: pa.Array

    def blanked(self, rows: Mask, status: Status = Status.PLACEHOLDER) -> Column:
        """Make values missing in ``rows``; those that were there get ``status``."""
        present = rows & self.present
        return replace(
            self, values=pc.if_else(pa.array(rows), None, self.values), status=_set(self.status, present, status)
        )

    def marked(self, rows: Mask, status: Status) -> Column:
        """Change the status of ``rows``."""
        return replace(self, status=_set(self.status, rows, status))

    @property
    def present(self) -> Mask:
        """Where a usable value is."""
        mask: Mask = self.values.is_valid().to_numpy(zero_copy_only=False)
        return mask


def clean_column(raw: pa.Array | pa.ChunkedArray, clean: Cleaner, plain: Plain | None = None) -> Column:
    """Clean each distinct value once.

    >>> column = clean_column(pa.array(["a", None, "a"]), lambda value: Cleaned(value.upper()))
    >>> column.values.to_pylist(), column.status.tolist()
    (['A', None, 'A'], [0, 1, 0])
    """
    distinct = distinct_values(raw)
    values = distinct.dictionary
    odd = np.ones(len(values), bool) if plain is None else ~plain.mask(values)
    cleaned = [clean(value) for value in values.filter(pa.array(odd)).to_pylist()]
    status = np.zeros(len(values), np.uint8)
    status[odd] = [row.status for row in cleaned]
    reasons = np.full(len(values), None, dtype=object)
    reasons[odd] = [row.reason for row in cleaned]
    values = pc.replace_with_mask(values, pa.array(odd), pa.array([row.value for row in cleaned], pa.string()))
    return Column(
        values=values.take(distinct.indices),
        status=_take(status, distinct.indices, Status.MISSING),
        reasons=pa.array(reasons, pa.string()).take(distinct.indices),
    )


def parse_column(
    raw: pa.Array | pa.ChunkedArray, parse: Callable[[str], tuple[Any, ...]], names: tuple[str, ...]
) -> dict[str, pa.Array]:
    """Take each distinct value apart once; gives one text column for each of ``names``, in the order of the parts."""
    distinct = distinct_values(raw)
    parts = [parse(value) for value in distinct.dictionary.to_pylist()]
    columns = zip(*parts, strict=True) if parts else [[] for _ in names]
    return {
        name: pa.array(column, pa.string()).take(distinct.indices) for name, column in zip(names, columns, strict=True)
    }


def distinct_values(raw: pa.Array | pa.ChunkedArray) -> pa.DictionaryArray:
    """Give each row's place among the distinct values; blank text is null."""
    codes = raw.dictionary_encode()
    if isinstance(codes, pa.ChunkedArray):
        codes = codes.unify_dictionaries().combine_chunks()
    blank = pc.match_substring_regex(codes.dictionary, r"^\s*$")
    if not pc.any(blank).as_py():
        return codes
    return pc.if_else(blank, None, codes.dictionary).take(codes.indices).dictionary_encode()


def nothing(length: int) -> Column:
    """Give a column in which everything is missing."""
    empty = pa.nulls(length, pa.string())
    return Column(empty, np.full(length, Status.MISSING, np.uint8), empty)


def _take(values: npt.NDArray[np.uint8], indices: pa.Array, missing: int) -> npt.NDArray[np.uint8]:
    places = np.asarray(indices.fill_null(len(values)), np.int64)
    return np.append(values, np.uint8(missing))[places]


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
