"""Scores by group against loops over all pairs, and the gap between groups."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from caselink.errors import ColumnMissingError, SpecError
from caselink.evaluate import evaluate, scores_by_group

GROUPS = st.sampled_from(["x", "y", None])


@st.composite
def grouped(draw, max_records=10):
    """Records with a true and a found person, and a group, of which one at least is known."""
    n_records = draw(st.integers(1, max_records))
    labels = st.lists(st.sampled_from("abc"), min_size=n_records, max_size=n_records)
    groups = draw(st.lists(GROUPS, min_size=n_records, max_size=n_records).filter(any))
    columns = {"source": "iva", "record_id": np.arange(n_records).astype(str), "group": groups}
    return pd.DataFrame({**columns, "entity_id": draw(labels), "person_id": draw(labels)})


@given(grouped())
def test_scores_are_those_of_pairs_seen_from_each_record(frame):
    """Precision and recall of a group equal a loop over its records and their partners."""
    scores = scores_by_group(frame, frame, "group", replicates=5).scores
    for group, rows in frame.groupby("group"):
        counts = np.zeros(3)
        for row in rows.itertuples():
            others = frame.drop(index=row.Index)
            found, true = (others[name] == getattr(row, name) for name in ("person_id", "entity_id"))
            counts += (found & true).sum(), found.sum(), true.sum()
        right, predicted, real = counts
        expected = [right / part if part else np.nan for part in (predicted, real)]
        assert scores.loc[group, ["precision", "recall"]].tolist() == pytest.approx(expected, nan_ok=True)
        assert scores.loc[group, "records"] == len(rows)


@given(grouped())
def test_one_group_of_all_has_the_scores_and_limits_of_the_evaluation(frame):
    """With everybody in one group the group's scores are the pairwise ones, and there is no gap."""
    found = scores_by_group(frame.assign(group="all"), frame.assign(group="all"), "group", replicates=20)
    whole = evaluate(frame, frame, interval=None).pairwise
    expected = [whole.precision, whole.recall, whole.f1]
    assert found.scores.loc["all", ["precision", "recall", "f1"]].tolist() == pytest.approx(expected, nan_ok=True)
    assert set(found.gaps["gap"].dropna()) <= {0.0}


def two_groups(missed_x, missed_y, n_entities=400):
    """Entities of two records each, half of either group; of each group some are split."""
    entity = np.repeat(np.arange(n_entities), 2)
    split = np.where(entity % 2, entity // 2 < missed_y, entity // 2 < missed_x) & (np.arange(len(entity)) % 2 == 1)
    frame = pd.DataFrame({"source": "iva", "record_id": np.arange(len(entity)).astype(str), "entity_id": entity})
    return frame.assign(person_id=entity + split * n_entities, group=np.where(entity % 2, "y", "x"))


def test_a_gap_is_found_and_none_is_not_claimed():
    """Of 200 entities a group, 10 against 60 missed is a gap; 30 against 32 may be chance."""
    frame = two_groups(10, 60)
    large = scores_by_group(frame, frame, "group").gaps.loc["recall"]
    assert (large["best"], large["worst"], large["gap"]) == ("x", "y", pytest.approx(0.25))
    assert 0.15 < large["low"] < 0.25 < large["high"] < 0.35
    frame = two_groups(30, 32)
    small = scores_by_group(frame, frame, "group").gaps.loc["recall"]
    assert small["low"] < 0 < small["gap"] < small["high"]


def test_groups_of_few_people_are_neither_best_nor_worst():
    """A group of 29 people stands in the table and in no gap; with one group left there is no gap to tell."""
    frame = two_groups(10, 60)
    few = frame["entity_id"].isin(range(0, 58, 2))
    found = scores_by_group(frame, frame.assign(group=frame["group"].mask(few, "few")), "group", replicates=50)
    assert found.scores["entities"].to_dict() == {"few": 29, "x": 171, "y": 200}
    assert found.scores["recall"].idxmin() == "few"
    assert not found.gaps.isin(["few"]).any(axis=None)
    assert "under 30 people (1)" in str(found)
    assert "under 30" not in str(scores_by_group(frame, frame, "group", replicates=50))
    alone = scores_by_group(frame.head(40), frame.head(40), "group", replicates=50).gaps
    assert alone["gap"].isna().all()


def test_two_groups_without_errors_may_still_differ():
    """No error was seen in 40 people of either group: their gap is nought, give or take what may have gone unseen."""
    frame = two_groups(0, 0, n_entities=80)
    gap = scores_by_group(frame, frame, "group", replicates=50).gaps.loc["recall"]
    assert (gap["best"], gap["worst"], gap["gap"]) == ("x", "y", 0)
    assert gap["high"] == pytest.approx(1 - 0.05 ** (1 / 40))
    assert gap["low"] == pytest.approx(-gap["high"])


@pytest.mark.parametrize("lost", [0.0, 0.03])
def test_gaps_hold_the_true_one_where_errors_are_few(lost):
    """Of groups with one true recall the interval of the gap holds 0 about as often as it says."""
    held, n_drawn = 0, 100
    for seed in range(n_drawn):
        missed = np.random.default_rng(seed).binomial(40, [0.0, lost])
        frame = two_groups(*missed, n_entities=80)
        gap = scores_by_group(frame, frame, "group", replicates=200, seed=seed).gaps.loc["recall"]
        true = lost if gap["best"] == "x" else -lost
        held += gap["low"] <= true <= gap["high"]
    assert held >= 0.93 * n_drawn


def test_the_table_shows_groups_and_gaps():
    """Both tables are printed, limits beside the scores."""
    frame = two_groups(10, 60)
    found = scores_by_group(frame, frame, "group", replicates=50)
    for text in (str(found), repr(found), found._repr_html_()):
        assert "0.9500 (" in text
        assert "worst" in text


def test_columns_that_name_no_group_are_refused():
    """A missing column and a column without a value are errors."""
    frame = two_groups(1, 1, n_entities=4)
    with pytest.raises(ColumnMissingError, match="race"):
        scores_by_group(frame, frame, "race")
    with pytest.raises(SpecError, match="names no group"):
        scores_by_group(frame, frame.assign(group=None), "group")
