"""Matchers decide: levels in, weights and probabilities out."""

from caselink.matchers.base import Matcher, PatternScores, TrainingPatterns
from caselink.matchers.fellegi_sunter import FellegiSunter
from caselink.matchers.mixture import Mixture
from caselink.matchers.rules import RuleError, RuleMatcher
from caselink.matchers.supervised import SklearnMatcher

__all__ = [
    "FellegiSunter",
    "Matcher",
    "Mixture",
    "PatternScores",
    "RuleError",
    "RuleMatcher",
    "SklearnMatcher",
    "TrainingPatterns",
]
