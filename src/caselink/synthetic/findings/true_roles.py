"""Findings of group C as they truly are: people in roles and homes that do not go together."""

from __future__ import annotations

import numpy as np
import pandas as pd

from caselink.synthetic.draws import Ints
from caselink.synthetic.findings.enrolled import ABSENT_ROLES, ADULT_ROLES, at_home, eligible, enrolled, merged_stays
from caselink.synthetic.findings.leads import ARISEN, LOOK_ALIKE, Part, join_leads, lead_table
from caselink.synthetic.history import NEVER, History
from caselink.synthetic.programs.caseload import Caseload

GROWN = 19
"""Years: a dependent who was older before a month began is carried as a child by mistake (C06)."""
IN_SCHOOL_FROM = 18


def role_findings(
    history: History, assistance: Caseload, support: Caseload, employed: Ints | None = None
) -> pd.DataFrame:
    """All findings of group C that our tables can show, and the look-alikes that families themselves make.

    ``employed``: people of whom an employer has reported anything.
    """
    units, cases = enrolled(assistance, history.calendar), enrolled(support, history.calendar)
    employed = np.zeros(0, np.int64) if employed is None else employed
    return join_leads(
        [
            *_nobody_eligible(units),
            *_both_parent_and_absent(history, cases),
            *_absent_in_home(history, units, cases, support),
            *_grown_children(history, units),
            *_relationships(assistance, support),
            *_absence_reasons(history, support, cases, employed),
            *_dead(history, units, cases),
            *_jailed(history, units),
        ]
    )


def by_month(members: pd.DataFrame) -> pd.DataFrame:
    """A row for each month of each stay."""
    length = (members["last"] - members["first"] + 1).to_numpy(np.int64)
    rows = members.take(np.repeat(np.arange(len(members)), length)).reset_index(drop=True)
    start = np.cumsum(length) - length
    return rows.assign(month=rows["first"] + np.arange(len(rows)) - np.repeat(start, length))


def _nobody_eligible(units: pd.DataFrame) -> list[pd.DataFrame]:
    """C01: months in which a case has people and none whose needs are counted; a child-only case has its children."""
    monthly = by_month(units.assign(counted=eligible(units), adult=units["role"].isin(ADULT_ROLES).to_numpy()))
    monthly["adult_counted"] = monthly["counted"] & monthly["adult"]
    each = monthly.groupby(["case", "month"], sort=True).agg(
        {"counted": "any", "adult_counted": "any", "adult": "any", "head": "first"}
    )
    each = each.reset_index()
    child_only = (each["counted"] & ~each["adult_counted"] & each["adult"]).to_numpy(bool)
    return [
        _by_case("C01", each[~each["counted"].to_numpy(bool)]),
        _by_case("C01", each[child_only], look_alike="child-only case"),
    ]


def _by_case(finding: str, months: pd.DataFrame, *, look_alike: str | None = None) -> pd.DataFrame:
    found = months.groupby("case", sort=True).agg({"month": ["min", "max"], "head": "first"})
    found.columns = pd.Index(["first", "last", "head"])
    kind = LOOK_ALIKE if look_alike else ARISEN
    payee = Part("payee", "iva", found["head"], found.index.to_numpy())
    return lead_table(finding, (found["first"], found["last"]), [payee], look_alike=look_alike, kind=kind)


def _both_parent_and_absent(history: History, cases: pd.DataFrame) -> list[pd.DataFrame]:
    """C03: one person both absent parent and custodian or child of a case; father and son of one name are two."""
    absent = merged_stays(cases[cases["role"].isin(ABSENT_ROLES).to_numpy()], ["case", "person"])
    others = merged_stays(cases[~cases["role"].isin(ABSENT_ROLES).to_numpy()], ["case", "person"])
    pairs = absent.merge(others[["case", "person", "first", "last"]], on=["case", "person"], suffixes=("", "_b"))
    first, last = pairs[["first", "first_b"]].max(axis=1), pairs[["last", "last_b"]].min(axis=1)
    now = (first <= last).to_numpy()
    person = Part("person", "ivd", pairs["person"][now], pairs["case"][now])
    return [
        lead_table("C03", (first[now], last[now]), [person]),
        _father_and_son(history, absent, others),
    ]


def _father_and_son(history: History, absent: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    pairs = absent.merge(others, on="case", suffixes=("", "_b"))
    one, other = pairs["person"].to_numpy(np.int64), pairs["person_b"].to_numpy(np.int64)
    names, surnames = history.people["first_name"].to_numpy(dtype=object), history.last_name[-1]
    alike = (names[one] == names[other]) & (surnames[one] == surnames[other]) & (one != other) & pd.notna(names[one])
    pairs = pairs[alike]
    first = pairs[["first", "first_b"]].max(axis=1)
    last = np.maximum(first, pairs[["last", "last_b"]].min(axis=1))
    parts = [Part("absent parent", "ivd", pairs["person"], pairs["case"])]
    parts.append(Part("namesake", "ivd", pairs["person_b"], pairs["case"]))
    return lead_table("C03", (first, last), parts, kind=LOOK_ALIKE, look_alike="parent and child of one name")


def _absent_in_home(
    history: History, units: pd.DataFrame, cases: pd.DataFrame, support: Caseload
) -> list[pd.DataFrame]:
    """C04: an absent parent listed as an adult of the child's unit; one whose address on file is where he lived."""
    keys = ["person", "case"]
    absent = merged_stays(cases[cases["role"].isin(ABSENT_ROLES).to_numpy()], keys)
    children = merged_stays(cases[(cases["role"] == "CH").to_numpy()], keys)
    aided = merged_stays(units[(units["role"] == "CHILD").to_numpy()], keys)
    listed = merged_stays(units[units["role"].isin(ADULT_ROLES).to_numpy()], keys)
    pairs = _joined(absent, children.rename(columns={"person": "child"}), ["case"], "d")
    pairs = _joined(pairs, aided.rename(columns={"person": "child", "case": "unit"}), ["child"], "a")
    pairs = _joined(pairs, listed.rename(columns={"case": "unit"}), ["person", "unit"], "l")
    pairs = pairs.drop_duplicates(["person", "case", "unit"])
    parts = [
        Part("absent parent", "ivd", pairs["person"], pairs["case"]),
        Part("absent parent", "iva", pairs["person"], pairs["unit"]),
        Part("child", "iva", pairs["child"], pairs["unit"]),
    ]
    return [lead_table("C04", (pairs["first"], pairs["last"]), parts), _lived_there(history, absent, support)]


def _joined(left: pd.DataFrame, right: pd.DataFrame, on: list[str], mark: str) -> pd.DataFrame:
    """Stays that have a month in common, cut to those months."""
    kept = right[[*{*on, "person", "child", "case", "unit"} & {*right.columns}, "first", "last"]]
    pairs = left.merge(kept, on=on, suffixes=("", f"_{mark}"))
    pairs["first"] = np.maximum(pairs["first"], pairs[f"first_{mark}"])
    pairs["last"] = np.minimum(pairs["last"], pairs[f"last_{mark}"])
    return pairs[(pairs["first"] <= pairs["last"]).to_numpy()].reset_index(drop=True)


def told_home(history: History, caseload: Caseload) -> Ints:
    """For each record the home it was last told of, as seen in the last month; -1 where told before the months."""
    versions = caseload.versions[caseload.versions["address"].to_numpy(bool)]
    order = np.lexsort((versions["month"].to_numpy(), versions["record"].to_numpy()))
    told = np.full(len(caseload.records), -1, np.int64)
    told[versions["record"].to_numpy(np.int64)[order]] = versions["told_month"].to_numpy(np.int64)[order]
    person = caseload.records["person"].to_numpy(np.int64)
    return np.where(told >= 0, history.home[np.maximum(told, 0), person], -1).astype(np.int64)


def _lived_there(history: History, absent: pd.DataFrame, support: Caseload) -> pd.DataFrame:
    """Absent parents on file at the custodian's home, where they do not live any more."""
    month = history.calendar.n_months - 1
    now = absent[(absent["last"] == month).to_numpy() & (absent["head"] >= 0).to_numpy()]
    person, head = now["person"].to_numpy(np.int64), now["head"].to_numpy(np.int64)
    told = told_home(history, support)[now["record"].to_numpy(np.int64)]
    custodians = at_home(history, head, np.full(len(head), month))
    own = at_home(history, person, np.full(len(head), month))
    stale = now[(told >= 0) & (told == custodians) & (own != custodians)]
    parts = [Part("absent parent", "ivd", stale["person"], stale["case"])]
    parts.append(Part("custodian", "ivd", stale["head"], stale["case"]))
    months = (np.full(len(stale), month), np.full(len(stale), month))
    return lead_table("C04", months, parts, kind=LOOK_ALIKE, look_alike="address from before the parting")


def _grown_children(history: History, units: pd.DataFrame) -> list[pd.DataFrame]:
    """C06: still a child of the unit after the month of the 19th birthday; not at 18, nor in that month."""
    children = merged_stays(units[eligible(units) & (units["role"] == "CHILD").to_numpy()], ["person", "case"])
    nineteen = birthday(history, children["person"].to_numpy(np.int64), GROWN)
    late = (children["last"] > nineteen).to_numpy()
    grown = children[late]
    first = np.maximum(grown["first"], nineteen[late] + 1)
    eighteen = birthday(history, children["person"].to_numpy(np.int64), IN_SCHOOL_FROM)
    in_school = ~late & (children["last"] > eighteen).to_numpy()
    young = children[in_school]
    months = (np.maximum(young["first"], eighteen[in_school] + 1), young["last"])
    return [
        lead_table("C06", (first, grown["last"]), [Part("child", "iva", grown["person"], grown["case"])]),
        lead_table(
            "C06",
            months,
            [Part("child", "iva", young["person"], young["case"])],
            kind=LOOK_ALIKE,
            look_alike="18 and in school",
        ),
    ]


def birthday(history: History, person: Ints, years: int) -> Ints:
    """The month (number) in which each person is so many years old."""
    born = history.people["birth"].to_numpy(np.int64)[person].astype("datetime64[D]").astype("datetime64[M]")
    return np.asarray((born + 12 * years - history.calendar.months()[0]).astype(np.int64))


def _relationships(assistance: Caseload, support: Caseload) -> list[pd.DataFrame]:
    """C07: the child of one adult here and not there; with different adults in charge it is both."""
    if "relationship" not in assistance.details or "relationship" not in support.details:
        return []
    pairs = _kin_codes(assistance).merge(_kin_codes(support), on="person", suffixes=("", "_d"))
    differ = ((pairs["relationship"] == "CH") != (pairs["relationship_d"] == "CH")).to_numpy()
    same = (pairs["head"] == pairs["head_d"]).to_numpy()
    tables = []
    for look_alike, some in ((None, pairs[differ & same]), ("other adult in charge", pairs[differ & ~same])):
        parts = [
            Part("child", "iva", some["person"], some["case"]),
            Part("child", "ivd", some["person"], some["case_d"]),
        ]
        first = some[["entered", "entered_d"]].max(axis=1)
        last = np.maximum(first, some[["until", "until_d"]].min(axis=1))
        kind = LOOK_ALIKE if look_alike else ARISEN
        tables.append(lead_table("C07", (first, last), parts, look_alike=look_alike, kind=kind))
    return tables


def _kin_codes(caseload: Caseload) -> pd.DataFrame:
    """Children's records with the adult whom their relationship is about, and their months."""
    records = caseload.records.assign(
        relationship=caseload.details["relationship"], record=np.arange(len(caseload.records))
    )
    until = caseload.memberships.groupby("record")["last_month"].max()
    head = caseload.cases.set_index("case")["head"]
    records = records.assign(until=records["record"].map(until), head=records["case"].map(head))
    records = records[(records["relationship"].notna() & records["head"].notna() & records["until"].notna()).to_numpy()]
    kept = records[["person", "case", "head", "relationship", "entered", "until"]]
    return kept.drop_duplicates(["person", "case"]).astype({"until": np.int64, "head": np.int64})


def _absence_reasons(history: History, support: Caseload, cases: pd.DataFrame, employed: Ints) -> list[pd.DataFrame]:
    """C09: said to be dead though alive and at work, or in jail though never there; once in jail is an old reason."""
    if "absence" not in support.details:
        return []
    absent = merged_stays(cases[cases["role"].isin(ABSENT_ROLES).to_numpy()], ["person", "case"])
    reason = support.details["absence"].to_numpy(dtype=object)[absent["record"].to_numpy(np.int64)]
    person = absent["person"].to_numpy(np.int64)
    alive = history.people["death"].to_numpy(np.int64)[person] == NEVER
    was_jailed = np.any(history.jailed, axis=0, keepdims=True)[0, person]
    still = history.jailed[-1][person]
    wrong = ((reason == "DC") & alive & np.isin(person, employed)) | ((reason == "IC") & ~was_jailed)
    return [
        _absent_leads(absent[wrong]),
        _absent_leads(absent[(reason == "IC") & was_jailed & ~still], look_alike="reason out of date"),
    ]


def _absent_leads(absent: pd.DataFrame, *, look_alike: str | None = None) -> pd.DataFrame:
    kind = LOOK_ALIKE if look_alike else ARISEN
    parts = [Part("absent parent", "ivd", absent["person"], absent["case"])]
    return lead_table("C09", (absent["first"], absent["last"]), parts, look_alike=look_alike, kind=kind)


def _dead(history: History, units: pd.DataFrame, cases: pd.DataFrame) -> list[pd.DataFrame]:
    """C11: in a case in a month after that of death; being there in that month is right."""
    tables = []
    for program, members in (("iva", units), ("ivd", cases)):
        stays = merged_stays(members, ["person", "case"])
        death = _month_of(history, history.people["death"].to_numpy(np.int64))[stays["person"].to_numpy(np.int64)]
        after, at = (stays["last"] > death).to_numpy(), (stays["last"] == death).to_numpy()
        late, right = stays[after], stays[at]
        tables += [
            lead_table(
                "C11",
                (np.maximum(late["first"], death[after] + 1), late["last"]),
                [Part("person", program, late["person"], late["case"])],
            ),
            lead_table(
                "C11",
                (right["last"], right["last"]),
                [Part("person", program, right["person"], right["case"])],
                kind=LOOK_ALIKE,
                look_alike="died in the month",
            ),
        ]
    return tables


def _month_of(history: History, days: Ints) -> Ints:
    never = days == NEVER
    months = np.where(never, 0, days).astype("datetime64[D]").astype("datetime64[M]")
    return np.where(never, NEVER, (months - history.calendar.months()[0]).astype(np.int64)).astype(np.int64)


def _jailed(history: History, units: pd.DataFrame) -> list[pd.DataFrame]:
    """C12: needs counted in a month at whose end, and at the end of the one before, the person was in jail."""
    monthly = by_month(units[eligible(units)])
    inside = history.jailed[monthly["month"], monthly["person"]]
    before = history.jailed[np.maximum(monthly["month"] - 1, 0), monthly["person"]]
    return [
        _by_stay("C12", monthly[inside & before]),
        _by_stay("C12", monthly[inside & ~before], look_alike="jailed in the month"),
    ]


def _by_stay(finding: str, months: pd.DataFrame, *, look_alike: str | None = None) -> pd.DataFrame:
    found = months.groupby(["person", "case"], sort=True)["month"].agg(["min", "max"]).reset_index()
    kind = LOOK_ALIKE if look_alike else ARISEN
    parts = [Part("person", "iva", found["person"], found["case"])]
    return lead_table(finding, (found["min"], found["max"]), parts, look_alike=look_alike, kind=kind)
