"""Accuracy without labels: default settings on every data set, beside Splink's best.

    python benchmarks/accuracy.py --data ../shared/data --only pp_ivad --details

Splink's figures (``rivals.csv``) are those of its persons at the threshold of its documentation ("own"), at the
threshold that is best with the truth known ("best"), and of its single-best-link clustering, which was told
the sources without duplicates. Ours were told nothing.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import pandas as pd
from datasets import DATA_SETS, DataSet

import caselink as cl
from caselink.blocking.defaults import default_rules
from caselink.comparisons.defaults import default_comparisons
from caselink.evaluate import Evaluation, evaluate
from caselink.linker import present_columns

HERE = Path(__file__).parent
RIVAL_COLUMNS = ("pairwise_own", "pairwise_best", "pairwise_single", "bcubed_own", "bcubed_best", "bcubed_single")


def run(data_set: DataSet, data: Path) -> tuple[Evaluation, float]:
    """The scores of one data set, and the seconds from raw columns in memory to persons."""
    raw, truth = data_set.load(data)
    start = time.perf_counter()
    records = data_set.records(raw)
    persons = make_linker(data_set, records).fit_resolve(records).persons
    seconds = time.perf_counter() - start
    return evaluate(persons, truth), seconds


def make_linker(data_set: DataSet, records: pd.DataFrame) -> cl.Linker:
    """The default linker; with the data set's extra rules and comparisons behind the defaults, where it has any."""
    if not data_set.extra_comparisons:
        return cl.Linker()
    columns, sources = present_columns(records), set(records["source"])
    return cl.Linker(
        blocking=[*default_rules(columns), *data_set.extra_blocking],
        comparisons=[*default_comparisons(columns, sources), *data_set.extra_comparisons],
    )


def row_of(data_set: DataSet, scores: Evaluation, seconds: float, rivals: pd.DataFrame) -> dict[str, object]:
    """One line of the table."""
    row: dict[str, object] = {
        "data": data_set.name,
        "records": scores.records,
        "precision": scores.pairwise.precision,
        "recall": scores.pairwise.recall,
        "pairwise": scores.pairwise.f1,
        "B-cubed": scores.bcubed.f1,
        "cluster": scores.cluster.f1,
        "seconds": seconds,
    }
    if data_set.rival not in rivals.index:
        return row
    rival = rivals.loc[data_set.rival]
    row |= {f"Splink {name.replace('_', ' ')}": rival[name] for name in RIVAL_COLUMNS}
    bar = rival.filter(like="pairwise").max(), rival.filter(like="bcubed").max()
    above = scores.pairwise.f1 >= bar[0] and scores.bcubed.f1 >= bar[1]
    return row | {"Splink seconds": rival["seconds"], "above": "yes" if above else "no"}


def main(argv: list[str] | None = None) -> pd.DataFrame:
    """Parse the command line, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=HERE.parents[1] / "shared" / "data")
    parser.add_argument("--only", nargs="+", help="names of data sets (default: all)")
    parser.add_argument("--details", action="store_true", help="print every score of every data set")
    options = parser.parse_args(argv)
    rivals = pd.read_csv(HERE / "rivals.csv", index_col="data")
    rows = []
    for data_set in DATA_SETS:
        if options.only and data_set.name not in options.only:
            continue
        scores, seconds = run(data_set, options.data)
        rows.append(row_of(data_set, scores, seconds, rivals))
        if options.details:
            print(f"{data_set.name}\n{scores}\n")
    table = pd.DataFrame(rows).set_index("data")
    print(table.to_string(float_format="{:.4f}".format, na_rep=""))
    return table


if __name__ == "__main__":
    main()
