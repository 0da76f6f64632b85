"""Evaluation: all scores with their intervals, and the scores by group, on drawn persons.

    python benchmarks/evaluation.py --records 1000000

The persons are the truth with errors put in: some entities are split, some merged with another. Prints the seconds and
the peak memory of each step in a process of its own; drawing the records is outside of both, reading the tables of ids
into memory is in the peak.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from measure import peak_mb

from caselink.evaluate import evaluate, losses_by_error, scores_by_group
from caselink.synthetic import draw_records

SPLIT, MERGED, STRUCK, GROUPS = 0.03, 0.01, 0.05, 5
KINDS = 20


def draw(n_records: int, folder: Path, *, seed: int = 0) -> None:
    """Persons, their truth with a group for each record, and an errors table."""
    truth = draw_records(n_records, seed=seed)[1]
    rng = np.random.default_rng(seed)
    entity = pd.factorize(truth["entity_id"])[0]
    person = entity + (rng.random(n_records) < SPLIT) * (entity.max() + 1)
    merged = rng.random(entity.max() + 1) < MERGED
    person = np.where(merged[entity], rng.permutation(entity.max() + 1)[entity] % (entity.max() + 1), person)
    household = np.where(rng.random(n_records) < SPLIT, "alone" + truth["record_id"], truth["household_id"])
    truth["group"] = np.char.add("group ", (entity % GROUPS).astype(str))
    persons = truth[["source", "record_id"]].assign(person_id=person.astype(str), household_id=household)
    persons.sample(frac=1, random_state=seed).to_parquet(folder / "persons.parquet", index=False)
    truth.to_parquet(folder / "truth.parquet", index=False)
    errors = truth.loc[rng.random(n_records) < STRUCK, ["source", "record_id"]]
    kinds = np.char.add("kind ", rng.integers(KINDS, size=len(errors)).astype(str))
    errors.assign(field="last_name", kind=kinds).to_parquet(folder / "errors.parquet", index=False)


STEPS = {
    "all scores": lambda persons, truth, _: evaluate(persons, truth, interval=None),
    "all scores with intervals": lambda persons, truth, _: evaluate(persons, truth),
    "scores by group": lambda persons, truth, _: scores_by_group(persons, truth, "group"),
    "losses by error": losses_by_error,
}


def measure(step: str, folder: Path) -> dict[str, object]:
    """Run one step on the tables of ``folder``."""
    tables = [pd.read_parquet(folder / f"{name}.parquet") for name in ("persons", "truth", "errors")]
    start = time.perf_counter()
    found = STEPS[step](*tables)
    seconds = time.perf_counter() - start
    if step == "all scores with intervals":
        assert found.limits.loc["pairwise", "f1_low"] < found.pairwise.f1 < found.limits.loc["pairwise", "f1_high"]
    return {"step": step, "seconds": round(seconds, 2), "MB peak": round(peak_mb())}


def main() -> None:
    """Draw the tables, measure every step in a process of its own, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--step", help=argparse.SUPPRESS)
    parser.add_argument("--data", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.step:
        print(json.dumps(measure(chosen.step, chosen.data)))
        return
    with tempfile.TemporaryDirectory() as folder:
        draw(chosen.records, Path(folder))
        command = [sys.executable, __file__, "--data", folder, "--step"]
        runs = [subprocess.run([*command, step], stdout=subprocess.PIPE, text=True, check=True) for step in STEPS]
    print(f"{chosen.records:,} records")
    print(pd.DataFrame([json.loads(run.stdout) for run in runs]).to_string(index=False))


if __name__ == "__main__":
    main()
