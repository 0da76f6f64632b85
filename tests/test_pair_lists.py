"""The pairs that blocking makes, and how alike they are, as tables: the very ones that linking compares and scores."""

from __future__ import annotations

import warnings

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import caselink as cl
from caselink.synthetic import draw_records

KEYS = ["source_left", "record_id_left", "source_right", "record_id_right"]
RULES = [cl.BlockingRule("ssn"), cl.BlockingRule("last_name", "birth_date.year")]
SECRET = "QXZWVJ"  # noqa: S105  (a value that no message may show)


@pytest.fixture(scope="module")
def records():
    """Four hundred drawn records of several sources."""
    return draw_records(400, seed=5)[0]


def as_set(pairs):
    """Pairs without the order of their two sides."""
    return {frozenset([(a, b), (c, d)]) for a, b, c, d in pairs[KEYS].itertuples(index=False)}


def test_as_many_pairs_as_were_counted(records):
    """Every rule lists the new pairs that count_pairs foretold, and no pair comes twice."""
    listed, price = cl.candidate_pairs(records), cl.count_pairs(records).set_index("rule")["new_pairs"]
    assert listed["rule"].value_counts().to_dict() == price[price > 0].to_dict()
    assert len(as_set(listed)) == len(listed)


def test_pairs_agree_on_their_rule(records):
    """As a join of pandas makes them: the same key on both sides, and never a missing one."""
    listed = cl.candidate_pairs(records, RULES[:1])
    frame = records[["source", "record_id", "ssn"]].dropna()
    joined = frame.merge(frame, on="ssn", suffixes=("_left", "_right"))
    other = joined[
        (joined["source_left"] != joined["source_right"]) | (joined["record_id_left"] != joined["record_id_right"])
    ]
    assert as_set(listed) == as_set(other)
    assert len(listed)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**31))
def test_order_of_rows_is_nothing(records, seed):
    """The same pairs, whichever way the records lie."""
    shuffled = records.sample(frac=1, random_state=seed)
    pd.testing.assert_frame_equal(cl.candidate_pairs(shuffled, RULES), cl.candidate_pairs(records, RULES))


def test_between_sources_only(records):
    """With link_type="link_only" no pair lies within one source, and no pair is new."""
    within, between = cl.candidate_pairs(records, RULES), cl.candidate_pairs(records, RULES, link_type="link_only")
    assert (between["source_left"] != between["source_right"]).all()
    assert as_set(between) == as_set(within[within["source_left"] != within["source_right"]])


def test_too_many_are_refused(records):
    """Before any is listed, with the rule that costs most."""
    with pytest.raises(cl.PairsLimitError, match="allowed are 5"):
        cl.candidate_pairs(records, RULES, max_pairs=5)


def test_nothing_to_pair():
    """Records that share no key make an empty table with all its columns."""
    alone = pd.DataFrame({"source": ["iva", "ivd"], "record_id": ["1", "2"], "ssn": ["123456789", None]})
    listed = cl.candidate_pairs(alone, RULES[:1])
    assert listed.empty
    assert list(listed) == [*KEYS, "rule"]
    assert cl.compare_pairs(alone, listed, [cl.SSN()]).shape == (0, 1)


def test_levels_are_those_of_the_explanation(records):
    """What a comparison says of a pair is what explain says of it; rows keep the order and index of the pairs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        result = cl.Linker(threads=1).fit_resolve(records.assign(protected="N"))
    pairs = result.links.sample(25, random_state=1)
    levels = cl.compare_pairs(records, pairs)
    assert levels.index.equals(pairs.index)
    for place, keys in zip(pairs.index, pairs[KEYS].itertuples(index=False), strict=True):
        told = result.explain(*keys).table.set_index("comparison")["level"].replace("not asked", "missing")
        assert levels.loc[place].to_dict() == told[list(levels)].to_dict()


def test_a_matcher_learns_from_the_levels(records):
    """The codes of the levels are what scikit-learn's way of fitting takes; a matcher told apart what is plain."""
    pairs = cl.candidate_pairs(records)
    levels = cl.compare_pairs(records, pairs, [cl.PersonName("first_name"), cl.BirthDate(), cl.SSN()])
    codes = levels.apply(lambda column: column.cat.codes)
    assert (codes.to_numpy() == 0).any()
    matcher = cl.RuleMatcher(["ssn exact and birth_date exact"]).fit(codes)
    said = matcher.predict(codes)
    plain = (levels["ssn"] == "exact") & (levels["birth_date"] == "exact")
    assert said.tolist() == plain.tolist()
    assert plain.any()
    assert not plain.all()


def test_a_record_that_is_not_there(records):
    """Is an error that tells the row and no value."""
    pair = pd.DataFrame([["iva", SECRET, "ivd", "2"]], columns=KEYS)
    with pytest.raises(cl.RecordIdError, match="the first in row 0") as raised:
        cl.compare_pairs(records, pair)
    assert SECRET not in str(raised.value)


def test_a_table_without_keys(records):
    """Says which columns it lacks."""
    with pytest.raises(cl.ColumnMissingError, match="record_id_right"):
        cl.compare_pairs(records, pd.DataFrame(columns=KEYS[:3]))
