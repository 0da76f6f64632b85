"""Keys: what records must share to meet. A column, or something derived from each of its distinct values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from caselink.encoding import Column, EncodedRecords
from caselink.errors import SpecError

Derive: TypeAlias = Callable[[str], str | None]


def _soundex(value: str) -> str | None:
    from jellyfish import soundex

    return soundex(value) or None


def _nysiis(value: str) -> str | None:
    from jellyfish import nysiis

    return nysiis(value) or None


def _metaphone(value: str) -> str | None:
    from jellyfish import metaphone

    return metaphone(value) or None


def _house_number(value: str) -> str | None:
    found = re.match(r"\d+", value)
    return found.group() if found else None


def _known(text: str) -> str | None:
    return text if text.strip("0-") else None


def _month_day(value: str) -> str | None:
    return value[5:10] if _known(value[5:7]) and _known(value[8:10]) else None


def _year_month(value: str) -> str | None:
    return value[:7] if _known(value[:4]) and _known(value[5:7]) else None


def _day_first(value: str) -> str | None:
    """The date with month and day in ascending order, so that a date and its swap share a key."""
    return value[:4] + "".join(sorted([value[5:7], value[8:10]])) if _month_day(value) and _known(value[:4]) else None


DERIVATIONS: dict[str, Derive] = {
    "initial": lambda value: value[:1],
    "soundex": _soundex,
    "nysiis": _nysiis,
    "metaphone": _metaphone,
    "year": lambda value: _known(value[:4]),
    "month_day": _month_day,
    "year_month": _year_month,
    "month_or_day": _day_first,
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
    """What a key's ending computes from a value; raises :class:`SpecError` for an ending nobody knows."""
    _, _, name = key.partition(".")
    cut = re.fullmatch(r"(first|last)(\d+)", name)
    if cut:
        return _cut(cut[1] == "first", int(cut[2]))
    if name not in DERIVATIONS:
        msg = f"blocking key {key!r}: unknown ending; known are {sorted(DERIVATIONS)}, first<N> and last<N>"
        raise SpecError(msg)
    return DERIVATIONS[name]


def _cut(first: bool, length: int) -> Derive:  # noqa: FBT001  (a private choice of two)
    def cut(value: str) -> str | None:
        if len(value) < length:
            return None
        return value[:length] if first else value[-length:]

    return cut


def key_codes(records: EncodedRecords, key: str) -> Column:
    """The key of every record as a column of codes, -1 where the column or what is derived is missing."""
    name = key_column(key, records.columns)
    column = records.columns[name]
    if name == key:
        return column
    derive = derivation(key)

    def every(values: Sequence[str]) -> Iterable[str | None]:
        return (derive(value) or None for value in values)

    return column.derived(every)
