"""Who has a child: a parent, a grandparent, or foster care, and how it comes to change."""

from __future__ import annotations

import numpy as np

from caselink.synthetic.draws import Ints
from caselink.synthetic.families import NOBODY
from caselink.synthetic.state import FOSTER, State

YOUNGEST_CUSTODIAN = 14


def find_custodians(state: State, children: Ints, first: Ints) -> Ints:
    """Who can have each child: ``first`` if able, else mother, father, then a grandparent; -1 where nobody can.

    Able are those who live in the district, are not in jail, and are no children themselves.
    """
    facts = state.facts
    mother, father = facts.mother[children], facts.father[children]
    able = (state.home != NOBODY) & ~state.jailed & (state.ages() >= YOUNGEST_CUSTODIAN)
    able = np.append(able, False)  # the entry that -1 reads
    chosen = np.full(len(children), NOBODY)
    grandparents = [_parent(facts.mother, mother), _parent(facts.mother, father)]
    grandparents += [_parent(facts.father, father), _parent(facts.father, mother)]
    for candidate in (first, mother, father, *grandparents):
        chosen = np.where((chosen == NOBODY) & able[candidate], candidate, chosen)
    return chosen


def _parent(column: Ints, people: Ints) -> Ints:
    return np.append(column, NOBODY)[people]


def give_children(state: State, kind: str, children: Ints, custodians: Ints, rng: np.random.Generator) -> None:
    """Bring children to the home of their new custodian, or to a foster home: those of one home to the same."""
    foster = np.flatnonzero(state.address_place[state.home_address] == FOSTER)
    families = np.unique(state.home[children], return_inverse=True)[1]
    foster_home = foster[rng.integers(0, len(foster), len(children))][families]
    homes = np.where(custodians == NOBODY, foster_home, state.home[custodians])
    state.settle(kind, children, homes, custodians)
    state.custodian[children] = custodians
