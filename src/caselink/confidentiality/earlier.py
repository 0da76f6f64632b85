"""Who was protected in an earlier run stays protected: a register that the data owner keeps beside the settings.

It names records and nothing else. Who was protected by a record of their own goes on to protect those around them; who
was so by sharing a household or a case stays protected and protects nobody further, or a few runs would protect all.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.confidentiality.rules import Protection
from caselink.encoding import EncodedRecords
from caselink.errors import ColumnMissingError, InputError
from caselink.schema import KEY_COLUMNS, check_table
from caselink.spreadsheets import unguard_table
from caselink.storage import as_csv, write_files

BEFORE = "protected_before"
"""A column of records: *own* or *shared* where the record's person was protected before."""

OWN, SHARED = "own", "shared"
_COLUMNS = (*KEY_COLUMNS, "origin")


def with_earlier(records: pd.DataFrame, earlier: pd.DataFrame) -> pd.DataFrame:
    """The records with what an earlier run knew: ``source, record_id`` of the protected, and ``origin`` (else *own*).

    >>> known = pd.DataFrame({"source": ["iva"], "record_id": ["7"]})
    >>> people = pd.DataFrame({"source": ["iva", "iva"], "record_id": ["7", "8"]})
    >>> with_earlier(people, known)["protected_before"].tolist()
    ['own', None]
    """
    check_table(earlier, KEY_COLUMNS, needed_by="who was protected before")
    origin = earlier["origin"] if "origin" in earlier else pd.Series(OWN, index=earlier.index)
    held = np.where(origin.astype(object) == SHARED, SHARED, OWN)
    keys = pd.MultiIndex.from_arrays([earlier[key].astype(object) for key in KEY_COLUMNS])
    known = pd.Series(held, index=keys).sort_values().groupby(level=[0, 1]).first()
    wanted = pd.MultiIndex.from_arrays([records[key].astype(object) for key in KEY_COLUMNS])
    found = known.reindex(wanted).to_numpy(dtype=object)
    before = records[BEFORE].to_numpy(dtype=object) if BEFORE in records else np.full(len(records), None, dtype=object)
    found = np.where(pd.isna(found) | (before == OWN), before, found)
    return records.assign(**{BEFORE: pd.Series(found, index=records.index, dtype=object)})


def held_before(records: pd.DataFrame, encoded: EncodedRecords, origin: str) -> npt.NDArray[np.bool_]:
    """By canonical position which records' persons were protected before in that way."""
    if BEFORE not in records:
        return np.zeros(len(encoded), np.bool_)
    return np.asarray(records[BEFORE].to_numpy(dtype=object)[encoded.row] == origin, np.bool_)


def read_register(path: str | Path) -> pd.DataFrame:
    """The register of a data owner: a CSV with ``source, record_id`` and ``origin``."""
    try:
        told = pd.read_csv(path, dtype="string", keep_default_na=False, encoding="utf-8-sig").astype(object)
        check_table(told, _COLUMNS, needed_by="the register of protection")
    except ColumnMissingError as error:
        raise InputError(f"is no register of protection: {error}", file=str(path)) from None
    except (ValueError, OSError) as error:  # what the parser says may quote a line
        raise InputError(f"cannot be read as a table ({type(error).__name__})", file=str(path)) from None
    return unguard_table(told[list(_COLUMNS)])


def write_register(path: str | Path, protection: Protection, earlier: pd.DataFrame | None = None) -> None:
    """Write who is protected, with all who were: nobody leaves the register but by the hand of its owner."""
    target, now = Path(path), protection.table()
    told = now.loc[(now["protected"] == "yes").to_numpy(bool), list(_COLUMNS)].astype(object)
    rows = told if earlier is None else pd.concat([earlier[list(_COLUMNS)].astype(object), told])
    kept = rows.sort_values(list(_COLUMNS)).drop_duplicates(list(KEY_COLUMNS)).reset_index(drop=True)
    write_files(target.parent, {target.name: as_csv(kept)})
