"""The engine counts and scores exactly the pairs that blocking makes, in pieces as at once."""

from __future__ import annotations

import warnings
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import caselink as cl
from caselink.blocking import PairIndex
from caselink.encoding import encode
from caselink.engines import chance
from caselink.engines.local import Frequencies, count_pair_patterns, score_pairs, weigh
from caselink.engines.prepared import check_price, prepare
from caselink.testing import example_patterns, example_records

RULES = [cl.BlockingRule("last_name"), cl.BlockingRule("birth_date.year", largest=6, split_by=["zip"])]
COMPARISONS = [cl.Exact("sex"), cl.JaroWinkler("first_name", (0.9,)), cl.Exact("zip", "family", term_frequency=True)]
COLUMNS = ["first_name", "last_name", "birth_date", "sex", "zip"]


@pytest.fixture(scope="module")
def prepared():
    """A hundred and twenty example records, made ready."""
    frame = example_records(COLUMNS, n_records=120)
    return prepare(frame, RULES, COMPARISONS, link_type="link_and_dedupe", unduplicated=(), threads=1)


@pytest.fixture(scope="module")
def matcher():
    """A matcher fitted to drawn patterns of the same comparisons."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        return cl.FellegiSunter().fit(example_patterns())


def every_pair(prepared):
    """All pairs that the rules make."""
    parts = [prepared.index.pairs(span) for span in prepared.index.spans()]
    return np.concatenate([left for left, _ in parts]), np.concatenate([right for _, right in parts])


@pytest.mark.parametrize("threads", [1, 2])
def test_pattern_counts_are_those_of_all_pairs(prepared, threads):
    """Where all pairs fit, patterns and counts are those of numpy over all pairs."""
    counted = count_pair_patterns(prepared.program, prepared.index, sample=10**6, threads=threads, progress=None)
    patterns = prepared.program.patterns(*every_pair(prepared))
    expected, counts = np.unique(patterns, return_counts=True)
    assert counted.patterns.tolist() == expected.tolist()
    assert counted.counts.tolist() == counts.tolist()
    assert counted.n_pairs == len(patterns)


@pytest.mark.parametrize("sample", [1, 40, 300])
def test_a_sample_stands_for_all_pairs(prepared, sample):
    """A sample's patterns are some of all, and its counts are scaled up to all pairs."""
    counted = count_pair_patterns(prepared.program, prepared.index, sample=sample, threads=1, progress=None)
    left, right = every_pair(prepared)
    step = max(1, prepared.index.n_pairs() // sample)
    assert set(counted.patterns) <= set(prepared.program.patterns(left, right))
    assert counted.counts.sum() == counted.n_pairs * step
    assert counted.n_pairs <= len(left)


@pytest.mark.parametrize("floor", [-100.0, -2.0, 3.0, 200.0])
def test_scores_are_those_of_each_pair_alone(prepared, matcher, floor, monkeypatch):
    """Kept are the pairs above the floor, each with the weight that it has alone, sorted, for chunks of any size."""
    left, right = every_pair(prepared)
    frequencies = Frequencies.of(prepared.program, prepared.index.allowed, matcher)
    alone = {}
    for a, b in zip(left, right, strict=True):
        pair = np.array([a], np.int32), np.array([b], np.int32)
        scored = weigh(prepared.program, matcher, frequencies, pair)
        alone[int(a), int(b)] = (scored.match_weight[0], scored.household[0])
    expected = {pair: weights for pair, weights in alone.items() if weights[0] >= floor}
    for chunk_pairs, threads in ((1 << 19, 1), (17, 2)):
        monkeypatch.setattr(PairIndex.spans, "__defaults__", (chunk_pairs,))
        found = score_pairs(prepared.program, prepared.index, matcher, floor=floor, threads=threads, progress=None)
        pairs = list(zip(found.left.tolist(), found.right.tolist(), strict=True))
        assert pairs == sorted(expected)
        assert [*zip(found.match_weight, found.household, strict=True)] == [expected[pair] for pair in pairs]
        assert found.n_compared == len(left)


def test_a_rare_value_weighs_more(prepared, matcher):
    """Of two pairs that agree alike, the one that shares the rarer first name weighs more."""
    left, right = every_pair(prepared)
    scored = weigh(
        prepared.program, matcher, Frequencies.of(prepared.program, prepared.index.allowed, matcher), (left, right)
    )
    none = Frequencies({}, {}, {})
    plain = weigh(prepared.program, matcher, none, (left, right))
    levels = prepared.program.levels(prepared.program.patterns(left, right))
    names = prepared.records.columns["first_name"]
    counts = names.counts()
    exact = (levels[:, 1] == 3) & (levels[:, 2] != 2)
    gain = scored.match_weight[exact] - plain.match_weight[exact]
    count = counts[names.codes[left[exact]]]
    order = np.argsort(count, kind="stable")
    assert len(set(count.tolist())) > 1
    assert (np.diff(gain[order]) <= 1e-4).all()
    assert (
        np.abs(
            scored.match_weight[~exact & (levels[:, 2] != 2)] - plain.match_weight[~exact & (levels[:, 2] != 2)]
        ).max()
        == 0
    )


def test_the_price_is_checked_beforehand(prepared):
    """Just enough pairs pass; one fewer allowed is an error that names the dearest rule."""
    n_pairs = prepared.index.n_pairs()
    check_price(prepared.index, n_pairs)
    with pytest.raises(cl.PairsLimitError, match=r"last_name|birth_date\.year"):
        check_price(prepared.index, n_pairs - 1)


@settings(deadline=None, max_examples=60)
@given(
    rows=st.lists(st.tuples(st.sampled_from("abc"), st.none() | st.sampled_from("XYZ")), min_size=2, max_size=12),
    link_type=st.sampled_from(["link_and_dedupe", "link_only", "dedupe_only"]),
    unduplicated=st.booleans(),
)
def test_the_share_of_equal_pairs_is_counted(rows, link_type, unduplicated):
    """The share by value frequencies is that of a loop over all pairs that may link and lack no value."""
    frame = pd.DataFrame(rows, columns=["source", "x"], dtype=object).assign(
        record_id=[str(i) for i in range(len(rows))]
    )
    declared = [frame["source"][0]] if unduplicated else []
    prepared = prepare(
        frame, [cl.BlockingRule("x")], [cl.Exact("x")], link_type=link_type, unduplicated=declared, threads=1
    )
    records, allowed = prepared.records, prepared.index.allowed
    codes = records.columns["x"].codes
    pairs = [
        codes[a] == codes[b]
        for a, b in combinations(range(len(records)), 2)
        if allowed[records.source[a], records.source[b]] and codes[a] >= 0 and codes[b] >= 0
    ]
    share = chance.exact_share(records.columns["x"], records.source, allowed)
    assert share == pytest.approx(max(sum(pairs), 0.5) / max(len(pairs), 1))
    n_all = sum(allowed[records.source[a], records.source[b]] for a, b in combinations(range(len(records)), 2))
    assert chance.estimate_chance(prepared.program, prepared.index, 0).n_all_pairs == n_all


def test_random_shares_are_those_of_all_pairs(prepared):
    """For few records, levels by chance are counted over all pairs; exact ones by how often values come."""
    found = chance.estimate_chance(prepared.program, prepared.index, 0)
    left, right = (side.astype(np.int32) for side in np.triu_indices(len(prepared.records), 1))
    levels = prepared.program.levels(prepared.program.patterns(left, right))
    for c, shares in enumerate(found.random):
        known = levels[levels[:, c] > 0, c]
        counted = np.bincount(known, minlength=len(shares))[1:] / len(known)
        assert shares[1:] == pytest.approx(counted, abs=1e-3)
        assert shares[1:].sum() == pytest.approx(1)


def test_pairs_of_one_rule_are_told_apart_from_random_ones(prepared):
    """Pairs that share a rule's keys agree where the rule reads, and are random pairs where it does not."""
    found = chance.estimate_chance(prepared.program, prepared.index, 0)
    assert len(found.rules) == len(found.by_rule) == len(found.key_share) == len(prepared.index.shared_keys())
    for (_, keys), tables, shares in zip(prepared.index.shared_keys(), found.by_rule, found.key_share, strict=True):
        for c, comparison in enumerate(prepared.program.comparisons):
            assert tables[c][1:].sum() == pytest.approx(1)
            if comparison.definition.columns[0] in keys:
                assert tables[c][-1] == 1
            else:
                assert shares[c] == 1
                assert tables[c][1:] == pytest.approx(found.random[c][1:])


def test_columns_are_read_once():
    """Rules, their splits, comparisons and term frequencies name the columns that are encoded, and no other."""
    frame = example_records([*COLUMNS, "city"])
    made = prepare(frame, RULES, COMPARISONS, link_type="link_and_dedupe", unduplicated=(), threads=2)
    wanted = {"last_name", "birth_date", "zip", "sex", "first_name"}
    assert wanted <= set(made.records.columns)
    assert "city" not in made.records.columns
    assert made.records.row.tolist() == encode(frame, []).row.tolist()
