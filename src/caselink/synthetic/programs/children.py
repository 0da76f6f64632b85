"""Who has which child, and which of its parents lives elsewhere, month by month: what every program asks first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from caselink.synthetic.draws import Floats, Ints
from caselink.synthetic.history import History, Rows
from caselink.synthetic.people.families import NOBODY, YEAR

SUPPORT_UNTIL = 21
"""Years of age up to which somebody may be a child of a support case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Custody:
    """The children of a district (rows in ``child``) at the end of each month.

    ``age`` (months x children): in years, below 0 before birth. ``custodian`` (months x children): the adult who has
    the child; -1 for nobody, and for those not born, gone or grown. ``absent`` (months x 2 x children): its mother and
    its father where they are known and alive and live elsewhere, -1 otherwise.
    """

    child: Ints
    age: Floats
    custodian: Rows
    absent: Rows


def find_custody(history: History) -> Custody:
    """Custody as the history tells it; where it names nobody, the parent or grandmother of the child's home."""
    people, days = history.people, history.calendar.last_days()
    birth = people["birth"].to_numpy(np.int64)
    mother, father = (people[parent].to_numpy(np.int64) for parent in ("mother", "father"))
    child = np.flatnonzero(((days[0] - birth) / YEAR < SUPPORT_UNTIL) & ((mother >= 0) | (father >= 0)))
    age = (days[:, None] - birth[child]) / YEAR
    home = history.home[:, child]
    custodian = history.custodian[:, child].astype(np.int64)
    mothers_mother = np.append(mother, NOBODY)[mother]  # -1 is the place of nobody
    for kin in (mother, father, mothers_mother):
        lives_here = homes_of(history, kin[child]) == home
        custodian = np.where((custodian < 0) & lives_here, kin[child], custodian)
    custodian[(age < 0) | (age >= SUPPORT_UNTIL) | (home < 0)] = NOBODY
    absent = np.stack([_elsewhere(history, parent[child], child, custodian) for parent in (mother, father)], axis=1)
    return Custody(child=child, age=age, custodian=custodian.astype(np.int32), absent=absent)


def homes_of(history: History, person: Ints | Rows) -> Rows:
    """The homes (months x people) of ``person``, one row or one a month; -2 for -1, so that it is nobody's home."""
    months = np.arange(len(history.home))[:, None]
    return np.where(person >= 0, history.home[months, person], np.int32(NOBODY - 1))


def _elsewhere(history: History, parent: Ints, child: Ints, custodian: Ints) -> Rows:
    """``parent`` in the months in which somebody else has the child and the parent is alive and not in its home."""
    alive = history.people["death"].to_numpy(np.int64)[parent] > history.calendar.last_days()[:, None]
    away = homes_of(history, parent) != history.home[:, child]
    absent = (parent >= 0) & alive & away & (custodian >= 0) & (custodian != parent)
    return np.where(absent, parent, NOBODY).astype(np.int32)
