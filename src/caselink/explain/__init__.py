"""Why two records are one person or are not, and why people are one household: tables, charts, sentences."""

from caselink.explain.households import HouseholdExplanation, explain_rosters
from caselink.explain.pairs import Explanation, explain_pair
from caselink.explain.why_not import WhyNot

__all__ = ["Explanation", "HouseholdExplanation", "WhyNot", "explain_pair", "explain_rosters"]
