"""Unduplicated counts: everybody once, overlaps that add up, and small cells left out."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import caselink as cl
from caselink.errors import InputError, SpecError
from caselink.leads import ProgramTables
from caselink.synthetic import draw_county
from caselink.unduplicated import ANY, count_people

PROGRAMS = {"iva": "iv-a", "ivd": "iv-d", "work": "earnings"}


def resolve(rows: list[tuple[str, str, str]], **columns: list[str]) -> cl.Result:
    """A result of records ``source, record_id, person``, whose persons are those told."""
    frame = pd.DataFrame(rows, columns=["source", "record_id", "person_id"], dtype="string")
    records = frame.drop(columns="person_id").assign(
        first_name=frame["person_id"], last_name="DOE", birth_date="1990-02-03", **columns
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        result = cl.Linker().fit_resolve(records)
    return replace(result, persons=frame)


ROWS = [
    ("iva", "1", "ANA"), ("ivd", "1", "ANA"), ("iva", "2", "BEN"), ("ivd", "3", "CAL"), ("ivd", "4", "CAL"),
    ("work", "1", "CAL"), ("work", "2", "EVE"),
]  # fmt: skip
ROSTER = pd.DataFrame(
    [
        ("iva", "1", "A", "HEAD", "2026-01", "2026-03"), ("iva", "2", "A", "CHILD", "2026-01", "2026-06"),
        ("ivd", "1", "D", "CP", "2026-01", "2026-06"), ("ivd", "3", "D", "CH", "2026-01", "2026-06"),
        ("ivd", "4", "E", "CH", "2026-05", "2026-06"),
    ],
    columns=["source", "record_id", "case_id", "role", "first_month", "last_month"],
)  # fmt: skip
REPORTS = pd.DataFrame(
    [("work", "1", "wages", "2026-06-30"), ("work", "2", "new hire", "2026-02-11")],
    columns=["source", "record_id", "kind", "date"],
)
TABLES = ProgramTables(programs=PROGRAMS, memberships=ROSTER, reports=REPORTS)


@pytest.fixture(scope="module")
def result() -> cl.Result:
    """Four people of three programs."""
    return resolve(ROWS)


def people(counts, table="overlap") -> dict[str, int]:
    """Programs to people counted, cells of nobody left out."""
    rows = getattr(counts, table)
    rows = rows[(rows["of"] == "people").to_numpy() & (rows["counted"] > 0).to_numpy()]
    return dict(zip(rows.iloc[:, 1], rows["counted"].astype(int), strict=True))


def test_everybody_is_counted_once(result):
    """Under the programs that know them, however many records there are."""
    counts = count_people(result, TABLES)
    assert people(counts) == {"iv-a": 1, "iv-a + iv-d": 1, "earnings + iv-d": 1, "earnings": 1}
    assert people(counts, "totals") == {"iv-a": 2, "iv-d": 2, "earnings": 2, ANY: 4}


def test_a_month_counts_those_who_are_served_in_it(result):
    """In a case then, or reported by an employer for that month or its quarter."""
    assert people(count_people(result, TABLES, "2026-02")) == {
        "iv-a": 1, "iv-a + iv-d": 1, "iv-d": 1, "earnings": 1
    }  # fmt: skip
    assert people(count_people(result, TABLES, "2026-05")) == {"iv-a": 1, "iv-d": 1, "earnings + iv-d": 1}
    assert people(count_people(result, TABLES, "2030-01")) == {}


def test_sources_are_programs_where_none_are_told(result):
    """By their names."""
    assert set(people(count_people(result), "totals")) == {"iva", "ivd", "work", ANY}


def test_sources_of_no_program_are_left_out_and_said(result):
    """A file of deaths serves nobody."""
    told = count_people(result, ProgramTables(programs={"iva": "iv-a", "ivd": "iv-d"}))
    assert told.left_out == {"records of no program": 2}
    assert people(told, "totals") == {"iv-a": 2, "iv-d": 2, ANY: 3}


def test_sources_without_months_are_said(result):
    """Of them nobody can be counted in a month."""
    told = count_people(result, replace(TABLES, reports=None), "2026-02")
    assert told.left_out == {"records of sources that tell no months": 2}


def test_families_have_the_programs_of_their_people(result):
    """Ana, Ben and Cal live together; Eve alone."""
    rows = count_people(result, TABLES).overlap
    rows = rows[(rows["of"] == "families").to_numpy() & (rows["counted"] > 0).to_numpy()]
    assert dict(zip(rows["programs"], rows["counted"], strict=True)) == {"earnings + iv-a + iv-d": 1, "earnings": 1}


@pytest.mark.parametrize("month", ["2026-1x", "", "June"])
def test_a_month_is_written_as_one(result, month):
    """What is none is refused, and not shown in the message."""
    with pytest.raises(InputError, match="YYYY-MM"):
        count_people(result, TABLES, month)


def test_min_cell_is_a_count(result):
    """0 would hide nothing and say that it does."""
    with pytest.raises(SpecError, match="min_cell"):
        count_people(result, TABLES, min_cell=0)


@pytest.fixture(scope="module")
def county():
    """A small county as linked, and what its programs know."""
    drawn = draw_county(600, seed=5)
    from benchmarks.findings import linked

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        result, tables = linked(drawn, true_persons=False)
        assert len(result.households)  # found once, with what is odd in the rosters
    return result, tables


@pytest.fixture(scope="module", params=[None, "2026-03"])
def counts(county, request):
    """The counts of the county, of all months and of one."""
    return count_people(*county, request.param)


def test_overlaps_add_up(counts):
    """Counted and expected: the combinations that hold a program sum to its total, all of them to those of any."""
    for of in ("people", "families"):
        overlap, totals = (table[(table["of"] == of).to_numpy()] for table in (counts.overlap, counts.totals))
        for program, counted, expected in zip(totals["program"], totals["counted"], totals["expected"], strict=True):
            inside = [program == ANY or program in text.split(" + ") for text in overlap["programs"]]
            assert overlap.loc[inside, "counted"].sum() == counted
            assert overlap.loc[inside, "expected"].sum() == pytest.approx(expected)


def test_the_counts_are_those_of_a_plain_loop(county):
    """A naive twin: the set of programs of each person, one after the other."""
    result, tables = county
    held: dict[str, set[str]] = {}
    for source, _, person in result.persons.itertuples(index=False):
        held.setdefault(person, set()).update({tables.programs[source]} if source in tables.programs else set())
    texts = pd.Series([" + ".join(sorted(programs)) for programs in held.values() if programs]).value_counts()
    assert people(count_people(result, tables)) == texts.to_dict()


def test_intervals_hold_what_is_counted_or_expected(counts):
    """An interval of nothing would hold neither."""
    for table in (counts.overlap, counts.totals):
        assert (table["low"] <= table["high"]).all()
        near = (table["low"] <= table["expected"].round()) | (table["low"] <= table["counted"])
        assert near.all()
        assert (table["low"] >= 0).all()


def test_the_order_of_rows_does_not_matter(county):
    """Persons and rosters in another order give the same counts and intervals."""
    result, tables = county
    order = np.random.default_rng(0).permutation(len(tables.memberships))
    other = replace(tables, memberships=tables.memberships.iloc[order].reset_index(drop=True))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        again = count_people(result.with_memberships(other.memberships), other)
    pd.testing.assert_frame_equal(again.overlap, count_people(result, tables).overlap)


def test_small_cells_are_missing_with_their_intervals(county):
    """In the overlaps and totals, of people and of families."""
    shown = count_people(*county, min_cell=11)
    whole = count_people(*county)
    small = (whole.overlap["counted"] > 0).to_numpy() & (whole.overlap["counted"] < 11).to_numpy()
    assert small.any()
    assert shown.overlap.loc[small, ["counted", "expected", "low", "high"]].isna().all(axis=None)
    kept = shown.overlap["counted"].notna().to_numpy()
    pd.testing.assert_frame_equal(shown.overlap[kept], whole.overlap[kept])


def test_what_is_printed_are_counts(counts):
    """As text and in a notebook."""
    assert "iv-a + iv-d" in str(counts)
    assert "<table" in counts._repr_html_()
