"""Households: rosters that are one household over time, and who lives in which in which month."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.identity.clusters import cluster_links, missing_pairs
from caselink.identity.family_roles import in_charge
from caselink.identity.household_months import settle_claims, settle_minors
from caselink.identity.person_ids import number_persons
from caselink.identity.roster_evidence import CAP_BITS, ComparePlaces, Evidence, weigh_rosters
from caselink.identity.rosters import Rosters, make_rosters

Ints = npt.NDArray[np.int64]
_MOST_APART_BITS = 6.0


@dataclass(frozen=True, slots=True)
class Households:
    """What was found.

    ``label``: the household of each roster, named by its first roster. ``number``: its lasting number.
    ``stays``: who is in which household, ``person, household`` (label), ``first, last, role, lives, told`` (by a case),
    ``since, here`` (a record of the person has that address), ``born, source, roster`` and ``record``.
    """

    rosters: Rosters
    evidence: Evidence
    label: Ints = field(repr=False)
    number: npt.NDArray[np.uint64] = field(repr=False)
    stays: pd.DataFrame = field(repr=False)


def find_households(
    sightings: pd.DataFrame,
    record_hash: npt.NDArray[np.uint64],
    same_place: ComparePlaces,
    mailing: npt.NDArray[np.bool_] | None = None,
) -> Households:
    """Group the rosters of ``sightings`` into households.

    Rosters join best first while the evidence of all their pairs together is for it (:func:`cluster_links`, a pair
    that shares nothing counts nothing). Rosters that one source has in one month at two addresses speak against one
    household, by how seldom that source has two rosters in one; with one person in both and heads of their own they are
    two. A parent told to live elsewhere is never moved in.
    ``mailing`` flags the addresses (by number) where nobody lives, such as a P.O. box: strangers may share one.
    """
    rosters = make_rosters(sightings, mailing)
    evidence = weigh_rosters(rosters, sightings, same_place)
    label = _group(rosters, evidence)
    stays = settle_minors(settle_claims(_stays(rosters, label, sightings)))
    return Households(rosters, evidence, label, number_households(rosters, label, record_hash), stays)


def _group(rosters: Rosters, evidence: Evidence) -> Ints:
    pairs, n = evidence.pairs, len(rosters.table)
    ends = pairs[["left", "right"]].to_numpy(np.int32)
    left, right = ends.min(axis=1, initial=np.iinfo(np.int32).max), ends.max(axis=1, initial=-1)
    bits = pairs["bits"].to_numpy(np.float32)
    gap_left, gap_right = missing_pairs(n, left, right, bits)
    against = apart_bits(rosters, gap_left, gap_right)
    kept = against < 0
    cannot = np.concatenate([rosters.apart, evidence.apart], axis=1).astype(np.int32)
    labels = cluster_links(
        n,
        np.concatenate([left, gap_left[kept]]),
        np.concatenate([right, gap_right[kept]]),
        np.concatenate([bits, against[kept].astype(np.float32)]),
        cannot=(cannot[0], cannot[1]),
        cap_bits=CAP_BITS,
        unseen_bits=0.0,
    )
    return labels.astype(np.int64)


def apart_bits(rosters: Rosters, left: npt.NDArray[np.int32], right: npt.NDArray[np.int32]) -> npt.NDArray[np.float64]:
    """Evidence against, where one source has two rosters in one month at two addresses, with nobody in both.

    Learned for each source: what share of its rosters has another at the same address in the same month. In a census
    hardly any has, so two forms are two households; of tax returns one household may file several.
    """
    table = rosters.table
    source, first, last, place = (table[name].to_numpy(np.int64) for name in ("source", "first", "last", "place"))
    told = (table["case"] >= 0).to_numpy()
    alone = _log_share_together(table)
    overlap = (first[left] <= last[right]) & (first[right] <= last[left]) & told[left] & told[right]
    elsewhere = (place[left] >= 0) & (place[right] >= 0) & (place[left] != place[right])
    against: npt.NDArray[np.float64] = np.where(
        overlap & elsewhere & (source[left] == source[right]), alone[source[left]], 0.0
    )
    return against


def _log_share_together(table: pd.DataFrame) -> npt.NDArray[np.float64]:
    """For each source the share, in bits, of its rosters that have another one at their address in their months."""
    n_sources = int(table["source"].max() if len(table) else 0) + 1
    cases = table[(table["case"] >= 0) & (table["place"] >= 0)].sort_values(["source", "place", "first", "last"])
    same = (cases[["source", "place"]] == cases[["source", "place"]].shift()).all(axis=1)
    before = cases.groupby(["source", "place"])["last"].cummax().shift()
    other = cases["case"] != cases["case"].shift()
    together = (same & other & (cases["first"] <= before)).to_numpy()
    n = np.bincount(cases["source"], minlength=n_sources)
    k = np.bincount(cases["source"], weights=together, minlength=n_sources)
    bits: npt.NDArray[np.float64] = np.maximum(np.log2((k + 0.5) / (n + 1)), -_MOST_APART_BITS)
    return bits


def _stays(rosters: Rosters, label: Ints, sightings: pd.DataFrame) -> pd.DataFrame:
    seats, table = rosters.seats, rosters.table
    roster = seats["roster"].to_numpy(np.int64)
    return pd.DataFrame(
        {
            "person": seats["person"].to_numpy(np.int64),
            "household": label[roster],
            "first": table["first"].to_numpy(np.int64)[roster],
            "last": table["last"].to_numpy(np.int64)[roster],
            "role": seats["role"].to_numpy(np.int64),
            "lives": seats["lives"].to_numpy(np.int64),
            "born": seats["born"].to_numpy(np.int64),
            "source": table["source"].to_numpy(np.int64)[roster],
            "told": (table["case"].to_numpy(np.int64)[roster] >= 0),
            "since": seats["since"].to_numpy(np.int64),
            "here": _have_address(seats["person"], table["place"].to_numpy(np.int64)[roster], sightings),
            "roster": roster,
            "record": seats["record"].to_numpy(np.int64),
        }
    )


def _have_address(person: pd.Series[int], place: Ints, sightings: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Whether some record of each person has the address that the roster has."""
    known = pd.MultiIndex.from_frame(sightings.loc[sightings["place"] >= 0, ["person", "place"]].drop_duplicates())
    return pd.MultiIndex.from_arrays([person, place]).isin(known)


def number_households(rosters: Rosters, label: Ints, record_hash: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """A lasting number for each roster's household: from the records of its core in its first month.

    The core are those in charge (everybody, where nobody is). Months that are added later do not change it.
    """
    seats, table = rosters.seats, rosters.table
    roster = seats["roster"].to_numpy(np.int64)
    rows = pd.DataFrame({"household": label[roster], "first": table["first"].to_numpy(np.int64)[roster]})
    rows["other"] = ~in_charge(seats["role"].to_numpy(np.int64))
    rows["rank"] = seats["record"].to_numpy(np.int64)  # positions are in the order of the hashes
    rows = rows.sort_values(["household", "first", "other", "rank"]).drop_duplicates("household")
    households = rows["household"].to_numpy(np.int64)
    numbers = number_persons(np.arange(len(rows)), record_hash[rows["rank"].to_numpy()])
    of_label = np.zeros(len(table) + 1, np.uint64)
    of_label[households] = numbers
    return of_label[label]
