"""Keys: what records must share to meet. A column, or something derived from each of its distinct values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from caselink.encoding import Column, EncodedRecords
from caselink.errors import SpecError

Texts: TypeAlias = pa.LargeStringArray
Derive: TypeAlias = Callable[[Texts], Texts]
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


def key_column(key: str, columns: Iterable[str]) -> str:
    """The column that a key reads: ``"last_name.soundex"`` reads ``last_name``.

    >>> key_column("birth_date.year", ["birth_date"])
    'birth_date'
    """
    if key in columns:
        return key
    return key.partition(".")[0]


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
    """The key of every record as a column of codes, -1 where the column or what is derived is missing."""
    name = key_column(key, records.columns)
    column = records.columns[name]
    return column if name == key else column.derived(derivation(key))
