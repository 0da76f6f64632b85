"""What households could bring back to persons: pairs kept apart whose persons share a household, counted.

    python benchmarks/feedback.py --data ../shared/data --people 20000 --seeds 100 101

Persons are resolved with their families, households are made of them, and then every scored pair of two persons is
asked whether these share a household in some month. Pairs that a constraint keeps apart are left out. ``right`` of
``pairs`` are one person in truth; ``best F1`` is what joining all of them above some weight would give, the weight
chosen with the truth: no learned rule can bring more.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from ablation import CASE
from datasets import DATA_SETS
from estimates import county
from families_time import memberships
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

import caselink as cl
from caselink.diagnosis import entities, may_not_join

HERE = Path(__file__).parent
FAMILY_DATA = ("pp_ivad", "pp_hub2020")
WEIGHTS = (-5.0, -2.0, 0.0, 2.0, 5.0)
Case = tuple[str, pd.DataFrame, pd.DataFrame, pd.DataFrame | None]


def cases(data: Path, n_people: int, seeds: list[int]) -> Iterator[Case]:
    """Records, truth and memberships: counties with rosters and without, family data without case ids."""
    for seed in seeds:
        records, truth = county(n_people, seed, "typical")
        yield f"county {seed}", records, truth, memberships(n_people, seed)
        yield f"county {seed}, no cases", records.drop(columns=["case_id", "role"]), truth, None
    for data_set in DATA_SETS:
        if data_set.name in FAMILY_DATA and (data / data_set.name).exists():
            raw, truth = data_set.load(data)
            yield f"{data_set.name}, no cases", data_set.records(raw).drop(columns=CASE), truth, None


def row_of(records: pd.DataFrame, truth: pd.DataFrame, members: pd.DataFrame | None) -> dict[str, float]:
    """One set of records: what is found, and the most that households could bring."""
    result = cl.Linker().fit_resolve(records, memberships=members)
    rows = result.prepared.records.row
    person = pd.factorize(result.persons["person_id"].to_numpy(dtype=object)[rows])[0].astype(np.int64)
    entity = pd.factorize(entities(result.prepared, truth))[0]
    left, right, weight = result.pairs.left, result.pairs.right, result.pairs.match_weight
    shared = person[left] != person[right]
    shared[shared] = share_a_home(result, person, (left[shared], right[shared]))
    shared[shared] = ~may_not_join(person, result.constraints, (left[shared], right[shared]))
    keys = result.persons[["source", "record_id"]].iloc[rows]
    scores, n = [cl.evaluate(result.persons, truth, interval=None)], int(person.max()) + 1
    for least in WEIGHTS:
        ends = tuple(person[side[shared & (weight > least)]] for side in (left, right))
        graph = coo_array((np.ones(len(ends[0])), ends), shape=(n, n))
        joined = connected_components(graph, directed=False)[1][person]
        scores.append(cl.evaluate(keys.assign(person_id=joined.astype(str)), truth, interval=None))
    uncertain = shared & (weight > WEIGHTS[0])
    return {
        "pairs": int(uncertain.sum()),
        "right": int((entity[left] == entity[right])[uncertain].sum()),
        "F1": scores[0].pairwise.f1,
        "best F1": max(score.pairwise.f1 for score in scores),
        "B-cubed": scores[0].bcubed.f1,
        "best B-cubed": max(score.bcubed.f1 for score in scores),
    }


def share_a_home(result: cl.Result, person: np.ndarray, pairs: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """For each pair of records whether their persons share a household in some month."""
    rows = result.prepared.records.row
    ids = pd.Series(person, index=result.persons["person_id"].to_numpy(dtype=object)[rows]).groupby(level=0).first()
    homes = result.households[["person_id", "household_id"]].astype(object).dropna().drop_duplicates()
    homes = homes.assign(person=ids.reindex(homes["person_id"]).to_numpy(), home=pd.factorize(homes["household_id"])[0])
    n = int(homes["home"].max()) + 1
    held = np.unique(homes["person"].to_numpy(np.int64) * n + homes["home"].to_numpy())
    begin, end = (np.searchsorted(held // n, person[pairs[0]], side=side) for side in ("left", "right"))
    found = np.zeros(len(begin), np.bool_)
    for step in range(int((end - begin).max(initial=0))):
        there = begin + step < end
        home = held[np.minimum(begin + step, len(held) - 1)] % n
        found |= there & np.isin(person[pairs[1]] * n + home, held)
    return found


def main(argv: list[str] | None = None) -> pd.DataFrame:
    """Parse the command line, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=HERE.parents[1] / "shared" / "data")
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--seeds", type=int, nargs="*", default=[100, 101])
    options = parser.parse_args(argv)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        found = {name: row_of(*given) for name, *given in cases(options.data, options.people, options.seeds)}
    table = pd.DataFrame(found).T
    print(table.to_string(float_format="{:.4f}".format))
    return table


if __name__ == "__main__":
    main()
