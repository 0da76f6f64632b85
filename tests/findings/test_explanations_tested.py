"""An innocent explanation counts as tested only where there was something to test it with."""

from __future__ import annotations

import pandas as pd
import pytest
from small_town import PROGRAMS, frame, person, resolve, roster

from caselink.errors import SpecError
from caselink.findings import RULES, About
from caselink.leads import ProgramTables, find

REFERRAL = "a referral inside the allowed time, or received"
DEATH = "the other parent is reported dead, as far as the unit knew that parent"
GOOD_CAUSE = "good cause claimed or granted"


@pytest.fixture(scope="module")
def town():
    """A child with one parent whom IV-D does not know, and a family whom it does."""
    people = [
        person("iva", "1", "ANA", "1985-03-05", "412345678"),
        person("iva", "2", "CAL", "2014-07-09", "634567812", relationship="CH"),
        person("ivd", "8", "EVE", "1981-11-20", "523456781"),
    ]
    stays = roster(
        ("iva", "1", "A", "HEAD", "2026-01", "2026-06", "eligible", "N"),
        ("iva", "2", "A", "CHILD", "2026-01", "2026-06", "eligible", "N"),
        ("ivd", "8", "Z", "CP", "2026-01", "2026-06", "active", None),
    )
    return resolve(people), stays


def missed(town, cases: pd.DataFrame, **more: pd.DataFrame) -> tuple[set[str], set[str]]:
    """What R01 says it tested, and what not."""
    result, stays = town
    found = find(result, tables=ProgramTables(programs=PROGRAMS, memberships=stays, cases=cases, **more)).table
    told = found[found["rule"] == "R01"]
    assert len(told) == 1
    return set(told["tested"].iloc[0].split("; ")), set(told["untested"].iloc[0].split("; "))


def test_what_no_table_tells_was_not_tested(town):
    """Without referrals, deaths and good cause nobody can say that they do not explain the lead."""
    tested, untested = missed(town, frame("source case_id opened", ("iva", "A", "2026-01")))
    assert {REFERRAL, DEATH, GOOD_CAUSE} <= untested
    assert not {REFERRAL, DEATH, GOOD_CAUSE} & tested


def test_what_tables_tell_was_tested(town):
    """With the tables the explanations are ruled out; nothing is said twice."""
    referrals = frame("iva_case_id child_record_id received", ("B", "9", "2026-02"))
    cases = frame("source case_id opened good_cause", ("iva", "A", "2026-01", None), ("iva", "B", "2026-01", "GC"))
    deaths = frame("source record_id month", ("ivd", "8", "2026-06"))
    tested, untested = missed(town, cases, referrals=referrals, deaths=deaths)
    assert {REFERRAL, DEATH, GOOD_CAUSE} <= tested
    assert not tested & untested


def test_only_what_a_rule_tests_can_want_evidence():
    """A rule says first what it tests."""
    with pytest.raises(SpecError, match="not among those tested"):
        About(id="X01", title="x", strength="C", needs=(), tested=("moved",), tested_with={"died": ("deaths",)})


def test_every_explanation_is_told_once_whatever_is_there():
    """With all evidence or none, the same explanations are told, each as tested or as not."""
    for rule in RULES:
        about = rule.about
        every = {name for names in about.tested_with.values() for name in names}
        for evidence in (set(), every):
            tested, untested = about.explanations(evidence)
            assert sorted(tested + untested) == sorted(about.tested + about.untested)
        assert about.explanations(every)[0] == about.tested
