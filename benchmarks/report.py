"""The report and the review page of a county: seconds by part, size, and how long a browser takes to open them.

    python benchmarks/report.py --people 500000
    python benchmarks/report.py --people 20000 --pairs 2000

A county is drawn, linked, and looked at for findings as in ``findings.py``; then both pages are written. Seconds are by
the clock, and of the processor in brackets; of linking they are those of ``Linker.fit_resolve``. Opening is measured in
a headless Chromium, where one is installed: until the page is loaded, and until its first paint, as the browser itself
tells, each page three times in turn; the slowest counts.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pandas as pd
from findings import county_records, program_tables

import caselink as cl
from caselink.leads import find
from caselink.report import Beside, report_page, review_page, visible_pairs
from caselink.result import Result
from caselink.synthetic import draw_county
from caselink.unduplicated import count_people

sys.path.append(str(Path(__file__).parents[1] / "tests" / "report"))
from chromium import Chromium, find_chromium

T = TypeVar("T")
PURPOSE = "iv-d"
PAINTED = "performance.getEntriesByName('first-contentful-paint').map((one) => one.startTime)[0]"


class Clock:
    """Seconds of the parts that were run, by the clock and of the processor."""

    def __init__(self) -> None:
        self.rows: dict[str, tuple[float, float]] = {}

    def run(self, name: str, work: Callable[[], T]) -> T:
        """Do the work, and note what it took."""
        begun = time.perf_counter(), time.process_time()
        done = work()
        self.rows[name] = time.perf_counter() - begun[0], time.process_time() - begun[1]
        return done

    def table(self) -> pd.DataFrame:
        """One row a part, with its share of linking."""
        table = pd.DataFrame.from_dict(self.rows, orient="index", columns=["clock", "processor"])
        return table.assign(of_linking=table["clock"] / table.loc["linking", "clock"])


def write_pages(result: Result, tables: cl.ProgramTables, clock: Clock, folder: Path, *, pairs: int) -> Path:
    """Both pages, with what the report counts timed part by part: what is worked out once is not again in the whole."""
    findings = clock.run("findings", lambda: find(result, tables=tables))
    exchange = clock.run("exchange view", lambda: cl.reconcile(result, tables, PURPOSE))
    clock.run("report: pairs judged", lambda: result.judged.places)
    clock.run("report: accuracy estimated", result.estimate)
    counts = clock.run("report: people counted", lambda: count_people(result, tables))
    beside = Beside(findings=findings, programs=tables.programs, counts=counts, exchange=exchange)
    page = clock.run("report: all the rest", lambda: report_page(result, beside, purpose=PURPOSE))
    parts = [seconds for name, seconds in clock.rows.items() if name.startswith("report: ")]
    clock.rows["report"] = sum(one for one, _ in parts), sum(other for _, other in parts)
    asked = clock.run("review: pairs chosen", lambda: result.next_to_review(5 * pairs))
    chosen = visible_pairs(result, asked, beside, purpose=PURPOSE).head(pairs)
    review = clock.run(
        f"review: page of {len(chosen):,} pairs",
        lambda: review_page(result, chosen, beside, purpose=PURPOSE, masked=False),
    )
    (folder / "report.html").write_bytes(page)
    (folder / "review.html").write_bytes(review)
    return folder


def open_pages(folder: Path) -> pd.DataFrame:
    """Bytes of both pages, and the slowest of three times that a browser opens each, in seconds."""
    rows = []
    with Chromium(folder) as browser:
        for name in ("report", "review"):
            told = []
            for _ in range(3):
                loaded = browser.open(folder / f"{name}.html")
                browser.picture(folder / "seen.png", whole=False)  # drawn by now, so that its paint is told
                told.append((loaded, float(str(browser.run(PAINTED))) / 1000))
            size = (folder / f"{name}.html").stat().st_size / 1e6
            rows.append((f"{name}.html", size, *(max(times) for times in zip(*told, strict=True))))
    return pd.DataFrame(rows, columns=["page", "megabytes", "loaded", "painted"])


def main(argv: list[str] | None = None) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Parse the command line, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--pairs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=5)
    options = parser.parse_args(argv)
    county = draw_county(options.people, seed=options.seed)
    records, tables = county_records(county), program_tables(county)
    del county
    clock = Clock()
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        _warm_up(records, tables)
        result = clock.run("linking", lambda: cl.Linker().fit_resolve(records, memberships=tables.memberships))
        clock.run("households", lambda: result.families.households)
        write_pages(result, tables, clock, Path(folder), pairs=options.pairs)
        opened = open_pages(Path(folder)) if find_chromium() is not None else None
    print(f"{len(records):,} records; seconds")
    print(clock.table().to_string(float_format="{:.2f}".format))
    print("no Chromium is installed here" if opened is None else opened.to_string(float_format="{:.2f}".format))
    return clock.table(), opened


def _warm_up(records: pd.DataFrame, tables: cl.ProgramTables) -> None:
    """Compile and load everything on a few records, which is no part of what is measured."""
    few = cl.Linker().fit_resolve(records.head(2000))
    report_page(few, Beside(findings=find(few), programs=tables.programs))
    review_page(few, few.next_to_review(5), purpose=PURPOSE, beside=Beside(programs=tables.programs))


if __name__ == "__main__":
    main()
