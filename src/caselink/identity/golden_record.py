"""One value a person and field out of all that the programs have: by agreement, source trust and recency.

Every record that holds a value votes for it. A vote counts as much as its source is trusted in this field (how often
other sources have the same value for the same person: learned, no truth is needed), and less the older it is where the
field changes in life. Values that lost stay visible, as a count.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
_PRIOR_VOTES, _PRIOR_SHARE = 10.0, 0.9


def choose_values(votes: pd.DataFrame, *, half_life_months: float | None, worth: Floats) -> pd.DataFrame:
    """The best value of each person.

    ``votes``: ``person, value`` (a number), ``source, month, record``. ``worth`` by value: how complete it is, 1 for a
    whole one. Gives ``person, value, source, month, record`` (of the latest record that has the value), ``records``
    with it and how many ``others`` there are. Equal votes: the later, then the first in canonical order.
    """
    rows = votes.copy()
    rows["vote"] = source_trust(votes)[rows["source"].to_numpy(np.int64)] * worth[rows["value"].to_numpy(np.int64)]
    if half_life_months is not None:
        latest = rows["month"].max() if len(rows) else 0
        rows["vote"] *= 0.5 ** ((latest - rows["month"]) / half_life_months)
    rows["vote"] = (rows["vote"] * 2**20).round()  # whole numbers: their sums do not depend on the order of rows
    best = rows.sort_values(["person", "value", "month", "record"], ascending=[True, True, False, True])
    held = best.groupby(["person", "value"])["vote"].agg(["sum", "size"]).reset_index()
    first = best.drop_duplicates(["person", "value"]).reset_index(drop=True)
    first["vote"], first["records"] = held["sum"], held["size"]
    first["others"] = first.groupby("person")["value"].transform("size") - 1
    order = first.sort_values(["person", "vote", "month", "record"], ascending=[True, False, False, True])
    chosen = order.drop_duplicates("person")
    return chosen[["person", "value", "source", "month", "record", "records", "others"]].reset_index(drop=True)


def source_trust(votes: pd.DataFrame) -> Floats:
    """By source: how often another source of the same person has the same value, among those where another has one.

    >>> rows = pd.DataFrame({"person": [1, 1, 2, 2], "value": [5, 5, 6, 7], "source": [0, 1, 0, 1]})
    >>> source_trust(rows.assign(month=0, record=[0, 1, 2, 3])).round(2).tolist()
    [0.83, 0.83]
    """
    held = votes[["person", "value", "source"]].drop_duplicates()
    n_sources = int(votes["source"].max()) + 1 if len(votes) else 0
    by_person = held.groupby("person")["source"].transform("nunique")
    by_value = held.groupby(["person", "value"])["source"].transform("nunique")
    known = (by_person > 1).to_numpy()
    source = held["source"].to_numpy(np.int64)
    asked = np.bincount(source[known], minlength=n_sources)
    agreed = np.bincount(source[known & (by_value > 1).to_numpy()], minlength=n_sources)
    trust: Floats = (agreed + _PRIOR_VOTES * _PRIOR_SHARE) / (asked + _PRIOR_VOTES)
    return trust
