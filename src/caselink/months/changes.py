"""What became of ids: who is still the same person, who grew, merged or was split when records came in."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from caselink.errors import RecordIdError
from caselink.schema import KEY_COLUMNS, check_table

CHANGES = ("kept", "grew", "merged", "split", "regrouped", "shrank", "new", "gone")


def id_changes(
    now: pd.DataFrame, earlier: pd.DataFrame, column: str = "person_id", *, by: tuple[str, ...] = ()
) -> pd.DataFrame:
    """One row for each id and earlier id that have records in common, and for those that have none.

    Both tables have ``source, record_id`` (and the columns told ``by``, such as a month) and the id. The result has the
    id, ``earlier_`` and the id, ``change`` and how many ``records`` (rows) the two share. ``change`` is *kept* (the
    same records), *grew* (all of them and new ones), *merged* (with other earlier ones), *split* (others have the
    rest), *regrouped* (both), *shrank* (records are gone), *new* (no earlier records; all are counted) or *gone* (no
    records left).

    >>> earlier = pd.DataFrame({"source": "iva", "record_id": ["1", "2", "3"], "person_id": ["A", "A", "B"]})
    >>> now = pd.DataFrame({"source": "iva", "record_id": ["1", "2", "3", "4"], "person_id": ["A", "A", "A", "C"]})
    >>> print(id_changes(now, earlier).to_csv(index=False))
    person_id,earlier_person_id,change,records
    A,A,merged,2
    A,B,merged,1
    C,,new,1
    <BLANKLINE>
    """
    before = f"earlier_{column}"
    keys = [*KEY_COLUMNS, *by]
    for table in (now, earlier):
        check_table(table, [*keys, column], needed_by="changes")
        if table.duplicated(keys).any():
            raise RecordIdError("a record stands there twice; give one row a record")
    both = now[[*keys, column]].merge(
        earlier[[*keys, column]].rename(columns={column: before}), how="outer", on=keys, indicator="side"
    )
    shared = both["side"] == "both"
    pairs = both[shared].groupby([column, before]).size().rename("records").reset_index()
    pairs["change"] = _changes(both, pairs, column, before)
    new = _alone(both[~both[column].isin(pairs[column])], column).assign(change="new")
    gone = _alone(both[~both[before].isin(pairs[before])], before).assign(change="gone")
    parts = [part for part in (pairs, new, gone) if len(part)] or [pairs]
    table = pd.concat(parts, ignore_index=True).reindex(columns=[column, before, "change", "records"])
    table = table.astype(dict.fromkeys((column, before), now[column].dtype))
    return table.sort_values([column, before], ignore_index=True)


def homes_by_month(persons: pd.DataFrame, households: pd.DataFrame) -> pd.DataFrame:
    """The household of each record by month (``source, record_id, month, household_id``), a second home left out."""
    homes = households.loc[households["primary"], ["person_id", "month", "household_id"]]
    table = persons[[*KEY_COLUMNS, "person_id"]].merge(homes, on="person_id").drop(columns="person_id")
    return table.assign(month=table["month"].fillna(""))


def in_months_of(now: pd.DataFrame, earlier: pd.DataFrame) -> pd.DataFrame:
    """The homes of the months that the earlier ones (both as :func:`homes_by_month`) have.

    A record that tells no month counts in the last month of all, which is a later one where months have come: there
    its home stands beside that of the last earlier month.

    >>> one = pd.DataFrame({"source": "iva", "record_id": ["1"], "month": ["2026-01"], "household_id": ["H"]})
    >>> in_months_of(one.assign(month="2026-02"), one)["month"].tolist()
    ['2026-01']
    """
    keys, last = list(KEY_COLUMNS), earlier["month"].max()
    first = now.sort_values("month", kind="stable").drop_duplicates(keys)
    later = first[(first["month"] > last).to_numpy(bool)] if len(earlier) else first[:0]
    known = later.merge(earlier[keys].drop_duplicates(), on=keys).assign(month=last)
    there = now[now["month"].isin(earlier["month"])]
    homes: pd.DataFrame = pd.concat([part for part in (there, known) if len(part)] or [there], ignore_index=True)
    return homes


def _changes(both: pd.DataFrame, pairs: pd.DataFrame, column: str, before: str) -> pd.Series[Any]:
    """The change of each pair of ids that share records."""
    several = pairs[column].map(pairs[column].value_counts()).to_numpy() > 1
    parted = pairs[before].map(pairs[before].value_counts()).to_numpy() > 1
    came = both.loc[both["side"] == "left_only", column]
    left = both.loc[both["side"] == "right_only", before]
    grew, shrank = pairs[column].isin(came).to_numpy(), pairs[before].isin(left).to_numpy()
    change = np.full(len(pairs), "kept", dtype=object)
    words = (("shrank", shrank), ("grew", grew), ("split", parted), ("merged", several))
    for word, rows in (*words, ("regrouped", several & parted)):  # the last that holds is said
        change[rows] = word
    return pd.Series(change, index=pairs.index)


def _alone(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    counts: pd.DataFrame = rows.dropna(subset=[column]).groupby(column).size().rename("records").reset_index()
    return counts
