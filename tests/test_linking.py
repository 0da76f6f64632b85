from __future__ import annotations

import dataclasses
import random
import warnings
from pathlib import Path

import pandas as pd
import pytest

import caselink.run_inputs
from caselink.errors import CaselinkError, CaselinkWarning, ColumnMissingError
from caselink.linking import RunOptions, link_files
from caselink.masking import WITHHELD
from caselink.printing import show_run
from caselink.purposes import UNTOLD
from caselink.settings import Settings, read_settings
from caselink.settings.files import read_sources
from caselink.synthetic import draw_county, write_county

SOURCES = """
[[source]]
name = "iva"
path = "iva.csv"
record_id = "id"
[source.columns]
last_name = "lname"

[[source]]
name = "ivd"
path = "ivd.csv"
record_id = "id"
[source.columns]
last_name = "lname"

[[blocking]]
keys = ["last_name"]
[[comparison]]
kind = "Exact"
column = "worker_id"
"""


def _settings(folder: Path, iva: str, ivd: str) -> Settings:
    (folder / "iva.csv").write_text(iva, encoding="utf-8")
    (folder / "ivd.csv").write_text(ivd, encoding="utf-8")
    (folder / "sources.toml").write_text(SOURCES, encoding="utf-8")
    return read_settings(folder / "sources.toml")


def test_a_carried_column_may_be_in_one_source_only(tmp_path):
    """A column that a comparison names is read where it is, and missing where it is not."""
    settings = _settings(tmp_path, "id,lname,worker_id\n1,Diaz,w7\n", "id,lname\n1,Diaz\n")
    iva, ivd = read_sources(settings)
    assert iva.records["worker_id"].tolist() == ["w7"]
    assert "worker_id" not in ivd.records


def test_a_carried_column_that_is_nowhere_is_an_error(tmp_path):
    """A column that no source has is most likely mistyped."""
    settings = _settings(tmp_path, "id,lname\n1,Diaz\n", "id,lname\n1,Diaz\n")
    with pytest.raises(ColumnMissingError, match=r"sources\.toml.*worker_id"):
        read_sources(settings)


def test_a_mapped_column_that_is_missing_names_its_source(tmp_path):
    """Which of the files lacks the column is said, whatever is carried."""
    settings = _settings(tmp_path, "id,lname,worker_id\n1,Diaz,w7\n", "id,name\n1,Diaz\n")
    with pytest.raises(ColumnMissingError, match=r"'ivd'.*lname"):
        read_sources(settings)


def test_reading_reports_its_progress(tmp_path):
    """Each source that is read is one step, from nothing to all."""
    told: list[tuple[str, int, int]] = []
    settings = _settings(tmp_path, "id,lname,worker_id\n1,Diaz,w7\n", "id,lname\n1,Diaz\n")
    read_sources(settings, lambda *step: told.append(step))
    assert told == [("reading", done, 2) for done in range(3)]


def test_a_lost_line_stops_the_run(tmp_path, monkeypatch):
    """When the lines read do not come out as records or rejects, nothing is written."""
    settings = _settings(tmp_path, "id,lname,worker_id\n1,Diaz,w7\n2,Ngo,w8\n", "id,lname\n1,Diaz\n")
    honest = caselink.run_inputs.read_sources

    def lose_a_line(*arguments: object) -> list[object]:
        return [dataclasses.replace(extract, n_read=extract.n_read + 1) for extract in honest(*arguments)]

    monkeypatch.setattr(caselink.run_inputs, "read_sources", lose_a_line)
    with pytest.warns(CaselinkWarning), pytest.raises(CaselinkError, match="5 lines were read, but 3 were used"):
        link_files(settings, tmp_path / "linked")
    assert not (tmp_path / "linked").exists()


def test_a_file_of_a_known_layout_is_linked_with_a_csv_file(tmp_path):
    """Months of a person are one record; every line is accounted for, those of families and header too."""
    own = Path(__file__).parent / "layouts" / "made_up.toml"
    (tmp_path / "own.toml").write_text(own.read_text(encoding="utf-8"), encoding="utf-8")
    people = [(f"C{n:04d}", f"19{60 + n:02d}0305", f"2{n:02d}345678") for n in range(30)]
    lines = [f"T2{month}{case}12{born}{ssn}2       " for case, born, ssn in people for month in ("202607", "202608")]
    family = "T1202607C00000316270110100"
    text = "\n".join(["HEADER20263TAN D", family, *lines, "T9", f"TRAILER{len(lines) + 2:07d}"])
    (tmp_path / "report.txt").write_text(text, encoding="utf-8")
    rows = "\n".join(f"{case},{born},{ssn}" for case, born, ssn in people)
    (tmp_path / "ivd.csv").write_text(f"id,born,ssn\n{rows}\n", encoding="utf-8")
    (tmp_path / "sources.toml").write_text(
        '[[source]]\nname = "tanf"\npath = "report.txt"\nlayout = "own.toml"\n'
        '[[source]]\nname = "ivd"\npath = "ivd.csv"\nrecord_id = "id"\n'
        'columns = { birth_date = "born", ssn = "ssn" }\n',
        encoding="utf-8",
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CaselinkWarning)  # of so small a file
        linked = link_files(read_settings(tmp_path / "sources.toml"), tmp_path / "linked")
    counts, (report, _) = linked.summary["counts"], linked.summary["inputs"]
    assert (counts["lines_read"], counts["lines_used"], counts["lines_dropped"]) == (94, 93, 1)
    assert (counts["records"], counts["persons"]) == (60, 30)
    assert (report["layout"], report["lines_used"]) == ("made_up", {"persons": 60, "cases": 1, "other": 2})


WITH_FILES = """
referrals = "referrals.csv"
[[source]]
name = "iva"
path = "iva.csv"
record_id = "id"
program = "iv-a"
memberships = "rosters.csv"
cases = "cases.csv"
columns = { last_name = "lname", ssn = "ssn", protected = "protected" }
[source.cleaning]
pseudo_ssns = ["8[0-9]{8}"]
known_bad_ssns = "bad.csv"

[[source]]
name = "ivd"
path = "ivd.csv"
record_id = "id"
program = "iv-d"
columns = { last_name = "lname", ssn = "ssn" }
[[blocking]]
keys = ["last_name"]
[[comparison]]
kind = "Exact"
column = "ssn"
"""


def _with_files(folder: Path) -> Settings:
    files = {
        "iva.csv": "id,lname,ssn,protected\n1,Diaz,212345678,N\n2,Ngo,812345678,N\n3,Lee,313456789,N\n",
        "ivd.csv": "id,lname,ssn\n9,Diaz,212345678\n",
        "rosters.csv": "record_id,case_id,role,first_month,last_month\n1,A,HEAD,2026-07,2026-08\n"
        "1,A,HEAD,2026-09,2026-09\n2,A,CHILD,2026-07,\n3,B,HEAD,2026-99,\n",
        "cases.csv": "case_id,good_cause\nA,PD\n",
        "referrals.csv": "iva_case_id,child_record_id,good_cause\nA,2,\nB,3,GC\n",
        "bad.csv": "record_id,ssn\n3,313-45-6789\n",
        "sources.toml": WITH_FILES,
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return read_settings(folder / "sources.toml")


def test_the_files_beside_the_extracts_are_used(tmp_path):
    """Rosters become memberships of persons, cases protect, referrals are there for findings; every line adds up."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CaselinkWarning)  # of so small a file
        options = RunOptions(purpose="iv-a eligibility")  # which sees the case numbers of its program
        linked = link_files(_with_files(tmp_path), tmp_path / "linked", options)
    written = pd.read_csv(tmp_path / "linked" / "memberships.csv", dtype="string")
    rows = written[["record_id", "case_id", "role", "first_month", "last_month"]].fillna("").to_numpy().tolist()
    assert rows == [["1", "A", "HEAD", "2026-07", "2026-09"], ["2", "A", "CHILD", "2026-07", "2026-09"]]
    persons = linked.result.persons.set_index(["source", "record_id"])["person_id"]
    assert written["person_id"].tolist() == persons[[("iva", "1"), ("iva", "2")]].tolist()
    pd.testing.assert_frame_equal(
        pd.read_parquet(tmp_path / "linked" / "memberships.parquet").astype("string"), written
    )
    assert linked.result.records["protected"].fillna("").tolist() == ["Y", "Y", "Y", ""]
    assert dict(linked.tables.programs) == {"iva": "iv-a", "ivd": "iv-d"}
    assert linked.tables.cases["case_id"].tolist() == ["A"]
    assert linked.tables.referrals["child_record_id"].tolist() == ["2", "3"]
    counts = linked.summary["counts"]
    assert (counts["lines_read"], counts["lines_used"], counts["lines_dropped"]) == (11, 10, 1)
    assert [(file["kind"], file["rows"]) for file in linked.summary["files_beside"]] == [
        ("memberships", 3),
        ("cases", 1),
        ("referrals", 2),
    ]
    rejects = pd.read_csv(tmp_path / "linked" / "rejects.csv", dtype="string")
    assert rejects[["field", "line"]].to_numpy().tolist() == [["first_month", "5"], ["ssn", "4"]]


def test_what_is_declared_of_values_is_heeded_and_recorded(tmp_path, capsys):
    """A pseudo number is a placeholder, a known bad pair is refused; the summary has counts and hashes alone."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CaselinkWarning)  # of so small a file
        linked = link_files(_with_files(tmp_path), tmp_path / "linked")
    assert linked.result.records["ssn"].fillna("").tolist() == ["212345678", "", "", "212345678"]
    told = linked.summary["inputs"][0]["cleaning"]
    assert sorted(told) == ["known_bad_ssns_sha256", "pseudo_ssns"]
    assert told["pseudo_ssns"] == 1
    text = (tmp_path / "linked" / "summary.json").read_text(encoding="utf-8")
    assert not [value for value in ("[0-9]", "313456789", "313-45-6789") if value in text]
    show_run(linked.summary)
    shown = capsys.readouterr().out
    assert all(name in shown for name in ("iva memberships", "iva cases", "referrals"))


def test_dropped_lines_are_in_the_rejects(tmp_path):
    """A line that cannot be read is counted and listed with its place; what the fit warns of is in the summary."""
    settings = _settings(tmp_path, "id,lname,worker_id\n1,Diaz,w7\n2,Ngo\n3,Lee,w8\n", "id,lname\n1,Diaz\n")
    with pytest.warns(CaselinkWarning, match="hardly any matches"):
        linked = link_files(settings, tmp_path / "linked")
    assert any("hardly any matches" in warning for warning in linked.summary["warnings"])
    counts = linked.summary["counts"]
    assert (counts["lines_read"], counts["lines_dropped"], counts["records"]) == (4, 1, 3)
    rejects = pd.read_csv(tmp_path / "linked" / "rejects.csv")
    assert rejects.loc[rejects["dropped"], ["source", "line"]].to_numpy().tolist() == [["iva", 3]]


def test_files_are_the_same_bytes_for_any_order_of_lines(tmp_path):
    """The lines of the inputs shuffled, one thread or two: persons, links and model are the same to the byte."""
    from caselink.synthetic import draw_county, write_county

    folder = write_county(draw_county(600, seed=5), tmp_path / "county")
    settings = read_settings(folder / "sources.toml")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CaselinkWarning)  # six hundred people are few to learn from
        link_files(settings, tmp_path / "once", RunOptions(threads=1, keep_links=True))
        for name in ("iva", "ivd", "employment"):
            header, *lines = (folder / f"{name}.csv").read_text(encoding="utf-8").splitlines(keepends=True)
            random.Random(9).shuffle(lines)
            (folder / f"{name}.csv").write_text("".join([header, *lines]), encoding="utf-8")
        link_files(settings, tmp_path / "again", RunOptions(threads=2, keep_links=True))
    for file in ("persons.csv", "persons.parquet", "households.csv", "cases.csv", "links.parquet", "model.json"):
        assert (tmp_path / "once" / file).read_bytes() == (tmp_path / "again" / file).read_bytes(), file


def test_a_run_without_the_flag_says_what_that_withholds(tmp_path, capsys):
    """Households are withheld where nobody says who is protected, shown where the owner says nobody is."""
    county = write_county(draw_county(300, seed=4), tmp_path / "county")
    flags = [
        line for line in (county / "sources.toml").read_text(encoding="utf-8").splitlines() if "protected = " in line
    ]
    assert flags
    told = (county / "sources.toml").read_text(encoding="utf-8")
    for flag in flags:
        told = told.replace(flag + "\n", "")
    for text, withheld in ((told, True), (told.replace("unduplicated = false", "nobody_protected = true"), False)):
        (county / "sources.toml").write_text(text, encoding="utf-8")
        linked = link_files(county / "sources.toml", tmp_path / "out")
        households = pd.read_parquet(tmp_path / "out" / "households.parquet")
        assert (households["household_id"] == WITHHELD).all() == withheld
        show_run(linked.summary)
        assert ("nobody_protected = true" in " ".join(capsys.readouterr().out.split())) == withheld
        assert (UNTOLD in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")) == withheld
