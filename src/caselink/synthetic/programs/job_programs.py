"""Job programs: who takes part, in what activity, from when to when."""

from __future__ import annotations

import numpy as np
import pandas as pd

from caselink.synthetic.draws import Ints, Mask, Streams, Texts, pick
from caselink.synthetic.history import NEVER, History
from caselink.synthetic.people.families import NOBODY
from caselink.synthetic.programs.intake import Draft
from caselink.synthetic.programs.unit_records import ELIGIBLE

SENT_FROM_ASSISTANCE, SENT_FROM_SUPPORT = 0.55, 0.04
"""Eligible adults of IV-A units, and absent parents, who are sent to a job program (assumptions)."""

MONTHS_TO_START, MONTHS_IN_PROGRAM, AGAIN = 1.0, 5.0, 0.25
"""Averages in months, and the share of those who left and come a second time (assumptions)."""

ACTIVITIES = {
    "JOB SEARCH": 0.36,
    "WORK EXPERIENCE": 0.2,
    "VOCATIONAL TRAINING": 0.16,
    "EDUCATION": 0.12,
    "COMMUNITY SERVICE": 0.09,
    "SUBSIDIZED JOB": 0.07,
}
"""Shares are assumptions."""


def draft_participations(history: History, assistance: Draft, support: Draft, streams: Streams) -> Draft:
    """A record and a case for each participation; ``activity``, ``started`` and ``ended`` stand in the details."""
    months = history.calendar.n_months
    sent = _sent(history, assistance, support, streams)
    n, rng = len(sent), streams.rng("participations")
    start = sent["month"].to_numpy() + np.floor(rng.exponential(MONTHS_TO_START, n)).astype(np.int64)
    start = np.where(sent["month"].to_numpy() == 0, start - rng.geometric(1 / MONTHS_IN_PROGRAM, n), start)
    end = start + rng.geometric(1 / MONTHS_IN_PROGRAM, n) - 1
    again = rng.random(n) < AGAIN
    restart = end + 2 + rng.geometric(0.4, n)
    person = np.concatenate([sent["person"].to_numpy(), sent["person"].to_numpy()[again]])
    start = np.concatenate([start, restart[again]])
    end = np.concatenate([end, (restart + rng.geometric(1 / MONTHS_IN_PROGRAM, n) - 1)[again]])
    kept = (end >= 0) & (start < months) & _alive(history, person, np.clip(start, 0, months - 1))
    person, start, end = person[kept], start[kept], end[kept]
    number = np.arange(len(person))
    role = np.full(len(person), "PARTICIPANT", dtype=object)
    first, last = np.maximum(start, 0), np.minimum(end, months - 1)
    records = pd.DataFrame({"person": person, "case": number, "role": role, "entered": first})
    records["cause"] = np.full(len(person), "own", dtype=object)
    memberships = pd.DataFrame(
        {"record": number, "case": number, "role": role, "first_month": first, "last_month": last, "resides": True}
    )
    memberships["status"] = np.full(len(person), "active", dtype=object)
    return Draft(
        program="jobs",
        records=records,
        memberships=memberships,
        cases=_cases(records, start, np.where(end < months - 1, end + 1, NEVER)),
        details=_details(history, start, np.where(end < months, end, NEVER), streams),
    )


def _sent(history: History, assistance: Draft, support: Draft, streams: Streams) -> pd.DataFrame:
    """``person`` and the ``month`` in which they are known to the program that sends them, each person once."""
    rng = streams.rng("sent to job programs")
    adults = assistance.memberships
    adults = adults[(adults["status"] == ELIGIBLE) & (adults["role"] != "CHILD")]
    absent = support.memberships[support.memberships["role"] == "NP"]
    parts = []
    for draft, rows, share in (
        (assistance, adults, SENT_FROM_ASSISTANCE),
        (support, absent, SENT_FROM_SUPPORT),
    ):
        person = draft.records["person"].to_numpy()[rows["record"].to_numpy()]
        chosen = (rng.random(history.n_people) < share)[person]
        parts.append(pd.DataFrame({"person": person, "month": rows["first_month"].to_numpy()})[chosen])
    sent: pd.DataFrame = pd.concat(parts, ignore_index=True).sort_values(["person", "month"], ignore_index=True)
    return sent.drop_duplicates("person", ignore_index=True)


def _alive(history: History, person: Ints, month: Ints) -> Mask:
    return np.asarray(history.home[month, person] >= 0)


def _cases(records: pd.DataFrame, opened: Ints, closed: Ints) -> pd.DataFrame:
    blank = np.full(len(records), None, dtype=object)
    return pd.DataFrame(
        {
            "case": records["case"],
            "head": records["person"],
            "absent": NOBODY,
            "opened": opened,
            "closed": closed,
            "kind": np.full(len(records), "participation", dtype=object),
            "good_cause": blank,
            "paternity": blank,
            "assistance": blank,
        }
    )


def _details(history: History, start: Ints, end: Ints, streams: Streams) -> pd.DataFrame:
    rng = streams.rng("activities")
    activity = np.array(list(ACTIVITIES), dtype=object)[pick(rng, list(ACTIVITIES.values()), len(start))]
    ended = dates(history, np.where(end == NEVER, 0, end), 26 + rng.integers(0, 3, len(end)))
    ended[end == NEVER] = None
    return pd.DataFrame(
        {"activity": activity, "started": dates(history, start, rng.integers(1, 25, len(start))), "ended": ended}
    )


def dates(history: History, month: Ints, day: Ints) -> Texts:
    """Days of months (1 to 28) as ``YYYY-MM-DD``; months may be below 0."""
    days = (history.calendar.months()[0] + month).astype("datetime64[D]") + (day - 1)
    texts: Texts = days.astype("U10").astype(object)
    return texts
