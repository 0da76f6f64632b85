"""What a piece of evidence is about: a field of a finding is a word or several, and some of them are not for everybody.

A finding's evidence names fields such as *SSN and birth date* and says what is so of them. Whether that tells where
somebody is, or that somebody is protected, or rests on a column that a source binds, is read from the words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from caselink.masking import LOCATION_FIELDS, is_never_shown
from caselink.purposes import NAMES

_PLACE_WORDS = LOCATION_FIELDS | {"address", "addresses", "place", "home", "household"}
_SECRETS = frozenset({"protection", "good cause"})
_ADDRESS = frozenset({"street", "unit", "city", "state", "zip", "county"})
_COLUMNS = {
    **{word: frozenset({word}) for word in (*LOCATION_FIELDS, "ssn", "sex", "absence", "relationship")},
    **dict.fromkeys(("name", "names"), NAMES),
    "birth": frozenset({"birth_date", "birth_year"}),
    **dict.fromkeys(("address", "addresses", "place", "home", "household"), _ADDRESS),
}


def names_place(field: str) -> bool:
    """Whether a field of evidence, of one or several words, is about where somebody is.

    >>> names_place("name, SSN and address"), names_place("birth date")
    (True, False)
    """
    return not _PLACE_WORDS.isdisjoint(_words(field))


def is_secret(field: str) -> bool:
    """Whether a field of evidence tells that somebody is protected, or is none that may ever be shown.

    >>> is_secret("good cause"), is_secret("race"), is_secret("SSN")
    (True, True, False)
    """
    return field in _SECRETS or is_never_shown(field)


def columns_behind(fields: Iterable[str], needs: Iterable[str]) -> set[str]:
    """The columns of records that evidence rests on: those that its fields name, and those that its rule needs.

    >>> sorted(columns_behind(["SSN and birth date"], ["records.raw_ssn", "memberships iv-a"]))
    ['birth_date', 'birth_year', 'ssn']
    """
    named = {column for field in fields for word in _words(field) for column in _COLUMNS.get(word, ())}
    needed = {need.removeprefix("records.").removeprefix("raw_") for need in needs if need.startswith("records.")}
    return named | needed


def _words(field: str) -> list[str]:
    return re.findall(r"[a-z]+", field.lower())
