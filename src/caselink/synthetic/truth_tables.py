"""The truth as tables: who the people of a district are, where they live, how they are related, what happened.

Persons and homes go by their ids, months are written ``YYYY-MM``; a row that holds for a stretch of months has its
``first_month`` and ``last_month``, both included.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.synthetic.draws import Ints, Mask, Texts, digits
from caselink.synthetic.families import NOBODY
from caselink.synthetic.history import NEVER, History
from caselink.synthetic.numbering import entity_ids, household_ids

_AGE_GROUPS = ((1, "under 1"), (18, "1-17"), (30, "18-29"), (60, "30-59"), (200, "60 and over"))


def person_table(history: History, district: int) -> pd.DataFrame:
    """One row a person: names and dates as they truly are, parents, and what makes them hard to tell apart.

    ``name_group`` and ``age_group`` (on the last day) are groups to measure fairness by. ``traits`` names, one after
    the other, what a linker finds hard: see :func:`_traits`.
    """
    people = history.people
    last = people[["first_name", "middle_name", "suffix", "sex", "name_group", "former_last_name"]].reset_index(
        drop=True
    )
    birth, death = people["birth"].to_numpy(np.int64), people["death"].to_numpy(np.int64)
    age = np.maximum(0, history.calendar.last_days()[-1] - birth) / 365.25
    limits = np.array([limit for limit, _ in _AGE_GROUPS])
    groups = np.array([name for _, name in _AGE_GROUPS], dtype=object)
    return pd.DataFrame(
        {
            "entity_id": entity_ids(district, np.arange(len(people))),
            "first_name": last["first_name"],
            "middle_name": last["middle_name"],
            "last_name": history.surnames[history.last_name[-1]],
            "former_last_name": last["former_last_name"],
            "suffix": last["suffix"],
            "birth_date": _days(birth),
            "death_date": _days(death),
            "sex": last["sex"],
            "ssn": digits(people["ssn"].to_numpy(np.int64), 9),
            "mother_id": entity_ids(district, people["mother"]),
            "father_id": entity_ids(district, people["father"]),
            "name_group": last["name_group"],
            "age_group": groups[np.minimum(np.searchsorted(limits, age, side="right"), len(groups) - 1)],
            "traits": _traits(history),
        }
    )


def household_table(history: History, district: int) -> pd.DataFrame:
    """One row for each stretch of months that a person lived in one household."""
    person, first, last, home = stretches(history.home)
    address = history.home_address[last, home]
    return pd.DataFrame(
        {
            "entity_id": entity_ids(district, person),
            "household_id": household_ids(district, home),
            "first_month": history.calendar.name(first),
            "last_month": history.calendar.name(last),
            "place": history.addresses["place"].to_numpy(dtype=object)[address],
        }
    )


def relationship_table(history: History, district: int) -> pd.DataFrame:
    """One row for each tie of a person to another: parents for good; partner and custodian by stretches of months."""
    people, calendar = history.people, history.calendar
    parts = []
    for parent in ("mother", "father"):
        child = np.flatnonzero(people[parent].to_numpy() >= 0)
        parts.append(_ties(parent, child, people[parent].to_numpy()[child], 0, calendar.n_months - 1))
    putative = history.putative
    parts.append(_ties("putative father", putative["child"], putative["man"], 0, calendar.n_months - 1))
    for tie, array in (("partner", history.partner), ("custodian", history.custodian)):
        person, first, last, other = stretches(array)
        parts.append(_ties(tie, person, other, first, last))
    ties = pd.concat(parts, ignore_index=True)
    return pd.DataFrame(
        {
            "entity_id": entity_ids(district, ties["person"]),
            "relationship": ties["tie"],
            "other_id": entity_ids(district, ties["other"]),
            "first_month": calendar.name(ties["first"]),
            "last_month": calendar.name(ties["last"]),
        }
    )


def event_table(history: History, district: int) -> pd.DataFrame:
    """One row for each thing that happened, by month."""
    events = history.events
    return pd.DataFrame(
        {
            "month": history.calendar.name(events["month"]),
            "event": events["kind"].to_numpy(dtype=object),
            "entity_id": entity_ids(district, events["person"]),
            "other_id": entity_ids(district, events["other"]),
            "from_household_id": household_ids(district, events["from_home"]),
            "to_household_id": household_ids(district, events["to_home"]),
        }
    )


def stretches(states: npt.NDArray[np.int32]) -> tuple[Ints, Ints, Ints, Ints]:
    """Column, first and last month, and state of every longest run of one state (months x columns); -1 is left out.

    >>> [part.tolist() for part in stretches(np.array([[5, 1], [5, 1], [6, -1]], np.int32))]
    [[0, 0, 1], [0, 2, 0], [1, 2, 1], [5, 6, 1]]
    """
    by_column = states.T
    begins = np.ones(by_column.shape, dtype=bool)
    begins[:, 1:] = by_column[:, 1:] != by_column[:, :-1]
    column, first = np.nonzero(begins)
    ends = np.append(first[1:], 0)
    last = np.where(ends == 0, len(states), ends) - 1
    state = by_column[column, first].astype(np.int64)
    kept = state != NOBODY
    return column[kept], first[kept], last[kept], state[kept]


def _ties(
    tie: str, person: npt.ArrayLike, other: npt.ArrayLike, first: npt.ArrayLike, last: npt.ArrayLike
) -> pd.DataFrame:
    person = np.asarray(person, np.int64)
    columns = {
        name: np.broadcast_to(np.asarray(value, np.int64), person.shape)
        for name, value in (("other", other), ("first", first), ("last", last))
    }
    return pd.DataFrame({"tie": np.full(len(person), tie, dtype=object), "person": person, **columns})


def _days(days: Ints) -> Texts:
    texts = np.where(days == NEVER, 0, days).astype("datetime64[D]").astype("U10").astype(object)
    texts[days == NEVER] = None
    return texts


def _traits(history: History) -> Texts:
    """What makes each person hard to tell apart, joined by blanks; None for most.

    ``twin``; ``generation`` (a suffix, or a parent or child of the same first and last name); ``double-surname``;
    ``changed-name`` (before or within the months); ``newborn`` (without a name or number at some time in the months).
    """
    people = history.people
    first, surname = people["first_name"].to_numpy(dtype=object), history.last_name[-1]
    named_alike = np.zeros(len(people), dtype=bool)
    for parent in ("mother", "father"):
        other = people[parent].to_numpy()
        child = np.flatnonzero(other >= 0)
        child = child[(first[child] == first[other[child]]) & (surname[child] == surname[other[child]])]
        named_alike[child] = named_alike[other[child]] = True
    twin = people["twin"].to_numpy()
    last_names = pd.Series(history.surnames[surname], dtype=object)
    marks: list[tuple[str, Mask]] = [
        ("twin", twin | np.append(twin[1:], False)),
        ("generation", named_alike | people["suffix"].notna().to_numpy()),
        (
            "double-surname",
            (
                last_names.str.contains("-")
                | (people["name_group"] == "spanish").to_numpy() & last_names.str.contains(" ")
            ).to_numpy(dtype=bool),
        ),
        (
            "changed-name",
            people["former_last_name"].notna().to_numpy() | (history.last_name != history.last_name[0]).any(axis=0),
        ),
        ("newborn", ((people["named_from"] > 0) | (people["ssn_from"] > 0)).to_numpy()),
    ]
    text = np.full(len(people), "", dtype=object)
    for name, mask in marks:
        text[mask] += " " + name
    joined: Texts = pd.Series(text, dtype=object).str.strip().to_numpy(dtype=object)
    joined[joined == ""] = None
    return joined
