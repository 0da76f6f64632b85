"""The universe of an evaluation: the records whose true person is known, with the person that was found for each."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.errors import InputError, RecordIdError
from caselink.evaluate.counting import Labels, encode_labels, fill_singletons, renumber
from caselink.schema import KEY_COLUMNS, PERSONS_COLUMNS, check_table

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


def find_universe(persons: pd.DataFrame, truth: pd.DataFrame) -> Universe:
    """Look every record of the truth up in the persons.

    :class:`InputError` where they share no record at all: then one of the tables is not what it should be.

    >>> records = pd.DataFrame({"source": ["iva", "ivd"], "record_id": ["1", "1"]})
    >>> found = find_universe(records.assign(person_id=["p", "q"]), records.assign(entity_id=["ann", None]))
    >>> found.true.tolist(), found.unknown
    ([0], 1)
    """
    check_table(persons, PERSONS_COLUMNS, needed_by="evaluate (persons)")
    check_table(truth, TRUTH_COLUMNS, needed_by="evaluate (truth)")
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


def number_names(column: pd.Series) -> tuple[Labels, list[str]]:
    """The source or group of each record as a number (-1 where missing), and their names in order.

    >>> numbers, names = number_names(pd.Series(["ivd", None, "iva"]))
    >>> numbers.tolist(), names
    ([1, -1, 0], ['iva', 'ivd'])
    """
    codes, names = pd.factorize(column, sort=True)
    return codes.astype(np.int64), [str(name) for name in names]


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
