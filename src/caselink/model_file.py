"""Model files: rules, comparisons and weights as JSON with a format version; never pickle.

Reading one builds only the classes listed here from plain numbers and texts, so that a hostile file can at
worst be refused.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from caselink import blocking, comparisons
from caselink.blocking import Rule
from caselink.comparisons import Comparison
from caselink.errors import ModelFileError, NotFittedError, SpecError
from caselink.matchers import FellegiSunter, Matcher, RuleMatcher

FORMAT = "caselink model"
FORMAT_VERSION = 1
_LARGEST_FILE = 50_000_000

_COMPARISONS = {
    name: getattr(comparisons, name)
    for name in (
        "BirthDate",
        "DamerauLevenshtein",
        "Exact",
        "JaroWinkler",
        "Levenshtein",
        "Numeric",
        "PersonName",
        "Phone",
        "SSN",
        "SameSource",
        "SharedValues",
        "Street",
        "UnlessSame",
    )
}
_RULES = {name: getattr(blocking, name) for name in ("BlockingRule", "MinHash", "SortedNeighborhood")}

_MATCHERS: dict[str, type[FellegiSunter | RuleMatcher]] = {"FellegiSunter": FellegiSunter, "RuleMatcher": RuleMatcher}


def write_model(
    path: str | Path, rules: Sequence[Rule] | None, compared: Sequence[Comparison] | None, matcher: Matcher
) -> None:
    """Write a fitted linker; the file appears whole or not at all."""
    from caselink.storage import write_files

    if rules is None or compared is None:
        msg = "this linker has not been fitted; there is nothing to save"
        raise NotFittedError(msg)
    content = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "blocking": [_described(rule, _RULES) for rule in rules],
        "comparisons": [_described(comparison, _COMPARISONS) for comparison in compared],
        "matcher": matcher.to_json(),
    }
    path = Path(path)
    write_files(path.parent, {path.name: json.dumps(content, indent=1, sort_keys=True).encode()})


def read_model(path: str | Path) -> tuple[list[Rule], list[Comparison], Matcher]:
    """Read what :func:`write_model` wrote; :class:`ModelFileError` for anything else."""
    content = _read_json(Path(path))
    if content.get("format") != FORMAT:
        msg = f"{Path(path).name} is not a caselink model file"
        raise ModelFileError(msg)
    if type(content.get("format_version")) is not int or content["format_version"] != FORMAT_VERSION:
        msg = f"{Path(path).name} has another format version; this caselink reads version {FORMAT_VERSION}: fit again"
        raise ModelFileError(msg)
    try:
        rules = _built_list(content["blocking"], _RULES)
        compared = _built_list(content["comparisons"], _COMPARISONS)
        kind = _MATCHERS[content["matcher"]["type"]]
        matcher: Matcher = kind.from_json(content["matcher"], tuple(c.definition for c in compared))
    except (LookupError, TypeError, AttributeError, ValueError, ArithmeticError, RecursionError):
        msg = f"{Path(path).name} is damaged or was changed by hand; fit again and save"
        raise ModelFileError(msg) from None
    return rules, compared, matcher


def _read_json(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            text = file.read(_LARGEST_FILE + 1)
        content = json.loads(text, parse_constant=_refuse_constant) if len(text) <= _LARGEST_FILE else None
    except OSError as reason:
        msg = f"{path.name} cannot be read: {reason.strerror}"
        raise ModelFileError(msg) from None
    except (ValueError, RecursionError):
        msg = f"{path.name} is not JSON text"
        raise ModelFileError(msg) from None
    if not isinstance(content, dict):
        msg = f"{path.name} is not a caselink model file"
        raise ModelFileError(msg)
    return content


def _refuse_constant(name: str) -> float:
    msg = f"{name} is no JSON number"
    raise ValueError(msg)


def _described(thing: object, known: dict[str, Any]) -> dict[str, Any]:
    name = type(thing).__name__
    if known.get(name) is not type(thing):
        msg = f"{name} is not one of caselink's own and cannot be written into a model file"
        raise SpecError(msg)
    return {"type": name, **{field.name: getattr(thing, field.name) for field in dataclasses.fields(known[name])}}


def _built_list(described: Any, known: dict[str, Any]) -> list[Any]:  # noqa: ANN401  (whatever the file holds)
    if not isinstance(described, list) or not described:
        raise TypeError
    return [_built(one, known) for one in described]


def _built(described: dict[str, Any], known: dict[str, Any]) -> Any:  # noqa: ANN401  (whatever the file holds)
    kind = known[described["type"]]
    arguments = {name: _frozen(value) for name, value in described.items() if name != "type"}
    hints = get_type_hints(kind)
    if not all(_fits(value, hints[name]) for name, value in arguments.items()):
        raise TypeError
    positional = arguments.pop("keys", None) or arguments.pop("reads", None) if kind in _RULES.values() else None
    return kind(**arguments) if positional is None else kind(*positional, **arguments)


def _fits(value: Any, hint: Any) -> bool:  # noqa: ANN401  (whatever the file holds)
    """Whether a value from a file is of the type that a setting is declared with."""
    kinds = get_args(hint)
    if get_origin(hint) is Literal:
        return value in kinds
    if get_origin(hint) is tuple:
        return isinstance(value, tuple) and all(_fits(part, kinds[0]) for part in value)
    if kinds:
        return any(_fits(value, kind) for kind in kinds)
    return type(value) is hint or (hint is float and type(value) is int)


def _frozen(value: Any) -> Any:  # noqa: ANN401  (whatever the file holds)
    return tuple(_frozen(part) for part in value) if isinstance(value, list) else value
