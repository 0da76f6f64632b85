"""Households of a synthetic county against the true ones: month by month, and of all records.

**By month.** The evidence of a month are the rosters that hold in it. So in each month the true households are asked
for of whom a case names as living with it, with those of their people who are so named; a household is found exactly
when these, and nobody else so named, are in one found household in that month. A record of a person counts for the
person whose it was found to be, so wrong persons make wrong households. Nothing that rosters have wrong is left out:
late news, false members, a child with two custodians, whom truth has in one home only.

**All records.** Every record, those of absent parents and employers too, in the home where its person lived last
(:attr:`County.truth`) and in the household found for that person's last month. Many wages name no address, and of most
people of other homes no record says with whom they live: who is alone in the files and not in truth cannot be found.
*Placed* are the households of people whom a roster or an address places at all.
"""

from __future__ import annotations

import pandas as pd

import caselink as cl
from caselink.evaluate.households import HouseholdScores
from caselink.families import Families
from caselink.synthetic import County

KEYS = ["source", "record_id"]


def rosters_of(drawn: County) -> pd.DataFrame:
    """The rosters of all programs of a county."""
    return pd.concat([rows.assign(source=name) for name, rows in drawn.memberships.items()], ignore_index=True)


def scores(found: pd.DataFrame, truth: pd.DataFrame) -> HouseholdScores:
    """The household scores of a table of records."""
    scored = cl.evaluate(found, truth, interval=None).household
    assert scored is not None
    return scored


def scores_by_month(families: Families, drawn: County, months: list[str] | None = None) -> HouseholdScores:
    """Households of each month together (or of some ``months``) of whom a case names as living with it."""
    rosters, lived = rosters_of(drawn), drawn.tables["households"]
    months = drawn.plan.calendar.text().tolist() if months is None else months
    named = _in_months(rosters[rosters["resides"] == "Y"], months)[[*KEYS, "month"]].drop_duplicates()
    named = named.merge(drawn.truth[[*KEYS, "entity_id"]], on=KEYS)
    true = named.merge(_in_months(lived, months)[["entity_id", "month", "household_id"]], on=["entity_id", "month"])
    homes = families.households
    homes = homes.loc[homes["primary"] & homes["month"].isin(months), ["person_id", "month", "household_id"]]
    found = true[[*KEYS, "month"]].merge(families.records[[*KEYS, "person_id"]], on=KEYS)
    found = found.merge(homes, on=["person_id", "month"], how="left")
    return scores(_of_the_month(found), _of_the_month(true))


def scores_of_records(families: Families, drawn: County, *, placed: bool = False) -> HouseholdScores:
    """Households of all records (or of people whom a roster or an address places) in their last month."""
    homes = families.households[families.households["primary"]].sort_values("month")
    homes = homes.drop_duplicates("person_id", keep="last")[["person_id", "household_id"]]
    found = families.records[[*KEYS, "person_id"]].merge(homes, on="person_id", how="left")
    truth = drawn.truth
    if placed:
        rosters = rosters_of(drawn)
        told = rosters.loc[rosters["resides"] == "Y", KEYS]
        written = families.input.loc[families.input["street"].notna(), KEYS].astype(object)
        who = pd.concat([told.astype(object), written]).drop_duplicates().merge(truth[[*KEYS, "entity_id"]], on=KEYS)
        truth = truth[truth["entity_id"].isin(who["entity_id"])]
    return scores(found, truth)


def _in_months(rows: pd.DataFrame, months: list[str]) -> pd.DataFrame:
    """Rows over stretches of months as one row a month."""
    holds = {month: (rows["first_month"] <= month) & (rows["last_month"] >= month) for month in months}
    return pd.concat([rows[there].assign(month=month) for month, there in holds.items()], ignore_index=True)


def _of_the_month(rows: pd.DataFrame) -> pd.DataFrame:
    """Each month's records and households as records and households of their own."""
    month = rows["month"].astype(str)
    ids = {name: rows[name].astype(object) + (" " + month) for name in ("record_id", "household_id")}
    return rows.assign(**ids)
