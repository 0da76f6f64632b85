"""Opened with a spreadsheet, none of our files does anything; read by us, every text is what it was."""

from __future__ import annotations

import csv
import io
import unicodedata
import warnings
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from caselink import cli
from caselink.errors import CaselinkWarning
from caselink.leads import Dispositions
from caselink.linking import RunOptions, link_files
from caselink.settings import read_settings
from caselink.spreadsheets import guard, guard_column, unguard, unguard_table
from caselink.storage import as_csv, as_parquet, write_files

FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\u3000\uff1d1",
    "\uff0b1",
    "\xa0-1",
    "\ufe621",
)
PLAIN = ("007", "A-7", "O'BRIEN", "'quoted", "", "7=7", "a\n=1", "\u2212\u2212")
texts = st.one_of(
    st.text(st.characters(codec="utf-8")),
    st.text(st.sampled_from("'=+-@\t\r\n \xa0\u3000\uff1d\uff0b\uff0d\uff20\u200b\ufeffA7")),
)


def runs(text: str) -> bool:
    """Whether a spreadsheet may run a cell, told another way: what is left when blanks and controls are taken off."""
    if text.startswith(("\t", "\r", "\n")):
        return True
    seen = [one for one in text if unicodedata.category(one) not in ("Cc", "Cf", "Zs", "Zl", "Zp")]
    return bool(seen) and unicodedata.normalize("NFKC", seen[0])[0] in "=+-@"


def cells(file: Path) -> list[str]:
    """Every cell of a CSV, its header too, in order."""
    with file.open(newline="", encoding="utf-8") as lines:
        return [cell for row in csv.reader(lines) for cell in row]


def is_number(text: str) -> bool:
    """Whether a cell is a number, such as a negative weight: a spreadsheet shows what it is."""
    try:
        float(text)
    except ValueError:
        return False
    return True


@given(texts)
@example("'" * 3 + "=1")
def test_a_guarded_text_is_no_formula_and_comes_back(text):
    """Whatever the text: a spreadsheet reads it as text, and it is the same afterwards."""
    assert unguard(guard(text)) == text
    assert not runs(guard(text))


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_get_an_apostrophe(text):
    """And lose it again; twice guarded is twice unguarded."""
    assert guard(text) == f"'{text}"
    assert unguard(unguard(guard(guard(text)))) == text


@pytest.mark.parametrize("text", PLAIN)
def test_plain_texts_stay_as_they_are(text):
    """Ids with zeros, dashes inside and apostrophes of their own among them: in either direction."""
    assert guard(text) == unguard(text) == text


@given(st.lists(st.none() | texts))
def test_columns_are_guarded_as_texts_are(values):
    """Arrow and Python read the same rule; missing stays missing, in plain and in dictionary columns."""
    expected = [None if one is None else guard(one) for one in values]
    for kind in (pa.string(), pa.large_string()):
        column = pa.chunked_array([values], kind)
        assert guard_column(column).to_pylist() == expected
        assert guard_column(column.dictionary_encode()).to_pylist() == expected


@given(st.lists(texts, min_size=1))
def test_tables_come_back_from_a_csv(values):
    """Texts as they were; numbers are no text, and a negative one has no apostrophe."""
    file = io.BytesIO()
    as_csv(pd.DataFrame({"text": values, "n": -1.5}))(file)
    rows = list(csv.reader(io.StringIO(file.getvalue().decode(), newline="")))[1:]
    assert [row[1] for row in rows] == ["-1.5"] * len(values)
    table = unguard_table(pd.DataFrame({"text": [row[0] for row in rows], "n": -1.5}))
    assert table["text"].tolist() == values


def test_column_names_are_guarded_too(tmp_path):
    """The name of a carried column comes from somebody's file as well."""
    write_files(tmp_path, {"one.csv": as_csv(pd.DataFrame({"=A1": ["x"]}))})
    assert cells(tmp_path / "one.csv") == ["'=A1", "x"]


@given(st.lists(texts.filter(lambda text: text and "\0" not in text), min_size=1, unique=True))
def test_dispositions_come_back(tmp_path_factory, words):
    """What somebody wrote as a reason may look like a formula; ids and reasons are the same when read again."""
    file = tmp_path_factory.mktemp("decided") / "dispositions.csv"
    told = Dispositions().dismiss([(word, "9c") for word in words], who=words[0], when="2026-10-01", why=words[-1])
    told.write(file)
    assert Dispositions.read(file).table.to_numpy().tolist() == told.table.to_numpy().tolist()
    assert not any(map(runs, cells(file)))


SOURCES = """
[[source]]
name = "=iva"
path = "iva.csv"
record_id = "id"
program = "iv-a"
memberships = "rosters.csv"
columns = { first_name = "first", last_name = "last", birth_date = "born", ssn = "ssn", protected = "fv" }

[[source]]
name = "ivd"
path = "ivd.csv"
record_id = "id"
program = "iv-d"
memberships = "rosters.csv"
columns = { first_name = "first", last_name = "last", birth_date = "born", ssn = "ssn", protected = "fv" }
"""


@pytest.fixture(scope="module", params=["statistics", "iv-a eligibility"])
def linked(request, tmp_path_factory) -> Path:
    """A folder of results whose record ids, case numbers and a source are formulas."""
    folder = tmp_path_factory.mktemp("hostile")
    heads = ("=1+", "+", "-", "@SUM", "\t=", " =", "\uff1d", "'=", "\u3000@")
    ids = [f"{heads[n % len(heads)]}{n}" for n in range(60)]
    people = pd.DataFrame({"id": ids, "first": [f"=ANN{n % 30}" for n in range(60)], "last": "ROE", "fv": "N"})
    people = people.assign(
        born=[f"19{50 + n % 30}-02-03" for n in range(60)], ssn=[f"2{n % 30 + 10}345678" for n in range(60)]
    )
    for name in ("iva", "ivd"):
        people.to_csv(folder / f"{name}.csv", index=False)
    rosters = pd.DataFrame({"record_id": ids, "case_id": [f"{heads[n // 2 % 9]}C{n // 2}" for n in range(60)]})
    rosters.assign(role="HEAD", first_month="2026-01", last_month="2026-06").to_csv(folder / "rosters.csv", index=False)
    (folder / "sources.toml").write_text(SOURCES, encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CaselinkWarning)  # of so small a file
        link_files(
            read_settings(folder / "sources.toml"), folder / "out", RunOptions(purpose=request.param, keep_links=True)
        )
    return folder / "out"


def test_no_file_of_a_run_does_anything(linked):
    """Every cell of every CSV, whatever the purpose; Parquet keeps the true values."""
    files = sorted(linked.glob("*.csv"))
    assert len(files) > 8
    for file in files:
        assert not [cell for cell in cells(file) if runs(cell) and not is_number(cell)], file.name
    assert any(cell.startswith("'=1+") for cell in cells(linked / "persons.csv"))
    true = pd.read_parquet(linked / "persons.parquet").astype("string")
    assert true["record_id"].str.startswith("=1+").any()
    read = pd.read_csv(linked / "persons.csv", dtype="string", keep_default_na=False)
    assert unguard_table(read).to_numpy().tolist() == true.to_numpy().tolist()


def test_evaluate_knows_the_ids_again(linked, tmp_path, capsys):
    """Persons and truth read from CSV, where their ids are guarded, score as those read from Parquet."""
    persons = pd.read_parquet(linked / "persons.parquet").astype("string")
    truth = persons[["source", "record_id"]].assign(entity_id=persons["record_id"])
    write_files(tmp_path, {"truth.csv": as_csv(truth), "truth.parquet": as_parquet(truth)})
    assert any(cell.startswith("'=1+") for cell in cells(tmp_path / "truth.csv"))
    shown = []
    for persons_as, truth_as in (("parquet", "parquet"), ("csv", "parquet"), ("parquet", "csv"), ("csv", "csv")):
        files = ["--persons", f"{linked}/persons.{persons_as}", "--truth", f"{tmp_path}/truth.{truth_as}"]
        with pytest.raises(SystemExit) as left:
            cli.main(["evaluate", *files])
        assert left.value.code == 0
        shown.append(capsys.readouterr().out)
    assert len(set(shown)) == 1
    assert "120 records" in shown[0]
