"""Masking: what is left of a value when it must find nobody; and one word for all that is not shown.

``withheld`` stands wherever a value is not shown, whatever the reason: the person is protected, nobody said that the
person is not, the purpose may not see it, its source binds it, it cannot be masked, or there is none. A reader cannot
tell these apart, so a redaction does not tell who is protected.
"""

from __future__ import annotations

from collections.abc import Callable

WITHHELD = "withheld"

LOCATION_FIELDS = frozenset(
    {"street", "unit", "city", "state", "zip", "county", "phone", "email", "employer", "school", "resides"}
)
"""Where somebody is, or how to reach them: never shown of people who are protected, or who share a home or case."""

NEVER_SHOWN = frozenset(
    {"race", "ethnicity", "citizenship", "immigration", "language", "religion", "disability", "dangerous"}
    | {"eye", "eyes", "hair", "scars", "tattoos", "protected", "itin"}
)
"""No name of a shown column holds such a word: grounds that must not count, what a body looks like, and the flag."""

_NEVER_SHOWN_COLUMNS = frozenset({"height", "weight", "taxpayer_id", "other_ssns"})


def mask(field: str, text: str | None) -> str:
    """What is shown of a value by default; what does not have the form of its field is withheld whole.

    >>> mask("ssn", "123456789"), mask("birth_date", "1990-02-03"), mask("zip", "12345"), mask("phone", "5551234567")
    ('*****6789', '1990', '123**', '********67')
    >>> mask("street", "12 OAK ST"), mask("ssn", "6789"), mask("ssn", None)
    ('withheld', 'withheld', 'withheld')
    """
    return _MASKS[field](text) if text and field in _MASKS else WITHHELD


def unmask(field: str, text: str | None) -> str:
    """What may be shown where masking is switched off: the whole value, but of an SSN never more than the last four.

    >>> unmask("ssn", "123456789"), unmask("street", "12 OAK ST"), unmask("street", None)
    ('*****6789', '12 OAK ST', 'withheld')
    """
    return mask(field, text) if field == "ssn" else text or WITHHELD


def is_never_shown(column: str) -> bool:
    """Whether a column's name says that no output may hold it.

    >>> is_never_shown("race"), is_never_shown("hair_color"), is_never_shown("trace"), is_never_shown("match_weight")
    (True, True, False, False)
    """
    return column in _NEVER_SHOWN_COLUMNS or bool(NEVER_SHOWN & set(column.lower().split("_")))


def _digits(length: int, shown: Callable[[str], str]) -> Callable[[str], str]:
    """Mask a number of so many digits."""
    return lambda text: shown(text) if len(text) == length and text.isascii() and text.isdigit() else WITHHELD


def _year(text: str) -> str:
    year = text[:4]
    whole = len(text) == len("1990-02-03") and text[4] == text[7] == "-" and year.isascii() and year.isdigit()
    return year if whole and int(year) else WITHHELD


def _whole(text: str) -> str:
    return text


_MASKS: dict[str, Callable[[str], str]] = {
    "first_name": _whole,
    "middle_name": _whole,
    "last_name": _whole,
    "suffix": _whole,
    "sex": lambda text: text if text in ("M", "F") else WITHHELD,
    "birth_date": _year,
    "birth_year": _digits(4, _whole),
    "ssn": _digits(9, lambda text: f"*****{text[-4:]}"),
    "zip": _digits(5, lambda text: f"{text[:3]}**"),
    "phone": _digits(10, lambda text: f"********{text[-2:]}"),
    "state": lambda text: text if len(text) == 2 else WITHHELD,
    "county": _whole,
    "resides": lambda text: text if text in ("Y", "N") else WITHHELD,
}
"""By field; a field that is not here (street, unit, city, email, any other column) has no masked form."""
