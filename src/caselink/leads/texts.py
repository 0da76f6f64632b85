"""Many rows of texts put in order, or written as one text a lead: by numbers that stand for the texts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from caselink.findings.facts import Ints
from caselink.findings.keys import one_key

_WITHIN, _BETWEEN = "\x1f", "\x1e"


def ordered(
    table: pd.DataFrame, columns: Sequence[str] | None = None, *, within: Ints | None = None, distinct: bool = False
) -> pd.DataFrame:
    """The table by some columns of texts (by all), missing last; with ``distinct`` one row for equal ones.

    ``within``: a number a row, by which the rows are put in order first, and in which equal rows agree too.

    >>> ordered(pd.DataFrame({"a": ["y", None, "x", "y"]}, dtype=object), distinct=True)["a"].tolist()
    ['x', 'y', None]
    """
    ranks = [ranked(table[name]) for name in columns or table.columns]
    key = one_key(*([] if within is None else [within]), *[np.where(rank < 0, len(table), rank) for rank in ranks])
    order = np.argsort(key, kind="stable")
    if distinct:
        order = order[np.diff(key[order], prepend=-1) != 0]
    return table.take(order).reset_index(drop=True)


def joined_texts(rows: pd.DataFrame, columns: Sequence[str], n_leads: int) -> list[str]:
    """For each lead the distinct texts of its rows in ``columns`` as one text, sorted; missing is the empty text.

    >>> rows = pd.DataFrame({"lead": [1, 1, 0, 1], "text": ["b", "a", None, "b"]})
    >>> joined_texts(rows, ["text"], 3) == ["", "a" + chr(30) + "b", ""]
    True
    """
    texts = [pc.fill_null(_arrow(rows[name]), "") for name in columns]
    whole = pc.binary_join_element_wise(*texts, pa.scalar(_WITHIN, pa.large_string()))
    rank, values = _ranked(whole)
    room = max(len(values), 1)
    key = np.sort(rows["lead"].to_numpy(np.int64) * room + rank)
    key = key[np.diff(key, prepend=-1) != 0]
    told = values.take(pa.array(key % room)).to_pylist()
    bounds = np.searchsorted(key // room, np.arange(n_leads + 1)).tolist()
    return [_BETWEEN.join(told[start:stop]) for start, stop in pairwise(bounds)]


def _arrow(texts: pd.Series[str]) -> pa.LargeStringArray:
    return pa.array(texts.to_numpy(dtype=object), pa.large_string(), from_pandas=True)


def ranked(texts: pd.Series[str]) -> Ints:
    """The place of each text among the distinct ones in order, -1 for none."""
    return _ranked(_arrow(texts))[0]


def _ranked(texts: pa.LargeStringArray) -> tuple[Ints, pa.LargeStringArray]:
    """The place of each text among the distinct ones in order, -1 for none; and these."""
    coded = texts.dictionary_encode()
    order = pc.sort_indices(coded.dictionary).to_numpy()
    place = np.full(len(order) + 1, -1, np.int64)
    place[order] = np.arange(len(order))
    codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return place[codes], coded.dictionary.take(pa.array(order))
