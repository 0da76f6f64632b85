"""The months of a district: how things stand at first, and what happens in each month."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from caselink.synthetic.draws import Ints, Mask, Streams, Texts
from caselink.synthetic.history import Calendar, History, Rows
from caselink.synthetic.people.births import bear_children, die
from caselink.synthetic.people.couples import marry, reconcile, separate, unite
from caselink.synthetic.people.custody import change_custody, come_of_age, leave_foster_care
from caselink.synthetic.people.event_rates import EventRates
from caselink.synthetic.people.jail import jail, release
from caselink.synthetic.people.moves import leave_home, move_homes, use_shelters
from caselink.synthetic.people.names import name_groups
from caselink.synthetic.people.places import draw_addresses
from caselink.synthetic.people.population import Population, draw_population
from caselink.synthetic.people.putative import putative_fathers
from caselink.synthetic.people.start import first_state, mailing_addresses, texts_of
from caselink.synthetic.people.state import BOX, PLACES, Log, State
from caselink.synthetic.people.work import change_jobs

EVENT_KINDS: Mapping[str, str] = {
    "born": "comes to live with its custodian; other: the custodian, -1 in foster care",
    "died": "lives nowhere any more; other: the partner",
    "separated": "moves out (or stays in jail), the couple is none any more; other: who stays",
    "union": "comes to live with a partner; other: the partner",
    "reconciled": "comes to live with the other parent of a child again; other: the partner",
    "married": "marries; other: the partner",
    "name changed": "has another last name; other: its place in surnames",
    "taken along": "a child goes where its custodian goes; other: the custodian",
    "custody to parent": "a child has its other parent as custodian; other: the new custodian",
    "custody to grandparent": "a child has a grandmother as custodian; other: the new custodian",
    "foster care": "a child goes to a foster home",
    "foster return": "a child comes back from foster care; other: the new custodian",
    "custodian lost": "a child whose custodian died or went to jail; other: the new custodian, -1 in foster care",
    "of age": "has no custodian any more, at 21 or when left alone at 18 or more",
    "left home": "moves into a home of one's own, or with a partner into a new one",
    "moved": "the household changes its address; person: its first, other: the row of the address",
    "entered shelter": "as moved, to a shelter",
    "left shelter": "as moved, from a shelter",
    "jailed": "goes to jail",
    "released": "comes home from jail",
    "hired": "has a job after none; other: number of the employer",
    "job changed": "has another job; other: number of the employer",
    "job lost": "has no job any more, at jailing without a word",
}
"""What may happen to ``person``; ``other`` is -1 where not named."""

OTHER_IS_NO_PERSON = frozenset(
    {"name changed", "moved", "entered shelter", "left shelter", "hired", "job changed"},
)
"""Kinds whose ``other`` is a place in a table of something else than people."""

YEARS_BEFORE = 1
"""Years of couples and custody that are drawn at once before the first month."""


def draw_history(
    n_people: int, *, streams: Streams, calendar: Calendar, first_person: int = 0, rates: EventRates | None = None
) -> History:
    """``n_people`` people and their families over the months of ``calendar``.

    ``n_people`` counts those who are born within the months. ``first_person``: how many people the districts before
    have, so that numbers given to people are all different.
    """
    rates = rates or EventRates()
    population = draw_population(n_people, streams=streams, first_person=first_person)
    month_before = int(calendar.months()[0].astype("datetime64[D]").astype(np.int64)) - 1
    state = first_state(population, streams.within("first"), today=month_before)
    population.people["former_last_name"] = _draw_years_before(state, rates, streams.within("years before"))
    months = []
    for month, today in enumerate(calendar.last_days()):
        state.month, state.today = month, int(today)
        _draw_month(state, rates, streams.within(f"month {month}"))
        months.append(_Month(*(getattr(state, name).copy() for name in _Month._fields)))
    return _history(calendar, population, state, months, streams)


def _draw_years_before(state: State, rates: EventRates, streams: Streams) -> Texts:
    """Let couples and custody change as in the years before, all at once; last names from before are given back."""
    before = state.last_name.copy()
    _draw_family_changes(state, rates.over(12 * YEARS_BEFORE), streams)
    state.log = Log()
    former = np.array([*state.surnames, None], dtype=object)[state.former_name]
    changed = state.last_name != before
    former[changed] = state.surnames[before[changed]]
    return np.asarray(former, dtype=object)


def _draw_month(state: State, rates: EventRates, streams: Streams) -> None:
    """All that happens in a month; each step sees what those before it left.

    Who would die within the first month is not of the district: homes are told from the end of that month on.
    """
    if state.month > 0:
        die(state, rates, streams)
    bear_children(state, streams)
    come_of_age(state)
    _draw_family_changes(state, rates, streams)
    release(state, rates, streams)
    jail(state, rates, streams)
    leave_home(state, rates, streams)
    use_shelters(state, rates, streams)
    move_homes(state, rates, streams)
    change_jobs(state, rates, streams)


def _draw_family_changes(state: State, rates: EventRates, streams: Streams) -> None:
    separate(state, rates, streams)
    reconcile(state, rates, streams)
    unite(state, rates, streams)
    marry(state, rates, streams)
    leave_foster_care(state, rates, streams)
    change_custody(state, rates, streams)


class _Month(NamedTuple):
    """Copies of what changes, as it stands at the end of a month."""

    home: Ints
    last_name: Ints
    partner: Ints
    custodian: Ints
    employer: Ints
    jailed: Mask
    home_address: Ints


def _history(
    calendar: Calendar, population: Population, state: State, months: list[_Month], streams: Streams
) -> History:
    """Months stacked; a home that is not there yet has its first address."""
    n_first = population.n_homes
    mailing = mailing_addresses(state, n_first, streams)
    addresses = [state.home_address]
    for month in reversed(months):
        addresses.append(np.concatenate([month.home_address, addresses[-1][len(month.home_address) :]]))
    earlier = np.concatenate([n_first + np.arange(n_first), addresses[-1][n_first:]])
    return History(
        calendar=calendar,
        people=_people(population, state, calendar, streams),
        surnames=state.surnames,
        home=_stack([month.home for month in months]),
        last_name=_stack([month.last_name for month in months]),
        partner=_stack([month.partner for month in months]),
        custodian=_stack([month.custodian for month in months]),
        employer=_stack([month.employer for month in months]),
        jailed=np.stack([month.jailed for month in months]),
        addresses=_addresses(population, state, streams),
        home_address=_stack(addresses[:0:-1]),
        mailing_address=mailing.astype(np.int32),
        earlier_address=earlier.astype(np.int32),
        putative=putative_fathers(state.facts, population.people["home"].to_numpy(), streams),
        events=state.log.table(),
    )


def _stack(months: list[Ints]) -> Rows:
    return np.stack(months).astype(np.int32)


def _people(population: Population, state: State, calendar: Calendar, streams: Streams) -> pd.DataFrame:
    """What does not change; a newborn has a first name and a number some months later."""
    people = population.people.drop(columns=["home", "household_id"])
    births = state.facts.birth.astype("datetime64[D]").astype("datetime64[M]")
    born = (births - calendar.months()[0]).astype(np.int64)
    rng = streams.rng("newborns")
    unnamed = rng.choice(3, len(born), p=[0.8, 0.15, 0.05])
    numbered = rng.choice(6, len(born), p=[0.1, 0.4, 0.25, 0.15, 0.06, 0.04])
    return people.assign(
        death=state.death,
        named_from=np.maximum(born + unnamed, 0),
        ssn_from=np.maximum(born + numbered, 0),
        name_group=name_groups(people["first_name"].to_numpy(dtype=object), people["last_name"].to_numpy(dtype=object)),
    ).drop(columns="last_name")


def _addresses(population: Population, state: State, streams: Streams) -> pd.DataFrame:
    """The population's addresses and below them those of the months."""
    n_first = len(population.addresses)
    later = draw_addresses(population.places, state.address_zip[n_first:], streams.within("later"))
    addresses = pd.concat([population.addresses, later], ignore_index=True)
    addresses["place"] = texts_of(state.address_place, PLACES)
    boxes = (state.address_place == BOX).nonzero()[0]
    numbers = streams.rng("boxes").integers(1, 9_999, len(boxes)).astype("U").astype(object)
    addresses.loc[boxes, ["house_no", "unit"]] = None
    addresses.loc[boxes, "street"] = "PO BOX " + numbers
    return addresses
