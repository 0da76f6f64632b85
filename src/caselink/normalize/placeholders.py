"""Values that stand for "nothing": what agencies key when a form must not stay empty.

``status`` says how sure that is: ``source`` was read in a published source (named in ``seen_in``), ``common`` is
general knowledge of the trade. A value that is also somebody's own is told apart by ``when``.
"""

from __future__ import annotations

from typing import NamedTuple


class Placeholder(NamedTuple):
    """One value, the field it is keyed in, and how it is known."""

    field: str
    value: str
    meaning: str
    when: str = "always"
    status: str = "common"
    seen_in: str = ""


_TANF = "validators of the federal TANF data portal"
_NEWBORN = "newborn naming notes of hospital associations"
_KANSAS = "program source of the Kansas child-support system"

PLACEHOLDERS: tuple[Placeholder, ...] = (
    *(Placeholder("ssn", digit * 9, "filler", "always", "source", _TANF) for digit in "0123456789"),
    Placeholder("ssn", "078051120", "sample card", "always", "source", "public validators"),
    Placeholder("ssn", "219099999", "sample in a pamphlet", "always", "source", "public validators"),
    Placeholder("ssn", "123456789", "keyboard filler"),
    Placeholder("birth_date", "9999", "unknown year", "any date of that year", "source", "Goerge and Lee 2002"),
    Placeholder("birth_date", "1900-01-01", "default of a system"),
    Placeholder("birth_date", "0001-01-01", "null date of mainframes", "always", "source", _KANSAS),
    Placeholder("birth_date", "1899-12-30", "zero date of spreadsheets"),
    Placeholder("birth_date", "1899-12-31", "zero date of spreadsheets"),
    Placeholder("birth_date", "2099-12-31", "open end", "always", "source", _KANSAS),
    *(
        Placeholder("name", value, "unknown")
        for value in ("UNK", "UNKNOWN", "UNNAMED", "FNU", "LNU", "NFN", "NLN", "NMN", "NMI")
    ),
    Placeholder("name", "TEST", "a test record"),
    *(Placeholder("name", value, "a role") for value in ("FATHER", "MOTHER", "ALLEGED FATHER")),
    *(Placeholder("name", value, "no name given") for value in ("NO NAME", "NONAME", "NO LAST NAME", "NO FIRST NAME")),
    *(Placeholder("name", value, "a state") for value in ("UNBORN", "DECEASED")),
    Placeholder("name", "XX…", "not known", "at the start: first and last name", "source", _KANSAS),
    *(
        Placeholder("name", value, "anonymous", "first and last name are both fillers")
        for value in ("DOE", "NA", "NONE", "NULL")
    ),
    *(
        Placeholder("first_name", value, "newborn", "always", "source", _NEWBORN)
        for value in ("BABYBOY", "BABYGIRL", "BABY BOY", "BABY GIRL")
    ),
    *(Placeholder("first_name", value, "newborn") for value in ("BABY", "INFANT", "NEWBORN")),
    *(
        Placeholder("first_name", value, "newborn", "under two years of age", "source", _NEWBORN)
        for value in ("BB", "BG", "BOY", "GIRL")
    ),
    *(Placeholder("street", value, "no fixed address") for value in ("HOMELESS", "TRANSIENT", "NO FIXED ADDRESS")),
    Placeholder("street", "GENERAL DELIVERY", "no fixed address", "at the start"),
    *(Placeholder("city", value, "unknown", "always", "source", _KANSAS) for value in ("UNK", "XXX")),
    *(Placeholder("city", value, "unknown") for value in ("UNKNOWN", "HOMELESS")),
    *(Placeholder("zip", value, "missing") for value in ("00000", "99999")),
    *(Placeholder("county", value, "unknown or statewide") for value in ("000", "999")),
    *(Placeholder("phone", digit * 10, "filler") for digit in "0123456789"),
    Placeholder("phone", "1234567890", "keyboard filler"),
    *(Placeholder("sex", value, "unknown or other", "always", "source", "PIRL 201") for value in "9UOX"),
)


def values_of(field: str, when: str = "always") -> frozenset[str]:
    """Give the placeholders of a field that hold under a condition.

    >>> sorted(values_of("zip"))
    ['00000', '99999']
    """
    return frozenset(row.value for row in PLACEHOLDERS if row.field == field and row.when == when)
