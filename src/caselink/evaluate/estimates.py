"""Precision and recall without labels: what the match weights themselves say, and how far that may be off.

With calibrated probabilities the expected share of wrong links is the mean of one less the probability (Fellegi and
Sunter, 1969, call these the error levels of a rule). Probabilities of single pairs are not that: they are made
of comparisons taken as independent, and a cluster knows more than each of its pairs. So

- a pair's probability is taken from the *place* where its records were joined or kept apart: the average match
  weight across it (see :mod:`caselink.evaluate.merges`), at most 12 bits either way. A slip that makes two people look
  alike (a sibling's number, a twin) is no rarer than that, whatever the weights say;
- a wrong join makes all its pairs wrong at once: the number of wrong pairs varies by joins, not by pairs;
- a link in spite of personal evidence that differs (another first name, another birth date) rests on the comparisons
  being independent, which they are not among relatives: twins agree on nearly all. In files with families whose truth
  is known between none and a fifth of the strong ones were wrong, a tenth on average. So a share of them is taken for
  wrong beyond what the weights say: drawn from Beta(0.5, 4.5), times households a match where these are fewer than one;
- all weights may be off together: they are drawn with a common error of ``doubt_bits`` (one standard deviation). Two
  bits make the odds of every link four times as long or as short. This is an assumption; ``benchmarks/estimates.py``
  measures whether the intervals made with it hold the truth (one bit was enough until families spoke for their
  members: their evidence is more than the weights of the pairs say);
- few of very many can be a lot: of the matches that the model expects among *long shots* (pairs kept apart with odds
  under 1 to 16, and those below the floor) anything between none and all may be there. So it is for matches that no
  blocking rule made: between none and the number of Chao (1987), counted from how many linked pairs one rule alone
  made and how many two.

What it cannot see: a model that took another structure for the matches. Belin and Rubin (1995) calibrate with labeled
pairs for that reason; :mod:`caselink.evaluate.review` says which pairs to label.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.errors import SpecError
from caselink.evaluate.counting import Labels, count_pairs_within
from caselink.evaluate.merges import Evidence, Floats, weigh_places
from caselink.evaluate.scores import readable

MOST_BITS = 12.0
"""Evidence beyond this is not believed."""

THRESHOLDS = (0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999)

_DRAWS = 4000
_BINS_A_BIT = 4
_LEVELS = (0.025, 0.975)
LONG_SHOT_BITS = -4.0
"""Of pairs kept apart with fewer bits nothing is believed but that some of them may be matches."""
CONTESTED = (0.5, 4.5)
"""The share of wrong links in spite of personal evidence that differs, as parameters of a beta distribution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredTable:
    """Pairs that were scored, each once: row numbers of the records and the match weight in bits.

    All pairs of records of one person are there, others down to some floor. ``rules``: how many blocking rules make
    each pair. ``contested``: whether a comparison of personal evidence differs; of use for pairs of one person alone.
    ``dropped``: how many matches the model expects among the pairs below the floor. ``relatives``: pairs of relatives
    for each match, at most 1.
    """

    left: Labels = field(repr=False)
    right: Labels = field(repr=False)
    match_weight: Floats = field(repr=False)
    rules: Labels = field(repr=False)
    contested: npt.NDArray[np.bool_] = field(repr=False)
    dropped: float = 0.0
    relatives: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Estimates:
    """Estimated precision and recall, with 95 % intervals; prints as a table.

    ``persons``: one row each for precision and recall of the resolved persons (all pairs of records of one person), and
    for the wrong and the missed pairs: ``estimate``, ``low``, ``high``.
    ``by_threshold``: one row a match probability from which pairs would be links: ``threshold``, ``precision``,
    ``precision_low``, ``precision_high``, the same for recall, and ``links``.
    ``unmet``: the most pairs of one person that no blocking rule may have made; missing where fewer than two rules
    leave nothing to count it from, and recall is then that among pairs that were compared.
    """

    persons: pd.DataFrame
    by_threshold: pd.DataFrame
    unmet: float | None

    def __str__(self) -> str:
        return _readable(self.persons).to_string()

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return _readable(self.persons).to_html(border=0)


def _readable(persons: pd.DataFrame) -> pd.DataFrame:
    """Shares with four digits, pairs with one."""
    shares, pairs = persons.loc[["precision", "recall"]], persons.drop(index=["precision", "recall"])
    return pd.concat([readable(shares), pairs.map(lambda cell: "" if pd.isna(cell) else f"{cell:,.1f}")])


def pair_probability(scored: ScoredTable, person: Labels) -> Floats:
    """The probability of each scored pair to be one person, by the place where its records were joined or kept apart.

    >>> pairs = {"left": np.array([0, 1]), "right": np.array([1, 2]), "match_weight": np.array([3.0, 1.0])}
    >>> scored = ScoredTable(**pairs, rules=np.array([1, 1]), contested=np.array([False, False]))
    >>> pair_probability(scored, np.array([0, 0, 1])).round(3).tolist()
    [0.889, 0.022]
    """
    places = weigh_scored(scored, person)
    apart = ~places.joined & (places.bits > 0)  # by a constraint
    probability = np.where(apart, 0.0, 1 / (1 + np.exp2(-places.bits)))
    return np.asarray(probability[places.place])


def estimate_accuracy(
    scored: ScoredTable,
    person: Labels,
    *,
    doubt_bits: float = 2.0,
    seed: int = 0,
    places: Evidence | None = None,
) -> Estimates:
    """Estimate precision and recall from match weights alone.

    ``person``: one integer label a record, from 0 without gaps. ``doubt_bits``: how far all weights may be off
    together (one standard deviation). ``places`` is what :func:`weigh_scored` gives, where it is known already.

    >>> far, sure = np.arange(0, 200, 2), np.full(100, 5.0)
    >>> plain = {"rules": np.full(100, 2), "contested": np.zeros(100, bool)}
    >>> scored = ScoredTable(left=far, right=far + 1, match_weight=sure, **plain)
    >>> estimate_accuracy(scored, np.repeat(np.arange(100), 2)).persons.loc["precision"].round(1).tolist()
    [1.0, 0.7, 1.0]
    """
    if not doubt_bits >= 0:
        raise SpecError(f"doubt_bits must be 0 or more, got {doubt_bits}")
    places = places or weigh_scored(scored, person)
    unmet = _most_unmet(scored.rules[person[scored.left] == person[scored.right]])
    draws = _Draws.make(doubt_bits, scored.relatives, seed)
    contested = contested_places(scored, places)
    near = _Counted.of(places, np.where(places.joined | (places.bits < LONG_SHOT_BITS), 0, places.pairs))
    far = _Counted.of(places, np.where(places.joined | (places.bits >= LONG_SHOT_BITS), 0, places.pairs))
    found = draws.right_links(places, np.where(places.joined, places.pairs, 0), contested)
    missed = draws.right(near) + draws.any_of(far.expected() + max(scored.dropped, 0.0) + (unmet or 0.0))
    total = np.maximum(found + missed, 1e-9)
    linked = max(count_pairs_within(person), 1)
    rows = {
        "precision": found / linked,
        "recall": found / total,
        "wrong pairs": linked - found,
        "missed pairs": missed,
    }
    persons = pd.DataFrame([_interval(row) for row in rows.values()], index=pd.Index(rows, name="measure"))
    if not count_pairs_within(person):
        persons.loc[["precision", "wrong pairs"]] = np.nan
    return Estimates(persons=persons, by_threshold=_by_threshold(scored, places, draws, total), unmet=unmet)


def weigh_scored(scored: ScoredTable, person: Labels, joins: Evidence | None = None) -> Evidence:
    """The places where the records were joined or kept apart, with no more bits than are believed.

    ``joins`` as for :func:`~caselink.evaluate.merges.weigh_places`.
    """
    weight = np.clip(np.asarray(scored.match_weight, np.float64), -MOST_BITS, MOST_BITS)
    return weigh_places(scored.left, scored.right, weight, person, unscored_bits=-MOST_BITS, joins=joins)


def contested_places(scored: ScoredTable, places: Evidence) -> npt.NDArray[np.bool_]:
    """Places where records were joined though most pairs across differ in something personal."""
    n = len(places.bits)
    share = np.bincount(places.place, scored.contested, n) / np.maximum(np.bincount(places.place, minlength=n), 1)
    return places.joined & (share >= 0.5)


def _by_threshold(scored: ScoredTable, places: Evidence, draws: _Draws, total: Floats) -> pd.DataFrame:
    probability = 1 / (1 + np.exp2(-np.asarray(scored.match_weight, np.float64)))
    contested = contested_places(scored, places)
    rows = []
    for threshold in THRESHOLDS:
        links = np.bincount(places.place[probability >= threshold], minlength=len(places.bits))
        right = draws.right_links(places, links, contested)
        shares = {"precision": right / max(links.sum(), 1), "recall": np.minimum(right / total, 1.0)}
        row: dict[str, float] = {"threshold": threshold}
        for name, drawn in shares.items():
            found = _interval(drawn if links.any() or name == "recall" else np.full(len(drawn), np.nan))
            row |= {name: found["estimate"], f"{name}_low": found["low"], f"{name}_high": found["high"]}
        rows.append(row | {"links": int(links.sum())})
    return pd.DataFrame(rows)


@dataclass(frozen=True, slots=True)
class _Counted:
    """Pairs by the bits of their place: how many, and the sum of squares by place."""

    bits: Floats
    pairs: Floats
    squares: Floats

    @classmethod
    def of(cls, places: Evidence, pairs: Labels) -> _Counted:
        """Only places that could be a match: what was kept apart in spite of its bits is kept apart by a constraint."""
        open_ = (pairs > 0) & (places.joined | (places.bits <= 0))
        bits, place = np.unique(np.rint(places.bits[open_] * _BINS_A_BIT) / _BINS_A_BIT, return_inverse=True)
        number = pairs[open_].astype(np.float64)
        sums = [np.bincount(place, weights=number**power, minlength=len(bits)).astype(np.float64) for power in (1, 2)]
        return cls(bits, sums[0], sums[1])

    def expected(self) -> float:
        """Pairs of one person, if the weights are right."""
        return float((self.pairs / (1 + np.exp2(-self.bits))).sum())


@dataclass(frozen=True, slots=True)
class _Draws:
    """Common errors of all weights, and shares of contested links that hold; the first gives the estimate."""

    error: Floats
    kept: Floats
    chance: np.random.Generator

    @classmethod
    def make(cls, doubt_bits: float, relatives: float, seed: int) -> _Draws:
        chance = np.random.default_rng(seed)
        error = np.append(0.0, doubt_bits * chance.standard_normal(_DRAWS))
        wrong = np.append(CONTESTED[0] / sum(CONTESTED), chance.beta(*CONTESTED, _DRAWS))
        return cls(error, 1 - min(relatives, 1.0) * wrong, chance)

    def right_links(self, places: Evidence, pairs: Labels, contested: npt.NDArray[np.bool_]) -> Floats:
        """How many of the pairs are of one person, contested links apart."""
        plain = self.right(_Counted.of(places, np.where(contested, 0, pairs)))
        return plain + self.right(_Counted.of(places, np.where(contested, pairs, 0)), self.kept)

    def right(self, counted: _Counted, kept: Floats | float = 1.0) -> Floats:
        """How many of the pairs are of one person, of which only a share is ``kept``."""
        match = 1 / (1 + np.exp2(-np.clip(counted.bits - self.error[:, None], -60, 60)))
        match *= np.reshape(kept, (-1, 1))
        mean, spread = match @ counted.pairs, (match * (1 - match)) @ counted.squares
        wrong, most = counted.pairs.sum() - mean, counted.pairs.sum()
        rarer = np.minimum(wrong, mean)
        drawn = np.rint(self._gamma(rarer, spread))
        right = np.where(wrong <= mean, most - drawn, drawn)
        right[0] = mean[0]
        return np.clip(right, 0.0, most)

    def any_of(self, most: float) -> Floats:
        """Anything between none and all of them; half is the estimate."""
        drawn = np.rint(self.chance.random(_DRAWS) * most)
        return np.append(0.5 * most, drawn)

    def _gamma(self, mean: Floats, spread: Floats) -> Floats:
        mean, spread = np.maximum(mean, 1e-12), np.maximum(spread, 1e-12)
        return self.chance.gamma(mean**2 / spread, spread / mean)


def _interval(drawn: Floats) -> dict[str, float]:
    low, high = np.quantile(drawn[1:], _LEVELS)
    return {"estimate": float(drawn[0]), "low": float(low), "high": float(high)}


def _most_unmet(rules: npt.NDArray[np.int64]) -> float | None:
    """Pairs that no rule makes, by those that one and two rules make (Chao, 1987), less those found all the same."""
    if rules.max(initial=0) < 2:
        return None
    once, twice, never = ((rules == n).sum() for n in (1, 2, 0))
    return max(float(once * (once - 1) / (2 * (twice + 1)) - never), 0.0)
