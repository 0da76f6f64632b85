"""What each record holds from when on: first what was told at entry, then the changes that the program hears of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from caselink.synthetic.draws import Floats, Ints, Mask, Streams
from caselink.synthetic.history import History
from caselink.synthetic.people.families import NOBODY
from caselink.synthetic.programs.intake import Draft, last_months
from caselink.synthetic.programs.spells import any_of, each_between

_FLAGS = ("names", "person", "address")
_TOPICS = ("moves", "names", "papers")
_SHARES, _LAGS = list(_TOPICS), [f"{topic}_lag" for topic in _TOPICS]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """How a program hears of people in one role: shares of changes heard, and after how many months on average.

    ``told_long_ago``: records from before the first month that hold what was true back then. ``entry_lag``: how old,
    in months on average, is what was told of the person at entry. ``papers``: a newborn's name and number.
    """

    told_long_ago: float
    entry_lag: float = 0.0
    moves: float
    moves_lag: float
    names: float
    names_lag: float
    papers: float = 0.97
    papers_lag: float = 0.7


def draw_versions(
    history: History, draft: Draft, before: Mask, hearing: Mapping[str, Hearing], streams: Streams
) -> pd.DataFrame:
    """The ``versions`` of a caseload; ``before`` says which records the program had before the first month."""
    roles, code = np.unique(draft.records["role"].to_numpy(dtype=str), return_inverse=True)
    rates = pd.DataFrame([_rates(hearing[role]) for role in roles], columns=list(Hearing.__dataclass_fields__))
    rates = rates.take(code).reset_index(drop=True)
    told = _told_at_entry(history, draft, before, rates, streams)
    first = pd.DataFrame({"record": np.arange(len(told)), "month": draft.records["entered"], "told_month": told})
    first[["names", "person", "address"]] = True
    later = _updates(history, draft, told, rates, streams)
    versions = pd.concat([first, later], ignore_index=True)
    order = np.lexsort((versions["month"].to_numpy(), versions["record"].to_numpy()))
    return versions.take(order).reset_index(drop=True)


def _rates(hearing: Hearing) -> list[float]:
    return [getattr(hearing, field) for field in Hearing.__dataclass_fields__]


def _told_at_entry(history: History, draft: Draft, before: Mask, rates: pd.DataFrame, streams: Streams) -> Ints:
    """The month of which the first version tells the truth, -1 for long ago."""
    rng = streams.rng("told at entry")
    n, entered = len(draft.records), draft.records["entered"].to_numpy()
    lag = np.floor(rng.exponential(1.0, n) * rates["entry_lag"].to_numpy()).astype(np.int64)
    long_ago = before & (rng.random(n) < rates["told_long_ago"].to_numpy())
    return seen_alive(history, draft.records["person"].to_numpy(), np.where(long_ago, NOBODY, entered - lag))


def seen_alive(history: History, person: Ints, month: Ints) -> Ints:
    """``month``, or the last one before it in which the person lived; for those not yet born then, their first."""
    here = history.home >= 0
    rows = np.arange(len(here))[:, None]
    last = np.maximum.accumulate(np.where(here, rows, NOBODY), axis=0)
    seen = np.where(month >= 0, last[np.maximum(month, 0), person], NOBODY)
    first = np.where(here.any(axis=0), here.argmax(axis=0), 0)[person]
    return np.where((seen < 0) & (first > 0), first, seen)


def _updates(history: History, draft: Draft, told: Ints, rates: pd.DataFrame, streams: Streams) -> pd.DataFrame:
    """Later versions, one for each record and month in which anything was heard of."""
    months = history.calendar.n_months
    heard = pd.concat([_heard(draft, _changes(history), told, rates, streams), _new_cases(draft)])
    key, group = np.unique(heard["record"].to_numpy() * months + heard["month"].to_numpy(), return_inverse=True)
    record, month = np.divmod(key, months)
    later = pd.DataFrame({"record": record, "month": month})
    later["told_month"] = seen_alive(history, draft.records["person"].to_numpy()[record], month)
    for number, flag in enumerate(_FLAGS):
        later[flag] = any_of(group, len(key), (heard["flag"] == number).to_numpy())
    return later


def _heard(draft: Draft, changes: pd.DataFrame, told: Ints, rates: pd.DataFrame, streams: Streams) -> pd.DataFrame:
    """``record``, ``month`` and ``flag`` of the changes that are heard of while the record is in a case."""
    change, record = _records_of(draft, changes["person"].to_numpy())
    happened, entered = changes["month"].to_numpy()[change], draft.records["entered"].to_numpy()[record]
    topic = changes["topic"].to_numpy()[change]
    shares, lags = (rates[columns].to_numpy()[record, topic] for columns in (_SHARES, _LAGS))
    heard, waited = _draw_by_case(draft, record, happened, streams)
    month = np.maximum(happened + np.floor(-np.log1p(-waited) * lags).astype(np.int64), entered + 1)
    counts = (heard < shares) & (happened > told[record]) & (month <= last_months(draft)[record])
    flag = changes["flag"].to_numpy()[change]
    return pd.DataFrame({"record": record[counts], "month": month[counts], "flag": flag[counts]})


def _records_of(draft: Draft, person: Ints) -> tuple[Ints, Ints]:
    """Every record of each of ``person``, with the place of the person."""
    owner = draft.records["person"].to_numpy()
    order = np.argsort(owner, kind="stable")
    left, right = (np.searchsorted(owner[order], person, side=side) for side in ("left", "right"))
    place, position = each_between(left, right - 1)
    return place, order[position]


def _draw_by_case(draft: Draft, record: Ints, month: Ints, streams: Streams) -> tuple[Floats, Floats]:
    """Two uniform draws for each, the same for everybody in one case and month: who tells, tells of all."""
    case = draft.records["case"].to_numpy()
    shape = (int(case.max(initial=0)) + 1, int(month.max(initial=0)) + 1, 2)
    draws = streams.rng("heard").random(shape)[case[record], month]
    return draws[:, 0], draws[:, 1]


def _changes(history: History) -> pd.DataFrame:
    """``month`` and ``person`` of everything to be heard, its ``topic`` and the ``flag`` of what is keyed anew."""
    here = history.home >= 0
    address = np.take_along_axis(history.home_address, np.maximum(history.home, 0), axis=1)
    both = here[1:] & here[:-1]
    parts = []
    for topic, flag, values in (("moves", "address", address), ("names", "names", history.last_name)):
        month, person = np.nonzero((values[1:] != values[:-1]) & both)
        parts.append((topic, flag, month + 1, person))
    for flag, column in (("names", "named_from"), ("person", "ssn_from")):
        since = history.people[column].to_numpy(np.int64)
        person = np.flatnonzero((since > 0) & (since < history.calendar.n_months))
        parts.append(("papers", flag, since[person], person))
    rows = [
        pd.DataFrame({"month": month, "person": person, "topic": _TOPICS.index(topic), "flag": _FLAGS.index(flag)})
        for topic, flag, month, person in parts
    ]
    return pd.concat(rows, ignore_index=True)


def _new_cases(draft: Draft) -> pd.DataFrame:
    """Whoever comes into another case under the same number tells the address anew."""
    members = draft.memberships
    order = np.lexsort((members["first_month"].to_numpy(), members["record"].to_numpy()))
    record, case, first = (members[column].to_numpy()[order] for column in ("record", "case", "first_month"))
    another = np.zeros(len(members), dtype=bool)
    another[1:] = (record[1:] == record[:-1]) & (case[1:] != case[:-1])
    return pd.DataFrame({"record": record[another], "month": first[another], "flag": _FLAGS.index("address")})
