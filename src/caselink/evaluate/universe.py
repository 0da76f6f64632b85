"""The universe of an evaluation: the records whose true person is known, with the person that was found for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from caselink.errors import InputError, RecordIdError
from caselink.evaluate.counting import Labels, encode_labels, fill_singletons, renumber
from caselink.schema import KEY_COLUMNS, PERSONS_COLUMNS, check_table
from caselink.text_columns import arrow_table

TRUTH_COLUMNS = ("source", "record_id", "entity_id")
"""Whose record it is: ``entity_id`` is the true person, null where nobody knows."""


@dataclass(frozen=True, slots=True)
class Universe:
    """Records of the truth with a known entity: what is true and what was found, as labels without gaps.

    ``row`` is the row of each in the truth. A record without a person (``absent`` of them) is a person of its own;
    ``unknown`` records have a person, but the truth does not say who they are. ``position`` is the row in the persons
    of every record of the truth, -1 where there is none.
    """

    row: Labels = field(repr=False)
    true: Labels = field(repr=False)
    predicted: Labels = field(repr=False)
    absent: int
    unknown: int
    position: Labels = field(repr=False)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Text of any kind, also categories, as plain text: pandas cannot sort views."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        parts = [part.dictionary.cast(pa.large_string()).take(part.indices) for part in column.chunks]
        return pa.chunked_array(parts, pa.large_string())
    return column.cast(pa.large_string()) if pa.types.is_string_view(kind) else column


def as_tables(
    persons: Any,  # noqa: ANN401 - any frame
    truth: Any,  # noqa: ANN401
    further: Sequence[str] = (),
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Persons and truth as pandas frames with the columns that evaluating needs; the truth with ``further`` ones."""
    return (
        as_table(persons, PERSONS_COLUMNS, needed_by="evaluate (persons)"),
        as_table(truth, [*TRUTH_COLUMNS, *further], needed_by="evaluate (truth)"),
    )


def find_universe(persons: pd.DataFrame, truth: pd.DataFrame) -> Universe:
    """Look every record of the truth up in the persons.

    :class:`InputError` where they share no record at all: then one of the tables is not what it should be.

    >>> records = pd.DataFrame({"source": ["iva", "ivd"], "record_id": ["1", "1"]})
    >>> found = find_universe(records.assign(person_id=["p", "q"]), records.assign(entity_id=["ann", None]))
    >>> found.true.tolist(), found.unknown
    ([0], 1)
    """
    if not len(truth):
        raise InputError("the truth has no rows; give one a record, with the entity_id that it is of")
    position = _find(persons, truth)
    found = position >= 0
    entity = encode_labels(truth["entity_id"])[0]
    row = np.flatnonzero(entity >= 0)
    predicted = take(encode_labels(persons["person_id"])[0], position)[row]
    return Universe(
        row=row,
        true=renumber(entity[row]),
        predicted=fill_singletons(predicted),
        absent=int((predicted < 0).sum()),
        unknown=len(persons) - int(found.sum()) + int((found & (entity < 0)).sum()),
        position=position,
    )


def take(labels: Labels, position: Labels) -> Labels:
    """The labels of the rows at ``position``; -1 where there is no row.

    >>> take(np.array([7, 9]), np.array([1, -1])).tolist()
    [9, -1]
    """
    if not len(labels):
        return np.full(len(position), -1, np.int64)
    return np.where(position >= 0, labels[position], -1)


def as_table(table: Any, columns: Sequence[str], *, needed_by: str) -> pd.DataFrame:  # noqa: ANN401 - any frame
    """The table as a pandas frame that has the columns; polars and pyarrow tables, all that speak Arrow, are taken.

    >>> as_table(pa.table({"record_id": [1, None]}), ["record_id"], needed_by="evaluate")["record_id"].tolist()
    [1, <NA>]
    """
    if not isinstance(table, pd.DataFrame) and hasattr(table, "__arrow_c_stream__"):
        held = arrow_table(table)
        table = pa.table({name: _plain(held.column(name)) for name in held.column_names})
        table = table.to_pandas(types_mapper=pd.ArrowDtype)
    check_table(table, columns, needed_by=needed_by)
    return cast("pd.DataFrame", table)


def number_names(column: pd.Series) -> tuple[Labels, list[str]]:
    """The source or group of each record as a number (-1 where missing or blank), and their names in order.

    >>> numbers, names = number_names(pd.Series(["ivd", None, "iva", " "]))
    >>> numbers.tolist(), names
    ([1, -1, 0, -1], ['iva', 'ivd'])
    """
    codes, values = pd.factorize(column, sort=True)
    names = [str(value) for value in values]
    named = np.array([bool(name.strip()) for name in names], bool)
    number = np.append(np.where(named, np.cumsum(named) - 1, -1), -1)
    return number[codes].astype(np.int64), [name for name in names if name.strip()]


def number_records(
    first: pd.DataFrame, second: pd.DataFrame, *, names: tuple[str, str], unique: tuple[bool, bool] = (True, True)
) -> tuple[Labels, Labels]:
    """One integer a record, the same in both tables; a row without a source or a record id is an error.

    So is a record that is there twice, in a table that should hold each once (``unique``).
    """
    of_source = encode_labels(first["source"], second["source"])
    of_record = encode_labels(first["record_id"], second["record_id"])
    n_records = int(max(codes.max(initial=0) for codes in of_record)) + 1
    keys = [source * n_records + record for source, record in zip(of_source, of_record, strict=True)]
    for name, once, source, record, key in zip(names, unique, of_source, of_record, keys, strict=True):
        _check_keys((source < 0) | (record < 0), key, table=name, unique=once)
    return keys[0], keys[1]


def _find(persons: pd.DataFrame, truth: pd.DataFrame) -> Labels:
    """For each record of the truth its row in ``persons``; -1: none."""
    keys = renumber(np.concatenate(number_records(persons, truth, names=("persons", "truth"))))
    row_of_key = np.full(len(keys), -1, np.int64)
    row_of_key[keys[: len(persons)]] = np.arange(len(persons))
    position: Labels = row_of_key[keys[len(persons) :]]
    if len(persons) and len(truth) and (position < 0).all():
        raise InputError(_say_strangers(persons, truth))
    return position


def _say_strangers(persons: pd.DataFrame, truth: pd.DataFrame) -> str:
    """Why the tables share no record: their sources, or their record ids, are spelt in another way."""
    apart = [column for column in KEY_COLUMNS if not _share_value(persons[column], truth[column])]
    what = {"source": "no source", "record_id": "no record_id"}
    reason = f"they have {' and '.join(what[column] for column in apart)} in common" if apart else "no two keys agree"
    return (
        f"none of the {len(truth):,} records of the truth is among the {len(persons):,} of the persons: {reason}; "
        "check that both are of the same extracts, and that source and record_id are written alike in both"
    )


def _share_value(one: pd.Series, other: pd.Series) -> bool:
    first, second = encode_labels(one, other)
    return bool(np.isin(first[first >= 0], second).any())


def _check_keys(missing: npt.NDArray[np.bool_], keys: Labels, *, table: str, unique: bool) -> None:
    if missing.any():
        reason = f"{int(missing.sum())} rows of {table} lack a source or a record_id; fill or remove them"
        raise RecordIdError(reason, field=KEY_COLUMNS[1])
    doubled = len(keys) - len(pd.unique(keys)) if unique else 0
    if doubled:
        reason = f"{doubled} rows of {table} repeat a source and record_id; keep one row a record"
        raise RecordIdError(reason, field=KEY_COLUMNS[1])
