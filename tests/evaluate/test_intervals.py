"""Intervals: they hold the true score as often as they say, and come from whole people."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from caselink.errors import SpecError
from caselink.evaluate import evaluate
from caselink.evaluate.clusters import Overlap
from caselink.evaluate.counting import renumber
from caselink.evaluate.resampling import Resampling, resample, tie_groups
from caselink.evaluate.tied import tally_households, tally_persons

SOURCES = np.array(["iva", "ivd"], dtype=object)
MEASURES = ("pairwise", "cross_source", "bcubed", "cluster", "closest")
NAMES = {"cross_source": "cross-source", "bcubed": "B-cubed", "closest": "closest cluster"}


def draw_linkage(n_entities, rng):
    """Entities of one to four records, some split in two, some merged with the next one."""
    entity = np.repeat(np.arange(n_entities), rng.integers(1, 5, n_entities))
    split = (rng.random(n_entities) < 0.15)[entity] & (rng.random(len(entity)) < 0.5)
    merged = (rng.random(n_entities) < 0.08)[entity] & (entity % 2 == 1)
    person = np.where(merged, entity - 1, entity) + split * n_entities
    records = pd.DataFrame(
        {"source": SOURCES[rng.integers(0, 2, len(entity))], "record_id": np.arange(len(entity)).astype(str)}
    )
    household = {"household_id": entity // 2}
    found = {"household_id": np.where(split, n_entities + entity, entity // 2)}
    return records.assign(person_id=person, **found), records.assign(entity_id=entity, **household)


@st.composite
def labelings(draw):
    """True and found clusters and sources of some records."""
    n_records = draw(st.integers(1, 15))
    labels = st.lists(st.integers(0, 5), min_size=n_records, max_size=n_records)
    true, predicted = (renumber(np.array(draw(labels))) for _ in range(2))
    return Overlap.of(predicted, true), np.array(draw(labels)) % 3


def test_intervals_hold_the_true_score_about_as_often_as_they_say():
    """Of 95 % intervals over 200 drawn linkages, about 95 % hold the score of the process that made them."""
    truth = evaluate(*draw_linkage(100_000, np.random.default_rng(99)), interval=None)
    held, n_drawn = dict.fromkeys([(m, s) for m in MEASURES for s in ("precision", "recall", "f1")], 0), 200
    for seed in range(n_drawn):
        drawn = evaluate(*draw_linkage(600, np.random.default_rng(seed)), replicates=400, seed=seed)
        for measure, score in held:
            low, high = (drawn.limits.loc[NAMES.get(measure, measure), f"{score}_{end}"] for end in ("low", "high"))
            held[measure, score] += low <= getattr(getattr(truth, measure), score) <= high
    shares = {key: count / n_drawn for key, count in held.items()}
    assert all(0.9 <= share <= 0.99 for share in shares.values()), shares
    assert 0.93 <= np.mean(list(shares.values())) <= 0.97


@given(labelings())
def test_tallies_add_up_to_the_scores(labeling):
    """Drawn exactly once each, the tie groups give the evaluation's own scores."""
    overlap, source = labeling
    records = pd.DataFrame({"source": source.astype(str), "record_id": np.arange(len(source)).astype(str)})
    persons = records.assign(person_id=overlap.predicted, household_id=overlap.predicted)
    result = evaluate(persons, records.assign(entity_id=overlap.true, household_id=overlap.true), interval=None)
    numbers, names = pd.factorize(records["source"], sort=True)
    tallies = tally_persons(overlap, numbers.astype(np.int64), names=list(names), pairs=result.by_source)
    table = result.to_frame()
    for name, tally in (tallies | tally_households(overlap)).items():
        scores = tally.score(np.array([[column.sum() for column in tally.columns()]]))
        expected = table.loc[name, ["precision", "recall", "f1"]].to_numpy(np.float64)
        assert scores[:, 0] == pytest.approx(expected, abs=1e-6, nan_ok=True)


@given(labelings())
def test_no_pair_spans_two_tie_groups(labeling):
    """Records of one entity or one person are in one group, and groups are no larger than that asks for."""
    overlap, _ = labeling
    group = tie_groups(overlap.true, overlap.predicted)
    parent = list(range(len(group)))
    for a in range(len(group)):
        for b in range(a):
            if overlap.true[a] == overlap.true[b] or overlap.predicted[a] == overlap.predicted[b]:
                old, new = parent[a], parent[b]
                parent = [new if label == old else label for label in parent]
    assert renumber(group).tolist() == renumber(np.array(parent)).tolist()


def test_drawing_kinds_is_drawing_units():
    """The sums have the mean and the spread of units drawn one by one."""
    column = np.random.default_rng(0).integers(0, 5, 400)
    kinds = resample([column, np.ones_like(column)], Resampling(replicates=4000)).sums
    one_by_one = np.random.default_rng(1).choice(column, size=(4000, 400)).sum(axis=1)
    assert set(kinds[:, 1]) == {400.0}
    assert kinds[:, 0].mean() == pytest.approx(one_by_one.mean(), rel=0.01)
    assert kinds[:, 0].std() == pytest.approx(one_by_one.std(), rel=0.05)


@given(st.integers(0, 50))
def test_intervals_depend_on_the_seed_alone(seed):
    """The rows in another order, and other names for the persons, give the same limits; another seed does not."""
    persons, truth = draw_linkage(40, np.random.default_rng(seed))
    first = evaluate(persons, truth, replicates=50, seed=seed)
    shuffled = persons.sample(frac=1, random_state=seed).assign(person_id=lambda table: -table["person_id"])
    again = evaluate(shuffled, truth.sample(frac=1, random_state=seed + 1), replicates=50, seed=seed)
    pd.testing.assert_frame_equal(first.limits, again.limits)
    assert not first.limits.equals(evaluate(persons, truth, replicates=50, seed=seed + 1).limits)


def test_people_tied_by_a_wrong_person_are_drawn_together():
    """With every error a merge of two entities, precision varies as much as that of merges drawn whole."""
    n_pairs, wrong = 400, 40
    entity = np.repeat(np.arange(2 * n_pairs), 2)
    person = np.where(entity // 2 < wrong, entity // 2, entity + 2 * n_pairs)
    records = pd.DataFrame({"source": "iva", "record_id": np.arange(len(entity)).astype(str)})
    limits = evaluate(records.assign(person_id=person), records.assign(entity_id=entity), seed=1).limits
    width = limits.loc["pairwise", "precision_high"] - limits.loc["pairwise", "precision_low"]
    groups = 2 * n_pairs - wrong  # a merge has two right pairs of six, any other group is one right pair
    merges = np.random.default_rng(2).binomial(groups, wrong / groups, 20_000)
    drawn = (groups + merges) / (groups + 5 * merges)
    assert width == pytest.approx(np.subtract(*np.quantile(drawn, [0.975, 0.025])), rel=0.1)


def test_the_table_shows_limits_beside_the_scores():
    """Every measure has its limits in the printed table; without intervals there are none."""
    persons, truth = draw_linkage(60, np.random.default_rng(3))
    result = evaluate(persons, truth, replicates=50, interval=0.9)
    assert set(result.limits.index) == set(result.to_frame().index)
    assert (result.limits["precision_low"] <= result.to_frame()["precision"][result.limits.index]).all()
    assert "90 % intervals" in str(result)
    assert result.table().loc["pairwise", "f1"].count(" to ") == 1
    assert " to " not in str(evaluate(persons, truth, interval=None))


def test_nothing_to_count_has_no_limits():
    """Scores that are not numbers have limits that are not."""
    persons, truth = draw_linkage(1, np.random.default_rng(0))
    limits = evaluate(persons, truth.assign(entity_id=None, household_id=None), replicates=10).limits
    assert limits.isna().all(axis=None)
    alone = evaluate(persons.iloc[:1], truth.iloc[:1], replicates=10).limits
    assert math.isnan(alone.loc["pairwise", "recall_low"])
    assert alone.loc["cluster", "recall_low"] == pytest.approx(0.05)


def found_people(split):
    """People of two records each, found whole or split."""
    entity = np.repeat(np.arange(len(split)), 2)
    records = pd.DataFrame({"source": "iva", "record_id": np.arange(len(entity)).astype(str), "entity_id": entity})
    return records.assign(person_id=entity + len(split) * (np.repeat(split, 2) & (np.arange(len(entity)) % 2 == 1)))


def test_no_error_seen_is_no_certainty():
    """Of 40 people who are found with a chance of 97 %, the interval of recall holds it, also where none was lost."""
    held, perfect, n_drawn = 0, 0, 200
    for seed in range(n_drawn):
        frame = found_people(np.random.default_rng(seed).random(40) > 0.97)
        found = evaluate(frame, frame, replicates=200, seed=seed)
        low, high = found.limits.loc["pairwise", ["recall_low", "recall_high"]]
        held += low <= 0.97 <= high
        if found.pairwise.missed == 0:
            perfect += 1
            assert (low, high) == (pytest.approx(0.05 ** (1 / 40)), 1.0)
    assert perfect > 0.2 * n_drawn
    assert held >= 0.93 * n_drawn


@given(st.integers(1, 60), st.integers(1, 60), st.booleans())
def test_no_interval_is_a_point(n_found, n_alone, lost):
    """Without an error, or with nothing but errors, the limits depend on the people who count, not on the others."""
    frame = found_people(np.full(n_found, lost))
    alone = pd.DataFrame({"source": "ivd", "record_id": np.arange(n_alone), "entity_id": np.arange(n_alone) + 1000})
    frame = pd.concat([frame.astype({"record_id": int}), alone.assign(person_id=alone["entity_id"])])
    limits = evaluate(frame, frame, replicates=20).limits.loc["pairwise"]
    most = 1 - 0.05 ** (1 / n_found)
    assert limits[["recall_low", "recall_high"]].tolist() == pytest.approx([0, most] if lost else [1 - most, 1])


@pytest.mark.parametrize("option", [{"interval": 1.0}, {"interval": 95}, {"replicates": 0}, {"seed": -1}])
def test_options_that_cannot_work_are_refused(option):
    """An interval is a share, and draws can be counted."""
    persons, truth = draw_linkage(2, np.random.default_rng(0))
    with pytest.raises(SpecError, match=next(iter(option))):
        evaluate(persons, truth, **option)
