"""The ablation runs at its smallest size, and families bring something there."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

import ablation


def test_ablation(monkeypatch, tmp_path, capsys):
    """One county of a profile, no data sets: a row a variant, and joint resolution is better than pairs alone."""
    monkeypatch.setattr(ablation, "PROFILES", ("typical",))
    table = ablation.main(["--people", "2500", "--seeds", "3", "--data", str(tmp_path)])
    assert list(table.loc["typical 3"].index) == ["pairs", "constraints", *ablation.PASSES]
    scores = table.loc["typical 3", "pairwise F1"]
    assert scores["joint"] > scores["pairs"]
    assert table["twin"].between(0, 1).all()
    assert "joint" in capsys.readouterr().out
