"""Findings by kind as the report shows them: what a kind may mean, who checks it, and the first of its findings."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from caselink.leads import Findings
from caselink.report.beside import Beside
from caselink.report.tables import Table, make_table

MOST_FINDINGS = 20
"""So many findings of a kind are listed; how many more there are is said."""

_URGENT = "RCEDQ"
"""Families that wait for something come first, then who lives where, earnings, duplicates, numbers."""
_BETWEEN = "; "


@dataclass(frozen=True, slots=True)
class FindingKind:
    """The findings of one rule. ``safety``: about protection that only one side knows of, which cannot wait."""

    rule: str
    title: str
    strength: str
    safety: bool
    count: int
    tested: tuple[str, ...]
    untested: tuple[str, ...]
    verify: str
    who: str
    table: Table


def gather_kinds(shown: Findings, beside: Beside) -> tuple[FindingKind, ...]:
    """The kinds of findings that a purpose sees: by strength, and within one what cannot wait first."""
    safety = {rule.about.id for rule in beside.rules if rule.about.protection}
    rules = shown.table["rule"].astype(object).to_numpy()
    order = np.argsort(rules, kind="stable")
    ids, begin, counts = np.unique(rules[order], return_index=True, return_counts=True)
    first = [order[start : start + min(n, MOST_FINDINGS)] for start, n in zip(begin, counts, strict=True)]
    listed = shown.table.iloc[np.concatenate([np.zeros(0, np.int64), *first]).astype(np.int64)]
    people, said = (
        part[part["finding_id"].isin(listed["finding_id"]).to_numpy(bool)] for part in (shown.people, shown.evidence)
    )
    facts = said["field"].astype(str) + ": " + said["says"].astype(str)
    beside_each = (
        people.groupby("finding_id")["person_id"].nunique(),
        facts.groupby(said["finding_id"].to_numpy(dtype=object)).agg(_BETWEEN.join),
    )
    kinds = [
        _kind(shown.table.iloc[rows], beside_each, int(n), safety=str(rule) in safety)
        for rule, rows, n in zip(ids, first, counts, strict=True)
    ]
    return tuple(sorted(kinds, key=_rank))


def _rank(kind: FindingKind) -> tuple[str, bool, int, str]:
    group = _URGENT.find(kind.rule[:1])
    return kind.strength, not kind.safety, group if group >= 0 else len(_URGENT), kind.rule


def _kind(rows: pd.DataFrame, beside_each: tuple[pd.Series, pd.Series], count: int, *, safety: bool) -> FindingKind:
    one = {str(name): str(value) for name, value in rows.iloc[0].items()}
    people, facts = (part.reindex(rows["finding_id"].astype(object)) for part in beside_each)
    told = {
        "finding": rows["finding_id"].astype(str).to_numpy(),
        "months": _months(rows),
        "people": people.fillna(0).astype(int).to_numpy(),
        "sure who it is": rows["identity_probability"].to_numpy(float),
        "what the data say": facts.fillna("").to_numpy(),
    }
    caption = f"{one['rule']}, {one['title']}: findings, not verified"
    table = make_table(caption, pd.DataFrame(told), percent=["sure who it is"])
    return FindingKind(
        rule=one["rule"],
        title=one["title"],
        strength=one["strength"],
        safety=safety,
        count=count,
        tested=_listed(one["tested"]),
        untested=_listed(one["untested"]),
        verify=one["verify"],
        who=one["who"],
        table=replace(table, more=count - len(rows)),
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(_BETWEEN) if part)


def _months(rows: pd.DataFrame) -> list[str]:
    told = zip(rows["first_month"], rows["last_month"], strict=True)
    texts = [sorted({str(month) for month in months if not pd.isna(month)}) for months in told]
    return [" to ".join(months) or "none" for months in texts]


def count_kinds(kinds: tuple[FindingKind, ...]) -> Table:
    """One row a kind, with a link to what is told of it (``#kind-1`` and on, in order)."""
    rows = [(f"{kind.rule} {kind.title}", kind.strength, kind.count, kind.who) for kind in kinds]
    frame = pd.DataFrame(rows, columns=["kind", "strength", "findings", "who checks"])
    table = make_table("Kinds of findings, none verified", frame, most=len(frame))
    linked = [
        (replace(row[0], link=f"#kind-{n}", note="safety: do not wait" if kind.safety else ""), *row[1:])
        for n, (row, kind) in enumerate(zip(table.rows, kinds, strict=True), 1)
    ]
    return replace(table, rows=tuple(linked))
