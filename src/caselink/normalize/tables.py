"""What normalizing is given: extracts of a reader, or frames; seen as raw text columns either way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from caselink.errors import RecordIdError, SpecError
from caselink.normalize.cleaning import AS_FOUND, Cleaning, Step
from caselink.normalize.widths import found_width
from caselink.schema import FURTHER_COLUMNS, KEY_COLUMNS, STANDARD_COLUMNS, check_table
from caselink.text_columns import arrow_table, blank_to_null, is_number, rows_sharing, to_pandas, to_text

FULL_NAMES = "other_names"
"""Sets of whole names, which are taken apart into first and last names."""


@runtime_checkable
class ExtractLike(Protocol):
    """What a reader gives; see :class:`caselink.layouts.Extract`."""

    records: pd.DataFrame
    name: str
    path: str | None
    as_of: str | None
    numeric: frozenset[str]


@dataclass(frozen=True, slots=True)
class RawRecords:
    """One table's columns as text, and what is known of where they come from."""

    table: pa.Table
    lines: npt.NDArray[np.int64]
    file: str | None = None
    as_of: str | None = None
    numeric: frozenset[str] = frozenset()
    cleaning: Cleaning = AS_FOUND
    given: pa.Table | None = None
    """The table before the source's own steps, where it has any."""

    def __len__(self) -> int:
        return int(self.table.num_rows)

    @property
    def standard(self) -> dict[str, pa.ChunkedArray]:
        """The columns that have standard names."""
        return {name: self.table.column(name) for name in STANDARD_COLUMNS if name in self.table.column_names}

    @property
    def further(self) -> list[str]:
        """The names of the columns that hold what normalizing finds besides, or sets that it reads."""
        return [name for name in (FULL_NAMES, *FURTHER_COLUMNS) if name in self.table.column_names]

    @property
    def carried(self) -> list[str]:
        """The names of the other columns, keys left out."""
        known = {*STANDARD_COLUMNS, *KEY_COLUMNS, *FURTHER_COLUMNS, FULL_NAMES}
        return [name for name in self.table.column_names if name not in known]

    def width(self, name: str) -> int | None:
        """How many characters the source holds of a column: as it is declared, or found in the values.

        What is declared is found wrong where longer values are there.
        """
        declared, column = self.cleaning.widths.get(name), self.table.column(name)
        longer = declared is None or pc.any(pc.greater(pc.utf8_length(column), declared)).as_py()
        return found_width(column) if longer else declared

    def cleaned_by(self, cleaning: Cleaning) -> RawRecords:
        """The same, with what is declared of its source; its own steps are taken."""
        table = self.table
        usual = cleaning.default_sex or self.cleaning.default_sex
        cleaning = replace(cleaning, default_sex=usual, widths={**self.cleaning.widths, **cleaning.widths})
        for name, step in cleaning.steps.items():
            if name in KEY_COLUMNS:
                raise SpecError(f"a step cannot change {name}, which names the records")
            if name in table.column_names:
                place = table.column_names.index(name)
                table = table.set_column(place, name, _changed(table.column(name), step, name))
        return replace(self, table=table, cleaning=cleaning, given=self.table if cleaning.steps else None)


def _changed(column: pa.ChunkedArray, step: Step, name: str) -> pa.ChunkedArray:
    changed = step(to_pandas(pa.table({name: column}))[name])
    if not isinstance(changed, pd.Series) or len(changed) != len(column):
        raise SpecError(f"the step of {name} must give a pandas series of the {len(column)} rows that it was given")
    column = arrow_table(pd.DataFrame({name: changed})).column(name)
    return blank_to_null(to_text(column, name))


def raw_records(given: Any) -> RawRecords:  # noqa: ANN401 - an extract, or any frame
    """See an extract or a frame as raw text columns."""
    if isinstance(given, ExtractLike):
        lines = given.records.index.to_numpy(dtype=np.int64)
        table = arrow_table(given.records)
        usual, widths = getattr(given, "default_sex", {}), getattr(given, "widths", {})  # of sources with a layout
        declared = Cleaning(default_sex=dict(usual), widths=dict(widths))
        return RawRecords(table, lines, given.path, given.as_of, given.numeric, declared)
    if not (isinstance(given, pd.DataFrame) or hasattr(given, "__arrow_c_stream__")):
        raise SpecError(f"cannot normalize a {type(given).__name__}; give what read_source gives, or a frame")
    table = arrow_table(given)
    check_table(table.schema.empty_table().to_pandas(), KEY_COLUMNS, needed_by="normalize")
    numeric = frozenset(field.name for field in table.schema if is_number(field.type))
    texts = pa.table({name: blank_to_null(to_text(table.column(name), name)) for name in table.column_names})
    return RawRecords(texts, np.arange(1, table.num_rows + 1), None, None, numeric)


def check_keys(records: list[RawRecords], *, repeats: bool = False) -> None:
    """Raise :class:`RecordIdError` unless all have a source and an id, and without ``repeats`` one of their own."""
    columns = {name: _all_of(records, name) for name in KEY_COLUMNS}
    for name, column in columns.items():
        if column.null_count:
            raise RecordIdError(f"missing in {column.null_count} record(s)", field=name)
    if repeats:
        return
    table = pa.table(columns)
    suspects = table.take(pa.array(rows_sharing(table.columns)))
    repeated = suspects.num_rows - suspects.group_by(list(KEY_COLUMNS)).aggregate([]).num_rows
    if repeated:
        raise RecordIdError(
            f"{repeated} record(s) use an id that another record of the same source has", field="record_id"
        )


def _all_of(records: list[RawRecords], name: str) -> pa.ChunkedArray:
    return pa.chunked_array([chunk for part in records for chunk in part.table.column(name).chunks], pa.string())
