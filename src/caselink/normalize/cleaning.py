"""How one source's values are to be read, where the values themselves do not say it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import pandas as pd

from caselink.errors import SpecError

DateOrder: TypeAlias = Literal["found", "month first", "day first"]
Step: TypeAlias = "Callable[[pd.Series[Any]], pd.Series[Any]]"

WIDEST = 1_000_000
"""Characters; no program holds more of a column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaning:
    """What is declared of a source.

    ``date_order``: the order of day and month in birth dates of numbers; ``found``: as the dates themselves show it,
    month first where they do not. ``two_digit_pivot``: the last two-digit year that is of this century.
    ``pseudo_ssns``: patterns (regular expressions) of numbers that the agency makes up where it knows no SSN; they are
    placeholders. ``known_bad_ssns``: pairs of record id and SSN that are known to be wrong. ``default_sex``: for a
    role, the sex that is keyed where none is known, as the federal registry asks for one; such a sex moves to the
    column default_sex and takes no part in comparing. ``widths``: how many characters the program holds of a column;
    a name that fills its field may be cut off. Where none is declared it is looked for in the values.

    ``untouched`` columns are taken as they stand. ``steps`` are functions of your own: each is given a column as a
    pandas series of text and gives it back changed, before anything else is done with it.

    >>> Cleaning(steps={"case_id": lambda column: column.str.strip("0")}).date_order
    'found'
    """

    date_order: DateOrder = "found"
    two_digit_pivot: int | None = None
    pseudo_ssns: Collection[str] = ()
    known_bad_ssns: Collection[tuple[str, str]] = field(default=(), repr=False)
    default_sex: Mapping[str, str] = field(default_factory=dict)
    widths: Mapping[str, int] = field(default_factory=dict)
    untouched: Collection[str] = ()
    steps: Mapping[str, Step] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.date_order not in ("found", "month first", "day first"):
            raise SpecError(f"date_order is 'found', 'month first' or 'day first', not {self.date_order!r}")
        if self.two_digit_pivot is not None and not 0 <= self.two_digit_pivot <= 99:
            raise SpecError(f"two_digit_pivot is a year from 0 to 99, not {self.two_digit_pivot!r}")
        for name in ("pseudo_ssns", "untouched"):
            if isinstance(getattr(self, name), str):
                raise SpecError(f"{name} is a list, not one text")
        if not set(self.default_sex.values()) <= {"M", "F"}:
            raise SpecError("default_sex gives M or F for a role")
        if not all(type(width) is int and 0 < width <= WIDEST for width in self.widths.values()):
            raise SpecError(f"widths are whole numbers of characters, 1 to {WIDEST}")
        if any(len(pair) != 2 for pair in self.known_bad_ssns):
            raise SpecError("known_bad_ssns are pairs of a record id and an SSN")
        self.pseudo_pattern()

    def pseudo_pattern(self) -> re.Pattern[str] | None:
        """One pattern of all pseudo numbers, or nothing."""
        for number, one in enumerate(self.pseudo_ssns, start=1):
            try:
                re.compile(one)
            except (re.error, TypeError):  # the error's text may quote a number
                raise SpecError(f"pseudo_ssns: pattern {number} is no regular expression") from None
        return re.compile("|".join(f"(?:{one})" for one in self.pseudo_ssns)) if self.pseudo_ssns else None


AS_FOUND = Cleaning()
"""Nothing is declared."""
