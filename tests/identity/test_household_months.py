"""Who lives in which household in which month: the kernel beside the rule as its docstring has it."""

from __future__ import annotations

from collections import defaultdict

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from caselink.identity.family_roles import CORE_ROLES, ROLES
from caselink.identity.household_months import months_of_stays

_COLUMNS = ["person", "household", "first", "last", "role", "lives", "told", "since", "here"]


@st.composite
def stays(draw: st.DrawFn) -> pd.DataFrame:
    """A few stays of a few people in a few households, some of them far from the others."""
    small = st.integers(0, 2)
    rows = []
    for _ in range(draw(st.integers(0, 12))):
        first = draw(st.integers(0, 6)) + draw(st.sampled_from([0, 0, 500]))
        last = first + draw(small)
        told, here = draw(st.booleans()), draw(st.booleans())
        role = draw(st.integers(0, len(ROLES) - 1))
        rows.append([draw(small), draw(small), first, last, role, draw(small) - 1, told, draw(small), here])
    return pd.DataFrame(rows, columns=_COLUMNS).astype({"told": bool, "here": bool})


def _said(table: pd.DataFrame) -> list[tuple[object, ...]]:
    """By person, month and household the best that is said, worked out one month at a time; the primary one first."""
    months = defaultdict(list)
    for row in table.itertuples(index=False):
        for month in range(row.first, row.last + 1):
            months[row.person, month].append(row)
    rows = []
    for (person, month), here in sorted(months.items()):
        homes = defaultdict(list)
        for row in here:
            homes[row.household].append(row)
        ranked = []
        for household, seats in homes.items():
            best = min(seats, key=lambda row: (-_rank(row), row.role))
            since = max(row.since for row in seats)
            ranked.append(((-_rank(best), -len(seats), -since, household), household, best))
        for place, (_, household, best) in enumerate(sorted(ranked, key=lambda one: one[0])):
            if place == 0 or best.told:
                rows.append((person, household, month, best.role, best.lives, place == 0))
    return rows


def _rank(row: object) -> int:
    return 8 * row.told + 4 * (row.lives == 1) + 2 * (row.role in CORE_ROLES) + row.here  # type: ignore[attr-defined]


@given(table=stays())
def test_each_month_has_the_households_that_the_rule_gives(table: pd.DataFrame) -> None:
    """Months are those of the rule applied month by month, in the same order."""
    found = months_of_stays(table)
    assert list(found.itertuples(index=False, name=None)) == _said(table)


@given(table=stays(), seed=st.integers(0, 5))
def test_one_primary_home_a_month(table: pd.DataFrame, seed: int) -> None:
    """Each person has one primary household in each month of a stay, in any order of the rows."""
    found = months_of_stays(table)
    homes = found[found["primary"]]
    assert not homes.duplicated(["person", "month"]).any()
    assert found.groupby(["person", "month"]).ngroups == len(homes)
    shuffled = months_of_stays(table.sample(frac=1, random_state=seed))
    columns = ["person", "household", "month", "role", "primary"]
    pd.testing.assert_frame_equal(shuffled[columns], found[columns])


@pytest.mark.parametrize(
    ("other", "primary"),
    [
        pytest.param({"told": False, "here": True}, 0, id="a case goes before an address"),
        pytest.param({"told": True, "lives": 1}, 1, id="told to live there"),
        pytest.param({"told": True, "since": 9}, 1, id="told last"),
    ],
)
def test_which_home_is_the_primary_one(other: dict[str, object], primary: int) -> None:
    """Of two households in a month the better told one is where the person lives."""
    one = dict(zip(_COLUMNS, [0, 0, 5, 5, 4, -1, True, 3, False], strict=True))
    found = months_of_stays(pd.DataFrame([one, one | {"household": 1} | other]))
    assert found.loc[found["primary"], "household"].tolist() == [primary]
