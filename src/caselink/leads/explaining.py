"""One finding of a result explained: as a purpose may see it, with the identity on which it rests."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from caselink.confidentiality import Protection
from caselink.engines.local import Frequencies, weigh
from caselink.errors import SpecError
from caselink.explain.findings import FindingExplanation, describe_finding
from caselink.findings.catalog import RULES
from caselink.findings.finding import Finding
from caselink.leads.findings import Findings
from caselink.leads.views import view_findings
from caselink.purposes import Purpose, find_purpose
from caselink.result import Result

_MOST_RECORDS = 12
"""Records of one person of which the link is looked for on which a finding rests."""


def explain_finding(
    result: Result,
    findings: Findings,
    finding_id: str,
    *,
    purpose: str | Purpose,
    protection: Protection,
    rules: Sequence[Finding] = (),
) -> FindingExplanation:
    """See :meth:`caselink.result.Result.explain_finding`."""
    purpose = find_purpose(purpose)
    if not (findings.table["finding_id"] == finding_id).any():
        raise SpecError(_NOT_THERE)
    one = _only(findings, finding_id)
    ours = {rule.about.id for rule in rules}
    shown, _ = view_findings(one, protection, purpose, rules=[*rules, *(r for r in RULES if r.about.id not in ours)])
    if not len(shown):
        raise SpecError(_NOT_THERE)
    row, people, evidence = shown.of(finding_id)
    cases = one.people[["source", "case_id"]].dropna().drop_duplicates()
    pairs = [
        (part, result.explain(*left, *right, purpose=purpose, protection=protection))
        for part, left, right in _links(result, one.people)
    ]
    months = _months(result, row, one.people)
    return describe_finding((row, people, evidence), pairs, months, cases=len(cases), purpose=purpose.name)


_NOT_THERE = "no such finding that this purpose may see: give its id as it stands in table"


def _only(findings: Findings, finding_id: str) -> Findings:
    """The one finding alone, so that only its rows need to be masked."""
    parts = (part[(part["finding_id"] == finding_id).to_numpy()] for part in (findings.table, findings.people))
    table, people = (part.reset_index(drop=True) for part in parts)
    said = findings.evidence[(findings.evidence["finding_id"] == finding_id).to_numpy()].reset_index(drop=True)
    return Findings(table, people, said, findings.skipped, findings.dismissed.iloc[:0])


Key = tuple[str, str]


def _links(result: Result, people: pd.DataFrame) -> list[tuple[str, Key, Key]]:
    """For each person in several records the weakest of the links that join them, best first."""
    known = people[["person_id", "source", "record_id", "part"]].dropna().drop_duplicates()
    found = []
    for _, rows in known.groupby("person_id", sort=True):
        place = np.unique(result.prepared.records.positions(rows["source"], rows["record_id"]))
        place = place[place >= 0][:_MOST_RECORDS]
        if len(place) > 1:
            found.append((str(rows["part"].iloc[0]), *_weakest(result, place.tolist())))
    return [(part, _key(result, one), _key(result, other)) for part, one, other in found]


def _weakest(result: Result, place: list[int]) -> tuple[int, int]:
    """Of the links of a tree that joins the records by the strongest, the last one taken."""
    prepared = result.prepared
    pairs = np.array(list(combinations(place, 2)), np.int32)
    frequencies = Frequencies.of(prepared.program, prepared.index.allowed, result.matcher)
    weight = weigh(prepared.program, result.matcher, frequencies, (pairs[:, 0].copy(), pairs[:, 1].copy())).match_weight
    group = {one: one for one in place}
    last = (place[0], place[1])
    for k in np.argsort(-weight, kind="stable").tolist():
        one, other = (int(end) for end in pairs[k])
        if group[one] != group[other]:
            joined, kept, last = group[other], group[one], (one, other)
            group = {end: kept if of == joined else of for end, of in group.items()}
    return last


def _key(result: Result, place: int) -> Key:
    row = result.persons.iloc[int(result.prepared.records.row[place])]
    return str(row["source"]), str(row["record_id"])


def _months(result: Result, row: pd.Series, people: pd.DataFrame) -> pd.DataFrame:
    """The months of the finding, and of its people in its cases as far as rosters tell; cases by number, no keys."""
    first, last = row["first_month"] or row["last_month"], row["last_month"] or row["first_month"]
    if not first:
        return pd.DataFrame()
    rows = [("finding", "", "", first, last)]
    cases: dict[Key, int] = {}
    stays = _stays(result, people)
    for part, person, source, case in (
        people[["part", "person_id", "source", "case_id"]].drop_duplicates().itertuples(index=False, name=None)
    ):
        name, months = str(part), (first, last)
        if isinstance(case, str):
            name = f"{part}, case {cases.setdefault((source, case), len(cases) + 1)}"
            months = stays.get((person, source, case), months)
        rows.append(("case", name, source if isinstance(source, str) else "", *months))
    table = pd.DataFrame(rows, columns=["kind", "who", "source", "first_month", "last_month"])
    return table.drop_duplicates().reset_index(drop=True)


def _stays(result: Result, people: pd.DataFrame) -> dict[tuple[str, str, str], tuple[str, str]]:
    """First and last month of people in cases, where rosters with months tell."""
    told = result.families.sightings
    if not told.dated:
        return {}
    wanted = people[["source", "case_id"]].dropna().drop_duplicates()
    rows = told.rows[(told.rows["case"] >= 0).to_numpy()]
    place = {text: number for number, text in enumerate(told.cases)}
    rows = rows[rows["case"].isin([place[text] for text in wanted["case_id"] if text in place])]
    table = pd.DataFrame(
        {
            "person": [told.person_ids[number] for number in rows["person"]],
            "source": [told.records.sources[number] for number in rows["source"]],
            "case": [told.cases[number] for number in rows["case"]],
            "first": rows["first"].to_numpy(),
            "last": rows["last"].to_numpy(),
        }
    )
    spans = table.groupby(["person", "source", "case"]).agg({"first": "min", "last": "max"})
    return {
        key: (_text(int(one)), _text(int(other)))
        for key, (one, other) in zip(spans.index, spans.to_numpy(), strict=True)
    }


def _text(month: int) -> str:
    return f"{month // 12:04d}-{month % 12 + 1:02d}"
