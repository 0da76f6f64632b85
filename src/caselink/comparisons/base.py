"""What a comparison is: it says how alike two values are, and nothing about what that means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeAlias, runtime_checkable

import numpy as np
import numpy.typing as npt

from caselink.encoding import EncodedRecords, Rows
from caselink.schema import Definition

Levels: TypeAlias = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Step:
    """A comparison in the form that the compiled kernel runs.

    ``kind`` names a kernel of :mod:`~caselink.comparisons.kinds`, ``views`` are (column, way to look at it) pairs, and
    ``limits`` the numbers that the kind takes.
    """

    kind: str
    views: tuple[tuple[str, str], ...]
    limits: tuple[float, ...] = ()


@runtime_checkable
class Comparison(Protocol):
    """Two rows in, one level out; pure, so that any split of the pairs gives the same levels.

    A comparison that the compiled kernel can run also has a ``step``.
    """

    @property
    def definition(self) -> Definition:
        """Name, columns, levels and kind of evidence."""

    def levels(self, records: EncodedRecords, left: Rows, right: Rows) -> Levels:
        """One level a pair: ``uint8``, 0 where either value is missing."""


def compiled_levels(comparison: Comparison, records: EncodedRecords, left: Rows, right: Rows) -> Levels:
    """Levels of one compiled comparison alone, by the same kernel that runs them all."""
    from caselink.comparisons.program import Program

    program = Program.of([comparison], records)
    return program.levels(program.patterns(left, right))[:, 0]
