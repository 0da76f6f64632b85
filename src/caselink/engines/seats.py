"""Seats: which record stood in which case, when, and as what; from a table of memberships or from the records' columns.

A membership lasts from month to month. A case is seen at the months at which nobody who is there has yet to leave
before somebody else comes: so any two who were there together share such a *roster*, and those who were not share
none. A record that the table does not name counts with its own case, role and month.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from caselink.calendar_months import month_number, month_numbers, unreadable_months
from caselink.encoding import Column, EncodedRecords, encode_column, number_values, text_buffers, to_arrow
from caselink.errors import CaselinkWarning
from caselink.schema import KEY_COLUMNS, check_table

Ints = npt.NDArray[np.int64]

_SPREAD = 0x9E3779B97F4A7C15  # 2**64 / golden ratio
_OTHER_TIMES = 1_000_000  # a month that is not written as one is a time of its own
_NOTICES = (
    ("memberships_of_no_record", "name a record that is not there"),
    ("memberships_without_case", "name no case"),
    ("memberships_backwards", "have months that run backwards"),
    ("memberships_of_no_month", "have a month that is not written as YYYY-MM"),
)


@dataclass(frozen=True, slots=True)
class Seats:
    """One row a record and roster: ``record``, ``roster``, and whether its month is known (``dated``).

    ``case`` is the case of each roster. Of each record the last ``role`` and the last ``year`` (0 unknown).
    ``notices`` counts the memberships of a table that were used, and those that could not be.
    """

    record: Ints = field(repr=False)
    roster: Ints = field(repr=False)
    dated: npt.NDArray[np.bool_] = field(repr=False)
    case: Ints = field(repr=False)
    role: Column | None = field(repr=False)
    year: Ints = field(repr=False)
    notices: dict[str, int]

    @classmethod
    def of(cls, records: EncodedRecords, memberships: pd.DataFrame | None = None) -> Self:
        """From the records' ``case_id``, ``role`` and ``month``, or for those whom the table names from the table.

        ``memberships``: ``source, record_id, case_id``; if there: ``role``, and ``month`` or ``first_month`` and
        ``last_month`` (missing, or of a year such as 9999: until the last month of the table). A
        :class:`CaselinkWarning` says what could not be used.
        """
        own = _own_stays(records)
        if memberships is None:
            return cls._seated(records, own, {})
        told, notices = _told_stays(records, memberships)
        _warn_of(notices, len(memberships))
        named = np.zeros(len(records), np.bool_)
        named[told["record"]] = True
        stays = pd.concat([told, own[~named[own["record"].to_numpy()]]], ignore_index=True)
        return cls._seated(records, stays, notices)

    @classmethod
    def _seated(cls, records: EncodedRecords, stays: pd.DataFrame, notices: dict[str, int]) -> Self:
        record, first, last = (stays[name].to_numpy(np.int64) for name in ("record", "first", "last"))
        case = np.unique(stays["case"].to_numpy(np.int64), return_inverse=True)[1].astype(np.int64)
        row, roster, point = cut_stays(case, first, last)
        case_of = np.zeros(int(roster.max(initial=-1)) + 1, np.int64)
        case_of[roster] = case[row]
        role, year = _last_told(records, stays)
        return cls(record[row], roster, point >= 0, case_of, role, year, notices)


def cut_stays(case: Ints, first: Ints, last: Ints) -> tuple[Ints, Ints, Ints]:
    """The rosters of stays, each from ``first`` to ``last`` in a case: two share one when they share a month.

    Gives rows of (stay, roster, the roster's month). There are no more rosters than stays.

    >>> stay, roster, month = cut_stays(np.array([0, 0, 0]), np.array([1, 2, 5]), np.array([3, 9, 6]))
    >>> [stay[roster == r].tolist() for r in range(2)], np.unique(month).tolist()
    ([[0, 1], [1, 2]], [3, 6])
    """
    low = int(first.min(initial=0))
    span = int(last.max(initial=0)) - low + 2
    begin, end = case * span + first - low + 1, case * span + last - low + 1
    ends, starts = np.unique(end), np.sort(begin)
    before = np.maximum(np.append(0, ends[:-1]), ends // span * span)  # the end before this one in the same case
    points = ends[np.searchsorted(starts, ends, side="right") > np.searchsorted(starts, before, side="right")]
    left, right = np.searchsorted(points, begin), np.searchsorted(points, end, side="right")
    n = right - left
    roster = np.repeat(left - np.cumsum(n) + n, n) + np.arange(n.sum())
    return np.repeat(np.arange(len(case)), n), roster, points[roster] % span + low - 1


def _own_stays(records: EncodedRecords) -> pd.DataFrame:
    """One row for each record that has a case of its own."""
    column, month = records.columns.get("case_id"), records.columns.get("month")
    if column is None:
        return pd.DataFrame({name: np.zeros(0, np.int64) for name in ("record", "case", "first", "last")})
    record = np.flatnonzero(column.codes >= 0)
    case = _number_cases(column, column.codes[record], records.source[record])
    time = _times(month)[record] if month is not None else np.full(len(record), -1, np.int64)
    return pd.DataFrame({"record": record, "case": case, "first": time, "last": time})


def _number_cases(column: Column, codes: npt.NDArray[np.int32], source: npt.NDArray[np.int32]) -> Ints:
    """A number for each source's case by what its id reads, so that it does not depend on the order of rows."""
    from caselink.encoding_kernels import hash_texts

    texts = column.values  # noqa: PD011  (a Column)
    hashes = hash_texts(*text_buffers(texts), np.zeros(len(texts), np.uint64))
    mixed = hashes[codes] ^ (source.astype(np.uint64) * np.uint64(_SPREAD))
    return np.asarray(mixed >> np.uint64(2), np.int64)


def _times(month: Column) -> Ints:
    """Months as numbers; what is not written as a month is a time of its own, and -1 is none."""
    texts = month.values.to_pylist()  # noqa: PD011  (a Column)
    times = [month_number(text) for text in texts]
    own = [_OTHER_TIMES + place if time < 0 else time for place, time in enumerate(times)]
    return np.array([*own, -1], np.int64)[month.codes]


def _told_stays(records: EncodedRecords, memberships: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, int]]:
    """The memberships that can be used, and how many cannot."""
    check_table(memberships, [*KEY_COLUMNS, "case_id"], needed_by="memberships")
    record = records.positions(memberships["source"], memberships["record_id"])
    case = encode_column(memberships["case_id"], "case_id")
    first, last = _months(memberships)
    there, in_case, forwards = record >= 0, case.codes >= 0, first <= last
    used = there & in_case & forwards
    unread = np.zeros(len(memberships), np.bool_)
    for name in {"month", "first_month", "last_month"} & set(memberships.columns):
        unread |= unreadable_months(memberships[name])
    odd = [int(rows.sum()) for rows in (~there, there & ~in_case, there & in_case & ~forwards, used & unread)]
    number = _number_cases(case, case.codes[used], records.source[record[used]])
    stays = pd.DataFrame({"record": record[used], "case": number, "first": first[used], "last": last[used]})
    if "role" in memberships:
        stays["role"] = np.array(to_arrow(memberships["role"], "role").to_pylist(), dtype=object)[used]
    return stays, {"memberships": int(used.sum())} | {name: n for (name, _), n in zip(_NOTICES, odd, strict=True)}


def _months(memberships: pd.DataFrame) -> tuple[Ints, Ints]:
    """First and last months; one that lacks is as the other, but a stay that began and has no end still goes on."""
    first = "first_month" if "first_month" in memberships else "month"
    last = "last_month" if "last_month" in memberships else first
    nothing = np.full(len(memberships), -1, np.int64)
    begin, end = (month_numbers(memberships[name]) if name in memberships else nothing for name in (first, last))
    latest = int(max(begin.max(initial=-1), end.max(initial=-1)))
    end = np.where((end < 0) & (begin >= 0), latest, end)
    return np.where(begin < 0, end, begin), end


def _last_told(records: EncodedRecords, stays: pd.DataFrame) -> tuple[Column | None, Ints]:
    """Each record's role and year as the last of its stays has them, or else its own."""
    role, month = records.columns.get("role"), records.columns.get("month")
    year = np.zeros(len(records), np.int64) if month is None else _years(_times(month))
    if "role" not in stays and not stays["first"].lt(stays["last"]).any():
        return role, year
    rows = stays[stays["first"] >= 0].sort_values(["record", "last", "first"]).drop_duplicates("record", keep="last")
    year[rows["record"]] = _years(rows["last"].to_numpy(np.int64))
    return (_roles_told(records, stays) if "role" in stays else role), year


def _roles_told(records: EncodedRecords, stays: pd.DataFrame) -> Column:
    own = records.columns.get("role")
    texts: npt.NDArray[Any] = np.full(len(records), None, dtype=object)
    if own is not None:
        texts[:] = np.array([*own.values.to_pylist(), None], dtype=object)[own.codes]  # noqa: PD011  (a Column)
    rows = stays[stays["role"].notna()].sort_values(["record", "last", "first", "role"])
    rows = rows.drop_duplicates("record", keep="last")
    texts[rows["record"]] = rows["role"].to_numpy(dtype=object)
    return number_values(pa.array(texts, pa.large_string()))


def _years(times: Ints) -> Ints:
    return np.where((times >= 0) & (times < _OTHER_TIMES), times // 12, 0)


def _warn_of(notices: dict[str, int], n_rows: int) -> None:
    told = "; ".join(f"{notices[name]:,} {text}" for name, text in _NOTICES if notices[name])
    if told:
        msg = f"of {n_rows:,} memberships not all can be used as they are: {told}"
        warnings.warn(msg, CaselinkWarning, stacklevel=5)
