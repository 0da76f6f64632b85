"""Households without labels: default settings, with case ids and without them, beside the best rivals.

    python benchmarks/households.py --data ../shared/data --county 20000

Rivals (true households found exactly, all and in two or more sources; B-cubed F1) were told nothing either: one
household an address, one an address and last name, and cases joined through Splink's linked persons. *true persons*
says what households would be if every person were right. The county is scored as of its last month: people whom a case
names in that month, against where they live then.
"""

from __future__ import annotations

import argparse
import time
import warnings
from pathlib import Path

import pandas as pd
from datasets import DATA_SETS
from estimates import county

import caselink as cl
from caselink.evaluate.households import HouseholdScores
from caselink.families import Families, find_families
from caselink.synthetic import draw_county

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
COLUMNS = ("data", "how", "exact", "exact in 2+ sources", "B-cubed", "seconds")


def scores(families: pd.DataFrame, truth: pd.DataFrame) -> HouseholdScores:
    """The household scores of a table of records."""
    found = cl.evaluate(families, truth, interval=None).household
    assert found is not None
    return found


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
    ):
        start = time.perf_counter()
        families = find_families(table, who[["source", "record_id", "person_id"]])
        rows.append(row(name, how, scores(families.records, truth), time.perf_counter() - start))
    for how, values in RIVALS[name].items():
        rows.append(dict(zip(COLUMNS, (name, f"rival: {how}", *values), strict=False)))
    return rows


def rows_of_county(n_people: int, seed: int) -> list[dict[str, object]]:
    """A synthetic county with its rosters, as of its last month."""
    drawn = draw_county(n_people, seed=seed)
    records, truth = county(n_people, seed, "typical")
    memberships = pd.concat([rows.assign(source=name) for name, rows in drawn.memberships.items()], ignore_index=True)
    persons = cl.Linker().fit_resolve(records).persons
    known = truth.rename(columns={"entity_id": "person_id"})
    lived = drawn.tables["households"]
    last = lived["last_month"].max()
    here = memberships.loc[memberships["last_month"] == last, ["source", "record_id"]].drop_duplicates()
    then = here.merge(truth[["source", "record_id", "entity_id"]])
    then = then.merge(lived.loc[lived["last_month"] == last, ["entity_id", "household_id"]], how="left")
    rows = []
    for how, who in (("rosters", persons), ("rosters, true persons", known)):
        start = time.perf_counter()
        families = find_families(records, who[["source", "record_id", "person_id"]], memberships)
        seconds = time.perf_counter() - start
        rows.append(row(f"county of {n_people:,}", how, scores(as_of(families, here, last), then), seconds))
    return rows


def as_of(families: Families, here: pd.DataFrame, month: str) -> pd.DataFrame:
    """The household, in ``month``, of the person of each record in ``here``."""
    homes = families.households
    homes = homes.loc[homes["primary"] & (homes["month"] == month), ["person_id", "household_id"]]
    records = families.records.drop(columns="household_id").merge(here)
    return records.merge(homes, on="person_id", how="left")


def main(argv: list[str] | None = None) -> pd.DataFrame:
    """Parse the command line, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=HERE.parents[1] / "shared" / "data")
    parser.add_argument("--only", nargs="*", default=NAMES, help="names of data sets (default: all three)")
    parser.add_argument("--county", type=int, default=20_000, help="people in the synthetic county (0 for none)")
    parser.add_argument("--seed", type=int, default=5)
    options = parser.parse_args(argv)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        rows = [line for name in options.only for line in rows_of(name, options.data)]
        rows += rows_of_county(options.county, options.seed) if options.county else []
    table = pd.DataFrame(rows, columns=list(COLUMNS)).set_index(["data", "how"])
    print(table.to_string(float_format="{:.4f}".format, na_rep=""))
    return table


if __name__ == "__main__":
    main()
