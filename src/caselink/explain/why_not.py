"""Why two records are not one person: what stood between them, and what the evidence alone would have said."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from caselink.diagnosis import Outcome, may_not_join
from caselink.explain.pages import show_explanation
from caselink.explain.pairs import Explanation
from caselink.explain.sentences import number, pair_sentences, phrases
from caselink.masking import WITHHELD

if TYPE_CHECKING:
    import altair as alt

Reason = Literal["one person", "decided", "kept apart", "too little", "others against"]


@dataclass(frozen=True, slots=True)
class WhyNot:
    """What keeps two records apart.

    ``reason``: *decided* (somebody said that they are not the same), *kept apart* (people of one roster, or of a source
    that holds each person once), *too little* evidence, or *others against*: the pair is above the line, but the other
    records of the two persons are not. *one person* where nothing keeps them apart. ``met``: whether a blocking rule
    made the pair. ``explanation`` has the weights.
    """

    reason: Reason
    met: bool
    explanation: Explanation = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """The weights: see :attr:`Explanation.table`."""
        return self.explanation.table

    @property
    def purpose(self) -> str:
        """For whom it is masked."""
        return self.explanation.purpose

    def chart(self) -> alt.LayerChart:
        """What each fact adds, as a waterfall, and the line that the sum does not reach or that does not count."""
        return self.explanation.chart()

    def sentences(self, language: str = "en") -> list[str]:
        """The same in a few plain sentences, in English (``en``) or Spanish (``es``)."""
        change = {"decided": "new decision", "kept apart": "new list"}.get(self.reason)
        words = phrases(language)
        weights = pair_sentences(self.explanation, language, turning=change is None)
        told = [] if self.met or self.reason == "one person" else [words.say("no rule")]
        short = self.explanation.line_bits - self.explanation.match_weight
        if self.reason == "too little" and not (self.explanation.table["level"] == WITHHELD).any():
            told.append(words.say("short", bits=number(short)))
        elif self.reason in ("decided", "kept apart", "others against"):
            told.append(words.say(self.reason))
        change_told = [words.say(change)] if change else []
        return [weights[0], *told, *weights[1:-1], *change_told, weights[-1]]

    def __str__(self) -> str:
        return "\n".join(self.sentences())

    def _repr_html_(self) -> str:
        title = f"Why not one person: {self.reason}"
        return show_explanation(title, self.sentences(), {"What each fact adds, in bits": self.table}, self.purpose)


def why_not(outcome: Outcome, pair: tuple[int, int], explanation: Explanation, *, enough: bool) -> WhyNot:
    """Why the records at two positions are not one person; ``enough``: whether their weight reaches the line."""
    rows = np.array([min(pair)], np.int32), np.array([max(pair)], np.int32)
    met = bool(outcome.prepared.index.rule_of(*rows)[0] >= 0)
    return WhyNot(_reason(outcome, rows, explanation, enough=enough), met, explanation)


def _reason(outcome: Outcome, rows: tuple[np.ndarray, np.ndarray], explanation: Explanation, *, enough: bool) -> Reason:
    if explanation.one_person:
        return "one person"
    cannot = outcome.constraints.cannot
    if bool(((np.minimum(*cannot) == rows[0]) & (np.maximum(*cannot) == rows[1])).any()):
        return "decided"
    person = outcome.persons.factorize()[0].astype(np.int64)
    if may_not_join(person, outcome.constraints, rows)[0]:
        return "kept apart"
    return "others against" if enough else "too little"
