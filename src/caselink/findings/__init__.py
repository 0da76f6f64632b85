"""Findings: leads for a person to check, one small class a rule; tables in, tables out."""

from caselink.findings.catalog import RULES, rule_of
from caselink.findings.facts import NONE, Facts, Program
from caselink.findings.finding import About, Finding, Leads, Part, Reason, make_leads

__all__ = [
    "NONE",
    "RULES",
    "About",
    "Facts",
    "Finding",
    "Leads",
    "Part",
    "Program",
    "Reason",
    "make_leads",
    "rule_of",
]
