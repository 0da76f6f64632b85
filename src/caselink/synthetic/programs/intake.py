"""From who is in which case to a caseload: numbers given twice, values kept on file, workers, safety flags."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.synthetic.draws import Ints, Mask, Streams, Texts, pick

KEPT_ON_FILE = 0.7
"""Later records of a person in one program that repeat the values first keyed (assumption)."""

NUMBER_REPLACED = 0.7
"""Of those entered twice, whose second number takes the place of the first; the others have both (assumption)."""

CASES_PER_WORKER, KEYED_BY_CASE_WORKER = 80, 0.85
"""Cases of a worker on average (some have a few, some several hundred), and records keyed by the worker of the case
and not by somebody who stood in (assumptions)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A program's records and cases before anything is said of how they were keyed.

    The tables are those of a ``Caseload``; of ``records`` there are ``person``,
    ``case``, ``role``, ``entered`` and ``cause``. ``long_ago`` says which records were first keyed before the months
    and may hold what was true then.
    """

    program: str
    records: pd.DataFrame
    memberships: pd.DataFrame
    cases: pd.DataFrame
    details: pd.DataFrame


def texts_where(holds: Mask, texts: npt.ArrayLike) -> Texts:
    """``texts`` where it holds, missing elsewhere.

    >>> texts_where(np.array([True, False]), ["QW", "W4"]).tolist()
    ['QW', None]
    """
    kept: Texts = np.array(np.broadcast_to(np.asarray(texts, dtype=object), holds.shape), dtype=object)
    kept[~holds] = None
    return kept


def last_months(draft: Draft) -> Ints:
    """The last month of each record in any case."""
    last = np.full(len(draft.records), -1, dtype=np.int64)
    np.maximum.at(last, draft.memberships["record"].to_numpy(), draft.memberships["last_month"].to_numpy())
    return last


def enter_twice(draft: Draft, rate: float, streams: Streams) -> Draft:
    """Give some people a second number in their case, most of them in place of the first from some month on."""
    records, last = draft.records, last_months(draft)
    entered = records["entered"].to_numpy()
    rng = streams.rng("entered twice")
    chosen = np.flatnonzero(rng.random(len(records)) < rate)
    replaced = ((rng.random(len(records)) < NUMBER_REPLACED) & (last > entered))[chosen]
    earliest = entered[chosen] + replaced
    start = earliest + (rng.random(len(records))[chosen] * (last[chosen] - earliest + 1)).astype(np.int64)
    return _add_numbers(draft, chosen, start, replaced)


def _add_numbers(draft: Draft, chosen: Ints, start: Ints, replaced: Mask) -> Draft:
    """The records in ``chosen`` again from month ``start``; where ``replaced``, the first number ends there."""
    n = len(draft.records)
    new_number, since, ends = np.full(n, -1), np.zeros(n, np.int64), np.zeros(n, bool)
    new_number[chosen], since[chosen], ends[chosen] = n + np.arange(len(chosen)), start, replaced
    members, record = draft.memberships, draft.memberships["record"].to_numpy()
    again = members[(new_number[record] >= 0) & (members["last_month"].to_numpy() >= since[record])]
    old = again["record"].to_numpy()
    again = again.assign(record=new_number[old], first_month=np.maximum(again["first_month"].to_numpy(), since[old]))
    limit = np.where(ends[record], since[record] - 1, members["last_month"].to_numpy())
    members = members.assign(last_month=np.minimum(members["last_month"].to_numpy(), limit))
    members = members[members["first_month"] <= members["last_month"]]
    begins = again.sort_values(["record", "first_month"]).drop_duplicates("record")
    records = draft.records.take(chosen).assign(cause="entered twice")
    for column, value in (("case", "case"), ("role", "role"), ("entered", "first_month")):
        records[column] = begins[value].to_numpy()
    return replace(
        draft,
        records=pd.concat([draft.records, records], ignore_index=True),
        memberships=pd.concat([members, again], ignore_index=True),
        details=draft.details.take(np.append(np.arange(n), chosen)).reset_index(drop=True),
    )


def keep_on_file(records: pd.DataFrame, group: Ints, share: float, streams: Streams) -> Ints:
    """For each record the one whose keyed values it repeats: at a rate the first one of its group; else itself.

    Records keyed twice are always keyed anew.
    """
    rows = np.arange(len(records))
    order = np.lexsort((rows, records["entered"].to_numpy()))
    _, places, numbers = np.unique(group[order], return_index=True, return_inverse=True)
    first = np.empty_like(rows)
    first[order] = order[places][numbers]
    own = (records["cause"] == "own").to_numpy()
    kept = (streams.rng("kept on file").random(len(rows)) < share) & own & own[first]
    return np.where(kept, first, rows)


def assign_workers(draft: Draft, streams: Streams) -> Ints:
    """Who keyed each record: mostly the worker of its case; some workers have many more cases than others."""
    case = draft.records["case"].to_numpy()
    busy = streams.rng("workers").gamma(2.0, 1.0, max(1, round(len(draft.cases) / CASES_PER_WORKER)))
    of_case = pick(streams.rng("workers of cases"), busy, int(case.max(initial=-1)) + 1)
    stand_in = pick(streams.rng("stand-ins"), busy, len(case))
    alone = streams.rng("keyed by others").random(len(case)) < KEYED_BY_CASE_WORKER
    return np.where(alone, of_case[case], stand_in)


def flag_protected(person: Ints, flagged: Mask, share: float, streams: Streams) -> Texts:
    """``Y`` for those in danger whom the program knows to be, ``N`` for the others."""
    known = streams.rng("flags").random(len(flagged)) < share
    return np.where((flagged & known)[person], "Y", "N").astype(object)
