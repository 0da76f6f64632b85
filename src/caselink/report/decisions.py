"""Decisions of the review page, on their way through a spreadsheet and back.

A record id may be such that a spreadsheet takes it for a formula. The page writes an apostrophe before it, as all our
files do (:mod:`caselink.spreadsheets`); here it is taken off again.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from caselink.engines.persons import DECISION_COLUMNS
from caselink.errors import InputError
from caselink.schema import check_table
from caselink.spreadsheets import unguard_table


def read_decisions(file: str | Path) -> pd.DataFrame:
    """The decisions that a review page exported, as ``Linker(decisions=...)`` takes them."""
    path = Path(file)
    if not path.is_file():
        raise InputError("no such file", file=str(path))
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
    except (ValueError, OSError) as error:  # what the parser says may quote a line
        raise InputError(f"cannot be read as a table ({type(error).__name__})", file=str(path)) from None
    check_table(table, DECISION_COLUMNS, needed_by="decisions")
    return unguard_table(table[list(DECISION_COLUMNS)])


def answer_plan(plan: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    """The plan of a review with ``match`` filled in, for :func:`caselink.estimate_from_review`.

    >>> plan = pd.DataFrame([["iva", "1", "ivd", "2", ""]], columns=[*DECISION_COLUMNS[:4], "match"])
    >>> answer_plan(plan, plan.drop(columns="match").assign(decision="not"))["match"].tolist()
    ['not']
    """
    keys = list(DECISION_COLUMNS[:4])
    given = decisions[list(DECISION_COLUMNS)].astype(str).drop_duplicates(keys, keep="last")
    answers = plan[keys].astype(str).merge(given, how="left", on=keys)["decision"]
    return plan.assign(match=answers.fillna("").to_numpy())
