"""What the records of a person say together: when born, known under which names."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.findings.facts import (
    NO_DAY,
    NONE,
    Facts,
    Ints,
    Mask,
    once,
)
from caselink.findings.keys import has_several, one_key

_DAYS_A_YEAR = 365.2425


@once
def birth_days(facts: Facts) -> Ints:
    """By person the birth date that most of their records have (of equals the latest), :data:`NO_DAY` for none."""
    return commonest(facts.records["person"].to_numpy(), facts.records["born"].to_numpy(), NO_DAY)


def commonest(person: Ints, value: Ints, missing: int) -> Ints:
    """By person the value that most of their records have, of equals the highest; ``missing`` counts for none.

    >>> commonest(np.array([0, 0, 0, 1, 1, 3]), np.array([5, 5, 7, 2, 4, -1]), -1).tolist()
    [5, 4, -1, -1]
    """
    found = np.full(int(person.max(initial=-1)) + 1, missing, np.int64)
    told = np.flatnonzero(value != missing)
    found[person[told]] = value[told]
    several = told[has_several(person[told], value[told])]
    _, first, counts = np.unique(one_key(person[several], value[several]), return_index=True, return_counts=True)
    person, value = person[several[first]], value[several[first]]
    order = np.lexsort([value, counts, person])  # the last one of a person is the one to take
    found[person[order]] = value[order]
    return found


def month_of(days: Ints) -> Ints:
    """The month, counted from year 0, of days since 1970; :data:`NONE` where there is none."""
    known = days != NO_DAY
    months = np.where(known, days, 0).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return np.where(known, months + 1970 * 12, NONE)


def last_day(months: Ints) -> Ints:
    """The last day of each month, in days since 1970."""
    following = (np.asarray(months) + 1 - 1970 * 12).astype("datetime64[M]").astype("datetime64[D]")
    return np.asarray(following.astype(np.int64) - 1)


def years(days: Ints) -> npt.NDArray[np.float64]:
    """Days as years."""
    return np.asarray(days, np.float64) / _DAYS_A_YEAR


def perhaps_one(facts: Facts, one: npt.ArrayLike, other: npt.ArrayLike) -> Mask:
    """Pairs of persons of whom two records may be one person's, though linking kept them apart.

    Relatives are often nearly linked: one birth date and a like first name are asked for as well.
    """
    person, born = facts.records["person"].to_numpy(), facts.records["born"].to_numpy()
    n = len(person) + 1
    near = facts.near[(born[facts.near["left"]] == born[facts.near["right"]]) & (born[facts.near["left"]] != NO_DAY)]
    near = near[facts.names("first_name", near["left"].to_numpy(), near["right"].to_numpy()) == 1]
    left, right = (person[near[side].to_numpy(np.int64)] for side in ("left", "right"))
    known = np.minimum(left, right) * n + np.maximum(left, right)
    a, b = np.asarray(one, np.int64), np.asarray(other, np.int64)
    return np.isin(np.minimum(a, b) * n + np.maximum(a, b), known)


def of_one_payee(stays: pd.DataFrame) -> Mask:
    """Whether all cases of the record of each stay have one adult in charge: what it says of kin is said of that adult.

    A record has one relationship. Of a child who went from the mother's unit to the grandmother's it may be the one to
    either of them.
    """
    pairs = stays[["record", "head"]].drop_duplicates()
    several = pairs["record"][pairs["record"].duplicated().to_numpy()]
    return ~np.isin(stays["record"].to_numpy(), several)


def pairs_within(rows: pd.DataFrame, by: str, value: str) -> pd.DataFrame:
    """Each two rows of one ``by`` that differ in ``value``, the lower first (columns get ``_a`` and ``_b``)."""
    some = rows[has_several(rows[by].to_numpy(), rows[value].to_numpy())]
    pairs = some.merge(some, on=by, suffixes=("_a", "_b"))
    return pairs[(pairs[f"{value}_a"] < pairs[f"{value}_b"]).to_numpy()].reset_index(drop=True)
