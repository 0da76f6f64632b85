"""Rates of findings by group, the exchange view as counts, and the order of kinds."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import caselink as cl
from caselink.exchange import EXCHANGE_COLUMNS, Exchange
from caselink.findings.catalog import RULES
from caselink.leads import find
from caselink.report import Beside, report_page
from caselink.report.exchange_counts import exchange_tables
from caselink.report.finding_kinds import count_kinds, gather_kinds
from caselink.report.group_rates import finding_rates, wilson


@pytest.fixture(scope="module")
def findings(result):
    """What the rules find in the result."""
    return find(result)


@pytest.fixture(scope="module")
def groups(result):
    """Every person in one of two groups, by halves."""
    person = pd.factorize(result.persons["person_id"])[0]
    keys = result.persons[["source", "record_id"]].astype(object)
    return keys.assign(half=np.where(person < person.max() / 2, "first", "second"))


def texts(table):
    """The texts of a table, row by row."""
    return [[cell.text for cell in row] for row in table.rows]


def test_rates_are_people_with_a_finding_over_people(result, findings, groups):
    """As counted by hand: each person once, however many findings and records."""
    told = finding_rates(result, Beside(groups=groups, group="half"), findings, None)
    rows = {row[0]: row[1:] for row in texts(told.tables[0])}
    owner = result.persons.merge(groups, on=["source", "record_id"]).drop_duplicates("person_id")
    found = set(findings.people["person_id"])
    for half, people in owner.groupby("half"):
        assert rows[half][0] == f"{len(people):,}"
        share = 100 * people["person_id"].isin(found).mean()
        assert float(rows[half][1].split(" %")[0]) == pytest.approx(share, abs=0.06)


def test_few_people_are_not_told_apart(result, findings, groups):
    """Fewer than eleven with a finding are said to be fewer; of a group of fewer than thirty nothing is said."""
    ids = result.persons["person_id"].astype(str)
    lone = (ids == ids.iloc[0]).to_numpy()
    few = groups.assign(half=groups["half"].where(~lone, "lonely"))
    told = finding_rates(result, Beside(groups=few, group="half"), findings, 11)
    cells = [cell for table in told.tables for row in texts(table) for cell in row]
    assert told.small_groups == 1
    assert "lonely" not in cells
    assert "fewer than 11 people" in cells


def test_a_group_must_be_there(result, findings, groups):
    """A column that is not there is said; without findings or a group there are no rates."""
    with pytest.raises(cl.SpecError, match="no column"):
        finding_rates(result, Beside(groups=groups, group="race"), findings, None)
    assert finding_rates(result, Beside(groups=groups), findings, None) is None
    assert finding_rates(result, Beside(groups=groups, group="half"), None, None) is None


def test_rates_need_no_truth(result, beside, findings, groups):
    """The page has rates of findings by group, and no error rates, which nobody can know."""
    told = replace(beside, findings=findings, groups=groups, group="half")
    page = report_page(result, told).decode()
    assert "People with a finding by half" in page
    assert "Error rates" not in page


@given(st.integers(1, 10_000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_intervals_hold_their_share(counts):
    """Within 0 and 1, around the share, narrower where more people are counted."""
    n, of = counts
    low, high = wilson(n, of)
    assert 0 <= low <= n / of + 1e-9
    assert n / of - 1e-9 <= high <= 1
    longer = wilson(10 * n, 10 * of)
    assert longer[1] - longer[0] < high - low


def kinds_of(rules):
    """Findings of these rules in number, and their kinds."""
    about = {rule.about.id: rule.about for rule in RULES}
    rows = [(f"{one}-{n}", one) for one, count in rules.items() for n in range(count)]
    table = pd.DataFrame(rows, columns=["finding_id", "rule"])
    for name in ("title", "strength", "verify", "who"):
        table[name] = [getattr(about[one], name) for one in table["rule"]]
    table = table.assign(first_month="2024-01", last_month="2024-02", identity_probability=0.9, tested="", untested="")
    people = table[["finding_id"]].assign(person_id="P1")
    evidence = table[["finding_id"]].assign(field="case", says="two")
    shown = SimpleNamespace(table=table, people=people, evidence=evidence)
    return gather_kinds(shown, Beside())


def test_kinds_stand_by_strength_and_what_cannot_wait_first():
    """However many there are of a kind: safety before all else of its strength, duplicates of persons late."""
    kinds = kinds_of({"D10": 300, "Q02": 3, "R01": 1, "R07": 2, "R02": 5, "C05": 1, "R06": 1, "Q01": 40})
    assert [kind.rule for kind in kinds] == ["R06", "R07", "R02", "Q01", "R01", "D10", "Q02", "C05"]
    assert [kind.safety for kind in kinds][:3] == [True, True, False]
    assert [kind.count for kind in kinds][5] == 300
    assert kinds[5].table.more == 280


def test_each_kind_is_linked_from_the_table_on_top():
    """The n-th row leads to the n-th kind."""
    kinds = kinds_of({"D10": 2, "R01": 1})
    table = count_kinds(kinds)
    assert [row[0].link for row in table.rows] == ["#kind-1", "#kind-2"]
    assert [row[0].text for row in table.rows] == ["R01 missed referral", "D10 duplicate person record"]


def exchange(rows):
    """An exchange view with so many rows of each element, what is said, and who should act."""
    cells = [dict(zip(("element", "says", "who"), one[:3], strict=True)) for one in rows for _ in range(one[3])]
    table = pd.DataFrame([dict.fromkeys(EXCHANGE_COLUMNS, "x") | one for one in cells], columns=list(EXCHANGE_COLUMNS))
    return Exchange(table, {}, pd.DataFrame({"element": ["service"], "lacks": ["jobs"]}))


def test_the_exchange_view_is_told_in_counts(result, beside):
    """Who should act, apart from whose cases people are in; programs by their names; few are not told apart."""
    view = exchange(
        [
            ("address", "newer with iv-d", "iv-a", 20),
            ("child", "on both sides", "nobody", 15),
            ("phone", "x", "iv-d", 2),
        ]
    )
    to_act, by_keys, lacking = exchange_tables(view, 11)
    assert texts(to_act) == [["address", "newer with IV-D", "IV-A", "20"], ["phone", "x", "IV-D", "fewer than 11"]]
    assert texts(by_keys) == [["child", "on both sides", "15"]]
    assert texts(lacking) == [["service", "jobs"]]
    page = report_page(result, replace(beside, exchange=view)).decode()
    assert '<h2 id="exchange">' in page
    assert '<h2 id="exchange">' not in report_page(result, beside).decode()
