"""All explanations have one shape: a table, a chart, sentences, a page for notebooks, and the purpose they are for."""

from __future__ import annotations

import re
from dataclasses import FrozenInstanceError, fields, replace
from html.parser import HTMLParser

import pandas as pd
import pytest

from caselink.errors import SpecError
from caselink.explain.pages import show_explanation

PAIR = ["source_left", "record_id_left", "source_right", "record_id_right"]
HOSTILE = "<script>alert(1)</script>\"'&=HYPERLINK(1)"


@pytest.fixture(scope="module")
def every_kind(town, result):
    """One explanation of each kind."""
    links = result.links.sort_values("match_weight")
    homes = town.result.households
    largest = homes["household_id"].value_counts()
    one, other = sorted(largest.index[:2])
    finding = next(iter(town.one_of_each_rule().values()))
    return {
        "pair": result.explain(*links.iloc[-1][PAIR]),
        "why not": result.why_not(*links.iloc[0][PAIR]),
        "household": town.result.explain_household(one),
        "two households": town.result.explain_household(one, other),
        "finding": town.explain(finding),
    }


KINDS = ("pair", "why not", "household", "two households", "finding")


class Page(HTMLParser):
    """Tags, attributes and nesting of a page."""

    def __init__(self):
        super().__init__()
        self.open, self.tags = [], []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("kind", KINDS)
def test_table_chart_sentences_and_purpose(every_kind, kind):
    """The five things that whoever gets an explanation can ask of it."""
    why = every_kind[kind]
    assert isinstance(why.table, pd.DataFrame)
    assert why.chart().to_dict()["$schema"]
    assert all(sentence[0].isupper() or sentence[0].isdigit() for sentence in why.sentences())
    assert len(why.sentences("es")) == len(why.sentences("en"))
    assert why.purpose in ("statistics", "all")
    assert len(repr(why)) < 1_500
    assert str(why)
    with pytest.raises(SpecError, match="language is one of"):
        why.sentences("fr")
    with pytest.raises(FrozenInstanceError):
        setattr(why, fields(why)[0].name, None)


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_is_whole_and_accessible(every_kind, kind):
    """Tags are closed; the region is named, in its language; every table has a caption and every heading a scope."""
    page = Page()
    page.feed(every_kind[kind]._repr_html_())
    assert page.open == []
    (name, attributes), *_ = page.tags
    assert name == "section"
    assert attributes["lang"] == "en"
    assert attributes["aria-label"]
    kinds = [tag for tag, _ in page.tags]
    assert kinds.count("caption") == kinds.count("table") > 0
    assert all(attributes.get("scope") in ("col", "row") for tag, attributes in page.tags if tag == "th")
    assert not {"script", "style", "img", "a"} & set(kinds)


def test_hostile_text_does_nothing():
    """Whatever stands in a title, a sentence, a name of a column or a cell is text."""
    table = pd.DataFrame({HOSTILE: [HOSTILE, None, float("nan")]})
    shown = show_explanation(HOSTILE, [HOSTILE], {HOSTILE: table}, HOSTILE, HOSTILE)
    assert "<script" not in shown
    page = Page()
    page.feed(shown)
    assert page.tags[0][1]["aria-label"] == HOSTILE
    plain = {"section", "p", "strong", "ul", "li", "table", "caption", "thead", "tbody", "tr", "th", "td"}
    assert {tag for tag, _ in page.tags} <= plain


def test_hostile_names_of_sources_and_levels_are_escaped(every_kind):
    """In pairs, households and findings."""
    pair, home, finding = (every_kind[kind] for kind in ("pair", "household", "finding"))
    shown = [
        replace(pair, table=pair.table.assign(level=HOSTILE, comparison=HOSTILE))._repr_html_(),
        replace(home, rosters=home.rosters.assign(source=HOSTILE))._repr_html_(),
        replace(finding, title=HOSTILE, people=finding.people.assign(source=HOSTILE))._repr_html_(),
    ]
    assert not [page for page in shown if "<script" in page]


def test_a_long_table_is_cut_and_says_so():
    """Sixty rows are enough for a look."""
    shown = show_explanation("Why", [], {"Bits": pd.DataFrame({"n": range(70)})}, "statistics")
    assert shown.count("<tr>") == 61
    assert "and 10 more rows" in shown


def test_the_chart_of_a_finding_shows_its_months(town):
    """A band for the finding, a bar for each of its people in a case; cases are numbered, and no key is in it."""
    dated = 0
    for finding in town.one_of_each_rule().values():
        why = town.explain(finding)
        row, people, _ = town.findings.of(finding)
        drawn = str(why.chart().to_dict())
        assert not [key for key in {*people["case_id"].dropna(), *people["record_id"].dropna()} if f"'{key}'" in drawn]
        if row["first_month"]:
            assert row["first_month"] in drawn
            assert set(why.months.loc[why.months["kind"] == "case", "who"].str.partition(",")[0]) == set(people["part"])
            dated += 1
    assert dated > 20


def test_without_months_the_chart_is_of_the_identity_or_of_the_reasons(town):
    """Undated findings have a chart too."""
    why = next(one for one in map(town.explain, town.one_of_each_rule().values()) if one.pairs)
    bare = replace(why, months=pd.DataFrame())
    assert "Match weight" in str(bare.chart().to_dict())
    assert re.search(r"mark.*text", str(replace(bare, pairs=()).chart().to_dict()))
