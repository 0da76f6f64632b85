"""A golden run: 1,000 synthetic people, linked with default settings and with other rules, against the truth."""

from __future__ import annotations

import pandas as pd
import pytest

import caselink as cl
from caselink.blocking.defaults import default_rules
from caselink.settings import read_settings
from caselink.settings.files import read_sources
from caselink.synthetic import draw_county, write_county

FURTHER_RULES = {
    "as they are": [],
    "one first name": [cl.BlockingRule("first_name")],
    "one city": [cl.BlockingRule("city", largest=50, split_by=["birth_date.year", "first_name.first3"])],
    "similar in all": [cl.MinHash("first_name", "last_name", "birth_date", "street", bands=6, rows=3, largest=50)],
    "neighbors by name": [cl.SortedNeighborhood("last_name", "first_name", window=10)],
}


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    """Records of a county of 1,000 people as they come from its files, and the truth."""
    drawn = draw_county(1_000, seed=7)
    folder = write_county(drawn, tmp_path_factory.mktemp("county"))
    return cl.normalize(*read_sources(read_settings(folder / "sources.toml"))), drawn.truth


def test_the_golden_run(county):
    """Records, persons and links are those of the last release; a change needs a sentence in the changelog."""
    records, truth = county
    result = cl.Linker(threads=1).fit_resolve(records)
    scores = cl.evaluate(result.persons, truth)
    assert len(records) == GOLDEN["records"]
    assert result.summary["persons"] == GOLDEN["persons"]
    assert scores.pairwise.right == GOLDEN["right pairs"]
    assert scores.pairwise.wrong == GOLDEN["wrong pairs"]


@pytest.mark.parametrize("further", FURTHER_RULES)
def test_other_rules_do_not_mislead_the_model(county, further):
    """Broad rules bring a hundred unrelated pairs for each match; same person stays same person."""
    records, truth = county
    columns = [column for column in records if records[column].notna().any()]
    result = cl.Linker([*default_rules(columns), *FURTHER_RULES[further]]).fit_resolve(records)
    scores = cl.evaluate(result.persons, truth)
    assert scores.pairwise.f1 > 0.98
    assert scores.bcubed.f1 > 0.99


def test_ids_and_links_are_the_same_in_any_order_of_rows(county):
    """Shuffled rows, one thread or two: the same person ids, the same weights to the last bit."""
    records, _ = county
    runs = []
    for seed, threads in ((None, 1), (3, 2), (4, 1)):
        rows = records if seed is None else records.sample(frac=1, random_state=seed)
        result = cl.Linker(threads=threads).fit_resolve(rows)
        keys = ["source", "record_id"]
        persons = result.persons.sort_values(keys, ignore_index=True)
        links = result.links.sort_values(["source_left", "record_id_left", "source_right", "record_id_right"])
        runs.append((persons, links.reset_index(drop=True)))
    for persons, links in runs[1:]:
        pd.testing.assert_frame_equal(persons, runs[0][0])
        pd.testing.assert_frame_equal(links, runs[0][1], check_exact=True)


GOLDEN = {"records": 2117, "persons": 626, "right pairs": 3619, "wrong pairs": 0}
