"""Rows of the exchange view, before anything is withheld: a person and element each, what each program has, who acts.

Persons, cases and months are numbers as in :mod:`caselink.findings.facts`. What is missing in a cell is nothing known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.findings.facts import NONE, Facts, Ints, Mask, Program

SIDES = {"iv_a": Program.IVA, "iv_d": Program.IVD, "jobs": Program.JOBS, "employment": Program.EARNINGS}
"""The columns of the programs."""
NAMES = {"iv_a": "iv-a", "iv_d": "iv-d", "jobs": "jobs", "employment": "employment"}
"""The programs in words."""
CASES = ("iva_case", "ivd_case", "jobs_case")
WORDS = (*SIDES, "says", "who")
ROWS = ("person", "element", *CASES, *WORDS)
NOBODY = "nobody"
"""Who acts where nothing is to be done."""

Texts = npt.NDArray[np.object_]


def make_rows(
    element: str, person: npt.ArrayLike, words: Mapping[str, object], cases: Mapping[str, npt.ArrayLike] | None = None
) -> pd.DataFrame:
    """Rows of one element; ``words`` are texts or arrays of them by column, None for nothing known.

    >>> make_rows("child", [7], {"iv_a": "counted"})[["person", "element", "iv_a", "who"]].to_numpy().tolist()
    [[7, 'child', 'counted', 'nobody']]
    """
    number = np.asarray(person, np.int64)
    columns: dict[str, object] = {"person": number, "element": np.full(len(number), element, dtype=object)}
    for name in CASES:
        columns[name] = np.broadcast_to(np.asarray((cases or {}).get(name, NONE), np.int64), number.shape)
    for name in WORDS:
        told = words.get(name, NOBODY if name == "who" else None)
        whole = told if isinstance(told, np.ndarray) else np.full(len(number), told, dtype=object)
        columns[name] = np.asarray(whole, dtype=object)
    return pd.DataFrame(columns, columns=list(ROWS))


def together(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Rows of several elements below one another."""
    some = [part for part in parts if len(part)]
    return pd.concat(some, ignore_index=True) if some else make_rows("", [], {})


def choose(*cases: tuple[npt.ArrayLike, object], otherwise: object = None) -> Texts:
    """Of each row the word of the first condition that holds.

    >>> choose((np.array([True, False]), "late"), (np.array([True, True]), "sent")).tolist()
    ['late', 'sent']
    """
    shape = np.shape(np.asarray(cases[0][0]))
    found = np.full(shape, otherwise, dtype=object)
    for condition, word in reversed(cases):
        found = np.where(np.asarray(condition, np.bool_), np.asarray(word, dtype=object), found)
    return found


def month_words(months: Ints, prefix: str = "") -> Texts:
    """Months as texts, None for those that are not known.

    >>> month_words(np.array([24315, -1]), "sent ").tolist()
    ['sent 2026-04', None]
    """
    distinct, place = np.unique(np.asarray(months, np.int64), return_inverse=True)
    texts = [f"{prefix}{m // 12:04d}-{m % 12 + 1:02d}" if m >= 0 else None for m in distinct.tolist()]
    return np.array([*texts, None], dtype=object)[place]


def current(facts: Facts, program: Program) -> pd.DataFrame:
    """The stays of a program in the last month that it tells of."""
    stays = facts.of_program(program)
    return stays[(stays["last"] == stays["last"].max()).to_numpy()] if len(stays) else stays


def has_all_cases(facts: Facts, program: str) -> bool:
    """Whether what is not there is absent: a sample shows no absence, and a program without rosters none either."""
    return f"all cases {program}" in facts.evidence


def among(rows: pd.DataFrame, columns: Sequence[str], known: pd.DataFrame, names: Sequence[str]) -> Mask:
    """Which rows have their ``columns`` among the ``names`` of the known ones."""
    return np.asarray(pd.MultiIndex.from_frame(rows[list(columns)]).isin(pd.MultiIndex.from_frame(known[list(names)])))
