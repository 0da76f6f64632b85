"""An explanation says what linking did: the same weights, the same rule, the same verdict."""

from __future__ import annotations

import warnings
from itertools import combinations

import numpy as np
import pytest

import caselink as cl

PAIR = ["source_left", "record_id_left", "source_right", "record_id_right"]


def test_an_explanation_agrees_with_the_link(result):
    """Weight, probabilities and rule are those of the link, whichever record is named first."""
    for link in result.links.iloc[::40].itertuples():
        pair = (link.source_left, link.record_id_left), (link.source_right, link.record_id_right)
        for one, other in (pair, pair[::-1]):
            why = result.explain(*one, *other)
            assert why.match_weight == pytest.approx(link.match_weight, abs=1e-5)
            assert why.match_probability == pytest.approx(link.match_probability, abs=1e-6)
            assert why.household_probability == pytest.approx(link.household_probability, abs=1e-6)
            assert why.rule == link.rule


def test_an_explanation_names_the_verdict(result):
    """It says whether the two are one person, for linked pairs and for pairs that no rule made."""
    persons = result.persons.head(25)
    rows = list(persons.itertuples(index=False))
    verdicts = set()
    for a, b in combinations(rows, 2):
        why = result.explain(a.source, a.record_id, b.source, b.record_id)
        assert why.one_person == (a.person_id == b.person_id)
        assert ("one person" in str(why)) == why.one_person
        assert ("no blocking rule" in str(why)) == (why.rule is None)
        assert 0 <= why.match_probability <= 1
        assert np.isfinite(why.match_weight)
        verdicts.add(why.rule is None)
    assert True in verdicts


def test_the_table_has_a_row_a_comparison(result):
    """Levels are named as the comparison names them; a missing one adds no bits."""
    first = result.links.iloc[0]
    table = result.explain(*first[PAIR]).table
    definitions = {c.definition.name: c.definition for c in result.prepared.program.comparisons}
    assert table["comparison"].head(len(definitions)).tolist() == list(definitions)
    for row in table.head(len(definitions)).itertuples():
        definition = definitions[row.comparison]
        assert row.level in (*definition.level_names, *(["not asked"] if row.comparison in ("zip", "city") else []))
        if row.level in ("missing", "not asked"):
            assert row.bits == row.rarity_bits == 0


def test_a_place_that_nobody_asked_for_is_not_told_as_missing(result):
    """Where the street agrees, ZIP and city are there and not asked for; where one is missing, it is missing."""
    seen = set()
    held = result.records.set_index(["source", "record_id"])
    for link in result.links.iloc[::5].itertuples():
        keys = (link.source_left, link.record_id_left), (link.source_right, link.record_id_right)
        level = result.explain(*keys[0], *keys[1]).table.set_index("comparison")["level"]
        both = held.loc[list(keys), "zip"].notna().all()
        assert (level["zip"] == "missing") == (not both)
        if level["street"] == "exact":
            seen.add(level["zip"])
    assert "not asked" in seen


def test_the_bits_add_up_to_the_weight(result):
    """Levels, rare values, prior, classes and family come to the match weight, for pairs that met and that did not."""
    shown = result.records.assign(protected="N")  # nothing is withheld
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        known = cl.Linker(threads=1).fit_resolve(shown)
    pairs = [tuple(row) for row in known.links[PAIR].iloc[::15].itertuples(index=False)]
    keys = list(known.persons.head(8)[["source", "record_id"]].itertuples(index=False, name=None))
    for pair in pairs + [(*a, *b) for a, b in combinations(keys, 2)]:
        why = known.explain(*pair)
        assert why.table[["bits", "rarity_bits"]].to_numpy().sum() == pytest.approx(why.match_weight, abs=0.1)
        extra = why.table["comparison"].tolist()[len(known.prepared.program.comparisons) :]
        assert extra == [name for name in ("prior", "blocking", "household", "family") if name in extra]
        assert "prior" in extra


def test_a_matcher_that_weighs_no_levels_has_no_bits(result):
    """Rules hold or not: the table shows the levels and says of no level that it gave nothing."""
    rules = cl.RuleMatcher(["ssn exact"])
    with_rules = cl.Linker(matcher=rules, threads=1).fit_resolve(result.records)
    why = with_rules.explain(*result.links.iloc[0][PAIR])
    n = len(result.prepared.program.comparisons)
    assert why.table["level"].tolist() == result.explain(*result.links.iloc[0][PAIR]).table["level"].tolist()[:n]
    assert why.table["bits"].isna().all()
