"""What programs hold of a case besides its people: whether the custodian helps IV-D, and why IV-A closed a case.

IV-D decides whether a custodian cooperates and tells IV-A, which may then cut the assistance (45 CFR 264.30).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from caselink.synthetic.draws import Ints, Mask, Streams, Texts, pick
from caselink.synthetic.history import NEVER
from caselink.synthetic.programs.intake import Draft
from caselink.synthetic.programs.spells import any_of, first_of, last_of

NOT_COOPERATING = 0.04
"""Assisted custodians with a case of IV-D who are held at some time not to cooperate (assumption)."""

NOTICE_AFTER = (0.7, 0.24, 0.04, 0.02)
"""Shares of notices that IV-A has acted on in the same month, one, two and three months later (assumption)."""

EMPLOYMENT, TIME_LIMIT, SANCTION, OTHER = "employment", "time limit", "support sanction", "other"

GIVEN_AS_EMPLOYMENT, GIVEN_AS_SANCTION, GIVEN_AS_TIME_LIMIT = 0.85, 0.4, 0.06
"""Of cases closed with somebody held to be employed, closed while the payee is held not to cooperate, and of the
others, those with that reason (assumptions)."""

HELD = ("PD", "GC")
"""Good cause claimed or granted: as long as it is, nobody has to cooperate."""


def draw_conduct(assistance: Draft, support: Draft, n_people: int, n_months: int, streams: Streams) -> list[Draft]:
    """Both drafts with ``uncooperative`` in their cases, the month from which the head is held not to cooperate.

    It is ``NEVER`` for most, and stays when it has come. IV-A's cases get ``closure_reason`` too, None while open.
    """
    since = _since(assistance, support, n_people, n_months, streams)
    rng = streams.rng("notices of cooperation")
    told = np.where(since < NEVER, since + pick(rng, NOTICE_AFTER, n_people), NEVER)
    support, assistance = _held(support, since, n_months), _held(assistance, told, n_months)
    reasons = _reasons(assistance, streams)
    return [replace(assistance, cases=assistance.cases.assign(closure_reason=reasons)), support]


def _since(assistance: Draft, support: Draft, n_people: int, n_months: int, streams: Streams) -> Ints:
    """For each person the month from which they do not cooperate as custodian of a case while assisted."""
    columns = ["head", "opened", "closed", "good_cause"]
    both = assistance.cases[columns].merge(support.cases[columns], on="head", suffixes=("", "_d"))
    both = both[~(both["good_cause"].isin(HELD) | both["good_cause_d"].isin(HELD)).to_numpy()]
    head = both["head"].to_numpy(np.int64)
    first = np.maximum(both[["opened", "opened_d"]].to_numpy(np.int64).max(axis=1, initial=0), 0)
    last = np.minimum(both[["closed", "closed_d"]].to_numpy(np.int64).min(axis=1, initial=NEVER), n_months) - 1
    there = first <= last
    begin = first_of(head[there], n_people, first[there], none=NEVER)
    end = last_of(head[there], n_people, last[there], none=-1)
    rng = streams.rng("cooperation")
    chosen = (rng.random(n_people) < NOT_COOPERATING) & (end >= 0)
    month = np.where(chosen, begin, 0) + (rng.random(n_people) * np.where(chosen, end - begin + 1, 1)).astype(np.int64)
    return np.where(chosen, month, NEVER)


def _held(draft: Draft, since: Ints, n_months: int) -> Draft:
    """The draft with what it holds of each case's head: nothing that came after the case was closed."""
    cases = draft.cases
    opened, closed = (cases[name].to_numpy(np.int64) for name in ("opened", "closed"))
    month = np.append(since, NEVER)[cases["head"].to_numpy(np.int64)]
    if draft.program == "ivd":  # who does not cooperate does not in a case opened later either
        month = np.maximum(month, opened)
    applies = (opened <= month) & (month < np.minimum(closed, n_months))
    return replace(draft, cases=cases.assign(uncooperative=np.where(applies, month, NEVER)))


def _reasons(assistance: Draft, streams: Streams) -> Texts:
    cases = assistance.cases
    closed = cases["closed"].to_numpy(np.int64)
    uniform = streams.rng("reasons of closing").random((len(cases), 2))
    works = works_at_end(assistance.memberships, cases)
    cut = cases["uncooperative"].to_numpy(np.int64) < closed
    kinds = [works & (uniform[:, 0] < GIVEN_AS_EMPLOYMENT), cut & (uniform[:, 1] < GIVEN_AS_SANCTION)]
    kinds.append(uniform[:, 1] > 1 - GIVEN_AS_TIME_LIMIT)
    reasons: Texts = np.select(kinds, [EMPLOYMENT, SANCTION, TIME_LIMIT], OTHER).astype(object)
    reasons[closed == NEVER] = None
    return reasons


def works_at_end(memberships: pd.DataFrame, cases: pd.DataFrame) -> Mask:
    """Whether IV-A holds an adult of each case to be employed, in the last month with an adult before it is closed."""
    adults = memberships[memberships["employed"].notna().to_numpy(bool)]
    size = int(max(cases["case"].max() if len(cases) else 0, memberships["case"].max() if len(memberships) else 0)) + 1
    end = np.full(size, -1, np.int64)
    end[cases["case"].to_numpy(np.int64)] = cases["closed"].to_numpy(np.int64) - 1
    case, last = (adults[name].to_numpy(np.int64) for name in ("case", "last_month"))
    end = np.minimum(end, last_of(case, size, last, none=NEVER))
    employed = (adults["employed"] == "Y").to_numpy(bool) & (last >= end[case])
    return np.asarray(any_of(case, size, employed)[cases["case"].to_numpy(np.int64)])
