"""What the report says: every number of its sections, made of counts and shares, and never of a value of a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from caselink.blocking.pairs import count_rule_pairs
from caselink.confidentiality import audit_record
from caselink.evaluate import Estimates
from caselink.findings.finding import STRENGTHS
from caselink.leads.views import view_findings
from caselink.matchers import FellegiSunter
from caselink.purposes import Purpose, find_purpose
from caselink.report.beside import Beside
from caselink.report.drawings import Chart, Panels
from caselink.report.exchange_counts import exchange_tables
from caselink.report.finding_kinds import FindingKind, count_kinds, gather_kinds
from caselink.report.group_rates import ENDS, MEASURES, GroupRates, error_rates, finding_rates
from caselink.report.model_charts import levels_picture, weights_picture
from caselink.report.people_counts import LEAST, count_programs
from caselink.report.quality import filled_shares, rule_in_words, unusable, weak_values
from caselink.report.run_facts import audit_table, settings_table
from caselink.report.tables import Table, as_percent, make_table, visible

if TYPE_CHECKING:
    from caselink.leads import Findings
    from caselink.result import Result

NOT_SHOWN = "not shown"


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything that the page shows, section by section; what is None was not asked for or cannot be told."""

    made: str
    purpose: Purpose
    figures: tuple[tuple[str, str], ...]
    programs: Table | None
    overlap: Table | None
    least: int | None
    of_no_program: str
    findings: tuple[FindingKind, ...] | None
    finding_counts: Table | None
    finding_rates: GroupRates | None
    left_out: int
    dismissed: int
    skipped: Table | None
    exchange: tuple[Table, Table, Table | None] | None
    filled: Table
    weak: Table
    unusable: Table
    weights: Chart | None
    levels: Panels | None
    blocking: Table
    compared: tuple[int, int, str]
    estimates: Table | None
    unmet: float | None
    error_rates: GroupRates | None
    settings: Table
    audit: Table
    warnings: tuple[str, ...]
    strengths: Mapping[str, str] = field(default_factory=lambda: STRENGTHS)


def gather_contents(result: Result, beside: Beside, purpose: str | Purpose) -> Contents:
    """Count all that the report says, as the purpose may see it."""
    seen = find_purpose(purpose)
    audit = beside.audit or audit_record(seen, files=(), counts=result.summary)
    estimates = result.estimate() if isinstance(result.matcher, FellegiSunter) else None
    shown, left_out = _shown(result, beside, seen)
    kinds = None if shown is None else gather_kinds(shown, beside)
    least = None if seen.programs else LEAST
    counted = count_programs(result, beside, least)
    rules = _blocking(result)
    return Contents(
        made=str(audit["when"])[:16].replace("T", " ") + " UTC",
        purpose=seen,
        figures=_figures(result, kinds, None if counted is None else counted[0]),
        programs=None if counted is None else _counts("Records, people and households by program", counted[0]),
        overlap=None if counted is None else _overlap(counted[1]),
        least=least,
        of_no_program=_of_no_program(result, beside),
        findings=kinds,
        finding_counts=None if kinds is None else count_kinds(kinds),
        finding_rates=finding_rates(result, beside, shown, least),
        left_out=left_out,
        dismissed=0 if beside.findings is None else len(beside.findings.dismissed),
        skipped=_skipped(beside),
        exchange=None if beside.exchange is None else exchange_tables(beside.exchange, least),
        filled=_filled(result),
        weak=_weak(result),
        unusable=make_table("What could not be used", unusable(beside.rejects)),
        weights=weights_picture(result),
        levels=levels_picture(result),
        blocking=make_table("Pairs of records that each blocking rule brings together", rules),
        compared=_compared(result, rules),
        estimates=None if estimates is None else _estimates(estimates),
        unmet=None if estimates is None else estimates.unmet,
        error_rates=error_rates(result, beside),
        settings=settings_table(result, beside),
        audit=audit_table(audit),
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


def _of_no_program(result: Result, beside: Beside) -> str:
    """The sources that are of no program, where others are."""
    sources = {visible(str(source)) for source in result.persons["source"].unique()}
    return ", ".join(sorted(sources - set(beside.programs))) if sources & set(beside.programs) else ""


def _counts(caption: str, table: pd.DataFrame, *, bars: Mapping[str, float] | None = None) -> Table:
    told = {name: f"{name} interval" for name in ("people", "households") if f"{name} interval" in table}
    caption = f"{caption} (with 95 % intervals)" if told else caption
    return make_table(caption, _hidden(table), bars=bars, notes=told)


def _hidden(table: pd.DataFrame) -> pd.DataFrame:
    """The table with *not shown* for counts that are left out."""
    return table.assign(
        **{
            name: table[name].astype(object).where(table[name].notna(), NOT_SHOWN)
            for name in ("records", "people", "households")
            if name in table and table[name].isna().any()
        }
    )


def _overlap(table: pd.DataFrame) -> Table:
    full = {name: float(table[name].fillna(1).max()) for name in ("people", "households") if len(table)}
    return _counts("People and households by the programs that know them", table, bars=full)


def _shown(result: Result, beside: Beside, seen: Purpose) -> tuple[Findings | None, int]:
    """The findings that the purpose may see, and how many it may not."""
    if beside.findings is None:
        return None, 0
    if beside.shown is not None:
        return beside.shown
    protection = result.families.protect(beside.programs, beside.taints)
    return view_findings(beside.findings, protection, seen, rules=tuple(beside.rules))


def _skipped(beside: Beside) -> Table | None:
    if beside.findings is None or not len(beside.findings.skipped):
        return None
    skipped = beside.findings.skipped.rename(columns={"title": "looks for", "lacks": "what is missing"})
    return make_table("Rules that were not asked, and what they lacked", skipped, most=len(skipped))


def _filled(result: Result) -> Table:
    table = filled_shares(result.records)
    sources = [name for name in table.columns if name != "field"]
    full = dict.fromkeys(sources, 1.0)
    return make_table("Share of records with a value that can be used, by source", table, percent=sources, bars=full)


def _weak(result: Result) -> Table:
    table = weak_values(result.records)
    return make_table("Values that say less than they seem to", table, percent=["share", "by chance"])


_RULE_TITLES = {
    "pairs": "pairs it makes",
    "new_pairs": "pairs no rule before made",
    "cumulative": "pairs so far",
    "largest_block": "largest group, records",
    "blocks_split": "groups too large, split",
}


def _blocking(result: Result) -> pd.DataFrame:
    table = count_rule_pairs(result.prepared.index)
    table["rule"] = table["rule"].astype(str).map(rule_in_words)
    return table.rename(columns=_RULE_TITLES)


def _compared(result: Result, rules: pd.DataFrame) -> tuple[int, int, str]:
    """Possible pairs, those that were compared, and their share."""
    possible = len(result.records) * (len(result.records) - 1) // 2
    compared = int(rules[_RULE_TITLES["new_pairs"]].sum())
    return possible, compared, as_percent(compared / max(possible, 1))


def _estimates(estimates: Estimates) -> Table:
    known = estimates.persons.loc[["precision", "recall"]]
    table = known.rename(index=MEASURES).rename_axis("measure").reset_index()
    caption = "Accuracy of the persons, estimated without the truth, with 95 % intervals"
    return make_table(caption, table.rename(columns=ENDS), percent=["estimate", *ENDS.values()])
