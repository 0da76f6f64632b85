"""Findings as a purpose may see them, and one finding in a few plain sentences.

A finding that tells where somebody lives or works is left out where one of its people is not known to be free; one that
tells that somebody is protected is for the readers who may know that. How many were left out is said, not which.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from caselink.confidentiality import Protection
from caselink.confidentiality.protection import NO
from caselink.explain.phrases import FINDING_TITLES
from caselink.explain.sentences import phrases
from caselink.findings.catalog import RULES
from caselink.findings.finding import Finding
from caselink.leads.findings import EVIDENCE_COLUMNS, PEOPLE_COLUMNS, TABLE_COLUMNS, Findings
from caselink.masking import LOCATION_FIELDS, WITHHELD, is_never_shown
from caselink.purposes import NARROWEST, Purpose, find_purpose

_PLACE_WORDS = LOCATION_FIELDS | {"address", "place", "home", "household"}
_SECRET_WORDS = frozenset({"protection", "good cause"})


def view_findings(
    findings: Findings,
    protection: Protection,
    purpose: str | Purpose = NARROWEST,
    *,
    rules: Sequence[Finding] = RULES,
) -> tuple[Findings, int]:
    """The findings that the purpose may see, masked, and how many are left out.

    ``rules`` are those that found them; the findings of a rule that is not among them are left out.
    """
    seen = find_purpose(purpose)
    guarded = _about_guarded(findings.people, protection)
    bound = _from_bound_sources(findings.people, protection, seen)

    def shown(table: pd.DataFrame) -> pd.DataFrame:
        about = {rule.about.id: rule.about for rule in rules}
        allowed = [
            one in about
            and finding not in bound
            and not (about[one].location and finding in guarded)
            and (seen.sees_protection or not about[one].protection)
            for one, finding in zip(table["rule"], table["finding_id"], strict=True)
        ]
        kept = table[np.array(allowed, np.bool_)]
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
        evidence=_evidence(evidence, guarded, seen)[list(EVIDENCE_COLUMNS)],
        dismissed=dismissed,
    )
    return kept, len(findings.table) - len(table)


def finding_sentences(findings: Findings, finding_id: str, language: str = "en") -> list[str]:
    """What a finding is about, what the data say, what may explain it, and what to check; keys and values stay out."""
    words = phrases(language)
    row, people, evidence = findings.of(finding_id)
    title = FINDING_TITLES.get(language, {}).get(row["rule"], row["title"])
    told = [words.say("finding", title=title), words.say("finding people", n=people["person_id"].nunique())]
    said = zip(evidence["field"].astype(str).tolist(), evidence["says"].astype(str).tolist(), strict=True)
    facts = [_fact(words.fact(name), says, language) for name, says in said]
    if facts:
        told.append(words.say("finding shows", facts=words.join(list(dict.fromkeys(facts)))))
    if row["untested"] and language == "en":
        told.append(words.say("finding innocent", innocent=_end(row["untested"])))
    check = row["verify"] if language == "en" else ""
    return [*told, words.say("finding check", verify=_end(check)) if check else words.say("check")]


def _fact(name: str, says: str, language: str) -> str:
    return f"{name}: {says}" if language == "en" or says == WITHHELD else name


def _end(text: str) -> str:
    return f"{text.rstrip('.')}."


def _about_guarded(people: pd.DataFrame, protection: Protection) -> set[str]:
    """Findings about somebody who is not known to be free."""
    free = pd.Series(np.asarray(protection.person_ids, dtype=object)[protection.status == NO]).dropna()
    return set(people.loc[~people["person_id"].isin(free).to_numpy(bool), "finding_id"])


def _from_bound_sources(people: pd.DataFrame, protection: Protection, purpose: Purpose) -> set[str]:
    """Findings that rest on a source which the purpose may not see."""
    bound = {
        source
        for source, taint in protection.taints.items()
        if (whole := taint if isinstance(taint, str) else taint.get("*", "")) and whole not in purpose.taints
    }
    return set(people.loc[people["source"].isin(bound).to_numpy(), "finding_id"])


def _names_place(name: str) -> bool:
    """Whether a field of evidence, of one or several words, is about where somebody is.

    >>> _names_place("name, SSN and address"), _names_place("birth date")
    (True, False)
    """
    return bool(_PLACE_WORDS & set(re.findall(r"[a-z]+", name.lower())))


def _evidence(evidence: pd.DataFrame, guarded: set[str], purpose: Purpose) -> pd.DataFrame:
    fields = evidence["field"].astype(str)
    place = fields.map(_names_place).astype(bool) & evidence["finding_id"].isin(guarded)
    secret = fields.map(lambda one: is_never_shown(one) or one in _SECRET_WORDS).astype(bool)
    secret &= not purpose.sees_protection
    return evidence.assign(says=evidence["says"].where(~(place | secret), WITHHELD))
