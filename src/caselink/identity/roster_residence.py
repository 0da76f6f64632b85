"""Where two cases contradict one another about who lives with a family: the address decides.

A IV-A unit may name a father whom the support case of the same children has living elsewhere; a support case may hold
one man as the children's custodian and as their absent parent. Either may be out of date. He lives with the family if
an address of his own records is one of theirs, and is left where he is told to live if not: nobody is moved in on a
word that another program denies.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.identity.family_roles import in_charge

Ints = npt.NDArray[np.int64]
_CASE = ["source", "case"]


def settle_residence(sightings: pd.DataFrame) -> Ints:
    """``lives`` of each sighting, 0 where another case says so and no address says otherwise.

    Only who is denied by the case itself, or is not in charge of it and is denied by another case of its people, is
    in doubt. Where there is no address, the parent lives elsewhere if the case denies itself, and not if another does.
    """
    rows = sightings[["person", *_CASE, "first", "last", "role", "lives", "place"]].rename_axis("row").reset_index()
    lives = sightings["lives"].to_numpy(np.int64).copy()
    told = rows[rows["case"] >= 0]
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
