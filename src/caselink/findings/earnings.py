"""Findings of group E: what employers report, beside what IV-A believes of the same months. Never an average."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from caselink.findings.facts import ABSENT, HIRE, NO_DAY, NO_END, NONE, WAGES, Facts, Ints, Mask, Program, once
from caselink.findings.finding import About, Leads, Part, Reason, make_leads
from caselink.findings.keys import equal_pairs, one_key
from caselink.findings.stays import by_month, changes, counted, in_order, joined, with_role

NOT_THERE, NO_JOB, JOB = -1, 0, 1
_NEEDS = (
    "memberships iv-a",
    "memberships.status iv-a",
    "memberships.employed iv-a",
    "records.ssn",
    "records.first_name",
)
_IDENTITY = "SSN equal, and the name agrees"
_PROGRAMS = (Program.IVA, Program.IVD, Program.JOBS)
_QUARTER = 3
STALE_MONTHS = 6
"""A hire older than this when its report comes in is dropped (E04)."""


def sure_reports(facts: Facts, kind: int) -> pd.DataFrame:
    """Reports of a kind whose SSN is one of the person's with a program, and whose name agrees with it there."""
    reports = facts.reports
    wanted = (reports["kind"] == kind) & (reports["month"] >= 0)
    return reports[wanted.to_numpy() & _named_alike(facts)].reset_index(drop=True)


@once
def _named_alike(facts: Facts) -> Mask:
    """Reports that have SSN and first name of a record of the person with a program, or for a name the birth date."""
    born = facts.records["born"].to_numpy()
    person, ssn, program = (facts.records[name].to_numpy() for name in ("person", "ssn", "program"))
    reported = facts.reports["record"].to_numpy()
    told = np.flatnonzero(ssn[reported] >= 0)
    known = np.flatnonzero(np.isin(program, [int(one) for one in _PROGRAMS]) & (ssn >= 0))
    rows = np.append(reported[told], known)
    key = one_key(person[rows], ssn[rows])
    one, other = equal_pairs(key[: len(told)], key[len(told) :])
    alike = np.zeros(len(reported), bool)
    report, record = reported[told[one]], known[other]
    name = facts.names("first_name", report, record)
    dated = (name == NONE) & (born[report] == born[record]) & (born[report] != NO_DAY)
    alike[told[one[(name == 1) | dated]]] = True
    return alike


class Beliefs:
    """What IV-A believes of the jobs of adults whose needs are counted, by person and month."""

    def __init__(self, facts: Facts, persons: Ints) -> None:
        stays = counted(facts.of_program(Program.IVA))
        stays = stays[(stays["employed"] >= 0).to_numpy() & np.isin(stays["person"].to_numpy(), persons)]
        monthly = by_month(stays[["person", "case", "record", "employed", "first", "last"]])
        monthly = in_order(monthly, ["person", "month", "employed", "case", "record"])
        each = monthly[np.append(changes(monthly, ["person", "month"])[1:], np.ones(min(len(monthly), 1), bool))]
        self._told = {name: each[name].to_numpy(np.int64) for name in ("employed", "case", "record")}
        self._key = self._keys(each["person"].to_numpy(np.int64), each["month"].to_numpy(np.int64))

    def job(self, person: Ints, month: Ints) -> Ints:
        """:data:`JOB`, :data:`NO_JOB` or :data:`NOT_THERE`."""
        return self._at("employed", person, month)

    def case(self, person: Ints, month: Ints) -> Ints:
        """The case that counts the person."""
        return self._at("case", person, month)

    def record(self, person: Ints, month: Ints) -> Ints:
        """The record of the person in it."""
        return self._at("record", person, month)

    def _at(self, what: str, person: Ints, month: Ints) -> Ints:
        if not len(self._key):
            return np.full(len(person), NOT_THERE, np.int64)
        wanted = self._keys(person, month)
        place = np.minimum(np.searchsorted(self._key, wanted), len(self._key) - 1)
        return np.where(self._key[place] == wanted, self._told[what][place], NOT_THERE)

    @staticmethod
    def _keys(person: Ints, month: Ints) -> Ints:
        return person * NO_END + month


def _recipients(rows: pd.DataFrame, beliefs: Beliefs, month: Ints) -> list[Part]:
    person = rows["person"].to_numpy()
    case, record = beliefs.case(person, month), beliefs.record(person, month)
    return [Part("recipient", person, case, record), Part("employee", person, record=rows["record"])]


@dataclass(frozen=True, slots=True)
class NewHire:
    """E01: counted from the month of hire to ``months_to_tell`` months later, and without a job on file then."""

    months_to_tell: int = 2
    stale_months: int = STALE_MONTHS
    about: ClassVar[About] = About(
        id="E01",
        title="new hire not reflected",
        strength="B",
        needs=("reports.hires", *_NEEDS),
        tested=("reported by then", "not counted in one of the months", "a report that came more than six months late"),
        tested_with={"a report that came more than six months late": ("reports.received",)},
        untested=("never started, or the job ended", "the number is used, or was keyed, by somebody else"),
        verify="the employer or the client; a hit needs independent verification before any step",
    )

    def find(self, facts: Facts) -> Leads:
        """One lead for each person and month of hire."""
        hires = (
            sure_reports(facts, HIRE).sort_values(["person", "month", "record"]).drop_duplicates(["person", "month"])
        )
        beliefs = Beliefs(facts, hires["person"].to_numpy())
        person, month = hires["person"].to_numpy(), hires["month"].to_numpy()
        known = np.stack([beliefs.job(person, month + k) for k in range(self.months_to_tell + 1)])
        stale = (hires["received"] >= 0).to_numpy() & (hires["received"].to_numpy() - month > self.stale_months)
        silent = (known != NOT_THERE).all(axis=0) & (known[-1] == NO_JOB) & ~stale
        rows = hires[silent].reset_index(drop=True)
        due = rows["month"].to_numpy() + self.months_to_tell
        reasons = [
            Reason("new hire", "reported by an employer"),
            Reason("employment status", "no job on file by the second month after"),
            Reason("identity", _IDENTITY),
        ]
        return make_leads(rows["month"], due, _recipients(rows, beliefs, due), reasons)


@dataclass(frozen=True, slots=True)
class WagesWithoutEarnings:
    """E02: wages for a quarter, counted in all of its months, and no job on file in any of them."""

    about: ClassVar[About] = About(
        id="E02",
        title="wage record without reported earnings",
        strength="B",
        needs=("reports.wages", *_NEEDS),
        tested=("a month of the quarter off assistance", "a job on file in a part of the quarter"),
        untested=("severance, or pay for earlier work", "disregards", "the number is used by somebody else"),
        verify="pay stubs by the month; a quarter is never spread over its months",
    )

    def find(self, facts: Facts) -> Leads:
        """One lead for each person and quarter."""
        told = sure_reports(facts, WAGES)
        paid = told.loc[(told["amount"] != 0).to_numpy()].sort_values(["person", "month", "record"])
        wages = pd.DataFrame(paid.drop_duplicates(["person", "month"]))
        beliefs = Beliefs(facts, wages["person"].to_numpy())
        person, end = wages["person"].to_numpy(), wages["month"].to_numpy()
        silent = np.stack([beliefs.job(person, end - back) == NO_JOB for back in range(_QUARTER)]).all(axis=0)
        rows = pd.DataFrame(wages[np.asarray(silent)]).reset_index(drop=True)
        last = rows["month"].to_numpy()
        reasons = [
            Reason("wages", "reported for the quarter"),
            Reason("employment status", "no job on file in any month of the quarter"),
            Reason("identity", _IDENTITY),
        ]
        return make_leads(last - _QUARTER + 1, last, _recipients(rows, beliefs, last), reasons)


@dataclass(frozen=True, slots=True)
class OtherName:
    """E03: a report under the number of somebody whom a program knows, with a name unlike any known of that person."""

    about: ClassVar[About] = About(
        id="E03",
        title="SSN matches, name does not",
        strength="C",
        needs=("records.ssn", "records.first_name", "records earnings"),
        tested=("a former or double last name: the first name agrees", "first and last name swapped"),
        untested=("an alias", "a number keyed wrong", "somebody whose number is misused is a victim"),
        verify="review by a worker; the report is not used until then",
    )

    def find(self, facts: Facts) -> Leads:
        """One lead for each report and holder of the number."""
        records = facts.records
        pairs = _under_one_number(facts)
        holder = np.isin(records["person"].to_numpy(), pairs["person_holder"].to_numpy())
        holder &= (records["program"] != Program.EARNINGS).to_numpy()
        holders = records[["person", "record"]][holder].rename(columns={"person": "person_holder", "record": "other"})
        names = pairs[["record", "person_holder"]].drop_duplicates().merge(holders, on="person_holder")
        alike = facts.names("first_name", names["record"].to_numpy(), names["other"].to_numpy()) != 0
        known_name = np.isin(pairs["record"].to_numpy(), names["record"][alike])
        pairs = pairs[~known_name].sort_values(["record", "person_holder", "record_holder"])
        pairs = pairs.drop_duplicates(["record", "person_holder"]).reset_index(drop=True)
        received = facts.reports.groupby("record")["received"].max()  # a record may have several reports
        came = received.reindex(pairs["record"]).fillna(facts.now).to_numpy(np.int64)
        month = np.where(came >= 0, came, facts.now)
        parts = [
            Part("employee", pairs["person"], record=pairs["record"]),
            Part("holder of the number", pairs["person_holder"], record=pairs["record_holder"]),
        ]
        same = (pairs["person"] == pairs["person_holder"]).to_numpy()
        reasons = [
            Reason("SSN", "equal"),
            Reason("first name", "unlike any known"),
            Reason("identity", "linked all the same", same),
        ]
        return make_leads(month, month, parts, reasons)


def _under_one_number(facts: Facts) -> pd.DataFrame:
    """Reports beside records of holders of the number, where no first name of a report agrees with one of these."""
    person, ssn, program = (facts.records[name].to_numpy() for name in ("person", "ssn", "program"))
    told = np.flatnonzero((ssn >= 0) & (program == Program.EARNINGS))
    known = np.flatnonzero((ssn >= 0) & np.isin(program, [int(Program.IVA), int(Program.IVD)]))
    one, other = equal_pairs(ssn[told], ssn[known])
    other_name = facts.names("first_name", told[one], known[other]) == 0
    kept = ~np.isin(one, one[~other_name])
    one, other = told[one[kept]], known[other[kept]]
    columns = {"record": one, "person": person[one], "record_holder": other, "person_holder": person[other]}
    return pd.DataFrame(columns)


@dataclass(frozen=True, slots=True)
class AbsentParentHired:
    """E06: a hire reported of an absent parent while the case is open. Information, for IV-D."""

    about: ClassVar[About] = About(
        id="E06",
        title="absent parent newly hired",
        strength="C",
        needs=("reports.hires", "memberships iv-d", "records.ssn", "records.first_name"),
        tested=("SSN equal and name alike", "a report that came more than six months late"),
        tested_with={"a report that came more than six months late": ("reports.received",)},
        untested=("never started, or the job ended", "the number is used by somebody else"),
        verify="with the employer; for the purposes of IV-D",
        who="the child support worker",
        location=True,
    )

    def find(self, facts: Facts) -> Leads:
        """One lead for each person, case and month of hire."""
        hires = sure_reports(facts, HIRE)
        came = np.where(hires["received"] >= 0, hires["received"], hires["month"])
        hires = hires.assign(came=came)[(came - hires["month"] <= STALE_MONTHS).to_numpy()]
        absent = joined(with_role(facts.of_program(Program.IVD), ABSENT), ["person", "case", "record"])
        absent = absent.rename(columns={"record": "own_record"})[["person", "case", "own_record", "first", "last"]]
        pairs = hires.merge(absent, on="person")
        pairs = pairs[((pairs["first"] <= pairs["came"]) & (pairs["last"] >= pairs["came"])).to_numpy()]
        pairs = pairs.sort_values(["person", "case", "month", "record"]).drop_duplicates(["person", "case", "month"])
        pairs = pairs.reset_index(drop=True)
        parts = [
            Part("absent parent", pairs["person"], pairs["case"], pairs["own_record"]),
            Part("employee", pairs["person"], record=pairs["record"]),
        ]
        last = np.maximum(pairs["month"], pairs["came"])
        return make_leads(
            pairs["month"], last, parts, [Reason("new hire", "reported by an employer"), Reason("identity", _IDENTITY)]
        )
