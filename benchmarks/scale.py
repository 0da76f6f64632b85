"""Scale: records from Parquet through the command line with the default rules, in growing sizes.

    python benchmarks/scale.py --records 1000000 10000000

Prints for each size the seconds, peak memory, candidate pairs, microseconds a pair and F1. The rules should hold
the pairs per record about constant; the time per pair at the largest size is set beside that at the smallest.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
from data import race_truth

from caselink.evaluate import evaluate

HERE = Path(__file__).parent
COMMAND_LINE = "from caselink.cli import main; main()"


def draw(n_records: int, folder: Path) -> Path:
    """Draw the records in a process of its own, one Parquet file a source, with a ``sources.toml``."""
    command = [sys.executable, str(HERE / "data.py"), str(n_records), str(folder), "--sources"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return Path(done.stdout.splitlines()[-1])


def link(folder: Path, out: Path) -> dict[str, float]:
    """Run ``caselink link``; the seconds and the peak memory of that process, start to end."""
    arguments = ["link", "--sources", str(folder / "sources.toml"), "--out", str(out)]
    start = time.perf_counter()
    with subprocess.Popen([sys.executable, "-c", COMMAND_LINE, *arguments], stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, "caselink link")
    return {"seconds": time.perf_counter() - start, "MB peak": usage.ru_maxrss / 2**10}


def row_of(folder: Path, out: Path, measures: dict[str, float]) -> dict[str, object]:
    """The measures of a run with what its summary says."""
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    counts = summary["counts"]
    scores = evaluate(pd.read_parquet(out / "persons.parquet"), race_truth(folder))
    return {
        "records": counts["records"],
        **{name: round(value, 1) for name, value in measures.items()},
        "pairs": counts["pairs"],
        "pairs a record": round(counts["pairs"] / counts["records"], 2),
        "µs a pair": round(1e6 * measures["seconds"] / max(counts["pairs"], 1), 3),
        "pairwise F1": round(scores.pairwise.f1, 4),
        "B-cubed F1": round(scores.bcubed.f1, 4),
        "stages": ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in summary["seconds"].items()),
    }


def main(argv: list[str] | None = None) -> pd.DataFrame:
    """Parse the command line, run every size, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--data", type=Path, default=Path(tempfile.gettempdir()) / "caselink_benchmarks")
    options = parser.parse_args(argv)
    folders = [draw(n_records, options.data) for n_records in sorted(options.records)]
    with tempfile.TemporaryDirectory() as scratch:
        outs = [Path(scratch) / folder.name for folder in folders]
        measures = [link(folder, out) for folder, out in zip(folders, outs, strict=True)]
        table = pd.DataFrame(map(row_of, folders, outs, measures))
    print(table.drop(columns="stages").to_string(index=False))
    for _, row in table.iterrows():
        print(f"{row['records']:,} records: {row['stages']}")
    if len(table) > 1:
        print(f"time per pair, largest to smallest: {table['µs a pair'].iloc[-1] / table['µs a pair'].iloc[0]:.2f}")
    return table


if __name__ == "__main__":
    main()
