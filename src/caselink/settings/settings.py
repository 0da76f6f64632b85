"""Settings: what ``sources.toml`` says about the files, checked before anything is read.

Every mistake is an :class:`caselink.errors.InputError` that names the file and the key, and what would do instead.
Paths in the file are relative to the file.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from types import ModuleType
from typing import Any

from caselink.schema import FURTHER_COLUMNS, STANDARD_COLUMNS
from caselink.settings.source import SourceSettings, read_source_table
from caselink.settings.tables import Table, read_toml


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All that a ``sources.toml`` says.

    ``comparisons`` and ``blocking`` are None where the library is to choose. ``carried`` are the columns that they name
    and that are no standard ones: they are read along. ``referrals`` is the file of the referrals from IV-A to IV-D,
    ``dispositions`` that of what was decided about findings; ``encoding`` is that of all files for which a source names
    no other. ``protection`` is the register of who was ever protected, which each run reads and adds to; it need not be
    there yet.
    """

    file: Path
    sources: tuple[SourceSettings, ...]
    referrals: Path | None = None
    dispositions: Path | None = None
    protection: Path | None = None
    encoding: str | None = None
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
    top = Table(read_toml(file), file.name, "")
    encoding = top.encoding()
    sources = [read_source_table(table, file.parent, encoding) for table in top.tables("source")]
    referrals = top.path("referrals", file.parent)
    dispositions = top.path("dispositions", file.parent)
    protection = top.take("protection", str)
    comparisons = tuple(map(_comparison, top.tables("comparison")))
    blocking = tuple(map(_blocking_rule, top.tables("blocking")))
    top.refuse_the_rest()
    if not sources:
        raise top.error("source", "missing; write one [[source]] table for each file")
    _refuse_doubled_names(sources, top)
    return Settings(
        file=file,
        sources=tuple(sources),
        referrals=referrals,
        dispositions=dispositions,
        protection=None if protection is None else file.parent / protection,
        encoding=encoding,
        comparisons=comparisons or None,
        blocking=blocking or None,
        carried=_other_columns(comparisons, blocking),
    )


def _refuse_doubled_names(sources: Sequence[SourceSettings], top: Table) -> None:
    names = [source.name for source in sources]
    for number, name in enumerate(names, start=1):
        if name in names[: number - 1]:
            raise top.error(f"source[{number}].name", f"doubled: {name!r}; each source needs its own name")


def _other_columns(comparisons: Iterable[Any], rules: Iterable[Any]) -> tuple[str, ...]:
    """Columns that the comparisons and rules read and that are no standard ones."""
    from caselink.blocking import key_columns

    compared = [column for comparison in comparisons for column in comparison.definition.columns]
    blocked = [column for rule in rules for key in rule.reads for column in key_columns(key)]
    known = (*STANDARD_COLUMNS, *FURTHER_COLUMNS)
    return tuple(column for column in dict.fromkeys(compared + blocked) if column not in known)


def _comparison(table: Table) -> Any:  # noqa: ANN401 - one of the package's comparisons
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


def _blocking_rule(table: Table) -> Any:  # noqa: ANN401 - one of the package's blocking rules
    from caselink import blocking

    return _build(_kinds(blocking, "blocks"), table.take("kind", str) or "BlockingRule", table)


def _kinds(module: ModuleType, member: str) -> dict[str, type]:
    """The plug-ins of a package: its public dataclasses that have ``member``."""
    public = {name: getattr(module, name) for name in module.__all__}
    kinds = {name: kind for name, kind in public.items() if isinstance(kind, type) and hasattr(kind, member)}
    return {name: kind for name, kind in kinds.items() if dataclasses.is_dataclass(kind)}


def _build(kinds: Mapping[str, type], kind: str, table: Table) -> Any:  # noqa: ANN401 - by name
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
