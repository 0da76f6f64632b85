"""What was chosen for a run, and its audit record, one fact a row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from caselink.report.beside import Beside
from caselink.report.people_counts import program_names
from caselink.report.tables import Table, make_table

if TYPE_CHECKING:
    from caselink.result import Result


def settings_table(result: Result, beside: Beside) -> Table:
    """What was chosen for the run, and the versions that made it."""
    facts = {
        "blocking rules": "; ".join(rule.name for rule in result.prepared.index.rules),
        "comparisons": ", ".join(one.definition.name for one in result.prepared.program.comparisons),
        "matcher": type(result.matcher).__name__,
        "links from probability": f"{result.link_at:g}",
        "programs": "; ".join(f"{k}: {v}" for k, v in sorted(program_names(result, beside.programs).items())),
        "who is protected": "told by the files" if "protected" in result.records else "not told: no place is shown",
        **{f"version of {name}": text for name, text in beside.versions.items()},
    }
    return _facts("Settings and versions", facts)


def audit_table(audit: Mapping[str, Any]) -> Table:
    """The audit record, one fact a row."""
    facts: dict[str, object] = {}
    for name, value in audit.items():
        if isinstance(value, Mapping):
            facts |= {f"{name}: {key}".replace("_", " "): _told(part) for key, part in value.items()}
        elif name == "files":
            facts |= {f"file {n} of {one['source']}": f"sha256 {one['sha256']}" for n, one in enumerate(value, 1)}
        else:
            facts[name] = _told(value)
    return _facts("Audit record", facts)


def _told(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return "none" if value is None else str(value)


def _facts(caption: str, facts: Mapping[str, object]) -> Table:
    return make_table(caption, pd.DataFrame(list(facts.items()), columns=["what", "value"], dtype=object), most=200)
