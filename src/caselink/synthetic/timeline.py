"""The months of a district: how things stand at first, and what happens in each month."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from caselink.synthetic.births import bear_children
from caselink.synthetic.draws import Ints, Mask, Streams
from caselink.synthetic.history import Calendar, History
from caselink.synthetic.places import draw_addresses
from caselink.synthetic.population import Population, draw_population
from caselink.synthetic.start import first_state, mailing_addresses, putative_fathers, texts_of
from caselink.synthetic.state import BOX, PLACES, State

EVENT_KINDS = {"jailed": "person goes to jail"}
"""What may happen; ``other`` is the row of somebody else concerned unless said otherwise."""


def draw_history(n_people: int, *, streams: Streams, calendar: Calendar, first_person: int = 0) -> History:
    """``n_people`` people and their families over the months of ``calendar``.

    ``n_people`` counts those who are born within the months. ``first_person``: how many people the districts before
    have, so that numbers given to people are all different.
    """
    population = draw_population(n_people, streams=streams)
    last_days = calendar.last_days()
    month_before = int((calendar.months()[0].astype("datetime64[D]").astype(np.int64)) - 1)
    state = first_state(population, streams.within("first"), today=month_before)
    months = [_draw_month(state, month, int(today), streams) for month, today in enumerate(last_days)]
    return _history(calendar, population, state, months, streams)


class _Month(NamedTuple):
    """Copies of what changes, as it stands at the end of a month."""

    home: Ints
    last_name: Ints
    partner: Ints
    custodian: Ints
    employer: Ints
    jailed: Mask
    home_address: Ints


def _draw_month(state: State, month: int, today: int, streams: Streams) -> _Month:
    state.month, state.today = month, today
    bear_children(state, streams.within(f"month {month}"))
    return _Month(*(getattr(state, name).copy() for name in _Month._fields))


def _history(
    calendar: Calendar, population: Population, state: State, months: list[_Month], streams: Streams
) -> History:
    """Months stacked; a home that is not there yet has its first address."""
    n_first = population.n_homes
    mailing = mailing_addresses(state, n_first, streams)
    addresses = np.tile(state.home_address.astype(np.int32), (len(months), 1))
    for row, month in zip(addresses, months, strict=True):
        row[: len(month.home_address)] = month.home_address
    earlier = np.concatenate([n_first + np.arange(n_first), state.home_address[n_first:]])
    stacked = {
        name: np.stack([getattr(month, name) for month in months]).astype(np.bool_ if name == "jailed" else np.int32)
        for name in _Month._fields
        if name != "home_address"
    }
    return History(
        calendar=calendar,
        people=_people(population, state, calendar, streams),
        surnames=state.surnames,
        **stacked,
        addresses=_addresses(population, state, streams),
        home_address=addresses,
        mailing_address=mailing.astype(np.int32),
        earlier_address=earlier.astype(np.int32),
        putative=putative_fathers(state, streams),
        events=state.log.table(),
    )


def _people(population: Population, state: State, calendar: Calendar, streams: Streams) -> pd.DataFrame:
    """What does not change; a newborn has a first name and a number some months later."""
    people = population.people.drop(columns=["home", "household_id", "last_name"])
    births = state.facts.birth.astype("datetime64[D]").astype("datetime64[M]")
    born = (births - calendar.months()[0]).astype(np.int64)
    rng = streams.rng("newborns")
    unnamed = rng.choice(3, len(born), p=[0.8, 0.15, 0.05])
    numbered = rng.choice(6, len(born), p=[0.1, 0.4, 0.25, 0.15, 0.06, 0.04])
    return people.assign(
        death=state.death,
        named_from=np.maximum(born + unnamed, 0),
        ssn_from=np.maximum(born + numbered, 0),
        name_group="plain",
    )


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
