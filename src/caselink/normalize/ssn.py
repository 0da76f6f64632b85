"""Social Security numbers: nine digits that could have been issued, else missing.

There is no check digit. Area 000, 666 and 9xx, group 00 and serial 0000 were never issued; a number that starts with 9
may be one for taxes (ITIN, or ATIN of a child being adopted), which is another kind of identifier: it is never compared
with an SSN. Agencies write numbers of their own making into the field, which say nothing in another agency.
"""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from caselink.normalize.placeholders import values_of
from caselink.normalize.values import PLACEHOLDER, Cleaned, Plain, Status, invalid, is_filler, repaired

_KNOWN_FILLERS = values_of("ssn")
_SEPARATORS = re.compile(r"[-\s.]+")
_TAX_GROUPS = frozenset([*range(50, 66), *range(70, 89), *range(90, 100)])  # 93 is of adoptions

PLAIN = Plain(
    form="^[0-9]{9}$",
    suspect="^(?:000|666|9)|^...00|0000$|" + "|".join(f"^{value}$" for value in sorted(_KNOWN_FILLERS)),
)


TAXPAYER_ID = Cleaned(None, Status.OTHER_KIND)


def clean_ssn(value: str, *, numeric: bool = False, pseudo: re.Pattern[str] | None = None) -> Cleaned:
    """Give nine digits.

    ``numeric`` says that the column held numbers, so that seven or eight digits are a number whose leading zeros were
    lost; they are put back. ``pseudo`` tells, by all that stands there but hyphens, blanks and dots, a number that the
    agency made up itself: a placeholder.

    >>> clean_ssn("212-34-5678").value, clean_ssn("1234567", numeric=True).value
    ('212345678', '001234567')
    >>> clean_ssn("999-99-9999").status.name, clean_ssn("666-12-3456").reason
    ('PLACEHOLDER', 'an SSN with an area that is never issued')
    """
    digits = _SEPARATORS.sub("", value)
    made_up = pseudo is not None and pseudo.fullmatch(digits.upper())
    if made_up or is_filler(value) or not digits or (digits.isdigit() and len(set(digits)) == 1):
        return PLACEHOLDER
    if not (digits.isascii() and digits.isdigit()):
        return invalid("an SSN with characters that are no digits")
    if numeric and len(digits) in (7, 8):
        padded = clean_ssn(digits.zfill(9))
        return repaired(padded.value) if padded.value else padded
    if len(digits) != 9:
        return invalid(f"an SSN with {len(digits) if len(digits) < 20 else 'too many'} digits")
    if digits in _KNOWN_FILLERS or digits.startswith("98765432"):
        return PLACEHOLDER
    return _structure(digits)


def clean_taxpayer_id(value: str) -> Cleaned:
    """Give nine digits of a number for taxes.

    >>> clean_taxpayer_id("912-70-1234").value, clean_taxpayer_id("212-34-5678").reason
    ('912701234', 'not a number for taxes')
    """
    digits = _SEPARATORS.sub("", value)
    if is_filler(value):
        return PLACEHOLDER
    return Cleaned(digits) if clean_ssn(digits) == TAXPAYER_ID else invalid("not a number for taxes")


def without_hyphens(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Write 212-34-5678 as 212345678, which cleans to the same, so that it may be known to be clean.

    >>> without_hyphens(pa.array(["212-34-5678", "21-2345678"])).to_pylist()
    ['212345678', '21-2345678']
    """
    return pc.replace_substring_regex(values, "^([0-9]{3})-([0-9]{2})-([0-9]{4})$", r"\1\2\3")


def looks_numeric(values: pa.Array) -> bool:
    """Whether a text column went through a number: of a hundred or more different SSNs none starts with zero.

    One in nine numbers issued since 2011 does, and those of New England and New York did before.
    """
    if pc.any(pc.match_substring_regex(values, "^0")).as_py():
        return False
    whole = values.filter(pc.match_substring_regex(values, "^[0-9]{9}$"))
    return len(whole) >= 100 and int(pc.count_distinct(whole).as_py()) >= 100


def _structure(digits: str) -> Cleaned:
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    if area[0] == "9":
        if int(group) in _TAX_GROUPS:
            return TAXPAYER_ID
        return invalid("an SSN that starts with 9: a pseudo number of an agency?")
    if area in ("000", "666"):
        return invalid("an SSN with an area that is never issued")
    if group == "00" or serial == "0000":
        return invalid("an SSN with a group or serial of zeros")
    return Cleaned(digits)
