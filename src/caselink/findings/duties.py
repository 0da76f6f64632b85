"""Which children have a parent elsewhere whom IV-D should know, and whom it knows: findings of group R ask this."""

from __future__ import annotations

import numpy as np
import pandas as pd

from caselink.findings.facts import (
    ABSENT,
    ADULTS,
    GRANDCHILD,
    NO_DAY,
    NONE,
    OWN_CHILD,
    Facts,
    Ints,
    Mask,
    Program,
    Role,
    once,
)
from caselink.findings.people import birth_days, commonest, month_of, of_one_payee, years
from caselink.findings.stays import (
    changes,
    counted,
    in_common,
    in_order,
    joined,
    numbered,
    with_role,
    without_months,
)

PARENT_YEARS = (12, 50)
"""Another adult of the unit who is not counted may be a child's parent if so many years older."""
GENERATION = 15
"""Years by which an adult who is not counted is older than the payee, and so rather the payee's parent."""
CROWD = 12
"""An address of more people than this is no household's."""
GROWN = 19
"""Years of age from which nobody has to be referred: a dependent child is 18 at most."""


@once
def support_children(facts: Facts) -> pd.DataFrame:
    """Stays of children in support cases: ``person, case, record, head, first, last``."""
    stays = joined(with_role(facts.of_program(Program.IVD), [Role.CHILD]), ["person", "case", "record"])
    return stays[["person", "case", "record", "head", "first", "last"]]


@once
def support_parents(facts: Facts) -> pd.DataFrame:
    """Absent parents of support cases, each once a case: ``case, absent, absent_record, putative, surname, sex``."""
    stays = with_role(facts.of_program(Program.IVD), ABSENT).sort_values(["case", "person", "record"])
    rows = stays.drop_duplicates(["case", "person"])
    record = rows["record"].to_numpy()
    return pd.DataFrame(
        {
            "case": rows["case"].to_numpy(),
            "absent": rows["person"].to_numpy(),
            "absent_record": record,
            "putative": rows["role"].to_numpy() == Role.PUTATIVE,
            "surname": facts.records["surname"].to_numpy()[record],
            "sex": facts.records["sex"].to_numpy()[record],
        }
    )


@once
def alone_with_payee(facts: Facts) -> pd.DataFrame:
    """The last run of months of each counted minor in a unit in which no other adult of the unit may be the parent.

    ``person, case, record, head, first, last, length`` and ``own`` (own child of the payee). ``length`` counts the
    months before the first one told of too, where the case was open then.
    """
    stays = joined(with_role(counted(facts.of_program(Program.IVA)), [Role.CHILD]), ["person", "case"])
    stays = stays[(stays["head"] >= 0).to_numpy()][["person", "case", "record", "head", "first", "last"]]
    birthday = month_of(birth_days(facts)[stays["person"].to_numpy()])
    young = np.where(birthday >= 0, birthday + 12 * GROWN, stays["last"])
    stays = stays.assign(own=_own_child(facts, stays), last=np.minimum(stays["last"], young))
    stays = numbered(stays[(stays["first"] <= stays["last"]).to_numpy()])
    with_parent = _other_parents(facts, stays[stays["own"].to_numpy(bool)])
    return _last_runs(facts, without_months(stays, with_parent))


def grown(facts: Facts, person: Ints, month: Ints) -> Mask:
    """Persons in a month after that of their birthday of :data:`GROWN` years."""
    birthday = month_of(birth_days(facts)[person])
    return np.asarray((birthday >= 0) & (month > birthday + 12 * GROWN))


def _own_child(facts: Facts, stays: pd.DataFrame) -> Mask:
    """Whether the payee is the child's parent: as the record says where it had no other payee, else by their role."""
    units = facts.of_program(Program.IVA)
    kin = _kin(facts, stays)
    parents = units[((units["role"] == Role.HEAD) & (units["person"] == units["head"])).to_numpy()]
    return np.where(kin >= 0, kin == OWN_CHILD, np.isin(stays["case"].to_numpy(), parents["case"].to_numpy()))


def _kin(facts: Facts, stays: pd.DataFrame) -> Ints:
    """What each child's record says of the payee, :data:`NONE` where it had another one too."""
    units = facts.of_program(Program.IVA)
    record = stays["record"].to_numpy()
    one = np.isin(record, np.unique(units["record"][of_one_payee(units)]))
    return np.where(one, facts.records["relationship"].to_numpy()[record], NONE)


def _may_be_parent(facts: Facts, rows: pd.DataFrame, adult: str) -> Mask:
    """Whether an adult is of an age to be the child's other parent, as far as birth dates are known.

    Parents are :data:`PARENT_YEARS` older, and not a :data:`GENERATION` older than the payee; the parent of a payee's
    grandchild is rather that payee's child.
    """
    child, payee, other = (birth_days(facts)[rows[name].to_numpy()] for name in ("person", "head", adult))
    most = np.where(_kin(facts, rows) == GRANDCHILD, -PARENT_YEARS[0], GENERATION)
    return _years_between(child, other, *PARENT_YEARS) & _years_between(payee, other, -np.inf, most)


def _other_parents(facts: Facts, stays: pd.DataFrame, known: pd.DataFrame | None = None) -> pd.DataFrame:
    """Stretches of children's stays in which another adult of the unit may be the other parent: ``row, first, last``.

    ``row`` is the index of the stay. Such an adult is one whose needs are counted, or who is of an age to be. A last
    name does not tell: children of one couple often have several. ``known`` (``person, sex``): of these sexes a parent
    is known already.
    """
    adults = with_role(facts.of_program(Program.IVA), ADULTS)
    adults = adults[(adults["person"] != adults["head"]).to_numpy()][["case", "person", "counted", "first", "last"]]
    told = stays[["person", "case", "record", "head", "first", "last"]].rename_axis("row").reset_index()
    pairs = in_common(told[np.isin(told["case"].to_numpy(), adults["case"].to_numpy())], adults, ["case"], "_a")
    parent = _may_be_parent(facts, pairs, "person_a") | (pairs["counted"] == 1).to_numpy()
    if known is not None:
        parent &= ~_of_known_sex(facts, pairs["person"], pairs["person_a"], known)
    return pairs.loc[parent, ["row", "first", "last"]]


def with_other_parent(facts: Facts, runs: pd.DataFrame) -> Mask:
    """Runs of which, in the last month, another adult may be the parent whom IV-D does not know."""
    then = runs.assign(first=runs["last"])
    return np.isin(runs.index, _other_parents(facts, then, known_sexes(facts))["row"])


def _of_known_sex(facts: Facts, child: pd.Series, adult: pd.Series, known: pd.DataFrame) -> Mask:
    """Adults of the sex of a parent whom IV-D knows of the child."""
    wanted = pd.DataFrame({"person": child.to_numpy(), "sex": sexes(facts).reindex(adult).fillna(NONE).to_numpy()})
    return np.asarray(pd.MultiIndex.from_frame(wanted.astype(np.int64)).isin(pd.MultiIndex.from_frame(known)))


def _years_between(younger: Ints, older: Ints, least: float, most: float | Ints) -> Mask:
    """Whether the one was born so many years before the other, or it is not known of both when."""
    unknown = (younger == NO_DAY) | (older == NO_DAY)
    gap = years(np.where(unknown, 0, younger) - np.where(unknown, 0, older))
    return np.asarray(unknown | ((gap >= least) & (gap <= most)))


def _last_runs(facts: Facts, stays: pd.DataFrame) -> pd.DataFrame:
    """The last of the stays of each person in each case, and how long it is."""
    rows = in_order(stays, ["person", "case", "last"])
    last = np.append(changes(rows, ["person", "case"])[1:], np.ones(min(len(rows), 1), bool))
    runs = numbered(rows[last][["person", "case", "record", "head", "own", "first", "last"]])
    opened = facts.cases["opened"].to_numpy()[runs["case"].to_numpy()]
    before = np.where((runs["first"] == facts.began) & (opened >= 0), np.maximum(facts.began - opened, 0), 0)
    runs["length"] = runs["last"] - runs["first"] + 1 + before
    return runs


@once
def known_parents(facts: Facts) -> pd.DataFrame:
    """Parents whom IV-D knows of each child, each once: ``person, absent``."""
    rows = support_children(facts)[["person", "case"]].merge(support_parents(facts)[["case", "absent"]], on="case")
    return rows[["person", "absent"]].drop_duplicates()


@once
def known_sexes(facts: Facts) -> pd.DataFrame:
    """The sexes of the parents whom IV-D knows of each child: ``person, sex``."""
    known = known_parents(facts)
    sex = sexes(facts).reindex(known["absent"]).to_numpy()
    there = ~np.isnan(sex)
    return pd.DataFrame({"person": known["person"][there], "sex": sex[there].astype(np.int64)}).drop_duplicates()


def count_parents(runs: pd.DataFrame, known: pd.DataFrame) -> Ints:
    """How many parents but the payee IV-D knows of the child of each run; those of one ``who``, if told, are one."""
    both = runs[["person", "head"]].reset_index().merge(known, on="person")
    both = both[(both["absent"] != both["head"]).to_numpy()]
    each = both[["index", "who" if "who" in both else "absent"]].drop_duplicates()
    return np.bincount(each["index"].to_numpy(), minlength=len(runs)).astype(np.int64)


def referred(facts: Facts, runs: pd.DataFrame) -> Mask:
    """Children of whom a referral has been received."""
    got = facts.referrals[(facts.referrals["received"] >= 0).to_numpy()]
    return np.isin(runs["person"].to_numpy(), got["child"].to_numpy())


def perhaps_known(facts: Facts, runs: pd.DataFrame) -> Mask:
    """Children who may be a child of a support case whose record was kept apart from theirs."""
    children = support_children(facts)["person"].to_numpy()
    near = near_persons(facts)
    maybe = near["one"][np.isin(near["other"].to_numpy(), children)]
    return np.isin(runs["person"].to_numpy(), maybe)


def perhaps_counted(facts: Facts, person: Ints) -> Mask:
    """Persons who may be a counted child of an assistance case whose record was kept apart from theirs."""
    children = with_role(counted(facts.of_program(Program.IVA)), [Role.CHILD])["person"].to_numpy()
    near = near_persons(facts)
    return np.isin(person, near["one"][np.isin(near["other"].to_numpy(), children)])


@once
def near_persons(facts: Facts) -> pd.DataFrame:
    """Persons of whom two records may be one person's, both ways: ``one, other``."""
    person = facts.records["person"].to_numpy()
    left, right = (person[facts.near[side].to_numpy(np.int64)] for side in ("left", "right"))
    both = pd.DataFrame({"one": np.append(left, right), "other": np.append(right, left)})
    return both.drop_duplicates()


def parent_died(facts: Facts, runs: pd.DataFrame) -> Mask:
    """Children of whose unit or support case another adult is, or was, who is reported dead."""
    dead = facts.stays[np.isin(facts.stays["person"].to_numpy(), facts.deaths["person"].to_numpy())]
    dead = dead[(dead["role"] != Role.CHILD).to_numpy()][["case", "person"]].drop_duplicates()
    dead = dead.merge(facts.deaths[["person", "month"]], on="person").rename(columns={"person": "adult"})
    children = with_role(facts.stays, [Role.CHILD])[["case", "person"]].drop_duplicates()
    both = runs.reset_index()[["index", "person", "head", "last"]].merge(children.merge(dead, on="case"), on="person")
    gone = ((both["adult"] != both["head"]) & (both["month"] <= both["last"])).to_numpy()
    return np.isin(np.arange(len(runs)), both["index"][gone])


def with_another_payee(facts: Facts, runs: pd.DataFrame) -> Mask:
    """Children whom another unit counts too (D05), or whose payee is absent parent of their support case just then."""
    stays = with_role(counted(facts.of_program(Program.IVA)), [Role.CHILD])[["person", "case", "head", "first", "last"]]
    units = runs.reset_index()[["index", "person", "head", "first", "last"]].merge(
        stays, on="person", suffixes=("", "_u")
    )
    units = units[(units["head"] != units["head_u"]).to_numpy()]
    children = support_children(facts).merge(support_parents(facts)[["case", "absent"]], on="case")
    cases = runs.reset_index()[["index", "person", "head", "first", "last"]].merge(
        children[["person", "absent", "first", "last"]], on="person", suffixes=("", "_u")
    )
    cases = cases[(cases["head"] == cases["absent"]).to_numpy()]
    both = pd.concat([units, cases])
    then = ((both["first_u"] <= both["last"]) & (both["last_u"] >= both["last"])).to_numpy()
    return np.isin(np.arange(len(runs)), both["index"][then])


def parent_at_home(facts: Facts, runs: pd.DataFrame) -> Mask:
    """Children at whose address somebody is on file who may be the parent that IV-D does not know.

    That is an adult but the payee, :data:`PARENT_YEARS` older than the child, whose sex on file is not that of the
    known parent. The address of a shelter, with more than :data:`CROWD` people on file, says nothing; nor does that of
    an absent parent in a support case, which may be from before the parting.
    """
    records = facts.records
    person, place = (records[name].to_numpy() for name in ("person", "place"))
    apart = np.isin(records["role"].to_numpy(), [int(role) for role in ABSENT])
    here = np.isin(person, runs[["person", "head"]].to_numpy().ravel()) & (place >= 0)
    housed = records[["person", "place"]][np.isin(place, place[here])].drop_duplicates()
    housed = housed[(housed.groupby("place")["person"].transform("size") <= CROWD).to_numpy()]
    rows = runs.reset_index()[["index", "person", "head", "record"]]
    lives = pd.concat([rows.assign(of=rows[name]) for name in ("person", "head")])
    lives = lives.merge(housed, left_on="of", right_on="person", suffixes=("", "_of"))
    adults = records[["person", "place"]][np.isin(place, housed["place"].to_numpy()) & ~apart].drop_duplicates()
    both = lives.merge(adults.rename(columns={"person": "adult"}), on="place")
    known = pd.MultiIndex.from_frame(known_parents(facts))
    both = both[~np.asarray(pd.MultiIndex.from_frame(both[["person", "adult"]]).isin(known))]
    both = both[(both["adult"] != both["head"]).to_numpy()]
    born = birth_days(facts)
    maybe = (born[both["person"]] != NO_DAY) & (born[both["adult"]] != NO_DAY) & _may_be_parent(facts, both, "adult")
    maybe &= ~_of_known_sex(facts, both["person"], both["adult"], known_sexes(facts))
    return np.isin(np.arange(len(runs)), both["index"][maybe])


@once
def sexes(facts: Facts) -> pd.Series:
    """The sex on file of each person of whom it is known: of several the one that most records have."""
    sex = commonest(facts.records["person"].to_numpy(), facts.records["sex"].to_numpy(), NONE)
    known = np.flatnonzero(sex != NONE)
    return pd.Series(sex[known], index=pd.Index(known, name="person"), name="sex")


def held_good_cause(facts: Facts, case: Ints) -> Mask:
    """Cases with good cause claimed or granted."""
    return np.isin(np.append(facts.cases["good_cause"].to_numpy(), NONE)[case], (1, 2))
