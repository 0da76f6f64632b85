"""What stands out in records: numbers made up by an agency, days that were not known, addresses of many."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caselink.normalize import normalize, patterns, profile
from caselink.normalize.series import FEWEST, RANDOM_AREAS, find_series


def frame(source="iva", **columns):
    """A frame with ids from 1 on."""
    length = len(next(iter(columns.values())))
    return pd.DataFrame({"source": source, "record_id": [str(row) for row in range(length)], **columns})


def issued(count, seed, share_at_random=0.4):
    """Numbers as people of one state have them: many of a few areas, the younger ones from anywhere."""
    rng = np.random.default_rng(seed)
    areas = np.where(
        rng.random(count) < share_at_random, rng.integers(1, 900, count), rng.choice([509, 510, 511], count)
    )
    areas = np.where(areas == 666, 667, areas)
    return areas * 1_000_000 + rng.integers(1, 60, count) * 10_000 + rng.integers(1, 10_000, count)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), count=st.integers(0, 60_000))
def test_issued_numbers_are_no_series(seed, count):
    """Neither a few thousand nor tens of thousands of numbers of one state look made up."""
    assert find_series(issued(count, seed)) == []


@pytest.mark.parametrize("density", [0.1, 0.35])
def test_a_state_that_fills_its_areas_makes_up_nothing(density):
    """Even where a third of all numbers of an area belong to people in one file, no run is found."""
    numbers = 509_010_000 + np.flatnonzero(np.random.default_rng(1).random(2_000_000) < density)
    assert find_series(numbers) == []


MADE_UP = [
    pytest.param(888_000_000 + np.arange(1, 400), None, id="one after the other"),
    pytest.param(300_500_000 + np.flatnonzero(np.arange(400) % 10 != 3), None, id="some are closed"),
    pytest.param(888_000_000 + np.arange(1, 120) * 7919, 888, id="one area"),
    pytest.param(740_000_000 + np.arange(1, 120) * 7919, 740, id="an area that was not used"),
]


@pytest.mark.parametrize(("made_up", "area"), MADE_UP)
def test_made_up_numbers_are_found_among_issued_ones(made_up, area):
    """All of the series, and of one in sequence hardly anything else."""
    found = find_series(np.concatenate([issued(30_000, 7), made_up]))
    assert area in {series.area for series in found}
    numbers = np.concatenate([series.numbers for series in found])
    assert np.isin(made_up, numbers).all()
    assert len(np.unique(numbers)) <= len(made_up) + 60


@given(rows=st.lists(st.integers(0, 40), max_size=80), repeats=st.integers(1, 3))
def test_a_series_needs_thirty_different_numbers(rows, repeats):
    """However often each stands there, and in whatever order."""
    numbers = 888_000_000 + np.array(rows * repeats, np.int64)
    found = find_series(numbers)
    assert bool(found) == (len(set(rows)) >= FEWEST)
    assert all(set(series.numbers.tolist()) <= set(numbers.tolist()) for series in found)


def test_random_areas_are_those_that_were_never_used():
    """As many as were not in use before numbers were given at random."""
    assert (RANDOM_AREAS[0], RANDOM_AREAS[-1], len(RANDOM_AREAS)) == (734, 899, 143)


def test_made_up_numbers_are_weak_in_every_source():
    """They stay, and are marked wherever they stand, names or no names; other sources' numbers are not."""
    own = [f"{888_010_000 + number}" for number in range(1, 41)]
    other = [own[0], "212345678"]
    records = normalize(frame(ssn=own), frame("ivd", ssn=other))
    assert records["ssn"].notna().all()
    assert records.set_index("source").loc["ivd", "shared_ssn"].fillna("").tolist() == [own[0], ""]
    assert records.set_index("source").loc["iva", "shared_ssn"].tolist() == own
    pd.testing.assert_frame_equal(normalize(records), records)


def told(table, pattern):
    """The row of a pattern."""
    (row,) = table[table["pattern"] == pattern].to_dict("records")
    return row


def test_patterns_are_counted_by_source():
    """Records, their share, what chance would give, and how many values they are of; no value is shown."""
    numbers = [f"{888_010_000 + number}" for number in range(1, 41)]
    born = ["1990-01-01"] * 20 + ["1985-03-15"] * 10 + ["1985-00-00"] * 10
    iva = frame(
        ssn=numbers, birth_date=born, street=["1 Elm St"] * 12 + [None] * 28, last_name=[f"N{n}" for n in range(40)]
    )
    people = {"first_name": ["ANA", "BO", "EVA"], "last_name": ["RUIZ", "LI", "OTT"], "ssn": ["212345678"] * 3}
    table = patterns(normalize(iva, frame("ivd", **people)))
    series = told(table, "made up by an agency, in sequence")
    assert (series["source"], series["records"], series["share"], series["values"]) == ("iva", 40, 1.0, 40)
    assert (told(table, "of unrelated people")["source"], told(table, "of unrelated people")["values"]) == ("ivd", 1)
    january = told(table, "January 1")
    assert (january["records"], january["share"], round(january["by_chance"], 4)) == (20, 20 / 30, 0.0027)
    assert told(table, "fifteenth of a month")["records"] == 10
    assert told(table, "shared by 10 people and more")["records"] == 12
    assert not any(value in table.to_csv() for value in ("888", "212345678", "ELM", "RUIZ", "1990"))


def test_days_are_told_only_where_they_are_more_than_chance():
    """Births spread over all days show no pattern; the same births and as many first of a month again do."""
    born = pd.date_range("1980-01-01", periods=3_000).strftime("%Y-%m-%d").tolist()
    assert patterns(frame(birth_date=born)).empty
    firsts = [day for day in born if day.endswith("-01") and not day.endswith("-01-01")]
    table = patterns(frame(birth_date=born + firsts))
    assert table["pattern"].tolist() == ["first of a month"]
    assert table.loc[0, "records"] == sum(day.endswith("-01") for day in born) + len(firsts)


def test_records_of_keys_alone_show_nothing():
    """Without columns there is no pattern, and the table is empty with its columns."""
    table = patterns(frame(city=["X"]))
    assert table.empty
    assert list(table.columns) == ["source", "column", "pattern", "records", "share", "by_chance", "values"]


def test_profile_tells_widths():
    """The width of a name that is cut, and none of other columns."""
    letters = "ABCDEFGHIJ"
    long = [f"VANDEN{a}{b}" + "BERGHOFERER"[: 1 + place] for a in letters for place, b in enumerate(letters[:9])]
    columns = profile(frame(last_name=[name[:8] for name in long], zip=["62701"] * len(long))).set_index("column")
    assert columns.loc["last_name", "width"] == 8
    assert pd.isna(columns.loc["zip", "width"])
