"""What stands out in normalized records: values that are there and say less than they seem to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from caselink.normalize.crowds import count_people_at_address
from caselink.normalize.series import series_by_source
from caselink.schema import check_table
from caselink.text_columns import arrow_table

CROWD = 10
"""People at one address who are more than a family."""

PATTERN_COLUMNS = ("source", "column", "pattern", "records", "share", "by_chance", "values")
_DAYS = (("January 1", "01-01", 365.25), ("first of a month", "01", 30.44), ("fifteenth of a month", "15", 30.44))


def patterns(records: pd.DataFrame) -> pd.DataFrame:
    """Count, per source, the values of normalized records that are weaker than they look; never shows one.

    ``records`` have the pattern, ``share`` of those with a value in the column; ``by_chance`` is the share that
    would come about by itself, where that is known, and ``values`` how many different ones there are. Patterns:

    - ``ssn`` *of unrelated people* or *made up by an agency*, in sequence or in one area;
    - ``birth_date`` on January 1, the first or the fifteenth of a month, where the day was not known, perhaps: listed
      where there are more of them than chance brings, by three standard deviations;
    - ``street`` shared by ten people and more;
    - names that fill their field to its last character.

    >>> born = pd.DataFrame({"source": "iva", "record_id": ["1", "2"], "birth_date": ["1990-01-01", "1985-03-05"]})
    >>> patterns(born)[["column", "pattern", "records", "share"]].head(1).to_numpy().tolist()
    [['birth_date', 'January 1', 1, 0.5]]
    """
    check_table(records, ["source"], needed_by="patterns")
    found = [*_numbers(records), *_days(records), *_addresses(records), *_names(records)]
    code, sources = pd.factorize(records["source"])
    counted = [one.count(code, len(sources)) for one in found]
    rows = [
        _row(one, records, (str(source), code == k), (int(seen[k]), int(among[k])))
        for k, source in enumerate(sources)
        for one, (seen, among) in zip(found, counted, strict=True)
        if one.stands_out(int(seen[k]), int(among[k]))
    ]
    frame = pd.DataFrame(rows, columns=list(PATTERN_COLUMNS))
    return frame.astype({"records": "int64", "share": "float64", "by_chance": "float64", "values": "Int64"})


Marks: TypeAlias = "pd.Series[bool]"
Mask: TypeAlias = npt.NDArray[np.bool_]
Codes: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True)
class _Pattern:
    """Which records show a pattern in a column, ``among`` those that could."""

    column: str
    name: str
    rows: Marks
    among: Marks
    by_chance: float | None = None
    counts_values: bool = True

    def count(self, code: Codes, n_sources: int) -> tuple[Codes, Codes]:
        """How many records of each source show it, and how many could."""
        counts = (np.bincount(code[one.to_numpy(bool)], minlength=n_sources) for one in (self.rows, self.among))
        return next(counts), next(counts)

    def stands_out(self, seen: int, among: int) -> bool:
        """Whether a record shows it and, where chance brings some, clearly more records than chance would."""
        expected = (self.by_chance or 0.0) * among
        return bool(seen > expected + 3 * np.sqrt(expected))


def _row(one: _Pattern, records: pd.DataFrame, source: tuple[str, Mask], counts: tuple[int, int]) -> tuple[object, ...]:
    """The row of a pattern in a source: its name and which records it has; those that show it and those that could."""
    seen, among = counts
    values = None
    if one.counts_values:
        values = int(records.loc[one.rows.to_numpy(bool) & source[1], one.column].nunique())
    return source[0], one.column, one.name, seen, seen / max(among, 1), one.by_chance, values


def _numbers(records: pd.DataFrame) -> Iterator[_Pattern]:
    if "shared_ssn" not in records:
        return
    table = arrow_table(records, ["source", "ssn"])
    told, rest = records["ssn"].notna(), records["shared_ssn"].notna()
    for source, found in series_by_source(table.column("ssn").combine_chunks(), table.column("source")).items():
        for one in found:
            rows = records["ssn"].isin({f"{number:09d}" for number in one.numbers.tolist()})
            rest &= ~rows
            where = "in sequence" if one.area is None else f"in the area {one.area}"
            yield _Pattern("ssn", f"made up by an agency, {where}", rows & (records["source"] == source), told)
    yield _Pattern("ssn", "of unrelated people", rest, told)


def _days(records: pd.DataFrame) -> Iterator[_Pattern]:
    if "birth_date" not in records:
        return
    dates = arrow_table(records, ["birth_date"]).column("birth_date")
    whole = pc.invert(pc.match_substring_regex(dates, "-00|^0000"))
    told = _marks(whole, records)
    for name, ending, days in _DAYS:
        rows = _marks(pc.and_(pc.ends_with(dates, f"-{ending}"), whole), records)
        yield _Pattern("birth_date", name, rows, told, by_chance=1 / days, counts_values=False)


def _addresses(records: pd.DataFrame) -> Iterator[_Pattern]:
    if "street" in records:
        crowded = count_people_at_address(records) >= CROWD
        yield _Pattern("street", f"shared by {CROWD} people and more", crowded, records["street"].notna())


def _names(records: pd.DataFrame) -> Iterator[_Pattern]:
    for name in ("first_name", "last_name"):
        if f"cut_{name}" in records:
            yield _Pattern(name, "fills its field", records[f"cut_{name}"].notna(), records[name].notna())


def _marks(found: pa.ChunkedArray, records: pd.DataFrame) -> Marks:
    known = pc.fill_null(found, fill_value=False).to_numpy()
    return pd.Series(np.asarray(known, bool), index=records.index)
