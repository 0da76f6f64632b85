"""Where a result lost against the truth: which blocking rule, which comparison, or clustering."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from caselink.blocking import count_rule_pairs
from caselink.encoding import Rows
from caselink.engines.local import Frequencies, weigh
from caselink.engines.prepared import Prepared
from caselink.evaluate import BlockingRecall, Losses, blocking_recall, losses, true_pairs
from caselink.matchers import FellegiSunter, Matcher
from caselink.schema import check_table

TRUTH_COLUMNS = ("source", "record_id", "entity_id")


def entities(prepared: Prepared, truth: pd.DataFrame) -> pd.Series:
    """The true person of each record by position; null where the truth does not say."""
    check_table(truth, TRUTH_COLUMNS, needed_by="comparing with the truth")
    found = prepared.records.positions(truth["source"], truth["record_id"])
    entity = np.full(len(prepared.records), None, dtype=object)
    entity[found[found >= 0]] = truth["entity_id"].to_numpy(dtype=object)[found >= 0]
    return pd.Series(entity)


def trace_blocking(prepared: Prepared, truth: pd.DataFrame) -> BlockingRecall:
    """Which share of the true pairs each rule made, and how many no rule made."""
    entity = entities(prepared, truth)
    left, right = _rows(true_pairs(entity))
    rule = prepared.index.rule_of(left, right)
    met = rule >= 0
    recall = blocking_recall(left[met], right[met], entity, rule=rule[met])
    price = count_rule_pairs(prepared.index)
    by_rule = recall.by_rule.reindex(range(len(price)), fill_value=0)
    by_rule["recall_so_far"] = (by_rule["found"].cumsum() / max(recall.true_pairs, 1)).to_numpy()
    by_rule["candidates"] = price["new_pairs"].to_numpy()
    by_rule.index = pd.Index(price["rule"], name="rule")
    return replace(recall, candidates=int(price["new_pairs"].sum()), by_rule=by_rule)


def trace_losses(
    prepared: Prepared, matcher: Matcher, persons: pd.Series, truth: pd.DataFrame, linked: tuple[Rows, Rows]
) -> Losses:
    """Stage and comparison that decided each missed and each wrong pair.

    ``persons`` are by position; ``linked`` are the pairs that were kept; true pairs that blocking made and that fell
    below the floor are scored again.
    """
    entity = entities(prepared, truth)
    left, right = _rows(true_pairs(entity))
    met = prepared.index.rule_of(left, right) >= 0
    pairs = np.unique(np.stack([np.append(linked[0], left[met]), np.append(linked[1], right[met])]), axis=1)
    left, right = pairs[0].astype(np.int32), pairs[1].astype(np.int32)
    frequencies = Frequencies.of(prepared.program, prepared.index.allowed, matcher)
    weight = weigh(prepared.program, matcher, frequencies, (left, right)).match_weight.astype(np.float64)
    candidates = pd.DataFrame({"left": left, "right": right, "match_probability": 1 / (1 + np.exp2(-weight))})
    return losses(entity, persons, candidates, weights=_weights(prepared, matcher, left, right))


def _weights(prepared: Prepared, matcher: Matcher, left: Rows, right: Rows) -> pd.DataFrame | None:
    if not isinstance(matcher, FellegiSunter):
        return None
    learned = {name: table["match_weight"].to_numpy() for name, table in matcher.table().groupby("comparison")}
    levels = prepared.program.levels(prepared.program.patterns(left, right))
    names = [comparison.definition.name for comparison in prepared.program.comparisons]
    return pd.DataFrame({name: np.append(0.0, learned[name])[levels[:, c]] for c, name in enumerate(names)})


def _rows(pairs: tuple[np.ndarray, np.ndarray]) -> tuple[Rows, Rows]:
    left, right = (np.asarray(side, np.int32) for side in pairs)
    return np.minimum(left, right), np.maximum(left, right)
