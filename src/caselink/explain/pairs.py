"""Explanations: the weights behind a pair, level by level, without any value of a person."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from caselink.engines.local import Frequencies, ScoredPairs, weigh
from caselink.engines.prepared import Prepared
from caselink.explain.pages import show_explanation
from caselink.explain.sentences import pair_sentences
from caselink.explain.what_if import weights_if
from caselink.matchers import FellegiSunter, Matcher
from caselink.purposes import NARROWEST

if TYPE_CHECKING:
    import altair as alt

NOT_ASKED = "not asked"
"""The level of a place that both have, where a smaller place within it agrees already."""
_LEAST_BITS = 0.005


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why two records are, or are not, one person.

    ``table``: one row a comparison: its level, the ``bits`` that the level gives for one person against a random pair
    (missing for a matcher that does not weigh levels one by one), and the ``rarity_bits`` of a shared value.
    More rows make the bits add up to ``match_weight``: how seldom two records are one person (*prior*), what pairs of
    a blocking rule (*blocking*) and of one household (*household*) have in common anyway, and what the two families
    say (*family*).
    ``line_bits`` is the weight from which two records are linked. ``changes``: one row a fact that could be another,
    with the weight that the model would then give (:func:`caselink.explain.what_if.weights_if`); none where a part of
    the weight is withheld. ``others`` counts the other records of the two persons, which have a say too. ``purpose``:
    for whom it is masked.
    """

    table: pd.DataFrame = field(repr=False)
    match_weight: float
    match_probability: float
    household_probability: float
    rule: str | None
    one_person: bool
    line_bits: float = 0.0
    changes: pd.DataFrame | None = field(default=None, repr=False)
    others: int = 0
    purpose: str = NARROWEST

    def sentences(self, language: str = "en") -> list[str]:
        """The same in a few plain sentences, in English (``en``) or Spanish (``es``)."""
        return pair_sentences(self, language)

    def chart(self) -> alt.LayerChart:
        """What each fact adds, as a waterfall, and the line from which two records are one person."""
        from caselink.charts import waterfall_chart

        return waterfall_chart(self)

    def __str__(self) -> str:
        met = f"met by the rule {self.rule!r}" if self.rule else "no blocking rule brings them together"
        verdict = "resolved to one person" if self.one_person else "resolved to two persons"
        head = f"{verdict}; match weight {self.match_weight:.1f} bits, probability {self.match_probability:.3f}; {met}"
        return f"{head}\n{self.table.to_string(index=False)}"

    def _repr_html_(self) -> str:
        verdict = "Why these records are one person" if self.one_person else "Why these records are two people"
        tables = {"What each fact adds, in bits": self.table}
        if self.changes is not None and len(self.changes):
            tables["The weight if one fact were another, in bits"] = self.changes
        return show_explanation(verdict, self.sentences(), tables, self.purpose)


def explain_pair(
    prepared: Prepared,
    matcher: Matcher,
    pair: tuple[int, int],
    *,
    one_person: bool,
    pairs: ScoredPairs | None = None,
) -> Explanation:
    """Explain the records at two positions; ``pairs`` hold the weights that were resolved by.

    Where such a weight is not that of the comparisons, the rest is what the two families say.
    """
    one, other = min(pair), max(pair)
    left, right = np.array([one], np.int32), np.array([other], np.int32)
    rule = int(prepared.index.rule_of(left, right)[0])
    frequencies = Frequencies.of(prepared.program, prepared.index.allowed, matcher)
    scored = weigh(prepared.program, matcher, frequencies, (left, right), blocked=rule >= 0)
    weight = float(scored.match_weight[0])
    used = weight if pairs is None else _weight_used(pairs, (left, right), weight)
    rows = _weights(prepared, matcher, frequencies, (left, right))
    rest = weight - sum(row["bits"] + row["rarity_bits"] for row in rows)
    further = {} if np.isnan(rest) else _split_rest(prepared, matcher, scored, rest, blocked=rule >= 0)
    further["family"] = ("rosters and parts", used - weight)
    return Explanation(
        table=pd.DataFrame([*rows, *_further_rows(further)]).round(2),
        match_weight=used,
        match_probability=float(1 / (1 + np.exp2(-used))),
        household_probability=float(scored.household[0]),
        rule=prepared.index.rules[rule].name if rule >= 0 else None,
        one_person=bool(one_person),
        changes=weights_if(prepared, matcher, frequencies, (one, other), used - weight),
    )


def _split_rest(
    prepared: Prepared, matcher: Matcher, scored: ScoredPairs, rest: float, *, blocked: bool
) -> dict[str, tuple[str, float]]:
    """What a weight holds beside the levels and rare values of the pair: of each part a name for it, and bits."""
    if not isinstance(matcher, FellegiSunter):
        return {"prior": ("any two records", rest)}
    mixture = matcher.mixture_
    prior = float(np.log2(mixture.n_match) - np.log2(mixture.n_all_pairs))
    pair = (scored.left, scored.right)
    levels = prepared.program.levels(prepared.program.patterns(*pair))
    alike = float((mixture.log_random(levels) - mixture.log_unrelated(levels))[0] / np.log(2)) if blocked else 0.0
    met = ("met by a rule", alike)
    return {"prior": ("any two records", prior), "blocking": met, "household": ("one household", rest - prior - alike)}


def _further_rows(parts: dict[str, tuple[str, float]]) -> list[dict[str, Any]]:
    return [
        {"comparison": name, "level": level, "bits": bits, "rarity_bits": 0.0}
        for name, (level, bits) in parts.items()
        if abs(bits) >= _LEAST_BITS
    ]


def _weight_used(pairs: ScoredPairs, pair: tuple[np.ndarray, np.ndarray], otherwise: float) -> float:
    """The weight of a pair among pairs sorted by position."""
    keys = pairs.left.astype(np.int64) << 32 | pairs.right
    key = int(pair[0][0]) << 32 | int(pair[1][0])
    place = int(np.searchsorted(keys, key))
    return float(pairs.match_weight[place]) if place < len(keys) and keys[place] == key else otherwise


def _weights(
    prepared: Prepared, matcher: Matcher, frequencies: Frequencies, pair: tuple[np.ndarray, np.ndarray]
) -> list[dict[str, Any]]:
    program = prepared.program
    levels = program.levels(program.patterns(*pair))[0]
    learned = _weights_by_level(matcher)
    rows = []
    for c, comparison in enumerate(program.comparisons):
        definition = comparison.definition
        level = definition.level_names[levels[c]]
        if not levels[c] and hasattr(comparison, "unless") and _is_known(prepared, definition.columns[0], pair):
            level = NOT_ASKED
        bits, rare = 0.0 if learned is not None else np.nan, 0.0
        if learned is not None and levels[c]:
            bits = float(learned.loc[(definition.name, level), "match_weight"])
        if c in frequencies.logs and levels[c] == program.n_levels[c] - 1:
            rare = -float(frequencies.logs[c][frequencies.codes[c][pair[0][0]]]) / np.log(2)
        for given in frequencies.given:
            if given.comparison == c and given.level == levels[c]:
                rare -= float(given.moves(*pair)[0]) / np.log(2)
        weights = {"bits": bits, "rarity_bits": rare}
        rows.append({"comparison": definition.name, "level": level, **weights})
    return rows


def _is_known(prepared: Prepared, column: str, pair: tuple[np.ndarray, np.ndarray]) -> bool:
    return all(prepared.records.codes(column, side)[0] >= 0 for side in pair)


def _weights_by_level(matcher: Matcher) -> pd.DataFrame | None:
    """The matcher's own table by comparison and level; none where it does not weigh levels one by one."""
    table: pd.DataFrame = matcher.table() if hasattr(matcher, "table") else pd.DataFrame()
    return table.set_index(["comparison", "level"]) if "match_weight" in table else None
