"""Families before anyone has a name: who is whose parent, who lives where, and who was born when.

A family is a mother, her children and their fathers, in one of five kinds of home. Fathers who do not live with
their children have a home of their own, and some are fathers in several families.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from caselink.synthetic.draws import Ints, Mask, Streams, pick

AS_OF = np.datetime64("2026-09-30")
"""The day of the extracts; ages are ages on that day."""

YEAR = 365.25
LONGEST_SPAN = 20
LEAST_SPACING = 400
"""Days between two children of a mother who are no twins."""
LAST_BIRTH_AGE = 44

COUPLE, SINGLE_MOTHER, THREE_GENERATIONS, RELATIVE, SINGLE_FATHER = range(5)
"""Kinds of home: who the children live with. ``RELATIVE``: a grandmother, and neither parent."""

NOBODY = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyShares:
    """How families come out; shares are of families, of further children or of fathers.

    ``twins``: about half of all children are further children, so that some 3 % are born with another: 31.2 of 1,000
    births in 2021 (National Center for Health Statistics).
    """

    kinds: tuple[float, float, float, float, float] = (0.40, 0.36, 0.12, 0.06, 0.06)
    further_children: float = 1.05
    twins: float = 0.03
    another_father: float = 0.24
    father_elsewhere_too: float = 0.12
    grandfather: float = 0.4


def draw_families(n_people: int, shares: FamilyShares, streams: Streams) -> pd.DataFrame:
    """A row per person, ``n_people`` in all; people without children fill up what families leave.

    Columns: ``family`` and ``mother`` and ``father`` (row numbers, -1 for none), ``part`` (mother, father, child,
    grandparent, single), ``kind``, ``home`` (a household number), ``birth`` (days since 1970), ``female``
    and ``twin`` (born with the child in the row above).
    """
    sizes = _draw_sizes(n_people, shares, streams)
    children = _draw_children(sizes, shares, streams)
    mothers = _draw_mothers(sizes, children, streams)
    fathers = _draw_fathers(sizes, mothers, children, shares, streams)
    elders = _draw_grandparents(mothers, shares, streams)
    n_kin = len(mothers) + fathers["man"].nunique() + len(children) + len(elders)
    singles = _draw_singles(n_people - n_kin, streams)
    return _assemble(mothers, fathers, children, elders, singles)


def _draw_sizes(n_people: int, shares: FamilyShares, streams: Streams) -> pd.DataFrame:
    """As many families as surely fit, were every child to have a father of its own; about five people in six."""
    n = n_people // 3
    kind = pick(streams.rng("kinds"), shares.kinds, n)
    n_children = 1 + np.minimum(streams.rng("family sizes").poisson(shares.further_children, n), 6)
    most = 1 + 2 * n_children + 2 * np.isin(kind, (THREE_GENERATIONS, RELATIVE))
    return pd.DataFrame({"kind": kind, "n_children": n_children})[np.cumsum(most) <= n_people].reset_index(drop=True)


def _draw_children(sizes: pd.DataFrame, shares: FamilyShares, streams: Streams) -> pd.DataFrame:
    """Children of each family, eldest first, with the number of their father within the family."""
    family = np.repeat(np.arange(len(sizes)), sizes["n_children"])
    n = len(family)
    eldest = np.ones(n, dtype=bool)
    eldest[1:] = family[1:] != family[:-1]
    twin = ~eldest & (streams.rng("twins").random(n) < shares.twins)
    spacing = _draw_spacing(family, twin | eldest, streams)
    age_of_youngest = streams.rng("youngest").integers(20, int(18 * YEAR), len(sizes))
    one_father = sizes["kind"].to_numpy()[family] == SINGLE_FATHER
    changed = ~eldest & ~twin & ~one_father & (streams.rng("fathers").random(n) < shares.another_father)
    return pd.DataFrame(
        {
            "family": family,
            "twin": twin,
            "birth": _today() - age_of_youngest[family] - _later_within(family, spacing),
            "father_number": _running_within(family, changed),
            "female": streams.rng("child sex").random(n) < 0.488,
        }
    )


def _draw_spacing(family: Ints, none: Mask, streams: Streams) -> Ints:
    """Days since the child before, drawn together where a family's births would span more than ``LONGEST_SPAN``."""
    least = np.where(none, 0, LEAST_SPACING)
    more = np.where(none, 0, streams.rng("spacing").gamma(2.0, 420.0, len(family)))
    spans = [np.bincount(family, weights=days)[family] if len(family) else days for days in (least, more)]
    room = LONGEST_SPAN * YEAR - spans[0]
    return np.asarray(least + more * np.minimum(1, room / np.maximum(spans[1], 1)), dtype=np.float64).astype(np.int64)


def _today() -> int:
    return int(AS_OF.astype("datetime64[D]").astype(np.int64))


def _running_within(group: Ints, steps: Ints | Mask) -> Ints:
    """Running sums that start anew in each group of neighboring rows; a group's first step must be 0."""
    total = np.cumsum(steps, dtype=np.int64)
    first = np.searchsorted(group, group)
    return total - total[first]


def _later_within(group: Ints, spacing: Ints) -> Ints:
    """Days from each child to the last one of its family."""
    running = _running_within(group, spacing)
    last = np.searchsorted(group, group, side="right") - 1
    return running[last] - running


def _draw_mothers(sizes: pd.DataFrame, children: pd.DataFrame, streams: Streams) -> pd.DataFrame:
    eldest = children.drop_duplicates("family")["birth"].to_numpy()
    youngest = children.drop_duplicates("family", keep="last")["birth"].to_numpy()
    latest = LAST_BIRTH_AGE - (youngest - eldest) / YEAR
    age = 16 + np.minimum(streams.rng("age at first birth").gamma(2.2, 3.2, len(sizes)), latest - 16)
    return pd.DataFrame({"kind": sizes["kind"], "birth": eldest - (age * YEAR).astype(np.int64), "eldest": eldest})


def _draw_fathers(
    sizes: pd.DataFrame, mothers: pd.DataFrame, children: pd.DataFrame, shares: FamilyShares, streams: Streams
) -> pd.DataFrame:
    """A row per father of a family: the man who he is, whether he lives with his children, when he was born."""
    fathers = children.groupby(["family", "father_number"], sort=True)["birth"].min().rename("eldest").reset_index()
    kind = sizes["kind"].to_numpy()[fathers["family"]]
    last = ~fathers["family"].duplicated(keep="last").to_numpy()
    fathers["at_home"] = last & np.isin(kind, (COUPLE, SINGLE_FATHER))
    mother_birth = mothers["birth"].to_numpy()[fathers["family"]]
    fathers["man"] = _share_men(fathers, mother_birth, shares, streams)
    older = (streams.rng("father ages").normal(2.5, 4.0, len(fathers)) * YEAR).astype(np.int64)
    latest = fathers["eldest"] - int(15.5 * YEAR)
    wanted = pd.Series(np.minimum(mother_birth - older, latest), index=fathers.index)
    fathers["birth"] = wanted.groupby(fathers["man"]).transform("min").astype(np.int64)
    return fathers


def _share_men(fathers: pd.DataFrame, mother_birth: Ints, shares: FamilyShares, streams: Streams) -> Ints:
    """Number the men; some who live elsewhere are also the father in the family of the next older mother."""
    n = len(fathers)
    by_age = np.lexsort((np.arange(n), mother_birth))
    following = by_age[(np.argsort(by_age, kind="stable") + 1) % max(n, 1)]
    shared = ~fathers["at_home"].to_numpy() & (streams.rng("shared men").random(n) < shares.father_elsewhere_too)
    family = fathers["family"].to_numpy()
    shared &= ~shared[following] & (family != family[following])
    man = np.where(shared, following, np.arange(n))
    return np.unique(man, return_inverse=True)[1].astype(np.int64)


def _draw_grandparents(mothers: pd.DataFrame, shares: FamilyShares, streams: Streams) -> pd.DataFrame:
    """The mother's own mother where she keeps the home, and at some rate the mother's father."""
    kind = mothers["kind"].to_numpy()
    with_her = np.flatnonzero(np.isin(kind, (THREE_GENERATIONS, RELATIVE)))
    with_him = with_her[streams.rng("grandfathers").random(len(with_her)) < shares.grandfather]
    family = np.concatenate([with_her, with_him])
    female = np.arange(len(family)) < len(with_her)
    age = 17 + np.minimum(streams.rng("grandparent ages").gamma(2.5, 3.0, len(family)), 20) + np.where(female, 0, 2)
    birth = mothers["birth"].to_numpy()[family] - (age * YEAR).astype(np.int64)
    return pd.DataFrame({"family": family, "female": female, "birth": birth})


def _draw_singles(n: int, streams: Streams) -> pd.DataFrame:
    """Adults without children, most alone, some sharing a home with the one before."""
    rng = streams.rng("singles")
    age = 18 + rng.beta(1.2, 2.2, n) * 62
    shares_home = rng.random(n) < 0.3
    return pd.DataFrame(
        {
            "birth": _today() - (age * YEAR).astype(np.int64),
            "female": rng.random(n) < 0.5,
            "home": np.maximum(np.cumsum(~shares_home) - 1, 0),
        }
    )


def _assemble(
    mothers: pd.DataFrame, fathers: pd.DataFrame, children: pd.DataFrame, elders: pd.DataFrame, singles: pd.DataFrame
) -> pd.DataFrame:
    """All people in one table, the parts one below the other, with row numbers for parents and homes."""
    kind = mothers["kind"].to_numpy()
    families = np.arange(len(mothers))
    men = fathers.sort_values("at_home", ascending=False, kind="stable").drop_duplicates("man").sort_values("man")
    n_parents = len(mothers) + len(men)
    with_children = ~np.isin(kind, (RELATIVE, SINGLE_FATHER))
    parts = [
        _part("mother", mothers, family=families, home=_home_or_own(with_children, families)),
        _part("father", men, home=_home_or_own(men["at_home"].to_numpy(), men["family"].to_numpy()), female=False),
        _part("child", children, mother=children["family"], father=len(mothers) + _man_of_child(children, fathers)),
        _part("grandparent", elders),
        _part("single", singles, family=NOBODY, home=singles["home"] + len(mothers)),
    ]
    people = pd.concat(parts, ignore_index=True)
    grandmothers = np.flatnonzero(elders["female"].to_numpy())
    people.loc[elders["family"].to_numpy()[grandmothers], "mother"] = n_parents + len(children) + grandmothers
    people["kind"] = np.where(people["family"] == NOBODY, NOBODY, np.append(kind, NOBODY)[people["family"]])
    return _settle(people)


def _part(part: str, rows: pd.DataFrame, **columns: pd.Series | Ints | int) -> pd.DataFrame:
    """Rows with every column of the table; a person lives with the family unless ``home`` says otherwise."""
    rows = rows.assign(**columns)
    blank = {"mother": NOBODY, "father": NOBODY, "female": True, "twin": False}
    whole = rows.assign(**{name: value for name, value in blank.items() if name not in rows.columns}, part=part)
    whole["home"] = whole["home"] if "home" in whole else whole["family"]
    numbers = whole[["family", "home", "mother", "father", "birth"]].astype(np.int64)
    return pd.concat([whole[["part"]].astype(object), numbers, whole[["female", "twin"]].astype(bool)], axis=1)


def _home_or_own(with_family: Mask, families: Ints) -> Ints:
    return np.where(with_family, families, NOBODY)


def _man_of_child(children: pd.DataFrame, fathers: pd.DataFrame) -> Ints:
    keys = children.merge(fathers[["family", "father_number", "man"]], how="left", on=["family", "father_number"])
    return keys["man"].to_numpy(dtype=np.int64)


def _settle(people: pd.DataFrame) -> pd.DataFrame:
    """Give a home of their own to those who live with nobody of the family, and number homes without gaps."""
    home = people["home"].to_numpy().copy()
    alone = np.flatnonzero(home == NOBODY)
    home[alone] = home.max(initial=NOBODY) + 1 + np.arange(len(alone))
    people["home"] = np.unique(home, return_inverse=True)[1].astype(np.int64)
    return people
