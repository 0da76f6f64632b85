"""Counts that links make uncertain: what slips change, and how they are drawn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caselink.evaluate.estimates import ScoredTable
from caselink.evaluate.uncertain_counts import draw_counts, find_slips


@st.composite
def resolved(draw):
    """Records with their cells, persons, and weights of every pair within persons and of some between."""
    n = draw(st.integers(2, 8))
    person = np.unique(draw(st.lists(st.integers(0, 3), min_size=n, max_size=n)), return_inverse=True)[1].astype(
        np.int64
    )
    cell = np.array(draw(st.lists(st.sampled_from([0, 1, 2, 4]), min_size=n, max_size=n)), np.int64)
    pairs = [(i, j) for i in range(n) for j in range(i + 1, n)]
    pairs = [(i, j) for i, j in pairs if person[i] == person[j] or draw(st.booleans())]
    left, right = (np.array([pair[k] for pair in pairs], np.int64) for k in (0, 1))
    bits = draw(st.lists(st.integers(-9, 9), min_size=len(pairs), max_size=len(pairs)))
    weight = np.where(person[left] == person[right], np.abs(bits), -np.abs(bits)).astype(float)
    plain = {"rules": np.ones(len(left), np.int64), "contested": np.zeros(len(left), bool)}
    return ScoredTable(left=left, right=right, match_weight=weight, **plain), person, cell


def counted(person, cell):
    """How many persons are in each cell, one after the other."""
    cells = [0] * 8
    for one in np.unique(person):
        cells[int(np.bitwise_or.reduce(cell[person == one]))] += 1
    return np.array(cells)


@given(told=resolved())
def test_a_cut_gives_two_sides_that_make_the_person(told):
    """Both sides of a join are within the cell of the person; a person of n records has n - 1 joins."""
    scored, person, cell = told
    slips = find_slips(scored, person, cell)
    of_person = {one: int(np.bitwise_or.reduce(cell[person == one])) for one in np.unique(person)}
    assert slips.joined.sum() == len(person) - len(of_person)
    for one, other, left in zip(*(v[slips.joined] for v in (slips.one, slips.other, slips.left)), strict=True):
        assert (one | other) & ~of_person[person[left]] == 0
    apart = ~slips.joined
    assert slips.one[apart].tolist() == [of_person[person[left]] for left in slips.left[apart]]
    assert slips.other[apart].tolist() == [of_person[person[right]] for right in slips.right[apart]]


@given(told=resolved())
def test_a_last_join_undone_counts_as_the_two_halves(told):
    """The naive twin: a person of two records, cut, is counted as its records are."""
    scored, person, cell = told
    slips = find_slips(scored, person, cell)
    for k in np.flatnonzero(slips.joined):
        members = np.flatnonzero(person == person[slips.left[k]])
        if len(members) == 2:
            apart = person.copy()
            apart[members[1]] = person.max() + 1
            before, after = counted(person, cell), counted(apart, cell)
            moved = np.zeros(8, np.int64)
            for place, by in ((slips.one[k], 1), (slips.other[k], 1), (slips.one[k] | slips.other[k], -1)):
                moved[place] += by
            assert (after - before).tolist() == moved.tolist()


@settings(deadline=None, max_examples=30)
@given(told=resolved(), seed=st.integers(0, 99))
def test_sure_links_leave_the_counts_alone(told, seed):
    """Without doubt, with all weights far beyond it and nothing unseen, no draw differs much from what is counted."""
    scored, person, cell = told
    sure = ScoredTable(
        left=scored.left, right=scored.right, rules=scored.rules, contested=scored.contested,
        match_weight=np.where(person[scored.left] == person[scored.right], 12.0, -12.0),
    )  # fmt: skip
    slips = find_slips(sure, person, cell)
    drawn = draw_counts(counted(person, cell), slips, doubt_bits=0.0, seed=seed)
    assert np.abs(drawn[0] - counted(person, cell)).max() < 0.05


@settings(deadline=None, max_examples=30)
@given(told=resolved(), seed=st.integers(0, 99))
def test_draws_are_whole_numbers_and_come_again(told, seed):
    """Nobody is half a person; the same seed gives the same draws."""
    scored, person, cell = told
    slips = find_slips(replace(scored, dropped=3.0), person, cell)
    drawn = draw_counts(counted(person, cell), slips, seed=seed)
    assert (drawn[1:] == np.rint(drawn[1:])).all()
    assert (drawn == draw_counts(counted(person, cell), slips, seed=seed)).all()


def test_a_toss_of_a_coin_is_drawn_as_one():
    """Hundred pairs whose odds are even: about half of them are two people each, and the interval says so."""
    left = np.arange(0, 200, 2)
    scored = ScoredTable(
        left=left, right=left + 1, match_weight=np.zeros(100), rules=np.full(100, 3),
        contested=np.zeros(100, bool),
    )  # fmt: skip
    slips = find_slips(scored, np.repeat(np.arange(100), 2), np.tile([1, 2], 100))
    drawn = draw_counts(np.array([0, 0, 0, 100]), slips, doubt_bits=0.0)
    assert drawn[0].tolist() == [0, 50, 50, 50]
    assert 38 <= np.quantile(drawn[1:, 3], 0.025) <= 42
    assert 58 <= np.quantile(drawn[1:, 3], 0.975) <= 62


@pytest.mark.parametrize("seed", range(5))
def test_joins_that_no_rule_found_are_told_from_those_that_few_found(seed):
    """Rules that find each of 3,000 pairs now and then: the interval holds those that none found, of each kind."""
    chance = np.random.default_rng(seed)
    found = chance.poisson(2.0, 3000)
    left = np.arange(0, 2 * (found > 0).sum(), 2)
    scored = ScoredTable(
        left=left, right=left + 1, match_weight=np.full(len(left), 12.0), rules=found[found > 0],
        contested=np.zeros(len(left), bool),
    )  # fmt: skip
    cell = np.stack([np.ones(3000, np.int64), np.repeat([2, 4], [2500, 500])], axis=1)[found > 0].ravel()
    counted = np.bincount(cell[0::2] | cell[1::2], minlength=8) + np.bincount(np.ones(5000, np.int64), minlength=8)
    drawn = draw_counts(counted, find_slips(scored, np.repeat(np.arange(len(left)), 2), cell), doubt_bits=0.0)
    for both, kind in ((3, found[:2500]), (5, found[2500:])):
        low, high = np.quantile(drawn[1:, both] - counted[both], [0.005, 0.995])
        assert low <= (kind == 0).sum() <= high, both


def test_one_rule_tells_nothing_of_what_it_did_not_find():
    """With a single rule each join is found once: no number can be made of that, and none is."""
    left = np.arange(0, 200, 2)
    scored = ScoredTable(
        left=left, right=left + 1, match_weight=np.full(100, 12.0), rules=np.ones(100, np.int64),
        contested=np.zeros(100, bool),
    )  # fmt: skip
    slips = find_slips(scored, np.repeat(np.arange(100), 2), np.tile([1, 2], 100))
    assert draw_counts(np.array([0, 0, 0, 100]), slips, doubt_bits=0.0)[0].round().tolist() == [0, 0, 0, 100]
