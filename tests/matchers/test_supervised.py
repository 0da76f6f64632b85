from __future__ import annotations

import pickle
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from drawn_pairs import DEFINITIONS, Drawn, World, draw
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.exceptions import NotFittedError as SklearnNotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.naive_bayes import BernoulliNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.tree import DecisionTreeClassifier

from caselink.blocking import BlockingRule
from caselink.comparisons import Exact
from caselink.errors import NotFittedError, SpecError
from caselink.linker import Linker
from caselink.matchers import Matcher, SklearnMatcher

SMALL = World(n_match=600, n_household=600, n_by_rule=(900, 700, 100))


@pytest.fixture(scope="module")
def drawn() -> Drawn:
    """Few pairs, all of them to be labeled."""
    return draw(SMALL)


@pytest.fixture(scope="module")
def rows(drawn: Drawn) -> tuple[np.ndarray, np.ndarray]:
    """The same, a row a pair: levels, and whether it is a match."""
    match = drawn.by_class[:, 0].astype(int)
    others = drawn.by_class[:, 1:].sum(axis=1).astype(int)
    levels = np.concatenate([np.repeat(drawn.patterns.levels, n, axis=0) for n in (match, others)])
    order = np.random.default_rng(0).permutation(len(levels))
    return levels[order], np.repeat([True, False], [match.sum(), others.sum()])[order]


@pytest.mark.parametrize(
    "classifier",
    [
        LogisticRegression(),
        BernoulliNB(),
        DecisionTreeClassifier(min_samples_leaf=5),
        RandomForestClassifier(20, random_state=0),
        HistGradientBoostingClassifier(max_iter=20, random_state=0),
        KNeighborsClassifier(),
    ],
    ids=lambda classifier: type(classifier).__name__,
)
def test_any_classifier_links(drawn, classifier):
    """Linear, tree, neighbor: each learns from labeled patterns and finds the matches."""
    matcher = SklearnMatcher(classifier).fit(drawn.labeled())
    weight = matcher.score(drawn.patterns.levels).match_weight()
    linked = drawn.by_class[weight > 0]
    assert linked[:, 0].sum() > 0.95 * linked.sum()
    assert linked[:, 0].sum() > 0.93 * SMALL.n_match
    assert np.isfinite(weight).all()


def test_patterns_and_rows_teach_the_same(drawn, rows):
    """A pattern labeled ten times is ten rows."""
    levels = drawn.patterns.levels
    from_patterns = SklearnMatcher(LogisticRegression()).fit(drawn.labeled()).predict_proba(levels)
    from_rows = SklearnMatcher(LogisticRegression()).fit(*rows).predict_proba(levels)
    np.testing.assert_allclose(from_patterns, from_rows, atol=0.02)


def test_probabilities_are_calibrated(rows):
    """On pairs it has not seen, about as many are matches as the probabilities add up to, high and low."""
    levels, match = rows
    half = len(levels) // 2
    matcher = SklearnMatcher(RandomForestClassifier(30, random_state=0)).fit(levels[:half], match[:half])
    probability = matcher.predict_proba(levels[half:])[:, 1]
    for lowest, highest in ((0.0, 0.5), (0.5, 1.0)):
        part = (probability >= lowest) & (probability <= highest)
        assert match[half:][part].sum() == pytest.approx(probability[part].sum(), abs=0.03 * part.sum() + 10)


def test_a_level_is_a_category():
    """A linear classifier learns that only the middle level speaks for a match; missing is a category of its own."""
    levels = np.repeat(np.array([[0], [1], [2], [3]], np.uint8), 50, axis=0)
    matcher = SklearnMatcher(LogisticRegression()).fit(levels, (levels[:, 0] == 2) | (levels[:, 0] == 0))
    assert matcher.predict(np.array([[0], [1], [2], [3]])).tolist() == [True, False, True, False]


def test_a_level_never_seen_is_scored(drawn):
    """A level that no label has does not stop the scoring."""
    matcher = SklearnMatcher(LogisticRegression()).fit(np.array([[1, 1], [2, 2]] * 10), np.array([0, 1] * 10))
    assert np.isfinite(matcher.score(np.array([[3, 0]], np.uint8)).match_weight()).all()


def test_scores_do_not_depend_on_blocking(drawn):
    """The classifier knows of levels alone."""
    matcher = SklearnMatcher(LogisticRegression()).fit(drawn.labeled())
    assert isinstance(matcher, Matcher)
    levels = drawn.patterns.levels
    scores, unblocked = matcher.score(levels), matcher.score(levels, blocked=False)
    np.testing.assert_array_equal(scores.match_weight(), unblocked.match_weight())
    probability = matcher.predict_proba(levels)[:, 1]
    np.testing.assert_allclose(1 / (1 + np.exp2(-scores.match_weight())), probability, atol=1e-8)


@pytest.mark.parametrize("n_patterns", [0, 1])
def test_few_patterns_are_scored(drawn, n_patterns):
    """A chunk of pairs may hold a single pattern, or none."""
    matcher = SklearnMatcher(LogisticRegression()).fit(drawn.labeled())
    assert len(matcher.score(drawn.patterns.levels[:n_patterns]).match_weight()) == n_patterns


def test_certainty_is_bounded():
    """A classifier that is certain says 30 bits, not infinitely many."""
    levels = np.array([[1], [2]] * 50, np.uint8)
    matcher = SklearnMatcher(DecisionTreeClassifier(), method="isotonic").fit(levels, levels[:, 0] == 2)
    np.testing.assert_allclose(matcher.score(levels[:2]).match_weight(), [-30, 30], atol=1e-6)


def test_in_pipeline_grid_search_and_calibration(rows):
    """It takes its place in scikit-learn's own tools."""
    levels, match = rows
    pipeline = make_pipeline(FunctionTransformer(), SklearnMatcher(DecisionTreeClassifier(random_state=0), cv=2))
    assert cross_val_score(pipeline, levels, match, cv=2).min() > 0.9
    search = GridSearchCV(
        pipeline, {"sklearnmatcher__estimator__max_depth": [1, 6], "sklearnmatcher__method": ["sigmoid"]}, cv=2
    ).fit(levels, match)
    assert search.best_params_["sklearnmatcher__estimator__max_depth"] == 6
    calibrated = CalibratedClassifierCV(SklearnMatcher(BernoulliNB(), cv=2), cv=2).fit(levels, match)
    assert calibrated.score(levels, match) > 0.9


def test_score_with_labels_is_the_share_of_right_answers(rows):
    """With labels, as scikit-learn asks; without, as the linker asks."""
    levels, match = rows
    matcher = SklearnMatcher(LogisticRegression()).fit(levels, match)
    assert matcher.score(levels, match) == np.mean(matcher.predict(levels) == match)


def test_clone_and_parameters():
    """A clone has the parameters and nothing that was learned; parts are reached by double underscores."""
    matcher = SklearnMatcher(LogisticRegression(C=3), cv=4)
    matcher.fit(np.array([[1], [2]] * 10), [0, 1] * 10)
    copy = clone(matcher)
    assert copy.get_params()["estimator__C"] == 3
    assert not hasattr(copy, "model_")
    assert copy.set_params(estimator__C=5, cv=2).get_params()["estimator__C"] == 5
    assert matcher.get_params()["estimator__C"] == 3
    with pytest.raises(SpecError, match="no parameter 'folds'"):
        copy.set_params(folds=3)


def test_it_pickles(rows):
    """A fitted matcher can be sent to another process."""
    matcher = SklearnMatcher(LogisticRegression()).fit(*rows)
    again = pickle.loads(pickle.dumps(matcher))  # noqa: S301  (our own bytes)
    np.testing.assert_array_equal(again.predict_proba(rows[0]), matcher.predict_proba(rows[0]))


def test_columns_keep_their_names(rows):
    """A frame of levels is remembered by its columns."""
    frame = pd.DataFrame(rows[0], columns=[d.name for d in DEFINITIONS])
    matcher = SklearnMatcher(BernoulliNB()).fit(frame, rows[1])
    assert matcher.feature_names_in_.tolist() == list(frame.columns)
    with pytest.raises(ValueError, match="feature names"):
        matcher.predict(frame[list(frame.columns)[::-1]])


@pytest.mark.parametrize(
    ("levels", "labels", "reason"),
    [
        pytest.param([[1], [2]], None, "requires y", id="no labels"),
        pytest.param([[1], [2]] * 5, [1] * 10, "has|have 1 class", id="one kind"),
        pytest.param([[1], [2], [1]], [0, 1, 1], "two labeled pairs of each kind", id="one match"),
        pytest.param([[1.5], [2]] * 5, [0, 1] * 5, "whole numbers", id="not levels"),
        pytest.param([[-1], [2]] * 5, [0, 1] * 5, "Negative", id="negative"),
        pytest.param([[1], [2]] * 5, [0, 1] * 4, "inconsistent", id="too few labels"),
    ],
)
def test_what_cannot_teach_is_an_error(levels, labels, reason):
    """Errors say what is missing."""
    with pytest.raises(ValueError, match=reason):
        SklearnMatcher(LogisticRegression()).fit(np.array(levels), labels)


def test_patterns_without_labels_are_an_error(drawn):
    """It learns from labels alone, and says how they are given."""
    with pytest.raises(SpecError, match=r"linker\.fit\(records, labels"):
        SklearnMatcher(LogisticRegression()).fit(drawn.patterns)


@pytest.mark.parametrize("kind", [NotFittedError, SklearnNotFittedError])
def test_not_fitted_is_both_libraries_error(kind):
    """Those who catch caselink's error and those who catch scikit-learn's are both served."""
    with pytest.raises(kind):
        SklearnMatcher(LogisticRegression()).score(np.zeros((1, 1), np.uint8))


def test_it_cannot_be_saved(tmp_path, rows):
    """A model file is JSON: the error says so and nothing is written."""
    matcher = SklearnMatcher(LogisticRegression()).fit(*rows)
    linker = Linker([BlockingRule("ssn")], [Exact("ssn")], matcher)
    with pytest.raises(SpecError, match="never pickle"):
        linker.save(tmp_path / "model.json")
    assert not list(tmp_path.iterdir())


def test_making_one_does_not_import_scikit_learn():
    """The class is there at once; scikit-learn comes with the first fit."""
    code = "import sys; from caselink.matchers import SklearnMatcher as S; S(None); print('sklearn' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
