"""Matchers decide: levels in, weights and probabilities out."""

from caselink.matchers.base import Matcher, PatternScores, TrainingPatterns
from caselink.matchers.fellegi_sunter import FellegiSunter
from caselink.matchers.mixture import Mixture

__all__ = ["FellegiSunter", "Matcher", "Mixture", "PatternScores", "TrainingPatterns"]
