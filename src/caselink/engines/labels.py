"""Labels: pairs of which someone knows whether they are one person, as counts a level pattern."""

from __future__ import annotations

import warnings
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.engines.local import PatternCounts
from caselink.engines.prepared import Prepared
from caselink.errors import CaselinkWarning, InputError
from caselink.schema import LINK_COLUMNS, check_table

Floats: TypeAlias = npt.NDArray[np.float64]

LABEL_COLUMNS = (*LINK_COLUMNS[:4], "match")
"""LABELS: one row a pair, its two records (in any order) and whether they are one person."""

_TABLE = "labels"
_MEANINGS = {"1": 1, "0": 0, "1.0": 1, "0.0": 0, "true": 1, "false": 0}


def add_labels(counts: PatternCounts, prepared: Prepared, labels: pd.DataFrame) -> tuple[PatternCounts, Floats]:
    """The pattern counts with a place for every labeled pair, and the labels a pattern.

    ``labels`` has :data:`LABEL_COLUMNS`; ``match`` is true or false, 1 or 0. A pattern that only labels have gets a
    count of 0. The labels come as (patterns x 2): pairs labeled *no match*, pairs labeled *match*. Labels of records
    that are not there are left out with a warning; a pair labeled twice counts once, and is an error if the labels
    differ.
    """
    check_table(labels, LABEL_COLUMNS, needed_by=_TABLE)
    left, right, match = _pairs(labels, prepared, _meanings(labels["match"]))
    found = prepared.program.patterns(left, right)
    patterns = np.union1d(counts.patterns, found)
    known = np.zeros(len(patterns))
    known[np.searchsorted(patterns, counts.patterns)] = counts.counts
    place = 2 * np.searchsorted(patterns, found) + match
    labeled = np.bincount(place, minlength=2 * len(patterns)).reshape(-1, 2).astype(np.float64)
    return PatternCounts(patterns, known, counts.n_pairs), labeled


def _meanings(match: pd.Series[Any]) -> npt.NDArray[np.int64]:
    """1 for a match, 0 for none; an error that names the row of anything else."""
    meaning = match.astype(str).str.strip().str.lower().map(_MEANINGS)
    unclear = np.flatnonzero(meaning.isna())
    if len(unclear):
        reason = f"{len(unclear)} row(s) are neither true nor false, the first at row {unclear[0]}"
        raise InputError(f"{reason}; leave out pairs that are not decided", file=_TABLE, field="match")
    return np.asarray(meaning, np.int64)


def _pairs(
    labels: pd.DataFrame, prepared: Prepared, match: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    """Positions (lower, higher) and label of each labeled pair, once."""
    a, b = (_positions(labels, prepared, side) for side in ("left", "right"))
    same = np.flatnonzero((a == b) & (a >= 0))
    if len(same):
        raise InputError(f"{len(same)} row(s) pair a record with itself, the first is row {same[0]}", file=_TABLE)
    kept = (a >= 0) & (b >= 0)
    if not kept.all():
        message = (
            f"{(~kept).sum()} of {len(kept)} labels name a record that is not among the records; they are left out"
        )
        warnings.warn(message, CaselinkWarning, stacklevel=4)
    table = pd.DataFrame({"left": np.minimum(a, b), "right": np.maximum(a, b), "match": match})[kept].drop_duplicates()
    twice = table.duplicated(["left", "right"])
    if twice.any():
        first = int(twice.index[twice][0])
        reason = f"{twice.sum()} pair(s) are labeled both match and no match, one of them at row {first}"
        raise InputError(f"{reason}; decide for one", file=_TABLE, field="match")
    return table["left"].to_numpy(np.int32), table["right"].to_numpy(np.int32), table["match"].to_numpy()


def _positions(labels: pd.DataFrame, prepared: Prepared, side: str) -> npt.NDArray[np.int64]:
    keys = [labels[f"{key}_{side}"] for key in ("source", "record_id")]
    for key in keys:
        if not (key.isna() | key.map(lambda value: isinstance(value, str))).all():
            raise InputError(
                "holds values that are not text; read the labels with dtype=str", file=_TABLE, field=str(key.name)
            )
    position = prepared.records.positions(*keys)
    return np.where(keys[0].isna() | keys[1].isna(), -1, position)
