"""The whole truth about findings: it holds what was planted, what slips and lags made, and nothing twice."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from planted_evidence import EVIDENCE, World, draw_world, keyed_fields, wrong_leads

from caselink.synthetic.findings.derived import derive
from caselink.synthetic.findings.leads import ARISEN, LOOK_ALIKE, PLANTED, Part, add_arisen, lead_table, no_leads
from caselink.synthetic.findings.sites import PlantRates
from caselink.synthetic.findings.value_findings import is_near, sightings
from caselink.synthetic.people import ssn

KEYS = ["finding", "person", "part", "program", "case"]


@pytest.fixture(scope="module")
def world() -> World:
    """A district with all kinds of leads."""
    return draw_world(5_000, 12, 21, PlantRates(planted=0.0015, look_alikes=0.0015))


@pytest.fixture(scope="module")
def fields(world) -> dict[str, pd.DataFrame]:
    """What was keyed in it."""
    return keyed_fields(world)


@pytest.fixture(scope="module")
def truth(world, fields) -> pd.DataFrame:
    """All that is true of it."""
    return derive(world.history, world.programs, fields, world.leads)


@pytest.fixture(scope="module")
def shown(world, fields) -> pd.DataFrame:
    """Every version that is on any extract."""
    caseloads = world.programs.caseloads
    seen = pd.concat([sightings(world.history, caseloads[name], fields[name]) for name in fields])
    return seen[(seen["from"] <= seen["to"]).to_numpy()]


def test_the_definitions_find_what_was_planted(world, fields):
    """Everything planted, D10's number apart, is true by definition as well, found without being told."""
    alone = derive(world.history, world.programs, fields, no_leads())
    real = alone[(alone["kind"] != LOOK_ALIKE).to_numpy()]
    planted = world.leads[(world.leads["kind"] == PLANTED).to_numpy()]
    found = pd.MultiIndex.from_frame(planted[KEYS]).isin(pd.MultiIndex.from_frame(real[KEYS]))
    missed = set(planted["lead"]) - set(planted["lead"][found])
    assert missed == set()


def test_what_was_planted_stays(world, truth):
    """Planted leads are in the truth once each, with all their people; their look-alikes as far as innocent."""
    for kind in (PLANTED, LOOK_ALIKE):
        planted = world.leads[(world.leads["kind"] == kind).to_numpy()].drop_duplicates(KEYS)
        kept = pd.MultiIndex.from_frame(planted[KEYS]).isin(pd.MultiIndex.from_frame(truth[KEYS]))
        assert kept.mean() > (0.999 if kind == PLANTED else 0.9)


def test_nothing_is_both_real_and_innocent(truth):
    """No look-alike says of the same people in the same cases what a real lead says."""
    alike = (truth["kind"] == LOOK_ALIKE).to_numpy()
    planted_or_arisen = pd.MultiIndex.from_frame(truth[~alike][KEYS])
    made = truth[alike & truth["look_alike"].isin(["case renumbered", "joint custody", "held in both"]).to_numpy()]
    assert not pd.MultiIndex.from_frame(made[KEYS]).isin(planted_or_arisen).any()


def test_what_has_arisen_is_real_too(world, truth):
    """Of the findings that were planted, those that have arisen by themselves pass the same look-up."""
    looked_up = [
        "D01",
        "D02",
        "D05",
        "D07",
        "D08",
        "D10",
        "C01",
        "C03",
        "C04",
        "C06",
        "C11",
        "C12",
        "R05",
        "R06",
        "R07",
        "E02",
    ]
    arisen = truth[((truth["kind"] == ARISEN) & truth["finding"].isin(looked_up)).to_numpy()]
    iva = arisen.groupby("lead")["program"].transform(lambda programs: "iva" in set(programs)).to_numpy(bool)
    arisen = arisen[iva | arisen["finding"].isin(["D07", "D08", "C03"]).to_numpy()]
    assert set(looked_up) <= set(EVIDENCE)
    assert arisen["lead"].nunique() > 50
    assert wrong_leads(world, arisen) == []


def test_leads_are_numbered_through(truth):
    """Leads have numbers from 0 without gaps, each with one finding and one kind."""
    numbers = truth["lead"].drop_duplicates()
    assert numbers.tolist() == list(range(len(numbers)))
    assert len(truth[["lead", "finding", "kind", "look_alike"]].drop_duplicates()) == len(numbers)


def people_of(truth: pd.DataFrame, finding: str) -> set[frozenset[int]]:
    """The people of each real lead of a finding."""
    rows = truth[((truth["finding"] == finding) & (truth["kind"] != LOOK_ALIKE)).to_numpy()]
    return {frozenset(people) for _, people in rows.groupby("lead")["person"]}


def numbers_by_person(shown: pd.DataFrame) -> dict[int, set[int]]:
    """Usable numbers under which each person is on any extract."""
    held = defaultdict(set)
    for person, number in zip(shown["person"], shown["ssn"], strict=True):
        if ssn.is_valid(np.array([max(number, 0)]))[0]:
            held[person].add(number)
    return held


def test_invalid_numbers_are_all_there(truth, shown):
    """Q01: everybody on any extract under a filler or an impossible number, and nobody else."""
    bad = {
        int(p) for p, n in zip(shown["person"], shown["ssn"], strict=True) if n >= 0 and not ssn.is_valid(np.array([n]))
    }
    assert bad
    assert people_of(truth, "Q01") == {frozenset([person]) for person in bad}


def test_shared_numbers_are_all_there(world, truth, shown):
    """Q02: each number of people who differ in first name and birth date."""
    people, holders = world.history.people, defaultdict(set)
    for person, numbers in numbers_by_person(shown).items():
        for number in numbers:
            holders[number].add(person)
    names, births = people["first_name"].fillna("").to_numpy(), people["birth"].to_numpy()
    expected = {
        frozenset(held)
        for held in holders.values()
        if len({names[p] for p in held}) > 1 and len({births[p] for p in held}) > 1
    }
    assert expected
    assert people_of(truth, "Q02") == expected


def test_several_numbers_are_far_or_near(truth, shown):
    """Q03 has people with two numbers far apart, Q04 those with two that are one slip apart."""
    far, near = set(), set()
    for person, numbers in numbers_by_person(shown).items():
        for one, other in combinations(sorted(numbers), 2):
            (near if is_near(np.array([one]), np.array([other]))[0] else far).add(frozenset([person]))
    assert far
    assert near
    assert people_of(truth, "Q03") == far
    assert people_of(truth, "Q04") == near


def test_leads_together_are_seen_in_one_month(truth, shown):
    """Months are in order; two numbers of a person are together where some month shows both, and in no other lead."""
    assert (truth["first_month"] <= truth["last_month"]).all()
    held = defaultdict(lambda: defaultdict(set))
    usable = shown[ssn.is_valid(np.maximum(shown["ssn"].to_numpy(), 0))].rename(columns={"from": "since"})
    for row in usable.itertuples():
        for month in range(row.since, row.to + 1):
            held[row.person][month].add(row.ssn)
    leads = truth[(truth["finding"].isin(["Q03", "Q04"]) & (truth["kind"] != LOOK_ALIKE)).to_numpy()]
    for lead in leads.drop_duplicates("lead").itertuples():
        near = lead.finding == "Q04"
        months = [
            month
            for month, numbers in held[lead.person].items()
            if any(is_near(np.array([a]), np.array([b]))[0] == near for a, b in combinations(sorted(numbers), 2))
        ]
        assert lead.together == bool(months)
        if months:
            assert (lead.first_month, lead.last_month) == (min(months), max(months))
    assert leads["together"].any()
    assert not leads["together"].all()
    assert not truth.loc[((truth["finding"] == "D10") & (truth["kind"] == PLANTED)).to_numpy(), "together"].any()


@given(one=st.integers(0, 999_999_999), place=st.integers(0, 8), digit=st.integers(0, 9), swap=st.integers(0, 7))
def test_near_numbers_are_one_slip_apart(one, place, digit, swap):
    """One digit typed as another, or two neighbors swapped, makes a near number; a number is not near itself."""
    text = f"{one:09}"
    typed = int(text[:place] + str(digit) + text[place + 1 :])
    swapped = int(text[:swap] + text[swap + 1] + text[swap] + text[swap + 2 :])
    for other in (typed, swapped):
        assert is_near(np.array([one]), np.array([other]))[0] == (other != one)


def test_planted_wins_over_arisen():
    """What was planted and is true by definition is said once; a look-alike that is true after all is dropped."""
    person = Part("member", "iva", [4], [9])
    planted = lead_table("D04", ([1], [2]), [person], kind=PLANTED)
    alike = lead_table("D04", ([1], [2]), [person], kind=LOOK_ALIKE, look_alike="case renumbered")
    found = lead_table("D04", ([0], [3]), [person])
    other = lead_table("D05", ([0], [3]), [person])
    assert add_arisen(planted, found)["kind"].tolist() == [PLANTED]
    assert add_arisen(alike, found)["kind"].tolist() == [ARISEN]
    assert add_arisen(planted, other)["finding"].tolist() == ["D04", "D05"]
