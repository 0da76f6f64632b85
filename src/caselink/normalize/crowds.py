"""Addresses that many people share: shelters, jails, hospitals, an agency's own office, blocks without flat numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from caselink.schema import check_table
from caselink.text_columns import arrow_table

WHERE = ("street", "zip", "city")
WHO = ("first_name", "last_name", "birth_date")


def count_people_at_address(records: pd.DataFrame) -> pd.Series[Any]:
    """Give, for each of the normalized records, how many different people have its street address; 0 without one.

    People differ by name and birth date as they are written, flats and units of a house count together: it is the
    thousand of a shelter that this tells from the three of a family, not three from four.

    >>> people = {"street": ["1 ELM ST"] * 3, "first_name": ["ANA", "ANA", "BO"]}
    >>> count_people_at_address(pd.DataFrame(people)).tolist()
    [2, 2, 2]
    """
    check_table(records, ["street"], needed_by="count_people_at_address")
    named = [name for name in (*WHERE, *WHO) if name in records]
    table = arrow_table(records, named)
    codes = {name: _codes(table.column(name)) for name in named}
    place = _joined([codes[name] for name in named if name in WHERE], len(table))
    person = _joined([codes[name] for name in named if name in WHO], len(table))
    pairs = pd.unique(place * (person.max(initial=0) + 1) + person)
    people = np.bincount(pairs // (person.max(initial=0) + 1), minlength=1)[place] if len(table) else place
    return pd.Series(np.where(codes["street"] < 0, 0, people), index=records.index, name="people_at_address")


def _codes(column: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    codes = column.combine_chunks().dictionary_encode().indices
    return np.asarray(codes.fill_null(-1).to_numpy(zero_copy_only=False), np.int64)


def _joined(columns: list[npt.NDArray[np.int64]], length: int) -> npt.NDArray[np.int64]:
    """Number the combinations of codes."""
    joined = np.zeros(length, np.int64)
    for codes in columns:
        joined = pd.factorize(joined * (codes.max(initial=0) + 2) + codes + 1)[0].astype(np.int64)
    return joined
