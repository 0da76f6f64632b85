"""Normalizing: raw text becomes values that can be compared, and what stands for "nothing" becomes missing.

Nothing is dropped silently: :func:`value_rejects` lists what was there and could not be used, :func:`profile` counts
what was missing, a placeholder, invalid or repaired, and :func:`patterns` what is there and says less than it seems to.
"""

from caselink.normalize.ages import ages_at
from caselink.normalize.cleaning import Cleaning
from caselink.normalize.counts import profile
from caselink.normalize.crowds import count_people_at_address
from caselink.normalize.patterns import patterns
from caselink.normalize.placeholders import PLACEHOLDERS, Placeholder
from caselink.normalize.records import normalize, normalize_and_reject, value_rejects

__all__ = [
    "PLACEHOLDERS",
    "Cleaning",
    "Placeholder",
    "ages_at",
    "count_people_at_address",
    "normalize",
    "normalize_and_reject",
    "patterns",
    "profile",
    "value_rejects",
]
