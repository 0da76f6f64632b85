"""Group C: people in places of a case that do not go together, and those who only look so."""

from __future__ import annotations

import pytest
from hand_made_facts import ABSENT, ADULT, CARETAKER, CHILD, HEAD, IVA, IVD, NOW, WORK, Town, day

from caselink.findings import rule_of
from caselink.findings.facts import DEAD, JAILED, OTHER_KIN, OWN_CHILD

ANA, BEN, CAL, DOT = range(4)


@pytest.mark.parametrize(
    ("adult", "child", "found"),
    [
        pytest.param(0, 0, [({ANA}, 0, 11)], id="nobody is counted"),
        pytest.param(0, 1, [], id="child-only case"),
        pytest.param(1, 1, [], id="all are counted"),
    ],
)
def test_family_without_eligible_member(adult, child, found):
    """A case in which nobody is counted; a child-only case is a type of case."""
    town = Town()
    case = town.case(IVA)
    town.member(ANA, case, HEAD, counted=adult)
    town.member(CAL, case, CHILD, counted=child)
    assert town.leads(rule_of("C01")) == found


def test_parent_and_absent_parent_in_one():
    """One person both custodian and absent parent."""
    town = Town()
    case = town.case(IVD)
    town.member(ANA, case, HEAD)
    town.member(ANA, case, ABSENT, (3, 11))
    town.member(CAL, case, CHILD)
    assert town.leads(rule_of("C03")) == [({ANA}, 3, 11)]


@pytest.mark.parametrize(
    ("years", "found"),
    [
        pytest.param((1980, 2004), [], id="born a generation apart"),
        pytest.param((1980, 1980), [({BEN, CAL}, 0, 11)], id="one birth date"),
    ],
)
def test_father_and_son_of_one_name(years, found):
    """Two records of one full name in two roles are one person's only if the birth date is one."""
    town = Town()
    case = town.case(IVD)
    for person, role, year in ((BEN, ABSENT, years[0]), (CAL, CHILD, years[1])):
        town.member(person, case, role, name=5, last_name=5, born=day(year))
    assert town.leads(rule_of("C03")) == found


def test_father_and_son_linked_by_mistake():
    """One person by the links, but with the birth dates of a parent and a child."""
    town = Town()
    case = town.case(IVD)
    town.member(BEN, case, ABSENT, born=day(1980))
    town.member(BEN, case, CHILD, born=day(2004))
    assert town.leads(rule_of("C03")) == []


def parents(role: object = ADULT, **listed: object) -> Town:
    """Ben is absent parent of Cal with IV-D; Cal is in Ana's unit, and Ben too in some role."""
    town = Town()
    support, unit = town.case(IVD), town.case(IVA)
    town.member(ANA, support, HEAD)
    town.member(BEN, support, ABSENT)
    town.member(CAL, support, CHILD)
    town.member(ANA, unit, HEAD, place=3)
    town.member(CAL, unit, CHILD)
    if role is not None:
        town.member(BEN, unit, role, (6, 11), **listed)
    return town


def test_absent_parent_in_the_home():
    """An adult of the child's unit who is absent parent to IV-D."""
    assert parents().leads(rule_of("C04")) == [({BEN, CAL}, 6, 11)]


@pytest.mark.parametrize(
    "town",
    [
        pytest.param(parents(None), id="not listed"),
        pytest.param(parents(ABSENT), id="listed as one who lives elsewhere"),
        pytest.param(parents(ADULT, resides=0), id="listed, and told to live elsewhere"),
    ],
)
def test_absent_parent_who_is_not_in_the_home(town):
    """An address in common, or a line that says he lives elsewhere, is no lead."""
    assert town.leads(rule_of("C04")) == []


@pytest.mark.parametrize(
    ("born", "kin", "found"),
    [
        pytest.param(2000, OWN_CHILD, 1, id="eight years"),
        pytest.param(1980, OWN_CHILD, 0, id="28 years"),
        pytest.param(1940, OWN_CHILD, 1, id="68 years"),
        pytest.param(2000, OTHER_KIN, 0, id="no parent of the child"),
    ],
)
def test_age_gap(born, kin, found):
    """Parent and child hardly apart in age, or too far."""
    town = Town()
    case = town.case(IVA)
    town.member(ANA, case, HEAD, born=day(born))
    town.member(CAL, case, CHILD, born=day(2008), relationship=kin)
    assert len(town.leads(rule_of("C05"))) == found


@pytest.mark.parametrize(
    ("months_old", "found"),
    [
        pytest.param(19 * 12 + 5, [({CAL}, 7, 11)], id="nineteen since five months"),
        pytest.param(19 * 12, [], id="the month of the birthday"),
        pytest.param(18 * 12 + 6, [], id="18 and in school"),
        pytest.param(27 * 12, [], id="the date is more likely wrong"),
    ],
)
def test_grown_child(months_old, found):
    """Counted as a child after the month of the 19th birthday; ``months_old`` in the last month."""
    town = Town()
    case = town.case(IVA)
    born = NOW - months_old
    town.member(CAL, case, CHILD, born=day(born // 12, born % 12 + 1, 10))
    assert town.leads(rule_of("C06")) == found


def test_grown_child_whose_other_records_are_younger():
    """Two other records with a later birth date contradict it."""
    town = Town()
    case = town.case(IVA)
    town.member(CAL, case, CHILD, born=day(2004))
    for _ in range(2):
        town.record(CAL, IVD, born=day(2014))
    assert town.leads(rule_of("C06")) == []


@pytest.mark.parametrize(
    ("custodian", "kin", "found"),
    [
        pytest.param(ANA, OTHER_KIN, [({CAL}, 0, 11)], id="own child here, grandchild there"),
        pytest.param(ANA, OWN_CHILD, [], id="own child in both"),
        pytest.param(DOT, OTHER_KIN, [], id="another adult is in charge there"),
    ],
)
def test_kin_conflict(custodian, kin, found):
    """Relationships to one adult in charge."""
    town = Town()
    unit, support = town.case(IVA), town.case(IVD)
    town.member(ANA, unit, HEAD)
    town.member(CAL, unit, CHILD, relationship=OWN_CHILD)
    town.member(custodian, support, HEAD)
    town.member(CAL, support, CHILD, relationship=kin)
    assert town.leads(rule_of("C07")) == found


def test_kin_of_a_child_who_went_to_another_payee():
    """Cal went from his mother to Ana, his grandmother: *own child* was told of the mother, and contradicts nothing."""
    town = Town()
    before, unit, support = town.case(IVA), town.case(IVA), town.case(IVD)
    town.member(DOT, before, HEAD, (0, 4))
    town.member(ANA, unit, CARETAKER, (5, 11), born=day(1950))
    child = town.record(CAL, IVA, relationship=OWN_CHILD, born=day(2015))
    town.stay(child, before, CHILD, (0, 4))
    town.stay(child, unit, CHILD, (5, 11))
    town.member(ANA, support, HEAD)
    town.member(CAL, support, CHILD, relationship=OTHER_KIN)
    assert town.leads(rule_of("C07")) == []
    assert town.leads(rule_of("C05")) == []


@pytest.mark.parametrize(
    ("custodian", "absent", "near", "sure"),
    [
        pytest.param({"born": 1}, {"born": 1}, 0, 1.0, id="SSN and birth date"),
        pytest.param({"name": 7, "last_name": 7}, {"name": 7, "last_name": 7}, 0, 1.0, id="SSN and full name"),
        pytest.param({"ssn": 5, "born": 1, "name": 7}, {"born": 1, "name": 7}, 3, 8 / 9, id="linked by themselves"),
        pytest.param({"ssn": 5}, {}, 0, None, id="neither"),
    ],
)
def test_parent_and_absent_who_were_kept_apart(custodian, absent, near, sure):
    """Ana's two records of one case were not joined; what they say makes her one person all the same."""
    town = Town()
    case = town.case(IVD)
    told = [{"ssn": 9, **one} for one in (custodian, absent)]
    told = [{**one, "born": day(1985)} if "born" in one else one for one in told]
    one, other = (
        town.member(who, case, role, **what) for who, role, what in zip((ANA, DOT), (HEAD, ABSENT), told, strict=True)
    )
    if near:
        town.add("near", left=one, right=other, bits=near)
    found = rule_of("C03").find(town.facts())
    assert found.sure.tolist() == ([] if sure is None else [pytest.approx(sure)])
    equal = found.reasons["says"].str.startswith("two of them equal").any()
    assert equal == (sure == 1)  # of a pair that only linking finds alike it is not said that values are equal


def test_father_and_son_of_one_name_and_one_birth_date_missing():
    """They were taken for one person by their name alone: that a son is his father's child is no contradiction."""
    town = Town()
    case = town.case(IVD)
    town.member(BEN, case, ABSENT, born=day(1985))
    town.member(BEN, case, CHILD)
    assert town.leads(rule_of("C03")) == []


@pytest.mark.parametrize(
    ("absence", "told", "found"),
    [
        pytest.param(DEAD, "report", 1, id="said to be dead, and reported by an employer"),
        pytest.param(DEAD, "earlier", 0, id="reported before the parent was listed as absent"),
        pytest.param(DEAD, None, 0, id="said to be dead, and nothing against it"),
        pytest.param(DEAD, "report and death", 0, id="a source confirms the death"),
        pytest.param(JAILED, None, 1, id="said to be in jail, never there"),
        pytest.param(JAILED, "confinement", 0, id="was in jail, and is out again"),
    ],
)
def test_absence_reason(absence, told, found):
    """Why a parent is absent, beside other sources."""
    town = Town()
    case = town.case(IVD)
    town.member(BEN, case, ABSENT, (2, 11), absence=absence)
    work = town.record(BEN, WORK)
    if "report" in (told or ""):
        town.add("reports", record=work, person=BEN, kind=0, month=3)
    if told == "earlier":
        town.add("reports", record=work, person=BEN, kind=0, month=1)
    if "death" in (told or ""):
        town.add("deaths", record=work, person=BEN, month=5)
    if told == "confinement":
        town.add("confinements", record=work, person=BEN, first=0, last=2)
    assert len(town.leads(rule_of("C09"))) == found


@pytest.mark.parametrize(
    ("died", "found"),
    [pytest.param(4, [({BEN}, 5, 11)], id="months ago"), pytest.param(11, [], id="in the month of death")],
)
def test_dead_on_a_case(died, found):
    """In a case after the month of death."""
    town = Town()
    case = town.case(IVA)
    town.member(BEN, case, ADULT)
    town.add("deaths", record=town.record(BEN, WORK), person=BEN, month=died)
    assert town.leads(rule_of("C11")) == found


@pytest.mark.parametrize(
    ("months", "found"),
    [
        pytest.param((2, 6), [({BEN}, 3, 6)], id="whole months"),
        pytest.param((2, 2), [], id="jailed in the month"),
    ],
)
def test_jailed_and_counted(months, found):
    """Counted in months that were spent in jail from beginning to end."""
    town = Town()
    case = town.case(IVA)
    town.member(BEN, case, ADULT)
    town.add("confinements", record=town.record(BEN, WORK), person=BEN, first=months[0], last=months[1])
    assert town.leads(rule_of("C12")) == found
