"""Kin beyond the home: couples of two mothers or two fathers, and parents of those who are grown up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from caselink.synthetic.draws import Ints, Mask, Streams
from caselink.synthetic.people.families import AS_OF, COUPLE, NOBODY, YEAR

YOUNGEST_GROWN_UP, OLDEST_GROWN_UP = 22, 55
YOUNGEST_PARENT, OLDEST_MOTHER, OLDEST_FATHER = 16, 44, 60
MOST_CHILDREN = 5
LEAST_DAYS_BETWEEN_BIRTHS = 300
"""Of two children of one parent of the grown up, who are no twins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KinShares:
    """How many have such kin; ``parent`` is of the grown up, for mother and father each."""

    same_sex: float = 0.008
    two_fathers: float = 0.3
    parent: float = 0.35


def add_kin(people: pd.DataFrame, shares: KinShares, streams: Streams) -> None:
    """Change and complete the families of :func:`~caselink.synthetic.people.families.draw_families`.

    In a couple of two mothers one stands in the column ``father``, in one of two fathers one in ``mother``. Parents of
    the grown up are people without children of their own at home, so that their children may be brothers and sisters,
    and grandchildren cousins.
    """
    _pair_same_sex(people, shares, streams)
    _link_grandfathers(people)
    for column, female in (("mother", True), ("father", False)):
        people[column] = _draw_parents(people, column, shares, streams, among=people["female"].to_numpy() == female)
    _unrelate_parents(people)


def _pair_same_sex(people: pd.DataFrame, shares: KinShares, streams: Streams) -> None:
    """Some couples whose father has no children elsewhere are of two women or two men."""
    child = people[people["part"] == "child"]
    fathers = np.sort(child["father"].unique())
    one_family = child.groupby("father")["mother"].nunique().to_numpy() == 1
    mothers = child.drop_duplicates("father").sort_values("father")["mother"].to_numpy()
    home = people["home"].to_numpy()
    couple = one_family & (home[fathers] == home[mothers]) & (people["kind"].to_numpy()[mothers] == COUPLE)
    rng = streams.rng("same sex")
    couple &= rng.random(len(fathers)) < shares.same_sex
    men = rng.random(len(fathers)) < shares.two_fathers
    female = people["female"].to_numpy().copy()
    female[mothers[couple & men]] = False
    female[fathers[couple & ~men]] = True
    people["female"] = female


def _link_grandfathers(people: pd.DataFrame) -> None:
    """A grandfather who lives with his daughter is her father; families are numbered as their mothers' rows."""
    men = np.flatnonzero((people["part"] == "grandparent").to_numpy() & ~people["female"].to_numpy())
    father = people["father"].to_numpy().copy()
    father[people["family"].to_numpy()[men]] = men
    people["father"] = father


def _draw_parents(people: pd.DataFrame, column: str, shares: KinShares, streams: Streams, *, among: Mask) -> Ints:
    """The column with parents for some of the grown up: singles older by a plausible number of years."""
    rng = streams.rng(f"{column}s of the grown up")
    birth, parent = people["birth"].to_numpy(), people[column].to_numpy().copy()
    part = people["part"].to_numpy()
    age = (int(AS_OF.astype("datetime64[D]").astype(np.int64)) - birth) / YEAR
    grown_up = np.isin(part, ("mother", "father", "single")) & (parent == NOBODY)
    grown_up &= (age >= YOUNGEST_GROWN_UP) & (age < OLDEST_GROWN_UP)
    rows = np.flatnonzero(grown_up & (rng.random(len(age)) < shares.parent))
    singles = np.flatnonzero((part == "single") & among)
    elders = singles[np.argsort(birth[singles], kind="stable")]
    if len(elders):
        wanted = birth[rows] - (rng.uniform(YOUNGEST_PARENT + 1, 42, len(rows)) * YEAR).astype(np.int64)
        place = np.minimum(np.searchsorted(birth[elders], wanted), len(elders) - 1)
        gap = (birth[rows] - birth[elders[place]]) / YEAR
        oldest = OLDEST_MOTHER if column == "mother" else OLDEST_FATHER
        fit = (gap >= YOUNGEST_PARENT) & (gap <= oldest) & (_times_before(place) < MOST_CHILDREN)
        rows, drawn = rows[fit], elders[place[fit]]
        far = _far_from_elder_sibling(drawn, birth[rows])
        parent[rows[far]] = drawn[far]
    return parent


def _far_from_elder_sibling(parent: Ints, birth: Ints) -> Mask:
    """Whether the next elder among those of the same parent was born long enough before.

    >>> _far_from_elder_sibling(np.array([3, 4, 3, 3]), np.array([1_000, 1_100, 1_200, 5_000])).tolist()
    [True, True, False, True]
    """
    order = np.lexsort((birth, parent))
    far = np.ones(len(order), dtype=bool)
    close = np.diff(birth[order]) < LEAST_DAYS_BETWEEN_BIRTHS
    far[order[1:]] = ~close | (np.diff(parent[order]) != 0)
    return far


def _times_before(values: Ints) -> Ints:
    """How often each value stands before its place.

    >>> _times_before(np.array([5, 7, 5, 5])).tolist()
    [0, 0, 1, 2]
    """
    order = np.argsort(values, kind="stable")
    in_order = values[order]
    times = np.empty_like(order)
    times[order] = np.arange(len(values)) - np.searchsorted(in_order, in_order)
    return times


def _unrelate_parents(people: pd.DataFrame) -> None:
    """Take the drawn parent from a father who would be brother or sister to the mother of his children."""
    child = people["part"].to_numpy() == "child"
    mother, father = people["mother"].to_numpy()[child], people["father"].to_numpy()[child]
    for column in ("mother", "father"):
        parent = people[column].to_numpy().copy()
        same = (parent[mother] == parent[father]) & (parent[father] != NOBODY)
        parent[father[same]] = NOBODY
        people[column] = parent
