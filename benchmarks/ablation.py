"""What each kind of family evidence brings: the same pairs and model, resolved with less and with more.

    python benchmarks/ablation.py --data ../shared/data --people 20000 --seeds 100 101

``pairs`` clusters the scored pairs alone; ``constraints`` adds that two records of one source, case and month are two
people; ``one roster`` weighs the pairs of one roster by what rosters teach and lets a pair vote against by what
differs; ``one pass`` adds rosters, parts and leftover members as evidence, once; ``joint`` passes until nothing moves.
Data sets with families: as they are, and without their case ids. Counties: each profile and seed, with the traits
that linkage goes wrong on. Nothing is told.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from datasets import DATA_SETS

import caselink as cl
from caselink.engines.joint import resolve_families
from caselink.engines.persons import Constraints, find_persons
from caselink.linking import read_sources
from caselink.settings import read_settings
from caselink.synthetic import draw_county, write_county

HERE = Path(__file__).parent
FAMILY_DATA = ("pp_ivad", "pp_hub2020", "pp_wic_history")
CASE = ["case_id", "role", "month"]
PROFILES = ("mild", "typical", "hard")
TRAITS = ("twin", "generation", "namesake", "newborn", "changed-name", "double-surname")
PASSES = {"one roster": 0, "one pass": 1, "joint": None}
FLOOR_BITS = -7.0

Loaded = tuple[str, pd.DataFrame, pd.DataFrame, pd.DataFrame | None]


def resolved(result: cl.Result, variant: str) -> pd.Series:
    """The person of each record, by position."""
    nobody = np.zeros(0, np.int32), np.zeros(0, np.int32)
    none = Constraints(np.empty((len(result.prepared.records), 0), np.int64), nobody, nobody)
    stages = (result.prepared, result.matcher, result.pairs)
    if variant in PASSES:
        passes = PASSES[variant]
        joint = resolve_families(*stages, result.constraints, link_at=0.5, floor=FLOOR_BITS, most_passes=passes)
        return pd.Series(joint.labels)
    constraints = none if variant == "pairs" else result.constraints
    return pd.Series(find_persons(*stages, constraints, link_at=0.5))


def row_of(result: cl.Result, variant: str, truth: pd.DataFrame, people: pd.DataFrame | None) -> dict[str, object]:
    """The scores of one variant, and the pairwise F1 of the records of people with each trait."""
    keys = result.persons[["source", "record_id"]].iloc[result.prepared.records.row]
    persons = keys.assign(person_id=resolved(result, variant).to_numpy().astype(str))
    scores = cl.evaluate(persons, truth, interval=None)
    row = {
        "precision": scores.pairwise.precision,
        "recall": scores.pairwise.recall,
        "pairwise F1": scores.pairwise.f1,
        "B-cubed F1": scores.bcubed.f1,
    }
    return row if people is None else row | trait_scores(persons, truth, people)


def trait_scores(persons: pd.DataFrame, truth: pd.DataFrame, people: pd.DataFrame) -> dict[str, float]:
    """For each trait the pairwise F1 of the records of people who have it, with whomever they are paired."""
    table = persons.merge(truth[["source", "record_id", "entity_id"]].astype(str), on=["source", "record_id"])
    size = {
        name: table.groupby(by)["record_id"].transform("size") - 1
        for name, by in {"true": "entity_id", "found": "person_id", "right": ["entity_id", "person_id"]}.items()
    }
    traits = table["entity_id"].map(people.set_index("entity_id")["traits"].astype(str)).fillna("").str.split()
    found = {}
    for trait in TRAITS:
        has = traits.map(lambda names, trait=trait: trait in names)
        found[trait] = 2 * size["right"][has].sum() / max(1, (size["true"] + size["found"])[has].sum())
    return found


def family_data(data: Path) -> Iterator[Loaded]:
    """Each data set with families, with its case ids and without."""
    for data_set in DATA_SETS:
        if data_set.name in FAMILY_DATA and (data / data_set.name).exists():
            raw, truth = data_set.load(data)
            records = data_set.records(raw)
            yield data_set.name, records, truth, None
            yield f"{data_set.name}, no cases", records.drop(columns=CASE), truth, None


def counties(n_people: int, seeds: list[int]) -> Iterator[Loaded]:
    """A county of each profile and seed, read from its files."""
    for profile in PROFILES:
        for seed in seeds:
            drawn = draw_county(n_people, seed=seed, profile=profile)
            with TemporaryDirectory() as folder:
                written = write_county(drawn, Path(folder) / "county")
                records = cl.normalize(*read_sources(read_settings(written / "sources.toml")))
            yield f"{profile} {seed}", records, drawn.truth, drawn.tables["persons"]


def main(argv: list[str] | None = None) -> pd.DataFrame:
    """Parse the command line, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=HERE.parents[1] / "shared" / "data")
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--seeds", type=int, nargs="*", default=[100])
    options = parser.parse_args(argv)
    rows = []
    for name, records, truth, people in (*family_data(options.data), *counties(options.people, options.seeds)):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", cl.CaselinkWarning)
            result = _pairs_scored(records)
            variants = {
                variant: row_of(result, variant, truth, people) for variant in ("pairs", "constraints", *PASSES)
            }
        rows += [{"data": name, "variant": variant, **row} for variant, row in variants.items()]
    table = pd.DataFrame(rows).set_index(["data", "variant"])
    print(table.to_string(float_format="{:.4f}".format, na_rep=""))
    return table


def _pairs_scored(records: pd.DataFrame) -> cl.Result:
    """A result whose pairs have no family evidence in their weights."""
    return cl.Linker(families=False).fit_resolve(records)


if __name__ == "__main__":
    main()
