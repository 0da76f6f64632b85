"""Families: sizes, ages, names and homes come out as they are meant to."""

import numpy as np
import pandas as pd
import pytest

from caselink.errors import SpecError
from caselink.synthetic.draws import Streams
from caselink.synthetic.people.families import FamilyShares
from caselink.synthetic.people.names import SPANISH_SURNAME_SHARE, fold, is_spanish, two_surnames
from caselink.synthetic.people.naming import NameShares
from caselink.synthetic.people.population import draw_population


@pytest.fixture(scope="module")
def people():
    """People of one larger population."""
    return draw_population(60_000, streams=Streams(3)).people


@pytest.mark.parametrize("n_people", [1, 2, 3, 4, 7, 50, 333])
def test_every_number_of_people_can_be_drawn(n_people):
    """A population has exactly as many people as asked for, however few, each with all that a person has."""
    population = draw_population(n_people, streams=Streams(0))
    whole = population.people.drop(columns=["middle_name", "former_last_name", "suffix"])
    assert len(whole) == whole["entity_id"].nunique() == whole["ssn"].nunique() == n_people
    assert whole.notna().all(axis=None)
    assert population.n_homes == whole["household_id"].nunique()


def test_nobody_is_not_a_population():
    """Fewer than one person is an error that says so."""
    with pytest.raises(SpecError, match="n_people"):
        draw_population(0, streams=Streams(0))


def test_surnames_are_as_common_as_in_the_census(people):
    """SMITH and GARCIA have their shares among the surnames of their kind in the census of 2000."""
    first, _ = two_surnames(people[people["part"] == "father"]["last_name"].to_numpy(dtype=object))
    men = pd.Series(fold(first))
    spanish = is_spanish(men.to_numpy(dtype=object))
    assert spanish.mean() == pytest.approx(SPANISH_SURNAME_SHARE, abs=0.02)
    assert (men[~spanish] == "SMITH").mean() == pytest.approx(2_376_206 / 191_000_000, rel=0.2)
    assert (men[spanish] == "GARCIA").mean() == pytest.approx(858_289 / 27_000_000, rel=0.2)
    assert men.nunique() > 5_000


def test_first_names_follow_the_decade(people):
    """Names of the nineties are common among those born then, and rare among their grandparents."""
    women = people[people["female"]]
    nineties = (women["birth_year"] // 10 == 199).to_numpy()
    ashley = (women["first_name"] == "ASHLEY").to_numpy()
    assert ashley[nineties].mean() > 0.01
    assert ashley[(women["birth_year"] < 1970).to_numpy()].mean() < 0.001


def test_parents_are_older_than_their_children(people):
    """A mother is 15 to 45 at a birth, a father at least 15, and a grandmother older than the mother."""
    for parent, longest in (("mother", 46), ("father", 90)):
        known = people[(people[parent] >= 0)]
        gap = (known["birth"].to_numpy() - people["birth"].to_numpy()[known[parent]]) / 365.25
        assert gap.min() >= 15
        assert gap.max() <= longest


def test_twins_share_birth_date_and_have_neighboring_numbers(people):
    """Twins have one birth date and mother, the next number, and their own first names."""
    second = np.flatnonzero(people["twin"])
    one, two = people.iloc[second - 1].reset_index(drop=True), people.iloc[second].reset_index(drop=True)
    assert len(second) > 100
    assert (one["birth"] == two["birth"]).all()
    assert (one["mother"] == two["mother"]).all()
    assert (one["father"] == two["father"]).all()
    assert (two["ssn"] - one["ssn"] == 1).all()
    assert (one["first_name"] != two["first_name"]).all()
    assert (one["last_name"] == two["last_name"]).mean() > 0.5


def test_twins_are_as_common_as_declared(people):
    """Of children after the first the declared share is born with the one before; some 3 % of all have a twin."""
    children = people[people["part"] == "child"]
    further = children["mother"].duplicated()
    share, n = FamilyShares().twins, further.sum()
    assert abs(children["twin"].sum() - n * share) < 5 * np.sqrt(n * share)
    several = children.duplicated(["mother", "birth"], keep=False).mean()
    assert several == pytest.approx(0.0312, abs=0.006)
    assert (children.groupby(["mother", "birth"]).size() == 3).any()


def test_households_have_the_sizes_of_families(people):
    """Most homes hold one to five people, and families with children average three to four and a half."""
    size = people.groupby("household_id").size()
    with_children = size[people[people["part"] == "child"]["household_id"].unique()]
    assert 3 <= with_children.mean() <= 4.5
    assert (size <= 5).mean() > 0.9
    assert size.max() < 20


def test_fathers_live_elsewhere_and_have_children_in_several_homes(people):
    """Many fathers do not live with their child, and some have children with more than one mother."""
    children = people[people["part"] == "child"]
    home = people["home"].to_numpy()
    assert 0.3 < (home[children["father"]] != children["home"]).mean() < 0.75
    mothers_per_father = children.groupby("father")["mother"].nunique()
    fathers_per_mother = children.groupby("mother")["father"].nunique()
    assert (mothers_per_father > 1).mean() > 0.02
    assert (fathers_per_mother > 2).mean() > 0.005


def test_juniors_have_their_fathers_name(people):
    """Whoever is called JR has the first and last name of a father who is called SR."""
    juniors = people[people["suffix"] == "JR"]
    fathers = people.iloc[juniors["father"]]
    assert len(juniors) > 50
    assert (juniors["first_name"].to_numpy() == fathers["first_name"].to_numpy()).all()
    assert (juniors["last_name"].to_numpy() == fathers["last_name"].to_numpy()).all()
    assert (fathers["suffix"] == "SR").all()


def test_brothers_and_sisters_share_a_last_name(people):
    """Children of the same two parents have one last name, but for the share declared; twins always do."""
    children = people[people["part"] == "child"]
    names = children.groupby(["mother", "father"])["last_name"].agg(["nunique", "size"])
    several = names[names["size"] > 1]
    assert 0 < (several["nunique"] > 1).mean() < NameShares().sibling_named_apart
    last = people["last_name"].to_numpy(dtype=object)
    twins = np.flatnonzero(people["twin"])
    assert len(twins) > 200
    assert (last[twins] == last[twins - 1]).all()
