"""What families say of a pair of records: facts of the records, probabilities learned from a sample, weights."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.compute as pc

from caselink.encoding import Column, EncodedRecords
from caselink.engines.joint_mates import RosterMates
from caselink.engines.local import ScoredPairs
from caselink.engines.prepared import Prepared
from caselink.engines.seats import Seats
from caselink.identity.joint_levels import RosterLevels
from caselink.identity.joint_parts import Parts, Played
from caselink.identity.joint_rosters import RosterBook, RosterMembers
from caselink.matchers import FellegiSunter

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Positions = npt.NDArray[np.int32]
Pairs = tuple[Positions, Positions]

MOST_BITS = 12.0
"""As much as family evidence moves the weight of a pair."""
_CERTAIN_BITS = 25.0  # beyond, a pair stays what it is whatever the family says
_SMOOTHING = 3.0
_ROUNDS = 4
_ROLES = 30
_DOUBLE_BITS = 10.0  # of the pair alone
_CHUNK = 1 << 17


@dataclass(frozen=True, slots=True)
class FamilyFacts:
    """What does not change from pass to pass: who stands with whom, in which case, and in which part."""

    rosters: RosterMembers
    book: RosterBook = field(repr=False)
    parts: Parts = field(repr=False)
    source: npt.NDArray[np.int32] = field(repr=False)
    mates: RosterMates | None = field(repr=False)
    may_repeat: npt.NDArray[np.bool_] = field(repr=False)
    """Of each source, whether it may hold a person twice."""

    @classmethod
    def of(cls, prepared: Prepared, matcher: FellegiSunter, pairs: ScoredPairs) -> Self:
        """Gathered from the records; ``pairs`` say which rows of one roster are one row twice."""
        records, seats = prepared.records, prepared.seats()
        rosters, role = _find_rosters(records, seats), _roles(seats.role, len(records))
        double = pairs.match_weight >= _DOUBLE_BITS
        book = rosters.book(pairs.left[double], pairs.right[double])
        mates = RosterMates.learn(prepared, matcher, rosters, book, role)
        parts = Parts.of(records.source, role, _ages(records, seats.year))
        return cls(rosters, book, parts, records.source, mates, prepared.index.allowed.diagonal())

    def weighed(self, pairs: ScoredPairs) -> ScoredPairs:
        """The pairs, those of one roster with weights of their own."""
        return pairs if self.mates is None else self.mates.weighed(pairs)

    def doubles(self, pairs: ScoredPairs) -> Pairs:
        """Pairs of one roster that are one member written down twice, by their weights as :meth:`weighed`."""
        rows = np.flatnonzero(pairs.match_weight >= 0)
        left, right = pairs.left[rows], pairs.right[rows]
        rows = np.flatnonzero(self.may_repeat[self.source[left]] & ~self.are_free((left, right)))
        return left[rows], right[rows]

    def are_free(self, pairs: Pairs) -> npt.NDArray[np.bool_]:
        """Which pairs do not stand in one roster: of those that do nothing more is asked."""
        return np.ones(len(pairs[0]), bool) if self.mates is None else ~self.mates.together(pairs)

    def free_pairs(self, pairs: ScoredPairs) -> ScoredPairs:
        """The pairs without those of one roster."""
        free = self.are_free((pairs.left, pairs.right))
        weights = pairs.match_weight[free], pairs.household[free]
        return ScoredPairs(pairs.left[free], pairs.right[free], *weights, int(free.sum()))

    def beside(self, records: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """The records in whose rosters one of the given ones stands."""
        found, told = np.zeros(len(self.book.size), np.bool_), np.zeros(len(records), np.bool_)
        found[self.rosters.roster[records[self.rosters.record]]] = True
        told[self.rosters.record[found[self.rosters.roster]]] = True
        return told

    def levels(self, person: Positions, pairs: Pairs) -> RosterLevels:
        """What the rosters say of each pair, given the settled persons."""
        return RosterLevels.of(self.book, person, pairs, source=self.source)


@dataclass(frozen=True, slots=True)
class FamilyEvidence:
    """Log probabilities of the rosters' outcomes and of two parts: for one person, one household, strangers."""

    rosters: tuple[Floats, Floats, Floats] = field(repr=False)
    parts: tuple[Floats, Floats] = field(repr=False)
    """Against chance, so strangers have none."""
    levels: RosterLevels = field(repr=False)
    """Of the pairs that it was learned from."""

    @classmethod
    def learn(cls, facts: FamilyFacts, person: Positions, sample: ScoredPairs, before: Self | None = None) -> Self:
        """From pairs, each counted for every class by its probability, and that sharpened a few times.

        Pairs of one roster teach nothing here: see :meth:`FamilyFacts.free_pairs`. Where the same pairs taught the
        evidence ``before`` the same, it is given back.
        """
        pairs = (sample.left, sample.right)
        levels = facts.levels(person, pairs)
        if before is not None and levels.equals(before.levels):
            return before
        prior, played = _class_logs(sample), facts.parts.of_pairs(*pairs)
        classes = prior
        for _ in range(_ROUNDS):
            share = np.exp(classes - np.logaddexp.reduce(classes, axis=0))
            match, home, strange = (levels.table(part, smoothing=_SMOOTHING) for part in share)
            parts = [facts.parts.table(played, part, smoothing=_SMOOTHING) for part in share[:2]]
            evidence = cls((match, home, strange), (parts[0], parts[1]), levels)
            classes = prior + evidence.logs(levels, played)
        return evidence

    def logs(self, levels: RosterLevels, played: Played) -> Floats:
        """What is added to the log share of each class (3 x pairs)."""
        logs = np.stack([levels.logs(table) for table in self.rosters])
        logs[:2] += [table[played] for table in self.parts]
        return logs

    def weigh(
        self,
        facts: FamilyFacts,
        person: Positions,
        pairs: ScoredPairs,
        pool: ThreadPoolExecutor,
        last: tuple[Positions, npt.NDArray[np.float32]] | None = None,
    ) -> npt.NDArray[np.float32]:
        """The match weights with what the family says; chunks of pairs are worked on by the threads of the pool.

        ``last``: the persons for whom this evidence was asked last, and what it said of the first of these pairs. Then
        only pairs are looked at in whose rosters somebody was joined since, and those that came after.
        """
        n_known, touched = (0, None) if last is None else (len(last[1]), facts.beside(person != last[0]))
        weight = pairs.match_weight.copy()
        if last is not None:
            weight[:n_known] = last[1]

        def work(start: int) -> None:
            asked = np.abs(pairs.match_weight[start : start + _CHUNK]) < _CERTAIN_BITS
            if touched is not None:
                span = slice(start, min(start + _CHUNK, n_known))
                asked[: max(0, n_known - start)] &= touched[pairs.left[span]] | touched[pairs.right[span]]
            near = start + np.flatnonzero(asked)
            rows = near[facts.are_free((pairs.left[near], pairs.right[near]))]
            alone = pairs.match_weight[rows]
            some = ScoredPairs(pairs.left[rows], pairs.right[rows], alone, pairs.household[rows], 0)
            both = (some.left, some.right)
            classes = _class_logs(some) + self.logs(facts.levels(person, both), facts.parts.of_pairs(*both))
            bits = (classes[0] - np.logaddexp(classes[1], classes[2])) / np.log(2)
            weight[rows] = alone + np.clip(bits - alone, -MOST_BITS, MOST_BITS).astype(np.float32)

        list(pool.map(work, range(0, len(weight), _CHUNK)))
        return weight


def _class_logs(pairs: ScoredPairs) -> Floats:
    """Log probabilities of one person, one household and strangers (3 x pairs)."""
    weight = pairs.match_weight.astype(np.float64)
    other = 1 / (1 + np.exp2(weight))
    household = np.minimum(pairs.household, other * (1 - 1e-6))
    shares = np.stack([1 / (1 + np.exp2(-weight)), household, other - household])
    return np.asarray(np.log(np.maximum(shares, 1e-300)))


def _find_rosters(records: EncodedRecords, seats: Seats) -> RosterMembers:
    """Rosters of cases; for records of no case, by source, month, address and last name."""
    n_records = len(records)
    if not {"street", "last_name"} <= set(records.columns):
        return RosterMembers.of_groups(n_records, seats.record, seats.roster, seats.case[seats.roster])
    columns: list[npt.NDArray[Any]] = [
        np.asarray(records.source),
        *(_codes(records, name) for name in ("street", "last_name")),
    ]
    place = [_codes(records, name) for name in ("unit", "zip", "city", "month")]
    home = _numbered([*columns, *place], needed=len(columns))
    home[seats.record] = -1  # who stands in a case has its roster
    home = np.where(np.append(np.bincount(home[home >= 0]), 0)[home] > 1, home, -1)  # nobody stands beside one alone
    neighbor = np.flatnonzero(home >= 0)
    roster = np.append(seats.roster, home[neighbor] + seats.roster.max(initial=-1) + 1)
    case = np.append(seats.case[seats.roster], np.full(len(neighbor), -1))
    return RosterMembers.of_groups(n_records, np.append(seats.record, neighbor), roster, case)


def _codes(records: EncodedRecords, name: str) -> Ints:
    column = records.columns.get(name)
    return np.full(len(records), -1, np.int64) if column is None else column.codes.astype(np.int64)


def _numbered(columns: list[npt.NDArray[Any]], *, needed: int | None = None) -> Ints:
    """A number for each combination of values, -1 where one of the first ``needed`` columns (by default all) lacks."""
    known = np.all([column >= 0 for column in columns[:needed]], axis=0)
    number = np.zeros(int(known.sum()), np.int64)
    for column in columns:
        part = column[known]
        number = pd.factorize(number * (int(part.max(initial=-1)) + 2) + part + 1)[0]
    numbers = np.full(len(known), -1, np.int64)
    numbers[known] = number
    return numbers


def _roles(column: Column | None, n_records: int) -> Ints:
    """Each record's role as a number, by its place in the alphabet; beyond the most usual ones, one for all others."""
    if column is None or not len(column.values):
        return np.full(n_records, -1, np.int64)
    names = np.array(column.values.to_pylist(), dtype=object)  # noqa: PD011  (a Column)
    usual = np.lexsort((names, -column.counts()))[:_ROLES]
    number = np.full(len(names) + 1, _ROLES, np.int64)
    number[usual[np.argsort(names[usual])]] = np.arange(len(usual))
    number[-1] = -1
    return number[column.codes]


def _ages(records: EncodedRecords, year: Ints) -> Ints:
    """Years from birth to the year of the roster, or to the newest births where that is not known; -1 unknown."""
    born = _years(records, "birth_date")
    known = born > 0
    if not known.any():
        return np.full(len(records), -1, np.int64)
    newest = int(np.sort(born[known])[int(0.999 * (known.sum() - 1))])
    return np.where(known, np.maximum(np.where(year > 0, year, newest) - born, 0), -1)


def _years(records: EncodedRecords, name: str) -> Ints:
    """The year a date begins with; 0 where it is not known."""
    column = records.columns.get(name)
    if column is None or not len(column.values):
        return np.zeros(len(records), np.int64)
    return np.append(_leading_years(column), 0)[column.codes]


def _leading_years(column: Column) -> Ints:
    years = pc.utf8_slice_codeunits(column.values, 0, 4)
    digits = pc.if_else(pc.match_substring_regex(years, "^[0-9]{4}$"), years, "0")
    return np.asarray(digits.cast("int64").to_numpy(zero_copy_only=False))
