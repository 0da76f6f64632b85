"""Candidate pairs are those that recordlinkage makes, and those that caselink's rules make."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import caselink as cl

theirs = pytest.importorskip("recordlinkage")
ours = pytest.importorskip("caselink.interop.recordlinkage")

ROWS = st.lists(  # two at least: recordlinkage divides by the number of pairs
    st.tuples(
        st.sampled_from(["ANA", "ANNA", "RUIZ", None]), st.sampled_from(["ROMA", "LIMA", None]), st.integers(1, 3)
    ),
    min_size=2,
    max_size=12,
)
COLUMNS = ["name", "town", "size"]
KEYS = st.sampled_from([["name"], ["name", "town"], ["size"], ["town", "size", "name"]])


def frame(rows, prefix="r") -> pd.DataFrame:
    """Records with labels that are neither sorted nor row numbers."""
    labels = pd.Index([f"{prefix}{(7 * k) % 13}" for k in range(len(rows))], name="id")
    return pd.DataFrame(rows, columns=COLUMNS, index=labels).astype({"name": object, "town": object})


@settings(max_examples=60, deadline=None)
@given(left=ROWS, right=ROWS, keys=KEYS)
def test_blocks_between_two_frames(left, right, keys):
    """The same pairs under the same names; their order is pandas' own in recordlinkage, and is not promised."""
    frames = frame(left), frame(right, "s")
    found, expected = (package.Index().block(keys).index(*frames) for package in (ours, theirs))
    assert sorted(found.tolist()) == sorted(expected.tolist())
    assert found.names == expected.names
    renamed = frames[1].rename(columns=str.upper)
    found = ours.Index().block(keys, [key.upper() for key in keys]).index(frames[0], renamed)
    assert sorted(found.tolist()) == sorted(expected.tolist())


@settings(max_examples=60, deadline=None)
@given(rows=ROWS, keys=KEYS)
def test_blocks_in_one_frame(rows, keys):
    """Each pair once, the later record first, as recordlinkage has it."""
    records = frame(rows)
    found, expected = (package.Index().block(keys).index(records) for package in (ours, theirs))
    assert sorted(found) == sorted(expected)
    assert found.names == expected.names == ["id_1", "id_2"]


@settings(max_examples=40, deadline=None)
@given(left=ROWS, right=ROWS)
@pytest.mark.parametrize("n_frames", [1, 2])
def test_several_algorithms_are_united(n_frames, left, right):
    """Each pair once, sorted by label, whatever algorithms are mixed."""
    frames = [frame(left), frame(right, "s")][:n_frames]
    found, expected = (
        package.Index().block("name").block(["town", "size"]).sortedneighbourhood("size", window=1)
        for package in (ours, theirs)
    )
    found, expected = found.index(*frames), expected.index(*frames)
    assert found.tolist() == sorted(set(expected))
    assert found.names == expected.names


def test_an_empty_text_is_in_no_block():
    """As a missing value; recordlinkage pairs all that are empty."""
    records = frame([("", "ROMA", 1), ("", "ROMA", 2), ("ANA", "ROMA", 1)])
    assert len(ours.Index().block("name").index(records)) == 0
    assert len(ours.Index().block("town").index(records)) == 3


@settings(max_examples=40, deadline=None)
@given(left=ROWS, right=ROWS, seed=st.integers(0, 5))
def test_rules_are_algorithms(left, right, seed):
    """A rule makes its pairs, whatever the order of rows, between two frames and in one."""
    a, b = frame(left), frame(right, "s")
    rules = cl.BlockingRule("name.initial", "town"), cl.BlockingRule("size")
    linked = ours.Index().rules(*rules).index(a, b)
    expected = [
        (i, j)
        for i, x in a.iterrows()
        for j, y in b.iterrows()
        if x["size"] == y["size"]
        or (x["name"] and y["name"] and x["town"] and x["name"][0] == y["name"][0] and x["town"] == y["town"])
    ]
    assert linked.tolist() == expected
    shuffled = a.sample(frac=1, random_state=seed)
    assert set(ours.Index().rules(*rules).index(shuffled, b)) == set(linked)
    within = ours.Index().rules(*rules).index(a)
    crossed = ours.Index().rules(*rules).index(a, a.rename(index=lambda label: label + "x"))
    assert {frozenset(pair) for pair in within} == {frozenset((i, j[:-1])) for i, j in crossed if i != j[:-1]}
    places = a.index.get_indexer(within.get_level_values(0)), a.index.get_indexer(within.get_level_values(1))
    assert (places[0] > places[1]).all()


def test_rules_in_recordlinkages_own_index():
    """The algorithm also runs within recordlinkage; a column may have another name in the second frame."""
    a, b = frame([("ANA", "ROMA", 1)]), frame([("ANA", "LIMA", 2)], "s").rename(columns={"name": "nome"})
    indexer = theirs.Index([ours.Rules(cl.BlockingRule("name.soundex"), right_columns={"name": "nome"})])
    assert indexer.index(a, b).tolist() == [("r0", "s0")]


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        pytest.param(ours.Rules, "one or more rules", id="no rule"),
        pytest.param(lambda: ours.Rules(cl.BlockingRule), "one or more rules", id="a class"),
        pytest.param(lambda: ours.Index().index(frame([])), "algorithm", id="no algorithm"),
        pytest.param(lambda: ours.Index().block("nome").index(frame([])), r"\['nome'\]", id="unknown column"),
        pytest.param(lambda: ours.Index().rules(cl.BlockingRule("a")).index(frame([])), r"\['a'\]", id="rule's column"),
        pytest.param(
            lambda: ours.Index().block("name").index(pd.DataFrame({"name": ["A", "B"]}, index=[1, 1])),
            "not unique",
            id="labels twice",
        ),
        pytest.param(
            lambda: ours.Index().block("name", "size").index(frame([("1", "ROMA", 1)]), frame([("1", "ROMA", 1)])),
            "merge",
            id="text against numbers",
        ),
    ],
)
def test_errors_say_what_is_wrong(make, reason):
    """What cannot be blocked on is said without any value."""
    with pytest.raises(ValueError, match=reason):
        make()


def test_the_rest_is_recordlinkages_own():
    """Names that are not made anew are recordlinkage's, modules too; others are an error that says so."""
    assert ours.reduction_ratio is theirs.reduction_ratio
    assert ours.index.Full is theirs.index.Full
    assert ours.compare.VariableA is theirs.compare.VariableA
    assert ours.KMeansClassifier is ours.classifiers.KMeansClassifier is theirs.KMeansClassifier
    assert ours.network.ConnectedComponents is theirs.ConnectedComponents
    assert ours.preprocessing.phonetic.__module__.startswith("recordlinkage")
    assert len(ours.datasets.load_febrl1()) == 1000
    assert set(theirs.__all__) <= set(ours.__all__)
    assert ours.Compare is not theirs.Compare
    with pytest.raises(AttributeError, match="neither"):
        ours.no_such_name  # noqa: B018


def test_names_are_cleaned_and_not_cut():
    """Accents are folded in either case, other scripts stay; what a caller asks for is done."""
    names = pd.Series(["José", "NUÑEZ (jr)", "Łoś-Ёж", "Zoe\u0308", None, "王!"])
    clean = ours.preprocessing.clean
    assert clean(names).tolist()[:4] == ["jose", "nunez", "los ёж", "zoe"]
    assert clean(names).tolist()[5] == "王"
    assert clean(names, lowercase=False).tolist()[:2] == ["Jose", "NUNEZ"]
    assert clean(names, strip_accents=None).tolist()[0] == "josé"
    assert clean(names, replace_by_none="[aeiou]").tolist()[0] == "js"
    assert np.isnan(float("nan") if clean(names).isna()[4] else 0)
