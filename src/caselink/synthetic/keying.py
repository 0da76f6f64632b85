"""From people as they are to people as a program has them: every field keyed, with the slips of that program."""

from __future__ import annotations

import numpy as np
import pandas as pd

from caselink.synthetic import ssn
from caselink.synthetic.draws import Ints, Mask, Streams, Texts
from caselink.synthetic.families import NOBODY
from caselink.synthetic.names import nickname_table
from caselink.synthetic.population import Population
from caselink.synthetic.rates import ErrorRates
from caselink.synthetic.slips import misread, mistype, spell_by_ear

PLACEHOLDER_SSNS = np.array([999_999_999, 0, 888_888_888, 123_456_789], dtype=np.int64)
"""Fillers that workers type where the number is not known; 0 is written with nine digits."""
PLACEHOLDER_YEAR = 1900
ADDRESS_COLUMNS = ("house_no", "street", "unit", "city", "zip", "phone")
NO_SSN = -1


def key_records(population: Population, rows: Ints, rates: ErrorRates, streams: Streams) -> pd.DataFrame:
    """One keyed record for each of ``rows`` (people, repeated where somebody has several records).

    Columns: ``first_name``, ``middle_name``, ``last_name``, ``suffix``, ``sex`` and the address as text;
    ``birth_year``, ``birth_month`` and ``birth_day`` as numbers, all 0 where the date is missing; ``ssn`` as a number,
    -1 where missing.
    """
    truth = population.people.take(rows)
    keyed = {
        **_key_names(truth, rates, streams),
        **_key_birth_dates(truth, rates, streams),
        "ssn": _key_ssns(population.people, rows, rates, streams),
        "sex": _key_sex(truth, rates, streams),
        **_key_addresses(population, rows, rates, streams),
    }
    return pd.DataFrame(keyed)


def _hit(streams: Streams, step: str, share: float, among: Mask) -> Ints:
    """Rows that a slip happens to, at its rate, among those it can happen to."""
    return np.flatnonzero(among & (streams.rng(f"{step}: who").random(len(among)) < share))


def _text(table: pd.DataFrame, column: str) -> Texts:
    return table[column].to_numpy(dtype=object).copy()


def _key_names(truth: pd.DataFrame, rates: ErrorRates, streams: Streams) -> dict[str, Texts]:
    everyone = np.ones(len(truth), dtype=bool)
    first, last = _nicknamed(_text(truth, "first_name"), rates, streams), _surname_used(truth, rates, streams)
    middle, suffix = _text(truth, "middle_name"), _text(truth, "suffix")
    first, last = _slip(first, "first name", rates, streams), _slip(last, "last name", rates, streams)
    swapped = _hit(streams, "names swapped", rates.names_swapped, everyone)
    first[swapped], last[swapped] = last[swapped], first[swapped]
    _put_placeholders(first, truth, rates, streams)
    middle[_hit(streams, "middle name missing", rates.middle_name_missing, everyone)] = None
    suffix[_hit(streams, "suffix missing", rates.suffix_missing, everyone)] = None
    return {
        "first_name": _cut(first, rates.widths.first_name),
        "middle_name": _cut(middle, rates.widths.middle_name),
        "last_name": _cut(last, rates.widths.last_name),
        "suffix": suffix,
    }


def _slip(texts: Texts, column: str, rates: ErrorRates, streams: Streams) -> Texts:
    """Texts with typing, reading and hearing slips, each at its rate."""
    present = pd.notna(texts)
    for name, share, slip in (
        ("phonetic", rates.phonetic, spell_by_ear),
        ("ocr", rates.ocr, misread),
        ("typing", rates.typing, mistype),
    ):
        step = f"{column}, {name}"
        rows = _hit(streams, step, share, present)
        texts[rows] = slip(streams.rng(step), texts[rows])
    return texts


def _nicknamed(first: Texts, rates: ErrorRates, streams: Streams) -> Texts:
    table = nickname_table()
    names = table["name"].to_numpy(dtype=object).astype("U")
    start = np.searchsorted(names, first.astype("U"), side="left")
    count = np.searchsorted(names, first.astype("U"), side="right") - start
    rows = _hit(streams, "nickname", rates.nickname, count > 0)
    choice = start[rows] + (streams.rng("nickname").random(len(rows)) * count[rows]).astype(np.int64)
    first[rows] = table["nickname"].to_numpy(dtype=object)[choice]
    return first


def _surname_used(truth: pd.DataFrame, rates: ErrorRates, streams: Streams) -> Texts:
    """The last name given: at some rate the one from before marriage, or one half of a double one."""
    last, former = _text(truth, "last_name"), _text(truth, "former_last_name")
    rows = _hit(streams, "former last name", rates.former_last_name, pd.notna(former))
    last[rows] = former[rows]
    parts = pd.Series(last, dtype=object).str.extract(r"^(?P<one>[^ -]+)[ -](?P<two>.+)$")
    rows = _hit(streams, "half of double name", rates.half_of_double_name, parts["one"].notna().to_numpy())
    second = streams.rng("half of double name").random(len(rows)) < 0.35
    last[rows] = np.where(second, parts["two"].to_numpy(dtype=object)[rows], parts["one"].to_numpy(dtype=object)[rows])
    return last


def _put_placeholders(first: Texts, truth: pd.DataFrame, rates: ErrorRates, streams: Streams) -> None:
    newborn = (truth["age"] < 1).to_numpy()
    rate = rates.placeholder_name
    first[_hit(streams, "unknown name", rate, ~newborn)] = "UNKNOWN"
    rows = _hit(streams, "newborn name", min(1.0, 10 * rate), newborn)
    first[rows] = np.where(truth["female"].to_numpy()[rows], "BABY GIRL", "BABY BOY").astype(object)


def _cut(texts: Texts, width: int) -> Texts:
    cut = pd.Series(texts, dtype=object).str.slice(0, width).str.rstrip(" -")
    return cut.to_numpy(dtype=object)


def _key_birth_dates(truth: pd.DataFrame, rates: ErrorRates, streams: Streams) -> dict[str, Ints]:
    year, month, day = (truth[f"birth_{part}"].to_numpy(dtype=np.int64).copy() for part in ("year", "month", "day"))
    everyone = np.ones(len(truth), dtype=bool)
    rows = _hit(streams, "month and day swapped", rates.month_day_swapped, (day <= 12) & (day != month))
    month[rows], day[rows] = day[rows], month[rows]
    rows = _hit(streams, "day wrong", rates.birth_day_wrong, everyone)
    day[rows] = (day[rows] + streams.rng("day wrong").integers(1, 28, len(rows)) - 1) % 28 + 1
    rows = _hit(streams, "year wrong", rates.birth_year_wrong, everyone)
    year[rows] = _wrong_year(year[rows], streams.rng("year wrong"))
    rows = _hit(streams, "January first", rates.january_first, everyone)
    month[rows], day[rows] = 1, 1
    rows = _hit(streams, "birth date placeholder", rates.birth_date_placeholder, everyone)
    year[rows], month[rows], day[rows] = PLACEHOLDER_YEAR, 1, 1
    day = np.minimum(day, _days_in_month(year, month))
    rows = _hit(streams, "birth date missing", rates.birth_date_missing, everyone)
    for part in (year, month, day):
        part[rows] = 0
    return {"birth_year": year, "birth_month": month, "birth_day": day}


def _wrong_year(year: Ints, rng: np.random.Generator) -> Ints:
    """A year or ten years off; never beyond the year of the extract."""
    step = rng.choice(np.array([-10, -1, 1, 10]), len(year), p=[0.2, 0.35, 0.3, 0.15])
    return np.asarray(np.where(year + step > 2026, year - np.abs(step), year + step), dtype=np.int64)


def _days_in_month(year: Ints, month: Ints) -> Ints:
    first = (year - 1970) * 12 + month - 1
    begin, end = (m.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) for m in (first, first + 1))
    return np.asarray(end - begin, dtype=np.int64)


def _key_ssns(people: pd.DataFrame, rows: Ints, rates: ErrorRates, streams: Streams) -> Ints:
    """Numbers as keyed; entry screens refuse impossible ones, so a slip never leaves the valid range."""
    own = people["ssn"].to_numpy()
    keyed = own[rows].copy()
    everyone = np.ones(len(rows), dtype=bool)
    relative = _relative(people, streams)[rows]
    hit = _hit(streams, "relative's number", rates.relatives_ssn, relative != NOBODY)
    keyed[hit] = own[relative[hit]]
    for step, share, slip in (
        ("digit", rates.ssn_digit, ssn.wrong_digit),
        ("digits swapped", rates.ssn_digits_swapped, ssn.swapped_digits),
    ):
        hit = _hit(streams, f"ssn {step}", share, everyone)
        wrong = slip(streams.rng(f"ssn {step}"), keyed[hit])
        keyed[hit] = np.where(ssn.is_valid(wrong), wrong, keyed[hit])
    hit = _hit(streams, "ssn placeholder", rates.ssn_placeholder, everyone)
    keyed[hit] = streams.rng("ssn placeholder").choice(PLACEHOLDER_SSNS, len(hit), p=[0.6, 0.25, 0.1, 0.05])
    keyed[_hit(streams, "ssn missing", rates.ssn_missing, everyone)] = NO_SSN
    return keyed


def _relative(people: pd.DataFrame, streams: Streams) -> Ints:
    """Whose number may stand in a person's record: the mother's, or the sibling's in the row above."""
    mother = people["mother"].to_numpy()
    sibling = np.arange(len(people)) - 1
    has_sibling = (mother != NOBODY) & (np.roll(mother, 1) == mother)
    from_sibling = has_sibling & (streams.rng("which relative").random(len(people)) < 0.4)
    return np.where(from_sibling, sibling, mother)


def _key_sex(truth: pd.DataFrame, rates: ErrorRates, streams: Streams) -> Texts:
    sex = _text(truth, "sex")
    everyone = np.ones(len(truth), dtype=bool)
    wrong = _hit(streams, "sex wrong", rates.sex_wrong, everyone)
    sex[wrong] = np.where(sex[wrong] == "F", "M", "F").astype(object)
    sex[_hit(streams, "sex missing", rates.sex_missing, everyone)] = None
    return sex


def _key_addresses(population: Population, rows: Ints, rates: ErrorRates, streams: Streams) -> dict[str, Texts]:
    """Addresses as on file: a whole home is out of date or missing together, slips are each person's own."""
    home = population.people["home"].to_numpy()[rows]
    everyone, homes = np.ones(len(rows), dtype=bool), np.ones(population.n_homes, dtype=bool)
    out_of_date = np.isin(home, _hit(streams, "old address", rates.address_old, homes))
    missing = np.isin(home, _hit(streams, "address missing", rates.address_missing, homes))
    address = population.addresses.take(home + out_of_date * population.n_homes)
    keyed = {column: _text(address, column) for column in ADDRESS_COLUMNS}
    keyed["street"] = _slip(keyed["street"], "street", rates, streams)
    keyed["unit"][_hit(streams, "unit missing", rates.unit_missing, everyone)] = None
    keyed["phone"][_hit(streams, "phone missing", rates.phone_missing, everyone)] = None
    for column in ("house_no", "street", "unit", "city", "zip"):
        keyed[column][missing] = None
    return keyed
