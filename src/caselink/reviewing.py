"""A result looked at from outside: estimates without labels, pairs for a person to review, calibration with the truth.

Here the links of a result get what :mod:`caselink.evaluate` asks for: a weight for every pair of records of one person,
and by how many blocking rules it is made.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.blocking import PairIndex
from caselink.comparisons import count_patterns
from caselink.diagnosis import entities
from caselink.encoding import Rows
from caselink.engines.local import Frequencies, ScoredPairs, weigh
from caselink.engines.prepared import Prepared
from caselink.engines.votes import votes
from caselink.evaluate.blocking import pairs_of_labels
from caselink.evaluate.counting import Labels
from caselink.evaluate.estimates import ScoredTable, pair_probability, weigh_scored
from caselink.evaluate.merges import Evidence
from caselink.evaluate.review import (
    AMBIGUOUS,
    PLAN_COLUMNS,
    STRATUM_BITS,
    Strata,
    allocate,
    decided_pairs,
    draw_pairs,
    foreseen_widths,
    whole_number,
)
from caselink.matchers import FellegiSunter, Matcher, SklearnMatcher
from caselink.schema import KEY_COLUMNS

_LEAST_BITS = STRATUM_BITS[0]
_MOST_ACROSS = 64**2


@dataclass(frozen=True)
class Judged:
    """Every scored pair, those of one person complete, and the person of each record by position (from 0, no gaps).

    ``joins`` are the places where records were joined, where known already.
    """

    scored: ScoredTable = field(repr=False)
    person: npt.NDArray[np.int64] = field(repr=False)
    joins: Evidence | None = field(default=None, repr=False)

    @cached_property
    def places(self) -> Evidence:
        """The places where the records were joined or kept apart."""
        return weigh_scored(self.scored, self.person, self.joins)

    @property
    def linked(self) -> npt.NDArray[np.bool_]:
        """Whether each pair became one person."""
        return np.asarray(self.person[self.scored.left] == self.person[self.scored.right])


def judge_pairs(prepared: Prepared, matcher: Matcher, pairs: ScoredPairs, persons: pd.Series) -> Judged:
    """The kept pairs, and the pairs of one person that blocking or the floor left out; ``persons`` are by position.

    Pairs of one person weigh what they count in its cluster (see :mod:`caselink.engines.votes`).
    """
    person = pd.factorize(persons)[0].astype(np.int64)
    gaps = _unscored(person, pairs)
    frequencies = Frequencies.of(prepared.program, prepared.index.allowed, matcher)
    met = prepared.index.rule_of(*gaps) >= 0
    parts = [pairs] + [
        weigh(prepared.program, matcher, frequencies, (gaps[0][rows], gaps[1][rows]), blocked=blocked)
        for blocked, rows in ((True, met), (False, ~met))
    ]
    left, right = (np.concatenate([getattr(part, side) for part in parts]) for side in ("left", "right"))
    weight = np.concatenate([part.match_weight for part in parts])
    inside = person[left] == person[right]
    weight[inside] = votes(prepared, matcher, (left[inside], right[inside]), weight[inside])
    rules, contested = np.ones(len(left), np.int64), np.zeros(len(left), np.bool_)
    rules[inside] = count_rules(prepared.index, left[inside], right[inside])
    contested[inside] = _contested(prepared, left[inside], right[inside])
    scored = ScoredTable(
        left=left.astype(np.int64),
        right=right.astype(np.int64),
        match_weight=weight.astype(np.float64),
        rules=rules,
        contested=contested,
        dropped=_expected_below(matcher, pairs),
        relatives=_relatives(matcher),
    )
    return Judged(scored, person)


def complete_places(judged: Judged, prepared: Prepared, matcher: Matcher) -> Judged:
    """The same with every pair across each place that was kept apart.

    Some pair of the place was made by a rule, so all of them are weighed as such. Places between very large persons
    stay as they are.
    """
    scored, person = judged.scored, judged.person
    n, size = len(person), np.bincount(person)
    apart = np.flatnonzero(~judged.linked)
    one, other = (person[side[apart]] for side in (scored.left, scored.right))
    places = np.unique(np.minimum(one, other) * n + np.maximum(one, other))
    low, high = places // n, places % n
    small = size[low] * size[high] <= _MOST_ACROSS
    left, right = _across(person, low[small], high[small])
    known = _among((left, right), (scored.left[apart], scored.right[apart]), n)
    pairs = left[~known].astype(np.int32), right[~known].astype(np.int32)
    frequencies = Frequencies.of(prepared.program, prepared.index.allowed, matcher)
    added = weigh(prepared.program, matcher, frequencies, pairs)
    none = np.zeros(len(added), np.int64)
    table = replace(
        scored,
        left=np.append(scored.left, added.left.astype(np.int64)),
        right=np.append(scored.right, added.right.astype(np.int64)),
        match_weight=np.append(scored.match_weight, added.match_weight.astype(np.float64)),
        rules=np.append(scored.rules, none),
        contested=np.append(scored.contested, none > 0),
    )
    return Judged(table, person, judged.places.joins)


def _among(pairs: tuple[Labels, Labels], known: tuple[Labels, Labels], n: int) -> npt.NDArray[np.bool_]:
    """Which pairs of ``n`` records are among the known ones, either record first."""
    wanted, held = (np.minimum(*both) * n + np.maximum(*both) for both in (pairs, known))
    held.sort()
    place = np.searchsorted(held, wanted)
    return np.asarray(np.append(held, -1)[place] == wanted)


def _across(person: Labels, low: Labels, high: Labels) -> tuple[Labels, Labels]:
    """All pairs of records of one person and another, the smaller position first."""
    order = np.argsort(person, kind="stable")
    size = np.bincount(person, minlength=1)
    begin = np.cumsum(size) - size
    counts = size[low] * size[high]
    place = np.repeat(np.arange(len(low)), counts)
    within = np.arange(len(place)) - np.repeat(np.cumsum(counts) - counts, counts)
    one = order[begin[low][place] + within // size[high][place]]
    other = order[begin[high][place] + within % size[high][place]]
    return np.minimum(one, other), np.maximum(one, other)


def count_rules(index: PairIndex, left: Rows, right: Rows) -> npt.NDArray[np.int64]:
    """How many of the rules make each pair."""
    from caselink.blocking.pair_kernels import rules_of_pairs

    made = np.empty(len(left), np.int64)
    rules_of_pairs(index.join, index.window, index.rule, left, right, made)
    return made


def plan(judged: Judged, keys: pd.DataFrame, *, n: int | None, width: float, seed: int) -> pd.DataFrame:
    """Pairs to review, drawn within strata; ``keys`` has ``source`` and ``record_id`` by position."""
    scored = judged.scored
    strata = Strata.make(scored.match_weight, judged.linked, pair_probability(scored, judged.person))
    reviewed = allocate(strata, n=n, width=width)
    rows = draw_pairs(strata, reviewed, seed=seed)
    table = _rows(judged, keys, rows)
    table["stratum"] = np.array(strata.names, dtype=object)[strata.of[rows]]
    table["stratum_pairs"] = strata.sizes[strata.of[rows]]
    table.attrs["foreseen_widths"] = foreseen_widths(strata, reviewed)
    return table


def ambiguous(
    judged: Judged, keys: pd.DataFrame, prepared: Prepared, k: int, reviewed: pd.DataFrame | None
) -> pd.DataFrame:
    """The ``k`` pairs that are least certain, none of them reviewed before; of equal patterns one comes first."""
    k = whole_number(k, "k")
    scored = judged.scored
    patterns = prepared.program.patterns(scored.left.astype(np.int32), scored.right.astype(np.int32))
    known = _reviewed(judged, prepared, reviewed)
    open_ = np.flatnonzero(~known & (judged.linked | (scored.match_weight >= _LEAST_BITS)))
    probability = _learned(prepared, reviewed, patterns[open_])
    if probability is None:
        probability = pair_probability(scored, judged.person)[open_]
    doubt = np.abs(probability - 0.5)
    order = np.lexsort((scored.right[open_], scored.left[open_], doubt))
    again = pd.Series(patterns[open_][order]).duplicated().to_numpy()
    chosen = np.concatenate([order[~again], order[again]])[:k]
    table = _rows(judged, keys, open_[chosen])
    return table.assign(stratum=AMBIGUOUS)[list(PLAN_COLUMNS)]


def are_matches(prepared: Prepared, truth: pd.DataFrame, pairs: tuple[Rows, Rows]) -> pd.Series:
    """Whether pairs are truly one person; missing where the truth does not know one of the records."""
    entity = entities(prepared, truth)
    one, other = (entity.iloc[side].reset_index(drop=True) for side in pairs)
    return (one == other).astype("boolean").mask(one.isna() | other.isna())


def _learned(
    prepared: Prepared, reviewed: pd.DataFrame | None, patterns: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64] | None:
    """What a classifier makes of the patterns once there are labels of both kinds; None before."""
    labels = None if reviewed is None else decided_pairs(reviewed)
    if labels is None or labels["match"].value_counts().reindex([True, False], fill_value=0).min() < 2:
        return None
    from sklearn.linear_model import LogisticRegression

    left, right = _positions(prepared, labels)
    there = (left >= 0) & (right >= 0)
    levels = prepared.program.levels(prepared.program.patterns(left[there], right[there]))
    matcher = SklearnMatcher(LogisticRegression(), cv=3).fit(levels, labels["match"].to_numpy(bool)[there])
    return matcher.predict_proba(prepared.program.levels(patterns))[:, 1]


def _reviewed(judged: Judged, prepared: Prepared, reviewed: pd.DataFrame | None) -> npt.NDArray[np.bool_]:
    """Which pairs were asked about before, whatever the answer."""
    if reviewed is None:
        return np.zeros(len(judged.scored.left), bool)
    left, right = (side.astype(np.int64) for side in _positions(prepared, reviewed))
    n = len(judged.person)
    asked = np.minimum(left, right) * n + np.maximum(left, right)
    return np.isin(judged.scored.left * n + judged.scored.right, asked)


def _positions(prepared: Prepared, pairs: pd.DataFrame) -> tuple[Rows, Rows]:
    sides = [
        prepared.records.positions(
            pairs[f"source_{side}"].astype("string"), pairs[f"record_id_{side}"].astype("string")
        )
        for side in ("left", "right")
    ]
    return sides[0].astype(np.int32), sides[1].astype(np.int32)


def _rows(judged: Judged, keys: pd.DataFrame, rows: npt.NDArray[np.int64]) -> pd.DataFrame:
    """A plan of some pairs, without their strata."""
    scored = judged.scored
    columns = {
        f"{key}_{side}": keys[key].to_numpy(dtype=object)[getattr(scored, side)[rows]]
        for side in ("left", "right")
        for key in KEY_COLUMNS
    }
    table = pd.DataFrame(columns, columns=list(PLAN_COLUMNS))
    table["stratum_pairs"] = pd.array([None] * len(rows), dtype="Int64")
    table["linked"] = judged.linked[rows]
    table["match_probability"] = 1 / (1 + np.exp2(-scored.match_weight[rows]))
    table["match"] = ""
    return table


def _unscored(person: npt.NDArray[np.int64], pairs: ScoredPairs) -> tuple[Rows, Rows]:
    """Pairs of one person that are not among the scored ones."""
    left, right = pairs_of_labels(person)
    inside = np.flatnonzero(person[pairs.left] == person[pairs.right])
    known = pairs.left[inside].astype(np.int64), pairs.right[inside].astype(np.int64)
    missing = ~_among((left, right), known, len(person))
    return left[missing].astype(np.int32), right[missing].astype(np.int32)


def _relatives(matcher: Matcher) -> float:
    """Pairs of one household for each match, at most 1; 1 for a matcher that does not tell."""
    if not isinstance(matcher, FellegiSunter) or matcher.mixture_ is None:
        return 1.0
    return min(matcher.mixture_.n_household / max(matcher.mixture_.n_match, 1.0), 1.0)


def _contested(prepared: Prepared, left: Rows, right: Rows) -> npt.NDArray[np.bool_]:
    """Whether a comparison of personal evidence differs."""
    program = prepared.program
    distinct, _, place = count_patterns(program.patterns(left, right))
    levels = program.levels(distinct)
    personal = np.array([comparison.definition.evidence == "personal" for comparison in program.comparisons], bool)
    return np.asarray((levels[:, personal] == 1).any(axis=1)[place])


def _expected_below(matcher: Matcher, pairs: ScoredPairs) -> float:
    """Matches that the model expects among the pairs that were compared and not kept; each is below the floor."""
    if not isinstance(matcher, FellegiSunter) or matcher.mixture_ is None or not len(pairs):
        return 0.0
    probability = 1 / (1 + np.exp2(-pairs.match_weight.astype(np.float64)))
    most = (pairs.n_compared - len(pairs)) * float(probability.min())
    return float(np.clip(matcher.mixture_.n_match - probability.sum(), 0.0, most))
