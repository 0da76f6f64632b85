"""Seats: memberships over stretches of months, as evidence and as constraints."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import caselink as cl
from caselink.encoding import encode
from caselink.engines.seats import Seats, cut_stays
from caselink.settings import read_settings
from caselink.settings.files import read_sources
from caselink.synthetic import draw_county, write_county

KEYS = ["source", "record_id"]


@st.composite
def stays(draw):
    """Cases, first and last months of a few stays."""
    rows = draw(st.lists(st.tuples(st.integers(0, 2), st.integers(-1, 6), st.integers(0, 4)), max_size=12))
    case, first, length = np.array(rows, np.int64).reshape(-1, 3).T
    return case, first, first + length


@given(stays())
def test_two_share_a_roster_when_they_share_a_month(drawn):
    """Rosters say neither more nor less than the stays: together in one case in one month."""
    case, first, last = drawn
    stay, roster, month = cut_stays(*drawn)
    members = pd.DataFrame({"stay": stay, "roster": roster})
    found = members.merge(members, on="roster")[["stay_x", "stay_y"]].drop_duplicates()
    meet = (case[:, None] == case) & (first[:, None] <= last) & (first <= last[:, None])
    expected = [side.tolist() for side in np.nonzero(meet)]
    assert sorted(map(tuple, found.to_numpy().tolist())) == list(zip(*expected, strict=True))
    assert roster.max(initial=-1) < len(case)
    assert ((first[stay] <= month) & (month <= last[stay])).all()


def told(records: pd.DataFrame, memberships: pd.DataFrame | None = None) -> Seats:
    """The seats of records, encoded as linking encodes them."""
    return Seats.of(encode(records, [c for c in ("case_id", "role", "month") if c in records]), memberships)


def test_a_table_stands_for_the_columns_of_those_whom_it_names():
    """The others keep their own case; roles and years are the last ones told."""
    records = pd.DataFrame({"source": "iva", "record_id": ["1", "2"], "case_id": ["7", "8"], "role": ["CH", "CP"]})
    table = pd.DataFrame({"source": "iva", "record_id": ["1", "1"], "case_id": ["8", "9"], "role": ["HEAD", "CHILD"]})
    table = table.assign(first_month=["2021-03", "2019-01"], last_month=[None, "2020-12"])
    seats = told(records.assign(month="2021-05"), table)
    position = np.argsort(encode(records, []).row)
    assert np.bincount(seats.record, minlength=2)[position].tolist() == [2, 1]
    assert len(np.unique(seats.case)) == 2
    roles = seats.role.values.to_pylist()  # noqa: PD011  (a Column)
    assert [roles[code] for code in seats.role.codes[position]] == ["HEAD", "CP"]
    assert seats.year[position].tolist() == [2021, 2021]


@pytest.mark.parametrize(
    ("change", "notice"),
    [
        pytest.param({"record_id": "nobody"}, "memberships_of_no_record", id="record"),
        pytest.param({"case_id": None}, "memberships_without_case", id="case"),
        pytest.param({"first_month": "2024-06", "last_month": "2024-02"}, "memberships_backwards", id="backwards"),
    ],
)
def test_what_cannot_be_used_is_counted_and_warned_of(change, notice):
    """A membership that names nobody or no case, or runs backwards, loses nothing but itself."""
    records = pd.DataFrame({"source": "iva", "record_id": ["1", "2"]})
    row = {"source": "iva", "record_id": "1", "case_id": "7", "first_month": "2024-01", "last_month": "2024-03"}
    table = pd.DataFrame([row, row | {"record_id": "2"}, row | change])
    with pytest.warns(cl.CaselinkWarning, match="of 3 memberships not all can be used"):
        seats = told(records, table)
    assert seats.notices["memberships"] == 2
    assert seats.notices[notice] == 1
    assert len(seats.record) == 2


def test_a_month_that_cannot_be_read_is_warned_of():
    """The membership counts, without its month."""
    records = pd.DataFrame({"source": "iva", "record_id": ["1", "2"]})
    with pytest.warns(cl.CaselinkWarning, match="1 have a month that is not written as YYYY-MM"):
        seats = told(records, records.assign(case_id="7", month=["2024-01", "January 2024"]))
    assert seats.notices["memberships"] == 2
    assert sorted(seats.dated.tolist()) == [False, True]


@pytest.mark.parametrize("end", ["9999-12", "9999-12-31", "2099-12", ""])
def test_an_end_that_is_no_month_is_none(end):
    """Files write a far year where an end is not known: the stay goes on to the last month of the table, no further."""
    records = pd.DataFrame({"source": "iva", "record_id": ["1", "2", "3"]})
    table = records.assign(case_id="7", first_month=["2021-03", "2019-01", "2024-02"])
    open_ended, told_to_the_last = (
        told(records, table.assign(last_month=[last, "2020-12", "2024-02"])) for last in (end, "2024-02")
    )
    assert open_ended.notices["memberships_of_no_month"] == 0
    for name in ("record", "roster", "year"):
        assert getattr(open_ended, name).tolist() == getattr(told_to_the_last, name).tolist()


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    """Records of a county of 2,000 people as they come from its files, and the memberships of all programs."""
    drawn = draw_county(2_000, seed=4)
    folder = write_county(drawn, tmp_path_factory.mktemp("county"))
    members = [rows.assign(source=name) for name, rows in drawn.memberships.items()]
    records = cl.normalize(*read_sources(read_settings(folder / "sources.toml")))
    return records, pd.concat(members, ignore_index=True)


def partition(result: cl.Result) -> pd.Series:
    """The person of each record, by its keys."""
    return result.persons.set_index(KEYS)["person_id"].sort_index()


def test_the_records_own_columns_are_a_table_too(county):
    """A table of the records' own cases, roles and months gives the persons that these columns give."""
    records = county[0].assign(month="2026-12")
    table = records.loc[records["case_id"].notna(), [*KEYS, "case_id", "role", "month"]]
    own = cl.Linker(threads=1).fit_resolve(records)
    told = cl.Linker(threads=1).fit_resolve(records.drop(columns=["case_id", "role", "month"]), memberships=table)
    assert partition(own).equals(partition(told))


def test_people_of_one_case_and_month_are_different_people(county):
    """Through whole clusters: but for rows tied together, no person stands in a case twice in one month."""
    records, members = county
    result = cl.Linker(threads=1).fit_resolve(records, memberships=members)
    tied = np.concatenate(result.constraints.must)
    tied = records[KEYS].iloc[result.prepared.records.row[tied]].drop_duplicates()
    seats = members.merge(result.persons, on=KEYS).merge(tied, on=KEYS, how="left", indicator=True)
    seats = seats[seats["_merge"] == "left_only"]
    twice = seats.merge(seats, on=["source", "case_id", "person_id"])
    twice = twice[twice["record_id_x"] < twice["record_id_y"]]
    together = (twice["first_month_x"] <= twice["last_month_y"]) & (twice["first_month_y"] <= twice["last_month_x"])
    assert len(seats)
    assert not together.any()


def test_the_order_of_memberships_does_not_count(county):
    """Shuffled memberships, and some given twice, give the same persons."""
    records, members = county
    shuffled = pd.concat([members, members.head(50)]).sample(frac=1, random_state=2)
    ours, theirs = (cl.Linker(threads=1).fit_resolve(records, memberships=table) for table in (members, shuffled))
    assert partition(ours).equals(partition(theirs))
    assert ours.summary["memberships"] == len(members)


def test_the_households_rest_on_the_same_table(county):
    """A result knows the memberships that it was resolved by."""
    records, members = county
    result = cl.Linker(threads=1).fit_resolve(records, memberships=members)
    assert result.memberships is members
