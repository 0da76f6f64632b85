"""What the report says: every number of its sections, made of counts and shares, and never of a value of a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from caselink.blocking.pairs import count_rule_pairs
from caselink.charts import CLASSES, weights_table
from caselink.confidentiality import audit_record
from caselink.evaluate import Estimates, scores_by_group
from caselink.evaluate.subgroups import LEAST_ENTITIES
from caselink.findings.catalog import RULES
from caselink.findings.finding import STRENGTHS, Finding
from caselink.leads.views import view_findings
from caselink.matchers import FellegiSunter
from caselink.purposes import Purpose, find_purpose
from caselink.report.people_counts import LEAST, count_programs, program_names
from caselink.report.quality import filled_shares, name_of, unusable, weak_values
from caselink.report.tables import Chart, Table, as_percent, make_table, stacked_chart

if TYPE_CHECKING:
    from caselink.leads import Findings
    from caselink.result import Result

MOST_FINDINGS = 20
"""So many findings of a kind are listed; how many more there are is said."""

WEIGHT_STEP = 2.0
NOT_SHOWN = "not shown"


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What a report tells besides the result; all may be left out.

    ``findings`` as found, ``rules`` those that found them. ``programs`` names the program of each source, ``taints``
    what binds it (:class:`caselink.confidentiality.Protection`). ``rejects`` are what could not be used. ``truth`` has
    ``source, record_id, entity_id`` and the column ``group``, if scores by group are wanted. ``audit`` is what
    :func:`caselink.confidentiality.audit.audit_record` gives; ``versions`` and ``warnings`` are of the run.
    """

    findings: Findings | None = field(default=None, repr=False)
    rules: Iterable[Finding] = RULES
    programs: Mapping[str, str] = field(default_factory=dict)
    taints: Mapping[str, Any] = field(default_factory=dict)
    rejects: pd.DataFrame | None = field(default=None, repr=False)
    truth: pd.DataFrame | None = field(default=None, repr=False)
    group: str | None = None
    audit: Mapping[str, Any] | None = field(default=None, repr=False)
    versions: Mapping[str, str] = field(default_factory=dict)
    warnings: Iterable[str] = ()


@dataclass(frozen=True, slots=True)
class FindingKind:
    """The findings of one rule as the page shows them."""

    rule: str
    title: str
    strength: str
    count: int
    tested: tuple[str, ...]
    untested: tuple[str, ...]
    verify: str
    who: str
    table: Table


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything that the page shows, section by section; what is None was not asked for or cannot be told."""

    made: str
    purpose: Purpose
    figures: tuple[tuple[str, str], ...]
    programs: Table | None
    overlap: Table | None
    least: int | None
    findings: tuple[FindingKind, ...] | None
    finding_counts: Table | None
    left_out: int
    dismissed: int
    skipped: Table | None
    filled: Table
    weak: Table
    unusable: Table
    weights: Chart | None
    levels: Table | None
    blocking: Table
    all_pairs: int
    estimates: Table | None
    unmet: float | None
    groups: tuple[Table, Table] | None
    small_groups: int
    settings: Table
    audit: Table
    warnings: tuple[str, ...]
    strengths: Mapping[str, str] = field(default_factory=lambda: STRENGTHS)


def gather_contents(result: Result, beside: Beside, purpose: str | Purpose) -> Contents:
    """Count all that the report says, as the purpose may see it."""
    seen = find_purpose(purpose)
    audit = beside.audit or audit_record(seen, files=(), counts=result.summary)
    estimates = result.estimate() if isinstance(result.matcher, FellegiSunter) else None
    kinds, left_out = _findings(result, beside, seen)
    least = None if seen.programs else LEAST
    counted = count_programs(result, beside.programs, least)
    groups = _groups(result, beside)
    return Contents(
        made=str(audit["when"])[:16].replace("T", " ") + " UTC",
        purpose=seen,
        figures=_figures(result, kinds, None if counted is None else counted[0]),
        programs=None if counted is None else _counts("Records, people and households by program", counted[0]),
        overlap=None if counted is None else _overlap(counted[1]),
        least=least,
        findings=kinds,
        finding_counts=None if kinds is None else _finding_counts(kinds),
        left_out=left_out,
        dismissed=0 if beside.findings is None else len(beside.findings.dismissed),
        skipped=_skipped(beside),
        filled=_filled(result),
        weak=_weak(result),
        unusable=make_table("What could not be used", unusable(beside.rejects)),
        weights=_weights(result),
        levels=_levels(result),
        blocking=make_table("Pairs that each blocking rule makes", _blocking(result)),
        all_pairs=len(result.records) * (len(result.records) - 1) // 2,
        estimates=None if estimates is None else _estimates(estimates),
        unmet=None if estimates is None else estimates.unmet,
        groups=None if groups is None else groups[0],
        small_groups=0 if groups is None else groups[1],
        settings=_settings(result, beside),
        audit=_audit(audit),
        warnings=tuple(beside.warnings),
    )


def _figures(
    result: Result, kinds: tuple[FindingKind, ...] | None, totals: pd.DataFrame | None
) -> tuple[tuple[str, str], ...]:
    told = [("records", f"{len(result.persons):,}"), ("people", f"{result.persons['person_id'].nunique():,}")]
    if totals is not None and pd.notna(totals["households"].iloc[-1]):
        told.append(("households", f"{totals['households'].iloc[-1]:,}"))
    if kinds is not None:
        told.append(("findings, none of them verified", f"{sum(kind.count for kind in kinds):,}"))
    return tuple(told)


def _counts(caption: str, table: pd.DataFrame, *, bars: Mapping[str, float] | None = None) -> Table:
    told = {name: f"{name} interval" for name in ("people", "households") if f"{name} interval" in table}
    caption = f"{caption} (with 95 % intervals)" if told else caption
    return make_table(caption, _hidden(table), bars=bars, notes=told)


def _hidden(table: pd.DataFrame) -> pd.DataFrame:
    """The table with *not shown* for counts that are left out."""
    return table.assign(
        **{
            name: table[name].astype(object).where(table[name].notna(), NOT_SHOWN)
            for name in ("people", "households")
            if table[name].isna().any()
        }
    )


def _overlap(table: pd.DataFrame) -> Table:
    full = {name: float(table[name].fillna(1).max()) for name in ("people", "households") if len(table)}
    return _counts("People and households by the programs that know them", table, bars=full)


def _findings(result: Result, beside: Beside, seen: Purpose) -> tuple[tuple[FindingKind, ...] | None, int]:
    if beside.findings is None:
        return None, 0
    protection = result.families.protect(beside.programs, beside.taints)
    shown, left_out = view_findings(beside.findings, protection, seen, rules=tuple(beside.rules))
    order = shown.table[["strength", "rule"]].drop_duplicates().sort_values(["strength", "rule"])
    return tuple(_kind(shown, str(rule)) for rule in order["rule"]), left_out


def _kind(shown: Findings, rule: str) -> FindingKind:
    rows = shown.table[(shown.table["rule"] == rule).to_numpy(bool)]
    one = {name: str(value) for name, value in rows.iloc[0].items()}
    listed = rows.head(MOST_FINDINGS)
    said = shown.evidence[shown.evidence["finding_id"].isin(listed["finding_id"]).to_numpy(bool)]
    facts = (said["field"].astype(str) + ": " + said["says"].astype(str)).groupby(said["finding_id"]).agg("; ".join)
    people = shown.people.groupby("finding_id")["person_id"].nunique()
    table = pd.DataFrame(
        {
            "finding": listed["finding_id"].astype(str).to_numpy(),
            "months": _months(listed),
            "people": people.reindex(listed["finding_id"]).fillna(0).astype(int).to_numpy(),
            "identity probability": listed["identity_probability"].to_numpy(float),
            "what the data say": facts.reindex(listed["finding_id"]).fillna("").to_numpy(),
        }
    )
    shown_table = make_table(f"{rule}, {one['title']}: findings, not verified", table, percent=["identity probability"])
    return FindingKind(
        rule,
        one["title"],
        one["strength"],
        len(rows),
        _listed(one["tested"]),
        _listed(one["untested"]),
        one["verify"],
        one["who"],
        _with_more(shown_table, len(rows) - len(listed)),
    )


def _with_more(table: Table, more: int) -> Table:
    return Table(table.caption, table.headings, table.rows, more)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split("; ") if part)


def _months(rows: pd.DataFrame) -> list[str]:
    told = zip(rows["first_month"], rows["last_month"], strict=True)
    texts = [sorted({str(month) for month in months if not pd.isna(month)}) for months in told]
    return [" to ".join(months) or "none" for months in texts]


def _finding_counts(kinds: tuple[FindingKind, ...]) -> Table:
    rows = [(f"{kind.rule} {kind.title}", kind.strength, kind.count) for kind in kinds]
    table = pd.DataFrame(rows, columns=["kind", "strength", "findings"])
    most = float(table["findings"].max()) if len(table) else 1.0
    return make_table("Findings by kind and strength, none verified", table, bars={"findings": most})


def _skipped(beside: Beside) -> Table | None:
    if beside.findings is None or not len(beside.findings.skipped):
        return None
    return make_table("Rules that were not asked, and what they lacked", beside.findings.skipped)


def _filled(result: Result) -> Table:
    table = filled_shares(result.records)
    sources = [name for name in table.columns if name != "field"]
    full = dict.fromkeys(sources, 1.0)
    return make_table("Share of records with a value that can be used, by source", table, percent=sources, bars=full)


def _weak(result: Result) -> Table:
    table = weak_values(result.records)
    return make_table("Values that say less than they seem to", table, percent=["share", "by chance"])


def _weights(result: Result) -> Chart | None:
    table = weights_table(result)
    if not len(table):
        return None
    table["weight_bits"] = np.floor(table["weight_bits"] / WEIGHT_STEP) * WEIGHT_STEP
    counts = table.pivot_table(index="weight_bits", columns="class", values="pairs", aggfunc="sum", fill_value=0.0)
    counts = counts.reindex(columns=list(CLASSES), fill_value=0.0)
    listed = counts.round().astype(int).reset_index().rename(columns={"weight_bits": "match weight from"})
    listed.columns.name = None
    listed["match weight from"] = listed["match weight from"].astype(int)
    titles = (
        "Scored pairs by match weight, as the model sees them",
        "How many pairs have each match weight; those far below the line are not kept. A table follows.",
    )
    axes = ("match weight in bits; above 0 speaks for one person", "pairs")
    return stacked_chart(
        titles, axes, counts, step=WEIGHT_STEP, table=make_table("Scored pairs by match weight", listed, most=200)
    )


def _levels(result: Result) -> Table | None:
    if not isinstance(result.matcher, FellegiSunter) or result.matcher.mixture_ is None:
        return None
    table = result.matcher.table().rename(
        columns={
            "m": "same person (m)",
            "household": "same household",
            "u": "random pair (u)",
            "match_weight": "match weight, bits",
        }
    )
    shares = ["same person (m)", "same household", "random pair (u)"]
    table["comparison"] = [
        f"{name_of(one)}: {level}" for one, level in zip(table["comparison"], table["level"], strict=True)
    ]
    kept = table[["comparison", *shares, "match weight, bits"]]
    caption = "How often pairs reach each level, and what the level weighs"
    return make_table(caption, kept, percent=shares, bars=dict.fromkeys(shares, 1.0), most=400)


def _blocking(result: Result) -> pd.DataFrame:
    table = count_rule_pairs(result.prepared.index)
    table["rule"] = table["rule"].astype(str).map(lambda name: name.replace("_", " "))
    return table.rename(columns=lambda name: str(name).replace("_", " "))


def _estimates(estimates: Estimates) -> Table:
    known = estimates.persons.loc[["precision", "recall"]]
    table = known.rename_axis("measure").reset_index()
    caption = "Accuracy of the persons, estimated without the truth, with 95 % intervals"
    return make_table(caption, table, percent=["estimate", "low", "high"])


def _groups(result: Result, beside: Beside) -> tuple[tuple[Table, Table], int] | None:
    """Error rates and gaps by group, and how many groups were too small to be shown."""
    if beside.truth is None or beside.group is None:
        return None
    scores = scores_by_group(result.persons, beside.truth, beside.group, replicates=200)
    large = scores.scores[(scores.scores["entities"] >= LEAST_ENTITIES).to_numpy(bool)]
    rates = pd.DataFrame({"group": large.index.astype(str), "people": large["entities"].to_numpy(int)})
    for name, score in (("wrong among links", "precision"), ("missed among true pairs", "recall")):
        ends = zip(large[score], large[f"{score}_high"], large[f"{score}_low"], strict=True)
        rates[name] = [_rate(*(1 - float(end) for end in three)) for three in ends]
    table = make_table(f"Error rates by {beside.group}, with 95 % intervals", rates)
    gaps = scores.gaps.rename_axis("measure").reset_index()
    between = make_table("Gap between the best and the worst group", gaps, percent=["gap", "low", "high"])
    return (table, between), len(scores.scores) - len(large)


def _rate(rate: float, low: float, high: float) -> str:
    """A rate with its interval; *none* where there is no pair to count."""
    return "none" if np.isnan(rate) else f"{as_percent(rate)} ({as_percent(low)} to {as_percent(high)})"


def _settings(result: Result, beside: Beside) -> Table:
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


def _audit(audit: Mapping[str, Any]) -> Table:
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
