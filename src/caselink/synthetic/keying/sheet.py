"""The sheet that workers fill in: what was told, what stands there now, and every slip on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.synthetic.draws import Floats, Ints, Mask, Texts
from caselink.synthetic.keying.kinds import FIELD_OF, KINDS
from caselink.synthetic.keying.odds import Odds

Values = npt.NDArray[Any]
"""One keyed column: texts, ``None`` where missing, or numbers."""


class Sheet:
    """Some columns of records that are being keyed; they start as what was told."""

    def __init__(self, told: Mapping[str, Values], odds: Odds) -> None:
        self.told, self.odds = dict(told), odds
        self.columns: dict[str, Values] = {column: values.copy() for column, values in told.items()}
        self._n = len(odds.worker)
        self._distinct: dict[str, tuple[Ints, Texts]] = {}
        self._closed: dict[str, Mask] = {}
        self._slips: list[tuple[Ints, str, str]] = []

    def hit(self, kind: str, column: str, among: Mask | None = None, *, uniform: Floats | None = None) -> Ints:
        """Records that a kind of slip happens to, at its rate among those it can happen to.

        That are those of ``among`` (all by default) whose field still holds a value of its own, see :meth:`close`.
        Records with one number in ``uniform``, evenly drawn from [0, 1), are hit together.
        """
        if not getattr(self.odds.rates, kind):
            return np.zeros(0, dtype=np.int64)
        can = np.ones(self._n, dtype=bool) if among is None else among.copy()
        can &= self.open(column)
        if uniform is None:
            uniform = self.rng(f"{column}, {kind}: who").random(self._n)
        return np.flatnonzero(can & (uniform < self.odds.chances(kind, can)))

    def rng(self, step: str) -> np.random.Generator:
        """The generator of one step."""
        return self.odds.streams.rng(step)

    def put(self, kind: str, column: str, rows: Ints, new: Values | str | int | None) -> None:
        """Write ``new`` into a column at some rows, and note the slip where that changes what stands there."""
        old = self.columns[column][rows]
        self.columns[column][rows] = new
        changed = rows[np.asarray(self.columns[column][rows] != old, dtype=bool)]
        if len(changed):
            self._slips.append((changed, FIELD_OF.get(column, column), kind))

    def close(self, column: str, rows: Ints) -> None:
        """Say that the field holds nothing of the person's own any more, so that nothing else can happen to it."""
        self._closed.setdefault(column, np.zeros(self._n, dtype=bool))[rows] = True

    def open(self, column: str) -> Mask:
        """Where nothing of that kind was said."""
        return ~self._closed.get(column, np.zeros(self._n, dtype=bool))

    def present(self, column: str) -> Mask:
        """Where a text stands in the column."""
        return np.asarray(self.columns[column] != None, dtype=bool)  # noqa: E711 - value by value

    def where(self, column: str, holds: Callable[[Texts], Mask]) -> Mask:
        """Where a text stands in the column that ``holds`` says yes to."""
        codes, distinct = self._values(column)
        found = np.append(holds(distinct), False)[codes]
        changed = self.changed(column)
        found[changed] = holds(self.columns[column][changed])
        return found

    def changed(self, column: str) -> Ints:
        """Where a text stands in the column that is not the one told."""
        return np.flatnonzero((self.columns[column] != self.told[column]) & self.present(column))

    def rewrite(self, column: str, write: Callable[[Texts], Texts]) -> None:
        """Bring a column of texts, and what was told, into another notation, which is no slip."""
        codes, distinct = self._values(column)
        changed = self.changed(column)
        self._distinct[column] = codes, write(distinct)
        told = np.append(self._distinct[column][1], _NONE)[codes]
        written = told.copy()
        written[~self.present(column)] = None
        written[changed] = write(self.columns[column][changed])
        self.told[column], self.columns[column] = told, written

    def _values(self, column: str) -> tuple[Ints, Texts]:
        """What was told as places in a list of texts, -1 where missing: so that each text is looked at once."""
        if column not in self._distinct:
            codes, distinct = pd.factorize(self.told[column])
            self._distinct[column] = np.asarray(codes, dtype=np.int64), np.asarray(distinct, dtype=object)
        return self._distinct[column]

    def slips(self) -> pd.DataFrame:
        """``row``, ``field`` and ``kind`` of the slips that show, by row: the field is not as it was told."""
        fields = list(dict.fromkeys(FIELD_OF.get(column, column) for column in self.columns))
        differs = np.zeros((len(fields), self._n), dtype=bool)
        for column, values in self.columns.items():
            differs[fields.index(FIELD_OF.get(column, column))] |= np.asarray(values != self.told[column], dtype=bool)
        kinds = list(KINDS)
        parts = [
            np.stack([rows, np.full(len(rows), fields.index(field)), np.full(len(rows), kinds.index(kind))])
            for rows, field, kind in self._slips
        ]
        row, field, kind = np.concatenate([np.zeros((3, 0), dtype=np.int64), *parts], axis=1)
        shows = differs[field, row]
        code = np.unique((row[shows] * len(fields) + field[shows]) * len(kinds) + kind[shows])
        return pd.DataFrame(
            {
                "row": code // (len(fields) * len(kinds)),
                "field": np.array(fields, dtype=object)[code // len(kinds) % len(fields)],
                "kind": np.array(kinds, dtype=object)[code % len(kinds)],
            }
        )


_NONE = np.array([None], dtype=object)
