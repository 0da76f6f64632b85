"""Who is in whose case with IV-A and IV-D: who is missing on one side, which cases belong together, and services."""

from __future__ import annotations

import numpy as np
import pandas as pd

from caselink.exchange.rows import among, choose, current, has_all_cases, make_rows, month_words, together
from caselink.findings.duties import (
    alone_with_payee,
    count_parents,
    known_parents,
    near_persons,
    parent_at_home,
    parent_died,
    support_parents,
    with_another_payee,
)
from caselink.findings.facts import (
    ABSENT,
    ADULTS,
    CURRENT,
    FORMER,
    NEVER,
    NONE,
    PAYEES,
    Facts,
    Ints,
    Mask,
    Program,
    Role,
)
from caselink.findings.stays import counted, joined, overlapping, with_role

_UNSURE = "not sure: a record that may be this person's was kept apart"
_ON_BOTH = "on both sides"
_ASSISTANCE = {NEVER: "never", FORMER: "former", CURRENT: "current"}
_TELL_MONTHS, _STALE_MONTHS = 2, 6


def child_rows(facts: Facts) -> pd.DataFrame:
    """Children in a case of IV-A or IV-D in the last month: in which of the two."""
    sides = [with_role(current(facts, program), [Role.CHILD]) for program in (Program.IVA, Program.IVD)]
    people, cases = _both(sides)
    here, there = (cases[name] >= 0 for name in ("iva_case", "ivd_case"))
    aided = np.isin(people, counted(sides[0])["person"])
    words = {
        "iv_a": choose((aided, "counted"), (here, "listed, not counted"), (_absent(facts, "iv-a"), "none")),
        "iv_d": choose((there, "in a case"), (_absent(facts, "iv-d"), "none")),
        "says": _which_side(facts, people, sides),
    }
    return make_rows("child", people, words, cases)


def parent_rows(facts: Facts) -> pd.DataFrame:
    """Grown people in a case of IV-A or IV-D in the last month: as what, on each side."""
    grown = (*ADULTS, *ABSENT)
    sides = [with_role(current(facts, program), grown) for program in (Program.IVA, Program.IVD)]
    people, cases = _both(sides)
    sent = facts.referrals["absent"].to_numpy()
    named = np.isin(people, sent[sent >= 0])
    roles = [{one: _in_role(side, people, one) for one in (PAYEES, ADULTS, ABSENT)} for side in sides]
    words = {
        "iv_a": choose(
            (roles[0][PAYEES], "payee"),
            (roles[0][ADULTS], "in the unit"),
            (roles[0][ABSENT] | named, "absent parent"),
            (_absent(facts, "iv-a"), "none"),
        ),
        "iv_d": choose(
            (roles[1][PAYEES] & roles[1][ABSENT], "custodian of one case, absent parent of another"),
            (roles[1][ABSENT], "absent parent"),
            (roles[1][PAYEES], "custodian"),
            (roles[1][ADULTS], "other adult"),
            (_absent(facts, "iv-d"), "none"),
        ),
        "says": choose((named & (cases["ivd_case"] >= 0), _ON_BOTH), otherwise=_which_side(facts, people, sides)),
    }
    return make_rows("parent", people, words, cases)


def _both(sides: list[pd.DataFrame]) -> tuple[Ints, dict[str, Ints]]:
    """Persons of either side, and a case of theirs on each."""
    people = np.sort(pd.unique(np.concatenate([side["person"].to_numpy(np.int64) for side in sides])))
    named = zip(("iva_case", "ivd_case"), sides, strict=True)
    return people, {name: _case_of(side, people) for name, side in named}


def _case_of(stays: pd.DataFrame, people: Ints) -> Ints:
    of = stays.groupby("person")["case"].min().reindex(people)
    return np.asarray(of.fillna(NONE).to_numpy(np.int64))


def _in_role(stays: pd.DataFrame, people: Ints, roles: tuple[Role, ...]) -> Mask:
    return np.isin(people, with_role(stays, roles)["person"].to_numpy())


def _absent(facts: Facts, program: str) -> bool:
    """Whether it may be said that a program has no case; constant, so that it can be a condition."""
    return has_all_cases(facts, program)


def _which_side(facts: Facts, people: Ints, sides: list[pd.DataFrame]) -> np.ndarray:
    """On both sides, or on one only; nothing where the other side is a sample."""
    here, there = (np.isin(people, side["person"].to_numpy()) for side in sides)
    near = near_persons(facts)
    maybe = [np.isin(people, near["one"][np.isin(near["other"], side["person"])]) for side in sides]
    return choose(
        (here & there, _ON_BOTH),
        (np.where(here, maybe[1], maybe[0]), _UNSURE),
        (here & has_all_cases(facts, "iv-d"), "only with iv-a"),
        (there & has_all_cases(facts, "iv-a"), "only with iv-d"),
    )


def absent_parent_rows(facts: Facts) -> pd.DataFrame:
    """Counted children who are alone with a payee in the last month: whether IV-D knows who is absent.

    Nothing is told where a parent is reported dead, may live at the child's address, or another unit counts the child.
    """
    runs = alone_with_payee(facts)
    runs = runs[(runs["last"] == facts.of_program(Program.IVA)["last"].max()).to_numpy()]
    runs = runs.sort_values(["person", "case"]).drop_duplicates("person").reset_index(drop=True)
    n_known, n_absent = count_parents(runs, known_parents(facts)), np.where(runs["own"], 1, 2)
    sent = facts.referrals[["child", "case"]]
    named = among(runs, ["person", "case"], sent, ["child", "case"])
    all_there, unsure = has_all_cases(facts, "iv-d"), np.isin(runs["person"], near_persons(facts)["one"])
    known = n_known >= n_absent
    settled = parent_died(facts, runs) | with_another_payee(facts, runs)
    settled |= (n_known > 0) & parent_at_home(facts, runs)
    missing = ~known & ~settled & all_there
    words = {
        "iv_a": choose((named, "referred"), ("referrals" in facts.evidence, "not referred")),
        "iv_d": choose((n_known > 1, "two known"), (n_known == 1, "one known"), (all_there, "none known")),
        "says": choose(
            (known, "known"),
            (missing & unsure, _UNSURE),
            (missing & (n_known > 0), "one of two parents missing with iv-d"),
            (missing, "missing with iv-d"),
        ),
        "who": choose((missing & ~unsure & ~named, "iv-a"), (missing & ~unsure, "iv-d"), otherwise="nobody"),
    }
    cases = {"iva_case": runs["case"], "ivd_case": _case_of(current(facts, Program.IVD), runs["person"].to_numpy())}
    return make_rows("absent parent", runs["person"], words, cases)


def case_rows(facts: Facts) -> pd.DataFrame:
    """Cases that are about the same people: assistance unit beside support case, and beside job participation.

    A unit and a support case go together when they have a child, or the person in charge, in common.
    """
    units, support, jobs = (current(facts, program) for program in (Program.IVA, Program.IVD, Program.JOBS))
    keys = [_about(stays) for stays in (units, support)]
    tied = keys[0].merge(keys[1], on=["person", "as_child"], suffixes=("", "_d"))
    tied = tied[["case", "case_d"]].drop_duplicates().rename(columns={"case": "iva_case", "case_d": "ivd_case"})
    at_work = units[["person", "case"]].merge(jobs[["person", "case"]], on="person", suffixes=("", "_j"))
    at_work = at_work.rename(columns={"case": "iva_case", "case_j": "jobs_case"}).drop_duplicates()
    parts = [_crosswalk(facts, tied, units, "iva_case"), _participations(at_work)]
    lone = support[~support["case"].isin(tied["ivd_case"])].rename(columns={"case": "ivd_case"})
    alone = _crosswalk(facts, lone[["ivd_case"]].drop_duplicates().assign(iva_case=NONE), support, "ivd_case")
    rest = units[~units["case"].isin(tied["iva_case"])].rename(columns={"case": "iva_case"})
    others = _crosswalk(facts, rest[["iva_case"]].drop_duplicates().assign(ivd_case=NONE), units, "iva_case")
    return together([*parts, alone, others])


def _about(stays: pd.DataFrame) -> pd.DataFrame:
    """Who a case is about: its children, and the person in charge."""
    children = with_role(stays, [Role.CHILD])[["person", "case"]].assign(as_child=1)
    heads = stays.loc[(stays["head"] >= 0).to_numpy(), ["head", "case"]].rename(columns={"head": "person"})
    return pd.concat([children, heads.assign(as_child=0)]).drop_duplicates()


def _crosswalk(facts: Facts, pairs: pd.DataFrame, stays: pd.DataFrame, by: str) -> pd.DataFrame:
    """One row a pair of cases, under the person in charge of the ``by`` case."""
    own = stays.groupby("case").agg(head=("head", "first"), first=("person", "min"))
    of = own.reindex(pairs[by])
    person = np.where(of["head"] >= 0, of["head"], of["first"]).astype(np.int64)
    n_absent = support_parents(facts).groupby("case")["absent"].nunique().reindex(pairs["ivd_case"]).fillna(0)
    unit, support = (pairs[name].to_numpy(np.int64) for name in ("iva_case", "ivd_case"))
    relative = np.isin(unit, with_role(facts.of_program(Program.IVA), [Role.CARETAKER])["case"])
    words = {
        "iv_a": choose(
            (unit < 0, None), (relative, "named by the caretaker"), otherwise="named by the head of the unit"
        ),
        "iv_d": choose(
            (support < 0, None),
            ((n_absent > 1).to_numpy(), "named by the custodian, several absent parents"),
            ((n_absent == 1).to_numpy(), "named by the custodian and one absent parent"),
            otherwise="named by the custodian",
        ),
        "says": choose(
            (((unit >= 0) & (support >= 0)), "about the same people"), otherwise="no case of the other program"
        ),
    }
    words["says"] = choose(
        ((unit < 0) & (not has_all_cases(facts, "iv-a")), None),
        ((support < 0) & (not has_all_cases(facts, "iv-d")), None),
        otherwise=words["says"],
    )
    return make_rows("case", person, words, {"iva_case": unit, "ivd_case": support})


def _participations(pairs: pd.DataFrame) -> pd.DataFrame:
    words = {"iv_a": "in the unit", "jobs": "named by the participant", "says": "about the same people"}
    cases = {name: pairs[name].to_numpy(np.int64) for name in ("iva_case", "jobs_case")}
    return make_rows("case", pairs["person"].to_numpy(np.int64), words, cases)


def assistance_rows(facts: Facts) -> pd.DataFrame:
    """Support cases of the last month: whether both sides have the same status of assistance for the children."""
    children = with_role(current(facts, Program.IVD), [Role.CHILD])[["person", "case", "head"]]
    aided = with_role(counted(facts.of_program(Program.IVA)), [Role.CHILD])
    last = aided["last"].max() if len(aided) else NONE
    now = np.isin(children["person"], aided["person"][(aided["last"] == last).to_numpy()])
    rows = children.assign(now=now, ever=np.isin(children["person"], aided["person"]))
    of = {"now": ("now", "any"), "ever": ("ever", "any"), "head": ("head", "first"), "child": ("person", "min")}
    rows = rows.groupby("case", as_index=False).agg(**of)
    status = facts.cases["assistance"].to_numpy()[rows["case"].to_numpy(np.int64)]
    aided_now, ever = rows["now"].to_numpy(bool), rows["ever"].to_numpy(bool)
    none = ~ever & has_all_cases(facts, "iv-a")
    known = (status != NONE) & (ever | none)
    differs = known & ((aided_now != (status == CURRENT)) | (ever & (status == NEVER)))
    words = {
        "iv_a": choose((aided_now, "current"), (ever, "former"), (none, "none in these months")),
        "iv_d": choose(*((status == code, word) for code, word in _ASSISTANCE.items())),
        "says": choose((differs, "differs"), (known, "same")),
        "who": choose((differs, "iv-d"), otherwise="nobody"),
    }
    person = np.where(rows["head"] >= 0, rows["head"], rows["child"]).astype(np.int64)
    return make_rows("assistance", person, words, {"ivd_case": rows["case"]})


def employment_rows(facts: Facts) -> pd.DataFrame:
    """Grown people of IV-A in the last month: a job on file, beside the last month that an employer reported."""
    adults = with_role(current(facts, Program.IVA), ADULTS)
    adults = adults.groupby("person", as_index=False).agg(employed=("employed", "max"), case=("case", "min"))
    reported = facts.reports.groupby("person")["month"].max().reindex(adults["person"]).fillna(NONE)
    month, employed = reported.to_numpy(np.int64), adults["employed"].to_numpy(np.int64)
    fresh = (month >= 0) & (facts.now - month <= _STALE_MONTHS)
    words = {
        "iv_a": choose((employed == 1, "a job on file"), (employed == 0, "no job on file")),
        "employment": month_words(month, "reported "),
        "says": choose(
            (employed < 0, None),
            (fresh & (employed == 1), "same"),
            (fresh & (facts.now - month >= _TELL_MONTHS), "newer with employment"),
            (fresh, "reported lately, IV-A may not know yet"),
            (month >= 0, "no report for six months"),
        ),
    }
    words["who"] = choose((words["says"] == "newer with employment", "iv-a"), otherwise="nobody")
    return make_rows("employment", adults["person"], words, {"iva_case": adults["case"]})


def twice_rows(facts: Facts) -> pd.DataFrame:
    """People whom one program serves in two cases in the same month, months of a hand-over left out."""
    parts = []
    for column, program in (("jobs", Program.JOBS), ("iv_a", Program.IVA)):
        stays = facts.of_program(program)
        stays = joined(stays if program == Program.JOBS else counted(stays), ["person", "case"])
        pairs = overlapping(stays, stays, ["person"])
        pairs = pairs[~pairs["handed_over"].to_numpy(bool)]
        each = pairs.groupby("person", as_index=False).agg(first=("first", "min"), case=("case_a", "min"))
        words = {column: month_words(each["first"].to_numpy(np.int64), "two cases from "), "says": "served twice"}
        words["who"] = "jobs" if column == "jobs" else "iv-a"
        case = {"jobs": "jobs_case", "iv_a": "iva_case"}[column]
        parts.append(make_rows("service", each["person"], words, {case: each["case"]}))
    return together(parts)
