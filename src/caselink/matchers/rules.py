"""Deterministic rules: two records are one person if any rule holds; nothing is learned.

A rule is a line that a program manager can read and sign::

    ssn exact and birth_date exact
    first_name >= close and last_name exact and birth_date not differ

Conditions are joined by ``and``; alternatives are rules of their own. A condition names a comparison and one of its
levels: ``ssn exact`` (this level), ``first_name >= close`` (this level or one more alike; never missing), ``sex not
differ`` (any level but this one, missing among them). The word ``is`` may stand before a level.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeAlias, overload

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.errors import ModelFileError, SpecError
from caselink.matchers import conventions
from caselink.matchers.base import Floats, Levels, PatternScores, TrainingPatterns
from caselink.matchers.level_matrix import definitions_of, patterns_of, within
from caselink.notebook import show_object, show_table
from caselink.schema import Definition

Flags: TypeAlias = npt.NDArray[np.bool_]


class RuleError(SpecError):
    """A rule that cannot be read, or names a comparison or level that is not there."""

    def __init__(self, rule: str, reason: str) -> None:
        self.rule, self.reason = rule, reason
        super().__init__(f"rule {rule!r}: {reason}")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that was read: ``allowed[c][level]`` for each comparison it names."""

    text: str
    allowed: dict[int, Flags] = field(repr=False)

    def holds(self, levels: Levels) -> Flags:
        """Whether every condition holds, a pattern."""
        found = np.ones(len(levels), bool)
        for c, allowed in self.allowed.items():
            found &= allowed[levels[:, c]]
        return found


class RuleMatcher:
    """Links by rules that were written down; needs no labels and learns nothing.

    ``weight_bits`` is the match weight where a rule holds; it is negative where none does. ``definitions`` of the
    comparisons say what a bare matrix of levels holds, as scikit-learn's tools give it; without them its comparisons
    are called by its columns (``x0``, ``x1`` where they have no names) and the highest level seen is ``exact``.

    >>> sex = Definition(name="sex", columns=("sex",), level_names=("missing", "differ", "exact"))
    >>> ssn = Definition(name="ssn", columns=("ssn",), level_names=("missing", "differ", "one digit", "exact"))
    >>> matcher = RuleMatcher(["ssn exact", "ssn >= one digit and sex exact"], definitions=(sex, ssn))
    >>> levels = np.array([[1, 3], [1, 2], [2, 2], [2, 0]], np.uint8)
    >>> matcher.fit(levels).score(levels).match_weight().round(6)
    array([ 20., -20.,  20., -20.])
    """

    uses_frequencies: ClassVar[bool] = False
    """A rule holds or not, however rare the values are."""

    _estimator_type: ClassVar[str] = "classifier"
    get_params = conventions.get_params
    set_params = conventions.set_params
    __sklearn_tags__ = conventions.rule_tags

    def __init__(
        self, rules: Sequence[str], *, weight_bits: float = 20.0, definitions: Sequence[Definition] | None = None
    ) -> None:
        self.rules, self.weight_bits, self.definitions = rules, weight_bits, definitions

    def fit(self, X: TrainingPatterns | npt.ArrayLike, y: npt.ArrayLike | None = None) -> RuleMatcher:  # noqa: N803
        """Read the rules against the comparisons; raises :class:`RuleError` for one that cannot be read.

        ``X``: training patterns, or a matrix of levels. Labels teach a rule nothing: of two kinds in ``y`` the last in
        order (``True``, ``1``) names the match.
        """
        conventions.check_number("weight_bits", self.weight_bits, least=0, above=True)
        kinds = [False, True] if y is None else conventions.checked_labels(self, y)
        patterns = X if isinstance(X, TrainingPatterns) else self._patterns(X, y)
        self.rules_ = read_rules(self.rules, patterns.definitions)
        self.definitions_ = patterns.definitions
        self.n_features_in_ = len(patterns.definitions)
        self.classes_ = np.unique(np.asarray(kinds))
        self.pairs_ = self._pairs(patterns)
        return self

    def holds(self, levels: Levels) -> Flags:
        """Which rules hold (patterns x rules)."""
        levels = np.asarray(levels)
        return np.stack([rule.holds(levels) for rule in self._fitted()], axis=1)

    @overload
    def score(self, X: Levels, y: None = None, *, blocked: bool = True) -> PatternScores: ...  # noqa: N803

    @overload
    def score(self, X: Levels, y: npt.ArrayLike, *, blocked: bool = True) -> float: ...  # noqa: N803

    def score(
        self,
        X: Levels,  # noqa: N803  (scikit-learn's name)
        y: npt.ArrayLike | None = None,
        *,
        blocked: bool = True,  # noqa: ARG002  (a rule asks for levels)
    ) -> PatternScores | float:
        """``weight_bits`` where any rule holds, as much against it where none does.

        Where ``y`` is given: the share of right answers, as scikit-learn's classifiers give.
        """
        if y is not None:
            return float(np.mean(self.predict(X) == np.asarray(y)))
        against = -self.weight_bits * np.log(2)
        match = np.asarray(self.holds(X).any(axis=1))
        return PatternScores(
            match=np.where(match, 0.0, against),
            household=np.full(len(match), -np.inf),
            unrelated=np.where(match, against, 0.0),
        )

    def predict(self, X: npt.ArrayLike) -> npt.NDArray[Any]:  # noqa: N803  (scikit-learn's name)
        """Whether any rule holds, a row of levels."""
        match = self.holds(self._levels(X)).any(axis=1)
        return np.asarray(self.classes_[match.astype(int)])

    def predict_proba(self, X: npt.ArrayLike) -> Floats:  # noqa: N803  (scikit-learn's name)
        """Probabilities of no match and match, a row of levels; a level never seen in the fit is missing."""
        match = 1 / (1 + np.exp2(-self.score(self._levels(X)).match_weight()))
        return np.stack([1 - match, match], axis=1)

    def table(self) -> pd.DataFrame:
        """One row a rule; after fitting on pairs also how many it holds for, and how many no earlier rule has."""
        columns = {"rule": [rule.text for rule in self._fitted()]}
        return pd.DataFrame(columns | getattr(self, "pairs_", {}))

    def to_json(self) -> dict[str, Any]:
        """The rules, as plain JSON values."""
        return {"type": "RuleMatcher", "rules": [rule.text for rule in self._fitted()], "weight_bits": self.weight_bits}

    @classmethod
    def from_json(cls, content: dict[str, Any], definitions: tuple[Definition, ...]) -> RuleMatcher:
        """The matcher that :meth:`to_json` wrote; raises :class:`ModelFileError` for anything else."""
        try:
            matcher = cls([str(rule) for rule in content["rules"]], weight_bits=float(content["weight_bits"]))
            conventions.check_number("weight_bits", matcher.weight_bits, least=0, above=True)
            matcher.rules_ = read_rules(matcher.rules, definitions)
        except (KeyError, TypeError, ValueError) as reason:
            raise ModelFileError(f"the model file's rules cannot be read ({type(reason).__name__})") from None
        matcher.definitions = matcher.definitions_ = definitions
        matcher.n_features_in_, matcher.classes_ = len(definitions), np.array([False, True])
        return matcher

    def _fitted(self) -> tuple[Rule, ...]:
        rules: tuple[Rule, ...] | None = getattr(self, "rules_", None)
        if rules is None:
            raise conventions.not_fitted("RuleMatcher has not read its rules yet: call fit() first")
        return rules

    def _patterns(self, X: npt.ArrayLike, y: npt.ArrayLike | None) -> TrainingPatterns:  # noqa: N803
        levels = conventions.checked_matrix(self, X, first=True, labels=y)
        definitions = self.definitions or definitions_of(levels, getattr(self, "feature_names_in_", None))
        return patterns_of(within(levels, definitions, described=self.definitions is not None), definitions)

    def _levels(self, X: npt.ArrayLike) -> Levels:  # noqa: N803
        self._fitted()
        levels = conventions.checked_matrix(self, X, first=False)
        return within(levels, self.definitions_, described=self.definitions is not None)

    def _pairs(self, patterns: TrainingPatterns) -> dict[str, Floats]:
        holds = self.holds(patterns.levels)
        first = holds & (np.cumsum(holds, axis=1) == 1)
        return {"pairs": patterns.counts @ holds, "new_pairs": patterns.counts @ first}

    def __repr__(self) -> str:
        return f"RuleMatcher({list(self.rules)!r})"

    def _repr_html_(self) -> str:
        read = hasattr(self, "rules_")
        table = self.table() if read else pd.DataFrame({"rule": list(self.rules)})
        return show_object("RuleMatcher", {"a pair is linked if": "any rule holds"}) + show_table(table)


def read_rules(rules: Sequence[str], definitions: Sequence[Definition]) -> tuple[Rule, ...]:
    """Rules read against the comparisons; raises :class:`RuleError` that names what is wrong."""
    if isinstance(rules, str) or not all(isinstance(rule, str) for rule in rules):
        raise SpecError('rules are a list of texts, such as ["ssn exact and birth_date exact"]')
    if not rules:
        raise SpecError("RuleMatcher needs at least one rule")
    return tuple(_read(rule, definitions) for rule in rules)


def _read(rule: str, definitions: Sequence[Definition]) -> Rule:
    allowed: dict[int, Flags] = {}
    for condition in re.split(r"\band\b", " ".join(rule.split())):
        c, flags = _condition(rule, condition.strip(), definitions)
        allowed[c] = allowed[c] & flags if c in allowed else flags
    for c, flags in allowed.items():
        if not flags.any():
            raise RuleError(rule, f"no level of {definitions[c].name!r} meets all its conditions")
    return Rule(rule, allowed)


def _condition(rule: str, condition: str, definitions: Sequence[Definition]) -> tuple[int, Flags]:
    """The comparison that a condition names and the levels that it allows."""
    if not condition:
        raise RuleError(rule, "a condition is missing beside 'and'")
    c = _comparison(rule, condition, definitions)
    definition = definitions[c]
    _, how, name = re.split(r"^(>=|is not\b|not\b|is\b|)", condition[len(definition.name) :].strip(), maxsplit=1)
    level = _level(rule, name.strip(), definition)
    codes = np.arange(len(definition.level_names))
    if how != ">=":
        return c, (codes != level) if "not" in how else (codes == level)
    if level == 0:
        raise RuleError(rule, "'>= missing' is always so; name a level above it")
    return c, codes >= level


def _comparison(rule: str, condition: str, definitions: Sequence[Definition]) -> int:
    """The comparison whose name begins the condition, the longest such name."""
    begun = [
        (len(definition.name), c)
        for c, definition in enumerate(definitions)
        if re.match(re.escape(definition.name) + r"($|\s|>=)", condition)
    ]
    if begun:
        return max(begun)[1]
    name = re.split(r"\s|>=", condition)[0]
    hint = "; write each alternative as a rule of its own" if name in {"or", "not"} or name.startswith("(") else ""
    raise RuleError(rule, f"no comparison is named {name!r}{hint}; there are {[d.name for d in definitions]}")


def _level(rule: str, name: str, definition: Definition) -> int:
    if name in definition.level_names:
        return definition.level_names.index(name)
    words = set(re.findall(r"\w+", name))
    hint = "; write each alternative as a rule of its own" if "or" in words else ""
    reason = f"{definition.name!r} has no level {name!r}{hint}; its levels are {list(definition.level_names)}"
    raise RuleError(rule, reason)
