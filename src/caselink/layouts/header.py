"""Headers and trailers: what the first and the last line of a file say of all the lines between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from caselink.errors import SpecError


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenInCode:
    """A substitution alphabet that a header's flag declares for the fields that are ``in_code``.

    Where ``field`` of the header holds ``value``, the character at a place of ``written`` means the one at the same
    place of ``means``. Any other character is a mistake.
    """

    field: str
    value: str
    written: str
    means: str

    def __post_init__(self) -> None:
        ascii_only = self.written.isascii() and self.means.isascii()
        if not (len(self.written) == len(self.means) == len(set(self.written)) and ascii_only and self.written):
            raise SpecError("header.code: written and means are equally long, and no character is written for two")


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The line that must come first.

    ``require`` names fields and the values without which the file is of another kind: anything else is an error.
    ``expect`` is the same, but only reported. ``year`` and ``quarter`` name the fields that tell the calendar quarter
    which the months belong to. ``code``: see :class:`WrittenInCode`.
    """

    record: str
    optional: bool = False
    require: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    expect: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    year: str = ""
    quarter: str = ""
    code: WrittenInCode | None = None

    def check(self, lengths: Mapping[str, int], key: str) -> None:
        """Raise :class:`SpecError` where a field is named that the record type has not."""
        named = [*self.require, *self.expect, self.year, self.quarter, self.code.field if self.code else ""]
        _check_names(named, lengths, key)
        if bool(self.year) != bool(self.quarter):
            raise SpecError(f"{key}.quarter: year and quarter are given together")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trailer:
    """The line that must come last. ``count`` names the field that tells how many lines are between header and it."""

    record: str
    optional: bool = False
    count: str = ""

    def check(self, lengths: Mapping[str, int], key: str) -> None:
        """Raise :class:`SpecError` where a field is named that the record type has not."""
        _check_names([self.count], lengths, key)


def _check_names(named: list[str], lengths: Mapping[str, int], key: str) -> None:
    for name in named:
        if name and name not in lengths:
            raise SpecError(f"{key}: no field {name!r}")
