"""Comparisons say how alike two values are: one level a pair, 0 for missing."""

from caselink.comparisons.base import Comparison, Levels, Step
from caselink.comparisons.custom import Custom
from caselink.comparisons.persons import SSN, BirthDate, Numeric, PersonName, Phone
from caselink.comparisons.places import SameSource, Street, UnlessSame
from caselink.comparisons.program import Program, count_patterns
from caselink.comparisons.texts import DamerauLevenshtein, Exact, JaroWinkler, Levenshtein, SharedValues

__all__ = [
    "SSN",
    "BirthDate",
    "Comparison",
    "Custom",
    "DamerauLevenshtein",
    "Exact",
    "JaroWinkler",
    "Levels",
    "Levenshtein",
    "Numeric",
    "PersonName",
    "Phone",
    "Program",
    "SameSource",
    "SharedValues",
    "Step",
    "Street",
    "UnlessSame",
    "count_patterns",
]
