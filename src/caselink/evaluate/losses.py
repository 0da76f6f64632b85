"""Losses: at which stage a true pair was missed or a wrong one made, and which comparison spoke loudest.

A true pair is *missed* when its two records ended as different persons, a pair is *wrong* when two people ended
as one person. Both are traced to the first stage that decided it:

==============  ========================================  ==========================================
stage           a missed pair                             a wrong pair
==============  ========================================  ==========================================
``blocking``    no rule made it                           (cannot be)
``comparison``  its probability is below ``link_at``      its probability reaches ``link_at``
``constraint``  it was a link, and a constraint keeps     no links tie the two together, only a
                the two persons apart; or its sources     must-link
                may not pair at all
``clustering``  it was a link, and not joined all the     it was no link, or no candidate, and joined
                same                                      by way of others
==============  ========================================  ==========================================
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.errors import SpecError
from caselink.evaluate.blocking import ordered_pairs
from caselink.evaluate.counting import Labels, count_pairs_within, encode_labels, fill_singletons, renumber
from caselink.evaluate.scores import readable
from caselink.evaluate.subgroups import GroupScores
from caselink.schema import check_table

_MOST_ROWS = 12  # of errors, when printed


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Losses:
    """Where ``missed`` of ``true_pairs`` were lost and the ``wrong`` pairs came from; prints as a table.

    ``table`` has the columns ``kind`` (missed, wrong), ``stage``, ``comparison`` (the one with the lowest weight
    of a missed pair, the highest of a wrong one; empty at other stages) and ``pairs``. ``by_rule`` has one row a
    blocking rule: the ``missed`` and the ``wrong`` pairs that it made before any other rule. ``by_error`` (see
    :func:`losses_by_error`) and ``by_group`` (see :func:`scores_by_group`) are there where they were asked for.
    """

    true_pairs: int
    missed: int
    wrong: int
    table: pd.DataFrame
    by_rule: pd.DataFrame = field(default_factory=lambda: _count_by_rule(pd.Series(dtype=object), [], []))
    by_error: pd.DataFrame | None = None
    by_group: GroupScores | None = None

    def to_frame(self) -> pd.DataFrame:
        """``table``, with each row's share of the missed or of the wrong pairs."""
        totals = self.table["kind"].map({"missed": self.missed, "wrong": self.wrong})
        return self.table.assign(share=self.table["pairs"] / totals)

    def __str__(self) -> str:
        tables = [readable(table).to_string(index=index) for table, index in self._tables()]
        groups = [] if self.by_group is None else [str(self.by_group)]
        return "\n".join([self._headline(), *tables, *groups])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        tables = [readable(table).to_html(index=index, border=0) for table, index in self._tables()]
        groups = [] if self.by_group is None else [self.by_group._repr_html_()]
        return "".join([f"<p>{self._headline()}</p>", *tables, *groups])

    def _headline(self) -> str:
        return f"{self.missed:,} of {self.true_pairs:,} true pairs missed, {self.wrong:,} wrong pairs"

    def _tables(self) -> list[tuple[pd.DataFrame, bool]]:
        """The tables to show, and whether their index is shown."""
        tables = [(self.to_frame(), False)]
        tables += [(self.by_rule, True)] if len(self.by_rule) else []
        if self.by_error is not None:
            tables.append((self.by_error[self.by_error["field"] == ""].head(_MOST_ROWS).drop(columns="field"), False))
        return tables


def losses(
    entity: pd.Series,
    person: pd.Series,
    candidates: pd.DataFrame,
    *,
    weights: pd.DataFrame | None = None,
    link_at: float = 0.5,
    linked: pd.Series | None = None,
) -> Losses:
    """Trace missed and wrong pairs to blocking, a comparison, a constraint or clustering.

    ``entity`` and ``person`` hold the true and the found person of each record; records with a null entity are
    left out, records with a null person are alone. ``candidates`` has one row a pair that blocking made: ``left`` and
    ``right`` (row numbers into ``entity``) and ``match_probability``; where it has them, ``rule`` (the rule that made
    the pair) and ``forbidden`` (whether a constraint keeps its two persons apart; a forbidden pair without
    a probability is one that no rule may make). ``weights``, with the same rows, has a column of match weights for
    each comparison. ``linked`` says which records of a person links tie together, whatever must-links say.

    >>> candidates = pd.DataFrame({"left": [0], "right": [1], "match_probability": [0.2]})
    >>> weights = pd.DataFrame({"first_name": [3.0], "birth_date": [-6.0]})
    >>> lost = losses(pd.Series(["ann"] * 3), pd.Series(["p", "q", "r"]), candidates, weights=weights)
    >>> lost.table[["stage", "comparison", "pairs"]].values.tolist()
    [['blocking', '', 2], ['comparison', 'birth_date', 1]]
    """
    check_table(candidates, ("left", "right", "match_probability"), needed_by="losses (candidates)")
    _check_lengths(entity, person, candidates, weights, linked)
    pairs = ordered_pairs(candidates["left"], candidates["right"], len(entity))
    once = _first_of_each(pairs, len(entity))
    candidates = candidates.iloc[once]
    truth, found = encode_labels(entity)[0], fill_singletons(encode_labels(person)[0])
    same_entity, same_person = _agree(truth, pairs[:, once]), _agree(found, pairs[:, once])
    known = (truth[pairs[:, once]] >= 0).all(axis=0)
    probability = candidates["match_probability"].to_numpy(np.float64)
    made, is_link, forbidden = ~np.isnan(probability), probability >= link_at, _flags(candidates, "forbidden")
    totals = _count_totals(truth, found)
    tied = totals["wrong"] if linked is None else _count_totals(truth, _within(found, linked))["wrong"]
    kept = weights.iloc[once] if weights is not None else pd.DataFrame(index=range(len(once)))
    missed, wrong = same_entity & ~same_person & known, same_person & ~same_entity & known
    held = forbidden & (is_link | ~made)
    rows = [
        ("missed", "blocking", "", totals["missed"] - int((missed & (made | forbidden)).sum())),
        *_by_comparison("missed", kept[missed & made & ~is_link], lowest=True),
        ("missed", "constraint", "", int((missed & held).sum())),
        ("missed", "clustering", "", int((missed & is_link & ~forbidden).sum())),
        *_by_comparison("wrong", kept[wrong & is_link], lowest=False),
        ("wrong", "constraint", "", totals["wrong"] - tied),
        ("wrong", "clustering", "", tied - int((wrong & is_link).sum())),
    ]
    table = pd.DataFrame([row for row in rows if row[3]], columns=["kind", "stage", "comparison", "pairs"])
    rules = candidates["rule"] if "rule" in candidates else pd.Series(dtype=object)
    return Losses(
        true_pairs=totals["true_pairs"],
        missed=totals["missed"],
        wrong=totals["wrong"],
        table=table,
        by_rule=_count_by_rule(rules, missed & made, wrong & is_link),
    )


def _count_by_rule(rules: pd.Series, missed: npt.ArrayLike, wrong: npt.ArrayLike) -> pd.DataFrame:
    """Missed and wrong pairs by the rule that made them; no rows where rules are not known."""
    if rules.empty:
        return pd.DataFrame({"missed": [], "wrong": []}, index=pd.Index([], name="rule"), dtype=np.int64)
    counts = pd.DataFrame({"rule": rules.to_numpy(), "missed": missed, "wrong": wrong}).groupby("rule").sum()
    return counts.astype(np.int64).sort_values(["missed", "wrong"], ascending=False, kind="stable")


def _flags(candidates: pd.DataFrame, column: str) -> npt.NDArray[np.bool_]:
    """The column of yes and no; no where the table has none."""
    if column not in candidates:
        return np.zeros(len(candidates), np.bool_)
    return candidates[column].to_numpy(np.bool_)


def _within(found: Labels, linked: pd.Series) -> Labels:
    """Each person in the parts that links tie together."""
    return renumber(found, fill_singletons(encode_labels(linked)[0]))


def _check_lengths(
    entity: pd.Series,
    person: pd.Series,
    candidates: pd.DataFrame,
    weights: pd.DataFrame | None,
    linked: pd.Series | None,
) -> None:
    if linked is not None and len(linked) != len(entity):
        msg = f"entity has {len(entity)} rows and linked {len(linked)}; both need one a record"
        raise SpecError(msg)
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
