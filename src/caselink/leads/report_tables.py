"""Tables beside rosters and cases: what registers tell of people, and what only reports of families show."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from caselink.encoding import encode_column
from caselink.findings import facts as held
from caselink.findings.facts import NONE, PROGRAM_NAMES, Ints
from caselink.leads.fact_tables import Numbers, coded_numbers, months

_KIN = ("relationship", "absence")


def event_table(told: pd.DataFrame | None, numbers: Numbers, person: Ints, columns: Mapping[str, str]) -> pd.DataFrame:
    """Deaths or confinements of the records that are there: ``record, person`` and the months of ``columns``.

    What has no ``last`` month goes on; one that cannot be read ends with the first, which is all that is sure.
    """
    if told is None:
        return pd.DataFrame({name: np.zeros(0, np.int64) for name in ("record", "person", *columns)})
    record = numbers.positions(told["source"], told["record_id"])
    kept = record >= 0
    spans = {name: months(told, column)[kept] for name, column in columns.items()}
    if "last" in spans:
        end = told[columns["last"]] if columns["last"] in told else pd.Series(None, told.index, dtype="string")
        blank = end.astype("string").fillna("").str.strip().eq("").to_numpy(bool)[kept]
        sure = np.where(blank, held.NO_END, spans["first"])
        spans["last"] = np.where(spans["last"] == NONE, sure, spans["last"])
    return pd.DataFrame({"record": record[kept], "person": person[record[kept]], **spans})


def family_table(told: pd.DataFrame | None, numbers: Numbers) -> pd.DataFrame:
    """A row for each family and month that has a line of its own: ``case, month, size`` (how many it counts)."""
    if told is None:
        return held.no_rows("families")
    size = np.full(len(told), NONE, np.int64)
    if "members" in told:
        size = coded_numbers(encode_column(told["members"], "members"), _count)
    table = pd.DataFrame(
        {"case": numbers.cases(told["source"], told["case_id"]), "month": months(told, "month"), "size": size}
    )
    table = table[(table[["case", "month"]] >= 0).all(axis=1).to_numpy()]
    ordered = table.sort_values(["case", "month", "size"])
    return ordered.drop_duplicates(["case", "month"], keep="last", ignore_index=True)


def elsewhere_table(told: pd.DataFrame | None, numbers: Numbers) -> pd.DataFrame:
    """What other states say of the records that are there: ``record, person, program``, ``first`` and ``last`` month.

    What has no last month goes on; of what has no first month nothing is known.
    """
    spans = event_table(told, numbers, numbers.person, {"first": "first_month", "last": "last_month"})
    if told is None:
        return held.no_rows("elsewhere")
    kept = numbers.positions(told["source"], told["record_id"]) >= 0
    program = told["program"][kept].map(PROGRAM_NAMES).fillna(NONE).to_numpy(np.int64)
    return spans.assign(program=program)[list(held.TABLES["elsewhere"])]


def shared_line_table(members: pd.DataFrame | None, numbers: Numbers) -> pd.DataFrame:
    """Pairs of records of one case and month that stand on one line: ``left, right, case, month``."""
    if members is None or "line" not in members:
        return held.no_rows("shared_lines")
    lined = members[members["line"].notna().to_numpy(bool)]
    keys = ["source", "line"]
    several = lined[lined.duplicated(keys, keep=False).to_numpy()]
    rows = pd.DataFrame(
        {
            "line": several.groupby(keys, sort=False).ngroup().to_numpy(np.int64),
            "record": numbers.positions(several["source"], several["record_id"]),
            "case": numbers.cases(several["source"], several["case_id"]),
            "month": months(several, "first_month"),
        }
    )
    rows = rows[(rows >= 0).all(axis=1).to_numpy()]
    pairs = rows.merge(rows[["line", "record"]], on="line", suffixes=("", "_other"))
    pairs = pairs[(pairs["record"] < pairs["record_other"]).to_numpy()]
    names = {"record": "left", "record_other": "right"}
    pairs = pairs.rename(columns=names)[["left", "right", "case", "month"]].drop_duplicates()
    return pairs.sort_values(["left", "right", "case", "month"], ignore_index=True)


def with_kin(records: pd.DataFrame, members: pd.DataFrame | None) -> pd.DataFrame:
    """The records with ``relationship`` and ``absence`` of their last membership, where rosters tell them.

    What a record says itself stands.
    """
    told = [name for name in _KIN if members is not None and name in members]
    if members is None or not told:
        return records
    month = [name for name in ("last_month", "month") if name in members][:1]
    keys = ["source", "record_id"]
    said = {}
    for name in told:
        rows = members.loc[members[name].notna(), [*keys, *month, "case_id", name]]
        last = rows.sort_values([*keys, *month, "case_id", name]).drop_duplicates(keys, keep="last")
        found = last.set_index(keys)[name]
        own = pd.MultiIndex.from_frame(records[keys])
        given = pd.Series(found.reindex(own).to_numpy(dtype=object), index=records.index, dtype="string")
        said[name] = records[name].astype("string").fillna(given) if name in records else given
    return records.assign(**said)


def _count(text: str) -> int:
    return int(text) if text.strip().isdecimal() else NONE
