"""The benchmark of the households runs at its smallest size."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "households.py"


def test_households():
    """A small county: most households are found in each month, with the persons found and with the true ones."""
    command = [sys.executable, str(SCRIPT), "--only", "--county", "600", "--seeds", "2"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if "by month" in line]
    assert ["true persons" in line for line in lines] == [False, True]
    assert all(float(line.split("by month")[1].split()[0]) > 0.8 for line in lines)
