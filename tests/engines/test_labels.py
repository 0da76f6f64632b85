from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from caselink.blocking import BlockingRule
from caselink.comparisons import BirthDate, Exact
from caselink.engines.labels import LABEL_COLUMNS, add_labels
from caselink.engines.local import count_pair_patterns
from caselink.engines.prepared import prepare
from caselink.errors import CaselinkWarning, ColumnMissingError, InputError

RECORDS = pd.DataFrame(
    {
        "source": ["iva", "iva", "ivd", "ivd", "ivd"],
        "record_id": ["1", "2", "1", "2", "3"],
        "sex": ["F", "M", "F", "M", None],
        "birth_date": ["1990-01-02", "1985-03-04", "1990-01-02", "1985-03-05", "1970-01-01"],
    }
)


def _prepared(records: pd.DataFrame = RECORDS):
    comparisons = [Exact("sex"), BirthDate()]
    return prepare(
        records, [BlockingRule("birth_date")], comparisons, link_type="link_and_dedupe", unduplicated=(), threads=1
    )


def _labels(*rows: tuple[object, ...]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(LABEL_COLUMNS))


def _added(labels: pd.DataFrame, records: pd.DataFrame = RECORDS):
    """Counts and labels by levels: {levels: (count, no match, match)}."""
    prepared = _prepared(records)
    before = count_pair_patterns(prepared.program, prepared.index, sample=1000, threads=1, progress=None)
    counts, labeled = add_labels(before, prepared, labels)
    levels = prepared.program.levels(counts.patterns)
    assert (np.diff(counts.patterns) > 0).all()
    assert counts.n_pairs == before.n_pairs
    return {
        tuple(map(int, row)): (float(count), *map(float, label))
        for row, count, label in zip(levels, counts.counts, labeled, strict=True)
    }


def test_labels_become_counts_a_pattern():
    """A blocked pair's pattern keeps its count, one that only labels have gets 0; no match and match are apart."""
    rows = _added(_labels(("iva", "1", "ivd", "1", True), ("iva", "1", "ivd", "2", False), ("iva", "2", "ivd", "3", 0)))
    assert rows[2, 7] == (1.0, 0.0, 1.0)
    assert rows[1, 1] == (0.0, 1.0, 0.0)
    assert rows[0, 1] == (0.0, 1.0, 0.0)
    assert len(rows) == 3


def test_sides_and_order_do_not_matter():
    """A pair is the same in either direction, labels and records in any order."""
    labels = _labels(("iva", "1", "ivd", "1", 1), ("iva", "2", "ivd", "2", 1), ("ivd", "1", "ivd", "2", 0))
    turned = labels[::-1].rename(
        columns=lambda c: c.replace("left", "_").replace("right", "left").replace("_" * 2, "_right")
    )
    assert sorted(turned.columns) == sorted(LABEL_COLUMNS)
    expected = _added(labels)
    assert _added(turned) == expected
    assert _added(labels, RECORDS.sample(frac=1, random_state=0)) == expected


@pytest.mark.parametrize(
    "kind", [bool, int, float, str, object, "boolean", "Int8", lambda m: m.map({1: "true", 0: "False"})]
)
def test_every_way_to_write_a_match(kind):
    """True and false, 1 and 0, as numbers or as texts, mean the same."""
    labels = _labels(("iva", "1", "ivd", "1", 1), ("iva", "1", "ivd", "2", 0))
    expected = _added(labels)
    match = kind(labels["match"]) if callable(kind) and not isinstance(kind, type) else labels["match"].astype(kind)
    assert _added(labels.assign(match=match)) == expected


def test_a_pair_labeled_twice_counts_once():
    """Two people who agree are not two pairs."""
    once = _labels(("iva", "1", "ivd", "1", 1))
    assert _added(_labels(("iva", "1", "ivd", "1", 1), ("ivd", "1", "iva", "1", 1))) == _added(once)


def test_no_labels_change_nothing():
    """An empty table of labels leaves the counts as they are."""
    rows = _added(_labels())
    assert all(labels == (0.0, 0.0) for _, *labels in rows.values() for labels in [tuple(labels)])
    assert sum(count for count, *_ in rows.values()) == 1


def test_unknown_records_are_left_out_with_a_warning():
    """Labels of records that are not there cannot teach, and their number is said."""
    labels = _labels(
        ("iva", "1", "ivd", "1", 1),
        ("iva", "1", "ivd", "77", 1),
        ("job", "1", "ivd", "1", 1),
        (None, "1", "ivd", "1", 1),
    )
    with pytest.warns(CaselinkWarning, match="3 of 4 labels"):
        rows = _added(labels)
    assert rows[2, 7] == (1.0, 0.0, 1.0)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        pytest.param(
            [("iva", "1", "ivd", "1", 1), ("ivd", "1", "iva", "1", 0)],
            "both match and no match.*row 1",
            id="contradiction",
        ),
        pytest.param([("iva", "1", "ivd", "1", 1), ("iva", "2", "iva", "2", 1)], "with itself.*row 1", id="itself"),
        pytest.param([("iva", "1", "ivd", "1", None)], "neither true nor false.*row 0", id="undecided"),
        pytest.param([("iva", "1", "ivd", "1", 2)], "neither true nor false", id="two"),
        pytest.param([("iva", 1, "ivd", "1", 1)], "record_id_left.*not text", id="number as id"),
    ],
)
def test_errors_name_row_or_column(rows, said):
    """What cannot be used is an error that says where, and shows no id."""
    with pytest.raises(InputError, match=said):
        _added(_labels(*rows))


def test_a_missing_column_is_named():
    """The table must have all five columns."""
    with pytest.raises(ColumnMissingError, match="match"):
        _added(_labels().drop(columns="match"))
