"""What compiling costs: the first run with an empty kernel cache, beside the second run.

python benchmarks/first_run.py --records 20000
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from data import race_data

HERE = Path(__file__).parent


def run_seconds(folder: Path, cache: Path) -> float:
    """Seconds of the whole job in a fresh process whose compiled kernels are kept in ``cache``."""
    with tempfile.TemporaryDirectory() as scratch:
        persons = str(Path(scratch) / "persons.parquet")
        command = [sys.executable, str(HERE / "measure.py"), "ours", str(folder.resolve()), persons]
        environment = os.environ | {"NUMBA_CACHE_DIR": str(cache)}
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=environment)
    return float(json.loads(done.stdout.splitlines()[-1])["seconds"])


def main(argv: list[str] | None = None) -> None:
    """Parse the command line, run twice, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--data", type=Path, default=Path(tempfile.gettempdir()) / "caselink_benchmarks")
    options = parser.parse_args(argv)
    folder = race_data(options.records, options.data)
    with tempfile.TemporaryDirectory() as cache:
        first, second = run_seconds(folder, Path(cache)), run_seconds(folder, Path(cache))
    print(f"first run {first:.2f} s, second run {second:.2f} s, compiling {first - second:.2f} s")


if __name__ == "__main__":
    main()
