"""Unduplicated counts: how many people and families each program serves, and how many are served by several.

A person whom two programs know is counted once. What linking may have got wrong goes into an interval.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from caselink.calendar_months import month_numbers
from caselink.confidentiality.small_cells import hide_small
from caselink.errors import InputError, SpecError
from caselink.evaluate.uncertain_counts import Slips, draw_counts, find_slips
from caselink.findings.facts import HIRE
from caselink.leads import ProgramTables
from caselink.leads.fact_tables import Numbers, months, report_table
from caselink.notebook import show_table
from caselink.result import Result
from caselink.reviewing import complete_places

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
MOST_PROGRAMS = 8
_LEVELS: tuple[tuple[float, Literal["lower", "higher"]], ...] = ((0.025, "lower"), (0.975, "higher"))
_NUMBERS = ("counted", "expected", "low", "high")
ANY = "any"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PeopleCounts:
    """People and families by program; prints as tables.

    ``overlap``: one row for each combination of programs that somebody is in, and nowhere else: ``of`` (*people* or
    *families*), ``programs``, ``counted`` (as linked), ``expected`` (when linking slips as often as its own weights
    say), ``low`` and ``high`` (95 %). ``totals``: the same of each ``program``, and of *any*. Counts that are left out
    as too small are missing. ``left_out``: what could not be counted, and how much of it.
    """

    overlap: pd.DataFrame
    totals: pd.DataFrame
    month: str | None = None
    least: int | None = None
    left_out: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        return "\n\n".join(_rounded(table).to_string(index=False, na_rep="") for table in (self.totals, self.overlap))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return show_table(_rounded(self.totals)) + show_table(_rounded(self.overlap))


def _rounded(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(**{name: table[name].round().astype("Int64") for name in _NUMBERS})


def count_people(
    result: Result,
    tables: ProgramTables | None = None,
    month: str | None = None,
    *,
    min_cell: int | None = None,
    doubt_bits: float = 2.0,
    seed: int = 0,
) -> PeopleCounts:
    """Count people and families once, by program and by every combination of programs, with 95 % intervals.

    ``tables`` names the program of each source; without, each source is a program of its own. A family is a household
    (who has none is one alone); its programs are those that know one of its people. ``month`` (``YYYY-MM``) counts
    those in a case of the program in that month, and those whom an employer reported for it; without, everybody who is
    in the files. Counts of fewer than ``min_cell`` are left out, and what would give them away, as statistics that
    leave the house ask.

    The intervals carry the error of linking alone, not that of the files. They are drawn: each place where records
    were joined or kept apart slips with the probability that its match weights give, under the assumptions of
    :mod:`caselink.evaluate.uncertain_counts` (``doubt_bits`` is how far all weights may be off together). A slip makes
    two families of one where no other member is in the rosters of both sides, and one of two where the person's two
    halves are in no roster of one program, or one of them is alone; other errors in finding households are not in it.
    For a matcher whose weights are no weights of evidence the intervals say nothing.
    """
    if min_cell is not None and not min_cell >= 1:
        raise SpecError("min_cell is the least count that is shown, 1 or more")
    tables = tables or ProgramTables()
    names, bit, left_out = _programs(result, tables)
    cell = bit[result.prepared.records.source]
    if month is not None:
        cell, without = _in_month(result, tables, month, cell)
        left_out |= without
    judged = complete_places(result.judged, result.prepared, result.matcher)
    person = judged.person
    slips = find_slips(judged.scored, person, cell, places=judged.places)
    of_person = _joined_cells(person, cell)
    homes = _Homes.of(_households(result, tables, month), of_person, _rostered(result, tables, cell))
    moves = homes.slips(slips, (person[slips.left], person[slips.right]))
    parts = []
    for of, cells, moved in (("people", of_person, slips), ("families", homes.cell, moves)):
        counted = np.bincount(cells, minlength=1 << len(names))
        drawn = draw_counts(counted, moved, doubt_bits=doubt_bits, seed=seed)
        parts.append(_tables(of, names, counted, drawn, min_cell))
    overlap, totals = (pd.concat(part, ignore_index=True) for part in zip(*parts, strict=True))
    return PeopleCounts(overlap=overlap, totals=totals, month=month, least=min_cell, left_out=left_out)


def _programs(result: Result, tables: ProgramTables) -> tuple[list[str], Ints, dict[str, int]]:
    """The programs, the bit of each source's program, and how many records are of no program."""
    encoded = result.prepared.records
    told: Mapping[str, str] = tables.programs or {name: name for name in encoded.sources}
    names = sorted({told[name] for name in encoded.sources if name in told})
    if len(names) > MOST_PROGRAMS:
        raise SpecError(f"at most {MOST_PROGRAMS} programs can be combined; tell which sources are of one program")
    bit = np.array([1 << names.index(told[name]) if name in told else 0 for name in encoded.sources], np.int64)
    other = int((bit[encoded.source] == 0).sum())
    return names, bit, {"records of no program": other} if other else {}


def _joined_cells(person: Ints, cell: Ints) -> Ints:
    of_person = np.zeros(int(person.max(initial=-1)) + 1, np.int64)
    np.bitwise_or.at(of_person, person, cell)
    return of_person


def _in_month(result: Result, tables: ProgramTables, month: str, cell: Ints) -> tuple[Ints, dict[str, int]]:
    """The cells of records that their program has in that month, 0 of others; and records of which no month is told."""
    number = int(month_numbers(pd.Series([month]))[0])
    if number < 0:
        raise InputError("month is written YYYY-MM")
    encoded = result.prepared.records
    active, dated = np.zeros((2, len(encoded)), np.bool_)
    for rows, first, last in (_stays(result, tables), _reported(result, tables)):
        dated[rows] = True
        active[rows[(first <= number) & (number <= last)]] = True
    undated = np.bincount(encoded.source, dated, len(encoded.sources)) == 0
    missing = int(undated[encoded.source].sum())
    return np.where(active, cell, 0), {"records of sources that tell no months": missing} if missing else {}


def _stays(result: Result, tables: ProgramTables) -> tuple[Ints, Ints, Ints]:
    told = tables.memberships if tables.memberships is not None else result.memberships
    if told is None:
        if not {"case_id", "month"} <= set(result.records.columns):
            return (np.zeros(0, np.int64),) * 3
        told = result.records
    first, last = (months(told, name) for name in ("first_month", "last_month"))
    return _placed(result, told, first, last)


def _reported(result: Result, tables: ProgramTables) -> tuple[Ints, Ints, Ints]:
    """Months for which employers reported: that of hire, or all of the quarter."""
    encoded = result.prepared.records
    nobody = np.zeros(0, dtype=object)
    numbers = Numbers(encoded, result.judged.person, nobody, nobody, nobody, pa.array([], pa.large_string()))
    told = report_table(tables.reports, numbers, result.judged.person)
    month = told["month"].to_numpy(np.int64)
    first = np.where(told["kind"].to_numpy() == HIRE, month, month - 2)
    return told["record"].to_numpy(np.int64), np.where(month >= 0, first, -1), month


def _placed(result: Result, told: pd.DataFrame, first: Ints, last: Ints) -> tuple[Ints, Ints, Ints]:
    record = result.prepared.records.positions(told["source"], told["record_id"])
    known = (record >= 0) & (first >= 0)
    return record[known].astype(np.int64), first[known], last[known]


def _rostered(result: Result, tables: ProgramTables, cell: Ints) -> int:
    """The programs that have rosters; all of them where there are none at all."""
    rows = _stays(result, tables)[0]
    return int(np.bitwise_or.reduce(cell[rows])) if len(rows) else -1


def _households(result: Result, tables: ProgramTables, month: str | None) -> Ints:
    """A number for the household of each person, in the month or the last one known; -1 for none."""
    rosters = tables.memberships
    told = result if result.memberships is not None or rosters is None else result.with_memberships(rosters)
    homes = told.families.last_homes(None if month is None else int(month_numbers(pd.Series([month]))[0]))
    known, number = np.unique(homes, return_inverse=True)
    number = number.astype(np.int64) - int((known < 0).any())  # -1 comes first, where it comes
    found = np.full(int(result.judged.person.max(initial=-1)) + 1, -1, np.int64)
    found[result.judged.person] = number[told.families.sightings.person]
    return found


def _tables(of: str, names: list[str], counted: Ints, drawn: Floats, least: int | None) -> tuple[pd.DataFrame, ...]:
    """The overlap and the totals of people or of families."""
    cells = np.arange(1, len(counted))
    within = np.array([[cell & 1 << k > 0 for cell in cells] for k in range(len(names))] + [[True] * len(cells)])
    hidden = hide_small(counted[1:], within, least) if least is not None else (cells < 0, np.zeros(len(within), bool))
    texts = [" + ".join(name for k, name in enumerate(names) if cell & 1 << k) for cell in cells]
    overlap = _rows(of, ("programs", texts), counted[1:], drawn[:, 1:], hidden[0])
    total = _rows(of, ("program", [*names, ANY]), within @ counted[1:], drawn[:, 1:] @ within.T, hidden[1])
    return overlap, total


def _rows(of: str, named: tuple[str, list[str]], counted: Ints, drawn: Floats, hidden: Mask) -> pd.DataFrame:
    low, high = (np.quantile(drawn[1:], level, axis=0, method=how) for level, how in _LEVELS)
    numbers = {"counted": counted.astype(np.float64), "expected": drawn[0], "low": low, "high": high}
    table = pd.DataFrame({"of": of, named[0]: named[1], **{n: np.where(hidden, np.nan, v) for n, v in numbers.items()}})
    return table.assign(counted=table["counted"].astype("Int64"))


@dataclass(frozen=True, slots=True)
class _Homes:
    """The household of each person (-1 for none), how many ``members`` of each cell it has, and its own ``cell``.

    ``rostered``: the programs that tell who is in a case with whom; others tie nobody but the person they know.
    """

    household: Ints
    rostered: int
    members: Ints = field(repr=False)
    cell: Ints

    @classmethod
    def of(cls, household: Ints, of_person: Ints, rostered: int) -> _Homes:
        """Of persons whom some program knows; one without a household is a family alone, other people do not count."""
        known = of_person > 0
        lone = np.flatnonzero(known & (household < 0))
        household = household.copy()
        household[lone] = household.max(initial=-1) + 1 + np.arange(len(lone))
        n, n_cells = int(household.max(initial=-1)) + 1, int(of_person.max(initial=0)) + 1
        place = household[known] * n_cells + of_person[known]
        members = np.bincount(place, minlength=n * n_cells).reshape(n, n_cells).astype(np.int64)
        return cls(household, rostered, members, _union(members))

    def slips(self, slips: Slips, people: tuple[Ints, Ints]) -> Slips:
        """What slips of persons do to households; ``people`` are the persons of each slip's two sides."""
        told = (slips.one > 0) & (slips.other > 0)
        home, other = (self.household[side[told]] for side in people)
        slips = slips.having(told, slips.one, slips.other)
        apart = slips.one & slips.other & self.rostered == 0
        alone = self.members.sum(axis=1) == 1
        splits = slips.joined & alone[home]
        rows = np.flatnonzero(slips.joined & apart & ~splits)
        splits[rows] = self._further_ties(slips.one[rows], slips.other[rows], home[rows]) == 0
        merges = ~slips.joined & (home != other) & (apart | alone[home] | alone[other])
        merges = _strongest(merges, slips.bits, home, other)
        sides, rows = [self.cell[home], self.cell[other]], np.flatnonzero(splits)
        sides[0][rows], sides[1][rows] = self._apart(slips.one[rows], slips.other[rows], home[rows])
        return slips.having(splits | merges, *sides)

    def _further_ties(self, one: Ints, other: Ints, home: Ints) -> Ints:
        """How many others of the household are in the rosters of both sides."""
        one, other = one & self.rostered, other & self.rostered
        ties = np.where((one > 0) & (other > 0), -1, 0)  # the person itself
        for cell in range(1, self.members.shape[1]):
            ties += np.where((one & cell > 0) & (other & cell > 0), self.members[home, cell], 0)
        return ties

    def _apart(self, one: Ints, other: Ints, home: Ints) -> tuple[Ints, Ints]:
        """The programs of each side with those of the members it ties; whom neither ties stay with the larger."""
        swap = (other & self.rostered) > (one & self.rostered)
        large, small = (np.where(swap, *pair) for pair in ((other, one), (one, other)))
        one, other = large.copy(), small.copy()
        for cell in range(1, self.members.shape[1]):
            here = (self.members[home, cell] > 0) & (cell != (large | small))
            second = (small & cell & self.rostered > 0) & (large & cell & self.rostered == 0)
            one |= np.where(here & ~second, cell, 0)
            other |= np.where(here & second, cell, 0)
        return one, other


def _union(members: Ints) -> Ints:
    cell = np.zeros(len(members), np.int64)
    for number in range(members.shape[1]):
        cell |= np.where(members[:, number] > 0, number, 0)
    return cell


def _strongest(wanted: Mask, bits: Floats, one: Ints, other: Ints) -> Mask:
    """Of the places between the same two households the one with the most bits."""
    rows = np.flatnonzero(wanted)
    low, high = np.minimum(one[rows], other[rows]), np.maximum(one[rows], other[rows])
    order = np.lexsort((-bits[rows], high, low))
    new = np.ones(len(rows), np.bool_)
    new[1:] = (low[order][1:] != low[order][:-1]) | (high[order][1:] != high[order][:-1])
    kept = np.zeros(len(wanted), np.bool_)
    kept[rows[order[new]]] = True
    return kept
