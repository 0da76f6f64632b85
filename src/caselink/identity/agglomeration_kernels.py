"""Best-first joining of clusters inside one component, each join judged by the evidence of all its pairs.

Between two clusters stands one *edge*: the sum over their known pairs of what a weight says beyond an unseen pair's.
So the average over all pairs, known and unseen, is ``unseen + excess / (size_a * size_b)``, and when one cluster grows
only this division changes. Weights are whole numbers (2**-20 bit): sums are exact whatever the order of joins.

The next join comes from a heap. Growing clusters only lower the average of an edge that nothing is added to, so an
entry may promise too much, never too little: what comes up too high is put back at its true place. A table finds the
edge of two clusters, and tells whether a cluster holds an exclusive group; the cluster with less to move is always
moved into the other. All of it takes memory as the links of the largest component do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, cast

import numpy as np
import numpy.typing as npt

from caselink.compiled import kernel, step

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Bool = npt.NDArray[np.bool_]
Rows = npt.NDArray[Any]

NODE = np.dtype([(field, np.int32) for field in ("parent", "size", "member", "first", "last", "load")])
"""``parent`` leads to the node that stands for the cluster; only there the rest counts, but for ``member``, the next
node of it, round and round. ``first`` and ``last`` hold its list of half-edges, ``load`` is what moving it costs."""
EDGE = np.dtype(
    [
        ("excess", np.int64),
        ("key", np.float64),  # the height of its entry in the heap; _OUT without one
        ("low", np.int32),
        ("high", np.int32),
        ("blocked", np.int32),  # a constraint keeps the two clusters apart for good
        ("alive", np.int32),
    ]
)
ENTRY = np.dtype([("key", np.float64), ("edge", np.int64)])
SLOT = np.dtype([("key", np.int64), ("edge", np.int64)])
_wide = cast("Callable[[Any], int]", np.int64)  # one width everywhere, so that each kernel is compiled once
_OUT, _ENTRIES, _SLOTS = -np.inf, 0, 1  # the key of what is not in the heap; places of the counts
_SPREAD = -7046029254386353131  # 2**64 / golden ratio, to spread keys over the table


class Tangle(NamedTuple):
    """Components with their links, sorted and without doubles, and their constraints; see ``cluster_kernels``."""

    begins: Int64
    unclear: Bool
    link_begins: Int64
    low: Int32
    high: Int32
    weight: Int64
    blocked: Bool
    must_begins: Int64
    must_low: Int32
    must_high: Int32
    group_begins: Int64  # the exclusive groups of each node, as runs of ``groups``
    groups: Int64
    slots: Int64  # of the table, for each component a power of two


class Room(NamedTuple):
    """Memory that one component after the other is worked on in."""

    nodes: Rows
    edges: Rows
    next_half: Int32
    heap: Rows
    table: Rows
    counts: Int64


class Work(NamedTuple):
    """The clusters of one component."""

    nodes: Rows
    edges: Rows
    next_half: Int32  # half 2e hangs at the low end of edge e, half 2e+1 at its high end
    heap: Rows
    table: Rows
    counts: Int64
    group_begins: Int64
    groups: Int64
    unseen: int
    span: int  # keys of the table are cluster * span + (other cluster, or number of nodes + group)


def table_slots(links: Int64, groups: Int64) -> Int64:
    """Powers of two with room for a table made anew and the moving of one cluster, three quarters full.

    ``links`` and ``groups`` of each component; a group counts for each of its nodes.

    >>> table_slots(np.array([2, 700]), np.array([0, 0])).tolist()
    [8, 4096]
    """
    slots: Int64 = 2 ** np.ceil(np.log2(3 * links + 2 * groups + 2)).astype(np.int64)
    return slots


def make_room(tangle: Tangle) -> Room:
    """Room for the largest of the unclear components."""
    n_nodes = np.diff(tangle.begins)[tangle.unclear].max(initial=0)
    n_edges = np.diff(tangle.link_begins)[tangle.unclear].max(initial=0)
    n_slots = tangle.slots[tangle.unclear].max(initial=0)
    return Room(
        nodes=np.empty(n_nodes, NODE),
        edges=np.empty(n_edges, EDGE),
        next_half=np.empty(2 * n_edges, np.int32),
        heap=np.empty(2 * n_edges, ENTRY),
        table=np.empty(n_slots, SLOT),
        counts=np.zeros(2, np.int64),
    )


@kernel
def agglomerate(tangle: Tangle, room: Room, n_groups: int, unseen: int) -> Int32:
    """The cluster of every node, named by its first node; components that are not ``unclear`` are one cluster."""
    begins, links = tangle.begins, tangle.link_begins
    labels = np.empty(begins[-1], np.int32)
    for component in range(len(tangle.unclear)):
        begin, end = begins[component], begins[component + 1]
        labels[begin:end] = begin
        if not tangle.unclear[component]:
            continue
        first, last = links[component], links[component + 1]
        table, span = room.table[: tangle.slots[component]], end - begin + n_groups
        runs = tangle.group_begins[begin : end + 1]
        nodes, edges = room.nodes[: end - begin], room.edges[: last - first]
        work = Work(nodes, edges, room.next_half, room.heap, table, room.counts, runs, tangle.groups, unseen, span)
        _set_up(work, tangle, begin, first)
        for k in range(tangle.must_begins[component], tangle.must_begins[component + 1]):
            a, b = _wide(tangle.must_low[k]) - begin, _wide(tangle.must_high[k]) - begin
            _join(work, _cluster(nodes, a), _cluster(nodes, b))
        _join_best_first(work)
        _name(work, labels, begin)
    return labels


@step
def _set_up(work: Work, tangle: Tangle, begin: int, first: int) -> None:
    """Every node its own cluster, every link an edge."""
    work.counts[_ENTRIES] = 0
    for a in range(len(work.nodes)):
        node = work.nodes[a]
        node.parent, node.size, node.member = a, 1, a
        node.first, node.last, node.load = -1, -1, work.group_begins[a + 1] - work.group_begins[a]
    for e in range(len(work.edges)):
        edge, k = work.edges[e], first + e
        edge.low, edge.high = tangle.low[k] - begin, tangle.high[k] - begin
        edge.excess, edge.key, edge.alive, edge.blocked = tangle.weight[k] - work.unseen, _OUT, 1, tangle.blocked[k]
        for side, a in enumerate((_wide(edge.low), _wide(edge.high))):
            _hang(work, a, 2 * e + side)
            work.nodes[a].load += 1
    _make_table(work)


@step
def _hang(work: Work, a: int, half: int) -> None:
    """Put a half-edge at the end of a cluster's list."""
    work.next_half[half] = -1
    node = work.nodes[a]
    if node.first < 0:
        node.first = half
    else:
        work.next_half[node.last] = half
    node.last = half


@step
def _make_table(work: Work) -> None:
    """Fill the table with what holds now: the edges between clusters and the groups in them."""
    for slot in range(len(work.table)):
        work.table[slot].key = -1
    work.counts[_SLOTS] = 0
    for e in range(len(work.edges)):
        if work.edges[e].alive:
            _claim(work, _edge_key(work, *_ends(work, e)), e)
    for node in range(len(work.nodes)):
        _claim_groups(work, _cluster(work.nodes, node), node)


@step
def _claim_groups(work: Work, a: int, node: int) -> None:
    """Note that cluster ``a`` holds the exclusive groups of a node."""
    for k in range(work.group_begins[node], work.group_begins[node + 1]):
        _claim(work, a * work.span + len(work.nodes) + work.groups[k], node)


@step
def _edge_key(work: Work, a: int, b: int) -> int:
    return min(a, b) * work.span + max(a, b)


@step
def _find(table: Rows, key: int) -> int:
    """The slot of a key, or the empty slot where it belongs."""
    mask = len(table) - 1
    mixed = key * _SPREAD
    slot = (mixed ^ (mixed >> 32)) & mask
    while table[slot].key != key and table[slot].key != -1:
        slot = (slot + 1) & mask
    return slot


@step
def _claim(work: Work, key: int, e: int) -> int:
    """The edge that stands in the table under a key; ``e`` itself where there was none."""
    entry = work.table[_find(work.table, key)]
    if entry.key == -1:
        entry.key, entry.edge = key, e
        work.counts[_SLOTS] += 1
    return _wide(entry.edge)


@step
def _cluster(nodes: Rows, a: int) -> int:
    """The node that stands for the cluster of ``a``."""
    while nodes[a].parent != a:
        nodes[a].parent = nodes[nodes[a].parent].parent
        a = _wide(nodes[a].parent)
    return a


@step
def _ends(work: Work, e: int) -> tuple[int, int]:
    """The two clusters of an edge."""
    edge = work.edges[e]
    return _cluster(work.nodes, _wide(edge.low)), _cluster(work.nodes, _wide(edge.high))


@step
def _join_best_first(work: Work) -> None:
    """Join the two clusters with the highest average until no average is above 0."""
    for e in range(len(work.edges)):
        _offer(work, e)
    while work.counts[_ENTRIES] > 0:
        key, e = _pop(work.heap, work.counts)
        edge = work.edges[e]
        if not edge.alive or edge.key != key:
            continue  # an entry that a later one has replaced
        edge.key = _OUT
        if _average_excess(work, e) < key:
            _offer(work, e)
            continue
        a, b = _ends(work, e)
        if _share_groups(work, a, b):
            edge.blocked = 1
        else:
            _join(work, a, b)


@step
def _average_excess(work: Work, e: int) -> float:
    """What orders the joins; ``_OUT`` for an edge that may not be joined."""
    edge = work.edges[e]
    if not edge.alive or edge.blocked:
        return _OUT
    a, b = _ends(work, e)
    pairs = _wide(work.nodes[a].size) * _wide(work.nodes[b].size)
    return edge.excess / pairs if edge.excess + work.unseen * pairs > 0 else _OUT


@step
def _offer(work: Work, e: int) -> None:
    """Put an edge into the heap, unless it stands there as high already."""
    key = _average_excess(work, e)
    if key > work.edges[e].key:
        work.edges[e].key = key
        _push(work.heap, work.counts, key, e)


@step
def _join(work: Work, a: int, b: int) -> None:
    """Make one cluster of two: what hangs at the one with less to move goes over to the other."""
    if a == b:
        return
    if work.nodes[a].load < work.nodes[b].load:
        a, b = b, a
    into, moved = work.nodes[a], work.nodes[b]
    if 4 * (work.counts[_SLOTS] + moved.load) > 3 * len(work.table):
        _make_table(work)
    moved.parent = a
    into.size += moved.size
    half = _wide(moved.first)
    while half >= 0:
        following = _wide(work.next_half[half])
        _move_half(work, half, a)
        half = following
    node = b
    while len(work.groups) > 0:
        _claim_groups(work, a, node)
        node = _wide(work.nodes[node].member)
        if node == b:
            break
    into.member, moved.member = moved.member, into.member
    into.load += moved.load


@step
def _move_half(work: Work, half: int, a: int) -> None:
    """Hang a half-edge of a moved cluster at cluster ``a``, adding up where ``a`` has an edge to the same cluster.

    Of two such edges the one of the smaller positions stays: it decides ties.
    """
    e = half >> 1
    edge = work.edges[e]
    if not edge.alive:
        return
    other = _cluster(work.nodes, _wide(edge.low if half & 1 else edge.high))
    if other == a:
        edge.alive = 0
        return
    standing = _claim(work, _edge_key(work, a, other), e)
    if standing == e:
        _hang(work, a, half)
        return
    stays, goes = work.edges[min(e, standing)], work.edges[max(e, standing)]
    if e < standing:
        work.table[_find(work.table, _edge_key(work, a, other))].edge = e
        _hang(work, a, half)
    stays.excess += goes.excess
    stays.blocked |= goes.blocked
    goes.alive = 0
    _offer(work, min(e, standing))


@step
def _share_groups(work: Work, a: int, b: int) -> bool:
    """Whether two clusters both hold one exclusive group."""
    if len(work.groups) == 0:
        return False
    if work.nodes[a].size > work.nodes[b].size:
        a, b = b, a
    node = a
    while True:
        for k in range(work.group_begins[node], work.group_begins[node + 1]):
            if work.table[_find(work.table, b * work.span + len(work.nodes) + work.groups[k])].key >= 0:
                return True
        node = _wide(work.nodes[node].member)
        if node == a:
            return False


@step
def _name(work: Work, labels: Int32, begin: int) -> None:
    """Name every cluster by its first node."""
    for a in range(len(work.nodes)):
        cluster = work.nodes[_cluster(work.nodes, a)]
        if cluster.first >= -1:  # not named yet; its list of half-edges is done with
            cluster.first = -2 - a
        labels[begin + a] = begin - 2 - cluster.first


@step
def _above(heap: Rows, i: int, j: int) -> bool:
    """Whether an entry comes before another: the higher average, then the smaller positions."""
    if heap[i].key != heap[j].key:
        return bool(heap[i].key > heap[j].key)
    return bool(heap[i].edge < heap[j].edge)


@step
def _trade(heap: Rows, i: int, j: int) -> None:
    key, e = heap[i].key, heap[i].edge
    heap[i].key, heap[i].edge = heap[j].key, heap[j].edge
    heap[j].key, heap[j].edge = key, e


@step
def _push(heap: Rows, counts: Int64, key: float, e: int) -> None:
    i = counts[_ENTRIES]
    counts[_ENTRIES] += 1
    heap[i].key, heap[i].edge = key, e
    while i > 0 and _above(heap, i, (i - 1) // 2):
        _trade(heap, i, (i - 1) // 2)
        i = (i - 1) // 2


@step
def _pop(heap: Rows, counts: Int64) -> tuple[float, int]:
    counts[_ENTRIES] -= 1
    n, i = counts[_ENTRIES], _wide(0)
    top = heap[0].key, heap[0].edge
    heap[0].key, heap[0].edge = heap[n].key, heap[n].edge
    while True:
        child = 2 * i + 1
        if child + 1 < n and _above(heap, child + 1, child):
            child += 1
        if child >= n or not _above(heap, child, i):
            return top
        _trade(heap, i, child)
        i = child
