"""Explanations can be read at an eighth-grade level, in both languages: short words, short sentences."""

from __future__ import annotations

import re
from itertools import combinations

import pytest

from caselink.explain.phrases import LANGUAGES

PAIR = ["source_left", "record_id_left", "source_right", "record_id_right"]
MOST_GRADE = 8.0
LEAST_EASE, LEAST_INFLESZ = 70.0, 65.0
"""From 70 on Fernandez Huerta's index is that of seventh grade (60 to 70: eighth and ninth); INFLESZ calls 65 easy."""


@pytest.fixture(scope="module")
def explanations(result, guarded, town):
    """Explanations of every kind: pairs told whole and in part, why not, households, findings of every rule."""
    keys = list(result.persons.head(6)[["source", "record_id"]].itertuples(index=False, name=None))
    pairs = [*result.links.iloc[::12][PAIR].itertuples(index=False, name=None)]
    pairs += [(*one, *other) for one, other in combinations(keys, 2)]
    homes = town.result.households["household_id"].dropna().drop_duplicates()
    return {
        "pair": [found.explain(*pair) for found in (result, guarded) for pair in pairs],
        "why not": [result.why_not(*pair) for pair in pairs[::2]],
        "household": [town.result.explain_household(home) for home in homes.iloc[::60]],
        "two households": [
            town.result.explain_household(*two) for two in zip(homes.iloc[:-1:80], homes.iloc[1::80], strict=True)
        ],
        "finding": [town.explain(finding) for finding in town.one_of_each_rule().values()],
    }


KINDS = ("pair", "why not", "household", "two households", "finding")


def syllables(word: str, *, spanish: bool) -> int:
    """Runs of vowels; in English a silent e at the end is none, in Spanish strong vowels side by side are two."""
    word = word.lower()
    if spanish:
        runs = re.findall(r"[aeiouáéíóúü]+", word)
        return max(1, sum(1 + len(re.findall(r"[aeoáéíóú](?=[aeoáéíóú])", run)) for run in runs))
    runs = len(re.findall(r"[aeiouy]+", word))
    return max(1, runs - (word.endswith("e") and not word.endswith(("le", "ee"))))


def counts(sentences: list[str], *, spanish: bool) -> tuple[int, int, int]:
    """Sentences, words and syllables; what stands in a list are words, and a number is none."""
    text = " ".join(sentences)
    n_sentences = len(re.findall(r"[.](?=\s|$)", text))
    words = re.findall(r"[^\W\d_]+", text)
    return n_sentences, len(words), sum(syllables(word, spanish=spanish) for word in words)


def flesch_kincaid_grade(sentences: list[str]) -> float:
    """The school year that a text asks for (Kincaid et al., 1975)."""
    n, words, parts = counts(sentences, spanish=False)
    return 0.39 * words / n + 11.8 * parts / words - 15.59


def fernandez_huerta(sentences: list[str]) -> float:
    """How easy a Spanish text is: 60 to 70 is eighth and ninth grade, more is easier (Fernández Huerta, 1959)."""
    n, words, parts = counts(sentences, spanish=True)
    return 206.84 - 60 * parts / words - 1.02 * words / n


def inflesz(sentences: list[str]) -> float:
    """The same by Szigriszt's formula (1993); above 55 is normal for most adults (INFLESZ, Barrio-Cantalejo, 2008)."""
    n, words, parts = counts(sentences, spanish=True)
    return 206.835 - 62.3 * parts / words - words / n


@pytest.mark.parametrize("kind", KINDS)
def test_english_is_eighth_grade(explanations, kind):
    """Flesch-Kincaid grade of at most 8, for every explanation."""
    assert len(explanations[kind]) >= 8
    for why in explanations[kind]:
        assert flesch_kincaid_grade(why.sentences("en")) <= MOST_GRADE, why.sentences("en")


@pytest.mark.parametrize("kind", KINDS)
def test_spanish_is_eighth_grade(explanations, kind):
    """Two indices of Spanish, each on the easy side of eighth grade, for every explanation."""
    for why in explanations[kind]:
        told = why.sentences("es")
        assert fernandez_huerta(told) >= LEAST_EASE, told
        assert inflesz(told) >= LEAST_INFLESZ, told


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_short(language):
    """No sentence of the tables has more than 22 words before its list of facts."""
    for sentence in LANGUAGES[language].sentences.values():
        for part in re.split(r"[.:]\s", sentence):
            assert len(part.split()) <= 22


@pytest.mark.parametrize("kind", KINDS)
def test_a_count_of_one_is_told_as_one(explanations, kind):
    """One list, one case, one person: no plural where there is one."""
    for why in explanations[kind]:
        text = " ".join([*why.sentences("en"), *why.sentences("es")])
        assert not re.search(r"\b1 (lists|people|cases|listas|personas|casos)\b", text)
        assert not re.search(r"\.\.|\s\.|:\s*\.|\s{2}", text)


def test_the_measures_are_those_of_their_papers():
    """Worked by hand: eleven words of 12 syllables in two sentences, and in Spanish eight of 13."""
    english = ["The cat sat on the mat.", "It was happy and warm."]
    assert counts(english, spanish=False) == (2, 11, 12)
    assert flesch_kincaid_grade(english) == pytest.approx(0.39 * 5.5 + 11.8 * 12 / 11 - 15.59)
    spanish = ["La casa es grande.", "Vive ahí un niño."]
    assert counts(spanish, spanish=True) == (2, 8, 13)
    assert fernandez_huerta(spanish) == pytest.approx(206.84 - 60 * 13 / 8 - 1.02 * 4)
    assert inflesz(spanish) == pytest.approx(206.835 - 62.3 * 13 / 8 - 4)
