"""Losses by error kind against loops over all pairs."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from caselink.errors import CaselinkWarning, ColumnMissingError, InputError, RecordIdError
from caselink.evaluate import losses, losses_by_error

RECORDS = pd.DataFrame({"source": ["iva"] * 4 + ["ivd"] * 4, "record_id": list("12345678")})


@st.composite
def struck_linkages(draw):
    """Eight records with a true and a found person each, and slips in some of them."""
    labels = st.lists(st.sampled_from("abc"), min_size=len(RECORDS), max_size=len(RECORDS))
    slip = st.tuples(
        st.integers(0, len(RECORDS) - 1), st.sampled_from(["ssn", "name"]), st.sampled_from(["ocr", "typo"])
    )
    slips = pd.DataFrame(draw(st.lists(slip, max_size=12)), columns=["row", "field", "kind"])
    return draw(labels), draw(labels), slips.astype({"row": int})


def table_of(true, found, slips):
    """The answer for drawn labels."""
    errors = RECORDS.iloc[slips["row"]].reset_index(drop=True).assign(field=slips["field"], kind=slips["kind"])
    return losses_by_error(RECORDS.assign(person_id=found), RECORDS.assign(entity_id=true), errors)


def struck_by(slips, kind, field):
    """Rows of the records that a kind of error struck in a field, or in any."""
    chosen = slips[(slips["kind"] == kind) & ((slips["field"] == field) | (field == ""))]
    return set(chosen["row"])


@given(struck_linkages())
def test_counts_are_those_of_all_pairs_listed(linkage):
    """A pair counts for every kind and field that struck either record; lifts compare with all pairs."""
    true, found, slips = linkage
    pairs = list(combinations(range(len(RECORDS)), 2))
    is_true, is_found = ({(a, b) for a, b in pairs if labels[a] == labels[b]} for labels in (true, found))
    for row in table_of(true, found, slips).itertuples():
        struck = struck_by(slips, row.kind, row.field) if row.kind else set(range(len(RECORDS))) - set(slips["row"])
        either = any if row.kind else all
        among = {pair for pair in pairs if either(record in struck for record in pair)}
        assert (row.true_pairs, row.missed) == (len(among & is_true), len((among & is_true) - is_found))
        assert (row.found_pairs, row.wrong) == (len(among & is_found), len((among & is_found) - is_true))
        if row.true_pairs and is_true - is_found:
            rate = len(is_true - is_found) / len(is_true)
            assert row.missed_lift == pytest.approx(row.missed / row.true_pairs / rate)
        else:
            assert np.isnan(row.missed_lift)


@given(struck_linkages())
def test_every_kind_has_a_row_and_the_worst_come_first(linkage):
    """One row a kind, one a kind and field, one for pairs without a slip, in order of missed pairs."""
    table = table_of(*linkage)
    kinds = linkage[2]
    assert len(table) == kinds["kind"].nunique() + len(kinds[["kind", "field"]].drop_duplicates()) + 1
    assert table["missed"].iloc[:-1].is_monotonic_decreasing
    assert (table["kind"].iloc[-1], table["field"].iloc[-1]) == ("", "")


def test_slips_of_records_outside_the_truth_are_left_out():
    """The generator tells of all records, the truth may know some of those that have a person."""
    errors = pd.DataFrame({"source": ["iva", "ivd"], "record_id": ["1", "8"], "field": "ssn", "kind": ["ocr", "x"]})
    truth = RECORDS.assign(entity_id=list("aabbccdd"))
    table = losses_by_error(RECORDS.assign(person_id=list("aabbccdd")), truth.iloc[:4], errors)
    assert set(table["kind"]) == {"ocr", ""}


def test_errors_of_other_records_are_told():
    """Slips of records that no table knows: of some a warning that counts them, of all an error."""
    errors = pd.DataFrame({"source": ["iva", "wages"], "record_id": ["1", "1"], "field": "ssn", "kind": ["ocr", "x"]})
    truth = RECORDS.assign(entity_id=list("aabbccdd"), person_id=list("aabbccdd"))
    with pytest.warns(CaselinkWarning, match="1 of 2 rows of errors"):
        table = losses_by_error(truth, truth, errors)
    assert set(table["kind"]) == {"ocr", ""}
    with pytest.raises(InputError, match="none of the 1 rows of errors"):
        losses_by_error(truth, truth, errors.iloc[1:])
    assert len(losses_by_error(truth, truth, errors.iloc[:0])) == 1


@pytest.mark.parametrize("standing", [None, pd.NA, "", " "])
def test_slips_that_were_corrected_do_not_count(standing):
    """A slip with a last month is gone from the records; the table without that column has only standing ones."""
    errors = RECORDS.iloc[:2].assign(field="ssn", kind=["ocr", "typo"])
    truth = RECORDS.assign(entity_id=list("aabbccdd"), person_id=list("aabbccdd"))
    found = losses_by_error(truth, truth, errors.assign(last_month=[standing, "2025-03"]))
    pd.testing.assert_frame_equal(found, losses_by_error(truth, truth, errors.iloc[:1]))
    assert set(losses_by_error(truth, truth, errors)["kind"]) == {"ocr", "typo", ""}


def test_tables_of_errors_are_checked():
    """A missing column is named; a slip without a record id is an error."""
    truth = RECORDS.assign(entity_id=list("aabbccdd"), person_id="p")
    errors = pd.DataFrame({"source": ["iva"], "record_id": [None], "field": ["ssn"], "kind": ["ocr"]})
    with pytest.raises(ColumnMissingError, match="kind"):
        losses_by_error(truth, truth, errors.drop(columns="kind"))
    with pytest.raises(RecordIdError, match="1 rows of errors lack"):
        losses_by_error(truth, truth, errors)


def test_losses_show_kinds_without_fields():
    """The printed losses have a row a kind; the table has the fields too."""
    slips = pd.DataFrame({"row": [0, 4], "field": ["ssn", "name"], "kind": ["ocr", "ocr"]})
    by_error = table_of(list("aabbccdd"), list("abcdefgh"), slips)
    lost = losses(
        pd.Series(["ann"] * 2), pd.Series(["p", "q"]), pd.DataFrame(columns=["left", "right", "match_probability"])
    )
    shown = str(type(lost)(true_pairs=1, missed=1, wrong=0, table=lost.table, by_error=by_error))
    assert shown.count("ocr") == 1
    assert "missed_lift" in shown
    assert by_error["field"].tolist() == ["", "name", "ssn", ""]
