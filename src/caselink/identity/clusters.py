"""From scored links to persons: records are joined best first, and whole clusters are judged, not single bridges.

Two clusters are joined when the evidence of *all* their pairs is for it: the average of the match weights over every
pair across, each capped so that no single weight decides, with a mild vote against for a pair that was never made.
The highest average goes first. Connected components would let one wrong link tie two families together; here the
other pairs outvote it.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from caselink.errors import CaselinkWarning, SpecError
from caselink.identity.constraints import Groups, Pairs, Positions, checked_pairs, refused_must_links

_PARTS = 2**20  # a weight is counted in whole parts of a bit, so that sums do not depend on their order
_MOST_BITS = 1000.0
_NO_PAIRS: Pairs = (np.empty(0, np.int32), np.empty(0, np.int32))


def cluster_links(  # noqa: PLR0913 - links, three kinds of constraint, two settings
    n_records: int,
    left: npt.NDArray[Any],
    right: npt.NDArray[Any],
    weight: npt.NDArray[Any],
    *,
    exclusive: npt.NDArray[np.int64] | tuple[npt.NDArray[Any], npt.NDArray[Any]] | None = None,
    cannot: tuple[npt.NDArray[Any], npt.NDArray[Any]] | None = None,
    must: tuple[npt.NDArray[Any], npt.NDArray[Any]] | None = None,
    cap_bits: float = 10.0,
    unseen_bits: float = -3.0,
    distinct: bool = False,
) -> Positions:
    """The cluster of every record, named by the smallest position in it.

    ``left`` and ``right`` are positions of records and ``weight`` their match weight in bits; a weight of 0 or less is
    evidence against. Weights count up to ``cap_bits`` either way, a pair that is not given counts ``unseen_bits``
    (0 or less), a pair given twice counts once with its higher weight. Of equal averages the one across which the
    smallest pair of positions was given goes first, so the result depends neither on the order of the links nor on
    which record of a link is on the left.

    ``must`` pairs are joined before all else, ``cannot`` pairs never stand in one cluster, and of the records with one
    number in a column of ``exclusive`` (-1 for none; one column or several; or records and their groups, two arrays) a
    cluster holds one at most, unless must-links say more. A must-link that would put a cannot-linked pair into one
    cluster is left out with a :class:`CaselinkWarning`; :func:`refused_must_links` tells which. ``distinct`` promises
    that no pair is given twice, which saves time.

    Time grows with the number of links, and where one record is linked to very many with ``cap_bits / -unseen_bits``.

    A chain of three whose ends were never compared, and one whose ends speak against it:

    >>> left, right = np.array([0, 1]), np.array([1, 2])
    >>> cluster_links(3, left, right, np.array([9.0, 8.0])).tolist()
    [0, 0, 0]
    >>> cluster_links(3, np.append(left, 0), np.append(right, 2), np.array([9.0, 8.0, -9.5])).tolist()
    [0, 0, 2]
    """
    links = _Links.make(n_records, (left, right), weight, cap_bits=cap_bits)
    if not -_MOST_BITS <= unseen_bits <= 0:
        msg = f"unseen_bits must be from {-_MOST_BITS} to 0, got {unseen_bits}"
        raise SpecError(msg)
    rules = _Rules.make(n_records, exclusive, cannot, must)
    labels = _component_labels(n_records, links, rules.joined)
    chosen = _Components.choose(labels, _not_settled(labels, rules, links if distinct else None))
    if len(chosen.record_of):
        nodes = chosen.cluster(links, rules, unseen=round(unseen_bits * _PARTS))
        labels[chosen.record_of] = chosen.record_of[nodes]
    return labels


def missing_pairs(
    n_records: int, left: npt.NDArray[Any], right: npt.NDArray[Any], weight: npt.NDArray[Any], *, largest: int = 64
) -> Pairs:
    """The pairs that were never scored though other links put both records into one component.

    Components are those of the links above 0; of components with more than ``largest`` records nothing is listed.
    Scored and given to :func:`cluster_links` with the others, these pairs count what they say instead of a guess.

    >>> left, right = missing_pairs(5, np.array([3, 1, 0]), np.array([1, 4, 2]), np.array([5.0, 7.0, 2.0]))
    >>> list(zip(left.tolist(), right.tolist()))
    [(3, 4)]
    """
    from caselink.identity import cluster_kernels as kernels

    links = _Links.make(n_records, (left, right), weight, cap_bits=_MOST_BITS)
    labels = _component_labels(n_records, links, _NO_PAIRS)
    sizes = np.bincount(labels, minlength=n_records)
    chosen = _Components.choose(labels, (sizes > 2) & (sizes <= largest))  # a pair has no gap
    inside = chosen.links_inside(links, _NO_PAIRS)
    first, second = kernels.list_missing(chosen.begins, chosen.begin_of(inside.left), inside.left, inside.right)
    return chosen.record_of[first], chosen.record_of[second]


@dataclass(frozen=True, slots=True)
class _Links:
    """Pairs with the smaller position on the left, and their weights in parts of a bit."""

    left: Positions
    right: Positions
    weight: npt.NDArray[np.int64]

    @classmethod
    def make(
        cls,
        n_records: int,
        pairs: tuple[npt.NDArray[Any], npt.NDArray[Any]],
        weight: npt.NDArray[Any],
        *,
        cap_bits: float,
    ) -> Self:
        if not 0 < cap_bits <= _MOST_BITS:
            msg = f"cap_bits must be above 0 and at most {_MOST_BITS}, got {cap_bits}"
            raise SpecError(msg)
        left, right = checked_pairs(n_records, pairs, "links")
        if np.shape(weight) != left.shape:
            msg = f"links need a weight each, got {len(left)} links and weights of shape {np.shape(weight)}"
            raise SpecError(msg)
        if (unknown := int(np.isnan(weight).sum())) > 0:
            msg = f"{unknown} of {len(left)} links have no weight (NaN); leave out a pair that was not scored"
            raise SpecError(msg)
        parts = np.rint(np.clip(np.asarray(weight, np.float64), -cap_bits, cap_bits) * _PARTS)
        return cls(left, right, parts.astype(np.int64))


@dataclass(frozen=True, slots=True)
class _Rules:
    """The constraints that hold: cannot-linked pairs, must-linked pairs without the refused, exclusive groups."""

    apart: Pairs
    joined: Pairs
    groups: Groups

    @classmethod
    def make(
        cls,
        n_records: int,
        exclusive: npt.NDArray[np.int64] | tuple[npt.NDArray[Any], npt.NDArray[Any]] | None,
        cannot: tuple[npt.NDArray[Any], npt.NDArray[Any]] | None,
        must: tuple[npt.NDArray[Any], npt.NDArray[Any]] | None,
    ) -> Self:
        apart = checked_pairs(n_records, cannot or _NO_PAIRS, "cannot-links")
        left, right = checked_pairs(n_records, must or _NO_PAIRS, "must-links")
        refused = refused_must_links(n_records, (left, right), apart)
        if refused.any():
            msg = f"{refused.sum()} of {len(left)} must-links are left out: a cannot-link stands against them"
            warnings.warn(msg, CaselinkWarning, stacklevel=3)
        return cls(apart, (left[~refused], right[~refused]), Groups.of(n_records, exclusive))


@dataclass(frozen=True, slots=True)
class _Components:
    """Some components of the records, with their records numbered as nodes; see ``cluster_kernels``."""

    labels: Positions
    node_of: Positions
    record_of: Positions
    begins: npt.NDArray[np.int64]

    @classmethod
    def choose(cls, labels: Positions, wanted: npt.NDArray[np.bool_]) -> Self:
        """The components whose label is wanted."""
        from caselink.identity.cluster_kernels import number_members

        return cls(labels, *number_members(labels, wanted, np.bincount(labels, minlength=len(labels))))

    def nodes_of(self, left: Positions, right: Positions) -> tuple[npt.NDArray[np.int64], Positions, Positions]:
        """Which pairs lie inside one of the components, and their nodes."""
        inside = np.flatnonzero((self.node_of[left] >= 0) & (self.labels[left] == self.labels[right]))
        return inside, self.node_of[left[inside]], self.node_of[right[inside]]

    def begin_of(self, low: Positions) -> npt.NDArray[np.int64]:
        """Where each component's pairs begin, in pairs sorted by their first node."""
        return np.searchsorted(low, self.begins)

    def links_inside(self, links: _Links, apart: Pairs) -> _LinksInside:
        """The links, and as blocked links the cannot-links, of the components: sorted by nodes, each pair once."""
        from caselink.identity import cluster_kernels as kernels

        inside, low, high = self.nodes_of(links.left, links.right)
        _, low_apart, high_apart = self.nodes_of(*apart)
        low, high = np.append(low, low_apart), np.append(high, high_apart)
        weight = np.append(links.weight[inside], np.zeros(len(low_apart), np.int64))
        blocked = np.arange(len(low)) >= len(inside)
        order = kernels.stable_order(high, np.arange(len(high)), len(self.record_of))
        order = kernels.stable_order(low, order, len(self.record_of))
        low, high, weight, blocked = low[order], high[order], weight[order], blocked[order]
        again = (low[1:] == low[:-1]) & (high[1:] == high[:-1])
        if again.any():
            first = np.flatnonzero(np.append(True, ~again))
            low, high = low[first], high[first]
            weight, blocked = np.maximum.reduceat(weight, first), np.logical_or.reduceat(blocked, first)
        return _LinksInside(low, high, weight, blocked)

    def unclear(
        self, inside: _LinksInside, link_begins: npt.NDArray[np.int64], groups: Groups
    ) -> npt.NDArray[np.bool_]:
        """Which components are not one cluster at a glance: a pair without a link above 0, or a constraint inside."""
        size = np.diff(self.begins)
        clear = np.append(0, np.cumsum((inside.weight > 0) & ~inside.blocked))
        unclear: npt.NDArray[np.bool_] = np.diff(clear[link_begins]) < size * (size - 1) // 2
        component = np.repeat(np.arange(len(size)), size)[groups.record]
        unclear[_holding_one_twice(component, groups.number)] = True
        return unclear

    def groups_of_nodes(self, groups: Groups) -> Groups:
        """The exclusive groups of the components' nodes, numbered anew from 0 on."""
        node = self.node_of[groups.record]
        chosen = np.flatnonzero(node >= 0)
        order = chosen[np.argsort(node[chosen], kind="stable")]
        number = np.unique(groups.number[order], return_inverse=True)[1]
        return Groups(node[order], number.astype(np.int64))

    def cluster(self, links: _Links, rules: _Rules, *, unseen: int) -> Positions:
        """The first node of every node's cluster."""
        from caselink.identity import agglomeration_kernels as kernels

        inside = self.links_inside(links, rules.apart)
        _, must_low, must_high = self.nodes_of(*rules.joined)
        order = np.argsort(must_low, kind="stable")
        groups = self.groups_of_nodes(rules.groups)
        group_begins = np.searchsorted(groups.record, np.arange(len(self.record_of) + 1))
        link_begins = self.begin_of(inside.left)
        tangle = kernels.Tangle(
            begins=self.begins,
            unclear=self.unclear(inside, link_begins, groups),
            link_begins=link_begins,
            low=inside.left,
            high=inside.right,
            weight=inside.weight,
            blocked=inside.blocked,
            must_begins=self.begin_of(must_low[order]),
            must_low=must_low[order],
            must_high=must_high[order],
            group_begins=group_begins,
            groups=groups.number,
            slots=kernels.table_slots(np.diff(link_begins), np.diff(group_begins[self.begins])),
        )
        room = kernels.make_room(tangle)
        n_groups = int(groups.number.max(initial=-1)) + 1
        labels: Positions = kernels.agglomerate(tangle, room, n_groups, unseen)
        return labels


@dataclass(frozen=True, slots=True)
class _LinksInside:
    """Links between nodes; ``blocked`` where a cannot-link stands between the two."""

    left: Positions
    right: Positions
    weight: npt.NDArray[np.int64]
    blocked: npt.NDArray[np.bool_]


def _component_labels(n_records: int, links: _Links, joined: Pairs) -> Positions:
    """The smallest position that links above 0 and must-links reach from each record."""
    from caselink.identity.cluster_kernels import connect, settle

    labels = np.arange(n_records, dtype=np.int32)
    connect(labels, links.left, links.right, links.weight > 0)
    connect(labels, *joined, np.ones(len(joined[0]), np.bool_))
    settle(labels)
    return labels


def _not_settled(labels: Positions, rules: _Rules, distinct: _Links | None = None) -> npt.NDArray[np.bool_]:
    """Of each label, whether its component may be more than one cluster.

    A pair is one unless a constraint parts it, and so is a component all of whose pairs are among ``distinct`` links
    and above 0.
    """
    sizes = np.bincount(labels, minlength=len(labels))
    open_ = sizes > 2
    if distinct is not None:
        n_links = np.bincount(labels[distinct.left[distinct.weight > 0]], minlength=len(labels))
        open_ &= n_links < sizes * (sizes - 1) // 2
    record, number = rules.groups
    asked = (sizes[labels[record]] > 1) & ~open_[labels[record]]
    open_[_holding_one_twice(labels[record[asked]], number[asked])] = True
    left, right = rules.apart
    open_[labels[left[labels[left] == labels[right]]]] = True
    return open_


def _holding_one_twice(holder: npt.NDArray[Any], number: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Who holds a number more than once, of holders with a number each."""
    width = int(number.max(initial=0)) + 1
    held = np.sort(holder.astype(np.int64) * width + number)
    return np.asarray(held[1:][held[1:] == held[:-1]] // width)
