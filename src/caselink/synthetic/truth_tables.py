"""The truth as tables: who the people of a district are, where they live, how they are related, what happened.

Persons and homes go by their ids, months are written ``YYYY-MM``; a row that holds for a stretch of months has its
``first_month`` and ``last_month``, both included.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.synthetic.draws import Ints, Mask, Texts, digits
from caselink.synthetic.history import NEVER, History
from caselink.synthetic.keying.rates import AGE_GROUPS
from caselink.synthetic.numbering import entity_ids, household_ids
from caselink.synthetic.people.families import NOBODY, YEAR
from caselink.synthetic.people.timeline import OTHER_IS_NO_PERSON
from caselink.synthetic.programs.spells import spells


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
    age = np.maximum(0, history.calendar.last_days()[-1] - birth) / YEAR
    groups = np.array(list(AGE_GROUPS), dtype=object)
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
            "age_group": groups[np.searchsorted(list(AGE_GROUPS.values()), age, side="right") - 1],
            "traits": _traits(history),
        }
    )


def household_table(history: History, district: int) -> pd.DataFrame:
    """One row for each stretch of months that a person lived in one household."""
    person, first, last, home = spells(history.home).to_numpy(np.int64).T
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
        person, first, last, other = spells(array).to_numpy(np.int64).T
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
    """One row for each thing that happened, by month, as told in ``EVENT_KINDS``.

    ``other_id`` is a person, and blank for kinds whose other is an address, a name or an employer. Homes are those of
    that moment: one entered and left within a month is no home of the table of households, which tells of month's ends.
    """
    events = history.events
    other = np.where(events["kind"].isin(OTHER_IS_NO_PERSON), NOBODY, events["other"])
    return pd.DataFrame(
        {
            "month": history.calendar.name(events["month"]),
            "event": events["kind"].to_numpy(dtype=object),
            "entity_id": entity_ids(district, events["person"]),
            "other_id": entity_ids(district, other),
            "from_household_id": household_ids(district, events["from_home"]),
            "to_household_id": household_ids(district, events["to_home"]),
        }
    )


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

    ``twin``; ``generation`` (a suffix, or the first and last name of a parent or child); ``namesake`` (those of a
    grandparent, grandchild or cousin); ``double-surname``; ``changed-name`` (before or within the months); ``newborn``
    (without a name or a number at some time in the months).
    """
    people = history.people
    first, last = people["first_name"].to_numpy(dtype=object), history.last_name[-1]
    name = pd.factorize(pd.MultiIndex.from_arrays([first, last]))[0]
    parents = [people[parent].to_numpy(np.int64) for parent in ("mother", "father")]
    grandparents = [np.where(one >= 0, other[one], NOBODY) for one in parents for other in parents]
    twin, texts = people["twin"].to_numpy(bool), pd.Series(history.surnames[last], dtype=object)
    spanish = (people["name_group"] == "spanish").to_numpy()
    double = texts.str.contains("-").to_numpy(bool) | (spanish & texts.str.contains(" ").to_numpy(bool))
    renamed = people["former_last_name"].notna().to_numpy() | (history.last_name != history.last_name[0]).any(axis=0)
    marks: list[tuple[str, Mask]] = [
        ("twin", twin | np.append(twin[1:], False)),
        ("generation", _named_as(name, parents) | people["suffix"].notna().to_numpy()),
        ("namesake", _named_as(name, grandparents) | _cousins_alike(name, grandparents)),
        ("double-surname", double),
        ("changed-name", renamed),
        ("newborn", ((people["named_from"] > 0) | (people["ssn_from"] > 0)).to_numpy()),
    ]
    text = np.full(len(people), "", dtype=object)
    for trait, mask in marks:
        text[mask] += " " + trait
    joined: Texts = np.array([traits.strip() or None for traits in text], dtype=object)
    return joined


def _named_as(name: Ints, elders: list[Ints]) -> Mask:
    """People who share their name with one of their elders, and those elders."""
    alike = np.zeros(len(name), dtype=bool)
    for elder in elders:
        young = np.flatnonzero(elder >= 0)
        young = young[name[young] == name[elder[young]]]
        alike[young] = alike[elder[young]] = True
    return alike


def _cousins_alike(name: Ints, grandparents: list[Ints]) -> Mask:
    """People who share their name with another grandchild of one of their grandparents."""
    rows = np.tile(np.arange(len(name)), len(grandparents))
    kin = pd.DataFrame({"row": rows, "elder": np.concatenate(grandparents), "name": np.tile(name, len(grandparents))})
    kin = kin[kin["elder"] >= 0].drop_duplicates()
    alike = np.zeros(len(name), dtype=bool)
    alike[kin.loc[kin.duplicated(["elder", "name"], keep=False), "row"]] = True
    return alike
