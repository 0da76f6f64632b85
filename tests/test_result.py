"""A result shows links as the rules made them, and no value of a person."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

import caselink as cl
from caselink.schema import LINK_COLUMNS
from caselink.synthetic import draw_records


@pytest.fixture(scope="module")
def records():
    """Three hundred drawn records."""
    return draw_records(300, seed=5)[0]


@pytest.fixture(scope="module")
def result(records):
    """What linking them gives."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        return cl.Linker(threads=1).fit_resolve(records)


def test_links_have_their_columns(result):
    """Each pair stands there once, of two different records, with its weight, probabilities and rule."""
    links = result.links
    assert tuple(links.columns) == LINK_COLUMNS
    left, right = links[["source_left", "record_id_left"]], links[["source_right", "record_id_right"]]
    pairs = [
        frozenset([a, b])
        for a, b in zip(left.itertuples(index=False, name=None), right.itertuples(index=False, name=None), strict=True)
    ]
    assert len(set(pairs)) == len(pairs)
    assert all(len(pair) == 2 for pair in pairs)
    assert np.allclose(links["match_probability"], 1 / (1 + 2.0 ** -links["match_weight"]))
    assert links["household_probability"].between(0, 1).all()
    assert links["rule"].notna().all()


def test_links_name_records_that_are_there(records, result):
    """Ids in links are those of the input, as text."""
    known = set(zip(records["source"], records["record_id"], strict=True))
    for side in ("left", "right"):
        named = set(zip(result.links[f"source_{side}"], result.links[f"record_id_{side}"], strict=True))
        assert named <= known


def test_a_pair_met_by_the_rule_that_is_named(records, result):
    """The two records of a link agree on the plain columns of its rule."""
    keyed = records.set_index(["source", "record_id"])
    checked = 0
    for link in result.links.head(200).itertuples():
        keys = [key for key in link.rule.split(" & ") if "." not in key]
        for key in keys:
            columns = key.split("|")  # two columns agree in either order
            values = [
                sorted(keyed.loc[(link.source_left, link.record_id_left), columns]),
                sorted(keyed.loc[(link.source_right, link.record_id_right), columns]),
            ]
            assert values[0] == values[1]
            checked += 1
    assert checked > 50


def test_nothing_shows_a_value(records, result):
    """The repr of a result, its parts and its links holds no name, date or number of a person."""
    explanation = result.explain(
        *result.links.iloc[0][["source_left", "record_id_left", "source_right", "record_id_right"]]
    )
    program = result.prepared.program
    whole = [result, result.prepared, result.prepared.records, program, result.pairs, result.matcher, explanation]
    shown = " ".join([*map(repr, whole), str(explanation), explanation._repr_html_(), result.links.to_string()])
    words = set(shown.replace("'", " ").replace(",", " ").split())
    for column in ("first_name", "last_name", "birth_date", "ssn", "street"):
        values = {value for value in records[column].dropna().unique() if len(value) > 3}
        assert values
        assert not values & words
        assert not [value for value in values if value in shown and (" " in value or "-" in value)]


def test_unknown_records_are_an_error(result):
    """Asking for a record that is not there is an error that shows neither id nor value."""
    source, record_id = result.persons.iloc[0][["source", "record_id"]]
    for asked in (("nowhere", "QXZWVJ"), (source, "QXZWVJ"), ("nowhere", record_id), (source, "")):
        with pytest.raises(cl.RecordIdError, match="no such record") as caught:
            result.explain(source, record_id, *asked)
        assert "QXZWVJ" not in str(caught.value)
    with pytest.raises(cl.InputError, match="same record"):
        result.explain(source, record_id, source, record_id)


def test_persons_follow_the_input(records):
    """Persons keep the rows, order and index of the input, whatever they are."""
    indexed = records.set_index(pd.Index([f"row {n}" for n in range(len(records))])).iloc[::-1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        persons = cl.Linker(threads=1).fit_resolve(indexed).persons
    assert persons.index.equals(indexed.index)
    assert persons["record_id"].tolist() == indexed["record_id"].tolist()
