"""Who has a child: a parent, a grandparent, or foster care, and how it comes to change."""

from __future__ import annotations

import numpy as np

from caselink.synthetic.draws import Floats, Ints, Mask, Streams
from caselink.synthetic.people.event_rates import EventRates
from caselink.synthetic.people.families import NOBODY
from caselink.synthetic.people.state import ADULT, FOSTER, ON_ONE_S_OWN, State, hit

YOUNGEST_CUSTODIAN = 14
SIBLINGS_TOGETHER = 0.75
LEAVING_CARE = 0.25
"""Of those of 18 and more in foster care, a month."""


def change_custody(state: State, rates: EventRates, streams: Streams) -> None:
    """Children go to their other parent, to a grandmother or to foster care; siblings mostly do so together."""
    facts = state.facts
    children = np.flatnonzero(facts.child & (state.ages() < ADULT) & (state.custodian != NOBODY))
    custodian, draw = state.custodian[children], _draw_together(state, children, streams.rng("custody"))
    able = np.append(_able(state), False)
    parent = np.where(custodian == facts.mother[children], facts.father[children], facts.mother[children])
    parent = np.where(able[parent] & (parent != custodian), parent, NOBODY)
    mothers_mother = _of(facts.mother, facts.mother[children])
    grandmother = np.where(able[mothers_mother], mothers_mother, _of(facts.mother, facts.father[children]))
    grandmother = np.where(able[grandmother] & (grandmother != custodian), grandmother, NOBODY)
    elsewhere = state.home[parent] != state.home[children]
    limits = np.cumsum([rates.custody_to_parent, rates.custody_to_grandparent, rates.foster_care])
    outcome = np.searchsorted(limits, draw, side="right")
    rng = streams.rng("foster homes")
    for place, (kind, new, among) in enumerate(
        (
            ("custody to parent", parent, (parent != NOBODY) & elsewhere),
            ("custody to grandparent", grandmother, grandmother != NOBODY),
            ("foster care", np.full(len(children), NOBODY), np.ones(len(children), dtype=bool)),
        )
    ):
        rows = np.flatnonzero((outcome == place) & among)
        give_children(state, kind, children[rows], new[rows], rng)


def leave_foster_care(state: State, rates: EventRates, streams: Streams) -> None:
    """Children return to a parent or go to a grandparent; who is 18 in time moves into a home of one's own."""
    in_care = (state.home != NOBODY) & (state.address_place[state.home_address[state.home]] == FOSTER)
    rng = streams.rng("foster returns")
    grown = state.ages() >= ADULT
    children = hit(rng, rates.foster_return, in_care & ~grown)
    custodians = find_custodians(state, children, np.full(len(children), NOBODY))
    back = custodians != NOBODY
    give_children(state, "foster return", children[back], custodians[back], rng)
    leaving = hit(rng, LEAVING_CARE, in_care & grown)
    zips = state.address_zip[state.home_address[state.home[leaving]]]
    state.settle("left home", leaving, state.open_homes(state.add_addresses(zips)))


def come_of_age(state: State) -> None:
    """Who turns 21 at home has no custodian any more."""
    rows = np.flatnonzero((state.custodian != NOBODY) & (state.ages() >= ON_ONE_S_OWN))
    state.note("of age", rows)
    state.custodian[rows] = NOBODY


def find_custodians(state: State, children: Ints, first: Ints) -> Ints:
    """Who can have each child: ``first`` if able, else mother, father, then a grandparent; -1 where nobody can.

    Able are those who live in the district, are not in jail, and are no children themselves.
    """
    facts = state.facts
    mother, father = facts.mother[children], facts.father[children]
    able = np.append(_able(state), False)  # the entry that -1 reads
    chosen = np.full(len(children), NOBODY)
    grandparents = [_of(facts.mother, mother), _of(facts.mother, father)]
    grandparents += [_of(facts.father, father), _of(facts.father, mother)]
    for candidate in (first, mother, father, *grandparents):
        chosen = np.where((chosen == NOBODY) & able[candidate], candidate, chosen)
    return chosen


def _able(state: State) -> Mask:
    return np.asarray((state.home != NOBODY) & ~state.jailed & (state.ages() >= YOUNGEST_CUSTODIAN))


def _of(column: Ints, people: Ints) -> Ints:
    """The parent of each of ``people``, -1 where either is nobody."""
    return np.append(column, NOBODY)[people]


def _draw_together(state: State, children: Ints, rng: np.random.Generator) -> Floats:
    """A number between 0 and 1 for each child, mostly one for all children whom somebody has."""
    own, shared = rng.random(len(children)), rng.random(len(state.home))[state.custodian[children]]
    return np.where(rng.random(len(children)) < SIBLINGS_TOGETHER, shared, own)


def give_children(state: State, kind: str, children: Ints, custodians: Ints, rng: np.random.Generator) -> None:
    """Bring children to the home of their new custodian, or to a foster home: those of one home to the same."""
    foster = np.flatnonzero(state.address_place[state.home_address] == FOSTER)
    families = np.unique(state.home[children], return_inverse=True)[1]
    foster_home = foster[rng.integers(0, len(foster), len(children))][families]
    homes = np.where(custodians == NOBODY, foster_home, state.home[custodians])
    state.settle(kind, children, homes, custodians)
    state.custodian[children] = custodians


def leave_children(state: State, adults: Ints, rng: np.random.Generator) -> None:
    """Find others for the children of ``adults`` who died or went to jail; who is 18 stays where he or she is."""
    children = state.wards_of(adults)
    custodians = find_custodians(state, children, np.full(len(children), NOBODY))
    here = (custodians != NOBODY) & (state.home[custodians] == state.home[children])
    alone = (state.ages()[children] >= ADULT) & ~here
    state.note("of age", children[alone])
    state.custodian[children[alone]] = NOBODY
    give_children(state, "custodian lost", children[~alone], custodians[~alone], rng)
