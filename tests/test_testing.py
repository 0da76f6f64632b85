"""The checks let caselink's own plug-ins pass and find every broken promise of a stranger's."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

import caselink as cl
from caselink.blocking import Blocks
from caselink.matchers import PatternScores
from caselink.matchers.rules import RuleMatcher
from caselink.matchers.supervised import SklearnMatcher
from caselink.testing import (
    PluginError,
    check_blocking_rule,
    check_comparison,
    check_matcher,
    example_records,
)


def same_initial(a: str, b: str) -> int:
    """Level of two values by their first letter."""
    return 2 if a[0] == b[0] else 1


COMPARISONS = [
    cl.Exact("sex"),
    cl.JaroWinkler("first_name"),
    cl.Levenshtein("birth_date"),
    cl.DamerauLevenshtein("ssn", (1, 2, 3)),
    cl.PersonName("first_name", swapped_with="last_name"),
    cl.PersonName("last_name", swapped_with="first_name", counts_swap=False),
    cl.BirthDate(),
    cl.SSN(),
    cl.Phone(),
    cl.Street(),
    cl.UnlessSame("zip", ("street",)),
    cl.Numeric("age", (1, 5)),
    cl.SharedValues("aliases"),
    cl.SameSource(("iva", "ivd")),
    cl.Custom("team", same_initial, ("missing", "differ", "exact")),
]


@pytest.mark.parametrize("comparison", COMPARISONS, ids=lambda c: f"{type(c).__name__}-{c.definition.name}")
def test_own_comparisons_keep_their_promises(comparison):
    """Every comparison of caselink passes its own check."""
    check_comparison(comparison)


@dataclass(frozen=True, slots=True)
class Plain:
    """A comparison of a stranger, sound but for what a test breaks."""

    column: str = "team"
    broken: str = ""

    @property
    def definition(self) -> cl.Definition:
        return cl.Definition(name=self.column, columns=(self.column,), level_names=("missing", "differ", "exact"))

    def levels(self, records, left, right):
        a, b = records.codes(self.column, left), records.codes(self.column, right)
        levels = np.where((a < 0) | (b < 0), 0, 1 + (a == b)).astype(np.uint8)
        if self.broken == "missing":
            levels[(a < 0) & (b >= 0)] = levels[(b < 0) & (a >= 0)] = 1
        elif self.broken == "symmetry":
            levels[(a >= 0) & (b >= 0) & (a < b)] = 2
        elif self.broken == "range":
            levels[levels == 2] = 3
        elif self.broken == "type":
            return levels.astype(np.int64)
        elif self.broken == "length":
            return levels[:-1]
        elif self.broken == "split":
            levels[(a >= 0) & (b >= 0)] = 1 + len(left) % 2
        elif self.broken == "rows":
            levels[(a >= 0) & (b >= 0) & (records.row[left] + records.row[right] < 20)] = 2
        elif self.broken == "others":
            levels[(a >= 0) & (b >= 0)] = 1 + (len(records) > 30)
        elif self.broken == "input":
            left[:] = 0
        return levels


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("missing", "first column is missing"),
        ("symmetry", "which record comes first"),
        ("range", "does not declare"),
        ("type", "uint8"),
        ("length", "one level a pair"),
        ("split", "split"),
        ("rows", "order of rows"),
        ("others", "other records"),
        ("input", "changes the pairs"),
    ],
)
def test_a_broken_comparison_is_found(broken, said):
    """Each promise that a comparison breaks is named."""
    check_comparison(Plain())
    with pytest.raises(PluginError, match=said):
        check_comparison(Plain(broken=broken))


def test_what_cannot_be_pickled_is_found():
    """A lambda works on one machine only; the check says so."""
    with pytest.raises(PluginError, match="pickled"):
        check_comparison(cl.Custom("team", lambda a, b: 1 + (a == b), ("missing", "differ", "exact")))


def test_what_is_no_comparison_is_found():
    """Something without definition and levels is refused at the door."""
    with pytest.raises(PluginError, match="definition"):
        check_comparison("sex")


RULES = [
    cl.BlockingRule("last_name.soundex", "birth_date.year"),
    cl.BlockingRule("sex", largest=5, split_by=["zip", "first_name.initial"]),
    cl.SortedNeighborhood("last_name", "birth_date", window=3),
    cl.MinHash("first_name", "last_name", largest=6),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: type(rule).__name__)
def test_own_rules_keep_their_promises(rule):
    """Every blocking rule of caselink passes its own check."""
    check_blocking_rule(rule)


@dataclass(frozen=True, slots=True)
class Everyone:
    """A rule of a stranger: the first ``first`` records of all, which depends on the order of rows or not."""

    first: int = 40
    broken: str = ""
    name: ClassVar[str] = "everyone"
    reads: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()

    def blocks(self, records):
        order = np.arange(len(records), dtype=np.int32)
        if self.broken == "rows":
            order = np.flatnonzero(records.row < self.first).astype(np.int32)
        block = np.full(len(records), -1, np.int32)
        block[order] = 0
        if self.broken == "why not":
            block[0] = -1
        stop = np.full(len(order), len(order), np.int32)
        return [Blocks(block, 0, order, stop, np.array([len(order)], np.int32))]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        pytest.param(Everyone(broken="rows", first=9), "order of rows", id="rows"),
        pytest.param(Everyone(broken="why not"), "disagree", id="why not"),
        pytest.param(Everyone(keys=("sex",)), "not in reads", id="key not read"),
        pytest.param(Everyone(keys=("sex",), reads=("sex",)), "differ in a key", id="key differs"),
        pytest.param(Everyone(reads=["sex"]), "tuples", id="list"),
        pytest.param("last_name", "lacks", id="no rule"),
    ],
)
def test_a_broken_rule_is_found(rule, said):
    """Each promise that a blocking rule breaks is named."""
    check_blocking_rule(Everyone())
    with pytest.raises(PluginError, match=said):
        check_blocking_rule(rule)


@pytest.mark.parametrize(
    "matcher",
    [cl.FellegiSunter(), RuleMatcher(["first_name exact and sex exact"]), SklearnMatcher(LogisticRegression())],
    ids=lambda matcher: type(matcher).__name__,
)
def test_own_matchers_keep_their_promises(matcher):
    """The mixture, rules and any classifier pass their own check."""
    check_matcher(matcher)


@dataclass
class Sum:
    """A matcher of a stranger: the higher the levels, the heavier."""

    broken: str = ""
    fits: list[int] = field(default_factory=list)

    def fit(self, patterns):
        self.fits.append(len(patterns.levels))
        return None if self.broken == "fit" else self

    def score(self, levels, *, blocked=True):
        total = levels.sum(axis=1).astype(float)
        if self.broken == "others":
            total = total + len(levels)
        elif self.broken == "sense":
            total = -total
        elif self.broken == "shape":
            total = total[:-1]
        elif self.broken == "finite" and not blocked:
            total = np.full(len(levels), np.nan)
        nothing = np.zeros(len(total))
        return PatternScores(total, nothing, nothing)

    def to_json(self):
        return {"learned": np.float64(1) if self.broken != "json" else np.zeros(2)}


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("fit", "fit must give"),
        ("others", "other patterns"),
        ("sense", "agrees in all"),
        ("shape", "one weight"),
        ("finite", "finite"),
        ("json", "JSON"),
    ],
)
def test_a_broken_matcher_is_found(broken, said):
    """Each promise that a matcher breaks is named."""
    check_matcher(Sum())
    with pytest.raises(PluginError, match=said):
        check_matcher(Sum(broken=broken))


def test_example_records_have_missing_values_and_repeat():
    """Drawn records hold missing and shared values in each column, and are the same each time."""
    frame = example_records(["ssn", "team"])
    assert frame.equals(example_records(["team", "ssn"]))
    for column in ("ssn", "team"):
        assert frame[column].isna().any()
        assert frame[column].duplicated().any()
