"""Classifiers see what is missing, matchers can be recordlinkage's, and one-to-one goes by weight."""

from __future__ import annotations

import itertools
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import caselink as cl
from caselink.synthetic import draw_records
from caselink.testing import check_matcher, example_patterns

theirs = pytest.importorskip("recordlinkage")
ours = pytest.importorskip("caselink.interop.recordlinkage")

WEIGHTS = st.dictionaries(st.tuples(st.integers(0, 4), st.integers(0, 4)), st.integers(1, 6), max_size=9)


@pytest.fixture(scope="module")
def features() -> pd.DataFrame:
    """Pairs, a fifth of them matches; a tenth of the values is missing."""
    draws = np.random.default_rng(5)
    match = draws.random(3000) < 0.2
    agree = draws.random((3000, 4)) < np.where(match[:, None], 0.9, 0.1)
    values = np.where(draws.random((3000, 4)) < 0.1, 0.5, agree)
    index = pd.MultiIndex.from_arrays([np.arange(3000), match.astype(int)], names=["pair", "match"])
    return pd.DataFrame(values, index=index, columns=list("abcd"))


def truth(features: pd.DataFrame) -> pd.MultiIndex:
    """The pairs that are matches."""
    return features.index[features.index.get_level_values("match") == 1]


def right(found: pd.MultiIndex, features: pd.DataFrame) -> float:
    """Share of the pairs that were told rightly."""
    said = features.index.isin(found)
    return float(np.mean(said == (features.index.get_level_values("match") == 1)))


@pytest.mark.parametrize("binarize", [None, 0.6])
def test_missing_speaks_for_neither_class(features, binarize):
    """Probabilities learned with missing values are those of what is known, with a threshold of categories or not."""
    for classifier, labels in (
        (ours.ECMClassifier(binarize=binarize), None),
        (ours.NaiveBayesClassifier(binarize=binarize), truth(features)),
    ):
        classifier.fit(features, labels)
        assert right(classifier.predict(features), features) > 0.94
        found = classifier.m_probs["a"][1] / (classifier.m_probs["a"][0] + classifier.m_probs["a"][1])
        assert found == pytest.approx(0.9, abs=0.03)
        unknown = pd.DataFrame(0.5, index=features.index[:1], columns=features.columns)
        assert classifier.prob(unknown).iloc[0] == pytest.approx(0.2, abs=0.02)


@pytest.mark.parametrize("name", ["ECMClassifier", "NaiveBayesClassifier"])
def test_without_missing_values_classifiers_are_recordlinkages(features, name):
    """The same probabilities as recordlinkage's where nothing is missing."""
    known = features[(features != 0.5).all(axis=1)]
    labels = truth(known) if name == "NaiveBayesClassifier" else None
    probabilities = []
    for package in (ours, theirs):
        classifier = getattr(package, name)()
        classifier.fit(known, labels)
        probabilities.append(classifier.prob(known).to_numpy())
    np.testing.assert_allclose(*probabilities, atol=1e-9)


@pytest.mark.parametrize(
    "classifier",
    [
        pytest.param(lambda: theirs.ECMClassifier(binarize=0.6), id="their ECM"),
        pytest.param(lambda: ours.ECMClassifier(binarize=0.6), id="ECM"),
        pytest.param(ours.NaiveBayesClassifier, id="naive Bayes"),
        pytest.param(ours.KMeansClassifier, id="k-means"),
        pytest.param(ours.LogisticRegressionClassifier, id="logistic regression"),
        pytest.param(ours.SVMClassifier, id="support vectors"),
    ],
)
def test_classifiers_are_matchers(classifier):
    """Each keeps what a matcher promises."""
    check_matcher(ours.ClassifierMatcher(classifier()))


@pytest.mark.parametrize("classifier", ["ECMClassifier", "KMeansClassifier"])
def test_a_classifier_links(classifier):
    """In a linker, without labels, it finds the persons."""
    records, truth = draw_records(400, seed=3)
    chosen = {"binarize": 0.6} if classifier == "ECMClassifier" else {"random_state": 0}
    linker = cl.Linker(
        [cl.BlockingRule("last_name"), cl.BlockingRule("birth_date")],
        [cl.PersonName("first_name"), cl.PersonName("last_name"), cl.BirthDate(), cl.SSN()],
        ours.ClassifierMatcher(getattr(ours, classifier)(**chosen)),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # recordlinkage takes the logarithm of 0
        persons = linker.fit_resolve(records).persons
    assert cl.evaluate(persons, truth).pairwise.f1 > 0.9


def test_what_a_matcher_cannot_do_is_said():
    """Labels that are not there, what is no classifier, weights before the fit, and saving."""
    patterns = example_patterns()
    with pytest.raises(cl.SpecError, match=r"linker\.fit\(records, labels"):
        ours.ClassifierMatcher(ours.NaiveBayesClassifier()).fit(unlabeled(patterns))
    with pytest.raises(cl.SpecError, match="takes a classifier"):
        ours.ClassifierMatcher(cl.FellegiSunter()).fit(patterns)
    with pytest.raises(cl.NotFittedError):
        ours.ClassifierMatcher(ours.ECMClassifier()).score(patterns.levels)
    with pytest.raises(cl.SpecError, match="never pickle"):
        ours.ClassifierMatcher(ours.ECMClassifier()).to_json()


def unlabeled(patterns):
    """The same patterns without labels."""
    from dataclasses import replace

    return replace(patterns, label_counts=None)


def test_other_features_than_learned_are_an_error(features):
    """One feature less than in the fit."""
    classifier = ours.ECMClassifier()
    classifier.fit(features)
    with pytest.raises(cl.SpecError, match="fitted to 4 features, asked about 3"):
        classifier.predict(features[["a", "b", "c"]])


@settings(max_examples=80, deadline=None)
@given(weights=WEIGHTS)
def test_one_to_one_goes_by_weight(weights):
    """No record twice; greedy leaves out no link for a lighter one; optimal has the largest sum that there is."""
    links = pd.Series(weights.values(), index=index_of(weights), dtype=float)
    for method in ("greedy", "optimal"):
        kept = ours.OneToOneLinking(method).compute(links)
        assert all(not kept.get_level_values(level).has_duplicates for level in (0, 1))
        assert set(kept) <= set(weights)
        if method == "greedy":
            for a, b in set(weights) - set(kept):
                assert any(weights[pair] >= weights[a, b] for pair in kept if pair[0] == a or pair[1] == b)
        else:
            assert sum(weights[pair] for pair in kept) == heaviest(weights)


@settings(max_examples=40, deadline=None)
@given(weights=WEIGHTS, level=st.sampled_from([0, 1]))
def test_one_to_many_keeps_the_heaviest(weights, level):
    """Each record of one side keeps one link, none heavier."""
    links = index_of(weights)
    kept = ours.OneToManyLinking(level).compute(links, weights=pd.Series(weights.values(), index=links, dtype=float))
    assert {pair[level] for pair in kept} == {pair[level] for pair in weights}
    for pair in kept:
        assert weights[pair] == max(weight for other, weight in weights.items() if other[level] == pair[level])


def test_features_are_weights_and_pairs_alone_are_warned_of():
    """The sum of the features decides; without any the order does, as in recordlinkage, with a warning."""
    pairs = pd.MultiIndex.from_tuples([(1, 1), (1, 2), (2, 2)])
    matches = pd.DataFrame({"a": [1, 1, 1.0], "b": [0, 1, 0.5]}, index=pairs)
    assert ours.OneToOneLinking().compute(matches).tolist() == [(1, 2)]
    assert ours.OneToOneLinking("optimal").compute(matches).tolist() == [(1, 1), (2, 2)]
    with pytest.warns(cl.CaselinkWarning, match="without weights"):
        assert ours.OneToOneLinking().compute(pairs).tolist() == theirs.OneToOneLinking().compute(pairs).tolist()


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        pytest.param(lambda: ours.OneToOneLinking("guess"), "greedy or optimal", id="method"),
        pytest.param(lambda: ours.OneToManyLinking(2), "level is 0 or 1", id="level"),
        pytest.param(lambda: ours.OneToOneLinking().compute(pd.Index([1])), "two levels", id="no pairs"),
        pytest.param(
            lambda: ours.OneToOneLinking().compute(pd.Series([1, 2], pd.MultiIndex.from_tuples([(1, 1)] * 2))),
            "twice",
            id="a pair twice",
        ),
        pytest.param(
            lambda: ours.OneToOneLinking().compute(pd.MultiIndex.from_tuples([(1, 1)]), pd.Series(dtype=float)),
            r"1 link\(s\) have no weight",
            id="no weight",
        ),
    ],
)
def test_errors_say_what_is_wrong(make, reason):
    """What cannot be made one to one."""
    with pytest.raises(ValueError, match=reason):
        make()


def index_of(weights) -> pd.MultiIndex:
    """The pairs as an index of two levels, of none too."""
    return pd.MultiIndex.from_arrays([[pair[level] for pair in weights] for level in (0, 1)])


def heaviest(weights) -> int:
    """The largest sum of weights of links that share no record, by trying all."""
    return max(
        sum(weights[pair] for pair in some)
        for size in range(len(weights) + 1)
        for some in itertools.combinations(weights, size)
        if len({a for a, _ in some}) == len({b for _, b in some}) == size
    )
