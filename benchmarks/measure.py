"""One contender, once, in a process of its own: how long the job took and how much memory it needed.

    python measure.py CONTENDER DATA_FOLDER PERSONS_FILE

prints one line of JSON. The clock runs from the frame in memory to the persons; importing the package and
reading the file are outside of it. ``rss_before_mb`` is the peak before the job (frame and imports), ``peak_mb``
the peak of all.
"""

from __future__ import annotations

import importlib
import json
import platform
import resource
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pandas as pd


def peak_mb() -> float:
    """The most memory that this program has held so far.

    Linux hands a parent's peak down in ``ru_maxrss``, so its own mark is read from ``/proc``; macOS counts in bytes.
    """
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def measure(contender: str, folder: Path, persons_file: Path) -> dict[str, object]:
    """Run ``contenders/<contender>.py`` on the records of ``folder``."""
    module = importlib.import_module(f"contenders.{contender}")
    prepared = module.prepare(pd.read_parquet(folder / "records.parquet"))
    before, start = peak_mb(), time.perf_counter()
    persons = module.link(prepared)
    seconds = time.perf_counter() - start
    after = peak_mb()
    persons.to_parquet(persons_file, index=False)
    return {
        "contender": contender,
        "seconds": seconds,
        "rss_before_mb": before,
        "peak_mb": after,
        "versions": {"python": platform.python_version()} | _versions(module.PACKAGES),
    }


def _versions(packages: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))))
