"""Kin beyond the home: parents of one sex, parents and children of the grown up, men wrongly named."""

import numpy as np
import pytest

from caselink.synthetic.draws import Streams
from caselink.synthetic.history import Calendar
from caselink.synthetic.people.families import COUPLE, YEAR
from caselink.synthetic.people.kin import KinShares
from caselink.synthetic.people.population import draw_population
from caselink.synthetic.people.putative import PUTATIVE_SHARE
from caselink.synthetic.people.timeline import draw_history

N_PEOPLE = 40_000


@pytest.fixture(scope="module")
def people():
    """People of one larger population."""
    return draw_population(N_PEOPLE, streams=Streams(4)).people


@pytest.fixture(scope="module")
def history():
    """One district over two months."""
    return draw_history(8_000, streams=Streams(4), calendar=Calendar(2))


def test_some_couples_are_two_mothers_or_two_fathers(people):
    """Parents of one sex live together, in the share declared; one of them stands in the other's column."""
    child = people[(people["part"] == "child") & (people["kind"] == COUPLE)]
    child = child[people["home"].to_numpy()[child["father"]] == child["home"]].drop_duplicates("mother")
    mother_female, father_female = (people["female"].to_numpy()[child[column]] for column in ("mother", "father"))
    alike = mother_female == father_female
    n = len(child)
    share = KinShares().same_sex
    assert abs(alike.sum() - n * share) < 5 * np.sqrt(n * share)
    assert (alike & mother_female).any()
    assert (alike & ~mother_female).any()
    elsewhere = people[(people["part"] == "child") & (people["kind"] != COUPLE)]
    assert people["female"].to_numpy()[elsewhere["mother"]].all()


def test_the_grown_up_have_parents_and_brothers(people):
    """Some adults' parents are there: people without children at home, of the right sex, 16 years older or more."""
    grown_up = people[people["part"].isin(["mother", "father", "single"])]
    birth, female, part = (people[column].to_numpy() for column in ("birth", "female", "part"))
    for column, is_mother in (("mother", True), ("father", False)):
        child = grown_up[(grown_up[column] >= 0)]
        parent = child[column].to_numpy()
        assert 0.05 < len(child) / len(grown_up) < 0.4
        assert (female[parent] == is_mother).all()
        assert np.isin(part[parent], ["single", "grandparent"]).all()
        assert ((child["birth"].to_numpy() - birth[parent]) / YEAR >= 16).all()
        assert (child[column].value_counts() > 1).sum() > 50
        assert child[column].value_counts().max() <= 6


def test_brothers_and_sisters_are_twins_or_ten_months_apart(people):
    """Two children of one mother, and two of one parent of the grown up, are not born within ten months."""
    grown_up = people["part"] != "child"
    for column, among in (("mother", people["mother"] >= 0), ("father", (people["father"] >= 0) & grown_up)):
        siblings = people[among & ~people["twin"]].sort_values([column, "birth"])
        same = siblings[column].to_numpy()[1:] == siblings[column].to_numpy()[:-1]
        days = np.diff(siblings["birth"].to_numpy())[same]
        assert len(days) > 500
        assert days.min() >= 300


def test_nobody_has_children_with_a_brother_or_sister(people):
    """The parents of a child have no parent in common."""
    child = people[people["part"] == "child"]
    for column in ("mother", "father"):
        parent = people[column].to_numpy()
        one, two = parent[child["mother"]], parent[child["father"]]
        assert not ((one == two) & (one >= 0)).any()


def test_a_grandfather_at_home_is_the_mothers_father(people):
    """Who lives with his daughter and her children is known as her father, and she has his birth name or had it."""
    men = people[(people["part"] == "grandparent") & ~people["female"]]
    daughters = people[(people["part"] == "mother") & people["father"].isin(men.index)]
    assert len(daughters) == len(men) > 100


def test_putative_fathers_are_men_who_are_not_the_father(history):
    """Each child named has a father elsewhere; the men are no kin and old enough; their share is that declared."""
    people, putative = history.people, history.putative
    child, man = people.iloc[putative["child"]], people.iloc[putative["man"]]
    assert (child["part"] == "child").all()
    assert not man["female"].any()
    assert (child["father"].to_numpy() != putative["man"].to_numpy()).all()
    assert ((child["birth"].to_numpy() - man["birth"].to_numpy()) / YEAR >= 14).all()
    assert not putative.duplicated().any()
    children = people[people["part"] == "child"]
    home = history.home[0]
    away = children[home[children["mother"]] != home[children["father"]]]
    share = putative["child"].nunique() / len(away)
    assert PUTATIVE_SHARE / 2 < share < 1.3 * PUTATIVE_SHARE
    assert putative["child"].duplicated().any()
