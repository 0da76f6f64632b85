"""What chance would give: levels of random pairs, and of pairs that share a blocking rule's keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from caselink.blocking import PairIndex, Rule, key_codes, key_column
from caselink.blocking.blocks import Blocks, make_blocks
from caselink.comparisons import Program
from caselink.encoding import Column, EncodedRecords, Rows

Floats = npt.NDArray[np.float64]
_RANDOM_PAIRS = 500_000
_KEY_PAIRS = 50_000


@dataclass(frozen=True, slots=True)
class Chance:
    """Level shares by chance, in the form that matchers learn from (see ``TrainingPatterns``)."""

    random: tuple[Floats, ...] = field(repr=False)
    by_rule: tuple[tuple[Floats, ...], ...] = field(repr=False)
    key_share: tuple[tuple[float, ...], ...] = field(repr=False)
    n_all_pairs: float


def estimate_chance(program: Program, index: PairIndex, seed: int) -> Chance:
    """Draw random pairs and pairs within keys; exact levels come from the value frequencies themselves."""
    records = program.records
    draws = np.random.default_rng(seed)
    left, right = _random_pairs(records, index.allowed, draws)
    random = [_with_exact(program, index, c, share) for c, share in enumerate(_level_shares(program, left, right))]
    drawn: dict[tuple[str, ...], tuple[list[Floats], float]] = {}
    by_rule, key_share = [], []
    for rule in index.rules:
        tables, shares = [], []
        for c, comparison in enumerate(program.comparisons):
            keys = _keys_read(rule, comparison.definition.columns, records)
            if not keys:
                table, share = random[c].copy(), 1.0
                table[0] = 1.0
                if not comparison.definition.columns:
                    table = _source_shares(program, index, rule, c)
            else:
                if keys not in drawn:
                    drawn[keys] = _pairs_of_keys(program, index, keys, draws)
                table, share = drawn[keys][0][c], drawn[keys][1]
            tables.append(table)
            shares.append(share)
        by_rule.append(tuple(tables))
        key_share.append(tuple(shares))
    return Chance(tuple(random), tuple(by_rule), tuple(key_share), _all_pairs(records, index.allowed))


def _keys_read(rule: Rule, columns: Sequence[str], records: EncodedRecords) -> tuple[str, ...]:
    return tuple(sorted(key for key in rule.keys if key_column(key, records.columns) in columns))


def _random_pairs(records: EncodedRecords, allowed: npt.NDArray[np.bool_], draws: np.random.Generator) -> tuple[Rows, Rows]:
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
    """Shares of the levels above missing; half a pair stands at a level that was not seen. Place 0: seen missing or not."""
    levels = program.levels(program.patterns(left, right))
    found = []
    for c, n_levels in enumerate(program.n_levels):
        counts = np.bincount(levels[:, c], minlength=n_levels).astype(float)
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
    program: Program, index: PairIndex, keys: tuple[str, ...], draws: np.random.Generator
) -> tuple[list[Floats], float]:
    """Levels of pairs that share the keys by chance, and the share of random pairs that do."""
    blocks = make_blocks([key_codes(program.records, key) for key in keys], len(program.records))
    n_pairs = blocks.n_pairs()
    left, right = _block_pairs(blocks, n_pairs, draws)
    kept = index.allowed[program.records.source[left], program.records.source[right]]
    share = n_pairs / max(1.0, len(program.records) * (len(program.records) - 1) / 2)
    return _level_shares(program, left[kept], right[kept]), share


def _block_pairs(blocks: Blocks, n_pairs: int, draws: np.random.Generator) -> tuple[Rows, Rows]:
    following = blocks.stop.astype(np.int64) - np.arange(len(blocks.stop)) - 1
    total = np.cumsum(following)
    few = n_pairs <= _KEY_PAIRS
    chosen = np.arange(n_pairs) if few else np.sort(draws.integers(0, n_pairs, _KEY_PAIRS))
    row = np.searchsorted(total, chosen, side="right")
    partner = row + 1 + chosen - (total[row] - following[row])
    a, b = blocks.order[row], blocks.order[partner]
    return np.minimum(a, b), np.maximum(a, b)


def _source_shares(program: Program, index: PairIndex, rule: Rule, c: int) -> Floats:
    """Levels of a comparison that reads no column but the source: by how many records of a source the rule can reach."""
    part = int(np.flatnonzero(index.rule == index.rules.index(rule))[0])
    reached = index.parts[part].order
    if len(reached) < 2:  # noqa: PLR2004  (no pair)
        reached = np.arange(len(program.records), dtype=np.int32)
    step = max(1, len(reached) // 700)
    sample = np.sort(reached)[::step]
    a, b = np.triu_indices(len(sample), 1)
    left, right = sample[a].astype(np.int32), sample[b].astype(np.int32)
    kept = index.allowed[program.records.source[left], program.records.source[right]]
    table = _level_shares(program, left[kept], right[kept])[c]
    table[0] = 1.0
    return table
