"""How the mixture is learned: expectation and maximization on pattern counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from caselink.errors import SpecError
from caselink.matchers.base import Floats, TrainingPatterns
from caselink.matchers.labeled import LabeledPairs
from caselink.matchers.level_tables import bounds, logs, never_missing, one_hot, shares
from caselink.matchers.mixture import LEAST, Mixture
from caselink.matchers.reach import expected_reach
from caselink.schema import Definition

if TYPE_CHECKING:
    from caselink.matchers.fellegi_sunter import FellegiSunter

_FLOOR = 1e-12
_KEPT_OF_CHANCE = 0.02
_CLEARLY_RARER = 0.8
_FEWEST_MATCHES = 5  # fewer cannot teach a probability
_LEAST_BITS = 0.02
_GUESSED_PAIRS = 5.0  # how many labeled matches outweigh the first guess of m
_HELD_AT_FIRST = 4.0  # same person is held towards the usual this strongly, and then released
_RELEASE = 0.8
_FEWEST_HOUSEHOLD = 200  # pairs: below, same household would become same person with errors
_SETTLED = 40
_REFRESH = 5  # iterations between looks at how many matches are among the random pairs


def fit_mixture(settings: FellegiSunter, data: TrainingPatterns) -> Mixture:
    """Expectation and maximization from two starts; their disagreement is a doubt.

    The likeliest end is kept. Labels add starts, and choose among the ends if there are labels of both kinds.
    """
    from threadpoolctl import threadpool_limits

    _check(settings, data.definitions)
    # one thread: the matrices are small, the sums come out the same on any machine, and threads that wait for one
    # another take ten times as long where other programs run
    with threadpool_limits(1, user_api="blas"):
        ends = [_Fit(settings, data, share).run() for share in (0.2, 0.02)]
        if ends[0].labels is not None:
            ends += [_Fit(settings, data, share, from_labels=True).run() for share in (0.2, 0.02)]
    best = max(ends, key=lambda end: (end.labels_likelihood(), end.likelihood))
    return best.mixture(_doubts(best, ends))


class _Fit:
    """One run of expectation and maximization. Class 0 is same person, 1 same household, the rest unrelated."""

    def __init__(
        self, settings: FellegiSunter, data: TrainingPatterns, match_share: float, *, from_labels: bool = False
    ) -> None:
        self.settings, self.data = settings, data
        self.definitions = data.definitions
        self.at_level = one_hot(data.levels, [len(d.level_names) for d in data.definitions])
        self.u = [shares(random) for random in data.random]
        self.labels = LabeledPairs.of(data)
        # what says nothing of a person, such as the source of a record, starts as in random pairs
        self.usual = [
            _first_guess(len(d.level_names)) if d.columns else u for d, u in zip(self.definitions, self.u, strict=True)
        ]
        self.m = self.usual
        if from_labels and self.labels is not None:
            seen = np.split(self.labels.match @ self.at_level, bounds(self.m))
            self.m = [shares(labeled + _GUESSED_PAIRS * guess) for labeled, guess in zip(seen, self.m, strict=True)]
        self.family = [d.evidence == "family" for d in self.definitions]
        self.h = [m if family else u for m, u, family in zip(self.m, self.u, self.family, strict=True)]
        self.by_rule = [[shares(part) for part in tables] for tables in data.by_rule] or [never_missing(self.u)]
        household = match_share / 2 if any(self.family) else 0.0
        unrelated = (1 - match_share - household) / len(self.by_rule)
        self.size = data.counts.sum() * np.array([match_share, household, *[unrelated] * len(self.by_rule)])
        self.found = np.zeros(len(data.levels))
        self.iterations, self.likelihood, self.log_joint = 0, -np.inf, np.zeros((len(data.levels), len(self.size)))

    def run(self) -> _Fit:
        """Iterate until neither m nor the share of matches moves more than the tolerance."""
        for iteration in range(self.settings.max_iterations):
            if iteration % _REFRESH == 0:
                self._take_matches_out()
                unrelated = self.at_level @ np.stack([logs(tables, rule=True) for tables in self.by_rule], axis=1)
            share = self._expect(unrelated)
            self.found = share[:, 0]
            before, matches = self.m, self.size[0]
            self._maximize(share)
            moved = max(np.abs(new[1:] - old[1:]).max() for new, old in zip(self.m, before, strict=True))
            grown = abs(self.size[0] - matches) / max(matches, 1.0)
            self.iterations = iteration + 1
            if max(moved, grown) < self.settings.tolerance and self.iterations > _SETTLED:
                break
        return self

    def labels_likelihood(self) -> float:
        """How well labels of both kinds are explained; nothing tells fits apart where there are none."""
        return self.labels.log_likelihood(self.log_joint) if self.labels and self.labels.of_both_kinds() else 0.0

    def _expect(self, unrelated: Floats) -> Floats:
        """Each class's share of each pattern's pairs (patterns x classes)."""
        free = self.at_level @ np.stack([logs(self.m), logs(self.h)], axis=1)
        with np.errstate(divide="ignore"):
            log_joint = np.hstack([free, unrelated]) + np.log(self.size / max(self.size.sum(), LEAST))
        top = log_joint.max(axis=1)
        joint = np.exp(log_joint - top[:, None])
        total = joint.sum(axis=1)
        unlabeled = self.data.counts if self.labels is None else self.labels.free
        self.likelihood = float((unlabeled * (np.log(total) + top)).sum())
        self.log_joint = log_joint
        return np.asarray(joint * (unlabeled / total)[:, None])

    def _maximize(self, share: Floats) -> None:
        self.size = share.sum(axis=0)
        if self.labels is not None:
            labeled = self.labels.shares(self.log_joint)
            self.size += self.labels.standing @ labeled
            share = share + self.settings.label_weight * labeled
        at_levels = np.split(share[:, :2].T @ self.at_level, bounds(self.m), axis=1)
        prior = self.settings.household_prior * (self.size[1] + _FEWEST_HOUSEHOLD)
        held = max(self.settings.match_prior, _HELD_AT_FIRST * _RELEASE**self.iterations)
        m, h = [], []
        for c, definition in enumerate(self.definitions):
            match, home = at_levels[c]
            usual = held * match.sum() * self.usual[c]
            m.append(self._known("known_m", definition, shares(match + usual + 0.5 * self.u[c])))
            pull = 0.5 if self.family[c] else prior + 0.5
            h.append(self.u[c] if definition.evidence == "neither" else shares(home + pull * self.u[c]))
        self.m, self.h = m, h

    def _take_matches_out(self) -> None:
        """Random pairs hold matches too, at the rate of the prior: what they show less those is chance."""
        rate = self.size[0] / max(self.data.n_all_pairs, self.size.sum(), 1.0)
        self.u = [
            self._known("known_u", d, _less_matches(random, m, rate))
            for d, random, m in zip(self.definitions, self.data.random, self.m, strict=True)
        ]
        for tables, by_rule, of_keys in zip(self.by_rule, self.data.by_rule, self.data.key_share, strict=False):
            for c, (met, key_share) in enumerate(zip(by_rule, of_keys, strict=True)):
                if key_share >= 1:  # no key of the rule is read here
                    ratio = met[1:] / np.maximum(self.data.random[c][1:], _FLOOR)
                    tables[c] = shares(np.concatenate([met[:1], self.u[c][1:] * ratio]))
                elif key_share > 0:
                    tables[c] = _less_matches(met, self.m[c], rate / max(key_share, rate))

    def _known(self, which: str, definition: Definition, learned: Floats) -> Floats:
        given = (getattr(self.settings, which) or {}).get(definition.name)
        return learned if given is None else shares(np.array([0, *given[1:]], float))

    def mixture(self, doubts: tuple[str, ...]) -> Mixture:
        """The result."""
        return Mixture(
            definitions=self.definitions,
            rules=self.data.rules or ("any pair",),
            n_match=float(self.size[0]),
            n_household=float(self.size[1]),
            n_by_rule=self.size[2:],
            n_all_pairs=self.data.n_all_pairs or float(self.data.counts.sum()),
            reach=expected_reach(self.data, self.m, self.u, self.found),
            m=self.m,
            h=self.h,
            u=self.u,
            by_rule=self.by_rule,
            iterations=self.iterations,
            doubts=doubts,
        )


def _doubts(best: _Fit, ends: list[_Fit]) -> tuple[str, ...]:
    """Reasons not to trust the fit."""
    doubts = []
    total = best.size.sum()
    sizes = [end.size[0] for end in ends]
    if best.labels is None and max(sizes) > 1.25 * min(sizes) + 10:
        doubts.append("two starts of the fit ended with different numbers of matches; label some pairs or give m")
    if best.size[0] < _FEWEST_MATCHES:
        doubts.append("the fit found hardly any matches; there may be none, or the comparisons do not tell them")
    if best.size[0] > 0.98 * total:
        doubts.append("the fit took nearly all pairs for matches; the rules may be too narrow to learn from")
    if best.iterations >= best.settings.max_iterations:
        doubts.append("the fit did not settle within max_iterations")
    for c, definition in enumerate(best.definitions):
        if definition.evidence == "personal" and best.m[c][-1] < _CLEARLY_RARER * best.u[c][-1]:
            doubts.append(f"{definition.name}: exact agreement is rarer among matches than by chance")
    telling = zip(best.definitions, map(_bits, best.m, best.u), strict=True)
    # what is compared only where the address differs has little to tell by its nature
    asked = [(d, bits) for d, bits in telling if d.evidence == "personal" or len(d.columns) == 1]
    silent = [d.name for d, bits in asked if bits < _LEAST_BITS]
    if silent and best.size[0] >= _FEWEST_MATCHES:
        doubts.append(f"{', '.join(silent)}: matches look like random pairs there; leave out what tells nothing")
    told = best.labels and best.labels.doubt(best.log_joint)
    return tuple([*doubts, told] if told else doubts)


def _check(settings: FellegiSunter, definitions: tuple[Definition, ...]) -> None:
    """Raise :class:`SpecError` for known probabilities that do not fit the comparisons."""
    n_levels = {definition.name: len(definition.level_names) for definition in definitions}
    for which in ("known_m", "known_u"):
        for name, given in (getattr(settings, which) or {}).items():
            if name not in n_levels:
                raise SpecError(f"{which} names {name!r}; the comparisons are {sorted(n_levels)}")
            numbers = np.array(given[1:], float)
            if len(given) != n_levels[name] or not np.isfinite(numbers).all() or numbers.min() < 0 or not numbers.any():
                reason = f"one number of 0 and more a level, missing first: {n_levels[name]} in all"
                raise SpecError(f"{which} of {name!r} needs {reason}")


def _bits(m: Floats, u: Floats) -> float:
    """What a match tells of itself on average (Kullback and Leibler, 1951)."""
    return float((m[1:] * np.log2(m[1:] / u[1:])).sum())


def _less_matches(seen: Floats, m: Floats, rate: float) -> Floats:
    """Level shares ``seen`` in a mix that holds matches (with shares ``m``) at ``rate``: the shares of the others."""
    kept = np.maximum(seen - rate * m, _KEPT_OF_CHANCE * seen)
    kept[0] = seen[0]
    return shares(kept)


def _first_guess(n_levels: int) -> Floats:
    """What to start from as m: nine in ten agree in some way, most of them exactly."""
    guess = np.zeros(n_levels)
    guess[1] = 0.1
    guess[2:] = 0.9 * 2.0 ** np.arange(n_levels - 2) / (2.0 ** (n_levels - 2) - 1)
    return guess
