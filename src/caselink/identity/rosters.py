"""Rosters: who was seen living together, as one source told it, over a stretch of months.

A *sighting* is one record in one case (or in none) over a stretch of months. A case is cut into rosters wherever
somebody comes or goes, so a roster always holds the same people; a month more of the same people makes it longer, not
two. People of no case are seen at their address: those whom one source saw at one address in one stretch of months
are a roster too, unless very many families are at that address.

Sightings are rows of whole numbers, -1 where not known: ``record`` (canonical position), ``person``, ``source``,
``case``, ``first`` and ``last`` (months counted from year 0), ``role``, ``lives`` (1 told to live with the case, 0 told
not to), ``place`` (an address), ``surname``, ``born`` (a month).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.identity.family_roles import ABSENT, CHILD, DEPENDENT, INSTITUTION, in_charge
from caselink.identity.roster_residence import settle_residence

Ints = npt.NDArray[np.int64]

SIGHTING_COLUMNS = (
    "record",
    "person",
    "source",
    "case",
    "first",
    "last",
    "role",
    "lives",
    "place",
    "surname",
    "born",
)
MOST_PEOPLE = 30
"""A case with more people at one time is a list, not a family."""
MOST_FAMILIES = 10
"""An address with this many last names within a year is a shelter or an institution, not a household. (The decennial
censuses of 1980 to 2000 drew the line between a household and group quarters at ten unrelated people.)"""
FEW_FAMILIES = 3
"""Up to so many last names at one address may be one household without a case that says so."""
_YEAR = 12


@dataclass(frozen=True, slots=True)
class Rosters:
    """``table``: one row a roster (``source, case, first, last, place, people``), in canonical order.

    ``seats``: who sits in which since when (``roster, sighting, record, person, role, lives, born, since``), a person
    once in each.
    ``apart``: pairs of rosters that are never one household: where a parent lives who is told to live elsewhere.
    ``crowded`` flags the addresses of shelters; ``notices`` counts what was odd.
    """

    table: pd.DataFrame = field(repr=False)
    seats: pd.DataFrame = field(repr=False)
    apart: tuple[Ints, Ints] = field(repr=False)
    crowded: npt.NDArray[np.bool_] = field(repr=False)
    families: Ints = field(repr=False)
    notices: dict[str, int]


def make_rosters(sightings: pd.DataFrame, mailing: npt.NDArray[np.bool_] | None = None) -> Rosters:
    """Cut cases into rosters, and gather the people of no case by their address.

    At an address of ``mailing`` only people of one last name are taken together.
    """
    sightings = sightings.reset_index(drop=True)
    sightings["case"] = sightings["case"].to_numpy(np.int64)
    sightings["lives"] = settle_residence(sightings)
    families = _families_at(sightings)
    crowded = families >= MOST_FAMILIES
    if mailing is not None:
        families[np.flatnonzero(mailing)] = np.maximum(families[np.flatnonzero(mailing)], FEW_FAMILIES + 1)
    lists = _too_many(sightings)
    n_lists = len(sightings.loc[lists, ["source", "case"]].drop_duplicates())
    sightings.loc[lists, "case"] = -1
    in_case = (sightings["lives"] != 0) & (sightings["case"] >= 0)
    cases = _cut_cases(sightings[in_case])
    alone = _gather_places(sightings[~in_case & (sightings["role"] != INSTITUTION)], families, sightings[in_case])
    seats = _append(cases, alone)
    seats = _append(seats, _seat_the_rest(sightings, seats))
    seats, doubled = _one_seat_each(seats, sightings)
    table = _describe(seats, sightings)
    table.loc[crowded[table["place"].to_numpy()] & (table["place"] >= 0).to_numpy(), "place"] = -1
    notices = {
        "people in two roles of one case": doubled,
        f"cases with more than {MOST_PEOPLE} people at one time": n_lists,
        f"addresses with {MOST_FAMILIES} or more families at one time": int(crowded[:-1].sum()),
        "case ids given to another family": _reused(table, seats),
        "memberships that overlap with another of the same record and case": _overlaps(sightings),
        "children older than who is in charge": _older_children(seats),
    }
    return Rosters(table, seats, _apart(table, seats, sightings), crowded, families, notices)


def _families_at(sightings: pd.DataFrame) -> Ints:
    """For each address the most last names (nameless people one by one) within a year; one more entry, 0, for none."""
    known = sightings[(sightings["place"] >= 0)]
    name = np.where(known["surname"] >= 0, known["surname"], -2 - known["person"])
    rows = pd.DataFrame({"place": known["place"], "year": known["last"] // _YEAR, "name": name}).drop_duplicates()
    most = rows.groupby(["place", "year"]).size().groupby("place").max()
    counts = np.zeros(int(sightings["place"].max() if len(sightings) else -1) + 2, np.int64)
    counts[most.index.to_numpy()] = most.to_numpy()
    return counts


def _too_many(sightings: pd.DataFrame) -> pd.Series[Any]:
    """Sightings of cases that have too many people at one time."""
    rows = sightings.loc[sightings["case"] >= 0, ["source", "case", "person", "first", "last"]]
    sizes = rows.groupby(["source", "case"])["person"].nunique()
    suspect = sizes[sizes > MOST_PEOPLE].index
    flags = pd.Series(np.zeros(len(sightings), np.bool_), index=sightings.index)
    if not len(suspect):
        return flags
    rows = rows[pd.MultiIndex.from_frame(rows[["source", "case"]]).isin(suspect)]
    starts = rows[["source", "case", "first"]].drop_duplicates().rename(columns={"first": "month"})
    at = starts.merge(rows, on=["source", "case"])
    at = at[(at["first"] <= at["month"]) & (at["last"] >= at["month"])]
    crowds = at.groupby(["source", "case", "month"])["person"].nunique()
    large = pd.MultiIndex.from_frame(crowds[crowds > MOST_PEOPLE].reset_index()[["source", "case"]])
    return pd.Series(pd.MultiIndex.from_frame(sightings[["source", "case"]]).isin(large), index=sightings.index)


def _cut_cases(rows: pd.DataFrame) -> pd.DataFrame:
    """Seats (``roster, sighting, first, last``) of cases, cut at every month when somebody comes or goes."""
    if not len(rows):
        return pd.DataFrame({name: np.zeros(0, np.int64) for name in ("roster", "sighting", "first", "last")})
    case = number_rows(rows["source"], rows["case"])
    low, span = int(rows["first"].min()), int(rows["last"].max() - rows["first"].min() + 3)
    begin = case * span + rows["first"].to_numpy() - low
    after = case * span + rows["last"].to_numpy() + 1 - low
    cuts = np.unique(np.concatenate([begin, after]))
    left, right = np.searchsorted(cuts, begin), np.searchsorted(cuts, after)
    counts = right - left
    segment = np.repeat(left - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts) + np.arange(counts.sum())
    sighting = np.repeat(rows.index.to_numpy(), counts)
    seats = pd.DataFrame(
        {
            "roster": segment,
            "sighting": sighting,
            "first": cuts[segment] % span + low,
            "last": cuts[segment + 1] % span + low - 1,
        }
    )
    return _join_equal(seats, rows)


def _join_equal(seats: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Segments of one case that follow one another with the same people, roles and address become one."""
    what = rows.loc[seats["sighting"], ["source", "case", "person", "role", "place"]].reset_index(drop=True)
    seats = pd.concat([seats, what], axis=1)
    prints = pd.util.hash_pandas_object(what[["person", "role", "place"]], index=False)
    whole = seats.assign(print=prints).drop_duplicates(["roster", "person", "role", "place"])
    table = whole.groupby("roster").agg(
        source=("source", "first"),
        case=("case", "first"),
        first=("first", "first"),
        last=("last", "first"),
        print=("print", "sum"),
    )
    same = (table[["source", "case", "print"]] == table[["source", "case", "print"]].shift()).all(axis=1)
    goes_on = same & (table["first"] == table["last"].shift() + 1)
    number = (~goes_on).cumsum() - 1
    spans = table.groupby(number).agg(first=("first", "min"), last=("last", "max"))
    seats["roster"] = number.loc[seats["roster"]].to_numpy()
    seats["first"] = spans["first"].loc[seats["roster"]].to_numpy()
    seats["last"] = spans["last"].loc[seats["roster"]].to_numpy()
    return seats[["roster", "sighting", "first", "last"]]


def _gather_places(rows: pd.DataFrame, families: Ints, in_case: pd.DataFrame) -> pd.DataFrame:
    """Seats of people who are in no case: those whom one source saw at one address at one time sit together.

    A parent who lives elsewhere sits at their own address, alone; at the address of the case they sit nowhere, because
    the case says that they do not live there.
    """
    rows = rows[(rows["place"] >= 0) & (families[rows["place"].to_numpy()] < MOST_FAMILIES)]
    home = in_case[["source", "case", "place"]].drop_duplicates()
    absent = (rows["lives"] == 0) & (rows["case"] >= 0)
    at_home = pd.MultiIndex.from_frame(rows[["source", "case", "place"]]).isin(pd.MultiIndex.from_frame(home))
    rows, absent = rows[~(absent & at_home)], absent[~(absent & at_home)]
    several = families[rows["place"].to_numpy()] > FEW_FAMILIES
    name = np.where(rows["surname"] >= 0, rows["surname"], -2 - rows["person"])
    company = np.where(absent, rows["person"], np.where(several, name, -1))
    kind = np.where(absent, 2, np.where(several, 1, 0))
    roster = number_rows(*(rows[name] for name in ("source", "place", "first", "last")), kind, company)
    return pd.DataFrame({"roster": roster, "sighting": rows.index, "first": rows["first"], "last": rows["last"]})


def number_rows(*columns: npt.ArrayLike) -> Ints:
    """A number for each row of whole numbers: equal rows have one, and they count up in the order of the columns.

    >>> number_rows([2, 1, 2, 1], [7, 9, 7, 8]).tolist()
    [2, 1, 2, 0]
    """
    table = np.stack([np.asarray(column, np.int64) for column in columns])
    order = np.lexsort(table[::-1])
    ordered = table[:, order]
    new = np.ones(len(order), np.bool_)
    new[1:] = (ordered[:, 1:] != ordered[:, :-1]).any(axis=0)
    numbers = np.empty(len(order), np.int64)
    numbers[order] = np.cumsum(new) - 1
    return numbers


def _append(seats: pd.DataFrame, more: pd.DataFrame) -> pd.DataFrame:
    """Seats of further rosters, numbered on."""
    begin = int(seats["roster"].max()) + 1 if len(seats) else 0
    return pd.concat([seats, more.assign(roster=more["roster"] + begin)], ignore_index=True)


def _seat_the_rest(sightings: pd.DataFrame, seats: pd.DataFrame) -> pd.DataFrame:
    """People whom nothing places sit alone: as far as is known, each is a household."""
    seated = sightings["person"].to_numpy()[seats["sighting"].to_numpy()]
    rest = sightings[~sightings["person"].isin(seated)].sort_values(["person", "last", "record"])
    rest = rest.drop_duplicates("person", keep="last")
    alone = {"roster": np.arange(len(rest)), "sighting": rest.index, "first": rest["first"], "last": rest["last"]}
    return pd.DataFrame(alone)


def _one_seat_each(seats: pd.DataFrame, sightings: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """A person sits once in a roster, in the role of most charge; and how many people had two roles in one case."""
    what = sightings.loc[seats["sighting"], ["record", "person", "role", "lives", "born", "first"]]
    what = what.rename(columns={"first": "since"}).reset_index(drop=True)
    seats = pd.concat([seats.reset_index(drop=True), what], axis=1)
    order = np.lexsort((seats["sighting"], seats["role"], seats["person"], seats["roster"]))
    seats = seats.iloc[order]
    roles = sightings[sightings["case"] >= 0].groupby(["source", "case", "person"])["role"].agg(["min", "max"])
    overlap = seats.duplicated(["roster", "person"], keep=False) & (
        sightings["case"].to_numpy()[seats["sighting"]] >= 0
    )
    odd = seats[overlap].groupby(["roster", "person"])["role"].nunique()
    absent_too = int(((roles["max"] == ABSENT) & (roles["min"] < ABSENT)).sum())
    doubled = odd[odd > 1].index.get_level_values(1).nunique() + absent_too
    return seats.drop_duplicates(["roster", "person"]).reset_index(drop=True), doubled


def _describe(seats: pd.DataFrame, sightings: pd.DataFrame) -> pd.DataFrame:
    """One row a roster; its address is that of those in charge, else that of most people (of equals: the first)."""
    what = sightings.loc[seats["sighting"], ["source", "case", "place"]].reset_index(drop=True)
    rows = pd.concat([seats[["roster", "first", "last"]], what], axis=1)
    table = rows.groupby("roster").agg(
        source=("source", "first"),
        case=("case", "max"),
        first=("first", "min"),
        last=("last", "max"),
        people=("source", "size"),
    )
    rows["charge"] = in_charge(seats["role"].to_numpy(np.int64))
    places = rows[rows["place"] >= 0].groupby(["roster", "place"])["charge"].agg(["sum", "size"]).reset_index()
    places = places.sort_values(["roster", "sum", "size", "place"], ascending=[True, False, False, True])
    places = places.drop_duplicates("roster")
    table["place"] = places.set_index("roster")["place"].reindex(table.index).fillna(-1).astype(np.int64)
    absent = (seats["lives"] == 0).groupby(seats["roster"]).any()
    table["absent"] = absent.reindex(table.index).to_numpy()
    table.loc[table["absent"], "case"] = -1
    return table.reset_index(drop=True)


def _apart(table: pd.DataFrame, seats: pd.DataFrame, sightings: pd.DataFrame) -> tuple[Ints, Ints]:
    """Wherever a parent who lives elsewhere sits, beside the rosters of the case that says so, in the same months.

    Not where who is in charge of the case sits beside the parent: there two sources contradict one another.
    """
    absent = sightings.loc[(sightings["lives"] == 0) & (sightings["case"] >= 0)]
    told = absent[["person", "source", "case", "first", "last"]].drop_duplicates()
    sits = seats[["roster", "person"]].join(table[["first", "last"]], on="roster")
    there = _meet(told, sits, ["person"])[["roster", "source", "case", "first", "last"]].drop_duplicates()
    cases = table.loc[table["case"] >= 0, ["source", "case", "first", "last"]].rename_axis("home").reset_index()
    both = _meet(there, cases, ["source", "case"])[["roster", "home"]].drop_duplicates()
    both = both[both["roster"] != both["home"]]
    core = seats.loc[in_charge(seats["role"].to_numpy(np.int64)), ["roster", "person"]]
    beside = both.rename_axis("pair").reset_index().rename(columns={"roster": "there"})
    beside = beside.merge(core, left_on="home", right_on="roster").drop(columns="roster")
    beside = beside.rename(columns={"there": "roster"}).merge(seats[["roster", "person"]], on=["roster", "person"])
    both = both.drop(beside["pair"].unique())
    return both["roster"].to_numpy(np.int64), both["home"].to_numpy(np.int64)


def _meet(one: pd.DataFrame, other: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Rows of both that have the same ``keys`` and months in common; the months are those in common."""
    both = one.merge(other, on=keys, suffixes=("", "_other"))
    both = both[(both["first"] <= both["last_other"]) & (both["first_other"] <= both["last"])]
    first, last = both[["first", "first_other"]].max(axis=1), both[["last", "last_other"]].min(axis=1)
    return both.assign(first=first, last=last)


def _overlaps(sightings: pd.DataFrame) -> int:
    """Stretches of a record in a case that begin before the one before has ended."""
    keys = ["record", "case"]
    told = sightings[sightings["case"] >= 0].sort_values([*keys, "first", "last"])
    until = told.groupby(keys)["last"].cummax().groupby([told[key] for key in keys]).shift()
    return int((told["first"] <= until).sum())


def _older_children(seats: pd.DataFrame) -> int:
    """People who are a child in a roster and were born before everybody in charge of it."""
    born, role = seats["born"].to_numpy(np.int64), seats["role"].to_numpy(np.int64)
    heads = seats[(born >= 0) & in_charge(role)].groupby("roster")["born"].min()
    children = seats[(born >= 0) & np.isin(role, (CHILD, DEPENDENT))]
    head = heads.reindex(children["roster"]).to_numpy()
    return int(children.loc[(children["born"] < head), "person"].nunique())


def _reused(table: pd.DataFrame, seats: pd.DataFrame) -> int:
    """Cases that went on with none of the people that they had before."""
    cases = table[table["case"] >= 0].sort_values(["source", "case", "first"])
    before = cases[["source", "case"]].eq(cases[["source", "case"]].shift()).all(axis=1)
    pairs = pd.DataFrame({"roster": cases.index[1:], "earlier": cases.index[:-1]})[before.to_numpy()[1:]]
    held = seats[["roster", "person"]]
    shared = pairs.merge(held, on="roster").merge(held, left_on=["earlier", "person"], right_on=["roster", "person"])
    return len(pairs) - shared[["roster_x", "earlier"]].drop_duplicates().shape[0] if len(pairs) else 0
