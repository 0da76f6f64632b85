"""What `caselink link` makes of findings: no rule of a county lacks anything; tables, summary, and what was decided."""

from __future__ import annotations

import json
import warnings

import pandas as pd
import pytest

from caselink.confidentiality.evidence import names_place
from caselink.errors import CaselinkWarning, InputError
from caselink.findings.catalog import RULES
from caselink.leads import Dispositions
from caselink.linking import RunOptions, link_files
from caselink.printing import show_run
from caselink.settings import read_settings
from caselink.synthetic import PlantRates, draw_county, write_county

ELSEWHERE = {"Q06", "D03", "D11", "C02", "C08", "R10"}
"""What rests on reports of families, and on answers of the federal registry or of other states."""

RATES = PlantRates(of=dict.fromkeys(("Q01", "R01", "E01"), 0.02))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A small county's files."""
    return write_county(draw_county(1_200, seed=4, plant_rates=RATES), tmp_path_factory.mktemp("county"))


def _link(folder, out):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CaselinkWarning)  # of so small a county
        return link_files(read_settings(folder / "sources.toml"), out, RunOptions(purpose="program integrity"))


def test_only_leads_about_places_name_one(folder, tmp_path):
    """They are left out whole where somebody may be protected; an address withheld in any other would mark people."""
    found = _link(folder, tmp_path / "linked").beside.findings
    about_places = {rule.about.id for rule in RULES if rule.about.location}
    told = found.evidence.merge(found.table[["finding_id", "rule"]], on="finding_id")
    naming = {rule for field, rule in zip(told["field"], told["rule"], strict=True) if names_place(field)}
    assert "D01" in set(told["rule"])
    assert naming <= about_places


def test_no_rule_lacks_anything_in_a_countys_files(folder, tmp_path, capsys):
    """Rosters, cases, referrals, registers, reports and kin are read; the tables hold keys and reasons only."""
    linked = _link(folder, tmp_path / "linked")
    told = linked.summary["findings"]
    assert {one["rule"] for one in told["skipped"]} == ELSEWHERE
    assert len(linked.tables.deaths)
    assert len(linked.tables.confinements)
    table, people, evidence = (
        pd.read_csv(tmp_path / "linked" / f"{name}.csv", dtype="string")
        for name in ("findings", "finding_people", "finding_evidence")
    )
    assert {"Q01", "R01", "E01"} <= set(table["rule"]) <= {rule.about.id for rule in RULES}
    assert len(table) == told["found"] == sum(one["findings"] for one in told["by_rule"])
    assert set(people["finding_id"]) == set(table["finding_id"]) >= set(evidence["finding_id"])
    pd.testing.assert_series_equal(
        pd.read_parquet(tmp_path / "linked" / "findings.parquet")["finding_id"].astype("string"), table["finding_id"]
    )
    values = linked.result.records["ssn"].dropna()
    text = table.to_csv() + people.to_csv() + evidence.to_csv() + json.dumps(told)
    assert not [value for value in values if value in text]
    show_run(linked.summary)
    assert "missed referral" in capsys.readouterr().out


def test_what_was_dismissed_stays_out_of_the_next_run(folder, tmp_path):
    """A file of dispositions named in sources.toml; the summary counts what it left out."""
    first = _link(folder, tmp_path / "first")
    row = pd.read_csv(tmp_path / "first" / "findings.csv", dtype="string").iloc[0]
    decided = Dispositions().dismiss([(row["finding_id"], row["evidence"])], who="rm", when="2026-10-02", why="seen")
    decided.write(folder / "decided.csv")
    sources = folder / "sources.toml"
    plain = sources.read_text(encoding="utf-8")
    sources.write_text(f'dispositions = "decided.csv"\n{plain}', encoding="utf-8")
    try:
        again = _link(folder, tmp_path / "again")
        (folder / "decided.csv").write_text("finding,decision\nQ01-1,gone\n", encoding="utf-8")
        with pytest.raises(InputError, match=r"decided\.csv.*dispositions"):
            _link(folder, tmp_path / "never")
    finally:
        sources.write_text(plain, encoding="utf-8")
    table = pd.read_csv(tmp_path / "again" / "findings.csv", dtype="string")
    assert row["finding_id"] not in set(table["finding_id"])
    assert again.summary["findings"]["dismissed"] == 1
    assert again.summary["findings"]["found"] == first.summary["findings"]["found"] - 1
