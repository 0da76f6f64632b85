"""A district over the months: always consistent, told in full by its events, and changing at the rates declared."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caselink.synthetic.draws import Streams
from caselink.synthetic.event_rates import EventRates
from caselink.synthetic.families import YEAR
from caselink.synthetic.history import Calendar
from caselink.synthetic.timeline import EVENT_KINDS, draw_history

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


RATE_OF_KIND = {
    "separated": "separation",
    "union": "union",
    "reconciled": "reconciliation",
    "married": "marriage",
    "moved": "move",
    "entered shelter": "to_shelter",
    "left shelter": "from_shelter",
    "custody to grandparent": "custody_to_grandparent",
    "foster care": "foster_care",
    "foster return": "foster_return",
    "released": "release",
    "hired": "new_job",
    "job changed": "job_change",
}


@pytest.mark.parametrize(("kind", "rate"), RATE_OF_KIND.items())
def test_a_rate_of_zero_is_never(kind, rate):
    """An event whose rate is set to 0 does not happen, and others still do."""
    events = draw(400, seed=1, n_months=4, rates=EventRates(**{rate: 0.0})).events
    assert kind not in set(events["kind"])
    assert len(events) > 30


def at_risk(history, month):
    """Who is free and alive at the end of a month, with the ages of all."""
    ages = (history.calendar.last_days()[month] - history.people["birth"].to_numpy()) / YEAR
    return (history.home[month] >= 0) & ~history.jailed[month], ages


def counts(history, kind, chance):
    """How often a kind of event came from the second month on, and its expected number with the variance.

    ``chance`` gives each person's probability in a month.
    """
    months = range(1, history.calendar.n_months)
    p = np.concatenate([chance(month) for month in months])
    events = history.events
    return ((events["kind"] == kind) & (events["month"] > 0)).sum(), p.sum(), (p * (1 - p)).sum()


def test_jobs_change_at_their_rates(district):
    """New jobs, changes and losses come within five standard deviations of what the rates say."""
    rates = EventRates()

    def chance(rate, *, working):
        def of_month(month):
            free, ages = at_risk(district, month)
            had = district.employer[month - 1] >= 0
            return rate * (free & (ages >= 18) & (ages < 68) & (had == working))

        return of_month

    for kind, rate, working in (
        ("hired", rates.new_job, False),
        ("job changed", rates.job_change, True),
        ("job lost", rates.job_loss, True),
    ):
        seen, mean, variance = counts(district, kind, chance(rate, working=working))
        assert abs(seen - mean) < 5 * np.sqrt(variance) + 5, kind


def test_people_are_jailed_and_released_at_their_rates(busy_district):
    """Men go to jail at the rate, women at a tenth of it, and come out at theirs."""
    female = busy_district.people["female"].to_numpy()

    def jailed(month):
        free, _ = at_risk(busy_district, month - 1)
        alive, ages = busy_district.home[month] >= 0, at_risk(busy_district, month)[1]
        return BUSY.jailing * np.where(female, 0.1, 1.0) * (free & alive & (ages >= 18) & (ages < 55))

    def released(month):
        return BUSY.release * (busy_district.jailed[month - 1] & (busy_district.home[month] >= 0))

    for kind, chance, slack in (("jailed", jailed, 0.1), ("released", released, 0.0)):
        seen, mean, variance = counts(busy_district, kind, chance)
        assert abs(seen - mean) < 5 * np.sqrt(variance) + slack * mean, kind


def test_people_die_at_their_rates():
    """Deaths come at the rates by age and sex; a rate of 1 leaves only expecting mothers and the youngest."""
    district = draw(6_000, seed=5)
    table = EventRates().deaths_by_age
    female = district.people["female"].to_numpy()

    def chance(month):
        _, ages = at_risk(district, month)
        band = np.searchsorted([row[0] for row in table], ages, side="right") - 1
        yearly = np.where(female, np.array([row[1] for row in table])[band], np.array([row[2] for row in table])[band])
        return (1 - (1 - yearly) ** (1 / 12)) * (district.home[month - 1] >= 0)

    seen, mean, variance = counts(district, "died", chance)
    assert abs(seen - mean) < 5 * np.sqrt(variance)
    everybody = draw(50, n_months=2, rates=EventRates(deaths_by_age=((0, 1.0, 1.0),)))
    assert (everybody.home[1] >= 0).sum() <= 5


def test_households_move_and_couples_part_at_their_rates(district):
    """A share of households and couples between the lowest and the highest rate that applies to them."""
    rates, months = EventRates(), range(1, 12)
    kinds = district.events[district.events["month"] > 0]["kind"].value_counts()
    homes = sum(
        len(np.unique(district.home[month][(district.home[month] >= 0) & (place_of(district, month) == "residence")]))
        for month in months
    )
    couples = sum((district.partner[month] >= 0).sum() / 2 for month in months)
    for seen, n, low, high in (
        (kinds["moved"], homes, rates.move, 1.5 * rates.move),
        (kinds["separated"], couples, rates.separation / 2, rates.separation),
    ):
        assert n * low - 5 * np.sqrt(n * low) < seen < n * high + 5 * np.sqrt(n * high)


def test_a_share_of_men_and_women_is_refused_outside_0_and_1():
    """A rate that is no share is an error that names it."""
    with pytest.raises(ValueError, match=r"EventRates\.union"):
        EventRates(union=1.5)


def test_children_come_to_care_and_leave_it_at_their_rates(busy_district):
    """Foster care begins for the declared share of children with a custodian, and ends for at most its share."""
    part = busy_district.people["part"].to_numpy()

    def entering(month):
        _, ages = at_risk(busy_district, month)
        had = (busy_district.custodian[month - 1] >= 0) & (busy_district.home[month] >= 0)
        return BUSY.foster_care * ((part == "child") & (ages < 18) & had)

    def leaving(month):
        _, ages = at_risk(busy_district, month)
        in_care = (place_of(busy_district, month - 1) == "foster") & (busy_district.home[month - 1] >= 0)
        return BUSY.foster_return * (in_care & (busy_district.home[month] >= 0) & (ages < 18))

    seen, mean, variance = counts(busy_district, "foster care", entering)
    assert abs(seen - mean) < 5 * np.sqrt(variance * 4) + 0.05 * mean  # siblings go together, which widens the spread
    seen, mean, variance = counts(busy_district, "foster return", leaving)
    assert 0.3 * mean < seen < mean + 5 * np.sqrt(variance)


def test_couples_marry_once():
    """Where every couple marries at once, the weddings of a month are those of its new couples."""
    history = draw(2_000, seed=8, rates=EventRates(marriage=1.0, union=0.03))
    events = history.events[history.events["month"] > 0]
    by_month = pd.crosstab(events["month"], events["kind"])
    assert by_month["married"].sum() > 50
    assert (by_month["married"] == by_month["union"] + by_month["reconciled"]).all()


def test_new_names_are_the_partners_or_joined():
    """After a wedding a changed name is a surname of the partner's, or both joined by a hyphen."""
    history = draw(2_000, seed=9, rates=EventRates(marriage=1.0, union=0.03))
    weddings = history.events[history.events["kind"] == "married"]
    changes = history.events[history.events["kind"] == "name changed"].merge(weddings, on=["month", "person"])
    assert len(changes) > 30
    new = history.surnames[changes["other_x"]]
    partners = history.surnames[history.last_name[changes["month"], changes["other_y"]]]
    assert all(name in partner or ("-" in name) for name, partner in zip(new, partners, strict=True))
