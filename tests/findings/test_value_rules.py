"""Groups Q and E: numbers, dates and reports."""

from __future__ import annotations

import pytest
from hand_made_facts import ABSENT, ADULT, CHILD, HEAD, IVA, IVD, WORK, Town, day

from caselink.findings import rule_of
from caselink.findings.facts import HIRE, WAGES, Program

ANA, BEN, CAL = range(3)
NUMBER, FAR, NEAR = 412_345_678, 523_456_781, 412_345_687


def test_invalid_number():
    """A value that is no SSN; none at all is a newborn."""
    town = Town()
    town.record(ANA, IVA, bad_ssn=1)
    town.record(BEN, IVA)
    assert [who for who, *_ in town.leads(rule_of("Q01"))] == [{ANA}]


@pytest.mark.parametrize(
    ("other", "found"),
    [
        pytest.param({"name": 9, "born": day(1950)}, 1, id="name and birth date differ"),
        pytest.param({"name": 9, "born": day(2010)}, 0, id="twins on one number"),
        pytest.param({"name": 8, "born": day(1950)}, 0, id="namesakes on one number"),
        pytest.param({"name": 9}, 0, id="birth date not known"),
    ],
)
def test_shared_number(other, found):
    """One number held by two people."""
    town = Town()
    town.record(ANA, IVA, ssn=NUMBER, name=8, born=day(2010))
    town.record(BEN, IVD, ssn=NUMBER, **other)
    assert len(town.leads(rule_of("Q02"))) == found


@pytest.mark.parametrize(
    ("number", "born", "rule"),
    [
        pytest.param(FAR, day(1985), "Q03", id="two numbers"),
        pytest.param(NEAR, day(1985), "Q04", id="two neighbors swapped"),
        pytest.param(FAR, day(2008), None, id="of one name, born a generation apart"),
        pytest.param(NUMBER, day(1985), None, id="one number"),
    ],
)
def test_several_numbers(number, born, rule):
    """One person under two numbers."""
    town = Town()
    town.record(ANA, IVA, ssn=NUMBER, born=day(1985))
    town.record(ANA, IVD, ssn=number, born=born)
    for one in ("Q03", "Q04"):
        assert len(town.leads(rule_of(one))) == (one == rule)


@pytest.mark.parametrize(
    ("told", "found"),
    [
        pytest.param({"born": day(1985, 3, 7)}, 1, id="one birth date"),
        pytest.param({"born": day(1958, 3, 7)}, 1, id="a slip in the year"),
        pytest.param({"born": day(1958, 2, 1)}, 0, id="another birth date"),
        pytest.param({"name": ANA}, 1, id="no date, one full name"),
        pytest.param({"name": BEN}, 0, id="no date, another first name: a namesake of the family"),
        pytest.param({"name": BEN, "place": 4}, 1, id="no date, another first name, one address"),
    ],
)
def test_two_numbers_of_records_that_say_little(told, found):
    """A client and an employer's report were linked; under two numbers they need more in common than part of a name."""
    town = Town()
    town.record(ANA, IVA, ssn=NUMBER, born=day(1985, 3, 7), place=4)
    town.record(ANA, WORK, ssn=FAR, **told)
    assert len(town.leads(rule_of("Q03"))) == found


@pytest.mark.parametrize(
    ("bits", "born", "sure"),
    [
        pytest.param(3, day(1985), [8 / 9], id="one person by the two records"),
        pytest.param(-2, day(1985), [], id="rather two people"),
        pytest.param(3, day(2008), [], id="of one name, a generation apart"),
    ],
)
def test_two_numbers_kept_apart(bits, born, sure):
    """After a lawful change of number a woman became two people: the lead says how sure it is that she is one."""
    town = Town()
    one = town.record(ANA, IVA, ssn=NUMBER, born=day(1985), name=9)
    other = town.record(BEN, IVD, ssn=FAR, born=born, name=9)
    town.add("near", left=one, right=other, bits=bits)
    found = rule_of("Q03").find(town.facts())
    assert found.sure.tolist() == [pytest.approx(one) for one in sure]
    assert set(found.people["person"]) == ({ANA, BEN} if sure else set())


def test_two_people_of_several_alike_records_are_one_lead():
    """Whichever of the two persons has the earlier record of a pair, they are told of once."""
    town = Town()
    ana, ben = (town.record(who, IVA, ssn=ssn, born=day(1985), name=9) for who, ssn in ((ANA, NUMBER), (BEN, FAR)))
    again = town.record(ANA, IVD, ssn=NUMBER, born=day(1985), name=9)
    town.add("near", left=ana, right=ben, bits=3)
    town.add("near", left=ben, right=again, bits=2)
    assert len(rule_of("Q03").find(town.facts())) == 1


def test_a_register_is_no_second_number():
    """The number of a file of deaths or prisoners may be another's; nothing is told of its being different."""
    town = Town()
    one = town.record(ANA, IVA, ssn=NUMBER, born=day(1985), name=9)
    other = town.record(BEN, Program.REGISTER, ssn=FAR, born=day(1985), name=9)
    town.add("near", left=one, right=other, bits=3)
    assert town.leads(rule_of("Q03")) == []


def test_twins_who_were_taken_for_one():
    """Neighboring numbers and one birth date, and two first names: no slip of the keyboard."""
    town = Town()
    town.record(ANA, IVA, ssn=NUMBER, born=day(2012), name=7)
    town.record(ANA, IVD, ssn=NUMBER + 1, born=day(2012), name=8)
    assert town.leads(rule_of("Q04")) == []


@pytest.mark.parametrize(
    ("area", "year", "found"),
    [
        pytest.param(773, 1990, 1, id="an area of 2011 on somebody born 1990"),
        pytest.param(773, 2012, 0, id="born after"),
        pytest.param(412, 1990, 0, id="an area that was in use"),
    ],
)
def test_unusual_number(area, year, found):
    """Areas that were not in use."""
    town = Town()
    town.record(ANA, IVA, ssn=area * 1_000_000 + 345_678, born=day(year), birth_year=year)
    assert len(town.leads(rule_of("Q05"))) == found


@pytest.mark.parametrize(
    ("role", "told", "found"),
    [
        pytest.param(CHILD, {"bad_birth": 1}, 1, id="filler"),
        pytest.param(HEAD, {"born": day(2031)}, 1, id="to come"),
        pytest.param(HEAD, {"born": day(1890)}, 1, id="too long ago"),
        pytest.param(CHILD, {"born": day(1995)}, 1, id="a child of thirty"),
        pytest.param(HEAD, {"born": day(2018)}, 1, id="a head of eight"),
        pytest.param(HEAD, {"born": day(2010)}, 0, id="teen parent"),
        pytest.param(CHILD, {"born": day(2015)}, 0, id="a child"),
        pytest.param(CHILD, {"born": day(2006, 6)}, 0, id="became 19 in the case"),
        pytest.param(CHILD, {"born": day(2025, 8)}, 1, id="born after coming into the case"),
    ],
)
def test_implausible_birth(role, told, found):
    """Dates that cannot be, for the role."""
    town = Town()
    town.member(ANA, town.case(IVA), role, **told)
    assert len(town.leads(rule_of("Q07"))) == found


@pytest.mark.parametrize(
    ("other", "found"), [pytest.param(day(1987, 2), 1, id="two years"), pytest.param(day(1985, 9, 4), 0, id="months")]
)
def test_conflicting_births(other, found):
    """More than a year apart, or about one date."""
    town = Town()
    town.record(ANA, IVA, born=day(1985, 4, 9))
    town.record(ANA, IVD, born=other)
    assert len(town.leads(rule_of("Q08"))) == found


def worker(months: tuple[int, int] = (0, 11), employed: int = 0, **report: int) -> Town:
    """Ana is counted by IV-A, with or without a job on file, and an employer reports her."""
    town = Town()
    town.member(ANA, town.case(IVA), HEAD, months, employed=employed, ssn=NUMBER)
    record = town.record(ANA, WORK, **{"ssn": NUMBER, **{k: report.pop(k) for k in ("ssn", "name") if k in report}})
    town.add(
        "reports", **{"record": record, "person": ANA, "kind": HIRE, "month": 4, "received": 5, "amount": 900} | report
    )
    return town


@pytest.mark.parametrize(
    ("town", "found"),
    [
        pytest.param(worker(), [({ANA}, 4, 6)], id="no job on file two months later"),
        pytest.param(worker(employed=1), [], id="already reported"),
        pytest.param(worker((0, 5)), [], id="not counted two months later"),
        pytest.param(worker((5, 11)), [], id="not counted when hired"),
        pytest.param(worker(month=2, received=9), [], id="stale: came seven months late"),
        pytest.param(worker(ssn=FAR), [], id="another number"),
        pytest.param(worker(name=99), [], id="another name"),
    ],
)
def test_new_hire(town, found):
    """A hire that is not on file by the second month after; number and name must agree."""
    assert town.leads(rule_of("E01")) == found


@pytest.mark.parametrize(
    ("town", "found"),
    [
        pytest.param(worker(kind=WAGES, month=5), [({ANA}, 3, 5)], id="no job in the quarter"),
        pytest.param(worker((4, 11), kind=WAGES, month=5), [], id="a month off assistance"),
        pytest.param(worker(employed=1, kind=WAGES, month=5), [], id="a job on file"),
        pytest.param(worker(kind=WAGES, month=5, amount=0), [], id="no wages"),
        pytest.param(worker(kind=WAGES, month=5, name=99), [], id="another name"),
    ],
)
def test_wages_without_earnings(town, found):
    """Wages of a quarter whose three months are all without a job on file."""
    assert town.leads(rule_of("E02")) == found


def test_a_job_in_one_month_of_the_quarter():
    """Reported in part of the quarter: a quarter is never spread over its months."""
    town = worker((0, 3), kind=WAGES, month=5)
    town.stay(0, 0, HEAD, (4, 4), employed=1)
    town.stay(0, 0, HEAD, (5, 11), employed=0)
    assert town.leads(rule_of("E02")) == []


@pytest.mark.parametrize(
    ("name", "found"), [pytest.param(99, 1, id="another name"), pytest.param(ANA, 0, id="a former last name only")]
)
def test_other_name(name, found):
    """A report under the number of somebody whose first name is unlike."""
    town = Town()
    town.record(ANA, IVA, ssn=NUMBER)
    record = town.record(BEN, WORK, ssn=NUMBER, name=name, last_name=50)
    town.add("reports", record=record, person=BEN, kind=HIRE, month=3, received=4)
    assert len(town.leads(rule_of("E03"))) == found


def test_absent_parent_hired():
    """A hire of an absent parent while the case is open; not before it."""
    for months, found in (((0, 11), [({BEN}, 4, 5)]), ((7, 11), [])):
        town = Town()
        town.member(BEN, town.case(IVD), ABSENT, months, ssn=NUMBER)
        record = town.record(BEN, WORK, ssn=NUMBER)
        town.add("reports", record=record, person=BEN, kind=HIRE, month=4, received=5)
        assert town.leads(rule_of("E06")) == found


def test_adults_of_the_unit_count_alone():
    """Children have no jobs on file, and are never asked about."""
    town = Town()
    town.member(CAL, town.case(IVA), CHILD, ssn=NUMBER)
    town.member(ANA, 0, ADULT, employed=0)
    record = town.record(CAL, WORK, ssn=NUMBER)
    town.add("reports", record=record, person=CAL, kind=HIRE, month=4, received=5)
    assert town.leads(rule_of("E01")) == []
