"""Families: the households of resolved persons, the cases that belong to them, and how they went on over time."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from caselink.confidentiality.earlier import OWN, SHARED, held_before, with_earlier
from caselink.confidentiality.protection import NO, YES, person_status, record_status, spread
from caselink.confidentiality.rules import Protection, Sight, Taints
from caselink.errors import CaselinkWarning, InputError
from caselink.explain import HouseholdExplanation, explain_rosters
from caselink.families.golden import golden_table
from caselink.families.sightings import SightingTable, read_sightings
from caselink.identity import spell_person_numbers
from caselink.identity.case_households import number_families, tie_cases
from caselink.identity.family_roles import ROLES
from caselink.identity.household_history import household_events
from caselink.identity.household_months import live_where, months_of_stays
from caselink.identity.households import Households, find_households
from caselink.purposes import NARROWEST, Purpose, find_purpose

Ints = npt.NDArray[np.int64]
_TEXT = pd.ArrowDtype(pa.string())


@dataclass(frozen=True)
class Families:
    """Households, and what follows from them; made by :func:`find_families`."""

    sightings: SightingTable = field(repr=False)
    found: Households = field(repr=False)
    notices: dict[str, int]
    input: pd.DataFrame = field(repr=False)

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
                "household_id": self.household_ids(rows["household"].to_numpy()),
                "month": self._month_texts(rows["month"].to_numpy()),
                "role": _taken(ROLES, rows["role"].to_numpy(np.int64)),
                "resides": _taken(["N", "Y"], rows["lives"].to_numpy(np.int64)),
                "primary": rows["primary"].to_numpy(bool),
            }
        )

    def last_homes(self, month: int | None = None) -> Ints:
        """The household of each person of the sightings in its last month, or in this one; -1 for none."""
        person, household, told = (self.months[name].to_numpy(np.int64) for name in ("person", "household", "month"))
        rows = np.flatnonzero(self.months["primary"].to_numpy(bool) & (household >= 0))
        if month is not None:
            rows = rows[(told[rows] == month) & self.sightings.dated]
        last = np.full(len(self.sightings.person_ids), np.iinfo(np.int64).min)
        np.maximum.at(last, person[rows], told[rows])
        rows = rows[told[rows] == last[person[rows]]]
        found = np.full(len(last), -1, np.int64)
        found[person[rows]] = household[rows]
        return found

    @cached_property
    def records(self) -> pd.DataFrame:
        """The household of each record in its last month: ``source, record_id, person_id, household_id``.

        A record that says nothing of where its person lives has the household of the person at the nearest time, and
        none where there is none.
        """
        return self._keys.assign(
            person_id=self._person_ids(self.sightings.person),
            household_id=self.household_ids(live_where(self.sightings.rows, self.found.stays, self.months)),
        )

    @cached_property
    def cases(self) -> pd.DataFrame:
        """One row for each case and household in which its people live.

        ``source, case_id, kind`` (unit, support case or participation), ``family_id`` (support cases of one home and
        the same absent parents), ``household_id``, ``relation``, ``people, first_month, last_month``. ``relation`` is
        *home* (where most of the people of the case live), *other home* (a child with another caretaker), or *absent
        parent*: he is tied to the case from his own household, and lives there.
        """
        ties = tie_cases(self.sightings.rows, self.months)
        family = np.full(len(ties), None, dtype=object)
        known = np.flatnonzero(ties["family"].notna())
        numbers = number_families(ties, self.sightings.records.record_hash)
        spelled = spell_person_numbers(numbers, "F").to_numpy(zero_copy_only=False)
        family[known] = spelled[ties["family"].to_numpy()[known].astype(np.int64)]
        return pd.DataFrame(
            {
                "source": _texts(np.array(self.sightings.records.sources, dtype=object)[ties["source"]]),
                "case_id": _texts(np.array(self.sightings.cases, dtype=object)[ties["case"]]),
                "kind": _texts(ties["kind"].to_numpy(dtype=object)),
                "family_id": _texts(family),
                "household_id": self.household_ids(ties["household"].to_numpy(np.int64)),
                "relation": _texts(ties["relation"].to_numpy(dtype=object)),
                "people": ties["people"].to_numpy(np.int64),
                "first_month": self._month_texts(ties["first"].to_numpy(np.int64)),
                "last_month": self._month_texts(ties["last"].to_numpy(np.int64)),
            }
        )

    @cached_property
    def history(self) -> pd.DataFrame:
        """What became of the households: ``month, household_id, event, other_household_id, people``.

        Events are *born*, *split* (people of the other went on as this one), *merged* (this one went on in the other),
        *joined* (people came from the other, which goes on) and *moved* (to another address).
        """
        events = household_events(self.found, self.months)
        return pd.DataFrame(
            {
                "month": self._month_texts(events["month"].to_numpy(np.int64)),
                "household_id": self.household_ids(events["household"].to_numpy(np.int64)),
                "event": _texts(events["event"].to_numpy(dtype=object)),
                "other_household_id": self.household_ids(events["other"].to_numpy(np.int64)),
                "people": events["people"].to_numpy(np.int64),
            }
        )

    def golden_records(
        self, purpose: str | Purpose = NARROWEST, *, masked: bool = True, protection: Protection | None = None
    ) -> pd.DataFrame:
        """One row a person and field: ``person_id, field, value, source, record_id, month, records, others``.

        The value for which most speaks, the latest record that has it, how many records have it, and how many other
        values lost; *withheld* where the ``purpose`` may not see it or there is none. ``masked`` values cannot be used
        to find anybody. ``protection`` is what :meth:`protect` gives, for purposes that work for a program.
        """
        sight = Sight(protection or self.protection, find_purpose(purpose), masked=masked)
        sight.check()
        month = self.sightings.rows.groupby("record")["last"].max().to_numpy(np.int64)
        table = golden_table(self.input, self.sightings.person, month, sight)
        known = np.flatnonzero(table["record"].notna())
        keys = self._keys.iloc[table["record"].iloc[known].astype(np.int64)].set_index(known).reindex(table.index)
        months = np.full(len(table), None, dtype=object)
        months[known] = self._month_texts(table["month"].iloc[known].to_numpy(np.int64)).to_numpy(dtype=object)
        return pd.DataFrame(
            {
                "person_id": self._person_ids(table["person"].to_numpy(np.int64)),
                "field": _texts(table["field"].to_numpy(dtype=object)),
                "value": table["value"],
                "source": keys["source"].to_numpy(),
                "record_id": keys["record_id"].to_numpy(),
                "month": _texts(months),
                "records": table["records"].astype("Int64"),
                "others": table["others"].astype("Int64"),
            }
        )

    @cached_property
    def protection(self) -> Protection:
        """Who is protected; for purposes that work for a program use :meth:`protect`."""
        return self.protect()

    def protect(
        self,
        programs: Mapping[str, str] | None = None,
        taints: Taints | None = None,
        earlier: pd.DataFrame | None = None,
    ) -> Protection:
        """Who is protected, spread over households and cases, with the program of each source and what binds it.

        ``earlier`` names records that were protected in a run before (``source``, ``record_id``, and ``origin`` as
        :meth:`Protection.table` gives it); they stay so whatever they say now.
        """
        rows, person = self.sightings.rows, self.sightings.person
        records = self.input if earlier is None else with_earlier(self.input, earlier)
        encoded, told = record_status(records, self.sightings.records)
        told[held_before(records, encoded, OWN)] = YES
        at_home, household = (self.months[name].to_numpy(np.int64) for name in ("person", "household"))
        new = np.append(True, (np.diff(at_home) != 0) | (np.diff(household) != 0))[: len(at_home)]  # months follow on
        at_home, household = at_home[new], household[new]
        in_case, source, case = (rows[name].to_numpy(np.int64) for name in ("person", "source", "case"))
        told_of = case >= 0
        numbers = (source * (case.max(initial=0) + 1) + case)[told_of]
        status = spread(person_status(told, person), [(at_home, household), (in_case[told_of], numbers)])
        status[person[held_before(records, encoded, SHARED)]] = YES
        guarded = household[status[at_home] != NO]
        return Protection(
            encoded,
            self._keys,
            told,
            person,
            self.sightings.person_ids,
            status,
            programs or {},
            taints or {},
            self.household_ids(_distinct(household, without=guarded)[0]),
        )

    def explain_household(
        self,
        household_id: str,
        other: str | None = None,
        *,
        purpose: str | Purpose = NARROWEST,
        protection: Protection | None = None,
    ) -> HouseholdExplanation:
        """Why this is one household; with ``other``, why these are two. No values are shown.

        Of addresses nothing is said unless everybody is known to be free and the ``purpose`` may see all their sources.
        """
        labels = [self._label_of(one) for one in (household_id, other) if one is not None]
        if len(labels) == 2 and labels[0] == labels[1]:
            raise InputError("both are the same household; leave the second out to have the one explained")
        sight, sources = Sight(protection or self.protection, find_purpose(purpose)), self.sightings.records.sources
        inside = self.found.stays[self.found.stays["household"].isin(labels)]
        hidden = bool((sight.protection.status[inside["person"]] != NO).any())
        hidden |= not all(sight.may_see(sources[one], "street") for one in inside["source"].unique())
        return explain_rosters(self.found, labels, sources, hide_addresses=hidden, purpose=sight.purpose.name)

    def _label_of(self, household_id: str) -> int:
        if household_id not in self._labels:
            raise InputError("no such household: give its id as it stands in households")
        return self._labels[household_id]

    @cached_property
    def _labels(self) -> dict[str, int]:
        labels = np.unique(self.found.label)
        return dict(zip(self.household_ids(labels), labels.tolist(), strict=True))

    @cached_property
    def _keys(self) -> pd.DataFrame:
        frame: pd.DataFrame = self.input[["source", "record_id"]].iloc[self.sightings.records.row]
        return frame.reset_index(drop=True)

    def _person_ids(self, numbers: Ints) -> pd.Series[Any]:
        return _taken(self.sightings.person_ids, numbers)

    def household_ids(self, labels: Ints) -> pd.Series[Any]:
        """The ids of households by their labels, missing for -1."""
        known, place = _distinct(labels)
        return _taken(spell_person_numbers(self.found.number[known], "H"), place)

    def _month_texts(self, months: Ints) -> pd.Series[Any]:
        distinct, place = _distinct(months)
        texts = [f"{month // 12:04d}-{month % 12 + 1:02d}" if self.sightings.dated else None for month in distinct]
        return _taken(texts, place)


def find_families(records: pd.DataFrame, persons: pd.DataFrame, memberships: pd.DataFrame | None = None) -> Families:
    """Find the households of persons that are resolved.

    ``records`` as for linking, ``persons`` as :attr:`Result.persons`. ``memberships`` say who was in which case in
    which months (``source, record_id, case_id``, ``role``, ``resides``, and ``month`` or ``first_month`` and
    ``last_month``); without them the records' own ``case_id``, ``role`` and ``month`` count, and where there are none,
    addresses and last names. A :class:`CaselinkWarning` says what in the rosters was odd, ``notices`` counts it.
    """
    sightings = read_sightings(records, persons, memberships)
    found = find_households(
        sightings.rows, sightings.records.record_hash, sightings.places.same, sightings.places.mailing
    )
    notices = {what: n for what, n in (sightings.notices | found.rosters.notices).items() if n}
    if notices:
        listed = "; ".join(f"{what}: {n:,}" for what, n in notices.items())
        warnings.warn(f"some rosters were odd; none of this joined anybody: {listed}", CaselinkWarning, stacklevel=2)
    return Families(sightings, found, notices, records)


def _distinct(numbers: Ints, without: Ints | None = None) -> tuple[Ints, Ints]:
    """The different numbers, none of them large, and the place of each among them; -1 for a negative one.

    Those ``without`` which they are asked for count as negative.
    """
    there = np.zeros(int(numbers.max(initial=-1)) + 2, np.bool_)
    there[numbers] = True
    there[-1] = False
    if without is not None:
        there[without] = False
    place = np.where(there, np.cumsum(there) - 1, -1)
    return np.flatnonzero(there), place[numbers]


def _texts(values: npt.NDArray[Any]) -> pd.Series[Any]:
    return pd.Series(pa.array(values, pa.string(), from_pandas=True), dtype=_TEXT)


def _taken(texts: Any, numbers: Ints) -> pd.Series[Any]:  # noqa: ANN401  (whatever Arrow takes for texts)
    """The text of each number; missing for -1."""
    held = texts if isinstance(texts, pa.Array) else pa.array(texts, pa.string(), from_pandas=True)
    return pd.Series(held.take(pa.array(numbers, mask=numbers < 0)).cast(pa.string()), dtype=_TEXT)
