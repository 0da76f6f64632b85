"""Places where records were joined or kept apart: average linkage, against a naive twin."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from caselink.evaluate.merges import weigh_places

UNSCORED = -7.0


@st.composite
def clusterings(draw):
    """Records in clusters, with weights for some of their pairs; no two averages are equal."""
    person = draw(st.lists(st.integers(0, 3), min_size=2, max_size=9))
    person = np.unique(person, return_inverse=True)[1].astype(np.int64)
    pairs = [(a, b) for b in range(len(person)) for a in range(b)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True))
    weights = np.random.default_rng(draw(st.integers(0, 99))).uniform(-7, 12, len(chosen))
    left, right = np.array(chosen, np.int64).reshape(-1, 2).T
    return left, right, weights, person


def naive_joins(left, right, weight, person):
    """Bits and pairs of every join, by looking at all pairs of groups at each step."""
    known = {frozenset(pair): w for *pair, w in zip(left.tolist(), right.tolist(), weight.tolist(), strict=True)}
    found = []
    for number in range(person.max() + 1):
        groups = [[int(record)] for record in np.flatnonzero(person == number)]
        while len(groups) > 1:
            across = {
                (i, j): [known.get(frozenset((a, b)), UNSCORED) for a in groups[i] for b in groups[j]]
                for j in range(len(groups))
                for i in range(j)
            }
            i, j = max(across, key=lambda pair: np.mean(across[pair]))
            found.append((np.mean(across[i, j]), len(across[i, j])))
            groups[i] += groups.pop(j)
    return sorted(found)


@given(clusterings())
def test_joins_are_those_of_average_linkage(case):
    """Bits and pairs of all joins are those of the naive twin; unscored pairs among them make ties, left out here."""
    left, right, _, person = case
    inside = person[left] == person[right]
    sizes = np.bincount(person)
    found = weigh_places(*case, unscored_bits=UNSCORED)
    assert found.pairs[found.joined].sum() == (sizes * (sizes - 1) // 2).sum()
    assert found.joined.sum() == (sizes - 1).sum()
    if inside.sum() == (sizes * (sizes - 1) // 2).sum():
        expected = naive_joins(*case)
        joins = sorted(zip(found.bits[found.joined].tolist(), found.pairs[found.joined].tolist(), strict=True))
        assert [pairs for _, pairs in joins] == [pairs for _, pairs in expected]
        assert [bits for bits, _ in joins] == pytest.approx([bits for bits, _ in expected])


@given(clusterings())
def test_every_pair_has_its_place(case):
    """A place has at least its scored pairs; pairs of one person lie at joins, others at refusals."""
    left, right, _, person = case
    found = weigh_places(*case, unscored_bits=UNSCORED)
    scored = np.bincount(found.place, minlength=len(found.bits))
    assert (scored <= found.pairs).all()
    assert (found.joined[found.place] == (person[left] == person[right])).all()


@given(clusterings(), st.randoms(use_true_random=False))
def test_the_order_of_pairs_does_not_matter(case, random):
    """Shuffled pairs, left and right swapped: the same evidence at the same pairs."""
    left, right, weight, person = case
    order = list(range(len(left)))
    random.shuffle(order)
    one = weigh_places(left, right, weight, person, unscored_bits=UNSCORED)
    other = weigh_places(right[order], left[order], weight[order], person, unscored_bits=UNSCORED)
    assert other.bits[other.place] == pytest.approx(one.bits[one.place][order])
    assert sorted(other.bits) == pytest.approx(sorted(one.bits))
