"""Counting things that links may have joined wrongly or left apart: how far each count may be off.

Things are people, or families. Each is counted in one *cell*: the set of programs that know it, one bit a program. A
wrong link makes one thing of two, and a missed one two of one, so that each place where linking may have slipped moves
the counts of three cells. A slip is drawn with the probability that :mod:`caselink.evaluate.estimates` gives its place,
and under the same assumptions: all weights may be off together, links in spite of personal evidence are wrong more
often than their weights say, and of long shots anything between none and all may be matches. Further:

- a slip changes its own three cells whatever else slipped, which is so while slips are few;
- of pairs that no blocking rule made each may stand for a thing of its own; what they would join is of the kinds that
  are joined, but the missed ones may nearly all be of one kind.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.evaluate.counting import Labels
from caselink.evaluate.estimates import CONTESTED, LONG_SHOT_BITS, ScoredTable, contested_places, weigh_scored
from caselink.evaluate.merges import Evidence, Floats

Mask = npt.NDArray[np.bool_]
_DRAWS = 1000
_BINS_A_BIT = 4
_LIKENESS = 2.0
"""How like the joined the missed are: hardly, often nearly all of one kind (concentration of a Dirichlet draw)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slips:
    """Places where records were joined or kept apart, and what each would change.

    ``one`` and ``other`` are the cells of the two sides, ``joined`` whether they were made one thing (of the cell
    ``one | other``), ``bits`` the evidence that they are, ``contested`` whether it stands against personal evidence.
    ``left`` and ``right`` are the records of a pair across the place. ``unseen``: the most places that were missed as
    their pairs were not weighed, ``relatives`` as in :class:`~caselink.evaluate.estimates.ScoredTable`.
    """

    one: Labels = field(repr=False)
    other: Labels = field(repr=False)
    joined: Mask = field(repr=False)
    bits: Floats = field(repr=False)
    contested: Mask = field(repr=False)
    left: Labels = field(repr=False)
    right: Labels = field(repr=False)
    unseen: float = 0.0
    relatives: float = 1.0

    def having(self, kept: Mask, one: Labels, other: Labels) -> Slips:
        """Some of them, with other cells."""
        rows = {name: getattr(self, name)[kept] for name in ("joined", "bits", "contested", "left", "right")}
        unseen = self.unseen * (self.joined & kept).sum() / max(self.joined.sum(), 1)
        return Slips(one=one[kept], other=other[kept], **rows, unseen=float(unseen), relatives=self.relatives)


def find_slips(
    scored: ScoredTable, person: Labels, cell: Labels, *, unmet: float = 0.0, places: Evidence | None = None
) -> Slips:
    """Where persons may be wrong. ``cell`` is that of each record, ``unmet`` pairs of one person that no rule made.

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
    open_ = places.joined | (places.bits <= 0)  # kept apart in spite of its bits: by a constraint
    return Slips(
        one=one[open_],
        other=other[open_],
        joined=places.joined[open_],
        bits=places.bits[open_],
        contested=contested_places(scored, places)[open_],
        left=left[open_],
        right=right[open_],
        unseen=max(scored.dropped, 0.0) + unmet,
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
    among = np.append(0.5, chance.random(_DRAWS))
    missed = groups.drawn(error, 1 - slips.relatives * share, among, slips.unseen, chance)
    return np.asarray(np.maximum(counted + missed @ groups.change(len(counted)), 0.0))


@dataclass(frozen=True, slots=True)
class _Groups:
    """Places that are alike: ``n`` of each kind, and the number of its two cells in ``cells`` (low, high)."""

    n: Labels
    bits: Floats
    joined: Mask
    contested: Mask
    of_cells: Labels
    cells: tuple[Labels, Labels]

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
        return cls(
            n=np.bincount(kind, minlength=len(kinds)).astype(np.int64),
            bits=(kinds % width + least) / _BINS_A_BIT,
            joined=flag >= 2,
            contested=flag % 2 == 1,
            of_cells=kinds // width // 4,
            cells=(both // n_cells, both % n_cells),
        )

    def change(self, n_cells: int) -> Floats:
        """How one missed join of two cells changes the counts of all cells, a row a pair of cells."""
        low, high = self.cells
        change, rows = np.zeros((len(low), n_cells)), np.arange(len(low))
        for cells, by in ((low, -1.0), (high, -1.0), (low | high, 1.0)):
            np.add.at(change, (rows, cells), by)
        return change

    def drawn(self, error: Floats, kept: Floats, among: Floats, unseen: float, chance: np.random.Generator) -> Floats:
        """How many joins were missed between each two cells, less the wrong ones; a row a draw.

        The first row is expected, not drawn.
        """
        match = 1 / (1 + np.exp2(-np.clip(self.bits - error[:, None], -60, 60)))
        wrong = np.where(self.joined, 1 - match * np.where(self.contested, kept[:, None], 1.0), match)
        far = ~self.joined & (self.bits < LONG_SHOT_BITS)
        happened = wrong[:, ~far] * self.n[~far]
        happened[1:] = chance.binomial(self.n[~far], wrong[1:, ~far])
        long_shots = np.bincount(self.of_cells, np.where(far, wrong[0] * self.n, 0.0), len(self.cells[0]))
        further = among[:, None] * (long_shots + unseen * self._shares(len(among), chance))
        further[1:] = chance.poisson(further[1:])
        belongs = self.of_cells[~far, None] == np.arange(len(self.cells[0]))
        return np.asarray(further + happened @ (np.where(self.joined[~far, None], -1.0, 1.0) * belongs))

    def _shares(self, n_draws: int, chance: np.random.Generator) -> Floats:
        """Shares of the pairs of cells among what nobody compared: as among joins; how unlike them is drawn too."""
        joins = np.bincount(self.of_cells, np.where(self.joined, self.n, 0), len(self.cells[0]))
        share = joins / max(joins.sum(), 1)
        drawn = chance.gamma(np.maximum(_LIKENESS * share, 1e-9), size=(n_draws, len(share)))
        drawn[0] = share
        return np.asarray(drawn * (share > 0) / np.maximum(drawn.sum(axis=1, keepdims=True), 1e-300))


def _numbered(keys: Labels) -> tuple[Labels, Labels]:
    """The distinct keys in their order, and the place of each key among them."""
    place, distinct = pd.factorize(keys)
    order = np.argsort(distinct)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return np.asarray(distinct, np.int64)[order], rank[place]
