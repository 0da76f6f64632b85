"""What the programs know, before anybody keys it: records, the cases they are in, and what was told when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

PROGRAMS = ("iva", "ivd", "jobs", "employment")
"""IV-A assistance, IV-D support, job programs, and what employers report (new hires, quarterly wages)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caseload:
    """One program's records over the months; row numbers are of one district, months as in the calendar.

    ``records``: one row a record, that is one person in one case under one number of the program: ``person`` (row),
    ``case`` (number, -1 where the program has none), ``role``, ``entered`` (month first on an extract), ``worker``
    (number of who keyed it), ``copy_of`` (the record whose keyed values it repeats because the program kept them on
    file; itself when keyed anew), ``cause`` (``own``, ``entered twice``, ``case keyed twice``, ``planted``) and
    ``protected`` (``Y``, ``N``, or None where the program does not say).

    ``memberships``: ``record``, ``case``, ``role``, ``first_month``, ``last_month`` (inclusive; the program's own
    belief, late by its lags), ``resides`` (true for those the program counts at the case's address) and ``status``.
    A record has several where it changed case, role or status. Status is ``eligible`` or ``not in unit`` in IV-A,
    ``active`` in IV-D and job programs, ``reported`` of employers' reports, each of which is on one extract only. IV-A
    has ``employed`` too: ``Y`` or ``N`` as it believes of an adult, None of a child; a new row begins when it changes.

    ``versions``: what a record holds from a month on. ``record``, ``month`` (the extract that first shows it),
    ``told_month`` (the month whose truth was told; below 0: before the first month, earlier address and former name)
    and three flags of what was keyed anew: ``names``, ``person`` (birth date, sex, number), ``address``. The first
    version of a record has all three.

    ``cases``: one row a case: ``case``, ``head`` and ``absent`` (person rows, -1 for none), ``opened``, ``closed``
    (months; ``NEVER`` while open; below 0: before the first month), ``kind``, ``good_cause`` (None, ``PD``, ``GC``,
    ``CO``), ``paternity`` (``Y``, ``N`` or None), ``assistance`` (IV-D's belief: ``current``, ``former``, ``never``).
    IV-A has ``sampled`` (for the federal report) and ``closure_reason`` too, IV-D ``reopened`` and ``paternity_month``
    (``NEVER`` if it is not so; -1: settled before the first month). Both have ``uncooperative``, the month from which
    the head is held not to help IV-D (``NEVER`` for most).

    ``details``: further columns of the program's records, one row a record, under the program's own names, such as the
    employer and date of a wage report.
    """

    program: str
    records: pd.DataFrame
    memberships: pd.DataFrame
    versions: pd.DataFrame
    cases: pd.DataFrame
    details: pd.DataFrame


REFERRAL_COLUMNS = (
    "referral",
    "iva_case",
    "child",
    "absent",
    "kind",
    "sent_month",
    "received_month",
    "work_status",
    "worked_month",
    "ivd_case",
)
"""REFERRALS from IV-A to IV-D: ``child`` and ``absent`` are person rows, ``kind`` is New, Reopen or Change,
``work_status`` A (assigned to a case), D (deactivated, often an update) or None (not worked); months are -1 where it
did not come to that, ``ivd_case`` is -1 where none was opened."""


@dataclass(frozen=True, slots=True)
class Programs:
    """What all programs know: a caseload each, by the names of :data:`PROGRAMS`, and the referrals between two."""

    caseloads: Mapping[str, Caseload]
    referrals: pd.DataFrame
