"""Estimates without labels: right where the weights are right, wider where they may not be, never outside a share."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caselink.errors import SpecError
from caselink.evaluate.estimates import THRESHOLDS, ScoredTable, estimate_accuracy, pair_probability


def lone_pairs(bits, linked, **options):
    """A table of pairs that share no record, and the person of each record."""
    left = np.arange(0, 2 * len(bits), 2)
    person = np.arange(2 * len(bits))
    person[left[linked] + 1] = left[linked]
    table = {"rules": np.full(len(bits), 3), "contested": np.zeros(len(bits), bool)} | options
    scored = ScoredTable(left=left, right=left + 1, match_weight=np.asarray(bits, float), **table)
    return scored, np.unique(person, return_inverse=True)[1]


@pytest.mark.parametrize("seed", range(5))
def test_calibrated_weights_are_found_again(seed):
    """Pairs that are matches exactly as often as their weights say: precision and recall come out."""
    chance = np.random.default_rng(seed)
    bits = chance.uniform(-6, 9, 4000)
    match = chance.random(4000) < 1 / (1 + np.exp2(-bits))
    linked = bits > 0
    found = estimate_accuracy(*lone_pairs(bits, linked)).persons
    precision, recall = match[linked].mean(), match[linked].sum() / match.sum()
    assert found.loc["precision", "estimate"] == pytest.approx(precision, abs=0.02)
    assert found.loc["precision", "low"] <= precision <= found.loc["precision", "high"]
    assert found.loc["recall", "low"] <= recall <= found.loc["recall", "high"]


@pytest.mark.parametrize("shift", [-1.5, -0.75, 0.75, 1.5])
def test_weights_that_are_all_off_are_allowed_for(shift):
    """Weights that say 1.5 bits too much or too little: the interval still holds precision."""
    chance = np.random.default_rng(7)
    bits = chance.uniform(0, 9, 4000)
    match = chance.random(4000) < 1 / (1 + np.exp2(-bits - shift))
    found = estimate_accuracy(*lone_pairs(bits, bits > 0)).persons.loc["precision"]
    assert found["low"] <= match.mean() <= found["high"]
    sure = estimate_accuracy(*lone_pairs(bits, bits > 0), doubt_bits=0).persons.loc["precision"]
    assert not sure["low"] <= match.mean() <= sure["high"]


@st.composite
def tables(draw):
    """Weights, links, and what else an estimate reads."""
    n = draw(st.integers(0, 30))
    chance = np.random.default_rng(draw(st.integers(0, 99)))
    bits = chance.uniform(-7, 30, n)
    options = {"rules": chance.integers(0, 4, n), "contested": chance.random(n) < 0.3, "dropped": 2.5}
    return lone_pairs(bits, chance.random(n) < draw(st.floats(0, 1)), **options)


@given(tables())
@settings(max_examples=30)
def test_intervals_are_intervals_of_shares(table):
    """Low, high and estimate of precision and recall lie from 0 to 1 and in order, at every threshold."""
    found = estimate_accuracy(*table)
    for name in ("precision", "recall"):
        low, high = (found.by_threshold[f"{name}_{end}"].dropna() for end in ("low", "high"))
        assert ((low >= 0) & (low <= high) & (high <= 1)).all()
        whole = found.persons.loc[name].dropna()
        assert whole.between(0, 1).all()
    assert found.by_threshold["threshold"].tolist() == list(THRESHOLDS)
    assert found.by_threshold["links"].is_monotonic_decreasing


@given(tables(), st.integers(0, 9))
@settings(max_examples=20)
def test_the_order_of_pairs_does_not_matter(table, seed):
    """Shuffled pairs and swapped sides give the same numbers to the last digit."""
    scored, person = table
    order = np.random.default_rng(seed).permutation(len(scored.left))
    other = ScoredTable(
        left=scored.right[order],
        right=scored.left[order],
        match_weight=scored.match_weight[order],
        rules=scored.rules[order],
        contested=scored.contested[order],
        dropped=scored.dropped,
    )
    one, two = estimate_accuracy(scored, person), estimate_accuracy(other, person)
    assert one.persons.equals(two.persons)
    assert one.by_threshold.equals(two.by_threshold)


def test_no_links_have_no_precision():
    """Where nothing was joined precision is missing, and recall is nought."""
    found = estimate_accuracy(*lone_pairs([-1.0, -2.0], np.array([False, False]))).persons
    assert found.loc["precision"].isna().all()
    assert found.loc["recall", "estimate"] == 0


def test_contested_links_are_believed_less():
    """Strong links against a differing first name widen the interval, unless there are no relatives."""
    bits, linked = np.full(200, 15.0), np.ones(200, bool)
    contested = {"contested": np.arange(200) < 60}
    widths = []
    for options in ({}, contested, contested | {"relatives": 0.0}):
        found = estimate_accuracy(*lone_pairs(bits, linked, **options)).persons.loc["precision"]
        widths.append(found["high"] - found["low"])
    assert widths[1] > widths[0] + 0.05
    assert widths[2] == pytest.approx(widths[0], abs=0.01)


def test_a_constraint_speaks_for_itself():
    """A pair kept apart in spite of its weight is no missed match; one kept apart by its weight may be."""
    scored, person = lone_pairs([9.0, 9.0, -1.0], np.array([True, False, False]))
    assert pair_probability(scored, person).round(3).tolist() == [0.998, 0.0, 0.333]


def test_a_cluster_knows_more_than_its_pairs():
    """A weak pair between two records that are both tied to a third is believed with the average of its place."""
    pairs = {"left": np.array([0, 1, 0]), "right": np.array([1, 2, 2]), "match_weight": np.array([11.0, 9.0, 1.0])}
    scored = ScoredTable(**pairs, rules=np.ones(3, int), contested=np.zeros(3, bool))
    assert pair_probability(scored, np.zeros(3, int)).round(4).tolist() == [0.9995, 0.9697, 0.9697]


def test_rules_that_overlap_tell_of_pairs_that_none_made():
    """Many pairs made by a single rule make unmet pairs likely; with one rule nothing can be said."""
    bits, linked = np.full(100, 9.0), np.ones(100, bool)
    alone = estimate_accuracy(*lone_pairs(bits, linked, rules=np.ones(100, int)))
    twice = estimate_accuracy(*lone_pairs(bits, linked, rules=np.full(100, 2)))
    mixed = estimate_accuracy(*lone_pairs(bits, linked, rules=np.repeat([1, 2], 50)))
    assert alone.unmet is None
    assert twice.unmet == 0
    assert mixed.unmet == pytest.approx(50 * 49 / (2 * 51))
    assert mixed.persons.loc["recall", "low"] < twice.persons.loc["recall", "low"]


def test_doubt_is_not_negative():
    """A negative spread is refused."""
    with pytest.raises(SpecError, match="doubt_bits"):
        estimate_accuracy(*lone_pairs([1.0], np.array([True])), doubt_bits=-1)
