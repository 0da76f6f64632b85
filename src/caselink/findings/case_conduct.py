"""Findings about what programs hold of a case besides its people: why it was closed, who is said not to cooperate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from caselink.findings.duties import held_good_cause
from caselink.findings.facts import CLOSED_FOR_JOB, CLOSED_FOR_TIME, NONE, Facts, Ints, Mask, Program, Role
from caselink.findings.finding import About, Leads, Part, Reason, make_leads
from caselink.findings.two_programs import open_cases, payee_records

TIME_LIMIT_MONTHS = 60


@dataclass(frozen=True, slots=True)
class ClosureReason:
    """C10: closed for a job that nobody has on file, or for the limit of 60 months that nobody has reached."""

    about: ClassVar[About] = About(
        id="C10",
        title="closure reason contradicts data",
        strength="A",
        needs=("cases.closure_reason iv-a", "memberships.employed iv-a"),
        tested=("an adult of the case had a job on file in the last month told", "an adult of unknown job status"),
        untested=("a job that began after the last month on file", "the reason was keyed wrong"),
        verify="the closed case's record",
    )

    def find(self, facts: Facts) -> Leads:
        """One lead for each case."""
        stays = facts.of_program(Program.IVA)
        at_end = _last_month(stays[(stays["role"] != Role.CHILD).to_numpy()])
        job = at_end.groupby("case")["employed"].agg(["min", "max"])
        case = job.index.to_numpy(np.int64)
        reason, counted = (facts.cases[name].to_numpy()[case] for name in ("closure_reason", "months_counted"))
        no_job = (reason == CLOSED_FOR_JOB) & (job["min"] == 0).to_numpy() & (job["max"] == 0).to_numpy()
        early = (reason == CLOSED_FOR_TIME) & (counted >= 0) & (counted < TIME_LIMIT_MONTHS)
        kept = (no_job | early) & (facts.cases["head"].to_numpy()[case] >= 0)
        case, no_job, early = case[kept], no_job[kept], early[kept]
        last = at_end.groupby("case")["last"].max().reindex(case).to_numpy(np.int64)
        parts = [Part("payee", facts.cases["head"].to_numpy()[case], case, _records(facts, Program.IVA, case))]
        reasons = [
            Reason("closure reason", "a job, and no adult of the case had one in the last month told", no_job),
            Reason("closure reason", "the limit of 60 months, and neither head nor spouse had used them", early),
        ]
        return make_leads(last, last, parts, reasons)


def _last_month(stays: pd.DataFrame) -> pd.DataFrame:
    """The stays that reach into the last month that any of them of the same case does."""
    reach = stays.groupby("case")["last"].transform("max").to_numpy()
    kept: pd.DataFrame = stays[stays["last"].to_numpy() == reach]
    return kept


def _records(facts: Facts, program: Program, case: Ints) -> Ints:
    """A record of the person in charge of each case."""
    known = payee_records(facts, program).set_index("case")["record"]
    return known.reindex(case).fillna(NONE).to_numpy(np.int64)


@dataclass(frozen=True, slots=True)
class CooperationDiffers:
    """R05: IV-D holds a custodian not to cooperate for ``notice_months`` and IV-A does not; or IV-A alone holds it."""

    notice_months: int = 2
    about: ClassVar[About] = About(
        id="R05",
        title="cooperation status differs",
        strength="B",
        needs=("cases.uncooperative iv-d", "cases.uncooperative iv-a", "memberships iv-a", "memberships iv-d"),
        tested=("a notice of the last two months, which may be under way", "good cause claimed or granted with either"),
        tested_with={"good cause claimed or granted with either": ("cases.good_cause iv-a", "cases.good_cause iv-d")},
        untested=("an appeal, or a decision that was taken back",),
        verify="the notices of both programs",
    )

    def find(self, facts: Facts) -> Leads:
        """One lead for each payee and direction."""
        units, support = (_held(facts, program) for program in (Program.IVA, Program.IVD))
        pairs = units.merge(support, on="head", suffixes=("", "_d"))
        pairs = pairs[(pairs["open"] & pairs["open_d"]).to_numpy()]
        due = facts.now - self.notice_months
        told = pairs.groupby("head")[["since", "since_d"]].transform("min")
        excused = pairs.groupby("head")[["excused", "excused_d"]].transform("any").any(axis=1)
        missing_here = (told["since"] == _NEVER) & (told["since_d"] <= due) & (pairs["since_d"] == told["since_d"])
        missing_there = (told["since_d"] == _NEVER) & (told["since"] <= due) & (pairs["since"] == told["since"])
        kept = ((missing_here | missing_there) & ~excused).to_numpy(bool)
        rows = pairs.assign(here=missing_here)[kept].sort_values(["head", "case", "case_d"])
        rows = rows.drop_duplicates("head").reset_index(drop=True)
        here = rows["here"].to_numpy(bool)
        since = np.where(here, rows["since_d"], rows["since"]) + self.notice_months
        cases = [rows[name].to_numpy(np.int64) for name in ("case", "case_d")]
        parts = [
            Part("payee", rows["head"], cases[0], _records(facts, Program.IVA, cases[0])),
            Part("custodian", rows["head"], cases[1], _records(facts, Program.IVD, cases[1])),
        ]
        reasons = [
            Reason("cooperation", "IV-D holds that there is none, and IV-A knows nothing of it", here),
            Reason("cooperation", "IV-A holds that there is none, and no open case of IV-D does", ~here),
        ]
        return make_leads(since, np.full(len(rows), facts.now), parts, reasons)


_NEVER = 10**6


def _held(facts: Facts, program: Program) -> pd.DataFrame:
    """Open cases with somebody in charge: ``case, head``, ``since`` when not cooperating, ``excused``, ``open``."""
    cases = open_cases(facts, program)
    cases = cases[(cases["head"] >= 0).to_numpy()]
    case = cases["case"].to_numpy(np.int64)
    since = cases["uncooperative"].to_numpy(np.int64)
    there = _there_now(facts, program, case)
    return pd.DataFrame(
        {
            "case": case,
            "head": cases["head"].to_numpy(np.int64),
            "since": np.where((since >= 0) & (since <= facts.now), since, _NEVER),
            "excused": held_good_cause(facts, case),
            "open": there,
        }
    )


def _there_now(facts: Facts, program: Program, case: Ints) -> Mask:
    """Cases in which the person in charge is in the last month."""
    stays = facts.of_program(program)
    now = stays[((stays["last"] == facts.now) & (stays["person"] == stays["head"])).to_numpy()]
    return np.isin(case, now["case"].to_numpy())
