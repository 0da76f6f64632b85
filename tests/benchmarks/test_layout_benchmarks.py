"""The benchmarks of layouts run small: round trips of all, and a report without names beside a support extract."""

import subprocess
import sys
from pathlib import Path

from caselink.layouts import layout_names

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def run(script, *arguments):
    """What the script prints; it must end well."""
    command = [sys.executable, str(BENCHMARKS / script), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_layout_goes_round():
    """All fields of all layouts come back, and nobody is rejected."""
    printed = run("round_trips.py", "--people", 300)
    assert "all fields identical" in printed
    assert all(f"\n{name} " in printed for name in layout_names())


def test_the_files_of_a_county_go_round():
    """All fields of all files of a county come back."""
    printed = run("round_trips.py", "--people", 1500, "--county")
    assert "all fields identical" in printed
    assert {"tanf", "ssp", "tribal", "fcr", "new_hire", "wioa"} <= {line.split(" ")[0] for line in printed.splitlines()}


def test_a_report_without_names_is_linked():
    """Nearly all people with a number on both sides are found in a small county, and hardly anybody else."""
    printed = run("nameless.py", "--people", 4000)
    line = next(line for line in printed.splitlines() if line.startswith("both have an SSN"))
    precision, recall = map(float, line.split()[-2:])
    assert precision > 0.97
    assert recall > 0.9
