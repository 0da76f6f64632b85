"""Group D: each rule finds what it is for, and leaves its innocent look-alikes alone."""

from __future__ import annotations

import pytest
from hand_made_facts import ABSENT, ADULT, CARETAKER, CHILD, HEAD, IVA, IVD, NOW, PUTATIVE, Town, day

from caselink.findings import rule_of
from caselink.findings.facts import FEMALE, MALE

ANA, BEN, CAL, DOT, EVE = range(5)


def two_units(first: tuple[int, int], second: tuple[int, int], **second_stay: int) -> Town:
    """Cal is a child in Ana's unit and, under another record, in Ben's."""
    town = Town()
    one, other = town.case(IVA), town.case(IVA)
    town.member(ANA, one, HEAD)
    town.member(BEN, other, HEAD)
    town.member(CAL, one, CHILD, first)
    town.member(CAL, other, CHILD, second, **second_stay)
    return town


def test_child_of_two_payees():
    """A child counted in two cases of different payees in the same months."""
    assert two_units((0, 6), (3, 11)).leads(rule_of("D05")) == [({ANA, BEN, CAL}, 3, 6)]


@pytest.mark.parametrize(
    "town",
    [
        pytest.param(two_units((0, 5), (5, 11)), id="handed over within the month"),
        pytest.param(two_units((0, 5), (6, 11)), id="one after the other"),
        pytest.param(two_units((0, 11), (3, 11), counted=0), id="joint custody: listed and not counted"),
        pytest.param(two_units((0, 11), (11, 11)), id="begun in the last month"),
    ],
)
def test_child_of_one_payee_at_a_time(town):
    """Hand-overs and joint custody are no overlap."""
    assert town.leads(rule_of("D05")) == []
    assert town.leads(rule_of("D04")) == []


def test_payees_who_may_be_one_person():
    """Two payees of one birth date and first name, nearly linked, may be one: no child of two payees."""
    town = two_units((0, 11), (0, 11))
    for record in town.rows["records"][:2]:
        record |= {"born": day(1985), "name": 7}
    town.add("near", left=0, right=1)
    assert town.leads(rule_of("D05")) == []


def test_adult_in_two_units():
    """An adult counted in two cases; one who is only listed in the second is not."""
    for counted, found in ((1, [({ANA, BEN}, 2, 11)]), (0, [])):
        town = Town()
        one, other = town.case(IVA), town.case(IVA)
        town.member(ANA, one, HEAD)
        town.member(BEN, other, HEAD)
        town.member(ANA, other, ADULT, (2, 11), counted=counted)
        assert town.leads(rule_of("D04")) == found


def lines(**again: int) -> Town:
    """Cal stands twice in Ana's unit."""
    town = Town()
    case = town.case(IVA)
    town.member(ANA, case, HEAD)
    town.member(CAL, case, CHILD, born=day(2015), line=1)
    town.member(CAL, case, CHILD, (2, 3), born=day(2015), **again)
    return town


def test_the_same_line_twice():
    """Equal lines are exact duplicates, others partial ones, and never both."""
    assert lines(line=1).leads(rule_of("D01")) == [({CAL}, 2, 3)]
    assert lines(line=1).leads(rule_of("D02")) == []
    assert lines(line=2).leads(rule_of("D01")) == []
    assert lines(line=2).leads(rule_of("D02")) == [({CAL}, 2, 3)]


def test_a_line_that_was_kept_apart():
    """Rows of one case that agree in names and birth date are told of, though linking made two people of them."""
    town = Town()
    case = town.case(IVA)
    same = {"born": day(2015), "name": 5, "last_name": 5}
    town.member(CAL, case, CHILD, **same)
    town.member(DOT, case, CHILD, **same)
    assert town.leads(rule_of("D02")) == [({CAL, DOT}, 0, 11)]


def test_twins_are_no_duplicate():
    """One birth date and one last name, but two first names."""
    town = Town()
    case = town.case(IVA)
    for child in (CAL, DOT):
        town.member(child, case, CHILD, born=day(2015), last_name=5)
    for rule in ("D01", "D02", "D10"):
        assert town.leads(rule_of(rule)) == []


def test_two_numbers_of_one_program():
    """One person under two numbers; twice in one case and month is another finding (D02)."""
    town = Town()
    one, other = town.case(IVA), town.case(IVA)
    town.member(ANA, one, HEAD, (0, 4))
    town.member(ANA, other, HEAD, (5, 11))
    assert town.leads(rule_of("D10")) == [({ANA}, 5, 11)]
    assert lines(line=2).leads(rule_of("D10")) == []


def support(*cases: dict[str, object]) -> Town:
    """Support cases of Cal: ``head``, ``absent``, ``months``, ``sex`` of the absent parent, ``paternity``, ``role``."""
    town = Town()
    for told in cases:
        case = town.case(IVD, paternity=told.get("paternity", 1))
        months = told.get("months", (0, 11))
        town.member(told["head"], case, HEAD, months)
        town.member(told["absent"], case, told.get("role", ABSENT), months, sex=told.get("sex", MALE))
        town.member(CAL, case, CHILD, months)
    return town


def test_support_case_twice():
    """Custodian, absent parent and child the same in two open cases; opened again after it was closed is one case."""
    parties = {"head": ANA, "absent": BEN}
    twice = support({**parties, "months": (0, 8)}, {**parties, "months": (4, 11)})
    assert twice.leads(rule_of("D06")) == [({ANA, BEN, CAL}, 4, 8)]
    again = support({**parties, "months": (0, 4)}, {**parties, "months": (6, 11)})
    assert again.leads(rule_of("D06")) == []
    assert support(parties, {**parties, "absent": DOT}).leads(rule_of("D06")) == []


def test_support_case_twice_of_a_custodian_kept_apart():
    """The case was keyed again under the mother's new name, so that she became two people; the lead says how sure."""
    town = support({"head": ANA, "absent": BEN}, {"head": DOT, "absent": BEN})
    mothers = [n for n, row in enumerate(town.rows["records"]) if row["person"] in (ANA, DOT)]
    for one in mothers:
        town.rows["records"][one].update(born=day(1990), name=9)
    assert town.leads(rule_of("D06")) == []
    town.add("near", left=mothers[0], right=mothers[1], bits=3)
    found = rule_of("D06").find(town.facts())
    assert found.sure.tolist() == [pytest.approx(8 / 9)]


def test_support_case_opened_again_in_the_last_month():
    """Two open cases of the same parties are one too many, even where the second has only just begun."""
    parties = {"head": ANA, "absent": BEN}
    town = support(parties, {**parties, "months": (11, 11)})
    assert town.leads(rule_of("D06")) == [({ANA, BEN, CAL}, 11, 11)]
    town.rows["cases"][0]["closed"] = NOW
    assert town.leads(rule_of("D06")) == []


def test_two_children_of_one_name():
    """Two girls of one name were taken for one: no number, birth date or address in common, and two mothers."""
    town = support({"head": ANA, "absent": BEN}, {"head": DOT, "absent": BEN})
    children = [row for row in town.rows["records"] if row["person"] == CAL]
    children[0].update(born=day(2015), place=1)
    children[1].update(ssn=412_345_678, place=2)
    for rule in ("D07", "D08"):
        assert town.leads(rule_of(rule)) == []
    children[1].update(place=1)
    assert len(town.leads(rule_of("D07"))) == 1


def test_two_custodians():
    """A child active under two custodians; not one custodian with a case against each parent, nor a hand-over."""
    rule = rule_of("D07")
    assert support({"head": ANA, "absent": BEN}, {"head": DOT, "absent": BEN}).leads(rule) == [({ANA, CAL, DOT}, 0, 11)]
    assert support({"head": DOT, "absent": ANA}, {"head": DOT, "absent": BEN}).leads(rule) == []
    assert (
        support({"head": ANA, "absent": BEN, "months": (0, 5)}, {"head": DOT, "absent": BEN, "months": (5, 11)}).leads(
            rule
        )
        == []
    )


def test_two_fathers():
    """Paternity settled against two men; not where it is open, nor where one of the two is the mother."""
    rule = rule_of("D08")
    one, other = {"head": ANA, "absent": BEN}, {"head": ANA, "absent": DOT}
    assert support(one, other).leads(rule) == [({BEN, CAL, DOT}, 0, 11)]
    assert support(one, {**other, "paternity": 0}).leads(rule) == []
    assert support(one, {**other, "sex": FEMALE}).leads(rule) == []


def test_putative_fathers():
    """Several men in one case of whom none is settled are normal."""
    town = Town()
    case = town.case(IVD, paternity=0)
    town.member(ANA, case, HEAD)
    for man in (BEN, DOT):
        town.member(man, case, PUTATIVE, sex=MALE)
    town.member(CAL, case, CHILD)
    assert town.leads(rule_of("D08")) == []


@pytest.mark.parametrize(
    ("children", "house", "found"),
    [
        pytest.param((CAL, DOT), 9, [({ANA, BEN, CAL, DOT}, 0, 11)], id="two children in common, one address"),
        pytest.param((CAL,), 9, [], id="one child in common"),
        pytest.param((CAL, DOT), 8, [], id="two addresses"),
    ],
)
def test_household_twice(children, house, found):
    """Two payees of one home, most people in common."""
    town = Town()
    one, other = town.case(IVA), town.case(IVA)
    town.member(ANA, one, HEAD, house=9)
    town.member(BEN, other, CARETAKER, house=house)
    for child in children:
        town.member(child, one, CHILD)
        town.member(child, other, CHILD)
    assert town.leads(rule_of("D09")) == found


def test_household_that_changed_over():
    """All change to the other parent within a month: one household, one case after the other."""
    town = Town()
    one, other = town.case(IVA), town.case(IVA)
    town.member(ANA, one, HEAD, (0, 5), house=9)
    town.member(BEN, other, HEAD, (5, 11), house=9)
    for child in (CAL, DOT, EVE):
        town.member(child, one, CHILD, (0, 5))
        town.member(child, other, CHILD, (5, 11))
    assert town.leads(rule_of("D09")) == []
