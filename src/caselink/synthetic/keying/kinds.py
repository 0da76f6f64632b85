"""The kinds of slips: which fields each can spoil, and with whom it comes and goes.

The names are those of the rates in ``ErrorRates`` and of column ``kind`` in the table
of errors; they do not change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Nature = Literal["hand", "habit", "told"]
"""``hand``: some workers do it more than others; ``habit``: a few workers do most of it; ``told``: the worker wrote
down what people and papers said, so it does not depend on the worker."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of slip: the standard columns it can spoil, its nature, and what happens."""

    fields: tuple[str, ...]
    nature: Nature
    meaning: str


_FIRST_AND_LAST = ("first_name", "last_name")
_TYPED = ("first_name", "last_name", "street")
_ADDRESS = ("street", "unit", "city", "zip")

KINDS: Mapping[str, Kind] = {
    "typing": Kind(_TYPED, "hand", "a neighboring key, a letter left out or doubled, two letters swapped"),
    "ocr": Kind(_TYPED, "told", "one letter or digit read as one that looks like it"),
    "phonetic": Kind(_TYPED, "hand", "written by ear"),
    "nickname": Kind(("first_name",), "told", "a nickname for the name"),
    "transliteration": Kind(_FIRST_AND_LAST, "told", "another way to write a name from another script"),
    "diacritics_lost": Kind(_FIRST_AND_LAST, "hand", "a marked letter left out or written as two"),
    "particle": Kind(("last_name",), "hand", "a particle such as DE LA joined to the name, cut short or left out"),
    "names_swapped": Kind(_FIRST_AND_LAST, "hand", "first name in the place of the last name and the reverse"),
    "former_last_name": Kind(("last_name",), "told", "the name from before"),
    "half_of_double_name": Kind(("last_name",), "habit", "one of two last names"),
    "placeholder_name": Kind(_FIRST_AND_LAST, "hand", "UNKNOWN and the like"),
    "newborn_name": Kind(("first_name",), "told", "BABY BOY and the like for a child that has no name yet"),
    "middle_name_missing": Kind(("middle_name",), "hand", "not asked or not written"),
    "suffix_missing": Kind(("suffix",), "hand", "not asked or not written"),
    "birth_date_missing": Kind(("birth_date",), "told", "not known"),
    "birth_date_placeholder": Kind(("birth_date",), "habit", "January 1, 1900"),
    "relatives_birth_date": Kind(("birth_date",), "told", "the mother's or a sibling's date"),
    "birth_date_guessed": Kind(("birth_date",), "told", "any day of about the year, as somebody else remembers it"),
    "month_day_swapped": Kind(("birth_date",), "hand", "month and day in each other's place"),
    "january_first": Kind(("birth_date",), "habit", "January 1 of the right year"),
    "birth_year_wrong": Kind(("birth_date",), "hand", "one or ten years off"),
    "wrong_century": Kind(("birth_date",), "habit", "two digits of the year read a century off"),
    "birth_day_wrong": Kind(("birth_date",), "hand", "another day of the month"),
    "ssn_missing": Kind(("ssn",), "told", "not known"),
    "ssn_placeholder": Kind(("ssn",), "habit", "999-99-9999 and the like"),
    "ssn_digit": Kind(("ssn",), "hand", "one digit wrong"),
    "ssn_digits_swapped": Kind(("ssn",), "hand", "two neighboring digits swapped"),
    "relatives_ssn": Kind(("ssn",), "told", "the mother's or a sibling's number"),
    "shared_number": Kind(
        ("ssn",), "habit", "one number typed in an office for many people who have nothing in common"
    ),
    "twins_swapped": Kind(("ssn",), "told", "the number of the other twin, on both records"),
    "sex_missing": Kind(("sex",), "told", "not known"),
    "sex_wrong": Kind(("sex",), "hand", "the other code"),
    "sex_default": Kind(("sex",), "habit", "a code the worker gives to everybody"),
    "address_missing": Kind(_ADDRESS, "told", "a household's address not known"),
    "address_old": Kind((*_ADDRESS, "phone"), "told", "where the household lived before"),
    "mailing_address": Kind(_ADDRESS, "told", "where the household gets its mail in place of where it lives"),
    "unit_missing": Kind(("unit",), "hand", "not written"),
    "phone_missing": Kind(("phone",), "told", "not known"),
}
"""Each kind by its name."""

FIELD_OF: Mapping[str, str] = {
    **{f"birth_{part}": "birth_date" for part in ("year", "month", "day")},
    "house_no": "street",
}
"""The standard column that a keyed column is part of, where it is not one itself."""
