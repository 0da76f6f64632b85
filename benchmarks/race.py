"""The race: the whole job, frames in memory to person ids, with the same rules and comparisons as a rival.

    python benchmarks/race.py --records 1000000 --against splink --python /path/to/rivals/python --repeat 3

Each run is a process of its own. Prints seconds, memory, and F1 of each contender, and how many times faster we are.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd
from data import race_truth

from caselink.evaluate import evaluate

HERE = Path(__file__).parent
RIVALS = ("splink", "recordlinkage", "none")


def draw(n_records: int, folder: Path, seed: int) -> Path:
    """Draw the records in a process of its own, so that this one stays small."""
    command = [sys.executable, str(HERE / "data.py"), str(n_records), str(folder), "--seed", str(seed)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return Path(done.stdout.splitlines()[-1])


def run_once(contender: str, folder: Path, python: str) -> dict[str, object]:
    """One run in a fresh process: its measures, with the scores of its persons."""
    with tempfile.TemporaryDirectory() as scratch:
        persons = Path(scratch) / "persons.parquet"
        command = [python, str(HERE / "measure.py"), contender, str(folder.resolve()), str(persons)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        scores = evaluate(pd.read_parquet(persons), race_truth(folder))
    measures = json.loads(done.stdout.splitlines()[-1])
    return measures | {"pairwise_f1": scores.pairwise.f1, "bcubed_f1": scores.bcubed.f1}


def race(folder: Path, contenders: dict[str, str], repeat: int) -> pd.DataFrame:
    """All runs, one row each; the contenders take turns, so that a busy moment hits both."""
    runs = [run_once(name, folder, python) for _ in range(repeat) for name, python in contenders.items()]
    return pd.DataFrame(runs)


def summarize(runs: pd.DataFrame) -> pd.DataFrame:
    """One row a contender: median and best seconds, highest memory, scores."""
    by_contender = runs.groupby("contender", sort=False)
    return pd.DataFrame(
        {
            "runs": by_contender.size(),
            "seconds (median)": by_contender["seconds"].median().round(2),
            "seconds (best)": by_contender["seconds"].min().round(2),
            "MB before": by_contender["rss_before_mb"].max().round(),
            "MB peak": by_contender["peak_mb"].max().round(),
            "pairwise F1": by_contender["pairwise_f1"].median().round(4),
            "B-cubed F1": by_contender["bcubed_f1"].median().round(4),
        }
    )


def print_ratio(table: pd.DataFrame, rival: str) -> None:
    """How the rival's time and memory stand to ours."""
    seconds = table.loc[rival, "seconds (median)"] / table.loc["ours", "seconds (median)"]
    memory = table.loc["ours", "MB peak"] / table.loc[rival, "MB peak"]
    print(f"\n{seconds:.1f} times faster than {rival}; peak memory {memory:.2f} of its")


def main(argv: list[str] | None = None) -> pd.DataFrame:
    """Parse the command line, race, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--against", choices=RIVALS, default="splink")
    parser.add_argument("--python", default=sys.executable, help="the rival's interpreter (default: this one)")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--data", type=Path, default=Path(tempfile.gettempdir()) / "caselink_benchmarks")
    options = parser.parse_args(argv)
    contenders = {"ours": sys.executable}
    if options.against != "none":
        contenders[options.against] = options.python
    runs = race(draw(options.records, options.data, options.seed), contenders, options.repeat)
    table = summarize(runs)
    print(f"{options.records:,} records\n\n{table.to_string()}\n")
    for name, versions in runs.drop_duplicates("contender").set_index("contender")["versions"].items():
        print(f"{name}:", ", ".join(f"{package} {number}" for package, number in versions.items()))
    if options.against != "none":
        print_ratio(table, options.against)
    return table


if __name__ == "__main__":
    main()
