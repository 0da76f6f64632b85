"""REJECTS, collected while a file is read: which lines and fields could not be used, and why; never their values."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from caselink.layouts.extract import REJECT_SCHEMA, RejectedLine
from caselink.text_columns import to_pandas


class Rejects:
    """Lines, and fields of lines, that could not be used.

    >>> rejects = Rejects()
    >>> rejects.add([7, 9], "no known record type")
    >>> rejects.add([8], "is not a number", field="SSN", dropped=False)
    >>> rejects.n_dropped, rejects.frame(source="iva", file="a.txt")[["line", "field"]].to_numpy().tolist()
    (2, [[7, <NA>], [8, 'SSN'], [9, <NA>]])
    """

    def __init__(self, rows: Iterable[RejectedLine] = ()) -> None:
        self._batches: list[tuple[npt.NDArray[np.int64], str | None, str, bool]] = []
        by_reason: dict[tuple[str | None, str], list[int]] = {}
        for row in rows:
            by_reason.setdefault((row.field, row.reason), []).append(row.line)
        for (field, reason), lines in by_reason.items():
            self.add(lines, reason, field=field)

    def add(
        self,
        lines: Iterable[int] | npt.NDArray[np.int64],
        reason: str,
        *,
        field: str | None = None,
        dropped: bool = True,
    ) -> None:
        """Note lines by number; ``dropped`` is false where only the field, or one of two persons, is left out."""
        numbers = np.asarray(lines if isinstance(lines, np.ndarray) else list(lines), np.int64)
        if len(numbers):
            self._batches.append((numbers, field, reason, dropped))

    @property
    def n_dropped(self) -> int:
        """How many lines were left out whole."""
        return sum(len(lines) for lines, _, _, dropped in self._batches if dropped)

    def frame(self, *, source: str, file: str | None) -> pd.DataFrame:
        """REJECTS, in the order of the file."""
        lines = np.concatenate([np.zeros(0, np.int64), *(batch[0] for batch in self._batches)])
        sizes = [len(batch[0]) for batch in self._batches]
        kinds = pa.array(np.repeat(np.arange(len(sizes), dtype=np.int32), sizes))

        def column(place: int, kind: pa.DataType) -> pa.Array:
            return pa.array([batch[place] for batch in self._batches], kind).take(kinds)

        columns = [
            pa.repeat(pa.scalar(source, pa.string()), len(lines)),
            pa.repeat(pa.scalar(file, pa.string()), len(lines)),
            pa.array(lines),
            column(1, pa.string()),
            column(2, pa.string()),
            column(3, pa.bool_()),
        ]
        table = pa.Table.from_arrays(columns, schema=REJECT_SCHEMA)
        order = [(name, "ascending") for name in ("line", "field", "reason")]
        return to_pandas(table.sort_by(order))
