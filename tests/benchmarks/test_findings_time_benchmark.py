"""The benchmark of the time of findings runs at its smallest size."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "findings_time.py"


def test_findings_time():
    """A small county: every stage is timed, and linking is the measure of the others."""
    command = [sys.executable, str(SCRIPT), "--people", "1500", "--repeat", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    head, *lines = done.stdout.splitlines()
    assert head.endswith(" findings")
    cells = {line[:22].strip(): line[22:].split() for line in lines[3:]}
    assert list(cells) == ["linking", "families", "households by month", "findings", "view of findings"]
    assert cells["linking"][-2:] == ["1.00", "1.00"]
    assert all(float(one) >= 0 for row in cells.values() for one in row)
