"""What a director opens and what a reviewer works in: two HTML pages, each one file that needs no network."""

from caselink.report.beside import Beside
from caselink.report.decisions import answer_plan, read_decisions
from caselink.report.pages import report_page, review_page, write_report, write_review
from caselink.report.review_pairs import visible_pairs

__all__ = [
    "Beside",
    "answer_plan",
    "read_decisions",
    "report_page",
    "review_page",
    "visible_pairs",
    "write_report",
    "write_review",
]
