"""The extra time of resolving families with their persons: the same county with and without, in turns.

    python benchmarks/families_time.py --people 520000 --repeat 3

Three ways, one after the other and all over again: the pairs alone (``families=False``), with families from the
records' own case and role, and with families from memberships over months. Each is the whole job from the records in
memory to a person a record, in one process, kernels compiled beforehand. 520,000 people are about a million records.
``processor`` is the time of all threads: it moves less than the clock where others use the machine.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Mapping

import pandas as pd
from estimates import county

import caselink as cl
from caselink.synthetic import draw_county

WAYS = ("pairs alone", "families", "families, memberships")
_WARM_UP_RECORDS = 5_000


def memberships(n_people: int, seed: int) -> pd.DataFrame:
    """The memberships of all programs of a county."""
    drawn = draw_county(n_people, seed=seed)
    return pd.concat([rows.assign(source=name) for name, rows in drawn.memberships.items()], ignore_index=True)


def ways(members: pd.DataFrame) -> Mapping[str, tuple[dict[str, bool], dict[str, pd.DataFrame]]]:
    """The options of the linker and of the call, for each way."""
    return dict(zip(WAYS, (({"families": False}, {}), ({}, {}), ({}, {"memberships": members})), strict=True))


def run(records: pd.DataFrame, options: dict[str, bool], given: dict[str, pd.DataFrame]) -> dict[str, float]:
    """Link once: seconds by the clock and of the processor, and the persons found."""
    clock, processor = time.perf_counter(), time.process_time()
    result = cl.Linker(**options).fit_resolve(records, **given)
    seconds = {"clock": time.perf_counter() - clock, "processor": time.process_time() - processor}
    return seconds | {"passes": result.summary.get("family_passes", 0), "persons": result.summary["persons"]}


def main(argv: list[str] | None = None) -> pd.DataFrame:
    """Parse the command line, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=520_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args(argv)
    records, _ = county(options.people, options.seed, "typical")
    chosen = ways(memberships(options.people, options.seed))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        for how in chosen.values():
            run(records.head(_WARM_UP_RECORDS), *how)
        rows = [{"way": name} | run(records, *how) for _ in range(options.repeat) for name, how in chosen.items()]
    table = pd.DataFrame(rows).groupby("way", sort=False).median()
    for time_of in ("clock", "processor"):
        table[f"extra by {time_of}"] = table[time_of] / table.loc[WAYS[0], time_of] - 1
    print(f"{len(records):,} records\n\n{table.to_string(float_format='{:.3f}'.format)}")
    return table


if __name__ == "__main__":
    main()
