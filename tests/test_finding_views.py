"""Findings as a purpose may see them: no place of protected people, no flag, no bound source; and in sentences."""

from __future__ import annotations

import warnings

import pandas as pd
import pytest

import caselink as cl
from caselink.confidentiality.guarded_tables import guarded_tables, ssn_as_key
from caselink.families import find_families
from caselink.findings.catalog import RULES
from caselink.leads.findings import EVIDENCE_COLUMNS, PEOPLE_COLUMNS, TABLE_COLUMNS, Findings
from caselink.leads.views import view_findings
from caselink.masking import WITHHELD
from caselink.purposes import NAMES, Purpose

PROGRAMS = {"iva": "iv-a", "ivd": "iv-d", "hires": "earnings"}
RECORDS = pd.DataFrame(
    {
        "source": ["iva", "ivd", "iva", "hires"],
        "record_id": list("1234"),
        "person_id": ["free", "eva", "eva", "joe"],
        "case_id": ["A1", "D1", "A2", None],
        "street": ["1 OAK ST", "2 ELM ST", "2 ELM ST", "3 FIR ST"],
        "protected": ["N", "Y", "N", "N"],
    }
)


def protection(**how):
    """The protection of the people above: eva is protected."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        families = find_families(RECORDS.drop(columns="person_id"), RECORDS[["source", "record_id", "person_id"]])
    return families.protect(PROGRAMS, **how)


def findings(*leads) -> Findings:
    """Findings of rule, person, source, case and reasons."""
    about = {rule.about.id: rule.about for rule in RULES}
    table, people, evidence = [], [], []
    for place, (rule, person, source, case, *reasons) in enumerate(leads):
        told = dict.fromkeys(TABLE_COLUMNS, "")
        told |= {"finding_id": f"{rule}-{place}", "rule": rule, "status": "not verified"}
        if rule in about:
            told |= {"title": about[rule].title, "verify": about[rule].verify}
            told["untested"] = "; ".join(about[rule].untested)
        table.append(told)
        people.append([f"{rule}-{place}", "child", person, "H1", source, case, "1"])
        evidence += [[f"{rule}-{place}", field, says] for field, says in reasons]
    frames = (pd.DataFrame(table, columns=list(TABLE_COLUMNS)), pd.DataFrame(people, columns=list(PEOPLE_COLUMNS)))
    said = pd.DataFrame(evidence, columns=list(EVIDENCE_COLUMNS), dtype=object)
    return Findings(*frames, said, pd.DataFrame(columns=["rule", "title", "lacks"]), frames[0].iloc[:0])


@pytest.mark.parametrize("purpose", ["statistics", "iv-a eligibility", "iv-d", "program integrity"])
def test_a_lead_on_where_a_protected_person_lives_is_left_out(purpose):
    """For every purpose; of free people it stays, and how many were left out is said."""
    found = findings(("C04", "eva", "iva", "A2"), ("C04", "free", "iva", "A1"), ("C04", "nobody", "iva", "A1"))
    seen, left_out = view_findings(found, protection(), purpose)
    assert seen.people["person_id"].tolist() == ["free"]
    assert left_out == 2


def test_that_somebody_is_protected_is_for_those_who_may_know():
    """None of our purposes; an agency's own may."""
    found = findings(("R07", "eva", "iva", "A2", ("protection", "told by one program, denied by the other")))
    seen, left_out = view_findings(found, protection(), "program integrity")
    assert (len(seen), left_out) == (0, 0)
    assigned = Purpose(name="assigned", programs=("iv-a",), fields=NAMES, sees_protection=True)
    seen, left_out = view_findings(found, protection(), assigned)
    assert (len(seen), left_out) == (1, 0)
    assert seen.evidence["says"].tolist() == ["told by one program, denied by the other"]


def test_evidence_of_places_is_withheld_of_protected_people():
    """Of others the reason stands."""
    reasons = (("address", "the payees live in one household"), ("name, SSN and address", "equal"), ("role", "child"))
    for person, said in (("eva", [WITHHELD, WITHHELD, "child"]), ("free", [one for _, one in reasons])):
        seen, _ = view_findings(findings(("D05", person, "iva", "A1", *reasons)), protection(), "iv-a eligibility")
        assert sorted(seen.evidence["says"]) == sorted(said)


def test_case_numbers_of_the_reader_s_own_program_only():
    """The same leads for each of the programs."""
    found = findings(("D06", "free", "ivd", "D1"), ("D04", "free", "iva", "A1"))
    for purpose, cases in (("iv-d", {"D1"}), ("iv-a eligibility", {"A1"}), ("statistics", set())):
        seen, _ = view_findings(found, protection(), purpose)
        assert set(seen.people["case_id"]) - {WITHHELD} == cases
        assert set(seen.table["status"]) == {"not verified"}


def test_a_lead_from_a_bound_source_is_for_its_purposes():
    """New hires are no statistics; federal tax information is in no lead at all."""
    found = findings(("E01", "joe", "hires", None))
    for taint, purpose, left_out in (
        ("new hire", "statistics", 1),
        ("new hire", "iv-d", 0),
        ("federal tax", "iv-d", 1),
    ):
        assert view_findings(found, protection(taints={"hires": taint}), purpose)[1] == left_out


def test_a_rule_that_nobody_vouches_for_is_left_out():
    """What a stranger's rule tells is not known, unless the rule is given."""
    found = findings(("X99", "free", "iva", "A1"))
    assert view_findings(found, protection(), "iv-d")[1] == 1


def test_the_tables_of_a_run_are_guarded_and_counted():
    """Each table as its purpose may see it; how many cells are withheld is for the audit."""
    tables, withheld = guarded_tables({"records": RECORDS}, protection(), "iv-d")
    assert set(tables["records"]["street"]) == {WITHHELD}
    assert withheld == {"records": int((tables["records"].astype(str) == WITHHELD).to_numpy().sum())}


def test_records_named_by_their_ssn_are_counted():
    """A key that is a number would stand in every output; leading zeros and hyphens hide nothing."""
    frame = pd.DataFrame({"source": "iva", "record_id": ["212345678", "9"], "ssn": ["212345678", None]})
    assert ssn_as_key(frame) == {"iva": 1}
    assert ssn_as_key(frame.drop(columns="ssn")) == {}
