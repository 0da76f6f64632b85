"""How often a program gets a field wrong, and in what way: one readable profile for each."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from caselink.errors import SpecError


@dataclass(frozen=True, slots=True, kw_only=True)
class NameWidths:
    """Characters that a program's screen or file keeps of each name."""

    last_name: int = 30
    first_name: int = 16
    middle_name: int = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRates:
    """Each rate is the share of values that the slip happens to, among those it *can* happen to.

    ``typing``, ``ocr``, ``phonetic``
        a first name, last name or street, each on its own: one key, one misread letter, one spelling by ear.
    ``nickname``, ``former_last_name``, ``half_of_double_name``
        people with a known nickname, people who changed their name, people with two surnames.
    ``month_day_swapped``
        dates whose day could be a month.
    ``relatives_ssn``
        people with a mother or sibling on file: her number, or the sibling's, stands in their record.
    ``placeholder_name``
        ``UNKNOWN`` or, under one year of age, ``BABY BOY`` and ``BABY GIRL`` (there ten times as often).
    ``entered_twice``
        people who stand in the program a second time, under another id, keyed anew.
    """

    widths: NameWidths = field(default_factory=NameWidths)
    typing: float = 0.0
    ocr: float = 0.0
    phonetic: float = 0.0
    nickname: float = 0.0
    names_swapped: float = 0.0
    former_last_name: float = 0.0
    half_of_double_name: float = 0.0
    placeholder_name: float = 0.0
    middle_name_missing: float = 0.0
    suffix_missing: float = 0.0
    birth_date_missing: float = 0.0
    birth_date_placeholder: float = 0.0
    month_day_swapped: float = 0.0
    january_first: float = 0.0
    birth_year_wrong: float = 0.0
    birth_day_wrong: float = 0.0
    ssn_missing: float = 0.0
    ssn_placeholder: float = 0.0
    ssn_digit: float = 0.0
    ssn_digits_swapped: float = 0.0
    relatives_ssn: float = 0.0
    sex_missing: float = 0.0
    sex_wrong: float = 0.0
    address_missing: float = 0.0
    address_old: float = 0.0
    unit_missing: float = 0.0
    phone_missing: float = 0.0
    entered_twice: float = 0.0

    def __post_init__(self) -> None:
        for one in fields(self):
            rate = getattr(self, one.name)
            if one.name != "widths" and not 0 <= rate <= 1:
                msg = f"{one.name} must be a share between 0 and 1, got {rate}"
                raise SpecError(msg)


IVA_RATES = ErrorRates(
    widths=NameWidths(last_name=17, first_name=12, middle_name=1),
    typing=0.015,
    phonetic=0.006,
    nickname=0.03,
    names_swapped=0.003,
    former_last_name=0.08,
    half_of_double_name=0.15,
    placeholder_name=0.002,
    middle_name_missing=0.35,
    suffix_missing=0.5,
    birth_date_missing=0.004,
    birth_date_placeholder=0.001,
    month_day_swapped=0.006,
    january_first=0.006,
    birth_year_wrong=0.006,
    birth_day_wrong=0.008,
    ssn_missing=0.06,
    ssn_placeholder=0.015,
    ssn_digit=0.008,
    ssn_digits_swapped=0.004,
    relatives_ssn=0.008,
    sex_missing=0.003,
    sex_wrong=0.004,
    address_missing=0.01,
    address_old=0.08,
    unit_missing=0.3,
    phone_missing=0.25,
    entered_twice=0.015,
)
"""Interviewed in person, children's papers seen; narrow name fields, numbers of newborns still to come."""

IVD_RATES = ErrorRates(
    widths=NameWidths(last_name=17, first_name=12, middle_name=1),
    typing=0.022,
    phonetic=0.012,
    nickname=0.06,
    names_swapped=0.005,
    former_last_name=0.22,
    half_of_double_name=0.25,
    placeholder_name=0.006,
    middle_name_missing=0.45,
    suffix_missing=0.4,
    birth_date_missing=0.06,
    birth_date_placeholder=0.004,
    month_day_swapped=0.01,
    january_first=0.02,
    birth_year_wrong=0.015,
    birth_day_wrong=0.015,
    ssn_missing=0.16,
    ssn_placeholder=0.02,
    ssn_digit=0.012,
    ssn_digits_swapped=0.006,
    relatives_ssn=0.012,
    sex_missing=0.01,
    sex_wrong=0.006,
    address_missing=0.12,
    address_old=0.25,
    unit_missing=0.4,
    phone_missing=0.45,
    entered_twice=0.02,
)
"""Much of it told by the other parent, years ago: old names and addresses, dates half known."""

EMPLOYMENT_RATES = ErrorRates(
    widths=NameWidths(last_name=30, first_name=16, middle_name=16),
    typing=0.018,
    ocr=0.01,
    nickname=0.05,
    names_swapped=0.012,
    former_last_name=0.12,
    half_of_double_name=0.2,
    placeholder_name=0.001,
    middle_name_missing=0.6,
    suffix_missing=1.0,
    birth_date_missing=0.65,
    month_day_swapped=0.01,
    birth_year_wrong=0.008,
    birth_day_wrong=0.008,
    ssn_missing=0.005,
    ssn_digit=0.012,
    ssn_digits_swapped=0.006,
    relatives_ssn=0.003,
    address_missing=0.1,
    address_old=0.15,
    unit_missing=0.3,
    phone_missing=1.0,
)
"""Written by employers: the number is what they care for, a birth date is optional, suffixes are not allowed."""
