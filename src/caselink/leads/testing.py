"""Checks for rules of your own: what every finding promises, asked of yours.

One line in a test of yours:

>>> from caselink.findings import rule_of
>>> check_finding(rule_of("D05"))

Facts are drawn at random where none are given; give your own where your rule needs what these do not hold.
"""

from __future__ import annotations

import pickle
import re
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from caselink.errors import PluginError
from caselink.findings import About, Facts, Finding, Leads
from caselink.findings.facts import NO_DAY, NONE, TABLES, Ints, Program, Role, no_rows

_BEGAN, _MONTHS = 24_300, 12
_ROLES = {
    Program.IVA: (Role.HEAD, Role.CARETAKER, Role.ADULT, Role.CHILD, Role.CHILD),
    Program.IVD: (Role.HEAD, Role.CHILD, Role.CHILD, Role.ABSENT, Role.PUTATIVE),
    Program.JOBS: (Role.MEMBER,),
}
_EVIDENCE = (
    *(f"records.{name}" for name in ("ssn", "birth_date", "first_name", "last_name", "protected", "relationship")),
    *("records.absence", "records.raw_ssn", "records.raw_birth_date", "records iv-a", "records iv-d"),
    *("records earnings", "memberships iv-a", "memberships iv-d", "memberships.status iv-a"),
    *("memberships.employed iv-a", "all cases iv-a", "all cases iv-d", "cases iv-a", "cases iv-d"),
    *(f"cases.{name} {program}" for program in ("iv-a", "iv-d") for name in ("opened", "closed", "paternity")),
    *(f"cases.uncooperative {program}" for program in ("iv-a", "iv-d")),
    *("cases.closure_reason iv-a", "families", "families.size", "shared lines", "records.ssn_verified"),
    *("elsewhere iv-a", "elsewhere iv-d", "cases.good_cause iv-a", "cases.good_cause iv-d"),
    *("cases.assistance iv-d", "referrals", "referrals.received"),
    *("referrals.worked", "reports.hires", "reports.wages", "reports.received", "deaths", "confinements"),
)


@dataclass(frozen=True)
class EqualNames:
    """Names are alike where their codes are equal: enough for facts that stand for no texts."""

    records: pd.DataFrame = field(repr=False)

    def __call__(self, column: str, left: Ints, right: Ints) -> Ints:
        """See :class:`caselink.findings.facts.NameComparer`."""
        codes = self.records["name" if column == "first_name" else column].to_numpy(np.int64)
        one, other = codes[left], codes[right]
        return np.where((one < 0) | (other < 0), NONE, (one == other).astype(np.int64))


def check_finding(rule: Finding, facts: Facts | None = None) -> None:
    """Raise :class:`PluginError` where a rule breaks a promise; it says which, and what to do.

    A rule gives leads about people, cases and records that are there; none without facts; the same whatever the order
    of rows, and with strangers in the file; it leaves the facts as they are, says no value, accuses nobody, says what
    to verify, and can be pickled.

    A rule of your own is one small class, which :func:`caselink.find` takes in ``rules``:

    >>> from typing import ClassVar
    >>> from caselink.findings import About, Part, Reason, make_leads
    >>> from caselink.findings.facts import Role
    >>> @dataclass(frozen=True)
    ... class NoChild:
    ...     about: ClassVar[About] = About(
    ...         id="X01",
    ...         title="assistance case without a child",
    ...         strength="C",
    ...         needs=("memberships iv-a",),
    ...         untested=("a child who is not born yet",),
    ...         verify="the case record",
    ...     )
    ...
    ...     def find(self, facts):
    ...         stays = facts.of_program(Program.IVA)
    ...         with_child = stays["case"].isin(stays["case"][stays["role"] == Role.CHILD])
    ...         cases = stays[(~with_child & (stays["head"] >= 0)).to_numpy()].groupby("case", as_index=False)
    ...         cases = cases.agg(head=("head", "first"), first=("first", "min"), last=("last", "max"))
    ...         parts = [Part("payee", cases["head"], cases["case"])]
    ...         return make_leads(cases["first"], cases["last"], parts, [Reason("role", "no child is listed")])
    >>> check_finding(NoChild())  # doctest: +SKIP
    >>> len(NoChild().find(example_facts())) > 0
    True
    """
    if not isinstance(rule, Finding):
        raise PluginError("a rule is an object with about and find(facts)")
    name = rule.about.id
    _check_words(rule.about)
    for given in (facts,) if facts is not None else tuple(example_facts(seed) for seed in range(3)):
        before = pickle.dumps(_tables(given))
        leads = rule.find(given)
        _ask(pickle.dumps(_tables(given)) == before, name, "changes the facts: work on copies of the tables")
        _check_places(name, leads, given)
        told = canonical(leads)
        order = "finds others when rows stand in another order: sort before you take the first, or number anything"
        _ask(canonical(rule.find(shuffled(given))) == told, name, order)
        strangers = "finds others when strangers are in the file: ask people, cases and records, not how many there are"
        _ask(canonical(rule.find(with_strangers(given))) == told, name, strangers)
        _ask(not len(rule.find(emptied(given))), name, "finds something in empty tables")
    _check_pickling(rule)


def _check_pickling(rule: Finding) -> None:
    told = "cannot be pickled: define its class in a module, and keep no functions or open files in it"
    try:
        again = pickle.loads(pickle.dumps(rule))  # noqa: S301  (our own bytes)
    except (pickle.PicklingError, AttributeError, TypeError):
        again = None
    _ask(again is not None and again.about.id == rule.about.id, rule.about.id, told)


def canonical(leads: Leads) -> list[tuple[object, ...]]:
    """Leads in an order of their own, so that two sets of them can be compared."""
    people = leads.people.groupby("lead")
    reasons = leads.reasons.groupby("lead")
    found: list[tuple[object, ...]] = []
    for lead, (first, last) in enumerate(zip(leads.first.tolist(), leads.last.tolist(), strict=True)):
        who = sorted(map(tuple, people.get_group(lead).drop(columns="lead").to_numpy().tolist()))
        there = lead in reasons.groups
        why = sorted(map(tuple, reasons.get_group(lead)[["field", "says"]].to_numpy().tolist())) if there else []
        found.append((first, last, tuple(who), tuple(why)))
    return sorted(found, key=repr)


def shuffled(facts: Facts, seed: int = 1) -> Facts:
    """The same facts with the rows of every table that has no numbers of its own in another order."""
    rng = np.random.default_rng(seed)
    free = tuple(name for name in (*TABLES, "homes") if name not in ("records", "cases"))
    return replace(facts, **{name: (rows := getattr(facts, name)).take(rng.permutation(len(rows))) for name in free})


def with_strangers(facts: Facts) -> Facts:
    """The same facts with a family of four who share nothing with anybody."""
    n, person, case = len(facts.records), int(facts.records["person"].max()) + 1, len(facts.cases)
    strangers = pd.DataFrame({name: np.full(4, NONE) for name in facts.records.columns}).assign(
        person=person + np.arange(4), program=int(Program.IVA), source=0, born=NO_DAY, bad_ssn=0, bad_birth=0
    )
    strangers["name"] = 10_000 + np.arange(4)
    strangers["last_name"] = strangers["surname"] = 10_000
    strangers["record"] = n + np.arange(4)
    stays = pd.DataFrame(
        {
            **{name: np.full(4, NONE) for name in facts.stays.columns},
            "record": n + np.arange(4),
            "person": person + np.arange(4),
            "case": case,
            "program": int(Program.IVA),
            "role": [int(Role.HEAD), int(Role.ADULT), int(Role.CHILD), int(Role.CHILD)],
            "counted": 1,
            "first": facts.began,
            "last": facts.now,
            "begins": False,
            "ends": False,
            "head": person,
        }
    )
    fresh = pd.DataFrame({name: [NONE] for name in facts.cases.columns}).assign(
        program=int(Program.IVA), head=person, good_cause=0
    )
    records = pd.concat([facts.records, strangers[facts.records.columns]], ignore_index=True)
    return replace(
        facts,
        records=records,
        stays=pd.concat([facts.stays, stays[facts.stays.columns]], ignore_index=True),
        cases=pd.concat([facts.cases, fresh[facts.cases.columns]], ignore_index=True),
        names=EqualNames(records),
    )


def emptied(facts: Facts) -> Facts:
    """No rows in any table."""
    empty = {name: getattr(facts, name).iloc[:0] for name in (*TABLES, "homes")}
    return replace(facts, **empty, names=EqualNames(empty["records"]))


def example_facts(seed: int = 0, n_people: int = 60) -> Facts:
    """Facts drawn at random: people in assistance and support cases over a year, and what is told of them."""
    rng = np.random.default_rng(seed)
    records, stays, cases = _drawn_cases(rng, n_people)
    child = stays["role"].to_numpy() == Role.CHILD
    aided = stays[child & (stays["program"] == Program.IVA).to_numpy()]
    sent = aided.take(rng.permutation(len(aided))[:10])
    received = np.where(rng.random(len(sent)) < 0.8, _month(rng, len(sent)), NONE)
    people = rng.permutation(n_people)[:12]
    extra = len(records) + np.arange(len(people))
    records = pd.concat([records, _drawn_records(rng, people, Program.EARNINGS)], ignore_index=True)
    records["record"] = np.arange(len(records))
    month = _month(rng, len(people))
    first = _month(rng, 4)
    return Facts(
        records=records,
        stays=stays,
        cases=cases,
        referrals=pd.DataFrame(
            {
                "case": sent["case"].to_numpy(),
                "support_case": NONE,
                "child": sent["person"].to_numpy(),
                "absent": NONE,
                "sent": received,
                "received": received,
                "worked": NONE,
            }
        ),
        reports=pd.DataFrame(
            {
                "record": extra,
                "person": people,
                "kind": rng.integers(0, 2, len(people)),
                "month": month,
                "received": month + rng.integers(0, 9, len(people)),
                "amount": rng.integers(0, 9000, len(people)),
            }
        ),
        deaths=pd.DataFrame({"record": extra[:3], "person": people[:3], "month": _month(rng, 3)}),
        confinements=pd.DataFrame(
            {"record": extra[3:7], "person": people[3:7], "first": first, "last": first + rng.integers(0, 5, 4)}
        ),
        near=no_rows("near"),
        families=_drawn_families(rng, stays),
        shared_lines=_drawn_lines(rng, stays),
        elsewhere=_drawn_elsewhere(rng, records),
        homes=pd.DataFrame({name: np.zeros(0, np.int64) for name in ("person", "month", "household")}),
        names=EqualNames(records),
        evidence=frozenset(_EVIDENCE),
        began=_BEGAN,
        now=_BEGAN + _MONTHS - 1,
    )


def _drawn_cases(rng: np.random.Generator, n_people: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    parts, stays, cases = [], [], []
    n_records = 0
    for case in range(n_people // 2):
        program = Program.IVA if case % 2 else Program.IVD
        roles = np.array(_ROLES[program])[: rng.integers(2, 6)]
        people = rng.permutation(n_people)[: len(roles)]
        record = n_records + np.arange(len(roles))
        n_records += len(roles)
        parts.append(_drawn_records(rng, people, program).assign(role=roles.astype(np.int64)))
        first = np.where(rng.random(len(roles)) < 0.7, _BEGAN, _month(rng, len(roles)))
        last = np.minimum(_BEGAN + _MONTHS - 1, first + rng.integers(0, 2 * _MONTHS, len(roles)))
        told = pd.DataFrame({"record": record, "person": people, "case": case, "program": int(program)})
        stays.append(
            told.assign(
                role=roles.astype(np.int64),
                counted=(rng.random(len(roles)) < 0.8).astype(np.int64),
                resides=1,
                employed=np.where(roles == Role.CHILD, NONE, rng.integers(0, 2, len(roles))),
                first=first,
                last=last,
                begins=first > _BEGAN,
                ends=last < _BEGAN + _MONTHS - 1,
                head=people[0],
            )
        )
        cases.append(
            {
                "program": int(program),
                "head": int(people[0]),
                "opened": _BEGAN - 5,
                "closed": NONE,
                "reopened": NONE,
                "paternity": int(rng.integers(0, 2)),
                "source": int(program),
                "good_cause": int(rng.choice([0, 0, 0, 1, 2, 3])),
                "uncooperative": int(rng.choice([NONE, _BEGAN, _BEGAN + 6])),
                "closure_reason": int(rng.integers(-1, 4)),
                "months_counted": int(rng.integers(-1, 80)),
                "assistance": int(rng.integers(-1, 3)),
            }
        )
    return pd.concat(parts, ignore_index=True), pd.concat(stays, ignore_index=True), pd.DataFrame(cases)


def _drawn_records(rng: np.random.Generator, people: Ints, program: Program) -> pd.DataFrame:
    """Records of people who mostly say the same of themselves everywhere."""
    n = len(people)
    slip = rng.random(n) < 0.1
    years = 1965 + people % 55
    born = (years - 1970) * 365 + people
    return pd.DataFrame(
        {
            "source": int(program),
            "program": int(program),
            "person": people,
            "ssn": np.where(rng.random(n) < 0.8, 400_000_000 + people * 7919 + slip, NONE),
            "born": np.where(rng.random(n) < 0.9, born + 500 * slip, NO_DAY),
            "birth_year": years,
            "name": people % 23,
            "last_name": people % 11,
            "surname": people % 11,
            "sex": people % 2,
            "place": people % 13,
            "house": people % 13,
            "protected": rng.integers(-1, 2, n),
            "role": int(Role.MEMBER),
            "relationship": rng.integers(-1, 2, n),
            "absence": rng.integers(-1, 3, n),
            "bad_ssn": (rng.random(n) < 0.05).astype(np.int64),
            "bad_birth": (rng.random(n) < 0.05).astype(np.int64),
            "line": NONE,
            "verified": rng.integers(-1, 2, n),
            "numbered": 1,
        }
    )


def _drawn_families(rng: np.random.Generator, stays: pd.DataFrame) -> pd.DataFrame:
    """Families' lines in most months of most assistance cases, most with the right number of members."""
    rows = stays[(stays["program"] == Program.IVA).to_numpy()]
    size = rows.groupby("case")["counted"].sum()
    case = np.repeat(size.index.to_numpy(np.int64), _MONTHS)
    month = np.tile(_BEGAN + np.arange(_MONTHS), len(size))
    slip = rng.random(len(case)) < 0.1
    table = pd.DataFrame({"case": case, "month": month, "size": np.repeat(size.to_numpy(np.int64), _MONTHS) + slip})
    return table[rng.random(len(case)) < 0.95].reset_index(drop=True)


def _drawn_lines(rng: np.random.Generator, stays: pd.DataFrame) -> pd.DataFrame:
    """Children of one assistance case on one line; some are one child."""
    rows = stays[((stays["program"] == Program.IVA) & (stays["role"] == Role.CHILD)).to_numpy()]
    pairs = rows.merge(rows, on="case", suffixes=("", "_other"))
    pairs = pairs[(pairs["record"] < pairs["record_other"]).to_numpy()]
    table = pd.DataFrame({"left": pairs["record"], "right": pairs["record_other"], "case": pairs["case"]})
    return table.assign(month=_month(rng, len(table))).reset_index(drop=True)


def _drawn_elsewhere(rng: np.random.Generator, records: pd.DataFrame) -> pd.DataFrame:
    """Some records stand for what other states say of their person."""
    record = rng.permutation(len(records))[:20]
    return pd.DataFrame(
        {
            "record": record,
            "person": records["person"].to_numpy()[record],
            "program": rng.integers(int(Program.IVA), int(Program.IVD) + 1, len(record)),
            "first": _BEGAN - 3,
            "last": _month(rng, len(record)),
        }
    )


def _month(rng: np.random.Generator, n: int) -> Ints:
    return _BEGAN + rng.integers(0, _MONTHS, n)


def _tables(facts: Facts) -> dict[str, dict[str, list[object]]]:
    return {name: getattr(facts, name).to_dict("list") for name in (*TABLES, "homes")}


def _check_places(name: str, leads: Leads, facts: Facts) -> None:
    """People, cases and records are there; months run forwards; every lead is about somebody and says why."""
    people = leads.people
    limits = {"person": facts.records["person"].max() + 1, "case": len(facts.cases), "record": len(facts.records)}
    for column, limit in limits.items():
        _ask(bool((people[column] < limit).all()), name, f"names a {column} that is not there")
    _ask(bool((leads.first <= leads.last).all()), name, "has months that run backwards")
    for column, table in (("somebody", people), ("a reason", leads.reasons)):
        _ask(set(range(len(leads))) <= set(table["lead"]), name, f"has a lead without {column}")
    said = " ".join([*leads.reasons["field"].unique(), *leads.reasons["says"].unique(), *people["part"].unique()])
    value = "tells a value in a reason: say which field, and what is so of it, never what it holds"
    _ask(re.search(r"\d{3}|\d[-/.]\d", said) is None, name, value)
    _ask(_accusing(said) is None, name, _ACCUSES)


def _check_words(about: About) -> None:
    words = " ".join((about.title, about.verify, about.who, *about.tested, *about.untested))
    _ask(_accusing(words) is None, about.id, _ACCUSES)
    _ask(bool(about.verify and about.who), about.id, "does not say what to verify, or who should: give verify and who")


_ACCUSES = "accuses somebody: say what in the data does not go together, and what to check"


def _accusing(words: str) -> re.Match[str] | None:
    return re.search(r"\b(fraud|cheat|guilt|suspect|criminal|dishonest|liar)", words, re.IGNORECASE)


def _ask(promise: bool, name: str, broken: str) -> None:  # noqa: FBT001  (it is the answer to a question)
    if not promise:
        raise PluginError(f"finding {name!r} {broken}")
