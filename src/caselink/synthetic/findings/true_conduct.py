"""What programs hold of a case, as it truly contradicts other things they hold: cooperation (R05), closing (C10)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from caselink.synthetic.findings.leads import ARISEN, LOOK_ALIKE, Part, join_leads, lead_table
from caselink.synthetic.history import NEVER
from caselink.synthetic.programs.caseload import Caseload
from caselink.synthetic.programs.conduct import EMPLOYMENT, HELD, works_at_end

NOTICE_MONTHS = 2
"""Months after which IV-A has had time to act on IV-D's notice (R05)."""


def conduct_findings(assistance: Caseload, support: Caseload, n_months: int) -> pd.DataFrame:
    """R05 and C10, and what only looks like R05."""
    pairs = held_by_one(assistance.cases, support.cases, n_months)
    waiting = (n_months - 1 - pairs["uncooperative"] < NOTICE_MONTHS).to_numpy(bool)
    excused = pairs["excused"].to_numpy(bool)
    return join_leads(
        [
            by_payee(pairs[~waiting & ~excused], n_months, ARISEN, None),
            by_payee(pairs[~waiting & excused], n_months, LOOK_ALIKE, "good cause"),
            by_payee(pairs[waiting], n_months, LOOK_ALIKE, "notice under way"),
            _closed_for_a_job(assistance),
        ]
    )


def held_by_one(units: pd.DataFrame, cases: pd.DataFrame, n_months: int) -> pd.DataFrame:
    """A row a payee whom IV-D holds not to cooperate in the last month, and IV-A does not.

    ``head``, ``case`` (open unit of IV-A), ``case_d`` (open case of IV-D), ``uncooperative`` (since when) and
    ``excused`` (IV-A holds good cause).
    """
    now = n_months - 1
    here, there = (rows[((rows["closed"] > now) & (rows["opened"] <= now)).to_numpy()] for rows in (units, cases))
    there = there[(there["uncooperative"].to_numpy(np.int64) <= now)].sort_values(["head", "uncooperative", "case"])
    here = here.assign(
        cut=here["uncooperative"].to_numpy(np.int64) <= now, excused=here["good_cause"].isin(HELD).to_numpy()
    )
    known = here.groupby("head", sort=True).agg({"case": "min", "cut": "any", "excused": "any"}).reset_index()
    pairs = known[~known["cut"].to_numpy(bool) & (known["head"] >= 0).to_numpy()].merge(
        there[["head", "case", "uncooperative"]].drop_duplicates("head"), on="head", suffixes=("", "_d")
    )
    return pairs.astype(dict.fromkeys(("head", "case", "case_d", "uncooperative"), np.int64))


def by_payee(pairs: pd.DataFrame, n_months: int, kind: str, look_alike: str | None) -> pd.DataFrame:
    """Leads of R05, a pair each: from when IV-A should have known to the last month."""
    parts = [
        Part("payee", "iva", pairs["head"], pairs["case"]),
        Part("custodian", "ivd", pairs["head"], pairs["case_d"]),
    ]
    last = np.full(len(pairs), n_months - 1)
    first = np.minimum(pairs["uncooperative"].to_numpy(np.int64) + NOTICE_MONTHS, last)
    return lead_table("R05", (first, last), parts, kind=kind, look_alike=look_alike)


def _closed_for_a_job(assistance: Caseload) -> pd.DataFrame:
    """C10: closed for a job, and no adult in the case was held to have one."""
    cases = assistance.cases
    wrong = (cases["closure_reason"] == EMPLOYMENT).to_numpy(bool) & ~works_at_end(assistance.memberships, cases)
    wrong &= (cases["closed"] < NEVER).to_numpy() & (cases["head"] >= 0).to_numpy()
    return by_closing(cases[wrong], ARISEN)


def by_closing(cases: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Leads of C10, a case each, in the last month before it is closed."""
    last = cases["closed"].to_numpy(np.int64) - 1
    return lead_table("C10", (last, last), [Part("payee", "iva", cases["head"], cases["case"])], kind=kind)
