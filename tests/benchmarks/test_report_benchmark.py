"""The benchmark of the pages runs at its smallest size."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

import report


def test_report_benchmark(capsys):
    """Every part took time, the report is the sum of its parts, and both pages open."""
    parts, opened = report.main(["--people", "600", "--pairs", "20"])
    assert (parts["clock"] > 0).all()
    of_report = parts.index.str.startswith("report: ")
    assert parts.loc["report", "clock"] == pytest.approx(parts.loc[of_report, "clock"].sum())
    assert "linking" in capsys.readouterr().out
    if opened is not None:
        assert list(opened["page"]) == ["report.html", "review.html"]
        assert (opened[["megabytes", "loaded", "painted"]] > 0).all(axis=None)
