"""State extracts with names: IV-A's and IV-D's people in cases month by month, and the referrals between the two."""

from __future__ import annotations

import numpy as np
import pandas as pd

from caselink.synthetic.county import County
from caselink.synthetic.draws import Ints, Streams, Texts, digits
from caselink.synthetic.layout_files.held import (
    COUNTY_CODE,
    FileOfLayout,
    chosen,
    held_by_month,
    last_day,
    looked_up,
)

CASH = "AF"
_PERSON = {
    "first_name": "first_name",
    "last_name": "last_name",
    "suffix": "suffix",
    "ssn": "ssn",
    "birth_date": "birth_date",
    "sex": "sex",
    "protected": "protected",
    "month": "month",
}


def iva_file(county: County) -> FileOfLayout:
    """IV-A: payees, adults and children; the payee's line has the claim of good cause."""
    held = held_by_month(county, "iva", county.plan.calendar.text())
    payee = held["role"].isin(["HEAD", "CARETAKER"]).to_numpy(bool)
    good_cause = looked_up(held["case_id"], county.cases["iva"], "case_id", "good_cause")
    table = pd.DataFrame({new: held[old] for old, new in _PERSON.items()}).assign(
        person_number=held["record_id"],
        case_number=held["case_id"],
        program_code=CASH,
        county=COUNTY_CODE,
        role=chosen([payee, held["role"] == "CHILD"], ["AR", "CH"], "CP"),
        relationship_to_payee=held["relationship"],
        middle_initial=held["middle_name"],
        receiving_benefits=chosen([held["status"] == "eligible"], ["Y"], "N"),
        good_cause_code=good_cause.where(payee),
        residential_street_1=held["street"],
        residential_street_2=held["unit"],
        residential_city=held["city"],
        residential_zip=held["zip"],
        home_telephone=held["phone"],
    )
    return _file(county, "iva", "state_iva", "iv-a", {"participant": table}, held)


def ivd_file(county: County) -> FileOfLayout:
    """IV-D: custodians, absent and putative parents, children, with what is on their case in that month."""
    held = held_by_month(county, "ivd", county.plan.calendar.text())
    cases = county.cases["ivd"]
    fact = {name: looked_up(held["case_id"], cases, "case_id", name) for name in cases.columns if name != "case_id"}
    month = held["month"].str.slice(0, 4) + "-" + held["month"].str.slice(4)
    settled = (fact["paternity_month"] <= month).fillna(value=False)
    fails = (fact["uncooperative"] <= month).fillna(value=False)
    custodian = held["role"] == "CP"
    table = pd.DataFrame({new: held[old] for old, new in _PERSON.items()}).assign(
        participant_id=held["record_id"],
        case_number=held["case_id"],
        role=held["role"],
        relationship_to_custodian=held["relationship"],
        middle_name=held["middle_name"],
        **{name: held[name] for name in ("street", "unit", "city", "zip", "phone")},
        county=COUNTY_CODE,
        absence_reason=held["absence"],
        paternity_established=chosen([fact["paternity"].isna(), settled], [None, "Y"], "N"),
        case_status="O",
        case_opened=_some_day(county, "ivd cases", fact["opened"], held["case_id"]),
        assistance_status=fact["assistance"],
        cooperation=chosen([~custodian, fails], [None, "N"], "Y"),
        cooperation_date=_some_day(
            county, "cooperation", fact["uncooperative"].where(fails & custodian), held["case_id"]
        ),
        good_cause_code=fact["good_cause"].where(custodian),
    )
    return _file(county, "ivd", "state_ivd", "iv-d", {"participant": table}, held)


def referral_file(county: County) -> FileOfLayout:
    """Referrals with their dates: days are drawn, so that none is received before it was sent."""
    referrals = county.referrals
    n = len(referrals)
    days = np.sort(Streams(county.plan.seed).within("layouts").rng("referral days").integers(1, 29, (n, 3)), axis=1)
    months = [referrals[name] for name in ("sent_month", "received_month", "worked_month")]
    sent, received, worked = (_date(month, days[:, place]) for place, month in enumerate(months))
    arrived = referrals["received_month"].notna().to_numpy(bool)
    table = pd.DataFrame(
        {
            "referral_id": referrals["referral_id"],
            "referral_type": referrals["kind"],
            "iva_case_number": referrals["iva_case_id"],
            "child_person_number": referrals["child_client_id"],
            "sent_date": sent,
            "received_date": received,
            "work_status": referrals["work_status"],
            "work_status_date": worked,
            "ivd_case_number": referrals["ivd_case_id"],
        }
    )[arrived].reset_index(drop=True)
    return _file(county, "referrals", "referrals", "iv-d", {"referral": table}, None)


def _file(
    county: County, name: str, layout: str, program: str, tables: dict[str, pd.DataFrame], held: pd.DataFrame | None
) -> FileOfLayout:
    kind = next(iter(tables))
    truth = {} if held is None else {kind: held["truth_row"].to_numpy(np.int64)}
    as_of = last_day(county.plan.calendar.text()[-1])
    return FileOfLayout(
        name=name, layout=layout, file=f"{name}.csv", program=program, as_of=as_of, tables=tables, truth=truth
    )


def _some_day(county: County, what: str, months: pd.Series, cases: pd.Series) -> pd.Series:
    """A day of each month as ``CCYYMMDD``, the same for all rows of a case."""
    codes, known = pd.factorize(cases, sort=True)
    days = Streams(county.plan.seed).within("layouts").rng(what).integers(1, 29, len(known))
    return _date(months, days[codes]) if len(known) else months


def _date(months: pd.Series, days: Ints) -> pd.Series:
    written: Texts = digits(days, 2)
    day = pd.Series(pd.array(written, dtype="string"), index=months.index)
    return months.astype("string").str.replace("-", "", regex=False) + day
