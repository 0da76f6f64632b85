"""Golden records: one value a person and field, where it comes from, and what is withheld.

A record has a vote on a field only if the purpose may see that value of it (see
:meth:`caselink.confidentiality.rules.Sight.speaks`), so that neither the value nor the counts beside it tell of others.
A value that is not shown and one that is not known look the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from caselink.confidentiality import Sight
from caselink.encoding import EncodedRecords, encode
from caselink.identity.golden_record import choose_values
from caselink.masking import WITHHELD
from caselink.schema import KEY_COLUMNS

Ints = npt.NDArray[np.int64]
_TEXT = pd.ArrowDtype(pa.string())
GOLDEN_COLUMNS = ("person_id", "field", "value", *KEY_COLUMNS, "month", "records", "others")


@dataclass(frozen=True, slots=True)
class Field:
    """Columns that are chosen together, so that one address is not put together from two."""

    columns: tuple[str, ...]
    half_life_months: float | None = None
    location: bool = False


FIELDS = (
    Field(("first_name",)),
    Field(("middle_name",)),
    Field(("last_name",), half_life_months=60),
    Field(("suffix",)),
    Field(("birth_date",)),
    Field(("sex",)),
    Field(("ssn",)),
    Field(("street", "unit", "city", "state", "zip"), half_life_months=12, location=True),
    Field(("phone",), half_life_months=24, location=True),
    Field(("email",), half_life_months=24, location=True),
)
"""What changes in life loses half its weight in so many months; what does not change never does."""


def golden_table(records: pd.DataFrame, person: Ints, month: Ints, sight: Sight) -> pd.DataFrame:
    """One row a person and field: ``person, field, value, record, month, records, others``.

    ``person`` and latest ``month`` of each record by canonical position. ``records`` have the value chosen, ``others``
    are the values that lost. Where no value is shown, the rest of the row is missing.
    """
    wanted = [column for field in FIELDS for column in field.columns if column in records]
    encoded = encode(records, wanted)
    parts = [
        _choose(encoded, (person, month), Field(columns, field.half_life_months, field.location), sight)
        for field in FIELDS
        if (columns := tuple(column for column in field.columns if column in encoded.columns))
    ]
    people = np.arange(int(person.max(initial=-1)) + 1)
    every = pd.MultiIndex.from_product([people, sorted(wanted)], names=["person", "field"])
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["person", "field", "value"])
    table = table.set_index(["person", "field"]).reindex(every).reset_index()
    return table.assign(value=table["value"].astype(_TEXT).fillna(WITHHELD))


def _choose(encoded: EncodedRecords, owners: tuple[Ints, Ints], field: Field, sight: Sight) -> pd.DataFrame:
    codes = np.stack([encoded.columns[name].codes for name in field.columns])
    speaks = np.logical_or.reduce([sight.speaks(name) for name in field.columns])
    record = np.flatnonzero((codes[0] >= 0 if field.location else (codes >= 0).any(axis=0)) & speaks)
    value = pd.DataFrame(codes[:, record].T).groupby(list(range(len(codes))), sort=False).ngroup().to_numpy()
    votes = pd.DataFrame({"person": owners[0][record], "value": value, "record": record})
    votes["source"], votes["month"] = encoded.source[record], owners[1][record]
    worth = np.ones(int(value.max()) + 1 if len(value) else 0)
    if len(field.columns) == 1 and len(value):
        texts = encoded.columns[field.columns[0]].values.to_pylist()  # noqa: PD011  (a Column)
        worth[value] = np.array([_worth(text) for text in texts])[codes[0, record]]
    chosen = choose_values(votes, half_life_months=field.half_life_months, worth=worth)
    return pd.concat([_shown(encoded, chosen, name, sight) for name in field.columns], ignore_index=True)


def _worth(text: str) -> float:
    """An initial, or a date of which a part is unknown, gives way to a whole value."""
    return 0.1 if len(text) == 1 and text not in "MF" else 0.5 if text.startswith("0000-") or "-00" in text else 1.0


def _shown(encoded: EncodedRecords, chosen: pd.DataFrame, name: str, sight: Sight) -> pd.DataFrame:
    record = chosen["record"].to_numpy(np.int32)
    seen = sight.speaks(name)[record]
    texts = [
        sight.show(name, text) if may else WITHHELD for text, may in zip(encoded.texts(name, record), seen, strict=True)
    ]
    rows = chosen.assign(field=name, value=pd.Series(texts, dtype=_TEXT))
    return rows[rows["value"] != WITHHELD].drop(columns="source")
