"""Planting what programs hold of a case against other things they hold: cooperation (R05), closing (C10)."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from caselink.synthetic.findings.leads import PLANTED
from caselink.synthetic.findings.sites import Site
from caselink.synthetic.findings.true_conduct import NOTICE_MONTHS, by_closing, by_payee
from caselink.synthetic.history import NEVER
from caselink.synthetic.programs.conduct import EMPLOYMENT, HELD, works_at_end


def plant_conduct(site: Site) -> Iterable[pd.DataFrame]:
    """R05 and C10."""
    return [_no_notice(site), _closed_for_a_job(site)]


def _no_notice(site: Site) -> pd.DataFrame:
    """R05: IV-D holds a payee not to cooperate, and no notice has come to IV-A."""
    before = site.n_months - 1 - NOTICE_MONTHS
    units, cases = site.changes["iva"].cases, site.changes["ivd"].cases
    columns = ["case", "head", "opened", "closed", "uncooperative", "good_cause"]
    pairs = _open(units)[columns].merge(_open(cases)[columns], on="head", suffixes=("", "_d"))
    pairs = pairs.drop_duplicates("head", keep=False)
    free = (before >= 0) & (pairs["opened"] <= before) & (pairs["opened_d"] <= before)
    free &= (pairs["uncooperative"] == NEVER) & (pairs["uncooperative_d"] == NEVER)
    free &= ~(pairs["good_cause"].isin(HELD) | pairs["good_cause_d"].isin(HELD))
    pairs = pairs[free.to_numpy()].reset_index(drop=True)
    opened = np.maximum(pairs[["opened", "opened_d"]].to_numpy(np.int64).max(axis=1, initial=0), 0)
    start = site.start("R05", opened, np.full(len(pairs), before), 1)
    chosen = site.pick("R05", pairs.assign(since=start), ["head"])
    place = pd.Index(cases["case"]).get_indexer(pd.Index(chosen["case_d"]))
    site.changes.change("ivd", "cases", place, uncooperative=chosen["since"].to_numpy(np.int64))
    return by_payee(chosen.assign(uncooperative=chosen["since"]), site.n_months, PLANTED, None)


def _open(cases: pd.DataFrame) -> pd.DataFrame:
    """Cases that are open after the last month."""
    return cases[((cases["closed"] == NEVER) & (cases["head"] >= 0)).to_numpy()]


def _closed_for_a_job(site: Site) -> pd.DataFrame:
    """C10: a case of people without a job on file is said to be closed for one."""
    assistance = site.changes["iva"]
    cases = assistance.cases
    fits = (cases["closed"] < NEVER).to_numpy() & (cases["closed"] > 0).to_numpy() & (cases["head"] >= 0).to_numpy()
    fits &= ~works_at_end(assistance.memberships, cases)
    chosen = site.pick("C10", cases[fits].reset_index(drop=True), ["head"])
    place = pd.Index(cases["case"]).get_indexer(pd.Index(chosen["case"]))
    site.changes.change("iva", "cases", place, closure_reason=EMPLOYMENT)
    return by_closing(chosen, PLANTED)
