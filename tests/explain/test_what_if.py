"""What would change the answer is true: the fact is really changed in the records, and they are resolved again."""

from __future__ import annotations

import warnings
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

import caselink as cl
from caselink.explain.phrases import ENGLISH
from caselink.synthetic import draw_records

PAIR = ["source_left", "record_id_left", "source_right", "record_id_right"]
NEW = {
    "first_name": "QUIRINIUS",
    "last_name": "XANTHOPOULOS",
    "birth_date": "1931-07-29",
    "ssn": "598172634",
    "street": "7777 ZZYZX RD",
    "zip": "99950",
    "city": "UMIAT",
}
"""Values that nobody has."""


@pytest.fixture(scope="module")
def linker():
    """Fitted on drawn records; its weights stay as they are."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        return cl.Linker(threads=1).fit(draw_records(300, seed=7)[0].assign(protected="N"))


@pytest.fixture(scope="module")
def resolved(linker):
    """The records that it was fitted on."""
    return linker.resolve(draw_records(300, seed=7)[0].assign(protected="N"))


def alone(result):
    """Links whose records make up their persons alone, so that nobody else has a say; the closest to the line first."""
    links = result.links.sort_values("match_weight", key=lambda bits: bits.abs(), kind="stable")
    persons = result.persons.set_index(["source", "record_id"])["person_id"]
    size = persons.map(persons.value_counts())
    pairs = links[PAIR].itertuples(index=False, name=None)
    return [pair for pair in pairs if persons[pair[:2]] == persons[pair[2:]] and size[pair[:2]] == 2]


def changed(result, pair, row):
    """The records with the fact of a row of ``changes`` really changed, as it says."""
    records = result.records.copy()
    keys = [pair[:2], pair[2:]]
    place = [int(result.prepared.records.positions(*(pd.Series([part]) for part in key))[0]) for key in keys]
    order = [result.prepared.records.row[at] for at in sorted(place)]
    fact = row.comparison
    one, other = (records[fact].iloc[at] for at in order)
    column = records.columns.get_loc(fact)
    if row.if_level == "differ":
        records.iloc[order[1], column] = {"M": "F", "F": "M"}[one] if fact == "sex" else NEW[fact]
    else:
        known = [value for value in (one, other) if isinstance(value, str)]
        records.iloc[order, column] = known[0] if known else NEW[fact]
    return records


def check_claims(linker, result, pair):
    """Really change each fact; which answers there were."""
    seen, why = set(), result.explain(*pair)
    for row in why.changes.itertuples():
        after = linker.resolve(changed(result, pair, row)).explain(*pair)
        assert after.table.set_index("comparison").loc[row.comparison, "level"] == row.if_level
        # where both lack a fact, what is told is the most that there could be
        assert after.match_weight == pytest.approx(row.match_weight, abs=0.75 if row.level == "missing" else 0.1)
        if abs(row.match_weight - why.line_bits) > 0.75:
            assert after.one_person == (row.met and row.match_weight >= why.line_bits), row
            seen.add(after.one_person)
    return seen


def test_what_would_part_two_records_parts_them(linker, resolved):
    """Weight and answer of each row are those of the changed records: some facts decide, others do not."""
    seen = set().union(*(check_claims(linker, resolved, pair) for pair in alone(resolved)[:4]))
    assert seen == {True, False}


def test_what_would_join_two_records_joins_them(linker, resolved):
    """The same of pairs that are two people by one fact: it joins them again, and others may do so too."""
    seen, parted = set(), 0
    for pair in alone(resolved)[:8]:
        changes = resolved.explain(*pair).changes
        decisive = changes[(changes["if_level"] == "differ") & (changes["match_weight"] < 0)]
        if len(decisive):
            apart = linker.resolve(changed(resolved, pair, next(decisive.itertuples())))
            assert not apart.explain(*pair).one_person
            assert "the sum would reach the line" in " ".join(apart.explain(*pair).sentences())
            seen |= check_claims(linker, apart, pair)
            parted += 1
    assert parted >= 2
    assert seen == {True, False}


def test_a_pair_that_no_rule_made_may_be_met_by_another_fact(linker, resolved):
    """Of records that nobody compared too: weight, and whether a rule would bring them together."""
    keys = list(resolved.persons.head(9)[["source", "record_id"]].itertuples(index=False, name=None))
    pairs = [(*one, *other) for one, other in combinations(keys, 2)]
    unmet = [pair for pair in pairs if resolved.explain(*pair).rule is None][:3]
    seen = set()
    for pair in unmet:
        for row in resolved.explain(*pair).changes.itertuples():
            after = linker.resolve(changed(resolved, pair, row)).explain(*pair)
            assert (after.rule is not None) == row.met
            assert after.match_weight == pytest.approx(row.match_weight, abs=0.75 if row.level == "missing" else 0.1)
            seen.add(row.met)
    assert seen == {True, False}


def test_what_is_said_is_what_the_changes_show(resolved):
    """Facts named as decisive are those whose weight crosses the line, and no others."""
    for pair in resolved.links[PAIR].iloc[::7].itertuples(index=False, name=None):
        why = resolved.explain(*pair)
        if why.one_person != (why.match_weight >= why.line_bits):
            continue
        differ, met = why.changes["if_level"] == "differ", why.changes["met"]
        crosses = (why.changes["match_weight"] < why.line_bits) == why.one_person
        kind = differ if why.one_person else ~differ & met
        named = [s for s in why.sentences() if s.startswith("If just one of these") and "the sum would" in s]
        expected = {ENGLISH.fact(name) for name in why.changes.loc[kind & crosses, "comparison"]}
        assert bool(named) == bool(expected)
        assert all(any(f"{fact} (" in sentence for sentence in named) for fact in expected)


def test_changes_do_not_touch_the_records(resolved):
    """Nothing is changed but the copies: explaining twice gives the same."""
    pair = next(resolved.links[PAIR].itertuples(index=False, name=None))
    before = resolved.records.copy()
    one, other = resolved.explain(*pair), resolved.explain(*pair[2:], *pair[:2])
    assert one.changes.equals(other.changes)
    assert resolved.records.equals(before)


def test_a_matcher_of_rules_is_asked_too(resolved):
    """Any matcher that scores patterns says what another fact would make of a pair."""
    rules = cl.Linker(matcher=cl.RuleMatcher(["ssn exact"]), threads=1).fit_resolve(resolved.records)
    why = rules.explain(*rules.links.iloc[0][PAIR])
    ssn = why.changes.set_index("comparison").loc["ssn"]
    assert ssn["if_level"] == "differ"
    assert ssn["match_weight"] < why.line_bits <= why.match_weight
    assert any("SSN" in sentence for sentence in why.sentences() if sentence.startswith("If just one"))


def test_a_source_that_may_not_pair_never_meets(resolved):
    """Where two records of one source are two people whatever they say, no fact brings them together."""
    records = resolved.records
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        once = cl.Linker(threads=1, unduplicated=list(records["source"].unique())).fit_resolve(records)
    persons = once.persons.groupby("source").head(2).sort_values("source")
    keys = persons[["source", "record_id"]].to_numpy().tolist()
    why = once.explain(*keys[0], *keys[1])
    assert not why.changes["met"].any()
    assert np.isfinite(why.changes["match_weight"]).all()
