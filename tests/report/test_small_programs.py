"""Records of programs whose people are too few to be counted."""

from __future__ import annotations

import warnings

import pandas as pd
import pytest

import caselink as cl
from caselink.report import Beside
from caselink.report.people_counts import count_programs


@pytest.mark.parametrize(
    ("sizes", "told"),
    [
        pytest.param((60, 50, 40), [60, 50, 40], id="none is small"),
        pytest.param((60, 50, 4), [60], id="the total would tell the small one"),
        pytest.param((60, 5, 4), [], id="two are small, also together"),
    ],
)
def test_records_do_not_tell_what_people_do_not(sizes, told):
    """Where the people of a program are left out its records are, and one more number if one alone would be missing."""
    rows = [(f"s{k}", f"{n}", f"NAME{k}X{n}") for k, size in enumerate(sizes) for n in range(size)]
    records = pd.DataFrame(rows, columns=["source", "record_id", "last_name"], dtype="string")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        rules = cl.RuleMatcher(["last_name exact"])
        result = cl.Linker([cl.BlockingRule("last_name")], [cl.Exact("last_name")], rules).fit_resolve(records)
    programs = {"s0": "iv-a", "s1": "iv-d", "s2": "jobs"}
    totals, _ = count_programs(result, Beside(programs=programs), 11)
    shown = totals.set_index("program")["records"]
    assert shown["all together"] == sum(sizes)
    assert sorted(shown.drop("all together").dropna()) == sorted(told)
    assert shown[totals.set_index("program")["people"].isna()].drop("all together", errors="ignore").isna().all()
