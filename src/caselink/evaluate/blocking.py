"""Blocking recall: the share of the true pairs that the candidate pairs hold. No matcher finds what blocking lost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.errors import SpecError
from caselink.evaluate.counting import (
    Labels,
    count_pairs_within,
    encode_labels,
    fill_singletons,
    renumber,
    sizes,
)
from caselink.evaluate.scores import readable


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class BlockingRecall:
    """How many of the ``true_pairs`` are among the ``candidates``, in all and by rule; prints as a table.

    ``by_rule`` has one row a rule number: ``candidates``, ``found`` (true pairs that this rule made first),
    ``recall`` (their share of all true pairs) and ``recall_so_far`` with the rules before it. ``joined`` of the lost
    pairs ended as one person all the same, by way of other records; None where the persons were not given.
    """

    true_pairs: int
    candidates: int
    found: int
    by_rule: pd.DataFrame
    joined: int | None = None

    @property
    def recall(self) -> float:
        """The share of true pairs found; NaN where there are none."""
        return self.found / self.true_pairs if self.true_pairs else float("nan")

    @property
    def lost(self) -> int:
        """True pairs that no rule made."""
        return self.true_pairs - self.found

    def to_frame(self) -> pd.DataFrame:
        """``by_rule``, with a last row for all rules."""
        total = [self.candidates, self.found, self.recall, self.recall]
        everything = pd.DataFrame([total], columns=self.by_rule.columns, index=pd.Index(["all"], name="rule"))
        return pd.concat([self.by_rule, everything]) if len(self.by_rule) else everything

    def __str__(self) -> str:
        return readable(self.to_frame()).to_string()

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return readable(self.to_frame()).to_html(border=0)


def blocking_recall(
    left: npt.ArrayLike,
    right: npt.ArrayLike,
    entity: pd.Series,
    *,
    rule: npt.ArrayLike | None = None,
    person: pd.Series | None = None,
) -> BlockingRecall:
    """Count the true pairs among the candidate pairs ``left``, ``right`` (row numbers into ``entity``).

    ``entity`` is the true person of each record, null where unknown: pairs of such records are no true pairs.
    ``rule`` is the number of the rule that made each pair; a pair given more than once counts for the lowest.
    ``person`` is the person found for each record: with it, :func:`evaluate` can tell pairs lost here from those lost
    later.

    >>> entity = pd.Series(["ann", "ann", "ann", "bob"])
    >>> found = blocking_recall([0, 0], [1, 3], entity, rule=[0, 1])
    >>> found.found, found.true_pairs, found.by_rule["candidates"].tolist()
    (1, 3, [1, 1])
    """
    pairs = ordered_pairs(left, right, len(entity))
    labels = encode_labels(entity)[0]
    rules = np.zeros(pairs.shape[1], np.int64) if rule is None else np.asarray(rule, np.int64)
    if len(rules) != pairs.shape[1]:
        msg = f"rule has {len(rules)} numbers for {pairs.shape[1]} pairs; give one for each pair"
        raise SpecError(msg)
    n_true = count_pairs_within(renumber(labels[labels >= 0]))
    made, first = _first_true(pairs, labels, rules)
    by_rule = _count_by_rule(rules, first, n_true)
    return BlockingRecall(
        true_pairs=n_true,
        candidates=pairs.shape[1],
        found=int(by_rule["found"].sum()),
        by_rule=by_rule if rule is not None else by_rule.iloc[:0],
        joined=None if person is None else _count_joined(made, labels, person),
    )


def true_pairs(entity: pd.Series) -> tuple[Labels, Labels]:
    """All pairs of rows of one known entity, the smaller row number first.

    Lists them: with rules that can be asked about any pair, blocking recall costs as much as the true pairs,
    however many candidates there are.

    >>> [rows.tolist() for rows in true_pairs(pd.Series(["ann", "bob", "ann", None, "ann"]))]
    [[0, 0, 2], [2, 4, 4]]
    """
    return pairs_of_labels(encode_labels(entity)[0])


def pairs_of_labels(labels: Labels) -> tuple[Labels, Labels]:
    """All pairs of rows of one label, the smaller row number first; -1 is no label.

    >>> [rows.tolist() for rows in pairs_of_labels(np.array([0, 1, 0, -1, 0]))]
    [[0, 0, 2], [2, 4, 4]]
    """
    known = np.flatnonzero(labels >= 0)
    order = known[np.argsort(labels[known], kind="stable")]
    place = np.arange(len(order))
    group = renumber(labels[order])
    later = (np.cumsum(sizes(group)) - 1)[group] - place
    left = np.repeat(place, later)
    step = np.arange(len(left)) - np.repeat(np.cumsum(later) - later, later)
    return order[left], order[left + 1 + step]


def ordered_pairs(left: npt.ArrayLike, right: npt.ArrayLike, n_records: int) -> Labels:
    """The pairs as two rows, the smaller row number first; checked to lie within the records.

    >>> ordered_pairs([3, 1], [0, 2], 4).tolist()
    [[0, 1], [3, 2]]
    """
    one, other = np.asarray(left, np.int64), np.asarray(right, np.int64)
    if one.shape != other.shape:
        msg = f"left has {one.size} rows and right {other.size}; a pair needs both"
        raise SpecError(msg)
    pairs = np.stack([np.minimum(one, other), np.maximum(one, other)])
    if pairs.size and (pairs.min() < 0 or pairs.max() >= n_records):
        msg = f"pairs point outside the {n_records} records; give row numbers from 0"
        raise SpecError(msg)
    return pairs


def _first_true(pairs: Labels, labels: Labels, rules: Labels) -> tuple[Labels, Labels]:
    """The distinct true pairs, and the rule of each: the lowest that made it."""
    is_true = (labels[pairs[0]] >= 0) & (labels[pairs[0]] == labels[pairs[1]]) & (pairs[0] != pairs[1])
    keys, rules = pairs[0, is_true] * len(labels) + pairs[1, is_true], rules[is_true]
    by_rule = np.argsort(rules, kind="stable")
    made, first = np.unique(keys[by_rule], return_index=True)
    return np.stack(np.divmod(made, max(1, len(labels)))), rules[by_rule][first]


def _count_joined(made: Labels, labels: Labels, person: pd.Series) -> int:
    """True pairs that ended as one person though no rule made them."""
    if len(person) != len(labels):
        msg = f"person has {len(person)} rows for {len(labels)} records; give one for each"
        raise SpecError(msg)
    found = fill_singletons(encode_labels(person)[0])
    known = labels >= 0
    right = count_pairs_within(renumber(labels[known], found[known]))
    return right - int((found[made[0]] == found[made[1]]).sum())


def _count_by_rule(rules: Labels, found: Labels, n_true: int) -> pd.DataFrame:
    numbers, candidates = np.unique(rules, return_counts=True)
    found_by_rule = np.bincount(np.searchsorted(numbers, found), minlength=len(numbers))
    recall = found_by_rule / n_true if n_true else np.full(len(numbers), np.nan)
    columns = {"candidates": candidates, "found": found_by_rule, "recall": recall, "recall_so_far": recall.cumsum()}
    return pd.DataFrame(columns, index=pd.Index(numbers, name="rule"))
