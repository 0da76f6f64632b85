"""The benchmark of hard subsets runs at its smallest size, and its counts are those of pairs one by one."""

from __future__ import annotations

import sys
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

import subsets


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"), st.booleans()), max_size=8))
def test_pairs_touch_a_subset_with_one_record_or_both(rows):
    """True, found and right pairs are counted once, if only one of their records is in the subset."""
    entity, person, inside = (list(column) for column in zip(*rows, strict=True)) if rows else ([], [], [])
    pairs = [(a, b) for a, b in combinations(range(len(rows)), 2) if inside[a] or inside[b]]
    true = [entity[a] == entity[b] for a, b in pairs]
    found = [person[a] == person[b] for a, b in pairs]
    right = [one and other for one, other in zip(true, found, strict=True)]
    counted = subsets.touching(pd.Series(entity, dtype=object), pd.Series(person, dtype=object), np.array(inside, bool))
    assert counted.tolist() == [sum(inside), sum(true), sum(found), sum(right)]


def test_subsets_of_a_county(capsys):
    """One small county: a row a subset, records in those that every county has, hardly a wrong pair."""
    table = subsets.main(["--people", "3000", "--seeds", "3"]).loc["typical"]
    assert list(table.index) == list(subsets.SUBSETS)
    assert (table.loc[["all", "double surname", "nickname", "changed name", "twin", "Jr and Sr"], "records"] > 0).all()
    assert table.loc["all", "F1"] > 0.98
    assert set(table.loc[list(subsets.BARRED), "bar"]) <= {"yes", "no"}
    assert "mother's SSN on child" in capsys.readouterr().out
