"""What chance would give: levels of random pairs, and of pairs that share a blocking rule's keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from caselink.blocking import PairIndex, key_codes, key_columns
from caselink.blocking.blocks import Blocks, make_blocks
from caselink.comparisons import Program, count_patterns
from caselink.encoding import Column, EncodedRecords, Rows

Floats = npt.NDArray[np.float64]
_RANDOM_PAIRS = 200_000
_KEY_PAIRS = 30_000
_KEY_RECORDS = 200_000
_SHARED_BY_MANY = 50
_COMMON = 0.05


@dataclass(frozen=True, slots=True)
class Chance:
    """Level shares by chance, in the form that matchers learn from (see ``TrainingPatterns``)."""

    rules: tuple[str, ...]
    random: tuple[Floats, ...] = field(repr=False)
    by_rule: tuple[tuple[Floats, ...], ...] = field(repr=False)
    key_share: tuple[tuple[float, ...], ...] = field(repr=False)
    n_all_pairs: float


def estimate_chance(program: Program, index: PairIndex, seed: int) -> Chance:
    """Draw random pairs and pairs within keys; exact levels come from the value frequencies themselves."""
    draws = np.random.default_rng(seed)
    left, right = _random_pairs(program.records, index.allowed, draws)
    seen = _level_shares(program, left, right)
    random = [_with_exact(program, index, c, share) for c, share in enumerate(seen)]
    ways = index.shared_keys()
    within = _WithinKeys(program, index, draws)
    tables = [[within.table(way, c, random[c]) for c in range(len(random))] for way in ways]
    return Chance(
        rules=tuple(" & ".join(keys) or index.rules[rule].name for rule, keys in ways),
        random=tuple(random),
        by_rule=tuple(tuple(table for table, _ in row) for row in tables),
        key_share=tuple(tuple(share for _, share in row) for row in tables),
        n_all_pairs=_all_pairs(program.records, index.allowed),
    )


@dataclass(slots=True)
class _WithinKeys:
    """Levels of pairs that share keys by chance, each set of keys drawn once."""

    program: Program
    index: PairIndex
    draws: np.random.Generator
    pairs: dict[tuple[str, ...], tuple[Rows, Rows, float]] = field(default_factory=dict)
    tables: dict[tuple[tuple[str, ...], int], Floats] = field(default_factory=dict)

    def table(self, way: tuple[int, tuple[str, ...]], c: int, random: Floats) -> tuple[Floats, float]:
        """Level shares of one comparison for pairs that met in one way, and the share of random pairs that could."""
        rule, shared = way
        definition = self.program.comparisons[c].definition
        columns = tuple(column for column in definition.columns if column not in definition.marks)
        keys = _keys_read(shared, columns, self.program.records)
        if not columns:
            return self._source_table(rule, c), 1.0
        if not keys:
            return np.concatenate([[1.0], self._given(shared, c, random)[1:]]), 1.0
        if columns[0] in keys and not _is_conditional(self.program, c):
            # sharing the keys means that the comparison is exact, unless equal values can be less (January 1 twice)
            table, share = self._drawn(keys, c)[0] if self._equals_differ(c) else _only_exact(len(random)), 0.0
        else:
            table, share = self._drawn(keys, c)
            if any(_is_either_order(key) and "." not in key for key in keys):
                share = 0.0  # all such pairs agree on both, by chance or not, and hardly any in the other order
        if not set(keys) <= set(self.index.rules[rule].keys):
            # a block's records that lack the key that splits it stay together
            table = np.concatenate([[1.0], table[1:]])
        return table, share

    def _equals_differ(self, c: int) -> bool:
        """Whether a record compared with itself is not always missing or exact."""
        rows = np.arange(min(len(self.program.records), _KEY_RECORDS), dtype=np.int32)
        program = self.program.only(c)
        levels = program.levels(count_patterns(program.patterns(rows, rows))[0])[:, 0]
        return bool(((levels > 0) & (levels < program.n_levels[0] - 1)).any())

    def _drawn(self, keys: tuple[str, ...], c: int) -> tuple[Floats, float]:
        if keys not in self.pairs:
            self.pairs[keys] = _pairs_of_keys(self.program.records, self.index, keys, self.draws)
        left, right, share = self.pairs[keys]
        if (keys, c) not in self.tables:
            self.tables[keys, c] = _level_shares(self.program.only(c), left, right)[0]
        return self.tables[keys, c], share

    def _given(self, shared: tuple[str, ...], c: int, random: Floats) -> Floats:
        """Levels of a comparison that reads none of the keys, by the key that says most about it.

        People of one first name are of one sex, people of one ZIP live in one city. Only keys that many records
        share are looked at (of few, most may be one person), and only levels that are common.
        """
        best = random
        for part in (part for key in shared for part in _parts_of(key)):
            keys = (part,)
            if keys not in self.pairs:
                self.pairs[keys] = _pairs_of_keys(self.program.records, self.index, keys, self.draws)
            if self.pairs[keys][2] * len(self.program.records) >= _SHARED_BY_MANY:
                given = self._drawn(keys, c)[0]
                common = (given >= _COMMON) | (random >= _COMMON)
                given = np.where(common, given, random)
                if np.abs(given - random)[1:].sum() > np.abs(best - random)[1:].sum():
                    best = given
        return best

    def _source_table(self, rule: int, c: int) -> Floats:
        """Levels of a comparison of the sources alone: by how many records of each source the rule reaches."""
        reached = self.index.parts[int(np.flatnonzero(self.index.rule == rule)[0])].order
        if len(reached) < 2:
            reached = np.arange(len(self.program.records), dtype=np.int32)
        reached = np.sort(reached)  # blocks lie in the order of codes, which goes by the order of rows
        left = np.resize(reached, _KEY_PAIRS)
        right = self.draws.permutation(left)
        kept = self.index.allowed[self.program.records.source[left], self.program.records.source[right]]
        table = _level_shares(self.program.only(c), left[kept], right[kept])[0]
        return np.concatenate([[1.0], table[1:]])


def _keys_read(keys: Sequence[str], columns: Sequence[str], records: EncodedRecords) -> tuple[str, ...]:
    return tuple(sorted({key for key in keys if set(key_columns(key, records.columns)) & set(columns)}))


def _is_either_order(key: str) -> bool:
    return len(key_columns(key)) > 1


def _parts_of(key: str) -> tuple[str, ...]:
    """The keys that a key of two columns in either order is made of; of any other the key itself."""
    _, dot, ending = key.partition(".")
    return tuple(column + dot + ending for column in key_columns(key)) if _is_either_order(key) else (key,)


def _only_exact(n_levels: int) -> Floats:
    table = np.zeros(n_levels)
    table[-1] = 1.0
    return table


def _random_pairs(
    records: EncodedRecords, allowed: npt.NDArray[np.bool_], draws: np.random.Generator
) -> tuple[Rows, Rows]:
    """Different records, drawn evenly, of sources that may pair; all pairs where there are few."""
    n = len(records)
    if n * (n - 1) // 2 <= _RANDOM_PAIRS:
        left, right = (side.astype(np.int32) for side in np.triu_indices(n, 1))
    else:
        left = draws.integers(0, n, _RANDOM_PAIRS).astype(np.int32)
        right = draws.integers(0, n - 1, _RANDOM_PAIRS).astype(np.int32)
        right += right >= left
    kept = allowed[records.source[left], records.source[right]]
    return np.minimum(left, right)[kept], np.maximum(left, right)[kept]


def _level_shares(program: Program, left: Rows, right: Rows) -> list[Floats]:
    """Shares of the levels above missing; half a pair stands at a level that was not seen.

    Place 0 says whether missing was seen.
    """
    distinct, pairs, _ = count_patterns(program.patterns(left, right))
    levels = program.levels(distinct)
    found = []
    for c, n_levels in enumerate(program.n_levels):
        counts = np.bincount(levels[:, c], weights=pairs, minlength=n_levels)
        known = np.maximum(counts[1:], 0.5)
        found.append(np.concatenate([[float(counts[0] > 0)], known / known.sum()]))
    return found


def _with_exact(program: Program, index: PairIndex, c: int, share: Floats) -> Floats:
    """The shares with the exact level from value frequencies, where that level means equal values of one column."""
    definition = program.comparisons[c].definition
    if not definition.columns or _is_conditional(program, c):
        return share
    column = program.records.columns[definition.columns[0]]
    exact = exact_share(column, program.records.source, index.allowed)
    rest = share[1:-1].sum()
    scaled = share[1:-1] * ((1 - exact) / rest) if rest else share[1:-1]
    return np.concatenate([share[:1], scaled, [exact]])


def _is_conditional(program: Program, c: int) -> bool:
    return hasattr(program.comparisons[c], "unless")


def exact_share(column: Column, source: npt.NDArray[np.int32], allowed: npt.NDArray[np.bool_]) -> float:
    """Share of the pairs that may link, and lack the column on neither side, that hold one value.

    At least half a pair's worth, so that a column whose values are all different has a share above zero.
    """

    def pairs_within(rows: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
        codes = column.codes[rows]
        size = np.append(np.bincount(codes), len(codes)).astype(float)
        pairs = size * (size - 1) / 2
        return np.array([pairs[:-1].sum(), pairs[-1]])

    known = column.codes >= 0
    across = len(allowed) == 1 or bool(allowed[~np.eye(len(allowed), dtype=bool)].any())
    inside = [s for s in range(len(allowed)) if allowed[s, s] != across]
    same, pairs = sum((pairs_within(known & (source == s)) for s in inside), np.zeros(2))
    if across:
        same, pairs = pairs_within(known) - (same, pairs)
    return float(max(same, 0.5) / max(pairs, 1.0))


def _all_pairs(records: EncodedRecords, allowed: npt.NDArray[np.bool_]) -> float:
    sizes = np.bincount(records.source, minlength=len(allowed)).astype(float)
    pairs = np.outer(sizes, sizes)
    np.fill_diagonal(pairs, sizes * (sizes - 1))
    return float((pairs * allowed).sum() / 2)


def _pairs_of_keys(
    records: EncodedRecords, index: PairIndex, keys: tuple[str, ...], draws: np.random.Generator
) -> tuple[Rows, Rows, float]:
    """Pairs that share the keys, drawn evenly, and the share of random pairs that do."""
    columns = [key_codes(records, key) for key in keys]
    some = [Column(column.codes[:_KEY_RECORDS], column.values) for column in columns]  # their order is one of chance
    blocks = make_blocks(some, len(some[0].codes))
    if blocks.n_pairs() < _KEY_PAIRS:
        blocks = make_blocks(columns, len(records))
    n_pairs, n_records = blocks.n_pairs(), len(blocks.block)
    left, right = _block_pairs(blocks, n_pairs, draws)
    kept = index.allowed[records.source[left], records.source[right]]
    return left[kept], right[kept], n_pairs / max(1.0, n_records * (n_records - 1) / 2)


def _block_pairs(blocks: Blocks, n_pairs: int, draws: np.random.Generator) -> tuple[Rows, Rows]:
    """Pairs of the blocks, drawn evenly, or all of them; by position, since the order of blocks is that of the rows."""
    place = np.zeros(len(blocks.block), np.int64)
    place[blocks.order] = np.arange(len(blocks.order))
    following = np.zeros(len(blocks.block), np.int64)
    following[blocks.order] = blocks.stop.astype(np.int64) - np.arange(len(blocks.stop)) - 1
    total = np.cumsum(following)
    few = n_pairs <= _KEY_PAIRS
    chosen = np.arange(n_pairs) if few else np.sort(draws.integers(0, n_pairs, _KEY_PAIRS))
    leader = np.searchsorted(total, chosen, side="right")
    partner = blocks.order[place[leader] + 1 + chosen - (total[leader] - following[leader])]
    leader = leader.astype(np.int32)
    return np.minimum(leader, partner), np.maximum(leader, partner)
