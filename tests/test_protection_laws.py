"""Laws of protection: it only grows, in any order, and an earlier run adds nothing that this one would not."""

from __future__ import annotations

import os
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import caselink as cl
from caselink.confidentiality.audit import who
from caselink.confidentiality.earlier import read_register, with_earlier, write_register
from caselink.confidentiality.guarded_tables import refuse_ssn_keys
from caselink.confidentiality.protection import NO, UNKNOWN, YES, spread
from caselink.confidentiality.rules import Protection
from caselink.errors import InputError
from caselink.families import Families, find_families
from caselink.leads.findings import EVIDENCE_COLUMNS, PEOPLE_COLUMNS, TABLE_COLUMNS, Findings
from caselink.leads.views import view_findings
from caselink.masking import WITHHELD
from caselink.purposes import PURPOSES
from caselink.settings import read_settings

PROGRAMS = {"iva": "iv-a", "ivd": "iv-d", "wages": "earnings"}
ROWS = st.tuples(
    st.sampled_from(["iva", "ivd"]),
    st.sampled_from(["p0", "p1", "p2", "p3", "p4"]),
    st.sampled_from([None, "C1", "C2", "C3"]),
    st.sampled_from(["HEAD", "CHILD", "NP", None]),
    st.sampled_from(["Y", "N", "N", "N", None]),
    st.sampled_from(["2026-01", "2026-02", None]),
)


def families_of(rows) -> Families:
    """Families of rows ``source, person, case, role, protected, month``."""
    names = ["source", "person_id", "case_id", "role", "protected", "month"]
    frame = pd.DataFrame(rows, columns=names, dtype=object)
    frame.insert(1, "record_id", [f"r{place}" for place in range(len(frame))])
    frame["street"] = [f"{place} OAK ST" for place in range(len(frame))]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        return find_families(frame.drop(columns="person_id"), frame[["source", "record_id", "person_id"]])


def status_of(protection: Protection) -> dict[str, str]:
    """Each person's status."""
    table = protection.table()
    return dict(zip(table["person_id"], table["protected"], strict=True))


@given(
    status=st.lists(st.sampled_from([NO, UNKNOWN, YES]), min_size=1, max_size=8),
    data=st.data(),
)
def test_the_order_of_groups_and_of_their_rows_is_nothing(status, data):
    """Households before cases or after, members in any order: the same people are protected."""
    told = np.array(status, np.int8)
    row = st.tuples(st.integers(0, len(status) - 1), st.integers(0, 3))
    groups = [data.draw(st.lists(row, max_size=8)) for _ in range(2)]
    arrays = [tuple(np.array(one, np.int64).reshape(-1, 2).T) for one in groups]
    mixed = [tuple(np.array(data.draw(st.permutations(one)), np.int64).reshape(-1, 2).T) for one in groups]
    assert spread(told, arrays).tolist() == spread(told, mixed[::-1]).tolist()


@settings(max_examples=40)
@given(rows=st.lists(ROWS, min_size=1, max_size=8))
def test_an_earlier_run_of_the_same_records_changes_nothing(rows):
    """Protection is complete in one run: kept for the next, it protects nobody further, however often."""
    families = families_of(rows)
    once = families.protect(PROGRAMS)
    table = once.table()
    again = families.protect(PROGRAMS, earlier=table[(table["protected"] == "yes").to_numpy(bool)])
    assert status_of(again) == status_of(once)
    assert again.table()["origin"].tolist() == table["origin"].tolist()


@settings(max_examples=40)
@given(rows=st.lists(ROWS, min_size=2, max_size=8), kept=st.integers(1, 7))
def test_who_was_protected_stays_so_when_records_go_or_change(rows, kept):
    """Whatever the next files say, and whoever is in them no more."""
    before = families_of(rows).protect(PROGRAMS)
    held = before.table()
    held = held[(held["protected"] == "yes").to_numpy(bool)]
    later = families_of([(*row[:4], "N", row[5]) for row in rows[:kept]]).protect(PROGRAMS, earlier=held)
    now = status_of(later)
    assert all(now[one] == "yes" for one, said in status_of(before).items() if said == "yes" and one in now)


@settings(max_examples=40)
@given(rows=st.lists(ROWS, min_size=1, max_size=8), purpose=st.sampled_from(sorted(PURPOSES)))
def test_a_household_is_named_only_where_everybody_in_it_is_free(rows, purpose):
    """A key that two people share says that they live together; nor are families and relations of others told."""
    families = families_of(rows)
    protection = families.protect(PROGRAMS)
    status, homes = status_of(protection), families.households
    guarded = {row.household_id for row in homes.itertuples() if status[row.person_id] != "no"}
    for table in (homes, families.cases, families.history, families.records):
        view = protection.view(table, purpose)
        told = table["household_id"].notna() & ~table["household_id"].isin(guarded)
        assert view["household_id"].tolist() == table["household_id"].astype(object).where(told, WITHHELD).tolist()
        for name in {"family_id", "relation"} & set(table.columns):
            assert set(view.loc[~told, name]) <= {WITHHELD}


def test_a_register_is_kept_and_only_grows(tmp_path):
    """What is read is what was written, with all that an earlier register held."""
    families = families_of([("iva", "p0", "C1", "HEAD", "Y", None), ("iva", "p1", "C1", "CHILD", "N", None)])
    earlier = pd.DataFrame({"source": ["ivd"], "record_id": ["gone"], "origin": ["own"]})
    write_register(tmp_path / "protected.csv", families.protect(PROGRAMS), earlier)
    read = read_register(tmp_path / "protected.csv")
    assert read.to_numpy().tolist() == [["iva", "r0", "own"], ["iva", "r1", "shared"], ["ivd", "gone", "own"]]
    marked = with_earlier(families.input, read)
    assert marked["protected_before"].tolist() == ["own", "shared"]


@pytest.mark.parametrize("text", ["source,record_id\niva,QZX\n", 'source,record_id,origin\n"iva,QZX', ""], ids=repr)
def test_what_is_no_register_is_an_error_that_quotes_nothing(tmp_path, text):
    """It names the file and says what is wrong."""
    (tmp_path / "protected.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_register(tmp_path / "protected.csv")
    assert "QZX" not in str(error.value)


# What binds a source, or a column of one.


def finding(rule: str, source: str, *reasons, dismissed: bool = False) -> Findings:
    """One finding about the free person p0."""
    table = pd.DataFrame([dict.fromkeys(TABLE_COLUMNS, "") | {"finding_id": "F", "rule": rule}])
    people = pd.DataFrame([["F", "holder", "p0", None, source, None, "r0"]], columns=list(PEOPLE_COLUMNS))
    said = pd.DataFrame([["F", *one] for one in reasons], columns=list(EVIDENCE_COLUMNS), dtype=object)
    lacked, none = pd.DataFrame(columns=["rule", "title", "lacks"]), table.iloc[:0]
    if dismissed:
        return Findings(none, people.iloc[:0], said.iloc[:0], lacked, table)
    return Findings(table, people, said, lacked, none)


def free_person(source: str, taints) -> Protection:
    """The protection of p0 alone, who is free."""
    return families_of([(source, "p0", None, None, "N", None)]).protect(PROGRAMS, taints)


@pytest.mark.parametrize(
    ("rule", "reason", "column", "bound"),
    [
        pytest.param("Q04", ("SSN", "one digit apart"), "ssn", True, id="the number that the rule reads"),
        pytest.param("Q04", ("SSN", "one digit apart"), "street", False, id="a column that it does not read"),
        pytest.param("D01", ("name, SSN and address", "equal"), "street", True, id="a column that evidence names"),
        pytest.param("C06", ("birth date and role", "grown"), "birth_date", True, id="a birth date"),
        pytest.param("C04", ("role", "in the home"), "zip", True, id="a place, for a rule about places"),
    ],
)
def test_a_finding_is_bound_by_the_columns_it_rests_on(rule, reason, column, bound):
    """A number or an address that came from tax data is in no lead, though the rest of its source may be."""
    protection = free_person("iva", {"iva": {column: "federal tax"}})
    assert view_findings(finding(rule, "iva", reason), protection, "iv-a eligibility")[1] == int(bound)


@pytest.mark.parametrize("dismissed", [False, True])
@pytest.mark.parametrize(("purpose", "seen"), [("statistics", False), ("iv-a eligibility", True), ("iv-d", True)])
def test_reports_of_earnings_are_new_hires_unless_said_otherwise(purpose, seen, dismissed):
    """A file of which nobody said where it came from is for purposes that may see new hires, as is what rests on it."""
    protection = free_person("wages", None)
    shown, _ = view_findings(finding("E01", "wages", dismissed=dismissed), protection, purpose)
    assert len(shown.dismissed if dismissed else shown) == int(seen)
    said = free_person("wages", {"wages": {"*": ""}})
    assert len(view_findings(finding("E01", "wages"), said, purpose)[0]) == 1


@pytest.mark.parametrize(
    ("told", "taints"),
    [
        ('tainted = "federal tax"', {"*": "federal tax"}),
        ('tainted = "none"', {"*": ""}),
        ('taints = { ssn = "federal tax" }', {"ssn": "federal tax"}),
        ("", {}),
    ],
)
def test_settings_say_what_binds_a_source(tmp_path, told, taints):
    """All of it, or a column of it."""
    (tmp_path / "iva.csv").write_text("id,ssn\n1,2\n", encoding="utf-8")
    text = f'[[source]]\nname = "iva"\npath = "iva.csv"\nrecord_id = "id"\n{told}\n'
    (tmp_path / "sources.toml").write_text(text, encoding="utf-8")
    assert read_settings(tmp_path / "sources.toml").sources[0].taints == taints


@pytest.mark.parametrize("told", ['tainted = "secret"', 'taints = { ssn = "secret" }'])
def test_an_unknown_bond_is_an_error(tmp_path, told):
    """A bond that is mistyped would free what it was to bind."""
    (tmp_path / "iva.csv").write_text("id,ssn\n1,2\n", encoding="utf-8")
    text = f'[[source]]\nname = "iva"\npath = "iva.csv"\nrecord_id = "id"\n{told}\n'
    (tmp_path / "sources.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="must be one of 'federal tax', 'new hire', 'none'"):
        read_settings(tmp_path / "sources.toml")


# Keys, and who ran it.


def test_a_case_named_by_the_number_of_somebody_in_it_is_refused():
    """By the number of somebody else it is one by chance."""
    people = pd.DataFrame({"source": "iva", "record_id": ["1", "2"], "ssn": ["212345678", "312345679"]}, dtype="string")
    rosters = pd.DataFrame({"source": "iva", "record_id": ["1", "2"], "case_id": "212-34-5678"}, dtype="string")
    with pytest.raises(InputError, match="named by their own SSN in case_id"):
        refuse_ssn_keys(people, rosters)
    refuse_ssn_keys(people, rosters.iloc[1:])
    refuse_ssn_keys(people)


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="the system keeps no accounts to look up")
def test_who_ran_it_is_not_what_the_environment_says(monkeypatch):
    """A name that anybody can set is no name for an audit; without one there is the number of the account."""
    import pwd

    monkeypatch.setenv("LOGNAME", "somebody else")
    monkeypatch.setenv("USER", "somebody else")
    assert who() == pwd.getpwuid(os.getuid()).pw_name

    def unknown(_):
        raise KeyError

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    assert who() == f"account {os.getuid()}"
