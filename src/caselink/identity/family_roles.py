"""What a program calls its members, in the few words that households need.

Only three things matter: who is in charge of the household, who is a child, and who is named in the case but lives
elsewhere. Every program has its own words and codes for them; a word that is not known is just a member.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int64]

ROLES = ("head", "caretaker", "spouse", "adult", "child", "member", "absent parent", "group quarters", "dependent")
"""A role's place is its code; the first three are in charge: the *core* of a household. A dependent is claimed by the
case and may live elsewhere: the parent with whom a child does not live may claim it too (IRS Form 8332)."""
HEAD, CARETAKER, SPOUSE, ADULT, CHILD, MEMBER, ABSENT, INSTITUTION, DEPENDENT = range(len(ROLES))
CORE_ROLES = (HEAD, CARETAKER, SPOUSE)
ADULT_MONTHS = 18 * 12

_CODES = {
    HEAD: "HEAD|HOH|HH|CP|CST|CUSTODIAN|CUSTODIAL PARENT|PAYEE|SELF|FILER|APPLICANT|HOUSEHOLDER|PRIMARY|01",
    SPOUSE: "SP|WIFE|HUSBAND",
    CHILD: "CH|SON|DAUGHTER|MINOR",
    DEPENDENT: "DEP|DEPENDENT",
    ABSENT: "NP|NCP|AP|ABP|PF|OBLIGOR|PAYOR",
}
_PATTERNS = (  # the first that is found decides
    (INSTITUTION, r"GROUP QUARTERS|INSTITUTION(?!AL PARENT)"),
    (ABSENT, r"ABSENT|NON ?CUSTODIAL|PUTATIVE|ALLEGED|OBLIGOR"),
    (CARETAKER, r"CARETAKER|GUARDIAN"),
    (HEAD, r"\bHEAD\b|REFERENCE PERSON|\bFILER\b|PAYEE|CUSTODIA"),
    (SPOUSE, r"SPOUSE|PARTNER"),
    (DEPENDENT, r"DEPENDENT"),
    (ADULT, r"IN LAW|PARENT|SIBLING|ADULT|ROOMMATE|HOUSEMATE|PARTICIPANT"),
    (CHILD, r"CHILD|\bSON\b|DAUGHTER"),
)


def read_roles(texts: Sequence[str | None]) -> Codes:
    """The role code of each text; missing and unknown words are ``member``.

    >>> [ROLES[code] for code in read_roles(["CP", "Opposite-sex spouse", "NP", "Grandchild", "Child-in-law", None])]
    ['head', 'spouse', 'absent parent', 'child', 'adult', 'member']
    """
    return np.array([_read(text) for text in texts], np.int64)


def _read(text: str | None) -> int:
    words = re.sub(r"[^A-Z0-9]+", " ", (text or "").upper()).strip()
    if not words:
        return MEMBER
    for code, known in _CODES.items():
        if words in known.split("|"):
            return code
    return next((code for code, pattern in _PATTERNS if re.search(pattern, words)), MEMBER)


def in_charge(role: Codes) -> npt.NDArray[np.bool_]:
    """Whether each is of the core of the household: head, caretaker or spouse."""
    return np.isin(role, CORE_ROLES)
