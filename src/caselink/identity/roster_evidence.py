"""What two rosters say of one another: are they one household? In bits, as between records.

Two rosters speak for one household when the same people sit in both, or people of one name at one address. One person
alone may also have left: so a single shared person at another address counts as the odds that people stay where they
are, which fall with the months between, and by whether the roles fit: who was a child there and heads a household here
has left. How well roles fit is learned from the data itself, without labels: where a household surely goes on (two
people or the address are the same), some of its people are found elsewhere, and they are what leaving looks like.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.identity.family_roles import ADULT_MONTHS, CHILD, DEPENDENT, MEMBER, in_charge
from caselink.identity.rosters import FEW_FAMILIES, Rosters

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
ComparePlaces = Callable[[Ints, Ints], Ints]
"""Of two arrays of records: 1 where their addresses are one, 0 where they differ, -1 where one is not known."""

CAP_BITS = 10.0
HALF_LIFE_MONTHS = 60
"""After so long half of all people live elsewhere: about one in seven moved each year (American Community Survey,
one-year migration rates of the 2010s, about 14 %)."""
LAG_MONTHS = 3
"""How old an address is when a program writes it down; keeps the odds of two rosters of one month finite."""
NEXT_BITS = 6.0
"""What each further shared person says: that one more has left for the same household by himself, 1 in 64."""
NAME_BITS = 5.0
TWO_HEADS_BITS = -NEXT_BITS
"""At most this where two rosters at two addresses share children only, each with a head of its own: as strong as a
shared person, so that one more file that has the child alone does not outvote it. Where an address is not known, such
rosters are no evidence."""
UNKNOWN_PLACE_BITS = 2.0
_WINDOW = 12  # a person's or an address's rosters are compared with so many that follow in time
_FAR_MONTHS = 36
_PRIOR = 20.0  # pairs that stand behind "roles say nothing" before any is seen
KINDS = 4  # of seats: in charge, child, another grown person, not known


@dataclass(frozen=True, slots=True)
class Evidence:
    """Pairs of rosters and what they say.

    ``pairs``: ``left, right`` (rosters), ``shared`` people, ``months`` between them, ``place`` (1 same, 0 another,
    -1 not known), ``same_name``, ``role_bits`` and ``bits``, the sum. ``apart``: pairs of rosters that are two homes.
    """

    pairs: pd.DataFrame = field(repr=False)
    role_bits: Floats = field(repr=False)
    apart: tuple[Ints, Ints] = field(repr=False)


def weigh_rosters(rosters: Rosters, sightings: pd.DataFrame, same_place: ComparePlaces) -> Evidence:
    """Every pair of rosters that shares a person or an address, with its bits."""
    met = _share_people(rosters)
    pairs = met.groupby(["left", "right"], as_index=False).agg(shared=("left", "size"))
    pairs["months"] = _months_between(rosters.table, pairs)
    pairs["place"] = _compare(rosters, pairs, sightings, same_place)
    fit = learn_role_bits(met, pairs, rosters)
    far = (met["months"] > _FAR_MONTHS).to_numpy(np.int64)
    met["role_bits"] = fit[far, met["kind_left"], met["kind_right"]]
    pairs["role_bits"] = met.groupby(["left", "right"])["role_bits"].mean().to_numpy()
    pairs["same_name"] = False
    mutual, pairs["two_heads"] = _heads(rosters, pairs)
    two_homes = _two_homes(rosters, pairs) & ~mutual
    pairs["bits"] = np.where(two_homes, -CAP_BITS, _person_bits(pairs))
    homes = pairs.loc[two_homes, ["left", "right"]].to_numpy(np.int64).T
    neighbors = _share_places(rosters, sightings, pairs)
    both = pd.concat([pairs, neighbors], ignore_index=True) if len(neighbors) else pairs
    return Evidence(both, fit, (homes[0], homes[1]))


def bits_if_places(rosters: Rosters, pairs: pd.DataFrame, place: int) -> Floats:
    """The bits of these pairs if their addresses were the same (1), others (0) or not known (-1).

    Rosters that share nobody say nothing without an address.
    """
    asked = pairs.assign(place=place)
    mutual, _ = _heads(rosters, pairs)
    bits = np.where(_two_homes(rosters, asked) & ~mutual, -CAP_BITS, _person_bits(asked))
    told: Floats = np.where(pairs["shared"] > 0, bits, 0.0)
    return told


def staying_bits(months: npt.NDArray[np.int64]) -> Floats:
    """The odds, in bits, that one who was with a household ``months`` ago still is.

    >>> staying_bits(np.array([0, 12, 57, 120])).round(1).tolist()
    [4.8, 2.4, 0.0, -1.7]
    """
    stays = 0.5 ** ((np.asarray(months) + LAG_MONTHS) / HALF_LIFE_MONTHS)
    bits: Floats = np.log2(stays / (1 - stays))
    return bits


def _person_bits(pairs: pd.DataFrame) -> Floats:
    same, unknown = (pairs["place"] == 1).to_numpy(), (pairs["place"] < 0).to_numpy()
    bits = staying_bits(pairs["months"].to_numpy()) + pairs["role_bits"].to_numpy()
    bits += NEXT_BITS * (pairs["shared"].to_numpy() - 1) + UNKNOWN_PLACE_BITS * unknown + CAP_BITS * same
    most = np.where(same, CAP_BITS, np.where(unknown, 0.0, TWO_HEADS_BITS))
    bits = np.where(pairs["two_heads"], np.minimum(bits, most), bits)
    capped: Floats = np.clip(bits, -CAP_BITS, CAP_BITS)
    return capped


def _heads(rosters: Rosters, pairs: pd.DataFrame) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Pairs where somebody of each core sits in the other (or one has no core), and pairs where nobody does.

    The core are those in charge; of people without a role, those who are grown. Two heads of their own are a child
    with two homes; one head that sits in the other's roster is in two units.
    """
    seats, n = rosters.seats, len(rosters.table)
    roster = seats["roster"].to_numpy(np.int64)
    role, born = seats["role"].to_numpy(np.int64), seats["born"].to_numpy(np.int64)
    grown = (born >= 0) & (rosters.table["last"].to_numpy(np.int64)[roster] - born >= ADULT_MONTHS)
    core = in_charge(role) | ((role == MEMBER) & grown)
    has_core = np.bincount(roster[core], minlength=n) > 0
    sits = seats[["roster", "person"]]
    met = pairs[["left", "right"]].rename_axis("pair").reset_index()
    seen = np.zeros((2, len(pairs)), np.bool_)
    for side, (one, other) in enumerate((("left", "right"), ("right", "left"))):
        heads = met.merge(sits[core], left_on=one, right_on="roster")[["pair", other, "person"]]
        both = heads.merge(sits, left_on=[other, "person"], right_on=["roster", "person"])
        seen[side, both["pair"].unique()] = True
    headed = has_core[pairs["left"].to_numpy()] & has_core[pairs["right"].to_numpy()]
    return ~headed | seen.all(axis=0), headed & ~seen.any(axis=0)


def _two_homes(rosters: Rosters, pairs: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Pairs of cases that one source has at two addresses in one month, with one person in both.

    Somebody is in both who lives in one of them at most; whose they are, their heads tell. Who is only claimed
    (a tax dependent) may live in either, so a pair with such a one tells nothing.
    """
    seats = rosters.seats
    claims = seats.loc[(seats["role"] == DEPENDENT) & (seats["lives"] < 0), "roster"].unique()
    told = (rosters.table["case"] >= 0).to_numpy(bool, copy=True)  # pandas 3 gives its own array, which is read-only
    told[claims] = False
    source = rosters.table["source"].to_numpy(np.int64)
    left, right = pairs["left"].to_numpy(), pairs["right"].to_numpy()
    flags: npt.NDArray[np.bool_] = (
        told[left]
        & told[right]
        & (source[left] == source[right])
        & (pairs["shared"] == 1).to_numpy()
        & (pairs["place"] == 0).to_numpy()
        & _overlap(rosters.table, left, right)
    )
    return flags


def _overlap(table: pd.DataFrame, left: Ints, right: Ints) -> npt.NDArray[np.bool_]:
    """Whether two rosters have a month in common."""
    first, last = table["first"].to_numpy(np.int64), table["last"].to_numpy(np.int64)
    return (first[left] <= last[right]) & (first[right] <= last[left])


def seat_kinds(seats: pd.DataFrame, last: Ints) -> Ints:
    """0 in charge, 1 child, 2 another grown person, 3 not known; ``last`` is the month of each seat's roster."""
    role = seats["role"].to_numpy(np.int64)
    born = seats["born"].to_numpy(np.int64)
    minor = (born >= 0) & (last - born < ADULT_MONTHS)
    grown = (born >= 0) & ~minor
    kinds: Ints = np.select(
        [in_charge(role), minor | (np.isin(role, (CHILD, DEPENDENT)) & ~grown), role != MEMBER], [0, 1, 2], default=3
    ).astype(np.int64)
    return kinds


def _share_people(rosters: Rosters) -> pd.DataFrame:
    """One row for each person of each two rosters, the earlier on the left: those near in time of each person."""
    table, seats = rosters.table, rosters.seats
    roster = seats["roster"].to_numpy(np.int64)
    first, last = table["first"].to_numpy(np.int64)[roster], table["last"].to_numpy(np.int64)[roster]
    rows = pd.DataFrame({"person": seats["person"].to_numpy(np.int64), "first": first, "roster": roster})
    rows["kind"] = seat_kinds(seats, last)
    met = _neighbors(rows.sort_values(["person", "first", "roster"], ignore_index=True), "person")
    met["months"] = _months_between(table, met)
    return met


def _neighbors(rows: pd.DataFrame, group: str) -> pd.DataFrame:
    """Pairs of rows of one group, each with the next few; ``rows`` are sorted by group and time."""
    key, roster, kind = (rows[name].to_numpy(np.int64) for name in (group, "roster", "kind"))
    parts = []
    for step in range(1, _WINDOW + 1):
        left = np.flatnonzero(key[:-step] == key[step:]) if step < len(key) else np.zeros(0, np.int64)
        parts.append(np.stack([left, left + step], axis=1))
    a, b = np.concatenate(parts).T
    return pd.DataFrame({"left": roster[a], "right": roster[b], "kind_left": kind[a], "kind_right": kind[b]})


def _months_between(table: pd.DataFrame, pairs: pd.DataFrame) -> Ints:
    first, last = table["first"].to_numpy(np.int64), table["last"].to_numpy(np.int64)
    left, right = pairs["left"].to_numpy(), pairs["right"].to_numpy()
    gap = np.maximum(first[left], first[right]) - np.minimum(last[left], last[right])
    months: Ints = np.maximum(gap, 0)
    return months


def _compare(rosters: Rosters, pairs: pd.DataFrame, sightings: pd.DataFrame, same_place: ComparePlaces) -> Ints:
    """How the addresses of two rosters compare; those of shelters are not known."""
    place = rosters.table["place"].to_numpy(np.int64)
    left, right = place[pairs["left"].to_numpy()], place[pairs["right"].to_numpy()]
    known = (left >= 0) & (right >= 0)
    held = sightings[sightings["place"] >= 0].drop_duplicates("place")
    record = np.full(int(place.max(initial=-1)) + 2, -1, np.int64)
    inside = held["place"].to_numpy() < len(record) - 1
    record[held["place"].to_numpy()[inside]] = held["record"].to_numpy()[inside]
    result = np.where(known, (left == right).astype(np.int64), -1)
    ask = known & (left != right)
    result[ask] = same_place(record[left[ask]], record[right[ask]])
    return result


def learn_role_bits(met: pd.DataFrame, pairs: pd.DataFrame, rosters: Rosters) -> Floats:
    """Bits by ``[within three years or not, kind in the earlier roster, kind in the later]``, learned without labels.

    Where a roster surely goes on in exactly one roster of another source or month (two shared people, or one and the
    address), those of its people found there stayed and those found in others of that source and month left. A kind
    that is not known says nothing.
    """
    sure = pairs[(pairs["shared"] >= 2) | (pairs["place"] == 1)][["left", "right"]]
    table = rosters.table
    when = table["source"].to_numpy(np.int64) * (10**6) + table["first"].to_numpy(np.int64)
    sure = sure.assign(when=when[sure["right"]]).drop_duplicates(["left", "when"], keep=False)
    found = met.assign(when=when[met["right"]]).merge(sure, on=["left", "when"], suffixes=("", "_sure"))
    stayed = (found["right"] == found["right_sure"]).to_numpy(np.int64)
    far = (found["months"] > _FAR_MONTHS).to_numpy(np.int64)
    counts = np.zeros((2, 2, KINDS, KINDS))
    np.add.at(counts, (stayed, far, found["kind_left"], found["kind_right"]), 1)
    base = counts.sum((0, 1)) + 1
    base *= _PRIOR / base.sum()
    shares = (counts + base) / (counts + base).sum((2, 3), keepdims=True)
    bits: Floats = np.log2(shares[1] / shares[0])
    bits[:, 3, :] = bits[:, :, 3] = 0
    return bits


def _share_places(rosters: Rosters, sightings: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Rosters that share an address but nobody: one household, if names agree or not much time lies between."""
    table = rosters.table
    rows = table.loc[table["place"] >= 0, ["place", "first"]].rename_axis("roster").reset_index().assign(kind=0)
    near = _neighbors(rows.sort_values(["place", "first", "roster"], ignore_index=True), "place")[["left", "right"]]
    n = np.int64(len(table))
    known = np.unique(np.minimum(pairs["left"], pairs["right"]) * n + np.maximum(pairs["left"], pairs["right"]))
    near = near[~np.isin(np.minimum(near["left"], near["right"]) * n + np.maximum(near["left"], near["right"]), known)]
    near = near.assign(shared=0, place=1, role_bits=0.0, two_heads=False).reset_index(drop=True)
    near["months"] = _months_between(table, near)
    near["same_name"] = _share_names(near, rosters, sightings)
    crowd = rosters.families[table["place"].to_numpy()[near["left"]]]
    bits = np.minimum(staying_bits(near["months"].to_numpy()), 4.0) + NAME_BITS * near["same_name"]
    bits = np.where(crowd <= FEW_FAMILIES, bits, np.where(near["same_name"], bits - np.log2(np.maximum(crowd, 1)), 0))
    near["bits"] = np.clip(bits, -CAP_BITS, CAP_BITS)
    return near[near["bits"] > 0].reset_index(drop=True)  # sharing nobody is no evidence against: people are missed


def _share_names(pairs: pd.DataFrame, rosters: Rosters, sightings: pd.DataFrame) -> npt.NDArray[np.bool_]:
    names = sightings["surname"].to_numpy(np.int64)[rosters.seats["sighting"]]
    held = pd.DataFrame({"roster": rosters.seats["roster"], "name": names})
    held = held[held["name"] >= 0].drop_duplicates()
    asked = pairs[["left", "right"]].rename_axis("pair").reset_index()
    common = asked.merge(held, left_on="left", right_on="roster").merge(
        held, left_on=["right", "name"], right_on=["roster", "name"]
    )
    flags = np.zeros(len(pairs), np.bool_)
    flags[common["pair"].unique()] = True
    return flags
