"""From people as they are to people as a program has them: every field keyed, with the slips of that program."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from caselink.synthetic.draws import Ints, Mask, Streams
from caselink.synthetic.history import History
from caselink.synthetic.keying.address_slips import address_fields, key_addresses
from caselink.synthetic.keying.fact_slips import (
    DATE_COLUMNS,
    PLACEHOLDER_SSNS,
    PLACEHOLDER_YEAR,
    key_birth_dates,
    key_sex,
    key_ssns,
)
from caselink.synthetic.keying.name_slips import key_names
from caselink.synthetic.keying.odds import Odds
from caselink.synthetic.keying.rates import ErrorRates
from caselink.synthetic.keying.sheet import Sheet
from caselink.synthetic.keying.told import (
    ADDRESS_COLUMNS,
    FACT_COLUMNS,
    MAILING_COLUMNS,
    NAME_COLUMNS,
    NO_SSN,
    Told,
    told_of_history,
    told_of_population,
)
from caselink.synthetic.people.population import Population
from caselink.synthetic.programs.caseload import Caseload

__all__ = ["NO_SSN", "PLACEHOLDER_SSNS", "PLACEHOLDER_YEAR", "Keyed", "key_records", "key_versions"]

GROUPS = {"names": NAME_COLUMNS, "person": FACT_COLUMNS, "address": (*ADDRESS_COLUMNS, *MAILING_COLUMNS)}
"""The columns that are told and keyed together, by the flag of a version that says so."""
WAGE_REPORT = "QW"
"""The role of a record that reports a quarter's wage, with neither birth date nor address."""
NOT_ON_WAGE_REPORTS = ("middle_name", *DATE_COLUMNS, *ADDRESS_COLUMNS)


@dataclass(frozen=True, slots=True)
class Keyed:
    """What a program has on file, and what went wrong with it.

    ``fields``: one row a version, in their order: ``first_name``, ``middle_name``, ``last_name``, ``suffix``, ``sex``,
    the address (``house_no``, ``street``, ``unit``, ``city``, ``zip``, ``phone``) and where mail goes instead
    (``mailing_house_no`` to ``mailing_zip``) as text; ``birth_year``, ``birth_month`` and ``birth_day`` as numbers, all
    0 where the date is missing; ``ssn`` as a number, -1 where missing.

    ``errors``: for each version the slips that show in it, those that it carries on from an earlier one too:
    ``version`` (row), ``field`` (standard column), ``kind`` (see ``KINDS``) and ``made``,
    the version at which it happened. A field without a row is as it was told, in the program's letters and widths.
    """

    fields: pd.DataFrame
    errors: pd.DataFrame


def key_records(population: Population, rows: Ints, rates: ErrorRates, streams: Streams) -> pd.DataFrame:
    """One keyed record for each of ``rows`` (people, repeated where somebody has several records).

    The columns are those of ``Keyed.fields`` without the mailing address.
    """
    told = told_of_population(population, rows, streams)
    odds = Odds(rates=rates, worker=np.zeros(len(rows), dtype=np.int64), groups=told.groups, streams=streams)
    sheet = _key(_open_sheet(told, odds, np.zeros(len(rows), dtype=bool)), told, {})
    return pd.DataFrame({column: v for column, v in sheet.columns.items() if column not in MAILING_COLUMNS})


def key_versions(history: History, caseload: Caseload, rates: ErrorRates, streams: Streams) -> Keyed:
    """Key what the program was told, as each version of a record says, and keep on file what was not told anew."""
    versions, records = caseload.versions, caseload.records
    source = {flag: _sources(versions, records["copy_of"].to_numpy(np.int64), flag) for flag in GROUPS}
    record = versions["record"].to_numpy(np.int64)
    streams = streams.within(f"keying {caseload.program}")
    person = records["person"].to_numpy(np.int64)[record]
    told = told_of_history(history, person, versions["told_month"].to_numpy(np.int64), streams)
    worker = records["worker"].to_numpy(np.int64)[record]
    odds = Odds(rates=rates, worker=worker, groups=told.groups, streams=streams)
    keyed_anew = {flag: source[flag] == np.arange(len(versions)) for flag in GROUPS}
    is_wage_report = (records["role"] == WAGE_REPORT).to_numpy(bool)[record]
    sheet = _key(_open_sheet(told, odds, is_wage_report), told, keyed_anew)
    fields = {
        c: sheet.columns[c][source[flag]] for flag, columns in GROUPS.items() for c in columns if c in sheet.columns
    }
    return Keyed(pd.DataFrame(fields, copy=False), _carried(sheet.slips(), source))


def _key(sheet: Sheet, told: Told, keyed_anew: dict[str, Mask]) -> Sheet:
    """Key all columns; nothing happens to those that are not keyed anew."""
    for flag, anew in keyed_anew.items():
        for column in GROUPS[flag]:
            sheet.close(column, np.flatnonzero(~anew))
    key_names(sheet, told)
    key_birth_dates(sheet, told)
    key_ssns(sheet, told)
    key_sex(sheet)
    key_addresses(sheet, told)
    return sheet


def _open_sheet(told: Told, odds: Odds, is_wage_report: Mask) -> Sheet:
    """A sheet in which the columns that the program, or a wage report, does not ask for are empty and stay so."""
    not_asked, columns = odds.rates.not_asked, {**told.names, **told.facts, **address_fields(told)}
    if "mailing" in not_asked:
        columns = {column: values for column, values in columns.items() if column not in MAILING_COLUMNS}
    lacks = {column: np.ones(len(is_wage_report), dtype=bool) for column in not_asked if column in columns}
    lacks |= {column: is_wage_report for column in columns if column in NOT_ON_WAGE_REPORTS and column not in lacks}
    for column, rows in lacks.items():
        nothing = 0 if column in DATE_COLUMNS else None
        columns[column] = np.where(rows, np.array(nothing, dtype=columns[column].dtype), columns[column])
    sheet = Sheet(columns, odds)
    for column, rows in lacks.items():
        sheet.close(column, np.flatnonzero(rows))
    return sheet


def _sources(versions: pd.DataFrame, copy_of: Ints, flag: str) -> Ints:
    """For each version the one whose keyed values it shows in the columns of a flag.

    That is the last version of its record that was told them. A record that repeats another one's values begins with
    what that one shows in its first month, and goes along when that one changes.
    """
    record, month = versions["record"].to_numpy(np.int64), versions["month"].to_numpy(np.int64)
    n = len(versions)
    order = np.lexsort((month, record))
    record, anew = record[order], versions[flag].to_numpy(bool)[order]
    first = np.append(True, record[1:] != record[:-1])[:n]
    span = int(month.max(initial=0)) + 2
    key = record * span + month[order] + 1
    other = _originals(copy_of)[record]
    shown = np.searchsorted(key, other * span + month[order] + 1, side="right") - 1
    begin = np.searchsorted(record, other, side="left")
    shown = np.maximum(shown, begin)
    own = _last_anew(first | anew, np.arange(n))
    same_month = (key[shown] % span == key % span) & anew[shown]
    repeats = (other != record) & (first | (anew & same_month))
    source = _last_anew(first | anew, np.where(repeats, own[shown], np.arange(n)))
    back = np.empty(n, dtype=np.int64)
    back[order] = order[source]
    return back


def _last_anew(anew: Mask, values: Ints) -> Ints:
    """At each place the value of the last place that is marked; the first place is."""
    return np.asarray(values[np.maximum.accumulate(np.where(anew, np.arange(len(anew)), 0))])


def _originals(copy_of: Ints) -> Ints:
    """Whose values each record repeats in the end."""
    while not np.array_equal(copy_of, copy_of[copy_of]):
        copy_of = copy_of[copy_of]
    return copy_of


def _carried(slips: pd.DataFrame, source: dict[str, Ints]) -> pd.DataFrame:
    """The slips of each version, also those made at the version whose values it shows."""
    flag_of = {"birth_date": "person", **{column: flag for flag, columns in GROUPS.items() for column in columns}}
    flag = slips["field"].map(flag_of)
    parts = [_repeated(slips[(flag == name).to_numpy()], rows) for name, rows in source.items()]
    return pd.concat(parts).sort_values("version", kind="stable", ignore_index=True)


def _repeated(slips: pd.DataFrame, source: Ints) -> pd.DataFrame:
    """A row for each slip and each version that shows what was keyed when it was made."""
    by_source = np.argsort(source, kind="stable")
    made = slips["row"].to_numpy(np.int64)
    begin, end = (np.searchsorted(source[by_source], made, side=side) for side in ("left", "right"))
    count = end - begin
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    which = np.repeat(np.arange(len(slips)), count)
    return pd.DataFrame(
        {
            "version": by_source[np.repeat(begin, count) + within],
            "field": slips["field"].to_numpy(dtype=object)[which],
            "kind": slips["kind"].to_numpy(dtype=object)[which],
            "made": made[which],
        }
    )
