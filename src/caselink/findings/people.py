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
_JANUARY_1 = 101
TOLERANCE_DAYS = 366
"""Birth dates so close may be one date keyed twice."""


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

    Relatives are often nearly linked: first names must not differ either, nor birth dates be apart.
    """
    person, born = facts.records["person"].to_numpy(), facts.records["born"].to_numpy()
    n = len(person) + 1
    near = facts.near[~born_apart(born[facts.near["left"]], born[facts.near["right"]])]
    near = near[facts.names("first_name", near["left"].to_numpy(), near["right"].to_numpy()) != 0]
    left, right = (person[near[side].to_numpy(np.int64)] for side in ("left", "right"))
    known = np.minimum(left, right) * n + np.maximum(left, right)
    a, b = np.asarray(one, np.int64), np.asarray(other, np.int64)
    return np.isin(np.minimum(a, b) * n + np.maximum(a, b), known)


def born_apart(one: Ints, other: Ints) -> Mask:
    """Birth dates more than a year apart: rather those of two people; but not one day of two years.

    >>> dates = np.array(["1985-03-07", "1985-11-30", "1958-03-07", "1958-02-01"], "datetime64[D]").astype(np.int64)
    >>> born_apart(np.repeat(dates[:1], 4), dates).tolist()
    [False, False, False, True]
    """
    known = (one != NO_DAY) & (other != NO_DAY)
    a, b = np.where(known, one, 0), np.where(known, other, 0)
    apart = known & (np.abs(a - b) > TOLERANCE_DAYS)
    here, there = np.array([_in_year(a[apart]), _in_year(b[apart])])
    found = apart.copy()
    found[apart] = (here != there) | (here == _JANUARY_1)
    return np.asarray(found)


def _in_year(days: Ints) -> Ints:
    """Month and day as one number, 101 for January 1."""
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    number = (months.astype(np.int64) % 12 + 1) * 100 + (dates - months).astype(np.int64) + 1
    return np.asarray(number)


@once
def one_by_pair(facts: Facts) -> pd.DataFrame:
    """Two records that are one person by what the two say, though all records of both were kept apart.

    ``left, right`` and ``sure``, the probability. Their first names are alike and their birth dates known and not
    apart: a parent and a child of one name are two.
    """
    near = facts.near[(facts.near["bits"] >= 0).to_numpy()]
    left, right = (near[side].to_numpy(np.int64) for side in ("left", "right"))
    born = facts.records["born"].to_numpy()
    close = (born[left] != NO_DAY) & (born[right] != NO_DAY) & ~born_apart(born[left], born[right])
    left, right, bits = left[close], right[close], near["bits"].to_numpy(np.float64)[close]
    alike = facts.names("first_name", left, right) == 1
    found = {"left": left, "right": right, "sure": 1 / (1 + 2.0**-bits)}
    return pd.DataFrame({name: values[alike] for name, values in found.items()})


def how_sure_one(facts: Facts, one: npt.ArrayLike, other: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """How sure it is that two persons are one: 1 for a person and itself, else by :func:`one_by_pair`, or 0."""
    person = facts.records["person"].to_numpy()
    pairs = one_by_pair(facts)
    n = len(person) + 1
    left, right = (person[pairs[side].to_numpy()] for side in ("left", "right"))
    best = pd.Series(pairs["sure"].to_numpy(), np.minimum(left, right) * n + np.maximum(left, right), dtype=float)
    best = best.groupby(level=0).max()
    a, b = np.asarray(one, np.int64), np.asarray(other, np.int64)
    found = best.reindex(np.minimum(a, b) * n + np.maximum(a, b)).fillna(0.0).to_numpy(np.float64)
    return np.where((a == b) & (a >= 0), 1.0, found)


def more_than_name(facts: Facts, one: npt.ArrayLike, other: npt.ArrayLike) -> Mask:
    """Pairs of records of one person that agree in SSN, birth date or address, or each with a third that does.

    Two birth dates that may be one, keyed twice, agree.
    Records of one name, and of one person for it alone, may be those of namesakes: of a father and a son, or of two
    children in two homes. Where neither has a number or a birth date nothing is asked: missing is not disagreement.
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    a, b = np.asarray(one, np.int64), np.asarray(other, np.int64)
    person = facts.records["person"].to_numpy()
    asked = np.zeros(int(person.max(initial=-1)) + 1, bool)
    asked[person[np.append(a, b)]] = True
    record = np.flatnonzero(asked[person])
    edges = []
    for column, none in (("ssn", NONE), ("born", NO_DAY), ("place", NONE)):
        value = facts.records[column].to_numpy()[record]
        told = np.flatnonzero(value != none)
        key = one_key(person[record[told]], value[told])
        order = np.argsort(key)
        alike = np.flatnonzero(np.diff(key[order]) == 0)
        edges.append(told[order[np.stack([alike, alike + 1])]])
    left, right = np.concatenate(edges, axis=1)
    graph = coo_matrix((np.ones(len(left), bool), (left, right)), shape=(len(record),) * 2)
    label = np.zeros(len(person), np.int64)
    label[record] = connected_components(graph, directed=False)[1]
    born = facts.records["born"].to_numpy()
    close = (born[a] != NO_DAY) & (born[b] != NO_DAY) & ~born_apart(born[a], born[b])
    known = (facts.records["ssn"] != NONE).to_numpy() | (born != NO_DAY)
    return np.asarray((label[a] == label[b]) | close | ~(known[a] | known[b]))


def of_one_payee(stays: pd.DataFrame) -> Mask:
    """Whether all cases of the record of each stay have one adult in charge: what it says of kin is said of that adult.

    A record has one relationship. Of a child who went from the mother's unit to the grandmother's it may be the one to
    either of them.
    """
    return ~has_several(stays["record"].to_numpy(), stays["head"].to_numpy())


def pairs_within(rows: pd.DataFrame, by: str, value: str) -> pd.DataFrame:
    """Each two rows of one ``by`` that differ in ``value``, the lower first (columns get ``_a`` and ``_b``)."""
    some = rows[has_several(rows[by].to_numpy(), rows[value].to_numpy())]
    pairs = some.merge(some, on=by, suffixes=("_a", "_b"))
    return pairs[(pairs[f"{value}_a"] < pairs[f"{value}_b"]).to_numpy()].reset_index(drop=True)
