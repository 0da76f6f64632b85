"""Sentences say what the weights say, in words that most people can read, and no value of a person."""

from __future__ import annotations

import re
import string
import warnings
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import caselink as cl
from caselink.errors import SpecError
from caselink.explain import Explanation
from caselink.explain.phrases import LANGUAGES
from caselink.explain.sentences import NOT_FACTS, with_values
from caselink.families import find_families
from caselink.masking import LOCATION_FIELDS, WITHHELD

PAIR = ["source_left", "record_id_left", "source_right", "record_id_right"]


def explanations(result):
    """Explanations of links, of weak pairs and of pairs that no rule made."""
    chosen = [tuple(row) for row in result.links.iloc[::9][PAIR].itertuples(index=False)]
    keys = list(result.persons.head(8)[["source", "record_id"]].itertuples(index=False, name=None))
    chosen += [(*one, *other) for one, other in combinations(keys, 2)]
    return [result.explain(*pair) for pair in chosen]


def numbers(text):
    """Every number of a sentence."""
    return [float(found) for found in re.findall(r"(?<![\w.])[-+]?\d+(?:\.\d+)?", text)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_is_the_model_s_own(result, language):
    """A weight of a row, their sum, the line, the chance, or the sum without one row or with one more."""
    for why in explanations(result):
        table = with_values(why.table)
        own = [why.match_weight, why.line_bits, 100 * why.match_probability, 99.9, 0.1, *table["value"]]
        own += [abs(value) for value in table["value"]]
        own += [why.others, *why.changes["match_weight"]]
        for sentence in why.sentences(language):
            for said in numbers(sentence):
                assert np.abs(np.array(own) - said).min() <= 0.0501, sentence


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fact_is_named_once(result, language):
    """Each comparison of the table is in one of the sentences: same, partly, not the same or missing."""
    words = LANGUAGES[language]
    for why in explanations(result)[:20]:
        text = " ".join(why.sentences(language))
        for name in set(why.table["comparison"]) - set(NOT_FACTS):
            assert words.fact(name) in text


def test_the_verdict_comes_first_and_the_check_last(result):
    """One person or two, as resolved; and that it is a lead."""
    seen = set()
    for why in explanations(result):
        first, *_, last = why.sentences()
        assert first == f"These records count as {'one person' if why.one_person else 'two people'}."
        assert last == "This is a lead. A worker must check it."
        seen.add(why.one_person)
    assert seen == {True, False}


def explained(*rows, one_person=True, line=0.0, then=(), others=0):
    """An explanation of such rows (comparison, level, bits); ``then``: comparison, other level, weight, met."""
    table = pd.DataFrame([(*row, 0.0) for row in rows], columns=["comparison", "level", "bits", "rarity_bits"])
    weight, levels = float(table["bits"].sum()), dict(zip(table["comparison"], table["level"], strict=True))
    known = [(name, levels.get(name, "missing"), level, bits, met) for name, level, bits, met in then]
    changes = pd.DataFrame(known, columns=["comparison", "level", "if_level", "match_weight", "met"])
    return Explanation(table, weight, 1 / (1 + 2**-weight), 0.0, "ssn", one_person, line, changes, others)


START = ("prior", "all pairs", -12.0)


@pytest.mark.parametrize(
    ("why", "sentence"),
    [
        pytest.param(
            explained(
                START,
                ("ssn", "exact", 15.0),
                then=[("ssn", "differ", -11.0, True), ("sex", "differ", -0.5, True), ("zip", "differ", 0.0, True)],
            ),
            "If just one of these were not the same, the sum would fall below the line: SSN (-11.0) and sex (-0.5).",
            id="two facts decide",
        ),
        pytest.param(
            explained(START, ("ssn", "exact", 15.0), then=[("ssn", "differ", 2.0, True), ("sex", "differ", 2.5, True)]),
            "No one fact would change the answer. With another SSN, 2.0 bits would be left.",
            id="no fact decides",
        ),
        pytest.param(
            explained(START, ("ssn", "exact", 15.0), then=[("ssn", "differ", 2.0, False)]),
            "If just one of these were not the same, no search rule would find the two: SSN (2.0).",
            id="only one rule",
        ),
        pytest.param(
            explained(
                START, ("birth_date", "differ", -6.0), one_person=False, then=[("birth_date", "exact", 3.0, True)]
            ),
            "If just one of these were the same, the sum would reach the line: birth date (3.0).",
            id="a difference decides",
        ),
        pytest.param(
            explained(START, ("ssn", "missing", 0.0), one_person=False, then=[("ssn", "exact", 4.0, True)]),
            "If just one of these were known and the same, the sum would reach the line: SSN (4.0).",
            id="a missing fact decides",
        ),
        pytest.param(
            explained(START, ("sex", "differ", -9.0), one_person=False, then=[("sex", "exact", -12.5, True)]),
            "No one fact would change the answer. With the same sex, there would be -12.5 bits.",
            id="far",
        ),
        pytest.param(
            explained(START, ("sex", "differ", -9.0), one_person=False, then=[("sex", "exact", 5.0, False)]),
            "No one fact would change the answer.",
            id="never compared",
        ),
        pytest.param(explained(START, others=2), "Other records of theirs count too: 2.", id="others"),
        pytest.param(
            explained(START, ("zip", "not asked", 0.0)),
            "These add nothing, since a smaller place is the same: ZIP code.",
            id="not asked",
        ),
        pytest.param(
            explained(START, ("sex", "exact", 1.0)),
            "The sum is below the line, but other records tie the two together.",
            id="tied by others",
        ),
        pytest.param(
            explained(START, ("ssn", "exact", 15.0), one_person=False),
            "The sum is above the line, but something else keeps the two apart.",
            id="kept apart",
        ),
        pytest.param(
            explained(START, ("ssn", "exact", 15.0), ("family", "rosters and parts", 2.5)),
            "Who lives with them adds 2.5 bits.",
            id="family for",
        ),
        pytest.param(
            explained(START, ("ssn", "exact", 15.0), ("family", "rosters and parts", -2.5)),
            "Who lives with them takes away 2.5 bits.",
            id="family against",
        ),
        pytest.param(explained(START), "Most pairs are two people, so the count starts at -12.0 bits.", id="prior"),
        pytest.param(
            explained(("birth_date", "swapped", 4.0)),
            "These are partly the same: birth date (two parts swapped, +4.0).",
            id="partly",
        ),
        pytest.param(
            explained(("shoe_size", "within 2", 4.0), ("badge", "exact", 1.5)),
            "These are partly the same: shoe size (within 2, +4.0).",
            id="a comparison of one's own",
        ),
        pytest.param(explained(("sources", "both in iva", -3.0)), "They are in one file (-3.0).", id="one file"),
        pytest.param(explained(("sources", "different sources", 0.3)), "They are in two files (+0.3).", id="two files"),
    ],
)
def test_what_is_said(why, sentence):
    """Each kind of evidence has its sentence, and what would change the answer is worked out from the weights."""
    assert sentence in why.sentences()
    assert len(why.sentences("es")) == len(why.sentences("en"))


def test_a_matcher_without_weights_is_told_in_levels(result):
    """Where a matcher does not weigh levels one by one, no weight is made up."""
    rules = cl.Linker(matcher=cl.RuleMatcher(["ssn exact"]), threads=1).fit_resolve(result.records)
    said = " ".join(rules.explain(*rules.links.iloc[0][PAIR]).sentences())
    assert "SSN" in said
    assert "(+" not in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_languages_say_the_same_things(language):
    """Every table has the same facts, levels and sentences, with the same places in them."""
    words, english = LANGUAGES[language], LANGUAGES["en"]
    assert words.facts.keys() == english.facts.keys()
    assert words.levels.keys() == english.levels.keys()
    assert words.sentences.keys() == english.sentences.keys()
    for key, sentence in words.sentences.items():
        places = [{part[1] for part in string.Formatter().parse(text)} for text in (sentence, english.sentences[key])]
        assert places[0] == places[1], key


def test_another_language_is_an_error(result):
    """Which languages there are is said."""
    with pytest.raises(SpecError, match="'en', 'es'"):
        explanations(result)[0].sentences("fr")


def test_default_comparisons_have_words():
    """Facts and levels of all comparisons that are chosen by default are in the tables."""
    from caselink.comparisons.defaults import default_comparisons
    from caselink.schema import FURTHER_COLUMNS, PERSON_COLUMNS

    chosen = default_comparisons([*PERSON_COLUMNS, *FURTHER_COLUMNS], ["iva", "ivd"])
    known = {"missing", "differ", "exact"}
    for definition in [one.definition for one in chosen if one.definition.name != "sources"]:
        for words in LANGUAGES.values():
            assert definition.name in words.facts
            named = [level for level in definition.level_names if level not in known]
            assert not [level for level in named if words.level(level) == level]


# Where protected people live.


def test_of_people_who_may_be_protected_no_place_is_said(guarded):
    """The rows of address and phone are withheld with their bits; the sum is that of the others."""
    for why in explanations(guarded):
        places = why.table[why.table["comparison"].isin(LOCATION_FIELDS)]
        if len(why.table[why.table["level"] == WITHHELD]):
            assert set(places["level"]) == {WITHHELD}
            assert places["bits"].isna().all()
            assert np.isnan(why.household_probability)
            assert why.rule is None or not LOCATION_FIELDS & set(re.findall(r"\w+", why.rule))
            text = " ".join(why.sentences())
            assert re.search(r"These are withheld: .*street", text)
            assert "street (" not in text


def test_the_sum_cannot_be_told_by_subtraction(result, guarded):
    """What is withheld is in no number: the sum of the rows shown is the sum that is told."""
    for open_one, other in zip(explanations(result), explanations(guarded), strict=False):
        hidden = other.table["level"] == WITHHELD
        if hidden.any():
            taken = with_values(open_one.table).loc[hidden.to_numpy(), "value"].sum()
            assert other.match_weight == pytest.approx(open_one.match_weight - taken, abs=0.011)


def test_within_one_source_what_nobody_said_is_not_withheld(guarded):
    """Unknown counts as protected where data cross programs; of its own records a program knows it anyway."""
    persons = guarded.persons
    one = persons[persons["source"] == persons["source"].iloc[0]].head(2)
    pair = [*one.iloc[0][["source", "record_id"]], *one.iloc[1][["source", "record_id"]]]
    assert WITHHELD not in set(guarded.explain(*pair).table["level"])


def test_a_protected_person_is_withheld_within_one_source_too(result, link):
    """A flag on either of the two is enough."""
    records = result.records.copy()
    source = records["source"].iloc[0]
    rows = records.index[records["source"] == source][:2]
    records.loc[rows[1], "protected"] = "Y"
    flagged = link(records)
    pair = [part for row in rows for part in (source, records.loc[row, "record_id"])]
    assert WITHHELD in set(flagged.explain(*pair).table["level"])


def test_what_must_not_count_is_in_no_explanation(result):
    """A comparison of race, whoever made it, is withheld for everybody."""
    records = result.records.assign(race="X")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        odd = cl.Linker(comparisons=[cl.Exact("ssn"), cl.BirthDate(), cl.Exact("race")], threads=1).fit_resolve(records)
    table = odd.explain(*odd.links.iloc[0][PAIR]).table.set_index("comparison")
    assert table.loc["race", "level"] == WITHHELD
    assert table.loc["ssn", "level"] != WITHHELD


def apart(result):
    """Two records without anything in common."""
    keys = list(result.persons.head(8)[["source", "record_id"]].itertuples(index=False, name=None))
    pairs = [(*one, *other) for one, other in combinations(keys, 2)]
    return min(pairs, key=lambda pair: result.explain(*pair).match_weight)


def test_why_not_says_what_is_short(result):
    """Two records without evidence are short of the line; of one person nothing keeps the records apart."""
    links = result.links
    weak = result.why_not(*apart(result))
    assert weak.reason == "too little"
    assert any("short of the line" in sentence for sentence in weak.sentences())
    strong = result.why_not(*links.loc[links["match_weight"].idxmax(), PAIR])
    assert strong.reason == "one person"
    assert str(strong) == "\n".join(strong.explanation.sentences())


def test_why_not_says_that_no_rule_met_them(result):
    """A pair that blocking never made is told so."""
    keys = list(result.persons.head(8)[["source", "record_id"]].itertuples(index=False, name=None))
    told = [result.why_not(*one, *other) for one, other in combinations(keys, 2)]
    unmet = [one for one in told if not one.met]
    assert unmet
    assert all("No search rule" in one.sentences()[1] for one in unmet if one.reason != "one person")


def test_why_not_names_a_decision_and_a_source_without_duplicates(result):
    """What a person decided, and what a source's owner said of it, keep two records apart whatever their weight."""
    best = result.links.loc[result.links["match_weight"].idxmax(), PAIR]
    decided = pd.DataFrame([best]).assign(decision="not")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        apart = cl.Linker(decisions=decided, threads=1).fit_resolve(result.records)
    assert apart.why_not(*best).reason == "decided"
    assert "said that they are not the same" in str(apart.why_not(*best))


def test_why_not_is_told_in_spanish(result):
    """The same reasons in the other language."""
    weak = result.why_not(*apart(result))
    assert any(sentence.startswith("Les faltan") for sentence in weak.sentences("es"))


# Households.

HOUSE = pd.DataFrame(
    {
        "source": ["iva", "iva", "ivd", "ivd", "ivd"],
        "record_id": list("12345"),
        "person_id": ["mother", "ana", "mother", "ana", "father"],
        "case_id": ["A1", "A1", "D7", "D7", "D7"],
        "role": ["HEAD", "CHILD", "CP", "CH", "NP"],
        "month": "2026-01",
        "street": ["12 OAK ST"] * 4 + ["99 ELM AVE"],
        "last_name": "DIAZ",
    }
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("flag", "word"), [("N", "the same address"), ("Y", "withheld"), (None, "withheld")])
def test_a_household_is_told_in_sentences(language, flag, word):
    """One home or two, how many lists, what they share; the address only where nobody is protected."""
    frame = HOUSE.assign(protected=flag)
    families = find_families(frame.drop(columns="person_id"), frame[["source", "record_id", "person_id"]])
    home = families.households.drop_duplicates("person_id").set_index("person_id")["household_id"]
    one = families.explain_household(home["mother"])
    two = families.explain_household(home["mother"], home["father"])
    texts = [" ".join(told.sentences(language)) for told in (one, two)]
    assert not [value for value in ("DIAZ", "OAK", "ELM", "A1", "D7", "mother") if value in "".join(texts)]
    if language == "en":
        assert texts[0].startswith("These people count as one household.")
        assert word in texts[0]
        assert "a case says that a parent lives somewhere else" in texts[1]


def home_of(frame):
    """The explanation of the mother's household."""
    families = find_families(frame.drop(columns="person_id"), frame[["source", "record_id", "person_id"]])
    home = families.households.drop_duplicates("person_id").set_index("person_id")["household_id"]
    return families.explain_household(home["mother"]), families, home


def test_what_another_address_would_do_is_what_it_does():
    """The sum that is told for another address is that of the evidence once the address is really changed."""
    frame = HOUSE.assign(protected="N")
    before, *_ = home_of(frame)
    told = before.changes.set_index("change")["bits"]
    after, *_ = home_of(frame.assign(street=["12 OAK ST"] * 2 + ["7 FIR CT"] * 2 + ["99 ELM AVE"]))
    assert told["home falls"] == pytest.approx(after.bits)
    assert f"the lists would give {told['home falls']:.1f} bits" in " ".join(before.sentences())


@pytest.mark.parametrize(("street", "change"), [("7 FIR CT", "home joins"), (None, "home unknown")])
def test_what_would_make_one_home_of_two(street, change):
    """Two lists with one child and another address, or none, are two homes; the same address would make them one."""
    two = pd.DataFrame(
        {
            "source": ["iva", "iva", "ivd", "ivd"],
            "record_id": list("1234"),
            "person_id": ["mother", "ana", "aunt", "ana"],
            "case_id": ["A1", "A1", "A2", "A2"],
            "role": ["HEAD", "CHILD"] * 2,
            "month": "2026-01",
            "street": ["12 OAK ST"] * 2 + [street] * 2,
            "last_name": "DIAZ",
            "protected": "N",
        }
    )
    _, families, home = home_of(two)
    apart = families.explain_household(home["mother"], home["aunt"])
    told = apart.changes.set_index("change")["bits"]
    assert told[change] > 0
    joined, _, same = home_of(two.assign(street="12 OAK ST"))
    assert same["mother"] == same["aunt"]
    assert joined.bits == pytest.approx(told[change])


@given(names=st.lists(st.sampled_from(["first_name", "ssn", "x_y", "<b>"]), min_size=1, max_size=3, unique=True))
def test_a_list_is_joined_as_one_says_it(names):
    """The last of several is joined by a word, the others by commas."""
    for words in LANGUAGES.values():
        said = words.join([words.fact(name) for name in names])
        assert said.count(f" {words.and_word} ") == (len(names) > 1)
        assert said.count(",") == max(0, len(names) - 2)
