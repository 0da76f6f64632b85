"""Findings as a purpose may see them, and one finding in a few plain sentences.

A finding that tells where somebody lives or works is left out where one of its people is not known to be free; one that
tells that somebody is protected is for the readers who may know that; one that rests on a source, or on a column of it,
that is bound is for the purposes that may see it. How many were left out is said, not which.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from caselink.confidentiality import Protection
from caselink.confidentiality.evidence import columns_behind, is_secret, names_place
from caselink.confidentiality.protection import NO
from caselink.confidentiality.rules import Sight
from caselink.explain.findings import describe_finding
from caselink.findings.catalog import RULES
from caselink.findings.facts import Ints, Mask
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
    numbers = _Numbers.of(findings)
    free = _about_free(findings.people, numbers, protection)
    open_to = [one for one, told in about.items() if seen.sees_protection or not told.protection]
    located = [one for one, told in about.items() if told.location]
    allowed = numbers.by_rules(open_to) & ~_bound(findings, numbers, about, Sight(protection, seen))
    allowed &= ~numbers.by_rules(located) | free
    table, dismissed = (
        protection.view(_of(part, allowed[number]), seen, plain=TABLE_COLUMNS)
        for part, number in ((findings.table, numbers.table), (findings.dismissed, numbers.dismissed))
    )
    here = allowed & np.isin(np.arange(len(allowed)), numbers.table)
    people, told = _of(findings.people, here[numbers.people]), here[numbers.evidence]
    kept = replace(
        findings,
        table=table,
        people=protection.view(people, seen, plain=[name for name in PEOPLE_COLUMNS if name != "case_id"]),
        evidence=_evidence(_of(findings.evidence, told), free[numbers.evidence[told]], seen)[list(EVIDENCE_COLUMNS)],
        dismissed=dismissed,
    )
    secret = [one for one, said in about.items() if said.protection and not seen.sees_protection]
    return kept, int((~numbers.by_rules(secret)[numbers.table]).sum()) - len(table)


def _of(rows: pd.DataFrame, kept: Mask) -> pd.DataFrame:
    return rows[kept].reset_index(drop=True)


def finding_sentences(findings: Findings, finding_id: str, language: str = "en") -> list[str]:
    """A finding in a few plain sentences, without its result: see :meth:`caselink.result.Result.explain_finding`."""
    return describe_finding(findings.of(finding_id)).sentences(language)


@dataclass(frozen=True)
class _Numbers:
    """The finding of each row of each table as a number, and by that number the rule: its place in ``rules``, or -1."""

    table: Ints
    dismissed: Ints
    people: Ints
    evidence: Ints
    rule: Ints
    rules: npt.NDArray[np.object_]

    @classmethod
    def of(cls, findings: Findings) -> _Numbers:
        """Each id looked up once."""
        parts = (findings.table, findings.dismissed, findings.people, findings.evidence)
        number, ids = pd.factorize(np.concatenate([part["finding_id"].to_numpy(dtype=object) for part in parts]))
        bounds = np.cumsum([len(part) for part in parts])[:-1]
        table, dismissed, people, evidence = np.split(number.astype(np.int64), bounds)
        code, rules = pd.factorize(np.concatenate([part["rule"].to_numpy(dtype=object) for part in parts[:2]]))
        rule = np.full(len(ids), -1, np.int64)
        rule[np.append(table, dismissed)] = code
        return cls(table, dismissed, people, evidence, rule, rules)

    def by_rules(self, chosen: Collection[str]) -> Mask:
        """Findings of some rules."""
        return np.append([one in chosen for one in self.rules], [False]).astype(bool)[self.rule]


def _about_free(people: pd.DataFrame, numbers: _Numbers, protection: Protection) -> Mask:
    """Findings all of whose people are known to be free; one that was dismissed names nobody, and is none of them."""
    ids = pa.array(protection.person_ids, pa.large_string(), from_pandas=True).filter(pa.array(protection.status == NO))
    named = pa.array(people["person_id"], pa.large_string(), from_pandas=True)
    known = pc.is_in(named, ids.drop_null(), skip_nulls=True).to_numpy(zero_copy_only=False)
    free = np.zeros(len(numbers.rule), bool)
    free[numbers.people[known]] = True
    free[numbers.people[~known]] = False
    return free


def _bound(findings: Findings, numbers: _Numbers, about: Mapping[str, About], sight: Sight) -> Mask:
    """Findings that rest on a source, or on a column of one, which the purpose may not see.

    Of those that were dismissed no source is known: they are bound where a source of reports is, if they need reports.
    """
    told = pd.DataFrame({"rule": numbers.rule[numbers.evidence], "field": findings.evidence["field"]})
    fields = told.drop_duplicates().groupby("rule")["field"].agg(list)
    source, sources = pd.factorize(findings.people["source"].to_numpy(dtype=object))
    hidden = np.zeros((len(numbers.rules) + 1, len(sources) + 1), bool)
    reports = np.zeros(len(numbers.rules) + 1, bool)
    for place, rule in enumerate(numbers.rules):
        if rule not in about:
            continue
        one = about[rule]
        columns = {"*", *columns_behind(fields.get(place, []), one.needs), *(LOCATION_FIELDS if one.location else ())}
        known = set(sight.protection.encoded.sources)
        hidden[place, :-1] = [
            name in known and not all(sight.may_see(name, column) for column in columns) for name in sources
        ]
        reports[place] = _needs_hidden_reports(one, sight)
    bound = np.zeros(len(numbers.rule), bool)
    bound[numbers.people[hidden[numbers.rule[numbers.people], source]]] = True
    bound[numbers.dismissed] |= reports[numbers.rule[numbers.dismissed]]
    return bound


def _needs_hidden_reports(about: About, sight: Sight) -> bool:
    programs = sight.protection.programs.items()
    hidden = any(program == "earnings" and not sight.may_see(source) for source, program in programs)
    return hidden and any(need.startswith("reports") or need.endswith(" earnings") for need in about.needs)


def _evidence(evidence: pd.DataFrame, free: Mask, purpose: Purpose) -> pd.DataFrame:
    code, fields = pd.factorize(evidence["field"].astype(str))
    places, secrets = (np.array([told(one) for one in fields], bool) for told in (names_place, is_secret))
    place = places[code] & ~free
    secret = secrets[code] & (not purpose.sees_protection)
    return evidence.assign(says=evidence["says"].where(~(place | secret), WITHHELD))
