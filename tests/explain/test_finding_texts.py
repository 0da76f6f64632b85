"""Findings in Spanish: every text of every rule, in plain words, with the same numbers."""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Iterator

import pytest

from caselink.explain.finding_words import FINDING_TEXTS, translated
from caselink.explain.phrases import LANGUAGES
from caselink.findings.catalog import RULES
from caselink.masking import WITHHELD

OTHERS = [language for language in LANGUAGES if language != "en"]
RULE_FILES = sorted({sys.modules[type(rule).__module__] for rule in RULES}, key=lambda module: module.__name__)


def texts_of(node: ast.expr, held: dict[str, object]) -> Iterator[str]:
    """All texts that an expression can be: constants, either way of a choice, names of texts; numbers as ``{}``."""
    if isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.IfExp):
        yield from texts_of(node.body, held)
        yield from texts_of(node.orelse, held)
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    elif isinstance(node, ast.Name) and isinstance(held.get(node.id), str):
        yield str(held[node.id])
    elif isinstance(node, ast.Name) and node.id in held:
        yield from (str(one) for one in held[node.id])
    else:
        pytest.fail(f"a text that this test cannot read: {ast.unparse(node)}")


def said_by_rules() -> set[str]:
    """Fields, reasons and parts that the rules' files name, as they are written."""
    found: set[str] = set()
    for module in RULE_FILES:
        tree = ast.parse(inspect.getsource(module))
        held = dict(vars(module))
        for node in ast.walk(tree):
            if isinstance(node, ast.comprehension):  # a name that goes through texts of the file
                held |= looped(node, held)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Reason":
                for part in node.args[:2]:
                    found |= set(texts_of(part, held))
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Part":
                found |= {str(part.value) for part in node.args[:1] if isinstance(part, ast.Constant)}
    return found


def looped(node: ast.comprehension, held: dict[str, object]) -> dict[str, object]:
    """Names of a comprehension over ``enumerate(TEXTS)`` or ``TEXTS``, and the texts that they can be."""
    inner = node.iter.args[0] if isinstance(node.iter, ast.Call) and node.iter.args else node.iter
    texts = held.get(inner.id) if isinstance(inner, ast.Name) else None
    if not isinstance(texts, tuple) or not all(isinstance(one, str) for one in texts):
        return {}
    names = [one.id for one in ast.walk(node.target) if isinstance(one, ast.Name)]
    return {names[-1]: texts}


def texts_of_rules() -> list[str]:
    """Everything that a finding of ours can say."""
    about = [rule.about for rule in RULES]
    texts = {text for one in about for text in (one.title, *one.tested, *one.untested, one.verify, one.who)}
    return sorted(texts | said_by_rules() - {""})


def test_the_texts_of_rules_are_read():
    """So that the next test looks at something: titles, choices, numbers of settings, texts that a name holds."""
    texts = texts_of_rules()
    assert len(texts) > 250
    assert {"invalid SSN", "none received", "counted as a child after the birthday of {} years"} <= set(texts)
    assert "SSN equal, and the name agrees" in texts


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_of_every_rule_is_there_in_the_language(language):
    """A rule that is new, or says something new, needs a line in ``explain/finding_texts_es.py`` or beside it."""
    known = FINDING_TEXTS[language]
    assert [text for text in texts_of_rules() if translated(text, language) is None and text not in known] == []


@pytest.mark.parametrize("language", OTHERS)
def test_no_text_is_kept_that_no_rule_says(language):
    """What rules no longer say is deleted."""
    said = {re.sub(r"\d+", "{}", text) for text in texts_of_rules()}
    left = [text for text in FINDING_TEXTS[language] if re.sub(r"\d+", "{}", text) not in said]
    assert left == []


@pytest.mark.parametrize("language", OTHERS)
def test_numbers_and_names_of_programs_are_the_same(language):
    """Every number, rule and program of a text is in its translation, and none that is not; words may stand for one."""
    words = {"six": "6", "January 1": "", "twice": "", "19th": "19"}
    for english, other in FINDING_TEXTS[language].items():
        text = english
        for word, number in words.items():
            text = text.replace(word, number)
        for kind in (r"\b\d+\b", r"\{\}", r"\b[A-Z]\d\d\b", r"\bIV-[AD]\b"):
            theirs = re.findall(kind, other.replace("1 de enero", "").replace("seis", "6"))
            assert set(re.findall(kind, text)) == set(theirs), (text, other)


@pytest.mark.parametrize("language", OTHERS)
def test_nobody_is_accused_in_any_language(language):
    """No text says fraud, in words of either language."""
    for text in FINDING_TEXTS[language].values():
        assert not re.search(r"fraud|trampa|engañ|estafa|mentira|culpa|delito", text.lower())


def test_what_is_withheld_is_one_word_in_every_language():
    """A redaction reads the same whatever is behind it."""
    assert {translated(WITHHELD, language) for language in LANGUAGES} == {WITHHELD}
