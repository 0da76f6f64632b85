"""How long `import caselink` takes beside `import pandas`: the median of fresh processes, taking turns.

python benchmarks/import_time.py --repeat 15
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys

TIMED = "import time; start = time.perf_counter(); import {package}; print(time.perf_counter() - start)"


def import_seconds(package: str) -> float:
    """Seconds to import the package in a fresh process."""
    command = [sys.executable, "-c", TIMED.format(package=package)]
    return float(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)


def import_ratio(repeat: int) -> tuple[float, float]:
    """Median seconds of caselink and of pandas, one warm-up of each left out."""
    runs = [(import_seconds("caselink"), import_seconds("pandas")) for _ in range(repeat + 1)][1:]
    ours, pandas = (statistics.median(seconds) for seconds in zip(*runs, strict=True))
    return ours, pandas


def main(argv: list[str] | None = None) -> None:
    """Parse the command line, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=15)
    ours, pandas = import_ratio(parser.parse_args(argv).repeat)
    print(f"import caselink {ours:.3f} s, import pandas {pandas:.3f} s, ratio {ours / pandas:.2f}")


if __name__ == "__main__":
    main()
