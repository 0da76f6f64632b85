"""People of one name in a family: sons named for fathers over generations, granddaughters, cousins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from caselink.synthetic.draws import Ints, Mask, Streams, Texts
from caselink.synthetic.people.families import NOBODY
from caselink.synthetic.people.names import fold

SUFFIX_AFTER = {"SR": "JR", "JR": "III", "III": "IV", "IV": "V"}


@dataclass(frozen=True, slots=True, kw_only=True)
class NamesakeShares:
    """Shares of first sons of a father of the same last name, of first granddaughters, and of cousins."""

    junior: float = 0.06
    of_a_junior: float = 0.5
    without_suffix: float = 0.15
    granddaughter: float = 0.04
    cousin: float = 0.3


def name_namesakes(people: pd.DataFrame, shares: NamesakeShares, streams: Streams) -> None:
    """Give some people the first and middle name of a relative, and sons a suffix by generation."""
    parents = people["part"].to_numpy() != "child"
    father = people["father"].to_numpy()
    grandfather = np.append(father, NOBODY)[father]
    people["suffix"] = np.full(len(people), None, dtype=object)
    generations = (parents & (grandfather == NOBODY), parents & (grandfather != NOBODY), ~parents)
    for number, generation in enumerate(generations):
        _name_sons(people, generation, shares, streams.within(f"generation {number}"))
    _name_granddaughters(people, shares, streams)
    _name_cousins(people, shares, streams)


def _name_sons(people: pd.DataFrame, generation: Mask, shares: NamesakeShares, streams: Streams) -> None:
    """At some rate a father's first son of his last name has his whole name; the suffix counts the generations."""
    father, last, female = (people[column].to_numpy() for column in ("father", "last_name", "female"))
    sons = np.flatnonzero(generation & (father != NOBODY) & ~female)
    sons = sons[~female[father[sons]] & (last[sons] == last[father[sons]])]
    sons = sons[np.unique(father[sons], return_index=True)[1]]
    suffix = people["suffix"].to_numpy(dtype=object).copy()
    rate = np.where(pd.isna(suffix[father[sons]]), shares.junior, shares.of_a_junior)
    sons = sons[streams.rng("juniors").random(len(sons)) < rate]
    sons = _name_after(people, sons, father[sons], ("first_name", "middle_name"))
    known = streams.rng("suffixes").random(len(sons)) >= shares.without_suffix
    known |= pd.notna(suffix[father[sons]])
    sons = sons[known]
    fathers = father[sons]
    suffix[fathers] = np.where(pd.isna(suffix[fathers]), "SR", suffix[fathers])
    suffix[sons] = pd.Series(suffix[fathers]).map(SUFFIX_AFTER).to_numpy(dtype=object)
    people["suffix"] = suffix


def _name_granddaughters(people: pd.DataFrame, shares: NamesakeShares, streams: Streams) -> None:
    """At some rate the first granddaughter has the first name of a grandmother: of the mother's mother, if known."""
    mother, father, female = (people[column].to_numpy() for column in ("mother", "father", "female"))
    mothers = np.append(mother, NOBODY)
    mothers_mother, fathers_mother = mothers[mother], mothers[father]
    grandmother = np.where(mothers_mother != NOBODY, mothers_mother, fathers_mother)
    girls = np.flatnonzero((people["part"].to_numpy() == "child") & female & (grandmother != NOBODY))
    girls = girls[np.unique(grandmother[girls], return_index=True)[1]]
    girls = girls[streams.rng("granddaughters").random(len(girls)) < shares.granddaughter]
    _name_after(people, girls, grandmother[girls], ("first_name",))


def _name_cousins(people: pd.DataFrame, shares: NamesakeShares, streams: Streams) -> None:
    """At some rate a child has the first name of the next cousin of the same sex and last name, by the fathers."""
    father, female = people["father"].to_numpy(), people["female"].to_numpy()
    last, part = people["last_name"].to_numpy(), people["part"].to_numpy()
    grandfather = np.append(father, NOBODY)[father]
    children = np.flatnonzero((part == "child") & (father != NOBODY) & (grandfather != NOBODY))
    order = children[np.lexsort((father[children], female[children], grandfather[children]))]
    one, two = order[:-1], order[1:]
    cousins = (grandfather[one] == grandfather[two]) & (female[one] == female[two]) & (father[one] != father[two])
    cousins &= last[one] == last[two]
    cousins &= streams.rng("cousins").random(len(one)) < shares.cousin
    suffix = people["suffix"].to_numpy(dtype=object)
    cousins &= pd.isna(suffix[two])
    _name_after(people, two[cousins], one[cousins], ("first_name",))


def _name_after(people: pd.DataFrame, rows: Ints, models: Ints, columns: tuple[str, ...]) -> Ints:
    """Give ``rows`` the names of ``models``, but where a brother or sister has the first name; who got them."""
    first, mother = fold(people["first_name"].to_numpy(dtype=object)), people["mother"].to_numpy()
    siblings = np.flatnonzero((mother != NOBODY) & np.isin(mother, mother[rows]))
    taken = pd.MultiIndex.from_arrays([mother[siblings], first[siblings]])
    free = ~pd.MultiIndex.from_arrays([mother[rows], first[models]]).isin(taken)
    rows, models = rows[free], models[free]
    for column in columns:
        names: Texts = people[column].to_numpy(dtype=object).copy()
        names[rows] = names[models]
        people[column] = names
    return rows
