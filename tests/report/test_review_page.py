"""The review page and what comes back from it: decisions through a spreadsheet, values only where they may be."""

from __future__ import annotations

import csv
import json
import re
import warnings
from dataclasses import replace

import pandas as pd
import pytest
from hostile_keys import HOSTILE, PROGRAMS

import caselink as cl
from caselink.purposes import PURPOSES
from caselink.report import Beside, answer_plan, read_decisions, review_page, visible_pairs
from caselink.spreadsheets import guard
from caselink.synthetic.race import draw_records

KEYS = ["source_left", "record_id_left", "source_right", "record_id_right"]


@pytest.fixture(scope="module")
def pairs(result):
    """The least certain pairs."""
    return result.next_to_review(12)


def data_of(page: bytes) -> dict:
    """What the script of the page reads."""
    return json.loads(re.search(r'id="data">(.*?)</script>', page.decode()).group(1))


def test_nothing_hostile_can_end_the_data_or_run(result, pairs, beside):
    """Between the tags of the data there is no ``<``, ``>``, ``&`` or line separator; names come back as they were."""
    page = review_page(result, pairs, beside, purpose="iv-a eligibility")
    raw = re.search(r'id="data">(.*?)</script>', page.decode()).group(1)
    assert not set("<>&\u2028\u2029") & set(raw)
    told = data_of(page)
    names = {value for both in told["masked"] for side in both for value in side}
    assert names & set(HOSTILE)
    assert page.decode().count("<script") == 2
    assert told["keys"] == pairs[KEYS].to_numpy().tolist()


def test_masked_unless_asked(result, pairs, beside):
    """Whole values are in the file only with ``masked=False``, and of an SSN not even then."""
    masked = review_page(result, pairs, beside, purpose="iv-d").decode()
    whole = review_page(result, pairs, beside, purpose="iv-d", masked=False).decode()
    rows = pairs.merge(result.records, left_on=KEYS[:2], right_on=["source", "record_id"])
    dates = [one for one in rows["birth_date"].dropna() if not one.endswith("-00")]
    assert dates
    assert not [one for one in dates if one in masked]
    assert [one for one in dates if one in whole]
    assert not [one for one in rows["ssn"].dropna() if one in whole]
    assert data_of(masked.encode())["whole"] is None
    assert 'id="reveal"' in whole
    assert 'id="reveal"' not in masked


@pytest.mark.parametrize("purpose", ["statistics", "program integrity"])
def test_who_may_not_unmask_is_refused(result, pairs, beside, purpose):
    """No page is made at all."""
    with pytest.raises(cl.SpecError, match="masked values only"):
        review_page(result, pairs, beside, purpose=purpose, masked=False)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_places_of_the_protected_are_in_no_page(result, pairs, purpose):
    """Street, unit, city, phone and ZIP of protected people: for no purpose, masked or not, nor whether they agree."""
    marks = {name: f"QZX{name.upper()}" for name in ("street", "unit", "city", "phone", "email", "county")}
    guarded = replace(result, records=result.records.assign(protected="Y", **marks))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        assert len(guarded.families.households)
    for masked in {True, not PURPOSES[purpose].may_unmask}:
        page = review_page(guarded, pairs, Beside(programs=PROGRAMS), purpose=purpose, masked=masked)
        assert b"QZX" not in page.replace(b"QZXNAME", b"")
        alike = {fact: level for one in data_of(page)["evidence"] for fact, level, _ in one}
        assert alike["street"] == alike["city"] == alike["ZIP"] == "withheld"


def test_what_the_model_thinks_is_not_in_it(result, pairs, beside):
    """Neither the probability nor the verdict: the reviewer decides alone."""
    page = review_page(result, pairs, beside, purpose="iv-d").decode()
    assert "match_probability" not in page
    assert not [one for one in pairs["match_probability"] if f"{one:.4f}" in page]


def test_pairs_that_nobody_could_decide_are_left_out(result, pairs, beside):
    """Statistics sees no name, so no pair of it can be decided; of child support those that it knows on both sides."""
    assert not len(visible_pairs(result, pairs, beside, purpose="statistics"))
    seen = visible_pairs(result, pairs, beside, purpose="iv-d")
    assert 0 < len(seen) <= len(pairs)


def test_records_that_are_not_there_are_an_error(result, pairs, beside):
    """Keys of no record: an error that names none."""
    with pytest.raises(cl.RecordIdError, match="not among those") as caught:
        review_page(result, pairs.assign(record_id_left="QZXKEY"), beside)
    assert "QZXKEY" not in str(caught.value)


def exported(rows, file):
    """A file as the page writes it."""
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, quoting=csv.QUOTE_ALL)
        writer.writerow([*KEYS, "decision"])
        writer.writerows([[*map(guard, row[:4]), row[4]] for row in rows])
    return file


def test_decisions_tie_and_part_records(result, pairs, tmp_path):
    """What was decided holds in the next run, though the keys are formulas and tags."""
    rows = pairs[KEYS].to_numpy().tolist()
    told = [[*row, "not" if linked else "match"] for row, linked in zip(rows, pairs["linked"], strict=True)]
    decisions = read_decisions(exported([*told[:6], [*rows[6], "unsure"]], tmp_path / "decisions.csv"))
    assert decisions[KEYS].to_numpy().tolist() == rows[:7]
    people = draw_records(450, seed=7)[0]
    people = people.assign(source=result.records["source"], record_id=result.records["record_id"])
    again = cl.Linker(families=False, decisions=decisions).fit_resolve(people)
    person = again.persons.set_index(["source", "record_id"])["person_id"]
    for left, left_id, right, right_id, decision in told[:6]:
        assert (person[left, left_id] == person[right, right_id]) == (decision == "match")


def test_answers_fill_a_plan(result, tmp_path):
    """A plan with the answers put in is what ``estimate_from_review`` takes."""
    plan = result.plan_review(n=15)
    rows = plan[KEYS].to_numpy().tolist()
    decisions = read_decisions(exported([[*row, "match"] for row in rows[:10]], tmp_path / "decisions.csv"))
    answered = answer_plan(plan, decisions)
    assert answered["match"].tolist() == ["match"] * 10 + [""] * 5
    assert cl.estimate_from_review(answered).scores.loc["precision", "estimate"] > 0.5


def test_wrong_files_are_explained(tmp_path):
    """A file that is not there, that is no table, or that lacks a column."""
    with pytest.raises(cl.InputError, match="no such file"):
        read_decisions(tmp_path / "none.csv")
    (tmp_path / "empty.csv").write_text("", encoding="utf-8")
    with pytest.raises(cl.InputError, match="cannot be read"):
        read_decisions(tmp_path / "empty.csv")
    (tmp_path / "other.csv").write_text("source_left,decision\nQZX,match\n", encoding="utf-8")
    with pytest.raises(cl.ColumnMissingError) as caught:
        read_decisions(tmp_path / "other.csv")
    assert "QZX" not in str(caught.value)


def test_a_file_is_written(result, beside, tmp_path):
    """``Result.review`` chooses pairs that the purpose can decide and gives the path."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        file = result.review(tmp_path / "review.html", beside=beside, purpose="iv-a eligibility")
    told = data_of(file.read_bytes())
    assert 0 < len(told["keys"]) <= 20
    assert pd.DataFrame(told["keys"]).duplicated().sum() == 0
