"""Counting things that links may have joined wrongly or left apart: how far each count may be off.

Things are people, or families. Each is counted in one *cell*: the set of programs that know it, one bit a program. A
wrong link makes one thing of two, and a missed one two of one, so that each place where linking may have slipped moves
the counts of three cells. A slip is drawn with the probability that :mod:`caselink.evaluate.estimates` gives its place,
and mostly under the same assumptions: all weights may be off together, and links in spite of personal evidence are
wrong more often than their weights say. Further:

- a slip changes its own three cells whatever else slipped, which is so while slips are few;
- at a place that was kept apart every pair across is to be weighed, also those that were never compared: what the
  fields do not say must not count against it. Then weights are believed down to the longest odds;
- how many joins no blocking rule made a pair for is told from those that one rule alone made pairs for, and two (Chao,
  1987): each join counts once, however many records it ties. They are of the kinds that one rule alone found; how far
  these numbers may be off by chance is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.evaluate.counting import Labels
from caselink.evaluate.estimates import CONTESTED, ScoredTable, contested_places, weigh_scored
from caselink.evaluate.merges import Evidence, Floats

Mask = npt.NDArray[np.bool_]
_DRAWS = 1000
_BINS_A_BIT = 4
_LIKENESS = 2.0
"""What all joins say of the kinds of those that no rule found, as so many joins that one rule alone found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slips:
    """Places where records were joined or kept apart, and what each would change.

    ``one`` and ``other`` are the cells of the two sides, ``joined`` whether they were made one thing (of the cell
    ``one | other``), ``bits`` the evidence that they are, ``contested`` whether it stands against personal evidence.
    ``left`` and ``right`` are the records of a pair across the place, ``rules`` the most blocking rules that make one.
    ``dropped`` and ``relatives`` as in :class:`~caselink.evaluate.estimates.ScoredTable`.
    """

    one: Labels = field(repr=False)
    other: Labels = field(repr=False)
    joined: Mask = field(repr=False)
    bits: Floats = field(repr=False)
    contested: Mask = field(repr=False)
    left: Labels = field(repr=False)
    right: Labels = field(repr=False)
    rules: Labels = field(repr=False)
    dropped: float = 0.0
    relatives: float = 1.0

    def having(self, kept: Mask, one: Labels, other: Labels) -> Slips:
        """Some of them, with other cells."""
        rows = {name: getattr(self, name)[kept] for name in ("joined", "bits", "contested", "left", "right", "rules")}
        dropped = self.dropped * (self.joined & kept).sum() / max(self.joined.sum(), 1)
        return Slips(one=one[kept], other=other[kept], **rows, dropped=float(dropped), relatives=self.relatives)


def find_slips(scored: ScoredTable, person: Labels, cell: Labels, *, places: Evidence | None = None) -> Slips:
    """Where persons may be wrong. ``cell`` is that of each record.

    ``places`` is what ``weigh_scored`` of :mod:`caselink.evaluate.estimates` gives, where it is known already.

    >>> pairs = {"left": np.array([0, 1]), "right": np.array([1, 2]), "match_weight": np.array([3.0, 1.0])}
    >>> scored = ScoredTable(**pairs, rules=np.array([1, 1]), contested=np.array([False, False]))
    >>> slips = find_slips(scored, np.array([0, 0, 1]), np.array([1, 2, 2]))
    >>> slips.one.tolist(), slips.other.tolist(), slips.joined.tolist()
    ([1, 3], [2, 2], [True, False])
    """
    places = places or weigh_scored(scored, person)
    n = len(places.bits)
    first = np.full(n, -1, np.int64)
    first[places.place[::-1]] = np.arange(len(places.place))[::-1]
    left, right = scored.left[first], scored.right[first]
    of_person = np.zeros(int(person.max(initial=-1)) + 1, np.int64)
    np.bitwise_or.at(of_person, person, cell)
    one = np.where(places.joined, _side(scored, places, cell, right), of_person[person[left]])
    other = np.where(places.joined, _side(scored, places, cell, left), of_person[person[right]])
    rules = np.zeros(n, np.int64)
    np.maximum.at(rules, places.place, scored.rules)
    open_ = places.joined | (places.bits <= 0)  # kept apart in spite of its bits: by a constraint
    return Slips(
        one=one[open_],
        other=other[open_],
        joined=places.joined[open_],
        bits=places.bits[open_],
        contested=contested_places(scored, places)[open_],
        left=left[open_],
        right=right[open_],
        rules=rules[open_],
        dropped=max(scored.dropped, 0.0),
        relatives=min(scored.relatives, 1.0),
    )


def _side(scored: ScoredTable, places: Evidence, cell: Labels, across: Labels) -> Labels:
    """For each place the cell of the records that are paired with the record ``across``: the other side's."""
    facing = across[places.place]
    other = np.where(scored.left == facing, scored.right, np.where(scored.right == facing, scored.left, -1))
    found = np.zeros(len(places.bits), np.int64)
    rows = other >= 0
    np.bitwise_or.at(found, places.place[rows], cell[other[rows]])
    return found


def draw_counts(counted: Labels, slips: Slips, *, doubt_bits: float = 2.0, seed: int = 0) -> Floats:
    """The counts of all cells as they may truly be, one row a draw; the first row is what is expected.

    ``counted[c]``: things counted in cell c. Cell 0 (known to no program) is counted like any other, and is of no use.
    """
    groups = _Groups.of(slips)
    chance = np.random.default_rng(seed)
    error = np.append(0.0, doubt_bits * chance.standard_normal(_DRAWS))
    share = np.append(CONTESTED[0] / sum(CONTESTED), chance.beta(*CONTESTED, _DRAWS))
    dropped = np.append(0.5, chance.random(_DRAWS)) * slips.dropped
    missed = groups.drawn(error, 1 - slips.relatives * share, chance) + groups.unseen(dropped, chance)
    return np.asarray(np.maximum(counted + missed @ groups.change(len(counted)), 0.0))


@dataclass(frozen=True, slots=True)
class _Groups:
    """Places that are alike: ``n`` of each kind, and the number of its two cells in ``cells`` (low, high).

    ``joins``, ``once`` and ``twice``: joins of each two cells, and those for which one rule alone made pairs, and two.
    """

    n: Labels
    bits: Floats
    joined: Mask
    contested: Mask
    of_cells: Labels
    cells: tuple[Labels, Labels]
    joins: Labels
    once: Labels
    twice: Labels

    @classmethod
    def of(cls, slips: Slips) -> _Groups:
        moves = (slips.one | slips.other) > 0
        one, other = slips.one[moves], slips.other[moves]
        n_cells = int(np.maximum(one, other).max(initial=0)) + 1
        both, of_cells = _numbered(np.minimum(one, other) * n_cells + np.maximum(one, other))
        bins = np.rint(slips.bits[moves] * _BINS_A_BIT).astype(np.int64)
        least = int(bins.min(initial=0))
        width = int(bins.max(initial=0)) - least + 1
        flags = slips.joined[moves] * 2 + slips.contested[moves]
        kinds, kind = _numbered((of_cells * 4 + flags) * width + bins - least)
        flag = kinds // width % 4
        joined, rules = slips.joined[moves], slips.rules[moves]
        joins = [
            np.bincount(of_cells[joined & which], minlength=len(both)).astype(np.int64)
            for which in (np.ones(len(rules), np.bool_), rules == 1, rules == 2)
        ]
        return cls(
            n=np.bincount(kind, minlength=len(kinds)).astype(np.int64),
            bits=(kinds % width + least) / _BINS_A_BIT,
            joined=flag >= 2,
            contested=flag % 2 == 1,
            of_cells=kinds // width // 4,
            cells=(both // n_cells, both % n_cells),
            joins=joins[0],
            once=joins[1],
            twice=joins[2],
        )

    def change(self, n_cells: int) -> Floats:
        """How one missed join of two cells changes the counts of all cells, a row a pair of cells."""
        low, high = self.cells
        change, rows = np.zeros((len(low), n_cells)), np.arange(len(low))
        for cells, by in ((low, -1.0), (high, -1.0), (low | high, 1.0)):
            np.add.at(change, (rows, cells), by)
        return change

    def drawn(self, error: Floats, kept: Floats, chance: np.random.Generator) -> Floats:
        """How many joins were missed between each two cells, less the wrong ones; a row a draw.

        The first row is expected, not drawn.
        """
        match = 1 / (1 + np.exp2(-np.clip(self.bits - error[:, None], -60, 60)))
        wrong = np.where(self.joined, 1 - match * np.where(self.contested, kept[:, None], 1.0), match)
        happened = wrong * self.n
        happened[1:] = chance.binomial(self.n, wrong[1:])
        belongs = self.of_cells[:, None] == np.arange(len(self.cells[0]))
        return np.asarray(happened @ (np.where(self.joined[:, None], -1.0, 1.0) * belongs))

    def unseen(self, dropped: Floats, chance: np.random.Generator) -> Floats:
        """Joins of each two cells for which no pair was weighed: ``dropped`` ones, and those that no rule found.

        Chao (1987), corrected for few; nothing where there is one rule only. Both numbers are drawn as of chance
        (Jeffreys), and so are the kinds.
        """
        n, once, twice = len(dropped), float(self.once.sum()), float(self.twice.sum())
        one, two = (chance.gamma(count + 0.5, size=n) for count in (once, twice))
        unmet = one**2 / (2 * (two + 1))
        unmet[0] = once * max(once - 1, 0.0) / (2 * (twice + 1))
        if once == self.joins.sum():  # one rule only, or none: nothing to tell it from
            unmet[:] = 0.0
        like = self.once + _LIKENESS * self.joins / max(self.joins.sum(), 1)
        share = chance.gamma(np.maximum(like, 1e-9), size=(n, len(like))) * (like > 0)
        share[0] = like
        missed = (unmet + dropped)[:, None] * share / np.maximum(share.sum(axis=1, keepdims=True), 1e-300)
        missed[1:] = chance.poisson(missed[1:])
        return np.asarray(missed)


def _numbered(keys: Labels) -> tuple[Labels, Labels]:
    """The distinct keys in their order, and the place of each key among them."""
    place, distinct = pd.factorize(keys)
    order = np.argsort(distinct)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return np.asarray(distinct, np.int64)[order], rank[place]
