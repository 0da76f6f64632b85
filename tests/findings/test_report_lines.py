"""What only the lines of a report show: a child twice on one (D03), families without people (C02), sizes (C08)."""

from __future__ import annotations

import pytest
from small_town import PROGRAMS, frame, person, resolve, roster, told

from caselink.leads import ProgramTables, find

HEAD = person("iva", "1", "ANA", "1985-03-05", "412345678")


def tables(lines: list[tuple[str, str]], families: list[tuple[str, str, str | None]], n: int = 2) -> ProgramTables:
    """Ana and ``n`` children in case A for two months; ``lines`` says on which line records stand in January."""
    stays = [("iva", "1", "A", "HEAD", month, month, "eligible", "N") for month in ("2026-01", "2026-02")]
    stays += [
        ("iva", str(2 + k), "A", "CHILD", month, month, "eligible", None)
        for month in ("2026-01", "2026-02")
        for k in range(n)
    ]
    held = roster(*stays)
    place = dict(lines)
    january = (held["first_month"] == "2026-01").to_numpy(bool)
    held["line"] = held["record_id"].map(place).where(january).astype("string")
    told_of = frame("source case_id month members", *[("iva", *one) for one in families])
    return ProgramTables(programs=PROGRAMS, memberships=held, families=told_of)


@pytest.mark.parametrize(
    ("other", "lines", "found"),
    [
        pytest.param({}, [("2", "7"), ("3", "7")], True, id="one child in both blocks"),
        pytest.param({}, [("2", "7"), ("3", "8")], False, id="on two lines"),
        pytest.param({"ssn": "523456781"}, [("2", "7"), ("3", "7")], False, id="two numbers"),
        pytest.param({"ssn": None}, [("2", "7"), ("3", "7")], False, id="a number is missing"),
        pytest.param({"birth_date": "2014-07-10"}, [("2", "7"), ("3", "7")], False, id="two birth dates"),
        pytest.param({"sex": "F"}, [("2", "7"), ("3", "7")], False, id="two sexes"),
        pytest.param({"sex": None}, [("2", "7"), ("3", "7")], True, id="a sex is missing"),
    ],
)
def test_a_child_twice_on_a_line(other, lines, found):
    """Number and birth date are known and equal, and nothing contradicts."""
    child = person("iva", "2", "CALVIN", "2014-07-09", "634567812", sex="M")
    result = resolve([HEAD, child, {**child, "record_id": "3", **other}])
    findings = find(result, ["D03"], tables=tables(lines, []))
    assert told(findings) == ([("D03", "2026-01", "2026-01")] if found else [])
    assert sorted(findings.people["record_id"]) == (["2", "3"] if found else [])


@pytest.fixture(scope="module")
def three():
    """Ana, her two children, and Zoe of whom no roster tells."""
    children = [
        person("iva", "2", "CALVIN", "2014-07-09", "634567812"),
        person("iva", "3", "DORA", "2016-02-11", "523456781"),
    ]
    return resolve([HEAD, *children, person("iva", "4", "ZOE", "1990-01-09", "345678123")])


BOTH = [("A", "2026-01", "3"), ("A", "2026-02", "3")]


@pytest.mark.parametrize(
    ("families", "found"),
    [
        pytest.param(BOTH, [], id="all there"),
        pytest.param(BOTH[1:], ["2026-01"], id="no family in January"),
        pytest.param([*BOTH, ("A", "2026-03", "3")], ["2026-03"], id="nobody in March"),
        pytest.param([*BOTH, ("B", "2026-02", "1")], [], id="nobody ever: there is no person to name"),
        pytest.param([], [], id="a file without families"),
    ],
)
def test_people_and_families_stand_together(three, families, found):
    """Months in which one is there without the other."""
    findings = find(three, ["C02"], tables=tables([], families))
    assert findings.table["first_month"].tolist() == found
    assert set(findings.people["person_id"]) <= {"ANA"}


@pytest.mark.parametrize(
    ("families", "found"),
    [
        pytest.param(BOTH, [], id="as many as are counted"),
        pytest.param([("A", "2026-01", "4"), ("A", "2026-02", "3")], ["2026-01"], id="one more"),
        pytest.param([("A", "2026-01", "03"), ("A", "2026-02", "02")], ["2026-02"], id="one less"),
        pytest.param([("A", "2026-01", None), ("A", "2026-02", "3")], [], id="not told"),
    ],
)
def test_a_family_counts_those_who_are_listed(three, families, found):
    """By the month; a count that is not told disagrees with nothing."""
    assert find(three, ["C08"], tables=tables([], families)).table["first_month"].tolist() == found


def test_the_way_of_counting_is_the_sources(three):
    """Where most families count all who are listed, who is no member is no disagreement."""
    whole = tables([], [("A", "2026-01", "3"), ("A", "2026-02", "3")])
    outside = whole.memberships.assign(
        status=whole.memberships["status"].mask(whole.memberships["record_id"] == "3", "x")
    )
    given = ProgramTables(programs=PROGRAMS, memberships=outside, families=whole.families)
    assert not len(find(three, ["C08"], tables=given))


def test_somebody_listed_twice_is_no_disagreement():
    """Records of one birth date in a case may be one member, or twins: both counts fit."""
    twin = person("iva", "2", "CALVIN", "2014-07-09", "634567812")
    result = resolve([HEAD, twin, person("iva", "3", "CARL", "2014-07-09", None)])
    for size, found in (("2", 0), ("3", 0), ("4", 1)):
        given = tables([], [("A", "2026-01", size), ("A", "2026-02", "3")])
        assert len(find(result, ["C08"], tables=given)) == found
