"""Candidate pairs: recordlinkage's names, joined by codes, and caselink's blocking rules beside them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import recordlinkage.index as theirs
from recordlinkage.api import Index as TheirIndex
from recordlinkage.base import BaseIndexAlgorithm

from caselink.blocking import Rule, index_pairs, key_columns
from caselink.blocking.blocks import make_blocks
from caselink.encoding import Column, encode
from caselink.errors import ColumnMissingError, RecordIdError, SpecError
from caselink.interop.recordlinkage.columns import PairedColumns, Rows

__all__ = ["Block", "Index", "Rules"]


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """Everything else is recordlinkage's own."""
    return getattr(theirs, name)


class Block(theirs.Block):  # type: ignore[misc]  # recordlinkage has no types
    """Pairs that agree on all columns; a record that lacks one, or holds an empty text there, is in no pair."""

    def _link_index(self, df_a: pd.DataFrame, df_b: pd.DataFrame) -> pd.MultiIndex:
        blocks = self._blocks(df_a, df_b)
        if blocks is None:
            return super()._link_index(df_a, df_b)  # type: ignore[no-any-return]
        return _pairs_of(df_a.index, df_b.index, *_joined(*blocks))

    def _dedup_index(self, df_a: pd.DataFrame) -> pd.MultiIndex:
        blocks = self._blocks(df_a, df_a)
        if blocks is None:
            return super()._dedup_index(df_a)  # type: ignore[no-any-return]
        left, right = _joined(*blocks)
        later = left > right
        return _pairs_of(df_a.index, df_a.index, left[later], right[later])

    def _blocks(self, df_a: pd.DataFrame, df_b: pd.DataFrame) -> tuple[Rows, Rows] | None:
        """The block of each record of both frames, -1 for none; None where recordlinkage should see to it."""
        keys = [_listed(on) for on in self._get_left_and_right_on()]
        if not keys[0] or len(keys[0]) != len(keys[1]):
            return None
        columns = []
        for left_on, right_on in zip(*keys, strict=True):
            left, right = _column(df_a, left_on), _column(df_b, right_on)
            if left.dtype != right.dtype:
                return None  # recordlinkage says where they cannot be joined
            paired = PairedColumns.of(left, right)
            codes = np.concatenate([paired.left, paired.right]).astype(np.int32)
            columns.append(Column(codes, pa.nulls(len(paired.values), pa.large_string())))
        block = make_blocks(columns, len(df_a) + len(df_b)).block.astype(np.int64)
        return block[: len(df_a)], block[len(df_a) :]


class Rules(BaseIndexAlgorithm):  # type: ignore[misc]  # recordlinkage has no types
    """caselink's blocking rules as one algorithm: pairs that any of them makes.

        indexer.add(Rules(cl.BlockingRule("surname.soundex"), cl.MinHash("given_name", "surname")))

    ``right_columns``: where the second frame calls a column otherwise, its name there.
    """

    name = "rules"
    description = "Blocking rules of caselink."

    def __init__(self, *rules: Rule, right_columns: Mapping[str, str] | None = None, **options: Any) -> None:  # noqa: ANN401
        if not rules or not all(isinstance(rule, Rule) and not isinstance(rule, type) for rule in rules):
            raise SpecError('give one or more rules, such as Rules(BlockingRule("surname.soundex"))')
        super().__init__(**options)
        self.rules, self.right_columns = rules, dict(right_columns or {})

    def _link_index(self, df_a: pd.DataFrame, df_b: pd.DataFrame) -> pd.MultiIndex:
        columns = self._columns(df_a)
        named = {name: self.right_columns.get(name, name) for name in columns}
        records = pd.concat(
            [_as_records(df_a, "left", {name: name for name in columns}), _as_records(df_b, "right", named)],
            ignore_index=True,
        )
        found = self._found(records, columns, n_left=len(df_a))
        return _pairs_of(df_a.index, df_b.index, *found)

    def _dedup_index(self, df_a: pd.DataFrame) -> pd.MultiIndex:
        columns = self._columns(df_a)
        records = _as_records(df_a, "left", {name: name for name in columns})
        return _pairs_of(df_a.index, df_a.index, *self._found(records, columns, n_left=None))

    def _columns(self, frame: pd.DataFrame) -> list[str]:
        return sorted(
            {column for rule in self.rules for key in rule.reads for column in key_columns(key, frame.columns)}
        )

    def _found(self, records: pd.DataFrame, columns: list[str], *, n_left: int | None) -> tuple[Rows, Rows]:
        """Row numbers of the pairs in the order of rows; without ``n_left`` the later row stands first."""
        encoded = encode(records, columns)
        index = index_pairs(encoded, self.rules, link_type="dedupe_only" if n_left is None else "link_only")
        none = np.zeros(0, np.int32)
        parts = [index.pairs(span) for span in index.spans()]
        first, second = (encoded.row[np.concatenate([none, *(part[side] for part in parts)])] for side in (0, 1))
        earlier, later = np.minimum(first, second), np.maximum(first, second)
        left, right = (later, earlier) if n_left is None else (earlier, later - n_left)
        order = np.lexsort([right, left])
        return left[order], right[order]


class Index(TheirIndex):  # type: ignore[misc]  # recordlinkage has no types
    """recordlinkage's ``Index``; several algorithms are united by row numbers."""

    def block(self, *args: Any, **kwargs: Any) -> Index:  # noqa: ANN401
        """Add :class:`Block`."""
        self.add(Block(*args, **kwargs))
        return self

    def rules(self, *rules: Rule, **options: Any) -> Index:  # noqa: ANN401
        """Add :class:`Rules`."""
        self.add(Rules(*rules, **options))
        return self

    def index(self, x: pd.DataFrame, x_link: pd.DataFrame | None = None) -> pd.MultiIndex:
        """The pairs that any of the algorithms makes, each once; of several algorithms in the order of labels."""
        if len(self.algorithms) == 1:
            return self.algorithms[0].index(x, x_link)  # type: ignore[no-any-return]
        if not isinstance(x, pd.DataFrame):
            return super().index(x, x_link)
        return _united(
            [algorithm.index(x, x_link) for algorithm in self.algorithms], x, x if x_link is None else x_link
        )


def _united(made: list[pd.MultiIndex], x: pd.DataFrame, y: pd.DataFrame) -> pd.MultiIndex:
    if not made:
        raise SpecError("an Index needs an algorithm: indexer.block(...), or indexer.rules(...)")
    pairs = [_row_numbers(index, x.index, y.index) for index in made]
    key = np.unique(np.concatenate([left * len(y) + right for left, right in pairs]))
    left, right = key // max(len(y), 1), key % max(len(y), 1)
    order = np.lexsort([_alphabetic(y.index)[right], _alphabetic(x.index)[left]])
    return _pairs_of(x.index, y.index, left[order], right[order]).set_names(list(made[0].names))


def _row_numbers(pairs: pd.MultiIndex, left: pd.Index[Any], right: pd.Index[Any]) -> tuple[Rows, Rows]:
    sides = zip((left, right), pairs.levels, pairs.codes, strict=True)
    found = [index.get_indexer(level)[codes].astype(np.int64) for index, level, codes in sides]
    if any((rows < 0).any() for rows in found):
        raise RecordIdError("an algorithm made pairs of records that are not in the frame")
    return found[0], found[1]


def _alphabetic(index: pd.Index[Any]) -> Rows:
    """The place of each label among all, sorted; by row where labels cannot be sorted."""
    rank = np.empty(len(index), np.int64)
    try:
        rank[index.argsort()] = np.arange(len(index))
    except TypeError:
        return np.arange(len(index))
    return rank


def _joined(left_block: Rows, right_block: Rows) -> tuple[Rows, Rows]:
    """Row numbers of all pairs of one block, by the left row, then by the right."""
    known = np.flatnonzero(right_block >= 0)
    order = known[np.argsort(right_block[known], kind="stable")]
    size = np.bincount(right_block[known], minlength=int(max(left_block.max(initial=-1), 0)) + 1)
    start = np.cumsum(size) - size
    rows = np.flatnonzero(left_block >= 0)
    each = size[left_block[rows]]
    place = np.arange(each.sum()) - np.repeat(np.cumsum(each) - each, each)
    return np.repeat(rows, each), order[np.repeat(start[left_block[rows]], each) + place]


def _pairs_of(
    left: pd.Index[Any], right: pd.Index[Any], left_rows: npt.NDArray[Any], right_rows: npt.NDArray[Any]
) -> pd.MultiIndex:
    levels: list[Any] = [left.rename(None), right.rename(None)]
    codes: list[Any] = [left_rows, right_rows]
    return pd.MultiIndex(levels=levels, codes=codes, verify_integrity=False)


def _as_records(frame: pd.DataFrame, source: str, columns: Mapping[str, str]) -> pd.DataFrame:
    """The frame as RECORDS: its labels are the record ids; whole numbers are texts."""
    table: dict[str, Any] = {"source": source, "record_id": frame.index.astype(str).astype(object)}
    for name, theirs_name in columns.items():
        column = _column(frame, theirs_name)
        whole = pd.api.types.is_integer_dtype(column)
        table[name] = (column.astype("string") if whole else column).to_numpy(object)
    return pd.DataFrame(table)


def _column(frame: pd.DataFrame, name: Hashable) -> pd.Series[Any]:
    if name not in frame.columns:
        raise ColumnMissingError([str(name)], [str(c) for c in frame.columns], needed_by="blocking")
    return frame[name]


def _listed(on: Any) -> list[Hashable]:  # noqa: ANN401  (a label, or a list of them)
    if isinstance(on, (list, tuple)):
        return list(on)
    return [] if on is None else [on]
