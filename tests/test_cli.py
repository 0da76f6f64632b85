from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from caselink import cli

TABLES = (
    *("persons", "households", "cases", "memberships", "findings", "finding_people", "finding_evidence"),
    *("exchange", "people_counts"),
)
RESULTS = {f"{name}.{kind}" for name in TABLES for kind in ("parquet", "csv")} | {
    "audit.json",
    "model.json",
    "rejects.csv",
    "report.html",
    "summary.json",
}
SECRETS = ("MARISOL", "Zyzzyva", "219099999", "1961-02-17")
"""Values of a made-up person, which nothing printed may show."""

PEOPLE = "client_id,fname,lname,dob,ssn\n" + "".join(
    f"{row},MARISOL,Zyzzyva,1961-02-17,219099999\n" for row in ("a", "b", "c")
)
MAPPING = """
[[source]]
name = "iva"
path = "iva.csv"
record_id = "client_id"
[source.columns]
first_name = "fname"
last_name = "lname"
birth_date = "dob"
ssn = "ssn"
"""


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys, monkeypatch) -> Run:
    """Run the command line in this process."""
    monkeypatch.setenv("COLUMNS", "160")

    def command(*arguments: object) -> Ran:
        with pytest.raises(SystemExit) as left:
            cli.main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return Ran(int(left.value.code or 0), printed.out, printed.err)

    return command


@pytest.fixture(scope="module")
def county(tmp_path_factory) -> Path:
    """Extracts of a tiny county, with results beside them."""
    folder = tmp_path_factory.mktemp("county")
    for arguments in (
        ["synth", "--people", "600", "--out", folder, "--seed", "3"],
        ["link", "--sources", folder / "sources.toml", "--out", folder / "linked", "--seed", "1"],
    ):
        with pytest.raises(SystemExit) as left:
            cli.main([str(argument) for argument in arguments])
        assert not left.value.code
    return folder


@pytest.fixture
def folder(tmp_path) -> Path:
    """Three records of one made-up person, and their sources.toml."""
    (tmp_path / "iva.csv").write_text(PEOPLE, encoding="utf-8")
    (tmp_path / "sources.toml").write_text(MAPPING, encoding="utf-8")
    return tmp_path


def _refused(ran: Ran, *said: str) -> None:
    """One line on the error output besides warnings, exit code 2, and no value of a person anywhere."""
    assert ran.code == 2
    lines = ran.err.splitlines()
    assert all(line.startswith("caselink: ") for line in lines)
    assert len([line for line in lines if not line.startswith("caselink: warning: ")]) == 1
    for words in said:
        assert words in ran.err
    _keeps_secrets(ran)


def _keeps_secrets(ran: Ran) -> None:
    for secret in SECRETS:
        assert secret.lower() not in (ran.out + ran.err).lower()


def test_synth_writes_extracts_and_truth(county):
    """A synthetic county is three extracts, their settings, and the truth."""
    assert {"iva.csv", "ivd.csv", "employment.csv", "truth.csv", "sources.toml"} <= {p.name for p in county.iterdir()}


def test_synth_writes_files_in_layouts(run, tmp_path):
    """With --layouts they are the files that agencies exchange, and their sources.toml can be read."""
    out = tmp_path / "layouts"
    assert run("synth", "--people", 200, "--months", 3, "--threads", 1, "--layouts", "--out", out).code == 0
    names = {path.name for path in out.iterdir()}
    assert {"tanf-2026Q3.txt", "fcr.txt", "iva.csv", "hires.txt", "truth.csv", "sources.toml"} <= names
    assert run("profile", "--sources", out / "sources.toml").code == 0


@pytest.mark.parametrize("option", [("--format", "parquet"), ("--monthly",)])
def test_what_files_in_layouts_cannot_be_is_said(run, tmp_path, option):
    """A layout has its own form and all its months: nothing that was asked for is passed over in silence."""
    refused = run("synth", "--people", 200, "--layouts", "--out", tmp_path / "none", *option)
    assert refused.code != 0
    assert "leave out --format and --monthly" in refused.err
    assert not (tmp_path / "none").exists()


def test_link_writes_all_results(county):
    """Every record of every source gets one person."""
    linked = county / "linked"
    assert {file.name for file in linked.iterdir()} == RESULTS
    persons = pd.read_parquet(linked / "persons.parquet")
    truth = pd.concat([pd.read_csv(county / f"{name}.csv", dtype=str) for name in ("truth", "truth-registers")])
    assert list(persons.columns)[:3] == ["source", "record_id", "person_id"]
    keys = persons[["source", "record_id"]].astype(object)
    assert set(keys.itertuples(index=False, name=None)) == set(
        truth[["source", "record_id"]].itertuples(index=False, name=None)
    )
    as_text = pd.read_csv(linked / "persons.csv", dtype=str)
    assert as_text.astype(object).equals(persons.astype(str).astype(object))


def test_summary_accounts_for_every_line(county):
    """Lines read are records and lines dropped; inputs have their hash; there is nothing of a person."""
    summary = json.loads((county / "linked" / "summary.json").read_text(encoding="utf-8"))
    counts = summary["counts"]
    assert counts["lines_read"] == counts["lines_used"] + counts["lines_dropped"]
    assert sum(entry["lines_read"] for entry in summary["inputs"]) == counts["records"] + counts["lines_dropped"]
    assert {"memberships", "cases", "referrals"} <= {entry["kind"] for entry in summary["files_beside"]}
    assert counts["records"] == len(pd.read_parquet(county / "linked" / "persons.parquet"))
    sources = ["iva", "ivd", "jobs", "employment", "deaths", "confinements"]
    assert [entry["source"] for entry in summary["inputs"]] == sources
    assert all(len(entry["sha256"]) == 64 for entry in summary["inputs"])
    assert summary["settings"]["seed"] == 1
    assert summary["versions"]["caselink"]
    assert all(spent >= 0 for spent in summary["seconds"].values())


def test_link_again_gives_the_same(county, run, tmp_path):
    """The same files and seed give the same persons, links and model, whatever the number of threads."""
    ran = run("link", "--sources", county / "sources.toml", "--out", tmp_path / "again", "--seed", 1, "--threads", 1)
    assert ran.code == 0
    for name in ("persons.csv", "model.json", "rejects.csv"):
        assert (tmp_path / "again" / name).read_bytes() == (county / "linked" / name).read_bytes(), name


def test_link_with_a_model(county, run, tmp_path):
    """The model of a run gives the same persons when it is used again."""
    model = county / "linked" / "model.json"
    ran = run("link", "--sources", county / "sources.toml", "--out", tmp_path / "again", "--model", model)
    assert ran.code == 0
    assert (tmp_path / "again" / "persons.csv").read_bytes() == (county / "linked" / "persons.csv").read_bytes()


def test_evaluate_prints_scores(county, run):
    """Persons are scored against the truth."""
    ran = run("evaluate", "--persons", county / "linked" / "persons.parquet", "--truth", county / "truth.csv")
    assert ran.code == 0
    assert "pairwise" in ran.out
    assert "recall" in ran.out


def test_profile_counts_and_shows_no_value(folder, run):
    """The profile of a file has a line a column, and no value."""
    ran = run("profile", "--sources", folder / "sources.toml")
    assert ran.code == 0
    assert "birth_date" in ran.out
    _keeps_secrets(ran)


def test_blocks_counts_pairs(county, run):
    """The price of the rules is shown before it is paid."""
    ran = run("blocks", "--sources", county / "sources.toml")
    assert ran.code == 0
    assert "ssn" in ran.out


def test_demo_links_and_scores(run, tmp_path):
    """The demo writes the county and the results, and says how good they are."""
    ran = run("demo", "--people", 400, "--out", tmp_path / "demo")
    assert ran.code == 0
    assert RESULTS | {"truth.csv", "sources.toml"} <= {file.name for file in (tmp_path / "demo").iterdir()}
    for word in ("records", "pairs", "persons", "seconds", "precision", "recall", "persons.csv, .parquet"):
        assert word in ran.out
    again = run("demo", "--people", 400, "--out", tmp_path / "demo")
    assert again.code == 0


def test_three_records_of_one_person_can_be_linked(folder, run):
    """A file too small to learn from is still linked, and nothing of the person is printed."""
    ran = run("link", "--sources", folder / "sources.toml", "--out", folder / "linked")
    _keeps_secrets(ran)
    assert ran.code == 0
    assert len(pd.read_csv(folder / "linked" / "persons.csv")) == 3


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"", "empty", id="empty file"),
        pytest.param(PEOPLE.replace("ssn\n", "other\n", 1).encode(), "ssn", id="missing column"),
        pytest.param(PEOPLE.replace("dob", "ssn", 1).encode(), "dob", id="doubled and missing column"),
        pytest.param(PEOPLE.replace("fname,lname", "lname,lname", 1).encode(), "fname", id="doubled column"),
        pytest.param(PEOPLE.replace("client_id,", "", 1).encode(), "client_id", id="no record id"),
        pytest.param(PEOPLE.encode("utf-16"), "iva", id="another encoding"),
        pytest.param(b"MARISOL,Zyzzyva,219099999\n" * 3, "iva", id="no header"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(folder, run, content, said):
    """A bad file ends in one line that names it and what to do, and in no results."""
    (folder / "iva.csv").write_bytes(content)
    for command in (["profile"], ["blocks"], ["link", "--out", folder / "linked"]):
        _refused(run(command[0], "--sources", folder / "sources.toml", *command[1:]), "iva", said)
    assert not (folder / "linked").exists()


def test_a_missing_file_is_named(folder, run):
    """Files that are not there are named: the settings, the data, the model, the tables of evaluate."""
    _refused(run("profile", "--sources", folder / "absent.toml"), "absent.toml", "no such file")
    _refused(
        run("link", "--sources", folder / "sources.toml", "--out", folder / "o", "--model", folder / "absent.json"),
        "absent.json",
    )
    _refused(run("evaluate", "--persons", folder / "absent.csv", "--truth", folder / "iva.csv"), "absent.csv")
    (folder / "iva.csv").unlink()
    _refused(run("profile", "--sources", folder / "sources.toml"), "iva.csv", "no such file")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="not JSON"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"{}", id="no model"),
        pytest.param(b'{"format_version": 999}', id="another version"),
        pytest.param(b'{"format_version": "MARISOL"}', id="version is text"),
        pytest.param(b"[" * 100_000, id="deeply nested"),
        pytest.param(b'{"a": ' * 100_000, id="deeply nested objects"),
        pytest.param(b"\x80\x04\x95cposix\nsystem\n", id="a pickle"),
        pytest.param(b"\xff\xfe\x00\x01", id="not text"),
        pytest.param(b'{"format_version": 1, "comparisons": [{"kind": "os.system", "column": "ls"}]}', id="hostile"),
    ],
)
def test_a_model_that_is_none_is_refused(folder, run, content):
    """A model file of another version, or no model at all, is refused with its name and runs nothing."""
    (folder / "model.json").write_bytes(content)
    ran = run(
        "link", "--sources", folder / "sources.toml", "--out", folder / "linked", "--model", folder / "model.json"
    )
    _refused(ran, "model.json")
    assert not (folder / "linked").exists()


@pytest.mark.parametrize("name", ["iva.csv", "sources.toml"])
def test_evaluate_refuses_other_tables(folder, run, name):
    """A table that holds no persons is refused by its columns, never with its rows."""
    _refused(run("evaluate", "--persons", folder / name, "--truth", folder / name))


def test_a_full_disk_leaves_nothing(county, run, tmp_path, monkeypatch):
    """When the disk fills up in the middle of writing, no result is there, old results stay, and the reason is said."""
    import caselink.linking

    def full(_: object) -> Callable[[object], None]:
        def write(_: object) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        return write

    out = tmp_path / "linked"
    out.mkdir()
    (out / "persons.csv").write_text("old", encoding="utf-8")
    monkeypatch.setattr(caselink.linking, "as_json", full)
    _refused(run("link", "--sources", county / "sources.toml", "--out", out), "the disk is full", "no file was written")
    assert {file.name: file.read_text(encoding="utf-8") for file in out.iterdir()} == {"persons.csv": "old"}


def test_out_that_is_a_file_is_refused(folder, run):
    """The results need a folder; a file of that name is not touched."""
    _refused(run("link", "--sources", folder / "sources.toml", "--out", folder / "iva.csv"), "iva.csv")
    assert (folder / "iva.csv").read_text(encoding="utf-8") == PEOPLE


def test_what_nobody_foresaw_shows_no_value(folder, run, monkeypatch):
    """A defect ends with exit code 1 and the place in the code; its message, which may hold a value, is not shown."""
    import caselink.linking

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError(" ".join(SECRETS))

    monkeypatch.setattr(caselink.linking, "link_files", fail)
    ran = run("link", "--sources", folder / "sources.toml", "--out", folder / "linked")
    assert ran.code == 1
    assert "RuntimeError" in ran.err
    assert "Traceback" not in ran.err
    _keeps_secrets(ran)


@pytest.mark.parametrize(
    "arguments",
    [["lnik"], ["link"], ["link", "--souces", "x"], ["demo", "--people", "0"], ["synth", "--people", "many"]],
)
def test_wrong_usage_is_told(run, arguments):
    """A wrong command or option is exit code 2 with the usage."""
    ran = run(*arguments)
    assert ran.code == 2
    assert "Traceback" not in ran.err


def test_the_script_runs():
    """``caselink --version`` and ``--help`` work as a program of their own."""
    environment = {**os.environ, "PYTHONPATH": str(Path(cli.__file__).parents[1])}
    command = [sys.executable, "-m", "caselink.cli"]
    shown = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True, env=environment)
    assert shown.stdout.startswith("caselink ")
    shown = subprocess.run([*command, "--help"], capture_output=True, text=True, check=True, env=environment)
    for name in ("link", "demo", "synth", "profile", "blocks", "evaluate"):
        assert name in shown.stdout


def test_help_is_fast():
    """``--help`` loads none of the packages that do the work."""
    environment = {**os.environ, "PYTHONPATH": str(Path(cli.__file__).parents[1])}
    code = (
        "import sys; from caselink import cli\n"
        "try: cli.main(['--help'])\n"
        "except SystemExit: print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert not {"numba", "scipy", "sklearn", "jellyfish"} & set(ran.stderr.split())


def test_evaluate_by_group_and_by_error(run, tmp_path):
    """With a group and a table of errors, scores come by group, and missed and wrong pairs by kind of error."""
    county, linked = tmp_path / "county", tmp_path / "linked"
    assert run("synth", "--people", 600, "--months", 2, "--seed", 3, "--threads", 1, "--out", county).code == 0
    assert run("link", "--sources", county / "sources.toml", "--out", linked).code == 0
    given = ["--persons", linked / "persons.parquet", "--truth", county / "truth.csv"]
    ran = run("evaluate", *given, "--group", "age_group", "--errors", county / "truth-errors.csv")
    assert ran.code == 0
    for printed in ("By group", "under 1", "ssn missing", "no error"):
        assert printed in ran.out.replace("_", " ")


def test_evaluate_refuses_a_truth_of_others(run, tmp_path):
    """A truth that shares no record with the persons is one line of error, not a table of blanks."""
    pd.DataFrame({"source": ["a"], "record_id": ["1"], "person_id": ["p"]}).to_csv(tmp_path / "p.csv", index=False)
    pd.DataFrame({"source": ["b"], "record_id": ["1"], "entity_id": ["e"]}).to_csv(tmp_path / "t.csv", index=False)
    ran = run("evaluate", "--persons", tmp_path / "p.csv", "--truth", tmp_path / "t.csv")
    assert ran.code == 2
    assert len(ran.err.strip().splitlines()) == 1


def test_layouts_are_listed_and_shown(run):
    """Every layout is named; one asked for shows its fields, their places and where the facts come from."""
    listed = run("layouts").out
    for name in ("tanf", "ssp", "tribal", "fcr", "new_hire", "state_iva", "referrals"):
        assert name in listed
    shown = run("layouts", "tanf").out
    assert "FAMILY_AFFILIATION" in shown
    assert "30-38" in shown
    assert "TANF-app" in shown
    unknown = run("layouts", "nothere")
    assert unknown.code == 2
    assert "known are" in unknown.err


def test_scores_fit_a_narrow_terminal(monkeypatch):
    """In eighty columns every number is whole, and the interval of F1 has a column of its own."""
    from rich.console import Console

    from caselink import evaluate, printing

    truth = pd.DataFrame({"source": "a", "record_id": list("1234"), "entity_id": list("xxyz")})
    scores = evaluate(truth.assign(person_id=list("ppqq")), truth, replicates=20)
    narrow = Console(width=80, record=True, force_terminal=True)
    monkeypatch.setattr(printing, "_console", lambda: narrow)
    printing.show_scores(scores)
    text = narrow.export_text()
    assert "from-to" in text
    assert "0.5000" in text
    assert "…" not in text
