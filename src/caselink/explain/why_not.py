"""Why two records are not one person: what stood between them, and what the evidence alone would have said."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import Literal

import numpy as np

from caselink.diagnosis import Outcome, may_not_join
from caselink.explain.pairs import Explanation
from caselink.explain.sentences import number, phrases
from caselink.masking import WITHHELD

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

    def sentences(self, language: str = "en") -> list[str]:
        """The same in a few plain sentences, in English (``en``) or Spanish (``es``)."""
        words, weights = phrases(language), self.explanation.sentences(language)
        told = [] if self.met or self.reason == "one person" else [words.say("no rule")]
        short = self.explanation.line_bits - self.explanation.match_weight
        if self.reason == "too little" and not (self.explanation.table["level"] == WITHHELD).any():
            told.append(words.say("short", bits=number(short)))
        elif self.reason in ("decided", "kept apart", "others against"):
            told.append(words.say(self.reason))
        return [weights[0], *told, *weights[1:]]

    def __str__(self) -> str:
        return "\n".join(self.sentences())

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.reason)}</p>{self.explanation._repr_html_()}"


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
