"""From the fields of a record type to the columns they go to: codes are replaced, parts joined, roles told by rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from caselink.layouts.layout import Field, MembershipRule, RecordLayout

_MONTH = re.compile(r"(?P<year>(?:19|20)\d\d)[-/]?(?P<month>0[1-9]|1[0-2])(?:[-/]\d\d)?")
_MONTH_FIRST = re.compile(r"(?P<month>0?[1-9]|1[0-2])/(?:\d\d?/)?(?P<year>(?:19|20)\d\d)")
_FACTS = ("role", "resides", "status")
_NONE = pa.scalar(None, pa.string())


def target_columns(
    table: pa.Table, record: RecordLayout, *, further: Sequence[Field] = ()
) -> dict[str, pa.ChunkedArray]:
    """Give the columns that the record type's fields go to, by name; ``further`` fields under their own names.

    >>> field = Field(name="SEX", start=1, length=1, standard="sex", recode={"1": "M"})
    >>> record = RecordLayout(name="T2", fields=(field,))
    >>> target_columns(pa.table({"SEX": ["1", "9", None]}), record)["sex"].to_pylist()
    ['M', '9', None]
    """
    groups: dict[str, dict[str, list[pa.ChunkedArray]]] = {}
    for one in record.fields:
        if one.standard or one.carry:
            group = "" if one.standard else (one.group or one.name)
            recoded = _recoded(table.column(one.name), one.recode)
            groups.setdefault(one.target, {}).setdefault(group, []).append(recoded)
    columns = {
        target: joined([joined(parts, " ") for parts in values.values()], "|") for target, values in groups.items()
    }
    columns |= _protection(table, record, columns)
    columns |= {one.name: table.column(one.name) for one in further if one.name in table.column_names}
    return columns | _facts(table, record.memberships, columns)


def _protection(
    table: pa.Table, record: RecordLayout, columns: Mapping[str, pa.ChunkedArray]
) -> dict[str, pa.ChunkedArray]:
    """``protected`` with what other fields say of it: a claim of good cause protects, whatever the flag says."""
    telling = [one for one in record.fields if one.protects]
    if not telling:
        return {}
    said = [pc.is_in(table.column(one.name), value_set=pa.array(one.protects)) for one in telling]
    protects = pa.chunked_array([np.logical_or.reduce([one.to_numpy() for one in said])])
    flag = columns.get("protected", pa.chunked_array([pa.nulls(table.num_rows, pa.string())]))
    return {"protected": pc.if_else(protects, "Y", flag)}


def joined(parts: Sequence[pa.ChunkedArray], separator: str) -> pa.ChunkedArray:
    """Join the parts of each row, those that are missing left out.

    >>> joined([pa.chunked_array([["A", None]]), pa.chunked_array([["B", "C"]])], "|").to_pylist()
    ['A|B', 'C']
    """
    whole, *others = parts
    for part in others:  # Arrow's own way to skip nulls loses the rows in which all parts are null
        whole = pc.coalesce(pc.binary_join_element_wise(whole, part, separator), whole, part)
    return whole


def clean_months(column: pa.ChunkedArray) -> tuple[pa.ChunkedArray, npt.NDArray[np.bool_]]:
    """Give months as ``YYYY-MM``, and which rows hold something else.

    >>> months, bad = clean_months(pa.chunked_array([["202607", "2026-08-31", "7/2026", "202613"]]))
    >>> months.to_pylist(), bad.tolist()
    (['2026-07', '2026-08', '2026-07', None], [False, False, False, True])
    """
    months = replaced(column, _month)
    bad: npt.NDArray[np.bool_] = pc.and_(pc.is_valid(column), pc.is_null(months)).to_numpy()
    return months, bad


def replaced(column: pa.ChunkedArray, change: Callable[[str], str | None]) -> pa.ChunkedArray:
    """Give the column with each distinct value changed."""
    chunks = column.dictionary_encode().unify_dictionaries().chunks
    if not chunks:
        return column
    values = pa.array([change(value) for value in chunks[0].dictionary.to_pylist()], pa.string())
    return pa.chunked_array([values.take(chunk.indices) for chunk in chunks], pa.string())


def _month(value: str) -> str | None:
    found = _MONTH.fullmatch(value) or _MONTH_FIRST.fullmatch(value)
    return f"{found['year']}-{int(found['month']):02d}" if found else None


def _recoded(column: pa.ChunkedArray, recode: Mapping[str, str]) -> pa.ChunkedArray:
    if not recode:
        return column
    changed = replaced(column, lambda value: recode.get(value, value)) if any(recode) else column
    changed = pc.if_else(pc.equal(changed, ""), _NONE, changed)
    return pc.fill_null(changed, recode[""]) if recode.get("") else changed


def _facts(
    table: pa.Table, rules: Sequence[MembershipRule], columns: Mapping[str, pa.ChunkedArray]
) -> dict[str, pa.ChunkedArray]:
    """Give role, resides and status as the first rule that fits has them, else as they stand in the file."""
    if not rules:
        return {}
    fitting = np.full(table.num_rows, len(rules), np.int64)
    for place in reversed(range(len(rules))):
        fitting[_fits(table, rules[place])] = place
    which, facts = pa.array(fitting), {}
    for name in _FACTS:
        told = pa.chunked_array([_values(getattr(rule, name) for rule in rules).take(which)])
        facts[name] = pc.coalesce(told, columns[name]) if name in columns else told
    return facts


def _values(values: Iterable[str]) -> pa.Array:
    """The rules' values, and missing for where none fits."""
    return pa.array([*(value or None for value in values), None], pa.string())


def _fits(table: pa.Table, rule: MembershipRule) -> npt.NDArray[np.bool_]:
    fits = np.ones(table.num_rows, bool)
    for name, values in rule.when.items():
        column = table.column(name)
        there = [value for value in values if value]
        found = [pc.fill_null(pc.equal(column, value), fill_value=False).to_numpy() for value in there]
        found += [pc.is_null(column).to_numpy()] if "" in values else []
        fits &= np.logical_or.reduce(found) if found else False
    return fits
