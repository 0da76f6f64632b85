"""Registers of other offices: deaths, and stays in jail, under true names and numbers, each entry some time late.

They are no program's records. An agency gets them to check who is still on a case (findings C11 and C12).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from caselink.synthetic.draws import Ints, Mask, Streams, Texts, digits, pick
from caselink.synthetic.history import NEVER, History
from caselink.synthetic.numbering import PERSON_STRIDE, entity_ids
from caselink.synthetic.programs.spells import spells

REGISTERS: Mapping[str, tuple[str, ...]] = {
    "deaths": ("death_date", "received_month"),
    "confinements": ("admitted", "released", "received_month"),
}
"""What each register tells beside the person."""

DEATH_HEARD_AFTER, STAY_HEARD_AFTER = (0.35, 0.45, 0.15, 0.05), (0.6, 0.3, 0.1)
"""Shares of entries that come in the month itself, one month later, and so on (assumptions)."""

WITHOUT_NUMBER = 0.03
"""Entries without an SSN (assumption)."""

MONTHS_INSIDE = 8
"""How long ago, on average, those in jail in the first month went in (assumption)."""


def register_table(history: History, district: int, streams: Streams) -> pd.DataFrame:
    """The entries of all registers that have come in by the last month, with the person each is about.

    ``source`` (the register), ``record_id``, ``entity_id``, names, ``birth_date``, ``sex``, ``ssn``, and the columns of
    :data:`REGISTERS`, missing where the register has them not. A stay that goes on has no ``released``.
    """
    parts = [_deaths(history, streams.within("deaths")), _stays(history, streams.within("confinements"))]
    rows = pd.concat([part[(part["received"] < history.calendar.n_months).to_numpy()] for part in parts])
    person, people = rows["person"].to_numpy(np.int64), history.people
    number = people["ssn"].to_numpy(np.int64)[person]
    ssn = digits(np.maximum(number, 0), 9)
    ssn[(number < 0) | (rows["numberless"].to_numpy(np.float64) < WITHOUT_NUMBER)] = None
    last = len(history.last_name) - 1
    return pd.DataFrame(
        {
            "source": rows["source"].to_numpy(dtype=object),
            "record_id": digits(district * PERSON_STRIDE * 10 + np.arange(len(rows)), 10),
            "entity_id": entity_ids(district, person),
            **{name: people[name].to_numpy(dtype=object)[person] for name in ("first_name", "middle_name")},
            "last_name": history.surnames[history.last_name[last, person]],
            "suffix": people["suffix"].to_numpy(dtype=object)[person],
            "birth_date": _dates(people["birth"].to_numpy(np.int64)[person]),
            "sex": people["sex"].to_numpy(dtype=object)[person],
            "ssn": ssn,
            **{name: _dates(rows[name].to_numpy(np.int64)) for name in ("death_date", "admitted", "released")},
            "received_month": history.calendar.name(rows["received"]),
        }
    )


def _deaths(history: History, streams: Streams) -> pd.DataFrame:
    """Those who died within the months: the register begins with them."""
    day = history.people["death"].to_numpy(np.int64)
    first = history.calendar.months()[0].astype("datetime64[D]").astype(np.int64)
    person = np.flatnonzero((day >= first) & (day <= history.calendar.last_days()[-1]))
    return _rows("deaths", history, (person, day[person]), DEATH_HEARD_AFTER, streams).assign(
        death_date=day[person], admitted=NEVER, released=NEVER
    )


def _stays(history: History, streams: Streams) -> pd.DataFrame:
    """Everybody's stays in jail; those inside at the end of the first month may have gone in long before."""
    stays = spells(np.where(history.jailed, 0, -1).astype(np.int32))
    person, first, last = (stays[name].to_numpy(np.int64) for name in ("item", "first_month", "last_month"))
    rng, ends = streams.rng("days"), history.calendar.last_days()
    starts = history.calendar.months().astype("datetime64[D]").astype(np.int64)
    events = history.events
    new = events["person"].to_numpy(np.int64)[((events["kind"] == "jailed") & (events["month"] == 0)).to_numpy()]
    earlier = np.where((first == 0) & ~np.isin(person, new), rng.geometric(1 / (30 * MONTHS_INSIDE), len(stays)), 0)
    admitted = starts[first] + (rng.random(len(stays)) * (ends[first] - starts[first] + 1)).astype(np.int64) - earlier
    born = history.people["birth"].to_numpy(np.int64)[person]
    admitted = np.maximum(admitted, born)
    out = np.minimum(last + 1, len(ends) - 1)
    released = starts[out] + (rng.random(len(stays)) * (ends[out] - starts[out] + 1)).astype(np.int64)
    released = np.where(last + 1 < len(ends), released, NEVER)
    death = history.people["death"].to_numpy(np.int64)[person]
    rows = _rows("confinements", history, (person, np.maximum(admitted, starts[0])), STAY_HEARD_AFTER, streams)
    return rows.assign(death_date=NEVER, admitted=admitted, released=np.minimum(released, np.maximum(death, admitted)))


def _rows(
    source: str, history: History, what: tuple[Ints, Ints], heard_after: tuple[float, ...], streams: Streams
) -> pd.DataFrame:
    """Persons and days of what happened, with the month in which the entry comes in."""
    person, day = what
    month = day.astype("datetime64[D]").astype("datetime64[M]") - history.calendar.months()[0]
    rng = streams.rng("entries")
    received = month.astype(np.int64) + pick(rng, heard_after, len(person))
    return pd.DataFrame(
        {"source": source, "person": person, "received": received, "numberless": rng.random(len(person))}
    )


def _dates(days: Ints) -> Texts:
    never: Mask = days == NEVER
    texts: Texts = np.where(never, 0, days).astype("datetime64[D]").astype("U10").astype(object)
    texts[never] = None
    return texts
