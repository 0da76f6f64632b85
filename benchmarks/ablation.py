"""What each kind of family evidence brings: the same pairs and model, resolved with less and with more.

    python benchmarks/ablation.py --data ../shared/data --people 20000 --seeds 100 101

``pairs`` clusters the scored pairs alone; ``constraints`` adds that two records of one source, case and month are two
people; ``one roster`` weighs the pairs of one roster by what rosters teach and lets a pair vote against by what
differs; ``one pass`` adds rosters, parts and leftover members as evidence, once; ``joint`` passes until nothing moves;
``memberships`` knows the rosters of all months, and not only each record's last case. Data sets with families: as they
are, and without their case ids. Counties: each profile and seed, with the subsets that linkage goes wrong on (F1 of the
pairs that touch each, see :mod:`subsets`). ``households`` is the share of true households found exactly (of counties by
month, see :mod:`county_households`) when they are made of these persons. Nothing is told.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from county_households import rosters_of, scores, scores_by_month
from datasets import DATA_SETS
from subsets import PROGRAMS, SUBSETS, Facts, read_county, touching

import caselink as cl
from caselink.engines.joint import resolve_families
from caselink.engines.persons import Constraints, find_persons
from caselink.families import Families, find_families
from caselink.synthetic import County

HERE = Path(__file__).parent
FAMILY_DATA = ("pp_ivad", "pp_hub2020", "pp_wic_history")
CASE = ["case_id", "role", "month"]
PROFILES = ("mild", "typical", "hard")
NAMED = ("twin", "Jr and Sr", "mother's SSN on child", "a sibling's SSN", "named for grandmother", "newborn")
NAMED = (*NAMED, "changed name", "absent father and son")
PASSES = {"one roster": 0, "one pass": 1, "joint": None, "memberships": None}
FLOOR_BITS = -7.0


@dataclass(frozen=True, slots=True)
class Loaded:
    """One set of records: its truth, its rosters, how its households are scored, and which records are hard to tell."""

    name: str
    records: pd.DataFrame
    truth: pd.DataFrame
    households: Callable[[Families], float]
    rosters: pd.DataFrame | None = None
    drawn: County | None = None

    def results(self) -> dict[str, cl.Result]:
        """Scored pairs without family evidence in their weights, by variant: with memberships and without."""
        linker = cl.Linker(families=False).fit(self.records)
        plain = linker.resolve(self.records)
        results = dict.fromkeys(("pairs", "constraints", *PASSES), plain)
        if self.rosters is None:
            results.pop("memberships")
            return results
        return results | {"memberships": linker.resolve(self.records, memberships=self.rosters)}

    def scores(self, persons: pd.DataFrame) -> dict[str, float]:
        """Of persons and of the households that are made of them."""
        found = cl.evaluate(persons, self.truth, interval=None)
        families = find_families(self.records, persons, self.rosters)
        row = {
            "precision": found.pairwise.precision,
            "recall": found.pairwise.recall,
            "pairwise F1": found.pairwise.f1,
            "B-cubed F1": found.bcubed.f1,
            "households": self.households(families),
        }
        return row if self.drawn is None else row | subset_scores(persons, self.drawn, self.records)


def subset_scores(persons: pd.DataFrame, drawn: County, records: pd.DataFrame) -> dict[str, float]:
    """The F1 of the pairs that touch each subset."""
    facts, keys = Facts.of(drawn, records), ["source", "record_id"]
    person = facts.records[keys].merge(persons.astype(dict.fromkeys(keys, str)), on=keys, how="left")["person_id"]
    row = {}
    for name in NAMED:
        _, true, found, right = touching(facts.person["entity_id"], person, SUBSETS[name](facts))
        row[name] = 2 * right / max(1, true + found)
    return row


def resolved(result: cl.Result, variant: str) -> pd.DataFrame:
    """The person of each record."""
    nobody = np.zeros(0, np.int32), np.zeros(0, np.int32)
    none = Constraints(np.empty((len(result.prepared.records), 0), np.int64), nobody, nobody)
    stages = (result.prepared, result.matcher, result.pairs)
    if variant in PASSES:
        passes = PASSES[variant]
        joint = resolve_families(*stages, result.constraints, link_at=0.5, floor=FLOOR_BITS, most_passes=passes)
        labels = joint.labels
    else:
        labels = find_persons(*stages, none if variant == "pairs" else result.constraints, link_at=0.5)
    keys = result.persons[["source", "record_id"]].iloc[result.prepared.records.row]
    return keys.assign(person_id=labels.astype(str))


def family_data(data: Path) -> Iterator[Loaded]:
    """Each data set with families, with its case ids and without."""
    for data_set in DATA_SETS:
        if data_set.name in FAMILY_DATA and (data / data_set.name).exists():
            raw, truth = data_set.load(data)
            records = data_set.records(raw)

            def exact(families: Families, truth: pd.DataFrame = truth) -> float:
                return scores(families.records, truth).exact.rate

            yield Loaded(data_set.name, records, truth, exact)
            yield Loaded(f"{data_set.name}, no cases", records.drop(columns=CASE), truth, exact)


def counties(n_people: int, seeds: list[int]) -> Iterator[Loaded]:
    """A county of each profile and seed, read from its files."""
    for profile in PROFILES:
        for seed in seeds:
            drawn, records = read_county(n_people, seed, profile, list(PROGRAMS))

            def exact(families: Families, drawn: County = drawn) -> float:
                return scores_by_month(families, drawn).exact.rate

            yield Loaded(f"{profile} {seed}", records, drawn.truth, exact, rosters_of(drawn), drawn)


def main(argv: list[str] | None = None) -> pd.DataFrame:
    """Parse the command line, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=HERE.parents[1] / "shared" / "data")
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--seeds", type=int, nargs="*", default=[100])
    options = parser.parse_args(argv)
    rows = []
    for loaded in (*family_data(options.data), *counties(options.people, options.seeds)):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", cl.CaselinkWarning)
            for variant, result in loaded.results().items():
                persons = resolved(result, variant)
                rows.append({"data": loaded.name, "variant": variant, **loaded.scores(persons)})
    table = pd.DataFrame(rows).set_index(["data", "variant"])
    print(table.to_string(float_format="{:.4f}".format, na_rep=""))
    return table


if __name__ == "__main__":
    main()
