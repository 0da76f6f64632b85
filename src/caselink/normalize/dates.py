"""Birth dates: many ways to write one, one way to keep it, ``YYYY-MM-DD`` with zeros for what is not known.

Decisions, so that nobody has to guess:

- Numbers with separators are month, day, year, unless the first has four digits (then year first). A month above 12
  beside a day that could be one is day first: swapped, and counted as repaired. A source that has such dates and none
  that can only be month first is day first in all (see :func:`day_comes_first`), unless its order is declared.
- A part that cannot be (a 31st of February, a thirteenth month, a damaged character) becomes zeros; the parts that can
  be read are kept and the date counts as repaired. ``00`` and ``99`` are the usual ways to write an unknown part.
- A two-digit year is of this century up to the pivot that the source declares; else if that is not later than the
  extract (``latest``), where its date is known; else up to :data:`TWO_DIGIT_PIVOT`.
- Where the extract's date is known, more than 120 years before it or more than a year after it is invalid.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from typing import NamedTuple

from caselink.normalize.placeholders import values_of
from caselink.normalize.values import PLACEHOLDER, Cleaned, Plain, invalid, is_filler, repaired

TWO_DIGIT_PIVOT = 30
"""``30`` is 2030 and ``31`` is 1931, unless the date of the extract says better."""

EARLIEST_YEAR, LATEST_YEAR = 1800, 2099
MAX_AGE_YEARS = 120

_NOT_A_DATE = "|".join(f"^{value}$" for value in sorted(values_of("birth_date")))
_PLAIN_DATE = "^(?:{})-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])$"

PLAIN = Plain(_PLAIN_DATE.format("(?:18|19|20)[0-9]{2}"), _NOT_A_DATE)
"""Where the date of the extract is not known."""

_FILLERS = values_of("birth_date")
_TIME = re.compile(r"[T ]\d{1,2}:\d{2}.*$|(?<=^\d{8})\.0+$")
_SEPARATOR = re.compile(r"\s*[-/.,\s]\s*")
_TWO_NUMBERS = re.compile(r"(\d{1,2})\s*[-/.\s]\s*(\d{1,2})\s*[-/.\s]\s*(?:\d{4}|\d\d)(?!\d)", re.ASCII)
_ENOUGH = 5  # dates that can only be day first
_MONTH_NAMES = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC"
_MONTHS = {name: place for place, name in enumerate(_MONTH_NAMES.split(), start=1)}
_MONTH_NAME = re.compile(rf"(?:{'|'.join(_MONTHS)})[A-Z]*")


class _Parts(NamedTuple):
    """Year, month and day as text, as they stand; ``sure`` is false when the order had to be concluded."""

    year: str
    month: str
    day: str
    sure: bool = True


def clean_birth_date(
    value: str, *, latest: str | None = None, pivot: int | None = None, day_first: bool = False
) -> Cleaned:
    """Give ``YYYY-MM-DD``, zeros where a part is unknown.

    ``latest`` is the date of the extract, ``pivot`` the last two-digit year of this century; ``day_first`` says that
    the source writes the day before the month.

    >>> [clean_birth_date(text).value for text in ("3/5/1985", "19850305", "1985-03", "07/2x/1999", "1985-02-31")]
    ['1985-03-05', '1985-03-05', '1985-03-00', '1999-07-00', '1985-02-00']
    >>> clean_birth_date("01/01/1900").status.name, clean_birth_date("someday").reason
    ('PLACEHOLDER', 'not a date')
    """
    text = _TIME.sub("", value.strip().upper())
    if is_filler(text) or set(text) <= set("0-/. ") or set(text) <= set("9-/. "):
        return PLACEHOLDER
    parts = _take_apart(text, day_first=day_first) if len(text) <= 40 else None
    if parts is None:
        return invalid("not a date")
    year, damaged_year = _year(parts.year, latest, pivot)
    month, damaged_month = _bounded(parts.month, 12)
    day, damaged_day = _bounded(parts.day, 31)
    date = f"{year:04d}-{month:02d}-{day:02d}"
    if year == 9999 or date in _FILLERS:
        return PLACEHOLDER
    if year and not _possible(year, latest):
        return invalid("a birth date with a year that cannot be")
    if day > _days(year, month):
        day, damaged_day = 0, True
    if not (year or month or day):
        return invalid("not a date")
    date = f"{year:04d}-{month:02d}-{day:02d}"
    certain = parts.sure and not (damaged_year or damaged_month or damaged_day)
    return Cleaned(date) if certain else repaired(date)


def plain_dates(latest: str | None) -> Plain | None:
    """Give the birth dates that are clean in an extract of the date ``latest``."""
    if latest is None:
        return PLAIN
    if not (latest[:4].isascii() and latest[:4].isdigit()):
        return None
    years = (str(year) for year in range(EARLIEST_YEAR, LATEST_YEAR + 1) if _possible(year, latest))
    return Plain(_PLAIN_DATE.format("|".join(years)), _NOT_A_DATE)


def clean_year(value: str, *, latest: str | None = None, pivot: int | None = None) -> Cleaned:
    """Give the year of birth, four digits."""
    text = value.strip().removesuffix(".0")
    if is_filler(text) or text in {"0", "00", "0000", "9999"}:
        return PLACEHOLDER
    year, damaged = _year(text, latest, pivot)
    if damaged or not _possible(year, latest):
        return invalid("not a year of birth")
    return Cleaned(f"{year:04d}")


def clean_month_of_birth(value: str) -> Cleaned:
    """Give the month of birth, two digits."""
    return _clean_part(value, 12)


def clean_day_of_birth(value: str) -> Cleaned:
    """Give the day of birth, two digits."""
    return _clean_part(value, 31)


def _clean_part(value: str, most: int) -> Cleaned:
    text = value.strip().upper().removesuffix(".0")
    if is_filler(text):
        return PLACEHOLDER
    number, damaged = _bounded(text, most)
    if number:
        return Cleaned(f"{number:02d}")
    return invalid("not a month" if most == 12 else "not a day of a month") if damaged else PLACEHOLDER


def day_comes_first(values: Iterable[str]) -> bool:
    """Whether dates of numbers are day first: several can only be so, and hardly one in a hundred of those not.

    >>> day_comes_first(["25/12/1985", "31/01/1990", "13/02/1991", "14/02/1991", "15/02/1991", "03/05/1985"])
    True
    """
    day_first, month_first = 0, 0
    for value in values:
        found = _TWO_NUMBERS.match(value.strip())
        if found:
            first, second = int(found[1]), int(found[2])
            day_first += 12 < first <= 31 and 1 <= second <= 12
            month_first += 12 < second <= 31 and 1 <= first <= 12
    return day_first >= _ENOUGH and month_first * 100 <= day_first


def _take_apart(text: str, *, day_first: bool) -> _Parts | None:
    pieces = [piece for piece in _SEPARATOR.split(text) if piece]
    if len(pieces) == 1:
        return _unseparated(text, day_first=day_first)
    if len(pieces) == 2:
        first, second = pieces
        return _Parts(first, second, "0") if len(first) == 4 else _Parts(second, first, "0")
    if len(pieces) == 3 and max(map(len, pieces)) <= 9:
        return _three(pieces, day_first=day_first)
    return None


def _three(pieces: list[str], *, day_first: bool) -> _Parts:
    named = next((place for place, piece in enumerate(pieces) if _MONTH_NAME.fullmatch(piece)), None)
    if named is not None:
        return _with_month_name(pieces, named)
    if len(pieces[0]) == 4 or (len(pieces[0]) == 2 and 31 < _number(pieces[0]) < 99):
        year, month, day = pieces
        return _Parts(year, month, day, sure=len(year) == 4)
    month, day, year = (pieces[1], pieces[0], pieces[2]) if day_first else pieces
    if 12 < _number(month) <= 31 and 1 <= _number(day) <= 12:
        return _Parts(year, day, month, sure=False)
    return _Parts(year, month, day)


def _with_month_name(pieces: list[str], named: int) -> _Parts:
    month = str(_MONTHS[pieces[named][:3]])
    first, second = (piece for place, piece in enumerate(pieces) if place != named)
    year, day = (first, second) if len(first) == 4 else (second, first)
    return _Parts(year, month, day)


def _unseparated(text: str, *, day_first: bool) -> _Parts | None:
    """Take apart what has no separators, by its length."""
    if not text.isascii() or (not text.isdigit() and len(text) != 8):
        return None
    if len(text) == 8:
        return _eight(text, day_first=day_first)
    if len(text) == 7:  # the leading zero was lost
        return _eight("0" + text, day_first=day_first)._replace(sure=False)
    if len(text) == 6:
        return _six(text, day_first=day_first)
    return _Parts(text, "0", "0") if len(text) == 4 else None


def _eight(text: str, *, day_first: bool) -> _Parts:
    year_first = _Parts(text[:4], text[4:6], text[6:])
    month_first = _Parts(text[4:], text[:2], text[2:4], sure=not day_first)
    days_first = _Parts(text[4:], text[2:4], text[:2], sure=day_first)
    usual, other = (days_first, month_first) if day_first else (month_first, days_first)
    for parts in (year_first, usual, other):
        if _possible(_number(parts.year), None) and 0 <= _number(parts.month) <= 12 and 0 <= _number(parts.day) <= 31:
            return parts
    likely = usual if _possible(_number(usual.year), None) else year_first
    return year_first if _possible(_number(year_first.year), None) or year_first.year == "9999" else likely


def _six(text: str, *, day_first: bool) -> _Parts:
    if _possible(int(text[:4]), None) and 1 <= int(text[4:]) <= 12:
        return _Parts(text[:4], text[4:], "0")
    if day_first and int(text[:2]) <= 31:
        return _Parts(text[4:], text[2:4], text[:2])
    if int(text[:2]) > 12:
        return _Parts(text[:2], text[2:4], text[4:], sure=False)
    return _Parts(text[4:], text[:2], text[2:4])


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else -1


def _year(text: str, latest: str | None, pivot: int | None) -> tuple[int, bool]:
    """Give the year, 0 where unknown, and whether what stands there is damaged."""
    number = _number(text)
    if number < 0 or len(text) not in (2, 4):
        return 0, _number(text) != 0
    if len(text) == 4 or (number == 0 and latest is None and pivot is None):
        return number, False
    if pivot is None:
        pivot = TWO_DIGIT_PIVOT if latest is None else int(latest[2:4])
    return number + (2000 if number <= pivot else 1900), False


def _bounded(text: str, most: int) -> tuple[int, bool]:
    """Give a month or day, 0 where unknown, and whether what stands there is damaged."""
    if _MONTH_NAME.fullmatch(text) and most == 12:
        return _MONTHS[text[:3]], False
    number = _number(text)
    if number in (0, 99):
        return 0, False
    return (number, False) if 0 < number <= most else (0, True)


def _possible(year: int, latest: str | None) -> bool:
    if latest is None:
        return EARLIEST_YEAR <= year <= LATEST_YEAR
    return int(latest[:4]) - MAX_AGE_YEARS <= year <= int(latest[:4]) + 1


def _days(year: int, month: int) -> int:
    return monthrange(year or 2000, month)[1] if month else 31
