"""Checks for plug-ins: what every comparison, blocking rule, matcher and layout promises, asked of your own.

One line in a test of yours:

>>> from caselink import BlockingRule, Exact
>>> check_comparison(Exact("sex"))
>>> check_blocking_rule(BlockingRule("last_name.soundex", "birth_date.year"))

A broken promise raises :class:`PluginError`, which says which one. Records are drawn where none are given: standard
columns in their normalized form, short texts in any other column. Give your own where your plug-in needs other values.
"""

from __future__ import annotations

import json
import pickle
import warnings
from collections.abc import Collection
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.blocking import PairIndex, Rule, index_pairs, key_codes, key_columns
from caselink.comparisons import Comparison, Exact, JaroWinkler, Levels, Program
from caselink.encoding import EncodedRecords, Rows, encode
from caselink.errors import CaselinkWarning, PluginError, SpecError
from caselink.layout_testing import check_layout
from caselink.leads.testing import check_finding
from caselink.matchers import Matcher, TrainingPatterns
from caselink.schema import KEY_COLUMNS, Definition

__all__ = [
    "PluginError",
    "check_blocking_rule",
    "check_comparison",
    "check_finding",
    "check_layout",
    "check_matcher",
    "example_patterns",
    "example_records",
]

Plugin = TypeVar("Plugin")
Floats = npt.NDArray[np.float64]

_N_RECORDS = 40
_SEED = 20_260_930
_DRAWN = {
    "birth_date": ("1985-03-12", "1985-12-03", "1985-00-00", "1990-07-30", "1985-03-21"),
    "ssn": ("123456789", "123456798", "123456780", "987656789"),
    "phone": ("2175550100", "2175550101", "3125550100"),
    "zip": ("62701", "62702", "60601"),
    "age": ("30", "31", "47"),
    "sex": ("F", "M"),
    "street": ("12 MAIN ST", "12 MAINE ST", "14 MAIN ST", "PO BOX 7"),
    "case_id": ("A1", "A2", "B1"),
    "month": ("2026-08", "2026-09"),
}
_NAMES = ("ANA", "ANNA", "HANA MARIA", "A", "MARIA", "RUIZ", "RUIZ LOPEZ", "NGUYEN", "ИВАНОВА", "王")


def check_comparison(comparison: Comparison, records: pd.DataFrame | None = None) -> None:
    """Raise :class:`PluginError` unless the comparison keeps what :class:`~caselink.comparisons.Comparison` promises.

    Asked for: the protocol; one level a pair, of those declared; missing where its first column is; the same level
    whichever record comes first, however the pairs are split, in whatever order the rows come and whatever other
    records there are; and that it can be pickled.
    """
    definition = _definition(comparison)
    columns = [*definition.columns, *([definition.term_frequency] if definition.term_frequency else [])]
    frame = example_records(columns) if records is None else records
    encoded = encode(frame, columns)
    left, right = _every_pair(len(encoded))
    levels = _levels(comparison, encoded, left, right)
    _check_missing(definition, levels, encoded, (left, right))
    _expect(np.array_equal(levels, _levels(comparison, encoded, right, left)), "depends on which record comes first")
    _check_split(comparison, encoded, (left, right), levels)
    by_ids = _by_ids(frame, encoded, left, right, levels)
    for other, why in (
        (_reversed(frame), "depends on the order of rows"),
        (frame.iloc[::2], "depends on other records"),
    ):
        encoded = encode(other, columns)
        left, right = _every_pair(len(encoded))
        again = _by_ids(other, encoded, left, right, _levels(comparison, encoded, left, right))
        _expect(all(by_ids[pair] == level for pair, level in again.items()), why)
    copy = _pickled(comparison)
    _expect(copy.definition == definition, "changes when pickled")
    levels = _levels(comparison, encoded, left, right)
    _expect(np.array_equal(levels, _levels(copy, encoded, left, right)), "changes when pickled")


def check_blocking_rule(rule: Rule, records: pd.DataFrame | None = None) -> None:
    """Raise :class:`PluginError` unless the rule keeps what :class:`~caselink.blocking.Rule` promises.

    Asked for: the protocol; every pair once, of two records, agreeing on the rule's ``keys``; the same answer when two
    records are asked about; the same pairs in chunks of any size and in whatever order the rows come; and that it can
    be pickled.
    """
    _expect(isinstance(rule, Rule), "lacks name, keys, reads or blocks")
    for what in (rule.keys, rule.reads):
        texts = isinstance(what, tuple) and all(isinstance(key, str) for key in what)
        _expect(texts, "keys and reads are tuples of texts")
    _expect(set(rule.keys) <= set(rule.reads), "has a key that is not in reads")
    plain = [column for key in rule.reads for column in key_columns(key)]
    frame = example_records(plain) if records is None else records
    columns = sorted({column for key in rule.reads for column in key_columns(key, frame.columns)})
    encoded = encode(frame, columns)
    index = index_pairs(encoded, [rule])
    left, right = _pairs(index)
    _check_pairs(rule, encoded, left, right)
    _check_why_not(index, left, right)
    _expect(_places(*_pairs(index, chunk_pairs=3)) == _places(left, right), "depends on the size of chunks")
    wanted = _ids(frame, encoded, left, right)
    turned = _reversed(frame)
    encoded = encode(turned, columns)
    _expect(_ids(turned, encoded, *_pairs(index_pairs(encoded, [rule]))) == wanted, "depends on the order of rows")
    again = _pairs(index_pairs(encoded, [_pickled(rule)]))
    _expect(_ids(turned, encoded, *again) == wanted, "changes when pickled")


def check_matcher(matcher: Matcher, patterns: TrainingPatterns | None = None) -> None:
    """Raise :class:`PluginError` unless the matcher keeps what :class:`~caselink.matchers.Matcher` promises.

    It is fitted, to :func:`example_patterns` where none are given. Asked for: the protocol; one finite weight a
    pattern, missing values or not, whatever other patterns there are; more for a pair that agrees in all than for one
    that differs in all; the same weights from the same patterns; plain JSON, or a
    :class:`~caselink.errors.SpecError` of one that cannot be written; and that it can be pickled.
    """
    _expect(isinstance(matcher, Matcher), "lacks fit, score or to_json")
    data = example_patterns() if patterns is None else patterns
    fitted = _fit(_pickled(matcher), data)
    weights = _weights(fitted, data.levels)
    one_by_one = np.concatenate([_weights(fitted, data.levels[p : p + 1]) for p in range(len(data.levels))])
    _expect(np.allclose(weights, one_by_one, rtol=1e-9), "a pattern's weight depends on other patterns")
    worst, best = data.levels.min(axis=0), data.levels.max(axis=0)
    ends = _weights(fitted, np.array([np.maximum(worst, 1), best, np.zeros_like(best)], np.uint8))
    _expect(ends[1] > ends[0], "a pair that agrees in all weighs no more than one that differs in all")
    again = _weights(_fit(_pickled(matcher), data), data.levels)
    _expect(np.array_equal(weights, again), "the same patterns give other weights")
    _expect(np.array_equal(weights, _weights(_pickled(fitted), data.levels)), "changes when pickled")
    try:
        content = fitted.to_json()
    except SpecError:
        return  # says itself that it cannot be written
    try:
        json.dumps(content, allow_nan=False)
    except (TypeError, ValueError):
        raise PluginError("to_json gives what is no plain JSON") from None


def example_records(columns: Collection[str], *, n_records: int = _N_RECORDS) -> pd.DataFrame:
    """Records of two sources with few different values in every column, a fifth of them missing; always the same.

    >>> example_records(["sex"]).columns.tolist()
    ['source', 'record_id', 'sex']
    """
    draws = np.random.default_rng(_SEED)
    table: dict[str, Any] = {
        "source": np.array(["iva", "ivd"], object)[draws.integers(0, 2, n_records)],
        "record_id": [f"{number:04d}" for number in range(n_records)],
    }
    for name in sorted(set(columns) - set(KEY_COLUMNS)):
        values = np.array([None, *_DRAWN.get(name, _NAMES)], object)
        place = draws.integers(1, len(values), n_records)
        table[name] = values[np.where(draws.random(n_records) < 0.2, 0, place)]
    return pd.DataFrame(table)


def example_patterns(*, n_pairs: int = 4000) -> TrainingPatterns:
    """Level patterns of first name, sex and ZIP, a tenth of the pairs matches, with labels; always the same."""
    draws = np.random.default_rng(_SEED)
    definitions = (
        Exact("sex").definition,
        JaroWinkler("first_name", (0.9,)).definition,
        Exact("zip", "family").definition,
    )
    m = [np.array(shares) for shares in ([0.05, 0.02, 0.93], [0.05, 0.05, 0.1, 0.8], [0.05, 0.15, 0.8])]
    u = [np.array(shares) for shares in ([0.05, 0.48, 0.47], [0.05, 0.92, 0.02, 0.01], [0.05, 0.9, 0.05])]
    match = draws.random(n_pairs) < 0.1
    drawn = [
        np.where(match, draws.choice(len(a), n_pairs, p=a), draws.choice(len(b), n_pairs, p=b))
        for a, b in zip(m, u, strict=True)
    ]
    levels, place = np.unique(np.stack(drawn, axis=1), axis=0, return_inverse=True)
    place = place.ravel()
    labeled = np.stack([np.bincount(place[match == said], minlength=len(levels)) for said in (False, True)], axis=1)
    random = tuple(np.concatenate([[1.0], shares[1:] / shares[1:].sum()]) for shares in u)
    return TrainingPatterns(
        definitions=definitions,
        levels=levels.astype(np.uint8),
        counts=labeled.sum(axis=1).astype(float),
        random=random,
        rules=("any",),
        by_rule=(random,),
        key_share=((1.0, 1.0, 1.0),),
        n_all_pairs=float(n_pairs),
        label_counts=labeled.astype(float),
    )


def _expect(kept: bool, broken: str) -> None:  # noqa: FBT001  (reads as a sentence)
    if not kept:
        raise PluginError(broken)


def _pickled(plugin: Plugin) -> Plugin:
    try:
        copy: Plugin = pickle.loads(pickle.dumps(plugin))  # noqa: S301  (its own, a moment old)
    except (pickle.PicklingError, AttributeError, TypeError):
        raise PluginError("cannot be pickled, so that no other process can run it; lambdas cannot be") from None
    return copy


def _reversed(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.iloc[::-1].reset_index(drop=True)


def _every_pair(n_records: int) -> tuple[Rows, Rows]:
    left, right = np.triu_indices(n_records, 1)
    return left.astype(np.int32), right.astype(np.int32)


def _ids(frame: pd.DataFrame, encoded: EncodedRecords, left: Rows, right: Rows) -> list[frozenset[tuple[str, str]]]:
    """Pairs by the ids of their records, sorted."""
    keys = list(zip(frame["source"], frame["record_id"], strict=True))
    pairs = ({keys[encoded.row[a]], keys[encoded.row[b]]} for a, b in zip(left, right, strict=True))
    return sorted((frozenset(pair) for pair in pairs), key=sorted)


def _by_ids(
    frame: pd.DataFrame, encoded: EncodedRecords, left: Rows, right: Rows, levels: Levels
) -> dict[frozenset[tuple[str, str]], int]:
    keys = list(zip(frame["source"], frame["record_id"], strict=True))
    pairs = zip(left, right, levels.tolist(), strict=True)
    return {frozenset((keys[encoded.row[a]], keys[encoded.row[b]])): level for a, b, level in pairs}


def _definition(comparison: Comparison) -> Definition:
    _expect(isinstance(comparison, Comparison), "lacks definition or levels")
    definition = comparison.definition
    _expect(isinstance(definition, Definition), "definition is no caselink.Definition")
    return definition


def _levels(comparison: Comparison, records: EncodedRecords, left: Rows, right: Rows) -> Levels:
    """Levels by the comparison's own method and as a part of a program, which must agree."""
    before = left.copy(), right.copy()
    levels = comparison.levels(records, left, right)
    _expect(isinstance(levels, np.ndarray) and levels.dtype == np.uint8, "levels must be an array of uint8")
    _expect(levels.shape == left.shape, "must give one level a pair")
    n_levels = len(comparison.definition.level_names)
    _expect(int(levels.max(initial=0)) < n_levels, "gives a level that it does not declare")
    _expect(np.array_equal(before[0], left) and np.array_equal(before[1], right), "changes the pairs that it is given")
    program = Program.of([comparison], records)
    in_program = program.levels(program.patterns(left, right))[:, 0]
    _expect(np.array_equal(levels, in_program), "levels() and the compiled step disagree")
    return levels


def _check_missing(definition: Definition, levels: Levels, records: EncodedRecords, pairs: tuple[Rows, Rows]) -> None:
    if not definition.columns:
        return
    codes = records.columns[definition.columns[0]].codes
    missing = (codes[pairs[0]] < 0) | (codes[pairs[1]] < 0)
    _expect(bool((levels[missing] == 0).all()), "is not level 0 where its first column is missing")


def _check_split(comparison: Comparison, records: EncodedRecords, pairs: tuple[Rows, Rows], levels: Levels) -> None:
    left, right = pairs
    for size in (1, 7):
        some = range(0, min(len(left), 20 * size), size)
        parts = [_levels(comparison, records, left[k : k + size], right[k : k + size]) for k in some]
        joined = np.concatenate([np.zeros(0, np.uint8), *parts])
        _expect(np.array_equal(joined, levels[: len(joined)]), "depends on how the pairs are split")


def _pairs(index: PairIndex, **chunks: int) -> tuple[Rows, Rows]:
    parts = [index.pairs(span) for span in index.spans(**chunks)]
    none = np.zeros(0, np.int32)
    left, right = (np.concatenate([none, *(part[side] for part in parts)]) for side in (0, 1))
    return left, right


def _places(left: Rows, right: Rows) -> list[tuple[int, int]]:
    return sorted(zip(left.tolist(), right.tolist(), strict=True))


def _check_pairs(rule: Rule, records: EncodedRecords, left: Rows, right: Rows) -> None:
    _expect(bool((left < right).all()), "pairs a record with itself, or the higher position first")
    _expect(len(set(_places(left, right))) == len(left), "makes a pair twice")
    for key in rule.keys:
        codes = key_codes(records, key).codes
        _expect(bool(((codes[left] == codes[right]) & (codes[left] >= 0)).all()), "makes pairs that differ in a key")


def _check_why_not(index: PairIndex, left: Rows, right: Rows) -> None:
    every = _every_pair(len(index.join))
    met = index.rule_of(*every) >= 0
    _expect(
        _places(every[0][met], every[1][met]) == _places(left, right), "order, stop and block of its blocks disagree"
    )


def _fit(matcher: Matcher, data: TrainingPatterns) -> Matcher:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CaselinkWarning)  # doubts about drawn patterns
        fitted = matcher.fit(data)
    _expect(isinstance(fitted, Matcher), "fit must give the matcher")
    return fitted


def _weights(matcher: Matcher, levels: Levels) -> Floats:
    found = [matcher.score(levels, blocked=blocked).match_weight() for blocked in (True, False)]
    for weights in found:
        _expect(weights.shape == (len(levels),), "must give one weight a pattern")
        _expect(bool(np.isfinite(weights).all()), "gives a weight that is not finite")
    return found[0]
