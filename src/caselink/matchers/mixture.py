"""The fitted mixture: class sizes and level probabilities, and what a pattern of levels comes to with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.matchers.base import Floats, Levels
from caselink.matchers.level_tables import log_of, log_product
from caselink.schema import Definition

LEAST = 1e-12
"""Share of random pairs in every pattern: none is impossible."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """Sizes (pairs a class) and probabilities (a list of arrays, one a comparison; place 0 is not used).

    ``m`` same person, ``h`` same household, ``u`` random pairs, ``by_rule[r]`` unrelated pairs that met by rule r
    (place 0 says whether they may be missing there).
    """

    definitions: tuple[Definition, ...]
    rules: tuple[str, ...]
    n_match: float
    n_household: float
    n_by_rule: Floats
    n_all_pairs: float
    reach: float = 1.0
    """Expected share of all matches that the blocking rules made."""
    m: list[Floats] = field(repr=False)
    h: list[Floats] = field(repr=False)
    u: list[Floats] = field(repr=False)
    by_rule: list[list[Floats]] = field(repr=False)
    iterations: int = 0
    doubts: tuple[str, ...] = ()

    @property
    def prior(self) -> float:
        """Probability that two random records are one person: over all pairs, those that blocking missed included."""
        return self.n_match / self.reach / max(self.n_all_pairs, 1.0)

    def log_match(self, levels: Levels) -> Floats:
        """Log of the number of same-person pairs expected at each pattern."""
        return log_of(self.n_match) + log_product(self.m, levels)

    def log_household(self, levels: Levels) -> Floats:
        """Log of the number of same-household pairs expected at each pattern."""
        return log_of(self.n_household) + log_product(self.h, levels)

    def log_unrelated(self, levels: Levels) -> Floats:
        """Log of the number of unrelated pairs, met by any rule, expected at each pattern."""
        total = np.full(len(levels), -np.inf)
        for size, tables in zip(self.n_by_rule, self.by_rule, strict=True):
            total = np.logaddexp(total, log_of(size) + log_product(tables, levels, rule=True))
        # a pattern that no rule can explain by chance (a comparison that looks at more than the rule) is a random pair
        return np.asarray(np.logaddexp(total, log_of(LEAST * self.n_all_pairs) + log_product(self.u, levels)))

    def log_random(self, levels: Levels) -> Floats:
        """Log of the number of pairs expected at each pattern if all pairs were random ones."""
        return log_of(self.n_all_pairs) + log_product(self.u, levels)

    def table(self) -> pd.DataFrame:
        """One row a comparison and level."""
        rows = [
            {
                "comparison": definition.name,
                "level": level,
                "m": self.m[c][place],
                "household": self.h[c][place],
                "u": self.u[c][place],
                "match_weight": np.log2(self.m[c][place] / self.u[c][place]),
            }
            for c, definition in enumerate(self.definitions)
            for place, level in enumerate(definition.level_names)
            if place
        ]
        return pd.DataFrame(rows)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "comparisons": [definition.name for definition in self.definitions],
            "rules": list(self.rules),
            "n_match": self.n_match,
            "n_household": self.n_household,
            "n_by_rule": self.n_by_rule.tolist(),
            "n_all_pairs": self.n_all_pairs,
            "reach": self.reach,
            "iterations": self.iterations,
            "doubts": list(self.doubts),
            **{name: [part.tolist() for part in getattr(self, name)] for name in ("m", "h", "u")},
            "by_rule": [[part.tolist() for part in tables] for tables in self.by_rule],
        }

    @classmethod
    def from_json(cls, content: dict[str, Any], definitions: tuple[Definition, ...]) -> Mixture:
        """From what :meth:`to_json` gave; ValueError where shapes or numbers are off."""
        tables = {name: [_checked(part) for part in content[name]] for name in ("m", "h", "u")}
        by_rule = [[_checked(part) for part in rule] for rule in content["by_rule"]]
        for parts in [*tables.values(), *by_rule]:
            if [len(part) for part in parts] != [len(d.level_names) for d in definitions]:
                msg = "levels do not fit the comparisons"
                raise ValueError(msg)
        if content["comparisons"] != [definition.name for definition in definitions]:
            msg = "learned for other comparisons"
            raise ValueError(msg)
        if any((part[1:] <= 0).any() for parts in tables.values() for part in parts):
            msg = "a level without any probability"
            raise ValueError(msg)
        sizes = _checked(content["n_by_rule"])
        if len(sizes) != len(by_rule) or len(content["rules"]) != len(by_rule):
            msg = "rules do not fit"
            raise ValueError(msg)
        return cls(
            definitions=definitions,
            rules=tuple(str(rule) for rule in content["rules"]),
            n_match=float(_checked([content["n_match"]])[0]),
            n_household=float(_checked([content["n_household"]])[0]),
            n_by_rule=sizes,
            n_all_pairs=float(_checked([content["n_all_pairs"]])[0]),
            reach=float(_checked([content["reach"]])[0]) or 1.0,
            by_rule=by_rule,
            iterations=int(content["iterations"]),
            doubts=tuple(str(doubt) for doubt in content["doubts"]),
            **tables,
        )


def _checked(values: npt.ArrayLike) -> Floats:
    numbers = np.array(values, dtype=float)
    if numbers.ndim != 1 or not np.isfinite(numbers).all() or (numbers < 0).any():
        msg = "not a list of numbers of 0 and more"
        raise ValueError(msg)
    return numbers
