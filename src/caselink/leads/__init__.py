"""From a result to findings: the facts that rules read, what they found, and what became of it."""

from caselink.leads.dispositions import Dispositions
from caselink.leads.findings import Findings, find
from caselink.leads.program_tables import ProgramTables

__all__ = ["Dispositions", "Findings", "ProgramTables", "find"]
