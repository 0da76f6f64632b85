"""Findings of a result: leads for a person to check, with their evidence and without a value."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.confidentiality.evidence import is_secret, names_place
from caselink.errors import SpecError
from caselink.findings.catalog import RULES, rule_of
from caselink.findings.facts import NONE, Ints
from caselink.findings.finding import About, Finding, Leads, stack_leads
from caselink.findings.keys import one_key
from caselink.leads.dispositions import Dispositions
from caselink.leads.fact_base import FactBase, gather_facts
from caselink.leads.program_tables import ProgramTables
from caselink.leads.texts import joined_texts, ordered, ranked
from caselink.notebook import show_table
from caselink.purposes import NARROWEST, Purpose
from caselink.result import Result

if TYPE_CHECKING:
    from caselink.confidentiality import Protection

NOT_VERIFIED = "not verified"
TABLE_COLUMNS = (
    "finding_id",
    "rule",
    "title",
    "strength",
    "first_month",
    "last_month",
    "identity_probability",
    "status",
    "disposition",
    "evidence",
    "data_until",
    "tested",
    "untested",
    "verify",
    "who",
)
PEOPLE_COLUMNS = ("finding_id", "part", "person_id", "household_id", "source", "case_id", "record_id")
EVIDENCE_COLUMNS = ("finding_id", "field", "says")
_BETWEEN = "; "


@dataclass(frozen=True, repr=False)
class Findings:
    """Leads for a person to check; none is verified. Order says nothing of weight: rules by id, then ids.

    ``table``: one row a finding. ``people``: one row a finding and record concerned, keys only. ``evidence``: one row a
    finding and reason: a field and what is so of it. ``skipped``: rules that did not run, and what they lacked.
    ``dismissed``: findings that were left out since somebody dismissed them, in the form of ``table``.
    """

    table: pd.DataFrame = field(repr=False)
    people: pd.DataFrame = field(repr=False)
    evidence: pd.DataFrame = field(repr=False)
    skipped: pd.DataFrame
    dismissed: pd.DataFrame = field(repr=False)

    def __len__(self) -> int:
        return len(self.table)

    def counts(self) -> pd.DataFrame:
        """How many findings of each rule: ``rule, title, strength, findings``."""
        keys = ["rule", "title", "strength"]
        return self.table.groupby(keys, sort=True).size().rename("findings").reset_index()

    def view(self, protection: Protection, purpose: str | Purpose = NARROWEST) -> tuple[Findings, int]:
        """Those that the ``purpose`` may see, masked, and how many are left out.

        ``protection`` is what ``result.families.protect(tables.programs)`` gives; who is not known to be free is
        protected. Findings of a rule of your own are left out: :func:`caselink.leads.views.view_findings` takes rules.
        """
        from caselink.leads.views import view_findings

        return view_findings(self, protection, purpose)

    def __repr__(self) -> str:
        return f"{self._headline()}\n{self.counts().to_string(index=False)}"

    def _repr_html_(self) -> str:
        return f"<p><b>{self._headline()}</b></p>{show_table(self.counts())}"

    def _headline(self) -> str:
        left_out = f"{len(self.dismissed):,} dismissed; {len(self.skipped):,} rules lacked a table"
        return f"{len(self):,} findings, leads to check and none verified; {left_out}"

    def of(self, finding_id: str) -> tuple[pd.Series, pd.DataFrame, pd.DataFrame]:
        """One finding with its people and its evidence."""
        rows = self.table[(self.table["finding_id"] == finding_id).to_numpy()]
        if not len(rows):
            raise SpecError("no such finding: give its id as it stands in table")
        about = [part[(part["finding_id"] == finding_id).to_numpy()] for part in (self.people, self.evidence)]
        return rows.iloc[0], about[0], about[1]


def find(
    result: Result,
    rules: Sequence[Finding | str] | None = None,
    *,
    tables: ProgramTables | None = None,
    dispositions: Dispositions | pd.DataFrame | None = None,
    same_person_at: float | None = None,
    facts: FactBase | None = None,
) -> Findings:
    """Look for findings: all rules that their evidence allows, or the ``rules`` given (by id, or your own).

    ``tables`` are what the programs know beside the records. Findings that rest on an identity less sure than
    ``same_person_at`` (default: the result's own threshold) are not raised. What ``dispositions`` (or a table of their
    columns) dismiss stays dismissed until its evidence changes. ``facts`` is what
    :func:`caselink.leads.fact_base.gather_facts` gave of these, where it is known already.
    """
    chosen = [rule_of(one) if isinstance(one, str) else one for one in (RULES if rules is None else rules)]
    _check(chosen)
    base = facts or gather_facts(result, tables)
    threshold = result.link_at if same_person_at is None else same_person_at
    found, skipped = [], []
    for rule in chosen:
        lacking = base.facts.lacking((*rule.about.needs, *(f"all cases {name}" for name in rule.about.absence_in)))
        if lacking:
            skipped.append((rule.about.id, rule.about.title, _BETWEEN.join(lacking)))
        else:
            found.append((rule.about, rule.find(base.facts)))
    decided = Dispositions(dispositions) if isinstance(dispositions, pd.DataFrame) else dispositions or Dispositions()
    return _together(_spelled(found, base, threshold), skipped, decided)


def _check(rules: Sequence[Finding]) -> None:
    ids = [rule.about.id if isinstance(rule, Finding) else None for rule in rules]
    if None in ids:
        raise SpecError("a rule is an object with about and find(facts), or the id of one of ours")
    doubled = sorted({str(one) for one in ids if ids.count(one) > 1})
    if doubled:
        raise SpecError(f"two rules have one id: {', '.join(doubled)}")


_Tables = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]
"""One row a lead, with the people and the evidence of all; these with the number of the lead."""


def _spelled(found: Sequence[tuple[About, Leads]], base: FactBase, threshold: float) -> _Tables:
    """The leads of all rules under lasting ids, those that rest on too unsure an identity left out."""
    leads = stack_leads([of_rule for _, of_rule in found])
    rule = np.repeat(np.arange(len(found)), [len(of_rule) for _, of_rule in found])
    probability = _identity(leads, base)
    kept = probability >= threshold
    leads, probability, rule = leads.where(kept), probability[kept], rule[kept]
    people = _people(leads, base)
    ids = [about.id for about, _ in found]
    finding_id, alike = _ids([ids[of] for of in rule.tolist()], leads, people)
    reasons = leads.reasons
    until = _month_texts(np.array([base.facts.now]))[0]
    told = {
        "finding_id": finding_id,
        "first_month": _month_texts(leads.first),
        "last_month": _month_texts(leads.last),
        "identity_probability": probability,
        "status": np.full(len(leads), NOT_VERIFIED, dtype=object),
        "disposition": np.full(len(leads), "open", dtype=object),
        "evidence": np.array(_evidence_hashes(leads, people, reasons, alike), dtype=object),
        "data_until": np.full(len(leads), until, dtype=object),
    }
    of_rules = pd.DataFrame(
        [_of_rule(about, base.facts.evidence) for about, _ in found], columns=list(_OF_RULE), dtype=object
    )
    table = of_rules.take(rule).reset_index(drop=True).assign(**told)[list(TABLE_COLUMNS)]
    return table, people[["lead", *PEOPLE_COLUMNS[1:]]], reasons[["lead", *EVIDENCE_COLUMNS[1:]]]


_OF_RULE = ("rule", "title", "strength", "tested", "untested", "verify", "who")


def _of_rule(about: About, evidence: Collection[str]) -> tuple[str, ...]:
    """What every finding of a rule says; what could not be tested for want of ``evidence`` was not tested."""
    innocent = tuple(_BETWEEN.join(reasons) for reasons in about.explanations(evidence))
    return about.id, about.title, about.strength, *innocent, about.verify, about.who


def _identity(leads: Leads, base: FactBase) -> npt.NDArray[np.float64]:
    """The weakest identity that each lead needs."""
    rows = leads.people[(leads.people["record"] >= 0).to_numpy()]
    lead, person, record = (rows[name].to_numpy(np.int64) for name in ("lead", "person", "record"))
    groups, group = np.unique(one_key(lead, person), return_inverse=True)
    sure = base.identity.of_groups(group, record, len(groups))
    weakest = leads.sure.copy()
    np.minimum.at(weakest, lead, sure[group])
    return weakest


def _people(leads: Leads, base: FactBase) -> pd.DataFrame:
    """The people of leads by their keys, ``lead`` and month beside them."""
    rows, numbers = leads.people, base.numbers
    person, case, record = (rows[name].to_numpy(np.int64) for name in ("person", "case", "record"))
    month = leads.last[rows["lead"].to_numpy()]
    home = base.facts.home_of(person, month)
    keys = numbers.records.row[np.maximum(record, 0)]
    told = base.record_keys.iloc[keys]
    named = record >= 0
    source = np.where(named, told["source"].to_numpy(dtype=object), None)
    of_case = _or_none(numbers.case_source)[case]
    return pd.DataFrame(
        {
            "lead": rows["lead"].to_numpy(),
            "part": rows["part"].to_numpy(dtype=object),
            "person_id": numbers.person_ids[person],
            "lasting": _lasting(rows, base),
            "household_id": base.household_ids(home),
            "source": np.where(case >= 0, of_case, source),
            "case_id": _or_none(numbers.case_ids)[case],
            "record_id": np.where(named, told["record_id"].to_numpy(dtype=object), None),
        }
    )


def _lasting(people: pd.DataFrame, base: FactBase) -> npt.NDArray[np.object_]:
    """What names each person of a lead for as long as its records stand: the hash of the record that it rests on.

    Of people in a case who have no record in the lead it is that of their first one in the case, else the person id,
    which may become another when new records of the person come.
    """
    person, case, record = (people[name].to_numpy(np.int64) for name in ("person", "case", "record"))
    open_to, record = (record < 0) & (case >= 0), record.copy()
    stays = base.facts.stays[["case", "person", "record"]]
    first = stays[np.isin(stays["case"].to_numpy(), case[open_to])].groupby(["case", "person"])["record"].min()
    wanted = pd.MultiIndex.from_arrays([case[open_to], person[open_to]])
    record[open_to] = first.reindex(wanted).fillna(NONE).to_numpy(np.int64)
    texts = base.numbers.person_ids[person].astype(object)
    known = record >= 0
    texts[known] = base.numbers.records.record_hash[record[known]].astype(str)
    return np.asarray(texts, dtype=object)


def _or_none(values: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """The values with a last one that stands for none, which a place of -1 takes."""
    return np.array([*values.tolist(), None], dtype=object)


def _ids(rules: Sequence[str], leads: Leads, people: pd.DataFrame) -> tuple[npt.NDArray[np.object_], Ints]:
    """An id for each lead, the same while its rule and its people's records are, and how many leads are alike in these.

    Neither person ids nor months are hashed: some change when records come, some leads are always of the last month.
    Case numbers are not: there are so few that a reader from whom they are withheld would find them by trying.
    Of leads about the same people the second by first month and case number has another id, and so on.
    """
    each = zip(rules, joined_texts(people, ("lasting", "source"), len(leads)), strict=True)
    texts = pd.Series([f"{rule}|{text}" for rule, text in each], dtype=object)
    rank, alike = np.ones(len(texts), np.int64), np.ones(len(texts), np.int64)
    rows = np.flatnonzero(texts.duplicated(keep=False))
    some = people[np.isin(people["lead"].to_numpy(), rows)]
    cases = pd.Series(joined_texts(some, ("lasting", "source", "case_id"), len(texts)), dtype=object)[rows]
    cases = pd.Series(_month_texts(leads.first)[rows], index=rows, dtype=object).fillna("") + "|" + cases
    of = cases.groupby(texts[rows].to_numpy())
    rank[rows], alike[rows] = of.rank("dense"), of.transform("nunique")
    ids = [f"{rule}-{_digest(f'{text}|{n}')}" for rule, text, n in zip(rules, texts, rank.tolist(), strict=True)]
    return np.array(ids, dtype=object), alike


def _evidence_hashes(leads: Leads, people: pd.DataFrame, reasons: pd.DataFrame, alike: Ints) -> list[str]:
    """A hash of what each lead rests on: records, what is so of which field, and how many leads are about these people.

    What is withheld of some people is hashed of nobody: the few things that can be said are soon tried.
    """
    records = joined_texts(people, ("part", "lasting", "source"), len(leads))
    open_to_all = {name: not (names_place(name) or is_secret(name)) for name in reasons["field"].unique()}
    says = reasons["says"].where(reasons["field"].map(open_to_all).astype(bool), "")
    said = joined_texts(reasons.assign(says=says), ("field", "says"), len(leads))
    each = zip(records, said, alike.tolist(), strict=True)
    return [_digest(f"{one}|{other}|{n}") for one, other, n in each]


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _month_texts(months: Ints) -> npt.NDArray[np.object_]:
    distinct, place = np.unique(months, return_inverse=True)
    texts = [f"{month // 12:04d}-{month % 12 + 1:02d}" if month > NONE else None for month in distinct.tolist()]
    return np.array([*texts, None], dtype=object)[place]


def _together(tables: _Tables, skipped: list[tuple[str, str, str]], decided: Dispositions) -> Findings:
    ids = tables[0]["finding_id"]
    number = ranked(ids)  # several leads may be one finding
    order = np.argsort(one_key(ranked(tables[0]["rule"]), number), kind="stable")
    order = order[np.diff(number[order], prepend=NONE) != 0]
    table = tables[0].take(order).reset_index(drop=True)
    table["disposition"] = decided.standing(table)
    gone = (table["disposition"] == "dismissed").to_numpy(bool)
    shown = ~np.isin(number, number[order[gone]])
    people, evidence = (_by_finding(rows[shown[rows["lead"].to_numpy()]], ids, number) for rows in tables[1:])
    lacked = pd.DataFrame(skipped, columns=["rule", "title", "lacks"], dtype=object)
    return Findings(table[~gone].reset_index(drop=True), people, evidence, lacked, table[gone].reset_index(drop=True))


def _by_finding(rows: pd.DataFrame, ids: pd.Series[str], number: Ints) -> pd.DataFrame:
    """Rows of leads under the ids of their findings, in order, each once; ``number`` is the place of each lead's id."""
    lead, told = rows["lead"].to_numpy(), [name for name in rows.columns if name != "lead"]
    named = rows.assign(finding_id=ids.to_numpy()[lead])[["finding_id", *told]]
    return ordered(named, told, within=number[lead], distinct=True)
