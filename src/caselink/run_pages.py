"""What a run shows people: its findings as its purpose may see them, the report, and the page for review if asked."""

from __future__ import annotations

from typing import Any

import pandas as pd

from caselink.confidentiality import Protection
from caselink.confidentiality.guarded_tables import count_withheld
from caselink.errors import SpecError
from caselink.leads import Findings
from caselink.leads.views import view_findings
from caselink.purposes import NAMES, find_purpose
from caselink.report import Beside, report_page, review_page, visible_pairs
from caselink.result import Result

_ASKED_AHEAD = 5
"""Pairs looked at for each one that is shown: of many a purpose sees too little to decide."""


def check_review(purpose: str, *, pairs: int, masked: bool) -> None:
    """A purpose that sees no name, or no whole value, cannot be reviewed for: said before anything is read."""
    seen = find_purpose(purpose)
    if pairs and not seen.fields & NAMES:
        raise SpecError(f"the purpose {purpose!r} sees no name, so nobody can review for it; choose 'iv-a eligibility'")
    if not masked and not (pairs and seen.may_unmask):
        raise SpecError("whole values are only for a review page, and for a purpose that may see them")


def finding_tables(
    findings: Findings, protection: Protection, purpose: str
) -> tuple[dict[str, pd.DataFrame], dict[str, int], dict[str, Any]]:
    """The findings as the purpose may see them, how many cells of each table are withheld, and what a summary tells."""
    seen, left_out = view_findings(findings, protection, purpose)
    tables = {"findings": seen.table, "finding_people": seen.people, "finding_evidence": seen.evidence}
    told = {
        "found": len(seen),
        "left_out": left_out,
        "dismissed": len(seen.dismissed),
        "by_rule": seen.counts().to_dict("records"),
        "skipped": seen.skipped.to_dict("records"),
    }
    return tables, {name: count_withheld(table) for name, table in tables.items()}, told


def run_pages(result: Result, beside: Beside, purpose: str, *, pairs: int = 0, masked: bool = True) -> dict[str, bytes]:
    """The pages by their file names; with ``pairs``, so many uncertain ones for review."""
    pages = {"report.html": report_page(result, beside, purpose=purpose)}
    if pairs:
        likely = result.next_to_review(pairs * _ASKED_AHEAD)
        chosen = visible_pairs(result, likely, beside, purpose=purpose).head(pairs)
        pages["review.html"] = review_page(result, chosen, beside, purpose=purpose, masked=masked)
    return pages
