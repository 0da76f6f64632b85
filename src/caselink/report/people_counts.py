"""Unduplicated counts: how many people and households there are, in each program and in which programs together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from caselink.evaluate import Estimates
    from caselink.result import Result

PROGRAM_TITLES = {"iv-a": "IV-A", "iv-d": "IV-D", "jobs": "job services", "earnings": "employer reports"}


def program_names(result: Result, programs: Mapping[str, str]) -> dict[str, str]:
    """Of each source its program, as people call it; a source of which nobody said is shown under its own name."""
    sources = [str(source) for source in result.persons["source"].unique()]
    return {one: PROGRAM_TITLES[programs[one]] if one in programs else one for one in sources}


def count_by_program(result: Result, programs: Mapping[str, str]) -> pd.DataFrame:
    """Records, people and households of each program, and of all: ``program, records, people, households``."""
    known = _known_to(result, programs)
    homes = homes_of_people(result)
    records = result.persons["source"].map(program_names(result, programs)).value_counts()
    rows = [
        (name, int(records[name]), int(known[name].sum()), homes.reindex(known.index[known[name]]).nunique())
        for name in known.columns
    ]
    everybody = ("all together", len(result.persons), len(known), homes.nunique())
    return pd.DataFrame([*rows, everybody], columns=["program", "records", "people", "households"])


def count_overlap(result: Result, programs: Mapping[str, str]) -> pd.DataFrame:
    """People and households by the programs that know them, the most first: ``known to, people, households``."""
    known = _known_to(result, programs)
    homes = homes_of_people(result).reindex(known.index)
    by_home = known[homes.notna().to_numpy()].groupby(homes.dropna().to_numpy()).any()
    people, households = (_combinations(one) for one in (known, by_home))
    table = pd.DataFrame({"people": people, "households": households}).fillna(0).astype(int)
    table = table.sort_values(["people", "households"], ascending=False, kind="stable")
    return table.rename_axis("known to").reset_index()


def count_bounds(result: Result, estimates: Estimates) -> tuple[int, int]:
    """Between how many people there are: all missed pairs taken for joins, or all wrong ones for splits."""
    high = estimates.persons["high"]
    n = int(result.persons["person_id"].nunique())
    fewest = max(n - round(high["missed pairs"]), 1)
    return fewest, min(n + round(high["wrong pairs"]), len(result.persons))


def homes_of_people(result: Result) -> pd.Series:
    """The household of each person in the last month in which it had one, by ``person_id``."""
    rows = result.households
    rows = rows[rows["primary"].to_numpy(bool)].sort_values("month", kind="stable", na_position="first")
    last = rows.drop_duplicates("person_id", keep="last")
    return pd.Series(last["household_id"].to_numpy(dtype=object), index=last["person_id"].to_numpy(dtype=object))


def _known_to(result: Result, programs: Mapping[str, str]) -> pd.DataFrame:
    """A row a person and a column a program: whether it has a record of them."""
    names = result.persons["source"].map(program_names(result, programs))
    found = pd.DataFrame({"person": result.persons["person_id"].to_numpy(dtype=object), "program": names.to_numpy()})
    number, people = pd.factorize(found["person"])
    programs_there = sorted(found["program"].unique())
    known = np.zeros((len(people), len(programs_there)), np.bool_)
    known[number, pd.Index(programs_there).get_indexer(found["program"])] = True
    return pd.DataFrame(known, index=people, columns=programs_there)


def _combinations(known: pd.DataFrame) -> pd.Series:
    """How many rows have each combination of columns, by its name."""
    flags = known.to_numpy(bool)
    code = flags @ (2 ** np.arange(flags.shape[1], dtype=np.int64))
    numbers, counts = np.unique(code, return_counts=True)
    names = [" + ".join(name for place, name in enumerate(known.columns) if one >> place & 1) for one in numbers]
    return pd.Series(counts, index=names)
