"""A comparison as a Splink model states it: conditions asked in order, the first that holds gives the level.

As in SQL a condition of a missing value neither holds nor fails, and what does not hold falls to the next level.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from caselink.comparisons import Levels
from caselink.encoding import EncodedRecords, Rows, text_buffers, text_units
from caselink.interop.splink_conditions import (
    Condition,
    Equal,
    Every,
    Is,
    Measured,
    Missing,
    Opposite,
    Some,
    must_be_known,
    values_of,
)
from caselink.interop.splink_values import Seen, Value, see
from caselink.schema import Definition, Evidence

Flags: TypeAlias = npt.NDArray[np.bool_]
Floats: TypeAlias = npt.NDArray[np.float64]
_TEXT_MEASURES = ("jaro", "jaro winkler", "levenshtein", "damerau levenshtein")  # by the number of the kernel


@dataclass(frozen=True, slots=True)
class SplinkLevel:
    """A condition and the level that it gives: 0 for what Splink calls a null level."""

    level: int
    condition: Condition


@dataclass(frozen=True, slots=True)
class SplinkComparison:
    """Levels by conditions in their order; a pair that meets none is at level 1.

    ``level_names`` as in every comparison: missing, the rest, then what is more and more alike. ``also_reads`` are
    columns of the comparison's term frequencies. ``bytes_count`` says that a letter counts as many times as it has
    bytes in UTF-8, as in DuckDB's similarities.

    >>> from caselink.interop.splink_conditions import read_condition
    >>> exact = SplinkLevel(2, read_condition('"sex_l" = "sex_r"'))
    >>> SplinkComparison("sex", ("missing", "all other", "exact"), (exact,)).definition.columns
    ('sex',)
    """

    name: str
    level_names: tuple[str, ...]
    conditions: tuple[SplinkLevel, ...]
    also_reads: tuple[str, ...] = ()
    bytes_count: bool = False
    evidence: Evidence = "personal"

    @property
    def definition(self) -> Definition:
        """Name, columns, levels and kind of evidence; a column that must be known for any level comes first."""
        read = [value.column for one in self.conditions for value in values_of(one.condition)]
        nulls = [must_be_known(one.condition) for one in self.conditions[:1] if one.level == 0]
        first = [column for column in read if any(column in known for known in nulls)]
        columns = tuple(dict.fromkeys([*first, *read, *self.also_reads]))
        return Definition(name=self.name, columns=columns, level_names=self.level_names, evidence=self.evidence)

    def levels(self, records: EncodedRecords, left: Rows, right: Rows) -> Levels:
        """One level a pair."""
        pairs = _Pairs(records, (left, right), self.bytes_count)
        found = np.ones(len(left), np.uint8)
        rest = np.arange(len(left))
        for one in self.conditions:
            holds = pairs.ask(one.condition, rest)[0]
            found[rest[holds]] = one.level
            rest = rest[~holds]
        return found


@dataclass(slots=True)
class _Pairs:
    """Pairs of records to be asked; what was seen or measured once is kept while they are asked."""

    records: EncodedRecords
    rows: tuple[Rows, Rows]
    bytes_count: bool
    seen: dict[Value, Seen] = field(default_factory=dict)
    measured: dict[tuple[object, ...], Floats] = field(default_factory=dict)

    def ask(self, condition: Condition, at: npt.NDArray[np.int64]) -> tuple[Flags, Flags]:
        """Whether the condition holds, and whether it fails, for each of the pairs ``at`` these places."""
        match condition:
            case Missing(value):
                missing = self.codes(value, at) < 0
                return missing, ~missing
            case Equal():
                return self.equal(condition, at)
            case Is():
                return self.is_wanted(condition, at)
            case Measured():
                return self.related(condition, at)
            case Opposite(part):
                holds, fails = self.ask(part, at)
                return fails, holds
            case Every(parts) | Some(parts):
                asked = [self.ask(part, at) for part in parts]
                every = isinstance(condition, Every)
                held, failed = ([one[side] for one in asked] for side in (0, 1))
                return _joined(held, every=every), _joined(failed, every=not every)

    def look(self, value: Value) -> Seen:
        """The value of every record, seen once."""
        key = value if value.side == 0 else value.turned()
        if key not in self.seen:
            self.seen[key] = see(key, self.records)
        return self.seen[key]

    def codes(self, value: Value, at: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
        """Codes of a value at pairs."""
        return self.look(value).codes[self.rows[value.side][at]]

    def equal(self, asked: Equal, at: npt.NDArray[np.int64]) -> tuple[Flags, Flags]:
        """Equal or not, by codes; those of another column are translated first."""
        a, b = self.codes(asked.left, at), self.codes(asked.right, at)
        left, right = self.look(asked.left), self.look(asked.right)
        known = (a >= 0) & (b >= 0)
        if left is not right:
            b = np.append(_translated(right, left), np.int32(-1))[b]
        return known & (a == b), known & (a != b)

    def is_wanted(self, asked: Is, at: npt.NDArray[np.int64]) -> tuple[Flags, Flags]:
        """A given text or number, or another."""
        seen = self.look(asked.value)
        if isinstance(asked.wanted, str):
            code = pc.index(seen.texts, pa.scalar(asked.wanted, pa.large_string())).as_py()
        else:
            places = np.flatnonzero(seen.numbers == asked.wanted)
            code = int(places[0]) if len(places) else -1
        codes = self.codes(asked.value, at)
        return (codes >= 0) & (codes == code), (codes >= 0) & (codes != code)

    def related(self, asked: Measured, at: npt.NDArray[np.int64]) -> tuple[Flags, Flags]:
        """A measure on the one or the other side of its limit."""
        found = self.measure(asked, at)
        holds = {
            "=": found == asked.limit,
            "<": found < asked.limit,
            "<=": found <= asked.limit,
            ">": found > asked.limit,
            ">=": found >= asked.limit,
        }[asked.sign]
        return holds, ~holds & ~np.isnan(found)

    def measure(self, asked: Measured, at: npt.NDArray[np.int64]) -> Floats:
        """The measure of pairs; NaN where a value is missing."""
        if asked.measure == "difference":
            a, b = (
                np.append(self.look(value).numbers, np.nan)[self.codes(value, at)]
                for value in (asked.left, asked.right)
            )
            return np.asarray(np.abs(a - b))
        edits = asked.measure.endswith("levenshtein")
        key = (asked.measure, asked.left, asked.right, asked.limit if edits else None)
        if key not in self.measured:
            self.measured[key] = np.full(len(self.rows[0]), np.nan)
            self.measured[key][at] = self.measure_texts(asked, at)
        return self.measured[key][at]  # places are only ever left out from one condition to the next

    def measure_texts(self, asked: Measured, at: npt.NDArray[np.int64]) -> Floats:
        """A measure of two texts, compiled."""
        from caselink.interop.splink_kernels import measure_texts

        a, b = self.codes(asked.left, at), self.codes(asked.right, at)
        left, right = self.look(asked.left), self.look(asked.right)
        units, start = _units(left.texts, bytes_count=self.bytes_count)
        if left is not right:
            more, its_start = _units(right.texts, bytes_count=self.bytes_count)
            b = np.where(b < 0, -1, b + len(left.texts)).astype(np.int32)
            units, start = np.concatenate([units, more]), np.concatenate([start, its_start[1:] + start[-1]])
        units = np.append(units, np.uint16(0))
        limit = np.int64(np.ceil(asked.limit)) if asked.measure.endswith("levenshtein") else np.int64(0)
        measure = np.int64(_TEXT_MEASURES.index(asked.measure))
        measures: Floats = measure_texts(units, start, a, b, measure, limit)
        return measures


def _joined(flags: Sequence[Flags], *, every: bool) -> Flags:
    """Where every one of them is true, or at least one."""
    return np.asarray(np.logical_and.reduce(flags) if every else np.logical_or.reduce(flags))


def _translated(seen: Seen, into: Seen) -> npt.NDArray[np.int32]:
    """The code of each distinct value among those of another column; -2 for one that is not there."""
    if len(seen.numbers) or len(into.numbers):
        places = np.searchsorted(into.numbers, seen.numbers)
        there = np.append(into.numbers, np.nan)[places] == seen.numbers
        return np.where(there, places, -2).astype(np.int32)
    found = pc.index_in(seen.texts, value_set=into.texts).fill_null(-2)
    return np.asarray(found.to_numpy(zero_copy_only=False), np.int32)


def _units(texts: pa.LargeStringArray, *, bytes_count: bool) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.int64]]:
    """What a similarity counts of each text: its letters, or their bytes."""
    if not bytes_count:
        return text_units(texts)
    data, start = text_buffers(texts)
    return data[start[0] : start[-1]].astype(np.uint16), start - start[0]
