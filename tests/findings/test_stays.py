"""Stays by the month, beside slow twins that count months one by one."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from caselink.findings.stays import by_month, in_common, joined, without_months

STAYS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 11), st.integers(0, 4), st.booleans()), max_size=12)


def table(rows: list[tuple[int, int, int, bool]]) -> pd.DataFrame:
    """Stays of a person from a month on, so many months more; whether they end."""
    stays = [(person, first, first + more, ends) for person, first, more, ends in rows]
    frame = pd.DataFrame(stays, columns=["person", "first", "last", "ends"])
    return frame.astype({"person": "int64", "first": "int64", "last": "int64", "ends": bool})


@given(rows=STAYS)
def test_joined_stays_hold_the_same_months(rows):
    """Each month of each person stands in exactly one joined stay, and no two of them touch."""
    stays = table(rows)
    whole = joined(stays, ["person"])
    months = set(by_month(stays)[["person", "month"]].itertuples(index=False, name=None))
    told = list(by_month(whole)[["person", "month"]].itertuples(index=False, name=None))
    assert sorted(told) == sorted(months)
    for _, own in whole.groupby("person"):
        assert (own["first"].to_numpy()[1:] > own["last"].to_numpy()[:-1] + 1).all()


@given(rows=STAYS)
def test_a_joined_stay_ends_if_all_that_reach_its_end_do(rows):
    """A stay that goes on keeps the whole open."""
    stays = table(rows)
    for person, first, last, ends in joined(stays, ["person"])[["person", "first", "last", "ends"]].itertuples(
        index=False
    ):
        final = stays[(stays["person"] == person) & (stays["last"] == last) & (stays["first"] >= first)]
        assert ends == final["ends"].all()


@given(rows=STAYS, others=STAYS)
def test_what_is_left_is_each_month_that_is_not_taken(rows, others):
    """Month by month: what was there, and is in no stretch that was taken out; no two pieces of a stay touch."""
    stays = table(rows).rename_axis("row").reset_index()
    gone = in_common(stays, table(others).drop(columns="ends"), ["person"], "_b")[["row", "first", "last"]]
    left = without_months(stays, gone)
    was, taken, now = (list(by_month(some)[["row", "month"]].itertuples(index=False)) for some in (stays, gone, left))
    assert sorted(now) == sorted(set(was) - set(taken))
    for _, own in left.groupby("row"):
        assert (own["first"].to_numpy()[1:] > own["last"].to_numpy()[:-1] + 1).all()
