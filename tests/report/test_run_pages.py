"""What ``caselink link`` and the demo write for people to look at."""

from __future__ import annotations

import json
import re
import warnings

import pandas as pd
import pytest

import caselink as cl
from caselink.demo import run_demo
from caselink.linking import RunOptions, link_files
from caselink.settings import read_settings
from caselink.synthetic import draw_county, write_county


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    """A small county's files; everybody of child support is protected."""
    folder = write_county(draw_county(400, seed=3), tmp_path_factory.mktemp("county"))
    rows = pd.read_csv(folder / "ivd.csv", dtype=str, keep_default_na=False)
    rows.assign(fv_ind="Y").to_csv(folder / "ivd.csv", index=False)
    return folder


def run(county, out, **options):
    """The run with these options, what it warns of left aside."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        return link_files(read_settings(county / "sources.toml"), out, RunOptions(**options))


def test_review_only_when_asked_and_masked(county, tmp_path):
    """No page for review by default; asked for, it shows no place of the protected and no whole date or number."""
    run(county, tmp_path / "plain")
    assert (tmp_path / "plain" / "report.html").is_file()
    assert not (tmp_path / "plain" / "review.html").exists()
    linked = run(county, tmp_path / "asked", purpose="iv-d", review=8)
    page = (tmp_path / "asked" / "review.html").read_text(encoding="utf-8")
    told = json.loads(re.search(r'id="data">(.*?)</script>', page).group(1))
    assert 0 < len(told["keys"]) <= 8
    assert told["whole"] is None
    records = linked.result.records
    for column in ("street", "phone", "birth_date", "ssn"):
        assert not [one for one in records[column].dropna().unique() if len(one) > 8 and one in page]
    places = {told["fields"].index(name) for name in ("street", "city", "ZIP", "phone")}
    shown = {side[place] for both in told["masked"] for side in both for place in places}
    assert shown == {"withheld"}


@pytest.mark.parametrize(
    ("options", "text"),
    [
        pytest.param({"review": 5}, "sees no name", id="statistics"),
        pytest.param({"review": 5, "purpose": "program integrity", "masked": False}, "whole values", id="masked only"),
        pytest.param({"purpose": "iv-d", "masked": False}, "whole values", id="no page to unmask"),
    ],
)
def test_what_cannot_be_reviewed_is_said_at_once(county, tmp_path, options, text):
    """Before anything is read or written."""
    with pytest.raises(cl.SpecError, match=text):
        run(county, tmp_path / "out", **options)
    assert not (tmp_path / "out").exists()


def test_findings_are_written_as_the_purpose_may_see_them(county, tmp_path):
    """Keys, months and reasons; a case number only for the program that issued it."""
    run(county, tmp_path)
    findings = pd.read_csv(tmp_path / "findings.csv", dtype=str)
    people = pd.read_csv(tmp_path / "finding_people.csv", dtype=str)
    assert set(findings["status"]) == {"not verified"}
    assert set(people["finding_id"]) == set(findings["finding_id"])
    assert set(people["case_id"]) == {"withheld"}
    assert f"{len(findings):,}" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_the_demo_reports_by_group(tmp_path):
    """The demo knows the truth, so its report has error rates."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        run_demo(300, tmp_path)
    assert "Error rates of linking by name group" in (tmp_path / "report.html").read_text(encoding="utf-8")
