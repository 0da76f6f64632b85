"""Findings of group D as they truly are: the same person, child, case or household twice inside one program.

Two stays of one person in two cases are a finding where they have a month in common that is no hand-over: see
:func:`~caselink.synthetic.findings.enrolled.overlapping`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from caselink.synthetic.draws import Ints, Mask
from caselink.synthetic.findings.enrolled import at_home, eligible, enrolled, merged_stays, overlapping
from caselink.synthetic.findings.leads import ARISEN, LOOK_ALIKE, Part, join_leads, lead_table
from caselink.synthetic.history import History
from caselink.synthetic.people.families import NOBODY
from caselink.synthetic.programs.caseload import Caseload


def duplicate_findings(history: History, assistance: Caseload, support: Caseload) -> pd.DataFrame:
    """All findings of group D that our tables can show, and the look-alikes that families themselves make."""
    calendar = history.calendar
    units, cases = enrolled(assistance, calendar), enrolled(support, calendar)
    twice = eligible_twice(units)
    return join_leads(
        [
            *_same_record_twice(units),
            *_two_cases(twice),
            *_same_support_case(cases),
            *_two_custodians(cases),
            *_two_fathers(history, support, cases),
            _applied_twice(history, twice),
            *_two_numbers(units),
            *_namesakes(history, units),
        ]
    )


def eligible_twice(units: pd.DataFrame) -> pd.DataFrame:
    """Pairs of stays of one person as an eligible member of two assistance cases with a month in common."""
    stays = merged_stays(units[eligible(units)], ["person", "case", "record"])
    several = stays.groupby("person")["case"].transform("nunique").to_numpy() > 1
    pairs = overlapping(stays[several], stays[several], ["person"])
    return pairs[(pairs["case_a"] != pairs["case_b"]).to_numpy()].reset_index(drop=True)


def _same_record_twice(units: pd.DataFrame) -> list[pd.DataFrame]:
    """D01: a person's line again in one case and month, as it was first keyed; D02: keyed anew."""
    stays = merged_stays(units, ["person", "case", "record"])
    again = stays.duplicated(["person", "case"], keep=False).to_numpy()
    pairs = overlapping(stays[again], stays[again], ["person", "case"])
    pairs = pairs[(pairs["record_a"] != pairs["record_b"]).to_numpy()]
    copied = (pairs["copy_of_a"] == pairs["copy_of_b"]).to_numpy()
    return [
        lead_table(finding, (some["first"], some["last"]), [Part("person", "iva", some["person"], some["case"])])
        for finding, some in (("D01", pairs[copied]), ("D02", pairs[~copied]))
    ]


def _in_both(pairs: pd.DataFrame, part: str, program: str) -> list[Part]:
    """The person of each pair of stays, in the one case and in the other."""
    return [Part(part, program, pairs["person"], pairs[f"case_{which}"]) for which in "ab"]


def _heads(pairs: pd.DataFrame, part: str, program: str) -> list[Part]:
    return [Part(part, program, pairs[f"head_{which}"], pairs[f"case_{which}"]) for which in "ab"]


def _two_cases(twice: pd.DataFrame) -> list[pd.DataFrame]:
    """D05: a child with different payees; D04: anybody else who is eligible in two cases."""
    pairs = twice[~twice["handed_over"].to_numpy()]
    child = (pairs["role_a"] == "CHILD") & (pairs["role_b"] == "CHILD") & (pairs["head_a"] != pairs["head_b"])
    return [
        lead_table(
            finding,
            (some["first"], some["last"]),
            [*_in_both(some, part, "iva"), *_heads(some, "payee", "iva")],
        )
        for finding, part, some in (("D05", "child", pairs[child]), ("D04", "member", pairs[~child]))
    ]


def _same_support_case(cases: pd.DataFrame) -> list[pd.DataFrame]:
    """D06: custodian, absent parent and a child the same in two cases open in one month; else it was opened again."""
    stays = merged_stays(cases[(cases["role"] == "CH").to_numpy()], ["person", "case"])
    parties = stays[(stays["head"] >= 0).to_numpy() & (stays["absent"] >= 0).to_numpy()]
    parties = parties.drop_duplicates(["person", "case"])
    several = parties.duplicated(["person", "head", "absent"], keep=False).to_numpy()
    pairs = parties[several].merge(parties[several], on=["person", "head", "absent"], suffixes=("_a", "_b"))
    pairs = pairs[(pairs["case_a"] < pairs["case_b"]).to_numpy()]
    first = np.maximum(0, pairs[["opened_a", "opened_b"]].max(axis=1))
    last = np.minimum(pairs[["closed_a", "closed_b"]].min(axis=1) - 1, _last_month(cases))
    both_open = np.asarray(first <= last)
    again = np.maximum(0, np.minimum(first, _last_month(cases)))
    return [
        _same_parties(pairs[both_open], first[both_open], last[both_open]),
        _same_parties(pairs[~both_open], again[~both_open], again[~both_open], look_alike="case opened again"),
    ]


def _last_month(members: pd.DataFrame) -> int:
    return int(members["last"].max()) if len(members) else 0


def _same_parties(
    pairs: pd.DataFrame, first: pd.Series, last: pd.Series, *, look_alike: str | None = None
) -> pd.DataFrame:
    """One lead for each pair of cases, with all children that are in both."""
    lead = pairs.groupby(["case_a", "case_b"], sort=True).ngroup().to_numpy()
    row = np.unique(lead, return_index=True)[1]
    each = pairs.iloc[row]
    parts = [
        Part(part, "ivd", some[column], some[f"case_{which}"], number)
        for which in "ab"
        for part, column, some, number in (
            ("custodian", "head", each, None),
            ("absent parent", "absent", each, None),
            ("child", "person", pairs, lead),
        )
    ]
    kind = LOOK_ALIKE if look_alike else ARISEN
    return lead_table(
        "D06", (first.to_numpy(np.int64)[row], last.to_numpy(np.int64)[row]), parts, look_alike=look_alike, kind=kind
    )


def _two_custodians(cases: pd.DataFrame) -> list[pd.DataFrame]:
    """D07: a child active under two custodians; a grandmother's two cases for one child are a look-alike."""
    stays = merged_stays(cases[(cases["role"] == "CH").to_numpy()], ["person", "case"])
    several = stays.duplicated("person", keep=False).to_numpy()
    pairs = overlapping(stays[several], stays[several], ["person"])
    pairs = pairs[((pairs["case_a"] != pairs["case_b"]) & (pairs["head_a"] >= 0) & (pairs["head_b"] >= 0)).to_numpy()]
    differ = (pairs["head_a"] != pairs["head_b"]).to_numpy()
    real = pairs[differ & ~pairs["handed_over"].to_numpy()]
    two_parents = (pairs["absent_a"] != pairs["absent_b"]).to_numpy()
    return [
        lead_table(
            "D07",
            (real["first"], real["last"]),
            [*_in_both(real, "child", "ivd"), *_heads(real, "custodian", "ivd")],
        ),
        _child_twice(pairs[differ & pairs["handed_over"].to_numpy()], "custody handed over"),
        _child_twice(pairs[~differ & two_parents], "one custodian, two absent parents"),
    ]


def _child_twice(pairs: pd.DataFrame, look_alike: str) -> pd.DataFrame:
    parts = [*_in_both(pairs, "child", "ivd"), *_heads(pairs, "custodian", "ivd")]
    return lead_table("D07", (pairs["first"], pairs["last"]), parts, kind=LOOK_ALIKE, look_alike=look_alike)


def _two_fathers(history: History, support: Caseload, cases: pd.DataFrame) -> list[pd.DataFrame]:
    """D08: paternity established of two men for one child; several men in one case of whom it is not look alike."""
    stays = cases[(cases["role"] == "CH").to_numpy() & (cases["absent"] >= 0).to_numpy()]
    stays = stays[~history.people["female"].to_numpy(bool)[stays["absent"]]]
    stays = merged_stays(stays, ["person", "case"])
    paternity = support.cases.set_index("case")["paternity"]
    stays = stays[(stays["case"].map(paternity) == "Y").to_numpy()]
    several = stays.duplicated("person", keep=False).to_numpy()
    pairs = stays[several].merge(stays[several], on="person", suffixes=("_a", "_b"))
    pairs = pairs[((pairs["case_a"] < pairs["case_b"]) & (pairs["absent_a"] != pairs["absent_b"])).to_numpy()]
    return [_two_men(pairs), _putative_men(cases)]


def _putative_men(cases: pd.DataFrame) -> pd.DataFrame:
    men = merged_stays(cases[(cases["role"] == "PF").to_numpy()], ["case", "person"])
    men = men[men["case"].duplicated(keep=False).to_numpy()]
    lead = np.unique(men["case"].to_numpy(), return_inverse=True)[1]
    months = men.groupby("case", sort=True).agg({"first": "min", "last": "max"})
    parts = [Part("putative father", "ivd", men["person"], men["case"], lead)]
    look_alike = "several putative fathers"
    return lead_table("D08", (months["first"], months["last"]), parts, kind=LOOK_ALIKE, look_alike=look_alike)


def _two_men(pairs: pd.DataFrame) -> pd.DataFrame:
    men = [Part("father", "ivd", pairs[f"absent_{which}"], pairs[f"case_{which}"]) for which in "ab"]
    first = pairs[["first_a", "first_b"]].max(axis=1)
    until = pairs[["last_a", "last_b"]].min(axis=1)
    parts, together = [*_in_both(pairs, "child", "ivd"), *men], (first <= until).to_numpy()
    return lead_table("D08", (np.minimum(first, until), np.maximum(first, until)), parts, together=together)


def _applied_twice(history: History, twice: pd.DataFrame) -> pd.DataFrame:
    """D09: most members of one case in another of a different head at the same address, in one month."""
    pairs = twice[(~twice["handed_over"] & (twice["head_a"] != twice["head_b"])).to_numpy()].copy()
    swapped = (pairs["case_a"] > pairs["case_b"]).to_numpy()
    for column in ("case", "head"):
        a, b = pairs[f"{column}_a"].to_numpy(), pairs[f"{column}_b"].to_numpy()
        pairs[f"{column}_a"], pairs[f"{column}_b"] = np.where(swapped, b, a), np.where(swapped, a, b)
    month = pairs["last"].to_numpy(np.int64)
    one, other = (at_home(history, pairs[f"head_{which}"].to_numpy(np.int64), month) for which in "ab")
    pairs = pairs[(one >= 0) & (one == other)]
    lead = pairs.groupby(["case_a", "case_b"], sort=True).ngroup().to_numpy()
    pairs = pairs[_mostly(pairs, lead)]
    lead = pairs.groupby(["case_a", "case_b"], sort=True).ngroup().to_numpy()
    each = pairs.groupby(["case_a", "case_b"], sort=True).agg(
        {"head_a": "first", "head_b": "first", "first": "min", "last": "max"}
    )
    each = each.reset_index()
    members = [Part("member", "iva", pairs["person"], pairs[f"case_{which}"], lead) for which in "ab"]
    return lead_table("D09", (each["first"], each["last"]), [*_heads(each, "payee", "iva"), *members])


def _mostly(pairs: pd.DataFrame, lead: Ints) -> Mask:
    """Rows of pairs of cases with at least two people in common."""
    together = pairs.assign(lead=lead).groupby("lead")["person"].transform("nunique")
    return np.asarray(together.to_numpy() >= 2)


def _two_numbers(units: pd.DataFrame) -> list[pd.DataFrame]:
    """D10: one person under two numbers of the program; not those twice in one case and month (D01, D02)."""
    stays = merged_stays(units, ["person", "record", "case"]).drop_duplicates(["person", "record", "case"])
    numbers = stays.groupby("person")["record"].transform("nunique").to_numpy() > 1
    pairs = stays[numbers].merge(stays[numbers], on="person", suffixes=("_a", "_b"))
    pairs = pairs[(pairs["record_a"] < pairs["record_b"]).to_numpy()]
    together = np.maximum(pairs["first_a"], pairs["first_b"]) <= np.minimum(pairs["last_a"], pairs["last_b"])
    within = ((pairs["case_a"] == pairs["case_b"]) & together).to_numpy()
    pairs = pairs[~within].drop_duplicates(["person", "record_a", "record_b"])
    first = pairs[["first_a", "first_b"]].max(axis=1)
    last = np.maximum(first, pairs[["last_a", "last_b"]].max(axis=1))
    seen = (first <= pairs[["last_a", "last_b"]].min(axis=1)).to_numpy()
    return [lead_table("D10", (first, last), _in_both(pairs, "person", "iva"), together=seen)]


def _namesakes(history: History, units: pd.DataFrame) -> list[pd.DataFrame]:
    """Pairs of people in the program easily taken for one: twins, father and son, others of one name and age."""
    people = history.people
    each = units.groupby("person", sort=True).agg({"first": "min", "last": "max", "case": "last"})
    known = each.index.to_numpy(np.int64)
    twins = known[people["twin"].to_numpy(bool)[known]]
    twins = twins[np.isin(twins - 1, known)]
    return [
        _alike(each, twins - 1, twins, "twins"),
        *_of_one_name(history, each, known),
    ]


def _of_one_name(history: History, each: pd.DataFrame, known: Ints) -> list[pd.DataFrame]:
    people = history.people
    names = pd.DataFrame(
        {
            "person": known,
            "first_name": people["first_name"].to_numpy(dtype=object)[known],
            "last_name": history.last_name[-1][known],
            "birth": people["birth"].to_numpy(np.int64)[known],
        }
    )
    names = names[names["first_name"].notna().to_numpy() & names.duplicated(["first_name", "last_name"], keep=False)]
    pairs = names.merge(names, on=["first_name", "last_name"], suffixes=("_a", "_b"))
    pairs = pairs[(pairs["person_a"] < pairs["person_b"]).to_numpy()]
    one, other = pairs["person_a"].to_numpy(np.int64), pairs["person_b"].to_numpy(np.int64)
    parent = np.zeros(len(pairs), bool)
    for tie in ("mother", "father"):
        kin = people[tie].to_numpy(np.int64)
        parent |= (kin[one] == other) | (kin[other] == one)
    days = np.abs(pairs["birth_a"].to_numpy() - pairs["birth_b"].to_numpy())
    twins = (days <= 1) & (people["mother"].to_numpy()[one] == people["mother"].to_numpy()[other])
    twins &= people["mother"].to_numpy()[one] != NOBODY
    same_age = ~parent & ~twins & (days <= 366)
    return [
        _alike(each, one[parent], other[parent], "parent and child of one name"),
        _alike(each, one[same_age], other[same_age], "namesakes of one age"),
    ]


def _alike(each: pd.DataFrame, one: Ints, other: Ints, look_alike: str) -> pd.DataFrame:
    left, right = (each.reindex(who) for who in (one, other))
    first = np.maximum(left["first"].to_numpy(), right["first"].to_numpy())
    until = np.minimum(left["last"].to_numpy(), right["last"].to_numpy())
    months, together = (np.minimum(first, until), np.maximum(first, until)), first <= until
    parts = [Part("person", "iva", who, some["case"]) for who, some in ((one, left), (other, right))]
    return lead_table("D10", months, parts, kind=LOOK_ALIKE, look_alike=look_alike, together=together)
