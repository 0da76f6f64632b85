"""Who lives with the family of a case where cases contradict one another, or do not say: the address decides.

A IV-A unit may name a father whom the support case of the same children has living elsewhere; a support case may hold
one man as the children's custodian and as their absent parent. Either may be out of date. He lives with the family if
an address of his own records is one of theirs, and is left where he is told to live if not: nobody is moved in on a
word that another program denies.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.identity.family_roles import ADULT_MONTHS, MEMBER, in_charge

Ints = npt.NDArray[np.int64]
_CASE = ["source", "case"]
_USUAL = 0.2
"""A source with so large a share of grown people away from most of their case has people in it who live elsewhere.
(Support cases of a synthetic county: 0.44; units and census forms, by wrong addresses: 0.05 and less.)"""


def settle_residence(sightings: pd.DataFrame) -> Ints:
    """``lives`` of each sighting, 0 where another case says so and no address says otherwise.

    Where cases tell no roles, see :func:`_elsewhere`; else:
    Only who is denied by the case itself, or is not in charge of it and is denied by another case of its people, is
    in doubt. Where there is no address, the parent lives elsewhere if the case denies itself, and not if another does.
    """
    rows = (
        sightings[["person", *_CASE, "first", "last", "role", "lives", "place", "born"]]
        .rename_axis("row")
        .reset_index()
    )
    lives = sightings["lives"].to_numpy(np.int64).copy()
    told = rows[rows["case"] >= 0]
    lives[_elsewhere(rows, told)] = 0
    doubtful = _doubtful(told)
    if not len(doubtful):
        return lives
    family = doubtful.merge(told.loc[told["lives"] != 0, [*_CASE, "person"]], on=_CASE, suffixes=("", "_with"))
    family = family.loc[family["person"] != family["person_with"], ["row", "person_with"]].drop_duplicates()
    known = rows.loc[(rows["place"] >= 0) & (rows["lives"] != 0), ["person", "place"]].drop_duplicates()
    home = family.merge(known, left_on="person_with", right_on="person")[["row", "place"]].drop_duplicates()
    own = doubtful.melt(["row", "itself"], ["place", "place_denied"], value_name="own")
    own = own[own["own"] >= 0]
    there = own.merge(home, left_on=["row", "own"], right_on=["row", "place"])["row"]
    asked = doubtful.loc[doubtful["itself"] | doubtful["row"].isin(own["row"]), "row"]
    lives[asked[~asked.isin(there)].unique()] = 0
    return lives


def _doubtful(told: pd.DataFrame) -> pd.DataFrame:
    """Rows told to live with a case beside those of the same person that deny it: ``itself`` is the same case."""
    denied = told.loc[told["lives"] == 0, ["person", *_CASE, "first", "last", "place"]]
    claims = told[(told["lives"] != 0) & told["person"].isin(denied["person"])]
    both = claims.merge(denied, on="person", suffixes=("", "_denied"))
    both = both[(both["first"] <= both["last_denied"]) & (both["first_denied"] <= both["last"])]
    both["itself"] = (both[_CASE].to_numpy() == both[[f"{name}_denied" for name in _CASE]].to_numpy()).all(axis=1)
    both = both[both["itself"] | ~in_charge(both["role"].to_numpy(np.int64))]
    members = told.loc[told["lives"] != 0, ["person", *_CASE]].drop_duplicates()
    one = both.merge(members, on=_CASE, suffixes=("", "_with"))
    one = one[one["person_with"] != one["person"]]
    other = members.rename(columns={"person": "person_with", "source": "source_denied", "case": "case_denied"})
    shared = one.merge(other, on=["person_with", "source_denied", "case_denied"])["row"]
    doubtful = both[both["itself"] | both["row"].isin(shared)]
    return doubtful[["row", "person", *_CASE, "place", "place_denied", "itself"]]


def _elsewhere(rows: pd.DataFrame, told: pd.DataFrame) -> Ints:
    """Rows of grown people of cases that tell no roles, who have another address than most of the case.

    One of them may be a parent who lives elsewhere, and the case does not say who. In a source where hardly anybody is,
    it is an address that was written wrongly.
    """
    silent = told[(told["role"] == MEMBER) & (told["lives"] < 0)]
    named = told.loc[(told["role"] != MEMBER) | (told["lives"] >= 0), _CASE]
    silent = silent[~pd.MultiIndex.from_frame(silent[_CASE]).isin(pd.MultiIndex.from_frame(named))]
    at = silent[silent["place"] >= 0].drop_duplicates([*_CASE, "person", "place"])
    homes = at.groupby([*_CASE, "place"]).size().rename("people").reset_index()
    homes = homes.sort_values([*_CASE, "people"], ascending=[True, True, False])
    homes["tied"] = homes.duplicated([*_CASE, "people"], keep=False)
    main = homes.drop_duplicates(_CASE)
    main = main.loc[~main["tied"], [*_CASE, "place"]].rename(columns={"place": "home"})
    grown = silent[(silent["born"] >= 0) & (silent["last"] - silent["born"] >= ADULT_MONTHS) & (silent["place"] >= 0)]
    asked = grown.merge(main, on=_CASE)
    known = pd.MultiIndex.from_frame(rows.loc[rows["place"] >= 0, ["person", "place"]])
    away = asked[~pd.MultiIndex.from_frame(asked[["person", "home"]]).isin(known)]
    n = int(rows["source"].max()) + 1 if len(rows) else 1
    usual = np.bincount(away["source"], minlength=n) >= _USUAL * np.bincount(asked["source"], minlength=n)
    elsewhere: Ints = away["row"].to_numpy(np.int64)[usual[away["source"].to_numpy(np.int64)]]
    return elsewhere
