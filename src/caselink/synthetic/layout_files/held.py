"""What a program hands over month by month, under the standard names: all files of layouts are made of this."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from caselink.synthetic.county import County
from caselink.synthetic.draws import Ints, Mask
from caselink.synthetic.extracts import PROGRAM_FILES, ProgramFile

COUNTY_CODE = "037"
"""The county part of a federal place number; the county is nowhere."""

TWO_BOXES = {"house_no", "street"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOfLayout:
    """One file: its ``tables`` by record type, and for each record type of people who stands in its rows.

    ``truth`` has rows of ``County.truth``, one a row of the table (nothing for record types without people).
    ``findings`` are rows of the truth of findings that only this file shows, under :data:`FINDING_COLUMNS`.
    ``program`` is what the data are of (iv-a, iv-d, jobs, earnings), ``as_of`` the day they were handed over.
    """

    name: str
    layout: str
    file: str
    program: str
    as_of: str
    tables: dict[str, pd.DataFrame] = field(repr=False)
    truth: dict[str, Ints] = field(repr=False)
    findings: pd.DataFrame | None = field(default=None, repr=False)


def program_file(program: str) -> ProgramFile:
    """How the program writes its own extract."""
    return next(file for file in PROGRAM_FILES if file.name == program)


def held_by_month(county: County, program: str, months: Iterable[str]) -> pd.DataFrame:
    """A row for each record in each case and month, under the standard names, with what the roster says.

    ``month`` is written ``CCYYMM``, ``birth_date`` ``CCYYMMDD``, ``ssn`` nine digits; ``truth_row`` is the record's row
    of ``County.truth``. Rows are in order of month, case and record.
    """
    parts = [
        county.monthly_extract(program, month, roster=True).assign(month=month.replace("-", "")) for month in months
    ]
    held = standard(county, program, pd.concat(parts, ignore_index=True))
    return held.sort_values(["month", "case_id", "record_id"], kind="stable", ignore_index=True)


def standard(county: County, program: str, extract: pd.DataFrame) -> pd.DataFrame:
    """An extract under the standard names, with ``truth_row``."""
    file = program_file(program)
    names = {file.record_id: "record_id"}
    names |= {column: name for name, column in file.columns.items() if isinstance(column, str)}
    held = extract.drop(columns=list(TWO_BOXES)) if file.name == "iva" else extract
    held = held.rename(columns=names)
    if file.name == "iva":
        held["street"] = extract["house_no"] + " " + extract["street"]
    held["birth_date"] = _compact(held["birth_date"])
    held["ssn"] = held["ssn"].str.replace("-", "", regex=False)
    truth = county.truth
    mine = np.flatnonzero((truth["source"] == program).to_numpy(bool))
    held["truth_row"] = mine[places(held["record_id"], truth["record_id"].take(mine))]
    return held


def places(wanted: pd.Series, among: pd.Series) -> Ints:
    """The place of each value among others that are all different; -1 where it is not there.

    >>> places(pd.Series(["b", "x"]), pd.Series(["a", "b"])).tolist()
    [1, -1]
    """
    found = pc.index_in(pa.array(wanted, pa.string(), from_pandas=True), pa.array(among, pa.string(), from_pandas=True))
    return np.asarray(pc.fill_null(found, -1).to_numpy(zero_copy_only=False), np.int64)


def looked_up(wanted: pd.Series, table: pd.DataFrame, key: str, column: str) -> pd.Series:
    """The ``column`` of the row of ``table`` with each wanted key, missing where there is none."""
    place = places(wanted, table[key])
    values = table[column].take(np.maximum(place, 0)).set_axis(wanted.index)
    return values.where(pd.Series(place >= 0, index=wanted.index))


def quarters(county: County, last: int | None = None) -> list[list[str]]:
    """The months of each calendar quarter that ends within the county's months; the ``last`` ones of them.

    >>> from caselink.synthetic import draw_county
    >>> quarters(draw_county(50, months=4))
    [['2026-06'], ['2026-07', '2026-08', '2026-09']]
    """
    months = county.plan.calendar.text().tolist()
    whole: dict[str, list[str]] = {}
    for month in months:
        whole.setdefault(quarter_name(month), []).append(month)
    return list(whole.values())[-last if last else 0 :]


def quarter_name(month: str) -> str:
    """The calendar quarter of a month.

    >>> quarter_name("2026-09")
    '2026Q3'
    """
    return f"{month[:4]}Q{(int(month[5:7]) + 2) // 3}"


def last_day(month: str) -> str:
    """The last day of a month, as ``YYYY-MM-DD``.

    >>> last_day("2026-02")
    '2026-02-28'
    """
    return str((np.datetime64(month, "M") + 1).astype("datetime64[D]") - 1)


def compact_dates(dates: pd.Series) -> pd.Series:
    """``YYYY-MM-DD`` as ``CCYYMMDD``."""
    return dates.str.replace("-", "", regex=False)


def letters(names: pd.Series, width: int) -> pd.Series:
    """Names as federal files have them: plain capitals, blanks and hyphens, cut to the width of the field.

    >>> letters(pd.Series(["José-María O'Hara"], dtype="string"), 12).tolist()
    ['JOSE-MARIA O']
    """
    plain = names.astype("string").str.normalize("NFKD").str.upper()
    return plain.str.replace("[^A-Z -]", "", regex=True).str.slice(0, width).str.strip()


def holds(condition: Any) -> Mask:  # noqa: ANN401 - a column or array of truths, missing among them
    """Where it is so; not where it is not known."""
    return np.asarray(pd.Series(condition).fillna(value=False).to_numpy(bool))


def chosen(conditions: Sequence[Any], values: Sequence[str | None], default: str | None) -> pd.Series:
    """The value of the first condition that holds in each row, as text; each condition has an entry a row."""
    held = [holds(one) for one in conditions]
    places_of = np.select(held, list(range(len(held))), len(held))
    return pd.Series(pd.array(np.array([*values, default], dtype=object)[places_of], dtype="string"))


def _compact(dates: pd.Series) -> pd.Series:
    """Birth dates of any program as ``CCYYMMDD``: ``MM/DD/YYYY`` is turned about."""
    slashed = dates.str.contains("/", regex=False).fillna(value=False).to_numpy(bool)
    turned = dates.str.slice(6) + dates.str.slice(0, 2) + dates.str.slice(3, 5)
    return compact_dates(dates).where(~slashed, turned)
