"""How sure an identity is: the weakest link that is needed, worked out anew for each group of records."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from caselink.engines.local import ScoredPairs
from caselink.leads.identity_levels import PROBABILITIES, IdentityLevels

N = 6
PROBABILITY = st.sampled_from([0.3, 0.55, 0.72, 0.91, 0.995, 0.9999999])
LINKS = st.lists(st.tuples(st.integers(0, N - 1), st.integers(0, N - 1), PROBABILITY), max_size=8)


def levels(links, must=(), person=(0,) * N, link_at=0.5):
    """Levels of these links; ``must`` are pairs that somebody decided."""
    left, right = (np.array([link[side] for link in links], np.int32) for side in (0, 1))
    weight = np.array([np.log2(p / (1 - p)) for *_, p in links], np.float32)
    told = tuple(np.array([pair[side] for pair in must], np.int32) for side in (0, 1))
    pairs = ScoredPairs(left, right, weight, np.zeros(len(links), np.float32), len(links))
    return IdentityLevels.of(np.array(person, np.int64), pairs, told, link_at)


def _strongest(links, records, link_at):
    """The strongest step at which the links hold all of the records together; ``link_at`` where none does."""
    for step in PROBABILITIES:
        reached, grown = {records[0]}, True
        while grown:
            new = {b for a, b, p in links if a in reached and p >= step}
            new |= {a for a, b, p in links if b in reached and p >= step}
            grown = bool(new - reached)
            reached |= new
        if step >= link_at and set(records) <= reached:
            return step
    return link_at


@given(links=LINKS, records=st.lists(st.integers(0, N - 1), min_size=1, max_size=4))
def test_a_group_is_as_sure_as_its_weakest_needed_link(links, records):
    """A group of several records has the strongest step that joins them all; a single record is sure."""
    group = np.zeros(len(records), np.int64)
    found = levels(links).of_groups(group, np.array(records, np.int64), 1)
    wanted = 1.0 if len(set(records)) == 1 else _strongest(links, records, 0.5)
    assert found.tolist() == [pytest.approx(wanted)]


def test_decisions_are_sure_and_links_across_persons_are_none():
    """What somebody decided holds at the highest step; a link between two persons joins nothing."""
    links = [(0, 1, 0.91), (2, 3, 0.99999999)]
    told = levels(links, must=[(1, 4)], person=(0, 0, 1, 2, 0, 0))
    group, record = np.array([0, 0, 1, 1, 2, 2]), np.array([1, 4, 0, 4, 2, 3])
    assert told.of_groups(group, record, 3).tolist() == [PROBABILITIES[0], 0.9, 0.5]
