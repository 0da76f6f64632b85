"""Phone numbers and e-mail addresses."""

from __future__ import annotations

import re

from caselink.normalize.placeholders import values_of
from caselink.normalize.values import PLACEHOLDER, Cleaned, Plain, invalid, is_filler

_PHONE_FILLERS = values_of("phone")
_EXTENSION = re.compile(r"\s*(?:x|ext\.?|extension|#)\s*\d*\s*$", re.IGNORECASE)
_NOT_DIGIT = re.compile(r"[^0-9]+")
_FICTION = re.compile(r"\d{3}55501\d{2}")
_EMAIL = re.compile(r"[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)+")
_NO_EMAIL = frozenset({"none", "no", "noemail", "na", "unknown", "test", "noreply"})

PHONE_PLAIN = Plain(
    form="^[0-9]{10}$",
    suspect="^000|^...55501|" + "|".join(f"^{value}$" for value in sorted(_PHONE_FILLERS)),
)


def clean_phone(value: str) -> Cleaned:
    """Give ten digits: no country code, no extension.

    >>> clean_phone("+1 (212) 736-5000 ext. 12").value, clean_phone("736-5000").reason
    ('2127365000', 'a phone number with 7 digits')
    """
    digits = _NOT_DIGIT.sub("", _EXTENSION.sub("", value))
    if len(digits) == 11 and digits[0] == "1":
        digits = digits[1:]
    if is_filler(value) or (digits and len(set(digits)) == 1):
        return PLACEHOLDER
    if len(digits) != 10:
        return invalid(f"a phone number with {len(digits) if len(digits) < 20 else 'too many'} digits")
    if digits in _PHONE_FILLERS or digits.startswith("000") or _FICTION.fullmatch(digits):
        return PLACEHOLDER
    return Cleaned(digits)


def clean_email(value: str) -> Cleaned:
    """Give the address in lower case.

    >>> clean_email(" Ana@Example.org ").value, clean_email("none@none.com").status.name
    ('ana@example.org', 'PLACEHOLDER')
    """
    text = value.strip().lower()
    if is_filler(text) or text.partition("@")[0] in _NO_EMAIL:
        return PLACEHOLDER
    return Cleaned(text) if _EMAIL.fullmatch(text) else invalid("not an e-mail address")
