"""Findings as a purpose may see them, and one finding in a few plain sentences.

A finding that tells where somebody lives or works is left out where one of its people is not known to be free; one that
tells that somebody is protected is for the readers who may know that; one that rests on a source, or on a column of it,
that is bound is for the purposes that may see it. How many were left out is said, not which.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from caselink.confidentiality import Protection
from caselink.confidentiality.evidence import columns_behind, is_secret, names_place
from caselink.confidentiality.protection import NO
from caselink.confidentiality.rules import Sight
from caselink.explain.findings import describe_finding
from caselink.findings.catalog import RULES
from caselink.findings.finding import About, Finding
from caselink.leads.findings import EVIDENCE_COLUMNS, PEOPLE_COLUMNS, TABLE_COLUMNS, Findings
from caselink.masking import LOCATION_FIELDS, WITHHELD
from caselink.purposes import NARROWEST, Purpose, find_purpose


def view_findings(
    findings: Findings,
    protection: Protection,
    purpose: str | Purpose = NARROWEST,
    *,
    rules: Sequence[Finding] = RULES,
) -> tuple[Findings, int]:
    """The findings that the purpose may see, masked, and how many are left out.

    Findings about protection itself are not counted among these, or their number would tell that there are some.
    ``rules`` are those that found them; the findings of a rule that is not among them are left out.
    """
    seen = find_purpose(purpose)
    about = {rule.about.id: rule.about for rule in rules}
    free = _about_free(findings.people, protection)
    bound = _bound(findings, about, Sight(protection, seen))

    def shown(table: pd.DataFrame) -> pd.DataFrame:
        open_to = [one for one, told in about.items() if seen.sees_protection or not told.protection]
        located = [one for one, told in about.items() if told.location]
        allowed = table["rule"].isin(open_to) & ~table["finding_id"].isin(bound)
        allowed &= ~table["rule"].isin(located) | table["finding_id"].isin(free)
        kept = table[allowed.to_numpy(bool)]
        return protection.view(kept.reset_index(drop=True), seen, plain=TABLE_COLUMNS)

    table, dismissed = shown(findings.table), shown(findings.dismissed)
    people, evidence = (
        part[part["finding_id"].isin(table["finding_id"])].reset_index(drop=True)
        for part in (findings.people, findings.evidence)
    )
    kept = replace(
        findings,
        table=table,
        people=protection.view(people, seen, plain=[name for name in PEOPLE_COLUMNS if name != "case_id"]),
        evidence=_evidence(evidence, free, seen)[list(EVIDENCE_COLUMNS)],
        dismissed=dismissed,
    )
    secret = {one for one, told in about.items() if told.protection and not seen.sees_protection}
    return kept, int((~findings.table["rule"].isin(secret)).sum()) - len(table)


def finding_sentences(findings: Findings, finding_id: str, language: str = "en") -> list[str]:
    """A finding in a few plain sentences, without its result: see :meth:`caselink.result.Result.explain_finding`."""
    return describe_finding(findings.of(finding_id)).sentences(language)


def _about_free(people: pd.DataFrame, protection: Protection) -> set[str]:
    """Findings all of whose people are known to be free; one that was dismissed names nobody, and is none of them."""
    free = pd.Series(np.asarray(protection.person_ids, dtype=object)[protection.status == NO]).dropna()
    known = people["person_id"].isin(free).to_numpy(bool)
    return set(people.loc[known, "finding_id"]) - set(people.loc[~known, "finding_id"])


def _bound(findings: Findings, about: Mapping[str, About], sight: Sight) -> set[str]:
    """Findings that rest on a source, or on a column of one, which the purpose may not see.

    Of those that were dismissed no source is known: they are bound where a source of reports is, if they need reports.
    """
    rule_of = findings.table.set_index("finding_id")["rule"]
    said = findings.evidence.assign(rule=findings.evidence["finding_id"].map(rule_of))[["rule", "field"]]
    fields = said.drop_duplicates().groupby("rule")["field"].agg(list)
    hidden = set()
    for rule, told in about.items():
        columns = {"*", *columns_behind(fields.get(rule, []), told.needs), *(LOCATION_FIELDS if told.location else ())}
        sources = sight.protection.encoded.sources
        hidden |= {(rule, source) for source in sources if not all(sight.may_see(source, one) for one in columns)}
    named = findings.people[["finding_id", "source"]]
    named = named[named["source"].isin({source for _, source in hidden}).to_numpy(bool)]
    pairs = zip(named["finding_id"].map(rule_of), named["source"], strict=True)
    bound = set(named["finding_id"][np.fromiter((pair in hidden for pair in pairs), np.bool_, len(named))])
    gone = findings.dismissed[["rule", "finding_id"]].itertuples(index=False)
    return bound | {finding for rule, finding in gone if rule in about and _needs_hidden_reports(about[rule], sight)}


def _needs_hidden_reports(about: About, sight: Sight) -> bool:
    programs = sight.protection.programs.items()
    hidden = any(program == "earnings" and not sight.may_see(source) for source, program in programs)
    return hidden and any(need.startswith("reports") or need.endswith(" earnings") for need in about.needs)


def _evidence(evidence: pd.DataFrame, free: set[str], purpose: Purpose) -> pd.DataFrame:
    fields = evidence["field"].astype(str)
    places, secrets = ([one for one in fields.unique() if told(one)] for told in (names_place, is_secret))
    place = fields.isin(places) & ~evidence["finding_id"].isin(free)
    secret = fields.isin([] if purpose.sees_protection else secrets)
    return evidence.assign(says=evidence["says"].where(~(place | secret), WITHHELD))
