"""How far the estimates without labels are off: synthetic counties of three profiles, estimated and true values.

    python benchmarks/estimates.py --counties 20 --people 3000

County k has seed k and profile mild, typical, hard in turn. Linked with default settings, nothing told. An interval
*holds* if the true value is inside it. The calibration error is that of the pairs' own match probabilities
(``Result.calibration``).
"""

from __future__ import annotations

import argparse
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

import caselink as cl
from caselink.evaluate.calibration import calibration_error
from caselink.settings import read_settings
from caselink.settings.files import read_sources
from caselink.synthetic import draw_county, write_county

PROFILES = ("mild", "typical", "hard")


def county(n_people: int, seed: int, profile: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Records as they come from the county's files, and the truth."""
    drawn = draw_county(n_people, seed=seed, profile=profile)
    with TemporaryDirectory() as folder:
        written = write_county(drawn, Path(folder) / "county")
        return cl.normalize(*read_sources(read_settings(written / "sources.toml"))), drawn.truth


def row_of(n_people: int, seed: int, profile: str) -> dict[str, object]:
    """One county: what is true, what was estimated, and whether the interval held it."""
    records, truth = county(n_people, seed, profile)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        result = cl.Linker().fit_resolve(records)
    scores = cl.evaluate(result.persons, truth).pairwise
    estimates = result.estimate().persons
    row: dict[str, object] = {"seed": seed, "profile": profile, "records": len(records)}
    for name, true in (("precision", scores.precision), ("recall", scores.recall)):
        value, low, high = estimates.loc[name, ["estimate", "low", "high"]]
        row |= {name: true, f"{name} est.": value, f"{name} low": low, f"{name} high": high}
        row[f"{name} held"] = bool(low <= true <= high)
    return row | {"calibration error": calibration_error(result.calibration(truth))}


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """By profile: intervals that held, their mean width, and how far the estimate was off on average."""
    rows = {}
    for profile, part in [*table.groupby("profile", sort=False), ("all", table)]:
        row: dict[str, object] = {"counties": len(part)}
        for name in ("precision", "recall"):
            row[f"{name} held"] = int(part[f"{name} held"].sum())
            row[f"{name} width"] = (part[f"{name} high"] - part[f"{name} low"]).mean()
            row[f"{name} off"] = (part[f"{name} est."] - part[name]).abs().mean()
        rows[profile] = row | {"calibration error": part["calibration error"].mean()}
    return pd.DataFrame(rows).T


def main(argv: list[str] | None = None) -> pd.DataFrame:
    """Parse the command line, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--counties", type=int, default=20)
    parser.add_argument("--people", type=int, default=3000)
    parser.add_argument("--first-seed", type=int, default=1)
    options = parser.parse_args(argv)
    seeds = range(options.first_seed, options.first_seed + options.counties)
    table = pd.DataFrame([row_of(options.people, seed, PROFILES[n % 3]) for n, seed in enumerate(seeds)])
    print(table.to_string(index=False, float_format="{:.4f}".format))
    print()
    print(summary(table).to_string(float_format="{:.4f}".format))
    return table


if __name__ == "__main__":
    main()
