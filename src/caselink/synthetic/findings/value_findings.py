"""Findings about values (group Q, and C05): what is wrong with numbers and dates as they stand in the extracts.

Nobody plants these; they come of the slips made when records were keyed. A value counts from the month that first
shows it to the month before another takes its place, or to the end of the record's last stay. Where a finding rests on
several values, its months are the first and the last whose extracts show two of them; where no single month's do, the
last of the one and the first of the other (and ``together`` is false).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from caselink.synthetic.draws import Ints, Mask
from caselink.synthetic.findings.enrolled import ADULT_ROLES, CHILD_ROLES
from caselink.synthetic.findings.leads import ARISEN, LOOK_ALIKE, Part, join_leads, lead_table
from caselink.synthetic.history import History
from caselink.synthetic.people import ssn
from caselink.synthetic.people.families import YEAR
from caselink.synthetic.programs.caseload import Caseload

LEAST_GAP, MOST_GAP = 12, 60
"""Years between parent and child; outside of these the dates or the roles are doubtful (C05)."""
LONGEST_LIFE, CHILD_UNTIL, LEAST_ADULT = 120, 19, 12
"""Years: older is implausible; from which age a child's record, and under which an adult's, is."""
BIRTH_TOLERANCE_DAYS = 366
UNUSED_BEFORE_2011 = ((734, 749), (773, 899))
"""SSN areas, both ends included, that nobody got before 25 June 2011."""
SURELY_NUMBERED_BY = 2005
"""Year of birth up to which a number was normally given before June 2011."""
_NO_DATE = np.iinfo(np.int64).min


def sightings(history: History, caseload: Caseload, fields: pd.DataFrame) -> pd.DataFrame:
    """One row a version of a record: who it is, from when to when it is on extracts, number and birth date as keyed.

    ``born`` is in days since 1970; ``dated`` is false where the date is missing or not whole, ``ssn`` -1 where missing.
    """
    versions, records = caseload.versions, caseload.records
    record = versions["record"].to_numpy(np.int64)
    year, month, day = (fields[f"birth_{part}"].to_numpy(np.int64) for part in ("year", "month", "day"))
    dated = (year > 0) & (month > 0) & (day > 0)
    return pd.DataFrame(
        {
            "person": records["person"].to_numpy(np.int64)[record],
            "program": np.full(len(versions), caseload.program, dtype=object),
            "case": records["case"].to_numpy(np.int64)[record],
            "role": records["role"].to_numpy(dtype=object)[record],
            "from": np.maximum(versions["month"].to_numpy(np.int64), 0),
            "to": _last_shown(caseload, history.calendar.n_months),
            "ssn": fields["ssn"].to_numpy(np.int64),
            "year": year,
            "born": np.where(dated, _days(year, month, day), _NO_DATE),
            "dated": dated,
            "filler": (year == 1900) & (month == 1) & (day == 1),
        }
    )


def value_findings(history: History, seen: pd.DataFrame) -> pd.DataFrame:
    """All findings of group Q and C05 in the sightings of all programs, and the look-alikes that families have."""
    shown = seen[(seen["from"] <= seen["to"]).to_numpy()].reset_index(drop=True)
    usable = shown[ssn.is_valid(shown["ssn"].to_numpy())]
    return join_leads(
        [
            *_invalid_numbers(history, shown),
            *_shared_numbers(history, usable),
            *_several_numbers(history, usable, shown),
            _unusual_for_age(usable),
            *_implausible_dates(history, shown),
            *_conflicting_dates(shown),
            *_age_gaps(history, shown),
        ]
    )


def is_near(one: Ints, other: Ints) -> Mask:
    """Whether two nine-digit numbers differ by one digit, or by a swap of two neighbors.

    >>> is_near(np.array([123456789, 123456789, 1]), np.array([123456780, 132456789, 20])).tolist()
    [True, True, False]
    """
    powers = 10 ** np.arange(9, dtype=np.int64)
    a, b = one[:, None] // powers % 10, other[:, None] // powers % 10
    differ = a != b
    count = differ.sum(axis=1)
    swapped = (a[:, 1:] == b[:, :-1]) & (a[:, :-1] == b[:, 1:]) & differ[:, 1:] & differ[:, :-1]
    return np.asarray((count == 1) | ((count == 2) & swapped.any(axis=1)))


def _last_shown(caseload: Caseload, n_months: int) -> Ints:
    """The last month that shows each version: before the next one of its record, at most while it is in a case."""
    record, month = (caseload.versions[name].to_numpy(np.int64) for name in ("record", "month"))
    until = np.full(len(caseload.records), -1, np.int64)
    members = caseload.memberships
    np.maximum.at(until, members["record"].to_numpy(np.int64), members["last_month"].to_numpy(np.int64))
    last = np.minimum(until[record], n_months - 1)
    order = np.lexsort((month, record))
    followed = np.flatnonzero(record[order[1:]] == record[order[:-1]])
    last[order[followed]] = np.minimum(last[order[followed]], month[order[followed + 1]] - 1)
    return np.asarray(last, np.int64)


def _days(year: Ints, month: Ints, day: Ints) -> Ints:
    months = ((year - 1970) * 12 + np.maximum(month, 1) - 1).astype("datetime64[M]")
    return np.asarray(months.astype("datetime64[D]").astype(np.int64) + day - 1)


def _distinct(shown: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """One row for each combination of values in ``keys``: first and last month that show it."""
    return shown.groupby(keys, sort=True, as_index=False).agg({"from": "min", "to": "max"})


def _in_pairs(shown: pd.DataFrame, by: str, value: str) -> pd.DataFrame:
    """Each two rows of one ``by`` with two values, the lower one first, as far as there are several."""
    rows = shown[[by, value, "from", "to"]].drop_duplicates()
    several = rows.groupby(by)[value].transform("nunique").to_numpy() > 1
    pairs = rows[several].merge(rows[several], on=by, suffixes=("_a", "_b"))
    return pd.DataFrame(pairs[(pairs[f"{value}_a"] < pairs[f"{value}_b"]).to_numpy()]).reset_index(drop=True)


def _meetings(pairs: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """For each combination of ``keys`` the months ``first`` to ``last`` in which two rows of a pair are shown.

    Where those of no pair are shown in one month, ``together`` is false: from the last of the one to the first of the
    other.
    """
    first, last = pairs[["from_a", "from_b"]].max(axis=1), pairs[["to_a", "to_b"]].min(axis=1)
    met = pairs[keys].assign(first=np.minimum(first, last), last=np.maximum(first, last), together=first <= last)
    ever = met.groupby(keys)["together"].transform("any")
    met = met[(met["together"] | ~ever).to_numpy()]
    return met.groupby(keys, sort=True).agg({"first": "min", "last": "max", "together": "all"}).reset_index()


def _holders(shown: pd.DataFrame, wanted: pd.DataFrame, keys: list[str], part: str = "holder") -> Part:
    """Who holds the values of each lead, once in each case: ``wanted`` has the keys and ``lead``."""
    held = shown[["person", "program", "case", *(key for key in keys if key != "person")]].merge(wanted, on=keys)
    held = held.drop_duplicates(["lead", "person", "program", "case"])
    return Part(part, held["program"].to_numpy(dtype=object), held["person"], held["case"], held["lead"])


def _leads_by_record(finding: str, shown: pd.DataFrame, *, look_alike: str | None = None) -> pd.DataFrame:
    """One lead for each person and case of a program that the rows show."""
    each = _distinct(shown, ["person", "program", "case"])
    holder = Part("holder", each["program"].to_numpy(dtype=object), each["person"], each["case"])
    kind = LOOK_ALIKE if look_alike else ARISEN
    return lead_table(finding, (each["from"], each["to"]), [holder], look_alike=look_alike, kind=kind)


def _invalid_numbers(history: History, shown: pd.DataFrame) -> list[pd.DataFrame]:
    """Q01; babies whose number is still to come have none, which is no finding."""
    number = shown["ssn"].to_numpy()
    awaited = history.people["ssn_from"].to_numpy(np.int64)[shown["person"]] > shown["from"].to_numpy()
    newborns = shown[(number < 0) & awaited]
    return [
        _leads_by_record("Q01", shown[(number >= 0) & ~ssn.is_valid(np.maximum(number, 0))]),
        _leads_by_record("Q01", newborns, look_alike="newborn without a number"),
    ]


def _shared_numbers(history: History, usable: pd.DataFrame) -> list[pd.DataFrame]:
    """Q02: people of different first names and birth dates on one number; twins and namesakes look alike."""
    held = _distinct(usable, ["ssn", "person"])
    held = held[held["ssn"].duplicated(keep=False).to_numpy()]
    who = history.people[["first_name", "birth"]].take(held["person"].to_numpy(np.int64)).reset_index(drop=True)
    held = held.reset_index(drop=True).assign(first_name=who["first_name"].fillna(""), birth=who["birth"])
    each = held.groupby("ssn", sort=True)
    differ = each[["first_name", "birth"]].nunique()
    months = _meetings(_in_pairs(usable, "ssn", "person"), ["ssn"])
    tables = []
    for look_alike, mask in (
        (None, (differ > 1).all(axis=1).to_numpy()),
        ("twins on one number", (differ["birth"] == 1).to_numpy()),
        ("namesakes on one number", ((differ["first_name"] == 1) & (differ["birth"] > 1)).to_numpy()),
    ):
        wanted = pd.DataFrame({"ssn": differ.index[mask].to_numpy(np.int64)})
        wanted["lead"] = np.arange(len(wanted))
        tables.append(_met("Q02", months[mask], _holders(usable, wanted, ["ssn"]), look_alike))
    return tables


def _met(finding: str, months: pd.DataFrame, holders: Part, look_alike: str | None = None) -> pd.DataFrame:
    """Leads in the months of ``_meetings``."""
    kind = LOOK_ALIKE if look_alike else ARISEN
    spans, together = (months["first"], months["last"]), months["together"].to_numpy(bool)
    return lead_table(finding, spans, [holders], kind=kind, look_alike=look_alike, together=together)


def _several_numbers(history: History, usable: pd.DataFrame, shown: pd.DataFrame) -> list[pd.DataFrame]:
    """Q03 and Q04: one person under several numbers, far apart or one slip apart; twins have neighboring ones each."""
    pairs = _in_pairs(usable, "person", "ssn")
    near = is_near(pairs["ssn_a"].to_numpy(np.int64), pairs["ssn_b"].to_numpy(np.int64))
    tables = []
    for finding, chosen in (("Q03", pairs[~near]), ("Q04", pairs[near])):
        each = _meetings(chosen, ["person"])
        wanted = pd.DataFrame({"person": each["person"], "lead": np.arange(len(each))})
        holders = _holders(shown[(shown["ssn"] > 0).to_numpy()], wanted, ["person"])
        tables.append(_met(finding, each, holders))
    return [*tables, _twins(history, shown)]


def _twins(history: History, shown: pd.DataFrame) -> pd.DataFrame:
    """Pairs of twins in the programs, whose numbers are neighbors: no typing error between their records."""
    known = shown["person"].unique()
    twin = np.flatnonzero(history.people["twin"].to_numpy(bool))
    twin = twin[np.isin(twin, known) & np.isin(twin - 1, known)]
    numbers = np.arange(len(twin))
    both = pd.DataFrame({"person": np.append(twin - 1, twin), "lead": np.append(numbers, numbers)})
    pairs = _in_pairs(shown.merge(both, on="person"), "lead", "person")
    return _met("Q04", _meetings(pairs, ["lead"]), _holders(shown, both, ["person"]), "twins")


def _unusual_for_age(usable: pd.DataFrame) -> pd.DataFrame:
    """Q05: an area that was not in use when people of that age got their numbers."""
    area = usable["ssn"].to_numpy() // 1_000_000
    unused = np.any([(area >= low) & (area <= high) for low, high in UNUSED_BEFORE_2011], axis=0)
    year = usable["year"].to_numpy()
    old = usable["dated"].to_numpy() & ~usable["filler"].to_numpy() & (year <= SURELY_NUMBERED_BY)
    return _leads_by_record("Q05", usable[unused & old])


def _implausible_dates(history: History, shown: pd.DataFrame) -> list[pd.DataFrame]:
    """Q07: to come, over 120 years ago, a filler, a child of 19 or more on assistance, an adult under 12; not teens."""
    day, born = history.calendar.last_days()[shown["from"]], shown["born"].to_numpy()
    dated = shown["dated"].to_numpy()
    age = np.where(dated, (day - np.where(dated, born, 0)) / YEAR, np.nan)
    role, program = shown["role"].to_numpy(dtype=object), shown["program"].to_numpy(dtype=object)
    child = np.isin(role, CHILD_ROLES)
    grown_up = np.isin(role, (*ADULT_ROLES, "CP", "NP", "PF")) | (program == "jobs")
    wrong = shown["filler"].to_numpy() | (age < 0) | (age > LONGEST_LIFE) | (grown_up & (age < LEAST_ADULT))
    wrong |= child & (program == "iva") & (age >= CHILD_UNTIL)
    teens = shown[~wrong & dated & grown_up & (age < 18)]
    return [
        _leads_by_record("Q07", shown[wrong]),
        _leads_by_record("Q07", teens, look_alike="teen parent"),
    ]


def _conflicting_dates(shown: pd.DataFrame) -> list[pd.DataFrame]:
    """Q08: dates of one person more than a year apart, as far as they are no fillers; closer ones are look-alikes."""
    plain = shown[shown["dated"].to_numpy() & ~shown["filler"].to_numpy()]
    pairs = _in_pairs(plain, "person", "born")
    far = (pairs["born_b"] - pairs["born_a"] > BIRTH_TOLERANCE_DAYS).to_numpy()
    close = pairs[~np.isin(pairs["person"], pairs["person"][far])]
    tables = []
    for look_alike, chosen in ((None, pairs[far]), ("within a year", close)):
        each = _meetings(chosen, ["person"])
        wanted = pd.DataFrame({"person": each["person"], "lead": np.arange(len(each))})
        tables.append(_met("Q08", each, _holders(plain, wanted, ["person"]), look_alike))
    return tables


def _age_gaps(history: History, shown: pd.DataFrame) -> list[pd.DataFrame]:
    """C05: parent and child of a case by role, by their dates as keyed; a step-parent who is young is a look-alike."""
    plain = shown[shown["dated"].to_numpy() & ~shown["filler"].to_numpy() & (shown["case"] >= 0).to_numpy()]
    role = plain["role"].to_numpy(dtype=object)
    columns = ["person", "program", "case", "born", "from", "to"]
    children = plain[np.isin(role, CHILD_ROLES)][columns].drop_duplicates()
    adults = plain[np.isin(role, ("HEAD", "ADULT", "CP", "NP"))][columns].drop_duplicates()
    pairs = adults.merge(children, on=["program", "case"], suffixes=("_a", "_b"))
    years = (pairs["born_b"] - pairs["born_a"]).to_numpy() / YEAR
    pairs = pairs[(years < LEAST_GAP) | (years > MOST_GAP)].reset_index(drop=True)
    adult, child = pairs["person_a"].to_numpy(np.int64), pairs["person_b"].to_numpy(np.int64)
    own = [history.people[tie].to_numpy(np.int64)[child] == adult for tie in ("mother", "father")]
    is_own = np.any(own, axis=0)
    return [_by_pair(pairs[is_own], None), _by_pair(pairs[~is_own], "no parent of the child")]


def _by_pair(pairs: pd.DataFrame, look_alike: str | None) -> pd.DataFrame:
    """One lead for each adult and child of a case."""
    each = _meetings(pairs, ["program", "case", "person_a", "person_b"])
    program = each["program"].to_numpy(dtype=object)
    parts = [
        Part("parent", program, each["person_a"], each["case"]),
        Part("child", program, each["person_b"], each["case"]),
    ]
    kind, together = LOOK_ALIKE if look_alike else ARISEN, each["together"].to_numpy(bool)
    return lead_table("C05", (each["first"], each["last"]), parts, kind=kind, look_alike=look_alike, together=together)
