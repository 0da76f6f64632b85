"""What people decided on the review page goes into the next run of the command line."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from caselink.cli import main

HEADER = "source_left,record_id_left,source_right,record_id_right,decision\n"
SOURCES = """
[[source]]
name = "iva"
path = "iva.csv"
record_id = "id"
columns = { first_name = "first", last_name = "last", ssn = "ssn", birth_date = "born" }

[[source]]
name = "ivd"
path = "ivd.csv"
record_id = "id"
columns = { first_name = "first", last_name = "last", ssn = "ssn", birth_date = "born" }
"""


@pytest.fixture
def folder(tmp_path):
    """Two programs that know one person."""
    line = "Inez,Diaz,212345678,1985-03-12\n"
    (tmp_path / "iva.csv").write_text(f"id,first,last,ssn,born\n1,{line}2,Omar,Ngo,312345679,1971-05-30\n")
    (tmp_path / "ivd.csv").write_text(f"id,first,last,ssn,born\n9,{line}")
    (tmp_path / "sources.toml").write_text(SOURCES)
    return tmp_path


def link(folder, decisions: str, capsys) -> tuple[int, str]:
    """Exit code and error output of a run with these decisions."""
    (folder / "decisions.csv").write_text(HEADER + decisions)
    arguments = ["--sources", "sources.toml", "--out", "linked", "--decisions", "decisions.csv"]
    with pytest.raises(SystemExit) as left:
        main(["link", *(str(folder / one) if "." in one or one == "linked" else one for one in arguments)])
    return int(left.value.code or 0), capsys.readouterr().err


@pytest.mark.parametrize(
    ("decision", "left", "joined"), [("not", "1", False), ("unsure", "1", True), ("match", "2", True)]
)
def test_what_people_decided_holds(folder, capsys, decision, left, joined):
    """*Not a match* keeps equal records apart, *match* joins unlike ones, *unsure* changes nothing."""
    assert link(folder, f"iva,{left},ivd,9,{decision}\n", capsys)[0] == 0
    persons = pd.read_csv(folder / "linked" / "persons.csv", dtype=str).set_index(["source", "record_id"])["person_id"]
    assert (persons["iva", left] == persons["ivd", "9"]) == joined
    told = json.loads((folder / "linked" / "summary.json").read_text())["settings"]
    assert len(told["decisions_sha256"]) == 64


def test_decisions_of_other_files_are_passed_over_and_said(folder, capsys):
    """A record that is gone needs no decision; where none is there, the file is probably another run's."""
    code, said = link(folder, "iva,JUNKID,ivd,9,match\niva,1,ivd,JUNKID,not\n", capsys)
    assert code == 0
    assert "none of the 2 decisions is about records that are here" in said
    assert "JUNK" not in said
    assert "decisions" not in link(folder, "iva,JUNKID,ivd,9,match\niva,1,ivd,9,match\n", capsys)[1]


@pytest.mark.parametrize("row", ["iva,1,ivd,9,JUNKWORD\n", "iva,1\n"])
def test_what_is_no_decision_is_one_error_without_a_value(folder, capsys, row):
    """A word that is no decision, or none, ends the run; nothing is written."""
    code, said = link(folder, row, capsys)
    assert code == 2
    assert "decisions must be one of" in said
    assert "JUNK" not in said
    assert not (folder / "linked").exists()
