"""Findings of group R as they truly are: what one of IV-A and IV-D has and the other has not.

Truth is by the month. A *duty* is a child under 19 whose needs are counted with a payee it lives with, and a living
parent who lives elsewhere, for a run of months up to the end of the child's stay or of the parent's absence.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from caselink.synthetic.draws import Ints, Mask
from caselink.synthetic.findings.enrolled import ADULT_ROLES, eligible, enrolled, merged_stays
from caselink.synthetic.findings.leads import ARISEN, LOOK_ALIKE, Part, join_leads, lead_table
from caselink.synthetic.findings.true_roles import GROWN, birthday, by_month
from caselink.synthetic.history import History
from caselink.synthetic.programs.caseload import Programs

ALLOWED_MONTHS = 2
"""Months, the first one counted, in which a referral may still be on its way (R01), or a case be opened (R02)."""
SETTLED_MONTHS = 4
"""For so many months up to the last one programs must differ, or it is a matter of timing (R04, R08)."""
NEWBORN_MONTHS = 6
HELD = ("PD", "GC")
"""Good cause claimed, and granted."""


def referral_findings(history: History, programs: Programs) -> pd.DataFrame:
    """All findings of group R that our tables can show, and the look-alikes that families and programs make."""
    assistance, support = programs.caseloads["iva"], programs.caseloads["ivd"]
    units, cases = enrolled(assistance, history.calendar), enrolled(support, history.calendar)
    children = merged_stays(cases[(cases["role"] == "CH").to_numpy()], ["person", "case"])
    good_cause = assistance.cases.set_index("case")["good_cause"]
    return join_leads(
        [
            *_not_referred(history, units, children, programs.referrals, good_cause),
            *_late(history, children, programs.referrals),
            *_status(history, units, children, support.cases),
            *_good_cause(history, assistance.cases, support.cases),
            *_flags(programs),
            *_children_differ(history, units, children),
        ]
    )


def duties(history: History, units: pd.DataFrame) -> pd.DataFrame:
    """One row a month of a minor in a unit and each parent: ``absent``, ``dead``, ``at_home``, or none of these."""
    stays = merged_stays(units[eligible(units) & (units["role"] == "CHILD").to_numpy()], ["person", "case"])
    monthly = by_month(stays[(stays["head"] >= 0).to_numpy()])
    monthly = monthly[monthly["month"].to_numpy() <= birthday(history, monthly["person"].to_numpy(np.int64), GROWN)]
    both = pd.concat([monthly.assign(parent=_parent(history, monthly, tie)) for tie in ("mother", "father")])
    both = both[((both["parent"] >= 0) & (both["parent"] != both["head"])).to_numpy()].reset_index(drop=True)
    month, child, head, parent = (both[name].to_numpy(np.int64) for name in ("month", "person", "head", "parent"))
    home = history.home[month, child]
    both["with_head"] = (home >= 0) & (home == history.home[month, head])
    there = history.home[month, parent]
    both["dead"] = history.people["death"].to_numpy(np.int64)[parent] <= history.calendar.last_days()[month]
    both["at_home"] = ~both["dead"].to_numpy() & (there == home)
    both["absent"] = both["with_head"] & ~both["dead"] & (there >= 0) & (there != home)
    return both


def _parent(history: History, rows: pd.DataFrame, tie: str) -> Ints:
    return np.asarray(history.people[tie].to_numpy(np.int64)[rows["person"].to_numpy(np.int64)])


def last_runs(duty: pd.DataFrame, state: str) -> pd.DataFrame:
    """The last run of months in which ``state`` holds of each child, case and parent: ``first``, ``last``, ``length``.

    Runs that reach back to the first month have as many months more as the case had been open by then.
    """
    rows = duty[duty[state].to_numpy(bool)].sort_values(["person", "case", "parent", "month"], kind="stable")
    key = rows[["person", "case", "parent"]].to_numpy(np.int64)
    month = rows["month"].to_numpy(np.int64)
    breaks = np.ones(len(rows), bool)
    breaks[1:] = (key[1:] != key[:-1]).any(axis=1) | (month[1:] != month[:-1] + 1)
    start = np.flatnonzero(breaks)
    end = np.append(start[1:], len(rows)) - 1
    runs = rows[["person", "case", "parent", "head", "opened"]].take(start[: len(end)]).reset_index(drop=True)
    if not len(rows):
        return runs.assign(first=[], last=[], length=[]).astype(np.int64)
    runs["first"], runs["last"] = month[start], month[end]
    before = np.where(runs["first"] == 0, np.maximum(-runs["opened"], 0), 0)
    runs["length"] = runs["last"] - runs["first"] + 1 + before
    return runs.drop_duplicates(["person", "case", "parent"], keep="last").reset_index(drop=True)


def _not_referred(
    history: History, units: pd.DataFrame, children: pd.DataFrame, referrals: pd.DataFrame, good_cause: pd.Series
) -> list[pd.DataFrame]:
    """R01 and R03, and why a parent without a case may be none: at home, dead, good cause, or still in time."""
    duty = duties(history, units)
    known = _parties(children["person"], children["absent"])
    received = referrals[(referrals["received_month"] >= 0).to_numpy()]
    known = known.append(_parties(received["child"], received["absent"]))
    tables = []
    for state, look_alike in (("at_home", "both parents at home"), ("dead", "parent dead")):
        runs = last_runs(duty, state)
        tables.append(_missing(runs[~_parties(runs["person"], runs["parent"]).isin(known)], "R01", look_alike))
    runs = last_runs(duty, "absent")
    runs = runs[~_parties(runs["person"], runs["parent"]).isin(known) & ~_listed(runs, units)].reset_index(drop=True)
    runs = runs[~_siblings_known(runs, children)].reset_index(drop=True)
    other = _parties(runs["person"], runs["head"]).isin(_parties(children["person"], children["head"]))
    second = other & ~_is_parent(history, runs)
    held = runs["case"].map(good_cause).isin(HELD).to_numpy()
    in_time = (runs["length"] <= ALLOWED_MONTHS).to_numpy()
    for finding, among in (("R01", ~second), ("R03", second)):
        tables += [
            _missing(runs[among & held], finding, "good cause"),
            _missing(runs[among & ~held & in_time], finding, "inside the allowed time"),
            _missing(runs[among & ~held & ~in_time], finding, None),
        ]
    return tables


def _parties(child: pd.Series, parent: pd.Series) -> pd.MultiIndex:
    return pd.MultiIndex.from_arrays([child.to_numpy(np.int64), parent.to_numpy(np.int64)])


def _listed(runs: pd.DataFrame, units: pd.DataFrame) -> Mask:
    """Parents who are an adult of the unit on file in the last month of the run."""
    adults = units[units["role"].isin(ADULT_ROLES).to_numpy()][["person", "case", "first", "last"]]
    found = runs.reset_index().merge(
        adults, left_on=["parent", "case"], right_on=["person", "case"], suffixes=("", "_u")
    )
    found = found[((found["first_u"] <= found["last"]) & (found["last_u"] >= found["last"])).to_numpy()]
    return np.isin(np.arange(len(runs)), found["index"])


def _siblings_known(runs: pd.DataFrame, children: pd.DataFrame) -> Mask:
    """Where custodian and parent have a case with another child in the last month of the run (R08)."""
    parties = runs.reset_index().merge(
        children[["head", "absent", "first", "last"]],
        left_on=["head", "parent"],
        right_on=["head", "absent"],
        suffixes=("", "_d"),
    )
    parties = parties[((parties["first_d"] <= parties["last"]) & (parties["last_d"] >= parties["last"])).to_numpy()]
    return np.isin(np.arange(len(runs)), parties["index"])


def _is_parent(history: History, runs: pd.DataFrame) -> Mask:
    """Where the payee is a parent of the child."""
    head = runs["head"].to_numpy(np.int64)
    return np.asarray((_parent(history, runs, "mother") == head) | (_parent(history, runs, "father") == head))


def _missing(runs: pd.DataFrame, finding: str, look_alike: str | None) -> pd.DataFrame:
    """One lead for each unit and parent, with all children concerned."""
    lead = runs.groupby(["case", "parent"], sort=True).ngroup().to_numpy()
    each = (
        runs.groupby(["case", "parent"], sort=True).agg({"first": "min", "last": "max", "head": "first"}).reset_index()
    )
    parts = [
        Part("child", "iva", runs["person"], runs["case"], lead),
        Part("payee", "iva", each["head"], each["case"]),
        Part("parent", "iva", each["parent"], each["case"]),
    ]
    kind = LOOK_ALIKE if look_alike else ARISEN
    return lead_table(finding, (each["first"], each["last"]), parts, look_alike=look_alike, kind=kind)


def _late(history: History, children: pd.DataFrame, referrals: pd.DataFrame) -> list[pd.DataFrame]:
    """R02: received, and no case in that month or the next; updates of an open case, and new ones, look alike."""
    got = referrals[(referrals["received_month"] >= 0).to_numpy()].reset_index(drop=True)
    received, worked = got["received_month"].to_numpy(np.int64), got["worked_month"].to_numpy(np.int64)
    now = history.calendar.n_months - 1
    until = np.where(worked >= 0, worked - 1, now)
    waited = until - received >= ALLOWED_MONTHS
    has_case = _has_case(got, children, received + ALLOWED_MONTHS - 1)
    fresh = (worked < 0) & ~has_case & (now - received < ALLOWED_MONTHS)
    return [
        _by_referral(got[waited & ~has_case], received[waited & ~has_case] + ALLOWED_MONTHS, until[waited & ~has_case]),
        _by_referral(
            got[has_case & waited], received[has_case & waited], until[has_case & waited], "case already open"
        ),
        _by_referral(got[fresh], received[fresh], until[fresh], "inside the 20 days"),
    ]


def _has_case(got: pd.DataFrame, children: pd.DataFrame, by: Ints) -> Mask:
    """Whether child and parent are in a case open in month ``by`` or before, from the referral on."""
    pairs = got[["child", "absent", "received_month"]].assign(by=by).reset_index()
    pairs = pairs.merge(children, left_on=["child", "absent"], right_on=["person", "absent"])
    there = pairs[((pairs["first"] <= pairs["by"]) & (pairs["last"] >= pairs["received_month"])).to_numpy()]
    return np.isin(np.arange(len(got)), there["index"])


def _by_referral(got: pd.DataFrame, first: Ints, last: Ints, look_alike: str | None = None) -> pd.DataFrame:
    """One lead for each unit, parent and month received, with all children concerned."""
    keys = ["iva_case", "absent", "received_month"]
    rows = got.assign(first=first, last=np.maximum(first, last))
    lead = rows.groupby(keys, sort=True).ngroup().to_numpy()
    each = rows.groupby(keys, sort=True).agg({"first": "min", "last": "max"}).reset_index()
    parts = [
        Part("child", "iva", rows["child"], rows["iva_case"], lead),
        Part("parent", "iva", each["absent"], each["iva_case"]),
    ]
    kind = LOOK_ALIKE if look_alike else ARISEN
    return lead_table("R02", (each["first"], each["last"]), parts, look_alike=look_alike, kind=kind)


def assisted_months(history: History, units: pd.DataFrame, children: pd.DataFrame) -> pd.DataFrame:
    """For each support case that has a child in the last month, the months in which one of these is in a unit.

    Columns ``case``, ``head``, ``absent``, and ``assisted`` as bits, one a month.
    """
    now = history.calendar.n_months - 1
    aided = by_month(units[eligible(units) & (units["role"] == "CHILD").to_numpy()])
    bits = np.zeros(history.n_people, np.int64)
    np.bitwise_or.at(bits, aided["person"].to_numpy(np.int64), 1 << aided["month"].to_numpy(np.int64))
    here = children[(children["last"] == now).to_numpy()]
    here = here.assign(assisted=bits[here["person"].to_numpy(np.int64)])
    grouped = here.groupby("case", sort=True)
    each = grouped[["head", "absent"]].first().reset_index()
    rows = here.sort_values("case", kind="stable")
    start = np.searchsorted(rows["case"].to_numpy(), each["case"].to_numpy())
    each["assisted"] = (
        np.bitwise_or.reduceat(rows["assisted"].to_numpy(), start) if len(each) else np.zeros(0, np.int64)
    )
    return each


def _status(history: History, units: pd.DataFrame, children: pd.DataFrame, cases: pd.DataFrame) -> list[pd.DataFrame]:
    """R04: current assistance on the one side only, for months; a change of late is a matter of timing."""
    each = assisted_months(history, units, children)
    status = each["case"].map(cases.set_index("case")["assistance"])
    n = min(SETTLED_MONTHS, history.calendar.n_months)
    lately = each["assisted"].to_numpy(np.int64) >> (history.calendar.n_months - n)
    always, never = lately == (1 << n) - 1, lately == 0
    now = (lately >> (n - 1)) & 1 == 1
    current = (status == "current").to_numpy()
    differs = status.notna().to_numpy() & (current != now)
    settled = differs & (always | never)
    return [
        _by_support_case(each[settled], history, None),
        _by_support_case(each[differs & ~settled], history, "timing"),
    ]


def _by_support_case(each: pd.DataFrame, history: History, look_alike: str | None) -> pd.DataFrame:
    now = history.calendar.n_months - 1
    first = np.full(len(each), max(0, now - SETTLED_MONTHS + 1))
    parts = [Part("custodian", "ivd", each["head"], each["case"])]
    kind = LOOK_ALIKE if look_alike else ARISEN
    return lead_table("R04", (first, np.full(len(each), now)), parts, look_alike=look_alike, kind=kind)


def _good_cause(history: History, units: pd.DataFrame, cases: pd.DataFrame) -> list[pd.DataFrame]:
    """R06: held by IV-A and by no case that IV-D has of the payee; held by both is right."""
    now = history.calendar.n_months - 1
    claims = units[(units["good_cause"].isin(HELD) & (units["closed"] > now) & (units["head"] >= 0)).to_numpy()]
    open_cases = cases[((cases["closed"] > now) & (cases["opened"] <= now)).to_numpy()]
    pairs = claims[["case", "head"]].merge(open_cases[["case", "head", "good_cause"]], on="head", suffixes=("", "_d"))
    held = pairs.assign(held=pairs["good_cause"].isin(HELD).to_numpy()).groupby("case")["held"].transform("any")
    return [
        _by_claim(pairs[~held.to_numpy(bool)], now, None),
        _by_claim(pairs[held.to_numpy(bool)], now, "held in both"),
    ]


def _by_claim(pairs: pd.DataFrame, now: int, look_alike: str | None) -> pd.DataFrame:
    lead = pairs.groupby("case", sort=True).ngroup().to_numpy()
    each = pairs.drop_duplicates("case").sort_values("case")
    parts = [
        Part("payee", "iva", each["head"], each["case"]),
        Part("custodian", "ivd", pairs["head"], pairs["case_d"], lead),
    ]
    kind = LOOK_ALIKE if look_alike else ARISEN
    months = (np.full(len(each), now), np.full(len(each), now))
    return lead_table("R06", months, parts, look_alike=look_alike, kind=kind)


def _flags(programs: Programs) -> list[pd.DataFrame]:
    """R07: flagged as in danger by one program and known to the other, which has not; flagged by both is right."""
    one, other = (_flagged(programs.caseloads[name].records) for name in ("iva", "ivd"))
    both = one.merge(other, on="person", suffixes=("", "_d"))
    here, there = both["flagged"].to_numpy(bool), both["flagged_d"].to_numpy(bool)
    return [_by_flag(both[here != there], None), _by_flag(both[here & there], "flagged by both")]


def _flagged(records: pd.DataFrame) -> pd.DataFrame:
    """One row a person: whether any record is flagged, the first case, and the month of the first record."""
    seen = records[["person", "case", "entered"]].assign(flagged=(records["protected"] == "Y").to_numpy())
    each = seen.groupby("person", sort=True).agg({"flagged": "any", "case": "first", "entered": "min"})
    return each.reset_index()


def _by_flag(both: pd.DataFrame, look_alike: str | None) -> pd.DataFrame:
    parts = [Part("person", "iva", both["person"], both["case"]), Part("person", "ivd", both["person"], both["case_d"])]
    first = both[["entered", "entered_d"]].max(axis=1)
    kind = LOOK_ALIKE if look_alike else ARISEN
    return lead_table("R07", (first, first), parts, look_alike=look_alike, kind=kind)


def _children_differ(history: History, units: pd.DataFrame, children: pd.DataFrame) -> list[pd.DataFrame]:
    """R08: a minor of the payee's unit is missing in the payee's case against its parent; half-siblings look alike."""
    n = history.calendar.n_months
    settled = min(SETTLED_MONTHS, n)
    aided = merged_stays(units[eligible(units) & (units["role"] == "CHILD").to_numpy()], ["person", "case"])
    aided = aided[((aided["last"] == n - 1) & (aided["first"] <= n - settled) & (aided["head"] >= 0)).to_numpy()]
    cases = children[((children["last"] == n - 1) & (children["first"] <= n - settled)).to_numpy()]
    cases = cases[["case", "head", "absent"]].drop_duplicates("case")
    pairs = aided[["person", "case", "head"]].merge(cases, on="head", suffixes=("", "_d"))
    in_it = children[(children["last"] >= n - settled).to_numpy()]
    keys = _parties(pairs["person"], pairs["case_d"])
    pairs = pairs[~keys.isin(_parties(in_it["person"], in_it["case"]))].reset_index(drop=True)
    child, absent = pairs["person"].to_numpy(np.int64), pairs["absent"].to_numpy(np.int64)
    own = (_parent(history, pairs, "mother") == absent) | (_parent(history, pairs, "father") == absent)
    own &= birthday(history, child, GROWN) >= n - 1
    born = history.people["birth"].to_numpy(np.int64)[child]
    newborn = history.calendar.last_days()[-1] - born < NEWBORN_MONTHS * 30 + settled * 31
    return [
        _by_child(pairs[own & ~newborn], n, None),
        _by_child(pairs[own & newborn], n, "newborn"),
        _by_child(pairs[~own & _with_father(history, child)], n, "half-sibling"),
    ]


def _with_father(history: History, child: Ints) -> Mask:
    return np.asarray(history.people["father"].to_numpy(np.int64)[child] >= 0)


def _by_child(pairs: pd.DataFrame, n_months: int, look_alike: str | None) -> pd.DataFrame:
    parts = [
        Part("child", "iva", pairs["person"], pairs["case"]),
        Part("custodian", "ivd", pairs["head"], pairs["case_d"]),
        Part("absent parent", "ivd", pairs["absent"], pairs["case_d"]),
    ]
    first = np.full(len(pairs), max(0, n_months - SETTLED_MONTHS))
    kind = LOOK_ALIKE if look_alike else ARISEN
    months = (first, np.full(len(pairs), n_months - 1))
    return lead_table("R08", months, parts, look_alike=look_alike, kind=kind)
