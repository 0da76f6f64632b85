"""What only the lines of a federal report can show, planted in it: C02, C08 and D03 of the catalogue of findings.

Each is drawn by its own stream, a file at a time; as many as the county's rates say over all of its quarters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from caselink.synthetic.county import County
from caselink.synthetic.draws import Ints, Mask, Streams, digits
from caselink.synthetic.findings.leads import ARISEN, LOOK_ALIKE, PLANTED
from caselink.synthetic.layout_files.held import quarters

FINDING_COLUMNS = ("finding", "kind", "look_alike", "truth_row", "part", "source", "case_id", "month")
_BESIDE = ["members", "listed", "truth_row"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedReport:
    """The families' lines, the children in the order of their lines, and the findings, a row a month of each."""

    families: pd.DataFrame
    children: pd.DataFrame
    findings: pd.DataFrame


def plant_in_report(county: County, source: str, families: pd.DataFrame, children: pd.DataFrame) -> PlantedReport:
    """Some lines of families left out (C02) or with a wrong count (C08), some children twice on one line (D03)."""
    streams = Streams(county.plan.seed).within("reports").within(source)
    cases = families["CASE_NUMBER"].drop_duplicates().sort_values(ignore_index=True)
    free = np.ones(len(cases), bool)
    drawn = {name: _draw(county, name, cases, free, streams) for name in ("C02", "C08", "D03")}
    of_case = {name: families["CASE_NUMBER"].isin(chosen).to_numpy(bool) for name, chosen in drawn.items()}
    odd = _odd_children(children)
    twice = odd & children["case_id"].isin(drawn["D03"]).to_numpy(bool)
    both = children.take(np.sort(np.append(np.arange(len(children)), np.flatnonzero(twice))))
    alike = _alike_on_one_line(children)
    numbered = children[["ssn", "birth_date"]].notna().all(axis=1).to_numpy(bool)
    findings = [
        _rows("C02", "family", families[of_case["C02"]], source),
        _rows("C08", "payee", families[of_case["C08"]], source),
        _rows(
            "C08", "payee", families[~of_case["C08"] & (families["listed"] != families["members"]).to_numpy()], source
        ).assign(kind=LOOK_ALIKE, look_alike="others listed"),
        _of_children("D03", children[twice], source),
        _of_children("D03", children[alike & numbered], source).assign(kind=ARISEN),
        _of_children("D03", children[alike & ~numbered], source).assign(
            kind=LOOK_ALIKE, look_alike="twins without numbers"
        ),
    ]
    wrong = families["members"].to_numpy(np.int64) + np.where(of_case["C08"], 1, 0)
    families = families.assign(NBR_FAMILY_MEMBERS=digits(wrong, 2))[~of_case["C02"]].drop(columns=_BESIDE)
    return PlantedReport(
        families=families.reset_index(drop=True),
        children=both.reset_index(drop=True),
        findings=pd.concat(findings, ignore_index=True),
    )


def _draw(county: County, name: str, cases: pd.Series, free: Mask, streams: Streams) -> pd.Series:
    """Cases that a kind of finding falls on in this quarter; nothing else falls on them then."""
    rng = streams.rng(name)
    rate = county.plan.plant_rates.rate(name) / len(quarters(county))
    wanted = min(int(rng.binomial(county.plan.n_people, rate)), int(free.sum()))
    rows = np.sort(rng.permutation(np.flatnonzero(free))[:wanted])
    free[rows] = False
    return cases.take(rows)


def _odd_children(children: pd.DataFrame) -> Mask:
    """The last child of each case and month where their number is odd: its line has room for one more."""
    place = _place_in_case(children)
    last = ~children.duplicated(["month", "case_id"], keep="last").to_numpy(bool)
    return np.asarray(last & (place % 2 == 0))


def _place_in_case(children: pd.DataFrame) -> Ints:
    return np.asarray(children.groupby(["month", "case_id"], sort=False).cumcount(), np.int64)


def _alike_on_one_line(children: pd.DataFrame) -> Mask:
    """Second children of a line who cannot be told from the first: one child keyed twice, or twins without a number."""
    second = _place_in_case(children) % 2 == 1
    keys = children[["ssn", "birth_date", "sex"]].fillna("")
    same = (keys == keys.shift()).all(axis=1).to_numpy(bool)
    return np.asarray(second & same)


def _rows(finding: str, part: str, families: pd.DataFrame, source: str) -> pd.DataFrame:
    columns = {
        "finding": finding,
        "kind": PLANTED,
        "look_alike": None,
        "truth_row": families["truth_row"],
        "part": part,
        "source": source,
        "case_id": families["CASE_NUMBER"],
        "month": families["RPT_MONTH_YEAR"],
    }
    return pd.DataFrame(columns, columns=list(FINDING_COLUMNS)).astype({"look_alike": object})


def _of_children(finding: str, children: pd.DataFrame, source: str) -> pd.DataFrame:
    named = {"month": "RPT_MONTH_YEAR", "case_id": "CASE_NUMBER"}
    return _rows(finding, "child", children.rename(columns=named), source)
