"""Findings in federal reports of a synthetic county, read back from their files, beside those that are truly there.

    python benchmarks/report_findings.py --people 20000 --seed 3

The county is written in layouts (active and closed cases of each quarter, ``tanf-2026Q3`` and so on, without names or
streets), read as ``caselink link`` reads them, and linked. Asked are the kinds that only a report's lines show (D03,
C02, C08) and the reason of closing (C10), whose truth is that of the state's own cases in the quarter of closing. A
child twice on one line is told from twins by a number: one without is left out of the recall of D03.
"""

from __future__ import annotations

import argparse
import tempfile
import warnings
from pathlib import Path

import pandas as pd

import caselink as cl
from caselink.county_files import write_county_layouts
from caselink.findings import rule_of
from caselink.leads import Findings, ProgramTables, find
from caselink.settings import read_settings
from caselink.settings.files import read_sources
from caselink.synthetic import draw_county
from caselink.synthetic.county import County

KINDS = ("D03", "C02", "C08", "C10")
COLUMNS = ["finding", "strength", "true", "found", "recall", "precision", "look-alikes", "with a lead"]


def measure(county: County) -> pd.DataFrame:
    """One row a kind: ``finding``, counts and shares."""
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        write_county_layouts(county, folder, layouts=["tanf"])
        extracts = read_sources(read_settings(Path(folder) / "sources.toml"))
        extracts = [one for one in extracts if one.layout == "tanf"]
        truth, who = (pd.read_csv(Path(folder) / f"{n}.csv", dtype="string") for n in ("truth-findings", "truth"))
        tables = ProgramTables.of_extracts(extracts)
        result = cl.Linker().fit_resolve(cl.normalize(*extracts), memberships=tables.memberships)
        found = find(result, KINDS, tables=tables)
    numbered = set(who.merge(result.records.dropna(subset="ssn"), on=["source", "record_id"])["entity_id"])
    rows = [_row(kind, found, truth, numbered) for kind in KINDS]
    return pd.DataFrame(rows, columns=COLUMNS)


def _row(kind: str, found: Findings, truth: pd.DataFrame, numbered: set[str]) -> tuple[object, ...]:
    told = truth[(truth["finding"] == kind).to_numpy(bool)]
    if kind == "C10":
        quarter = pd.PeriodIndex(told["last_month"], freq="M") + 1
        told = told.assign(source=[f"tanf-{month.year}Q{month.quarter}-closed" for month in quarter])
    real = told[(told["kind"] != "look-alike").to_numpy(bool)]
    ours = found.people.merge(found.table.loc[found.table["rule"] == kind, ["finding_id", "strength"]], on="finding_id")
    there, known = _keys(ours), _keys(real)
    seen = _keys(real[real["entity_id"].isin(numbered).to_numpy(bool)]) if kind == "D03" else known
    innocent = _keys(told[(told["kind"] == "look-alike").to_numpy(bool)]) - known
    right = ours.assign(right=[key in known for key in _keyed(ours)]).groupby("finding_id")["right"].any()
    strength = rule_of(kind).about.strength
    shares = (len(there & seen) / max(len(seen), 1), right.mean(), len(innocent))
    return (kind, strength, len(seen), len(right), *shares, len(there & innocent) / max(len(innocent), 1))


def _keyed(rows: pd.DataFrame) -> list[tuple[str, str]]:
    """Source and case: what each of these kinds is about."""
    return list(rows[["source", "case_id"]].astype(str).itertuples(index=False, name=None))


def _keys(rows: pd.DataFrame) -> set[tuple[str, str]]:
    return set(_keyed(rows))


def main(argv: list[str] | None = None) -> pd.DataFrame:
    """Parse the command line, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=3)
    options = parser.parse_args(argv)
    table = measure(draw_county(options.people, seed=options.seed))
    print(table.to_string(index=False, float_format="{:.3f}".format, na_rep=""))
    return table


if __name__ == "__main__":
    main()
