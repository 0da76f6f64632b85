"""Blocks: for each record the number of its block under a rule, and the order in which pairs stream out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from caselink.encoding import Codes, Column

_WIDEST_KEY = 2**62


@dataclass(frozen=True, slots=True)
class Blocks:
    """One grouping of records.

    ``block[i]`` is the block of record i, -1 for none. With ``window`` 0 two records meet if their blocks are
    equal; with a larger one ``block`` is a rank, and they meet if their ranks are at most ``window`` apart.
    ``order`` lists the records block by block; the record at ``order[k]`` meets those up to ``stop[k]``.
    ``size`` counts the records of each block (equal blocks only).
    """

    block: Codes = field(repr=False)
    window: int
    order: Codes = field(repr=False)
    stop: Codes = field(repr=False)
    size: npt.NDArray[np.int32] = field(repr=False)
    was_split: int = 0
    """How many blocks over the limit were split to make these."""
    depth: int = 0
    """By how many further keys the most split of them were split."""

    def n_pairs(self) -> int:
        """Pairs before any other rule is looked at."""
        return int((self.stop.astype(np.int64) - np.arange(len(self.stop)) - 1).sum())


def make_blocks(keys: Sequence[Column], n_records: int) -> Blocks:
    """Group the records that agree on every key and lack none."""
    key = keys[0].codes.astype(np.int64)
    largest = len(keys[0].values)
    for column in keys[1:]:
        if largest * len(column.values) >= _WIDEST_KEY:
            key, largest = _dense(key, largest)
        either_missing = (key < 0) | (column.codes < 0)
        key = np.where(either_missing, -1, key * len(column.values) + column.codes)
        largest *= len(column.values)
    return _group(key, largest, n_records)


def split_blocks(whole: Blocks, keys: Iterator[Column], largest: int) -> list[Blocks]:
    """Split blocks over ``largest`` records by one key after the other; then let neighbors meet."""
    was_split = int((whole.size > largest).sum())
    depth = 0
    over = _in_block_over(whole, largest)
    for column in keys if over.any() else ():
        depth += 1
        values = len(column.values) + 1  # records that lack the key stay together
        key = whole.block.astype(np.int64) * values + np.where(over, column.codes + 1, 0)
        whole = _group(np.where(whole.block < 0, -1, key), len(whole.size) * values, len(whole.block))
        over = _in_block_over(whole, largest)
        if not over.any():
            break
    if not over.any():
        return [Blocks(whole.block, 0, whole.order, whole.stop, whole.size, was_split, depth)]
    small = _group(np.where(over, -1, whole.block).astype(np.int64), len(whole.size), len(whole.block))
    order = whole.order[over[whole.order]]
    near = neighborhood(order, whole.block[order].astype(np.int64), max(1, largest // 2), len(whole.block))
    return [Blocks(small.block, 0, small.order, small.stop, small.size, was_split, depth), near]


def neighborhood(order: Codes, group: npt.NDArray[np.int64], window: int, n_records: int) -> Blocks:
    """Records at most ``window`` places apart in ``order`` and of one ``group`` (ascending along it) meet."""
    number = np.cumsum(np.append(0, group[1:] != group[:-1])) if len(group) else group
    block = np.full(n_records, -1, np.int32)
    block[order] = np.arange(len(order)) + number * window
    end_of_group = np.searchsorted(group, group, side="right")
    stop = np.minimum(np.arange(len(order)) + window + 1, end_of_group).astype(np.int32)
    return Blocks(block, window, order, stop, np.bincount(number).astype(np.int32))


def _in_block_over(blocks: Blocks, largest: int) -> npt.NDArray[np.bool_]:
    over = np.append(blocks.size > largest, False)  # block -1 is in none
    return over[blocks.block]


def _dense(key: npt.NDArray[np.int64], largest: int) -> tuple[npt.NDArray[np.int64], int]:
    from caselink.encoding_kernels import number_groups, sort_positions

    group, size = number_groups(key, sort_positions(key, largest))
    return group.astype(np.int64), len(size)


def _group(key: npt.NDArray[np.int64], largest: int, n_records: int) -> Blocks:
    """Blocks of equal keys; a record alone in its block is in none."""
    from caselink.encoding_kernels import number_groups, sort_positions

    order = sort_positions(key, largest)
    group, size = number_groups(key, order)
    shared = size > 1
    number = np.append(np.where(shared, np.cumsum(shared) - 1, -1), -1).astype(np.int32)
    block = number[group]
    size = size[shared]
    order = order[block[order] >= 0]
    stop = np.repeat(np.cumsum(size, dtype=np.int32), size)
    assert len(block) == n_records  # noqa: S101  (cannot be otherwise)
    return Blocks(block, 0, order, stop, size)
