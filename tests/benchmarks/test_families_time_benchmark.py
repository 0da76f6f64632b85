"""The benchmark of the extra time runs at its smallest size."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

import families_time


def test_families_time(capsys):
    """A small county: all three ways are timed, and families are resolved in two of them."""
    table = families_time.main(["--people", "1500", "--repeat", "1"])
    assert table.index.tolist() == list(families_time.WAYS)
    assert (table["clock"] > 0).all()
    assert (table["passes"] > 0).tolist() == [False, True, True]
    assert "records" in capsys.readouterr().out
