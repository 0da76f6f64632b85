"""A comparison that the user wrote: a function of two values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from caselink.comparisons.base import Levels
from caselink.encoding import EncodedRecords, Rows
from caselink.errors import SpecError
from caselink.schema import Definition, Evidence


@dataclass(frozen=True, slots=True)
class Custom:
    """A function of two texts that gives a level: 1 for differ, up to the number of levels less one.

    It is called once for each two values that meet, in alphabetic order, never with a missing one; 0 says that the two
    cannot be compared.

    >>> Custom("team", lambda a, b: 2 if a[:1] == b[:1] else 1, ("missing", "differ", "exact")).definition.name
    'team'
    """

    column: str
    function: Callable[[str, str], int]
    level_names: tuple[str, ...]
    evidence: Evidence = "personal"

    @property
    def definition(self) -> Definition:
        """Name, columns, levels and kind of evidence."""
        return Definition(
            name=self.column, columns=(self.column,), level_names=tuple(self.level_names), evidence=self.evidence
        )

    def levels(self, records: EncodedRecords, left: Rows, right: Rows) -> Levels:
        """One level a pair."""
        column = records.columns[self.column]
        a, b = column.codes[left].astype(np.int64), column.codes[right].astype(np.int64)
        out = np.zeros(len(left), np.uint8)
        present = np.flatnonzero((a >= 0) & (b >= 0))
        pair = np.minimum(a, b)[present] * len(column.values) + np.maximum(a, b)[present]
        distinct, place = np.unique(pair, return_inverse=True)
        texts = column.values.to_pylist()
        found = [self._level(texts[p // len(texts)], texts[p % len(texts)]) for p in distinct.tolist()]
        out[present] = np.array(found, np.uint8)[place]
        return out

    def _level(self, *values: str) -> int:
        level = self.function(*sorted(values))
        if level not in range(len(self.level_names)):
            msg = f"comparison {self.column!r}: the function must give a level from 0 to {len(self.level_names) - 1}"
            raise SpecError(msg)
        return int(level)
