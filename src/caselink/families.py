"""Families: the households of resolved persons, the cases that belong to them, and how they went on over time."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from caselink.errors import CaselinkWarning
from caselink.identity import spell_person_numbers
from caselink.identity.family_roles import ROLES
from caselink.identity.household_months import live_where, months_of_stays
from caselink.identity.households import Households, find_households
from caselink.sighting_table import SightingTable, read_sightings

Ints = npt.NDArray[np.int64]
_TEXT = pd.ArrowDtype(pa.string())


@dataclass(frozen=True)
class Families:
    """Households, and what follows from them; made by :func:`find_families`."""

    sightings: SightingTable = field(repr=False)
    found: Households = field(repr=False)
    notices: dict[str, int]

    @cached_property
    def months(self) -> pd.DataFrame:
        """Who was in which household in which month, in numbers: see :func:`months_of_stays`."""
        return months_of_stays(self.found.stays)

    @cached_property
    def households(self) -> pd.DataFrame:
        """One row a person, household and month: ``person_id, household_id, month, role, resides, primary``.

        A person is in one household in a month (``primary``). A second row stands there only where a second case
        says so (a child in two homes). ``resides`` is what the case said, missing where it said nothing. ``month`` is
        missing where the records have none.
        """
        rows = self.months
        return pd.DataFrame(
            {
                "person_id": self._person_ids(rows["person"].to_numpy()),
                "household_id": self._household_ids(rows["household"].to_numpy()),
                "month": self._month_texts(rows["month"].to_numpy()),
                "role": _texts(np.array(ROLES, dtype=object)[rows["role"]]),
                "resides": _texts(np.array(["N", "Y", None], dtype=object)[rows["lives"]]),
                "primary": rows["primary"].to_numpy(bool),
            }
        )

    @cached_property
    def records(self) -> pd.DataFrame:
        """The household of each record in its last month: ``source, record_id, person_id, household_id``.

        A record that says nothing of where its person lives has the household of the person at the nearest time, and
        none where there is none.
        """
        return self._keys.assign(
            person_id=self._person_ids(self.sightings.person),
            household_id=self._household_ids(live_where(self.sightings.rows, self.found.stays, self.months)),
        )

    @cached_property
    def _keys(self) -> pd.DataFrame:
        encoded = self.sightings.records
        frame: pd.DataFrame = self.keys.iloc[encoded.row].reset_index(drop=True)
        return frame

    keys: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)

    def _person_ids(self, numbers: Ints) -> pd.Series[Any]:
        return _texts(self.sightings.person_ids[numbers])

    def _household_ids(self, labels: Ints) -> pd.Series[Any]:
        known = np.flatnonzero(labels >= 0)
        ids = np.full(len(labels), None, dtype=object)
        ids[known] = spell_person_numbers(self.found.number[labels[known]], "H").to_numpy(zero_copy_only=False)
        return _texts(ids)

    def _month_texts(self, months: Ints) -> pd.Series[Any]:
        distinct, place = np.unique(months, return_inverse=True)
        texts = [f"{month // 12:04d}-{month % 12 + 1:02d}" if self.sightings.dated else None for month in distinct]
        return _texts(np.array(texts, dtype=object)[place])


def find_families(records: pd.DataFrame, persons: pd.DataFrame, memberships: pd.DataFrame | None = None) -> Families:
    """Find the households of persons that are resolved.

    ``records`` as for linking, ``persons`` as :attr:`Result.persons`. ``memberships`` say who was in which case in
    which months (``source, record_id, case_id``, ``role``, ``resides``, and ``month`` or ``first_month`` and ``last_month``);
    without them the records' own ``case_id``, ``role`` and ``month`` count, and where there are none, addresses and
    last names. A :class:`CaselinkWarning` says what in the rosters was odd; :attr:`Families.notices` counts it.
    """
    sightings = read_sightings(records, persons, memberships)
    found = find_households(
        sightings.rows, sightings.records.record_hash, sightings.places.same, sightings.places.mailing
    )
    notices = {what: n for what, n in (sightings.notices | found.rosters.notices).items() if n}
    if notices:
        listed = "; ".join(f"{what}: {n:,}" for what, n in notices.items())
        warnings.warn(f"rosters were odd, and nobody was joined by what is: {listed}", CaselinkWarning, stacklevel=2)
    return Families(sightings, found, notices, records[["source", "record_id"]])


def _texts(values: npt.NDArray[Any]) -> pd.Series[Any]:
    return pd.Series(pa.array(values, pa.string(), from_pandas=True), dtype=_TEXT)
