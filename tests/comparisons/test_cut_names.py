"""Names that a program cuts to the width of its field: what normalizing marks is heeded when names are compared."""

import numpy as np
import pandas as pd
import pytest

import caselink as cl
from caselink.comparisons.defaults import default_comparisons
from caselink.encoding import encode


def level_of(one, other, comparison=None):
    """The level of two records, given as (name, mark)."""
    columns = {"last_name": [one[0], other[0]], "cut_last_name": [one[1], other[1]]}
    table = pd.DataFrame(columns).assign(source=["iva", "ivd"], record_id="1")
    comparison = comparison or cl.PersonName("last_name", cut="cut_last_name")
    records = encode(table, comparison.definition.columns)
    at = [np.flatnonzero(records.row == row).astype(np.int32) for row in (0, 1)]
    levels = {int(comparison.levels(records, *pair)[0]) for pair in (at, at[::-1])}
    assert len(levels) == 1, "a pair is compared alike either way"
    return comparison.definition.level_names[levels.pop()]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param(("WASHINGTON", "WASHINGTON"), ("WASHINGTONBURG", None), "exact", id="fills its field"),
        pytest.param(("WASHINGTON", None), ("WASHINGTONBURG", None), "close", id="not marked"),
        pytest.param(("WASHINGTON", None), ("WASHINGTONBURG", "WASHINGTONBURG"), "close", id="the longer marked"),
        pytest.param(("WASHINGTON", "WASHINGTON"), ("WASHINGTAN", None), "close", id="of one length"),
        pytest.param(("WASHINGTON", "WASHINGTON"), ("LINCOLN", None), "differ", id="another name"),
        pytest.param(("WASHINGTON", "WASHINGTON"), (None, None), "missing", id="no name"),
    ],
)
def test_a_name_that_fills_its_field_is_equal_to_one_that_goes_on(one, other, expected):
    """Whatever the width, and however few of its source's names fill it."""
    assert level_of(one, other) == expected


def test_marks_stand_beside_swapped_and_further_names():
    """Each of the three further columns is looked at in its place."""
    table = pd.DataFrame(
        {
            "source": list("aabb"),
            "record_id": list("1212"),
            "last_name": ["WASHINGTON", "OAK", "WASHINGTONBURG", "PINE"],
            "first_name": ["ANN", "BOB", "EVE", "TOM"],
            "more": [None, "ELM|PINE", None, None],
            "mark": ["WASHINGTON", None, None, None],
        }
    )
    comparison = cl.PersonName("last_name", swapped_with="first_name", others="more", cut="mark")
    records = encode(table, comparison.definition.columns)
    place = np.argsort(records.row).astype(np.int32)
    levels = comparison.levels(records, place[[0, 1]], place[[2, 3]])
    assert [comparison.definition.level_names[level] for level in levels] == ["exact", "other name"]


def test_names_cut_by_a_declared_width_are_found_from_end_to_end():
    """Normalizing marks them by the width that a source declares; the comparisons chosen by default read the mark."""
    narrow = pd.DataFrame({"source": "iva", "record_id": ["1"], "first_name": ["ALEXANDRIN"], "last_name": ["DIAZ"]})
    wide = pd.DataFrame({"source": "ivd", "record_id": ["1"], "first_name": ["ALEXANDRINA"], "last_name": ["DIAZ"]})
    found = {}
    for width in (10, 20):
        records = cl.normalize(narrow, wide, cleaning={"iva": cl.Cleaning(widths={"first_name": width})})
        there = [column for column in records if records[column].notna().any()]
        comparison = default_comparisons(there, ["iva", "ivd"])[0]
        encoded = encode(records, comparison.definition.columns)
        level = comparison.levels(encoded, np.zeros(1, np.int32), np.ones(1, np.int32))[0]
        found[width] = comparison.definition.level_names[level]
    assert found == {10: "exact", 20: "close"}
