"""Whether the intervals of unduplicated counts hold the truth: synthetic counties, counted as linked and as they are.

    python -m benchmarks.unduplicated --counties 10 --people 3000

County k has seed k and profile mild, typical, hard in turn. Linked with default settings, nothing told. The true counts
are those of the same files with the true persons, households found in the same way: what the intervals are about is
linking alone. Cells that are empty both ways are left out.
"""

from __future__ import annotations

import argparse
import warnings
from dataclasses import replace

import numpy as np
import pandas as pd

import caselink as cl
from benchmarks.findings import linked, who
from caselink.synthetic import draw_county
from caselink.unduplicated import count_people

PROFILES = ("mild", "typical", "hard")


def rows_of(n_people: int, seed: int, profile: str, month: str | None) -> pd.DataFrame:
    """One row a count of one county: as linked, expected, its interval, and the truth."""
    county = draw_county(n_people, seed=seed, profile=profile)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        result, tables = linked(county, true_persons=False)
        persons = result.persons[["source", "record_id"]].merge(who(county), how="left")
        true = replace(result, persons=persons.rename(columns={"entity_id": "person_id"}))
        found, real = (count_people(one, tables, month) for one in (result, true))
    parts = []
    for one, other in ((found.overlap, real.overlap), (found.totals, real.totals)):
        keys = one.columns[:2].tolist()
        table = one.merge(other[[*keys, "counted"]].rename(columns={"counted": "true"}), on=keys)
        parts.append(
            table.rename(columns={keys[1]: "programs"}).assign(table="overlap" if keys[1] == "programs" else "total")
        )
    rows = pd.concat(parts, ignore_index=True)
    rows = rows[(rows["counted"] + rows["true"] > 0).to_numpy(bool)]
    held = ((rows["low"] <= rows["true"]) & (rows["true"] <= rows["high"])).to_numpy(bool)
    return rows.assign(seed=seed, profile=profile, held=held)


def summary(rows: pd.DataFrame) -> pd.DataFrame:
    """By what is counted: how many intervals hold the truth, their mean width, and how far the counts are off."""
    rows = rows.assign(
        width=(rows["high"] - rows["low"]) / np.maximum(rows["true"].astype(float), 1),
        off=((rows["counted"] - rows["true"]).abs() / np.maximum(rows["true"].astype(float), 1)).astype(float),
    )
    groups = rows.groupby(["of", "table"])
    return groups.agg(
        intervals=("held", "size"), held=("held", "mean"), width=("width", "median"), off=("off", "median")
    )


def main(argv: list[str] | None = None) -> pd.DataFrame:
    """Parse the command line, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--counties", type=int, default=10)
    parser.add_argument("--people", type=int, default=3000)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--month", help="count those served in this month (YYYY-MM)")
    options = parser.parse_args(argv)
    seeds = range(options.first_seed, options.first_seed + options.counties)
    rows = pd.concat([rows_of(options.people, seed, PROFILES[n % 3], options.month) for n, seed in enumerate(seeds)])
    print(rows[~rows["held"]].drop(columns=["held"]).to_string(index=False, float_format="{:.1f}".format))
    table = summary(rows)
    print(table.to_string(float_format="{:.3f}".format))
    return table


if __name__ == "__main__":
    main()
