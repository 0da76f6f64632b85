"""Pairs drawn from known probabilities, as training patterns: what a fit must give back."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from caselink.matchers import TrainingPatterns
from caselink.schema import Definition


def definition(
    name: str, evidence: str = "personal", levels: tuple[str, ...] = ("differ", "close", "exact")
) -> Definition:
    """A comparison of one column."""
    return Definition(name=name, columns=(name,), level_names=("missing", *levels), evidence=evidence)


FIRST, LAST, BIRTH, SEX, STREET, SSN = DEFINITIONS = (
    definition("first_name"),
    definition("last_name", "family"),
    definition("birth_date"),
    definition("sex", levels=("differ", "exact")),
    definition("street", "family"),
    definition("ssn", levels=("differ", "one digit", "exact")),
)


@dataclass(frozen=True, kw_only=True)
class World:
    """The truth that pairs are drawn from; place 0 of each table is the share of missing values."""

    definitions: tuple[Definition, ...] = DEFINITIONS
    m: tuple[tuple[float, ...], ...] = (
        (0.02, 0.06, 0.14, 0.80),
        (0.02, 0.08, 0.07, 0.85),
        (0.03, 0.03, 0.09, 0.88),
        (0.05, 0.02, 0.98),
        (0.20, 0.35, 0.15, 0.50),
        (0.40, 0.02, 0.06, 0.92),
    )
    household: tuple[tuple[float, ...], ...] = (
        (0.02, 0.96, 0.03, 0.01),
        (0.02, 0.15, 0.05, 0.80),
        (0.03, 0.98, 0.019, 0.001),
        (0.05, 0.50, 0.50),
        (0.20, 0.15, 0.10, 0.75),
        (0.40, 0.998, 0.0019, 0.0001),
    )
    u: tuple[tuple[float, ...], ...] = (
        (0.02, 0.96, 0.03, 0.01),
        (0.02, 0.97, 0.025, 0.005),
        (0.03, 0.98, 0.019, 0.001),
        (0.05, 0.50, 0.50),
        (0.20, 0.97, 0.028, 0.002),
        (0.40, 0.998, 0.0019, 0.0001),
    )
    rules: tuple[tuple[str, ...], ...] = (("first_name", "last_name"), ("last_name", "birth_date"), ("ssn",))
    n_match: int = 20_000
    n_household: int = 15_000
    n_by_rule: tuple[int, ...] = (40_000, 25_000, 3_000)
    n_all_pairs: float = 1e9
    seed: int = 0

    def with_m(self, name: str, table: tuple[float, ...]) -> World:
        """The same with another m of one comparison."""
        return replace(self, m=self._changed(self.m, name, table))

    def with_u(self, name: str, table: tuple[float, ...]) -> World:
        """The same with another u of one comparison, also in the household."""
        return replace(self, u=self._changed(self.u, name, table), household=self._changed(self.household, name, table))

    def _changed(self, tables, name, table):
        return tuple(table if d.name == name else old for d, old in zip(self.definitions, tables, strict=True))

    def met(self, rule: tuple[str, ...]) -> list[np.ndarray]:
        """Level shares of unrelated pairs that share a rule's keys: exact there, and as random pairs elsewhere."""
        tables = []
        for d, table in zip(self.definitions, self.u, strict=True):
            exact = np.zeros(len(table))
            exact[-1] = 1
            tables.append(exact if d.name in rule else np.array(table))
        return tables

    def random(self) -> list[np.ndarray]:
        """Level shares of all pairs, the matches among them, where not missing."""
        rate = self.n_match / self.n_all_pairs
        mixed = [rate * np.array(m) + (1 - rate) * np.array(u) for m, u in zip(self.m, self.u, strict=True)]
        return [np.concatenate([[1.0], table[1:] / table[1:].sum()]) for table in mixed]


@dataclass(frozen=True)
class Drawn:
    """Training patterns, and how many pairs of each class a pattern has: match, household, then a rule each."""

    patterns: TrainingPatterns
    by_class: np.ndarray = field(repr=False)

    def labeled(self, share: float = 1.0, *, seed: int = 0, kinds: tuple[int, int] = (1, 1)) -> TrainingPatterns:
        """The patterns with about ``share`` of their pairs labeled; ``kinds``: whether no match, match is labeled."""
        draws = np.random.default_rng(seed)
        counts = self.by_class.astype(int)
        truth = np.stack([counts[:, 1:].sum(axis=1) * kinds[0], counts[:, 0] * kinds[1]], axis=1)
        return replace(self.patterns, label_counts=draws.binomial(truth, share).astype(float))


def draw(world: World) -> Drawn:
    """Draw every pair of a world and count the patterns."""
    draws = np.random.default_rng(world.seed)
    groups = [(world.n_match, world.m), (world.n_household, world.household)]
    groups += [(n, world.met(rule)) for n, rule in zip(world.n_by_rule, world.rules, strict=True)]
    levels = np.concatenate([_levels(draws, n, tables) for n, tables in groups])
    kind = np.repeat(np.arange(len(groups)), [n for n, _ in groups])
    distinct, place = np.unique(levels, axis=0, return_inverse=True)
    by_class = np.zeros((len(distinct), len(groups)))
    np.add.at(by_class, (place.ravel(), kind), 1.0)
    random = world.random()
    met = [
        [_shape(table, chance) for table, chance in zip(world.met(rule), random, strict=True)] for rule in world.rules
    ]
    shares = [[0.0 if d.name in rule else 1.0 for d in world.definitions] for rule in world.rules]
    patterns = TrainingPatterns(
        definitions=world.definitions,
        levels=distinct,
        counts=by_class.sum(axis=1),
        random=tuple(random),
        rules=tuple(" & ".join(rule) for rule in world.rules),
        by_rule=tuple(tuple(tables) for tables in met),
        key_share=tuple(tuple(row) for row in shares),
        n_all_pairs=world.n_all_pairs,
    )
    return Drawn(patterns, by_class)


def _levels(draws: np.random.Generator, n: int, tables) -> np.ndarray:
    columns = []
    for table in tables:
        known = np.array(table[1:], float)
        column = draws.choice(np.arange(1, len(table)), n, p=known / known.sum())
        columns.append(np.where(draws.random(n) < table[0], 0, column))
    return np.stack(columns, axis=1).astype(np.uint8)


def _shape(met: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """As the engine gives it: keyed comparisons as they must be, the others as in random pairs."""
    return met if met[-1] == 1 else np.concatenate([[1.0], chance[1:]])
