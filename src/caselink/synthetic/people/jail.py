"""Going to jail and coming out: children are left with others, partners wait or do not."""

from __future__ import annotations

import numpy as np

from caselink.synthetic.draws import Streams
from caselink.synthetic.people.custody import leave_children
from caselink.synthetic.people.event_rates import EventRates
from caselink.synthetic.people.families import NOBODY
from caselink.synthetic.people.moves import new_homes
from caselink.synthetic.people.start import JAILED_UNTIL, enter_jail
from caselink.synthetic.people.state import State, hit

WOMEN_AGAINST_MEN = 0.1


def jail(state: State, rates: EventRates, streams: Streams) -> None:
    """Mostly men go to jail; their children go to others, their home stays to whoever else lives there."""
    rate = rates.jailing * np.where(state.facts.female, WOMEN_AGAINST_MEN, 1.0)
    rows = hit(streams.rng("jailings"), rate, state.free_adults() & (state.ages() < JAILED_UNTIL))
    enter_jail(state, rows)
    leave_children(state, rows, streams.rng("children of prisoners"))


def release(state: State, rates: EventRates, streams: Streams) -> None:
    """People come back to their partner's home, else to their own, else to a new one."""
    rows = hit(streams.rng("releases"), rates.release, state.jailed)
    partner, own = state.partner[rows], state.own_home[rows]
    with_partner = (partner != NOBODY) & ~state.jailed[partner]
    homes = np.where(with_partner, state.home[partner], own)
    homeless = homes == NOBODY
    homes[homeless] = new_homes(state, rows[homeless], streams.rng("homes after jail"))
    state.settle("released", rows, homes)
    state.jailed[rows] = False
    state.own_home[rows] = NOBODY
