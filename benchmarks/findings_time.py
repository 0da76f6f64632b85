"""How long findings take beside linking: one county, stage by stage.

    python benchmarks/findings_time.py --people 500000 --repeat 3

Draws a county with all of its programs' files (500,000 people are about a million records), links it with memberships,
and goes on to what a user asks for next: who lives in which household in which month, findings by all rules, and the
view of these for a purpose. Kernels are compiled beforehand. ``clock`` and ``processor`` are the medians in seconds,
``processor`` that of all threads, which moves less where others use the machine. ``of linking`` is the share of the
linking time, ``peak`` how many MB the process had taken at most by then; drawing the county is ahead of all stages.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable
from typing import TypeVar

import pandas as pd
from findings import PROGRAMS, county_records, program_tables
from measure import peak_mb

import caselink as cl
from caselink.leads import ProgramTables, find
from caselink.leads.views import view_findings
from caselink.synthetic import draw_county

LINKING = "linking"
_WARM_UP_PEOPLE = 2_000
Made = TypeVar("Made")


def county_tables(n_people: int, seed: int, profile: str) -> tuple[pd.DataFrame, ProgramTables]:
    """The records of a county, and what its programs know beside them."""
    county = draw_county(n_people, seed=seed, profile=profile)
    return county_records(county), program_tables(county)


class StageClock:
    """Seconds of each stage, by the clock and of the processor, and the peak memory so far."""

    def __init__(self) -> None:
        self.rows: list[dict[str, float | str]] = []

    def time(self, stage: str, make: Callable[[], Made]) -> Made:
        """What ``make`` gives, its time noted."""
        clock, processor = time.perf_counter(), time.process_time()
        made = make()
        seconds = {"clock": time.perf_counter() - clock, "processor": time.process_time() - processor}
        self.rows.append({"stage": stage, **seconds, "peak": peak_mb()})
        return made


def run(records: pd.DataFrame, tables: ProgramTables, clock: StageClock) -> int:
    """All stages once; how many findings there are."""
    result = clock.time(LINKING, lambda: cl.Linker().fit_resolve(records, memberships=tables.memberships))
    families = clock.time("families", lambda: result.families)
    clock.time("households by month", lambda: families.households)
    findings = clock.time("findings", lambda: find(result, tables=tables))
    protection = families.protect(PROGRAMS)
    clock.time("view of findings", lambda: view_findings(findings, protection, "program integrity"))
    return len(findings)


def main(argv: list[str] | None = None) -> pd.DataFrame:
    """Parse the command line, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=500_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--profile", default="typical")
    options = parser.parse_args(argv)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        run(*county_tables(_WARM_UP_PEOPLE, options.seed, options.profile), StageClock())
        records, tables = county_tables(options.people, options.seed, options.profile)
        clock = StageClock()
        for _ in range(options.repeat):
            n_findings = run(records, tables, clock)
    stages = pd.DataFrame(clock.rows).groupby("stage", sort=False)
    table = stages[["clock", "processor"]].median().join(stages["peak"].max())
    for time_of in ("clock", "processor"):
        table[f"{time_of} of linking"] = table[time_of] / table.loc[LINKING, time_of]
    print(f"{len(records):,} records, {n_findings:,} findings\n\n{table.to_string(float_format='{:.2f}'.format)}")
    return table


if __name__ == "__main__":
    main()
