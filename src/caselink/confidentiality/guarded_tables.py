"""The tables of a run as its purpose may see them: what goes into a folder goes through here, nothing beside it."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from caselink.confidentiality.rules import Protection
from caselink.errors import InputError
from caselink.masking import WITHHELD
from caselink.purposes import NARROWEST, Purpose
from caselink.schema import KEY_COLUMNS, LINK_COLUMNS

_SSN_LENGTH = 9
KEPT_WHEN_ASKED = frozenset({"links.parquet", "links.csv", "review.html"})
"""Files with pairs or values, which a run writes only when asked; one that is not asked deletes those there."""

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


def ssn_as_key(records: pd.DataFrame, key: str = "record_id") -> dict[str, int]:
    """By source how many records are named by their own SSN, or their cases with ``key="case_id"``.

    >>> people = {"source": ["wages", "iva"], "record_id": ["212-34-5678", "7"], "ssn": ["212345678", "312345679"]}
    >>> ssn_as_key(pd.DataFrame(people))
    {'wages': 1}
    """
    if "ssn" not in records or key not in records:
        return {}
    long = records[key].str.len().fillna(0).to_numpy() >= _SSN_LENGTH
    some = records.loc[long & records["ssn"].notna().to_numpy(), ["source", key, "ssn"]].astype(object)
    same = some[key].astype(str).str.replace(r"\D", "", regex=True) == some["ssn"]
    counts = some.loc[same.to_numpy(bool), "source"].value_counts()
    return {str(source): int(n) for source, n in counts.items()}


def refuse_ssn_keys(records: pd.DataFrame, memberships: pd.DataFrame | None = None) -> None:
    """Raise :class:`InputError` where records or their cases are named by their SSN, which every output would hold."""
    tables = {"record_id": [records], "case_id": [records]}
    if memberships is not None and "ssn" in records:
        numbers = records.loc[records["ssn"].notna(), [*KEY_COLUMNS, "ssn"]]
        rosters = memberships[[*KEY_COLUMNS, "case_id"]].dropna().drop_duplicates()
        rosters = rosters[(rosters["case_id"].str.len() >= _SSN_LENGTH).to_numpy(bool)]
        tables["case_id"].append(rosters.merge(numbers, on=list(KEY_COLUMNS)))
    for key, held in tables.items():
        found = {source: n for table in held for source, n in ssn_as_key(table, key).items()}
        if found:
            named = ", ".join(f"{n:,} of {source}" for source, n in sorted(found.items()))
            raise InputError(f"records are named by their own SSN in {key} ({named}); choose another column for it")
