"""Households without labels: default settings, with case ids and without them, beside the best rivals.

    python benchmarks/households.py --data ../shared/data --county 20000 --seeds 5 11

Rivals (true households found exactly, all and in two or more sources; B-cubed F1) were told nothing either: one
household an address, one an address and last name, and cases joined through Splink's linked persons. *true persons*
says what households would be if every person were right. *no months* and the like leave out what a file may lack. Of a
county, :mod:`county_households` says what is counted; its persons are scored too, with those of twins, and of parents
and children of one name.
"""

from __future__ import annotations

import argparse
import time
import warnings
from pathlib import Path

import pandas as pd
from county_households import rosters_of, scores, scores_by_month, scores_of_records
from datasets import DATA_SETS
from subsets import PROGRAMS, SUBSETS, Facts, read_county, touching

import caselink as cl
from caselink.evaluate.households import HouseholdScores
from caselink.families import Families, find_families
from caselink.synthetic import County

HERE = Path(__file__).parent
NAMES = ("pp_ivad", "pp_hub2020", "pp_wic_history")
RIVALS = {
    "pp_ivad": {
        "same address": (0.659, 0.602, 0.931),
        "address and name": (0.515, 0.437, 0.889),
        "cases": (0.893, 0.907, 0.985),
    },
    "pp_hub2020": {
        "same address": (0.597, 0.588, 0.916),
        "address and name": (0.472, 0.459, 0.860),
        "cases": (0.887, 0.889, 0.977),
    },
    "pp_wic_history": {
        "same address": (0.764, 0.505, 0.879),
        "address and name": (0.657, 0.346, 0.805),
        "cases": (0.482, 0.460, 0.852),
    },
}
CASE_COLUMNS = ["case_id", "role"]
ADDRESS = ["street", "unit", "city", "zip"]
COLUMNS = ("data", "how", "exact", "exact in 2+ sources", "B-cubed", "seconds")
HARD = ("all", "twin", "Jr and Sr", "absent father and son")


def row(data: str, how: str, found: HouseholdScores, seconds: float | None = None) -> dict[str, object]:
    """One line of the table."""
    shares = (found.exact.rate, found.exact_across.rate, found.bcubed.f1)
    return dict(zip(COLUMNS, (data, how, *shares, seconds), strict=True))


def rows_of(name: str, data: Path) -> list[dict[str, object]]:
    """One data set: with case ids, without them, and with the persons known."""
    data_set = next(one for one in DATA_SETS if one.name == name)
    raw, truth = data_set.load(data)
    records = data_set.records(raw)
    persons = cl.Linker().fit_resolve(records).persons
    known = truth.rename(columns={"entity_id": "person_id"})
    rows = []
    for how, table, who in (
        ("case ids", records, persons),
        ("no case ids", records.drop(columns=CASE_COLUMNS), persons),
        ("case ids, true persons", records, known),
        ("case ids, no roles", records.drop(columns="role"), persons),
        ("case ids, no months", records.drop(columns="month"), persons),
        ("case ids, no addresses", _without(records, ADDRESS), persons),
        ("no case ids, no months", records.drop(columns=[*CASE_COLUMNS, "month"]), persons),
        *_lacking(records, persons),
    ):
        start = time.perf_counter()
        families = find_families(table, who[["source", "record_id", "person_id"]])
        rows.append(row(name, how, scores(families.records, truth), time.perf_counter() - start))
    for how, values in RIVALS[name].items():
        rows.append(dict(zip(COLUMNS, (name, f"rival: {how}", *values), strict=False)))
    return rows


def _without(records: pd.DataFrame, columns: list[str], source: str | None = None) -> pd.DataFrame:
    """Records without what these columns say, of one source or of all."""
    rows = slice(None) if source is None else records["source"] == source
    blank = records.copy()
    blank.loc[rows, [column for column in columns if column in records]] = None
    return blank


def _lacking(records: pd.DataFrame, persons: pd.DataFrame) -> list[tuple[str, pd.DataFrame, pd.DataFrame]]:
    """Records without the cases of one source."""
    with_cases = records.loc[records["case_id"].notna(), "source"].unique().tolist()
    return [(f"no cases in {source}", _without(records, CASE_COLUMNS, source), persons) for source in with_cases]


def rows_of_county(n_people: int, seed: int, profile: str, *, lacking: bool) -> list[dict[str, object]]:
    """A synthetic county with its rosters: its persons, and households by month and of all records."""
    drawn, records = read_county(n_people, seed, profile, list(PROGRAMS))
    rosters, name = rosters_of(drawn), f"{profile} {seed}"
    persons = cl.Linker().fit_resolve(records, memberships=rosters).persons
    known = drawn.truth.rename(columns={"entity_id": "person_id"})
    rows = [_persons_row(name, drawn, records, persons)]
    bare = records.drop(columns=CASE_COLUMNS)
    variants: list[tuple[str, pd.DataFrame, pd.DataFrame, pd.DataFrame | None]] = [
        ("rosters", records, persons, rosters),
        ("true persons", records, known, rosters),
    ]
    if lacking:
        variants += [
            ("no roles", bare, persons, rosters.drop(columns="role")),
            ("no roles, no residence", bare, persons, rosters.drop(columns=["role", "resides"])),
            ("no addresses", _without(records, ADDRESS), persons, rosters),
            ("rosters of iva only", bare, persons, rosters[rosters["source"] == "iva"]),
            ("rosters of ivd only", bare, persons, rosters[rosters["source"] == "ivd"]),
            ("no rosters", bare, persons, None),
        ]
    for how, table, who, told in variants:
        start = time.perf_counter()
        families = find_families(table, who[["source", "record_id", "person_id"]], told)
        seconds = time.perf_counter() - start
        rows += [row(name, f"{how}: {view}", found, seconds) for view, found in _views(families, drawn).items()]
    return rows


def _views(families: Families, drawn: County) -> dict[str, HouseholdScores]:
    """What :mod:`county_households` counts."""
    return {
        "by month": scores_by_month(families, drawn),
        "last month": scores_by_month(families, drawn, drawn.plan.calendar.text().tolist()[-1:]),
        "all records": scores_of_records(families, drawn),
        "placed": scores_of_records(families, drawn, placed=True),
    }


def _persons_row(name: str, drawn: County, records: pd.DataFrame, persons: pd.DataFrame) -> dict[str, object]:
    """B-cubed F1 of the persons, and pairwise F1 of the records of whom linkage goes wrong on."""
    facts = Facts.of(drawn, records)
    person = persons["person_id"].astype(str)
    row: dict[str, object] = {"data": name, "how": "persons"}
    bcubed = cl.evaluate(persons, drawn.truth, interval=None).bcubed
    row["B-cubed"] = bcubed.f1
    for subset in HARD:
        _, true, found, right = touching(facts.person["entity_id"], person, SUBSETS[subset](facts))
        row[f"{subset} F1"] = 2 * right / (true + found)
    return row


def main(argv: list[str] | None = None) -> pd.DataFrame:
    """Parse the command line, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=HERE.parents[1] / "shared" / "data")
    parser.add_argument("--only", nargs="*", default=NAMES, help="names of data sets (default: all three)")
    parser.add_argument("--county", type=int, default=20_000, help="people in the synthetic county (0 for none)")
    parser.add_argument("--seeds", type=int, nargs="*", default=[5])
    parser.add_argument("--profiles", nargs="*", default=["typical"])
    parser.add_argument("--lacking", action="store_true", help="counties also without roles, addresses, rosters")
    options = parser.parse_args(argv)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        rows = [line for name in options.only for line in rows_of(name, options.data)]
        for profile in options.profiles if options.county else []:
            for seed in options.seeds:
                rows += rows_of_county(options.county, seed, profile, lacking=options.lacking)
    table = pd.DataFrame(rows)
    table = table.reindex(columns=[*COLUMNS, *table.columns.difference(COLUMNS)]).set_index(["data", "how"])
    print(table.to_string(float_format="{:.4f}".format, na_rep=""))
    return table


if __name__ == "__main__":
    main()
