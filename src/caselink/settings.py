"""Settings: what ``sources.toml`` says about the files, checked before anything is read.

Every mistake is an :class:`caselink.errors.InputError` that names the file and the key, and what would do instead.
Paths in the file are relative to the file.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import inspect
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from types import ModuleType
from typing import Any

from caselink.errors import InputError, SpecError
from caselink.layouts import file_of, read_layout
from caselink.schema import STANDARD_COLUMNS

Columns = Mapping[str, str | tuple[str, ...]]
"""Standard name to the file's column, or to several that are joined with a blank."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSettings:
    """One ``[[source]]``: a file, and which of its columns is what.

    ``columns`` is None where the file already has the standard names. A file of a known ``layout`` (a name, or the path
    of a TOML file) needs neither them nor ``record_id``. ``encoding`` is None where it is the layout's, or UTF-8.
    """

    name: str
    path: Path
    record_id: str = ""
    layout: str | Path | None = None
    unduplicated: bool = False
    as_of: str | None = None
    columns: Columns | None = None
    encoding: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All that a ``sources.toml`` says.

    ``comparisons`` and ``blocking`` are None where the library is to choose. ``carried`` are the columns that they name
    and that are no standard ones: they are read along.
    """

    file: Path
    sources: tuple[SourceSettings, ...]
    comparisons: tuple[Any, ...] | None = None
    blocking: tuple[Any, ...] | None = None
    carried: tuple[str, ...] = ()

    @property
    def unduplicated(self) -> tuple[str, ...]:
        """The sources that are said to hold a person at most once."""
        return tuple(source.name for source in self.sources if source.unduplicated)


def read_settings(path: str | PathLike[str]) -> Settings:
    """Read and check a ``sources.toml``."""
    file = Path(path)
    top = _Table(_parse(file), file.name, "")
    sources = [_source(table, file.parent) for table in top.tables("source")]
    comparisons = tuple(map(_comparison, top.tables("comparison")))
    blocking = tuple(map(_blocking_rule, top.tables("blocking")))
    top.refuse_the_rest()
    if not sources:
        raise top.error("source", "missing; write one [[source]] table for each file")
    _refuse_doubled_names(sources, top)
    return Settings(
        file=file,
        sources=tuple(sources),
        comparisons=comparisons or None,
        blocking=blocking or None,
        carried=_other_columns(comparisons, blocking),
    )


def _parse(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise InputError("no such file", file=str(file)) from None
    except UnicodeDecodeError:
        raise InputError("not UTF-8 text; is this a TOML file?", file=str(file)) from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=str(file)) from None
    except tomllib.TOMLDecodeError as error:  # its text may quote what stands there, and that may be a data file
        line = re.search(r"at line (\d+)", str(error))
        raise InputError("not valid TOML", file=str(file), line=int(line[1]) if line else None) from None


class _Table:
    """A table of the file whose keys are taken one by one, so that what is left over is a mistake."""

    def __init__(self, values: dict[str, Any], file: str, name: str) -> None:
        self.values, self.file, self.name = dict(values), file, name
        self.known: list[str] = []

    def error(self, key: str, reason: str) -> InputError:
        return InputError(reason, file=self.file, field=f"{self.name}.{key}".strip("."))

    def take(self, key: str, kind: type, *, required: bool = False) -> Any:  # noqa: ANN401 - of ``kind``, or None
        self.known.append(key)
        if key not in self.values:
            if required:
                raise self.error(key, f"missing; give {_NAMES[kind]}")
            return None
        value = self.values.pop(key)
        if type(value) is not kind or value == "":
            raise self.error(key, f"must be {_NAMES[kind]}, not {_kind_of(value)}")
        return value

    def tables(self, key: str) -> Iterator[_Table]:
        for number, values in enumerate(self.take(key, list) or (), start=1):
            name = f"{key}[{number}]"
            if not isinstance(values, dict):
                raise self.error(name, f"must be a table; write [[{key}]]")
            yield _Table(values, self.file, name)

    def refuse_the_rest(self) -> None:
        for key in self.values:
            raise self.error(key, f"unknown; known here: {', '.join(self.known)}")


_NAMES = {str: "text", bool: "true or false", list: "a list", dict: "a table", int: "a whole number"}


def _kind_of(value: object) -> str:
    return "empty text" if value == "" else _NAMES.get(type(value), type(value).__name__)


def _source(table: _Table, folder: Path) -> SourceSettings:
    source = SourceSettings(
        name=table.take("name", str, required=True),
        path=_existing(folder / table.take("path", str, required=True), table),
        layout=(layout := _layout(table, folder)),
        record_id=table.take("record_id", str, required=layout is None) or "",
        unduplicated=bool(table.take("unduplicated", bool)),
        as_of=_date(table),
        columns=_columns(table),
        encoding=table.take("encoding", str),
    )
    table.refuse_the_rest()
    if source.layout is not None and (source.record_id or source.columns):
        raise table.error("record_id" if source.record_id else "columns", "the layout says this; leave it out")
    return source


def _existing(path: Path, table: _Table) -> Path:
    try:
        file_of(path)
    except InputError as error:
        raise table.error("path", f"{error.reason}: {path}") from None
    return path


def _layout(table: _Table, folder: Path) -> str | Path | None:
    """The name of a layout that comes with caselink, or the path of another; either is looked at."""
    given: str | None = table.take("layout", str)
    if given is None:
        return None
    layout = folder / given if given.endswith(".toml") else given
    try:
        read_layout(layout)
    except (SpecError, InputError) as error:
        raise table.error("layout", str(error)) from None
    return layout


def _date(table: _Table) -> str | None:
    value = table.values.pop("as_of", None)
    table.known.append("as_of")
    try:
        return None if value is None else dt.date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise table.error("as_of", "must be a date such as 2026-09-30") from None


def _columns(table: _Table) -> Columns | None:
    given = table.take("columns", dict)
    if given is None:
        return None
    columns = _Table(given, table.file, f"{table.name}.columns")
    for standard in given:
        if standard not in STANDARD_COLUMNS:
            hint = "any other column is read when a [[comparison]] or [[blocking]] table names it"
            raise columns.error(standard, f"no standard name; known: {', '.join(STANDARD_COLUMNS)}; {hint}")
    return {standard: _file_columns(standard, value, columns) for standard, value in given.items()}


def _file_columns(standard: str, value: object, columns: _Table) -> str | tuple[str, ...]:
    if isinstance(value, str) and value:
        return value
    if isinstance(value, list) and value and all(isinstance(part, str) and part for part in value):
        return tuple(value)
    raise columns.error(standard, f"must be a column's name or a list of them, not {_kind_of(value)}")


def _refuse_doubled_names(sources: Sequence[SourceSettings], top: _Table) -> None:
    names = [source.name for source in sources]
    for number, name in enumerate(names, start=1):
        if name in names[: number - 1]:
            raise top.error(f"source[{number}].name", f"doubled: {name!r}; each source needs its own name")


def _other_columns(comparisons: Iterable[Any], rules: Iterable[Any]) -> tuple[str, ...]:
    """Columns that the comparisons and rules read and that are no standard ones."""
    compared = [column for comparison in comparisons for column in comparison.definition.columns]
    blocked = [key.partition(".")[0] for rule in rules for key in rule.reads]
    return tuple(column for column in dict.fromkeys(compared + blocked) if column not in STANDARD_COLUMNS)


def _comparison(table: _Table) -> Any:  # noqa: ANN401 - one of the package's comparisons
    from caselink import comparisons

    kinds = _kinds(comparisons, "definition")
    kinds.pop("Custom", None)  # takes a function, which TOML cannot hold
    comparison = _build(kinds, table.take("kind", str, required=True), table)
    try:
        columns = comparison.definition.columns
    except (AttributeError, TypeError, ValueError) as error:
        raise table.error("", str(error)) from error
    if not all(isinstance(column, str) and column for column in columns):
        raise table.error("column", "must be a column's name")
    return comparison


def _blocking_rule(table: _Table) -> Any:  # noqa: ANN401 - one of the package's blocking rules
    from caselink import blocking

    return _build(_kinds(blocking, "blocks"), table.take("kind", str) or "BlockingRule", table)


def _kinds(module: ModuleType, member: str) -> dict[str, type]:
    """The plug-ins of a package: its public dataclasses that have ``member``."""
    public = {name: getattr(module, name) for name in module.__all__}
    kinds = {name: kind for name, kind in public.items() if isinstance(kind, type) and hasattr(kind, member)}
    return {name: kind for name, kind in kinds.items() if dataclasses.is_dataclass(kind)}


def _build(kinds: Mapping[str, type], kind: str, table: _Table) -> Any:  # noqa: ANN401 - by name
    """Make what ``kind`` names; the rest of the table's keys are its parameters."""
    if kind not in kinds:
        raise table.error("kind", f"unknown; known: {', '.join(sorted(kinds))}")
    parameters = inspect.signature(kinds[kind]).parameters
    several = [name for name, parameter in parameters.items() if parameter.kind is parameter.VAR_POSITIONAL]
    values = [value for name in several for value in table.take(name, list, required=True)]
    named = {key: _frozen(value) for key, value in table.values.items()}
    for key in named:
        if key not in parameters:
            raise table.error(key, f"unknown; {kind} has {', '.join(parameters)}")
    try:
        return kinds[kind](*values, **named)
    except (AttributeError, TypeError, ValueError) as error:
        raise table.error("", f"{kind}: {error}") from error


def _frozen(value: object) -> object:
    """The value with tuples for lists, as frozen objects hold it."""
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
