"""A finding explained: all that a lead needs, masked, in two languages, with the model's own numbers."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

import caselink as cl
from caselink.errors import SpecError
from caselink.explain.phrases import LANGUAGES
from caselink.findings import About, make_leads
from caselink.findings.catalog import RULES
from caselink.findings.finding import Part, Reason
from caselink.leads import find
from caselink.masking import WITHHELD


def numbers(text):
    """Every number of a sentence; those in names of rules (C07) and programs are words."""
    return [float(found) for found in re.findall(r"(?<![\w.])[-+]?\d+(?:\.\d+)?", text)]


def explained(town):
    """One explanation of every rule that found something."""
    return {rule: town.explain(finding) for rule, finding in town.one_of_each_rule().items()}


def test_nearly_every_rule_is_there(town):
    """The tests below look at most of the catalogue."""
    assert len(town.one_of_each_rule()) >= 30


def test_a_finding_is_told_whole(town):
    """What, whom, when, why, what was tested and what not, what to verify, by whom, and its status."""
    about = {rule.about.id: rule.about for rule in RULES}
    for rule, why in explained(town).items():
        text, one = " ".join(why.sentences()), about[rule]
        assert text.startswith(f"This is a lead to check: {one.title}.")
        for wanted in (*one.tested, *one.untested, one.verify, one.who, "The lead is not verified."):
            assert wanted.rstrip(".") in text
        row, people, evidence = town.findings.of(why.finding_id)
        tested, untested = (row[name].split("; ") if row[name] else [] for name in ("tested", "untested"))
        assert sorted(tested + untested) == sorted(one.tested + one.untested)
        assert text.count("was tested, and the data do not show it") == len(tested)
        assert text.count("was not tested and may be true") == len(untested)
        assert set(why.table["part"]) >= {"found", "evidence", "verify", "standing"}
        assert (why.status, why.title, why.rule) == ("not verified", one.title, rule)
        assert {str(n) for n in (people["person_id"].nunique(),)} <= set(re.findall(r"\d+", text))
        for field, says in evidence[["field", "says"]].itertuples(index=False):
            told = [s for s in why.sentences() if s.lower().startswith(f"{field.lower()}: ")]
            assert any(says in sentence or WITHHELD in sentence for sentence in told)
        for month in {row["first_month"], row["last_month"]} - {None}:
            assert LANGUAGES["en"].month(month) in text


def test_a_finding_that_rests_on_an_identity_explains_the_pair(town):
    """Facts that agree, differ or are missing, the probability, and that it falls where they are two people."""
    seen = set()
    for finding in town.seen()["finding_id"].iloc[::29]:
        why = town.explain(finding)
        _, people, _ = town.findings.of(finding)
        several = people[["person_id", "source", "record_id"]].dropna().drop_duplicates().duplicated("person_id").any()
        text = " ".join(why.sentences())
        assert ("If the records belong to two people, the lead falls away." in text) == bool(several)
        assert bool(why.pairs) == bool(several)
        assert ("It does not rest on a match" in text) != bool(several)
        for _, pair in why.pairs:
            assert pair.one_person
            assert f"{pair.match_weight:.1f} bits" in text
        seen.add(bool(several))
    assert seen == {True, False}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_is_in_the_table_or_in_that_of_a_pair(town, language):
    """Counts, months and probability of the finding; weights of the pairs; numbers of a rule's own texts."""
    for why in explained(town).values():
        own = [float(n) for text in why.table["says"] for n in re.findall(r"\d+", text)]
        own += [*why.table["number"].dropna(), 100 * why.identity_probability, 99.9, 0.1]
        for _, pair in why.pairs:
            value = pair.table["bits"].fillna(0) + pair.table["rarity_bits"].fillna(0)
            own += [pair.match_weight, pair.line_bits, 100 * pair.match_probability, pair.others, *value, *abs(value)]
            own += [] if pair.changes is None else list(pair.changes["match_weight"])
        for sentence in why.sentences(language):
            for said in numbers(re.sub(r"1 de enero|19th", "", sentence)):
                assert np.abs(np.array(own) - said).min() <= 0.0501, sentence


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_and_no_value_is_in_a_sentence(town, language):
    """Record ids, case numbers, names, dates and numbers of people stay in the tables that may hold them."""
    records = town.result.records
    for why in explained(town).values():
        _, people, _ = town.findings.of(why.finding_id)
        rows = records.merge(people[["source", "record_id"]].dropna().drop_duplicates())
        columns = ["record_id", "first_name", "last_name", "birth_date", "ssn", "street", "phone"]
        values = {v for name in columns for v in rows[name].dropna() if len(v) > 3}
        values |= set(people["case_id"].dropna()) | set(people["person_id"].dropna())
        text = " ".join(why.sentences(language))
        assert not [value for value in values if re.search(rf"\b{re.escape(value)}\b", text)]


def test_spanish_is_spanish_throughout(town):
    """No rule of ours is told in its own words, and both languages say as much."""
    for rule, why in explained(town).items():
        spanish = why.sentences("es")
        assert "propia regla" not in spanish[-1], rule
        assert len(spanish) == len(why.sentences("en"))
        assert spanish[0].startswith("Esta es una pista para revisar: ")
        english = {"the", "and", "with", "not", "child", "case", "person", "record"}
        assert not english & set(re.findall(r"[a-z]+", " ".join(spanish))), rule


def test_a_stranger_s_rule_is_told_in_its_own_words(town):
    """A rule without Spanish is told as it says itself, with a note; everything else is Spanish."""

    class Odd:
        about = About(
            id="X99", title="an odd thing", strength="C", needs=(), untested=("<b>none</b>",), verify="look; look again"
        )

        def find(self, facts):  # noqa: ARG002
            person = [0]
            return make_leads([24312], [24312], [Part("person", person)], [Reason("oddness", "there is some")])

    findings = find(town.result, [Odd()])
    told = {"purpose": "statistics", "protection": town.protection}
    why = town.result.explain_finding(findings, findings.table["finding_id"][0], rules=[Odd()], **told)
    spanish = why.sentences("es")
    assert spanish[0] == "Esta es una pista para revisar: an odd thing."
    assert spanish[-1] == "Una parte se dice con las palabras de su propia regla."
    assert "Oddness: there is some." in spanish
    assert "<b>" not in why._repr_html_()
    with pytest.raises(SpecError, match="no such finding that this purpose may see"):
        town.result.explain_finding(findings, findings.table["finding_id"][0], **told)


def test_what_a_purpose_may_not_see_is_as_if_it_were_not_there(town):
    """A finding that is left out and one that never was give the same error, so neither tells of a flag."""
    hidden = sorted(set(town.seen()["finding_id"]) - set(town.seen("iv-d")["finding_id"]))[:20]
    assert hidden
    said = set()
    for finding in [*hidden, "R07-0000000000000000"]:
        with pytest.raises(SpecError) as error:
            town.explain(finding, purpose="iv-d")
        said.add(str(error.value))
    assert len(said) == 1


def test_places_of_people_who_are_not_known_to_be_free_are_withheld(town):
    """In the evidence, in the identity's facts and in what would change it, for a purpose that works for a program."""
    seen = 0
    status = town.protection.status
    free = set(town.protection.person_ids[status == 0])
    for finding in town.seen("iv-d")["finding_id"].iloc[::9]:
        why = town.explain(finding, purpose="iv-d")
        _, people, _ = town.findings.of(finding)
        if set(people["person_id"]) <= free or not why.pairs:
            continue
        for _, pair in why.pairs:
            rows = pair.table.set_index("comparison")
            if WITHHELD in set(rows["level"]):
                assert set(rows.loc[["street", "phone"], "level"]) == {WITHHELD}
                assert pair.changes is None
                seen += 1
    assert seen


def test_decisions_are_told(town):
    """Open, confirmed, or decided about other evidence."""
    row = town.seen().iloc[0]
    assert "Nobody has decided on it yet." in town.explain(row["finding_id"]).sentences()
    for decision, evidence, said in (
        ("confirmed", row["evidence"], "A worker has looked at it and confirmed it."),
        ("confirmed", "old", "It was decided once, but its evidence has changed since."),
    ):
        told = (row["finding_id"], evidence, decision, "rm", "2026-10-01", "seen")
        table = pd.DataFrame([told], columns=["finding", "evidence", "decision", "who", "when", "why"])
        standing = cl.Dispositions(table).standing(town.findings.table)
        findings = type(town.findings)(
            town.findings.table.assign(disposition=standing),
            *(getattr(town.findings, name) for name in ("people", "evidence", "skipped", "dismissed")),
        )
        why = town.result.explain_finding(findings, row["finding_id"], purpose=town.purpose, protection=town.protection)
        assert said in why.sentences()
