"""Who was in which case as what, and when: the view of a caseload that findings are defined on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from caselink.synthetic.draws import Ints, Mask
from caselink.synthetic.history import Calendar, History
from caselink.synthetic.programs.caseload import Caseload

ELIGIBLE = "eligible"
"""Status of members whose needs the assistance is paid for: family affiliation 1."""

ADULT_ROLES, CHILD_ROLES = ("HEAD", "ADULT", "CARETAKER"), ("CHILD", "CH")
ABSENT_ROLES = ("NP", "PF")


def enrolled(caseload: Caseload, calendar: Calendar) -> pd.DataFrame:
    """One row a membership in the months drawn, with ``member`` (its row), ``person``, and what is said of the case.

    ``first`` and ``last`` are within the months; ``begins`` and ``ends`` tell whether the stay truly begins and ends
    within them. A stay that goes on in the last month has no end; whether one had begun before is not known.
    """
    members = caseload.memberships
    last_month = calendar.n_months - 1
    begun, until = members["first_month"].to_numpy(np.int64), members["last_month"].to_numpy(np.int64)
    record = members["record"].to_numpy(np.int64)
    table = pd.DataFrame(
        {
            "member": np.arange(len(members)),
            "record": record,
            "person": caseload.records["person"].to_numpy(np.int64)[record],
            "copy_of": caseload.records["copy_of"].to_numpy(np.int64)[record],
            "case": members["case"].to_numpy(np.int64),
            "role": members["role"].to_numpy(dtype=object),
            "status": members["status"].to_numpy(dtype=object),
            "first": np.maximum(begun, 0),
            "last": np.minimum(until, last_month),
            "begins": begun > 0,
            "ends": until < last_month,
            **_of_case(caseload, members["case"].to_numpy(np.int64)),
        }
    )
    return table[(table["first"] <= table["last"]).to_numpy()].reset_index(drop=True)


def _of_case(caseload: Caseload, case: Ints) -> dict[str, Ints]:
    """Head, absent parent, first and last month open of the case in each row; -1 for rows that are in none."""
    size = int(max(case.max(initial=-1), caseload.cases["case"].max() if len(caseload.cases) else -1)) + 2
    facts = {}
    for name in ("head", "absent", "opened", "closed"):
        by_number = np.full(size, -1, np.int64)
        by_number[caseload.cases["case"].to_numpy(np.int64)] = caseload.cases[name].to_numpy(np.int64)
        facts[name] = by_number[case]
    return facts


def eligible(members: pd.DataFrame) -> Mask:
    """Rows of people whose needs are counted."""
    return np.asarray(members["status"].to_numpy(dtype=object) == ELIGIBLE)


def overlapping(left: pd.DataFrame, right: pd.DataFrame, on: list[str]) -> pd.DataFrame:
    """Pairs of stays that agree in ``on`` and have a month in common, each pair of cases and stays once.

    Columns of the two get ``_a`` and ``_b``; ``first`` and ``last`` are the months in common. ``handed_over`` marks
    pairs with one month in common, the last of the one stay and the first of the other: somebody moved in mid-month,
    or a case got another number. In the last month drawn, a stay that has just begun counts as handed over as well:
    the end of the other is not on file yet.
    """
    pairs = left.merge(right, on=on, suffixes=("_a", "_b"))
    pairs = pairs[(pairs["member_a"] < pairs["member_b"]).to_numpy()]
    pairs["first"] = np.maximum(pairs["first_a"], pairs["first_b"])
    pairs["last"] = np.minimum(pairs["last_a"], pairs["last_b"])
    pairs = pairs[(pairs["first"] <= pairs["last"]).to_numpy()].reset_index(drop=True)
    month = pairs["first"]
    starts_a, starts_b = (pairs[f"begins_{x}"] & (pairs[f"first_{x}"] == month) for x in "ab")
    over_a, over_b = (pairs[f"last_{x}"] == month for x in "ab")
    pairs["handed_over"] = (month == pairs["last"]) & ((starts_a & over_b) | (starts_b & over_a))
    return pairs


def merged_stays(members: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Stays that follow one another without a gap, joined: a change of status or role does not end a stay in a case."""
    codes = [_codes(members[key]) for key in keys]
    first, last = members["first"].to_numpy(np.int64), members["last"].to_numpy(np.int64)
    order = np.lexsort((first, *codes[::-1]))
    another = np.ones(len(order), bool)
    another[1:] = first[order[1:]] > last[order[:-1]] + 1
    for code in codes:
        another[1:] |= code[order[1:]] != code[order[:-1]]
    start = np.flatnonzero(another)
    joined = members.take(order[start]).reset_index(drop=True)
    if len(order):
        final = order[np.append(start[1:], len(order)) - 1]
        joined["last"] = np.maximum.reduceat(last[order], start)
        joined["ends"] = members["ends"].to_numpy(bool)[final]
    return joined


def _codes(column: pd.Series) -> Ints:
    """Whole numbers that are equal where the values are."""
    if pd.api.types.is_integer_dtype(column.dtype):
        return column.to_numpy(np.int64)
    return np.asarray(pd.factorize(column)[0], np.int64)


def at_home(history: History, person: Ints, month: Ints) -> Ints:
    """The home of each person in each month; -1 for nobody and for those without one."""
    return np.where(person < 0, -1, history.home[month, np.maximum(person, 0)]).astype(np.int64)
