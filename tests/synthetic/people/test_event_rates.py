"""Events come as often as their rates say."""

import numpy as np
import pandas as pd
import pytest

from caselink.errors import SpecError
from caselink.synthetic.draws import Streams
from caselink.synthetic.history import Calendar
from caselink.synthetic.people.event_rates import EventRates
from caselink.synthetic.people.families import YEAR
from caselink.synthetic.people.timeline import draw_history

BUSY = EventRates(foster_care=0.03, foster_return=0.2, jailing=0.05, release=0.3)


def draw(n_people, *, seed=0, n_months=12, rates=None):
    """A history of one district."""
    return draw_history(n_people, streams=Streams(seed), calendar=Calendar(n_months), rates=rates)


@pytest.fixture(scope="module")
def district():
    """One district of six thousand people over a year."""
    return draw(6_000, seed=2)


@pytest.fixture(scope="module")
def busy_district():
    """One district in which many go to jail and to foster care."""
    return draw(2_000, seed=3, rates=BUSY)


def place_of(history, month):
    """The kind of address of each person's home; of no meaning for those without a home."""
    return history.addresses["place"].to_numpy()[history.home_address[month][history.home[month]]]


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
    with pytest.raises(SpecError, match=r"EventRates\.union"):
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
