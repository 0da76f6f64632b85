"""Beginning and end: children are born into the home of who has them, people die and leave others behind."""

from __future__ import annotations

import numpy as np

from caselink.synthetic.custody import find_custodians, give_children
from caselink.synthetic.draws import Streams
from caselink.synthetic.families import NOBODY
from caselink.synthetic.history import NEVER
from caselink.synthetic.start import planned_custodian
from caselink.synthetic.state import State


def bear_children(state: State, streams: Streams) -> None:
    """Those whose birth date has come live with their mother, or with whom the family's kind says."""
    due = (state.home == NOBODY) & (state.facts.birth <= state.today) & (state.death == NEVER)
    children = np.flatnonzero(due)
    custodians = find_custodians(state, children, planned_custodian(state.facts, children))
    give_children(state, "born", children, custodians, streams.rng("newborns in care"))
