"""Why a case was closed (C10), and who is said not to cooperate (R05)."""

from __future__ import annotations

import pytest
from small_town import PROGRAMS, frame, person, resolve, roster, told

from caselink.leads import ProgramTables, find

ANA, CAL = ("ANA", "1985-03-05", "412345678"), ("CALVIN", "2014-07-09", "634567812")


@pytest.fixture(scope="module")
def result():
    """Ana and her son, with IV-A and with IV-D."""
    return resolve([person(source, n, *who) for source in PROGRAMS for n, who in (("1", ANA), ("2", CAL))])


def closed(reason: str | None, employed: str | None, months: str | None = None) -> ProgramTables:
    """A case closed in April, of which the adult was told of until March."""
    stays = roster(
        ("iva", "1", "A", "HEAD", "2026-01", "2026-03", "eligible", employed),
        ("iva", "2", "A", "CHILD", "2026-01", "2026-03", "eligible", None),
        ("ivd", "2", "D", "CH", "2026-01", "2026-06", "active", "N"),
    )
    cases = frame("source case_id closed closure_reason months_counted", ("iva", "A", "2026-04", reason, months))
    return ProgramTables(programs=PROGRAMS, memberships=stays, cases=cases)


@pytest.mark.parametrize(
    ("reason", "employed", "months", "found"),
    [
        pytest.param("employment", "N", None, True, id="nobody has a job"),
        pytest.param("employment", "Y", None, False, id="the adult has one"),
        pytest.param("Time limit", "N", "41", True, id="41 months of 60"),
        pytest.param("time limit", "N", "60", False, id="all months used"),
        pytest.param("time limit", "N", None, False, id="months not told"),
        pytest.param("moved away", "N", "12", False, id="another reason"),
    ],
)
def test_a_case_is_closed_for_what_the_data_contradict(result, reason, employed, months, found):
    """In the last month of the people of the case; what is not known contradicts nothing."""
    findings = find(result, ["C10"], tables=closed(reason, employed, months))
    assert told(findings) == ([("C10", "2026-03", "2026-03")] if found else [])
    assert findings.people["case_id"].tolist() == ["A"] * found


def test_an_unknown_job_contradicts_nothing(result):
    """Where no job of any adult is told the rule cannot look, and says so."""
    skipped = find(result, ["C10"], tables=closed("employment", None)).skipped
    assert skipped["lacks"].tolist() == ["memberships.employed iv-a"]


def cooperation(
    iva: str | None, ivd: str | None, good_cause: str | None = None, last: str = "2026-06"
) -> ProgramTables:
    """Since when each program holds that Ana does not cooperate; others' cases show that both programs tell it."""
    stays = roster(
        ("iva", "1", "A", "HEAD", "2026-01", last, "eligible", "N"),
        ("iva", "2", "A", "CHILD", "2026-01", last, "eligible", None),
        ("ivd", "1", "D", "CP", "2026-01", "2026-06", "active", None),
        ("ivd", "2", "D", "CH", "2026-01", "2026-06", "active", None),
    )
    cases = frame(
        "source case_id opened uncooperative good_cause",
        ("iva", "A", "2025-01", iva, good_cause),
        ("ivd", "D", "2025-01", ivd, None),
        ("iva", "OTHER", "2025-01", "2025-03", None),
        ("ivd", "OTHER", "2025-01", "2025-03", None),
    )
    return ProgramTables(programs=PROGRAMS, memberships=stays, cases=cases)


@pytest.mark.parametrize(
    ("iva", "ivd", "good_cause", "last", "first"),
    [
        pytest.param(None, "2026-02", None, "2026-06", "2026-04", id="no notice has come"),
        pytest.param("2026-02", None, None, "2026-06", "2026-04", id="held by IV-A alone"),
        pytest.param(None, "2026-05", None, "2026-06", None, id="notice under way"),
        pytest.param("2026-04", "2026-02", None, "2026-06", None, id="both hold it"),
        pytest.param(None, "2026-02", "PD", "2026-06", None, id="good cause claimed"),
        pytest.param(None, "2026-02", "CO", "2026-06", "2026-04", id="good cause given up"),
        pytest.param(None, "2026-02", None, "2026-04", None, id="not on assistance any more"),
        pytest.param(None, None, None, "2026-06", None, id="cooperates"),
    ],
)
def test_the_programs_hold_different_things_of_cooperation(result, iva, ivd, good_cause, last, first):
    """From when the other should have known to the last month, one lead a payee, with both cases."""
    findings = find(result, ["R05"], tables=cooperation(iva, ivd, good_cause, last))
    assert told(findings) == ([("R05", first, "2026-06")] if first else [])
    assert sorted(findings.people["case_id"]) == (["A", "D"] if first else [])


def test_programs_that_tell_nothing_of_cooperation_differ_in_nothing(result):
    """Without anybody whom IV-A holds not to cooperate it is not known whether it tells so at all."""
    tables = cooperation(None, "2026-02")
    cases = tables.cases[(tables.cases["case_id"] != "OTHER").to_numpy(bool)]
    lone = ProgramTables(programs=PROGRAMS, memberships=tables.memberships, cases=cases)
    assert find(result, ["R05"], tables=lone).skipped["lacks"].tolist() == ["cases.uncooperative iv-a"]
