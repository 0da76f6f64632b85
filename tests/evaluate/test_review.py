"""Reviewing by a plan: strata, numbers of pairs, and estimates that hold the truth as often as they say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from caselink.errors import InputError, SpecError
from caselink.evaluate.review import (
    AMBIGUOUS,
    STRATUM_BITS,
    Strata,
    allocate,
    decided_pairs,
    draw_pairs,
    estimate_from_review,
    foreseen_widths,
    read_answers,
)
from caselink.schema import LINK_COLUMNS


def drawn_strata(seed, n=3000):
    """Strata of pairs with calibrated weights, and which pairs are matches."""
    chance = np.random.default_rng(seed)
    bits = np.append(chance.uniform(-6, 4, n // 3), chance.uniform(2, 25, n - n // 3))
    probability = 1 / (1 + np.exp2(-bits))
    return Strata.make(bits, bits > 0, probability), chance.random(n) < probability, bits > 0


def answered(strata, match, linked, reviewed, seed):
    """The plan with the true answers."""
    rows = draw_pairs(strata, reviewed, seed=seed)
    of = strata.of[rows]
    columns = {"stratum": np.array(strata.names)[of], "stratum_pairs": strata.sizes[of], "linked": linked[rows]}
    columns["match_probability"] = strata.share[of]
    return pd.DataFrame(columns | {"match": np.where(match[rows], "match", "not")})


@given(st.integers(0, 50), st.integers(1, 4000))
def test_as_many_as_asked_for(seed, n):
    """A plan of n has n pairs, no stratum more than it holds, and hardly any stratum none."""
    strata, _, _ = drawn_strata(seed, 600)
    reviewed = allocate(strata, n=n)
    assert (reviewed <= strata.sizes).all()
    assert (reviewed >= np.minimum(strata.sizes, 5)).all()
    assert reviewed.sum() == min(max(n, np.minimum(strata.sizes, 5).sum()), strata.sizes.sum())


@given(st.integers(0, 50))
def test_strata_hold_pairs_of_their_weights(seed):
    """Every pair but the unlikely is in one stratum, linked ones apart from others."""
    strata, _, linked = drawn_strata(seed, 600)
    assert strata.sizes.sum() == (strata.of >= 0).sum()
    assert (strata.linked[strata.of[strata.of >= 0]] == linked[strata.of >= 0]).all()
    assert len(set(strata.names)) == len(strata.names)


def test_unlikely_pairs_are_not_asked_about():
    """Below the first boundary only linked pairs are in a stratum."""
    bits = np.array([STRATUM_BITS[0] - 1, STRATUM_BITS[0] - 1, STRATUM_BITS[0] + 0.5])
    strata = Strata.make(bits, np.array([True, False, False]), np.full(3, 0.1))
    assert (strata.of >= 0).tolist() == [True, False, True]
    assert strata.names == ("not linked, -4 to -2 bits", "linked, under -2 bits")


def test_a_smaller_width_needs_more_pairs():
    """The number of pairs grows as the width shrinks, and what is foreseen is not wider than asked for."""
    strata, _, _ = drawn_strata(1)
    sizes = []
    for width in (0.1, 0.05, 0.02):
        reviewed = allocate(strata, width=width)
        sizes.append(reviewed.sum())
        assert max(foreseen_widths(strata, reviewed).values()) <= width
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1] < strata.sizes.sum()


@pytest.mark.parametrize("width", [0.03, 0.06])
def test_intervals_hold_the_truth_and_are_as_wide_as_foreseen(width):
    """Over 60 reviews of calibrated pairs, nine in ten intervals and more hold the truth, at about the stated width."""
    held, widths = {"precision": 0, "recall": 0}, []
    for seed in range(60):
        strata, match, linked = drawn_strata(seed)
        asked = strata.of >= 0
        reviewed = allocate(strata, width=width)
        found = estimate_from_review(answered(strata, match, linked, reviewed, seed), seed=seed).scores
        right = (match & linked).sum()
        truth = {"precision": right / linked.sum(), "recall": right / (match & asked).sum()}
        for name, value in truth.items():
            held[name] += found.loc[name, "low"] <= value <= found.loc[name, "high"]
        widths.append((found["high"] - found["low"]).max())
    assert min(held.values()) >= 54
    assert np.mean(widths) < 1.4 * width


@given(
    st.lists(st.tuples(st.booleans(), st.floats(0, 1), st.integers(0, 300)), min_size=1, max_size=6),
    st.sampled_from(["match", "not", "unsure", "mixed"]),
    st.integers(0, 9),
)
def test_the_estimate_lies_in_its_interval(strata, answers, seed):
    """Whatever was answered, the estimate is between its limits; with nothing decided there is none."""
    rows = [(f"stratum {i}", 9 + more, linked, share) for i, (linked, share, more) in enumerate(strata)]
    plan = pd.DataFrame(rows * 9, columns=["stratum", "stratum_pairs", "linked", "match_probability"])
    drawn = np.random.default_rng(seed).choice(["match", "not", "unsure"], len(plan))
    scores = estimate_from_review(plan.assign(match=drawn if answers == "mixed" else answers), seed=seed).scores
    known = scores[scores["estimate"].notna()]
    assert (known["low"] <= known["estimate"]).all()
    assert (known["estimate"] <= known["high"]).all()
    if answers == "unsure":
        assert known.empty
    if answers == "match":
        assert ("precision" in known.index) == plan["linked"].any()


def test_a_stratum_without_answers_rests_on_the_model():
    """Estimate and interval of an undecided stratum follow the model's share; one half was never said."""
    columns = {"stratum_pairs": [100, 100], "linked": [True, True], "match": ["unsure", "match"]}
    plan = pd.DataFrame({"stratum": ["a", "b"], **columns})
    low, high = (
        estimate_from_review(plan.assign(match_probability=[share, 0.9])).scores.loc["precision"]
        for share in (0.1, 0.9)
    )
    assert low["estimate"] < 0.6
    assert high["estimate"] > 0.9
    assert low["high"] - low["low"] > 0.3


def test_reviewing_all_leaves_no_doubt():
    """When every pair was decided the estimate is the truth and the interval a point (finite population)."""
    strata, match, linked = drawn_strata(3, 300)
    found = estimate_from_review(answered(strata, match, linked, strata.sizes, 0)).scores
    right = (match & linked).sum() / linked.sum()
    assert found.loc["precision"].tolist() == pytest.approx([right] * 3)


def test_the_undecided_are_counted_and_left_out():
    """Empty and unsure answers change no share; ambiguous pairs rest on no chance and do not count."""
    strata, match, linked = drawn_strata(4, 600)
    plan = answered(strata, match, linked, allocate(strata, n=200), 0)
    more = pd.DataFrame({"stratum": [AMBIGUOUS], "stratum_pairs": [pd.NA], "linked": [True], "match": ["not"]})
    more["match_probability"] = 0.5
    unsure = plan.groupby("stratum").head(1).assign(match="unsure")
    one = estimate_from_review(plan)
    two = estimate_from_review(pd.concat([plan, unsure, more], ignore_index=True))
    assert one.scores["estimate"].tolist() == two.scores["estimate"].tolist()
    assert two.strata["undecided"].sum() == len(unsure)
    assert f"{len(plan)} pairs decided, {len(unsure)} undecided" in str(two)


def test_a_plan_survives_a_csv_file(tmp_path):
    """Written and read back as text, with answers in other words, the estimate is the same."""
    strata, match, linked = drawn_strata(5, 600)
    plan = answered(strata, match, linked, allocate(strata, n=150), 0)
    plan["match"] = plan["match"].map({"match": "Yes", "not": "0"})
    plan.to_csv(tmp_path / "reviewed.csv", index=False)
    back = pd.read_csv(tmp_path / "reviewed.csv", dtype="string")
    assert estimate_from_review(back).scores.equals(estimate_from_review(plan).scores)


def test_answers_are_read_or_refused():
    """What is neither match nor not nor undecided is an error that names the row and not the text."""
    assert read_answers(pd.Series([True, 0, "match", "Not", "", None, " unsure "])).tolist()[:4] == [True, False] * 2
    assert read_answers(pd.Series(["", None, " unsure "])).isna().all()
    with pytest.raises(InputError, match="first in row 1") as caught:
        read_answers(pd.Series(["match", "QXZWVJ"]))
    assert "QXZWVJ" not in str(caught.value)


def test_labels_are_what_was_decided():
    """Labels have the four keys as text and a truth value; undecided rows are gone."""
    keys = {name: ["1", "2", "3"] for name in LINK_COLUMNS[:4]}
    labels = decided_pairs(pd.DataFrame(keys | {"match": ["match", "unsure", "not"], "stratum": ["a", "a", "a"]}))
    assert list(labels) == [*LINK_COLUMNS[:4], "match"]
    assert labels["record_id_left"].tolist() == ["1", "3"]
    assert labels["match"].tolist() == [True, False]


def test_impossible_plans_are_refused():
    """No pairs, or an interval that is no width of shares, is an error."""
    strata, _, _ = drawn_strata(6, 100)
    for wrong in ({"n": 0}, {"n": 1.5}, {"n": "a"}, {"n": True}):
        with pytest.raises(SpecError, match="n must be"):
            allocate(strata, **wrong)
    for wrong in ({"width": 0.0}, {"width": 1.0}, {"width": "a"}, {"width": None}, {"width": float("nan")}):
        with pytest.raises(SpecError, match="width"):
            allocate(strata, **wrong)


def test_a_pair_is_answered_once():
    """A pair that stands twice is refused, also where one row's ids were read as numbers; asked pairs may come back."""
    keys = {name: ["1", "2"] for name in LINK_COLUMNS[:4]}
    columns = {"stratum": "linked", "stratum_pairs": 40, "linked": True, "match_probability": 0.9, "match": "match"}
    plan = pd.DataFrame(keys).assign(**columns)
    asked = pd.concat([plan, plan.assign(stratum=AMBIGUOUS, stratum_pairs=None)], ignore_index=True)
    assert estimate_from_review(asked).strata["decided"].tolist() == [2]
    with pytest.raises(InputError, match=r"2 row.s. of the review repeat a pair"):
        estimate_from_review(pd.concat([plan, plan.astype(dict.fromkeys(keys, int))], ignore_index=True))
