"""What a condition of a Splink model reads of one record: a column, and the functions that it goes through.

Values are worked out once a distinct text of the column. Unlike caselink's own columns a text may be empty here, since
the beginning of a short text can be.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from caselink.encoding import EncodedRecords
from caselink.errors import InputError
from caselink.interop.splink_sql import Node, SqlError

Floats: TypeAlias = npt.NDArray[np.float64]
Kind: TypeAlias = Literal["text", "number", "time"]
Step: TypeAlias = tuple[Any, ...]
DAY = 86_400.0
"""Seconds: what times are counted in."""

_TEXT_TYPES = {"text", "varchar", "string", "char"}
_NUMBER_TYPES = {"double", "double precision", "float", "float8", "float4", "real", "decimal", "numeric"}
_WHOLE_TYPES = {"int", "integer", "bigint", "smallint", "int4", "int8", "long"}
_ISO = "%Y-%m-%d"
_PARSES = {"strptime", "try_strptime", "to_date", "to_timestamp", "try_to_timestamp", "try_cast_date", "try_to_date"}
_PIECES = {"Y": r"(?P<Y>\d{1,4})", "m": r"(?P<m>\d{1,2})", "d": r"(?P<d>\d{1,2})"} | {
    name: rf"(?P<{name}>\d{{1,2}})" for name in "HMS"
}
_LETTERS = {"yyyy": "%Y", "YYYY": "%Y", "MM": "%m", "dd": "%d", "DD": "%d", "HH": "%H", "mm": "%M", "ss": "%S"}


@dataclass(frozen=True, slots=True)
class Value:
    """A column of the left (0) or right (1) record and what is done to it, step by step.

    ``kind``: a text, a number, or a time in seconds.
    """

    side: int
    column: str
    steps: tuple[Step, ...] = ()
    kind: Kind = "text"

    def turned(self) -> Value:
        """The same of the other record."""
        return replace(self, side=1 - self.side)


@dataclass(frozen=True, slots=True)
class Seen:
    """A value of every record: its code (-1 is missing) and what the codes stand for, texts or numbers."""

    codes: npt.NDArray[np.int32] = field(repr=False)
    texts: pa.LargeStringArray = field(repr=False)
    numbers: Floats = field(repr=False)


def read_value(tree: Node, dialect: str) -> Value:
    """The value that a piece of a condition stands for; :class:`SqlError` with the reason if none that is known."""
    if tree.kind == "column":
        return _column(tree)
    if tree.kind in ("cast", "try_cast"):
        return _cast(read_value(tree.parts[0], dialect), str(tree.value), strict=tree.kind == "cast")
    if tree.kind == "call":
        return _function(str(tree.value), tree.parts, dialect)
    what = {"text": "a text", "number": "a number"}.get(tree.kind, tree.kind.upper())
    raise SqlError(f"takes {what} for a value of the record")


def number_of(tree: Node) -> float | None:
    """The number that a piece without columns comes to."""
    if tree.kind == "number":
        return float(tree.value)
    parts = [number_of(part) for part in tree.parts]
    known = [part for part in parts if part is not None]
    if not known or len(known) < len(parts):
        return None
    if tree.kind == "call" and tree.value == "floor":
        return float(math.floor(known[0]))
    if tree.kind in ("cast", "try_cast") and tree.value not in _TEXT_TYPES:
        return known[0]
    if tree.kind in ("+", "-", "*", "/"):
        a, b = known
        return {"+": a + b, "-": a - b, "*": a * b, "/": a / b if b else math.nan}[tree.kind]
    return None


def timed(value: Value) -> Value:
    """The value as a time: a text that no step parsed is a date as ``YYYY-MM-DD``."""
    return value if value.kind == "time" else replace(value, kind="time", steps=(*value.steps, ("time", _ISO)))


def see(value: Value, records: EncodedRecords) -> Seen:
    """The value of every record, whichever side it is asked of."""
    column = records.columns[value.column]
    texts, numbers = column.values, np.zeros(0)
    for step in value.steps:
        if step[0] in _TEXT_STEPS:
            texts = _TEXT_STEPS[step[0]](texts, *step[1:])
        elif step[0] == "per":
            numbers = np.floor(numbers / step[1])
        elif step[0] == "time":
            numbers = _seconds(texts, step[1])
        else:
            numbers = _numbers(texts, step[0], value.column)
    if value.kind == "text":
        coded = texts.dictionary_encode()
        place = np.append(coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32), np.int32(-1))
        return Seen(place[column.codes], coded.dictionary, np.zeros(0))
    distinct, place = np.unique(numbers, return_inverse=True)
    codes = np.append(np.where(np.isnan(numbers), -1, place).astype(np.int32), np.int32(-1))
    return Seen(codes[column.codes], pa.array([], pa.large_string()), distinct)


def _column(tree: Node) -> Value:
    name, table = str(tree.value), tree.table
    if table in ("l", "r"):
        return Value("lr".index(table), name)
    end = re.fullmatch(r"(.+)_([lr])", name, re.IGNORECASE | re.DOTALL)
    if table or end is None:
        raise SqlError("reads a column of neither the left nor the right record")
    return Value("lr".index(end[2].lower()), end[1])


def _cast(value: Value, kind: str, *, strict: bool) -> Value:
    plain = kind.removesuffix("()").strip()
    if kind in _TEXT_TYPES and value.kind == "text":
        return value
    if plain in _NUMBER_TYPES | _WHOLE_TYPES and value.kind == "text":
        what = "number" if plain in _NUMBER_TYPES else "whole number"
        return replace(value, kind="number", steps=(*value.steps, (what if strict else f"try {what}",)))
    if kind in ("date", "timestamp"):
        return timed(value)
    raise SqlError(f"casts a {value.kind} to {kind.upper()}")


def _function(name: str, parts: tuple[Node, ...], dialect: str) -> Value:
    inner = read_value(parts[0], dialect) if parts else None
    rest = [part.value if part.kind == "text" else number_of(part) for part in parts[1:]]
    if inner is None:
        raise SqlError(f"calls {name.upper()} of nothing")
    if name in ("epoch", "unix_timestamp") and not rest:
        return replace(timed(inner), kind="number")
    if name == "date" and not rest:
        return timed(inner)
    if name in _PARSES and len(rest) == 1 and isinstance(rest[0], str):
        pattern = _pattern(rest[0], dialect)
        return inner if inner.kind == "time" else replace(inner, kind="time", steps=(*inner.steps, ("time", pattern)))
    if inner.kind == "text" and (step := _text_step(name, rest, dialect)) is not None:
        return replace(inner, steps=(*inner.steps, step))
    raise SqlError(f"calls {name.upper()} in a way that has no counterpart")


def _text_step(name: str, rest: list[Any], dialect: str) -> Step | None:
    """What a function of a text does, if it is one of those known."""
    if name in ("lower", "upper", "trim") and not rest:
        return (name,)
    if name in ("substr", "substring") and len(rest) in (1, 2) and all(_is_whole(number) for number in rest):
        start = int(rest[0]) - 1
        if start >= 0:
            return ("slice", start, start + int(rest[1]) if len(rest) == 2 else None)
    if name in ("left", "right") and len(rest) == 1 and _is_whole(rest[0]) and rest[0] > 0:
        return ("slice", 0, int(rest[0])) if name == "left" else ("slice", -int(rest[0]), None)
    if name == "nullif" and len(rest) == 1 and isinstance(rest[0], str):
        return (name, rest[0])
    if name == "regexp_extract" and dialect == "duckdb" and _is_pattern(rest):
        return (name, rest[0])
    return None


def _is_whole(number: object) -> bool:
    return isinstance(number, float) and number.is_integer() and number >= 0


def _is_pattern(rest: list[Any]) -> bool:
    """Whether these are a pattern whose whole find is asked for; both engines read it with the same library, RE2."""
    if not rest or not isinstance(rest[0], str) or rest[1:] not in ([], [0.0]):
        return False
    try:
        _extract(pa.array([""], pa.large_string()), rest[0])
    except pa.ArrowInvalid:
        return False
    return True


def _pattern(text: str, dialect: str) -> str:
    """A date's format with the letters of ``strptime``; RE2 finds its parts."""
    if dialect != "duckdb":
        for letters, ours in (("HH24", "%H"), ("MI", "%M"), ("SS", "%S")) if dialect == "postgres" else ():
            text = text.replace(letters, ours)
        text = re.sub("|".join(_LETTERS), lambda found: _LETTERS[found[0]], text).replace("'", "")
    known = re.sub(r"%[YmdHMS]", "", text)
    if re.search(r"%|[A-SU-Ya-z]", known) or any(text.count(f"%{part}") != 1 for part in "Ymd"):
        raise SqlError("parses dates in a form that is not read")
    return text


def _extract(texts: pa.LargeStringArray, pattern: str) -> pa.LargeStringArray:
    """What a pattern finds, empty where it finds nothing."""
    found = pc.struct_field(pc.extract_regex(texts, f"(?P<found>{pattern})"), "found")
    return pc.if_else(texts.is_null(), pa.scalar(None, pa.large_string()), found.fill_null(""))


def _null_if(texts: pa.LargeStringArray, unwanted: str) -> pa.LargeStringArray:
    return pc.if_else(pc.equal(texts, unwanted), pa.scalar(None, pa.large_string()), texts)


_TEXT_STEPS: dict[str, Callable[..., pa.LargeStringArray]] = {
    "lower": pc.utf8_lower,
    "upper": pc.utf8_upper,
    "trim": lambda texts: pc.utf8_trim(texts, " "),
    "slice": pc.utf8_slice_codeunits,
    "nullif": _null_if,
    "regexp_extract": _extract,
}


def _numbers(texts: pa.LargeStringArray, how: str, column: str) -> Floats:
    """Texts as numbers, NaN where missing; a text that is none is an error unless the model only tries."""
    try:
        numbers = texts.cast(pa.float64()).fill_null(np.nan).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        numbers = np.array([_number(text) for text in texts.to_pylist()], np.float64)
    wrong = np.isnan(numbers) & texts.is_valid().to_numpy(zero_copy_only=False)
    if how.endswith("whole number"):
        wrong |= numbers != np.floor(numbers)
        wrong &= texts.is_valid().to_numpy(zero_copy_only=False)
    if wrong.any() and not how.startswith("try"):
        raise InputError(
            f"holds {int(wrong.sum())} texts that are no {how}; the Splink model counts with it", field=column
        )
    return np.where(wrong, np.nan, numbers)


def _number(text: str | None) -> float:
    try:
        return math.nan if text is None else float(text)
    except ValueError:
        return math.nan


def _seconds(texts: pa.LargeStringArray, form: str) -> Floats:
    """Seconds since 1970 of dates in a form, NaN where there is no such date."""
    pattern = re.sub(r"%([YmdHMS])", lambda found: _PIECES[found[1]], re.escape(form))
    pieces = pc.extract_regex(texts, rf"^\s*{pattern}\s*$")
    there = {field.name for field in pieces.type}

    def part(name: str) -> Floats:
        if name not in there:
            return np.zeros(len(texts))
        number = pc.struct_field(pieces, name).cast(pa.float64())
        return np.asarray(number.fill_null(np.nan).to_numpy(zero_copy_only=False))

    year, month, day = (part(name) for name in "Ymd")
    hour, minute, second = (part(name) for name in "HMS")
    days = _days_since_1970(year, month, day)
    valid = (hour < 24) & (minute < 60) & (second < 60)
    return np.where(valid, days * DAY + hour * 3600 + minute * 60 + second, np.nan)


def _days_since_1970(year: Floats, month: Floats, day: Floats) -> Floats:
    """Days of the proleptic Gregorian calendar, NaN for a day that does not exist."""
    known = (month >= 1) & (month <= 12) & (day >= 1)
    y, m = np.where(known, year, 0).astype(np.int64), np.where(known, month, 1).astype(np.int64)
    first = (y - 1970) * 12 + m - 1
    start, following = (
        months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) for months in (first, first + 1)
    )
    fits = known & (day <= following - start)
    return np.where(fits, start + day - 1, np.nan)
