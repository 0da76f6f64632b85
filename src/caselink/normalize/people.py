"""Fields that are read together: the parts of a name, the parts of a birth date, a street and its unit."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from caselink.normalize import dates, names
from caselink.normalize.addresses import clean_unit
from caselink.normalize.cleaning import Cleaning
from caselink.normalize.streets import parse_streets
from caselink.normalize.values import Cleaner, Column, Mask, Plain, Status, clean_column, nothing, parse_column

Raw = dict[str, pa.ChunkedArray]
Columns = dict[str, Column]

NAME_COLUMNS = ("first_name", "middle_name", "last_name", "suffix", "full_name")
DATE_COLUMNS = ("birth_date", "birth_year", "birth_month", "birth_day")


def clean_names(raw: Raw, length: int) -> tuple[Columns, Columns]:
    """Clean the columns of a name, each in the light of the others.

    The result has all of first_name, middle_name, last_name and suffix where ``raw`` has any column of a name, and
    full_name where ``raw`` has it; beside it the further names that were found.
    """
    first, in_first = _parsed(raw.get("first_name"), names.parse_first_name, names.FIRST_PLAIN, length)
    middle, in_middle = _parsed(raw.get("middle_name"), names.parse_middle_name, names.MIDDLE_PLAIN, length)
    last, in_last = _parsed(raw.get("last_name"), names.parse_last_name, names.LAST_PLAIN, length)
    full, in_full = _parsed(raw.get("full_name"), names.parse_full_name, None, length)
    wrong_order = ~first.present & _valid(in_last["first"])
    last = _keep_repair_only(last, in_last["whole"], wrong_order)
    both_in_first = ~last.present & _valid(in_first["last"])
    last = _filled(last, in_first["last"], both_in_first)
    first = _filled(first, in_first["whole"], both_in_first).marked(both_in_first, Status.REPAIRED)
    first = _filled(first, in_last["first"], wrong_order)
    middle = _filled(middle, in_last["middle"], wrong_order & ~middle.present)
    middle = _filled(middle, in_first["middle"], both_in_first & ~middle.present)
    whole = ~first.present & ~last.present
    first = _filled(first, in_full["first"], whole)
    middle = _filled(middle, in_full["middle"], whole & ~middle.present)
    last = _filled(last, in_full["last"], whole)
    suffix = nothing(length) if "suffix" not in raw else clean_column(raw["suffix"], names.clean_suffix)
    found = pc.coalesce(*(parts["suffix"] for parts in (in_last, in_middle, in_first)))
    suffix = _filled(suffix, found, ~suffix.present)
    suffix = _filled(suffix, in_full["suffix"], whole & ~suffix.present)
    first, last = _without_fillers(first, last)
    columns = {"first_name": first, "middle_name": middle, "last_name": last, "suffix": suffix}
    further = {"other_first_names": in_first["other"], "other_last_names": in_last["other"]}
    columns |= {"full_name": full} if "full_name" in raw else {}
    return columns, {name: _filled(nothing(length), other, _valid(other)) for name, other in further.items()}


def without_newborns(columns: Columns, born: pa.Array, as_of: str) -> Columns:
    """Blank first names such as BOY and BB where the child is under two at the date of the extract."""
    two_years_ago = f"{int(as_of[:4]) - 2:04d}{as_of[4:]}"
    young = pc.and_(
        pc.greater(born, two_years_ago), pc.is_in(columns["first_name"].values, _set_of(names.NEWBORN_UNDER_TWO))
    )
    rows = young.fill_null(fill_value=False).to_numpy(zero_copy_only=False)
    return columns | {"first_name": columns["first_name"].blanked(rows)}


def clean_dates(raw: Raw, length: int, latest: str | None, cleaning: Cleaning) -> Columns:
    """Clean the columns of a birth date; birth_date takes its parts from the other three where it has none."""
    pivot = cleaning.two_digit_pivot
    cleaners: dict[str, Cleaner] = {
        "birth_date": partial(dates.clean_birth_date, latest=latest, pivot=pivot),
        "birth_year": partial(dates.clean_year, latest=latest, pivot=pivot),
        "birth_month": dates.clean_month_of_birth,
        "birth_day": dates.clean_day_of_birth,
    }
    plain = dates.plain_dates(latest) if "birth_date" in raw else None
    columns = {
        name: clean_column(raw[name], clean, plain if name == "birth_date" else None)
        for name, clean in cleaners.items()
        if name in raw
    }
    if "birth_date" in raw and _day_first(columns["birth_date"], raw["birth_date"], cleaning):
        day_first = partial(dates.clean_birth_date, latest=latest, pivot=pivot, day_first=True)
        columns["birth_date"] = clean_column(raw["birth_date"], day_first, plain)
    parts = [name for name in DATE_COLUMNS[1:] if name in raw]
    if not parts:
        return columns
    joined = _joined_date(columns, length, latest)
    spoiled = (joined.status != Status.KEPT) & (joined.status != Status.MISSING)
    for name in parts:
        held = columns[name]
        for status in (Status.PLACEHOLDER, Status.REPAIRED):
            held = held.marked(spoiled & (joined.status == status) & held.present, status)
        columns[name] = held
    date = columns.get("birth_date", nothing(length))
    return columns | {"birth_date": _filled(date, joined.values, ~date.present)}


def _day_first(column: Column, raw: pa.ChunkedArray, cleaning: Cleaning) -> bool:
    """Whether the source writes the day before the month; looked for only where an order had to be concluded."""
    if cleaning.date_order != "found":
        return cleaning.date_order == "day first"
    if not (column.status == Status.REPAIRED).any():
        return False
    return dates.day_comes_first(pc.drop_null(raw).to_pylist())


def clean_street(raw: Raw, length: int) -> Columns:
    """Clean street and unit; a unit in the street goes to its own column, unless another stands there."""
    columns: Columns = {}
    if "unit" in raw:
        columns["unit"] = clean_column(raw["unit"], clean_unit)
    if "street" not in raw:
        return columns
    parts = parse_streets(raw["street"])
    unit = columns.get("unit", nothing(length))
    street = _column(parts.texts["street"], parts.status)
    return {"street": street, "unit": _filled(unit, parts.texts["unit"], ~unit.present)}


def _parsed(
    raw: pa.ChunkedArray | None, parse: names.Parser, plain: Plain | None, length: int
) -> tuple[Column, dict[str, pa.Array]]:
    """Take a name column apart: the column of its own part, and all parts."""
    if raw is None:
        empty = nothing(length)
        return empty, dict.fromkeys(names.NameParts._fields, empty.values)
    parts = parse_column(raw, parse, names.NameParts._fields, plain)
    return _column(parts.texts[plain.parts[0] if plain else "last"], parts.status), parts.texts


def _valid(values: pa.Array) -> Mask:
    mask: Mask = values.is_valid().to_numpy(zero_copy_only=False)
    return mask


def _column(values: pa.Array, status: npt.NDArray[np.uint8]) -> Column:
    """A column of which nothing is invalid."""
    return Column(values, status, pa.nulls(0, pa.string()))


def _keep_repair_only(last: Column, whole: pa.Array, wrong_order: Mask) -> Column:
    """Ignore the comma in a last name where the first name is known."""
    keep = (last.status == Status.REPAIRED) & ~wrong_order
    return replace(last.marked(keep, Status.KEPT), values=pc.if_else(pa.array(keep), whole, last.values))


def _filled(column: Column, values: pa.Array, rows: Mask) -> Column:
    """Put values into rows of a column; its status stays, as it speaks of the raw column."""
    return replace(column, values=pc.if_else(pa.array(rows), values, column.values)) if rows.any() else column


def _without_fillers(first: Column, last: Column) -> tuple[Column, Column]:
    """Blank what is a filler only in company: XX…, JOHN DOE, NONE NONE."""
    unknown = _starts_with_xx(first) | _starts_with_xx(last)
    first, last = first.blanked(unknown), last.blanked(unknown)
    weak_first = ~first.present | _is_in(first, names.WEAK_FILLERS | names.ANONYMOUS_LAST)
    weak_last = ~last.present | _is_in(last, names.WEAK_FILLERS)
    doe = _is_in(last, names.ANONYMOUS_LAST)
    nobody = (weak_first | _is_in(first, names.ANONYMOUS_FIRST)) & doe & _given(first)
    both = (weak_first & weak_last) | nobody
    return first.blanked(both), last.blanked(both)


def _given(first: Column) -> Mask:
    """Whether anything, if only a placeholder, stood in the first name."""
    given: Mask = first.present | (first.status == Status.PLACEHOLDER)
    return given


def _starts_with_xx(column: Column) -> Mask:
    mask: Mask = pc.starts_with(column.values, "XX").fill_null(fill_value=False).to_numpy(zero_copy_only=False)
    return mask


def _is_in(column: Column, values: frozenset[str]) -> Mask:
    mask: Mask = pc.is_in(column.values, _set_of(values)).to_numpy(zero_copy_only=False)
    return mask


def _set_of(values: frozenset[str]) -> pa.Array:
    return pa.array(sorted(values), pa.string())


def _joined_date(columns: Columns, length: int, latest: str | None) -> Column:
    """Give the birth date that the three parts make."""
    texts = []
    for name, width in (("birth_year", 4), ("birth_month", 2), ("birth_day", 2)):
        part = columns[name].values if name in columns else pa.nulls(length, pa.string())
        texts.append(part.fill_null("0" * width))
    joined = pc.binary_join_element_wise(*texts, "-")
    unknown = np.asarray(pc.equal(joined, "0000-00-00").to_numpy(zero_copy_only=False), bool)
    return clean_column(pc.if_else(pa.array(unknown), None, joined), partial(dates.clean_birth_date, latest=latest))
