"""What a condition of a Splink model means: values of the two records, and what must hold between them.

The tree of :mod:`~caselink.interop.splink_sql` is turned into the few kinds of condition that caselink can ask. Each
is a plain frozen value, so that a comparison made of them pickles and compares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from caselink.interop.splink_sql import Node, SqlError, parse
from caselink.interop.splink_values import DAY, Value, number_of, read_value, timed

_MOST_EDITS = 100
_MEASURES = {
    "damerau_levenshtein": "damerau levenshtein",
    "editdist3": "levenshtein",
    "jaro_sim": "jaro",
    "jaro_similarity": "jaro",
    "jaro_winkler": "jaro winkler",
    "jaro_winkler_similarity": "jaro winkler",
    "levenshtein": "levenshtein",
}
_TURNED = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True, slots=True)
class Missing:
    """The value is not there."""

    value: Value


@dataclass(frozen=True, slots=True)
class Equal:
    """Two values are the same."""

    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class Is:
    """A value is a given text or number."""

    value: Value
    wanted: str | float


@dataclass(frozen=True, slots=True)
class Measured:
    """What ``measure`` gives for two values stands in this relation (``sign``) to ``limit``."""

    measure: str
    left: Value
    right: Value
    sign: str
    limit: float


@dataclass(frozen=True, slots=True)
class Every:
    """All parts hold."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Opposite:
    """The part does not hold (unknown stays unknown)."""

    part: Condition


Condition: TypeAlias = Missing | Equal | Is | Measured | Every | Some | Opposite


def read_condition(sql: str, dialect: str = "duckdb") -> Condition:
    """The condition that SQL text asks; raises :class:`SqlError` with the reason for one that cannot be taken over.

    >>> read_condition('levenshtein("zip_l", "zip_r") <= 1').limit
    1.0
    """
    return _condition(parse(sql, dialect), dialect)


def values_of(condition: Condition) -> Iterator[Value]:
    """Every value that a condition reads."""
    match condition:
        case Missing(value) | Is(value, _):
            yield value
        case Equal(left, right) | Measured(_, left, right):
            yield from (left, right)
        case Every(parts) | Some(parts):
            for part in parts:
                yield from values_of(part)
        case Opposite(part):
            yield from values_of(part)


def is_symmetric(condition: Condition) -> bool:
    """Whether the condition asks the same whichever record is called left."""
    return repr(_canonical(condition)) == repr(_canonical(_swapped(condition)))


def compared_column(condition: Condition) -> str | None:
    """The column that a condition asks to be equal as it stands, if that is all it asks."""
    if isinstance(condition, Equal) and not condition.left.steps and condition.left == condition.right.turned():
        return condition.left.column
    return None


def must_be_known(condition: Condition) -> frozenset[str]:
    """Columns of which a null level's condition says that missing on either side is enough."""
    match condition:
        case Missing(value):
            return frozenset({value.column})
        case Some(parts):
            sides = [(part.value.column, part.value.side) for part in parts if isinstance(part, Missing)]
            nested = [must_be_known(part) for part in parts if isinstance(part, Some)]
            both = {column for column, side in sides if (column, 1 - side) in sides}
            return frozenset(both).union(*nested)
        case _:
            return frozenset()


def _condition(tree: Node, dialect: str) -> Condition:
    match tree.kind:
        case "and":
            return Every(tuple(_condition(part, dialect) for part in tree.parts))
        case "or":
            return Some(tuple(_condition(part, dialect) for part in tree.parts))
        case "not":
            return Opposite(_condition(tree.parts[0], dialect))
        case "null":
            return Missing(read_value(tree.parts[0], dialect))
        case "<>":
            return Opposite(_related("=", tree.parts, dialect))
        case "=" | "<" | "<=" | ">" | ">=":
            return _related(tree.kind, tree.parts, dialect)
        case _:
            raise SqlError("is not a condition that is read")


def _related(sign: str, parts: tuple[Node, ...], dialect: str) -> Condition:
    """Two sides of a sign: two values, a value and a literal, or a measure and a number."""
    left, right = parts
    if left.kind == "text" or number_of(left) is not None:
        sign, left, right = _TURNED[sign], right, left
    limit = number_of(right)
    if limit is not None and left.kind == "call" and (measure := _MEASURED.get(str(left.value))):
        return measure(left, dialect, sign, limit)
    if sign != "=":
        named = f" ({str(left.value).upper()})" if left.kind == "call" else ""
        raise SqlError(f"compares by size what is no measure of two values that is known{named}")
    if right.kind == "text" or limit is not None:
        return _literal(read_value(left, dialect), str(right.value) if limit is None else limit)
    return _pair(read_value(left, dialect), read_value(right, dialect))


def _literal(value: Value, wanted: str | float) -> Is:
    if isinstance(wanted, float) and value.kind == "text":
        value = replace(value, kind="number", steps=(*value.steps, ("number",)))
    if isinstance(wanted, str) and value.kind != "text":
        raise SqlError("compares a number or a date with a text")
    return Is(value, wanted)


def _pair(left: Value, right: Value) -> Equal:
    _check_sides(left, right)
    if left.kind != right.kind:
        raise SqlError("compares values of two kinds")
    return Equal(left, right)


def _check_sides(left: Value, right: Value) -> None:
    if left.side == right.side:
        raise SqlError("compares values of one record")


def _texts(call: Node, dialect: str, sign: str, limit: float) -> Measured:
    """A string function of two values."""
    measure = _MEASURES[str(call.value)]
    if len(call.parts) != 2:
        raise SqlError(f"gives {str(call.value).upper()} other than two values")
    left, right = (read_value(part, dialect) for part in call.parts)
    _check_sides(left, right)
    if left.kind != "text" or right.kind != "text":
        raise SqlError(f"gives {str(call.value).upper()} what is no text")
    if measure.endswith("levenshtein") and not 0 <= limit <= _MOST_EDITS:
        raise SqlError(f"counts edits against a limit that is not within 0 to {_MOST_EDITS}")
    return Measured(measure, left, right, sign, limit)


def _difference(call: Node, dialect: str, sign: str, limit: float) -> Measured:
    """``abs`` of a difference of numbers, of times in seconds, or of a count of days."""
    inner = call.parts[0] if len(call.parts) == 1 else Node("")
    if inner.kind == "-":
        left, right = (_number(read_value(part, dialect)) for part in inner.parts)
    elif inner.kind == "call" and inner.value in ("date_diff", "datediff", "datesub", "date_sub"):
        left, right = (replace(timed(read_value(part, dialect)), kind="number") for part in _days(inner))
        left, right = (replace(value, steps=(*value.steps, ("per", DAY))) for value in (left, right))
    else:
        raise SqlError("takes ABS of what is no difference of two values")
    _check_sides(left, right)
    return Measured("difference", left, right, sign, limit)


def _number(value: Value) -> Value:
    if value.kind == "time":
        raise SqlError("subtracts dates without EPOCH")
    return value if value.kind == "number" else replace(value, kind="number", steps=(*value.steps, ("number",)))


def _days(call: Node) -> tuple[Node, ...]:
    """The two dates of a function that counts days between them."""
    if len(call.parts) == 2:
        return call.parts
    if len(call.parts) == 3 and call.parts[0].value in ("day", "DAY"):
        return call.parts[1:]
    raise SqlError("counts calendar months or years between dates")


_MEASURED: dict[str, Callable[[Node, str, str, float], Condition]] = dict.fromkeys(_MEASURES, _texts)
_MEASURED["abs"] = _difference


def _swapped(condition: Condition) -> Condition:
    """The condition with left and right exchanged."""
    match condition:
        case Missing(value) | Is(value, _):
            return replace(condition, value=value.turned())
        case Equal(left, right) | Measured(_, left, right):
            return replace(condition, left=left.turned(), right=right.turned())
        case Every(parts) | Some(parts):
            return replace(condition, parts=tuple(_swapped(part) for part in parts))
        case Opposite(part):
            return Opposite(_swapped(part))


def _canonical(condition: Condition) -> Condition:
    """One form for all orders in which the same could be written; every measure is symmetric."""
    match condition:
        case Equal(left, right) | Measured(_, left, right):
            first, second = sorted((left, right), key=repr)
            return replace(condition, left=first, right=second)
        case Every(parts) | Some(parts):
            return replace(condition, parts=tuple(sorted({_canonical(part) for part in parts}, key=repr)))
        case Opposite(part):
            return Opposite(_canonical(part))
        case _:
            return condition
