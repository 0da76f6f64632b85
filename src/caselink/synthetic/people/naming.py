"""Who is called what: surnames by descent and marriage, first names by time, sons named for their fathers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from caselink.synthetic.draws import Floats, Ints, Mask, Streams, Texts
from caselink.synthetic.people.families import COUPLE, NOBODY
from caselink.synthetic.people.names import draw_first_names, draw_surnames, draw_surnames_like, is_spanish, write_names
from caselink.synthetic.people.namesakes import NamesakeShares, name_namesakes


@dataclass(frozen=True, slots=True, kw_only=True)
class NameShares:
    """How families pass names on; each is a share of the people it can happen to.

    Brothers and sisters of the same two parents are named by one draw, but for ``sibling_named_apart`` of the children
    (an assumption), who have one of their own; twins never.
    """

    partners_alike: float = 0.75
    mother_elsewhere_was_married: float = 0.25
    wife_takes_name: float = 0.72
    wife_joins_names: float = 0.06
    child_at_home_has_fathers: float = 0.93
    child_elsewhere_has_fathers: float = 0.5
    sibling_named_apart: float = 0.04
    child_has_both: float = 0.04
    spanish_has_both: float = 0.4
    grandmother_same_name: float = 0.8
    single_woman_was_married: float = 0.3
    no_middle_name: float = 0.15


def add_names(people: pd.DataFrame, shares: NameShares, streams: Streams) -> None:
    """Give ``people`` first, middle and last names, former last names and suffixes."""
    rows = _Rows(people)
    birth_surname = _draw_birth_surnames(rows, shares, streams)
    last = _joined_at_birth(rows, birth_surname, shares, streams)
    former = np.full(len(people), None, dtype=object)
    _marry(rows, last, former, birth_surname, shares, streams)
    people["last_name"], people["former_last_name"] = last, former
    _add_first_names(people, is_spanish(birth_surname), shares, streams)
    name_namesakes(people, NamesakeShares(), streams.within("namesakes"))


class _Rows:
    """Row numbers of the parts, and for each family the row of its first and last child."""

    def __init__(self, people: pd.DataFrame) -> None:
        self.n = len(people)
        self.twin = people["twin"].to_numpy()
        self.mother, self.father = people["mother"].to_numpy(), people["father"].to_numpy()
        self.home, self.kind = people["home"].to_numpy(), people["kind"].to_numpy()
        self.family, self.female = people["family"].to_numpy(), people["female"].to_numpy()
        part = people["part"].to_numpy()
        self.is_child = part == "child"
        self.mothers, self.children = np.flatnonzero(part == "mother"), np.flatnonzero(part == "child")
        self.elders, self.singles = np.flatnonzero(part == "grandparent"), np.flatnonzero(part == "single")
        family_of_child = self.mother[self.children]
        self.first_child = self.children[np.searchsorted(family_of_child, self.mothers)]
        self.last_child = self.children[np.searchsorted(family_of_child, self.mothers, side="right") - 1]


def _draw_birth_surnames(rows: _Rows, shares: NameShares, streams: Streams) -> Texts:
    """Everybody's own single surname; the mother's parents have hers, a child its father's or mother's."""
    names = draw_surnames(streams.rng("surnames"), rows.n)
    partner = names[rows.father[rows.first_child]]
    names[rows.mothers] = draw_surnames_like(streams.rng("mothers"), partner, alike=shares.partners_alike)
    names = write_names(streams.rng("spellings"), names, "surname")
    _hand_down(rows, names)
    men = rows.elders[~rows.female[rows.elders]]
    names[men] = names[rows.family[men]]
    at_home = rows.home[rows.father[rows.children]] == rows.home[rows.children]
    rate = np.where(at_home, shares.child_at_home_has_fathers, shares.child_elsewhere_has_fathers)
    from_father = _draw_together(rows, shares, streams.within("children"))[rows.children] < rate
    parent = np.where(from_father, rows.father[rows.children], rows.mother[rows.children])
    names[rows.children] = names[parent]
    return names


def _hand_down(rows: _Rows, names: Texts) -> None:
    """Give the grown up the surname of a father who is known, generation by generation."""
    grown_up = (rows.father != NOBODY) & ~rows.is_child
    grown_up &= ~np.isin(rows.father, rows.elders)  # who lives with the daughter gets her name below
    grandfather = np.append(rows.father, NOBODY)[rows.father]
    for generation in (grown_up & (grandfather == NOBODY), grown_up & (grandfather != NOBODY)):
        names[generation] = names[rows.father[generation]]


def _joined_at_birth(rows: _Rows, surnames: Texts, shares: NameShares, streams: Streams) -> Texts:
    """Last names with the second part that some have: ``GARCIA LOPEZ`` in Spanish use, ``SMITH-JONES`` otherwise."""
    second = draw_surnames_like(streams.rng("second surnames"), surnames, alike=1.0)
    second = write_names(streams.rng("second spellings"), second, "surname")
    known = rows.mother != NOBODY
    second[known] = surnames[rows.mother[known]]
    spanish = is_spanish(surnames) & is_spanish(second)
    rate = np.where(spanish, shares.spanish_has_both, np.where(rows.is_child, shares.child_has_both, 0.0))
    both = (_draw_together(rows, shares, streams.within("both names")) < rate) & (surnames != second)
    last = surnames.copy()
    last[both] = surnames[both] + np.where(spanish[both], " ", "-").astype(object) + second[both]
    return last


def _draw_together(rows: _Rows, shares: NameShares, streams: Streams) -> Floats:
    """A number between 0 and 1 for each person: one for all children of the same two parents, bar a few, and twins."""
    people = np.arange(rows.n)
    pair = np.where((rows.mother >= 0) & (rows.father >= 0), rows.mother * rows.n + rows.father, -1 - people)
    eldest = np.unique(pair, return_index=True)[1][np.unique(pair, return_inverse=True)[1]]
    apart = streams.rng("apart").random(rows.n) < shares.sibling_named_apart
    by = np.where(apart, people, eldest)
    firstborn = np.maximum.accumulate(np.where(rows.twin, 0, people))
    return np.asarray(streams.rng("together").random(rows.n)[by[firstborn]])


def _marry(rows: _Rows, last: Texts, former: Texts, surnames: Texts, shares: NameShares, streams: Streams) -> None:
    """Change the last names of women who married, and keep the name from before."""
    rng = streams.rng("marriages")
    couple = rows.kind[rows.mothers] == COUPLE
    married = couple | (rng.random(len(rows.mothers)) < shares.mother_elsewhere_was_married)
    husband = np.where(couple, rows.father[rows.last_child], rows.father[rows.first_child])
    choice = rng.random(len(rows.mothers))
    takes = married & (choice < shares.wife_takes_name)
    joins = married & ~takes & (choice < shares.wife_takes_name + shares.wife_joins_names)
    wives, wives_joining = rows.mothers[takes], rows.mothers[joins]
    _rename(wives, surnames[husband[takes]], last, former)
    _rename(wives_joining, surnames[wives_joining] + "-" + surnames[husband[joins]], last, former)
    elder = rows.elders[rows.female[rows.elders]]
    elder = elder[rng.random(len(elder)) < shares.grandmother_same_name]
    _rename(elder, surnames[rows.family[elder]], last, former)
    single = rows.singles[rows.female[rows.singles]]
    single = single[rng.random(len(single)) < shares.single_woman_was_married]
    _rename(single, draw_surnames_like(rng, surnames[single], alike=shares.partners_alike), last, former)


def _rename(rows: Ints, names: Texts, last: Texts, former: Texts) -> None:
    changed = last[rows] != names
    former[rows[changed]] = last[rows[changed]]
    last[rows] = names


def _add_first_names(people: pd.DataFrame, spanish: Mask, shares: NameShares, streams: Streams) -> None:
    """First and middle names by sex and decade; children of one mother have different first names."""
    female, year = people["female"].to_numpy(), people["birth_year"].to_numpy()
    first, middle = (
        draw_first_names(streams.rng(column), female=female, birth_year=year, spanish=spanish)
        for column in ("first_name", "middle_name")
    )
    rng = streams.rng("siblings")
    for _ in range(4):
        same = np.flatnonzero(_named_as_sibling(people, first))
        first[same] = draw_first_names(rng, female=female[same], birth_year=year[same], spanish=spanish[same])
    people["first_name"] = write_names(streams.rng("first name spellings"), first, "first", spanish)
    middle = write_names(streams.rng("middle name spellings"), middle, "first", spanish)
    middle[streams.rng("no middle name").random(len(people)) < shares.no_middle_name] = None
    people["middle_name"] = middle


def _named_as_sibling(people: pd.DataFrame, first_names: Texts) -> Mask:
    """Who has the first name of somebody above with the same mother, or among the grown up with the same father."""
    names = pd.factorize(first_names)[0]
    grown_up = (people["part"] != "child").to_numpy()
    named = np.zeros(len(people), dtype=bool)
    for column, among in (("mother", True), ("father", grown_up)):
        parent = people[column].to_numpy()
        rows = np.flatnonzero((parent != NOBODY) & among)
        named[rows] |= pd.Series(parent[rows] * len(people) + names[rows]).duplicated().to_numpy()
    return named
