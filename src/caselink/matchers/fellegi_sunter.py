"""The mixture without labels: same person, same household, or unrelated and met by a blocking rule.

Fellegi and Sunter (1969) weigh the levels of a pair by the ratio of two probabilities, m among matches and
u among the others. Here *the others* are several classes, because they come about in several ways:

- *unrelated, one class a rule*: the pair agrees by chance on what the rule asks for and is like a random pair in all
  else. Its probabilities are known beforehand; only its size is learned.
- *same household*: alike in what a family shares, like a random pair in what is personal.
- *same person*: free.

Sizes and free probabilities are learned by expectation and maximization (Dempster, Laird and Rubin, 1977) on pattern
counts.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, ClassVar, overload

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.errors import CaselinkWarning, ModelFileError
from caselink.matchers import conventions
from caselink.matchers.base import Floats, Levels, PatternScores, TrainingPatterns
from caselink.matchers.level_matrix import definitions_of, patterns_of, within
from caselink.matchers.mixture import Mixture
from caselink.matchers.mixture_fit import fit_mixture
from caselink.notebook import show_object, show_table
from caselink.schema import Definition

Probabilities = dict[str, list[float]]


class FellegiSunter:
    """Match weights learned without labels.

    ``household_prior``: how strongly *same household* is held towards random pairs on personal evidence, as a
    share of its own size (0 is free, larger is stiffer). ``match_prior``: the same for *same person* towards the
    usual, nine in ten agreeing. ``max_iterations`` and ``tolerance`` (change of m and of the share of matches) end
    the fit. ``known_m`` and ``known_u`` give probabilities that are not to be learned: comparison name to a list
    of one number a level, the first (missing) being ignored. ``label_weight``: as how many pairs each labeled pair
    counts where probabilities are learned. Above 1 lets a few labels speak up among millions of pairs, and asks
    that they were drawn evenly; 1 asks nothing.

    It is also an estimator of scikit-learn, fitted on a bare matrix of levels, with labels or without; see
    :mod:`~caselink.matchers.level_matrix` for what that can and cannot know. ``definitions`` of the comparisons say
    what the levels of such a matrix are; where they are not given, the highest level that is seen is the exact one.

    >>> agree, differ = [3, 2, 2], [1, 1, 1]
    >>> levels = np.array([agree] * 20 + [[1, 2, 1], [1, 1, 2], [2, 1, 1], differ] * 45)
    >>> FellegiSunter().fit(levels).predict([agree, [3, 2, 0], differ]).tolist()
    [True, True, False]
    """

    _estimator_type: ClassVar[str] = "classifier"
    get_params = conventions.get_params
    set_params = conventions.set_params
    __repr__ = conventions.show
    __sklearn_tags__ = conventions.unsupervised_tags

    def __init__(  # noqa: PLR0913  (numbers of one fit, all by name)
        self,
        *,
        household_prior: float = 1.0,
        match_prior: float = 0.001,
        max_iterations: int = 500,
        tolerance: float = 1e-4,
        known_m: Probabilities | None = None,
        known_u: Probabilities | None = None,
        label_weight: float = 1.0,
        definitions: Sequence[Definition] | None = None,
    ) -> None:
        self.household_prior, self.match_prior = household_prior, match_prior
        self.max_iterations, self.tolerance = max_iterations, tolerance
        self.known_m, self.known_u = known_m, known_u
        self.label_weight, self.definitions = label_weight, definitions

    def fit(self, X: TrainingPatterns | npt.ArrayLike, y: npt.ArrayLike | None = None) -> FellegiSunter:  # noqa: N803
        """Learn sizes and probabilities; warns where the result should not be trusted.

        ``X``: training patterns, or a matrix of levels; ``y``: for a matrix, a label a row, if there are any. Of the
        two labels the last in order (``True``, ``1``) is the match.
        """
        self._check()
        patterns = X if isinstance(X, TrainingPatterns) else self._patterns(X, y)
        self.mixture_ = fit_mixture(self, patterns)
        self.n_features_in_ = len(patterns.definitions)
        self.classes_ = np.array([False, True]) if y is None else np.unique(np.asarray(y))
        for reason in self.mixture_.doubts:
            warnings.warn(reason, CaselinkWarning, stacklevel=2)
        return self

    @overload
    def score(self, X: Levels, y: None = None, *, blocked: bool = True) -> PatternScores: ...  # noqa: N803

    @overload
    def score(self, X: Levels, y: npt.ArrayLike, *, blocked: bool = True) -> float: ...  # noqa: N803

    def score(
        self,
        X: Levels,  # noqa: N803  (scikit-learn's name)
        y: npt.ArrayLike | None = None,
        *,
        blocked: bool = True,
    ) -> PatternScores | float:
        """Log shares of each pattern; a pair that no rule made is weighed against all pairs.

        Where ``y`` is given: the share of right answers, as scikit-learn's classifiers give.
        """
        if y is not None:
            return float(np.mean(self.predict(X) == np.asarray(y)))
        mixture = self._fitted()
        match = mixture.log_match(X)
        household = mixture.log_household(X)
        unrelated = mixture.log_unrelated(X) if blocked else mixture.log_random(X)
        return PatternScores(match, household, unrelated)

    def predict(self, X: npt.ArrayLike) -> npt.NDArray[Any]:  # noqa: N803  (scikit-learn's name)
        """The likelier label, a row of levels."""
        match = self._weights(X) > 0
        return np.asarray(self.classes_[match.astype(int)])

    def predict_proba(self, X: npt.ArrayLike) -> Floats:  # noqa: N803  (scikit-learn's name)
        """Probabilities of no match and match, a row of levels; a level never seen in the fit is missing."""
        match = 1 / (1 + np.exp2(-self._weights(X)))
        return np.stack([1 - match, match], axis=1)

    def table(self) -> pd.DataFrame:
        """One row a level: comparison, level, m, household, u and weight (bits, against a random pair)."""
        return self._fitted().table()

    def bits_against(self, levels: Levels) -> Floats:
        """How many bits speak against one person at each pattern: those of the levels that do, without the prior."""
        mixture, against = self._fitted(), np.zeros(len(levels))
        for c, (m, u) in enumerate(zip(mixture.m, mixture.u, strict=True)):
            bits = np.concatenate([[0.0], np.log2(np.maximum(u[1:], 1e-300) / np.maximum(m[1:], 1e-300))])
            against += np.maximum(bits, 0.0)[levels[:, c]]
        return against

    def to_json(self) -> dict[str, Any]:
        """Settings and everything learned, as plain JSON values."""
        settings = {
            "household_prior": self.household_prior,
            "match_prior": self.match_prior,
            "known_m": self.known_m or {},
            "known_u": self.known_u or {},
        }
        settings |= {"label_weight": self.label_weight}
        return {"type": "FellegiSunter", "settings": settings, "mixture": self._fitted().to_json()}

    @classmethod
    def from_json(cls, content: dict[str, Any], definitions: tuple[Definition, ...]) -> FellegiSunter:
        """The matcher that :meth:`to_json` wrote; raises :class:`ModelFileError` for anything else."""
        try:
            matcher = cls(**content["settings"])
            matcher.mixture_ = Mixture.from_json(content["mixture"], definitions)
        except (KeyError, TypeError, ValueError, IndexError) as reason:
            msg = f"the model file's matcher cannot be read ({type(reason).__name__})"
            raise ModelFileError(msg) from None
        matcher.n_features_in_, matcher.classes_ = len(definitions), np.array([False, True])
        return matcher

    def _check(self) -> None:
        conventions.check_whole("max_iterations", self.max_iterations, least=1)
        conventions.check_number("tolerance", self.tolerance, least=0, above=True)
        for name in ("household_prior", "match_prior", "label_weight"):
            conventions.check_number(name, getattr(self, name), least=0)

    def _patterns(self, X: npt.ArrayLike, y: npt.ArrayLike | None) -> TrainingPatterns:  # noqa: N803
        labels = None if y is None else conventions.checked_labels(self, y)
        levels = conventions.checked_matrix(self, X, first=True, labels=labels)
        definitions = self.definitions or definitions_of(levels, getattr(self, "feature_names_in_", None))
        match = None if labels is None else labels == np.unique(labels)[1]
        return patterns_of(within(levels, definitions, described=self.definitions is not None), definitions, match)

    def _weights(self, X: npt.ArrayLike) -> Floats:  # noqa: N803
        definitions = self._fitted().definitions
        levels = conventions.checked_matrix(self, X, first=False)
        return self.score(within(levels, definitions, described=self.definitions is not None)).match_weight()

    def _fitted(self) -> Mixture:
        if not hasattr(self, "mixture_"):
            raise conventions.not_fitted("FellegiSunter has no weights yet: call fit() first, or load a model")
        return self.mixture_

    def _repr_html_(self) -> str:
        learned = hasattr(self, "mixture_")
        facts = {} if learned else {"weights": "none yet: fit() learns them"}
        return show_object(repr(self), facts) + (show_table(self.table()) if learned else "")
