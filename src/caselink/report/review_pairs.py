"""The pairs of a review page: two records side by side, as the purpose may see them, and what their facts weigh.

Neither what the model decided nor how sure it is comes into the page: a reviewer should see what the model saw, not
what it thinks; and beside the bits that are shown the sum would tell of those that are withheld.
"""

from __future__ import annotations

import hashlib
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from caselink.engines.persons import DECISION_COLUMNS
from caselink.errors import CaselinkWarning, RecordIdError
from caselink.explain.sentences import NOT_FACTS, with_values
from caselink.masking import WITHHELD
from caselink.purposes import EVERYTHING, NAMES, Purpose, find_purpose
from caselink.report.beside import Beside
from caselink.report.quality import name_of
from caselink.report.tables import UNSEEN
from caselink.schema import check_table
from caselink.spreadsheets import RISKY

if TYPE_CHECKING:
    from caselink.result import Result

FIELDS = (
    *("first_name", "middle_name", "last_name", "suffix", "birth_date", "sex", "ssn"),
    *("street", "unit", "city", "state", "zip", "county", "phone", "email"),
)
"""What is shown of a record, in this order, where the records have it and the purpose may see it."""

_TELLING = NAMES | {"ssn"}
_SIDES = ("left", "right")


@dataclass(frozen=True)
class ReviewPairs:
    """The pairs as the page takes them; ``fields`` are the rows of each; ``unmasked``: whole values are there."""

    purpose: Purpose
    fields: tuple[str, ...]
    unmasked: bool
    keys: pd.DataFrame = field(repr=False)
    masked_values: list[list[list[str]]] = field(repr=False)
    whole_values: list[list[list[str]]] | None = field(repr=False)
    evidence: list[list[list[str]]] = field(repr=False)

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def name(self) -> str:
        """A name for this set of pairs, under which the browser keeps the answers: a hash of their keys."""
        text = self.keys.to_csv(index=False)
        return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()

    def as_data(self) -> dict[str, Any]:
        """What the page's script reads."""
        return {
            "name": self.name,
            "fields": [name_of(one) for one in self.fields],
            "columns": list(DECISION_COLUMNS),
            "risky": RISKY,
            "withheld": WITHHELD,
            "unseen": UNSEEN,
            "keys": self.keys.to_numpy().tolist(),
            "masked": self.masked_values,
            "whole": self.whole_values,
            "evidence": self.evidence,
        }


def gather_pairs(
    result: Result, pairs: pd.DataFrame, beside: Beside, *, purpose: str | Purpose, masked: bool
) -> ReviewPairs:
    """Look up both records of each pair; ``masked=False`` only where the purpose may unmask (else an error)."""
    check_table(pairs, DECISION_COLUMNS[:4], needed_by="the review page")
    seen = find_purpose(purpose)
    keys = pairs[list(DECISION_COLUMNS[:4])].astype(str).reset_index(drop=True)
    fields = tuple(name for name in FIELDS if name in result.records and name in seen.fields & EVERYTHING)
    records = [_records(result, keys, side, fields) for side in _SIDES]
    protection = result.families.protect(beside.programs, beside.taints)

    def values(*, hidden: bool) -> list[list[list[str]]]:
        views = [protection.view(one, seen, masked=hidden) for one in records]
        texts = [view[list(fields)].fillna(WITHHELD).astype(object).to_numpy().tolist() for view in views]
        return [list(both) for both in zip(*texts, strict=True)]

    return ReviewPairs(
        seen,
        fields,
        not masked,
        keys,
        values(hidden=True),
        None if masked else values(hidden=False),
        [_evidence(result, row) for row in keys.itertuples(index=False)],
    )


def visible_pairs(result: Result, pairs: pd.DataFrame, beside: Beside, *, purpose: str | Purpose) -> pd.DataFrame:
    """The pairs of which the purpose may see a name or number on both sides: those that somebody can decide."""
    told = gather_pairs(result, pairs, beside, purpose=purpose, masked=True)
    wanted = [place for place, name in enumerate(told.fields) if name in _TELLING]
    seen = [all(any(side[place] != WITHHELD for place in wanted) for side in both) for both in told.masked_values]
    return pairs[np.array(seen, np.bool_)]


def _records(result: Result, pairs: pd.DataFrame, side: str, fields: tuple[str, ...]) -> pd.DataFrame:
    """The records of one side, a row a pair."""
    keys = (pairs[f"{key}_{side}"].astype("string") for key in ("source", "record_id"))
    place = result.prepared.records.positions(*keys)
    if (place < 0).any():
        raise RecordIdError(f"{int((place < 0).sum())} records of the pairs are not among those of the result")
    rows = result.records.iloc[result.prepared.records.row[place]]
    return rows[["source", "record_id", *fields]].reset_index(drop=True)


def _evidence(result: Result, pair: tuple[str, str, str, str]) -> list[list[str]]:
    """Fact, how alike, and bits; without values, and without places where these must not be told."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CaselinkWarning)
        rows = with_values(result.explain(*pair).table)
    rows = rows[~rows["comparison"].isin(NOT_FACTS).to_numpy(bool)]
    told = zip(rows["comparison"], rows["level"], rows["value"], strict=True)
    return [
        [name_of(str(name)), str(level), WITHHELD if np.isnan(bits) else f"{bits:+.1f}"] for name, level, bits in told
    ]
