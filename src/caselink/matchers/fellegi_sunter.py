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
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from caselink.errors import CaselinkWarning, ModelFileError, NotFittedError
from caselink.matchers.base import Levels, PatternScores, TrainingPatterns
from caselink.matchers.mixture import Mixture, fit_mixture
from caselink.schema import Definition


@dataclass(slots=True)
class FellegiSunter:
    """Match weights learned without labels.

    ``household_prior``: how strongly *same household* is held towards random pairs on personal evidence, as a
    share of its own size (0 is free, larger is stiffer). ``match_prior``: the same for *same person* towards the
    usual, nine in ten agreeing. ``max_iterations`` and ``tolerance`` (change of m and of the share of matches) end
    the fit. ``known_m`` and ``known_u`` give probabilities that are not to be learned: comparison name to a list
    of one number a level, the first (missing) being ignored. ``label_weight``: as how many pairs each labeled pair
    counts where probabilities are learned. Above 1 lets a few labels speak up among millions of pairs, and asks
    that they were drawn evenly; 1 asks nothing.
    """

    household_prior: float = 1.0
    match_prior: float = 0.001
    max_iterations: int = 500
    tolerance: float = 1e-4
    known_m: dict[str, list[float]] = field(default_factory=dict)
    known_u: dict[str, list[float]] = field(default_factory=dict)
    label_weight: float = 1.0
    mixture_: Mixture | None = field(default=None, repr=False)

    def fit(self, patterns: TrainingPatterns) -> FellegiSunter:
        """Learn sizes and probabilities; warns where the result should not be trusted."""
        self.mixture_ = fit_mixture(self, patterns)
        for reason in self.mixture_.doubts:
            warnings.warn(reason, CaselinkWarning, stacklevel=2)
        return self

    def score(self, levels: Levels, *, blocked: bool = True) -> PatternScores:
        """Log shares of each pattern; a pair that no rule made is weighed against all pairs."""
        mixture = self._fitted()
        match = mixture.log_match(levels)
        household = mixture.log_household(levels)
        unrelated = mixture.log_unrelated(levels) if blocked else mixture.log_random(levels)
        return PatternScores(match, household, unrelated)

    def table(self) -> pd.DataFrame:
        """One row a level: comparison, level, m, household, u and weight (bits, against a random pair)."""
        return self._fitted().table()

    def to_json(self) -> dict[str, Any]:
        """Settings and everything learned, as plain JSON values."""
        settings = {
            "household_prior": self.household_prior,
            "match_prior": self.match_prior,
            "known_m": self.known_m,
            "known_u": self.known_u,
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
        return matcher

    def _fitted(self) -> Mixture:
        if self.mixture_ is None:
            msg = "FellegiSunter has no weights yet: call fit() first, or load a model"
            raise NotFittedError(msg)
        return self.mixture_

    def _repr_html_(self) -> str:
        return str(self.table().to_html(index=False)) if self.mixture_ is not None else repr(self)
