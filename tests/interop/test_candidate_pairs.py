"""Pairs as a two-level index and back, with and without recordlinkage."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import caselink as cl
from caselink.interop.candidate_pairs import from_multiindex, persons_to_multiindex, to_multiindex
from caselink.synthetic import draw_records

LABELS = st.text("ab1", min_size=1, max_size=3)
PAIRS = st.lists(st.tuples(LABELS, LABELS), max_size=8)


@pytest.fixture(scope="module")
def result() -> cl.Result:
    """A linked table of two sources."""
    return cl.Linker().fit_resolve(draw_records(300, seed=2)[0])


@given(pairs=PAIRS)
def test_there_and_back(pairs):
    """Pairs between two sources come back as they were, whichever side they stood on."""
    index = pd.MultiIndex.from_arrays([[pair[side] for pair in pairs] for side in (0, 1)])
    table = from_multiindex(index, ("iva", "ivd"))
    assert to_multiindex(table, ("iva", "ivd")).tolist() == pairs
    assert to_multiindex(table, ("ivd", "iva")).tolist() == [(b, a) for a, b in pairs]
    assert len(to_multiindex(table, ("iva", "jobs"))) == 0


def test_links_and_persons_of_a_result(result):
    """Links of a result stand in its order; persons give every pair within one, and all of the links agree."""
    first, second = "iva", "ivd"
    sides = [set(pair) for pair in zip(result.links["source_left"], result.links["source_right"], strict=True)]
    assert len(to_multiindex(result.links, (first, second))) == sides.count({first, second}) > 0
    ids = result.persons.set_index(["source", "record_id"])["person_id"]
    for pairs, between in (
        (persons_to_multiindex(result.persons, (first, second)), (first, second)),
        (persons_to_multiindex(result.persons, first), (first, first)),
    ):
        assert len(pairs) > 0
        assert pairs.is_unique
        assert all(ids[between[0], a] == ids[between[1], b] for a, b in pairs)
        sizes = [result.persons[result.persons["source"] == side]["person_id"].value_counts() for side in between]
        both = sizes[0].mul(sizes[1], fill_value=0)
        expected = both.sum() if between[0] != between[1] else (sizes[0] * (sizes[0] - 1) / 2).sum()
        assert len(pairs) == expected


def test_duplicates_stand_as_recordlinkage_has_them():
    """In one source the record that comes later in the frame stands first."""
    table = from_multiindex(pd.MultiIndex.from_tuples([(5, 9), (9, 7)]), "iva")
    assert to_multiindex(table, "iva").tolist() == [("5", "9"), ("9", "7")]
    assert to_multiindex(table, "iva", order=pd.Index([9, 5, 7])).tolist() == [("5", "9"), ("7", "9")]


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        pytest.param(lambda: from_multiindex(pd.Index([1]), "iva"), "two levels", id="no pairs"),
        pytest.param(lambda: to_multiindex(pd.DataFrame({"source_left": []}), "iva"), "record_id_left", id="column"),
        pytest.param(lambda: persons_to_multiindex(pd.DataFrame(), "iva"), "person_id", id="persons"),
        pytest.param(lambda: to_multiindex(table(), ("a", "b", "c")), "one source", id="sources"),
        pytest.param(lambda: to_multiindex(table(), "iva", order=pd.Index(["1"])), "lacks records", id="not in order"),
        pytest.param(lambda: to_multiindex(table(), "iva", order=pd.Index(["1", 1])), "two records", id="order twice"),
    ],
)
def test_errors_say_what_is_wrong(make, reason):
    """What is no table of pairs."""
    with pytest.raises(ValueError, match=reason):
        make()


def table() -> pd.DataFrame:
    """One pair of one source."""
    return from_multiindex(pd.MultiIndex.from_tuples([("1", "2")]), "iva")
