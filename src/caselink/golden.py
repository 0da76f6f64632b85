"""Golden records: one value a person and field, where it comes from, and what is withheld.

Where somebody lives, and how to reach them, is protected: such a value is shown only if the record that it comes from
is known not to be protected, and nobody in the person's household or cases is. A value that is withheld, masked or not
known is missing in the same way.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from caselink.encoding import EncodedRecords, encode
from caselink.identity.golden_record import choose_values
from caselink.schema import KEY_COLUMNS

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
_TEXT = pd.ArrowDtype(pa.string())
_NOT_PROTECTED = frozenset({"N", "NO", "0", "F", "FALSE"})
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


@dataclass(frozen=True, slots=True)
class Owners:
    """Whose record each is, by canonical position: ``person``, its latest ``month``, and ``shielded`` persons."""

    person: Ints
    month: Ints
    shielded: Flags


def golden_table(records: pd.DataFrame, owners: Owners, *, masked: bool) -> pd.DataFrame:
    """One row a person and field: ``person, field, value, record, month, records, others``.

    ``records`` have the value chosen, ``others`` are the values that lost. ``masked``: the last four digits of an SSN,
    the year of birth, no address but the first three digits of the ZIP, no phone or email.
    """
    wanted = [column for field in FIELDS for column in field.columns if column in records]
    encoded = encode(records, [*wanted, *(["protected"] if "protected" in records else [])])
    open_records = ~_guarded(encoded) & ~owners.shielded[owners.person]
    parts = [
        _choose(encoded, owners, Field(columns, field.half_life_months, field.location), open_records, masked=masked)
        for field in FIELDS
        if (columns := tuple(column for column in field.columns if column in encoded.columns))
    ]
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["person", "field"])
    return table.sort_values(["person", "field"], ignore_index=True)


def protected_persons(records: pd.DataFrame, person: Ints) -> Flags:
    """Persons of whom at least one record says that it is protected (anything but a clear no)."""
    flags = np.zeros(int(person.max(initial=-1)) + 1, np.bool_)
    if "protected" in records:
        column = encode(records, ["protected"]).columns["protected"]
        said = np.append([text.upper() not in _NOT_PROTECTED for text in column.values.to_pylist()], False)  # noqa: PD011
        flags[person[said[column.codes].astype(np.bool_)]] = True
    return flags


def _guarded(encoded: EncodedRecords) -> Flags:
    """Records that are not known to be free: the flag is set, missing, or there is none."""
    if "protected" not in encoded.columns:
        return np.ones(len(encoded), np.bool_)
    column = encoded.columns["protected"]
    free = np.append([text.upper() in _NOT_PROTECTED for text in column.values.to_pylist()], False)  # noqa: PD011
    flags: Flags = ~free[column.codes].astype(np.bool_)
    return flags


def _choose(
    encoded: EncodedRecords, owners: Owners, field: Field, open_records: Flags, *, masked: bool
) -> pd.DataFrame:
    codes = np.stack([encoded.columns[name].codes for name in field.columns])
    known = codes[0] >= 0 if field.location else (codes >= 0).any(axis=0)
    if field.location:
        known &= open_records
    record = np.flatnonzero(known)
    value = pd.DataFrame(codes[:, record].T).groupby(list(range(len(codes))), sort=False).ngroup().to_numpy()
    votes = pd.DataFrame({"person": owners.person[record], "value": value, "record": record})
    votes["source"], votes["month"] = encoded.source[record], owners.month[record]
    worth = np.ones(int(value.max()) + 1 if len(value) else 0)
    if len(field.columns) == 1 and len(value):
        texts = encoded.columns[field.columns[0]].values.to_pylist()  # noqa: PD011  (a Column)
        worth[value] = np.array([_worth(text) for text in texts])[codes[0, record]]
    chosen = choose_values(votes, half_life_months=field.half_life_months, worth=worth)
    return pd.concat([_shown(encoded, chosen, name, masked=masked) for name in field.columns], ignore_index=True)


def _worth(text: str) -> float:
    """An initial, or a date of which a part is unknown, gives way to a whole value."""
    return 0.1 if len(text) == 1 and text not in "MF" else 0.5 if text.startswith("0000-") or "-00" in text else 1.0


def _shown(encoded: EncodedRecords, chosen: pd.DataFrame, name: str, *, masked: bool) -> pd.DataFrame:
    texts = encoded.texts(name, chosen["record"].to_numpy(np.int32))
    if masked:
        texts = [None if text is None else _mask(name, text) for text in texts]
    rows = chosen.assign(field=name, value=pd.Series(texts, dtype=_TEXT))
    return rows[rows["value"].notna()].drop(columns="source")


def _mask(name: str, text: str) -> str | None:
    if name == "ssn":
        return f"*****{text[-4:]}"
    if name == "birth_date":
        return text[:4]
    if name == "zip":
        return f"{text[:3]}**"
    return None if name in ("street", "unit", "city", "phone", "email") else text
