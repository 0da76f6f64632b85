"""Group R: what one of IV-A and IV-D has and the other has not, and why that is often as it should be."""

from __future__ import annotations

import pytest
from hand_made_facts import ABSENT, ADULT, CARETAKER, CHILD, HEAD, IVA, IVD, NOW, PUTATIVE, Town, day

from caselink.findings import rule_of
from caselink.findings.facts import (
    CURRENT,
    FEMALE,
    FORMER,
    GRANDCHILD,
    GRANTED,
    MALE,
    NEVER,
    OTHER_KIN,
    OWN_CHILD,
    PENDING,
)

ANA, BEN, CAL, DOT, EVE = range(5)
NAME, OTHER_NAME = 77, 78


def unit(months: tuple[int, int] = (2, 11), payee: object = HEAD, **case: int) -> tuple[Town, int]:
    """Ana has a unit with Cal, her own child, or a relative's."""
    town = Town()
    number = town.case(IVA, **{"opened": months[0], **case})
    town.member(ANA, number, payee, months, born=day(1985))
    kin = OWN_CHILD if payee is HEAD else OTHER_KIN
    town.member(CAL, number, CHILD, months, relationship=kin, born=day(2012), surname=NAME, last_name=NAME)
    return town, number


def support(
    town: Town, absent: int, *, custodian: int = ANA, child: int = CAL, months: tuple[int, int] = (0, 11), **told: int
) -> int:
    """A support case of ``custodian`` against ``absent``."""
    number = town.case(IVD, **told)
    town.member(custodian, number, HEAD, months)
    town.member(child, number, CHILD, months, surname=NAME, last_name=NAME)
    town.member(absent, number, ABSENT, months, surname=NAME, last_name=NAME)
    return number


def test_missed_referral():
    """A counted child with one parent, and neither case nor referral."""
    town, _ = unit()
    assert town.leads(rule_of("R01")) == [({ANA, CAL}, 2, 11)]


def _with_case(town: Town, number: int) -> None:
    support(town, BEN, custodian=DOT)


def _with_referral(town: Town, number: int) -> None:
    town.add("referrals", case=number, child=CAL, received=4)


def _with_other_parent(town: Town, number: int) -> None:
    town.member(BEN, number, ADULT)


def _with_dead_parent(town: Town, number: int) -> None:
    old = town.case(IVA)
    town.member(BEN, old, ADULT, (0, 1))
    town.member(CAL, old, CHILD, (0, 1))
    town.add("deaths", record=0, person=BEN, month=1)


def _with_near_record(town: Town, number: int) -> None:
    support(town, BEN, custodian=DOT, child=EVE)
    child = next(n for n, record in enumerate(town.rows["records"]) if record["person"] == EVE)
    town.add("near", left=1, right=child)


def _with_sibling(town: Town, number: int) -> None:
    support(town, BEN, child=EVE)


def _with_another_unit(town: Town, number: int) -> None:
    other = town.case(IVA)
    town.member(DOT, other, HEAD)
    town.member(BEN, other, ADULT)
    town.member(CAL, other, CHILD)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(_with_case, id="a case against a parent, of whatever custodian"),
        pytest.param(_with_referral, id="a referral was received"),
        pytest.param(_with_other_parent, id="both parents at home"),
        pytest.param(_with_dead_parent, id="the other parent died"),
        pytest.param(_with_near_record, id="IV-D may know the child, kept apart"),
        pytest.param(_with_sibling, id="a brother of one name is in a case: children differ"),
        pytest.param(_with_another_unit, id="another unit counts the child"),
    ],
)
def test_no_referral_is_missed(change):
    """The innocent explanations that are tested."""
    town, number = unit()
    change(town, number)
    assert town.leads(rule_of("R01")) == []


@pytest.mark.parametrize(
    ("months", "case"),
    [
        pytest.param((10, 11), {}, id="inside the allowed time"),
        pytest.param((2, 11), {"good_cause": PENDING}, id="good cause claimed"),
        pytest.param((2, 11), {"good_cause": GRANTED}, id="good cause granted"),
    ],
)
def test_no_referral_is_due(months, case):
    """Before the time is out, and with good cause, none is due."""
    town, _ = unit(months, **case)
    assert town.leads(rule_of("R01")) == []


@pytest.mark.parametrize(
    ("born", "counted", "found"),
    [
        pytest.param(1984, 1, 0, id="counted"),
        pytest.param(1984, 0, 0, id="not counted, of a parent's age"),
        pytest.param(1950, 0, 1, id="not counted, of a grandparent's age"),
        pytest.param(2007, 0, 1, id="not counted, a grown-up brother"),
    ],
)
def test_another_adult_of_the_unit(born, counted, found):
    """Whoever may be the other parent by age is taken for that parent, under whatever last name."""
    town, number = unit()
    town.member(BEN, number, ADULT, born=day(born), counted=counted, surname=OTHER_NAME, last_name=OTHER_NAME)
    assert len(town.leads(rule_of("R01"))) == found


@pytest.mark.parametrize(
    ("born", "found"),
    [
        pytest.param(1968, 1, id="the payee's mother: a generation older"),
        pytest.param(1984, 0, id="somebody of the payee's age"),
    ],
)
def test_grandmother_in_the_unit(born, found):
    """The payee's mother lives with her and is not counted: she is not the child's other parent."""
    town, number = unit()
    town.member(BEN, number, ADULT, born=day(born), counted=0)
    assert len(town.leads(rule_of("R01"))) == found


@pytest.mark.parametrize(("year", "found"), [pytest.param(2004, 0, id="grown"), pytest.param(2009, 1, id="a minor")])
def test_grown_child_has_nobody_to_be_referred(year, found):
    """A daughter of twenty is still carried as a child (C06): there is no support to be asked for her any more."""
    town = Town()
    number = town.case(IVA, opened=0)
    town.member(ANA, number, HEAD, born=day(1980))
    town.member(CAL, number, CHILD, relationship=OWN_CHILD, born=day(year))
    assert len(town.leads(rule_of("R01"))) == found


def test_missed_referral_is_not_looked_for_in_a_sample():
    """What is not in a sample proves nothing."""
    about = rule_of("R01").about
    lacking = Town().facts("all cases iv-d").lacking([f"all cases {name}" for name in about.absence_in])
    assert lacking == ["all cases iv-d"]


def test_second_parent():
    """A relative's case against one parent; not against both, with good cause, or of a parent by IV-D's records."""
    town, _ = unit(payee=CARETAKER)
    support(town, BEN)
    assert town.leads(rule_of("R03")) == [({ANA, CAL}, 2, 11)]
    support(town, DOT)
    assert town.leads(rule_of("R03")) == []
    held, _ = unit(payee=CARETAKER, good_cause=GRANTED)
    support(held, BEN)
    assert held.leads(rule_of("R03")) == []
    own, _ = unit(payee=CARETAKER)
    support(own, BEN)
    own.rows["records"][-2]["relationship"] = OWN_CHILD
    assert own.leads(rule_of("R03")) == []


@pytest.mark.parametrize(
    ("told", "found"),
    [
        pytest.param({"sex": FEMALE, "born": day(1990)}, 0, id="a woman of a mother's age"),
        pytest.param({"sex": MALE, "born": day(1990)}, 1, id="a man, and the father is known"),
        pytest.param({"sex": FEMALE, "born": day(2009)}, 1, id="a sister"),
        pytest.param({"sex": FEMALE, "born": day(1990), "place": 6}, 1, id="at another address"),
    ],
)
def test_mother_at_the_grandmothers_address(told, found):
    """A grandmother is paid for the child, IV-D knows the father; a woman at her address may be the mother."""
    town, _ = unit(payee=CARETAKER)
    town.rows["records"][0].update(born=day(1960), place=5)
    support(town, BEN)
    town.rows["records"][-1]["sex"] = MALE
    town.member(DOT, town.case(IVD), HEAD, **{"place": 5, **told})
    assert len(town.leads(rule_of("R03"))) == found


@pytest.mark.parametrize(
    ("kin", "found"), [pytest.param(GRANDCHILD, 1, id="a grandmother"), pytest.param(OTHER_KIN, 0, id="an aunt")]
)
def test_husband_of_the_payee(kin, found):
    """A man near the payee's age at her address: a grandmother's husband, or the father, whose sister has the child."""
    town, _ = unit(payee=CARETAKER)
    town.rows["records"][0].update(born=day(1975), place=5)
    town.rows["records"][1]["relationship"] = kin
    support(town, BEN)
    town.rows["records"][-1]["sex"] = FEMALE
    town.record(DOT, IVD, place=5, sex=MALE, born=day(1978))
    assert len(town.leads(rule_of("R03"))) == found


def test_absent_parent_on_file_at_the_grandmothers_address():
    """He is absent parent of another child's case, and his address there is from before he went."""
    town, _ = unit(payee=CARETAKER)
    town.rows["records"][0].update(born=day(1960), place=5)
    support(town, BEN)
    town.rows["records"][-1]["sex"] = FEMALE
    town.member(DOT, town.case(IVD), ABSENT, place=5, sex=MALE, born=day(1990))
    assert town.leads(rule_of("R03")) == [({ANA, CAL}, 2, 11)]


def test_address_of_a_shelter():
    """Where a crowd is on file at one address, a woman among them is nobody's mother for that."""
    town, _ = unit(payee=CARETAKER)
    town.rows["records"][0].update(born=day(1960), place=5)
    support(town, BEN)
    town.rows["records"][-1]["sex"] = MALE
    for stranger in range(DOT, DOT + 13):
        town.record(stranger, IVD, place=5, sex=FEMALE, born=day(1990))
    assert len(town.leads(rule_of("R03"))) == 1


def test_several_putative_fathers_are_one_parent():
    """A case against two men who may be the father: the mother is the one who was not referred."""
    town, _ = unit(payee=CARETAKER)
    case = support(town, BEN)
    town.member(EVE, case, PUTATIVE)
    for row in town.rows["stays"]:
        if row["case"] == case and row["role"] == ABSENT:
            row["role"] = int(PUTATIVE)
    assert town.leads(rule_of("R03")) == [({ANA, CAL}, 2, 11)]
    determined = next(n for n, row in enumerate(town.rows["records"]) if row["person"] == BEN)
    for row in town.rows["stays"]:
        if row["record"] == determined:
            row["last"] -= 6
    town.stay(determined, case, ABSENT, (6, 11))
    assert town.leads(rule_of("R03")) == [({ANA, CAL}, 2, 11)]


@pytest.mark.parametrize(
    ("moved", "found"),
    [pytest.param(True, 0, id="went from one payee to another"), pytest.param(False, 1, id="stayed")],
)
def test_relationship_of_a_child_who_went_to_another_payee(moved, found):
    """Cal's record says *other relative*, told of an aunt; with his mother no second parent is missing."""
    town, _ = unit()
    town.rows["records"][1]["relationship"] = OTHER_KIN
    support(town, BEN)
    if moved:
        before = town.case(IVA)
        town.member(DOT, before, CARETAKER, (0, 1))
        town.stay(1, before, CHILD, (0, 1))
    assert len(town.leads(rule_of("R03"))) == found


@pytest.mark.parametrize(
    ("received", "worked", "opened", "found"),
    [
        pytest.param(4, -1, None, 1, id="received and never worked"),
        pytest.param(4, 9, None, 1, id="worked five months late"),
        pytest.param(10, -1, None, 0, id="inside the 20 days"),
        pytest.param(4, 5, None, 0, id="worked in the next month"),
        pytest.param(4, -1, 0, 0, id="the case was there already"),
        pytest.param(-1, -1, None, 0, id="never received"),
    ],
)
def test_late_opening(received, worked, opened, found):
    """A referral received, and no case by the end of the next month."""
    town, number = unit()
    town.add("referrals", case=number, child=CAL, received=received, worked=worked)
    if opened is not None:
        support(town, BEN)
    assert len(town.leads(rule_of("R02"))) == found


@pytest.mark.parametrize(("of_unit", "found"), [pytest.param(False, 0, id="before"), pytest.param(True, 1, id="now")])
def test_referral_of_a_child_who_came_back(of_unit, found):
    """Ana's case for Cal was named by a referral of her unit of last year; this year's names none, and needs no other.

    Where both are of one unit they are about two parents, and the case is against the one.
    """
    town, number = unit()
    case = support(town, BEN)
    before = number if of_unit else town.case(IVA)
    town.add("referrals", case=before, child=CAL, received=0, worked=0, support_case=case)
    town.add("referrals", case=number, child=CAL, received=4)
    assert len(town.leads(rule_of("R02"))) == found


@pytest.mark.parametrize(
    ("status", "months", "found"),
    [
        pytest.param(NEVER, (0, 11), 1, id="never, and on assistance all the time"),
        pytest.param(FORMER, (0, 11), 1, id="former, and on assistance all the time"),
        pytest.param(CURRENT, (0, 11), 0, id="current in both"),
        pytest.param(CURRENT, (0, 5), 1, id="current, and off assistance for months"),
        pytest.param(CURRENT, (0, 10), 0, id="off assistance since a month: timing"),
        pytest.param(NEVER, (10, 11), 0, id="on assistance since two months: timing"),
    ],
)
def test_assistance_status(status, months, found):
    """IV-D's status against the last four months."""
    town, _ = unit(months)
    support(town, BEN, assistance=status)
    assert len(town.leads(rule_of("R04"))) == found


@pytest.mark.parametrize(
    ("there", "found"), [pytest.param(0, 1, id="only with IV-A"), pytest.param(GRANTED, 0, id="held in both")]
)
def test_good_cause(there, found):
    """Good cause with IV-A and none with IV-D."""
    town, _ = unit(good_cause=GRANTED)
    support(town, BEN, good_cause=there)
    assert len(town.leads(rule_of("R06"))) == found


@pytest.mark.parametrize(
    ("here", "there", "found"),
    [
        pytest.param(1, 0, 1, id="only with IV-A"),
        pytest.param(0, 1, 1, id="only with IV-D"),
        pytest.param(1, 1, 0, id="in both"),
        pytest.param(1, -1, 0, id="the other does not say"),
    ],
)
def test_protection(here, there, found):
    """A flag in one program and a clear no in the other."""
    town = Town()
    town.record(ANA, IVA, protected=here)
    town.record(ANA, IVD, protected=there)
    assert len(town.leads(rule_of("R07"))) == found


def differing(**child: object) -> Town:
    """Ana has Cal and Eve in her unit, and Cal alone in her case against Ben."""
    town, number = unit((0, 11))
    support(town, BEN)
    told = {"born": day(2014), "surname": NAME, "last_name": NAME, **child}
    town.member(EVE, number, CHILD, **told)
    return town


def test_children_differ():
    """A child of the name of parent and brother is not in the case."""
    assert differing().leads(rule_of("R08")) == [({ANA, BEN, EVE}, 8, 11)]


def test_half_sibling():
    """A child of another name, or one with a case against another parent, belongs to another case."""
    assert differing(surname=OTHER_NAME, last_name=OTHER_NAME).leads(rule_of("R08")) == []
    town = differing()
    support(town, DOT, child=EVE)
    assert town.leads(rule_of("R08")) == []


def test_grown_child_is_not_missing_in_the_case():
    """Emancipated: a daughter of twenty has no place in the support case."""
    assert differing(born=day(2004)).leads(rule_of("R08")) == []


@pytest.mark.parametrize(("name", "found"), [pytest.param(CAL, 0, id="one name"), pytest.param(EVE, 1, id="brother")])
def test_child_in_the_case_nearly_linked(name, found):
    """A child of the case whom linking nearly joined with Eve may be she, if of her name; a brother is not."""
    town = differing(name=name)
    records = [n for n, row in enumerate(town.rows["records"]) if row["person"] == CAL and row["program"] == int(IVD)]
    town.add("near", left=records[0], right=len(town.rows["records"]) - 1)
    assert len(town.leads(rule_of("R08"))) == found


def test_newborn():
    """A child under six months old is still to be sent."""
    born = NOW - 5
    assert differing(born=day(born // 12, born % 12 + 1)).leads(rule_of("R08")) == []


def test_child_taken_out_of_the_case():
    """A child that was in the case before is that parent's, whatever its name."""
    town = differing(surname=OTHER_NAME, last_name=OTHER_NAME)
    town.member(EVE, 1, CHILD, (0, 4))
    assert town.leads(rule_of("R08")) == [({ANA, BEN, EVE}, 8, 11)]
