"""Profiles: the error rates of all programs in one readable file, ``mild``, ``typical``, ``hard`` or a user's own."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from importlib import resources
from os import PathLike
from pathlib import Path
from typing import Any

from caselink.errors import SpecError
from caselink.synthetic.keying.kinds import KINDS
from caselink.synthetic.keying.rates import MAY_LACK, MOST_SPREAD, RATES, SUBGROUPS, ErrorRates, NameWidths, Subgroup
from caselink.synthetic.programs.caseload import PROGRAMS

PROFILE_NAMES = ("mild", "typical", "hard")


@dataclass(frozen=True, slots=True)
class Profile:
    """The error rates of each program.

    >>> typical, hard = read_profile("typical"), read_profile("hard")
    >>> typical.rates("ivd").typing, hard.rates("ivd").typing
    (0.022, 0.044)
    """

    name: str
    by_program: Mapping[str, ErrorRates]

    def rates(self, program: str) -> ErrorRates:
        """The rates of one program: ``iva``, ``ivd``, ``jobs`` or ``employment``."""
        if program not in self.by_program:
            raise SpecError(f"profile {self.name}: no program {program!r}; there are {', '.join(self.by_program)}")
        return self.by_program[program]

    def all_rates(self) -> dict[str, ErrorRates]:
        """The rates of all programs by their names."""
        return dict(self.by_program)


def read_profile(profile: str | PathLike[str] | Profile) -> Profile:
    """A profile of the package by its name, or one's own TOML file by its path.

    A file inherits all it does not give from the profile named by ``inherits`` (``typical`` unless it says otherwise),
    the rates multiplied by ``factor``. ``[all]`` holds rates of every program, ``[iva]``, ``[ivd]``, ``[jobs]`` and
    ``[employment]`` those of one; ``[subgroup.<column>.<value>]`` says how many times as often a kind of slip (or
    ``all``) happens to some people: by ``name_group``, ``sex`` or ``age_group``. See
    :class:`~caselink.synthetic.keying.rates.ErrorRates`.
    """
    if isinstance(profile, Profile):
        return profile
    if profile in PROFILE_NAMES:
        return _packaged(str(profile))
    file = Path(profile)
    if not file.is_file():
        raise SpecError(f"no profile {str(profile)!r}: give {', '.join(PROFILE_NAMES)} or the path of a TOML file")
    return Profile(file.stem, _build(_Part(_parse(file), file.name)))


@lru_cache(maxsize=len(PROFILE_NAMES))
def _packaged(name: str) -> Profile:
    file = f"{name}.toml"
    text = (resources.files("caselink.synthetic") / "data" / "profiles" / file).read_text(encoding="utf-8")
    return Profile(name, _build(_Part(tomllib.loads(text), file)))


def _parse(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SpecError(f"{file.name}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SpecError(f"{file.name}: not UTF-8 text; is this a TOML file?") from None
    except tomllib.TOMLDecodeError as error:  # its text may quote what stands there
        line = re.search(r"at line (\d+)", str(error))
        raise SpecError(f"{file.name}{f', line {line[1]}' if line else ''}: not valid TOML") from None


@dataclass(frozen=True, slots=True)
class _Part:
    """A table of the file, with where it stands."""

    values: Mapping[str, Any]
    file: str
    name: str = ""

    def error(self, key: str, reason: str) -> SpecError:
        return SpecError(f"{self.file}, key {f'{self.name}.{key}'.strip('.')}: {reason}")

    def part(self, key: str) -> _Part:
        values = self.values.get(key, {})
        if not isinstance(values, dict):
            raise self.error(key, "must be a table")
        return _Part(values, self.file, f"{self.name}.{key}".strip("."))

    def number(self, key: str) -> float:
        value = self.values[key]
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.error(key, "must be a number")
        return float(value)

    def refuse_others(self, known: Mapping[str, Any] | set[str] | tuple[str, ...]) -> None:
        for key in self.values:
            if key not in known:
                raise self.error(key, f"unknown; known here: {', '.join(sorted(known))}")


def _build(top: _Part) -> dict[str, ErrorRates]:
    """The rates of each program as a file says."""
    top.refuse_others(("inherits", "factor", "all", *PROGRAMS, "subgroup"))
    inherited, everywhere = _inherited(top), _given(top.part("all"))
    subgroups = tuple(_subgroups(top.part("subgroup")))
    rates = {}
    for program in PROGRAMS:
        values = {**inherited[program], **everywhere, **_given(top.part(program))}
        try:
            rates[program] = ErrorRates(**values, subgroups=subgroups)
        except SpecError as error:
            raise SpecError(f"{top.file}, table {program}: {error}") from None
    return rates


def _inherited(top: _Part) -> dict[str, dict[str, Any]]:
    """What each program has where the file is silent; subgroups are not inherited."""
    parent = top.values.get("inherits", "typical")
    if parent not in (*PROFILE_NAMES, "none"):
        raise top.error("inherits", f"must be none, {', '.join(PROFILE_NAMES)}")
    factor = top.number("factor") if "factor" in top.values else 1.0
    if not 0 <= factor < float("inf"):
        raise top.error("factor", "must be a number of 0 or more")
    if parent == "none":
        return {program: {} for program in PROGRAMS}
    return {program: _scaled(rates, factor) for program, rates in _packaged(parent).by_program.items()}


def _scaled(rates: ErrorRates, factor: float) -> dict[str, Any]:
    values = {one.name: getattr(rates, one.name) for one in fields(rates) if one.name != "subgroups"}
    return values | {name: min(1.0, round(factor * values[name], 9)) for name in RATES}


def _given(part: _Part) -> dict[str, Any]:
    """The rates and settings that a table gives."""
    part.refuse_others({*RATES, *_SETTINGS})
    return {key: _SETTINGS.get(key, _rate)(part, key) for key in part.values}


def _rate(part: _Part, key: str) -> float:
    rate = part.number(key)
    if not 0 <= rate <= 1:
        raise part.error(key, f"must be a share between 0 and 1, got {rate}")
    return rate


def _spread(part: _Part, key: str) -> float:
    spread = part.number(key)
    if not 0 <= spread <= MOST_SPREAD:
        raise part.error(key, f"must be between 0 and {MOST_SPREAD}, got {spread}")
    return spread


def _columns(part: _Part, key: str) -> tuple[str, ...]:
    columns = part.values[key]
    if not isinstance(columns, list) or not all(column in MAY_LACK for column in columns):
        raise part.error(key, f"must be a list of {', '.join(MAY_LACK)}")
    return tuple(columns)


def _widths(part: _Part, key: str) -> NameWidths:
    inside = part.part(key)
    inside.refuse_others({one.name for one in fields(NameWidths)})
    for name, width in inside.values.items():
        if type(width) is not int or width < 1:
            raise inside.error(name, "must be a whole number of 1 or more")
    return NameWidths(**inside.values)


_SETTINGS: Mapping[str, Callable[[_Part, str], Any]] = {
    "worker_spread": _spread,
    "habit_share": _rate,
    "not_asked": _columns,
    "widths": _widths,
}
"""What a table may give beside rates, and how it is read."""


def _subgroups(top: _Part) -> Iterator[Subgroup]:
    top.refuse_others(set(SUBGROUPS))
    for column in top.values:
        by_value = top.part(column)
        by_value.refuse_others(SUBGROUPS[column])
        for value in by_value.values:
            part = by_value.part(value)
            part.refuse_others({*KINDS, "all"})
            yield Subgroup(column=column, value=value, times={kind: _times(part, kind) for kind in part.values})


def _times(part: _Part, kind: str) -> float:
    times = part.number(kind)
    if not 0 <= times < float("inf"):
        raise part.error(kind, "must be a number of 0 or more: how many times as often")
    return times
