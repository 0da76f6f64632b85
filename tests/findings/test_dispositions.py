"""A dismissed finding stays dismissed until its evidence changes: what is no evidence brings none of them back."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_town import PROGRAMS, frame, person, resolve, roster

from caselink.errors import ColumnMissingError
from caselink.leads import Dispositions, ProgramTables, find

NAMES = ("ANA", "BENJAMIN", "CALVIN", "DORA")
ANA, BEN, CAL = (
    ("ANA", "1985-03-05", "412345678"),
    ("BENJAMIN", "1983-11-20", "523456781"),
    ("CALVIN", "2014-07-09", "634567812"),
)
RECORDS = [
    person("iva", "1", *ANA),
    person("iva", "2", *CAL),
    person("iva", "3", *BEN),
    person("iva", "4", *CAL),
    person("ivd", "1", *ANA, protected="Y"),
    person("ivd", "2", *CAL),
]
FURTHER = [person("jobs", str(n), *who) for n, who in enumerate((ANA, BEN), start=1)]
STAYS = (
    ("iva", "1", "A", "HEAD", "2026-01", "2026-06", "eligible", "N"),
    ("iva", "2", "A", "CHILD", "2026-01", "2026-06", "eligible", None),
    ("iva", "3", "B", "HEAD", "2026-02", "2026-06", "eligible", "N"),
    ("iva", "4", "B", "CHILD", "2026-02", "2026-06", "eligible", None),
    ("iva", "3", "C", "HEAD", "2026-01", "2026-01", "eligible", "N"),
    ("ivd", "1", "D", "CP", "2026-01", "2026-06", "active", None),
    ("ivd", "2", "D", "CH", "2026-01", "2026-06", "active", None),
)
CASES = frame(
    "source case_id opened closed uncooperative good_cause assistance closure_reason",
    ("iva", "A", "2025-01", None, None, "GC", None, None),
    ("iva", "B", "2025-01", None, "2025-06", None, None, None),
    ("iva", "C", "2025-01", "2026-02", None, None, None, "employment"),
    ("ivd", "D", "2025-01", None, "2025-06", None, "former", None),
)
TABLES = ProgramTables(programs=PROGRAMS | {"jobs": "jobs"}, memberships=roster(*STAYS), cases=CASES)
EXPECTED = {"D05", "D10", "R04", "R06", "C10"}


def decided(tables: ProgramTables = TABLES) -> tuple[pd.DataFrame, Dispositions]:
    """What is found at first, and that all of it was dismissed."""
    table = find(resolve(RECORDS), tables=tables).table
    pairs = table[["finding_id", "evidence"]].itertuples(index=False, name=None)
    return table, Dispositions().dismiss(pairs, who="rm", when="2026-07-01", why="looked at")


@pytest.fixture(scope="module")
def first():
    """The findings of the first run, all dismissed."""
    return decided()


def test_dispositions_may_be_a_table(first):
    """What a table of decisions dismisses is dismissed; one without their columns is an error of ours."""
    dismissed = find(resolve(RECORDS), tables=TABLES, dispositions=first[1].table)
    assert dismissed.table.empty
    assert set(dismissed.dismissed["finding_id"]) == set(first[0]["finding_id"])
    with pytest.raises(ColumnMissingError, match="dispositions"):
        find(resolve(RECORDS), tables=TABLES, dispositions=pd.DataFrame({"finding": ["X"]}))


def test_there_is_enough_to_dismiss(first):
    """Findings of values, of stretches of months, and of how things stand in the last month."""
    assert set(first[0]["rule"]) >= EXPECTED
    assert not len(find(resolve(RECORDS), tables=TABLES, dispositions=first[1]))


@given(
    order=st.permutations(range(len(RECORDS))),
    stays=st.permutations(range(len(STAYS))),
    ids=st.permutations(NAMES),
    source=st.booleans(),
    month=st.sampled_from(["2026-06", "2026-07", "2026-09"]),
)
@settings(max_examples=15, deadline=None)
def test_what_is_no_evidence_brings_nothing_back(first, order, stays, ids, source, month):
    """Rows in another order, other person ids, another source, further months in which all goes on."""
    table, decisions = first
    records = [RECORDS[place] for place in order] + (FURTHER if source else [])
    members = roster(*[STAYS[place] for place in stays])
    members["last_month"] = members["last_month"].replace("2026-06", month)
    result = resolve(records, dict(zip(NAMES, ids, strict=True)))
    again = find(result, tables=replace(TABLES, memberships=members), dispositions=decisions)
    assert set(again.dismissed["finding_id"]) == set(table["finding_id"])
    assert not len(again)


def test_another_reason_brings_it_back(first):
    """A finding of which something else is so now says that its evidence changed."""
    table, decisions = first
    now_current = CASES.assign(assistance=CASES["assistance"].replace("former", "current"))
    away = roster(*[one for one in STAYS if one[:2] not in (("iva", "2"), ("iva", "4"))])
    changed = find(resolve(RECORDS), ["R04"], tables=replace(TABLES, cases=now_current, memberships=away))
    assert set(changed.table["finding_id"]) <= set(table["finding_id"])
    again = find(
        resolve(RECORDS), ["R04"], tables=replace(TABLES, cases=now_current, memberships=away), dispositions=decisions
    )
    assert again.table["disposition"].tolist() == ["evidence changed"]


def test_another_time_brings_it_back(first):
    """The same people in the same cases again, after a gap, are a second finding, and the first has company now."""
    _, decisions = first
    gap = [(*one[:5], "2026-03", *one[6:]) if one[:3] == ("iva", "4", "B") else one for one in STAYS]
    later = (*("iva", "4", "B", "CHILD"), "2026-05", "2026-06", "eligible", None)
    again = find(
        resolve(RECORDS), ["D05"], tables=replace(TABLES, memberships=roster(*gap, later)), dispositions=decisions
    )
    assert sorted(again.table["disposition"]) == ["evidence changed", "open"]


def test_another_record_is_another_finding(first):
    """What rests on a record that was not there before is open, and what does not stays dismissed."""
    table, decisions = first
    rekeyed = [{**one, "record_id": "44"} if one["record_id"] == "4" else one for one in RECORDS]
    members = roster(*STAYS)
    members["record_id"] = members["record_id"].replace("4", "44")
    again = find(resolve(rekeyed), tables=replace(TABLES, memberships=members), dispositions=decisions)
    assert {"D05", "D10"} <= set(again.table["rule"])
    assert set(again.table["disposition"]) == {"open"}
    assert {"R06", "C10"} <= set(again.dismissed["rule"])
    assert not set(again.table["finding_id"]) & set(table["finding_id"])
