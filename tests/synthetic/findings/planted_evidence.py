"""The evidence column of the catalogue, looked up line by line in the data: the slow twin of the truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from caselink.synthetic.draws import Streams
from caselink.synthetic.findings.planting import plant
from caselink.synthetic.findings.sites import PlantRates
from caselink.synthetic.history import NEVER, Calendar, History
from caselink.synthetic.keying.profiles import read_profile
from caselink.synthetic.keying.versions import key_versions
from caselink.synthetic.people.timeline import draw_history
from caselink.synthetic.programs.caseload import Programs
from caselink.synthetic.programs.caseloads import draw_caseloads


@dataclass(frozen=True)
class World:
    """A district with leads planted in it."""

    history: History
    before: Programs
    programs: Programs
    leads: pd.DataFrame

    def lines(self, program: str, **wanted: object) -> pd.DataFrame:
        """Memberships with person, head and absent parent of the case, where all columns are as wanted."""
        caseload = self.programs.caseloads[program]
        lines = caseload.memberships.join(caseload.records[["person", "copy_of", "protected"]], on="record")
        lines = lines.merge(caseload.cases[["case", "head", "absent", "paternity", "closed"]], on="case", how="left")
        for column, value in wanted.items():
            lines = lines[(lines[column] == value).to_numpy()]
        return lines

    def months(self, program: str, **wanted: object) -> set[int]:
        """Months in which there is such a line."""
        lines = self.lines(program, **wanted)
        return {m for a, b in zip(lines["first_month"], lines["last_month"], strict=True) for m in range(a, b + 1)}

    @property
    def least(self) -> int:
        """Months for which two things must be so at once to be no hand-over."""
        return min(2, self.history.calendar.n_months)

    def home(self, person: int, month: int) -> int:
        """Where a person lives."""
        return int(self.history.home[month, person])

    def parents(self, child: int) -> set[int]:
        """Mother and father."""
        return {int(self.history.people[tie].iloc[child]) for tie in ("mother", "father")}


def draw_world(n_people: int, months: int, seed: int, rates: PlantRates) -> World:
    """A district with leads planted in it."""
    streams = Streams(seed)
    history = draw_history(n_people, streams=streams.within("people"), calendar=Calendar(months))
    slips = read_profile("typical").all_rates()
    before = draw_caseloads(history, streams=streams.within("programs"), rates=slips)
    programs, leads = plant(history, before, rates=rates, streams=streams)
    return World(history, before, programs, leads)


def keyed_fields(world: World) -> dict[str, pd.DataFrame]:
    """What every program keyed."""
    profile = read_profile("typical")
    return {
        name: key_versions(world.history, caseload, profile.rates(name), Streams(5).within(name)).fields
        for name, caseload in world.programs.caseloads.items()
    }


def who(lead: pd.DataFrame, part: str, program: str | None = None) -> int:
    """The one person (or first of several) in a part of a lead."""
    rows = lead[(lead["part"] == part).to_numpy()]
    return int((rows if program is None else rows[(rows["program"] == program).to_numpy()])["person"].iloc[0])


def cases_of(lead: pd.DataFrame, part: str, program: str) -> list[int]:
    """The cases that a part of a lead is in."""
    rows = lead[((lead["part"] == part) & (lead["program"] == program)).to_numpy()]
    return rows["case"].drop_duplicates().tolist()


def in_two_units(world: World, lead: pd.DataFrame, part: str) -> bool:
    """Eligible in both cases in more months than that of a hand-over."""
    person, cases = who(lead, part), cases_of(lead, part, "iva")
    both = set.intersection(*(world.months("iva", person=person, case=c, status="eligible") for c in cases))
    return len(cases) == 2 and len(both) >= world.least and set(range(*span(lead))) <= both


def span(lead: pd.DataFrame) -> tuple[int, int]:
    """The first month of a lead, and the one after its last."""
    return int(lead["first_month"].iloc[0]), int(lead["last_month"].iloc[0]) + 1


def d05(world: World, lead: pd.DataFrame) -> bool:
    """A child eligible in two cases of different payees."""
    child, cases = who(lead, "child"), cases_of(lead, "child", "iva")
    payees = {int(world.lines("iva", case=c)["head"].iloc[0]) for c in cases}
    as_child = all(world.months("iva", person=child, case=c, role="CHILD", status="eligible") for c in cases)
    return in_two_units(world, lead, "child") and len(payees) == 2 and as_child


def d06(world: World, lead: pd.DataFrame) -> bool:
    """Two cases of the same parties open at once."""
    one, two = (world.programs.caseloads["ivd"].cases.set_index("case").loc[c] for c in cases_of(lead, "child", "ivd"))
    same = one["head"] == two["head"] and one["absent"] == two["absent"]
    return bool(same and min(one["closed"], two["closed"]) > max(one["opened"], two["opened"]))


def d07(world: World, lead: pd.DataFrame) -> bool:
    """A child in two cases of different custodians for more than a hand-over."""
    child, cases = who(lead, "child"), cases_of(lead, "child", "ivd")
    both = set.intersection(*(world.months("ivd", person=child, case=c, role="CH") for c in cases))
    custodians = {int(world.lines("ivd", case=c)["head"].iloc[0]) for c in cases}
    return len(custodians) == 2 and len(both) >= world.least


def d08(world: World, lead: pd.DataFrame) -> bool:
    """Two cases with paternity settled of two men."""
    cases = lead["case"].drop_duplicates().tolist()
    table = world.programs.caseloads["ivd"].cases.set_index("case").loc[cases]
    men = table["absent"].tolist()
    settled = (table["paternity"] == "Y").all() and table["absent"].nunique() == 2
    return bool(settled and not world.history.people["female"].iloc[men].any())


def d09(world: World, lead: pd.DataFrame) -> bool:
    """Two people or more eligible in two cases of one home for more than a hand-over."""
    cases = cases_of(lead, "member", "iva")
    common = [p for p in lead["person"].unique() if in_both(world, p, cases) >= world.least]
    heads = [int(world.lines("iva", case=c)["head"].iloc[0]) for c in cases]
    last = span(lead)[1] - 1
    return len(common) >= 2 and heads[0] != heads[1] and world.home(heads[0], last) == world.home(heads[1], last)


def in_both(world: World, person: int, cases: list[int]) -> int:
    """Months in which a person is eligible in both cases."""
    return len(set.intersection(*(world.months("iva", person=person, case=c, status="eligible") for c in cases)))


def same_line(world: World, lead: pd.DataFrame, *, copied: bool) -> bool:
    """Two records of a person in one case and month, with the same values on file or not."""
    lines = world.lines("iva", person=who(lead, "person"), case=lead["case"].iloc[0])
    now = lines[((lines["first_month"] <= span(lead)[0]) & (lines["last_month"] >= span(lead)[0])).to_numpy()]
    return now["record"].nunique() >= 2 and (now["copy_of"].nunique() < 2) == copied


def d10(world: World, lead: pd.DataFrame) -> bool:
    """Two numbers of one person."""
    return bool(world.lines("iva", person=who(lead, "person"))["record"].nunique() >= 2)


def c01(world: World, lead: pd.DataFrame) -> bool:
    """Nobody in the case is eligible."""
    case = lead["case"].iloc[0]
    return bool(world.months("iva", case=case)) and not world.months("iva", case=case, status="eligible")


def c03(world: World, lead: pd.DataFrame) -> bool:
    """One person in both roles."""
    roles = world.lines("ivd", person=who(lead, "person"), case=lead["case"].iloc[0])["role"]
    return {"NP", "CP"} <= set(roles)


def c04(world: World, lead: pd.DataFrame) -> bool:
    """On the child's unit and absent parent of its case in all months."""
    man, child = who(lead, "absent parent"), who(lead, "child")
    (unit,), (case,) = cases_of(lead, "absent parent", "iva"), cases_of(lead, "absent parent", "ivd")
    both = world.months("ivd", person=man, case=case) & world.months("ivd", person=child, case=case, role="CH")
    at_home = world.months("iva", person=man, case=unit) & world.months("iva", person=child, case=unit)
    return set(range(*span(lead))) <= both & at_home


def c06(world: World, lead: pd.DataFrame) -> bool:
    """Eligible as a child and 19 before the month began."""
    child, first = who(lead, "child"), span(lead)[0]
    born = world.history.people["birth"].iloc[child]
    before = world.history.calendar.months()[first].astype("datetime64[D]").astype(int)
    return (before - born) / 365.25 >= 19 and first in world.months(
        "iva", person=child, role="CHILD", status="eligible"
    )


def c07(world: World, lead: pd.DataFrame) -> bool:
    """Own child to one program only, of one adult in charge."""
    child, codes, heads = who(lead, "child"), [], []
    for program in ("iva", "ivd"):
        caseload = world.programs.caseloads[program]
        rows = np.flatnonzero(
            (caseload.records["person"] == child) & (caseload.records["case"] == cases_of(lead, "child", program)[0])
        )
        codes.append(caseload.details["relationship"].iloc[rows[0]])
        heads.append(caseload.cases.set_index("case")["head"].loc[caseload.records["case"].iloc[rows[0]]])
    return (codes[0] == "CH") != (codes[1] == "CH") and heads[0] == heads[1]


def c09(world: World, lead: pd.DataFrame) -> bool:
    """Said to be dead, but alive and reported by an employer."""
    man, support = who(lead, "absent parent"), world.programs.caseloads["ivd"]
    rows = (support.records["person"] == man) & (support.records["case"] == lead["case"].iloc[0])
    dead = (support.details["absence"][rows.to_numpy()] == "DC").any()
    employed = (world.programs.caseloads["employment"].records["person"] == man).any()
    return bool(dead and employed and world.history.people["death"].iloc[man] == NEVER)


def c10(world: World, lead: pd.DataFrame) -> bool:
    """Closed for a job, and nobody had one on file in the last month."""
    case, last = lead["case"].iloc[0], span(lead)[0]
    closed = world.programs.caseloads["iva"].cases.set_index("case").loc[case]
    quiet = last not in world.months("iva", case=case, employed="Y")
    return bool(closed["closed"] == last + 1 and closed["closure_reason"] == "employment" and quiet)


def c11(world: World, lead: pd.DataFrame) -> bool:
    """In a case after the month of death."""
    person, first = who(lead, "person"), span(lead)[0]
    month = world.history.calendar.months()[first].astype("datetime64[D]").astype(int)
    return world.history.people["death"].iloc[person] < month and first in world.months("iva", person=person)


def c12(world: World, lead: pd.DataFrame) -> bool:
    """Eligible in jail, in the second month there."""
    person, first = who(lead, "person"), span(lead)[0]
    inside = world.history.jailed[first - 1 : first + 1, person].all()
    return bool(inside) and first in world.months("iva", person=person, status="eligible")


def no_case_against(world: World, lead: pd.DataFrame) -> bool:
    """Every child of the lead is eligible, its parent elsewhere, without a case against that parent or a referral."""
    unit, parent = lead["case"].iloc[0], who(lead, "parent")
    now = span(lead)[1] - 1
    holds = []
    for child in lead["person"][(lead["part"] == "child").to_numpy()]:
        referred = world.programs.referrals
        referred = referred[((referred["child"] == child) & (referred["absent"] == parent)).to_numpy()]
        holds += [
            now in world.months("iva", person=child, case=unit, role="CHILD", status="eligible"),
            parent in world.parents(child) and world.home(parent, now) not in (-1, world.home(child, now)),
            not world.months("ivd", person=child, role="CH", absent=parent),
            not (referred["received_month"] >= 0).any(),
        ]
    return all(holds) and bool(holds)


def in_duty(world: World, lead: pd.DataFrame) -> bool:
    """No good cause held, and more than two months gone by."""
    unit = world.programs.caseloads["iva"].cases.set_index("case").loc[lead["case"].iloc[0]]
    return unit["good_cause"] not in ("PD", "GC") and world.history.calendar.n_months - unit["opened"] > 2


def r01(world: World, lead: pd.DataFrame) -> bool:
    """A duty without a referral or a case."""
    return no_case_against(world, lead) and in_duty(world, lead)


def r02(world: World, lead: pd.DataFrame) -> bool:
    """Received, not worked, and nothing opened for two months."""
    child, parent = who(lead, "child"), who(lead, "parent")
    referrals = world.programs.referrals
    mine = referrals[((referrals["child"] == child) & (referrals["absent"] == parent)).to_numpy()]
    waited = world.history.calendar.n_months - 1 - mine["received_month"].min()
    unopened = not world.months("ivd", person=child, role="CH", absent=parent) and (mine["worked_month"] < 0).all()
    return bool(unopened and mine["received_month"].min() >= 0 and waited >= 2)


def r03(world: World, lead: pd.DataFrame) -> bool:
    """A duty as in R01, with a relative who has a case against the other parent."""
    child, head = who(lead, "child"), who(lead, "payee")
    other = world.months("ivd", person=child, role="CH", head=head)
    return no_case_against(world, lead) and in_duty(world, lead) and head not in world.parents(child) and bool(other)


def r04(world: World, lead: pd.DataFrame) -> bool:
    """Says otherwise than the last four months."""
    case, n = lead["case"].iloc[0], world.history.calendar.n_months
    says = world.programs.caseloads["ivd"].cases.set_index("case").loc[case, "assistance"]
    children = world.lines("ivd", case=case, role="CH", last_month=n - 1)["person"].unique()
    aided = set().union(*(world.months("iva", person=c, role="CHILD", status="eligible") for c in children))
    lately = {m in aided for m in range(max(0, n - 4), n)}
    return lately == {says != "current"}


def r05(world: World, lead: pd.DataFrame) -> bool:
    """Not cooperating with IV-D for two months, and no unit of hers knows, nor holds good cause."""
    payee, now = who(lead, "payee"), world.history.calendar.n_months - 1
    units, cases = (world.programs.caseloads[name].cases for name in ("iva", "ivd"))
    hers = units[((units["head"] == payee) & (units["closed"] > now) & (units["opened"] <= now)).to_numpy()]
    case = cases.set_index("case").loc[cases_of(lead, "custodian", "ivd")[0]]
    known = (hers["uncooperative"] <= now).any() or hers["good_cause"].isin(["PD", "GC"]).any()
    return bool(len(hers) and case["closed"] > now and case["uncooperative"] <= now - 2 and not known)


def r06(world: World, lead: pd.DataFrame) -> bool:
    """Held by IV-A, by no case of IV-D."""
    units, cases = (world.programs.caseloads[name].cases for name in ("iva", "ivd"))
    head = who(lead, "payee")
    here = units[(units["case"] == cases_of(lead, "payee", "iva")[0]).to_numpy()]["good_cause"].iloc[0]
    there = cases[((cases["head"] == head) & (cases["closed"] == NEVER)).to_numpy()]["good_cause"]
    return here in ("PD", "GC") and not there.isin(["PD", "GC"]).any()


def r07(world: World, lead: pd.DataFrame) -> bool:
    """Flagged by one of two that know the person."""
    person = who(lead, "person")
    flags = [set(world.lines(name, person=person)["protected"]) for name in ("iva", "ivd")]
    return ("Y" in flags[0]) != ("Y" in flags[1]) and all(flags)


def r08(world: World, lead: pd.DataFrame) -> bool:
    """In the unit, not in the case in which a sibling is."""
    child, case, now = who(lead, "child"), cases_of(lead, "custodian", "ivd")[0], span(lead)[1] - 1
    unit = cases_of(lead, "child", "iva")[0]
    siblings = world.lines("ivd", case=case, role="CH", last_month=now)["person"]
    return (
        now in world.months("iva", person=child, case=unit, status="eligible")
        and now not in world.months("ivd", person=child, case=case)
        and len(siblings) > 0
        and who(lead, "absent parent") in world.parents(child)
    )


def reports(world: World, person: int, kind: str, month: int) -> pd.DataFrame:
    """Reports on a person whose date is in a month."""
    jobs = world.programs.caseloads["employment"]
    text = world.history.calendar.name([month])[0]
    rows = (jobs.records["person"] == person) & (jobs.details["report_type"] == kind)
    return jobs.records[(rows & jobs.details["report_date"].str.startswith(text)).to_numpy()]


def e01(world: World, lead: pd.DataFrame) -> bool:
    """A timely report of a hire, no job on file two months later."""
    person, (first, _) = who(lead, "recipient"), span(lead)
    timely = reports(world, person, "W4", first)["entered"] - first <= 6
    quiet = world.months("iva", person=person, status="eligible", employed="N")
    return (
        bool(timely.any())
        and {first, first + 1, first + 2} <= quiet | world.months("iva", person=person, status="eligible")
        and first + 2 in quiet
    )


def e02(world: World, lead: pd.DataFrame) -> bool:
    """A wage report of a quarter without a job on file."""
    person, (first, end) = who(lead, "recipient"), span(lead)
    quiet = world.months("iva", person=person, status="eligible", employed="N")
    return len(reports(world, person, "QW", end - 1)) > 0 and set(range(first, end)) <= quiet and end - first == 3


EVIDENCE: dict[str, Callable[[World, pd.DataFrame], bool]] = {
    "D01": lambda world, lead: same_line(world, lead, copied=True),
    "D02": lambda world, lead: same_line(world, lead, copied=False),
    "D04": lambda world, lead: in_two_units(world, lead, "member"),
    **{f"D{n:02}": check for n, check in ((5, d05), (6, d06), (7, d07), (8, d08), (9, d09), (10, d10))},
    **{f"C{n:02}": check for n, check in ((1, c01), (3, c03), (4, c04), (6, c06), (7, c07), (9, c09))},
    **{f"C{n:02}": check for n, check in ((10, c10), (11, c11), (12, c12))},
    **{f"R{n:02}": check for n, check in ((1, r01), (2, r02), (3, r03), (4, r04), (5, r05), (6, r06), (7, r07))},
    "R08": r08,
    **{f"E{n:02}": check for n, check in ((1, e01), (2, e02))},
}


def wrong_leads(world: World, leads: pd.DataFrame) -> list[tuple[str, str | None, int]]:
    """Leads that are not what they say: real without the evidence, or innocent with all of it."""
    wrong = []
    for number, lead in leads.groupby("lead"):
        finding, kind, look_alike = lead["finding"].iloc[0], lead["kind"].iloc[0], lead["look_alike"].iloc[0]
        if EVIDENCE[finding](world, lead) != (kind != "look-alike"):
            wrong.append((finding, look_alike, number))
    return wrong
