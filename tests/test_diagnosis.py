"""Losses and blocking recall of a result add up with its evaluation."""

from __future__ import annotations

import pytest

import caselink as cl
from caselink.linking import read_sources
from caselink.settings import read_settings
from caselink.synthetic import draw_county, write_county


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    """Records of a small county and the truth."""
    drawn = draw_county(800, seed=3)
    folder = write_county(drawn, tmp_path_factory.mktemp("county"))
    return cl.normalize(*read_sources(read_settings(folder / "sources.toml"))), drawn.truth


def test_losses_add_up_with_the_evaluation(county):
    """Every missed and every wrong pair of the evaluation is traced to one stage."""
    records, truth = county
    result = cl.Linker([cl.BlockingRule("ssn"), cl.BlockingRule("last_name")]).fit_resolve(records)
    scores, lost = cl.evaluate(result.persons, truth), result.losses(truth)
    assert (lost.missed, lost.wrong) == (scores.pairwise.missed, scores.pairwise.wrong)
    assert lost.table["pairs"].sum() == lost.missed + lost.wrong
    assert lost.missed > 0


def test_blocking_recall_names_the_rules(county):
    """Each true pair counts for the first rule that made it; more rules never lose one."""
    records, truth = county
    one = cl.Linker([cl.BlockingRule("last_name")]).fit_resolve(records).blocking_recall(truth)
    two = cl.Linker([cl.BlockingRule("last_name"), cl.BlockingRule("ssn")]).fit_resolve(records)
    both = two.blocking_recall(truth)
    assert list(both.by_rule.index) == ["last_name", "ssn"]
    assert both.found == both.by_rule["found"].sum() > one.found
    assert both.candidates == two.summary["pairs"]
    assert both.true_pairs == cl.evaluate(two.persons, truth).pairwise.true
    assert "ssn" in str(both)


def test_truth_without_the_columns_is_refused(county):
    """A truth table needs source, record_id and entity_id."""
    records, truth = county
    result = cl.Linker([cl.BlockingRule("last_name")]).fit_resolve(records)
    with pytest.raises(cl.ColumnMissingError, match="entity_id"):
        result.losses(truth.drop(columns="entity_id"))
