from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone, is_classifier

from caselink.blocking import BlockingRule
from caselink.comparisons import SSN, BirthDate, Exact, JaroWinkler, PersonName
from caselink.errors import ModelFileError, NotFittedError, SpecError
from caselink.linker import Linker
from caselink.matchers import Matcher, RuleError, RuleMatcher, TrainingPatterns
from caselink.model_file import read_model, write_model
from caselink.schema import Definition

COMPARISONS = [PersonName("first_name"), JaroWinkler("last_name", (0.92, 0.7)), BirthDate(), SSN(), Exact("sex")]
DEFINITIONS = tuple(comparison.definition for comparison in COMPARISONS)
NAMES = [definition.name for definition in DEFINITIONS]
MATRICES = st.lists(
    st.tuples(*(st.integers(0, len(d.level_names) - 1) for d in DEFINITIONS)), min_size=1, max_size=20
).map(lambda rows: np.array(rows, np.uint8))


def _fit(*rules: str) -> RuleMatcher:
    return RuleMatcher(list(rules), definitions=DEFINITIONS).fit(np.ones((1, len(DEFINITIONS)), np.uint8))


def _column(levels: np.ndarray, name: str) -> tuple[np.ndarray, tuple[str, ...]]:
    place = NAMES.index(name)
    return levels[:, place], DEFINITIONS[place].level_names


@given(levels=MATRICES)
def test_a_rule_is_what_it_says(levels):
    """Each form of condition equals its plain meaning."""
    ssn, ssn_names = _column(levels, "ssn")
    last, last_names = _column(levels, "last_name")
    sex, _ = _column(levels, "sex")
    plain = {
        "ssn exact": ssn == ssn_names.index("exact"),
        "ssn is one digit": ssn == ssn_names.index("one digit"),
        "ssn last four": ssn == ssn_names.index("last four"),
        "ssn >= one digit": ssn >= ssn_names.index("one digit"),
        "ssn>=one digit": ssn >= ssn_names.index("one digit"),
        "ssn missing": ssn == 0,
        "ssn not missing": ssn != 0,
        "sex not differ": sex != 1,
        "sex is not differ": sex != 1,
        "last_name >= at least 0.92": last >= last_names.index("at least 0.92"),
        "ssn exact and sex not differ": (ssn == len(ssn_names) - 1) & (sex != 1),
        "ssn >= last four and ssn not exact": (ssn >= ssn_names.index("last four")) & (ssn != len(ssn_names) - 1),
        "  ssn   exact\n and  last_name exact ": (ssn == len(ssn_names) - 1) & (last == len(last_names) - 1),
    }
    for rule, expected in plain.items():
        assert _fit(rule).predict(levels).tolist() == expected.tolist(), rule


@given(levels=MATRICES)
def test_any_rule_is_enough(levels):
    """A pattern matches where at least one of the rules holds, in whatever order they stand."""
    rules = ["ssn exact", "first_name >= close and last_name exact", "birth_date exact and sex exact"]
    each = np.stack([_fit(rule).predict(levels) for rule in rules])
    assert _fit(*rules).predict(levels).tolist() == each.any(axis=0).tolist()
    assert _fit(*rules[::-1]).predict(levels).tolist() == each.any(axis=0).tolist()
    assert _fit(*rules).holds(levels).T.tolist() == each.tolist()


@given(levels=MATRICES, bits=st.floats(0.5, 40))
def test_weights_are_the_bits_asked_for(levels, bits):
    """A rule that holds gives so many bits, none as many against, blocked or not; the probability goes with it."""
    matcher = RuleMatcher(["ssn exact"], weight_bits=bits, definitions=DEFINITIONS).fit(levels)
    for blocked in (True, False):
        weight = matcher.score(levels, blocked=blocked).match_weight()
        np.testing.assert_allclose(weight, np.where(matcher.predict(levels), bits, -bits))
    np.testing.assert_allclose(matcher.predict_proba(levels)[:, 1], 1 / (1 + np.exp2(-weight)))
    np.testing.assert_allclose(matcher.predict_proba(levels).sum(axis=1), 1)
    assert len(matcher.score(levels[:0]).match_weight()) == 0


@pytest.mark.parametrize(
    ("rule", "named"),
    [
        pytest.param("snn exact", "no comparison is named 'snn'.*first_name", id="unknown comparison"),
        pytest.param("ssn exakt", "'ssn' has no level 'exakt'.*last four", id="unknown level"),
        pytest.param("ssn", "'ssn' has no level ''", id="no level"),
        pytest.param("ssn exact and", "condition is missing", id="ends with and"),
        pytest.param("", "condition is missing", id="empty"),
        pytest.param("ssn exact or sex exact", "rule of its own", id="or"),
        pytest.param("(ssn exact)", "rule of its own", id="parentheses"),
        pytest.param("not ssn exact", "'not'", id="not in front"),
        pytest.param("ssn >= missing", "always so", id="at least missing"),
        pytest.param("ssn > exact", "no level '> exact'", id="another sign"),
        pytest.param("ssn exact and ssn differ", "no level of 'ssn' meets", id="contradiction"),
        pytest.param("ssn_exact", "no comparison is named 'ssn_exact'", id="longer name"),
        pytest.param("ssn 3", "has no level '3'", id="a number"),
    ],
)
def test_errors_name_what_is_wrong(rule, named):
    """The rule, and the comparison or level that is not there, stand in the error, with those that are."""
    with pytest.raises(RuleError, match=named) as caught:
        _fit("ssn exact", rule)
    assert caught.value.rule == rule


def test_the_longest_name_is_meant():
    """Comparisons whose names begin alike, and names of several words, are told apart."""
    names = ("name", "name of mother", "name_2")
    definitions = [Definition(name=n, columns=(n,), level_names=("missing", "differ", "exact")) for n in names]
    rules = ["name exact", "name of mother exact", "name_2 exact"]
    levels = np.array([[2, 1, 1], [1, 2, 1], [1, 1, 2]], np.uint8)
    assert RuleMatcher(rules, definitions=definitions).fit(levels).holds(levels).tolist() == np.eye(3).tolist()


@pytest.mark.parametrize(
    "chosen",
    [
        pytest.param({"rules": "ssn exact"}, id="one text"),
        pytest.param({"rules": []}, id="none"),
        pytest.param({"rules": [3]}, id="no text"),
        pytest.param({"rules": ["ssn exact"], "weight_bits": 0}, id="no weight"),
        pytest.param({"rules": ["ssn exact"], "weight_bits": float("nan")}, id="weight not a number"),
        pytest.param({"rules": ["ssn exact"], "definitions": None}, id="no definitions"),
    ],
)
def test_settings_that_cannot_be_are_errors(chosen):
    """They are found when the matcher is fitted; making it does no work, as scikit-learn asks."""
    matcher = RuleMatcher(**{"definitions": DEFINITIONS, **chosen})
    with pytest.raises(SpecError):
        matcher.fit(np.ones((1, len(DEFINITIONS)), np.uint8))


def test_conventions_of_scikit_learn():
    """It clones, names its parameters, and is a classifier."""
    matcher = _fit("ssn exact")
    copy = clone(matcher).set_params(weight_bits=10.0)
    assert (copy.get_params()["rules"], copy.weight_bits, matcher.weight_bits) == (["ssn exact"], 10.0, 20.0)
    assert is_classifier(matcher)
    assert isinstance(matcher, Matcher)
    with pytest.raises(NotFittedError):
        copy.score(np.zeros((1, 5), np.uint8))


def test_table_says_what_each_rule_brings():
    """One row a rule: pairs it holds for, and those that no earlier rule has."""
    levels = np.array([[0, 0, 0, 6, 2], [0, 0, 0, 6, 1], [0, 0, 0, 0, 2]], np.uint8)
    random = tuple(np.ones(len(d.level_names)) for d in DEFINITIONS)
    patterns = TrainingPatterns(
        definitions=DEFINITIONS, levels=levels, counts=np.array([10.0, 5.0, 1.0]), random=random
    )
    table = RuleMatcher(["ssn exact", "sex exact"]).fit(patterns).table()
    assert table.to_numpy().tolist() == [["ssn exact", 15.0, 15.0], ["sex exact", 11.0, 1.0]]


def test_model_file_round_trip(tmp_path):
    """Rules are written as they were given, and mean the same when read."""
    matcher = _fit("ssn >= one digit and sex not differ", "first_name exact and birth_date exact")
    rules = [BlockingRule("ssn")]
    write_model(tmp_path / "model.json", rules, COMPARISONS, matcher)
    _, _, again = read_model(tmp_path / "model.json")
    assert isinstance(again, RuleMatcher)
    assert again.to_json() == matcher.to_json()
    levels = np.random.default_rng(0).integers(0, 3, (50, len(DEFINITIONS))).astype(np.uint8)
    assert again.predict(levels).tolist() == matcher.predict(levels).tolist()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param({"rules": ["ssn exact"]}, id="no weight"),
        pytest.param({"rules": ["zip exact"], "weight_bits": 20}, id="unknown comparison"),
        pytest.param({"rules": [["ssn exact"]], "weight_bits": 20}, id="not texts"),
        pytest.param({"rules": 7, "weight_bits": 20}, id="no list"),
        pytest.param({"rules": ["ssn exact"], "weight_bits": "many"}, id="weight is text"),
    ],
)
def test_damaged_files_are_refused(content):
    """What was changed by hand is no model."""
    with pytest.raises(ModelFileError):
        RuleMatcher.from_json({"type": "RuleMatcher", **content}, DEFINITIONS)


def test_the_linker_follows_the_rules():
    """Records that a rule joins are one person, however rare or common their values are; others are not."""
    records = pd.DataFrame(
        {
            "source": "iva",
            "record_id": list("abcd"),
            "ssn": ["123456789", "123456789", "987654321", "987654312"],
            "sex": ["F", "F", "M", "M"],
            "birth_date": ["1990-01-02", "1990-01-02", "1980-05-06", "1980-05-06"],
        }
    )
    matcher = RuleMatcher(["ssn exact and birth_date exact"])
    linker = Linker([BlockingRule("birth_date")], [SSN(), BirthDate(), Exact("sex")], matcher, threads=1)
    persons = linker.fit_resolve(records).persons.set_index("record_id")["person_id"]
    assert persons["a"] == persons["b"]
    assert persons[["a", "c", "d"]].nunique() == 3
