"""The benchmark of reading runs small: what is read is checked there against what was written."""

import subprocess
import sys
from pathlib import Path

READING = Path(__file__).parents[2] / "benchmarks" / "reading.py"


def test_both_kinds_of_file_are_read():
    """A federal report and a state's extract, each beside its yardstick."""
    command = [sys.executable, str(READING), "--rows", "600", "--times", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [line.partition(",")[0] for line in done.stdout.splitlines()] == [
        "what T2 and T3 lines",
        "what state extract rows read and normalized",
    ]
