"""Losses and blocking recall of a result add up with its evaluation."""

from __future__ import annotations

import pandas as pd
import pytest

import caselink as cl
from caselink.settings import read_settings
from caselink.settings.files import read_sources
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


def test_evaluation_of_a_result_knows_what_blocking_lost(county):
    """What blocking lost and what was lost later add up to all missed pairs."""
    records, truth = county
    result = cl.Linker([cl.BlockingRule("last_name")]).fit_resolve(records)
    scores = result.evaluate(truth, interval=None)
    blocking = scores.blocking
    assert blocking.lost > 0
    assert scores.pairwise.missed == blocking.lost - blocking.joined + scores.after_blocking.missed
    assert scores.to_frame().equals(cl.evaluate(result.persons, truth, blocking=blocking, interval=None).to_frame())


def test_losses_by_error_and_group(county):
    """With an errors table and a group column the losses have both tables, and they fit the totals."""
    records, truth = county
    result = cl.Linker([cl.BlockingRule("last_name")]).fit_resolve(records)
    errors = truth[["source", "record_id"]].iloc[::3].assign(field="last_name", kind="typing")
    lost = result.losses(truth.assign(group=truth["source"]), errors=errors, group="group")
    struck, clean = lost.by_error.iloc[0], lost.by_error.iloc[-1]
    assert struck["missed"] + clean["missed"] == lost.missed
    assert struck["wrong"] + clean["wrong"] == lost.wrong
    assert list(lost.by_group.scores.index) == sorted(truth["source"].unique())
    assert "typing" in str(lost)
    assert "worst" in lost._repr_html_()


@pytest.mark.parametrize("kind", ["numbers", "floats", "pyarrow", "polars"])
def test_the_truth_may_be_any_frame(kind):
    """Ids read as numbers and frames of others give what text in a pandas frame gives; a blank id says nothing."""
    import polars as pl
    import pyarrow as pa

    ids = [str(number) for number in range(1, 7)]
    records = pd.DataFrame({"source": "iva", "record_id": ids, "last_name": ["RUIZ", "RUIZ", "COLE"] * 2})
    linker = cl.Linker([cl.BlockingRule("last_name")], [cl.Exact("last_name")], cl.RuleMatcher(["last_name exact"]))
    result = linker.fit_resolve(records)
    truth = records[["source", "record_id"]].assign(entity_id=["1", "1", "2", "3", " ", None])
    made = {
        "numbers": lambda: truth.astype({"record_id": int}).assign(
            entity_id=pd.array([1, 1, 2, 3, None, None], "Int64")
        ),
        "floats": lambda: truth.astype({"record_id": int}).assign(entity_id=[1.0, 1, 2, 3, None, None]),
        "pyarrow": lambda: pa.Table.from_pandas(truth, preserve_index=False),
        "polars": lambda: pl.from_pandas(truth),
    }
    given = made[kind]()
    assert str(result.evaluate(given)) == str(result.evaluate(truth))
    assert result.losses(given).table.equals(result.losses(truth).table)
    assert result.losses(truth).true_pairs == 1
    assert result.calibration(given).equals(result.calibration(truth))


def losses_of(names, entity, *, sources=None, decisions=(), **options):
    """Kind, stage and count of the losses where records of one first name are links, under some decisions."""
    ids = [str(row) for row in range(len(names))]
    records = pd.DataFrame({"source": sources or "iva", "record_id": ids, "first_name": names})
    keys = ["source_left", "record_id_left", "source_right", "record_id_right", "decision"]
    decided = [(*records.iloc[a, :2], *records.iloc[b, :2], decision) for a, b, decision in decisions]
    linker = cl.Linker(
        [cl.BlockingRule("first_name")],
        [cl.Exact("first_name")],
        cl.RuleMatcher(["first_name exact"]),
        decisions=pd.DataFrame(decided, columns=keys) if decided else None,
        **options,
    )
    truth = records[["source", "record_id"]].assign(entity_id=list(entity))
    table = linker.fit_resolve(records).losses(truth).table
    return {tuple(row) for row in table[["kind", "stage", "pairs"]].itertuples(index=False)}


def test_a_link_that_a_decision_parts_is_lost_by_a_constraint():
    """The two agree, and a person said that they are two."""
    assert losses_of(["ANA", "ANA"], "aa", decisions=[(0, 1, "not")]) == {("missed", "constraint", 1)}


def test_pairs_of_an_unduplicated_source_are_lost_by_a_constraint():
    """Two records of one source may not pair; a third one links to both, and joins one of them only."""
    sources = ["iva", "iva", "ivd"]
    lost = losses_of(["ANA"] * 3, "aaa", sources=sources, unduplicated=["iva"])
    assert lost == {("missed", "constraint", 2)}


def test_what_only_a_must_link_joins_is_wrong_by_a_constraint():
    """Two pairs of links, tied by one decision: all four pairs across come from it."""
    names = ["ANA", "ANA", "EVA", "EVA"]
    assert losses_of(names, "aabb", decisions=[(1, 2, "match")]) == {("wrong", "constraint", 4)}
    assert losses_of(names, "aaaa") == {("missed", "blocking", 4)}
    assert losses_of(names, "abcc") == {("wrong", "comparison", 1)}
