"""Months as numbers: ``YYYY-MM`` counted from year 0, and what is no month of any roster."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.encoding import Column, encode_column

Ints = npt.NDArray[np.int64]
YEARS = range(1800, 2099)
"""Years that rosters are of. Files write 2099-12 and 9999-12 for an end that is not known, and 0001-01 for a beginning:
taken as months, they would be thousands of months of everybody."""
_MONTH_LENGTH = len("2026-01")


def month_number(text: str) -> int:
    """The month of a text that begins with ``YYYY-MM``; -1 where it is none, or not one of :data:`YEARS`.

    >>> [month_number(text) for text in ("2026-01", "2025-12-31", "2026-13", "9999-12", "January")]
    [24312, 24311, -1, -1, -1]
    """
    year, month = text[:4], text[5:_MONTH_LENGTH]
    return int(year) * 12 + int(month) - 1 if _is_month(text) and int(year) in YEARS else -1


def month_numbers(texts: pd.Series[Any]) -> Ints:
    """The month of each text, -1 where there is none.

    >>> month_numbers(pd.Series(["2026-01", None, "2026-13", "2025-12-31"])).tolist()
    [24312, -1, -1, 24311]
    """
    return numbers_of(encode_column(texts, "month"))


def numbers_of(column: Column) -> Ints:
    """The same for a column whose texts have codes already."""
    texts = column.values.to_pylist()  # noqa: PD011  (a Column)
    return np.array([*map(month_number, texts), -1], np.int64)[column.codes]


def unreadable_months(texts: pd.Series[Any]) -> npt.NDArray[np.bool_]:
    """Where something stands that is not written as a month (a year beyond all rosters is).

    >>> unreadable_months(pd.Series(["2026-01", None, "9999-12-31", "January"])).tolist()
    [False, False, False, True]
    """
    column = encode_column(texts, "month")
    odd = [not _is_month(text) for text in column.values.to_pylist()]  # noqa: PD011  (a Column)
    return np.array([*odd, False], np.bool_)[column.codes]


def with_ends(memberships: pd.DataFrame, until: str | None = None) -> pd.DataFrame:
    """Give memberships that go on with an end: ``until`` (a month or date), else the last month known of their source.

    Files leave the end of what goes on blank, or write 9999-12. A table without ``first_month`` and ``last_month``
    stays as it is, and so does what is not written as a month.

    >>> told = pd.DataFrame({"source": "iva", "first_month": ["2026-01", "2026-03"], "last_month": ["2026-04", None]})
    >>> with_ends(told)["last_month"].tolist(), with_ends(told, "2026-09-30")["last_month"].tolist()
    (['2026-04', '2026-04'], ['2026-04', '2026-09'])
    """
    if not {"first_month", "last_month"} <= set(memberships):
        return memberships
    ends = encode_column(memberships["last_month"], "last_month")
    told = [_is_ongoing(text) for text in ends.values.to_pylist()]  # noqa: PD011  (a Column)
    ongoing = np.array([*told, True], np.bool_)[ends.codes]
    if not ongoing.any():
        return memberships
    first, last = month_numbers(memberships["first_month"]), numbers_of(ends)
    end = np.maximum(_latest(memberships, np.maximum(first, last), until), first)
    months, place = np.unique(end, return_inverse=True)
    texts = np.array([f"{month // 12:04d}-{month % 12 + 1:02d}" for month in months.tolist()], dtype=object)[place]
    known = pd.Series(texts, index=memberships.index, dtype="string").where(pd.Series(first >= 0, memberships.index))
    return memberships.assign(last_month=memberships["last_month"].astype("string").mask(ongoing, known))


def _latest(memberships: pd.DataFrame, months: Ints, until: str | None) -> Ints:
    """Of each row the last month that is known of its source."""
    if until is not None:
        return np.full(len(months), month_number(until), np.int64)
    source = pd.factorize(memberships["source"])[0] + 1
    latest = np.full(int(source.max(initial=0)) + 1, -1, np.int64)
    np.maximum.at(latest, source, months)
    return latest[source]


def _is_ongoing(text: str) -> bool:
    return not text.strip() or (_is_month(text) and int(text[:4]) not in YEARS)


def _is_month(text: str) -> bool:
    year, month = text[:4], text[5:_MONTH_LENGTH]
    ascii_digits = (year + month).isascii() and year.isdecimal() and month.isdecimal()
    return ascii_digits and len(text) >= _MONTH_LENGTH and text[4] == "-" and 1 <= int(month) <= 12
