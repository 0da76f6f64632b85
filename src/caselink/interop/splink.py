"""Splink's model files: the JSON that ``linker.misc.save_model_to_json`` of Splink 4 and 5 writes, as a linker.

The linker asks the same conditions in the same order and gives the same match weights to the same pairs, on records
in caselink's form (an empty text is missing). Persons are made by caselink's clustering, not by Splink's.

>>> levels = [
...     {"sql_condition": '"sex_l" IS NULL OR "sex_r" IS NULL', "is_null_level": True},
...     {"sql_condition": '"sex_l" = "sex_r"', "m_probability": 0.9, "u_probability": 0.45},
...     {"sql_condition": "ELSE", "m_probability": 0.1, "u_probability": 0.55},
... ]
>>> comparison = {"output_column_name": "sex", "comparison_levels": levels}
>>> rules = [{"blocking_rule": 'l."zip" = r."zip"', "sql_dialect": "duckdb"}]
>>> model = read_model(
...     {
...         "link_type": "dedupe_only",
...         "sql_dialect": "duckdb",
...         "probability_two_random_records_match": 0.2,
...         "comparisons": [comparison],
...         "blocking_rules_to_generate_predictions": rules,
...     }
... )
>>> model.linker(link_at=0.9).matcher.table()["match_weight"].round(3).tolist()
[-2.459, 1.0]
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from caselink.blocking import LinkType, Rule
from caselink.errors import CaselinkWarning, ModelFileError, SpecError
from caselink.interop.splink_comparison import SplinkComparison
from caselink.interop.splink_levels import ReadComparison, Unmapped, hidden, read_comparison
from caselink.interop.splink_rules import read_rule
from caselink.interop.splink_sql import SqlError
from caselink.interop.splink_weights import SplinkWeights
from caselink.linker import Linker

_LARGEST_FILE = 50_000_000
_DIALECTS = ("duckdb", "spark", "sqlite", "postgres", "athena")
_LINK_TYPES: dict[str, LinkType] = {
    "dedupe_only": "link_and_dedupe",  # of one table, whatever its records' sources are
    "link_and_dedupe": "link_and_dedupe",
    "link_only": "link_only",
    "two_dataset_link_only": "link_only",
}
_USUAL_PRIOR = 0.0001  # Splink's where a model names none

__all__ = ["SplinkComparison", "SplinkModel", "SplinkWeights", "Unmapped", "read_model"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SplinkModel:
    """What a Splink model file holds, in caselink's words.

    ``unmapped`` lists what could not be taken over; it is empty unless that was allowed. ``untrained`` names levels
    without an m or u in the file, for which Splink takes starting values, and so does this.
    """

    blocking: tuple[Rule, ...]
    comparisons: tuple[SplinkComparison, ...]
    matcher: SplinkWeights = field(repr=False)
    link_type: LinkType
    unmapped: tuple[Unmapped, ...] = ()
    untrained: tuple[str, ...] = ()

    def linker(self, **options: Any) -> Linker:  # noqa: ANN401  (passed on as they are)
        """A linker that is ready to ``resolve``; ``options`` as for :class:`~caselink.Linker`, and they prevail."""
        given: dict[str, Any] = {
            "blocking": list(self.blocking),
            "comparisons": list(self.comparisons),
            "matcher": self.matcher,
            "link_type": self.link_type,
        }
        given |= options
        if not given["blocking"]:
            raise SpecError("no blocking rule of the Splink model could be taken over; give blocking=[...] of your own")
        return Linker(**given)


def read_model(model: str | Path | Mapping[str, Any], *, allow_unmapped: bool = False) -> SplinkModel:
    """Read a Splink model from its file, or from the dictionary that ``save_model_to_json`` gives.

    What has no counterpart is one :class:`ModelFileError` that lists all of it. With ``allow_unmapped`` it is left
    out and listed in ``unmapped``: the pairs of a level fall to the levels below it, a blocking rule is widened by the
    part that is left out. Weights are Splink's only for pairs that none of this touches.
    """
    name = "the Splink model" if isinstance(model, Mapping) else Path(model).name
    content = dict(model) if isinstance(model, Mapping) else _read_json(Path(model))
    try:
        read = _read(content)
    except SpecError as reason:
        raise ModelFileError(f"{name}: {reason}") from None
    except (LookupError, TypeError, AttributeError, ValueError):
        raise ModelFileError(f"{name} is no model that Splink 4 or 5 saves; save it again") from None
    if read.unmapped and not allow_unmapped:
        listed = "".join(f"\n  {one}" for one in read.unmapped)
        raise ModelFileError(
            f"{name} holds what caselink has no counterpart for (allow_unmapped=True takes the rest):{listed}"
        )
    if read.untrained:
        warnings.warn(
            f"{name}: no m or u for {', '.join(read.untrained)}; Splink's starting values are taken",
            CaselinkWarning,
            stacklevel=2,
        )
    return read


def _read(content: dict[str, Any]) -> SplinkModel:
    _check_kind(content)
    dialect = content["sql_dialect"]
    prior = content.get("probability_two_random_records_match", _USUAL_PRIOR)
    if not isinstance(prior, float | int) or not 0 < prior < 1:
        raise SpecError("probability_two_random_records_match must lie between 0 and 1")
    rules, unmapped = _read_rules(content.get("blocking_rules_to_generate_predictions") or [], dialect)
    found = [read_comparison(one, dialect) for one in content["comparisons"]]
    kept = [one for one in found if one.comparison is not None]
    if not kept:
        raise SpecError(
            "no comparison could be taken over: " + "; ".join(str(u) for one in found for u in one.unmapped)
        )
    comparisons = tuple(one.comparison for one in kept if one.comparison is not None)
    _check_names([comparison.name for comparison in comparisons])
    return SplinkModel(
        blocking=tuple(rules),
        comparisons=comparisons,
        matcher=_weights(kept, comparisons, float(prior)),
        link_type=_LINK_TYPES[content["link_type"]],
        unmapped=(*(u for one in found for u in one.unmapped), *unmapped),
        untrained=tuple(level for one in kept for level in one.untrained),
    )


def _weights(read: Sequence[ReadComparison], comparisons: Sequence[SplinkComparison], prior: float) -> SplinkWeights:
    return SplinkWeights(
        definitions=tuple(comparison.definition for comparison in comparisons),
        m=tuple(one.m for one in read),
        u=tuple(one.u for one in read),
        prior=prior,
        terms=tuple(term for c, one in enumerate(read) for term in one.terms_at(c)),
    )


def _check_kind(content: dict[str, Any]) -> None:
    """Raise :class:`SpecError` unless this is a model of Splink's in a version that is read."""
    if not isinstance(content.get("comparisons"), list) or "link_type" not in content:
        raise SpecError("is no Splink model: it has no comparisons or no link_type")
    if not isinstance(content.get("sql_dialect"), str):
        raise SpecError("names no sql_dialect; Splink 4 and 5 do: load it there and save it again")
    if content["sql_dialect"] not in _DIALECTS:
        raise SpecError(f"is in an SQL dialect that is not read; those read are {', '.join(_DIALECTS)}")
    if content["link_type"] not in _LINK_TYPES:
        raise SpecError(f"has a link_type that is none of {', '.join(_LINK_TYPES)}")
    if not content["comparisons"]:
        raise SpecError("has no comparisons")


def _check_names(names: Sequence[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SpecError(f"two comparisons are called {twice[0]!r}")


def _read_rules(listed: Sequence[Any], dialect: str) -> tuple[list[Rule], list[Unmapped]]:
    rules: list[Rule] = []
    unmapped: list[Unmapped] = []
    for number, one in enumerate(listed, start=1):
        said = {"blocking_rule": one} if isinstance(one, str) else one
        sql = said["blocking_rule"]
        where = f"blocking rule {number}"
        if said.get("arrays_to_explode"):
            unmapped.append(Unmapped(where, None, hidden(sql, dialect), "takes lists apart"))
            continue
        try:
            read, lost = read_rule(sql, said.get("sql_dialect") or dialect)
        except SqlError as reason:
            read, lost = [], [str(reason)]
        rules += [rule for rule in read if rule not in rules]
        unmapped += [Unmapped(where, None, hidden(sql, dialect), reason) for reason in lost]
    return rules, unmapped


def _read_json(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            text = file.read(_LARGEST_FILE + 1)
        content = json.loads(text) if len(text) <= _LARGEST_FILE else None
    except OSError as reason:
        raise ModelFileError(f"{path.name} cannot be read: {reason.strerror}") from None
    except (ValueError, RecursionError):
        raise ModelFileError(f"{path.name} is not JSON text") from None
    if not isinstance(content, dict):
        raise ModelFileError(f"{path.name} is no Splink model")
    return content
