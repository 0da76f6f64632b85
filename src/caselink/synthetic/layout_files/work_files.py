"""Work and wages: new hires as states send them on, quarterly wages, and participants of job programs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from caselink.synthetic.county import County
from caselink.synthetic.draws import Ints, Streams
from caselink.synthetic.layout_files.held import FileOfLayout, compact_dates, last_day, letters, standard
from caselink.synthetic.numbering import scrambled

TRANSMITTER = "SYNTHETIC"


def new_hire_file(county: County) -> FileOfLayout:
    """New-hire reports, those without a number left out: the directory refuses them.

    Names in capitals without marks but the hyphen; the middle name goes along, a birth date where it was reported.
    """
    held = _reports(county, "W4")
    held = held[(held["ssn"].notna() & held["last_name"].notna()).to_numpy(bool)].reset_index(drop=True)
    day = compact_dates(pd.Series([last_day(county.plan.calendar.text()[-1])], dtype="string"))
    table = pd.DataFrame(
        {
            "EMPLOYEE_SSN": held["ssn"],
            **{f"EMPLOYEE_{part.upper()}": letters(held[part], width) for part, width in _NAMES.items()},
            "EMPLOYEE_ADDRESS_LINE_1": held["street"].str.upper().str.slice(0, 40).str.strip(),
            "EMPLOYEE_CITY": held["city"].str.upper().str.slice(0, 25).str.strip(),
            "EMPLOYEE_ZIP": held["zip"],
            "EMPLOYEE_DATE_OF_BIRTH": held["birth_date"],
            "DATE_OF_HIRE": compact_dates(held["report_date"]),
            "EMPLOYER_FEIN": held["fein"],
            "EMPLOYER_NAME": held["employer"].str.slice(0, 45).str.strip(),
        }
    )
    head = {"TRANSMITTER_AGENCY_CODE": TRANSMITTER, "TRANSMISSION_TYPE": "W4", "DATE_STAMP": day.iloc[0]}
    tables = {"H4": pd.DataFrame([head]), "W4": table}
    return _file(county, "hires", "new_hire", "hires.txt", ("earnings", tables, {"W4": _rows(held)}))


def wage_file(county: County) -> FileOfLayout:
    """Wages of every quarter that came in."""
    held = _reports(county, "QW")
    table = pd.DataFrame(
        {
            "employee_ssn": held["ssn"],
            "employee_first_name": held["first_name"],
            "employee_middle_name": held["middle_name"],
            "employee_last_name": held["last_name"],
            "wage_amount": held["wages"],
            "reporting_period": held["quarter"],
            "employer_fein": held["fein"],
            "employer_name": held["employer"],
        }
    )
    return _file(county, "wages", "quarterly_wage", "wages.csv", ("earnings", {"wage": table}, {"wage": _rows(held)}))


def job_program_file(county: County) -> FileOfLayout:
    """Participants; the state's own columns have what is taken apart of ``Last, First Middle Suffix``."""
    held = standard(county, "jobs", county.extracts["jobs"])
    names = held["full_name"].astype(object).str.extract(_FULL_NAME)
    table = pd.DataFrame(
        {
            "individual_id": held["record_id"],
            "participation_id": held["case_id"],
            **{part: names[part] for part in ("first_name", "middle_name", "last_name", "suffix")},
            "ssn": held["ssn"],
            "date_of_birth": held["birth_date"],
            "sex": held["sex"].map({"M": "1", "F": "2"}).fillna("9"),
            **{name: held[name] for name in ("street", "unit", "city", "phone")},
            "zip_of_residence": held["zip"],
            "program_entry_date": compact_dates(held["started"]),
            "program_exit_date": compact_dates(held["ended"]),
            "activity": held["activity"],
        }
    )
    parts = ("jobs", {"participant": table}, {"participant": _rows(held)})
    return _file(county, "jobs", "wioa", "jobs.csv", parts)


_NAMES = {"first_name": 16, "middle_name": 16, "last_name": 30}
_SUFFIX = "(?:JR|SR|II|III|IV)"
_FULL_NAME = (
    rf"(?i)^(?P<last_name>[^,]+?)?(?:, *(?P<first_name>[^ ]+)(?: (?!{_SUFFIX}$)(?P<middle_name>.*?))?"
    rf"(?: (?P<suffix>{_SUFFIX}))?)?$"
)


def _reports(county: County, kind: str) -> pd.DataFrame:
    """The reports of one kind, with a federal number of the employer."""
    held = standard(county, "employment", county.extracts["employment"])
    held = held.assign(fein=_federal_numbers(county, held["employer"]))
    return held[(held["report_type"] == kind).to_numpy(bool)].reset_index(drop=True)


def _federal_numbers(county: County, employers: pd.Series) -> pd.Series:
    """A number of nine digits for each name of an employer."""
    codes, known = pd.factorize(employers, sort=True)
    numbers = scrambled(np.arange(len(known)), 9, Streams(county.plan.seed).within("employer numbers"))
    return pd.Series(pd.array(numbers[codes], dtype="string")) if len(known) else employers


def _rows(held: pd.DataFrame) -> Ints:
    return held["truth_row"].to_numpy(np.int64)


def _file(
    county: County,
    name: str,
    layout: str,
    file: str,
    parts: tuple[str, dict[str, pd.DataFrame], dict[str, Ints]],
) -> FileOfLayout:
    program, tables, truth = parts
    as_of = last_day(county.plan.calendar.text()[-1])
    return FileOfLayout(name=name, layout=layout, file=file, program=program, as_of=as_of, tables=tables, truth=truth)
