"""Clusters are judged as wholes, keep every constraint, and do not depend on the order of anything."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caselink.errors import CaselinkWarning, SpecError
from caselink.identity import cluster_links, missing_pairs, refused_must_links


@dataclass(frozen=True)
class Case:
    """A small graph of links with constraints."""

    n: int
    links: tuple[tuple[int, int, float], ...]
    cannot: tuple[tuple[int, int], ...] = ()
    must: tuple[tuple[int, int], ...] = ()
    exclusive: tuple[tuple[int, ...], ...] | None = None
    unseen_bits: float = -3.0


def columns(pairs) -> tuple[np.ndarray, np.ndarray]:
    """The left and right positions of pairs."""
    table = np.array(pairs, np.int32).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def labels_of(case: Case, *, distinct: bool = False) -> list[int]:
    """What ``cluster_links`` says."""
    left, right = columns([link[:2] for link in case.links])
    weight = np.array([link[2] for link in case.links], np.float64)
    return cluster_links(
        case.n,
        left,
        right,
        weight,
        exclusive=None if case.exclusive is None else np.array(case.exclusive, np.int64),
        cannot=columns(case.cannot) if case.cannot else None,
        must=columns(case.must) if case.must else None,
        unseen_bits=case.unseen_bits,
        distinct=distinct,
    ).tolist()


def clusters_of(labels) -> list[set[int]]:
    """The records of each label, by label."""
    return [{i for i, label in enumerate(labels) if label == name} for name in sorted(set(labels))]


class Twin:
    """The definition, word by word: every step looks at all pairs of all clusters."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.weight: dict[tuple[int, int], int] = {}
        for a, b, bits in case.links:
            pair = (min(a, b), max(a, b))
            parts = round(max(-10.0, min(10.0, bits)) * 2**20)
            self.weight[pair] = max(parts, self.weight.get(pair, parts))
        self.cannot = {frozenset(pair) for pair in case.cannot}
        self.clusters = [{record} for record in range(case.n)]
        self.refused = []
        for a, b in sorted({(min(pair), max(pair)) for pair in case.must}):
            one, other = self.holding(a), self.holding(b)
            if one is not other and self.apart(one, other):
                self.refused.append((a, b))
            elif one is not other:
                self.join(one, other)

    def holding(self, record: int) -> set[int]:
        return next(cluster for cluster in self.clusters if record in cluster)

    def join(self, one: set[int], other: set[int]) -> None:
        self.clusters = [c for c in self.clusters if c is not one and c is not other] + [one | other]

    def apart(self, one: set[int], other: set[int]) -> bool:
        return any(frozenset(pair) in self.cannot for pair in product(one, other))

    def conflict(self, one: set[int], other: set[int]) -> bool:
        rows = self.case.exclusive or [()] * self.case.n
        shared = any(g == h >= 0 for a, b in product(one, other) for g, h in zip(rows[a], rows[b], strict=True))
        return shared or self.apart(one, other)

    def average(self, one: set[int], other: set[int]) -> Fraction:
        unseen = round(self.case.unseen_bits * 2**20)
        pairs = [(min(pair), max(pair)) for pair in product(one, other)]
        return Fraction(sum(self.weight.get(pair, unseen) for pair in pairs), len(pairs))

    def joins(self):
        """Average and smallest link of each pair of clusters that could be joined."""
        for one, other in combinations(self.clusters, 2):
            average = self.average(one, other)
            if average > 0 and not self.conflict(one, other):
                yield (
                    -average,
                    min(p for p in self.weight if (p[0] in one) != (p[1] in one) and set(p) <= one | other),
                    one,
                    other,
                )

    def solve(self) -> list[int]:
        while steps := list(self.joins()):
            _, _, one, other = min(steps, key=lambda step: step[:2])
            self.join(one, other)
        return [min(self.holding(record)) for record in range(self.case.n)]


@st.composite
def cases(draw, *, constraints: bool = True, most: int = 9) -> Case:
    """Small graphs with many ties, doubles and conflicts."""
    n = draw(st.integers(2, most))
    pair = st.lists(st.integers(0, n - 1), min_size=2, max_size=2, unique=True).map(tuple)
    bits = st.sampled_from([-9.0, -2.0, -0.5, 0.0, 1.0, 2.0, 4.0, 8.0]) | st.floats(-15, 15)
    links = draw(st.lists(st.builds(lambda p, w: (*p, w), pair, bits), max_size=n * (n - 1) // 2 + 3))
    case = Case(n, tuple(links), unseen_bits=draw(st.sampled_from([-3.0, -1.0, -0.25, 0.0, -20.0])))
    if not constraints:
        return case
    kinds = draw(st.integers(0, 2))
    row = st.lists(st.integers(-1, 2) | st.just(-1), min_size=kinds, max_size=kinds).map(tuple)
    return replace(
        case,
        cannot=tuple(draw(st.lists(pair, max_size=3))),
        must=tuple(draw(st.lists(pair, max_size=4))),
        exclusive=tuple(draw(st.lists(row, min_size=n, max_size=n))) if kinds else None,
    )


def without_refused(case: Case) -> Case:
    """The case without the must-links that cannot be kept, so that nothing is warned of."""
    if not case.must or not case.cannot:
        return case
    refused = refused_must_links(case.n, columns(case.must), columns(case.cannot))
    return replace(case, must=tuple(pair for pair, out in zip(case.must, refused, strict=True) if not out))


@settings(deadline=None)  # the first example compiles
@pytest.mark.filterwarnings("ignore::caselink.errors.CaselinkWarning")
@given(case=cases())
def test_links_given_once_may_be_said_to_be(case):
    """Where no pair is given twice the promise changes nothing."""
    once = {tuple(sorted(link[:2])): link for link in case.links}
    case = replace(case, links=tuple(once.values()))
    assert labels_of(case, distinct=True) == labels_of(case)


@settings(max_examples=600, deadline=None)
@given(case=cases())
def test_clusters_are_those_of_the_definition(case):
    """Heap, table and fast path give what looking at all pairs of all clusters at every step gives."""
    assert labels_of(without_refused(case)) == Twin(case).solve()


@settings(max_examples=200, deadline=None)
@given(case=cases())
def test_refused_must_links_are_those_of_the_definition(case):
    """A must-link is refused when a cannot-link stands against it, and only then; twice given, twice answered."""
    refused = refused_must_links(case.n, columns(case.must), columns(case.cannot))
    expected = Twin(case).refused
    assert [(min(p), max(p)) in expected for p in case.must] == refused.tolist()


@settings(max_examples=250, deadline=None)
@given(case=cases(), seed=st.randoms(use_true_random=False))
def test_order_and_side_of_links_do_not_matter(case, seed):
    """Shuffled and turned links, cannot-links and must-links give the same clusters."""
    case = without_refused(case)

    def mixed(pairs):
        turned = [(p[1], p[0], *p[2:]) if seed.random() < 0.5 else p for p in pairs]
        return tuple(seed.sample(turned, len(turned)))

    other = replace(case, links=mixed(case.links), cannot=mixed(case.cannot), must=mixed(case.must))
    assert labels_of(other) == labels_of(case)


@settings(max_examples=250, deadline=None)
@given(case=cases())
def test_constraints_are_never_broken(case):
    """No cannot-link and, but for must-links, no exclusive group twice in a cluster; every kept must-link holds."""
    case = without_refused(case)
    labels = labels_of(case)
    assert not any(labels[a] == labels[b] for a, b in case.cannot)
    assert all(labels[a] == labels[b] for a, b in case.must)
    if case.exclusive and not case.must:
        for cluster, kind in product(clusters_of(labels), range(len(case.exclusive[0]))):
            groups = [case.exclusive[r][kind] for r in cluster if case.exclusive[r][kind] >= 0]
            assert len(groups) == len(set(groups))


@settings(max_examples=200, deadline=None)
@given(case=cases())
def test_nothing_is_left_to_join(case):
    """Of the final clusters no two have an average above 0 unless a constraint parts them."""
    case = without_refused(case)
    twin = Twin(case)
    twin.clusters = clusters_of(labels_of(case))
    assert list(twin.joins()) == []


@settings(max_examples=200, deadline=None)
@given(case=cases(constraints=False))
def test_a_cluster_is_one_component_named_by_its_smallest_record(case):
    """Clusters lie inside the components of links above 0, and a label is the smallest position."""
    positive = replace(case, links=tuple((a, b, 1.0) for a, b, w in case.links if w > 1e-5), unseen_bits=0.0)
    component, labels = labels_of(positive), labels_of(case)
    if all(w <= 0 or w > 1e-5 for _, _, w in case.links):
        assert all(component[i] == component[label] for i, label in enumerate(labels))
    assert all(label == min(c) for c in clusters_of(labels) for i, label in enumerate(labels) if i in c)


@settings(max_examples=200, deadline=None)
@given(case=cases(constraints=False))
def test_without_votes_against_clusters_are_components(case):
    """Where no weight is below 0 and unseen pairs do not vote, everything that is reachable is one cluster."""
    case = replace(case, links=tuple((a, b, abs(w) + 0.01) for a, b, w in case.links), unseen_bits=0.0)
    reach = [{i} for i in range(case.n)]
    for _ in range(case.n):
        for a, b, _w in case.links:
            reach[a] |= reach[b]
            reach[b] |= reach[a]
    assert labels_of(case) == [min(r) for r in reach]


@settings(max_examples=200, deadline=None)
@given(case=cases(constraints=False, most=3), rise=st.floats(0, 5))
def test_of_three_records_a_milder_vote_never_parts_any(case, rise):
    """Raising what an unseen pair counts joins more of three records, never fewer."""
    milder = replace(case, unseen_bits=min(0.0, case.unseen_bits + rise))
    before, after = labels_of(case), labels_of(milder)
    assert all(after[a] == after[b] for a, b in combinations(range(case.n), 2) if before[a] == before[b])


@settings(max_examples=200, deadline=None)
@given(case=cases())
def test_records_without_links_change_nothing(case):
    """Records added behind the others stay alone and leave the clusters as they were."""
    case = without_refused(case)
    rows = case.exclusive and (*case.exclusive, *[case.exclusive[0]] * 3)
    assert labels_of(replace(case, n=case.n + 3, exclusive=rows)) == [*labels_of(case), *range(case.n, case.n + 3)]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_one_bridge_does_not_join_two_families(dtype):
    """Two complete clusters with one strong link between them stay two; linked components would make one."""
    links = [*combinations(range(4), 2), *combinations(range(4, 8), 2), (3, 4)]
    left, right = columns(links)
    labels = cluster_links(8, left, right, np.full(len(links), 9.5, dtype))
    assert labels.tolist() == [0] * 4 + [4] * 4
    assert labels.dtype == np.int32


def test_must_beats_exclusive_and_cannot_beats_must():
    """What a person joins is joined though the source has no duplicates; what a person parts is parted."""
    same_source = ((0,), (0,), (1,))
    links = ((0, 1, 9.0), (1, 2, 9.0), (0, 2, 5.0))
    assert labels_of(Case(3, links, exclusive=same_source)) == [0, 1, 1]
    assert labels_of(Case(3, links, exclusive=same_source, must=((0, 1),))) == [0, 0, 0]
    assert labels_of(Case(3, (), exclusive=same_source, must=((0, 1),))) == [0, 0, 2]
    with pytest.warns(CaselinkWarning, match="1 of 1 must-links"):
        assert labels_of(Case(3, (), must=((0, 1),), cannot=((1, 0),))) == [0, 1, 2]


def test_one_column_of_exclusive_groups_may_be_given_flat():
    """A flat array of groups is the same as a table with one column."""
    left, right = columns([(0, 1), (1, 2), (0, 2)])
    weight = np.array([9.0, 8.0, 7.0])
    flat = cluster_links(3, left, right, weight, exclusive=np.array([4, 5, 4]))
    assert flat.tolist() == cluster_links(3, left, right, weight, exclusive=np.array([[4], [5], [4]])).tolist()
    assert flat.tolist() == [0, 0, 2]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param({"left": [0, 3]}, "1 of 2 links name a position outside 0 to 2", id="outside"),
        pytest.param({"left": [0, -1]}, "1 of 2 links name a position", id="negative"),
        pytest.param({"left": [1, 1]}, "1 of 2 links tie a record to itself", id="self"),
        pytest.param({"left": [0]}, "need a left and a right position each", id="ragged"),
        pytest.param({"weight": [1.0]}, "need a weight each", id="weights"),
        pytest.param({"weight": [1.0, np.nan]}, "1 of 2 links have no weight", id="nan"),
        pytest.param({"cap_bits": 0.0}, "cap_bits must be above 0", id="cap"),
        pytest.param({"unseen_bits": 1.0}, "unseen_bits must be from", id="unseen"),
        pytest.param({"exclusive": [1, 2]}, "a row for each of 3 records", id="groups"),
        pytest.param({"cannot": ([0], [0])}, "1 of 1 cannot-links tie a record to itself", id="cannot itself"),
        pytest.param({"must": ([0], [5])}, "1 of 1 must-links name a position", id="must outside"),
    ],
)
def test_what_cannot_be_is_said(change, message):
    """Impossible positions, weights and settings are errors that count and name what is wrong."""
    given_ = {"left": [0, 0], "right": [1, 2], "weight": [1.0, 2.0]} | change
    arrays = {k: v if isinstance(v, (float, tuple)) else np.array(v) for k, v in given_.items()}
    left, right, weight = (arrays.pop(name) for name in ("left", "right", "weight"))
    pairs = {k: tuple(map(np.array, v)) if isinstance(v, tuple) else v for k, v in arrays.items()}
    with pytest.raises(SpecError, match=message):
        cluster_links(3, left, right, weight, **pairs)


def test_no_links_and_no_records():
    """Without links every record is a cluster; without records there is none."""
    none = np.empty(0, np.int32)
    assert cluster_links(3, none, none, np.empty(0)).tolist() == [0, 1, 2]
    assert cluster_links(0, none, none, np.empty(0)).tolist() == []
    assert [len(side) for side in missing_pairs(3, none, none, np.empty(0))] == [0, 0]


def test_infinite_weights_count_as_capped():
    """A certain link is capped like any other."""
    left, right = columns([(0, 1), (1, 2), (0, 2)])
    weight = np.array([np.inf, np.inf, -np.inf])
    assert cluster_links(3, left, right, weight).tolist() == [0, 0, 2]


@settings(max_examples=250, deadline=None)
@given(case=cases(constraints=False), largest=st.integers(2, 9))
def test_missing_pairs_are_all_that_were_not_given(case, largest):
    """Listed is each pair inside a component of up to ``largest`` records that is not a link, once, smaller first."""
    left, right = columns([link[:2] for link in case.links])
    weight = np.array([link[2] for link in case.links], np.float64)
    first, second = missing_pairs(case.n, left, right, weight, largest=largest)
    positive = [(a, b, w) for a, b, w in case.links if round(w * 2**20) > 0]
    components = clusters_of(labels_of(Case(case.n, tuple(positive), unseen_bits=0.0)))
    given_pairs = {(min(a, b), max(a, b)) for a, b, _ in case.links}
    expected = [p for c in components if len(c) <= largest for p in combinations(sorted(c), 2) if p not in given_pairs]
    assert list(zip(first.tolist(), second.tolist(), strict=True)) == expected


@pytest.mark.parametrize("unseen_bits", [-3.0, 0.0])
def test_a_giant_component_comes_back(unseen_bits):
    """A hundred thousand records in one component of a million links do not blow up, nor one record linked to all."""
    n = 100_000
    rng = np.random.default_rng(7)
    left = np.concatenate([np.zeros(n - 1, np.int32), rng.integers(0, n, 900_000, dtype=np.int32)])
    right = np.concatenate([np.arange(1, n, dtype=np.int32), rng.integers(0, n, 900_000, dtype=np.int32)])
    weight = np.concatenate([np.full(n - 1, 4.0), rng.uniform(-4, 10, 900_000)])
    real = left != right
    groups = rng.integers(-1, n // 4, (n, 2))
    started = time.perf_counter()
    labels = cluster_links(n, left[real], right[real], weight[real], exclusive=groups, unseen_bits=unseen_bits)
    assert time.perf_counter() - started < 60
    for kind in range(2):
        has = groups[:, kind] >= 0
        assert len(np.unique(np.stack([labels[has], groups[has, kind]]), axis=1).T) == has.sum()


@pytest.mark.parametrize("unseen_bits", [-3.0, -0.1])
def test_a_giant_star_and_a_giant_chain_come_back(unseen_bits):
    """A record that everything is linked to, and a chain of all records, take time that grows with the links."""
    n = 100_000
    others = np.arange(1, n, dtype=np.int32)
    started = time.perf_counter()
    star = cluster_links(n, np.zeros(n - 1, np.int32), others, np.full(n - 1, 5.0), unseen_bits=unseen_bits)
    chain = cluster_links(n, others - 1, others, np.full(n - 1, 5.0), unseen_bits=unseen_bits)
    assert time.perf_counter() - started < 60
    # the last leaf that joins m others at the hub is outvoted when 5 + m * unseen_bits is no longer above 0
    joined = 3 if unseen_bits == -3.0 else 51
    assert star.tolist() == [0] * joined + list(range(joined, n))
    assert np.bincount(chain).max() <= joined
