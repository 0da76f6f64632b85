"""Texts of leads: order and joining beside what pandas and plain Python give."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from caselink.leads.texts import joined_texts, ordered

TEXTS = st.one_of(st.none(), st.sampled_from(["", "a", "b", "ab", "Á", "\U0001f600", "z\uffee"]))
ROWS = st.lists(st.tuples(st.integers(0, 2), TEXTS, TEXTS), max_size=10)


def _frame(rows):
    columns = zip(*rows, strict=True) if rows else ((), (), ())
    return pd.DataFrame({name: pd.Series(list(held), dtype=object) for name, held in zip("xyz", columns, strict=True)})


@given(rows=ROWS)
def test_rows_are_in_the_order_of_their_texts(rows):
    """Rows come as Python sorts them, missing last, and equal ones once where that is asked."""
    frame = _frame([(str(one), *others) for one, *others in rows])
    wanted = sorted(set(frame.itertuples(index=False, name=None)), key=lambda row: [(c is None, c or "") for c in row])
    assert list(ordered(frame, distinct=True).itertuples(index=False, name=None)) == wanted
    by_two = ordered(frame, ["y", "x"])
    assert len(by_two) == len(frame)
    pairs = list(by_two[["y", "x"]].itertuples(index=False, name=None))
    assert pairs == sorted(pairs, key=lambda row: [(c is None, c or "") for c in row])


@given(rows=ROWS)
def test_each_lead_has_its_texts_once_and_in_order(rows):
    """The text of a lead holds those of its rows, sorted, whatever the order of the rows."""
    frame = _frame(rows).rename(columns={"x": "lead"})
    frame["lead"] = frame["lead"].astype("int64")
    told = joined_texts(frame, ["y", "z"], 3)
    for lead in range(3):
        texts = {f"{y or ''}\x1f{z or ''}" for one, y, z in rows if one == lead}
        assert told[lead] == "\x1e".join(sorted(texts))
