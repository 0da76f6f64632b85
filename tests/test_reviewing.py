"""A result can be estimated without labels, reviewed by a plan, and learned from: on drawn records, with the truth."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

import caselink as cl
from caselink.evaluate.review import AMBIGUOUS, PLAN_COLUMNS, decided_pairs, estimate_from_review
from caselink.reviewing import count_rules
from caselink.synthetic import draw_records

KEYS = ["source_left", "record_id_left", "source_right", "record_id_right"]


@pytest.fixture(scope="module")
def drawn():
    """Records without numbers, so that there is something to be unsure of, and their truth."""
    records, truth = draw_records(2_000, seed=101)
    return records.drop(columns="ssn"), truth


@pytest.fixture(scope="module")
def result(drawn):
    """What linking them gives."""
    return link(drawn[0])


def link(records, labels=None, **options):
    """The result of linking with one thread; doubts about a small file are none here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        return cl.Linker(threads=1, **options).fit_resolve(records, labels)


def answered(plan, truth):
    """The plan as a reviewer who knows the truth would give it back."""
    entity = truth.set_index(["source", "record_id"])["entity_id"]
    left, right = (
        entity.reindex(pd.MultiIndex.from_frame(plan[[f"source_{side}", f"record_id_{side}"]].astype(str))).to_numpy()
        for side in ("left", "right")
    )
    return plan.assign(match=np.where(left == right, "match", "not"))


def test_the_estimate_holds_the_truth():
    """Nothing told, the intervals of precision and recall mostly hold what is true, and are no empty words."""
    held = dict.fromkeys(("precision", "recall"), 0)
    for seed in range(200, 206):
        records, truth = draw_records(2_000, seed=seed)
        result = link(records.drop(columns="ssn"))
        found, scores = result.estimate().persons, cl.evaluate(result.persons, truth, interval=None).pairwise
        for name in held:
            held[name] += found.loc[name, "low"] <= getattr(scores, name) <= found.loc[name, "high"]
            assert found.loc[name, "high"] - found.loc[name, "low"] < 0.2
    assert min(held.values()) >= 5  # of six: an interval of 95 % may miss one


def test_estimates_and_plans_do_not_depend_on_the_order_of_rows(result, drawn):
    """Shuffled rows: the same estimate, the same pairs to review."""
    other = link(drawn[0].sample(frac=1, random_state=1))
    assert result.estimate().persons.equals(other.estimate().persons)
    for plans in (
        [one.plan_review(n=50) for one in (result, other)],
        [one.next_to_review(9) for one in (result, other)],
    ):
        assert plans[0].equals(plans[1])


def test_all_pairs_of_a_person_are_judged(result):
    """Judged pairs are the kept ones and all pairs of records of one person, each once."""
    judged = result.judged
    sizes = result.persons["person_id"].value_counts()
    assert judged.linked.sum() == (sizes * (sizes - 1) // 2).sum()
    assert len(set(zip(judged.scored.left.tolist(), judged.scored.right.tolist(), strict=True))) == len(judged.linked)
    assert (judged.scored.left < judged.scored.right).all()


def test_rules_are_counted(result):
    """A pair is made by no rule exactly where no first rule is named, and by no more rules than there are."""
    scored, index = result.judged.scored, result.prepared.index
    left, right = (side.astype(np.int32) for side in (scored.left, scored.right))
    made = count_rules(index, left, right)
    assert ((made == 0) == (index.rule_of(left, right) < 0)).all()
    assert made.max() <= len(index.rules)


def test_a_plan_has_keys_only(result, drawn):
    """A plan holds pairs once, by their keys, with an empty answer, and no value of a person."""
    plan = result.plan_review(n=100)
    assert tuple(plan.columns) == PLAN_COLUMNS
    assert len(plan) == 100
    assert not plan.duplicated(KEYS).any()
    assert (plan["match"] == "").all()
    assert set(plan.attrs["foreseen_widths"]) == {"precision", "recall"}
    shown = set(plan.to_csv(index=False).replace(",", " ").split())
    for column in ("first_name", "last_name", "birth_date", "street"):
        assert not {value for value in drawn[0][column].dropna() if len(value) > 3} & shown


def test_a_reviewed_plan_tells_precision(result, drawn):
    """From the true answers, given through a plan, come intervals that hold the true precision of the persons."""
    scores = cl.evaluate(result.persons, drawn[1]).pairwise
    held = 0
    for seed in range(10):
        found = estimate_from_review(answered(result.plan_review(n=150, seed=seed), drawn[1])).scores
        held += found.loc["precision", "low"] <= scores.precision <= found.loc["precision", "high"]
    assert held >= 8


def test_labels_of_a_plan_do_no_harm(result, drawn):
    """A stratified sample is not drawn evenly: as labels its answers leave the persons as good or make them better."""
    before = cl.evaluate(result.persons, drawn[1]).pairwise.f1
    for seed in range(3):
        labels = decided_pairs(answered(result.plan_review(n=150, seed=seed), drawn[1]))
        after = cl.evaluate(link(drawn[0], labels).persons, drawn[1]).pairwise.f1
        assert after > before - 0.002


def test_undecided_pairs_are_no_labels(result, drawn):
    """A half-answered plan is taken as labels once the undecided are left out."""
    plan = answered(result.plan_review(n=60), drawn[1])
    plan.loc[plan.index[::3], "match"] = "unsure"
    plan.loc[plan.index[1::3], "match"] = ""
    labels = decided_pairs(plan)
    assert len(labels) == 20
    assert len(link(drawn[0], labels).persons) == len(drawn[0])


def test_ambiguous_pairs_teach_more_than_random_ones():
    """Of 80 answers, those to the least certain pairs make better persons than those to pairs drawn by chance.

    Over several files: of one with some ten wrong pairs, either may learn one pair more by luck.
    """
    learned, decided = np.zeros(2), np.zeros(2)
    for seed in (101, 102, 103):
        records, truth = draw_records(2_000, seed=seed)
        records = records.drop(columns="ssn")
        result, asked = link(records), None
        for _ in range(4):
            new = answered(result.next_to_review(20, asked), truth)
            assert asked is None or not new.merge(asked, on=KEYS).size
            asked = new if asked is None else pd.concat([asked, new], ignore_index=True)
        random = answered(result.links[KEYS].sample(80, random_state=0), truth)
        for number, pairs in enumerate((asked, random)):
            labels = decided_pairs(pairs)
            decisions = pairs[[*KEYS, "match"]].rename(columns={"match": "decision"})
            learned[number] += cl.evaluate(link(records, labels).persons, truth).pairwise.f1
            decided[number] += cl.evaluate(link(records, labels, decisions=decisions).persons, truth).pairwise.f1
    assert learned[0] >= learned[1]
    assert decided[0] > decided[1]


def test_the_least_certain_come_first(result):
    """The model says what is uncertain before there are answers; asked pairs do not come again, nor into estimates."""
    first = result.next_to_review(15)
    assert tuple(first.columns) == PLAN_COLUMNS
    assert (first["stratum"] == AMBIGUOUS).all()
    again = result.next_to_review(15, first)
    assert not again.merge(first, on=KEYS).size
    nothing = estimate_from_review(first.assign(match="match"))
    assert nothing.strata.empty
    assert nothing.scores.isna().all(axis=None)
    for wrong in (0, 1.5, "a"):
        with pytest.raises(cl.SpecError, match="k must be"):
            result.next_to_review(wrong)
    with pytest.raises(cl.SpecError, match="give n, or a width"):
        result.plan_review(width=None)


def test_calibration_of_a_result(result, drawn):
    """Scored pairs between known records are in the bins; records that the truth lacks are left out."""
    assert result.calibration(drawn[1])["pairs"].sum() == len(result.links)
    half = drawn[1].sample(frac=0.5, random_state=0)
    assert 0 < result.calibration(half)["pairs"].sum() < len(result.links)


def test_matchers_without_a_mixture_are_estimated_too(drawn):
    """A matcher by rules gives weights that are only for and against; the estimate still runs and stays in bounds."""
    matcher = cl.RuleMatcher(["first_name exact and birth_date exact"])
    found = link(drawn[0], matcher=matcher).estimate().persons
    assert found.loc[["precision", "recall"]].to_numpy().min() >= 0
    assert found.loc[["precision", "recall"]].to_numpy().max() <= 1
