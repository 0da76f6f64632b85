"""What the programs of a district know of its people over the months: IV-A, IV-D, job programs and employers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from caselink.synthetic.draws import Mask, Streams
from caselink.synthetic.history import History
from caselink.synthetic.keying.rates import ErrorRates
from caselink.synthetic.programs.assistance import draw_units
from caselink.synthetic.programs.caseload import Caseload, Programs
from caselink.synthetic.programs.children import find_custody
from caselink.synthetic.programs.conduct import draw_conduct
from caselink.synthetic.programs.hearing import Hearing, draw_versions, seen_alive
from caselink.synthetic.programs.intake import (
    Draft,
    assign_workers,
    enter_twice,
    flag_protected,
    keep_on_file,
    texts_where,
)
from caselink.synthetic.programs.job_programs import draft_participations
from caselink.synthetic.programs.pairs import Pairs, find_pairs, people_in_danger
from caselink.synthetic.programs.referrals import referral_table, send_referrals
from caselink.synthetic.programs.support import draw_cases
from caselink.synthetic.programs.support_records import draft_support, key_cases_twice
from caselink.synthetic.programs.unit_records import draft_assistance
from caselink.synthetic.programs.wages import draft_wages

KEPT_ON_FILE, SAME_PAYROLL = 0.7, 0.85
"""Later records of a person in a program, and of an employee in a payroll, that repeat the values first keyed."""

DANGER_KNOWN_TO_IVD, DANGER_KNOWN_TO_IVA = 0.95, 0.85
"""People in danger whom each program has flagged."""

GOOD_CAUSE_KNOWN_TO_BOTH = 0.97
"""Claims of good cause that IV-D holds as well as IV-A. All of these are assumptions."""

_TOLD_AT_INTERVIEW = Hearing(told_long_ago=0.08, moves=0.9, moves_lag=0.6, names=0.75, names_lag=1.5)
_TOLD_BY_CUSTODIAN = Hearing(
    told_long_ago=0.25, entry_lag=0.3, moves=0.65, moves_lag=2.0, names=0.45, names_lag=3.0, papers_lag=2.5
)
_TOLD_OF_ANOTHER = Hearing(told_long_ago=0.4, entry_lag=5.0, moves=0.4, moves_lag=4.0, names=0.2, names_lag=5.0)
_TOLD_AT_PROGRAM = Hearing(told_long_ago=0.06, moves=0.7, moves_lag=0.8, names=0.6, names_lag=1.5)

HEARING: Mapping[str, Mapping[str, Hearing]] = {
    "iva": dict.fromkeys(("HEAD", "CARETAKER", "ADULT", "CHILD"), _TOLD_AT_INTERVIEW),
    "ivd": {"CP": _TOLD_BY_CUSTODIAN, "CH": _TOLD_BY_CUSTODIAN, "NP": _TOLD_OF_ANOTHER, "PF": _TOLD_OF_ANOTHER},
    "jobs": {"PARTICIPANT": _TOLD_AT_PROGRAM},
}
"""How each program hears of people, by role (assumptions: IV-A is told by those it pays, IV-D mostly by others)."""


def draw_caseloads(
    history: History,
    *,
    streams: Streams,
    rates: Mapping[str, ErrorRates] | None = None,
    sample_share: float | None = None,
) -> Programs:
    """What each program knows of a district's people over the months, and the referrals between two of them.

    ``rates``: by program, of which ``entered_twice`` and ``case_keyed_twice`` count here; none by default.
    ``sample_share``: of IV-A cases that are sampled for the federal report; all of them by default.
    """
    rates = rates or {}
    iva, ivd = streams.within("iva"), streams.within("ivd")
    custody = find_custody(history)
    units = draw_units(history, custody, iva)
    assistance = draft_assistance(history, units, iva, sample_share=sample_share)
    pairs = find_pairs(history, custody, units, streams)
    sent = send_referrals(history, custody, pairs, assistance.cases, streams)
    cases = draw_cases(history, pairs, sent, ivd)
    support = draft_support(history, pairs, cases, ivd)
    jobs = draft_participations(history, assistance, support, streams.within("jobs"))
    known = _known(history, [assistance, support, jobs])
    wages = draft_wages(history, known, streams.within("employment"))
    assistance, support = (_with_good_cause(draft, pairs, streams) for draft in (assistance, support))
    months = history.calendar.n_months
    assistance, support = draw_conduct(assistance, support, history.n_people, months, streams.within("conduct"))
    support = key_cases_twice(support, _rate(rates, "ivd", "case_keyed_twice"), ivd)
    danger = people_in_danger(history, pairs)
    drafts = [
        enter_twice(draft, _rate(rates, draft.program, "entered_twice"), streams.within(draft.program))
        for draft in (assistance, support, jobs)
    ]
    caseloads = {draft.program: _finish(history, draft, danger, streams) for draft in drafts}
    caseloads["employment"] = _finish_wages(history, wages, streams.within("employment"))
    return Programs(caseloads, referral_table(sent, pairs, cases, support.cases["case"].to_numpy()))


def _rate(rates: Mapping[str, ErrorRates], program: str, name: str) -> float:
    return float(getattr(rates.get(program), name, 0.0))


def _known(history: History, drafts: list[Draft]) -> Mask:
    known = np.zeros(history.n_people, dtype=bool)
    for draft in drafts:
        known[draft.records["person"].to_numpy()] = True
    return known


def _with_good_cause(draft: Draft, pairs: Pairs, streams: Streams) -> Draft:
    """IV-A holds a claim on the custodian's unit; IV-D on the case of the pair, but for a few of them."""
    if draft.program == "ivd":
        known = streams.rng("good cause known").random(len(draft.cases)) < GOOD_CAUSE_KNOWN_TO_BOTH
        held = texts_where(known, draft.cases["good_cause"])
    else:
        claimed = np.flatnonzero(~pd.isna(pairs.good_cause))
        codes = dict(zip(pairs.custodian[claimed].tolist(), pairs.good_cause[claimed].tolist(), strict=True))
        held = np.array([codes.get(head) for head in draft.cases["head"].tolist()], dtype=object)
    return replace(draft, cases=draft.cases.assign(good_cause=held))


def _finish(history: History, draft: Draft, danger: Mask, streams: Streams) -> Caseload:
    """A caseload with workers, flags, values kept on file and versions."""
    within = streams.within(draft.program)
    records = draft.records
    person = records["person"].to_numpy(np.int64)
    opened = draft.cases.set_index("case")["opened"].reindex(records["case"]).to_numpy()
    before = (opened < 0) & (records["entered"].to_numpy() == 0)
    versions = draw_versions(history, draft, before, HEARING[draft.program], within)
    shares = {"ivd": DANGER_KNOWN_TO_IVD, "iva": DANGER_KNOWN_TO_IVA}
    flags = np.full(len(records), None, dtype=object)
    if draft.program in shares:
        flags = flag_protected(person, danger, shares[draft.program], within)
    records = records.assign(
        worker=assign_workers(draft, within),
        copy_of=keep_on_file(records, person, KEPT_ON_FILE, within),
        protected=flags,
    )
    return _caseload(draft, records, versions)


def _finish_wages(history: History, draft: Draft, streams: Streams) -> Caseload:
    """Employers' reports: keyed from each employer's payroll, whose number is the worker's."""
    records = draft.records
    person, employer = (records[column].to_numpy(np.int64) for column in ("person", "employer"))
    payroll = person * (int(employer.max(initial=0)) + 1) + employer
    versions = pd.DataFrame({"record": np.arange(len(records)), "month": records["entered"]})
    versions["told_month"] = seen_alive(history, person, records["told"].to_numpy(np.int64))
    versions[["names", "person", "address"]] = True
    records = records.drop(columns=["employer", "told"]).assign(
        worker=employer,
        copy_of=keep_on_file(records, payroll, SAME_PAYROLL, streams),
        protected=np.full(len(records), None, dtype=object),
    )
    return _caseload(draft, records, versions)


def _caseload(draft: Draft, records: pd.DataFrame, versions: pd.DataFrame) -> Caseload:
    return Caseload(
        program=draft.program,
        records=records,
        memberships=draft.memberships.reset_index(drop=True),
        versions=versions,
        cases=draft.cases,
        details=draft.details,
    )
