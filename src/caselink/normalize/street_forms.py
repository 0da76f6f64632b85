"""Forms of addresses that people write in many ways: numbered highways, rural routes, boxes, floors, joined words.

Each has one short form here (after USPS Publication 28, appendix F and chapter 2), which is a fixed point.
"""

from __future__ import annotations

import re
from collections.abc import Collection

_NUMBERED = r"(?: ?# ?| )(?=[0-9]+[A-Z]?\b)"
_ROAD, _HIGHWAY, _ROUTE = "RD", "HWY", "RTE"
_COUNTY, _STATE = "(?:COUNTY|CNTY|CTY|CO)", "(?:STATE|ST)"

_FORMS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), form)
    for pattern, form in (
        (rf"\b(?:{_COUNTY} {_ROAD}|CO RTE|CR){_NUMBERED}", "CR "),
        (rf"\b(?:{_COUNTY} {_HIGHWAY}|CH){_NUMBERED}", "CH "),
        (rf"\b(?:{_STATE} (?:{_HIGHWAY}|{_ROUTE})|STATE {_ROAD}|SH|SR){_NUMBERED}", "SR "),
        (rf"\b(?:US|U S|UNITED STATES)(?: (?:{_HIGHWAY}|{_ROUTE}))?{_NUMBERED}", "US "),
        (rf"\b(?:INTERSTATE|IH|I)(?: {_HIGHWAY})?{_NUMBERED}", "I "),
        (r"\b(?:I|IH)(?=[0-9]{2,3}\b)", "I "),
        (rf"\b(?:FARM (?:TO|2) MARKET|FM)(?: {_ROAD})?{_NUMBERED}", "FM "),
        (rf"\bRANCH (?:TO|2) MARKET(?: {_ROAD})?{_NUMBERED}", "RM "),
        (r"\b(?:BX|BOX)\b ?(?:# ?|NO )?", "BOX "),
        (rf"\b(?:HWY CONTRACT(?: RTE)?|HC|HCR|STAR {_ROUTE}){_NUMBERED}", "HC "),
        (rf"^(?:RURAL {_ROUTE}|RFD|R ?R|RD|{_ROUTE}){_NUMBERED}(?=[0-9]+[A-Z]? BOX )", "RR "),
        (r"^BOX (?=[0-9]+[A-Z]?$)", "PO BOX "),
        (r"\b([0-9]+)(?:ST|ND|RD|TH) (?:FLOOR|FLR|FL)$", r"FLOOR \1"),
        (r"\b(APT|UNIT|STE|SUITE|LOT|RM|SPC|TRLR)(?=[0-9]+[A-Z]?$)", r"\1 "),
        (r"^([0-9]+ [NS]) ([EW])(?= [A-Z0-9]+ [A-Z0-9])", r"\1\2"),
        (r"^0*([0-9]+) ([A-DF-MO-RT-VX-Z])(?= [A-Z]{2,} [A-Z0-9])", r"\1\2"),
    )
)

_WORDS = """
COUNTY CNTY CTY CO CR CH STATE SH SR US U UNITED INTERSTATE I IH FARM FM RANCH BX BOX HC HCR STAR CONTRACT RFD RR R
FLOOR FLR FL HWY HIGHWAY HIWAY HIGHWY RTE RT ROUTE A B C D F G H J K L M O P Q T V X Y Z
"""
FORM_WORDS = frozenset(_WORDS.split())
_JOINED = "(?:I|IH|RR|APT|UNIT|STE|SUITE|LOT|RM|SPC|TRLR)[0-9]|[NS] [EW] "
MAY_BE_FORMS = rf"(?:^| )(?:(?:{'|'.join(sorted(FORM_WORDS))})(?: |$)|{_JOINED})"
"""An address without this has none of the forms."""

_FIND_JOINED = re.compile(f" (?:{_JOINED})")

FLOOR_WORDS = frozenset({"FLOOR", "FLR", "FL"})

UNNUMBERED = {
    "REAR": "REAR",
    "FRONT": "FRNT",
    "FRNT": "FRNT",
    "UPPER": "UPPR",
    "UPPR": "UPPR",
    "UPSTAIRS": "UPPR",
    "LOWER": "LOWR",
    "LOWR": "LOWR",
    "DOWNSTAIRS": "LOWR",
    "BASEMENT": "BSMT",
    "BSMT": "BSMT",
}
"""Units that have a name and no number; they are the last word of an address."""


def may_have_forms(text: str, tokens: Collection[str]) -> bool:
    """Whether any of the forms may be in the address ``text`` of the words ``tokens``."""
    return not FORM_WORDS.isdisjoint(tokens) or _FIND_JOINED.search(text) is not None


def one_form(text: str) -> str:
    """Write the forms in an address (upper case, single blanks, usual words in their short forms) in one way.

    >>> [one_form(text) for text in ("12 COUNTY RD 5", "7 U S HWY 1", "RTE 2 BX 18", "12 N W 5TH ST", "9 IH35")]
    ['12 CR 5', '7 US 1', 'RR 2 BOX 18', '12 NW 5TH ST', '9 I 35']
    """
    if not may_have_forms(f" {text}", text.split()):
        return text
    for pattern, form in _FORMS:
        text = pattern.sub(form, text)
    return " ".join(text.split())
