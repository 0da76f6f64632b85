"""Unduplicated counts as the page shows them: see :mod:`caselink.unduplicated`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from caselink.leads import ProgramTables
from caselink.matchers import FellegiSunter
from caselink.report.beside import Beside
from caselink.report.tables import as_number
from caselink.unduplicated import ANY, MOST_PROGRAMS, count_people

if TYPE_CHECKING:
    from caselink.result import Result

LEAST = 11
"""Where a purpose works for no program, counts of 1 to 10 are left out, and what would give them away."""

PROGRAM_TITLES = {"iv-a": "IV-A", "iv-d": "IV-D", "jobs": "job services", "earnings": "employer reports"}


def program_names(result: Result, programs: Mapping[str, str]) -> dict[str, str]:
    """Of each source its program, as people call it; a source of which nobody said is shown under its own name."""
    sources = [str(source) for source in result.persons["source"].unique()]
    return {one: PROGRAM_TITLES[programs[one]] if one in programs else one for one in sources}


def count_programs(result: Result, beside: Beside, least: int | None) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    """People and households by program, and by which programs know them, with intervals; None if these are too many.

    Records of a source whose program is not named are left out; where none is, each source counts as one. What was
    counted before is taken, if it was for all months and the same ``least``.
    """
    sources = {str(source) for source in result.persons["source"].unique()}
    told = {source: beside.programs[source] for source in sources if source in beside.programs}
    if len(set(told.values()) or sources) > MOST_PROGRAMS:
        return None
    counts = beside.counts
    if counts is None or counts.month is not None or counts.least != least:
        counts = count_people(result, ProgramTables(programs=told), min_cell=least)
    sure = isinstance(result.matcher, FellegiSunter)
    overlap = _side_by_side(counts.overlap, "programs", sure=sure).rename(columns={"programs": "known to"})
    totals = _side_by_side(counts.totals, "program", sure=sure)
    records = pd.Series(_records(result, told, totals["program"]), index=totals.index, dtype="Int64")
    totals.insert(1, "records", records.mask(_too_telling(totals["people"], records, totals["program"] == ANY)))
    for table, column in ((overlap, "known to"), (totals, "program")):
        table[column] = table[column].map(_named)
    return totals, overlap


def _records(result: Result, told: Mapping[str, str], names: pd.Series) -> list[int]:
    """The records of each program; all of them together are those of any program."""
    each = result.persons["source"].value_counts()
    counts: dict[str, int] = {}
    for source, n in each.items():
        program = told.get(str(source)) if told else str(source)
        if program is not None:
            counts[program] = counts.get(program, 0) + int(n)
    return [sum(counts.values()) if name == ANY else counts.get(name, 0) for name in names]


def _too_telling(people: pd.Series, records: pd.Series, every: pd.Series) -> pd.Series:
    """Programs of which the people are left out: their records are too, and one more's if the total would tell them."""
    hidden = people.isna() & ~every
    others = records[~hidden & ~every & (records > 0)].sort_values(kind="stable")
    if hidden.sum() == 1:
        hidden.loc[others.index[:1]] = True
    return hidden


def _side_by_side(counts: pd.DataFrame, column: str, *, sure: bool) -> pd.DataFrame:
    """People and families of one row beside each other, those with the most people first, everybody last."""
    shown = counts.assign(
        interval=[_interval(low, high) for low, high in zip(counts["low"], counts["high"], strict=True)]
    )
    parts = []
    for of, name in (("people", "people"), ("families", "households")):
        part = shown[(shown["of"] == of).to_numpy()].set_index(column)[["counted", "interval"]]
        part = part.rename(columns={"counted": name, "interval": f"{name} interval"})
        parts.append(part if sure else part[[name]])
    table = pd.concat(parts, axis=1)
    table = table[~((table["people"] == 0) & (table["households"] == 0)).fillna(value=False).to_numpy(bool)]
    order = table["people"].fillna(0).astype(int).where(table.index != ANY, -1)
    return table.loc[order.sort_values(ascending=False, kind="stable").index].rename_axis(column).reset_index()


def _interval(low: float, high: float) -> str:
    return "" if pd.isna(low) else f"({as_number(round(low))} to {as_number(round(high))})"


def _named(name: str) -> str:
    if name == ANY:
        return "all together"
    return " + ".join(PROGRAM_TITLES.get(one, one) for one in name.split(" + "))
