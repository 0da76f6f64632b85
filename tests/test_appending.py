"""Batch equals incremental: the same data in another order, sources swapped, or month by month, gives the same."""

from __future__ import annotations

import io
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import caselink as cl
from caselink.errors import InputError
from caselink.months import id_changes, stack_months
from caselink.storage import as_csv
from caselink.synthetic import County, draw_county
from caselink.synthetic.extracts import PROGRAM_FILES

SLOW = settings(max_examples=3, phases=[Phase.generate], suppress_health_check=list(HealthCheck), deadline=None)
COUNTIES = st.builds(
    draw_county, st.integers(200, 600), months=st.integers(2, 4), seed=st.integers(0, 10_000), profile=st.just("hard")
)
pytestmark = pytest.mark.filterwarnings("ignore::caselink.errors.CaselinkWarning")


def monthly_records(county: County, month: str) -> pd.DataFrame:
    """What the programs handed over in a month, normalized; a record of two cases stands there twice."""
    tables = []
    for file in PROGRAM_FILES:
        raw = county.monthly_extract(file.name, month)
        columns = {"source": file.name, "record_id": raw[file.record_id], "month": month}
        for standard, column in file.columns.items():
            texts = (
                raw.reindex(columns=[column] if isinstance(column, str) else list(column))
                .astype("string[pyarrow]")
                .fillna("")
            )
            columns[standard] = texts.agg(" ".join, axis=1).str.strip()
        tables.append(pd.DataFrame(columns))
    return cl.normalize(*tables, repeats=True)


def months_of(county: County) -> list[str]:
    """The months of a county."""
    return county.plan.calendar.text().tolist()


def written(result: cl.Result) -> dict[str, bytes]:
    """Persons and households as files; persons in the order of their records."""
    persons = result.persons.sort_values(["source", "record_id"])
    tables = {"persons": persons, "households": result.households, "cases": result.cases}
    files = {}
    for name, table in tables.items():
        file = io.BytesIO()
        as_csv(table)(file)
        files[name] = file.getvalue()
    return files


@SLOW
@given(county=COUNTIES, order=st.randoms(use_true_random=False))
def test_months_one_by_one_are_months_at_once(county, order):
    """Persons, households and cases are the same to the byte, in whatever order the months come, under one model."""
    frames = [monthly_records(county, month) for month in months_of(county)]
    linker = cl.Linker(threads=1).fit(stack_months(frames[0]))
    at_once = written(linker.resolve(stack_months(*frames)))
    for _ in range(2):
        first, *others = [frame.sample(frac=1, random_state=order.randrange(99)) for frame in frames]
        result = linker.resolve(stack_months(first))
        for frame in others:
            result = result.append(frame)
        assert written(result) == at_once
        order.shuffle(frames)
    assert written(result.append(frames[0])) == at_once


@SLOW
@given(county=COUNTIES, seed=st.integers(0, 99))
def test_the_order_of_rows_and_sources_does_not_matter(county, seed):
    """Learning and linking gives the same files whichever source comes first, and for shuffled rows."""
    records = stack_months(*(monthly_records(county, month) for month in months_of(county))).records
    one = written(cl.Linker(threads=1).fit_resolve(records))
    swapped = records.sort_values("source", ascending=False, kind="stable")
    for other in (swapped, records.sample(frac=1, random_state=seed)):
        assert written(cl.Linker(threads=1).fit_resolve(other)) == one


@SLOW
@given(county=COUNTIES)
def test_ids_last_and_every_change_of_them_is_told(county):
    """Who is kept or grows has the id of before; all records of before and now are accounted for, once."""
    first, *others = [monthly_records(county, month) for month in months_of(county)]
    earlier = cl.Linker(threads=1).fit_resolve(stack_months(first))
    now = earlier.append(others[0])
    told = now.changes(earlier)
    same = told[told["change"].isin(["kept", "grew"])]
    assert (same["person_id"] == same["earlier_person_id"]).all()
    assert set(told["change"]) <= {"kept", "grew", "merged", "split", "regrouped", "new"}
    assert told.loc[told["change"] != "new", "records"].sum() == len(earlier.persons)
    assert set(told["person_id"]) == set(now.persons["person_id"])
    assert set(told["earlier_person_id"].dropna()) == set(earlier.persons["person_id"])
    homes = now.changes(earlier, of="households")
    there = now.households[now.households["primary"] & now.households["month"].isin(earlier.households["month"])]
    assert set(homes["household_id"].dropna()) >= set(there["household_id"])
    assert set(homes["earlier_household_id"].dropna()) == set(earlier.households["household_id"])


def test_a_result_of_plain_records_goes_on():
    """Records that had no months take in further ones; the weights stay as they were learned, whatever comes after."""
    county = draw_county(300, months=2, seed=4)
    one, two = (monthly_records(county, month) for month in months_of(county))
    plain = stack_months(one).records.drop(columns="first_seen")
    linker = cl.Linker(threads=1)
    result = linker.fit_resolve(plain)
    expected = written(linker.resolve(stack_months(plain, two)))
    linker.fit(stack_months(two))
    assert written(result.append(two)) == expected
    with pytest.raises(InputError, match="not made by a linker"):
        replace(result, resolve=None).append(two)


@pytest.mark.filterwarnings("ignore:some rosters were odd")
def test_no_household_is_gone_because_months_have_come():
    """A record that tells no month counts in the last month known; a further month moves it on and ends nothing."""
    county = draw_county(300, months=2, seed=4)
    one, two = (monthly_records(county, month) for month in months_of(county))
    told = stack_months(one).memberships
    plain = stack_months(one).records.drop(columns=["first_seen", "month", "case_id", "role"])
    result = cl.Linker(threads=1).fit_resolve(plain, memberships=told[told["source"] == "iva"])
    changes = result.append(two[two["source"] == "iva"]).changes(result, of="households")
    assert (changes["change"] == "kept").any()
    assert not (changes["change"] == "gone").any()


@pytest.mark.parametrize(
    ("now", "told"),
    [
        pytest.param("AAB", [("A", "A", "kept", 2), ("B", "B", "kept", 1)], id="kept"),
        pytest.param("AABB", [("A", "A", "kept", 2), ("B", "B", "grew", 1)], id="grew"),
        pytest.param("AAA", [("A", "A", "merged", 2), ("A", "B", "merged", 1)], id="merged"),
        pytest.param("ACB", [("A", "A", "split", 1), ("B", "B", "kept", 1), ("C", "A", "split", 1)], id="split"),
        pytest.param("ABB", [("A", "A", "split", 1), ("B", "A", "regrouped", 1), ("B", "B", "merged", 1)], id="both"),
        pytest.param("A B", [("A", "A", "shrank", 1), ("B", "B", "kept", 1)], id="shrank"),
        pytest.param("AA", [("A", "A", "kept", 2), (None, "B", "gone", 1)], id="gone"),
        pytest.param("AABCC", [("A", "A", "kept", 2), ("B", "B", "kept", 1), ("C", None, "new", 2)], id="new"),
    ],
)
def test_what_became_of_ids(now, told):
    """Of two persons, A with two records and B with one, each thing that can happen has its word."""

    def persons(letters):
        rows = [("iva", f"{n}", letter) for n, letter in enumerate(letters) if letter != " "]
        return pd.DataFrame(rows, columns=["source", "record_id", "person_id"])

    table = id_changes(persons(now), persons("AAB"))
    rows = [tuple(None if pd.isna(value) else value for value in row) for row in table.to_numpy().tolist()]
    assert rows == told
