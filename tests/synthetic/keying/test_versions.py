"""Errors come out at the rates that a profile declares, and none come out where it declares none."""

import numpy as np
import pandas as pd
import pytest

from caselink.errors import SpecError
from caselink.synthetic import ErrorRates, NameWidths, read_profile
from caselink.synthetic.draws import Streams
from caselink.synthetic.keying.name_slips import NEWBORN_NAMES, UNKNOWN_NAMES
from caselink.synthetic.keying.versions import NO_SSN, PLACEHOLDER_SSNS, key_records
from caselink.synthetic.keying.writings import are_double
from caselink.synthetic.people.names import fold
from caselink.synthetic.people.population import draw_population
from caselink.synthetic.people.ssn import is_valid
from caselink.synthetic.programs.caseload import PROGRAMS

WIDE = NameWidths(last_name=60, first_name=60, middle_name=60)
RATE = 0.2
ADDRESS = ["house_no", "street", "city", "zip"]


@pytest.fixture(scope="module")
def population():
    """People to be keyed."""
    return draw_population(12_000, streams=Streams(1))


@pytest.fixture(scope="module")
def truth(population):
    """The people, in plain letters, with their addresses; ``century``: those whose year two digits do not tell."""
    address = population.addresses.iloc[population.people["home"]].reset_index(drop=True)
    year = population.people["birth_year"]
    century = year.where((year >= 2000) | (year <= 1926))
    names = ["first_name", "middle_name", "last_name", "former_last_name"]
    folded = {c: fold(population.people[c].to_numpy(dtype=object)) for c in names}
    return pd.concat([population.people, address], axis=1).assign(century=century, **folded)


def key(population, **rates):
    """Everybody keyed once at the given rates."""
    rows = np.arange(len(population.people))
    return key_records(population, rows, ErrorRates(widths=WIDE, **rates), Streams(2))


def differs(keyed, truth, columns):
    """Where any of the columns is not as it is in truth."""
    return (keyed[columns].fillna("") != truth[columns].fillna("")).any(axis=1)


def test_without_errors_the_record_is_the_person(population, truth):
    """At rates of 0 every field is keyed as it is."""
    keyed = key(population)
    assert not differs(keyed, truth, list(keyed.columns)).any()


DATE = ["birth_year", "birth_month", "birth_day"]
ONE_FIELD_RATES = [
    pytest.param("typing", ["last_name"], None, RATE, id="typing, last name"),
    pytest.param("typing", ["first_name"], None, RATE, id="typing, first name"),
    pytest.param("typing", ["street"], None, RATE, id="typing, street"),
    pytest.param("ocr", ["last_name"], None, RATE, id="misread"),
    pytest.param("names_swapped", ["first_name", "last_name"], None, RATE, id="names swapped"),
    pytest.param("former_last_name", ["last_name"], "former_last_name", RATE, id="former last name"),
    pytest.param("middle_name_missing", ["middle_name"], "middle_name", RATE, id="middle name missing"),
    pytest.param("suffix_missing", ["suffix"], "suffix", RATE, id="suffix missing"),
    pytest.param("birth_date_missing", DATE, None, RATE, id="birth date missing"),
    pytest.param("birth_date_placeholder", DATE, None, RATE, id="birth date placeholder"),
    pytest.param("birth_date_guessed", DATE, None, RATE, id="birth date guessed"),
    pytest.param("january_first", DATE, None, RATE * 364 / 365, id="January first"),
    pytest.param("birth_year_wrong", ["birth_year"], None, RATE, id="birth year"),
    pytest.param("birth_day_wrong", ["birth_day"], None, RATE, id="birth day"),
    pytest.param("wrong_century", ["birth_year"], "century", RATE, id="century"),
    pytest.param("ssn_missing", ["ssn"], None, RATE, id="SSN missing"),
    pytest.param("ssn_placeholder", ["ssn"], None, RATE, id="SSN placeholder"),
    pytest.param("ssn_digit", ["ssn"], None, RATE * 0.98, id="SSN digit"),
    pytest.param("ssn_digits_swapped", ["ssn"], None, RATE * 0.97, id="SSN swap"),
    pytest.param("sex_missing", ["sex"], None, RATE, id="sex missing"),
    pytest.param("sex_wrong", ["sex"], None, RATE, id="sex wrong"),
    pytest.param("shared_number", ["ssn"], None, RATE, id="shared number"),
    pytest.param("address_missing", ADDRESS, None, RATE, id="address missing"),
    pytest.param("address_old", ADDRESS, None, RATE, id="address old"),
    pytest.param("unit_missing", ["unit"], "unit", RATE, id="unit missing"),
    pytest.param("phone_missing", ["phone"], None, RATE, id="phone missing"),
]


@pytest.mark.parametrize(("rate", "columns", "among", "expected"), ONE_FIELD_RATES)
def test_errors_come_at_their_rate(population, truth, rate, columns, among, expected):
    """One kind of error changes its columns at its rate, among those it can happen to, and leaves all others."""
    keyed = key(population, **{rate: RATE})
    eligible = np.ones(len(truth), dtype=bool) if among is None else truth[among].notna().to_numpy()
    four_standard_errors = 4 * np.sqrt(RATE * (1 - RATE) / eligible.sum())
    assert differs(keyed, truth, columns)[eligible].mean() == pytest.approx(expected, abs=four_standard_errors)
    spoiled = {*columns, *(c for c in ("first_name", "last_name", "street") if rate in {"typing", "ocr"})}
    spoiled |= {"unit", "phone"} if rate.startswith("address") else set()
    spoiled |= {"birth_day"} if rate in {"birth_year_wrong", "wrong_century"} else set()  # February 29 in another year
    others = [column for column in keyed.columns if column not in spoiled]
    assert not differs(keyed, truth, others).any()
    assert not differs(keyed, truth, columns)[~eligible].any()


def test_month_and_day_swap_where_it_could_pass(population, truth):
    """Swapped dates stay dates: the day becomes a month and the month a day."""
    keyed = key(population, month_day_swapped=1.0)
    can = (truth["birth_day"] <= 12).to_numpy()
    assert (keyed["birth_month"][can] == truth["birth_day"][can]).all()
    assert (keyed["birth_day"][can] == truth["birth_month"][can]).all()
    assert not differs(keyed, truth, DATE)[~can].any()


def test_relatives_numbers_come_from_mother_or_sibling(population, truth):
    """A borrowed number is the mother's or the sibling's, and only those with such a relative have one."""
    keyed = key(population, relatives_ssn=1.0)
    borrowed = (keyed["ssn"] != truth["ssn"]).to_numpy()
    assert (borrowed == (truth["mother"] >= 0)).all()
    owner = truth.reset_index().set_index("ssn")["index"][keyed["ssn"][borrowed]].to_numpy()
    mother = truth["mother"].to_numpy()
    is_mother = owner == mother[borrowed]
    assert (is_mother | (mother[owner] == mother[borrowed])).all()
    assert 0.1 < is_mother.mean() < 0.95


def test_relatives_dates_come_from_mother_or_sibling(population, truth):
    """A borrowed birth date is the mother's or the sibling's; those without such a relative keep their own."""
    keyed = key(population, relatives_birth_date=1.0)
    borrowed = differs(keyed, truth, DATE)
    mother = truth["mother"].to_numpy()
    assert (borrowed <= (mother >= 0)).all()
    assert borrowed[mother >= 0].mean() > 0.9  # a twin's date is one's own
    dates = keyed[DATE].to_numpy()
    of_mother = (dates == truth[DATE].to_numpy()[mother]).all(axis=1)
    siblings = {(m, *date) for m, date in zip(mother, truth[DATE].itertuples(index=False, name=None), strict=True)}
    rest = np.flatnonzero(borrowed & ~of_mother)
    assert len(rest)
    assert all((mother[row], *dates[row]) in siblings for row in rest)


def test_guessed_dates_are_of_about_the_year(population, truth):
    """A remembered date is at most two years off, in any month."""
    keyed = key(population, birth_date_guessed=1.0)
    assert (keyed["birth_year"] - truth["birth_year"]).abs().max() == 2
    assert keyed["birth_month"].nunique() == 12
    assert differs(keyed, truth, DATE).mean() > 0.99


def test_nicknames_double_names_and_placeholders(population, truth):
    """Known names become nicknames, double names lose a half, newborns are BABY and others UNKNOWN."""
    nicknamed = key(population, nickname=1.0)["first_name"]
    assert set(nicknamed[truth["first_name"] == "ROBERT"]) <= {"BOB", "ROB", "BOBBY", "ROBBIE", "BERT"}
    halved = key(population, half_of_double_name=1.0)["last_name"]
    assert are_double(truth["last_name"]).mean() > 0.01
    assert not are_double(halved).any()
    assert all(half in whole for half, whole in zip(halved, truth["last_name"], strict=True))
    unknown = key(population, placeholder_name=1.0)["first_name"]
    girls = (truth["sex"] == "F") & (truth["age"] < 1)
    assert set(unknown[girls]) == set(NEWBORN_NAMES[True])
    assert set(unknown[~girls & (truth["age"] < 1)]) == set(NEWBORN_NAMES[False])
    assert set(unknown[truth["age"] >= 1]) == set(UNKNOWN_NAMES)


def test_names_are_cut_to_the_programs_widths(population):
    """No name is longer than the program keeps, and longer ones are cut, not lost."""
    rows = np.arange(len(population.people))
    widths = NameWidths(last_name=5, first_name=4, middle_name=1)
    keyed = key_records(population, rows, ErrorRates(widths=widths), Streams(2))
    for column, width in (("last_name", 5), ("first_name", 4), ("middle_name", 1)):
        assert keyed[column].str.len().max() == width
        assert keyed[column].isna().equals(population.people[column].isna())


@pytest.mark.parametrize("program", PROGRAMS)
def test_programs_hold_no_impossible_numbers_or_dates(population, program):
    """Whatever the slips, a number is valid, a declared filler or missing, and a date is a date or missing."""
    rates = read_profile("hard").rates(program)
    keyed = key_records(population, np.arange(len(population.people)), rates, Streams(4))
    ssn = keyed["ssn"].to_numpy()
    assert (is_valid(ssn) | np.isin(ssn, PLACEHOLDER_SSNS) | (ssn == NO_SSN)).all()
    dates = keyed.loc[keyed["birth_year"] > 0, DATE].rename(columns=lambda name: name.removeprefix("birth_"))
    assert pd.to_datetime(dates, errors="coerce").notna().all()


@pytest.mark.parametrize("rate", [-0.1, 1.5])
def test_a_rate_is_a_share(rate):
    """A rate outside 0 to 1 is an error that names it."""
    with pytest.raises(SpecError, match="typing"):
        ErrorRates(typing=rate)
