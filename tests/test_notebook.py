"""What a notebook shows of each object: counts and weights, everything escaped, nothing that is a value."""

from __future__ import annotations

import warnings
from html.parser import HTMLParser

import pandas as pd
import pytest

import caselink as cl
from caselink.notebook import show_object, show_table
from caselink.synthetic import draw_records

EVIL = "<script>alert(1)</script>"
PAIR = ["source_left", "record_id_left", "source_right", "record_id_right"]


class Tags(HTMLParser):
    """The tags of a page, and whether all that were opened are closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen, self.still = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):  # noqa: ARG002 - as the parser calls it
        self.seen.append(tag)
        self.still.append(tag)

    def handle_endtag(self, tag):
        assert self.still.pop() == tag


@pytest.fixture(scope="module")
def linked():
    """A linker and its result on records whose sources have hostile names."""
    records = draw_records(200, seed=3)[0].assign(protected="N")
    records["source"] = records["source"].astype(object) + EVIL
    linker = cl.Linker(threads=1, unduplicated=[records["source"].iloc[0]])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        return linker, linker.fit_resolve(records)


def test_objects_are_small_pages_without_scripts(linked):
    """What can be shown of a result: whole tags, none that a name brought in, and no value."""
    linker, result = linked
    best = result.links.loc[result.links["match_weight"].idxmax(), PAIR]
    home = result.households["household_id"].iloc[0]
    shown = [cl.Linker(), cl.FellegiSunter(), linker, linker.matcher, result, result.explain(*best)]
    shown += [result.why_not(*best), result.explain_household(home), cl.RuleMatcher([EVIL]), cl.find(result)]
    truth = result.persons.rename(columns={"person_id": "entity_id"}).assign(group=EVIL)
    shown += [result.estimate(), result.evaluate(truth), result.blocking_recall(truth)]
    shown += [result.losses(truth, group="group"), cl.count_people(result), cl.reconcile(result)]
    for one in shown:
        page = one._repr_html_()
        tags = Tags(page)
        assert not tags.still
        assert not set(tags.seen) & {"script", "img", "a", "iframe", "style"}
        assert len(tags.seen) > 1
        for column in ("ssn", "first_name", "street"):
            assert not [value for value in result.records[column].dropna().head(50) if f">{value}<" in page]


def test_a_result_shows_its_counts(linked):
    """How many records, links and persons."""
    page = linked[1]._repr_html_()
    for name in ("records", "links", "persons"):
        assert f'<th>{name}</th><td style="text-align: left">{linked[1].summary[name]:,}</td>' in page


def test_a_hostile_name_is_text():
    """In headings, cells and column names."""
    assert "<script" not in show_object(EVIL, {EVIL: EVIL})
    assert "<script" not in show_table(pd.DataFrame({EVIL: [EVIL]}))


def test_a_long_table_is_cut():
    """With how many rows there are more."""
    assert "and 1,940 more rows" in show_table(pd.DataFrame({"n": range(2000)}))


def test_rules_show_what_they_hold_for():
    """Before they are fitted the rules, afterwards also how many pairs they link."""
    levels = pd.DataFrame({"ssn": [2, 1, 2], "sex": [2, 2, 1]})
    matcher = cl.RuleMatcher(["ssn exact", "sex exact"])
    assert "new_pairs" not in matcher._repr_html_()
    assert "new_pairs" in matcher.fit(levels)._repr_html_()


def test_numbers_are_readable():
    """Large ones whole, small ones with three digits."""
    page = show_table(pd.DataFrame({"n": [1080.0, 0.01234]}))
    assert "<td>1,080</td>" in page
    assert "<td>0.0123</td>" in page


def test_findings_print_as_counts(linked):
    """How many, that none is verified, and what was left out."""
    findings = cl.find(linked[1])
    for said in (repr(findings), findings._repr_html_()):
        assert f"{len(findings):,} findings, leads to check and none verified" in said
        assert f"{len(findings.skipped):,} rules lacked a table" in said


def test_why_somebody_decided_is_not_printed():
    """It is free text, in which a name may stand."""
    decided = cl.Dispositions().dismiss([("D05-1a", "9c")], who=EVIL, when="2026-10-01", why="ANA RUIZ was seen")
    assert repr(decided) == "Dispositions of 1 findings"
