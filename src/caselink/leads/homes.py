"""Where people live, for findings: the household of each person in each month, as numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.families import Families
from caselink.findings.facts import Ints
from caselink.identity import spell_person_numbers

HouseholdIds = Callable[[Ints], npt.NDArray[np.object_]]
"""Numbers of households to their ids, -1 to none."""


def home_table(families: Families, person: Ints) -> tuple[pd.DataFrame, HouseholdIds]:
    """The homes of people (``person, month, household``), and what spells the numbers of the households.

    ``person`` is the number of each record's person, by canonical position.
    """
    months = families.months
    kept = months["primary"].to_numpy(bool) & families.sightings.dated
    number = np.full(len(families.sightings.person_ids), -1, np.int64)
    number[families.sightings.person] = person
    homes = {"person": number[months["person"].to_numpy()[kept]]}
    homes |= {name: months[name].to_numpy()[kept] for name in ("month", "household")}

    def household_ids(numbers: Ints) -> npt.NDArray[np.object_]:
        known = numbers >= 0
        ids = np.full(len(numbers), None, dtype=object)
        ids[known] = spell_person_numbers(families.found.number[numbers[known]], "H").to_numpy(zero_copy_only=False)
        return ids

    return pd.DataFrame(homes, copy=False), household_ids


def no_homes() -> tuple[pd.DataFrame, HouseholdIds]:
    """Nobody is known to live anywhere."""
    table = pd.DataFrame({name: np.zeros(0, np.int64) for name in ("person", "month", "household")})
    return table, lambda numbers: np.full(len(numbers), None, dtype=object)
