"""Tables as agencies send them: values that cannot be, columns that are not there, and several lines of one record."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from small_town import PROGRAMS, frame, person, resolve, roster, told

from caselink.findings.facts import NO_END, NONE, Program
from caselink.leads import ProgramTables, find
from caselink.leads.fact_base import gather_facts
from caselink.leads.several_sources import without_restated

ANA = ("ANA", "1985-03-05", "412345678")
PEOPLE = [person("iva", "1", *ANA), person("iva", "2", "BEN", "1983-11-20", "523456781")]
STAYS = roster(
    ("iva", "1", "A", "HEAD", "2026-01", "2026-06", "eligible", "N"),
    ("iva", "2", "B", "HEAD", "2026-01", "2026-06", "eligible", "N"),
)


def tables(**more) -> ProgramTables:
    """The rosters of two units, and further tables."""
    return ProgramTables(programs=PROGRAMS | {"wages": "earnings"}, memberships=STAYS, **more)


def test_a_record_may_have_several_reports():
    """E03: one lead for a stranger under a known number, however many quarters were reported; the last one counts."""
    result = resolve([*PEOPLE, person("wages", "9", "ZOE", "1985-03-05", ANA[2])])
    quarters = ("2026Q1", "2026-02"), ("2026Q2", "2026-05")
    reports = frame("source record_id kind date received", *(("wages", "9", "wages", *one) for one in quarters))
    found = find(result, ["E03"], tables=tables(reports=reports), same_person_at=0)
    assert told(found) == [("E03", "2026-05", "2026-05")]


@pytest.mark.parametrize("amount", ["inf", "1e999", "none", "-"])
def test_an_amount_that_is_none_is_unknown(amount):
    """What is no amount of money is missing, and the quarter is one of wages all the same."""
    result = resolve([*PEOPLE, person("wages", "9", *ANA)])
    reports = frame("source record_id kind date amount", ("wages", "9", "wages", "2026Q1", amount))
    base = gather_facts(result, tables(reports=reports))
    assert base.facts.reports["amount"].tolist() == [NONE]
    assert told(find(result, ["E02"], facts=base, same_person_at=0)) == [("E02", "2026-01", "2026-03")]


@pytest.mark.parametrize("born", ["1985-02-31", "1985-13-01", "0000-03-05", "SECRET", "²²²²-01-01"])
def test_a_birth_date_that_cannot_be_is_missing(born):
    """A date that there is not neither stops the search nor is told in an error."""
    result = resolve([{**PEOPLE[0], "birth_date": born}, PEOPLE[1]])
    facts = gather_facts(result, tables()).facts
    assert sorted(facts.records["born"] > -(10**6)) == [False, True]
    assert not len(find(result, ["Q07", "Q08", "C06"], tables=tables()))


def test_kin_may_be_told_without_months():
    """A roster of relationships alone says what it says; without months nobody has a stay."""
    kin = frame("source record_id case_id role relationship", ("iva", "1", "A", "CHILD", "CH"))
    facts = gather_facts(resolve(PEOPLE), ProgramTables(programs=PROGRAMS, memberships=kin)).facts
    assert sorted(facts.records["relationship"]) == [NONE, 1]
    assert not len(facts.stays)


def test_referrals_may_name_cases_that_no_table_has():
    """Where no table tells which of two sources has the case, it is no program's."""
    rows = [*PEOPLE, person("d1", "5", "CAL", "1990-01-01", None), person("d2", "6", "DOT", "1991-01-01", None)]
    referrals = frame("iva_case_id child_record_id ivd_case_id", ("A", "1", "X"))
    programs = PROGRAMS | {"d1": "iv-d", "d2": "iv-d"}
    facts = gather_facts(resolve(rows), ProgramTables(programs=programs, referrals=referrals)).facts
    assert facts.cases["program"][facts.referrals["support_case"]].tolist() == [Program.OTHER]


@pytest.mark.parametrize(
    ("flag", "found"),
    [
        *((flag, 0) for flag in ("N", "no", " N ", "0", "F", "false", "", " ", None)),
        *((flag, 1) for flag in ("Y", "1", "T", "?")),
    ],
)
def test_a_flag_says_in_findings_what_it_says_in_confidentiality(flag, found):
    """R07: only a flag that protects is held against a clear no; a blank says nothing."""
    rows = [person("iva", "1", *ANA, protected=flag), person("ivd", "5", *ANA, protected="N")]
    findings = find(resolve(rows), ["R07"], tables=ProgramTables(programs=PROGRAMS), same_person_at=0)
    assert len(findings) == found


@pytest.mark.parametrize(
    ("until", "last"),
    [(None, NO_END), ("", NO_END), ("2026-04", 2026 * 12 + 3), ("soon", 2026 * 12 + 1)],
    ids=["none", "blank", "a month", "no month"],
)
def test_an_end_that_cannot_be_read_is_no_end_to_come(until, last):
    """Somebody without a date of release is in jail; of one whose date cannot be read the first month alone is sure."""
    inside = frame("source record_id first_month last_month", ("iva", "1", "2026-02", until))
    facts = gather_facts(resolve(PEOPLE), tables(confinements=inside)).facts
    assert facts.confinements["last"].tolist() == [last]


@pytest.mark.parametrize("order", [[1, 2], [2, 1]])
def test_what_one_of_two_other_sources_tells_of_a_case_is_kept(order):
    """Of three sources of one case, the one that says nothing does not undo what another says, in any order."""
    cases = pd.DataFrame(dict.fromkeys(("uncooperative", "closure_reason", "months_counted"), [NONE] * 3))
    cases = cases.assign(closed=[NONE, 24_310, NONE], program=int(Program.IVA))
    names = ("person", "case", "record", "first", "last", "employed", "program", "role", "counted", "resides")
    stays = pd.DataFrame({name: np.arange(3) for name in names}).assign(begins=False, ends=False)
    restated = pd.DataFrame({"again": order, "main": [0, 0]})
    assert without_restated(stays, cases, restated)[1]["closed"].tolist() == [24_310, 24_310, NONE]
