"""Layout files: a TOML file is a layout, one that comes with caselink or a stranger's."""

from __future__ import annotations

import dataclasses
import re
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from os import PathLike
from pathlib import Path
from typing import Any, TypeVar, cast

from caselink.errors import InputError, SpecError
from caselink.layouts.header import Header, Trailer, WrittenInCode
from caselink.layouts.layout import Blocks, Field, Layout, MembershipRule, PersonRule, RecordLayout

Made = TypeVar("Made")


def layout_names() -> list[str]:
    """Give the names of the layouts that come with caselink."""
    return sorted(file.name.removesuffix(".toml") for file in _packaged().iterdir() if file.name.endswith(".toml"))


def read_layout(layout: str | PathLike[str] | Layout) -> Layout:
    """Read a layout: by its name, if it comes with caselink, or from a TOML file.

    Every mistake is a :class:`SpecError` that names the file and the key. ::

        name = "wages"
        kind = "fixed"                    # or "csv": then fields have no start and length
        source = "where the facts come from"
        persons = { key = ["ssn"] }       # see PersonRule
        [records.wage]                    # one table a record type; its keys are those of RecordLayout
        start_of_line = "W"
        person = true
        fields = [                        # one inline table a field; its keys are those of Field
          { name = "SSN", start = 2, length = 9, kind = "number", standard = "ssn", status = "source" },
        ]

    ``codes`` of a field is a table, or the name of one in ``[codes]``, for lists that several fields share.
    """
    if isinstance(layout, Layout):
        return layout
    if isinstance(layout, str) and re.fullmatch(r"[\w-]+", layout):
        file = _packaged() / f"{layout}.toml"
        if not file.is_file():
            raise SpecError(f"unknown layout {layout!r}; known are {', '.join(layout_names())}, or give a TOML file")
        return layout_from_toml(file.read_text(encoding="utf-8"), f"{layout}.toml")
    path = Path(layout)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError("no such file", file=str(path)) from None
    except UnicodeDecodeError:
        raise InputError("not UTF-8 text; is this a TOML file?", file=str(path)) from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=str(path)) from None
    return layout_from_toml(text, str(path))


def layout_from_toml(text: str, file: str) -> Layout:
    """Make the layout that the text of a TOML file declares; ``file`` is named in errors."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:  # its text may quote what stands there, and that may be a data file
        line = re.search(r"at line (\d+)", str(error))
        raise InputError("not valid TOML", file=file, line=int(line[1]) if line else None) from None
    try:
        return _layout(values)
    except SpecError as error:
        raise SpecError(f"{file}: {error}") from None


def _packaged() -> Any:  # noqa: ANN401 - a Traversable, whose module differs between Python versions
    return files("caselink.layouts") / "data"


def _layout(values: dict[str, Any]) -> Layout:
    shared = values.pop("codes", {})
    tables = values.pop("records", None)
    if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
        raise SpecError("records: missing; write a table [records.NAME] for each record type")
    records = tuple(_record(name, dict(table), shared) for name, table in tables.items())
    parts: dict[str, Any] = {"records": records}
    for key, kind in (("persons", PersonRule), ("header", Header), ("trailer", Trailer)):
        if key in values:
            parts[key] = _part(kind, values.pop(key), key)
    layout: Layout = _make(Layout, values, "", parts)
    if not any(record.person or record.referral for record in records):
        raise SpecError("records: none says person = true, or referral = true: nobody would be read")
    return layout


def _record(name: str, values: dict[str, Any], shared: Mapping[str, Any]) -> RecordLayout:
    where = f"records.{name}"
    fields = _tables(values.pop("fields", None), f"{where}.fields")
    rules = _tables(values.pop("memberships", []), f"{where}.memberships")
    parts: dict[str, Any] = {
        "name": name,
        "fields": tuple(_field(one, shared, f"{where}.fields[{place}]") for place, one in enumerate(fields, start=1)),
        "memberships": tuple(
            _make(MembershipRule, dict(one), f"{where}.memberships[{place}]")
            for place, one in enumerate(rules, start=1)
        ),
    }
    if "blocks" in values:
        parts["blocks"] = _part(Blocks, values.pop("blocks"), f"{where}.blocks")
    return _make(RecordLayout, values, where, parts)


def _field(values: dict[str, Any], shared: Mapping[str, Any], where: str) -> Field:
    values = dict(values)
    if isinstance(values.get("codes"), str):
        if values["codes"] not in shared:
            raise SpecError(f"{where}.codes: no table [codes.{values['codes']}]")
        values["codes"] = shared[values["codes"]]
    return _make(Field, values, where)


def _part(kind: type[Made], values: object, where: str) -> Made:
    if not isinstance(values, dict):
        raise SpecError(f"{where}: must be a table")
    values = dict(values)
    code = {"code": _part(WrittenInCode, values.pop("code"), f"{where}.code")} if "code" in values else {}
    return _make(kind, values, where, code)


def _tables(values: object, where: str) -> list[dict[str, Any]]:
    if not isinstance(values, list) or not all(isinstance(one, dict) for one in values):
        raise SpecError(f"{where}: must be a list of tables")
    return values


def _make(kind: type[Made], values: Mapping[str, Any], where: str, parts: Mapping[str, Any] | None = None) -> Made:
    """Make a ``kind`` of a table's values, whose keys and types must be those of its fields, and of finished parts."""
    ready = dict(parts or {})
    known = {one.name: one for one in dataclasses.fields(cast("Any", kind)) if one.name not in ready}
    for key, value in values.items():
        if key not in known:
            raise SpecError(f"{_at(where, key)}: unknown; known here: {', '.join(sorted(known))}")
        ready[key] = _typed(value, str(known[key].type), _at(where, key))
    for key, one in known.items():
        if key not in ready and one.default is dataclasses.MISSING and one.default_factory is dataclasses.MISSING:
            raise SpecError(f"{_at(where, key)}: missing")
    try:
        return kind(**ready)
    except SpecError as error:
        inner = str(error)
        raise SpecError(inner if not where or inner.startswith(where) else f"{where}: {inner}") from None


def _at(where: str, key: str) -> str:
    return f"{where}.{key}".strip(".")


def _typed(value: object, wanted: str, where: str) -> object:
    """The value as the dataclass holds it; ``wanted`` is the type as it is written there."""
    if wanted == "tuple[str, ...]":
        return _texts(value, where)
    if wanted.startswith("Mapping"):
        if not isinstance(value, dict):
            raise SpecError(f"{where}: must be a table")
        if "tuple" in wanted:
            return {key: _texts([one] if isinstance(one, str) else one, _at(where, key)) for key, one in value.items()}
        return dict(zip(value, _texts(list(value.values()), where), strict=True))
    name, kind = {"int": ("a whole number", int), "bool": ("true or false", bool)}.get(wanted, ("text", str))
    if type(value) is not kind:
        raise SpecError(f"{where}: must be {name}")
    return value


def _texts(values: object, where: str) -> tuple[str, ...]:
    if not isinstance(values, (list, tuple)) or not all(isinstance(one, str) for one in values):
        raise SpecError(f"{where}: must be texts in quotes")
    return tuple(values)
