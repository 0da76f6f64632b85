"""What scikit-learn expects of an estimator, asked of every matcher."""

from __future__ import annotations

import subprocess
import sys
import warnings

import numpy as np
import pandas as pd
import pytest
from drawn_pairs import DEFINITIONS, World, draw
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone, is_classifier
from sklearn.calibration import CalibratedClassifierCV
from sklearn.exceptions import NotFittedError as SklearnNotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.estimator_checks import parametrize_with_checks

from caselink.errors import CaselinkWarning, NotFittedError, SpecError
from caselink.matchers import FellegiSunter, RuleMatcher, SklearnMatcher

MATCHERS = [
    FellegiSunter(),
    RuleMatcher(["x0 exact"]),
    SklearnMatcher(DecisionTreeClassifier(random_state=0), cv=2),
]
SMALL = World(n_match=600, n_household=0, rules=((),), n_by_rule=(1700,))  # strangers met by no rule
LEVELS = st.lists(st.tuples(*[st.integers(0, 3)] * 3), min_size=4, max_size=40).map(lambda r: np.array(r, np.uint8))
with warnings.catch_warnings():
    warnings.simplefilter("ignore", UserWarning)  # that conventions are kept by hand and not inherited
    EVERY_CHECK = parametrize_with_checks(MATCHERS)
quietly = pytest.mark.filterwarnings("ignore::caselink.errors.CaselinkWarning")  # doubts about few drawn pairs


@pytest.fixture(scope="module")
def rows() -> tuple[np.ndarray, np.ndarray]:
    """Pairs of persons and of strangers, a row a pair: levels, and whether it is a match."""
    drawn = draw(SMALL)
    match, others = drawn.by_class[:, 0].astype(int), drawn.by_class[:, 1:].sum(axis=1).astype(int)
    levels = np.concatenate([np.repeat(drawn.patterns.levels, n, axis=0) for n in (match, others)])
    order = np.random.default_rng(0).permutation(len(levels))
    return levels[order], np.repeat([True, False], [match.sum(), others.sum()])[order]


@quietly
@pytest.mark.filterwarnings("ignore:Estimator .* does not inherit")  # its conventions are kept by hand
@pytest.mark.filterwarnings("ignore:invalid value encountered in cast")  # scikit-learn's own, on infinite labels
@EVERY_CHECK
def test_scikit_learns_own_checks(estimator, check):
    """Every check that scikit-learn has for a classifier of categories passes, none excepted.

    It leaves out one by itself: arrays of other libraries, which need SCIPY_ARRAY_API set before scipy is loaded.
    """
    check(estimator)


@pytest.mark.parametrize("matcher", MATCHERS, ids=lambda matcher: type(matcher).__name__)
@pytest.mark.parametrize("kind", [NotFittedError, SklearnNotFittedError])
def test_not_fitted_is_both_libraries_error(matcher, kind):
    """Those who catch caselink's error and those who catch scikit-learn's are both served."""
    for method in ("predict", "predict_proba", "score"):
        with pytest.raises(kind):
            getattr(clone(matcher), method)(np.zeros((1, 1), np.uint8))


@pytest.mark.parametrize("matcher", MATCHERS, ids=lambda matcher: type(matcher).__name__)
def test_a_clone_has_the_parameters_and_nothing_learned(matcher, rows):
    """What a fit leaves ends in an underscore, and a clone has none of it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CaselinkWarning)
        fitted = clone(matcher).fit(*rows)
    copy = clone(fitted)
    assert copy.get_params(deep=False).keys() == fitted.get_params(deep=False).keys() == vars(copy).keys()
    assert all(name.endswith("_") for name in vars(fitted).keys() - vars(copy).keys())
    assert is_classifier(fitted)
    assert repr(copy) == repr(fitted) == repr(matcher)


def test_a_bare_matrix_is_learned_without_labels(rows):
    """Levels alone tell matches from strangers, nearly as well as what blocking knows of them."""
    levels, match = rows
    matcher = clone(FellegiSunter()).fit(levels)
    probability = matcher.predict_proba(levels)[:, 1]
    assert matcher.score(levels, match) > 0.985
    assert probability.sum() == pytest.approx(match.sum(), rel=0.1)
    assert matcher.predict(levels).tolist() == (probability > 0.5).tolist()


def test_labels_of_a_matrix_are_used(rows):
    """Labels that say the opposite of what the levels look like are believed."""
    levels, match = rows
    upside_down = FellegiSunter(match_prior=0)
    with pytest.warns(CaselinkWarning):
        upside_down.fit(levels, ~match)
    assert upside_down.score(levels, ~match) > 0.9
    with_labels = FellegiSunter().fit(levels, np.where(match, "same", "other"))
    assert with_labels.classes_.tolist() == ["other", "same"]
    assert with_labels.score(levels, np.where(match, "same", "other")) > 0.985


def test_described_comparisons_are_taken_as_they_are(rows):
    """With definitions a matrix is read as the linker's patterns are: names, evidence and all levels."""
    levels, match = rows
    matcher = FellegiSunter(definitions=DEFINITIONS, known_m={"sex": [0, 0.1, 0.9]}).fit(levels)
    assert matcher.table()["comparison"].unique().tolist() == [d.name for d in DEFINITIONS]
    assert matcher.mixture_.m[3][1:].tolist() == pytest.approx([0.1, 0.9])
    assert matcher.score(levels, match) > 0.985
    with pytest.raises(SpecError, match=r"1 level\(s\) are above those that \['sex'\] have"):
        matcher.predict(np.array([[1, 1, 1, 9, 1, 1]]))


def test_columns_of_a_frame_name_the_comparisons(rows):
    """Names come from the frame, so that rules and known probabilities can speak of them."""
    levels, match = rows
    frame = pd.DataFrame(levels, columns=[d.name for d in DEFINITIONS])
    matcher = FellegiSunter(known_u={"sex": [0, 0.5, 0.5]}).fit(frame)
    assert matcher.table()["comparison"].unique().tolist() == list(frame.columns)
    rule = RuleMatcher(["ssn exact and birth_date exact"]).fit(frame, match)
    expected = (levels[:, 5] == levels[:, 5].max()) & (levels[:, 2] == levels[:, 2].max())
    assert rule.predict(frame).tolist() == expected.tolist()
    assert rule.score(frame, match) == np.mean(expected == match)
    assert rule.table()["pairs"].tolist() == [expected.sum()]


@quietly
@settings(max_examples=60, deadline=None)
@given(levels=LEVELS, seed=st.integers(0, 5))
def test_order_and_missing_levels_change_nothing(levels, seed):
    """Rows in another order give the same probabilities; a level never seen weighs as a missing one."""
    matcher = FellegiSunter().fit(levels)
    order = np.random.default_rng(seed).permutation(len(levels))
    again = FellegiSunter().fit(levels[order])
    np.testing.assert_array_equal(matcher.predict_proba(levels), again.predict_proba(levels))
    highest = levels.copy()
    highest[:, 0] = 9
    without = levels.copy()
    without[:, 0] = 0
    np.testing.assert_array_equal(matcher.predict_proba(highest), matcher.predict_proba(without))
    assert np.isfinite(matcher.predict_proba(levels)).all()


def test_in_pipeline_grid_search_and_calibration(rows):
    """The unsupervised matcher takes its place in scikit-learn's own tools too."""
    levels, match = rows
    pipeline = make_pipeline(FunctionTransformer(), FellegiSunter())
    search = GridSearchCV(pipeline, {"fellegisunter__match_prior": [0.001, 0.01]}, cv=2).fit(levels, match)
    assert search.best_score_ > 0.98
    calibrated = CalibratedClassifierCV(FellegiSunter(), cv=2).fit(levels, match)
    assert calibrated.score(levels, match) > 0.98


@pytest.mark.parametrize(
    ("chosen", "reason"),
    [
        pytest.param({"max_iterations": 0}, "max_iterations must be a whole number of 1", id="no iteration"),
        pytest.param({"max_iterations": 2.5}, "max_iterations must be a whole number", id="half an iteration"),
        pytest.param({"max_iterations": True}, "max_iterations must be a whole number", id="a flag"),
        pytest.param({"tolerance": 0}, "tolerance must be above 0", id="no tolerance"),
        pytest.param({"tolerance": float("nan")}, "tolerance must be a number above 0", id="no number"),
        pytest.param({"match_prior": -1}, "match_prior must be at least 0", id="negative prior"),
        pytest.param({"household_prior": "1"}, "household_prior must be a number", id="a text"),
        pytest.param({"label_weight": float("inf")}, "label_weight must be a number", id="infinite weight"),
    ],
)
def test_parameters_are_checked_when_fitted(chosen, reason):
    """A matcher can be made with anything, as scikit-learn asks; what cannot work is an error of the fit."""
    matcher = FellegiSunter(**chosen)
    with pytest.raises(SpecError, match=reason):
        matcher.fit(np.array([[1], [2]]))


@pytest.mark.parametrize(
    ("chosen", "reason"),
    [
        pytest.param({"cv": 1}, "cv must be a whole number of 2", id="one fold"),
        pytest.param({"method": "guess"}, "method must be one of sigmoid", id="unknown method"),
        pytest.param({"estimator": LogisticRegression}, "must be a classifier", id="a class"),
        pytest.param({"estimator": None}, "must be a classifier", id="none"),
    ],
)
def test_parameters_of_the_supervised_matcher(chosen, reason):
    """The same for the matcher that learns from labels."""
    matcher = SklearnMatcher(**({"estimator": LogisticRegression()} | chosen))
    with pytest.raises(SpecError, match=reason):
        matcher.fit(np.array([[1], [2]] * 5), [0, 1] * 5)


def test_a_matrix_of_too_many_levels_is_an_error():
    """Levels are few; what is no level is said to be none."""
    with pytest.raises(SpecError, match="at most 255 levels"):
        FellegiSunter().fit(np.array([[1], [300]]))


def test_making_matchers_does_not_import_scikit_learn():
    """The classes are there at once; scikit-learn comes with the first matrix."""
    code = (
        "import sys; from caselink.matchers import FellegiSunter as F, RuleMatcher as R, SklearnMatcher as S;"
        "F(), R(['x0 exact']), S(None), repr(F(match_prior=0)); print('sklearn' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
