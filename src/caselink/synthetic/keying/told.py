"""What people told and papers said when a record was keyed: the truth of one month, or of before the first month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.synthetic.draws import Ints, Mask, Streams, Texts
from caselink.synthetic.history import History
from caselink.synthetic.keying.rates import AGE_GROUPS
from caselink.synthetic.people.families import NOBODY, YEAR
from caselink.synthetic.people.population import Population

NO_SSN = -1
ADDRESS_COLUMNS = ("house_no", "street", "unit", "city", "zip", "phone")
MAILING_COLUMNS = tuple(f"mailing_{column}" for column in ADDRESS_COLUMNS if column != "phone")
NAME_COLUMNS = ("first_name", "middle_name", "last_name", "suffix")
FACT_COLUMNS = ("birth_year", "birth_month", "birth_day", "ssn", "sex")
RELATIVE_IS_SIBLING = 0.4

State = npt.NDArray[np.integer[Any]]
"""How things stand, months x people (or one row of it); -1 for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One row a record to be keyed.

    ``names``, ``facts`` (birth date, number, sex): columns as they are true, names with their marks. Numbers are -1,
    and texts None, where there is none yet. ``former_last_name``: one that could be given in place of the last name.
    ``relatives_ssn`` and ``twins_ssn``: a number that could be, or -1; ``relatives_birth``: ``birth_year``,
    ``birth_month`` and ``birth_day`` of a relative, 0 for none; ``pair``: what a person and the twin have in common.
    ``address``, ``old_address`` and ``mailing_address`` are rows of ``addresses``; the last is -1 where mail comes
    home. ``age`` is in whole years, ``groups`` as in :data:`~caselink.synthetic.keying.rates.SUBGROUPS`.
    """

    names: Mapping[str, Texts]
    facts: Mapping[str, Any]
    former_last_name: Texts
    relatives_ssn: Ints
    relatives_birth: Mapping[str, Ints]
    twins_ssn: Ints
    pair: Ints
    addresses: Mapping[str, Texts]
    address: Ints
    old_address: Ints
    mailing_address: Ints
    age: Ints
    female: Mask
    groups: Mapping[str, Texts]


def told_of_population(population: Population, rows: Ints, streams: Streams) -> Told:
    """What is told of people who do not change; ``rows`` are people, as often as they have records."""
    truth = population.people.take(rows)
    home = truth["home"].to_numpy(np.int64)
    names = {column: _texts(truth[column]) for column in NAME_COLUMNS}
    age = truth["age"].to_numpy(np.int64)
    return Told(
        names=names,
        former_last_name=_texts(truth["former_last_name"]),
        facts=_facts(truth),
        **_kin(population.people, rows, streams),
        addresses=_columns(population.addresses),
        address=home,
        old_address=home + population.n_homes,
        mailing_address=np.full(len(rows), NOBODY),
        age=age,
        female=truth["female"].to_numpy(bool),
        groups=_groups(truth, age),
    )


def told_of_history(history: History, person: Ints, month: Ints, streams: Streams) -> Told:
    """What is told of ``person`` in ``month``; below 0 is some time before the first month.

    A newborn without a name or a number yet has none. Who has died or left is told of as last seen.
    """
    truth = history.people.take(person)
    seen = np.maximum(month, 0)
    age = _age(history, truth, month)
    first_and_middle = {column: _texts(truth[column]) for column in ("first_name", "middle_name", "suffix")}
    for column in ("first_name", "middle_name"):
        first_and_middle[column][seen < truth["named_from"].to_numpy()] = None
    last_name, former_last_name = _last_names(history, person, month)
    facts = _facts(truth)
    facts["ssn"][seen < truth["ssn_from"].to_numpy()] = NO_SSN
    return Told(
        names=first_and_middle | {"last_name": last_name},
        former_last_name=former_last_name,
        facts=facts,
        **_kin(history.people, person, streams),
        addresses=_columns(history.addresses),
        **_addresses(history, person, month),
        age=age,
        female=truth["female"].to_numpy(bool),
        groups=_groups(truth, age),
    )


def _columns(addresses: pd.DataFrame) -> dict[str, Texts]:
    return {column: _texts(addresses[column]) for column in ADDRESS_COLUMNS}


def _texts(column: pd.Series) -> Texts:
    texts: Texts = column.to_numpy(dtype=object, copy=True)
    texts[column.isna().to_numpy()] = None
    return texts


def _facts(truth: pd.DataFrame) -> dict[str, Any]:
    numbers = {column: truth[column].to_numpy(np.int64, copy=True) for column in FACT_COLUMNS if column != "sex"}
    return {**numbers, "sex": _texts(truth["sex"])}


def _age(history: History, truth: pd.DataFrame, month: Ints) -> Ints:
    """Whole years at the end of the month; a month before the first is taken for the year before."""
    day = history.calendar.last_days()[np.maximum(month, 0)] - np.where(month < 0, 365, 0)
    return np.asarray(np.maximum(0, (day - truth["birth"].to_numpy(np.int64)) // YEAR), dtype=np.int64)


def _groups(truth: pd.DataFrame, age: Ints) -> dict[str, Texts]:
    place = np.searchsorted(list(AGE_GROUPS.values()), age, side="right") - 1
    groups = {column: _texts(truth[column]) for column in ("sex", "name_group") if column in truth}
    return {**groups, "age_group": np.array(list(AGE_GROUPS), dtype=object)[place]}


def _kin(people: pd.DataFrame, person: Ints, streams: Streams) -> dict[str, Any]:
    """Numbers and birth dates of relatives that may stand in a person's record."""
    numbers = np.append(people["ssn"].to_numpy(np.int64), NO_SSN)
    relative, twin = _relatives(people, streams), _twins(people)
    pair = np.where(twin == NOBODY, np.arange(len(people)), np.minimum(twin, np.arange(len(people))))
    return {
        "relatives_ssn": numbers[relative][person],
        "relatives_birth": {
            part: np.append(people[part].to_numpy(np.int64), 0)[relative][person] for part in FACT_COLUMNS[:3]
        },
        "twins_ssn": numbers[twin][person],
        "pair": pair[person],
    }


def _relatives(people: pd.DataFrame, streams: Streams) -> Ints:
    """Whose number may stand in a person's record: the mother's, or that of the sibling before; -1 for none."""
    mother = people["mother"].to_numpy(np.int64)
    order = np.argsort(mother, kind="stable")
    sibling = np.full(len(people), NOBODY)
    follows = (mother[order[1:]] == mother[order[:-1]]) & (mother[order[1:]] != NOBODY)
    sibling[order[1:][follows]] = order[:-1][follows]
    from_sibling = (sibling != NOBODY) & (streams.rng("which relative").random(len(people)) < RELATIVE_IS_SIBLING)
    return np.where(from_sibling, sibling, mother)


def _twins(people: pd.DataFrame) -> Ints:
    """The row of each person's twin, -1 for none; the third of triplets has the second."""
    twin, rows = people["twin"].to_numpy(bool), np.arange(len(people))
    follows = np.append(twin[1:], False)
    return np.where(twin, rows - 1, np.where(follows, rows + 1, NOBODY))


def _last_names(history: History, person: Ints, month: Ints) -> tuple[Texts, Texts]:
    """The last name told, and one from before that could be told by mistake."""
    former_texts = _texts(history.people["former_last_name"])
    codes, distinct = pd.factorize(np.concatenate([history.surnames, former_texts]))
    names = np.append(np.asarray(distinct, dtype=object), np.array([None], dtype=object))
    former, last_name = codes[len(history.surnames) :], codes[_filled(history.last_name)]
    earlier, seen = _earlier(last_name, former), np.maximum(month, 0)
    told = np.where((month < 0) & (former[person] >= 0), former[person], last_name[seen, person])
    before = np.where(month < 0, NOBODY, earlier[seen, person])
    return names[told], names[before]


def _addresses(history: History, person: Ints, month: Ints) -> dict[str, Any]:
    """Rows of the address told, of the one before it, and of where mail goes."""
    home = _filled(history.home)
    months = np.arange(len(home))[:, None]
    address = np.where(home >= 0, history.home_address[months, home], NOBODY)
    first = np.where(home[0] >= 0, history.earlier_address[home[0]], NOBODY)
    earlier = _earlier(address, first)
    seen = np.maximum(month, 0)
    now = np.where((month < 0) & (first[person] >= 0), first[person], address[seen, person])
    before = earlier[seen, person]
    mail = history.mailing_address[home[seen, person]]
    return {
        "address": now.astype(np.int64),
        "old_address": np.where((month < 0) | (before < 0), now, before).astype(np.int64),
        "mailing_address": np.where((month < 0) | (home[seen, person] < 0), NOBODY, mail).astype(np.int64),
    }


def _filled(states: State) -> State:
    """States (months x people) with -1 replaced by the state last seen, or else by the first one to come."""
    filled = states.copy()
    for month in range(1, len(filled)):
        filled[month] = np.where(filled[month] < 0, filled[month - 1], filled[month])
    for month in range(len(filled) - 2, -1, -1):
        filled[month] = np.where(filled[month] < 0, filled[month + 1], filled[month])
    return filled


def _earlier(states: State, first: State) -> State:
    """For each month and person the last state that was another than the present one; ``first`` where there is none."""
    earlier = np.empty_like(states)
    earlier[0] = first
    for month in range(1, len(states)):
        earlier[month] = np.where(states[month] != states[month - 1], states[month - 1], earlier[month - 1])
    return earlier
