"""People of one name in a family, and in a shelter."""

import numpy as np
import pytest

from caselink.synthetic.draws import Streams
from caselink.synthetic.history import Calendar
from caselink.synthetic.people.names import fold
from caselink.synthetic.people.namesakes import NamesakeShares
from caselink.synthetic.people.population import draw_population
from caselink.synthetic.people.timeline import draw_history


@pytest.fixture(scope="module")
def people():
    """People of one larger population."""
    return draw_population(60_000, streams=Streams(6)).people


def relatives(people, rows, *path):
    """The relative of each row along ``mother`` and ``father``, rows without one left out."""
    person = rows
    for column in path:
        person = np.append(people[column].to_numpy(), -1)[person]
    return rows[person >= 0], person[person >= 0]


def same(people, one, two, *columns):
    """Where two rows have the same values."""
    return np.logical_and.reduce([people[c].to_numpy()[one] == people[c].to_numpy()[two] for c in columns])


def test_suffixes_count_the_generations(people):
    """A JR's father is SR, a III's is JR and his father SR, and all have one first and last name."""
    for suffix, fathers in (("JR", {"SR"}), ("III", {"JR"})):
        sons, father = relatives(people, np.flatnonzero(people["suffix"] == suffix), "father")
        assert len(sons) == (people["suffix"] == suffix).sum() > 5
        assert set(people["suffix"].to_numpy()[father]) == fathers
        assert same(people, sons, father, "first_name", "last_name").all()
    thirds, grandfather = relatives(people, np.flatnonzero(people["suffix"] == "III"), "father", "father")
    assert len(thirds) == (people["suffix"] == "III").sum()
    assert set(people["suffix"].to_numpy()[grandfather]) == {"SR"}
    assert same(people, thirds, grandfather, "first_name", "last_name").all()


def test_sons_of_one_name_live_without_their_father_too(people):
    """There are sons named for a father who lives elsewhere, and some with no suffix to tell them apart."""
    sons, father = relatives(people, np.flatnonzero((people["part"] == "child") & ~people["female"]), "father")
    alike = same(people, sons, father, "first_name", "middle_name", "last_name")
    home, suffixed = people["home"].to_numpy(), people["suffix"].notna().to_numpy()
    assert (alike & (home[sons] != home[father])).sum() > 20
    assert (alike & ~suffixed[sons]).sum() > 5


def test_first_sons_are_named_for_their_fathers_at_the_rate(people):
    """Of first sons with their father's last name the declared share have his first name, if he is no junior."""
    sons, father = relatives(people, np.flatnonzero((people["part"] == "child") & ~people["female"]), "father")
    alike = same(people, sons, father, "last_name") & ~people["female"].to_numpy()[father]
    sons, father = sons[alike], father[alike]
    first = np.unique(father, return_index=True)[1]
    sons, father = sons[first], father[first]
    plain = ~people["suffix"].isin(["JR", "III"]).to_numpy()[father]
    named = same(people, sons[plain], father[plain], "first_name").sum()
    n, share = plain.sum(), NamesakeShares().junior
    assert abs(named - n * share) < 5 * np.sqrt(n * share)


def test_granddaughters_and_cousins_have_one_name_at_times(people):
    """Some granddaughters are called as the grandmother, in and out of her home; some cousins are called alike."""
    girls, grandmother = relatives(
        people, np.flatnonzero((people["part"] == "child") & people["female"]), "mother", "mother"
    )
    named = same(people, girls, grandmother, "first_name")
    home = people["home"].to_numpy()
    assert (named & (home[girls] == home[grandmother])).sum() > 10
    assert (named & same(people, girls, grandmother, "last_name")).sum() > 5
    rows, grandfather = relatives(people, np.flatnonzero(people["part"] == "child"), "father", "father")
    children = people.iloc[rows].assign(grandfather=grandfather)
    alike = children.groupby(["grandfather", "first_name", "last_name"])["father"].nunique()
    assert (alike > 1).sum() > 5


def test_brothers_and_sisters_have_names_of_their_own(people):
    """No two children of one mother have one first name."""
    children = people[people["part"] == "child"]
    names = children.assign(first_name=fold(children["first_name"].to_numpy(dtype=object)))
    assert not names.duplicated(["mother", "first_name"]).any()


def test_a_shelter_houses_two_of_one_name():
    """In the shelter of a district two people who are no kin have one first and last name."""
    history = draw_history(12_000, streams=Streams(1), calendar=Calendar(1))
    people = history.people.assign(last_name=history.surnames[history.last_name[0]])
    place = history.addresses["place"].to_numpy()[history.home_address[0]][history.home[0]]
    sheltered = people[(place == "shelter") & (history.home[0] >= 0)]
    assert sheltered.duplicated(["first_name", "last_name"]).any()
