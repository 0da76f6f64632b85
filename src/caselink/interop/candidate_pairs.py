"""Pairs of records as the two-level index that pandas and recordlinkage use, and back.

There, a record is a label in the index of its frame; here, it is a source and a record id. The label is taken for the
record id, and a frame for a source.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.errors import InputError, RecordIdError, SpecError
from caselink.schema import PERSONS_COLUMNS, check_table

_PAIR_COLUMNS = ("source_left", "record_id_left", "source_right", "record_id_right")


def to_multiindex(
    pairs: pd.DataFrame, sources: str | Sequence[str], *, order: pd.Index[Any] | None = None
) -> pd.MultiIndex:
    """Pairs of ``result.links`` (or any table with their four key columns) as a two-level index, in their order.

    ``sources``: the two sources in the order of the levels, for pairs between them; or one, for its duplicates.
    Other pairs are left out. ``order``: the index of the one frame: as in recordlinkage the record that comes later
    in it stands first, so that pairs of both can be compared. Without it the pair stays as it is.

    >>> keys = ["source_left", "record_id_left", "source_right", "record_id_right"]
    >>> links = pd.DataFrame([["ivd", "9", "iva", "1"], ["iva", "1", "iva", "2"]], columns=keys)
    >>> to_multiindex(links, ("iva", "ivd")).tolist()
    [('1', '9')]
    >>> to_multiindex(links, "iva", order=pd.Index(["1", "2"])).tolist()
    [('2', '1')]
    """
    check_table(pairs, _PAIR_COLUMNS, needed_by="to_multiindex")
    first, second = _two_sources(sources)
    source_left, left, source_right, right = (pairs[name].to_numpy(object) for name in _PAIR_COLUMNS)
    straight = (source_left == first) & (source_right == second)
    turned = (source_left == second) & (source_right == first) & (first != second)
    kept = straight | turned
    left, right = np.where(turned, right, left)[kept], np.where(turned, left, right)[kept]
    if order is not None:
        later = _later_first(left, right, order)
        left, right = np.where(later, left, right), np.where(later, right, left)
    return pd.MultiIndex.from_arrays([left, right], names=["record_id_1", "record_id_2"])


def from_multiindex(pairs: pd.MultiIndex, sources: str | Sequence[str]) -> pd.DataFrame:
    """A two-level index of pairs as a table with the four key columns, for ``labels`` and ``decisions``.

    ``sources``: the source of each level, or the one of both. Labels become text, as record ids are.

    >>> index = pd.MultiIndex.from_tuples([(1, 9)])
    >>> from_multiindex(index, ("iva", "ivd")).iloc[0].tolist()
    ['iva', '1', 'ivd', '9']
    """
    if not isinstance(pairs, pd.MultiIndex) or pairs.nlevels != 2:
        raise InputError("candidate pairs are an index of two levels, a record of each source")
    first, second = _two_sources(sources)
    left, right = (pairs.get_level_values(level).astype(str) for level in (0, 1))
    table = {"source_left": first, "record_id_left": left, "source_right": second, "record_id_right": right}
    return pd.DataFrame(table, index=pd.RangeIndex(len(pairs)))


def persons_to_multiindex(
    persons: pd.DataFrame, sources: str | Sequence[str], *, order: pd.Index[Any] | None = None
) -> pd.MultiIndex:
    """All pairs of records that ``result.persons`` gives one person, as :func:`to_multiindex` gives them.

    >>> persons = pd.DataFrame({"source": ["iva", "ivd"], "record_id": ["1", "9"], "person_id": "P1"})
    >>> persons_to_multiindex(persons, ("iva", "ivd")).tolist()
    [('1', '9')]
    """
    check_table(persons, PERSONS_COLUMNS, needed_by="persons_to_multiindex")
    first, second = _two_sources(sources)
    sides = [persons.loc[persons["source"] == source, list(PERSONS_COLUMNS)] for source in (first, second)]
    place = [side.assign(row=np.arange(len(side))) for side in sides]
    pairs = place[0].merge(place[1], on="person_id", suffixes=("_left", "_right"))
    if first == second:
        pairs = pairs[pairs["row_left"] > pairs["row_right"]]
    return to_multiindex(pairs, sources, order=order)


def _two_sources(sources: str | Sequence[str]) -> tuple[str, str]:
    named = (sources, sources) if isinstance(sources, str) else tuple(sources)
    if len(named) != 2:
        raise SpecError("sources are one source, for its duplicates, or two, for pairs between them")
    return named[0], named[1]


def _later_first(left: npt.NDArray[Any], right: npt.NDArray[Any], order: pd.Index[Any]) -> npt.NDArray[np.bool_]:
    texts = order.astype(str)
    if not texts.is_unique:
        raise RecordIdError("order names two records alike")
    places = [texts.get_indexer(pd.Index(side, dtype=object)) for side in (left, right)]
    if any((place < 0).any() for place in places):
        raise RecordIdError("order lacks records that the pairs name")
    return np.asarray(places[0] > places[1])
