"""What a run found, in tables, as its purpose may see them: findings, the exchange view, and counts of people."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from caselink.confidentiality import Protection
from caselink.confidentiality.guarded_tables import count_withheld
from caselink.exchange import Exchange, reconcile
from caselink.leads import Dispositions, Findings, ProgramTables, find
from caselink.leads.fact_base import gather_facts
from caselink.leads.views import view_findings
from caselink.matchers import FellegiSunter
from caselink.progress import Stopwatch
from caselink.purposes import find_purpose
from caselink.report.people_counts import LEAST
from caselink.result import Result
from caselink.unduplicated import MOST_PROGRAMS, PeopleCounts, count_people

COUNT_COLUMNS = ("of", "counted_as", "programs", "counted", "expected", "low", "high")
_COUNTED_BONDS = ("new hire",)
"""Of whom employers reported it may be counted how many they are, though not shown who; of tax information neither."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a run found: findings before the purpose has a say, the exchange view and counts for it; None: no counts."""

    findings: Findings = field(repr=False)
    exchange: Exchange
    counts: PeopleCounts | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """``tables`` by the names of their files, cells ``withheld`` of each, and what the summary is ``told`` of them.

    ``findings`` are those that the purpose may see, and how many it may not.
    """

    tables: dict[str, pd.DataFrame] = field(repr=False)
    withheld: dict[str, int]
    told: dict[str, Any]
    findings: tuple[Findings, int] | None = field(default=None, repr=False)

    def __or__(self, other: Shown) -> Shown:
        """Both."""
        return Shown(
            tables=self.tables | other.tables,
            withheld=self.withheld | other.withheld,
            told=self.told | other.told,
            findings=self.findings or other.findings,
        )


def look_into(
    result: Result, tables: ProgramTables, purpose: str, protection: Protection, decided: Dispositions | None
) -> tuple[Found, dict[str, float]]:
    """Look for all of it, the facts gathered once; and the seconds of each."""
    clock = Stopwatch()
    base = gather_facts(result, tables)
    findings = find(result, tables=tables, dispositions=decided, facts=base)
    clock.stop("findings")
    exchange = reconcile(result, tables, purpose, protection=protection, facts=base)
    clock.stop("exchange")
    counts = count_served(result, tables, purpose, protection)
    clock.stop("counts")
    return Found(findings=findings, exchange=exchange, counts=counts), clock.seconds


def count_served(result: Result, tables: ProgramTables, purpose: str, protection: Protection) -> PeopleCounts | None:
    """People and families by program, as the purpose may count them; None where these are too many to combine, or none.

    Where nobody said which source is of which program, each counts as one. Where the purpose works for no program small
    cells are left out, and of bound sources all but federal tax information are counted; otherwise those that the
    purpose may see.
    """
    seen, told = find_purpose(purpose), tables.programs
    free = {"", *seen.taints, *(() if seen.programs else _COUNTED_BONDS)}
    counted = [one for one in told or result.prepared.records.sources if protection.binds(one) in free]
    n_programs = len({told.get(one, one) for one in counted})
    if not 0 < n_programs <= MOST_PROGRAMS or (not told and len(counted) < len(result.prepared.records.sources)):
        return None
    tables = replace(tables, programs={one: told[one] for one in counted if one in told})
    return count_people(result, tables, min_cell=None if seen.programs else LEAST)


def finding_tables(findings: Findings, protection: Protection, purpose: str) -> Shown:
    """The findings as the purpose may see them."""
    seen, left_out = view_findings(findings, protection, purpose)
    tables = {"findings": seen.table, "finding_people": seen.people, "finding_evidence": seen.evidence}
    told = {
        "found": len(seen),
        "left_out": left_out,
        "dismissed": len(seen.dismissed),
        "by_rule": seen.counts().to_dict("records"),
        "skipped": seen.skipped.to_dict("records"),
    }
    withheld = {name: count_withheld(table) for name, table in tables.items()}
    return Shown(tables=tables, withheld=withheld, told={"findings": told}, findings=(seen, left_out))


def exchange_table(exchange: Exchange) -> Shown:
    """The exchange view, which is made for a purpose."""
    told = {
        "rows": len(exchange.table),
        "people": int(exchange.table["person_id"].nunique()),
        "counts": exchange.counts().to_dict("records"),
        "not_listed": exchange.not_listed,
        "skipped": exchange.skipped.to_dict("records"),
    }
    withheld = {"exchange": count_withheld(exchange.table)}
    return Shown(tables={"exchange": exchange.table}, withheld=withheld, told={"exchange": told})


def count_table(counts: PeopleCounts | None, *, sure: bool = True) -> Shown:
    """The counts as one table, whole people; small cells are missing. ``sure``: whether the intervals say something."""
    if counts is None:
        return Shown(tables={}, withheld={}, told={"people_counts": None})
    parts = [
        table.rename(columns={table.columns[1]: "programs"}).assign(counted_as=name)
        for table, name in ((counts.totals, "total"), (counts.overlap, "exactly these"))
    ]
    table = pd.concat(parts, ignore_index=True)[list(COUNT_COLUMNS)]
    for name in COUNT_COLUMNS[3:]:
        table[name] = table[name].round().astype("Int64") if sure or name == "counted" else pd.NA
    totals = [
        {name: None if pd.isna(value) else value for name, value in row.items()}
        for row in table[(table["counted_as"] == "total").to_numpy()].to_dict("records")
    ]
    told = {"least": counts.least, "left_out": counts.left_out, "month": counts.month, "totals": totals}
    hidden = int(table["counted"].isna().sum())
    return Shown(tables={"people_counts": table}, withheld={"people_counts": hidden}, told={"people_counts": told})


def show_found(result: Result, found: Found, protection: Protection, purpose: str) -> Shown:
    """All of it, as the purpose may see it."""
    sure = isinstance(result.matcher, FellegiSunter)
    parts = finding_tables(found.findings, protection, purpose), exchange_table(found.exchange)
    return parts[0] | parts[1] | count_table(found.counts, sure=sure)
