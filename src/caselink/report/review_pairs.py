"""The pairs of a review page: two records side by side, as the purpose may see them, and what their facts weigh.

Neither what the model decided nor how sure it is comes into the page: a reviewer should see what the model saw, not
what it thinks; and beside the bits that are shown the sum would tell of those that are withheld.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from caselink.confidentiality import Protection
from caselink.encoding import Rows
from caselink.engines.persons import DECISION_COLUMNS
from caselink.errors import RecordIdError
from caselink.masking import WITHHELD
from caselink.purposes import EVERYTHING, NAMES, Purpose, find_purpose
from caselink.report.beside import Beside
from caselink.report.quality import name_of
from caselink.report.review_evidence import pair_evidence
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
    seen, keys, places = _placed(result, pairs, purpose)
    protection = result.families.protect(beside.programs, beside.taints)
    fields = _fields(result, seen)
    views = {hidden: _values(result, places, fields, (protection, seen, hidden)) for hidden in {True, masked}}
    return ReviewPairs(
        seen,
        fields,
        not masked,
        keys,
        views[True],
        None if masked else views[False],
        pair_evidence(result, places, protection, seen),
    )


def visible_pairs(result: Result, pairs: pd.DataFrame, beside: Beside, *, purpose: str | Purpose) -> pd.DataFrame:
    """The pairs of which the purpose may see a name or number on both sides: those that somebody can decide."""
    seen, _, places = _placed(result, pairs, purpose)
    fields = tuple(name for name in _fields(result, seen) if name in _TELLING)
    protection = result.families.protect(beside.programs, beside.taints)
    values = _values(result, places, fields, (protection, seen, True))
    told = [all(any(one != WITHHELD for one in side) for side in both) for both in values]
    return pairs[np.array(told, np.bool_)]


def _placed(
    result: Result, pairs: pd.DataFrame, purpose: str | Purpose
) -> tuple[Purpose, pd.DataFrame, tuple[Rows, Rows]]:
    """The purpose, the keys of the pairs, and the positions of their records."""
    check_table(pairs, DECISION_COLUMNS[:4], needed_by="the review page")
    keys = pairs[list(DECISION_COLUMNS[:4])].astype(str).reset_index(drop=True)
    columns = [[keys[f"{key}_{side}"].astype("string") for key in ("source", "record_id")] for side in _SIDES]
    places = [result.prepared.records.positions(*both) for both in columns]
    lost = sum(int((one < 0).sum()) for one in places)
    if lost:
        raise RecordIdError(f"{lost} records of the pairs are not among those of the result")
    return find_purpose(purpose), keys, (places[0].astype(np.int32), places[1].astype(np.int32))


def _fields(result: Result, seen: Purpose) -> tuple[str, ...]:
    return tuple(name for name in FIELDS if name in result.records and name in seen.fields & EVERYTHING)


def _values(
    result: Result, places: tuple[Rows, Rows], fields: tuple[str, ...], view: tuple[Protection, Purpose, bool]
) -> list[list[list[str]]]:
    """For each pair the values of both sides, as they may be seen."""
    protection, seen, hidden = view
    texts = []
    for side in places:
        rows = result.records.iloc[result.prepared.records.row[side]]
        shown = protection.view(rows[["source", "record_id", *fields]].reset_index(drop=True), seen, masked=hidden)
        texts.append(shown[list(fields)].fillna(WITHHELD).astype(object).to_numpy().tolist())
    return [list(both) for both in zip(*texts, strict=True)]
