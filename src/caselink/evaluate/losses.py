"""Losses: at which stage a true pair was missed or a wrong one made, and which comparison spoke loudest.

A true pair is *missed* when its two records ended as different persons, a pair is *wrong* when two people ended
as one person. Both are traced to the first stage that decided it:

==============  ========================================  ==========================================
stage           a missed pair                             a wrong pair
==============  ========================================  ==========================================
``blocking``    no rule made it                           (cannot be)
``comparison``  its probability is below ``link_at``      its probability reaches ``link_at``
``clustering``  it was a link, and not joined all the     it was no link, or no candidate, and joined
                same                                      by way of others
==============  ========================================  ==========================================
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.errors import SpecError
from caselink.evaluate.blocking import ordered_pairs
from caselink.evaluate.counting import Labels, count_pairs_within, encode_labels, fill_singletons, renumber
from caselink.evaluate.scores import readable
from caselink.schema import check_table


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Losses:
    """Where ``missed`` of ``true_pairs`` were lost and the ``wrong`` pairs came from; prints as a table.

    ``table`` has the columns ``kind`` (missed, wrong), ``stage``, ``comparison`` (the one with the lowest weight
    of a missed pair, the highest of a wrong one; empty at other stages) and ``pairs``.
    """

    true_pairs: int
    missed: int
    wrong: int
    table: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """``table``, with each row's share of the missed or of the wrong pairs."""
        totals = self.table["kind"].map({"missed": self.missed, "wrong": self.wrong})
        return self.table.assign(share=self.table["pairs"] / totals)

    def __str__(self) -> str:
        headline = f"{self.missed:,} of {self.true_pairs:,} true pairs missed, {self.wrong:,} wrong pairs"
        return f"{headline}\n{readable(self.to_frame()).to_string(index=False)}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return readable(self.to_frame()).to_html(index=False, border=0)


def losses(
    entity: pd.Series,
    person: pd.Series,
    candidates: pd.DataFrame,
    *,
    weights: pd.DataFrame | None = None,
    link_at: float = 0.5,
) -> Losses:
    """Trace missed and wrong pairs to blocking, a comparison or clustering.

    ``entity`` and ``person`` hold the true and the found person of each record; records with a null entity are
    left out, records with a null person are alone. ``candidates`` has one row a pair that blocking made: ``left`` and
    ``right`` (row numbers into ``entity``) and ``match_probability``; ``weights``, with the same rows, has
    a column of match weights for each comparison.

    >>> candidates = pd.DataFrame({"left": [0], "right": [1], "match_probability": [0.2]})
    >>> weights = pd.DataFrame({"first_name": [3.0], "birth_date": [-6.0]})
    >>> lost = losses(pd.Series(["ann"] * 3), pd.Series(["p", "q", "r"]), candidates, weights=weights)
    >>> lost.table[["stage", "comparison", "pairs"]].values.tolist()
    [['blocking', '', 2], ['comparison', 'birth_date', 1]]
    """
    check_table(candidates, ("left", "right", "match_probability"), needed_by="losses (candidates)")
    _check_lengths(entity, person, candidates, weights)
    pairs = ordered_pairs(candidates["left"], candidates["right"], len(entity))
    once = _first_of_each(pairs, len(entity))
    truth = encode_labels(entity)[0]
    found = fill_singletons(encode_labels(person)[0])
    same_entity, same_person = _agree(truth, pairs[:, once]), _agree(found, pairs[:, once])
    known = (truth[pairs[:, once]] >= 0).all(axis=0)
    linked = candidates["match_probability"].to_numpy(np.float64)[once] >= link_at
    totals = _count_totals(truth, found)
    kept = weights.iloc[once] if weights is not None else pd.DataFrame(index=range(len(once)))
    missed, wrong = same_entity & ~same_person & known, same_person & ~same_entity & known
    rows = [
        ("missed", "blocking", "", totals["missed"] - int(missed.sum())),
        *_by_comparison("missed", kept[missed & ~linked], lowest=True),
        ("missed", "clustering", "", int((missed & linked).sum())),
        *_by_comparison("wrong", kept[wrong & linked], lowest=False),
        ("wrong", "clustering", "", totals["wrong"] - int((wrong & linked).sum())),
    ]
    table = pd.DataFrame([row for row in rows if row[3]], columns=["kind", "stage", "comparison", "pairs"])
    return Losses(**totals, table=table)


def _check_lengths(
    entity: pd.Series, person: pd.Series, candidates: pd.DataFrame, weights: pd.DataFrame | None
) -> None:
    if len(entity) != len(person):
        msg = f"entity has {len(entity)} rows and person {len(person)}; both need one a record"
        raise SpecError(msg)
    if weights is not None and len(weights) != len(candidates):
        msg = f"weights has {len(weights)} rows for {len(candidates)} candidates; give one for each pair"
        raise SpecError(msg)


def _first_of_each(pairs: Labels, n_records: int) -> Labels:
    """Places of the distinct pairs, in their order; a record paired with itself is no pair."""
    _, first = np.unique(pairs[0] * n_records + pairs[1], return_index=True)
    first = np.sort(first)
    kept: Labels = first[pairs[0, first] != pairs[1, first]]
    return kept


def _agree(labels: Labels, pairs: Labels) -> npt.NDArray[np.bool_]:
    agree: npt.NDArray[np.bool_] = labels[pairs[0]] == labels[pairs[1]]
    return agree


def _count_totals(truth: Labels, found: Labels) -> dict[str, int]:
    true, predicted = renumber(truth[truth >= 0]), renumber(found[truth >= 0])
    right = count_pairs_within(renumber(true, predicted))
    n_true = count_pairs_within(true)
    return {"true_pairs": n_true, "missed": n_true - right, "wrong": count_pairs_within(predicted) - right}


def _by_comparison(kind: str, weights: pd.DataFrame, *, lowest: bool) -> list[tuple[str, str, str, int]]:
    """Pairs by the comparison that spoke loudest; without weights, all in one row."""
    if weights.shape[1] == 0 or weights.empty:
        return [(kind, "comparison", "", len(weights))]
    bits = weights.to_numpy(np.float64)
    loudest = bits.argmin(axis=1) if lowest else bits.argmax(axis=1)
    counts = np.bincount(loudest, minlength=weights.shape[1])
    order = np.argsort(-counts, kind="stable")
    return [(kind, "comparison", str(weights.columns[place]), int(counts[place])) for place in order]
