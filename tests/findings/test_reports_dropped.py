"""Reports of employers that are dropped: late ones (E04), and pairs of person and number known to be wrong (E05)."""

from __future__ import annotations

import warnings
from dataclasses import replace

import pandas as pd
import pytest
from small_town import PROGRAMS, frame, person, roster

import caselink as cl
from caselink.leads import ProgramTables, find
from caselink.normalize import Cleaning

ANA, BEN = ("ANA", "1985-03-05", "412345678"), ("BENJAMIN", "1983-11-20", "523456781")


def hired(received: str | None, cleaning: dict[str, Cleaning] | None = None) -> list[str]:
    """The recipients of whom E01 tells that they were hired in March, known to IV-A without a job until August."""
    rows = [person("iva", "1", *ANA), person("iva", "2", *BEN), person("hires", "9", *ANA)]
    records = cl.normalize(
        *(pd.DataFrame([row], dtype="string") for row in rows), cleaning=cleaning or {}, keep_raw=True
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        result = cl.Linker().fit_resolve(records)
    result = replace(result, persons=records[["source", "record_id"]].assign(person_id=records["first_name"]))
    months = ("2026-01", "2026-12", "eligible", "N")
    stays = roster(("iva", "1", "A", "HEAD", *months), ("iva", "2", "B", "HEAD", *months))
    reports = frame("source record_id kind date received", ("hires", "9", "new hire", "2026-03-10", received))
    tables = ProgramTables(programs=PROGRAMS | {"hires": "earnings"}, memberships=stays, reports=reports)
    found = find(result, ["E01"], tables=tables, same_person_at=0)
    return sorted(set(found.people.loc[found.people["part"] == "recipient", "record_id"]))


@pytest.mark.parametrize(
    ("received", "found"),
    [
        pytest.param("2026-04", ["1"], id="a month later"),
        pytest.param("2026-09", ["1"], id="six months later"),
        pytest.param("2026-10", [], id="more than six months later"),
        pytest.param(None, ["1"], id="not told when"),
    ],
)
def test_a_stale_hire_is_dropped(received, found):
    """E04: a hire older than six months when its report came in is no lead."""
    assert hired(received) == found


def test_a_pair_that_is_known_to_be_wrong_is_dropped():
    """E05: where the agency knows that the number is not the person's, its report is no lead about the person."""
    bad = Cleaning(known_bad_ssns=(("1", ANA[2]),))
    assert hired("2026-04", {"iva": bad}) == []
    assert hired("2026-04", {"iva": Cleaning(known_bad_ssns=(("2", ANA[2]),))}) == ["1"]
