"""A report without names, linked: a county's assistance as TANF lines (T1 to T3) beside its support extract.

    python benchmarks/nameless.py --people 40000

The county's last quarter is written as a TANF Data Report, its support cases as a state IV-D extract; both are read by
their layouts and linked with the defaults. The truth is the county's. Pairs are one report record and one support
record of one person, told apart by whether both, or the report's at least, or not even that has a usable SSN.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

import caselink as cl
from caselink.layouts import read_extract, write_extract
from caselink.synthetic import County, draw_county

COUNTY = "037"
RELATIONSHIP = {"HEAD": "01", "ADULT": "10", "CARETAKER": "07", "CHILD": "04"}
CHILDREN = {"CH": "04", "GC": "06"}
TANF, IVD = "tanf", "ivd"
KEY = ["case_id", "ssn", "birth_date", "sex"]
"""By what the rows of a report are one record; see the layout's ``persons``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """Records linked, and who each is: ``persons`` has source, record_id, person_id, entity_id and ssn."""

    persons: pd.DataFrame
    seconds: Mapping[str, float]


def report_tables(county: County, months: list[str]) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """The county's assistance in these months as tables of a TANF report; and who stands in its rows."""
    extracts = [county.monthly_extract("iva", month).astype(object).assign(month=month) for month in months]
    held = pd.concat(extracts, ignore_index=True)
    rosters = county.memberships["iva"].astype(object).rename(columns={"record_id": "client_id", "case_id": "case_no"})
    held["row"] = range(len(held))
    held = held.merge(rosters.drop(columns="role"), on=["client_id", "case_no"])
    held = held[(held["first_month"] <= held["month"]) & (held["month"] <= held["last_month"])]
    held = held.drop_duplicates("row").sort_values(["month", "case_no", "client_id"], ignore_index=True)
    people = pd.DataFrame(
        {
            "RPT_MONTH_YEAR": held["month"].str.replace("-", ""),
            "CASE_NUMBER": held["case_no"],
            "FAMILY_AFFILIATION": _affiliation(held),
            "DATE_OF_BIRTH": _birth_dates(held["dob"]),
            "SSN": held["ssn"].str.replace("-", "").fillna("999999999"),
            "GENDER": held["sex"].map({"M": "1", "F": "2"}).fillna("9"),
            "RELATIONSHIP_HOH": held["relationship"].map(CHILDREN).fillna(held["role"].map(RELATIONSHIP)),
        }
    )
    child = (held["role"] == "CHILD").to_numpy()
    families = people[["RPT_MONTH_YEAR", "CASE_NUMBER"]].assign(
        COUNTY_FIPS_CODE=COUNTY, ZIP_CODE=held["zip"], FUNDING_STREAM="1", DISPOSITION="1"
    )
    families = families.sort_values("ZIP_CODE", na_position="last").drop_duplicates(["RPT_MONTH_YEAR", "CASE_NUMBER"])
    head = {"TITLE": "HEADER", "YEAR": months[0][:4], "QUARTER": str((int(months[0][5:]) + 2) // 3), "TYPE": "A"}
    head |= {"TRIBE_CODE": "000", "PROGRAM_TYPE": "TAN", "EDIT": "1", "ENCRYPTION": "E", "UPDATE": "D"}
    tables = {
        "HEADER": pd.DataFrame([head]),
        "T1": families.sort_values(["RPT_MONTH_YEAR", "CASE_NUMBER"]),
        "T2": people[~child].assign(NONCUSTODIAL_PARENT="2"),
        "T3": people[child],
    }
    who = people.rename(columns={"CASE_NUMBER": "case_id", "SSN": "ssn", "DATE_OF_BIRTH": "birth_date"})
    who["sex"] = held["sex"].fillna("9")
    return tables, who[KEY].assign(client_id=held["client_id"]).drop_duplicates()


def support_table(county: County) -> pd.DataFrame:
    """The county's support extract under the columns of the layout."""
    held = county.extracts["ivd"].astype(object)
    names = {"last_nm": "last_name", "first_nm": "first_name", "mid_init": "middle_name", "suffix_cd": "suffix"}
    names |= {"ssn_no": "ssn", "birth_dt": "birth_date", "sex_cd": "sex", "role_cd": "role", "fv_ind": "protected"}
    names |= {"addr_line_1": "street", "addr_line_2": "unit", "city_nm": "city", "zip_cd": "zip", "phone_no": "phone"}
    names |= {"relationship": "relationship_to_custodian", "absence": "absence_reason"}
    return held.rename(columns=names).assign(month=county.plan.calendar.text().tolist()[-1])


def link(county: County, folder: Path) -> Linked:
    """Write both files, read them by their layouts, link, and say who each record is."""
    months = county.plan.calendar.text().tolist()[-3:]
    tables, who = report_tables(county, months)
    report = write_extract("tanf", tables, folder / "tanf.txt")
    support = write_extract("state_ivd", {"participant": support_table(county)}, folder / "ivd.csv")
    extracts = [read_extract(report, layout="tanf", name=TANF), read_extract(support, layout="state_ivd", name=IVD)]
    records = cl.normalize(*extracts)
    result = cl.Linker().fit_resolve(records)
    truth = pd.concat([_report_truth(extracts[0].records, who, county), _support_truth(county)], ignore_index=True)
    persons = result.persons.astype(object).merge(truth, on=["source", "record_id"], how="left")
    assert persons["entity_id"].notna().all()
    numbers = records[["source", "record_id", "ssn"]].astype(object)
    return Linked(persons=persons.merge(numbers, on=["source", "record_id"]), seconds=result.summary["seconds"])


def measure(linked: Linked) -> pd.DataFrame:
    """Precision and recall of pairs between the sources, by where there is a usable SSN."""
    left, right = (linked.persons[linked.persons["source"] == source] for source in (TANF, IVD))
    true, found = (left.merge(right, on=key, suffixes=("", "_ivd")) for key in ("entity_id", "person_id"))
    rows = []
    for name, in_report, in_support in (
        ("both have an SSN", (True,), (True,)),
        ("the report has an SSN", (True,), (True, False)),
        ("the report has none", (False,), (True, False)),
        ("all", (True, False), (True, False)),
    ):
        true_pairs, links = (
            pairs[pairs["ssn"].notna().isin(in_report) & pairs["ssn_ivd"].notna().isin(in_support)]
            for pairs in (true, found)
        )
        right_links = int((links["entity_id"] == links["entity_id_ivd"]).sum())
        precision, recall = right_links / max(1, len(links)), right_links / max(1, len(true_pairs))
        rows.append([name, len(true_pairs), len(links), precision, recall])
    return pd.DataFrame(rows, columns=["pairs", "true", "linked", "precision", "recall"]).set_index("pairs")


def _affiliation(held: pd.DataFrame) -> npt.NDArray[np.object_]:
    """1 in the unit, else 3 for caretakers, 4 for children, 2 for other adults."""
    outside = held["role"].map({"CARETAKER": "3", "CHILD": "4"}).fillna("2")
    return np.where(held["status"] == "eligible", "1", outside)


def _birth_dates(written: pd.Series) -> pd.Series:
    """MM/DD/YYYY as CCYYMMDD, 99999999 for unknown."""
    parts = written.str.split("/", expand=True)
    return (parts[2] + parts[0] + parts[1]).fillna("99999999")


def _report_truth(records: pd.DataFrame, who: pd.DataFrame, county: County) -> pd.DataFrame:
    """Who each record of the report is: several of one case with the same values are told apart by their order."""
    held = records.astype(object)[["record_id", *KEY]].fillna({"sex": "9"}).sort_values("record_id")
    who = who.sort_values("client_id")
    held["turn"], who["turn"] = (table.groupby(KEY).cumcount() for table in (held, who))
    truth = county.truth.astype(object)
    entity = truth[truth["source"] == "iva"].set_index("record_id")["entity_id"]
    joined = held.merge(who, on=[*KEY, "turn"], how="left")
    return pd.DataFrame(
        {"source": TANF, "record_id": joined["record_id"], "entity_id": joined["client_id"].map(entity)}
    )


def _support_truth(county: County) -> pd.DataFrame:
    truth = county.truth.astype(object)
    return truth.loc[truth["source"] == "ivd", ["record_id", "entity_id"]].assign(source=IVD)


def main(argv: list[str] | None = None) -> pd.DataFrame:
    """Draw, write, read, link and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=40_000)
    parser.add_argument("--profile", default="typical")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(argv)
    county = draw_county(options.people, profile=options.profile, seed=options.seed)
    with tempfile.TemporaryDirectory() as folder:
        table = measure(link(county, Path(folder)))
    print(f"a county of {options.people:,} people, profile {options.profile}, seed {options.seed}\n")
    print(table.round(4).to_string())
    return table


if __name__ == "__main__":
    main()
