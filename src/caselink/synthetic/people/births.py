"""Beginning and end: children are born into the home of who has them, people die and leave others behind."""

from __future__ import annotations

import numpy as np

from caselink.synthetic.draws import Floats, Mask, Streams
from caselink.synthetic.history import NEVER
from caselink.synthetic.people.custody import find_custodians, give_children, leave_children
from caselink.synthetic.people.event_rates import EventRates
from caselink.synthetic.people.families import NOBODY
from caselink.synthetic.people.start import planned_custodian
from caselink.synthetic.people.state import State, hit


def bear_children(state: State, streams: Streams) -> None:
    """Those whose birth date has come live with their mother, or with whom the family's kind says."""
    due = (state.home == NOBODY) & (state.facts.birth <= state.today) & (state.death == NEVER)
    children = np.flatnonzero(due)
    custodians = find_custodians(state, children, planned_custodian(state.facts, children))
    give_children(state, "born", children, custodians, streams.rng("newborns in care"))


def die(state: State, rates: EventRates, streams: Streams) -> None:
    """People die by age and sex, but no mother before her children are born."""
    rng = streams.rng("deaths")
    rows = hit(rng, death_rates(state, rates), (state.home != NOBODY) & ~_expecting(state))
    first_day = int(np.datetime64(state.today, "D").astype("datetime64[M]").astype("datetime64[D]").astype(np.int64))
    days = rng.integers(first_day, state.today + 1, len(rows))
    state.death[rows] = np.maximum(days, state.facts.birth[rows])
    state.settle("died", rows, np.full(len(rows), NOBODY), state.partner[rows])
    bereaved = state.partner[rows]
    bereaved = bereaved[bereaved != NOBODY]
    for pair in (rows, bereaved):
        state.partner[pair], state.married[pair] = NOBODY, False
    state.custodian[rows], state.employer[rows], state.jailed[rows] = NOBODY, NOBODY, False
    leave_children(state, rows, streams.rng("orphans in care"))


def death_rates(state: State, rates: EventRates) -> Floats:
    """Each person's chance of dying within the month."""
    from_age, women, men = (np.array(column, dtype=np.float64) for column in zip(*rates.deaths_by_age, strict=True))
    band = np.maximum(np.searchsorted(from_age, state.ages(), side="right") - 1, 0)
    return np.asarray(1 - (1 - np.where(state.facts.female, women[band], men[band])) ** (1 / 12))


def _expecting(state: State) -> Mask:
    """Mothers of those not yet born."""
    expecting = np.zeros(len(state.home) + 1, dtype=bool)
    expecting[state.facts.mother[state.facts.birth > state.today]] = True
    return expecting[:-1]
