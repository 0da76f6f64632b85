"""Memberships of persons: who was in which case, from which month to which, as each program says."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from caselink.calendar_months import month_numbers, with_ends
from caselink.months.records import month_texts
from caselink.months.stretches import NO_MONTH, Months, Stretches, put_together
from caselink.schema import KEY_COLUMNS
from caselink.text_columns import arrow_table, to_pandas

_SAID = (*KEY_COLUMNS, "case_id", "role", "resides", "status")
_MONTHS = ("first_month", "last_month")
MEMBERSHIPS_OF_PERSONS = ("person_id", *KEY_COLUMNS, "case_id", "role", *_MONTHS, "resides", "status")


def memberships_of_persons(memberships: pd.DataFrame | None, persons: pd.DataFrame) -> pd.DataFrame:
    """Give rosters with the person of each record: :data:`MEMBERSHIPS_OF_PERSONS`, one row a stretch of months.

    ``memberships`` tell months (``month``) or stretches (``first_month``, ``last_month``). Months that follow one
    another and say the same are one row; rows are in the order of their content. What has no end goes on until the
    last month known of its source. ``person_id`` is missing where a roster names a record that is not there.

    >>> told = {"source": "iva", "record_id": "7", "case_id": "A", "month": ["2026-07", "2026-08"]}
    >>> persons = pd.DataFrame({"source": ["iva"], "record_id": ["7"], "person_id": ["P1"]})
    >>> table = memberships_of_persons(pd.DataFrame(told), persons)
    >>> table[["person_id", "case_id", "first_month", "last_month"]].to_numpy().tolist()
    [['P1', 'A', '2026-07', '2026-08']]
    """
    told = (
        pd.DataFrame(columns=list(_SAID), dtype=pd.ArrowDtype(pa.string()))
        if memberships is None
        else with_ends(memberships)
    )
    first = _months(told, "first_month", "month")
    last = np.maximum(_months(told, "last_month", "first_month", "month"), first)
    held = Stretches(arrow_table(told, [name for name in _SAID if name in told]), first, last)
    merged = put_together([held], _SAID)
    table = merged.table.append_column("first_month", month_texts(merged.first))
    table = table.append_column("last_month", month_texts(merged.last))
    table = table.append_column("person_id", _persons_of(table, persons))
    return to_pandas(table.select(list(MEMBERSHIPS_OF_PERSONS)))


def _months(told: pd.DataFrame, *names: str) -> Months:
    """The months of the first of these columns that is there, counted from year 0."""
    months = np.full(len(told), NO_MONTH, np.int64)
    for name in names:
        if name in told:
            found = month_numbers(told[name])
            months = np.where((months < 0) & (found >= 0), found, months)
    return months


def _persons_of(table: pa.Table, persons: pd.DataFrame) -> pa.Array:
    keys = arrow_table(persons, [*KEY_COLUMNS, "person_id"])
    held, wanted = (_key(one) for one in (keys, table))
    places = pc.index_in(wanted, value_set=held)
    return keys.column("person_id").combine_chunks().take(places)


def _key(table: pa.Table) -> pa.Array:
    """Source and record id in one text, which nothing else gives."""
    columns = [table.column(name).combine_chunks().cast(pa.string()) for name in KEY_COLUMNS]
    return pc.binary_join_element_wise(*columns, "\x1f")
