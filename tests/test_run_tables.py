"""What ``caselink link`` writes of findings, the exchange view and counts: what each purpose may see, nothing twice."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import pandas as pd
import pytest

import caselink as cl
import caselink.run_tables
from caselink.errors import CaselinkWarning
from caselink.exchange import reconcile
from caselink.linking import LinkedFiles, RunOptions, link_files
from caselink.printing import exchange_lines, show_run
from caselink.run_tables import COUNT_COLUMNS, count_served, count_table
from caselink.synthetic import draw_county, write_county
from caselink.unduplicated import count_people


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A small county's files."""
    return write_county(draw_county(900, seed=8), tmp_path_factory.mktemp("county"))


def _link(folder: Path, out: Path, purpose: str) -> LinkedFiles:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CaselinkWarning)  # of so small a county
        return link_files(folder / "sources.toml", out, RunOptions(purpose=purpose))


@pytest.fixture(scope="module", params=["statistics", "iv-d"])
def linked(request, folder, tmp_path_factory) -> LinkedFiles:
    """The county linked for a purpose."""
    return _link(folder, tmp_path_factory.mktemp("out"), request.param)


def _file(linked: LinkedFiles, name: str) -> pd.DataFrame:
    return pd.read_parquet(next(file for file in linked.files if file.name == f"{name}.parquet"))


def _texts(table: pd.DataFrame) -> list[list[object]]:
    return table.astype("string").fillna("").to_numpy().tolist()


def test_the_exchange_view_is_that_of_the_purpose(linked):
    """The file holds what cl.reconcile gives for the purpose; the summary and the audit tell how much."""
    purpose = linked.summary["purpose"]
    guard = linked.result.families.protect(linked.tables.programs, linked.beside.taints)
    view = reconcile(linked.result, linked.tables, purpose, protection=guard)
    assert len(view.table)
    assert _texts(_file(linked, "exchange")) == _texts(view.table)
    told = linked.summary["exchange"]
    assert told["rows"] == sum(one["rows"] for one in told["counts"]) == len(view.table)
    audit = json.loads(next(file for file in linked.files if file.name == "audit.json").read_text(encoding="utf-8"))
    assert audit["counts"]["exchange"] == len(view.table)
    assert audit["withheld"]["exchange"] == int((view.table == "withheld").to_numpy().sum())
    seen = set(view.table["ivd_case_id"]) - {"withheld"}
    assert bool(seen) == (purpose == "iv-d"), "case numbers stay with the program that issued them"


def test_the_counts_are_those_of_the_purpose(linked):
    """Whole people; where the purpose works for no program small cells are left out, of every count and interval."""
    least = 11 if linked.summary["purpose"] == "statistics" else None
    counts = count_people(linked.result, linked.tables, min_cell=least)
    table = _file(linked, "people_counts")
    assert list(table.columns) == list(COUNT_COLUMNS)
    for name, held in (("total", counts.totals), ("exactly these", counts.overlap)):
        rows = table[(table["counted_as"] == name).to_numpy()]
        assert rows["counted"].astype("Int64").fillna(-1).tolist() == held["counted"].fillna(-1).tolist()
    small = (table["counted"] > 0).fillna(value=False) & (table["counted"] < 11).fillna(value=False)
    assert small.any() == (least is None)
    assert table.loc[table["counted"].isna().to_numpy(), ["expected", "low", "high"]].isna().all(axis=None)
    assert linked.summary["people_counts"]["least"] == least
    assert linked.beside.counts.month is None


def test_everything_is_timed_and_told(linked, capsys):
    """Seconds of each part in the summary; on the terminal leads are not verified, and what is withheld is said."""
    assert {"findings", "exchange", "counts"} <= set(linked.summary["seconds"])
    show_run(linked.summary)
    shown = " ".join(capsys.readouterr().out.split())
    for words in (
        "none verified",
        "each counted once",
        "children:",
        "parents:",
        "to act:",
        "withheld",
        "Another --purpose",
    ):
        assert words in shown
    assert ("left out for this purpose" in shown) == (linked.summary["purpose"] == "statistics")


def test_facts_are_gathered_once(folder, tmp_path, monkeypatch):
    """For findings and the exchange view: what is gathered twice costs as much as all rules."""
    calls = []
    honest = caselink.run_tables.gather_facts
    monkeypatch.setattr(caselink.run_tables, "gather_facts", lambda *given: calls.append(1) or honest(*given))
    for module in (cl.leads.findings, cl.exchange.view):
        monkeypatch.setattr(module, "gather_facts", None)
    _link(folder, tmp_path / "out", "statistics")
    assert calls == [1]


def test_what_is_bound_is_counted_only_where_small_cells_are_left_out(linked):
    """Federal tax information is never counted; whom employers reported is counted as people, and for its readers."""
    guard = linked.result.families.protect(linked.tables.programs, {"employment": {"*": "federal tax"}})
    for purpose in ("statistics", "iv-d"):
        held = count_served(linked.result, linked.tables, purpose, guard)
        assert "earnings" not in set(held.totals["program"])
    hired = linked.result.families.protect(linked.tables.programs, {"employment": {"*": "new hire"}})
    for purpose, least in (("statistics", 11), ("iv-d", None)):
        held = count_served(linked.result, linked.tables, purpose, hired)
        assert "earnings" in set(held.totals["program"])
        assert held.least == least


def test_too_many_programs_are_not_combined(linked, monkeypatch):
    """The combinations of many programs are no table that anybody reads: there is none then, and nothing fails."""
    guard = linked.result.families.protect(linked.tables.programs)
    monkeypatch.setattr(caselink.run_tables, "MOST_PROGRAMS", 3)
    counts = count_served(linked.result, linked.tables, "statistics", guard)
    assert counts is None
    shown = count_table(counts)
    assert (shown.tables, shown.told) == ({}, {"people_counts": None})


def test_intervals_that_say_nothing_are_not_written(linked):
    """Those of a matcher whose weights are no weights of evidence."""
    table = count_table(count_people(linked.result, linked.tables), sure=False).tables["people_counts"]
    assert table[["expected", "low", "high"]].isna().all(axis=None)
    assert table["counted"].notna().all()


def test_the_exchange_view_is_told_in_three_lines():
    """Children and parents by side, and who should act on what; rows that ask nobody are not among those to act on."""
    rows = [
        ("child", "on both sides", "nobody", 3), ("child", "only with iv-d", "nobody", 2),
        ("parent", "not sure: a record that may be this person's was kept apart", "nobody", 1),
        ("referral", "sent, not received", "iv-a", 4), ("assistance", "differs", "iv-d", 5),
        ("address", "newer with iv-d", "iv-a", 6),
        ("phone", "differ", "iv-a, iv-d", 2), ("case", "about the same people", "nobody", 9),
    ]  # fmt: skip
    told = [dict(zip(("element", "says", "who", "rows"), row, strict=True)) for row in rows]
    children, parents, act = exchange_lines({"counts": told})
    assert (children, parents) == ("children: 3 on both sides, 2 only with iv-d", "parents: 1 not sure")
    first, second, both = act.removeprefix("to act: ").split(". ")
    assert first == "iv-a: referral sent, not received (4); address newer with iv-d (6)"
    assert (second, both) == ("iv-d: assistance differs (5)", "iv-a, iv-d: phone differ (2).")
