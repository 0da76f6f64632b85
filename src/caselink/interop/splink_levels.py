"""One comparison of a Splink model file: its levels in order, their m and u, and their term frequencies."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from caselink.errors import SpecError
from caselink.interop.splink_comparison import SplinkComparison, SplinkLevel
from caselink.interop.splink_conditions import Condition, compared_column, is_symmetric, read_condition
from caselink.interop.splink_sql import SqlError
from caselink.interop.splink_weights import SplinkTerm

_ROUNDING = 1e-6  # by which a probability that was estimated may be above 1
_MOST_LEVELS = 250
_FIRST_IS_EXACT = 0.95
_COUNTS_BYTES = {"duckdb"}


@dataclass(frozen=True, slots=True)
class Unmapped:
    """What could not be taken over: a level of a comparison, a whole comparison or a blocking rule, and why.

    ``sql`` is its condition, texts in it hidden.
    """

    where: str
    level: str | None
    sql: str
    reason: str

    def __str__(self) -> str:
        level = "" if self.level is None else f", level {self.level!r}"
        return f"{self.where}{level} ({self.sql}): {self.reason}"


@dataclass(frozen=True, slots=True)
class ReadComparison:
    """A comparison with its weights; no comparison where it could not be taken over at all."""

    comparison: SplinkComparison | None
    m: tuple[float, ...] = ()
    u: tuple[float, ...] = ()
    terms: tuple[SplinkTerm, ...] = ()
    untrained: tuple[str, ...] = ()
    unmapped: tuple[Unmapped, ...] = ()

    def terms_at(self, place: int) -> list[SplinkTerm]:
        """Its term frequencies where it is the comparison of that place."""
        return [replace(term, comparison=place) for term in self.terms]


@dataclass(frozen=True, slots=True)
class _Level:
    """A level of the file; ``code`` as in caselink, 0 for a null level and 1 for the last, ELSE."""

    name: str
    code: int
    said: Mapping[str, Any] = field(repr=False)
    condition: Condition | None
    reason: str = ""


def read_comparison(said: Mapping[str, Any], dialect: str) -> ReadComparison:
    """Read one comparison; :class:`SpecError` for one that Splink could not use either."""
    listed = said["comparison_levels"]
    levels = _levels(listed, dialect)
    columns = dict.fromkeys(_columns(listed))
    name = str(said.get("output_column_name") or "_".join(columns) or "comparison")
    _check(name, levels)
    m, u, untrained = _probabilities(name, levels)
    where = f"comparison {name!r}"
    unmapped = [
        Unmapped(where, one.name, hidden(one.said["sql_condition"], dialect), one.reason)
        for one in levels
        if one.reason
    ]
    asked = tuple(SplinkLevel(one.code, one.condition) for one in levels if one.condition is not None)
    null_lost = any(one.reason and one.code == 0 for one in levels)
    if null_lost or not any(one.level > 0 for one in asked):
        why = "its null level is not read" if null_lost else "no level but ELSE is left"
        unmapped.append(Unmapped(where, None, "the whole comparison", f"is left out: {why}"))
        return ReadComparison(None, unmapped=tuple(unmapped))
    terms = _terms(name, levels, u)
    names = _level_names(levels)
    also = tuple(dict.fromkeys(term.column for term in terms))
    comparison = SplinkComparison(name, names, asked, also, bytes_count=dialect in _COUNTS_BYTES)
    return ReadComparison(comparison, m, u, terms, untrained, tuple(unmapped))


def hidden(sql: object, dialect: str) -> str:
    """A condition for the eye: on one line, cut short, and with whatever stands in quotes as text left out."""
    text = " ".join(str(sql).split())
    for quote in "'\"" if dialect == "spark" else "'":
        text = re.sub(rf"{quote}[^{quote}]*{quote}?", f"{quote}...{quote}", text)
    return text if len(text) <= 100 else text[:97] + "..."


def _levels(listed: Sequence[Mapping[str, Any]], dialect: str) -> list[_Level]:
    """The levels, numbered from the last that is not null (1) upward."""
    places = [place for place, one in enumerate(listed) if not one.get("is_null_level")]
    code = {place: len(places) - number for number, place in enumerate(places)}
    levels = []
    for place, one in enumerate(listed):
        sql = one["sql_condition"]
        name = hidden(one.get("label_for_charts") or sql, dialect)
        condition, reason = (None, "") if _is_else(sql) else _asked(sql, dialect)
        levels.append(_Level(name, code.get(place, 0), one, condition, reason))
    return levels


def _asked(sql: str, dialect: str) -> tuple[Condition | None, str]:
    try:
        condition = read_condition(sql, dialect)
    except SqlError as reason:
        return None, str(reason)
    if not is_symmetric(condition):
        return None, "depends on which of the two records is left; a comparison of caselink's does not"
    return condition, ""


def _is_else(sql: str) -> bool:
    return sql.strip().upper() == "ELSE"


def _columns(listed: Sequence[Mapping[str, Any]]) -> list[str]:
    """Names in the levels' conditions, their ends left out: what Splink calls a comparison without a name."""
    return [found for one in listed for found in re.findall(r"(\w+)_l\b", str(one["sql_condition"]))]


def _check(name: str, levels: Sequence[_Level]) -> None:
    """Raise :class:`SpecError` for levels that no pair or every pair would fall through."""
    if len(levels) > _MOST_LEVELS:
        raise SpecError(f"comparison {name!r} has more than {_MOST_LEVELS} levels")
    is_else = [_is_else(one.said["sql_condition"]) for one in levels]
    if is_else.count(True) != 1 or not is_else[-1] or levels[-1].code != 1:
        raise SpecError(f"comparison {name!r} needs one ELSE level, as its last")
    if sum(one.code > 0 for one in levels) < 2:
        raise SpecError(f"comparison {name!r} has no level but ELSE")


def _probabilities(name: str, levels: Sequence[_Level]) -> tuple[tuple[float, ...], tuple[float, ...], tuple[str, ...]]:
    """Both probabilities by level code, with Splink's starting values where the file has none, and which those are."""
    weighed = sorted((one for one in levels if one.code), key=lambda one: one.code)
    usual_m, usual_u = _starting_values(len(weighed))
    m, u, untrained = [1.0], [1.0], []
    for one, start_m, start_u in zip(weighed, usual_m, usual_u, strict=True):
        for table, which, start in ((m, "m_probability", start_m), (u, "u_probability", start_u)):
            given = one.said.get(which)
            if given is not None and not (isinstance(given, float | int) and 0 < given <= 1 + _ROUNDING):
                reason = "must be above 0 and at most 1: no weight follows from it otherwise"
                raise SpecError(f"comparison {name!r}, level {one.name!r}: {which} {reason}")
            table.append(start if given is None else float(given))
        if one.said.get("m_probability") is None or one.said.get("u_probability") is None:
            untrained.append(f"{name!r} at {one.name!r}")
    return tuple(m), tuple(u), tuple(untrained)


def _starting_values(n_levels: int) -> tuple[list[float], list[float]]:
    """Where Splink begins, lowest level first: weights of -5 to 3 bits, and 10 for the highest level."""
    rest = (1 - _FIRST_IS_EXACT) / (n_levels - 1)
    m = [rest] * (n_levels - 1) + [_FIRST_IS_EXACT]
    below = [-5.0] if n_levels == 2 else [-5.0 + 8.0 * place / (n_levels - 2) for place in range(n_levels - 1)]
    return m, [share / 2**weight for share, weight in zip(m, [*below, 10.0], strict=True)]


def _terms(name: str, levels: Sequence[_Level], u: Sequence[float]) -> tuple[SplinkTerm, ...]:
    terms = []
    for one in levels:
        column = one.said.get("tf_adjustment_column")
        weight = float(one.said.get("tf_adjustment_weight", 1.0))
        if not column or one.code == 0 or one.condition is None or weight == 0:
            continue
        column = _unquoted(str(column))
        least = float(one.said.get("tf_minimum_u_value", 0.0))
        if not (weight > 0 and math.isfinite(weight) and 0 <= least <= 1):
            raise SpecError(f"comparison {name!r}, level {one.name!r}: term frequencies need a weight of 0 or more")
        if one.said.get("disable_tf_exact_match_detection"):
            share = u[one.code]
        else:
            exact = [other for other in levels if _compares(other, column)]
            if not exact:
                reason = f"has term frequencies of {column!r} but no level of equal values there"
                raise SpecError(f"comparison {name!r}, level {one.name!r}: {reason}")
            share = u[exact[0].code]
        terms.append(SplinkTerm(comparison=0, level=one.code, column=column, u=share, weight=weight, least=least))
    return tuple(terms)


def _compares(level: _Level, column: str) -> bool:
    compared = None if level.condition is None else compared_column(level.condition)
    return compared is not None and level.code > 0 and compared.lower() == column.lower()


def _unquoted(name: str) -> str:
    return name[1:-1] if len(name) > 2 and name[0] in '"`' and name[-1] == name[0] else name


def _level_names(levels: Sequence[_Level]) -> tuple[str, ...]:
    """Names by code, none twice."""
    names = ["missing"]
    for one in sorted((one for one in levels if one.code), key=lambda one: one.code):
        name = one.name if one.name not in names else f"{one.name} ({one.code})"
        names.append(name)
    return tuple(names)
