"""Pairs as tables of keys, and back to positions."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from caselink.encoding import Rows, to_arrow
from caselink.engines.prepared import Prepared
from caselink.errors import RecordIdError
from caselink.schema import KEY_COLUMNS

_TEXT = pd.ArrowDtype(pa.string())


def pair_keys(records: pd.DataFrame, prepared: Prepared, left: Rows, right: Rows) -> dict[str, pd.Series[Any]]:
    """The keys of both records of each pair: ``source_left, record_id_left, source_right, record_id_right``."""
    keys = {key: to_arrow(records[key], key) for key in KEY_COLUMNS}
    return {
        f"{key}_{side}": pd.Series(values.take(pa.array(prepared.records.row[at])).cast(pa.string()), dtype=_TEXT)
        for side, at in (("left", left), ("right", right))
        for key, values in keys.items()
    }


def pair_positions(prepared: Prepared, pairs: pd.DataFrame) -> tuple[Rows, Rows]:
    """The positions of both records of each pair; :class:`RecordIdError` where one is not there."""
    sides = [
        prepared.records.positions(*(pairs[f"{key}_{side}"].astype("string") for key in KEY_COLUMNS))
        for side in ("left", "right")
    ]
    absent: npt.NDArray[np.int64] = np.flatnonzero((sides[0] < 0) | (sides[1] < 0))
    if len(absent):
        msg = f"{len(absent)} pair(s) name a record that is not among the records, the first in row {absent[0]}"
        raise RecordIdError(msg)
    return sides[0].astype(np.int32), sides[1].astype(np.int32)
