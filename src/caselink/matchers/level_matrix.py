"""A bare matrix of levels (pairs x comparisons) as scikit-learn's tools hand it over, with or without labels.

Nothing is known of how its pairs came about, so the matrix is taken for the whole world: no blocking rule made its
pairs, and what chance gives is what those of them show that are no matches. Where comparisons are not described, a
level is known by its place alone: 0 is missing, 1 differ, the highest that is seen is exact, and everything compared
is personal.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from caselink.errors import SpecError
from caselink.matchers.base import Floats, Levels, TrainingPatterns
from caselink.schema import Definition

_PSEUDO_PAIRS = 0.5
"""Pairs added at every level, so that a level hardly seen is not taken for impossible by chance."""


def definitions_of(levels: Levels, names: Sequence[str] | None = None) -> tuple[Definition, ...]:
    """Comparisons that could have given these levels.

    >>> [d.level_names for d in definitions_of(np.array([[0, 3], [1, 1]], np.uint8))]
    [('missing', 'differ', 'exact'), ('missing', 'differ', 'level 2', 'exact')]
    """
    highest = np.maximum(levels.max(axis=0, initial=0), 2).tolist()
    called = [f"x{c}" for c in range(len(highest))] if names is None else [str(name) for name in names]
    return tuple(
        Definition(name=name, columns=(name,), level_names=("missing", "differ", *_between(top), "exact"))
        for name, top in zip(called, highest, strict=True)
    )


def patterns_of(
    levels: Levels, definitions: Sequence[Definition], match: npt.NDArray[np.bool_] | None = None
) -> TrainingPatterns:
    """What a matcher learns from, of a matrix of levels; ``match``: a label a row."""
    distinct, place = np.unique(levels, axis=0, return_inverse=True)
    place = place.ravel()
    n = len(distinct)
    labeled = None if match is None else [np.bincount(place[match == kind], minlength=n) for kind in (False, True)]
    random = tuple(_shares(levels[:, c], len(d.level_names)) for c, d in enumerate(definitions))
    return TrainingPatterns(
        definitions=tuple(definitions),
        levels=distinct,
        counts=np.bincount(place, minlength=n).astype(float),
        random=random,
        rules=("pairs as given",),
        by_rule=(random,),
        key_share=((1.0,) * len(random),),
        n_all_pairs=float(len(levels)),
        label_counts=None if labeled is None else np.stack(labeled, axis=1).astype(float),
    )


def within(levels: Levels, definitions: Sequence[Definition], *, described: bool) -> Levels:
    """Levels that the comparisons have: an error for others if they are ``described``, else missing (never seen)."""
    beyond = np.asarray(levels >= np.array([len(d.level_names) for d in definitions]))
    if not beyond.any():
        return levels
    if described:
        names = [definitions[c].name for c in np.unique(np.nonzero(beyond)[1])]
        raise SpecError(f"{int(beyond.sum())} level(s) are above those that {names} have")
    return np.where(beyond, 0, levels).astype(np.uint8)


def _between(top: int) -> list[str]:
    return [f"level {level}" for level in range(2, top)]


def _shares(column: Levels, n_levels: int) -> Floats:
    counts = np.bincount(column, minlength=n_levels)[1:] + _PSEUDO_PAIRS
    return np.concatenate([[1.0], counts / counts.sum()])
