"""Months: what the programs handed over month after month, put into one history of every record.

An agency gets an extract every month in which the same records return, some with other values. The history keeps which
values a record had from when to when, and in which case and role it stood; what is linked is one row a record, made
of all of it. A history is the set of what was said: months may be put in one by one, all at once, in any order, or
twice, and the same history comes out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from caselink.calendar_months import month_numbers
from caselink.errors import InputError
from caselink.fingerprints import fingerprints, starts_of
from caselink.layouts import Extract
from caselink.months.records import month_texts, one_row_each
from caselink.months.stretches import NO_MONTH, Months, Stretches, put_together
from caselink.normalize import Cleaning, normalize
from caselink.schema import FURTHER_COLUMNS, KEY_COLUMNS, MEMBERSHIP_COLUMNS, PERSON_COLUMNS, check_table
from caselink.storage import as_parquet, write_files
from caselink.text_columns import TEXT, arrow_table, to_pandas, to_text

_OF_A_CASE = tuple(column for column in MEMBERSHIP_COLUMNS[2:] if column != "month")
_MONTHS = ("first_month", "last_month")
_FILES = ("versions", "rosters")


@dataclass(frozen=True)
class History:
    """Every record over the months; made by :func:`stack_months`.

    ``versions``: one row for each stretch of months in which a record had the same values; ``rosters``: one row for
    each stretch in which it was in a case, in a role. Both have ``first_month`` and ``last_month`` (``YYYY-MM``,
    missing where no month is known).
    """

    versions: pd.DataFrame = field(repr=False)
    rosters: pd.DataFrame = field(repr=False)

    def __repr__(self) -> str:
        told = self.months
        months = told["month"].dropna()
        span = f", {months.min()} to {months.max()}" if len(months) else ""
        return f"History of {len(self.records):,} records of {told['source'].nunique()} sources{span}"

    @cached_property
    def records(self) -> pd.DataFrame:
        """One row a record, ready to be linked: what is known of it last.

        Of each column the latest value known (an address is taken whole from one month); ``case_id``, ``role`` and
        ``month`` are those of the last month; last names, first names and SSNs that the record had before stand in
        ``other_last_names``, ``other_first_names`` and ``other_ssns``. A yes in ``protected`` holds whatever a later
        month says, and a no only where the last month says it. ``first_seen`` is the first month of all.
        """
        return one_row_each(_stretches(self.versions), _stretches(self.memberships))

    @cached_property
    def memberships(self) -> pd.DataFrame:
        """The rosters as they are linked: what a record says of no month counts only where no month is known."""
        return _frame(_without_undated(_stretches(self.rosters)))

    @cached_property
    def months(self) -> pd.DataFrame:
        """How many records each source told of in each month: ``source, month, records``; a month may be missing."""
        parts = _stretches(self.versions)
        counts = np.maximum(parts.last - parts.first + 1, 0)
        row = np.repeat(np.arange(len(parts)), counts)
        month = parts.first[row] + np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
        keys = self.versions[list(KEY_COLUMNS)].iloc[row].reset_index(drop=True)
        keys = keys.assign(month=_text(month)).drop_duplicates()
        told: pd.DataFrame = keys.groupby(["source", "month"], dropna=False).size().rename("records").reset_index()
        return told

    def append(self, *tables: Any, cleaning: Cleaning | Mapping[str, Cleaning] | None = None) -> History:  # noqa: ANN401
        """This history with further months: ``stack_months(self, *tables)``."""
        return stack_months(self, *tables, cleaning=cleaning)

    def without(self, source: str, month: str) -> History:
        """This history without what ``source`` told of ``month``, so that a corrected extract can take its place."""
        number = int(month_numbers(pd.Series([month]))[0])
        if number < 0 or source not in set(self.versions["source"]):
            raise InputError("give the name of one of the sources, and a month as YYYY-MM")
        parts = [_cut(_stretches(table), source, number) for table in (self.versions, self.rosters)]
        return History(*(_frame(put_together([part], part.table.column_names)) for part in parts))

    def save(self, folder: str | Path) -> None:
        """Write ``versions.parquet`` and ``rosters.parquet`` into ``folder``; they hold the records' values."""
        write_files(folder, {f"{name}.parquet": as_parquet(getattr(self, name)) for name in _FILES})

    @classmethod
    def load(cls, folder: str | Path) -> History:
        """The history that :meth:`save` wrote."""
        from pyarrow import parquet

        tables = [parquet.read_table(Path(folder) / f"{name}.parquet") for name in _FILES]
        return cls(*(_frame(_stretches(to_pandas(table))) for table in tables))


def stack_months(
    *tables: Any,  # noqa: ANN401 - extracts, frames, histories
    memberships: pd.DataFrame | None = None,
    cleaning: Cleaning | Mapping[str, Cleaning] | None = None,
) -> History:
    """Put extracts of several months into one history.

    Each table is an extract as :func:`~caselink.read_source` and :func:`~caselink.read_extract` give it, which is
    normalized as ``cleaning`` says; a frame of normalized records; or a history. The month of a row is its own
    ``month``, of an extract without one that of its date (``as_of``). A frame may hold a record several times, in
    several months or cases, or tell stretches by ``first_month`` and ``last_month`` (without an end: until the last
    month of its table). ``memberships`` are rosters that were told beside the frames: a record that they name counts
    with them alone. What is said of a case without a month counts where no month is known.

    What a source told of one month in two ways is kept both ways; the row in which more is known counts first. Take
    the old one out with :meth:`History.without` where an extract was corrected.

    >>> march = pd.DataFrame({"source": "iva", "record_id": ["7"], "last_name": ["LEE"], "month": ["2026-03"]})
    >>> april = march.assign(last_name="OTT", month="2026-04")
    >>> history = stack_months(april, march)
    >>> history.records[["last_name", "other_last_names", "month", "first_seen"]].to_numpy().tolist()
    [['OTT', 'LEE', '2026-04', '2026-03']]
    """
    if not tables:
        raise InputError("there is nothing to put together; give extracts, records or a history")
    beside = [] if memberships is None else [_of_memberships(memberships)]
    parts = [_parts(table, cleaning, beside) for table in tables]
    versions, told = ([part[kind] for part in parts] for kind in (0, 1))
    told += beside
    return History(*(_frame(put_together(kind, _columns(kind))) for kind in (versions, told)))


def _parts(
    table: Any,  # noqa: ANN401 - as stack_months
    cleaning: Cleaning | Mapping[str, Cleaning] | None,
    beside: list[Stretches],
) -> tuple[Stretches, Stretches]:
    """The versions and the memberships of one table; of a frame not those of records that are told ``beside`` it."""
    if isinstance(table, History):
        return _stretches(table.versions), _stretches(table.rosters)
    if not isinstance(table, Extract):
        versions, own = _of_records(table)
        return versions, own.taken(~_named(own, beside[0])) if beside else own
    records = normalize(table, cleaning=cleaning)
    month = None if table.as_of is None else table.as_of[:7]
    if month is not None:
        records = records.assign(month=records["month"].fillna(month) if "month" in records else month)
    versions, own = _of_records(records)
    return versions, own if table.memberships is None else _of_memberships(_dated(table.memberships, month))


def _dated(told: pd.DataFrame, month: str | None) -> pd.DataFrame:
    """Memberships of an extract, with its month where they have none of their own, cleaned as records are."""
    cleaned = normalize(
        told[[name for name in (*KEY_COLUMNS, "case_id", "role", "month") if name in told]], repeats=True
    )
    told = told.assign(**{name: cleaned[name].to_numpy() for name in ("case_id", "role") if name in cleaned})
    if month is not None and "first_month" not in told:
        told = told.assign(month=cleaned["month"].fillna(month).to_numpy() if "month" in cleaned else month)
    return told


def _named(told: Stretches, others: Stretches) -> npt.NDArray[np.bool_]:
    """Rows whose record stands among the others."""
    keys = [pd.MultiIndex.from_frame(to_pandas(one.table.select(list(KEY_COLUMNS)))) for one in (told, others)]
    return np.asarray(keys[0].isin(keys[1]), np.bool_)


def _without_undated(told: Stretches) -> Stretches:
    """Memberships without those of no month of records that have others."""
    keys = fingerprints([told.table.column(name) for name in KEY_COLUMNS])
    record = np.cumsum(starts_of(keys)) - 1
    dated = np.bincount(record[told.last >= 0], minlength=len(told)) > 0
    return told.taken((told.last >= 0) | ~dated[record])


def _of_records(records: pd.DataFrame) -> tuple[Stretches, Stretches]:
    check_table(records, KEY_COLUMNS, needed_by="putting months together")
    if "first_seen" in records:
        raise InputError("these are the records of a history; give the history itself", field="first_seen")
    columns = [name for name in records.columns if name not in (*_OF_A_CASE, "month", *_MONTHS, "shared_ssn")]
    versions = _read(records, columns)
    if "case_id" not in records:
        return versions, versions.taken(np.zeros(0, np.int64)).with_columns([*KEY_COLUMNS, *_OF_A_CASE])
    in_case = records[records["case_id"].notna()]
    return versions, _of_memberships(in_case[[name for name in in_case if name not in columns or name in KEY_COLUMNS]])


def _of_memberships(told: pd.DataFrame) -> Stretches:
    check_table(told, [*KEY_COLUMNS, "case_id"], needed_by="putting months together")
    return _read(told, [name for name in told.columns if name not in ("month", *_MONTHS, "shared_ssn")])


def _read(frame: pd.DataFrame, columns: Sequence[str]) -> Stretches:
    """Columns of a frame as text, with the months of each row."""
    table = arrow_table(frame, columns)
    texts = pa.table({name: to_text(table.column(name), name) for name in columns})
    missing = [name for name in KEY_COLUMNS if texts.column(name).null_count]
    if missing:
        raise InputError(f"missing in {texts.column(missing[0]).null_count} row(s)", field=missing[0])
    first = "first_month" if "first_month" in frame else "month"
    last = "last_month" if "last_month" in frame else first
    begin, end = (_months(frame[name]) if name in frame else np.full(len(frame), NO_MONTH) for name in (first, last))
    latest = max(begin.max(initial=NO_MONTH), end.max(initial=NO_MONTH))
    still = (end == NO_MONTH) & (begin != NO_MONTH)  # who came and has no end is there to the last month of the table
    end = np.where(still, latest, end)
    begin = np.where(begin == NO_MONTH, end, begin)
    return Stretches(texts, begin, end)


def _stretches(frame: pd.DataFrame) -> Stretches:
    return _read(frame, [name for name in frame.columns if name not in _MONTHS])


def _months(texts: pd.Series[Any]) -> Months:
    numbers = month_numbers(texts)
    return np.where(numbers < 0, NO_MONTH, numbers)


def _columns(parts: Sequence[Stretches]) -> list[str]:
    """All columns of the parts in one order: those with standard names, then the others by name."""
    held = {name for part in parts for name in part.table.column_names}
    named = (*KEY_COLUMNS, *PERSON_COLUMNS, "protected", *FURTHER_COLUMNS, *_OF_A_CASE)
    ordered = [name for name in named if name in held]
    return [*ordered, *sorted(held - set(ordered))]


def _cut(parts: Stretches, source: str, month: int) -> Stretches:
    """The stretches with one month of one source taken out of them."""
    hit = (np.asarray(parts.table.column("source").to_pylist(), object) == source) & (parts.first <= month)
    hit &= parts.last >= month
    whole, cut = parts.taken(~hit), parts.taken(hit)
    before = Stretches(cut.table, cut.first, np.full(len(cut), month - 1))
    after = Stretches(cut.table, np.full(len(cut), month + 1), cut.last)
    kept = [whole, *(part.taken(part.first <= part.last) for part in (before, after))]
    return put_together(kept, parts.table.column_names)


def _frame(parts: Stretches) -> pd.DataFrame:
    frame = to_pandas(parts.table)
    for place, (name, months) in enumerate(zip(_MONTHS, (parts.first, parts.last), strict=True)):
        frame.insert(len(KEY_COLUMNS) + place, name, _text(months))
    return frame


def _text(months: Months) -> pd.Series[Any]:
    return pd.Series(month_texts(months), dtype=TEXT)
