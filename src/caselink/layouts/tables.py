"""Parquet files and frames, whose columns have types: read and written as text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from caselink.errors import InputError
from caselink.layouts.extract import RawTable
from caselink.text_columns import arrow_table, is_number, to_text

Choose = Callable[[list[str]], list[str]]


def read_parquet(path: Path, *, choose: Choose) -> RawTable:
    """Read the columns that ``choose`` picks from a Parquet file."""
    from pyarrow import parquet

    try:
        names = [str(name) for name in parquet.read_schema(path).names]
        table = parquet.read_table(path, columns=choose(names))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise InputError("is not a Parquet file, or a damaged one; write it again", file=str(path)) from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or 'damaged'}", file=str(path)) from None
    return _raw(table)


def read_frame(frame: Any, *, choose: Choose) -> RawTable:  # noqa: ANN401 - anything that speaks Arrow
    """Read the columns that ``choose`` picks from a pandas, polars or pyarrow frame."""
    if isinstance(frame, pd.DataFrame):
        return _raw(arrow_table(frame, choose([str(name) for name in frame.columns])))
    table = pa.table(frame)
    return _raw(table.select(choose(table.column_names)))


def _raw(table: pa.Table) -> RawTable:
    columns = {name: to_text(table.column(name), name) for name in table.column_names}
    numeric = frozenset(name for name in table.column_names if is_number(table.schema.field(name).type))
    return RawTable(pa.table(columns), np.arange(1, table.num_rows + 1), [], numeric)
