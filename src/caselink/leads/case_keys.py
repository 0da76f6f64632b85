"""What names a case in every table: its source and its number there, as one text."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from caselink.encoding import to_arrow


def case_texts(source: pd.Series[Any] | str, case_id: pd.Series[Any]) -> pa.LargeStringArray:
    """One text a case: its source and its number there; null where either is missing."""
    ids = to_arrow(case_id, "case_id")
    of = pa.scalar(source, pa.large_string()) if isinstance(source, str) else to_arrow(source, "source")
    joined = pc.binary_join_element_wise(of, ids, pa.scalar("\x1f", pa.large_string()))
    return joined.cast(pa.large_string())


def number_cases(tables: list[tuple[pd.Series[Any] | str, pd.Series[Any]]]) -> pa.LargeStringArray:
    """All cases that any table names, in the order of their texts."""
    texts = [case_texts(source, case_id).unique() for source, case_id in tables]
    every = pa.concat_arrays([*texts, pa.array([], pa.large_string())]).unique().drop_null()
    return every.take(pc.sort_indices(every))
