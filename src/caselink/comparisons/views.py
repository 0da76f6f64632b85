"""Views: a column as the kernel looks at it, computed once a distinct value.

The values of all views are numbered in one row and their texts lie in one buffer, so that the kernel has one place to
look.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from caselink.comparisons.further_nicknames import full_names
from caselink.comparisons.holders import held_by_others
from caselink.encoding import Column, EncodedRecords, text_units
from caselink.errors import InputError

SEPARATOR = "\0"
"""Between the names that stand as column of a view of several: the place of a record's source among those of ``listed
source``; of ``holders``, a number and the names and dates that tell its holders apart."""

_TEXT_VIEWS = (
    "name",
    "names",
    "set",
    "street",
    "text",
)  # in this order: those with parts first, then those with a fact
_HOUSE_NUMBER = "^[0-9]{1,9} *"
_DIGITS = {"date": 8, "digits": 15}
_NARROWEST, _PILE = 8, 5  # characters of a field that cuts names; different values that show it


@dataclass(frozen=True, slots=True)
class Views:
    """Words a record (``int32``, records x words), the first word of each view, and the facts of all values.

    ``values``: text units, (start, letter signature) a value, facts, starts of parts, parts, numbers.
    """

    words: npt.NDArray[np.int32] = field(repr=False)
    word: dict[tuple[str, str], int]
    values: tuple[Any, ...] = field(repr=False)


def view_words(records: EncodedRecords, wanted: Sequence[tuple[str, str]]) -> Views:
    """Lay out the words for all ``wanted`` (column, view) pairs."""
    from caselink.comparisons.pattern_kernels import text_places

    views = sorted(set(wanted), key=lambda view: (_place(view[1]), view))
    layout = _Layout(records)
    word: dict[tuple[str, str], int] = {}
    for column, view in views:
        word[column, view] = len(layout.words)
        layout.add(column, view)
    words = np.empty((len(records), max(1, len(layout.words))), np.int32)
    for number, column_words in enumerate(layout.words):
        words[:, number] = column_words
    text = np.concatenate([np.zeros(1, np.uint16), *layout.text])
    start = np.cumsum(np.concatenate([[1], *layout.length]), dtype=np.int64)
    values = (
        text,
        text_places(text, start),
        np.concatenate([np.zeros(1, np.int32), *layout.fact])[1:],
        np.cumsum(np.concatenate([[0], *layout.n_items]), dtype=np.int64),
        np.concatenate([np.zeros(1, np.uint32), *layout.items])[1:],
        np.concatenate([np.zeros(1), *layout.number])[1:],
    )
    return Views(words, word, values)


@dataclass(slots=True)
class _Layout:
    """What is laid out so far."""

    records: EncodedRecords
    n_values: int = 0
    words: list[npt.NDArray[np.int32]] = field(default_factory=list)
    text: list[npt.NDArray[np.uint16]] = field(default_factory=list)
    length: list[npt.NDArray[np.int64]] = field(default_factory=list)
    fact: list[npt.NDArray[np.int32]] = field(default_factory=list)
    n_items: list[npt.NDArray[np.int64]] = field(default_factory=list)
    items: list[npt.NDArray[np.uint32]] = field(default_factory=list)
    number: list[npt.NDArray[np.float64]] = field(default_factory=list)

    def add(self, name: str, view: str) -> None:
        if view == "source":
            self.words.append(self.records.source)
        elif view == "listed source":
            self.words.append(self._listed_sources(name.split(SEPARATOR)))
        elif view == "holders":
            self.words.append(self._holders(*name.split(SEPARATOR)))
        elif view == "code":
            self.words.append(self.records.columns[name].codes)
        elif view in _DIGITS:
            self._add_digits(self.records.columns[name], _DIGITS[view])
        elif view == "number":
            self._add_numbers(name, self.records.columns[name])
        else:
            self._add_texts(self.records.columns[name], view)

    def _listed_sources(self, listed: Sequence[str]) -> npt.NDArray[np.int32]:
        place = {source: number for number, source in enumerate(listed)}
        return np.array([place.get(source, -1) for source in self.records.sources], np.int32)[self.records.source]

    def _holders(self, number: str, *names: str) -> npt.NDArray[np.int32]:
        columns = self.records.columns
        held = held_by_others(columns[number], [columns[name] for name in names], _name_parts)
        return np.where(held, 0, -1).astype(np.int32)

    def _add_texts(self, column: Column, view: str) -> None:
        if view in ("names", "set"):
            column = column.derived(_as_sets)
        texts = column.values if view != "street" else pc.replace_substring_regex(column.values, _HOUSE_NUMBER, "")
        units, start = text_units(texts)
        self.words.append(np.where(column.codes < 0, -1, column.codes + self.n_values).astype(np.int32))
        self.text.append(units)
        self.length.append(np.diff(start))
        self.n_values += len(column.values)
        if view in _PARTS:
            parts = [_PARTS[view](value) for value in column.values.to_pylist()]
            self.n_items.append(np.array([len(p) for p in parts], np.int64))
            self.items.append(np.array([item for p in parts for item in p], np.uint32))
        if view == "name":
            cut = may_be_cut(column, np.diff(start), self.records.source)
            self.fact.append(4 * _facts(column.values, view) + 2 * _has_parts(column.values) + cut)
        elif view != "text":
            self.fact.append(_facts(column.values, view))

    def _add_digits(self, column: Column, most: int) -> None:
        from caselink.comparisons.pattern_kernels import pack_digits

        packed = np.append(pack_digits(*text_units(column.values), most), -1)[column.codes]
        if most == _DIGITS["date"]:
            self.words.append(np.where(packed < 0, 0, packed).astype(np.uint32).view(np.int32))
        else:
            self.words.append((packed >> 32).astype(np.int32))
            self.words.append((packed & 0xFFFFFFFF).astype(np.uint32).view(np.int32))

    def _add_numbers(self, name: str, column: Column) -> None:
        try:
            numbers = column.values.cast(pa.float64()).to_numpy(zero_copy_only=False)
        except pa.ArrowInvalid:
            numbers = np.array([np.nan])
        if not np.isfinite(numbers).all():
            raise InputError("holds values that are not numbers; compare it as text or clean it", field=name)
        before = sum(len(n) for n in self.number)
        self.words.append(np.where(column.codes < 0, -1, column.codes + before).astype(np.int32))
        self.number.append(numbers)


def _place(view: str) -> int:
    return _TEXT_VIEWS.index(view) if view in _TEXT_VIEWS else len(_TEXT_VIEWS)


def _facts(values: pa.LargeStringArray, view: str) -> npt.NDArray[np.int32]:
    """One number a value: the sound of a name, the number of a house; -1 for none."""
    if view == "name":
        sounds = pa.array([_sound(value) for value in values.to_pylist()], pa.large_string()).dictionary_encode()
        return np.asarray(sounds.indices.fill_null(-1).to_numpy(zero_copy_only=False), np.int32)
    if view == "street":
        number = pc.struct_field(pc.extract_regex(values, f"(?P<number>{_HOUSE_NUMBER})"), "number")
        known = pc.cast(pc.utf8_trim_whitespace(number), pa.int32())
        return np.asarray(known.fill_null(-1).to_numpy(zero_copy_only=False), np.int32)
    return np.full(len(values), -1, np.int32)


def _sound(value: str) -> str | None:
    import jellyfish

    return jellyfish.metaphone(value) or None


def _has_parts(values: pa.LargeStringArray) -> npt.NDArray[np.bool_]:
    """Whether a name has two words of three letters and more."""
    found: npt.NDArray[np.bool_] = pc.match_substring_regex(values, r"[^ ]{3}.* [^ ]{3}").to_numpy(zero_copy_only=False)
    return found


def _name_parts(value: str) -> list[int]:
    """Hashes of a name's words of three letters and more and of the full names that each may be short for."""
    words = {word for word in value.split() if len(word) > 2} or {value}  # DE, LA, EL join names
    full = {name for word in words for name in _full_names(word)}
    return sorted({crc32(name.encode()) for name in words | full})


def _as_sets(values: pa.LargeStringArray) -> pa.LargeStringArray:
    """The same text for the same set, whatever the order of its values and however often one stands there."""
    return pa.array(["|".join(sorted(set(value.split("|")) - {""})) for value in values.to_pylist()], pa.large_string())


def _names_parts(value: str) -> list[int]:
    return sorted({part for name in value.split("|") for part in _name_parts(name)})


def _set_parts(value: str) -> list[int]:
    return sorted({crc32(part.encode()) for part in value.split("|")})


_PARTS = {"name": _name_parts, "names": _names_parts, "set": _set_parts}


def may_be_cut(column: Column, length: npt.NDArray[np.int64], source: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
    """Which distinct values may be cut, being as long as the field of a source that cuts.

    A source cuts if several values have the greatest length, twice as many as the length before: values get fewer the
    longer they are, unless all that would be longer end there.
    """
    held = column.codes >= 0
    source, code = source[held], column.codes[held]
    cut = np.zeros(len(length), bool)
    if not len(code):
        return cut
    longest = np.zeros(int(source.max()) + 1, np.int64)
    np.maximum.at(longest, source, length[code])
    near = length[code] >= longest[source] - 1
    pairs = np.unique(source[near].astype(np.int64) * len(length) + code[near])
    source, code = pairs // len(length), pairs % len(length)
    at_end = length[code] == longest[source]
    ends, before = (np.bincount(source[rows], minlength=len(longest)) for rows in (at_end, ~at_end))
    cutting = (longest >= _NARROWEST) & (ends >= _PILE) & (ends >= 2 * before)
    cut[code[at_end & cutting[source]]] = True
    return cut


@lru_cache(maxsize=1)
def _nicknames() -> Any:  # noqa: ANN401  (a package without types)
    from nicknames import NickNamer

    return NickNamer()


@lru_cache(maxsize=100_000)
def _full_names(word: str) -> frozenset[str]:
    english = {name.upper() for name in _nicknames().canonicals_of(word.lower())}
    return full_names(word) | english
