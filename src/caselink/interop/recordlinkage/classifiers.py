"""recordlinkage's classifiers: two of them made to see what is missing, and each of them as a matcher of caselink."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd
import recordlinkage.classifiers as theirs
from recordlinkage.algorithms.nb_sklearn import ECM, NaiveBayes
from recordlinkage.base import BaseClassifier

from caselink.errors import NotFittedError, SpecError
from caselink.interop.recordlinkage.features import HALFWAY
from caselink.matchers.base import Floats, Levels, PatternScores, TrainingPatterns

__all__ = ["ClassifierMatcher", "ECMClassifier", "NaiveBayesClassifier"]

_MOST_BITS = 30.0
_CERTAIN_BITS = 20.0
_MOST_ROWS = 200_000


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """Everything else is recordlinkage's own."""
    return getattr(theirs, name)


class _SeesMissing:
    """Features as categories, where a value of exactly one half is missing and so speaks for neither class."""

    binarize: float | None
    _binarizers: list[_Categories]

    def _fit_data(self, X: Floats) -> Floats:  # noqa: N803  (recordlinkage's)
        self._binarizers = [_Categories(column, self.binarize) for column in X.T]
        return self._transform_data(X)

    def _transform_data(self, X: Floats) -> Floats:  # noqa: N803
        if len(self._binarizers) != X.shape[1]:
            raise SpecError(f"fitted to {len(self._binarizers)} features, asked about {X.shape[1]}")
        return np.hstack([part.flags(column) for part, column in zip(self._binarizers, X.T, strict=True)])


class _Categories:
    """The values of one feature; ``classes_`` as recordlinkage reads them."""

    def __init__(self, column: Floats, binarize: float | None) -> None:
        self.binarize = binarize
        values = np.unique(self._values(column))
        self.classes_ = values[~np.isnan(values)]

    def flags(self, column: Floats) -> Floats:
        """One column a value: 1 where it is the pair's; none for a missing one."""
        return np.asarray((self._values(column)[:, None] == self.classes_).astype(float))

    def _values(self, column: Floats) -> Floats:
        values = np.where(column == HALFWAY, np.nan, column)
        return values if self.binarize is None else np.where(np.isnan(values), np.nan, values > self.binarize)


class _ECM(_SeesMissing, ECM):  # type: ignore[misc]  # recordlinkage has no types
    """Expectation and maximization that leaves missing values out."""


class _NaiveBayes(_SeesMissing, NaiveBayes):  # type: ignore[misc]  # recordlinkage has no types
    """Naive Bayes that leaves missing values out."""


class ECMClassifier(theirs.ECMClassifier):  # type: ignore[misc]  # recordlinkage has no types
    """recordlinkage's, in which a missing value (one half) speaks for neither class."""

    def __init__(
        self,
        init: str = "jaro",
        binarize: float | None = None,
        max_iter: int = 100,
        atol: float = 10e-5,
        use_col_names: bool = True,  # noqa: FBT001, FBT002
    ) -> None:
        super().__init__(init, binarize, max_iter, atol, use_col_names)
        self.kernel = _ECM(init=init, binarize=binarize, max_iter=max_iter, atol=atol)


class NaiveBayesClassifier(theirs.NaiveBayesClassifier):  # type: ignore[misc]  # recordlinkage has no types
    """recordlinkage's, in which a missing value (one half) speaks for neither class."""

    def __init__(
        self,
        binarize: float | None = None,
        alpha: float = 1e-4,
        use_col_names: bool = True,  # noqa: FBT001, FBT002
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(binarize, alpha, use_col_names, **kwargs)
        self.kernel = _NaiveBayes(alpha=alpha, binarize=binarize, **kwargs)


class ClassifierMatcher:
    """A classifier of recordlinkage, or of this module, as the matcher of a linker.

    ``Linker(matcher=ClassifierMatcher(KMeansClassifier()))``. Features are the levels, from 0 (differ) to 1 (exact) in
    equal steps; missing is one half. Those that learn from labels (naive Bayes, logistic regression, support vectors)
    ask for ``linker.fit(records, labels=...)``. One that gives no probabilities says 20 bits for a match, and as many
    against. Term frequencies are not counted on top.
    """

    uses_frequencies: ClassVar[bool] = False

    def __init__(self, classifier: BaseClassifier) -> None:
        self.classifier = classifier

    def fit(self, patterns: TrainingPatterns) -> ClassifierMatcher:
        """Train the classifier on a row a pair (of many pairs about 200,000), or on a row a labeled pair."""
        if not isinstance(self.classifier, BaseClassifier):
            raise SpecError("ClassifierMatcher takes a classifier of recordlinkage, such as ECMClassifier()")
        n_levels = np.array([len(d.level_names) for d in patterns.definitions])
        if isinstance(self.classifier, (theirs.ECMClassifier, theirs.KMeansClassifier)):
            share = min(1.0, _MOST_ROWS / max(patterns.counts.sum(), 1.0))
            rows, _ = _rows(np.ceil(patterns.counts * share)[:, None])
            self.classifier.fit(_features(patterns.levels[rows], n_levels))
        elif patterns.label_counts is not None and patterns.label_counts.any():
            rows, match = _rows(np.rint(patterns.label_counts))
            features = _features(patterns.levels[rows], n_levels)
            self.classifier.fit(features, features.index[match])
        else:
            name = type(self.classifier).__name__
            raise SpecError(f"{name} learns from labeled pairs: linker.fit(records, labels=...)")
        self.n_levels_ = n_levels
        return self

    def score(self, levels: Levels, *, blocked: bool = True) -> PatternScores:  # noqa: ARG002  (it sees levels alone)
        """Scores of patterns, blocked or not."""
        if not hasattr(self, "n_levels_"):
            raise NotFittedError("ClassifierMatcher has not learned yet: call fit() first")
        bits = self._bits(_features(levels, self.n_levels_)) if len(levels) else np.zeros(0)
        match = 1 / (1 + np.exp2(-np.clip(bits, -_MOST_BITS, _MOST_BITS)))
        return PatternScores(np.log(match), np.full(len(match), -np.inf), np.log1p(-match))

    def to_json(self) -> dict[str, Any]:
        """Raises :class:`SpecError`: a model file is JSON, and a classifier cannot be written as such."""
        raise SpecError("ClassifierMatcher cannot be written into a model file, which is JSON and never pickle")

    def _bits(self, features: pd.DataFrame) -> Floats:
        try:
            probability = self.classifier.prob(features).to_numpy()
        except AttributeError:  # k-means and support vectors give none
            told = np.isin(np.arange(len(features)), self.classifier.predict(features).get_level_values(0))
            return np.where(told, _CERTAIN_BITS, -_CERTAIN_BITS)
        least = np.exp2(-_MOST_BITS)
        probability = np.clip(probability, least, 1 - least)
        return np.asarray(np.log2(probability) - np.log2(1 - probability))


def _rows(counts: Floats) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Each pattern as often as it counts; with a second column of counts, whether it counts there (a match)."""
    rows = [np.repeat(np.arange(len(counts)), kind.astype(np.int64)) for kind in counts.T]
    return np.concatenate(rows), np.repeat(np.arange(len(rows)), [len(kind) for kind in rows]) == 1


def _features(levels: Levels, n_levels: npt.NDArray[np.int64]) -> pd.DataFrame:
    """Levels as numbers from 0 to 1, missing one half; each row a pair of its own."""
    values = np.where(levels == 0, HALFWAY, (levels.astype(float) - 1) / (n_levels - 2))
    pairs = pd.MultiIndex.from_arrays([np.arange(len(levels)), np.zeros(len(levels), np.int64)])
    return pd.DataFrame(values, index=pairs)
