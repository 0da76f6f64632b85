"""Any scikit-learn classifier as a matcher, for those who have labeled pairs.

A level is a category, not a number (``swapped`` is not twice ``initial``), and missing is a category like any other:
levels are one-hot encoded before the classifier sees them. Its probabilities are calibrated on pairs that it was not
fitted on. scikit-learn is imported when a matcher is fitted, and its conventions are kept by hand, so that ``import
caselink`` does not pay for it.
"""

from __future__ import annotations

from typing import Any, ClassVar, overload

import numpy as np
import numpy.typing as npt

from caselink.errors import SpecError
from caselink.matchers import conventions
from caselink.matchers.base import Floats, Levels, PatternScores, TrainingPatterns

_MOST_BITS = 30.0
"""A classifier that is certain says no more than this many bits."""

_METHODS = ("sigmoid", "isotonic", "temperature")


class SklearnMatcher:
    """Links by a classifier that learns from labeled pairs; a matcher for the linker and an estimator of scikit-learn.

    ``estimator``: any classifier of two classes, such as ``LogisticRegression()``. ``cv`` folds give the
    probabilities that ``method`` (``sigmoid``; ``isotonic`` with a thousand labels and more) calibrates; the classifier
    is then fitted on all labels. ``random_state`` deals the pairs into folds.

    It believes the labels: they must be drawn from all pairs that blocking makes, plain strangers among them, and not
    from likely links alone, or all the world looks like a match.

    In the linker: ``Linker(matcher=SklearnMatcher(...)).fit(records, labels=...)``. In scikit-learn:
    ``fit(levels, y)``, ``predict_proba(levels)``, in a ``Pipeline`` or ``GridSearchCV``; of the two labels the last in
    order (``True``, ``1``) is the match.

    >>> from sklearn.tree import DecisionTreeClassifier
    >>> levels = np.array([[2, 2], [2, 0], [1, 2], [1, 1]] * 25, np.uint8)
    >>> matcher = SklearnMatcher(DecisionTreeClassifier()).fit(levels, levels[:, 0] == 2)
    >>> matcher.predict(np.array([[2, 1], [1, 0]]))
    array([ True, False])
    """

    uses_frequencies: ClassVar[bool] = False
    """Its probabilities are calibrated as they are; rare values are not counted on top."""

    _estimator_type: ClassVar[str] = "classifier"
    get_params = conventions.get_params
    set_params = conventions.set_params
    __repr__ = conventions.show
    __sklearn_tags__ = conventions.supervised_tags

    def __init__(
        self,
        estimator: Any,  # noqa: ANN401  (scikit-learn has no type for its classifiers)
        *,
        cv: int = 5,
        method: str = "sigmoid",
        random_state: int | None = 0,
    ) -> None:
        self.estimator, self.cv, self.method, self.random_state = estimator, cv, method, random_state

    def fit(self, X: TrainingPatterns | npt.ArrayLike, y: npt.ArrayLike | None = None) -> SklearnMatcher:  # noqa: N803
        """Learn from labeled patterns, or from a matrix of levels and a label a row."""
        from sklearn.calibration import CalibratedClassifierCV
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import OneHotEncoder

        self._check()
        levels, labels = _labeled_rows(X) if isinstance(X, TrainingPatterns) else (X, y)
        labels = conventions.checked_labels(self, labels)
        check_levels(levels)
        encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
        self.model_ = CalibratedClassifierCV(
            make_pipeline(encoder, self.estimator), method=self.method, cv=self._folds(labels), ensemble=False
        ).fit(levels, labels)
        for learned in ("classes_", "n_features_in_", "feature_names_in_"):
            if hasattr(self.model_, learned):
                setattr(self, learned, getattr(self.model_, learned))
        return self

    @overload
    def score(self, X: Levels, y: None = None, *, blocked: bool = True) -> PatternScores: ...  # noqa: N803

    @overload
    def score(self, X: Levels, y: npt.ArrayLike, *, blocked: bool = True) -> float: ...  # noqa: N803

    def score(
        self,
        X: Levels,  # noqa: N803
        y: npt.ArrayLike | None = None,
        *,
        blocked: bool = True,  # noqa: ARG002
    ) -> PatternScores | float:
        """Scores of patterns; where ``y`` is given, the share of right answers, as scikit-learn's classifiers give.

        ``blocked`` changes nothing: the classifier was told of levels alone.
        """
        if y is not None:
            return float(np.mean(self.predict(X) == np.asarray(y)))
        least = np.exp2(-_MOST_BITS)
        # scikit-learn takes no empty matrix, but a chunk may hold no pair
        match = np.clip(self.predict_proba(X)[:, 1], least, 1 - least) if len(X) else np.zeros(0)
        return PatternScores(np.log(match), np.full(len(match), -np.inf), np.log1p(-match))

    def predict(self, X: npt.ArrayLike) -> npt.NDArray[Any]:  # noqa: N803
        """The likelier label, a row."""
        model = self._fitted()
        check_levels(X)
        return np.asarray(model.predict(X))

    def predict_proba(self, X: npt.ArrayLike) -> Floats:  # noqa: N803
        """Calibrated probabilities of no match and match, a row."""
        model = self._fitted()
        check_levels(X)
        return np.asarray(model.predict_proba(X), float)

    def to_json(self) -> dict[str, Any]:
        """Raises :class:`SpecError`: a model file is JSON, and an arbitrary classifier cannot be written as such."""
        raise SpecError(
            "SklearnMatcher cannot be written into a model file, which is JSON and never pickle; keep the labels and "
            "fit again, or keep the matcher by means of your own choice"
        )

    def _fitted(self) -> Any:  # noqa: ANN401
        if not hasattr(self, "model_"):
            raise conventions.not_fitted("SklearnMatcher has not learned yet: call fit() with labels first")
        return self.model_

    def _check(self) -> None:
        conventions.check_whole("cv", self.cv, least=2)
        if self.method not in _METHODS:
            raise SpecError(f"method must be one of {', '.join(_METHODS)}, got {self.method!r}")
        if isinstance(self.estimator, type) or not hasattr(self.estimator, "fit"):
            raise SpecError("estimator must be a classifier of scikit-learn, such as LogisticRegression()")

    def _folds(self, labels: npt.NDArray[Any]) -> Any:  # noqa: ANN401
        from sklearn.model_selection import StratifiedKFold

        fewest = int(np.unique(labels, return_counts=True)[1].min())
        if fewest < 2:
            raise SpecError(f"calibration needs two labeled pairs of each kind (there are {fewest})")
        return StratifiedKFold(min(self.cv, fewest), shuffle=True, random_state=self.random_state)


def check_levels(levels: npt.ArrayLike) -> None:
    """Raise :class:`SpecError` unless ``levels`` is a matrix of whole numbers of 0 (missing) and more."""
    from sklearn.utils import check_array

    conventions.whole_levels(check_array(levels))


def _labeled_rows(patterns: TrainingPatterns) -> tuple[Levels, npt.NDArray[np.bool_]]:
    """One row a labeled pair: its levels, and whether it is a match."""
    if patterns.label_counts is None:
        raise SpecError("SklearnMatcher learns from labeled pairs: linker.fit(records, labels=...)")
    counts = np.rint(patterns.label_counts).astype(np.int64)
    rows = [np.repeat(np.arange(len(counts)), counts[:, kind]) for kind in (0, 1)]
    return patterns.levels[np.concatenate(rows)], np.repeat([False, True], [len(kind) for kind in rows])
