"""Codes and plain text: sex, age, report month, case id, role and the protected flag."""

from __future__ import annotations

import re
from collections.abc import Collection

from caselink.normalize.placeholders import values_of
from caselink.normalize.values import PLACEHOLDER, Cleaned, invalid, is_filler

_SEX = {"M": "M", "MALE": "M", "MAN": "M", "BOY": "M", "F": "F", "FEMALE": "F", "WOMAN": "F", "GIRL": "F"}
_SEX_DIGITS = {"1": "M", "2": "F"}
_SEX_UNKNOWN = values_of("sex") | {"0", "OTHER", "UNDETERMINED", "NONBINARY", "-"}
_MONTH = re.compile(r"(?P<year>(?:19|20)\d\d)[-/ ]?(?P<month>0[1-9]|1[0-2]|[1-9](?!\d))(?:[-/ ]?\d\d?)?(?:[T ].*)?")
_MONTH_FIRST = re.compile(r"(?P<month>0?[1-9]|1[0-2])[-/ ](?:\d\d?[-/ ])?(?P<year>(?:19|20)\d\d)")


def clean_sex(value: str, *, digits: bool = True) -> Cleaned:
    """Give M or F; ``digits`` says that 1 and 2 are known to be male and female, as in the federal reports.

    >>> [clean_sex(value).value for value in ("f", "1", "Female", "U")]
    ['F', 'M', 'F', None]
    """
    text = value.strip().upper().removesuffix(".")
    text = text.removesuffix(".0") if digits else text
    if text in _SEX:
        return Cleaned(_SEX[text])
    if digits and text in _SEX_DIGITS:
        return Cleaned(_SEX_DIGITS[text])
    if text in _SEX_UNKNOWN or is_filler(text):
        return PLACEHOLDER
    return invalid("not a code of sex")


def sex_digits_known(values: Collection[str]) -> bool:
    """Whether 1 and 2 are male and female here; a column of 0 and 1 does not say which is which.

    >>> sex_digits_known(["1", "2", "9"]), sex_digits_known(["0", "1"])
    (True, False)
    """
    held = {value.strip() for value in values}
    return not ("0" in held and "2" not in held)


def clean_age(value: str) -> Cleaned:
    """Give whole years, 0 to 130."""
    text = value.strip().removesuffix(".0")
    if is_filler(text):
        return PLACEHOLDER
    if not (text.isascii() and text.isdigit() and len(text) <= 3) or int(text) > 130:
        return PLACEHOLDER if text == "999" else invalid("not an age")
    return Cleaned(str(int(text)))


def clean_month(value: str) -> Cleaned:
    """Give the report month as ``YYYY-MM``.

    >>> [clean_month(value).value for value in ("202609", "9/2026", "2026-09-30")]
    ['2026-09', '2026-09', '2026-09']
    """
    text = value.strip()
    if is_filler(text):
        return PLACEHOLDER
    found = _MONTH.fullmatch(text) or _MONTH_FIRST.fullmatch(text)
    return Cleaned(f"{found['year']}-{int(found['month']):02d}") if found else invalid("not a month")


def clean_text(value: str) -> Cleaned:
    """Give the text without blanks around it."""
    return Cleaned(value.strip())
