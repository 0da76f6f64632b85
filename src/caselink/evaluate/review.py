"""Which pairs a person should look at, and what their answers say of all pairs.

Pairs are drawn by chance within strata of match weight (linked pairs and others apart), more of them where the answer
is less certain and where there are more (Neyman, 1934). Each stratum's pairs stand for all of it, so precision and
recall follow from a few hundred answers, whatever the model believes.
"""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.errors import InputError, SpecError
from caselink.evaluate.counting import Labels
from caselink.evaluate.scores import readable
from caselink.schema import LINK_COLUMNS, check_table

Floats = npt.NDArray[np.float64]

STRATUM_BITS = (-4.0, -2.0, 0.0, 3.0, 6.0, 9.0, 12.0)
"""Strata begin at these match weights (linked pairs below the first are in it, too)."""

PLAN_COLUMNS = (*LINK_COLUMNS[:4], "stratum", "stratum_pairs", "linked", "match_probability", "match")
"""A plan: the keys of a pair, where it was drawn from, how many pairs that stratum has, and a place for the answer."""

ANSWERS = {
    **dict.fromkeys(("1", "1.0", "true", "match", "yes", "y"), True),
    **dict.fromkeys(("0", "0.0", "false", "not", "no match", "no", "n"), False),
}
UNDECIDED = ("", "unsure", "?", "nan", "none", "<na>")
AMBIGUOUS = "ambiguous"
"""The stratum of pairs that were not drawn by chance; no estimate rests on them."""

_FEWEST = 5
_DRAWS = 4000
_LEVELS = (0.025, 0.975)
_Z = 1.959964
_NEVER_SURE = (0.1, 0.9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Strata:
    """Pairs by stratum: its ``names``, ``sizes`` (pairs), whether ``linked``, and the ``share`` of matches to expect.

    ``of``: the stratum of each pair, -1 for pairs too unlikely to be asked about.
    """

    names: tuple[str, ...]
    sizes: Labels
    linked: npt.NDArray[np.bool_]
    share: Floats
    of: Labels

    @classmethod
    def make(cls, match_weight: Floats, linked: npt.NDArray[np.bool_], probability: Floats) -> Strata:
        """Strata of the pairs; unlinked ones below the first boundary are left out.

        ``probability``: of being one person, as far as is known.
        """
        edges = np.asarray(STRATUM_BITS)
        step = np.searchsorted(edges, match_weight, side="right") - 1
        number = np.where(linked, len(edges) + np.maximum(step, 0), step)
        held, of = np.unique(number[number >= 0], return_inverse=True)
        sizes = np.bincount(of, minlength=len(held))
        place = np.full(len(match_weight), -1)
        place[number >= 0] = of
        return cls(
            names=tuple(_name(int(n), len(edges)) for n in held),
            sizes=sizes,
            linked=held >= len(edges),
            share=np.bincount(of, weights=probability[number >= 0], minlength=len(held)) / np.maximum(sizes, 1),
            of=place,
        )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ReviewEstimates:
    """Precision and recall from reviewed pairs, with 95 % intervals; prints as a table.

    ``scores``: rows precision and recall, columns ``estimate``, ``low``, ``high``. ``strata``: one row a stratum, with
    ``pairs``, ``expected`` (share of matches, by the model), ``decided``, ``undecided``, ``matches`` and ``weight``
    (pairs that each decided one stands for).
    """

    scores: pd.DataFrame
    strata: pd.DataFrame

    def __str__(self) -> str:
        decided, undecided = (int(self.strata[name].sum()) for name in ("decided", "undecided"))
        return f"{decided:,} pairs decided, {undecided:,} undecided\n{readable(self.scores).to_string()}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return readable(self.scores).to_html(border=0)


def allocate(strata: Strata, *, n: int | None = None, width: float = 0.02) -> Labels:
    """How many pairs of each stratum to review: ``n`` in all, or as many as make both intervals ``width`` wide.

    ``width`` is that of the whole 95 % interval, foreseen with the model's probabilities; all pairs where no fewer do.
    """
    if n is not None:
        return _neyman(strata, whole_number(n, "n"))
    if not isinstance(width, Real) or not 0 < width < 1:
        raise SpecError("give n, or a width: that of an interval of shares, a number between 0 and 1")
    low, high = 1, max(int(strata.sizes.sum()), 1)
    while low < high:
        middle = (low + high) // 2
        if max(foreseen_widths(strata, _neyman(strata, middle)).values()) <= width:
            high = middle
        else:
            low = middle + 1
    return _neyman(strata, low)


def whole_number(value: Any, name: str) -> int:  # noqa: ANN401 - whatever was given
    """The value, if it is a whole number of 1 or more.

    >>> whole_number(np.int64(20), "k")
    20
    """
    if not isinstance(value, Integral) or isinstance(value, bool) or value < 1:
        raise SpecError(f"{name} must be a whole number, 1 or more")
    return int(value)


def foreseen_widths(strata: Strata, reviewed: Labels) -> dict[str, float]:
    """Widths of the 95 % intervals of precision and recall, if the model's probabilities are about right."""
    size = strata.sizes.astype(np.float64)
    share = (strata.share * reviewed + 0.5) / (reviewed + 1)
    spread = size * (size - reviewed) * share * (1 - share) / np.maximum(reviewed, 0.5)
    found, linked = (size * strata.share)[strata.linked].sum(), max(size[strata.linked].sum(), 1.0)
    every = max((size * strata.share).sum(), 1e-9)
    recall = found / every
    inside, outside = spread[strata.linked].sum(), spread[~strata.linked].sum()
    both = ((1 - recall) ** 2 * inside + recall**2 * outside) / every**2
    return {"precision": 2 * _Z * float(np.sqrt(inside)) / linked, "recall": 2 * _Z * float(np.sqrt(both))}


def draw_pairs(strata: Strata, reviewed: Labels, *, seed: int = 0) -> Labels:
    """Places of the pairs to review, drawn evenly within each stratum, in an order that says nothing."""
    chance = np.random.default_rng(seed)
    drawn = [
        chance.choice(np.flatnonzero(strata.of == number), int(count), replace=False)
        for number, count in enumerate(reviewed)
    ]
    return chance.permutation(np.concatenate([np.zeros(0, np.int64), *drawn]))


def estimate_from_review(plan: pd.DataFrame, *, seed: int = 0) -> ReviewEstimates:
    """Precision and recall from a plan whose ``match`` was answered.

    Answers are match or not (true, 1, yes; false, 0, no); empty and *unsure* are undecided and left out, as if they
    were like the others of their stratum. Each stratum's share of matches is drawn from what its answers leave open,
    with the model's share counting as one answer more, and only pairs that were not reviewed are uncertain. The
    estimate is the median of these draws, the interval their quantiles, so the one lies within the other. Where a
    stratum has no answer both rest on the model alone. Missing where nothing was decided (for precision: nothing
    linked). Recall is that among pairs that could be drawn: likely enough to be asked about, and made by a blocking
    rule. Pairs that were not drawn by chance (see ``next_to_review``) do not count.

    >>> columns = {"stratum": "linked", "stratum_pairs": 40, "linked": True, "match_probability": 0.9}
    >>> plan = pd.DataFrame({"match": ["yes", "yes", "no", "unsure"]}).assign(**columns)
    >>> estimate_from_review(plan).scores.loc["precision", "estimate"].round(3)
    np.float64(0.75)
    """
    check_table(plan, PLAN_COLUMNS[4:], needed_by="estimating from a review")
    drawn = plan[(plan["stratum"] != AMBIGUOUS) & plan["stratum_pairs"].notna()]
    _check_once(drawn)
    answers = read_answers(drawn["match"])
    strata = _tally(drawn, answers)
    chance = np.random.default_rng(seed)
    size, decided, matches = (strata[name].to_numpy(np.float64) for name in ("pairs", "decided", "matches"))
    before = strata["expected"].clip(*_NEVER_SURE).to_numpy(np.float64)
    share = chance.beta(matches + before, decided - matches + 1 - before, (_DRAWS, len(strata)))
    total = matches + chance.binomial((size - decided).astype(np.int64), share)
    linked = strata["linked"].to_numpy(bool)
    found, true = total[:, linked].sum(axis=1), total.sum(axis=1)
    rows = {
        "precision": _interval(found / max(size[linked].sum(), 1.0), known=bool(decided[linked].any())),
        "recall": _interval(found / np.maximum(true, 1e-9), known=bool(decided.any() and true.all())),
    }
    scores = pd.DataFrame.from_dict(rows, orient="index").rename_axis("measure")
    return ReviewEstimates(scores=scores, strata=strata)


def decided_pairs(plan: pd.DataFrame) -> pd.DataFrame:
    """The answered pairs as labels for ``Linker.fit(records, labels=...)``: four keys and ``match``, true or false.

    >>> keys = {name: ["1", "2"] for name in LINK_COLUMNS[:4]}
    >>> decided_pairs(pd.DataFrame(keys | {"match": ["yes", ""]}))["match"].tolist()
    [True]
    """
    check_table(plan, (*LINK_COLUMNS[:4], "match"), needed_by="labels from a review")
    answers = read_answers(plan["match"])
    known = answers.notna()
    labels = plan.loc[known, list(LINK_COLUMNS[:4])].astype("string").astype(object)
    return labels.assign(match=answers[known].astype(bool)).reset_index(drop=True)


def _check_once(drawn: pd.DataFrame) -> None:
    """Raise :class:`InputError` for a pair that stands twice, where the plan still has its keys."""
    keys = [column for column in PLAN_COLUMNS[:4] if column in drawn]
    doubled = int(drawn[keys].astype("string").duplicated().sum()) if len(keys) == 4 else 0
    if doubled:
        raise InputError(f"{doubled} row(s) of the review repeat a pair; keep one answer a pair")


def read_answers(answers: pd.Series) -> pd.Series:
    """Answers as true, false or missing; an error names the row of anything else."""
    texts = answers.astype("string").fillna("").str.strip().str.lower()
    read = texts.map(ANSWERS).astype("boolean")
    unclear = np.flatnonzero(read.isna() & ~texts.isin(UNDECIDED))
    if len(unclear):
        reason = f"{len(unclear)} answer(s) are neither match nor not, the first in row {unclear[0]}"
        raise InputError(f"{reason}; write match, not or unsure", field="match")
    return read


def _name(number: int, n_edges: int) -> str:
    """What the stratum holds, in words: 'linked, 3 to 6 bits'."""
    kind, step = ("linked", number - n_edges) if number >= n_edges else ("not linked", number)
    if kind == "linked" and step == 0:
        return f"linked, under {STRATUM_BITS[1]:g} bits"
    if step == n_edges - 1:
        return f"{kind}, {STRATUM_BITS[step]:g} bits and more"
    return f"{kind}, {STRATUM_BITS[step]:g} to {STRATUM_BITS[step + 1]:g} bits"


def _neyman(strata: Strata, n: int) -> Labels:
    """``n`` pairs by size times spread, at least a few of every stratum, never more than it has.

    The model's share counts as if it were seen in a hundred pairs: no stratum is certain beforehand.
    """
    share = (100 * strata.share + 1) / 102
    wanted = strata.sizes * np.sqrt(share * (1 - share))
    given = np.minimum(strata.sizes, _FEWEST)
    while (left := n - int(given.sum())) > 0 and (open_ := given < strata.sizes).any():
        lack = np.where(open_, np.maximum(wanted / wanted[open_].sum() * n - given, 0), 0)
        lack = lack if lack.sum() > 0 else np.where(open_, wanted, 0)
        more = np.minimum(np.floor(left * lack / lack.sum()).astype(np.int64), strata.sizes - given)
        if not more.any():
            more = (np.arange(len(given)) == np.argmax(lack)).astype(np.int64)
        given = given + more
    return given


def _interval(drawn: Floats, *, known: bool) -> dict[str, float]:
    """The median of what was drawn and the 95 % interval; missing where there is nothing to tell."""
    if not known:
        return dict.fromkeys(("estimate", "low", "high"), float("nan"))
    low, estimate, high = np.quantile(drawn, (_LEVELS[0], 0.5, _LEVELS[1]))
    return {"estimate": float(estimate), "low": float(low), "high": float(high)}


def _tally(drawn: pd.DataFrame, answers: pd.Series) -> pd.DataFrame:
    """One row a stratum: its pairs, and how many were decided, undecided, and matches."""
    table = pd.DataFrame(
        {
            "stratum": drawn["stratum"].astype(str),
            "linked": drawn["linked"]
            .astype(str)
            .str.lower()
            .map({"true": True, "false": False, "1": True, "0": False}),
            "pairs": pd.to_numeric(drawn["stratum_pairs"]),
            "expected": pd.to_numeric(drawn["match_probability"]),
            "decided": answers.notna().to_numpy(),
            "undecided": answers.isna().to_numpy(),
            "matches": answers.fillna(False).astype(bool).to_numpy(),  # noqa: FBT003 - the value that stands for missing
        }
    )
    found = table.groupby("stratum", sort=True).agg(
        linked=("linked", "first"),
        pairs=("pairs", "first"),
        expected=("expected", "mean"),
        decided=("decided", "sum"),
        undecided=("undecided", "sum"),
        matches=("matches", "sum"),
    )
    return found.assign(weight=found["pairs"] / found["decided"].where(found["decided"] > 0))
