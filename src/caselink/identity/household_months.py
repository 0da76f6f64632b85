"""Who lives in which household in which month: one household each, a second only where a second case says so."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.identity.family_roles import ADULT_MONTHS, DEPENDENT, in_charge

CLAIM_MONTHS = 24
"""How far a statement of where somebody lives reaches: a tax year and the year in which it is filed."""
_TOLD = 8
"""What being told by a case adds to the rank of a stay: more than all else."""
Ints = npt.NDArray[np.int64]


def months_of_stays(stays: pd.DataFrame) -> pd.DataFrame:
    """Months of ``stays``: ``person, household, month, role, lives, primary``.

    Of several households in one month the primary one is that which a case tells, then one in which the person is told
    to reside, then one that they are in charge of, then one whose address a record of the person has, then the one that
    more rosters name them in, then the one told last. One that no case tells is dropped beside one that a case does:
    an address in another file may be an old one.
    """
    from caselink.identity.month_kernels import homes_by_month

    charge = in_charge(stays["role"].to_numpy(np.int64))
    told, here = (stays[name].to_numpy(np.int64) for name in ("told", "here"))
    rank = _TOLD * told + 4 * (stays["lives"].to_numpy(np.int64) == 1) + 2 * charge + here
    columns = {name: stays[name].to_numpy(np.int64) for name in ("household", "first", "last", "role", "since")}
    person = stays["person"].to_numpy(np.int64)
    order = np.lexsort([columns["household"], person])
    read = [columns[name] for name in ("household", "first", "last")] + [rank, columns["role"], columns["since"]]
    length = int((columns["last"] - columns["first"] + 1).sum())
    stay, month = homes_by_month(person[order], np.stack(read, axis=1)[order], _TOLD, length)
    row = order[stay]
    primary = month >= 0
    return pd.DataFrame(
        {
            "person": person[row],
            "household": columns["household"][row],
            "month": np.where(primary, month, -1 - month),
            "role": columns["role"][row],
            "lives": stays["lives"].to_numpy(np.int64)[row],
            "primary": primary,
        },
        copy=False,
    )


def settle_claims(stays: pd.DataFrame) -> pd.DataFrame:
    """Who is only claimed by a case lives where the nearest statement within two years says, if there is one.

    A parent may claim a child who lives with the other parent: the claim ties the child to the family and moves nobody.
    """
    claimed = ((stays["role"] == DEPENDENT) & (stays["lives"] < 0)).to_numpy()
    claims = stays[claimed].rename_axis("stay").reset_index()[["stay", "person", "first", "last"]]
    said = stays.loc[~claimed & stays["told"].to_numpy(), ["person", "first", "last", "household"]]
    near = claims.merge(said, on="person", suffixes=("", "_said"))
    near["gap"] = np.maximum(
        0, np.maximum(near["first"], near["first_said"]) - np.minimum(near["last"], near["last_said"])
    )
    near = near[near["gap"] <= CLAIM_MONTHS].sort_values(["stay", "gap", "last_said", "household"])
    near = near.drop_duplicates("stay").set_index("stay")
    settled = stays.copy()
    settled.loc[near.index, "household"] = near["household"]
    return settled


def settle_minors(stays: pd.DataFrame) -> pd.DataFrame:
    """A child whom two files have at two addresses, and no case tells, lives where most of them say.

    An address in a file may be that of a parent who lives elsewhere. Another month of the same file is a move, and no
    contradiction. Of equals the later one counts.
    """
    minor = (stays["born"] >= 0) & (stays["last"] - stays["born"] < ADULT_MONTHS)
    doubtful = stays[minor & ~stays["told"] & (stays["lives"] < 0)].rename_axis("stay").reset_index()
    columns = ["person", "household", "source", "first", "last"]
    both = doubtful[["stay", *columns]].merge(stays[columns], on="person", suffixes=("", "_other"))
    gap = np.maximum(both["first"], both["first_other"]) - np.minimum(both["last"], both["last_other"])
    apart = (both["source"] != both["source_other"]) | (gap <= 0)
    both = both[apart & (gap <= CLAIM_MONTHS)]
    said = both.groupby(["stay", "household_other"])["last_other"].agg(["size", "max"]).reset_index()
    said = said.sort_values(["stay", "size", "max", "household_other"], ascending=[True, False, False, True])
    best = said.drop_duplicates("stay").set_index("stay")["household_other"]
    settled = stays.copy()
    settled.loc[best.index, "household"] = best
    return settled


def live_where(sightings: pd.DataFrame, stays: pd.DataFrame, months: pd.DataFrame) -> Ints:
    """The household (label) of each record in its last month, -1 where nothing says one.

    A record that sits in a roster has the household of the roster; of another the person's primary household in the
    month nearest to its own counts, the earlier one of two.
    """
    n = int(sightings["record"].max()) + 1 if len(sightings) else 0
    result = np.full(n, -1, np.int64)
    seated = stays.sort_values(["record", "last", "first", "told", "household"]).drop_duplicates("record", keep="last")
    result[seated["record"].to_numpy()] = seated["household"].to_numpy()
    rest = sightings[result[sightings["record"].to_numpy()] < 0].sort_values(["record", "last"])
    rest = rest.drop_duplicates("record", keep="last")
    result[rest["record"].to_numpy()] = home_near(months, rest["person"].to_numpy(), rest["last"].to_numpy())
    return result


def home_near(months: pd.DataFrame, person: Ints, month: Ints) -> Ints:
    """The primary household (label) of each person in the month nearest to ``month``, the earlier of two; -1: none."""
    homes = months[months["primary"]].sort_values(["person", "month"])
    if not len(homes):
        return np.full(len(person), -1, np.int64)
    held, when, label = (homes[name].to_numpy(np.int64) for name in ("person", "month", "household"))
    span = int(max(when.max(), month.max(initial=0))) + 2
    after = np.searchsorted(held * span + when, person * span + month)
    before = np.maximum(after - 1, 0)
    after = np.minimum(after, len(held) - 1)
    far = np.iinfo(np.int64).max
    gaps = [np.where(held[at] == person, np.abs(when[at] - month), far) for at in (before, after)]
    nearest = np.where(gaps[0] <= gaps[1], label[before], label[after])
    homes_found: Ints = np.where(np.minimum(*gaps) < far, nearest, -1)
    return homes_found
