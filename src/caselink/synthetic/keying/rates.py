"""How often a program gets a field wrong, and in what way; the profiles have a set of rates for each program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from caselink.errors import SpecError
from caselink.synthetic.keying.kinds import KINDS

AGE_GROUPS: Mapping[str, int] = {"under 1": 0, "1-17": 1, "18-29": 18, "30-59": 30, "60 and over": 60}
"""Each age group and its first year of age."""

SUBGROUPS: Mapping[str, tuple[str, ...]] = {
    "name_group": ("plain", "spanish", "double", "particle", "transliterated"),
    "sex": ("F", "M"),
    "age_group": tuple(AGE_GROUPS),
}
"""What rates can be told apart by: how the name is built, the true sex, and the age when the record was keyed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameWidths:
    """Characters that a program's screen or file keeps of each name."""

    last_name: int = 30
    first_name: int = 16
    middle_name: int = 16

    def __post_init__(self) -> None:
        for one in fields(self):
            if getattr(self, one.name) < 1:
                raise SpecError(f"{one.name} must keep at least 1 character, got {getattr(self, one.name)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subgroup:
    """People whose ``column`` is ``value``, and how many times as often each kind of slip happens to them.

    ``times`` is by kind; ``all`` stands for every kind. Rates never rise above 1.
    """

    column: str
    value: str
    times: Mapping[str, float]

    def __post_init__(self) -> None:
        if self.value not in SUBGROUPS.get(self.column, ()):
            known = "; ".join(f"{column}: {', '.join(values)}" for column, values in SUBGROUPS.items())
            raise SpecError(f"no subgroup {self.column}.{self.value}; there are {known}")
        for kind, times in self.times.items():
            if kind != "all" and kind not in KINDS:
                raise SpecError(f"subgroup {self.column}.{self.value}: no kind of slip {kind!r}")
            if not times >= 0:
                raise SpecError(f"subgroup {self.column}.{self.value}: {kind} must be 0 or more, got {times}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRates:
    """Each rate is the share of values that the slip happens to, among those it *can* happen to.

    Their kinds are described in :data:`~caselink.synthetic.keying.kinds.KINDS`. What a slip can happen to:

    ``typing``, ``ocr``, ``phonetic``
        a first name, last name or street, each on its own.
    ``nickname``, ``transliteration``, ``diacritics_lost``, ``particle``, ``half_of_double_name``, ``former_last_name``
        names with a known nickname, with a known variant, with marked letters, with particles, two last names, and
        people who changed their name.
    ``placeholder_name``, ``newborn_name``
        people with a name, under one year of age ten times as often; children who have no name yet.
    ``month_day_swapped``, ``wrong_century``
        dates whose day could be a month; years that another century could be read for.
    ``relatives_ssn``, ``relatives_birth_date``, ``twins_swapped``
        people with a mother or sibling on file; twins, both at once.
    ``address_missing``, ``address_old``, ``mailing_address``
        households, all their records at once; the last those who get their mail elsewhere.
    ``entered_twice``, ``case_keyed_twice``
        people, and cases, that stand in the program a second time, under another id, keyed anew.

    A slip that replaces a value, such as a missing number, comes first: the others happen to those that are left.

    ``worker_spread`` is the standard deviation of the logarithm of how much more or less than others a worker slips;
    ``habit_share`` the share of workers who have a habit such as January 1, each habit for itself. Over all workers the
    rates stay as they are. ``not_asked`` are columns (or ``mailing``) that the program's form does not have.
    ``subgroups`` change the rates for some people.
    """

    widths: NameWidths = field(default_factory=NameWidths)
    typing: float = 0.0
    ocr: float = 0.0
    phonetic: float = 0.0
    nickname: float = 0.0
    transliteration: float = 0.0
    diacritics_lost: float = 0.0
    particle: float = 0.0
    names_swapped: float = 0.0
    former_last_name: float = 0.0
    half_of_double_name: float = 0.0
    placeholder_name: float = 0.0
    newborn_name: float = 0.0
    middle_name_missing: float = 0.0
    suffix_missing: float = 0.0
    birth_date_missing: float = 0.0
    birth_date_placeholder: float = 0.0
    relatives_birth_date: float = 0.0
    birth_date_guessed: float = 0.0
    month_day_swapped: float = 0.0
    january_first: float = 0.0
    birth_year_wrong: float = 0.0
    wrong_century: float = 0.0
    birth_day_wrong: float = 0.0
    ssn_missing: float = 0.0
    ssn_placeholder: float = 0.0
    ssn_digit: float = 0.0
    ssn_digits_swapped: float = 0.0
    relatives_ssn: float = 0.0
    shared_number: float = 0.0
    twins_swapped: float = 0.0
    sex_missing: float = 0.0
    sex_wrong: float = 0.0
    sex_default: float = 0.0
    address_missing: float = 0.0
    address_old: float = 0.0
    mailing_address: float = 0.0
    unit_missing: float = 0.0
    phone_missing: float = 0.0
    entered_twice: float = 0.0
    case_keyed_twice: float = 0.0
    worker_spread: float = 0.0
    habit_share: float = 1.0
    not_asked: tuple[str, ...] = ()
    subgroups: tuple[Subgroup, ...] = ()

    def __post_init__(self) -> None:
        for name in (*RATES, "habit_share"):
            rate = getattr(self, name)
            if not 0 <= rate <= 1:
                raise SpecError(f"{name} must be a share between 0 and 1, got {rate}")
        if not 0 <= self.worker_spread <= MOST_SPREAD:
            raise SpecError(f"worker_spread must be between 0 and {MOST_SPREAD}, got {self.worker_spread}")
        for name in self.not_asked:
            if name not in MAY_LACK:
                raise SpecError(f"not_asked: no form lacks {name!r}; it may lack {', '.join(MAY_LACK)}")


DOUBLES = ("entered_twice", "case_keyed_twice")
"""Rates of people and cases on file twice, which are no slips in a field."""
RATES = (*KINDS, *DOUBLES)
MOST_SPREAD = 3.0
MAY_LACK = ("middle_name", "suffix", "sex", "unit", "phone", "mailing")
"""What a program's form may not ask for."""
