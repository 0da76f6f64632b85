"""The exchange view: for each household what IV-A has beside what IV-D and employers have, and who should act.

Programs that serve one family mostly fail each other in small things: a newer address that only one of them has, a
child in one case and not in the other, a referral that nobody opened. Each row is one such thing. It tells which
program has what, since when, and never the value, which is looked up in its owner's system by someone entitled to it.

Rows are of two kinds, so that none tells who is protected. In whose cases people are is told by keys, of everybody
alike. That something is newer, missing or late is told only of people who are known to be free, and only where somebody
should act: of a family that is not told of there are the same rows as of one in which all is in order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from caselink.confidentiality import Protection, Sight
from caselink.confidentiality.protection import NO, YES, spread
from caselink.encoding import encode_column
from caselink.exchange.cases import (
    absent_parent_rows,
    assistance_rows,
    case_rows,
    child_rows,
    employment_rows,
    parent_rows,
    twice_rows,
)
from caselink.exchange.referrals import referral_rows
from caselink.exchange.rows import CASES, NOBODY, WORDS, together
from caselink.exchange.values import value_rows
from caselink.findings.duties import held_good_cause
from caselink.findings.facts import NONE, PROGRAM_NAMES, Facts
from caselink.leads import ProgramTables
from caselink.leads.fact_base import FactBase, gather_facts
from caselink.masking import WITHHELD
from caselink.notebook import show_table
from caselink.purposes import NARROWEST, Purpose, find_purpose
from caselink.result import Result

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
_TEXT = pd.ArrowDtype(pa.string())
_CASE_IDS = {"iva_case": "iv-a", "ivd_case": "iv-d", "jobs_case": "jobs"}
KEYS = ("household_id", "element", "person_id", "iva_case_id", "ivd_case_id", "jobs_case_id")
EXCHANGE_COLUMNS = (*KEYS, *WORDS)
_ELEMENTS: dict[str, tuple[Callable[[Facts], pd.DataFrame], tuple[str, ...]]] = {
    "child": (child_rows, ("memberships iv-a", "memberships iv-d")),
    "parent": (parent_rows, ("memberships iv-a", "memberships iv-d")),
    "absent parent": (absent_parent_rows, ("memberships iv-a", "memberships.status iv-a", "memberships iv-d")),
    "case": (case_rows, ("memberships iv-a", "memberships iv-d")),
    "assistance": (assistance_rows, ("memberships iv-a", "memberships.status iv-a", "cases.assistance iv-d")),
    "employment": (employment_rows, ("memberships.employed iv-a",)),
    "service": (twice_rows, ()),
}
_BY_KEYS = ("child", "parent", "case")
"""Elements that tell of everybody in whose cases they are, and ask nobody to act."""


@dataclass(frozen=True, repr=False)
class Exchange:
    """What the programs have beside one another; prints as counts.

    ``table``: one row a household, element and person (:data:`EXCHANGE_COLUMNS`), sorted by its keys. ``iv_a``,
    ``iv_d``, ``jobs`` and ``employment`` tell what each has (a month, a role, a status), ``says`` what follows, ``who``
    should act. *withheld* stands where nothing is told, whatever the reason. ``not_listed``: by element, how many more
    rows there are, in order or withheld, which is not told apart. ``skipped``: elements that lack a table.
    """

    table: pd.DataFrame = field(repr=False)
    not_listed: dict[str, int]
    skipped: pd.DataFrame

    def counts(self) -> pd.DataFrame:
        """How many rows say what: ``element, says, who, rows``."""
        return self.table.groupby(["element", "says", "who"], sort=True).size().rename("rows").reset_index()

    def __repr__(self) -> str:
        return f"Exchange of {len(self.table):,} rows\n{self.counts().to_string(index=False)}"

    def _repr_html_(self) -> str:
        return show_table(self.counts())


def reconcile(
    result: Result,
    tables: ProgramTables | None = None,
    purpose: str | Purpose = NARROWEST,
    *,
    protection: Protection | None = None,
    facts: FactBase | None = None,
) -> Exchange:
    """Put IV-A beside IV-D and employment, household by household: what is newer where, what is missing on which side.

    By keys, of everybody: *child* and *parent* (in whose cases they are), *case* (which cases are about the same
    people). Where somebody should act: *address*, *phone*, *name* and *employer* (which program has the later one, from
    which month), *absent parent* (unknown to IV-D), *referral* (not received, not opened, or not within 20 days),
    *assistance* (not the same status), *employment* (a report, and no job on file), *service* (twice in a month).

    The latter are told of a person only if it is known that neither that person nor anybody of the household or of a
    case of theirs is protected, and no good cause is claimed. A ``purpose`` that works for programs is told of people
    whom these know, and sees their case numbers alone. A source that binds the purpose takes no part. A sample shows
    nobody to be missing. ``protection`` is what ``result.families.protect`` gives, where sources are bound, or people
    were protected in an earlier run. ``facts`` is what :func:`caselink.leads.fact_base.gather_facts` gave of these.
    """
    tables, seen = tables or ProgramTables(), find_purpose(purpose)
    rosters = tables.memberships if result.memberships is None else None
    told = result if rosters is None else result.with_memberships(rosters)
    guard = protection or told.families.protect(tables.programs)
    sight = Sight(guard, seen)
    sight.check()
    base = _shown(facts or gather_facts(told, tables), sight)
    rows, n_left, skipped = _rows(base, told, tables, sight)
    table = _spelled(rows, base, told, sight)
    lacking = pd.DataFrame(skipped, columns=["element", "lacks"], dtype=object)
    return Exchange(table, n_left, lacking)


def _shown(base: FactBase, sight: Sight) -> FactBase:
    """The facts without what sources tell that the purpose may not see; of their programs nothing is known."""
    fine, records = sight.unbound("*"), base.facts.records
    if fine.all():
        return base
    parts = {}
    for name in ("stays", "reports"):
        rows = getattr(base.facts, name)
        parts[name] = rows[fine[rows["record"].to_numpy(np.int64)]].reset_index(drop=True)
    bound = set(records["program"][~fine].tolist())
    names = {name for name, program in PROGRAM_NAMES.items() if int(program) in bound}
    ours = names & {"iv-a", "iv-d"}
    evidence = {
        one for one in base.facts.evidence if one.rsplit(" ", 1)[-1] not in names and not (ours and "referral" in one)
    }
    return replace(base, facts=replace(base.facts, **parts, evidence=frozenset(evidence)))


def _rows(
    base: FactBase, result: Result, tables: ProgramTables, sight: Sight
) -> tuple[pd.DataFrame, dict[str, int], list[tuple[str, str]]]:
    """The rows that are told, by element how many more there are, and what was not asked."""
    parts, n_people = value_rows(base, result, sight)
    n_rows, skipped = dict.fromkeys(parts, n_people), []
    for element, (find, needs) in _ELEMENTS.items():
        lacking = base.facts.lacking(needs)
        if lacking:
            skipped.append((element, "; ".join(lacking)))
        else:
            parts[element] = find(base.facts)
            n_rows[element] = len(parts[element])
    if tables.referrals is None or "referrals" not in base.facts.evidence:
        skipped.append(("referral", "referrals"))
    else:
        parts["referral"] = referral_rows(base, tables)
        n_rows["referral"] = len(parts["referral"])
    known = _known(base, sight)
    free = known & _free(base, sight)
    told = {one: rows[_to_act(rows, free) if one not in _BY_KEYS else _of(rows, known)] for one, rows in parts.items()}
    n_left = {element: n_rows[element] - len(told[element]) for element in sorted(told)}
    return together(list(told.values())), {element: n for element, n in n_left.items() if n}, skipped


def _of(rows: pd.DataFrame, people: Mask) -> Mask:
    """Rows of these people."""
    return np.asarray(people[rows["person"].to_numpy(np.int64)], np.bool_)


def _to_act(rows: pd.DataFrame, people: Mask) -> Mask:
    """Rows of these people of which somebody should act."""
    return _of(rows, people) & rows["says"].notna().to_numpy(bool) & (rows["who"] != NOBODY).to_numpy(bool)


def _spelled(rows: pd.DataFrame, base: FactBase, result: Result, sight: Sight) -> pd.DataFrame:
    """The rows with ids, and the word *withheld* for all that is not told; rows that are alike then are one."""
    person = rows["person"].to_numpy(np.int64)
    columns = {
        "household_id": pa.array(result.families.household_ids(_households(base, result)[person])),
        "element": pa.array(rows["element"], pa.string()),
        "person_id": _texts(base.numbers.person_ids, person),
    }
    for name in CASES:
        own = _CASE_IDS[name] in sight.purpose.programs
        case = rows[name].to_numpy(np.int64) if own else np.full(len(rows), NONE)
        columns[f"{name}_id"] = pc.fill_null(_texts(base.numbers.case_ids, case), WITHHELD)
    columns |= {name: pc.fill_null(pa.array(rows[name], pa.string(), from_pandas=True), WITHHELD) for name in WORDS}
    table = pd.DataFrame({name: pd.Series(columns[name], dtype=_TEXT) for name in EXCHANGE_COLUMNS})
    return _in_order(sight.protection.view(table, sight.purpose, plain=EXCHANGE_COLUMNS))


def _texts(texts: npt.NDArray[np.object_], place: Ints) -> pa.StringArray:
    """The texts at these places, none for :data:`NONE`."""
    held = pa.array(texts, pa.string(), from_pandas=True)
    return held.take(pa.array(place, mask=place < 0))


def _in_order(table: pd.DataFrame) -> pd.DataFrame:
    """The rows sorted by all columns, missing first, each once."""
    ranks = [_ranks(table[name]) for name in table.columns]
    order = np.lexsort(ranks[::-1])
    new = np.zeros(len(order), np.bool_)
    new[:1] = True
    for rank in ranks:
        new[1:] |= np.diff(rank[order]) != 0
    return table.take(order[new]).reset_index(drop=True)


def _ranks(texts: pd.Series) -> npt.NDArray[np.int32]:
    """The rank of each text among them, -1 for one that is missing."""
    column = encode_column(texts, str(texts.name))
    order = pc.array_sort_indices(column.values).to_numpy()
    rank = np.full(len(order) + 1, NONE, np.int32)
    rank[order] = np.arange(len(order))
    return rank[column.codes]


def _known(base: FactBase, sight: Sight) -> Mask:
    """Persons whom the reader's own programs know; everybody where the reader works for none."""
    if not sight.purpose.programs:
        return np.ones(len(base.numbers.person_ids), np.bool_)
    return _of_records(base, sight.own())


def _of_records(base: FactBase, records: Mask) -> Mask:
    """Persons of some of the records."""
    found = np.zeros(len(base.numbers.person_ids), np.bool_)
    found[base.numbers.person[records]] = True
    return found


def _free(base: FactBase, sight: Sight) -> Mask:
    """Persons who are known not to be protected, and near whom no good cause is claimed."""
    protection = sight.protection
    return np.asarray(_of_records(base, protection.status[protection.person] == NO) & (_claims(base) == NO), np.bool_)


def _claims(base: FactBase) -> npt.NDArray[np.int8]:
    """Persons in a case with good cause claimed or granted, and whoever shares a household or a case with one."""
    stays, homes = base.facts.stays, base.facts.homes
    status = np.zeros(len(base.numbers.person_ids), np.int8)
    status[stays["person"].to_numpy(np.int64)[held_good_cause(base.facts, stays["case"].to_numpy(np.int64))]] = YES
    groups = [
        (rows["person"].to_numpy(np.int64), rows[name].to_numpy(np.int64))
        for rows, name in ((homes, "household"), (stays, "case"))
    ]
    return spread(status, groups)


def _households(base: FactBase, result: Result) -> Ints:
    """The household of each person in the last month known, :data:`NONE` for none."""
    of = np.full(len(base.numbers.person_ids), NONE, np.int64)
    of[base.numbers.person] = result.families.last_homes()[result.families.sightings.person]
    return of
