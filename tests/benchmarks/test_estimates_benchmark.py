"""The benchmark of the estimates runs at its smallest size."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "estimates.py"


def test_estimates():
    """Three small counties, one a profile: a line each and a summary."""
    command = [sys.executable, str(SCRIPT), "--counties", "3", "--people", "300"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [line.split()[0] for line in done.stdout.strip().splitlines()[-4:]] == ["mild", "typical", "hard", "all"]
