"""How life-like the synthetic county is: beside a file that we did not make, linked with the same settings.

    python benchmarks/realism.py --data ../shared/data --profile typical

Both files are cut to the columns that both have (and the county to its case programs: wage reports hold a name and a
number), linked with one list of rules and comparisons, and their true pairs are laid side by side: at which level each
comparison finds them, and how many bits they come to; and the same of the pairs of strangers that blocking makes.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from datasets import DATA_SETS

import caselink as cl
from caselink.blocking.defaults import default_rules
from caselink.comparisons.defaults import default_comparisons
from caselink.diagnosis import entities
from caselink.engines.local import Frequencies, weigh
from caselink.evaluate import true_pairs
from caselink.settings import read_settings
from caselink.settings.files import read_sources
from caselink.synthetic import draw_county, write_county

HERE = Path(__file__).parent
PERSON = ["first_name", "middle_name", "last_name", "birth_date", "sex", "ssn", "street", "unit", "city", "zip"]
COLUMNS = [*PERSON, "case_id", "role"]
BANDS = [-np.inf, -20, -10, 0, 10, 20, 30, np.inf]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One file, linked: its scores, and levels and weights of its true pairs and of pairs of strangers."""

    name: str
    scores: cl.Evaluation
    levels: dict[str, pd.DataFrame]
    weights: dict[str, pd.Series]


def theirs(data: Path, name: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Records and truth of the third-party file."""
    data_set = next(one for one in DATA_SETS if one.name == name)
    raw, truth = data_set.load(data)
    return data_set.records(raw), truth


def ours(n_people: int, profile: str, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Records and truth of a county, read from its files as a user's would be."""
    county = draw_county(n_people, profile=profile, seed=seed)
    with tempfile.TemporaryDirectory() as folder:
        records = cl.normalize(*read_sources(read_settings(write_county(county, folder) / "sources.toml")))
    return records, county.truth.astype(object)


def link(name: str, records: pd.DataFrame, truth: pd.DataFrame) -> Side:
    """Link with the defaults for the common columns; look at all true pairs and at the strangers that met."""
    records = records[["source", "record_id", *(column for column in COLUMNS if column in records)]]
    records, truth = (table[table["source"] != "employment"].reset_index(drop=True) for table in (records, truth))
    linker = cl.Linker(default_rules(PERSON), default_comparisons(PERSON, set(records["source"])))
    result = linker.fit_resolve(records)
    prepared = result.prepared
    entity = entities(prepared, truth)
    known = entity.notna().to_numpy()
    met = [prepared.index.pairs(span) for span in prepared.index.spans()]
    left, right = (np.concatenate([pair[side] for pair in met]) for side in (0, 1))
    strangers = known[left] & known[right] & (entity.to_numpy()[left] != entity.to_numpy()[right])
    left_true, right_true = (rows.astype(np.int32) for rows in true_pairs(entity))
    pairs = {"true": (left_true, right_true), "strangers": (left[strangers], right[strangers])}
    return Side(
        name=name,
        scores=cl.evaluate(result.persons, truth),
        levels={kind: _levels(result, rows) for kind, rows in pairs.items()},
        weights={kind: _weights(result, rows) for kind, rows in pairs.items()},
    )


def _levels(result: cl.Result, pairs: tuple[np.ndarray, np.ndarray]) -> pd.DataFrame:
    """For each comparison the share of pairs where a value is missing, and of the others at each kind of level."""
    program = result.prepared.program
    levels = program.levels(program.patterns(*pairs))
    rows = {}
    for c, comparison in enumerate(program.comparisons):
        level, exact = levels[:, c], len(comparison.definition.level_names) - 1
        there = max(1, int((level > 0).sum()))
        shares = [
            (level == exact).sum() / there,
            ((level > 1) & (level < exact)).sum() / there,
            (level == 1).sum() / there,
        ]
        rows[comparison.definition.name] = [(level == 0).mean(), *shares]
    return pd.DataFrame.from_dict(rows, orient="index", columns=["missing", "exact", "close", "differ"])


def _weights(result: cl.Result, pairs: tuple[np.ndarray, np.ndarray]) -> pd.Series:
    """The share of pairs in each band of match weight."""
    prepared = result.prepared
    frequencies = Frequencies.of(prepared.program, prepared.index.allowed, result.matcher)
    bits = weigh(prepared.program, result.matcher, frequencies, pairs).match_weight
    shares = pd.cut(pd.Series(bits), BANDS).value_counts(normalize=True, sort=False)
    return shares.rename(index=str)


def show(sides: list[Side]) -> None:
    """Both files side by side."""
    print(
        pd.concat({side.name: side.scores.to_frame()[["precision", "recall", "f1"]] for side in sides}, axis=1).round(4)
    )
    for kind in ("true", "strangers"):
        print(f"\n{kind} pairs: levels by comparison")
        print(pd.concat({side.name: side.levels[kind] for side in sides}, axis=1).round(3).to_string(na_rep=""))
        print(f"\n{kind} pairs: share by match weight, bits")
        print(pd.concat({side.name: side.weights[kind] for side in sides}, axis=1).round(4).to_string(na_rep=""))


def main(argv: list[str] | None = None) -> None:
    """Parse the command line, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=HERE.parents[1] / "shared" / "data")
    parser.add_argument("--only", default="pp_ivad", help="the third-party data set to stand beside")
    parser.add_argument("--people", type=int, default=9_000, help="people of the synthetic county")
    parser.add_argument("--profile", default="typical")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(argv)
    pd.set_option("display.width", 200)
    show(
        [
            link(options.only, *theirs(options.data, options.only)),
            link("caselink", *ours(options.people, options.profile, options.seed)),
        ]
    )


if __name__ == "__main__":
    main()
