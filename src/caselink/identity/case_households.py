"""Which case belongs to which household: three keys kept apart, the unit, the support family and the household.

A unit is what one program pays or registers; a household is who lives together; a support family is a child with both
parents, who may live in two households. A parent who lives elsewhere is tied to the case, and so to the household of
the children, by a row of his own household: he is never moved in.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.identity.family_roles import ADULT
from caselink.identity.household_months import home_near
from caselink.identity.person_ids import number_persons

Ints = npt.NDArray[np.int64]
HOME, OTHER_HOME, ELSEWHERE = RELATIONS = ("home", "other home", "absent parent")
UNIT, SUPPORT, PARTICIPATION = KINDS = ("unit", "support case", "participation")
_KEYS = ["source", "case"]
_MOST = 0.95  # of a source's cases have one grown person: participations


def tie_cases(sightings: pd.DataFrame, months: pd.DataFrame) -> pd.DataFrame:
    """One row for each case and household that its people live in.

    ``source, case, household`` (label), ``kind, relation, people, first, last, family`` (a number by row of the first
    case of the family, -1 where the source keeps no support cases) and ``record``, the first of the family.
    """
    rows = sightings[sightings["case"] >= 0].copy()
    rows["household"] = home_near(months, rows["person"].to_numpy(np.int64), rows["last"].to_numpy(np.int64))
    rows["absent"] = rows["lives"] == 0
    ties = rows.groupby([*_KEYS, "household", "absent"], as_index=False).agg(
        people=("person", "nunique"), first=("first", "min"), last=("last", "max")
    )
    order = ties.sort_values(
        [*_KEYS, "absent", "people", "last", "household"], ascending=[True, True, True, False, False, True]
    )
    main = ~order["absent"] & ~order.duplicated([*_KEYS, "absent"])
    order["relation"] = np.select([order["absent"], main], [ELSEWHERE, HOME], default=OTHER_HOME)
    order["kind"] = order["source"].map(_kinds(rows))
    families = _families(rows, order)
    return order.merge(families, on=_KEYS, how="left").drop(columns="absent").reset_index(drop=True)


def _kinds(rows: pd.DataFrame) -> dict[int, str]:
    """What the cases of each source are: told by whether they name absent parents, or one grown person each."""
    kinds = {}
    for source in rows["source"].unique().tolist():
        part = rows[rows["source"] == source]
        size = part.groupby("case")["person"].nunique()
        single = float((size == 1).mean()) >= _MOST and bool((part["role"] == ADULT).all())
        kinds[source] = SUPPORT if part["absent"].any() else PARTICIPATION if single else UNIT
    return kinds


def _families(rows: pd.DataFrame, ties: pd.DataFrame) -> pd.DataFrame:
    """Support cases of one home and the same absent parents are one family; ``record`` is its first."""
    support = ties.loc[ties["kind"] == SUPPORT]
    home = support[support["relation"] == HOME].set_index(_KEYS)["household"]
    cases = rows.groupby(_KEYS).agg(record=("record", "min"))
    cases = cases.loc[cases.index.isin(pd.MultiIndex.from_frame(support[_KEYS]))]
    absent = rows[rows["absent"]].drop_duplicates([*_KEYS, "person"]).sort_values([*_KEYS, "person"])
    prints = pd.util.hash_pandas_object(absent["person"], index=False).groupby([absent[key] for key in _KEYS]).sum()
    cases["absent"] = prints.reindex(cases.index).fillna(0)
    cases["home"] = home.reindex(cases.index).fillna(-1).astype(np.int64)
    alone = (cases["home"] < 0) & (cases["absent"] == 0)
    cases["self"] = np.where(alone, np.arange(len(cases)), -1)
    cases["family"] = cases.groupby(["home", "absent", "self"], sort=True).ngroup()
    cases["record"] = cases.groupby("family")["record"].transform("min")
    return cases[["family", "record"]].reset_index()


def number_families(ties: pd.DataFrame, record_hash: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """A lasting number for each family, from its first record; by the number of the family."""
    known = ties[ties["family"].notna()].drop_duplicates("family").sort_values("family")
    return number_persons(np.arange(len(known)), record_hash[known["record"].to_numpy(np.int64)])
