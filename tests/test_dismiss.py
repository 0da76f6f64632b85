"""``caselink dismiss``: what somebody settled stays out of later runs, until its evidence changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from caselink import cli
from caselink.leads import Dispositions

SOURCES = """
dispositions = "decided.csv"
[[source]]
name = "iva"
path = "iva.csv"
record_id = "id"
program = "iv-a"
[source.columns]
first_name = "first"
last_name = "last"
birth_date = "born"
case_id = "case"
role = "role"
month = "month"
"""
DECIDED = "finding,evidence,decision,who,when,why\n"


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys) -> Run:
    """Run the command line in this process."""

    def command(*arguments: object) -> Ran:
        with pytest.raises(SystemExit) as left:
            cli.main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return Ran(int(left.value.code or 0), printed.out, printed.err)

    return command


@pytest.fixture
def folder(tmp_path) -> Path:
    """Families of mother and child; the birth date of one child, whose id is a formula, is a filler."""
    names = ["Ana", "Bea", "Cal", "Dee", "Eve", "Fay", "Gus", "Hal", "Ida", "Jon"]
    rows = [
        (f"=1+{n}", names[n % 10], f"Roe{chr(97 + n // 10)}", f"{1975 + n % 20}-0{1 + n % 9}-11", f"C{n // 2}", "HEAD")
        for n in range(0, 60, 2)
    ]
    rows += [
        (f"=1+{n}", names[n % 10], f"Roe{chr(97 + n // 10)}", f"{2010 + n % 9}-0{1 + n % 8}-17", f"C{n // 2}", "CHILD")
        for n in range(1, 60, 2)
    ]
    table = pd.DataFrame(rows, columns=["id", "first", "last", "born", "case", "role"]).assign(month="2026-05")
    _write(tmp_path, table, "1900-01-01")
    (tmp_path / "sources.toml").write_text(SOURCES, encoding="utf-8")
    (tmp_path / "decided.csv").write_text(DECIDED, encoding="utf-8")
    return tmp_path


def _write(folder: Path, table: pd.DataFrame, born: str) -> None:
    table = table.copy()
    table.loc[(table["id"] == "=1+31").to_numpy(), "born"] = born
    table.to_csv(folder / "iva.csv", index=False)


def _findings(run: Run, folder: Path) -> pd.DataFrame:
    """Findings about birth dates after a run."""
    ran = run("link", "--sources", folder / "sources.toml", "--out", folder / "out")
    assert ran.code == 0, ran.err
    table = pd.read_csv(folder / "out" / "findings.csv", dtype="string")
    return table[(table["rule"] == "Q07").to_numpy()].reset_index(drop=True)


def test_a_dismissed_finding_stays_dismissed_until_its_evidence_changes(folder, run):
    """Dismissed, it is gone and counted; when the birth date becomes another odd one, it is back and says so."""
    first = _findings(run, folder)
    assert len(first) == 1
    finding = first["finding_id"][0]
    people = pd.read_parquet(folder / "out" / "finding_people.parquet")
    assert people.loc[(people["finding_id"] == finding).to_numpy(), "record_id"].tolist() == ["=1+31"]
    options = ["--in", folder / "out", "--dispositions", folder / "decided.csv"]
    ran = run("dismiss", finding, *options, "--why", "=born in 2016, card seen", "--who", "rm")
    assert ran.code == 0, ran.err
    assert "1 dismissed in" in ran.out
    told = Dispositions.read(folder / "decided.csv").table
    assert told[["finding", "decision", "who", "why"]].to_numpy().tolist() == [
        [finding, "dismissed", "rm", "=born in 2016, card seen"]
    ]
    assert not len(_findings(run, folder))
    assert not len(_findings(run, folder)), "and in the run after that"
    _write(folder, pd.read_csv(folder / "iva.csv", dtype=str), "1990-02-03")
    changed = _findings(run, folder)
    assert changed[["finding_id", "disposition"]].to_numpy().tolist() == [[finding, "evidence changed"]]


def test_a_decision_can_be_taken_back(folder, run):
    """Reopened, the finding is there again; an id that was never decided on is no id to reopen."""
    finding = _findings(run, folder)["finding_id"][0]
    options = ["--in", folder / "out", "--dispositions", folder / "decided.csv", "--why", "seen"]
    assert run("dismiss", finding, *options).code == 0
    assert not len(_findings(run, folder))
    ran = run("dismiss", finding, *options, "--reopen")
    assert (ran.code, "1 reopened in" in ran.out) == (0, True)
    assert _findings(run, folder)["disposition"].tolist() == ["open"]
    assert run("dismiss", "Q07-none", *options, "--reopen").code == 2


def test_ids_that_are_not_there_are_refused(folder, run, tmp_path):
    """None of them is dismissed, and what was typed is not shown: it may be a name."""
    finding = _findings(run, folder)["finding_id"][0]
    before = (folder / "decided.csv").read_bytes()
    ran = run(
        "dismiss", finding, "ZYZZYVA", "--in", folder / "out", "--dispositions", folder / "decided.csv", "--why", "seen"
    )
    assert ran.code == 2
    assert "1 of 2 ids" in ran.err
    assert "ZYZZYVA" not in ran.err + ran.out
    assert (folder / "decided.csv").read_bytes() == before
    absent = run("dismiss", finding, "--in", tmp_path / "nowhere", "--why", "seen")
    assert (absent.code, "no such file" in absent.err) == (2, True)


def test_a_file_of_dispositions_is_made(folder, run, monkeypatch):
    """Without one there is one afterwards, beside where the command was run; and it is said how a run heeds it."""
    finding = _findings(run, folder)["finding_id"][0]
    monkeypatch.chdir(folder)
    ran = run("dismiss", finding, finding, "--in", folder / "out", "--why", "seen")
    assert ran.code == 0
    assert len(Dispositions.read(folder / "dispositions.csv").table) == 1
    assert 'dispositions = "dispositions.csv"' in ran.out
