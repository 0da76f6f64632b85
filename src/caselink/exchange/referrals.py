"""Referrals from IV-A to IV-D: sent, received, opened, and whether within the 20 calendar days of 45 CFR 303.2(b)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from caselink.encoding import encode_column
from caselink.exchange.rows import NOBODY, Texts, choose, current, has_all_cases, make_rows, month_words, together
from caselink.findings.duties import known_parents
from caselink.findings.facts import NO_DAY, NONE, Facts, Ints, Mask, Program, Role
from caselink.findings.people import last_day
from caselink.findings.stays import counted, with_role
from caselink.leads import ProgramTables
from caselink.leads.fact_base import FactBase
from caselink.leads.fact_tables import coded_numbers, day_number

ALLOWED_DAYS = 20
_FAR = 10**6


def referral_rows(base: FactBase, tables: ProgramTables) -> pd.DataFrame:
    """One row a referral of a child, and one for each counted child of whom none was sent.

    Where the dates have no day, it is told to be in time or late only where every day of the months would be.
    """
    if tables.referrals is None:
        return together([])
    facts, told = base.facts, tables.referrals
    sent = facts.referrals.assign(**{name: _days(told, name) for name in ("received", "worked")}).rename(
        columns={"received": "received_day", "worked": "worked_day"}
    )
    sent = sent.assign(**{name: facts.referrals[name] for name in ("received", "worked")})
    sent = sent[(sent["child"] >= 0).to_numpy()].sort_values(["child", "case", "sent", "support_case"])
    done, opened = _opened(facts, sent)
    received = sent["received"].to_numpy(np.int64)
    arrived = received >= 0
    in_time = _in_time(facts, sent, done)
    opening = month_words(done, ", opened ").copy()
    opening[~opened] = None
    words = {
        "iv_a": month_words(sent["sent"].to_numpy(np.int64), "sent "),
        "iv_d": _beside(month_words(received, "received "), opening),
        "says": choose(
            (~arrived, "sent, not received"),
            (~opened & (sent["worked"] >= 0).to_numpy() & (in_time != "late"), "received and worked, no case opened"),
            (opened & (in_time == "late"), "opened late"),
            (opened & (in_time == "in time"), "opened in time"),
            (opened, "opened; months do not tell whether in 20 days"),
            (in_time == "late", "received, not opened, late"),
            (in_time == "in time", "received, not opened yet, within 20 days"),
            otherwise="received, not opened; months do not tell whether late",
        ),
        "who": choose((~arrived, "iv-a"), (~opened | (in_time == "late"), "iv-d"), otherwise=NOBODY),
    }
    cases = {"iva_case": sent["case"], "ivd_case": sent["support_case"]}
    return together([make_rows("referral", sent["child"], words, cases), _never_sent(facts, sent)])


def _never_sent(facts: Facts, sent: pd.DataFrame) -> pd.DataFrame:
    """Counted children of the last month of whom no referral was sent."""
    children = with_role(counted(current(facts, Program.IVA)), [Role.CHILD]).sort_values(["person", "case"])
    children = children[~children["person"].isin(sent["child"]).to_numpy()].drop_duplicates("person")
    known = np.isin(children["person"], known_parents(facts)["person"])
    words = {
        "iv_a": "none sent",
        "says": choose((known, "none sent; iv-d has a case"), (has_all_cases(facts, "iv-d") & ~known, "none sent")),
    }
    return make_rows("referral", children["person"], words, {"iva_case": children["case"]})


def _opened(facts: Facts, sent: pd.DataFrame) -> tuple[Ints, Mask]:
    """The month in which each referral led to a case (of receipt where it was open already), and whether it did."""
    case = sent["support_case"].to_numpy(np.int64)
    opened, reopened = (np.append(facts.cases[name].to_numpy(), NONE)[case] for name in ("opened", "reopened"))
    worked, received = sent["worked"].to_numpy(np.int64), sent["received"].to_numpy(np.int64)
    began = np.where(reopened >= received, reopened, opened)
    done = np.where(worked >= 0, worked, np.maximum(began, received))
    there = (case >= 0) & (received >= 0) & (done >= 0)
    return np.where(there, done, NONE), there


def _in_time(facts: Facts, sent: pd.DataFrame, done: Ints) -> Texts:
    """*in time* or *late* where that is so on any day that the dates may mean, else *not told*."""
    received = _span(sent["received"].to_numpy(np.int64), sent["received_day"].to_numpy(np.int64))
    worked = sent["worked"].to_numpy(np.int64)
    day = np.where(worked == done, sent["worked_day"].to_numpy(np.int64), NO_DAY)
    until = np.full(len(sent), int(last_day(np.array([facts.now]))[0]))
    first, last = _span(done, day)
    first, last = np.where(done >= 0, first, until), np.where(done >= 0, last, until)
    least, most = first - received[1], last - received[0]
    return choose((most <= ALLOWED_DAYS, "in time"), (least > ALLOWED_DAYS, "late"), otherwise="not told")


def _span(months: Ints, days: Ints) -> tuple[Ints, Ints]:
    """The first and the last day that a date may mean."""
    known = days != NO_DAY
    month = np.maximum(months, 0)
    return np.where(known, days, last_day(month - 1) + 1), np.where(known, days, last_day(month))


def _days(told: pd.DataFrame, name: str) -> Ints:
    """Days since 1970 of whole dates, :data:`NO_DAY` for others."""
    if name not in told:
        return np.full(len(told), NO_DAY, np.int64)
    return coded_numbers(encode_column(told[name], name), day_number, missing=NO_DAY)


def _beside(texts: Texts, more: Texts) -> Texts:
    return choose((pd.isna(texts), None), (pd.isna(more), texts), otherwise=texts.astype(str) + more.astype(str))
