"""Persons and their families resolved together: rosters and roles raise or lower the links that are not settled.

A pass takes the persons of the pass before and looks, for every pair of records that is not certain, at the other
members of their two rosters and at the parts that the two play. What that says is learned like every other comparison,
without labels: from a sample of the pairs that blocking makes, each counted for one person, one household and strangers
by its probabilities, which the family evidence itself sharpens in turn. Members left over in two rosters that share
somebody are compared although no blocking rule brought them together. Then all clusters are made anew.

*Why it stops*: evidence comes from settled persons alone. Records are settled as one person when they stood in one
cluster with a pair of 10 bits or more, and stay so. Everything a pass does follows from who is settled, and a pass
that settles nobody new is the last. Each other pass makes the number of settled persons smaller, so there are fewer
passes than records; two or three are usual.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
import numpy.typing as npt

from caselink.blocking.pairs import CHUNK_PAIRS
from caselink.encoding import Rows
from caselink.engines.joint_evidence import FamilyEvidence, FamilyFacts
from caselink.engines.local import Frequencies, ScoredPairs, weigh
from caselink.engines.persons import Constraints, score_given
from caselink.engines.prepared import Prepared
from caselink.engines.votes import votes
from caselink.errors import CaselinkWarning
from caselink.identity import cluster_links, missing_pairs
from caselink.identity.constraints import Groups
from caselink.identity.joint_rosters import LARGEST_ROSTER, leftover_pairs
from caselink.matchers import FellegiSunter, Matcher

Positions = npt.NDArray[np.int32]
SETTLED_BITS = 10.0
_CAP_BITS = 10.0  # as much as one pair counts in a cluster
_SAMPLE_PAIRS = 200_000
_FEWEST_MATCHES = 200  # expected in the sample; from fewer no probabilities are learned


@dataclass(frozen=True, slots=True)
class Joint:
    """The cluster of every record, the scored pairs with family evidence in their weights, and what it took."""

    labels: Positions = field(repr=False)
    pairs: ScoredPairs = field(repr=False)
    constraints: Constraints = field(repr=False)
    """Those given, and rows of one roster that are one member written down twice."""
    passes: int
    pairs_added: int
    rosters_too_large: int

    def counts(self) -> dict[str, int]:
        """What to tell of it: passes, pairs that no rule had made, and rosters left out."""
        return {
            "family_passes": self.passes,
            "pairs_left_over": self.pairs_added,
            "rosters_too_large": self.rosters_too_large,
        }


def resolve_families(  # noqa: PLR0913 - the stages before it, a threshold, a floor, an end
    prepared: Prepared,
    matcher: Matcher,
    pairs: ScoredPairs,
    constraints: Constraints,
    *,
    link_at: float,
    floor: float,
    most_passes: int | None = None,
    threads: int = 1,
) -> Joint:
    """The persons of the records and their families (see the module); ``floor`` bits are needed to keep a new pair.

    ``most_passes`` ends it earlier than it ends by itself; after 0 only the pairs of one roster are weighed anew.

    For a matcher that does not tell one household from strangers, or where too little is there to learn from, these
    are the persons of the pairs alone.
    """
    if not isinstance(matcher, FellegiSunter):
        return _pairs_alone(_Work.of(prepared, matcher, pairs), pairs, constraints, link_at)
    with ThreadPoolExecutor(threads) as pool:
        gathered = pool.submit(FamilyFacts.of, prepared, matcher, pairs)
        drawn = pool.submit(_sample, prepared, matcher)
        work = _Work.of(prepared, matcher, pairs)
        facts, sample = gathered.result(), drawn.result()
        if sample is None:
            return _pairs_alone(work, pairs, constraints, link_at)
        _warn_of(facts)
        work, sample = replace(work, pairs=facts.weighed(work.pairs)), facts.free_pairs(sample)
        constraints = constraints.with_doubles(len(prepared.records), facts.doubles(work.pairs))
        cluster = _clustering(prepared, matcher, constraints, link_at)
        weight = work.pairs.match_weight
        clustered = cluster(work.pairs, weight, None)
        labels = clustered.labels
        before = np.arange(len(labels), dtype=np.int32)
        person = _settle(before, labels, work.pairs, weight)
        passes, moved = 0, True
        evidence: FamilyEvidence | None = None
        while moved and passes != most_passes:
            found = pool.submit(leftover_pairs, facts.book, person, before)
            known = evidence
            evidence = FamilyEvidence.learn(facts, person, sample, known)
            work = work.with_leftover(found.result(), facts)
            last = (before, weight) if evidence is known else None
            weight = evidence.weigh(facts, person, work.pairs, pool, last)
            clustered = cluster(work.pairs, weight, clustered)
            labels = clustered.labels
            before, person = person, _settle(person, labels, work.pairs, weight)
            passes, moved = passes + 1, bool((person != before).any())
    kept, added = work.kept(weight, floor)
    return Joint(labels, kept, constraints, passes, added, facts.rosters.n_too_large)


def _pairs_alone(work: _Work, pairs: ScoredPairs, constraints: Constraints, link_at: float) -> Joint:
    """The persons of the pairs, without families."""
    cluster = _clustering(work.prepared, work.matcher, constraints, link_at)
    return Joint(cluster(work.pairs, work.pairs.match_weight, None).labels, pairs, constraints, 0, 0, 0)


def _warn_of(facts: FamilyFacts) -> None:
    if facts.rosters.n_too_large:
        msg = f"{facts.rosters.n_too_large} rosters of more than {LARGEST_ROSTER} members say nothing of families"
        warnings.warn(msg, CaselinkWarning, stacklevel=3)


@dataclass(frozen=True, slots=True)
class _Work:
    """All pairs with their weights before family evidence: those blocking made, the gaps, and the members left over."""

    prepared: Prepared
    matcher: Matcher
    frequencies: Frequencies
    pairs: ScoredPairs
    n_blocked: int
    n_gaps: int
    n_compared: int

    @classmethod
    def of(cls, prepared: Prepared, matcher: Matcher, pairs: ScoredPairs) -> Self:
        gaps = missing_pairs(len(prepared.records), pairs.left, pairs.right, pairs.match_weight)
        frequencies = Frequencies.of(prepared.program, prepared.index.allowed, matcher)
        parts = [pairs, *score_given(prepared, matcher, frequencies, gaps)]
        counts = (len(pairs), len(gaps[0]), pairs.n_compared)
        return cls(prepared, matcher, frequencies, _put_together(parts), *counts)

    def with_leftover(self, found: tuple[Rows, Rows], facts: FamilyFacts) -> _Work:
        """With those of the found pairs that are new and may link."""
        n, source = len(self.prepared.records), self.prepared.records.source
        keys = found[0].astype(np.int64) * n + found[1]
        have = self.pairs.left.astype(np.int64) * n + self.pairs.right
        new = ~_is_in(keys, have[: self.n_blocked]) & ~np.isin(keys, have[self.n_blocked :])
        new &= self.prepared.index.allowed[source[found[0]], source[found[1]]]
        if not new.any():
            return self
        scored = score_given(self.prepared, self.matcher, self.frequencies, (found[0][new], found[1][new]))
        return replace(self, pairs=_put_together([self.pairs, *map(facts.weighed, scored)]))

    def kept(self, weight: npt.NDArray[np.float32], floor: float) -> tuple[ScoredPairs, int]:
        """The blocked pairs and those left over that came out above the floor, sorted by position; how many came in."""
        number = np.arange(len(weight))
        added = (number >= self.n_blocked + self.n_gaps) & (weight >= floor)
        rows = np.flatnonzero((number < self.n_blocked) | added)
        left, right = self.pairs.left[rows], self.pairs.right[rows]
        order = np.argsort(left.astype(np.int64) << 32 | right)
        rows = rows[order]
        household = self.pairs.household[rows]
        return ScoredPairs(left[order], right[order], weight[rows], household, self.n_compared), int(added.sum())


def _is_in(keys: npt.NDArray[np.int64], ascending: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    if not len(ascending):
        return np.zeros(len(keys), np.bool_)
    place = np.minimum(np.searchsorted(ascending, keys), len(ascending) - 1)
    return np.asarray(ascending[place] == keys)


def _put_together(parts: list[ScoredPairs]) -> ScoredPairs:
    left, right = (np.concatenate([getattr(part, side) for part in parts]) for side in ("left", "right"))
    weight, household = (np.concatenate([getattr(part, n) for part in parts]) for n in ("match_weight", "household"))
    return ScoredPairs(left, right, weight, household, sum(part.n_compared for part in parts))


@dataclass(frozen=True, slots=True)
class _Clustered:
    """Clusters, and what they were made from: components, and of each pair the weight up to what counts of it."""

    labels: Positions
    component: Positions
    weight: npt.NDArray[np.float32]

    def stale(self, pairs: ScoredPairs, component: Positions, weight: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
        """The components (by label) that have to be made anew: a pair within came, went or weighs otherwise.

        Pairs that were there keep their places. Where nothing changed within, the component is one of before, with
        the same pairs.
        """
        changed = np.append(
            weight[: len(self.weight)] != self.weight, np.ones(len(weight) - len(self.weight), np.bool_)
        )
        rows = np.flatnonzero(changed)
        left, right = pairs.left[rows], pairs.right[rows]
        within = (component[left] == component[right]) | (self.component[left] == self.component[right])
        stale = np.zeros(len(component), np.bool_)
        stale[component[left[within]]] = stale[component[right[within]]] = True
        return stale


def _clustering(
    prepared: Prepared, matcher: Matcher, constraints: Constraints, link_at: float
) -> Callable[[ScoredPairs, npt.NDArray[np.float32], _Clustered | None], _Clustered]:
    threshold = np.float32(np.log2(link_at / (1 - link_at)))
    groups = Groups.of(len(prepared.records), constraints.exclusive)

    def cluster(pairs: ScoredPairs, weight: npt.NDArray[np.float32], last: _Clustered | None) -> _Clustered:
        component = np.arange(len(prepared.records), dtype=np.int32)
        _connect(component, (pairs.left, pairs.right), weight > threshold)
        _connect(component, constraints.must, np.ones(len(constraints.must[0]), np.bool_))
        within = component[pairs.left] == component[pairs.right]  # other pairs are not looked at
        capped = np.clip(weight - threshold, -_CAP_BITS, _CAP_BITS)
        stale = None if last is None else last.stale(pairs, component, capped)[component]
        if stale is not None:
            within &= stale[pairs.left]
        inside = np.flatnonzero(within)
        left, right = pairs.left[inside], pairs.right[inside]
        labels = cluster_links(
            len(prepared.records),
            left,
            right,
            votes(prepared, matcher, (left, right), weight[inside]) - threshold,
            exclusive=groups,
            must=constraints.must,
            cannot=constraints.cannot,
            cap_bits=_CAP_BITS,
            distinct=True,
        )
        if last is not None and stale is not None:
            labels = np.where(stale, labels, last.labels)
        return _Clustered(labels, component, capped)

    return cluster


def _settle(person: Positions, labels: Positions, pairs: ScoredPairs, weight: npt.NDArray[np.float32]) -> Positions:
    """The persons with those joined whom a pair of enough bits ties together within one cluster."""
    joined = person.copy()
    together = labels[pairs.left] == labels[pairs.right]
    _connect(joined, (pairs.left, pairs.right), together & (weight >= SETTLED_BITS))
    return joined


def _connect(labels: Positions, pairs: tuple[Rows, Rows], joins: npt.NDArray[np.bool_]) -> None:
    """Join the labels of records by some of the pairs."""
    from caselink.identity.cluster_kernels import connect, settle

    connect(labels, *pairs, joins)
    settle(labels)


def _sample(prepared: Prepared, matcher: Matcher) -> ScoredPairs | None:
    """Some of the pairs that blocking makes, led by records drawn evenly, sorted; none where hardly any match."""
    index = prepared.index
    step = max(1, index.n_pairs() // _SAMPLE_PAIRS)
    parts = [index.pairs(span, step=step) for span in index.spans(CHUNK_PAIRS * min(step, 8))]
    left, right = (np.concatenate([np.zeros(0, np.int32), *(part[side] for part in parts)]) for side in (0, 1))
    order = np.argsort(left.astype(np.int64) << 32 | right)
    frequencies = Frequencies.of(prepared.program, index.allowed, matcher)
    sample = weigh(prepared.program, matcher, frequencies, (left[order], right[order]))
    return sample if (sample.match_weight > 0).sum() >= _FEWEST_MATCHES else None
