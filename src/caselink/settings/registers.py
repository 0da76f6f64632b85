"""What sources tell that only findings read: registers of deaths and stays in jail, employers' reports, kin.

A register is linked like any other source, and what it tells of each entry becomes a table beside the records; so does
what an employer reports of the person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from caselink.layouts import Extract, written_date
from caselink.schema import KEY_COLUMNS, REJECT_COLUMNS
from caselink.settings.source import REPORTED, SourceSettings


def take_registers(
    extracts: Sequence[Extract], sources: Sequence[SourceSettings]
) -> tuple[list[Extract], dict[str, pd.DataFrame]]:
    """The extracts without what only findings read, and this as the tables of registers and ``reports``, if any.

    Stays are told by the months at whose end somebody was in jail, short ones by their month; one that goes on has no
    ``last_month``. A date that cannot be read is a reject, and the entry tells nothing.
    """
    left: list[Extract] = []
    tables: dict[str, list[pd.DataFrame]] = {}
    for extract, source in zip(extracts, sources, strict=True):
        if source.register is None:
            kept, reports = _take_reports(extract, source.evidence)
            left.append(kept)
            if reports is not None:
                tables.setdefault("reports", []).append(reports)
            continue
        raw = extract.records[list(source.evidence.values())].set_axis(list(source.evidence), axis=1)
        months = raw.apply(_months)
        unread = raw.notna() & months.isna()
        readable = ~unread.any(axis=1).to_numpy(bool)
        keys = extract.records.loc[readable, list(KEY_COLUMNS)].reset_index(drop=True)
        told = _KINDS[source.register](keys, months[readable].reset_index(drop=True))
        tables.setdefault(source.register, []).append(told)
        bad = [_rejects(extract, column, unread[name]) for name, column in source.evidence.items()]
        records = extract.records.drop(columns=list(source.evidence.values()))
        found = pd.concat([one for one in (extract.rejects, *bad) if len(one)] or [extract.rejects], ignore_index=True)
        left.append(replace(extract, records=records, rejects=found))
    return left, {name: pd.concat(parts, ignore_index=True) for name, parts in tables.items()}


def _take_reports(extract: Extract, evidence: Mapping[str, str]) -> tuple[Extract, pd.DataFrame | None]:
    """The extract with kin and absence under our names, and what it tells of employers' reports."""
    if not evidence:
        return extract, None
    names = {column: name for name, column in evidence.items()}
    told = extract.records[list(names)].rename(columns=names)
    kept = told[[name for name in told if name not in REPORTED]]
    records = extract.records.drop(columns=list(names)).join(kept)
    reported = told[[name for name in REPORTED if name in told]]
    if not len(reported.columns):
        return replace(extract, records=records), None
    if "report_kind" not in reported:  # a file of one kind: of hires, where there are no amounts
        reported = reported.assign(report_kind="wages" if "report_amount" in reported else "new hire")
    reported = reported.rename(columns=lambda name: name.removeprefix("report_"))
    keys = extract.records[list(KEY_COLUMNS)]
    return replace(extract, records=records), keys.join(reported).reset_index(drop=True)


def _months(texts: pd.Series[Any]) -> pd.Series[Any]:
    """Dates as months since year 0, missing where there is none or it cannot be read."""
    read = {text: _month(text) for text in texts.dropna().unique()}
    return texts.map(read).astype("Float64").astype("Int64")


def _month(text: str) -> float:
    day = written_date(text)
    return np.nan if day is None else int(day[:4]) * 12 + int(day[5:7]) - 1


def _text(months: pd.Series[Any]) -> pd.Series[Any]:
    """Months as ``YYYY-MM``."""
    texts = [None if pd.isna(one) else f"{int(one) // 12:04d}-{int(one) % 12 + 1:02d}" for one in months]
    return pd.Series(texts, index=months.index, dtype=object)


def _deaths(keys: pd.DataFrame, months: pd.DataFrame) -> pd.DataFrame:
    return keys.assign(month=_text(months["death_date"])).dropna(subset="month").reset_index(drop=True)


def _confinements(keys: pd.DataFrame, months: pd.DataFrame) -> pd.DataFrame:
    first, out = (months[name].astype("float64") for name in ("admitted", "released"))  # of no rows Arrow makes texts
    last = (out - 1).mask(out <= first, first)
    table = keys.assign(first_month=_text(first), last_month=_text(last))
    return table.dropna(subset="first_month").reset_index(drop=True)


def _elsewhere(keys: pd.DataFrame, months: pd.DataFrame) -> pd.DataFrame:
    table = keys.assign(program="iv-a", first_month=_text(months["began"]), last_month=_text(months["ended"]))
    return table.dropna(subset="first_month").reset_index(drop=True)


_KINDS = {"deaths": _deaths, "confinements": _confinements, "elsewhere": _elsewhere}


def _rejects(extract: Extract, column: str, unread: pd.Series[bool]) -> pd.DataFrame:
    lines = extract.records.index[unread.to_numpy(bool)].to_numpy(np.int64)
    told = (extract.name, extract.path, 0, column, "is not a date or month", False)
    return pd.DataFrame([told] * len(lines), columns=list(REJECT_COLUMNS)).assign(line=lines)
