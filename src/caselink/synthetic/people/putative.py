"""Men who are wrongly held to be a child's father, until somebody looks."""

from __future__ import annotations

import numpy as np
import pandas as pd

from caselink.synthetic.draws import Ints, Mask, Streams
from caselink.synthetic.people.families import NOBODY, YEAR
from caselink.synthetic.people.state import Facts

PUTATIVE_SHARE, SECOND_SHARE = 0.08, 0.25
"""Of the children of one mother and a father who lives elsewhere: one man is wrongly named, and of these a second."""
YOUNGEST_FATHER = 14


def putative_fathers(facts: Facts, home: Ints, streams: Streams) -> pd.DataFrame:
    """A row for each ``child`` and each ``man`` named who is not the father, of about the mother's age and no kin."""
    rng = streams.rng("putative fathers")
    children = np.flatnonzero(facts.child & facts.female[facts.mother] & ~facts.female[facts.father])
    away = home[facts.father[children]] != home[facts.mother[children]]
    children = children[away & (facts.father[children] != NOBODY)]
    couples = np.stack([facts.mother[children], facts.father[children]])
    (mother, father), group = np.unique(couples, axis=1, return_inverse=True)
    group = group.ravel()
    eldest = np.full(len(mother), np.iinfo(np.int64).max)
    np.minimum.at(eldest, group, facts.birth[children])
    parts = []
    named = rng.random(len(mother)) < PUTATIVE_SHARE
    for among in (named, named & (rng.random(len(mother)) < SECOND_SHARE)):
        man = _draw_men(facts, mother, rng)
        fit = among & (man != NOBODY) & (man != father)
        fit &= ~facts.related(man, mother) & ~facts.related(man, father)
        fit &= facts.birth[man] + YOUNGEST_FATHER * YEAR <= eldest
        chosen = fit[group]
        parts.append(pd.DataFrame({"child": children[chosen], "man": man[group[chosen]]}))
    return pd.concat(parts).drop_duplicates().sort_values(["child", "man"], ignore_index=True)


def _draw_men(facts: Facts, mothers: Ints, rng: np.random.Generator) -> Ints:
    """For each mother a man of about her age, -1 where there are no men."""
    is_man: Mask = ~facts.female & ~facts.child
    men = np.flatnonzero(is_man)
    if not len(men):
        return np.full(len(mothers), NOBODY)
    men = men[np.argsort(facts.birth[men], kind="stable")]
    wanted = facts.birth[mothers] - (rng.normal(2.5, 4.0, len(mothers)) * YEAR).astype(np.int64)
    return np.asarray(men[np.minimum(np.searchsorted(facts.birth[men], wanted), len(men) - 1)], dtype=np.int64)
