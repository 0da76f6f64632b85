"""What became of households: born, split off, merged, joined, moved to another address."""

from __future__ import annotations

import numpy as np
import pandas as pd

from caselink.identity.households import Households

EVENTS = ("born", "split", "merged", "joined", "moved")
"""``born``: seen for the first time, with nobody of another household; ``split``: people of another household went on
as this one; ``merged``: this one went on in the other; ``joined``: people of another came to this one, and the other
goes on; ``moved``: the household has another address."""
_COLUMNS = ["month", "household", "event", "other", "people"]


def household_events(found: Households, months: pd.DataFrame) -> pd.DataFrame:
    """One row an event: ``month, household, event, other`` (labels, -1 for none) and how many ``people``.

    ``months`` is what :func:`~caselink.identity.household_months.months_of_stays` gives; only primary homes count.
    """
    homes = months.loc[months["primary"], ["person", "month", "household"]].sort_values(["person", "month"])
    spans = homes.groupby("household")["month"].agg(["min", "max"])
    changes = _changes(homes)
    changes["new"] = spans["min"].loc[changes["household"]].to_numpy() == changes["month"].to_numpy()
    changes["ended"] = spans["max"].loc[changes["other"]].to_numpy() < changes["month"].to_numpy()
    names = np.select([changes["new"], changes["ended"]], ["split", "merged"], default="joined")
    changes["event"] = names
    merged = changes["event"] == "merged"
    changes.loc[merged, ["household", "other"]] = changes.loc[merged, ["other", "household"]].to_numpy()
    split = changes.loc[changes["event"] == "split", "household"].unique()
    born = spans.loc[~spans.index.isin(split), "min"].rename("month").reset_index()
    first = homes.merge(born, on=["household", "month"]).groupby("household").size()
    born = born.assign(event="born", other=-1, people=first.reindex(born["household"]).to_numpy())
    events = pd.concat([born[_COLUMNS], changes[_COLUMNS], _moves(found, homes)[_COLUMNS]], ignore_index=True)
    return events.sort_values(["month", "household", "event", "other"], ignore_index=True)


def _changes(homes: pd.DataFrame) -> pd.DataFrame:
    """How many people went from one household (``other``) to another, by month."""
    before = homes.shift()
    left = (homes["person"] == before["person"]) & (homes["household"] != before["household"])
    rows = homes[left].assign(other=before.loc[left, "household"].astype(np.int64))
    return rows.groupby(["month", "household", "other"]).size().rename("people").reset_index()


def _moves(found: Households, homes: pd.DataFrame) -> pd.DataFrame:
    """Months in which a household has an address for the first time, and has its former one no more."""
    table = found.rosters.table.assign(household=found.label)
    table = table[(table["place"] >= 0) & ~table["absent"]]
    seen = table.groupby(["household", "place"]).agg(first=("first", "min"), last=("last", "max")).reset_index()
    seen = seen.sort_values(["household", "first", "last", "place"])
    gone = seen.groupby("household")["last"].cummax().groupby(seen["household"]).shift()
    moved = seen[seen["first"] > gone].rename(columns={"first": "month"})
    people = homes.groupby(["household", "month"]).size().rename("people").reset_index()
    return moved.merge(people, on=["household", "month"]).assign(event="moved", other=-1)
