"""Findings of a result: lasting ids, evidence without values, what is skipped, and what people decided."""

from __future__ import annotations

import warnings
from dataclasses import replace

import pandas as pd
import pytest

import caselink as cl
from caselink.errors import ColumnMissingError, SpecError
from caselink.leads import Dispositions, Findings, ProgramTables, find


def person(source: str, record_id: str, first: str, last: str, born: str, ssn: str, **more: str) -> dict[str, str]:
    """One record."""
    names = {"first_name": first, "last_name": last, "birth_date": born, "ssn": ssn}
    return {"source": source, "record_id": record_id, **names, "street": "12 OAK ST", "zip": "62701", **more}


ANA = ("ANA", "RUIZ", "1985-03-05", "412345678")
BEN = ("BENJAMIN", "OKAFOR", "1983-11-20", "523456781")
CAL = ("CALVIN", "RUIZ", "2014-07-09", "634567812")
KIN = [
    person("iva", "1", *ANA),
    person("iva", "2", *CAL),
    person("iva", "3", *BEN, street="7 ELM ST", zip="62704"),
    person("iva", "4", *CAL),
    person("ivd", "1", *ANA, protected="Y"),
    person("ivd", "2", *CAL),
]
ROSTER = pd.DataFrame(
    [
        ("iva", "1", "A", "HEAD", "2026-01", "2026-06", "eligible"),
        ("iva", "2", "A", "CHILD", "2026-01", "2026-06", "eligible"),
        ("iva", "3", "B", "HEAD", "2026-02", "2026-06", "eligible"),
        ("iva", "4", "B", "CHILD", "2026-02", "2026-06", "eligible"),
    ],
    columns=["source", "record_id", "case_id", "role", "first_month", "last_month", "status"],
)
TABLES = ProgramTables(programs={"iva": "iv-a", "ivd": "iv-d"}, memberships=ROSTER)


def resolve(rows: list[dict[str, str]]) -> cl.Result:
    """A result whose persons are those of the first names: what is asked here is not linking."""
    records = pd.DataFrame(rows, dtype="string")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        result = cl.Linker().fit_resolve(records)
    return replace(result, persons=records[["source", "record_id"]].assign(person_id=records["first_name"]))


@pytest.fixture(scope="module")
def result() -> cl.Result:
    """Three people; Calvin is on two units under two numbers."""
    return resolve(KIN)


@pytest.fixture(scope="module")
def findings(result: cl.Result) -> Findings:
    """All that is found of them."""
    return find(result, tables=TABLES)


def test_a_child_of_two_payees_is_found(findings):
    """The one finding of that rule, with people, cases and months, and nothing but keys."""
    row = findings.table.set_index("rule").loc["D05"]
    assert (row["first_month"], row["last_month"], row["status"], row["disposition"]) == (
        "2026-02",
        "2026-06",
        "not verified",
        "open",
    )
    _, people, evidence = findings.of(row["finding_id"])
    assert sorted(people.loc[people["part"] == "child", ["person_id", "case_id", "record_id"]].to_numpy().tolist()) == [
        ["CALVIN", "A", "2"],
        ["CALVIN", "B", "4"],
    ]
    assert "status" in set(evidence["field"])
    assert row["untested"]


def test_no_value_is_told(findings):
    """Neither names nor numbers, dates or streets stand in a table, but for the ids that were given."""
    told = " ".join(str(value) for part in (findings.table, findings.evidence) for value in part.to_numpy().ravel())
    for row in KIN:
        for field in ("last_name", "birth_date", "ssn", "street"):
            assert row[field] not in told


def test_nothing_says_fraud(findings):
    """No column, title or status accuses."""
    told = [*findings.table.columns, *findings.table["title"], *findings.evidence["says"], *findings.people.columns]
    assert not [text for text in told if "fraud" in str(text).lower()]
    assert set(findings.table["status"]) == {"not verified"}


def test_what_cannot_be_looked_for_is_said(findings):
    """Rules without their evidence are skipped, and say what they lack."""
    skipped = findings.skipped.set_index("rule")["lacks"]
    assert skipped["E01"].startswith("reports.hires")
    assert skipped["C11"] == "deaths"
    assert "D05" not in skipped.index


def test_absence_is_not_concluded_from_a_sample(result):
    """A sampled source of IV-D lets no rule conclude from what it does not hold."""
    rosters = pd.concat([ROSTER, ROSTER[:2].assign(source="ivd", case_id="S", role=["CP", "CH"], status="active")])
    cases = pd.DataFrame({"source": ["iva"], "case_id": ["A"], "opened": ["2026-01"]})
    whole = ProgramTables(programs=TABLES.programs, memberships=rosters, cases=cases)
    sample = replace(whole, sampled=frozenset({"ivd"}))
    told = [
        dict(zip(*find(result, ["R08"], tables=one).skipped[["rule", "lacks"]].to_numpy().T, strict=True))
        if len(find(result, ["R08"], tables=one).skipped)
        else {}
        for one in (whole, sample)
    ]
    assert "R08" not in told[0]
    assert told[1]["R08"] == "all cases iv-d"


def test_ids_last(result, findings):
    """Neither the order of rows nor a month more nor a stranger changes an id or its evidence."""
    keys = ["rule", "finding_id", "evidence"]
    told = findings.table[keys]
    turned = replace(TABLES, memberships=ROSTER.iloc[::-1])
    again = find(resolve(KIN[::-1]), tables=turned)
    pd.testing.assert_frame_equal(again.table[keys], told)
    longer = replace(TABLES, memberships=ROSTER.assign(last_month="2026-07"))
    d05 = told[told["rule"] == "D05"]["finding_id"].tolist()
    assert find(result, ["D05"], tables=longer).table["finding_id"].tolist() == d05
    stranger = resolve([*KIN, person("iva", "9", "ZOE", "ABARA", "1990-01-09", "345678123", street="1 FAR RD")])
    with_her = find(stranger, tables=TABLES).table
    assert with_her[keys].to_numpy().tolist() == told.to_numpy().tolist()


def test_too_unsure_an_identity_raises_nothing(result):
    """Below the threshold for one person nothing is told, above it the probability is."""
    found = find(result, ["D05"], tables=TABLES).table
    assert 0.5 <= found["identity_probability"][0] <= 1
    assert not len(find(result, ["D05"], tables=TABLES, same_person_at=1.1))


def test_a_dismissed_finding_stays_dismissed(result, findings):
    """It is left out, and listed among those that were dismissed (what brings it back: ``test_dispositions``)."""
    row = findings.table.set_index("rule").loc["D05"]
    said = Dispositions().dismiss([(row["finding_id"], row["evidence"])], who="rm", when="2026-07-01", why="order seen")
    later = find(result, tables=TABLES, dispositions=said)
    assert row["finding_id"] not in set(later.table["finding_id"])
    assert later.dismissed["finding_id"].tolist() == [row["finding_id"]]


def test_the_last_decision_counts(result, findings, tmp_path):
    """A finding that is opened again is open; decisions survive a file."""
    row = findings.table.set_index("rule").loc["D05"]
    keys = (row["finding_id"], row["evidence"])
    said = Dispositions().dismiss([keys], who="rm", when="2026-07-01", why="order seen")
    said.write(tmp_path / "decided.csv")
    read = Dispositions.read(tmp_path / "decided.csv")
    assert len(find(result, ["D05"], tables=TABLES, dispositions=read)) == 0
    reopened = Dispositions(pd.concat([read.table, read.table.assign(decision="open")]))
    assert find(result, ["D05"], tables=TABLES, dispositions=reopened).table["disposition"].tolist() == ["open"]
    confirmed = Dispositions(read.table.assign(decision="confirmed"))
    assert find(result, ["D05"], tables=TABLES, dispositions=confirmed).table["disposition"].tolist() == ["confirmed"]


def test_without_tables_the_records_speak():
    """Rules about values need nothing besides; the others are skipped."""
    found = find(resolve([*KIN, person("ivd", "8", *CAL[:3], "745678129")]))
    assert "Q03" in set(found.table["rule"])
    assert {"D05", "R01", "E01"} <= set(found.skipped["rule"])


def test_nothing_found_has_its_columns(result):
    """An empty answer has the same tables."""
    empty = find(result, ["C12"], tables=TABLES)
    assert (len(empty), len(empty.people), len(empty.evidence)) == (0, 0, 0)
    assert "finding_id" in empty.table
    assert empty.counts().empty


@pytest.mark.parametrize(
    ("call", "match"),
    [
        pytest.param(lambda result: find(result, ["D99"]), "no rule", id="unknown id"),
        pytest.param(lambda result: find(result, ["D05", "D05"]), "one id", id="twice"),
        pytest.param(lambda result: find(result, [object()]), "about and find", id="no rule"),
        pytest.param(lambda result: find(result).of("D05-0"), "no such finding", id="unknown finding"),
        pytest.param(lambda _: ProgramTables(programs={"iva": "tanf"}), "a program is one of", id="program"),
        pytest.param(
            lambda _: Dispositions(
                pd.DataFrame(
                    [["a", "b", "maybe", "", "", ""]], columns=["finding", "evidence", "decision", "who", "when", "why"]
                )
            ),
            "decision is one of",
            id="decision",
        ),
    ],
)
def test_what_cannot_be_is_refused(result, call, match):
    """Each mistake is named, with what to do."""
    with pytest.raises(SpecError, match=match):
        call(result)


def test_tables_are_checked_at_the_door():
    """A roster without case numbers is refused when it is given."""
    with pytest.raises(ColumnMissingError, match="case_id"):
        ProgramTables(memberships=ROSTER.drop(columns="case_id"))
