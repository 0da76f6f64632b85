"""IV-D: when the support case of each pair is opened, closed and opened again, and who is in it meanwhile."""

from __future__ import annotations

import numpy as np
import pandas as pd

from caselink.synthetic.draws import Floats, Ints, Streams
from caselink.synthetic.history import NEVER, History
from caselink.synthetic.people.families import NOBODY
from caselink.synthetic.programs.pairs import Pairs
from caselink.synthetic.programs.spells import any_of, first_of, last_of

CASE_WITH_ASSISTANCE, CASE_WITHOUT = 0.97, 0.45
"""Pairs that have a case in the first month, when the children get assistance and when they do not (assumptions)."""

CLOSED_BEFORE = 0.2
"""Of pairs without a case in the first month, those that had one before (assumption)."""

APPLIES_IN_MONTH, APPLIES_AFTER_CHANGE = 0.01, 0.06
"""Custodians who apply without a referral each month, and who do so once the parent has just left (assumptions)."""

MONTHLY_CLOSING = 0.006
"""Cases closed in a month for any reason while the pair lasts (assumption)."""

MONTHS_OPEN = 45
MONTHS_TO_CLOSE, MONTHS_TO_JOIN, MONTHS_TO_LEAVE = 2.5, 1.5, 2.0
"""On average: since cases of the first month were opened; until one is closed when the reason for it is gone, until a
further child is in the case, and until one who left is out of it (assumptions)."""


def draw_cases(history: History, pairs: Pairs, referrals: pd.DataFrame, streams: Streams) -> pd.DataFrame:
    """A row for each pair: months ``opened``, ``closed_first``, ``reopened`` and ``closed`` of its case.

    ``NEVER`` where it did not come to that; ``opened`` is below 0 for those from before the first month, and so is
    ``closed_first`` where the case was closed by then. ``closed`` is the last closing.
    """
    n, months = len(pairs), history.calendar.n_months
    rng = streams.rng("support cases")
    group = pairs.children["pair"].to_numpy()
    first = first_of(group, n, pairs.children["first_month"].to_numpy(), none=0)
    last = last_of(group, n, pairs.children["last_month"].to_numpy(), none=0)
    from_start = (first == 0) & (rng.random(n) < _share_at_first(pairs, referrals))
    age = _months_since_first_birth(history, pairs)
    before = -np.minimum(rng.geometric(1 / MONTHS_OPEN, n), age)
    closed_before = (first == 0) & ~from_start & (before <= -2) & (rng.random(n) < CLOSED_BEFORE)
    began = first + rng.geometric(np.where(first == 0, APPLIES_IN_MONTH, APPLIES_AFTER_CHANGE)) - 1
    applies = np.where(began <= last, began, NEVER)
    starts = np.minimum(applies, _first_worked(referrals, np.full(n, NOBODY)))
    opened = np.where(from_start | closed_before, before, starts)
    gone = np.where(last < months - 1, last + 1 + rng.exponential(MONTHS_TO_CLOSE, n).astype(np.int64), NEVER)
    any_reason = np.maximum(opened, 0) + rng.geometric(MONTHLY_CLOSING, n)
    closed_first = _closing(np.minimum(any_reason, gone), opened, months)
    long_closed = -1 - (rng.random(n) * (-1 - before)).astype(np.int64)
    closed_first = np.where(closed_before, long_closed, closed_first)
    again = np.minimum(np.where(closed_before, applies, NEVER), _first_worked(referrals, closed_first))
    reopened = np.where((closed_first < NEVER) & (opened < NEVER), again, NEVER)
    closed = np.where(reopened < NEVER, _closing(gone, reopened, months), closed_first)
    return pd.DataFrame({"opened": opened, "closed_first": closed_first, "reopened": reopened, "closed": closed})


def _share_at_first(pairs: Pairs, referrals: pd.DataFrame) -> Floats:
    """How likely each pair has a case in the first month; one just granted assistance is only being referred."""
    assisted = pairs.assisted[0].ravel()
    on_assistance = any_of(assisted[assisted >= 0], len(pairs), np.ones(int((assisted >= 0).sum()), bool))
    just_granted = any_of(referrals["pair"].to_numpy(), len(pairs), (referrals["grant"] == 0).to_numpy())
    return np.where(on_assistance & ~just_granted, CASE_WITH_ASSISTANCE, CASE_WITHOUT)


def _months_since_first_birth(history: History, pairs: Pairs) -> Ints:
    """Whole months from the birth of each pair's eldest child to the end of the first month, 0 or more."""
    birth = history.people["birth"].to_numpy(np.int64)[pairs.children["child"].to_numpy()]
    eldest = first_of(pairs.children["pair"].to_numpy(), len(pairs), birth, none=0)
    return np.asarray(np.maximum(0, (history.calendar.last_days()[0] - eldest) // 31))


def _first_worked(referrals: pd.DataFrame, after: Ints) -> Ints:
    """For each pair the first month after ``after`` in which a referral was worked."""
    pair, worked = referrals["pair"].to_numpy(), referrals["worked"].to_numpy()
    counts = (worked >= 0) & (worked > after[pair])
    return first_of(pair[counts], len(after), worked[counts], none=NEVER)


def _closing(month: Ints, opened: Ints, months: int) -> Ints:
    """At the earliest the month after opening; ``NEVER`` when that is past the last month."""
    closed = np.maximum(month, np.maximum(opened, 0) + 1)
    return np.where((closed < months) & (opened < NEVER), closed, NEVER)


def open_spans(cases: pd.DataFrame, months: int) -> pd.DataFrame:
    """The stretches of months in which the case of a ``pair`` is open: one row, or two where it was opened again."""
    opened, closed_first, reopened, closed = (
        cases[column].to_numpy() for column in ("opened", "closed_first", "reopened", "closed")
    )
    pair = np.tile(np.arange(len(cases)), 2)
    first = np.concatenate([np.maximum(opened, 0), reopened])
    last = np.minimum(np.concatenate([closed_first, closed]), months) - 1
    every = pd.DataFrame({"pair": pair, "first_month": first, "last_month": last})
    spans = pd.DataFrame(every[first <= last]).sort_values(["pair", "first_month"], ignore_index=True)
    return spans.assign(span=np.arange(len(spans)))


def child_spans(pairs: Pairs, spans: pd.DataFrame, streams: Streams) -> pd.DataFrame:
    """Which ``child`` is in which ``span`` of a case and in which months; who comes or goes does so with a lag."""
    rows = pairs.children.merge(spans, on="pair", suffixes=("_true", ""))
    rng = streams.rng("children of cases")
    came, left = (rows[column].to_numpy() for column in ("first_month_true", "last_month_true"))
    start, end = (rows[column].to_numpy() for column in ("first_month", "last_month"))
    group = pairs.children["pair"].to_numpy()
    pair_ends = last_of(group, len(pairs), pairs.children["last_month"].to_numpy(), none=0)[rows["pair"].to_numpy()]
    rows["first_month"] = np.where(came <= start, start, came + _lag(rng, MONTHS_TO_JOIN, len(rows)))
    rows["last_month"] = np.where(left == pair_ends, end, np.minimum(end, left + _lag(rng, MONTHS_TO_LEAVE, len(rows))))
    rows = rows[rows["first_month"] <= rows["last_month"]]
    return rows[["span", "pair", "child", "first_month", "last_month"]].reset_index(drop=True)


def around_children(spans: pd.DataFrame, children: pd.DataFrame) -> pd.DataFrame:
    """``spans`` cut to the months from the first child to the last, without those that never have one."""
    span, n = children["span"].to_numpy(), len(spans)
    first = first_of(span, n, children["first_month"].to_numpy(), none=NOBODY)
    last = last_of(span, n, children["last_month"].to_numpy(), none=NOBODY)
    return spans.assign(first_month=first, last_month=last)[first >= 0].reset_index(drop=True)


def _lag(rng: np.random.Generator, mean: float, n: int) -> Ints:
    return rng.exponential(mean, n).astype(np.int64)
