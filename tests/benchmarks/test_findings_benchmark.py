"""The benchmark of the findings runs at its smallest size."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "findings.py"


def test_findings():
    """A small county with the true persons: what is found of children of two payees is right."""
    command = [sys.executable, str(SCRIPT), "--people", "1500", "--seed", "4", "--true-persons"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rows = {line.split()[0]: line.split() for line in done.stdout.splitlines() if line[1:3].isdigit()}
    assert {"Q01", "D05", "C04", "R01", "E02"} <= set(rows)
    assert float(rows["D05"][5]) == 1.0
    assert float(rows["E02"][4]) > 0.9
