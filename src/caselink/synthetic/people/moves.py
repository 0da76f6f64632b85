"""Moving: a household as a whole, somebody to a home of one's own, or into a shelter and out of it."""

from __future__ import annotations

import numpy as np

from caselink.synthetic.draws import Ints, Streams, pick
from caselink.synthetic.people.event_rates import EventRates
from caselink.synthetic.people.families import NOBODY
from caselink.synthetic.people.places import NEAR_MOVE_SHARE
from caselink.synthetic.people.start import one_adult_homes
from caselink.synthetic.people.state import RESIDENCE, SHELTER, State

LONE_CUSTODIAN_FACTOR = 1.5
LEAVES_HOME_UNTIL = 55


def new_addresses(state: State, homes: Ints, rng: np.random.Generator) -> Ints:
    """An address for a move from each of ``homes``: mostly in the same ZIP code."""
    near = rng.random(len(homes)) < NEAR_MOVE_SHARE
    far = pick(rng, state.zip_weights, len(homes))
    return state.add_addresses(np.where(near, state.address_zip[state.home_address[homes]], far))


def new_homes(state: State, people: Ints, rng: np.random.Generator) -> Ints:
    """A home of one's own for each of ``people``."""
    return state.open_homes(new_addresses(state, state.home[people], rng))


def take_along(state: State, adults: Ints) -> None:
    """Bring the children of ``adults`` to the homes where these live now."""
    children = state.wards_of(adults)
    custodians = state.custodian[children]
    state.settle("taken along", children, state.home[custodians], custodians)


def move_homes(state: State, rates: EventRates, streams: Streams) -> None:
    """Whole households change their address and stay the same household."""
    rng = streams.rng("moves")
    rate = np.full(len(state.home_address), rates.move)
    lone = np.intersect1d(one_adult_homes(state), state.home[state.custodians()])
    rate[lone] *= LONE_CUSTODIAN_FACTOR
    homes = np.flatnonzero((rng.random(len(rate)) < rate) & (_places(state) == RESIDENCE))
    _change_address(state, "moved", _lived_in(state, homes), rng)


def use_shelters(state: State, rates: EventRates, streams: Streams) -> None:
    """Households of one adult come to a shelter, and leave it for a home."""
    rng = streams.rng("shelters")
    leaving = np.flatnonzero((rng.random(len(state.home_address)) < rates.from_shelter) & (_places(state) == SHELTER))
    homes = one_adult_homes(state)
    entering = homes[rng.random(len(homes)) < rates.to_shelter]
    _change_address(state, "left shelter", _lived_in(state, leaving), rng)
    shelters = np.flatnonzero(state.address_place == SHELTER)
    address = shelters[rng.integers(0, len(shelters), len(entering))]
    _give_address(state, "entered shelter", entering, address)


def leave_home(state: State, rates: EventRates, streams: Streams) -> None:
    """Adults without a partner who share a home with other adults move into one of their own, with their children."""
    rng = streams.rng("leaving home")
    free = state.free_adults()
    n_adults = np.bincount(state.home[free], minlength=len(state.home_address))
    among = free & (state.partner == NOBODY) & (state.ages() < LEAVES_HOME_UNTIL)
    among &= n_adults[state.home] > 1
    rows = np.flatnonzero((rng.random(len(among)) < rates.leaving_home) & among)
    state.settle("left home", rows, new_homes(state, rows, rng))
    state.custodian[rows] = NOBODY
    take_along(state, rows)


def _places(state: State) -> Ints:
    return state.address_place[state.home_address]


def _lived_in(state: State, homes: Ints) -> Ints:
    n_people = np.bincount(state.home[state.home != NOBODY], minlength=len(state.home_address))
    return homes[n_people[homes] > 0]


def _change_address(state: State, kind: str, homes: Ints, rng: np.random.Generator) -> None:
    _give_address(state, kind, homes, new_addresses(state, homes, rng))


def _give_address(state: State, kind: str, homes: Ints, addresses: Ints) -> None:
    """Change the address of lived-in homes; the event names the first of each home's people."""
    lived_in, first = np.unique(state.home, return_index=True)
    person = first[np.searchsorted(lived_in, homes)]
    state.note(kind, person, addresses)
    state.home_address[homes] = addresses
