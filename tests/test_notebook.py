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
    """Linker, model, result and explanations: whole tags, no tag that a name brought in, no value."""
    linker, result = linked
    best = result.links.loc[result.links["match_weight"].idxmax(), PAIR]
    home = result.households["household_id"].iloc[0]
    shown = [cl.Linker(), cl.FellegiSunter(), linker, linker.matcher, result, result.explain(*best)]
    shown += [result.why_not(*best), result.explain_household(home)]
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
