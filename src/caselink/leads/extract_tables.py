"""What files of known layouts tell beside their records, as the tables of :class:`ProgramTables`.

A roster row carries what its file says of the case in that month; a case is as its last month has it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from caselink.layouts import Extract, written_date

FEDERAL = ("tanf", "ssp", "tribal")
LAYOUT_PROGRAMS = {
    **dict.fromkeys((*FEDERAL, "state_iva"), "iv-a"),
    "state_ivd": "iv-d",
    "fcr": "iv-d",
    "wioa": "jobs",
    "new_hire": "earnings",
    "quarterly_wage": "earnings",
}
"""Which program a source of a layout is of; answers of the federal registry are no program's own records."""

_EMPLOYED = {"1": "Y", "2": "N", "3": "N"}
_KIN = {"1": "HD", "2": "SP", "3": "PA", "4": "CH", "5": "SC", "6": "GC", "7": "OR", "8": "FC", "9": "NR", "10": "NR"}
_CLOSURES = {"1": "employment", "3": "time limit", "5": "support sanction"}
_SAID = {
    "case_opened": "opened",
    "case_closed": "closed",
    "paternity_established": "paternity",
    "good_cause_code": "good_cause",
    "assistance": "assistance",
    "closure_reason": "closure_reason",
}
_LEAST = ("paternity",)
"""Of several that are said of a case in its last month the first in the alphabet: paternity of all, or N."""
_MATCHED = ("P", "C")
_HEADS = ("HD", "SP")


def roster_of(extract: Extract) -> pd.DataFrame | None:
    """The roster with federal codes as words, and the ``line`` of each row where two people may stand on one."""
    members = extract.memberships
    if members is None:
        return None
    named = members.rename(columns={"absence_reason": "absence"})
    if extract.layout in FEDERAL:
        if members.index.name == "line":
            named = named.assign(line=members.index.astype("int64").astype("string"))
        if "relationship" in named:
            named = named.assign(relationship=_recoded(named["relationship"], _KIN))
    if "employed" not in named and "employment_status" in named:
        named = named.assign(employed=named["employment_status"].map(_EMPLOYED))
    return named


def cases_of(extract: Extract) -> pd.DataFrame | None:
    """What a file beside the extract says of its cases, else what its rosters and families' lines do."""
    if extract.cases is not None:
        return extract.cases
    parts = [table for table in (roster_of(extract), extract.families) if table is not None and len(table)]
    parts = [facts for table in parts if (facts := _case_facts(table)) is not None]
    if not parts:
        return None
    cases = pd.concat(parts).groupby(level=0, sort=True).first()
    if extract.layout in FEDERAL and "closure_reason" in cases:
        cases["closure_reason"] = _recoded(cases["closure_reason"], _CLOSURES)
    return cases.rename_axis("case_id").reset_index().assign(source=extract.name)


def families_of(extract: Extract) -> pd.DataFrame | None:
    """The families that have a line of their own: ``source, case_id, month, members``."""
    lines = extract.families
    if lines is None:
        return None
    members = lines["family_members"] if "family_members" in lines else pd.Series(None, lines.index, dtype="string")
    return lines[["source", "case_id", "month"]].assign(members=members)


def elsewhere_of(extract: Extract) -> pd.DataFrame | None:
    """Cases of child support that the federal registry found elsewhere by itself; answers to queries are none."""
    members = extract.memberships
    if extract.layout != "fcr_match" or members is None or "action_type_code" not in members:
        return None
    found = members[members["action_type_code"].isin(_MATCHED).to_numpy(bool)]
    since = found.get("matched_case_registration_date", pd.Series(None, found.index, dtype="string"))
    return pd.DataFrame(
        {
            "source": found["source"],
            "record_id": found["record_id"],
            "program": "iv-d",
            "first_month": _dates(since),
            "last_month": pd.Series(None, found.index, dtype="string"),
        }
    )


def deaths_of(extract: Extract) -> pd.DataFrame | None:
    """Deaths that the federal registry answers with: ``source, record_id, month``."""
    records = extract.records
    if "date_of_death" not in records:
        return None
    told = records[["source", "record_id"]].assign(month=_dates(records["date_of_death"]))
    return told.dropna(subset="month")


def reports_of(extract: Extract) -> pd.DataFrame | None:
    """The reports of employers among the records, None where there are none."""
    records = extract.records
    for kind, date in (("new hire", "hire_date"), ("wages", "quarter")):
        if date in records:
            nothing = pd.Series(None, index=records.index, dtype=records["source"].dtype)
            amount = records.get("wages", nothing)
            return records[["source", "record_id"]].assign(kind=kind, date=records[date], amount=amount)
    return None


def _case_facts(rows: pd.DataFrame) -> pd.DataFrame | None:
    """By ``case_id`` what is said of each case, in the names of ``ProgramTables.cases``."""
    rows = rows[rows["case_id"].notna().to_numpy(bool)]
    facts = {new: _last(rows, old, new in _LEAST) for old, new in _SAID.items() if old in rows}
    for name in ("opened", "closed"):
        if name in facts:
            facts[name] = _dates(facts[name])
    if {"support_sanction", "cooperation"} & set(rows):
        facts["uncooperative"] = _uncooperative(rows)
    if "months_counted" in rows and "relationship" in rows:
        heads = rows[rows["relationship"].isin(_HEADS).to_numpy(bool)]
        facts["months_counted"] = _last(heads, "months_counted", least=False)
    if "closure_reason" in rows and "closed" not in facts:
        facts["closed"] = _last(rows[rows["closure_reason"].notna().to_numpy(bool)], "month", least=False)
    return pd.DataFrame(facts, dtype="string").rename_axis("case_id") if facts else None


def _last(rows: pd.DataFrame, column: str, least: bool) -> pd.Series:  # noqa: FBT001  (of two values of one month)
    """By case the value of the last month that has one; of several there the least, or the most."""
    known = rows.loc[rows[column].notna().to_numpy(bool), list(dict.fromkeys(("case_id", "month", column)))]
    by = list(dict.fromkeys(("case_id", "month", column)))
    known = known.sort_values(by, ascending=[name != column or not least for name in by], na_position="first")
    return known.drop_duplicates("case_id", keep="last").set_index("case_id")[column]


def _uncooperative(rows: pd.DataFrame) -> pd.Series:
    """By case the month from which the head is held not to cooperate, until its last month; missing where not held."""
    held = np.zeros(len(rows), bool)
    if "support_sanction" in rows:
        held |= (rows["support_sanction"] == "1").fillna(value=False).to_numpy(bool)
    if "cooperation" in rows:
        held |= rows["cooperation"].isin(["N", "2"]).to_numpy(bool)
    dates = rows["cooperation_date"] if "cooperation_date" in rows else pd.Series(None, rows.index, dtype="string")
    said = rows[["case_id", "month"]].assign(held=held, since=_dates(dates))
    monthly = said.groupby(["case_id", "month"], dropna=False).agg(held=("held", "any"), since=("since", "max"))
    monthly = monthly.reset_index().sort_values(["case_id", "month"], na_position="first", ignore_index=True)
    free = monthly.loc[~monthly["held"]].drop_duplicates("case_id", keep="last").set_index("case_id")["month"]
    monthly = monthly[monthly["held"]]
    after = monthly["case_id"].map(free)
    run = monthly[(after.isna() | (monthly["month"] > after)).fillna(value=True).to_numpy(bool)]
    first = run.drop_duplicates("case_id").set_index("case_id")
    told = run.dropna(subset="since").drop_duplicates("case_id", keep="last").set_index("case_id")["since"]
    return told.reindex(first.index).astype("string").fillna(first["month"].astype("string"))


def _recoded(codes: pd.Series, words: dict[str, str]) -> pd.Series:
    """Codes with or without leading zeros as words; others as they are."""
    return codes.map({code: words.get(str(code).lstrip("0"), str(code)) for code in codes.dropna().unique()})


def _dates(texts: pd.Series) -> pd.Series:
    """Dates as ``YYYY-MM-DD`` or ``YYYY-MM``; what is none is missing."""
    return texts.map({text: written_date(str(text)) for text in texts.dropna().unique()}).astype("string")
