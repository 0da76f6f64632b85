"""The report: what it says, that it holds no value of a person, and that it needs nothing but itself."""

from __future__ import annotations

import re
import warnings
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise

import pandas as pd
import pytest
from hostile_keys import HOSTILE

import caselink as cl
from caselink.leads.findings import TABLE_COLUMNS, Findings, find
from caselink.leads.views import view_findings
from caselink.report import Beside, report_page
from caselink.report.finding_kinds import MOST_FINDINGS
from caselink.report.people_counts import count_programs

VOID = {"meta", "rect", "line", "img", "br", "input", "link"}


class Outline(HTMLParser):
    """Tags in order, texts of tables, and whether every tag is closed where it should be."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open, self.tags, self.texts = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    def count(self, tag):
        """How often the tag is there."""
        return sum(one == tag for one, _ in self.tags)


@pytest.fixture(scope="module")
def findings(result):
    """What the rules find in the result."""
    return find(result)


@pytest.fixture(scope="module")
def page(result, beside, findings, truth):
    """The report with all that can be beside a result."""
    rejects = pd.DataFrame({"source": ["iva"] * 3, "field": ["ssn", "ssn", None], "reason": ["a", "a", "short line"]})
    told = replace(beside, findings=findings, truth=truth, group="group", rejects=rejects, versions={"caselink": "9.9"})
    return report_page(result, told).decode()


def test_headings_landmarks_and_captions(page):
    """One h1, no level left out, the landmarks, a caption for each table, and each chart with title, text and table."""
    outline = Outline(page)
    levels = [int(tag[1]) for tag, _ in outline.tags if re.fullmatch(r"h[1-6]", tag)]
    assert not outline.open
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert {"header", "nav", "main", "footer"} <= {tag for tag, _ in outline.tags}
    assert outline.count("table") == outline.count("caption") > 8
    charts = [attributes for tag, attributes in outline.tags if tag == "svg" and attributes.get("role") == "img"]
    assert charts
    assert outline.count("desc") == len(charts)
    ids = [attributes["id"] for _, attributes in outline.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert all(name in ids for one in charts for name in one["aria-labelledby"].split())
    assert ("html", {"lang": "en"}) in outline.tags


def test_it_needs_no_network_and_runs_nothing(page):
    """No script, no address of anything to load, and a policy that would let neither in."""
    outline = Outline(page)
    assert not {"script", "link", "img", "iframe", "object", "form"} & {tag for tag, _ in outline.tags}
    assert not [name for _, attributes in outline.tags for name in attributes if name == "src" or name.startswith("on")]
    assert "@import" not in page
    assert "url(" not in page
    assert "default-src 'none'" in unescape(page)
    links = {attributes["href"] for tag, attributes in outline.tags if tag == "a"}
    assert all(link.startswith("#") and f'id="{link[1:]}"' in page for link in links)


def test_no_value_of_a_person_is_in_it(page, result):
    """Names, numbers, birth dates and addresses of everybody: none, masked or not."""
    lowered = page.lower()
    assert "qzxname" not in lowered
    for column in ("ssn", "birth_date", "street"):
        assert not [one for one in result.records[column].dropna().unique() if str(one).lower() in lowered]
    assert not [name for name in HOSTILE if name in page]


def test_hostile_names_of_sources_and_groups_are_text(page):
    """They stand there, escaped."""
    assert "&lt;b&gt;ivd&lt;/b&gt;" in page
    assert "&lt;i&gt;one&lt;/i&gt;" in page
    assert "<b>ivd" not in page
    assert "<i>one" not in page


def test_counts_are_those_of_the_result(result, beside):
    """People once, whatever the programs; the overlap adds up to all of them, and no interval leaves its count out."""
    totals, overlap = count_programs(result, beside, None)
    totals = totals.set_index("program")
    people = result.persons["person_id"].nunique()
    assert totals.loc["all together", "people"] == people == overlap["people"].sum()
    assert totals.loc["all together", "records"] == len(result.records)
    assert totals["records"].drop("all together").sum() == len(result.records)
    iva = result.persons[result.persons["source"] == "iva"]["person_id"].nunique()
    assert totals.loc["IV-A", "people"] == iva == overlap[overlap["known to"].str.contains("IV-A")]["people"].sum()
    low, high = totals.loc["all together", "people interval"].strip("()").split(" to ")
    assert 0 < int(low.replace(",", "")) <= int(high.replace(",", "")) <= len(result.records)


def test_small_counts_are_for_those_who_work_with_them(result, beside):
    """What is too small is not shown, and said; a program sees all of its people's counts."""
    for least, hidden in ((40, True), (None, False)):
        totals, overlap = count_programs(result, beside, least)
        counts = pd.concat([totals["people"], overlap["people"]])
        assert (counts.dropna() < 40).any() != hidden
        assert counts.isna().any() == hidden
        unsaid = totals["records"].isna()  # as many records as people, or a few more, would tell how many these are
        assert unsaid[totals["people"].isna() & (totals["program"] != "all together")].all()
        assert unsaid.sum() != 1
    assert "Counts under 11 are not shown" in report_page(result, beside).decode()
    assert "Counts under 11" not in report_page(result, beside, purpose="iv-d").decode()


def test_too_many_sources_to_count_by(result):
    """More than eight are not crossed with one another; the rest of the page stands."""
    many = result.persons.assign(source=[f"s{n % 9}" for n in range(len(result.persons))])
    assert count_programs(replace(result, persons=many), Beside(), None) is None


def test_findings_stand_with_their_innocent_explanations(page, findings, result, beside):
    """Each kind that the purpose sees, with its count, what was ruled out and what was not, and not verified."""
    protection = result.families.protect(beside.programs)
    shown, _ = view_findings(findings, protection)
    assert len(shown)
    text = re.sub(r"\s+", " ", unescape(page))
    for rule, rows in shown.table.groupby("rule"):
        assert f"{rule}: {rows['title'].iloc[0]}" in text
        assert f"<b>{len(rows):,}</b> finding" in text
    for column in ("tested", "untested"):
        for told in set(shown.table[column]):
            assert all(one in text for one in told.split("; "))
    assert "fraud" not in text.lower()
    assert text.count("not verified") > shown.table["rule"].nunique()


def many_findings(n: int) -> Findings:
    """Findings of every kind in great number."""
    rules = ["Q02", "Q03", "D05", "R01"]
    texts = dict.fromkeys(TABLE_COLUMNS, "text that is as long as what stands there usually is")
    table = pd.DataFrame({**texts, "finding_id": [f"{rules[i % 4]}-{i:016x}" for i in range(n)]})
    table = table.assign(rule=[rules[i % 4] for i in range(n)], strength="B", identity_probability=0.9)
    people = pd.DataFrame({"finding_id": table["finding_id"], "part": "child", "person_id": "P1", "household_id": "H1"})
    people = people.assign(source="iva", case_id="7", record_id="8")
    evidence = pd.DataFrame({"finding_id": table["finding_id"], "field": "case", "says": "two in one month"})
    return Findings(table, people, evidence, pd.DataFrame(columns=["rule", "title", "lacks"]), table.iloc[:0])


def test_many_findings_do_not_make_it_large(result, beside):
    """Of each kind the first are listed and the rest is counted: the file hardly grows with the findings."""
    small, large = (report_page(result, replace(beside, findings=many_findings(n))) for n in (400, 40_000))
    assert len(large) - len(small) < 1000
    assert len(large) < 500_000
    assert f"and {10_000 - MOST_FINDINGS:,} more" in large.decode()


def test_without_findings_truth_or_weights(result):
    """What was not asked for or cannot be told is said, not left empty."""
    linker = cl.Linker(matcher=cl.RuleMatcher(["ssn exact"]), families=False)
    plain = report_page(linker.fit_resolve(result.records)).decode()
    assert "Findings were not looked for" in plain
    assert "does not estimate its own mistakes" in plain
    assert "Error rates" not in plain


def test_groups_of_few_people_are_not_shown(result, beside, truth):
    """A group of fewer than thirty people is counted among those that are left out."""
    few = truth.assign(group=truth["group"].where(truth["entity_id"] != truth["entity_id"].iloc[0], "lonely"))
    text = report_page(result, replace(beside, truth=few, group="group")).decode()
    assert "lonely" not in text
    assert "1 group of few people is not shown" in text


def test_a_file_is_written(result, tmp_path):
    """``Result.report`` gives the path of the file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        file = result.report(tmp_path / "report.html")
    assert file.read_bytes().startswith(b"<!DOCTYPE html>")


def test_the_purpose_is_checked(result, findings):
    """A purpose that works for a program must know which source is of which."""
    with pytest.raises(cl.SpecError, match="program"):
        report_page(result, Beside(findings=findings), purpose="iv-a eligibility")
