"""IV-A's families as federal reports have them (TANF, SSP-MOE and Tribal TANF): active cases, and cases closed.

No names and no street. Codes are what IV-A believes; who is whose parent and partner it knows from the interview.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from caselink.errors import SpecError
from caselink.synthetic.county import County
from caselink.synthetic.draws import Ints, Mask
from caselink.synthetic.layout_files.held import (
    COUNTY_CODE,
    FileOfLayout,
    chosen,
    held_by_month,
    holds,
    last_day,
    looked_up,
    quarter_name,
)
from caselink.synthetic.layout_files.report_findings import plant_in_report

UNKNOWN_SSN, UNKNOWN_DATE = "999999999", "99999999"
TRIBE = "142"

REPORTS = ("tanf", "ssp", "tribal")
"""Where both are asked for, families with two adults are in ``ssp`` (paid from state money alone, as in many states)
and all others in ``tanf``; ``tribal`` is the report of the whole county as one tribe's."""

_LETTER = {"tanf": "T", "ssp": "M", "tribal": "T"}
_CLOSURE = {"employment": "01", "time limit": "03", "support sanction": "05", "other": "99"}
_TWO_ADULTS, _CHILD_ONLY = "two adults", "child only"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOptions:
    """Which federal reports are written, and whether SSNs in them are in the substitution alphabet."""

    layouts: tuple[str, ...] = ("tanf",)
    in_code: bool = True

    def __post_init__(self) -> None:
        if "tribal" in self.layouts and len(self.layouts) > 1:
            raise SpecError("the families are reported by a tribe or by the state, not by both; leave one out")


def report_files(county: County, quarters: list[list[str]], options: ReportOptions) -> Iterator[FileOfLayout]:
    """For each quarter and layout the file of active cases, and that of closed ones where there are any."""
    cases = county.cases["iva"]
    reported = (cases["sampled"] == "Y").to_numpy(bool)
    for layout in options.layouts:
        mine = reported & _in_layout(layout, options.layouts, cases)
        of_layout = cases[mine].reset_index(drop=True)
        for months in quarters:
            yield _active(county, months, of_layout, layout, in_code=options.in_code)
            closed = of_layout[of_layout["closed"].isin(months).to_numpy(bool)]
            if len(closed):
                yield _closed(county, months, closed.reset_index(drop=True), layout, in_code=options.in_code)


def _in_layout(layout: str, layouts: tuple[str, ...], cases: pd.DataFrame) -> Mask:
    two = (cases["kind"] == _TWO_ADULTS).to_numpy(bool)
    if layout == "tribal" or not {"tanf", "ssp"} <= set(layouts):
        return np.ones(len(cases), bool)
    return two if layout == "ssp" else ~two


def _active(county: County, months: list[str], cases: pd.DataFrame, layout: str, *, in_code: bool) -> FileOfLayout:
    held = _members(county, months, cases)
    letter, name = _LETTER[layout], f"{layout}-{quarter_name(months[0])}"
    child = (held["role"] == "CHILD").to_numpy(bool)
    families = _families(county, held, layout)
    report = plant_in_report(county, name, families, held[child].reset_index(drop=True))
    adults, children = held[~child].reset_index(drop=True), report.children
    tables = {
        "HEADER": _header(months, "A", layout, in_code=in_code),
        f"{letter}1": report.families,
        f"{letter}2": _adults(adults),
        f"{letter}3": _children(children),
    }
    truth = {f"{letter}{number}": _rows(table) for number, table in ((2, adults), (3, children))}
    return _file(name, layout, months, tables, truth, report.findings)


def _closed(county: County, months: list[str], cases: pd.DataFrame, layout: str, *, in_code: bool) -> FileOfLayout:
    """Cases closed in the quarter, in the month of closing, with the people of their last month before."""
    before = [str(np.datetime64(month, "M") - 1) for month in months]
    known = county.plan.calendar.text().tolist()
    held = _members(county, [month for month in before if month in known], cases)
    closing = looked_up(held["case_id"], cases, "case_id", "closed").str.replace("-", "", regex=False)
    following = pd.PeriodIndex(held["month"].astype(object), freq="M") + 1
    held = held[(closing == pd.Series(following.strftime("%Y%m"), dtype="string")).to_numpy(bool)]
    held = held.assign(month=closing[held.index]).reset_index(drop=True)
    letter, name = _LETTER[layout], f"{layout}-{quarter_name(months[0])}-closed"
    families = _first_of_case(held)[["month", "case_id", "zip"]]
    reason = looked_up(families["case_id"], cases, "case_id", "closure_reason").astype(object).map(_CLOSURE)
    table = _place(families).assign(DISPOSITION="1", CLOSURE_REASON=reason.fillna("99").to_numpy(dtype=object))
    people = _people(held).assign(RELATIONSHIP_HOH=_relationship(held), EMPLOYMENT_STATUS=_employment(held))
    people["PARENT_MINOR_CHILD"] = chosen([held["is_parent"]], ["1"], "3")
    tables = {
        "HEADER": _header(months, "C", layout, in_code=in_code),
        f"{letter}4": table,
        f"{letter}5": people,
    }
    return _file(name, layout, months, tables, {f"{letter}5": _rows(held)}, None)


def _file(
    name: str,
    layout: str,
    months: list[str],
    tables: dict[str, pd.DataFrame],
    truth: dict[str, Ints],
    findings: pd.DataFrame | None,
) -> FileOfLayout:
    return FileOfLayout(
        name=name,
        layout=layout,
        file=f"{name}.txt",
        program="iv-a",
        as_of=last_day(months[-1]),
        tables=tables,
        truth=truth,
        findings=findings,
    )


def _rows(held: pd.DataFrame) -> Ints:
    return held["truth_row"].to_numpy(np.int64)


def _header(months: list[str], section: str, layout: str, *, in_code: bool) -> pd.DataFrame:
    head = {
        "TITLE": "HEADER",
        "YEAR": months[0][:4],
        "QUARTER": quarter_name(months[0])[-1],
        "TYPE": section,
        "TRIBE_CODE": TRIBE if layout == "tribal" else "000",
        "PROGRAM_TYPE": "SSP" if layout == "ssp" else "TAN",
        "EDIT": "1",
        "UPDATE": "D",
    }
    return pd.DataFrame([head | ({"ENCRYPTION": "E"} if in_code else {})])


def _members(county: County, months: list[str], cases: pd.DataFrame) -> pd.DataFrame:
    """Who is in the reported cases, and how they are related to the payee and the children there."""
    held = held_by_month(county, "iva", months)
    held = held[held["case_id"].isin(cases["case_id"]).to_numpy(bool)].reset_index(drop=True)
    truth, persons = county.truth, county.tables["persons"]
    entity = truth["entity_id"].take(_rows(held)).reset_index(drop=True)
    kin = [looked_up(entity, persons, "entity_id", f"{parent}_id") for parent in ("mother", "father")]
    payee = looked_up(held["case_id"], county.tables["cases"].query("source == 'iva'"), "case_id", "head_id")
    stay = held["month"] + held["case_id"]
    child = (held["role"] == "CHILD").to_numpy(bool)
    parents_there = pd.concat([(stay + one)[child] for one in kin]).dropna()
    partner = _partner_keys(county, sorted({*held["month"]}))
    facts = ["uncooperative", "good_cause", "kind", "opened"]
    return held.assign(
        is_parent=(stay + entity).isin(parents_there).to_numpy(bool),
        is_payee=(entity == payee).fillna(value=False).to_numpy(bool),
        is_partner=(held["month"] + payee + entity).isin(partner).to_numpy(bool),
        of_partner=np.any([(held["month"] + payee + one).isin(partner).to_numpy(bool) for one in kin], axis=0),
        is_child=child,
        **{fact: looked_up(held["case_id"], cases, "case_id", fact) for fact in facts},
    )


def _partner_keys(county: County, months: list[str]) -> pd.Series:
    """Month, person and partner in one text, of all who have one in these months."""
    ties = county.tables["relationships"]
    ties = ties[(ties["relationship"] == "partner").to_numpy(bool)]
    keys = []
    for month in months:
        text = f"{month[:4]}-{month[4:]}"
        there = ties[((ties["first_month"] <= text) & (ties["last_month"] >= text)).to_numpy(bool)]
        keys += [month + there["entity_id"] + there["other_id"], month + there["other_id"] + there["entity_id"]]
    return pd.concat(keys)


def _affiliation(held: pd.DataFrame) -> pd.Series:
    """1 in the unit; else 2 for a parent of a child in it, 3 for a relative paid, 4 for a child, 5 for any other."""
    kinds = [held["status"] == "eligible", held["is_child"], held["is_parent"], held["role"] == "CARETAKER"]
    return chosen(kinds, ["1", "4", "2", "3"], "5")


def _relationship(held: pd.DataFrame) -> pd.Series:
    """To the head of household: head, spouse or partner, (step)child, grandchild, other relative, unrelated adult."""
    own, grand = (held["relationship"] == code for code in ("CH", "GC"))
    child = held["is_child"].to_numpy(bool)
    kinds = [held["is_payee"] & ~child, held["is_partner"] & ~child, child & own, child & grand]
    kinds += [child & held["of_partner"], child, held["role"].isin(["HEAD", "CARETAKER"])]
    return chosen(kinds, ["01", "02", "04", "06", "05", "07", "01"], "10")


def _employment(held: pd.DataFrame) -> pd.Series:
    """Employed, looking for work (whoever is assisted has to), or not in the labor force; nothing of a child."""
    kinds = [held["employed"] == "Y", (held["employed"] == "N") & (held["status"] == "eligible")]
    return chosen([held["is_child"], *kinds], [None, "1", "2"], "3")


def _people(held: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "RPT_MONTH_YEAR": held["month"],
            "CASE_NUMBER": held["case_id"],
            "FAMILY_AFFILIATION": _affiliation(held),
            "DATE_OF_BIRTH": held["birth_date"].fillna(UNKNOWN_DATE),
            "SSN": held["ssn"].fillna(UNKNOWN_SSN),
            "GENDER": chosen([held["sex"] == "M", held["sex"] == "F"], ["1", "2"], "9"),
        }
    )


def _adults(held: pd.DataFrame) -> pd.DataFrame:
    month = held["month"].str.slice(0, 4) + "-" + held["month"].str.slice(4)
    applies = (held["status"] == "eligible") | held["is_payee"]
    fails = holds(held["uncooperative"] <= month) & held["is_payee"].to_numpy(bool)
    return _people(held).assign(
        NONCUSTODIAL_PARENT="2",
        RELATIONSHIP_HOH=_relationship(held),
        PARENT_MINOR_CHILD=chosen(
            [held["is_parent"] & (held["kind"] == _TWO_ADULTS), held["is_parent"]], ["1", "2"], "3"
        ),
        COOPERATION_CHILD_SUPPORT=chosen([~applies, fails], ["9", "2"], "1"),
        EMPLOYMENT_STATUS=_employment(held),
    )


def _children(held: pd.DataFrame) -> pd.DataFrame:
    return _people(held).assign(
        RELATIONSHIP_HOH=_relationship(held), PARENT_MINOR_CHILD=chosen([held["is_parent"]], ["2"], "3")
    )


def _first_of_case(held: pd.DataFrame) -> pd.DataFrame:
    """One row a case and month: that of the payee, or whoever has an address."""
    order = np.lexsort((~held["is_payee"].to_numpy(bool), held["zip"].isna().to_numpy(bool)))
    first = held.take(order).drop_duplicates(["month", "case_id"])
    return first.sort_values(["month", "case_id"], ignore_index=True)


def _place(families: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "RPT_MONTH_YEAR": families["month"],
            "CASE_NUMBER": families["case_id"],
            "COUNTY_FIPS_CODE": COUNTY_CODE,
            "ZIP_CODE": families["zip"],
        }
    )


def _families(county: County, held: pd.DataFrame, layout: str) -> pd.DataFrame:
    """The families' lines; ``listed`` (people) and ``truth_row`` (of the payee, or the first there) are beside them.

    Whoever is keyed twice in a case is one member.
    """
    keys = ["month", "case_id"]
    listed = held.assign(
        member=(held["status"] == "eligible").to_numpy(bool),
        entity=county.truth["entity_id"].take(_rows(held)).to_numpy(dtype=object),
    )
    people = listed.groupby([*keys, "entity"], sort=True)["member"].any().reset_index()
    counts = people.groupby(keys, sort=True).agg(members=("member", "sum"), listed=("member", "size"))
    counts = counts.reset_index()
    adult = held[((held["status"] == "eligible") & ~held["is_child"]).to_numpy(bool)]
    n_adults = counts[keys].merge(adult.groupby(keys).size().rename("n").reset_index(), on=keys, how="left")["n"]
    payee = held.take(np.argsort(~held["is_payee"].to_numpy(bool), kind="stable")).drop_duplicates(keys)
    payee = payee.sort_values(keys, ignore_index=True)
    month = payee["month"].str.slice(0, 4) + "-" + payee["month"].str.slice(4)
    table = _place(_first_of_case(held)).assign(DISPOSITION="1")
    if layout != "ssp":
        table = table.assign(FUNDING_STREAM="1", NEW_APPLICANT=chosen([payee["opened"] == month], ["1"], "2"))
    if county.plan.sample_share is not None:
        table["STRATUM"] = "01"
    return table.assign(
        FAMILY_TYPE=chosen([n_adults >= 2, n_adults >= 1], ["2", "1"], "3"),
        NON_COOPERATION_CSE=chosen([payee["uncooperative"] <= month], ["1"], "2"),
        members=counts["members"].to_numpy(np.int64),
        listed=counts["listed"].to_numpy(np.int64),
        truth_row=payee["truth_row"].to_numpy(np.int64),
    )
