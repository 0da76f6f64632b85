"""How each program writes its extract: its own column names, and its own way of dates, numbers and letters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import reduce

import pandas as pd

from caselink.synthetic.draws import Ints, Texts, digits
from caselink.synthetic.keying.versions import NO_SSN

DateWriter = Callable[[Texts, Texts, Texts], Texts]
"""From year, month and day as digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramFile:
    """One program's file: ``columns`` maps standard names to the file's column, or to several that are joined.

    ``program`` is what it is to other programs, in the words of ``sources.toml``; ``told`` are further columns, which
    only findings read.
    """

    name: str
    program: str
    record_id: str
    columns: Mapping[str, str | tuple[str, ...]]
    write_date: DateWriter
    ssn_with_hyphens: bool = False
    capitals: bool = True
    told: Mapping[str, str] = field(default_factory=dict)


IVA = ProgramFile(
    name="iva",
    program="iv-a",
    record_id="client_id",
    columns={
        "case_id": "case_no",
        "role": "role",
        "first_name": "fname",
        "middle_name": "mi",
        "last_name": "lname",
        "suffix": "suffix",
        "birth_date": "dob",
        "sex": "sex",
        "ssn": "ssn",
        "street": ("house_no", "street"),
        "unit": "apt",
        "city": "city",
        "zip": "zip",
        "phone": "phone",
        "protected": "safety_flag",
    },
    write_date=lambda year, month, day: month + "/" + day + "/" + year,
    ssn_with_hyphens=True,
    told={"relationship": "relationship"},
)

IVD = ProgramFile(
    name="ivd",
    program="iv-d",
    record_id="participant_id",
    columns={
        "case_id": "case_number",
        "role": "role_cd",
        "last_name": "last_nm",
        "first_name": "first_nm",
        "middle_name": "mid_init",
        "suffix": "suffix_cd",
        "ssn": "ssn_no",
        "birth_date": "birth_dt",
        "sex": "sex_cd",
        "street": "addr_line_1",
        "unit": "addr_line_2",
        "city": "city_nm",
        "zip": "zip_cd",
        "phone": "phone_no",
        "protected": "fv_ind",
    },
    write_date=lambda year, month, day: year + month + day,
    told={"relationship": "relationship", "absence": "absence"},
)

JOBS = ProgramFile(
    name="jobs",
    program="jobs",
    record_id="participant_no",
    columns={
        "case_id": "participation_no",
        "role": "participant_type",
        "full_name": "participant_name",
        "ssn": "ssn",
        "birth_date": "date_of_birth",
        "sex": "gender",
        "street": "address",
        "unit": "unit",
        "city": "city",
        "zip": "zip",
        "phone": "phone",
    },
    write_date=lambda year, month, day: year + "-" + month + "-" + day,
    capitals=False,
)

EMPLOYMENT = ProgramFile(
    name="employment",
    program="earnings",
    record_id="report_id",
    columns={
        "ssn": "employee_ssn",
        "first_name": "employee_first",
        "middle_name": "employee_middle",
        "last_name": "employee_last",
        "birth_date": "date_of_birth",
        "street": "employee_address",
        "city": "employee_city",
        "zip": "employee_zip",
    },
    write_date=lambda year, month, day: year + "-" + month + "-" + day,
    capitals=False,
    told={"report_kind": "report_type", "report_date": "report_date", "report_amount": "wages"},
)

PROGRAM_FILES = (IVA, IVD, JOBS, EMPLOYMENT)


def write_columns(file: ProgramFile, keyed: pd.DataFrame) -> pd.DataFrame:
    """Keyed records under the program's column names and in its notation; a column that either lacks is left out."""
    written = keyed.drop(columns=["birth_year", "birth_month", "birth_day"]).assign(
        birth_date=date_text(keyed, file.write_date),
        ssn=ssn_text(keyed["ssn"].to_numpy(), hyphens=file.ssn_with_hyphens),
    )
    if isinstance(file.columns["street"], str):
        written["street"] = join_street(written)
    if not file.capitals:
        for text in ("first_name", "middle_name", "last_name", "street", "city"):
            written[text] = written[text].str.title()
    if "full_name" in file.columns:
        written["full_name"] = join_name(written)
    named: dict[str, pd.Series] = {}
    for standard, column in file.columns.items():
        if isinstance(column, str) and standard not in written:
            continue
        named |= {column: written[standard]} if isinstance(column, str) else {part: written[part] for part in column}
    return pd.DataFrame(named)


def join_name(keyed: pd.DataFrame) -> Texts:
    """``Last, First Middle Suffix``, as far as the parts are there; missing where neither first nor last name is."""
    last, first, middle, suffix = (keyed[c].fillna("") for c in ("last_name", "first_name", "middle_name", "suffix"))
    names = (last + ", " + first + " " + middle + " " + suffix).str.replace(" +", " ", regex=True)
    joined: Texts = names.str.strip(", ").to_numpy(dtype=object, copy=True)
    joined[(keyed["first_name"].isna() & keyed["last_name"].isna()).to_numpy()] = None
    return joined


def join_street(keyed: pd.DataFrame) -> Texts:
    """House number and street in one text, missing where either is."""
    joined = (keyed["house_no"] + " " + keyed["street"]).to_numpy(dtype=object, copy=True)
    joined[pd.isna(joined)] = None
    return joined


def date_text(keyed: pd.DataFrame, write: DateWriter) -> Texts:
    """Birth dates as text, missing where the year is 0."""
    year, month, day = keyed["birth_year"], keyed["birth_month"], keyed["birth_day"]
    text = write(digits(year, 4), digits(month, 2), digits(day, 2))
    text[(year == 0).to_numpy()] = None
    return text


def ssn_text(numbers: Ints, *, hyphens: bool) -> Texts:
    """Numbers as nine digits, with hyphens where the program writes them; missing stays missing."""
    parts = [(1_000_000, 3), (10_000, 2), (1, 4)] if hyphens else [(1, 9)]
    first, *others = (digits(numbers // unit % 10**width, width) for unit, width in parts)
    text = reduce(lambda before, part: before + "-" + part, others, first)
    text[numbers == NO_SSN] = None
    return text
