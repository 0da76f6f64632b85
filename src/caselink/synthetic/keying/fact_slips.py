"""Birth dates, Social Security numbers and sex as keyed."""

from __future__ import annotations

import numpy as np

from caselink.synthetic.draws import Ints, Texts
from caselink.synthetic.keying.sheet import Sheet
from caselink.synthetic.keying.told import NO_SSN, Told
from caselink.synthetic.people import ssn
from caselink.synthetic.people.families import AS_OF

PLACEHOLDER_SSNS = np.array(
    [999_999_999, 0, 888_888_888, 123_456_789, 111_111_111, 78_051_120, 987_654_321], dtype=np.int64
)
"""Fillers that workers type where the number is not known; 0 is written with nine digits."""
_PLACEHOLDER_SHARES = (0.55, 0.22, 0.09, 0.05, 0.05, 0.02, 0.02)
FAVORITE_SHARE = 0.8
PLACEHOLDER_YEAR = 1900
LAST_YEAR = int(AS_OF.astype("datetime64[Y]").astype(np.int64)) + 1970
DATE_COLUMNS = ("birth_year", "birth_month", "birth_day")
WORKERS_PER_OFFICE = 8
GUESSED_WITHIN = 2
"""Years by which a remembered birth date may be off."""
WRONG_YEARS = {-10: 0.2, -1: 0.35, 1: 0.3, 10: 0.15}


def key_birth_dates(sheet: Sheet, told: Told) -> None:
    """Key birth dates; whatever the slip, a date stays one of the calendar, and none is after the extract's year."""
    everybody = "birth_year"
    for kind, date in (("birth_date_missing", (0, 0, 0)), ("birth_date_placeholder", (PLACEHOLDER_YEAR, 1, 1))):
        rows = sheet.hit(kind, everybody)
        _put_date(sheet, kind, rows, *(np.full(len(rows), part) for part in date))
        sheet.close(everybody, rows)
    rows = sheet.hit("relatives_birth_date", everybody, told.relatives_birth["birth_year"] > 0)
    _put_date(sheet, "relatives_birth_date", rows, *(told.relatives_birth[column][rows] for column in DATE_COLUMNS))
    sheet.close(everybody, rows)
    _key_guesses(sheet)
    rows = sheet.hit("january_first", everybody)
    _put_date(sheet, "january_first", rows, sheet.columns["birth_year"][rows], *(np.ones((2, len(rows)), np.int64)))
    month, day = sheet.columns["birth_month"], sheet.columns["birth_day"]
    rows = sheet.hit("month_day_swapped", everybody, (day <= 12) & (day != month))
    _put_date(sheet, "month_day_swapped", rows, sheet.columns["birth_year"][rows], day[rows], month[rows])
    _key_wrong_days(sheet)
    _key_wrong_years(sheet)


def _key_guesses(sheet: Sheet) -> None:
    kind = "birth_date_guessed"
    rows = sheet.hit(kind, "birth_year")
    rng, year = sheet.rng(kind), sheet.columns["birth_year"][rows]
    year = np.minimum(year + rng.integers(-GUESSED_WITHIN, GUESSED_WITHIN + 1, len(rows)), LAST_YEAR - 1)
    _put_date(sheet, kind, rows, year, rng.integers(1, 13, len(rows)), rng.integers(1, 32, len(rows)))
    sheet.close("birth_year", rows)


def _key_wrong_days(sheet: Sheet) -> None:
    kind = "birth_day_wrong"
    rows = sheet.hit(kind, "birth_year")
    year, month, day = (sheet.columns[column][rows] for column in DATE_COLUMNS)
    other = (day + sheet.rng(kind).integers(1, 28, len(rows)) - 1) % 28 + 1
    _put_date(sheet, kind, rows, year, month, other)


def _key_wrong_years(sheet: Sheet) -> None:
    rows = sheet.hit("birth_year_wrong", "birth_year")
    year, month, day = (sheet.columns[column][rows] for column in DATE_COLUMNS)
    step = sheet.rng("birth_year_wrong").choice(list(WRONG_YEARS), len(rows), p=list(WRONG_YEARS.values()))
    step = np.where(year + step > LAST_YEAR, -np.abs(step), step)
    _put_date(sheet, "birth_year_wrong", rows, year + step, month, day)
    year = sheet.columns["birth_year"]
    rows = sheet.hit(
        "wrong_century", "birth_year", (year >= 2000) | ((year > PLACEHOLDER_YEAR) & (year <= LAST_YEAR - 100))
    )
    year, month, day = (sheet.columns[column][rows] for column in DATE_COLUMNS)
    _put_date(sheet, "wrong_century", rows, np.where(year >= 2000, year - 100, year + 100), month, day)


def _put_date(sheet: Sheet, kind: str, rows: Ints, year: Ints, month: Ints, day: Ints) -> None:
    """Write dates, a day that the month does not have as the last one of the month."""
    day = np.where(year > 0, np.minimum(day, _days_in_month(year, month)), 0)
    for column, part in zip(DATE_COLUMNS, (year, month, day), strict=True):
        sheet.put(kind, column, rows, part)


def _days_in_month(year: Ints, month: Ints) -> Ints:
    first = (year - 1970) * 12 + month - 1
    begin, end = (m.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) for m in (first, first + 1))
    return np.asarray(end - begin, dtype=np.int64)


def key_ssns(sheet: Sheet, told: Told) -> None:
    """Key numbers; entry screens refuse impossible ones, so a slip never leaves the valid range."""
    rows = sheet.hit("ssn_missing", "ssn", sheet.columns["ssn"] != NO_SSN)
    _replace(sheet, "ssn_missing", rows, NO_SSN)
    rows = sheet.hit("ssn_placeholder", "ssn")
    _replace(sheet, "ssn_placeholder", rows, _fillers(sheet)[rows])
    known = sheet.columns["ssn"] != NO_SSN
    rows = sheet.hit("shared_number", "ssn", known)
    _replace(sheet, "shared_number", rows, _office_numbers(sheet)[rows])
    rows = sheet.hit("relatives_ssn", "ssn", known & (told.relatives_ssn != NO_SSN))
    _replace(sheet, "relatives_ssn", rows, told.relatives_ssn[rows])
    together = sheet.rng("twins").random(int(told.pair.max(initial=0)) + 1)[told.pair]
    rows = sheet.hit("twins_swapped", "ssn", known & (told.twins_ssn != NO_SSN), uniform=together)
    _replace(sheet, "twins_swapped", rows, told.twins_ssn[rows])
    for kind, slip in (("ssn_digit", ssn.wrong_digit), ("ssn_digits_swapped", ssn.swapped_digits)):
        rows = sheet.hit(kind, "ssn", known)
        wrong = slip(sheet.rng(kind), sheet.columns["ssn"][rows])
        possible = ssn.is_valid(wrong)
        sheet.put(kind, "ssn", rows[possible], wrong[possible])


def _replace(sheet: Sheet, kind: str, rows: Ints, numbers: Ints | int) -> None:
    sheet.put(kind, "ssn", rows, numbers)
    sheet.close("ssn", rows)


def _fillers(sheet: Sheet) -> Ints:
    """What each record's worker types where a number is not known: mostly the worker's own habit."""
    worker = sheet.odds.worker
    n_workers = int(worker.max(initial=0)) + 1
    favorite = sheet.rng("favorite filler").choice(PLACEHOLDER_SSNS, n_workers, p=_PLACEHOLDER_SHARES)
    other = sheet.rng("other filler").choice(PLACEHOLDER_SSNS, len(worker), p=_PLACEHOLDER_SHARES)
    return np.where(sheet.rng("which filler").random(len(worker)) < FAVORITE_SHARE, favorite[worker], other)


def _office_numbers(sheet: Sheet) -> Ints:
    """The number that each record's office types for want of a better one; it is nobody's that the office knows."""
    office = sheet.odds.worker // WORKERS_PER_OFFICE
    rng, n = sheet.rng("office numbers"), int(office.max(initial=0)) + 1
    numbers = rng.integers(1, 600, n) * 1_000_000 + rng.integers(1, 100, n) * 10_000 + rng.integers(1, 9_999, n)
    return np.asarray(numbers[office])


def key_sex(sheet: Sheet) -> None:
    """Key sex: missing, a worker's default, or the other code."""
    column = "sex"
    rows = sheet.hit("sex_missing", column)
    sheet.put("sex_missing", column, rows, None)
    sheet.close(column, rows)
    rows = sheet.hit("sex_default", column)
    sheet.put("sex_default", column, rows, _default_codes(sheet)[rows])
    sheet.close(column, rows)
    rows = sheet.hit("sex_wrong", column)
    sheet.put("sex_wrong", column, rows, np.where(sheet.columns[column][rows] == "F", "M", "F").astype(object))


def _default_codes(sheet: Sheet) -> Texts:
    worker = sheet.odds.worker
    female = sheet.rng("default sex").random(int(worker.max(initial=0)) + 1) < 0.5
    return np.where(female, "F", "M").astype(object)[worker]
