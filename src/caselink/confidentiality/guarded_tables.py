"""The tables of a run as its purpose may see them: what goes into a folder goes through here, nothing beside it."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from caselink.confidentiality.rules import Protection
from caselink.masking import WITHHELD
from caselink.purposes import NARROWEST, Purpose
from caselink.schema import LINK_COLUMNS

SHOWN_OF_LINKS = LINK_COLUMNS[:6]
"""Of links: keys and scores. The rule and the household probability tell who shares an address."""


def guarded_tables(
    tables: Mapping[str, pd.DataFrame], protection: Protection, purpose: str | Purpose = NARROWEST
) -> tuple[dict[str, pd.DataFrame], dict[str, int]]:
    """Each table as the purpose may see it, and how many cells of it are withheld.

    Rows that no person's key orders are ordered by what is shown: by case number they would tell whose is whose.
    """
    views = {name: protection.view(table, purpose) for name, table in tables.items()}
    views |= {name: _by_what_is_shown(view) for name, view in views.items() if "person_id" not in view}
    return views, {name: count_withheld(view) for name, view in views.items()}


def _by_what_is_shown(view: pd.DataFrame) -> pd.DataFrame:
    return view.sort_values(list(view.columns), ignore_index=True)


def count_withheld(view: pd.DataFrame) -> int:
    """How many cells are withheld.

    >>> count_withheld(pd.DataFrame({"n": [1, 2], "street": ["withheld", "withheld"]}))
    2
    """
    texts = [name for name in view.columns if not pd.api.types.is_numeric_dtype(view[name].dtype)]
    return sum(int((view[name] == WITHHELD).sum()) for name in texts)


def ssn_as_key(records: pd.DataFrame) -> dict[str, int]:
    """By source how many records are named by their own SSN, which every output would then hold.

    >>> people = {"source": ["wages", "iva"], "record_id": ["212-34-5678", "7"], "ssn": ["212345678", "312345678"]}
    >>> ssn_as_key(pd.DataFrame(people))
    {'wages': 1}
    """
    if "ssn" not in records:
        return {}
    digits = records["record_id"].astype(str).str.replace(r"\D", "", regex=True)
    same = (digits == records["ssn"].astype(object)).fillna(False).to_numpy(bool)  # noqa: FBT003 - what stands for missing
    counts = records.loc[same, "source"].value_counts()
    return {str(source): int(n) for source, n in counts.items()}
