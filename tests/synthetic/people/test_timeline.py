"""A district over the months: always consistent, told in full by its events, and changing at the rates declared."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caselink.synthetic.draws import Streams
from caselink.synthetic.history import Calendar
from caselink.synthetic.people.event_rates import EventRates
from caselink.synthetic.people.families import YEAR
from caselink.synthetic.people.timeline import EVENT_KINDS, draw_history

ADDRESS_KINDS = ("moved", "entered shelter", "left shelter")
CUSTODY_KINDS = (
    "born",
    "taken along",
    "custody to parent",
    "custody to grandparent",
    "foster care",
    "foster return",
    "custodian lost",
)
ON_ONE_S_OWN_KINDS = ("of age", "left home", "died", "union", "reconciled", "jailed")
COUPLE_KINDS = ("union", "reconciled")
BUSY = EventRates(
    separation=0.05,
    union=0.05,
    reconciliation=0.05,
    marriage=0.1,
    move=0.1,
    leaving_home=0.05,
    to_shelter=0.05,
    custody_to_parent=0.03,
    custody_to_grandparent=0.03,
    foster_care=0.03,
    foster_return=0.2,
    jailing=0.05,
    release=0.3,
)
"""So much that even a few people meet with everything."""


def draw(n_people, *, seed=0, n_months=12, rates=None, first_person=0):
    """A history of one district."""
    calendar = Calendar(n_months)
    return draw_history(n_people, streams=Streams(seed), calendar=calendar, first_person=first_person, rates=rates)


@pytest.fixture(scope="module")
def district():
    """One district of six thousand people over a year."""
    return draw(6_000, seed=2)


@pytest.fixture(scope="module")
def busy_district():
    """One district in which much happens."""
    return draw(2_000, seed=3, rates=BUSY)


def histories():
    """Small districts over a few months in which much happens."""
    sizes, months, seeds = st.integers(1, 50), st.integers(1, 6), st.integers(0, 10_000)
    return st.builds(
        lambda size, n_months, seed: draw(size, seed=seed, n_months=n_months, rates=BUSY), sizes, months, seeds
    )


def people_columns(history, *names):
    """Columns of the people as arrays."""
    return (history.people[name].to_numpy() for name in names)


def place_of(history, month):
    """The kind of address of each person's home; of no meaning for those without a home."""
    return history.addresses["place"].to_numpy()[history.home_address[month][history.home[month]]]


def check_homes(history):
    """The living have one home each, the dead and unborn none; who is in jail lives at the jail."""
    birth, death = people_columns(history, "birth", "death")
    for month, day in enumerate(history.calendar.last_days()):
        alive = (birth <= day) & (death > day)
        assert ((history.home[month] >= 0) == alive).all()
        assert ((place_of(history, month) == "jail")[alive] == history.jailed[month][alive]).all()
        assert not ((history.employer[month] >= 0) & (~alive | history.jailed[month])).any()
        assert not history.jailed[month][~alive].any()


def check_couples(history):
    """Partners have each other, live together unless one is in jail, and are no kin."""
    mother, father = people_columns(history, "mother", "father")
    for partner, home, jailed in zip(history.partner, history.home, history.jailed, strict=True):
        one = np.flatnonzero(partner >= 0)
        two = partner[one]
        assert (partner[two] == one).all()
        assert (one != two).all()
        assert ((home[one] == home[two]) | jailed[one] | jailed[two]).all()
        for parent in (mother, father):
            assert not ((parent[one] == two) | ((parent[one] >= 0) & (parent[one] == parent[two]))).any()


def check_custody(history):
    """Every child under 18 lives with its custodian, who is free, or in foster care."""
    birth, part = people_columns(history, "birth", "part")
    for month, day in enumerate(history.calendar.last_days()):
        home, custodian = history.home[month], history.custodian[month]
        has = np.flatnonzero(custodian >= 0)
        assert (home[has] == home[custodian[has]]).all()
        assert (home[has] >= 0).all()
        assert not history.jailed[month][custodian[has]].any()
        assert (birth[has] - birth[custodian[has]] > 12 * YEAR).all()
        fostered = place_of(history, month) == "foster"
        minor = (part == "child") & (home >= 0) & (day - birth < 18 * YEAR)
        assert ((custodian >= 0) != fostered)[minor].all()


def replay(history):
    """Tell the events month by month, from the first state on, and compare with each month's state."""
    names = ("home", "custodian", "partner", "employer", "jailed", "last_name", "home_address")
    state = {name: getattr(history, name)[0].copy() for name in names}
    for month in range(1, history.calendar.n_months):
        for event in history.events[history.events["month"] == month].itertuples():
            tell(state, event)
        for name in names:
            assert (state[name] == getattr(history, name)[month]).all(), (name, month)


def tell(state, event):
    """Change a state by one event, as its kind says."""
    person, other, kind = event.person, event.other, event.kind
    assert state["home"][person] == event.from_home
    state["home"][person] = event.to_home
    if kind in CUSTODY_KINDS:
        state["custodian"][person] = other
    if kind in ON_ONE_S_OWN_KINDS:
        state["custodian"][person] = -1
    if kind in COUPLE_KINDS:
        state["partner"][person], state["partner"][other] = other, person
    if kind in ("separated", "died"):
        state["partner"][[person, *([other] if other >= 0 else [])]] = -1
    if kind in ("hired", "job changed"):
        state["employer"][person] = other
    if kind in ("job lost", "jailed", "died"):
        state["employer"][person] = -1
    if kind in ("jailed", "released", "died"):
        state["jailed"][person] = kind == "jailed"
    if kind == "name changed":
        state["last_name"][person] = other
    if kind in ADDRESS_KINDS:
        state["home_address"][event.from_home] = other


@given(history=histories())
@settings(max_examples=25, deadline=None)
def test_a_few_people_are_consistent_in_every_month(history):
    """However few people and however much happens: one home each, partners mutual, no child without a custodian."""
    check_homes(history)
    check_couples(history)
    check_custody(history)


@given(history=histories())
@settings(max_examples=15, deadline=None)
def test_events_tell_all_that_changes(history):
    """Replayed from the end of the first month, the events give every later month."""
    replay(history)


def test_a_district_is_consistent_and_told_by_its_events(district, busy_district):
    """The same for thousands of people, at usual rates and at high ones."""
    for history in (district, busy_district):
        check_homes(history)
        check_couples(history)
        check_custody(history)
        replay(history)


def test_everything_that_may_happen_does(busy_district):
    """Each kind of event comes, and no kind that is not described."""
    assert set(busy_district.events["kind"]) == set(EVENT_KINDS)


def test_the_tables_refer_to_what_is_there(district):
    """Rows and numbers lie within their tables; addresses are whole but for units and house numbers of boxes."""
    people, addresses = district.people, district.addresses
    n_addresses = len(addresses)
    for array in (district.home_address, district.earlier_address):
        assert array.min() >= 0
        assert array.max() < n_addresses
    assert -1 <= district.mailing_address.min() <= district.mailing_address.max() < n_addresses
    assert district.home.max() < district.n_homes == len(district.earlier_address) == len(district.mailing_address)
    assert district.last_name.max() < len(district.surnames)
    assert addresses[["street", "city", "zip", "phone", "place"]].notna().all(axis=None)
    assert (addresses["house_no"].isna() == (addresses["place"] == "box")).all()
    assert set(addresses["place"]) == {"residence", "shelter", "jail", "foster", "box"}
    assert len(people) == district.n_people == 6_000
    assert people[["entity_id", "ssn"]].nunique().eq(6_000).all()
    assert people.drop(columns=["middle_name", "suffix", "former_last_name"]).notna().all(axis=None)


@pytest.mark.parametrize("seed", [0, 7])
def test_same_seed_same_history(seed):
    """Drawn twice with one seed, every table is the same; another seed gives another."""
    first, again, other = (draw(300, seed=number) for number in (seed, seed, seed + 1))
    for name in ("people", "addresses", "putative", "events"):
        pd.testing.assert_frame_equal(getattr(first, name), getattr(again, name))
    for name in ("home", "last_name", "partner", "custodian", "employer", "jailed", "home_address", "mailing_address"):
        assert np.array_equal(getattr(first, name), getattr(again, name)), name
    assert not np.array_equal(first.people["ssn"], other.people["ssn"])


@given(sizes=st.lists(st.integers(1, 60), min_size=2, max_size=4), seed=st.integers(0, 1_000))
@settings(max_examples=10, deadline=None)
def test_ids_and_numbers_are_different_in_all_districts(sizes, seed):
    """Districts of one seed, each begun where the one before ends, have no person's id or number in common."""
    firsts = np.cumsum([0, *sizes[:-1]])
    streams = Streams(seed)
    people = pd.concat(
        draw_history(
            size, streams=streams.within(f"district {row}"), calendar=Calendar(2), first_person=int(first)
        ).people
        for row, (size, first) in enumerate(zip(sizes, firsts, strict=True))
    )
    assert people["entity_id"].is_unique
    assert people["ssn"].is_unique


def test_mothers_and_fathers_are_old_enough(district):
    """Any parent is at least 15 years older than the child, whatever the family."""
    birth, mother, father = people_columns(district, "birth", "mother", "father")
    for parent in (mother, father):
        child = np.flatnonzero(parent >= 0)
        assert (birth[child] - birth[parent[child]] >= 15 * YEAR).all()


def test_newborns_are_first_without_name_and_number(district):
    """Some born within the months have no name at first, most no number; nobody else lacks either for long."""
    birth, named, numbered = people_columns(district, "birth", "named_from", "ssn_from")
    born = np.searchsorted(district.calendar.last_days(), birth)
    newborn = birth > district.calendar.last_days()[0]
    assert newborn.sum() > 30
    assert ((named >= born) & (numbered >= born))[newborn].all()
    assert 0.05 < (named > born)[newborn].mean() < 0.4
    assert 0.75 < (numbered > born)[newborn].mean() < 1
    assert (named[birth < district.calendar.last_days()[0] - 365] <= 0).all()
    assert (numbered[birth < district.calendar.last_days()[0] - 365] <= 0).all()
