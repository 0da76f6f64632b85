"""The truth over time: where everybody lives, with whom, under which name, at the end of each month.

A county is made of *districts* of at most :data:`DISTRICT_PEOPLE` people; nobody moves from one to another, so each is
drawn by itself, in any order, and a county is the same in pieces and whole. All row numbers here are of one district.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.synthetic.draws import Texts
from caselink.synthetic.people.families import AS_OF

DISTRICT_PEOPLE = 20_000
NEVER = np.iinfo(np.int32).max
"""A day or month that does not come."""

Rows = npt.NDArray[np.int32]
"""Row numbers, -1 for none."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The months that are drawn, numbered from 0; the last one ends on the day of the extracts.

    >>> Calendar(12).text().tolist()[::11]
    ['2025-10', '2026-09']
    """

    n_months: int = 12

    def months(self) -> npt.NDArray[np.datetime64]:
        """Each month."""
        last = AS_OF.astype("datetime64[M]")
        return np.asarray(last - np.arange(self.n_months - 1, -1, -1))

    def text(self) -> Texts:
        """Each month as ``YYYY-MM``."""
        texts: Texts = self.months().astype("U7").astype(object)
        return texts

    def name(self, numbers: npt.ArrayLike) -> Texts:
        """Months by their number as ``YYYY-MM``, also those before the first; None for ``NEVER``.

        >>> Calendar(12).name([0, -1, NEVER]).tolist()
        ['2025-10', '2025-09', None]
        """
        whole = np.asarray(numbers, dtype=np.int64)
        names = (self.months()[0] + np.where(whole == NEVER, 0, whole)).astype("U7").astype(object)
        names[whole == NEVER] = None
        named: Texts = names
        return named

    def last_days(self) -> npt.NDArray[np.int64]:
        """The last day of each month, in days since 1970."""
        return np.asarray((self.months() + 1).astype("datetime64[D]").astype(np.int64) - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """True people and their homes in one district, month by month.

    ``people``: one row a person, also those who are born within the months. Facts that never change: ``birth`` and
    ``death`` (days since 1970, ``NEVER``), ``female``, ``sex``, ``mother`` and ``father`` (rows of the two parents, -1
    unknown to the population; of two mothers one stands under ``father``, of two fathers one under ``mother``: their
    sex tells), ``twin``, ``family``, ``part``, ``kind`` (see ``families``), ``first_name``,
    ``middle_name``, ``suffix``, ``former_last_name`` (from before the first month), ``birth_year``, ``birth_month``,
    ``birth_day``, ``age`` (on the last day), ``entity_id``, ``ssn``, ``named_from`` and ``ssn_from`` (month number from
    which there is a first name, a number; 0 or less for most), ``name_group`` (``plain``, ``spanish``, ``double``,
    ``particle``, ``transliterated``). Names are as their bearers write them: ``JOSÉ``, ``O'BRIEN``, ``DE LA CRUZ``.

    Arrays (months x people) say how things stand at the end of a month; ``home``: the household lived in, -1 for
    those not born or dead; ``last_name``: place in ``surnames``; ``partner``: the row of the spouse or partner, who
    lives in the same home unless one of them is in jail; ``custodian``: of a child under 21 at home the row of the
    adult who has it, -1 in foster care; ``employer``: number of the district, -1 for none; ``jailed`` (in a home of
    one's own at the jail's address). ``home_address`` (months x homes) is a row of ``addresses``: ``house_no``,
    ``street``, ``unit``, ``city``, ``zip``, ``phone`` and ``place`` (``residence``, ``shelter``, ``jail``, ``foster``,
    ``box`` for a post office box: no ``house_no``, its street reads ``PO BOX 123``). A home nobody lives in keeps an
    address. ``mailing_address`` and ``earlier_address`` (homes) are rows of it as well: where a household gets its
    mail (-1: at home), and where it lived before the first month.

    ``putative``: a row for each man who is wrongly held to be the father: ``child``, ``man``. ``events``: what
    happened, in order: ``month``, ``kind``, ``person``, ``other`` (row or -1), ``from_home``, ``to_home``; the kinds
    are described in :data:`~caselink.synthetic.people.timeline.EVENT_KINDS`.
    """

    calendar: Calendar
    people: pd.DataFrame
    surnames: Texts
    home: Rows
    last_name: Rows
    partner: Rows
    custodian: Rows
    employer: Rows
    jailed: npt.NDArray[np.bool_]
    addresses: pd.DataFrame
    home_address: Rows
    mailing_address: Rows
    earlier_address: Rows
    putative: pd.DataFrame
    events: pd.DataFrame

    @property
    def n_people(self) -> int:
        """People alive at any time within the months."""
        return len(self.people)

    @property
    def n_homes(self) -> int:
        """Households at any time within the months."""
        return int(self.home_address.shape[1])
