"""Where a result lost against the truth: which blocking rule, which comparison, which constraint, or clustering."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from caselink.blocking import count_rule_pairs
from caselink.encoding import Rows
from caselink.engines.local import Frequencies, ScoredPairs, weigh
from caselink.engines.persons import Constraints
from caselink.engines.prepared import Prepared
from caselink.evaluate import BlockingRecall, Losses, blocking_recall, losses, true_pairs
from caselink.evaluate.universe import TRUTH_COLUMNS, as_table
from caselink.identity.constraints import Groups
from caselink.matchers import FellegiSunter, Matcher
from caselink.text_columns import arrow_table, blank_to_null, to_pandas, to_text


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that decided who is one person, and the person of each record; everything is by position."""

    prepared: Prepared = field(repr=False)
    matcher: Matcher = field(repr=False)
    pairs: ScoredPairs = field(repr=False)
    persons: pd.Series[Any] = field(repr=False)
    constraints: Constraints = field(repr=False)
    link_at: float


def entities(prepared: Prepared, truth: pd.DataFrame) -> pd.Series:
    """The true person of each record by position; null where the truth does not say.

    Ids may be numbers, as a CSV file gives them, and the truth a frame of polars or pyarrow; a blank id says nothing.
    """
    table = arrow_table(as_table(truth, TRUTH_COLUMNS, needed_by="comparing with the truth"), TRUTH_COLUMNS)
    texts = {name: blank_to_null(to_text(table.column(name), name)) for name in TRUTH_COLUMNS}
    known = to_pandas(pa.table(texts))
    found = prepared.records.positions(known["source"], known["record_id"])
    entity = np.full(len(prepared.records), None, dtype=object)
    entity[found[found >= 0]] = texts["entity_id"].to_numpy()[found >= 0]
    return pd.Series(entity)


def trace_blocking(prepared: Prepared, truth: pd.DataFrame, persons: pd.Series | None = None) -> BlockingRecall:
    """Which share of the true pairs each rule made, and how many no rule made.

    With ``persons`` (by position), how many of those lost ended as one person all the same.
    """
    entity = entities(prepared, truth)
    left, right = _rows(true_pairs(entity))
    rule = prepared.index.rule_of(left, right)
    met = rule >= 0
    recall = blocking_recall(left[met], right[met], entity, rule=rule[met], person=persons)
    price = count_rule_pairs(prepared.index)
    by_rule = recall.by_rule.reindex(range(len(price)), fill_value=0)
    by_rule["recall_so_far"] = (by_rule["found"].cumsum() / max(recall.true_pairs, 1)).to_numpy()
    by_rule["candidates"] = price["new_pairs"].to_numpy()
    by_rule.index = pd.Index(price["rule"], name="rule")
    return replace(recall, candidates=int(price["new_pairs"].sum()), by_rule=by_rule)


def trace_losses(outcome: Outcome, truth: pd.DataFrame) -> Losses:
    """Stage, comparison and rule that decided each missed and each wrong pair.

    True pairs that blocking made and that fell below the floor are scored again; true pairs of sources that may not
    pair count as kept apart by a constraint.
    """
    prepared = outcome.prepared
    entity = entities(prepared, truth)
    left, right = _pairs_to_trace(outcome, *_rows(true_pairs(entity)))
    frequencies = Frequencies.of(prepared.program, prepared.index.allowed, outcome.matcher)
    weight = weigh(prepared.program, outcome.matcher, frequencies, (left, right)).match_weight.astype(np.float64)
    rule = prepared.index.rule_of(left, right)
    probability = np.where(rule >= 0, 1 / (1 + np.exp2(-weight)), np.nan)
    person = pd.factorize(outcome.persons)[0].astype(np.int64)
    forbidden = rule < 0
    kept = np.flatnonzero((probability >= outcome.link_at) & (person[left] != person[right]))
    forbidden[kept] = may_not_join(person, outcome.constraints, (left[kept], right[kept]))
    names = np.array([one.name for one in prepared.index.rules] + [None], dtype=object)
    candidates = pd.DataFrame(
        {"left": left, "right": right, "match_probability": probability, "rule": names[rule], "forbidden": forbidden}
    )
    return losses(
        entity,
        outcome.persons,
        candidates,
        weights=_weights(prepared, outcome.matcher, left, right),
        link_at=outcome.link_at,
        linked=pd.Series(_tied_by_links(outcome, person)),
    )


def may_not_join(
    person: npt.NDArray[np.int64], constraints: Constraints, pairs: tuple[Rows, Rows]
) -> npt.NDArray[np.bool_]:
    """For each pair of records, whether a constraint keeps their two persons apart.

    It does where a record of the one and a record of the other are cannot-linked, or share an exclusive group.
    """
    left, right = (person[side] for side in pairs)
    n_persons = int(person.max(initial=0)) + 1
    apart = person[constraints.cannot[0]] * n_persons + person[constraints.cannot[1]]
    found = np.isin(left * n_persons + right, apart) | np.isin(right * n_persons + left, apart)
    record, number = Groups.of(len(person), constraints.exclusive)
    return found | _share_number((person[record], number), left, right)


def _share_number(
    holds: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]],
    left: npt.NDArray[np.int64],
    right: npt.NDArray[np.int64],
) -> npt.NDArray[np.bool_]:
    """For each pair of persons, whether both hold one number; ``holds`` are persons and a number of theirs."""
    width = int(holds[1].max(initial=0)) + 1
    held = np.unique(holds[0] * width + holds[1])  # what each person holds, a run for each person
    begin, end = (np.searchsorted(held // width, left, side=side) for side in ("left", "right"))
    pair = np.repeat(np.arange(len(left)), end - begin)
    step = np.arange(len(pair)) - np.repeat(np.cumsum(end - begin) - (end - begin), end - begin)
    number = held[begin[pair] + step] % width
    shared = np.zeros(len(left), np.bool_)
    shared[pair[np.isin(right[pair] * width + number, held)]] = True
    return shared


def _pairs_to_trace(outcome: Outcome, left: Rows, right: Rows) -> tuple[Rows, Rows]:
    """The pairs that were kept; and of the true pairs given, those that rules made and those that none may make."""
    index = outcome.prepared.index
    wanted = (index.rule_of(left, right) >= 0) | ~index.allowed[index.source[left], index.source[right]]
    sides = np.append(outcome.pairs.left, left[wanted]), np.append(outcome.pairs.right, right[wanted])
    pairs = np.unique(np.stack(sides), axis=1)
    return pairs[0].astype(np.int32), pairs[1].astype(np.int32)


def _tied_by_links(outcome: Outcome, person: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Which records of one person links tie together: what is not tied, only a must-link has joined."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    pairs, n_records = outcome.pairs, len(person)
    least = min(0.0, float(np.log2(outcome.link_at / (1 - outcome.link_at))))
    ties = (pairs.match_weight >= least) & (person[pairs.left] == person[pairs.right])
    ends = pairs.left[ties], pairs.right[ties]
    graph = coo_array((np.ones(len(ends[0]), np.int8), ends), shape=(n_records, n_records))
    tied: npt.NDArray[np.int64] = connected_components(graph.tocsr(), directed=False)[1].astype(np.int64)
    return tied


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
