"""Blocking rules: which pairs are worth comparing. AND inside a rule, OR between rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import ClassVar, Protocol, runtime_checkable

import numpy as np
import pyarrow as pa

from caselink.blocking.blocks import Blocks, make_blocks, neighborhood, split_blocks
from caselink.blocking.keys import check_key, key_codes
from caselink.encoding import EncodedRecords
from caselink.errors import SpecError

_MOST_RECORDS = 2**30
_MOST_SKETCHES = 1000


@runtime_checkable
class Rule(Protocol):
    """What a blocking rule is: the keys that it reads and the blocks that it makes of records."""

    @property
    def name(self) -> str:
        """How the rule is called in tables."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys on which every pair of the rule agrees; none for a rule that lets values differ."""

    @property
    def reads(self) -> tuple[str, ...]:
        """Every key that the rule reads."""

    def blocks(self, records: EncodedRecords) -> list[Blocks]:
        """The blocks: one grouping, or several that are OR-ed."""


@dataclass(frozen=True, slots=True, init=False)
class BlockingRule:
    """Records that agree on all keys meet.

    A key is a column or a column with an ending: ``last_name.soundex``, ``birth_date.year``,
    ``first_name.initial``, ``zip.first3`` (see :data:`~caselink.blocking.keys.DERIVATIONS`); ``first_name|last_name``
    are two columns in either order. A record that lacks a key is in no block.

    A block of more than ``largest`` records is split by the keys in ``split_by``, one after the other; what
    is still larger after that meets its neighbors only.

    >>> BlockingRule("last_name", "birth_date.year").name
    'last_name & birth_date.year'
    """

    keys: tuple[str, ...]
    largest: int | None
    split_by: tuple[str, ...]

    def __init__(self, *keys: str, largest: int | None = None, split_by: Sequence[str] = ()) -> None:
        if not keys:
            msg = "a blocking rule needs at least one key"
            raise SpecError(msg)
        if largest is not None:
            _check_whole("largest", largest, least=2)
        if split_by and largest is None:
            msg = "split_by needs largest: the number of records above which a block is split"
            raise SpecError(msg)
        _check_endings([*keys, *split_by])
        object.__setattr__(self, "keys", tuple(keys))
        object.__setattr__(self, "largest", largest)
        object.__setattr__(self, "split_by", tuple(split_by))

    @property
    def name(self) -> str:
        """The keys, joined."""
        return " & ".join(self.keys)

    @property
    def reads(self) -> tuple[str, ...]:
        """Keys of the rule and of its splitting."""
        return self.keys + self.split_by

    def blocks(self, records: EncodedRecords) -> list[Blocks]:
        """One grouping; a second one of neighborhoods where a block could not be split small enough."""
        whole = make_blocks([key_codes(records, key) for key in self.keys], len(records))
        if self.largest is None or not (whole.size > self.largest).any():
            return [whole]
        return split_blocks(whole, (key_codes(records, key) for key in self.split_by), self.largest)


@dataclass(frozen=True, slots=True, init=False)
class SortedNeighborhood:
    """Records next to each other in the order of the keys meet (Hernández and Stolfo, 1995).

    ``window``: how many places apart two records may be. A record that lacks the first key is left out.
    """

    reads: tuple[str, ...]
    window: int

    def __init__(self, *keys: str, window: int = 5) -> None:
        if not keys:
            msg = "a sorted neighborhood needs at least one key"
            raise SpecError(msg)
        _check_whole("window", window, most=_MOST_RECORDS)
        _check_endings(keys)
        object.__setattr__(self, "reads", tuple(keys))
        object.__setattr__(self, "window", window)

    keys: ClassVar[tuple[str, ...]] = ()

    @property
    def name(self) -> str:
        """The keys and the window."""
        return f"neighbors by {', '.join(self.reads)} within {self.window}"

    def blocks(self, records: EncodedRecords) -> list[Blocks]:
        """One neighborhood over all records."""
        columns = [key_codes(records, key) for key in self.reads]
        ranks = [_alphabetic(column.values)[column.codes] for column in columns]
        present = np.flatnonzero(columns[0].codes >= 0).astype(np.int32)
        order = present[np.lexsort([rank[present] for rank in reversed(ranks)])]
        return [neighborhood(order, np.zeros(len(order), np.int64), self.window, len(records))]


@dataclass(frozen=True, slots=True, init=False)
class MinHash:
    """Records whose columns share most of their q-grams meet, whatever field holds the error.

    The texts of the columns are put together, cut into runs of ``q`` characters and sketched by MinHash
    (Broder, 1997); ``bands`` groups of ``rows`` sketches each are keys. Two records whose q-grams overlap
    by a share s (Jaccard) meet with probability 1 - (1 - s**rows)**bands. ``largest`` as in
    :class:`BlockingRule`. Drawn from ``seed``.
    """

    reads: tuple[str, ...]
    q: int
    bands: int
    rows: int
    largest: int
    seed: int

    def __init__(
        self, *columns: str, q: int = 3, bands: int = 8, rows: int = 3, largest: int = 100, seed: int = 0
    ) -> None:
        if not columns:
            msg = "MinHash needs at least one column"
            raise SpecError(msg)
        _check_endings(columns)
        for what, number in (("q", q), ("bands", bands), ("rows", rows)):
            _check_whole(what, number, most=_MOST_SKETCHES)
        _check_whole("bands times rows", bands * rows, most=_MOST_SKETCHES)
        _check_whole("largest", largest, least=2)
        _check_whole("seed", seed, least=0)
        object.__setattr__(self, "reads", tuple(columns))
        for what, number in (("q", q), ("bands", bands), ("rows", rows)):
            object.__setattr__(self, what, number)
        object.__setattr__(self, "largest", largest)
        object.__setattr__(self, "seed", seed)

    keys: ClassVar[tuple[str, ...]] = ()

    @property
    def name(self) -> str:
        """The columns."""
        return f"similar {', '.join(self.reads)}"

    def blocks(self, records: EncodedRecords) -> list[Blocks]:
        """One grouping a band."""
        from caselink.blocking.sketch import band_codes

        found: list[Blocks] = []
        for codes in band_codes(records, self.reads, self.q, (self.bands, self.rows), self.seed):
            found += split_blocks(make_blocks([codes], len(records)), iter(()), self.largest)
        return found


def _alphabetic(values: pa.LargeStringArray) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    rank = np.empty(len(values) + 1, np.int64)
    rank[pa.compute.sort_indices(values).to_numpy()] = np.arange(len(values))
    rank[-1] = len(values)  # missing comes last
    return rank


def _check_endings(keys: Sequence[str]) -> None:
    for key in keys:
        if not isinstance(key, str):
            msg = f"a blocking key is a text such as 'last_name.soundex', got {type(key).__name__}"
            raise SpecError(msg)
        check_key(key)


def _check_whole(name: str, number: int, *, least: int = 1, most: int = 2**62) -> None:
    if isinstance(number, bool) or not isinstance(number, Integral) or not least <= number <= most:
        msg = f"{name} must be a whole number from {least} to {most}"
        raise SpecError(msg)
