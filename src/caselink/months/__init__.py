"""One person over many months: monthly extracts as one row a person, rosters, and what changed."""

from caselink.months.changes import id_changes
from caselink.months.history import History, stack_months

__all__ = ["History", "id_changes", "stack_months"]
