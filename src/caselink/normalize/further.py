"""What a record says besides its one name and number: sets of further ones, and values of another kind.

Sets are written with ``|`` between their values, sorted, each once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from caselink.normalize import names, ssn
from caselink.normalize.addresses import clean_zip4
from caselink.normalize.cleaning import Cleaning
from caselink.normalize.people import Columns, Raw
from caselink.normalize.tables import FULL_NAMES
from caselink.normalize.values import PLACEHOLDER, Cleaned, Column, Mask, Status, clean_column, nothing, parse_column


def clean_further(raw: Raw, columns: Columns, length: int, cleaning: Cleaning) -> Columns:
    """Clean the sets of ``raw``; give ``columns`` too where cleaning changes them."""
    found: Columns = {}
    for name, clean in _SETS.items():
        if name in raw:
            found[name] = clean_column(raw[name], partial(_each, clean=clean))
    for name in ("other_first_names", "other_last_names"):
        if name in columns and columns[name].present.any():
            found[name] = _united(found.get(name, nothing(length)), columns[name].values)
    if FULL_NAMES in raw:
        whole = parse_column(raw[FULL_NAMES], _full_names, ("first", "last", "status"))
        found[FULL_NAMES] = Column(pa.nulls(length, pa.string()), whole.status, pa.nulls(0, pa.string()))
        for name, part in (("other_first_names", "first"), ("other_last_names", "last")):
            found[name] = _united(found.get(name, nothing(length)), whole.texts[part])
    if "ssn" in columns:
        found |= _taxpayer_ids(raw, columns["ssn"], length)
        found["ssn"] = without_known_bad(columns["ssn"], raw, cleaning)
    if "zip" in columns or "zip4" in raw:
        found |= _zip4(raw, columns.get("zip"), length)
    if "sex" in columns and cleaning.default_sex and "role" in raw:
        found |= _default_sex(columns["sex"], raw["role"], cleaning)
    return found


def without_known_bad(column: Column, raw: Raw, cleaning: Cleaning) -> Column:
    """Refuse the numbers that are known not to be those of their record."""
    if not cleaning.known_bad_ssns:
        return column
    bad = {(str(record), ssn.clean_ssn(str(number)).value) for record, number in cleaning.known_bad_ssns}
    suspects = pc.is_in(column.values, pa.array(sorted({number for _, number in bad if number}), pa.string()))
    rows = np.flatnonzero(suspects.to_numpy(zero_copy_only=False))
    places = pa.array(rows)
    held = zip(raw["record_id"].take(places).to_pylist(), column.values.take(places).to_pylist(), strict=True)
    wrong = np.zeros(len(column.status), bool)
    wrong[rows] = [pair in bad for pair in held]
    return column.refused(wrong, "an SSN known not to be this person's")


def _each(value: str, clean: Callable[[str], str | None]) -> Cleaned:
    """Clean every value of a set."""
    kept = {cleaned for one in value.split("|") if one.strip() and (cleaned := clean(one))}
    return Cleaned("|".join(sorted(kept))) if kept else PLACEHOLDER


def _last_name(value: str) -> str | None:
    return names.parse_last_name(value).whole


_SETS: dict[str, Callable[[str], str | None]] = {
    "other_first_names": lambda value: names.parse_first_name(value).first,
    "other_last_names": _last_name,
    "other_ssns": lambda value: ssn.clean_ssn(value).value,
}


def _full_names(value: str) -> tuple[str | None, str | None, Status]:
    people = [names.parse_full_name(one) for one in value.split("|") if one.strip()]
    first = "|".join(sorted({one.first for one in people if one.first}))
    last = "|".join(sorted({one.last for one in people if one.last}))
    return first or None, last or None, Status.KEPT if first or last else Status.PLACEHOLDER


def united(*sets: pa.Array) -> pa.Array:
    """Unite the sets of each row.

    >>> united(pa.array(["A|B", None]), pa.array(["A|C", None])).to_pylist()
    ['A|B|C', None]
    """
    first, *others = sets
    for other in others:
        first = pc.coalesce(pc.binary_join_element_wise(first, other, "|"), first, other)
    distinct = first.dictionary_encode()
    values = ["|".join(sorted(set(value.split("|")) - {""})) or None for value in distinct.dictionary.to_pylist()]
    return pa.array(values, pa.string()).take(distinct.indices)


def _united(column: Column, more: pa.Array) -> Column:
    return replace(column, values=united(column.values, more))


def _taxpayer_ids(raw: Raw, numbers: Column, length: int) -> Columns:
    """Numbers for taxes that stood in the place of an SSN, under their own name."""
    given = clean_column(raw["taxpayer_id"], ssn.clean_taxpayer_id) if "taxpayer_id" in raw else nothing(length)
    there = numbers.status == Status.OTHER_KIND
    if not there.any():
        return {"taxpayer_id": given} if "taxpayer_id" in raw else {}
    moved = pc.if_else(pa.array(there), raw["ssn"].combine_chunks(), None)
    values = pc.coalesce(given.values, clean_column(moved, ssn.clean_taxpayer_id).values)
    return {"taxpayer_id": replace(given, values=values)}


def _zip4(raw: Raw, places: Column | None, length: int) -> Columns:
    """The four digits after a ZIP, from their own column or the end of the ZIP; none where there is no ZIP."""
    given = clean_column(raw["zip4"], clean_zip4) if "zip4" in raw else None
    if places is None:
        return {} if given is None else {"zip4": given}
    whole = pc.match_substring_regex(raw["zip"].combine_chunks(), _ZIP_PLUS_4)
    ends = None
    if pc.any(whole).as_py():
        ends = clean_column(pc.if_else(whole, raw["zip"].combine_chunks(), None), clean_zip4).values
    if given is None and ends is None:
        return {}
    column = nothing(length) if given is None else given
    if ends is not None:
        column = replace(column, values=pc.coalesce(column.values, ends))
    return {"zip4": column.blanked(~places.present)}


_ZIP_PLUS_4 = r"^\s*[0-9]{5}[-\s]*[0-9]{4}(?:\.0)?\s*$"


def _default_sex(sex: Column, role: pa.ChunkedArray, cleaning: Cleaning) -> Columns:
    """Move a sex that the program keys by default for the role."""
    roles = pa.array(list(cleaning.default_sex), pa.string())
    usual = pa.array(list(cleaning.default_sex.values()), pa.string())
    by_role = usual.take(pc.index_in(pc.utf8_trim_whitespace(role.combine_chunks()), roles))
    rows: Mask = pc.equal(sex.values, by_role).fill_null(fill_value=False).to_numpy(zero_copy_only=False)
    moved = pc.if_else(pa.array(rows), sex.values, None)
    return {"sex": sex.blanked(rows), "default_sex": replace(nothing(len(rows)), values=moved)}
