"""Planted leads are there in the data, look-alikes are innocent: looked up one by one, as a caseworker would."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted_evidence import World, draw_world, keyed_fields, wrong_leads

from caselink.errors import SpecError
from caselink.synthetic.draws import Streams
from caselink.synthetic.findings.derived import derive
from caselink.synthetic.findings.leads import LEAD_COLUMNS
from caselink.synthetic.findings.planting import plant
from caselink.synthetic.findings.sites import PlantRates
from caselink.synthetic.history import Calendar
from caselink.synthetic.people.timeline import draw_history
from caselink.synthetic.programs.caseloads import draw_caseloads

N_PEOPLE, RATE = 8_000, 0.0015
MADE = {
    "planted": {
        *("D01", "D02", "D04", "D05", "D06", "D07", "D08", "D09", "D10"),
        *("C01", "C03", "C04", "C06", "C07", "C09", "C10"),
        *("R01", "R02", "R03", "R04", "R05", "R06", "R07", "R08", "E01", "E02"),
    },
    "look-alike": {
        *("case renumbered", "moved in mid-month", "joint custody", "case opened again", "several putative fathers"),
        *("case transferred", "stale hire", "good cause", "inside the allowed time", "inside the 20 days"),
        "held in both",
    },
}
"""What a district of this size is large enough for; deaths and jail (C11, C12) are rarer."""


@pytest.fixture(scope="module")
def world() -> World:
    """A district large enough for every kind."""
    return draw_world(N_PEOPLE, 12, 12, PlantRates(planted=RATE, look_alikes=RATE))


def test_planted_leads_are_real_and_look_alikes_innocent(world):
    """The evidence of the catalogue is there for each planted lead, and not all of it for any look-alike."""
    assert wrong_leads(world, world.leads) == []


@pytest.mark.parametrize("seed", [3, 11])
def test_no_record_is_in_a_case_twice_at_once(seed):
    """Planting leaves no record in one case by two rows of the same month; only other records can be there again."""
    rates = dict.fromkeys(
        ("C11", "C12", "D04: moved in mid-month", "D04: case renumbered", "D09: case transferred"), 0.02
    )
    programs = draw_world(3_000, 12, seed, PlantRates(planted=RATE, look_alikes=RATE, of=rates)).programs
    for name, caseload in programs.caseloads.items():
        rows = caseload.memberships.sort_values(["record", "case", "first_month"])
        record, case, first, last = (rows[c].to_numpy() for c in ("record", "case", "first_month", "last_month"))
        same = (record[1:] == record[:-1]) & (case[1:] == case[:-1])
        assert (first[1:] > last[:-1])[same].all(), name


def test_a_case_transferred_has_another_head(world):
    """Before, the one parent is its HEAD and the other an ADULT; in the new case it is the other way about."""
    leads = world.leads[(world.leads["look_alike"] == "case transferred").to_numpy()]
    assert len(leads)
    for _, lead in leads.groupby("lead"):
        old, new = lead["case"].drop_duplicates()
        before, after = (
            world.lines("iva", case=case).drop_duplicates("person").set_index("person")["role"] for case in (old, new)
        )
        heads = [role.index[(role == "HEAD").to_numpy()].tolist() for role in (before, after)]
        assert [len(head) for head in heads] == [1, 1]
        assert heads[0] != heads[1]
        assert after.get(heads[0][0]) == before[heads[1][0]] == "ADULT"
        assert world.lines("iva", case=new)["head"].iloc[0] == heads[1][0]


def test_every_kind_is_planted(world):
    """A district of some size has every real finding and every look-alike that has to be made."""
    kinds = world.leads.drop_duplicates("lead")
    assert set(kinds["finding"][kinds["kind"] == "planted"]) >= MADE["planted"]
    assert set(kinds["look_alike"].dropna()) == MADE["look-alike"]


def test_leads_are_a_table_of_people_and_cases(world):
    """Rows have the columns promised, months of the calendar in order, and people and cases that exist."""
    leads = world.leads
    assert list(leads.columns) == list(LEAD_COLUMNS)
    assert ((leads["first_month"] <= leads["last_month"]) & (leads["last_month"] < 12)).all()
    assert leads["person"].between(0, world.history.n_people - 1).all()
    for program, rows in leads.groupby("program"):
        known = {-1, *world.programs.caseloads[program].cases["case"]}
        assert set(rows["case"]) <= known


def test_one_lead_a_family(world):
    """Nobody is in two planted leads, so none contradicts another."""
    people = world.leads[["lead", "person"]].drop_duplicates()
    assert not people["person"].duplicated().any()


def test_programs_stay_whole(world):
    """Records are numbered through, each with a first version that has everything keyed, and a stay in a known case."""
    for caseload in world.programs.caseloads.values():
        n = len(caseload.records)
        first = caseload.versions.drop_duplicates("record")
        assert sorted(first["record"]) == list(range(n)) == sorted(set(caseload.memberships["record"]))
        assert first[["names", "person", "address"]].all().all()
        assert len(caseload.details) == n
        assert (caseload.memberships["first_month"] <= caseload.memberships["last_month"]).all()
        assert caseload.cases["case"].is_unique
        assert set(caseload.memberships["case"]) <= {-1, *caseload.cases["case"]}
        assert caseload.records["copy_of"].between(0, n - 1).all()


def test_tables_keep_their_types(world):
    """Planting changes no column's type, and says of every new record that it was planted."""
    for name, caseload in world.programs.caseloads.items():
        before = world.before.caseloads[name]
        for table in ("records", "memberships", "versions", "cases", "details"):
            pd.testing.assert_series_equal(getattr(caseload, table).dtypes, getattr(before, table).dtypes)
        assert (caseload.records["cause"][len(before.records) :] == "planted").all()


def test_rates_come_out():
    """As many leads are planted as the rate says, where there are families enough; a kind's own rate is its own."""
    rates = PlantRates(planted=0.0, look_alikes=0.0, of={"D06": 0.01, "D04: case renumbered": 0.004})
    world = draw_world(5_000, 12, 3, rates)
    counts = world.leads.drop_duplicates("lead")["finding"].value_counts()
    assert set(counts.index) == {"D06", "D04"}
    assert abs(counts["D06"] - 50) < 4 * np.sqrt(50)
    assert abs(counts["D04"] - 20) < 4 * np.sqrt(20)


def test_no_rate_changes_nothing():
    """Without anything to plant the programs are given back as they are."""
    world = draw_world(200, 3, 1, PlantRates(planted=0.0, look_alikes=0.0))
    assert world.programs is world.before
    assert len(world.leads) == 0
    assert list(world.leads.columns) == list(LEAD_COLUMNS)


def test_the_programs_given_stay_as_they_were():
    """Planting works on copies."""
    history = draw_history(1_500, streams=Streams(2), calendar=Calendar(12))
    before, again = (draw_caseloads(history, streams=Streams(3)) for _ in range(2))
    plant(history, before, rates=PlantRates(planted=0.01, look_alikes=0.01), streams=Streams(4))
    for name, caseload in before.caseloads.items():
        for table in ("records", "memberships", "versions", "cases", "details"):
            pd.testing.assert_frame_equal(getattr(caseload, table), getattr(again.caseloads[name], table))


@settings(max_examples=6, deadline=None, derandomize=True)
@given(n_people=st.integers(1, 400), months=st.integers(1, 5), seed=st.integers(0, 1_000))
def test_any_district_can_be_planted(n_people, months, seed):
    """However few people and months: what is planted is true, and the same seed plants the same."""
    rates = PlantRates(planted=0.02, look_alikes=0.02)
    world = draw_world(n_people, months, seed, rates)
    assert wrong_leads(world, world.leads) == []
    _, again = plant(world.history, world.before, rates=rates, streams=Streams(seed))
    pd.testing.assert_frame_equal(world.leads, again)
    truth = derive(world.history, world.programs, keyed_fields(world), world.leads)
    assert set(truth["kind"]) <= {"planted", "arisen", "look-alike"}


def test_one_month_is_enough():
    """A single month has leads as well: those that need no past."""
    world = draw_world(N_PEOPLE, 1, 5, PlantRates(planted=RATE, look_alikes=RATE))
    assert wrong_leads(world, world.leads) == []
    assert {"D04", "D05", "D06", "C04", "R01", "R07"} <= set(world.leads["finding"])


@pytest.mark.parametrize("rates", [{"planted": -0.1}, {"look_alikes": 2.0}, {"of": {"D04": 1.5}}])
def test_rates_are_shares(rates):
    """A rate outside 0 to 1 is refused."""
    with pytest.raises(SpecError, match="must be a share"):
        PlantRates(**rates)
