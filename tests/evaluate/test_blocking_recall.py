"""Blocking recall and losses against loops over all pairs."""

import math
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from caselink.errors import ColumnMissingError, SpecError
from caselink.evaluate import blocking_recall, losses, true_pairs


@st.composite
def linkages(draw, max_records=8):
    """Entities and persons of some records, and candidate pairs with a rule, a probability and two weights."""
    n_records = draw(st.integers(2, max_records))
    labels = st.lists(st.one_of(st.none(), st.sampled_from("abc")), min_size=n_records, max_size=n_records)
    rows = st.integers(0, n_records - 1)
    pair = st.tuples(rows, rows, st.integers(0, 2), st.sampled_from([0.1, 0.9]), st.integers(-5, 5), st.integers(-5, 5))
    columns = ["left", "right", "rule", "match_probability", "first_name", "ssn"]
    drawn = draw(st.lists(pair.filter(lambda p: p[0] != p[1]), max_size=20, unique_by=lambda p: frozenset(p[:2])))
    candidates = pd.DataFrame(drawn, columns=columns).astype({"left": int, "right": int, "rule": int})
    entity, person = (pd.Series(draw(labels), dtype=object) for _ in range(2))
    return entity, person, candidates


def true_pairs_of(labels):
    """All pairs of records with one known label."""
    return {(a, b) for a, b in combinations(range(len(labels)), 2) if labels[a] is not None and labels[a] == labels[b]}


@given(linkages())
def test_blocking_recall_is_that_of_all_pairs_listed(linkage):
    """Found true pairs, in all and by rule, are those of sets of pairs."""
    entity, _, candidates = linkage
    true = true_pairs_of(entity)
    made = {
        (min(pair), max(pair)): rule for *pair, rule in candidates[["left", "right", "rule"]].itertuples(index=False)
    }
    result = blocking_recall(candidates["left"], candidates["right"], entity, rule=candidates["rule"])
    assert (result.true_pairs, result.found, result.candidates) == (len(true), len(true & made.keys()), len(made))
    assert result.lost == len(true - made.keys())
    for rule, found in result.by_rule["found"].items():
        assert found == len([pair for pair in true & made.keys() if made[pair] == rule])


@given(linkages())
def test_true_pairs_are_all_pairs_of_one_entity(linkage):
    """Each true pair is listed once, the smaller row first; handed back as candidates they are all found."""
    entity = linkage[0]
    left, right = true_pairs(entity)
    assert sorted(zip(left.tolist(), right.tolist(), strict=True)) == sorted(true_pairs_of(entity))
    assert blocking_recall(left, right, entity).lost == 0


@given(linkages())
def test_pairs_given_twice_count_once_for_the_lowest_rule(linkage):
    """Giving every pair again, turned round and by a later rule, finds the same true pairs by the same rules."""
    entity, _, candidates = linkage
    once = blocking_recall(candidates["left"], candidates["right"], entity, rule=candidates["rule"])
    left, right = (np.r_[candidates[a], candidates[b]] for a, b in (("right", "left"), ("left", "right")))
    twice = blocking_recall(left, right, entity, rule=np.r_[candidates["rule"] + 3, candidates["rule"]])
    assert twice.found == once.found
    assert twice.by_rule["found"].sum() == twice.by_rule["found"].loc[:2].sum()


def stage_of(pair, row, *, missed, tied):
    """Where a missed or wrong pair was decided; ``row`` is its candidate, None where there is none."""
    made = row is not None and not math.isnan(row.match_probability)
    linked = made and row.match_probability >= 0.5
    if missed:
        forbidden = row is not None and row.forbidden
        if forbidden and (linked or not made):
            return "constraint"
        return ("clustering" if linked else "comparison") if made else "blocking"
    if linked:
        return "comparison"
    return "clustering" if tied else "constraint"


@given(linkages(), st.data())
def test_losses_are_those_of_all_pairs_listed(linkage, data):
    """Every missed and every wrong pair is traced to the stage and the rule that a loop over all pairs finds."""
    entity, person, candidates = linkage
    drawn = st.lists(st.booleans(), min_size=len(candidates), max_size=len(candidates))
    unmade, candidates["forbidden"] = data.draw(drawn), data.draw(drawn)
    candidates["match_probability"] = candidates["match_probability"].mask(pd.Series(unmade, dtype=bool))
    linked = pd.Series(data.draw(st.lists(st.integers(0, 2), min_size=len(entity), max_size=len(entity))))
    for row in candidates.itertuples():  # links tie the records of a person, whatever must-links say
        if row.match_probability >= 0.5 and person[row.left] is not None and person[row.left] == person[row.right]:
            linked = linked.replace(linked[row.left], linked[row.right])
    expected, by_rule = {}, {}
    made = {(min(row.left, row.right), max(row.left, row.right)): row for row in candidates.itertuples(index=False)}
    for pair in combinations(range(len(entity)), 2):
        if entity[pair[0]] is None or entity[pair[1]] is None:
            continue
        same_entity = entity[pair[0]] == entity[pair[1]]
        same_person = person[pair[0]] is not None and person[pair[0]] == person[pair[1]]
        if same_entity == same_person:
            continue
        row, kind = made.get(pair), "missed" if same_entity else "wrong"
        stage = stage_of(pair, row, missed=same_entity, tied=linked[pair[0]] == linked[pair[1]])
        order = {"first_name": row.first_name, "ssn": row.ssn} if stage == "comparison" else {"": 0}
        key = (kind, stage, (min if same_entity else max)(order, key=order.get))
        expected[key] = expected.get(key, 0) + 1
        if row is not None and (row.match_probability >= 0 if same_entity else stage == "comparison"):
            by_rule[kind, row.rule] = by_rule.get((kind, row.rule), 0) + 1
    result = losses(entity, person, candidates, weights=candidates[["first_name", "ssn"]], linked=linked)
    traced = {tuple(row[:3]): row[3] for row in result.table.itertuples(index=False)}
    assert traced == expected
    assert result.missed == sum(pairs for key, pairs in expected.items() if key[0] == "missed")
    assert result.wrong == sum(pairs for key, pairs in expected.items() if key[0] == "wrong")
    counted = {(kind, rule): pairs for kind, column in result.by_rule.items() for rule, pairs in column.items()}
    assert {key: pairs for key, pairs in counted.items() if pairs} == by_rule


def test_losses_without_weights_keep_the_stages():
    """Without weights the pairs below the threshold stand in one row."""
    candidates = pd.DataFrame({"left": [0, 1], "right": [1, 2], "match_probability": [0.1, 0.8]})
    result = losses(pd.Series(["ann"] * 3), pd.Series(["p", "q", "r"]), candidates)
    assert result.table["stage"].tolist() == ["blocking", "comparison", "clustering"]
    assert result.to_frame()["share"].tolist() == pytest.approx([1 / 3] * 3)
    for text in (str(result), result._repr_html_()):
        assert "clustering" in text


def test_blocking_recall_prints_a_row_for_each_rule_and_for_all():
    """The table ends with all rules together."""
    result = blocking_recall([0], [1], pd.Series(["ann", "ann", "ann"]), rule=[4])
    assert result.to_frame().index.tolist() == [4, "all"]
    assert result.recall == pytest.approx(1 / 3)
    assert "all" in str(result)
    assert "all" in result._repr_html_()
    assert len(blocking_recall([0], [1], pd.Series(["ann"] * 2)).by_rule) == 0


@pytest.mark.parametrize(
    ("left", "right", "rule", "reason"),
    [
        pytest.param([0, 1], [1], None, "a pair needs both", id="unequal"),
        pytest.param([0], [9], None, "outside the 2 records", id="outside"),
        pytest.param([0], [-1], None, "outside the 2 records", id="negative"),
        pytest.param([0], [1], [0, 1], "one for each pair", id="rules"),
    ],
)
def test_pairs_that_cannot_be_are_refused(left, right, rule, reason):
    """Row numbers must lie inside the records, and each pair needs both and its rule."""
    with pytest.raises(SpecError, match=reason):
        blocking_recall(left, right, pd.Series(["ann", "ann"]), rule=rule)


def test_losses_refuse_tables_that_do_not_fit():
    """Persons, weights and candidates must belong together."""
    candidates = pd.DataFrame({"left": [0], "right": [1], "match_probability": [0.1]})
    entity = pd.Series(["ann", "ann"])
    with pytest.raises(SpecError, match="one a record"):
        losses(entity, entity.iloc[:1], candidates)
    with pytest.raises(SpecError, match="one for each pair"):
        losses(entity, entity, candidates, weights=pd.DataFrame({"ssn": [1.0, 2.0]}))
    with pytest.raises(SpecError, match="one a record"):
        losses(entity, entity, candidates, linked=entity.iloc[:1])
    with pytest.raises(ColumnMissingError, match="match_probability"):
        losses(entity, entity, candidates[["left", "right"]])
