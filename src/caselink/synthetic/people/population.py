"""The people themselves: families with names, birth dates, numbers and addresses as they truly are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from caselink.errors import SpecError
from caselink.synthetic.draws import Ints, Streams, digits
from caselink.synthetic.people import ssn
from caselink.synthetic.people.families import AS_OF, YEAR, FamilyShares, draw_families
from caselink.synthetic.people.kin import KinShares, add_kin
from caselink.synthetic.people.naming import NameShares, add_names
from caselink.synthetic.people.places import Places, draw_addresses, draw_places, draw_zip_numbers

ISSUED_AT_RANDOM_FROM = int(np.datetime64("2011-06-25").astype(np.int64))


@dataclass(frozen=True, slots=True)
class Population:
    """True people and addresses.

    ``people`` has one row a person: the columns of :func:`~caselink.synthetic.people.families.draw_families` and
    ``entity_id``, ``household_id``, ``first_name``, ``middle_name``, ``last_name``, ``former_last_name``, ``suffix``,
    ``sex``, ``birth_year``, ``birth_month``, ``birth_day``, ``ssn`` and ``age``. ``addresses`` has two rows a home (see
    ``draw_addresses``): where it is, and below those where its people lived before.
    ``zip_numbers`` are the addresses' ZIP codes, by their number in ``places``.
    """

    people: pd.DataFrame
    addresses: pd.DataFrame
    zip_numbers: Ints
    places: Places

    @property
    def n_homes(self) -> int:
        """How many households there are."""
        return len(self.addresses) // 2


def draw_population(
    n_people: int,
    *,
    streams: Streams,
    families: FamilyShares | None = None,
    names: NameShares | None = None,
    first_person: int = 0,
) -> Population:
    """``n_people`` people in families and alone, complete and free of error.

    ``first_person``: how many people were drawn before under the same seed; nobody gets an id or number of theirs.
    """
    if n_people < 1:
        msg = f"n_people must be 1 or more, got {n_people}"
        raise SpecError(msg)
    people = draw_families(n_people, families or FamilyShares(), streams.within("families"))
    add_kin(people, KinShares(), streams.within("kin"))
    _add_births(people)
    add_names(people, names or NameShares(), streams.within("names"))
    people["ssn"] = _draw_ssns(people, streams, first_person)
    people["sex"] = np.where(people["female"], "F", "M").astype(object)
    people["entity_id"] = "p" + pd.Series(digits(first_person + np.arange(len(people)), 8), dtype=object)
    people["household_id"] = "h" + pd.Series(digits(people["home"], 8), dtype=object)
    places = draw_places(n_people, streams)
    zip_numbers = draw_zip_numbers(places, int(people["home"].max()) + 1, streams)
    return Population(people, draw_addresses(places, zip_numbers, streams), zip_numbers, places)


def _add_births(people: pd.DataFrame) -> None:
    dates = people["birth"].to_numpy().astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    people["birth_year"] = dates.astype("datetime64[Y]").astype(np.int64) + 1970
    people["birth_month"] = months.astype(np.int64) % 12 + 1
    people["birth_day"] = (dates - months.astype("datetime64[D]")).astype(np.int64) + 1
    people["age"] = ((AS_OF - dates).astype(np.int64) / YEAR).astype(np.int64)


def _draw_ssns(people: pd.DataFrame, streams: Streams, first_person: int) -> Ints:
    """Numbers of all people; twins and triplets, enrolled together, get neighboring ones."""
    at_random = people["birth"].to_numpy() >= ISSUED_AT_RANDOM_FROM
    rows = np.arange(len(people))
    numbers = ssn.number_people(first_person + rows, seed=streams.seed, issued_at_random=at_random)
    firstborn = np.maximum.accumulate(np.where(people["twin"], 0, rows))
    place = rows - firstborn
    return np.where(place < ssn.RUN, numbers[firstborn] + place, numbers)
