"""Pairs stream out of the blocks in chunks; each pair belongs to the first rule that makes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.blocking.blocks import Blocks
from caselink.blocking.rules import Rule
from caselink.encoding import EncodedRecords, Rows

LinkType: TypeAlias = Literal["link_and_dedupe", "link_only", "dedupe_only"]
CHUNK_PAIRS = 1 << 19


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of one rule's order whose pairs fit into a chunk."""

    part: int
    first: int
    last: int
    most: int


@dataclass(frozen=True, slots=True)
class PairIndex:
    """All rules' blocks over one set of records, ready to stream pairs or to say why two records never met.

    ``parts`` are the groupings in order of rule (a rule can have several); ``rule[p]`` is the rule of part p.
    ``join`` (records x parts) holds the block of each record. ``made`` notes how many pairs each part made that no
    earlier one does, once all were streamed: counting them again takes as long.
    """

    rules: tuple[Rule, ...]
    parts: tuple[Blocks, ...] = field(repr=False)
    rule: npt.NDArray[np.int64] = field(repr=False)
    join: npt.NDArray[np.int32] = field(repr=False)
    window: npt.NDArray[np.int32] = field(repr=False)
    source: npt.NDArray[np.int32] = field(repr=False)
    allowed: npt.NDArray[np.bool_] = field(repr=False)
    made: dict[int, int] = field(default_factory=dict, repr=False, compare=False)

    def note_made(self, spans: Sequence[Span], counts: Sequence[int]) -> None:
        """Note how many pairs each of all spans gave."""
        self.made.update(dict.fromkeys(range(len(self.parts)), 0))
        for span, count in zip(spans, counts, strict=True):
            self.made[span.part] += count

    def n_pairs(self) -> int:
        """Pairs of all rules, a pair counted once a rule that makes it: an upper bound, known at once."""
        return sum(part.n_pairs() for part in self.parts)

    def shared_keys(self) -> list[tuple[int, tuple[str, ...]]]:
        """The ways in which pairs met: (rule, keys that they share): a rule's own, then with each key that split it."""
        ways: list[tuple[int, tuple[str, ...]]] = []
        for number, rule in enumerate(self.rules):
            depth = max((p.depth for p, r in zip(self.parts, self.rule, strict=True) if r == number), default=0)
            split_by = getattr(rule, "split_by", ())
            ways += [(number, rule.keys + tuple(split_by[:deep])) for deep in range(depth + 1)]
        return ways

    def spans(self, chunk_pairs: int = CHUNK_PAIRS) -> list[Span]:
        """Pieces of about ``chunk_pairs`` pairs each, in the order of the rules."""
        return [span for number, part in enumerate(self.parts) for span in _spans(number, part, chunk_pairs)]

    def pairs(self, span: Span, *, step: int = 1) -> tuple[Rows, Rows]:
        """The pairs of one piece that no earlier rule makes, as (lower, higher) positions."""
        from caselink.blocking.pair_kernels import make_pairs

        part = self.parts[span.part]
        out = np.empty((2, span.most if step == 1 else _led_by_every(step, part, span)), np.int32)
        bounds = np.array([span.first, span.last, span.part, step], np.int64)
        n = make_pairs(part.order, part.stop, bounds, self.join, self.window, self.source, self.allowed, out)
        return out[0, :n], out[1, :n]

    def rule_of(self, left: Rows, right: Rows) -> npt.NDArray[np.int64]:
        """The first rule by which each pair meets; -1 if by none, or if their sources may not pair."""
        from caselink.blocking.pair_kernels import first_rules

        part = np.empty(len(left), np.int64)
        first_rules(self.join, self.window, left, right, part)
        part[~self.allowed[self.source[left], self.source[right]]] = -1
        return np.append(self.rule, -1)[part]


def index_pairs(
    records: EncodedRecords,
    rules: Sequence[Rule],
    *,
    link_type: LinkType = "link_and_dedupe",
    unduplicated: Sequence[str] = (),
    threads: int = 1,
) -> PairIndex:
    """Make the blocks of every rule. Records of one source in ``unduplicated`` never pair."""
    with ThreadPoolExecutor(threads) as pool:
        groups = list(pool.map(lambda rule: rule.blocks(records), rules))
    parts = [part for group in groups for part in group]
    join = np.empty((len(records), len(parts)), np.int32)
    for number, part in enumerate(parts):
        join[:, number] = part.block
        parts[number] = replace(part, block=join[:, number])  # one copy of the block numbers is enough
    return PairIndex(
        rules=tuple(rules),
        parts=tuple(parts),
        rule=np.repeat(np.arange(len(rules)), [len(group) for group in groups]),
        join=join,
        window=np.array([part.window for part in parts], np.int32),
        source=records.source,
        allowed=allowed_sources(records.sources, link_type, unduplicated),
    )


def allowed_sources(sources: Sequence[str], link_type: LinkType, unduplicated: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Which sources may pair: a symmetric table, one row and column a source."""
    same = np.eye(max(1, len(sources)), dtype=bool)
    allowed = {"link_and_dedupe": np.ones_like(same), "link_only": ~same, "dedupe_only": same}[link_type].copy()
    for place, name in enumerate(sources):
        if name in unduplicated:
            allowed[place, place] = False
    return allowed


def count_rule_pairs(index: PairIndex) -> pd.DataFrame:
    """The price of the rules: one row a rule.

    ``pairs`` counts the rule alone, ``new_pairs`` those that no earlier rule makes, ``cumulative`` their running sum;
    ``largest_block`` is in records, ``blocks_split`` says how many blocks were over the rule's limit.
    """
    rows = []
    for number, rule in enumerate(index.rules):
        parts = [(place, part) for place, part in enumerate(index.parts) if index.rule[place] == number]
        rows.append(
            {
                "rule": rule.name,
                "pairs": _count_alone(index, number),
                "new_pairs": _count_new(index, [place for place, _ in parts]),
                "largest_block": max((int(part.size.max(initial=0)) for _, part in parts), default=0),
                "blocks_split": sum(part.was_split for _, part in parts),
            }
        )
    table = pd.DataFrame(rows, columns=["rule", "pairs", "new_pairs", "largest_block", "blocks_split"])
    table.insert(3, "cumulative", table["new_pairs"].cumsum())
    return table


def _count_alone(index: PairIndex, number: int) -> int:
    """Pairs of one rule as if it were the only one."""
    places = np.flatnonzero(index.rule == number)
    if len(places) == 1 and index.allowed.all():
        return int(index.parts[places[0]].n_pairs())
    alone = replace(
        index,
        parts=tuple(index.parts[place] for place in places),
        rule=index.rule[places],
        join=index.join[:, places].copy(),
        window=index.window[places],
        made={},
    )
    return _count_new(alone, range(len(places)))


def _count_new(index: PairIndex, places: Iterable[int]) -> int:
    """Pairs that some parts make and no earlier part does."""
    places = list(places)
    if set(places) <= set(index.made):
        return sum(index.made[place] for place in places)
    spans = [span for place in places for span in _spans(place, index.parts[place], CHUNK_PAIRS)]
    with ThreadPoolExecutor() as pool:
        return sum(pool.map(lambda span: len(index.pairs(span)[0]), spans))


def _led_by_every(step: int, part: Blocks, span: Span) -> int:
    """Pairs of a span that are led by a record whose position is a multiple of ``step``."""
    rows = np.arange(span.first, span.last)
    following = part.stop[rows].astype(np.int64) - rows - 1
    return int(following[part.order[rows] % step == 0].sum())


def _spans(number: int, part: Blocks, chunk_pairs: int) -> Iterator[Span]:
    following = part.stop.astype(np.int64) - np.arange(len(part.stop)) - 1
    total = np.cumsum(following)
    first = 0
    while first < len(total):
        before = total[first - 1] if first else 0
        last = max(first + 1, int(np.searchsorted(total, before + chunk_pairs, side="right")))
        most = int(total[last - 1] - before)
        if most:
            yield Span(number, first, last, most)
        first = last
