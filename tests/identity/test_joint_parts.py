import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from caselink.identity.joint_parts import Parts

SOURCE = np.array([0, 0, 0, 1, 1, 1])
ROLE = np.array([0, 1, 1, -1, -1, -1])
AGE = np.array([40, 7, -1, -1, -1, 44])
people = st.lists(st.tuples(st.integers(0, 2), st.integers(-1, 3), st.integers(-1, 60)), min_size=2, max_size=20)


def every_pair(n: int):
    """All pairs of n records."""
    return tuple(side.astype(np.int32) for side in np.triu_indices(n, 1))


@given(people, st.integers(0, 2**32 - 1))
def test_both_sides_of_a_pair_have_one_table(drawn, seed):
    """A pair's entry does not depend on which record stands on the left."""
    parts = Parts.of(*np.array(drawn).T)
    left, right = every_pair(len(drawn))
    table = parts.table(parts.of_pairs(*(left, right)), np.random.default_rng(seed).random(len(left)), smoothing=3.0)
    assert table[parts.of_pairs(left, right)].tolist() == table[parts.of_pairs(right, left)].tolist()


@given(people)
def test_parts_that_meet_as_by_chance_say_nothing(drawn):
    """Where no pair is in a class, every entry is 0."""
    parts = Parts.of(*np.array(drawn).T)
    pairs = every_pair(len(drawn))
    table = parts.table(parts.of_pairs(*pairs), np.zeros(len(pairs[0])), smoothing=3.0)
    assert np.abs(table[parts.of_pairs(*pairs)]).max() < 1e-9


@given(people, st.integers(-1, 60), st.integers(-1, 60))
def test_two_known_ages_are_not_compared(drawn, one, other):
    """Where both ages are known, or neither, a pair's entry does not change with the ages."""
    known = (one >= 0) == (other >= 0)
    source, role, age = np.array([(0, 0, one), (1, 1, other), *drawn]).T
    parts = Parts.of(source, role, age)
    ours, theirs = parts.of_pairs(np.array([0], np.int32), np.array([1], np.int32))
    plain = parts.code[0, 0], parts.code[0, 1]
    assert ((ours[0], theirs[0]) == plain) == known


def test_a_child_is_no_employee():
    """Matches of grown-ups with the second source alone make a child there unlikely, and a grown-up likelier."""
    parts = Parts.of(np.tile(SOURCE, 50), np.tile(ROLE, 50), np.tile(AGE, 50))
    grown_ups = np.arange(0, 300, 6, dtype=np.int32)
    table = parts.table(parts.of_pairs(*(grown_ups, grown_ups + 3)), np.ones(50), smoothing=3.0)
    child, grown_up = table[parts.of_pairs(np.array([1, 0], np.int32), np.array([3, 3], np.int32))]
    assert child < -2 < 0.5 < grown_up
