"""Which people a program knows, in which case and role: IV-A, IV-D and employment.

Each function gives one row a record: ``person`` (row number), ``case`` (number, -1 for none), ``role``, and ``copy_of``
(the row whose keyed values it repeats because the program kept them on file; itself when keyed anew).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from caselink.synthetic.caseload import PROGRAMS, REFERRAL_COLUMNS, Caseload, Programs
from caselink.synthetic.draws import Floats, Mask, Streams, Texts
from caselink.synthetic.families import COUPLE, NOBODY, RELATIVE, SINGLE_FATHER, SINGLE_MOTHER, THREE_GENERATIONS
from caselink.synthetic.history import NEVER, History
from caselink.synthetic.rates import ErrorRates

_ASSISTED = {COUPLE: 0.18, SINGLE_MOTHER: 0.58, THREE_GENERATIONS: 0.45, RELATIVE: 0.6, SINGLE_FATHER: 0.25}
GRANDPARENT_IN_UNIT = 0.35
SUPPORT_CASE_WITH_ASSISTANCE, SUPPORT_CASE_WITHOUT = 0.85, 0.45
PUTATIVE_SHARE = 0.2
KEPT_ON_FILE = 0.7
WORKING_SHARE = 0.62
SAME_PAYROLL = 0.5
CHILD_UNTIL, SUPPORT_UNTIL = 19, 21


def assisted_families(people: pd.DataFrame, streams: Streams) -> Mask:
    """Which families receive IV-A assistance, by family number."""
    kind = people["kind"].to_numpy()[people["part"] == "mother"]
    rates: Floats = np.array([_ASSISTED[k] for k in range(len(_ASSISTED))])[kind]
    return streams.rng("assisted").random(len(kind)) < rates


def assistance_units(people: pd.DataFrame, assisted: Mask, rates: ErrorRates, streams: Streams) -> pd.DataFrame:
    """IV-A: a family's children and the adults of their home; roles ``HEAD``, ``ADULT``, ``CARETAKER``, ``CHILD``."""
    part, kind = people["part"].to_numpy(), people["kind"].to_numpy()
    family, age = people["family"].to_numpy(), people["age"].to_numpy()
    home_of_children = np.full(len(assisted) + 1, NOBODY)
    home_of_children[family[part == "child"]] = people["home"].to_numpy()[part == "child"]
    in_home = (family != NOBODY) & (people["home"].to_numpy() == home_of_children[family])
    has_child = np.bincount(family[(part == "child") & (age < CHILD_UNTIL)], minlength=len(assisted) + 1) > 0
    grown_up = (part == "child") & (age >= CHILD_UNTIL)
    elder_left_out = (part == "grandparent") & (streams.rng("grandparents").random(len(people)) >= GRANDPARENT_IN_UNIT)
    elder_left_out &= (kind != RELATIVE) | ~people["female"].to_numpy()
    member = in_home & has_child[family] & np.append(assisted, False)[family] & ~grown_up & ~elder_left_out
    person = np.flatnonzero(member)
    records = pd.DataFrame({"person": person, "case": family[person], "role": _unit_roles(people)[person]})
    return _enter_twice(records, len(assisted), rates, streams)


def _unit_roles(people: pd.DataFrame) -> Texts:
    """The parent at home is the head; where neither is, the grandmother is the caretaker."""
    part, kind, female = (people[column].to_numpy() for column in ("part", "kind", "female"))
    role = np.full(len(part), "ADULT", dtype=object)
    role[part == "child"] = "CHILD"
    role[(part == "mother") | ((part == "father") & (kind == SINGLE_FATHER))] = "HEAD"
    role[(part == "grandparent") & (kind == RELATIVE) & female] = "CARETAKER"
    return role


def _enter_twice(records: pd.DataFrame, n_cases: int, rates: ErrorRates, streams: Streams) -> pd.DataFrame:
    """Records with those of people who are on file again, in an older case of the family."""
    records["copy_of"] = np.arange(len(records))
    again = records[streams.rng("entered twice").random(len(records)) < rates.entered_twice]
    again = again.assign(case=again["case"] + n_cases, copy_of=len(records) + np.arange(len(again)))
    return pd.concat([records, again], ignore_index=True)


def support_cases(people: pd.DataFrame, assisted: Mask, rates: ErrorRates, streams: Streams) -> pd.DataFrame:
    """IV-D: one case for each custodian and absent parent, with their children.

    Roles are ``CP`` (custodian), ``NP`` (absent parent), ``PF`` (putative father) and ``CH``. Who is in several cases
    has a record in each, most of them repeating the values first keyed.
    """
    children = _children_with_absent_parents(people)
    case = children.groupby(["custodian", "absent"], sort=True).ngroup().to_numpy()
    n_cases = int(case.max(initial=-1)) + 1
    first = np.unique(case, return_index=True)[1]
    family = people["family"].to_numpy()[children["child"].to_numpy()[first]]
    rate = np.where(assisted[family], SUPPORT_CASE_WITH_ASSISTANCE, SUPPORT_CASE_WITHOUT)
    is_open = streams.rng("open cases").random(n_cases) < rate
    numbers = np.flatnonzero(is_open)
    absent = children["absent"].to_numpy()[first][is_open]
    putative = (streams.rng("putative").random(len(numbers)) < PUTATIVE_SHARE) & ~people["female"].to_numpy()[absent]
    child = is_open[case]
    parts = [
        (children["custodian"].to_numpy()[first][is_open], numbers, np.full(len(numbers), "CP", dtype=object)),
        (absent, numbers, np.where(putative, "PF", "NP").astype(object)),
        (children["child"].to_numpy()[child], case[child], np.full(int(child.sum()), "CH", dtype=object)),
    ]
    columns = zip(("person", "case", "role"), zip(*parts, strict=True), strict=True)
    records = pd.DataFrame({name: np.concatenate(pieces) for name, pieces in columns})
    return _keep_on_file(_enter_twice(records, n_cases, rates, streams), KEPT_ON_FILE, streams)


def _children_with_absent_parents(people: pd.DataFrame) -> pd.DataFrame:
    """A row for each child and parent who does not live with it, with the child's custodian."""
    home, mother, father = (people[column].to_numpy() for column in ("home", "mother", "father"))
    kind, age = people["kind"].to_numpy(), people["age"].to_numpy()
    child = np.flatnonzero((people["part"] == "child").to_numpy() & (age < SUPPORT_UNTIL))
    custodian = np.select(
        [kind[child] == RELATIVE, kind[child] == SINGLE_FATHER], [mother[mother[child]], father[child]], mother[child]
    )
    parents = np.concatenate([mother[child], father[child]])
    both = pd.DataFrame({"child": np.tile(child, 2), "custodian": np.tile(custodian, 2), "absent": parents})
    away = home[parents] != home[both["child"]]
    return pd.DataFrame(both[away]).reset_index(drop=True)


def _keep_on_file(records: pd.DataFrame, share: float, streams: Streams) -> pd.DataFrame:
    """Let later records of a person repeat the first one's values, at a rate; those entered twice are keyed anew."""
    person = records["person"].to_numpy()
    first = np.unique(person, return_index=True)[1][np.unique(person, return_inverse=True)[1]]
    kept = streams.rng("kept on file").random(len(records)) < share
    records["copy_of"] = np.where(kept, first, records["copy_of"])
    return records


def jobs(people: pd.DataFrame, streams: Streams) -> pd.DataFrame:
    """Employment: new-hire (``W4``) and quarterly wage (``QW``) records of working adults, in column ``role``."""
    rng = streams.rng("working")
    age = people["age"].to_numpy()
    working = np.flatnonzero((age >= 18) & (age < 68) & (rng.random(len(people)) < WORKING_SHARE))
    person = np.repeat(working, 1 + np.minimum(rng.poisson(0.7, len(working)), 5))
    role = np.where(streams.rng("report kinds").random(len(person)) < 0.45, "W4", "QW").astype(object)
    records = pd.DataFrame({"person": person, "case": NOBODY, "role": role, "copy_of": np.arange(len(person))})
    return _keep_on_file(records, SAME_PAYROLL, streams)


def draw_caseloads(history: History, *, streams: Streams, rates: Mapping[str, ErrorRates] | None = None) -> Programs:
    """What each program knows of a district's people over the months."""
    rates = rates or {"iva": ErrorRates(), "ivd": ErrorRates()}
    people = history.people.assign(home=np.maximum(history.home[-1], 0), age=_ages(history))
    assisted = assisted_families(people, streams)
    drawn = {
        "iva": assistance_units(people, assisted, rates["iva"], streams.within("iva")),
        "ivd": support_cases(people, assisted, rates["ivd"], streams.within("ivd")),
        "employment": jobs(people, streams.within("employment")),
    }
    drawn["jobs"] = drawn["iva"][drawn["iva"]["role"] == "HEAD"].reset_index(drop=True)
    drawn["jobs"] = drawn["jobs"].assign(
        role="PARTICIPANT", case=np.arange(len(drawn["jobs"])), copy_of=drawn["jobs"].index
    )
    caseloads = {name: _still(name, drawn[name], history, streams.within(name)) for name in PROGRAMS}
    return Programs(caseloads, pd.DataFrame(columns=list(REFERRAL_COLUMNS)))


def _ages(history):
    days = history.calendar.last_days()[-1] - history.people["birth"].to_numpy(np.int64)
    return np.maximum(0, days / 365.25).astype(np.int64)


def _still(program: str, drawn: pd.DataFrame, history: History, streams: Streams) -> Caseload:
    n, last = len(drawn), history.calendar.n_months - 1
    rows = np.arange(n)
    flag = None if program in ("jobs", "employment") else "N"
    records = drawn.assign(entered=0, worker=0, cause="own", protected=np.full(n, flag, dtype=object))
    memberships = pd.DataFrame(
        {
            "record": rows,
            "case": drawn["case"],
            "role": drawn["role"],
            "first_month": 0,
            "last_month": last,
            "resides": ~drawn["role"].isin(["NP", "PF"]),
            "status": "eligible",
        }
    )
    versions = pd.DataFrame(
        {"record": rows, "month": 0, "told_month": 0, "names": True, "person": True, "address": True}
    )
    case = np.unique(drawn["case"].to_numpy())
    cases = pd.DataFrame(
        {
            "case": case[case >= 0],
            "head": -1,
            "absent": -1,
            "opened": -1,
            "closed": NEVER,
            "kind": None,
            "good_cause": None,
            "paternity": None,
            "assistance": None,
        }
    )
    details = pd.DataFrame(index=pd.RangeIndex(n))
    if program == "employment":
        wages = (drawn["role"] == "QW").to_numpy()
        employer = streams.rng("employers").integers(0, 50, n).astype(str).astype(object)
        details = pd.DataFrame(
            {
                "report_type": drawn["role"],
                "employer": "EMPLOYER " + pd.Series(employer, dtype=object),
                "report_date": "2026-05-01",
                "quarter": np.where(wages, "2026Q1", None),
                "wages": np.where(wages, "4200", None),
            }
        )
    if program == "jobs":
        details = pd.DataFrame(
            {
                "activity": np.full(n, "JOB SEARCH", dtype=object),
                "started": "2026-05-01",
                "ended": np.full(n, None, dtype=object),
            }
        )
    return Caseload(
        program=program, records=records, memberships=memberships, versions=versions, cases=cases, details=details
    )
