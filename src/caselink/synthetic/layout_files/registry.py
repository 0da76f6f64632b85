"""IV-D's open cases as the state sends them to the Federal Case Registry: a line a case, a line a participant."""

from __future__ import annotations

import numpy as np
import pandas as pd

from caselink.synthetic.county import County
from caselink.synthetic.draws import Mask
from caselink.synthetic.layout_files.held import COUNTY_CODE, FileOfLayout, chosen, held_by_month, last_day, letters

NEWBORN_DAYS = 183
"""A child without a number is sent when its birth date is this long past."""


def registry_file(county: County) -> FileOfLayout:
    """The cases of the last month. Who could not be identified there is not sent.

    An adult needs two of number, birth date and full name, a child a number or a birth date half a year past. The sex
    is asked for: where it is not known, F is put for a custodian and M for anybody else.
    """
    month = county.plan.calendar.text()[-1]
    held = held_by_month(county, "ivd", [month])
    held = held[_is_known(held, last_day(month))].drop_duplicates("record_id").reset_index(drop=True)
    fallback = chosen([held["role"] == "CP"], ["F"], "M")
    people = pd.DataFrame(
        {
            "ACTION_TYPE_CODE": "A",
            "CASE_ID": held["case_id"],
            "FIPS_COUNTY_CODE": COUNTY_CODE,
            "LOCATE_REQUEST_TYPE": chosen([held["role"].isin(["NP", "PF"])], ["CS"], None),
            "PARTICIPANT_TYPE": held["role"],
            "FAMILY_VIOLENCE": chosen([held["protected"] == "Y"], ["FV"], None),
            "MEMBER_ID": held["record_id"],
            "SEX_CODE": held["sex"].astype("string").fillna(fallback),
            "DATE_OF_BIRTH": held["birth_date"],
            "SSN": held["ssn"],
            "FIRST_NAME": letters(held["first_name"], 16),
            "MIDDLE_NAME": letters(held["middle_name"], 16),
            "LAST_NAME": letters(held["last_name"], 30),
        }
    )
    cases = held["case_id"].drop_duplicates().sort_values(ignore_index=True)
    lines = pd.DataFrame({"ACTION_TYPE_CODE": "A", "CASE_ID": cases, "CASE_TYPE": "F", "FIPS_COUNTY_CODE": COUNTY_CODE})
    return FileOfLayout(
        name="fcr",
        layout="fcr",
        file="fcr.txt",
        program="iv-d",
        as_of=last_day(month),
        tables={"FC": lines, "FP": people},
        truth={"FP": held["truth_row"].to_numpy(np.int64)},
    )


def _is_known(held: pd.DataFrame, day: str) -> Mask:
    named = held["first_name"].notna() & held["last_name"].notna()
    number, birth = held["ssn"].notna(), held["birth_date"].notna()
    long_ago = str(np.datetime64(day) - NEWBORN_DAYS).replace("-", "")
    child = number | (held["birth_date"] <= long_ago).fillna(value=False)
    adult = number.astype(int) + birth.astype(int) + named.astype(int) >= 2
    return np.asarray(np.where((held["role"] == "CH").to_numpy(bool), child.to_numpy(bool), adult.to_numpy(bool)))
