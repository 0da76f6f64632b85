"""What a run shows people on pages: the report, and the page for review if asked."""

from __future__ import annotations

from caselink.errors import SpecError
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


def run_pages(result: Result, beside: Beside, purpose: str, *, pairs: int = 0, masked: bool = True) -> dict[str, bytes]:
    """The pages by their file names; with ``pairs``, so many uncertain ones for review."""
    pages = {"report.html": report_page(result, beside, purpose=purpose)}
    if pairs:
        likely = result.next_to_review(pairs * _ASKED_AHEAD)
        chosen = visible_pairs(result, likely, beside, purpose=purpose).head(pairs)
        pages["review.html"] = review_page(result, chosen, beside, purpose=purpose, masked=masked)
    return pages
