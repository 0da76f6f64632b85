"""Checks for layouts: those that come with caselink pass, and a promise that is broken is told."""

import dataclasses

import pandas as pd
import pytest

from caselink import layout_testing
from caselink.layout_testing import check_layout
from caselink.layouts import layout_names, read_layout
from caselink.testing import PluginError


@pytest.mark.parametrize("name", layout_names())
def test_every_packaged_layout_keeps_its_promises(name):
    """Each is read as it is written."""
    check_layout(name)


def test_tables_may_be_given():
    """A stranger's own rows are asked for too."""
    check_layout("new_hire", {"W4": pd.DataFrame({"EMPLOYEE_SSN": ["212345678"], "EMPLOYEE_LAST_NAME": ["DIAZ"]})})


def test_a_value_that_does_not_come_back_is_told():
    """Blanks around a value are no part of it, so that they cannot come back."""
    table = pd.DataFrame({"EMPLOYEE_LAST_NAME": [" DIAZ"]})
    with pytest.raises(PluginError, match=r"W4.EMPLOYEE_LAST_NAME of row 1 does not come back") as caught:
        check_layout("new_hire", {"W4": table})
    assert "DIAZ" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(lambda extract: {"n_read": extract.n_read + 1}, "lines .* are used and", id="a lost line"),
        pytest.param(
            lambda extract: {"records": pd.concat([extract.records, extract.records])}, "stands twice", id="doubled id"
        ),
        pytest.param(
            lambda extract: {"records": extract.records.assign(record_id=_telling(extract))},
            "tells the",
            id="telling id",
        ),
    ],
)
def test_a_broken_promise_of_reading_is_told(monkeypatch, change, message):
    """Lines, ids and what they tell are looked at."""
    honest = layout_testing.read_extract
    monkeypatch.setattr(
        layout_testing,
        "read_extract",
        lambda path, **options: dataclasses.replace(extract := honest(path, **options), **change(extract)),
    )
    with pytest.raises(PluginError, match=message):
        check_layout("tanf")


def test_a_dependence_on_the_order_is_told(monkeypatch):
    """The second reading, of shuffled rows, must give the same records."""
    honest, calls = layout_testing.read_extract, []

    def changing(path, **options):
        calls.append(path)
        extract = honest(path, **options)
        return dataclasses.replace(extract, records=extract.records.iloc[len(calls) - 1 :])

    monkeypatch.setattr(layout_testing, "read_extract", changing)
    with pytest.raises(PluginError, match="depend on the order"):
        check_layout(read_layout("state_iva"))


def _telling(extract):
    return [f"{born}-{number}" for number, born in enumerate(extract.records["birth_date"].fillna(""))]
