"""Households of a result, month by month, and the golden records of their people."""

from caselink.families.families import Families, find_families

__all__ = ["Families", "find_families"]
