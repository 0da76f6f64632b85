"""Keys: what records must share to meet. A column, something derived from each of its distinct values, or two columns.

``first_name|last_name`` are both names in either order, so that somebody whose names were keyed into each other's field
meets the own records; ``first_name|last_name.soundex`` are both derived.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from caselink.encoding import Column, EncodedRecords
from caselink.errors import SpecError

Texts: TypeAlias = pa.LargeStringArray
Derive: TypeAlias = Callable[[Texts], Texts]
EITHER_ORDER = "|"
_KNOWN = "[^0-]"  # a part of a date that is not all zeros


def _each(name: str) -> Derive:
    """A phonetic code of jellyfish for every text."""

    def derive(values: Texts) -> Texts:
        import jellyfish

        code = getattr(jellyfish, name)
        return pa.array([code(value) for value in values.to_pylist()], pa.large_string())

    return derive


def _slice(start: int, stop: int | None, *needed: tuple[int, int]) -> Derive:
    """Characters from ``start`` to ``stop``, missing where a ``needed`` piece of the text is unknown."""

    def derive(values: Texts) -> Texts:
        known = pa.scalar(value=True)
        for first, last in needed:
            piece = pc.utf8_slice_codeunits(values, first, last)
            known = pc.and_(known, pc.match_substring_regex(piece, _KNOWN))
        return pc.if_else(known, pc.utf8_slice_codeunits(values, start, stop), pa.scalar(None, pa.large_string()))

    return derive


def _month_or_day(values: Texts) -> Texts:
    """The date with month and day in ascending order, so that a date and its swap share a key."""
    date = _slice(0, 10, (0, 4), (5, 7), (8, 10))(values)
    month, day = pc.utf8_slice_codeunits(date, 5, 7), pc.utf8_slice_codeunits(date, 8, 10)
    in_order = pc.less_equal(month, day)
    first, second = pc.if_else(in_order, month, day), pc.if_else(in_order, day, month)
    return pc.binary_join_element_wise(
        pc.utf8_slice_codeunits(date, 0, 4), first, second, pa.scalar("", pa.large_string())
    )


def _house_number(values: Texts) -> Texts:
    return pc.struct_field(pc.extract_regex(values, "^(?P<number>[0-9]+)"), "number")


DERIVATIONS: dict[str, Derive] = {
    "initial": _slice(0, 1),
    "soundex": _each("soundex"),
    "nysiis": _each("nysiis"),
    "metaphone": _each("metaphone"),
    "year": _slice(0, 4, (0, 4)),
    "month_day": _slice(5, 10, (5, 7), (8, 10)),
    "year_month": _slice(0, 7, (0, 4), (5, 7)),
    "month_or_day": _month_or_day,
    "number": _house_number,
}
"""Key derivations by name; ``first<N>`` and ``last<N>`` (the first or last N characters) are there too."""


def key_columns(key: str, columns: Iterable[str] = ()) -> tuple[str, ...]:
    """The columns that a key reads: ``"last_name.soundex"`` reads ``last_name``.

    >>> key_columns("birth_date.year"), key_columns("first_name|last_name.soundex")
    (('birth_date',), ('first_name', 'last_name'))
    """
    return (key,) if key in columns else tuple(key.partition(".")[0].split(EITHER_ORDER))


def derivation(key: str) -> Derive:
    """What a key's ending computes from texts; raises :class:`SpecError` for an ending nobody knows."""
    _, _, name = key.partition(".")
    cut = re.fullmatch(r"(first|last)(\d+)", name)
    if cut:
        return _cut(cut[1] == "first", int(cut[2]))
    if name not in DERIVATIONS:
        msg = f"blocking key {key!r}: unknown ending; known are {sorted(DERIVATIONS)}, first<N> and last<N>"
        raise SpecError(msg)
    return DERIVATIONS[name]


def _cut(first: bool, length: int) -> Derive:  # noqa: FBT001  (a private choice of two)
    def cut(values: Texts) -> Texts:
        start, stop = (0, length) if first else (-length, None)
        piece = pc.utf8_slice_codeunits(values, start, stop)
        long_enough = pc.greater_equal(pc.utf8_length(values), length)
        return pc.if_else(long_enough, piece, pa.scalar(None, pa.large_string()))

    return cut


def key_codes(records: EncodedRecords, key: str) -> Column:
    """The key of every record as a column of codes, -1 where a column or what is derived is missing."""
    names = key_columns(key, records.columns)
    columns = [records.columns[name] for name in names]
    if names != (key,) and "." in key:
        derive = derivation(key)
        columns = [column.derived(derive) for column in columns]
    return columns[0] if len(columns) == 1 else _in_either_order(*columns)


def _in_either_order(one: Column, other: Column) -> Column:
    """One code for two values, whichever of them stands in which column; missing where either is."""
    both = pa.concat_arrays([one.values, other.values]).dictionary_encode()
    alphabetic = pc.sort_indices(both.dictionary)
    n = len(alphabetic)
    rank = np.empty(n, np.int64)
    rank[alphabetic.to_numpy()] = np.arange(n)
    place = np.append(rank[both.indices.to_numpy()], -1)
    first = place[one.codes]
    second = place[np.where(other.codes < 0, -1, other.codes + len(one.values))]
    pair = np.where((first < 0) | (second < 0), -1, np.minimum(first, second) * n + np.maximum(first, second))
    coded = pa.array(pair, mask=pair < 0).dictionary_encode()
    low, high = np.divmod(coded.dictionary.to_numpy(), max(n, 1))
    texts = both.dictionary.take(alphabetic)
    joined = pc.binary_join_element_wise(
        texts.take(pa.array(low)), texts.take(pa.array(high)), pa.scalar(" ", texts.type)
    )
    return Column(coded.indices.fill_null(-1).to_numpy(zero_copy_only=False), joined)


def check_key(key: str) -> None:
    """Raise :class:`SpecError` for a key with an ending nobody knows, or of more than two columns."""
    names = key_columns(key)
    if len(set(names)) != len(names) or len(names) > 2 or not all(names):
        msg = f"blocking key {key!r}: give one column, or two different ones as 'first_name|last_name'"
        raise SpecError(msg)
    if "." in key:
        derivation(key)
