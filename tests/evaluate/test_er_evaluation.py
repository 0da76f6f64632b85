"""Our scores are those of ER-Evaluation, a package of others for the same purpose."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from caselink.evaluate import evaluate

er = pytest.importorskip("er_evaluation")


@st.composite
def memberships(draw):
    """The true and the found cluster of each record, none unknown."""
    n_records = draw(st.integers(2, 30))
    labels = st.lists(st.integers(0, n_records // 2), min_size=n_records, max_size=n_records)
    return pd.Series(draw(labels)), pd.Series(draw(labels))


def ours(true, found):
    """Our evaluation of the same records."""
    records = pd.DataFrame({"source": "iva", "record_id": np.arange(len(true)).astype(str)})
    return evaluate(records.assign(person_id=found), records.assign(entity_id=true), interval=None)


@given(memberships())
def test_pairs_and_clusters_are_those_of_er_evaluation(membership):
    """Precision, recall and F1 agree wherever there is something to count."""
    true, found = membership
    result = ours(true, found)
    theirs = {
        "pairwise": (er.pairwise_precision, er.pairwise_recall, er.pairwise_f),
        "cluster": (er.cluster_precision, er.cluster_recall, er.cluster_f),
    }
    for name, scores in theirs.items():
        mine = getattr(result, name)
        for score, own in zip(scores, (mine.precision, mine.recall, mine.f1), strict=True):
            nothing = 0 in {mine.predicted, mine.true}  # they say 1 of nothing, we say it is no number
            assert math.isnan(own) or nothing or own == pytest.approx(score(found, true))


@given(memberships())
def test_bcubed_is_that_of_er_evaluation_with_every_record_counted_once(membership):
    """They give each entity one vote; weighted by its records, their errors are our B-cubed."""
    true, found = membership
    result, size = ours(true, found).bcubed, true.value_counts()
    errors = er.record_error_table(found, true)
    for error, own in (
        (er.expected_relative_extra_from_table(errors), result.precision),
        (er.expected_relative_missing_from_table(errors), result.recall),
    ):
        assert own == pytest.approx(1 - float((error * size[error.index]).sum() / len(true)))
    equal = len(set(size)) == 1
    assert not equal or result.precision == pytest.approx(er.b_cubed_precision(found, true))
