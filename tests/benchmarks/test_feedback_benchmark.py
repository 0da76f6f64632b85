"""The benchmark of what households could bring back runs at its smallest size."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

import feedback


def test_feedback(tmp_path, capsys):
    """A small county with rosters and without: never more right than pairs, and the best is at least what is."""
    table = feedback.main(["--people", "1500", "--seeds", "3", "--data", str(tmp_path)])
    assert len(table) == 2
    assert (table["right"] <= table["pairs"]).all()
    assert (table["best F1"] >= table["F1"]).all()
    assert "best" in capsys.readouterr().out
