"""The engine of one machine: streams pairs in chunks through threads, counts patterns or keeps links."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from caselink.blocking import PairIndex, Span
from caselink.blocking.pairs import CHUNK_PAIRS
from caselink.comparisons import Program, count_patterns
from caselink.encoding import Rows
from caselink.engines.chance import exact_share
from caselink.matchers.base import Matcher, PatternScores

Progress: TypeAlias = Callable[[str, int, int], None]
Floats: TypeAlias = npt.NDArray[np.float64]
Result = TypeVar("Result")
_LARGEST_CHUNKS = 8  # times a chunk, where only a sample of its pairs is made


@dataclass(frozen=True, slots=True)
class PatternCounts:
    """Distinct patterns (ascending) and how many pairs have each."""

    patterns: npt.NDArray[np.int64] = field(repr=False)
    counts: Floats = field(repr=False)
    n_pairs: int
    """Pairs that were looked at; ``counts`` adds up to all pairs where these are a sample."""


@dataclass(frozen=True, slots=True)
class ScoredPairs:
    """Pairs above the floor, sorted by position: match weight in bits and probability of one household."""

    left: Rows = field(repr=False)
    right: Rows = field(repr=False)
    match_weight: npt.NDArray[np.float32] = field(repr=False)
    household: npt.NDArray[np.float32] = field(repr=False)
    n_compared: int
    """Pairs that were compared to find these."""

    def __len__(self) -> int:
        return len(self.left)


@dataclass(frozen=True, slots=True)
class GivenFrequency:
    """Term frequencies at one level of one comparison, by a matcher that has its own way with them.

    ``logs[v]`` is added to the log share of unrelated pairs at that level. Two values may differ there: the larger
    of their two numbers counts; a missing one has none, and if both are missing nothing is added.
    """

    comparison: int
    level: int
    codes: npt.NDArray[np.int32] = field(repr=False)
    logs: Floats = field(repr=False)

    def moves(self, left: Rows, right: Rows) -> Floats:
        """What is added for each pair."""
        logs = np.append(self.logs, -np.inf)
        move = np.maximum(logs[self.codes[left]], logs[self.codes[right]])
        return np.where(np.isfinite(move), move, 0.0)


@dataclass(frozen=True, slots=True)
class Frequencies:
    """Term frequencies: for comparison ``c``, log of a value's share over the share of any agreement.

    ``logs[c]`` has one number a distinct value; ``personal[c]`` says whether chance agreement also explains two
    people of one household. ``given`` are those of a matcher with a method ``given_frequencies(records)``.
    """

    codes: dict[int, npt.NDArray[np.int32]] = field(repr=False)
    logs: dict[int, Floats] = field(repr=False)
    personal: dict[int, bool]
    given: tuple[GivenFrequency, ...] = ()

    @classmethod
    def of(cls, program: Program, allowed: npt.NDArray[np.bool_], matcher: Matcher) -> Frequencies:
        """From the records themselves; none for a matcher that has no use for them."""
        if hasattr(matcher, "given_frequencies"):
            return cls({}, {}, {}, tuple(matcher.given_frequencies(program.records)))
        codes, logs, personal = {}, {}, {}
        compared = program.comparisons if getattr(matcher, "uses_frequencies", True) else ()
        for c, comparison in enumerate(compared):
            definition = comparison.definition
            if definition.term_frequency is not None:
                column = program.records.columns[definition.term_frequency]
                share = column.counts() / max(1, (column.codes >= 0).sum())
                codes[c] = column.codes
                logs[c] = np.log(share / exact_share(column, program.records.source, allowed))
                personal[c] = definition.evidence == "personal"
        return cls(codes, logs, personal)


def count_pair_patterns(
    program: Program, index: PairIndex, *, sample: int, threads: int, progress: Progress | None
) -> PatternCounts:
    """Patterns of all pairs, or of about ``sample`` pairs led by records drawn evenly where there are more."""
    step = max(1, index.n_pairs() // sample)
    spans = index.spans(CHUNK_PAIRS * min(step, _LARGEST_CHUNKS))

    def count(span: Span) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        distinct, counts, _ = count_patterns(program.patterns(*index.pairs(span, step=step)))
        return distinct, counts

    found = list(_each(count, spans, "training", threads, progress))
    every = np.concatenate([np.zeros(0, np.int64), *(distinct for distinct, _ in found)])
    counts = np.concatenate([np.zeros(0, np.int64), *(counts for _, counts in found)])
    patterns, place = np.unique(every, return_inverse=True)
    total = np.bincount(place, weights=counts, minlength=len(patterns)).astype(np.float64)
    return PatternCounts(patterns, total * step, int(total.sum()))


def score_pairs(
    program: Program, index: PairIndex, matcher: Matcher, *, floor: float, threads: int, progress: Progress | None
) -> ScoredPairs:
    """Compare every pair once and keep those whose match weight is at least ``floor`` bits."""
    frequencies = Frequencies.of(program, index.allowed, matcher)

    def score(span: Span) -> tuple[int, ScoredPairs]:
        left, right = index.pairs(span)
        return len(left), weigh(program, matcher, frequencies, (left, right), floor=floor)

    spans = index.spans()
    found = list(_each(score, spans, "comparing", threads, progress))
    index.note_made(spans, [n for n, _ in found])
    return _joined([part for _, part in found], sum(n for n, _ in found))


def weigh(
    program: Program,
    matcher: Matcher,
    frequencies: Frequencies,
    pairs: tuple[Rows, Rows],
    *,
    floor: float = -np.inf,
    blocked: bool = True,
) -> ScoredPairs:
    """Score given pairs: patterns by the matcher, then term frequencies pair by pair."""
    left, right = pairs
    distinct, _, place = count_patterns(program.patterns(left, right))
    levels = program.levels(distinct)
    scores = matcher.score(levels, blocked=blocked)
    exact = {c: levels[:, c] == program.n_levels[c] - 1 for c in frequencies.logs}
    gain = sum(
        (np.where(exact[c], -logs.min(initial=0), 0) for c, logs in frequencies.logs.items()), np.zeros(len(levels))
    )
    for given in frequencies.given:
        gain = gain + np.where(levels[:, given.comparison] == given.level, -given.logs.min(initial=0), 0)
    possible = scores.match_weight() + gain / np.log(2) >= floor
    kept = np.flatnonzero(possible[place])
    left, right, place = left[kept], right[kept], place[kept]
    unrelated, household = scores.unrelated[place], scores.household[place]
    for c, logs in frequencies.logs.items():
        rows = np.flatnonzero(exact[c][place])
        move = logs[frequencies.codes[c][left[rows]]]
        unrelated[rows] += move
        if frequencies.personal[c]:
            household[rows] += move
    for given in frequencies.given:
        rows = np.flatnonzero(levels[place, given.comparison] == given.level)
        unrelated[rows] += given.moves(left[rows], right[rows])
    return _weighed(left, right, PatternScores(scores.match[place], household, unrelated), floor)


def _weighed(left: Rows, right: Rows, scores: PatternScores, floor: float) -> ScoredPairs:
    weight = scores.match_weight()
    others = np.logaddexp(scores.match, scores.unrelated)
    household = 1 / (1 + np.exp(np.clip(others - scores.household, -700, 700)))
    kept = weight >= floor
    return ScoredPairs(
        left[kept], right[kept], weight[kept].astype(np.float32), household[kept].astype(np.float32), len(left)
    )


def _joined(parts: Sequence[ScoredPairs], n_compared: int) -> ScoredPairs:
    if not parts:
        nothing = np.zeros(0, np.int32)
        return ScoredPairs(nothing, nothing, np.zeros(0, np.float32), np.zeros(0, np.float32), n_compared)
    left, right = (np.concatenate([getattr(part, side) for part in parts]) for side in ("left", "right"))
    order = np.argsort(left.astype(np.int64) << 32 | right)
    weight, household = (np.concatenate([getattr(part, n) for part in parts]) for n in ("match_weight", "household"))
    return ScoredPairs(left[order], right[order], weight[order], household[order], n_compared)


def _each(
    work: Callable[[Span], Result], items: Sequence[Span], stage: str, threads: int, progress: Progress | None
) -> Iterable[Result]:
    """Results in the order of the items, made by several threads."""
    if progress:
        progress(stage, 0, len(items))
    with ThreadPoolExecutor(threads) as pool:
        for number, result in enumerate(pool.map(work, items)):
            if progress:
                progress(stage, number + 1, len(items))
            yield result
