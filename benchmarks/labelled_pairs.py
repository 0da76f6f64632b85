"""Labelled pairs of child records: what the default model says of each pair, by the answer that experts expect.

    python benchmarks/labelled_pairs.py --data ../shared/data

The pairs stand alone and teach no frequencies, so the model is fitted to another file (``pp_hub2020``) and asked.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd
from datasets import DATA_SETS

import caselink as cl

HERE = Path(__file__).parent

COLUMNS = {
    "first_name": "nameFirst",
    "middle_name": "nameMiddle",
    "last_name": ["nameLast", "nameLastHyph"],
    "birth_date": "birthDate",
    "sex": "gender",
    "ssn": "ssn",
    "street": "addressStreet1",
    "city": "addressCity",
    "state": "addressState",
    "zip": "addressZip",
    "phone": "phone",
}


def fit_elsewhere(data: Path) -> cl.Linker:
    """A default linker fitted to the records of ``pp_hub2020``."""
    (hub,) = (data_set for data_set in DATA_SETS if data_set.name == "pp_hub2020")
    return cl.Linker().fit(hub.records(hub.load(data)[0]))


def probabilities(linker: cl.Linker, pairs: pd.DataFrame) -> pd.Series:
    """The match probability of each pair, by ``pair_id``."""
    sides = [
        cl.read_source(rows.drop(columns="side"), name=str(side), record_id="pair_id", columns=COLUMNS)
        for side, rows in pairs.groupby("side", sort=True)
    ]
    result = linker.resolve(cl.normalize(*sides).assign(protected="N"))  # nobody here needs protection
    pair_ids = pairs["pair_id"].unique()
    return pd.Series({pair: result.explain("a", pair, "b", pair).match_probability for pair in pair_ids})


def tabulate(probability: pd.Series, truth: pd.DataFrame, link_at: float) -> pd.DataFrame:
    """How many pairs of each expected answer are linked, and the middle half of their probabilities."""
    answers = truth.set_index("pair_id")["is_match"].reindex(probability.index)
    by_answer = probability.groupby(answers)
    linked = (probability >= link_at).groupby(answers).agg(["size", "sum"]).set_axis(["pairs", "linked"], axis=1)
    return linked.assign(**{f"quantile {share}": by_answer.quantile(share) for share in (0.25, 0.5, 0.75)})


def main(argv: list[str] | None = None) -> pd.DataFrame:
    """Parse the command line, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=HERE.parents[1] / "shared" / "data")
    parser.add_argument("--link-at", type=float, default=0.5)
    options = parser.parse_args(argv)
    folder = options.data / "miis_pairs_b"
    pairs, truth = (pd.read_parquet(folder / f"{part}.parquet") for part in ("records", "truth"))
    table = tabulate(probabilities(fit_elsewhere(options.data), pairs), truth, options.link_at)
    right = table.loc["Match", "linked"]
    decided = table.loc[["Match", "Not a Match"]]
    print(table.to_string(float_format="{:.3f}".format))
    print(f"precision {right / decided['linked'].sum():.4f}, recall {right / table.loc['Match', 'pairs']:.4f}")
    return table


if __name__ == "__main__":
    main()
