"""Where linkage goes wrong: one family of each kind among the people of a county, with its persons and its homes."""

from __future__ import annotations

import pandas as pd
import pytest
from hand_made_families import SITUATIONS, families

import caselink as cl
from caselink.settings import read_settings
from caselink.settings.files import read_sources
from caselink.synthetic import draw_county, write_county

HOMES = {
    "twins": [["mother", "one", "two"]],
    "father and son of one name": [["father", "mother", "son"]],
    "sisters with swapped numbers": [["mother", "one", "two"]],
    "child with mothers number": [["child", "mother"]],
    "grandmother and granddaughter": [["granddaughter", "grandmother"]],
    "newborn without name": [["baby", "brother", "mother"]],
    "remarriage": [["child 0", "child 1", "mother"]],
    "absent father with sons name": [["father"], ["mother", "son"]],
}
"""Who lives together. The father of Jr is in the family's unit, and all files have him at its address."""


@pytest.fixture(scope="module")
def examples(tmp_path_factory):
    """All records with the person and household of each, found by default settings; the families' with who they are."""
    folder = write_county(draw_county(3_000, seed=21), tmp_path_factory.mktemp("county"))
    county = cl.normalize(*read_sources(read_settings(folder / "sources.toml")))
    drawn = families(seed=7)
    nameless = (drawn["situation"] == "newborn without name") & (drawn["who"] == "baby") & drawn["first_name"].isna()
    assert nameless.sum() == 1
    drawn.loc[nameless, "first_name"] = "BABY GIRL"
    ours = cl.normalize(drawn.drop(columns=["situation", "who"]))
    records = pd.concat([county, ours], ignore_index=True)
    result = cl.Linker(threads=1).fit_resolve(records)
    with pytest.warns(cl.CaselinkWarning, match="rosters were odd"):
        homes = result.households
    primary = homes.loc[homes["primary"], ["person_id", "household_id"]]
    found = result.persons.merge(primary, how="left", validate="many_to_one")
    return found.merge(drawn[["source", "record_id", "situation", "who"]], how="left")


@pytest.mark.parametrize("situation", SITUATIONS)
def test_each_member_is_one_person(examples, situation):
    """Over all files, and no two members are one."""
    rows = examples[examples["situation"] == situation]
    found = sorted(rows.groupby("person_id")["who"].agg(sorted).tolist())
    assert found == sorted(rows.groupby("who")["who"].agg(list).tolist())


@pytest.mark.parametrize("situation", SITUATIONS)
def test_the_family_is_one_household(examples, situation):
    """With everybody who lives there, nobody else, and without a parent who lives elsewhere."""
    rows = examples[examples["situation"] == situation]
    together = examples[examples["household_id"].isin(rows["household_id"])]
    assert set(together["person_id"]) == set(rows["person_id"])
    homes = rows.drop_duplicates(["household_id", "who"]).groupby("household_id")["who"].agg(sorted).tolist()
    assert sorted(homes) == HOMES[situation]
