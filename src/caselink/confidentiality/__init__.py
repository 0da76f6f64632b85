"""Who may see what: protection that spreads, purposes, guarded tables and the record of each run."""

from caselink.confidentiality.audit import audit_record
from caselink.confidentiality.rules import Protection, Sight

__all__ = ["Protection", "Sight", "audit_record"]
