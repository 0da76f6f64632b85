"""One program in several sources: a state's extract, and the federal reports that say the same of its cases again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from caselink.findings.facts import NONE, PROGRAM_NAMES, Mask, Program
from caselink.findings.stays import by_month, joined
from caselink.leads.fact_tables import Numbers
from caselink.leads.program_tables import ProgramTables

_REFERRED = {Program.IVA: ("child_record_id", "record_id"), Program.IVD: ("ivd_case_id", "case_id")}
"""By which ids referrals name a source of each program."""


def restated_cases(stays: pd.DataFrame, cases: pd.DataFrame, numbers: Numbers) -> pd.DataFrame:
    """Cases that another source of the same program tells of too: one case number, and a person in common in a month.

    Of two, the ``main`` one is that whose source tells of more months of people; it is told ``again`` by the other.
    """
    place = cases["source"].to_numpy(np.int64)
    if not len(stays) or not cases[["program", "source"]].drop_duplicates()["program"].duplicated().any():
        return pd.DataFrame({name: np.zeros(0, np.int64) for name in ("again", "main")})
    case = stays["case"].to_numpy(np.int64)
    length = (stays["last"] - stays["first"] + 1).to_numpy(np.int64)
    told = np.bincount(place[case], weights=length, minlength=int(place.max()) + 1)
    rank = np.argsort(np.argsort(-told, kind="stable"), kind="stable")[place]
    number = pd.factorize(numbers.case_ids)[0]
    rows = stays[["person", "program", "case", "first", "last"]].assign(number=number[case], rank=rank[case])
    keys = ["program", "number", "person"]
    several = rows[(rows.groupby(keys)["rank"].transform("nunique") > 1).to_numpy()]
    pairs = several.merge(several, on=keys, suffixes=("", "_main"))
    at_once = (pairs["first"] <= pairs["last_main"]) & (pairs["first_main"] <= pairs["last"])
    found = pairs[((pairs["rank_main"] < pairs["rank"]) & at_once).to_numpy()].sort_values(["case", "rank_main"])
    found = found.drop_duplicates("case", ignore_index=True)
    return found[["case", "case_main"]].set_axis(["again", "main"], axis=1)


def without_restated(
    stays: pd.DataFrame, cases: pd.DataFrame, restated: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Stays and cases of which those that are only said again are no program's: rules about cases pass them over.

    What the main source does not tell of its case, or of a person's job in a month, is taken from the other.
    """
    if not len(restated):
        return stays, cases
    again, main = (restated[name].to_numpy(np.int64) for name in ("again", "main"))
    twice: Mask = np.isin(stays["case"].to_numpy(), again)
    kept = _with_jobs(stays[~twice], stays[twice])
    passed_over = stays[twice].assign(program=int(Program.OTHER))
    cases = cases.copy()
    for name in _TAKEN:
        values = cases[name].to_numpy(copy=True)
        lacking = (values[main] < 0) & (values[again] >= 0)  # two others may tell of one case, one of them nothing
        values[main[lacking]] = values[again[lacking]]
        cases[name] = values
    program = cases["program"].to_numpy(copy=True)
    program[again] = int(Program.OTHER)
    whole = pd.concat([kept, passed_over], ignore_index=True)
    ordered = whole.sort_values(["person", "case", "record", "first"], ignore_index=True)
    return ordered.astype(stays.dtypes.to_dict()), cases.assign(program=program)


_TAKEN = ("closed", "uncooperative", "closure_reason", "months_counted")


def _with_jobs(stays: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """Stays with the jobs that other sources of the program tell of the same persons and months, where unknown."""
    told = by_month(others[(others["employed"] >= 0).to_numpy()][["person", "program", "employed", "first", "last"]])
    jobs = told.groupby(["person", "program", "month"], as_index=False)["employed"].max()
    asked = ((stays["employed"] == NONE) & stays["person"].isin(jobs["person"])).to_numpy()
    rows = by_month(stays[asked])
    found = rows.merge(jobs, on=["person", "program", "month"], how="left", suffixes=("", "_told"))
    rows["employed"] = found["employed_told"].fillna(NONE).to_numpy(np.int64)
    rows["begins"] |= rows["month"] > rows["first"]
    rows["ends"] |= rows["month"] < rows["last"]
    rows["first"] = rows["last"] = rows["month"]
    said = ["case", "record", "role", "counted", "resides", "employed"]
    return pd.concat([stays[~asked], joined(rows.drop(columns="month"), said)], ignore_index=True)


def main_sources(
    tables: ProgramTables, sources: Sequence[str], held: Sequence[pd.DataFrame | None]
) -> dict[Program, str]:
    """The source of each program that referrals name: the only one, else that which has most of their ids.

    ``held`` are tables with ``source`` and ids: records and rosters.
    """
    found = {}
    for name, program in PROGRAM_NAMES.items():
        mine = [one for one in sources if tables.programs.get(one) == name]
        if len(mine) == 1:
            found[program] = mine[0]
        elif mine and program in _REFERRED and tables.referrals is not None:
            hits = _hits(tables.referrals, held, *_REFERRED[program])
            best = sorted((one for one in mine if hits.get(one, 0)), key=lambda one: (-hits[one], one))
            found |= {program: best[0]} if best else {}
    return found


def _hits(referrals: pd.DataFrame, held: Sequence[pd.DataFrame | None], named: str, ids: str) -> dict[str, int]:
    """How many of the ids that referrals name each source has."""
    if named not in referrals:
        return {}
    known = [table[["source", ids]] for table in held if table is not None and ids in table]
    if not known:
        return {}
    rows = pd.concat([one[one[ids].isin(referrals[named].dropna().unique())] for one in known])
    return {str(source): int(n) for source, n in rows.drop_duplicates().groupby("source").size().items()}
