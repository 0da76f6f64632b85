"""Losses by error kind: which slips in the records the missed and the wrong pairs have in common."""

from __future__ import annotations

import warnings

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.errors import CaselinkWarning, InputError
from caselink.evaluate.clusters import Overlap
from caselink.evaluate.counting import count_pairs_within
from caselink.evaluate.universe import as_table, as_tables, find_universe, number_records

ERRORS_COLUMNS = ("source", "record_id", "field", "kind")
"""One row a slip that was made in a record, as the generator of synthetic records tells it."""


def losses_by_error(persons: pd.DataFrame, truth: pd.DataFrame, errors: pd.DataFrame) -> pd.DataFrame:
    """Missed and wrong pairs by the slips in their records, one row a kind of error and field.

    ``errors`` has one row a slip: ``source, record_id, field, kind``. Where it has a ``last_month``, a slip with one
    was corrected since and does not count. A warning tells of slips in records that neither table knows.

    A pair is *struck* by a slip in either of its records, so one pair can stand in several rows. Columns: ``kind``;
    ``field`` (empty in the row of the kind in any field); ``true_pairs`` that were struck, ``missed`` of them, their
    ``missed_rate``; ``missed_lift``: that rate divided by the rate among all true pairs, above 1 where the slip costs
    pairs; and ``found_pairs``, ``wrong``, ``wrong_rate``, ``wrong_lift`` of the pairs that ended as one person. The
    last row, of no kind, has the pairs that no slip struck. The most missed pairs come first.

    The pairs struck are all pairs less those among the records without the slip, so none is listed.

    >>> truth = pd.DataFrame({"source": "iva", "record_id": list("123"), "entity_id": ["ann"] * 3})
    >>> errors = pd.DataFrame({"source": ["iva"], "record_id": ["3"], "field": ["ssn"], "kind": ["digit"]})
    >>> found = losses_by_error(truth.assign(person_id=list("ppq")), truth, errors)
    >>> found[["kind", "field", "true_pairs", "missed", "missed_lift"]].values.tolist()
    [['digit', '', 2, 2, 1.5], ['digit', 'ssn', 2, 2, 1.5], ['', '', 1, 0, 0.0]]
    """
    persons, truth = as_tables(persons, truth)
    errors = as_table(errors, ERRORS_COLUMNS, needed_by="losses by error (errors)")
    universe = find_universe(persons, truth)
    _check_known(errors, persons, truth)
    errors = _standing(errors)
    keys = number_records(truth.iloc[universe.row], errors, names=("truth", "errors"), unique=(True, False))
    place = pd.Index(keys[0]).get_indexer(pd.Index(keys[1]))
    slips = errors[["kind", "field"]].assign(place=place)[place >= 0]
    overlap = Overlap.of(universe.predicted, universe.true)
    every = _count(overlap, slips["place"].iloc[:0])
    groups: list[tuple[object, object, pd.DataFrame]] = [
        (kind, "", rows) for kind, rows in slips.groupby("kind", sort=True)
    ]
    groups += [(kind, name, rows) for (kind, name), rows in slips.groupby(["kind", "field"], sort=True)]
    table = [(kind, name, *(every - _count(overlap, rows["place"]))) for kind, name, rows in groups]
    table.append(("", "", *_count(overlap, slips["place"])))
    return _rates(pd.DataFrame(table, columns=["kind", "field", *_COUNTS]), every)


def _standing(errors: pd.DataFrame) -> pd.DataFrame:
    """The slips that were not corrected."""
    if "last_month" not in errors:
        return errors
    until = errors["last_month"].astype("string")
    return errors[(until.isna() | (until.str.strip() == "")).to_numpy(bool)]


def _check_known(errors: pd.DataFrame, persons: pd.DataFrame, truth: pd.DataFrame) -> None:
    """Slips of records that stand in no other table: of all, an error; of some, a warning."""
    known = np.zeros(len(errors), np.bool_)
    for table, name in ((truth, "truth"), (persons, "persons")):
        if not known.all():
            keys = number_records(table, errors, names=(name, "errors"), unique=(True, False))
            known |= np.isin(keys[1], keys[0])
    unknown = int((~known).sum())
    check = "check that all tables are of the same extracts, and that source and record_id are written alike"
    if unknown and unknown == len(errors):
        raise InputError(f"none of the {unknown:,} rows of errors is of a record of the persons or the truth; {check}")
    if unknown:
        what = f"{unknown:,} of {len(errors):,} rows of errors are of records that neither persons nor truth know"
        warnings.warn(f"{what}; they are left out; {check}", CaselinkWarning, stacklevel=3)


_COUNTS = ("true_pairs", "missed", "found_pairs", "wrong")


def _count(overlap: Overlap, struck: pd.Series) -> npt.NDArray[np.int64]:
    """True, missed, found and wrong pairs among the records that were not struck."""
    among = np.ones(len(overlap.true), np.bool_)
    among[struck.to_numpy()] = False
    labels = (overlap.true, overlap.predicted, overlap.cell)
    n_true, n_found, right = (count_pairs_within(clusters[among]) for clusters in labels)
    return np.array([n_true, n_true - right, n_found, n_found - right], np.int64)


def _rates(table: pd.DataFrame, every: npt.NDArray[np.int64]) -> pd.DataFrame:
    """The counts with their rates and lifts, the most missed first and those without a slip last."""
    counts = dict(zip(_COUNTS, every.tolist(), strict=True))
    columns = {"kind": table["kind"], "field": table["field"]}
    for bad, among in (("missed", "true_pairs"), ("wrong", "found_pairs")):
        rate = table[bad] / table[among].where(table[among] > 0)
        base = counts[bad] / counts[among] if counts[bad] else float("nan")
        columns |= {among: table[among], bad: table[bad], f"{bad}_rate": rate, f"{bad}_lift": rate / base}
    order = table.iloc[:-1].sort_values(["missed", "wrong", "kind", "field"], ascending=[False, False, True, True])
    return pd.DataFrame(columns).iloc[[*order.index, len(table) - 1]].reset_index(drop=True)
