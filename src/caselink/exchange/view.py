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

from caselink.confidentiality import Protection, Sight
from caselink.confidentiality.protection import NO, YES, spread
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
    rows, skipped = _rows(base, told, tables, sight)
    listed = _listed(rows, base, sight)
    n_left = rows["element"][~listed].value_counts().sort_index()
    table = _spelled(rows[listed], base, told, sight)
    lacking = pd.DataFrame(skipped, columns=["element", "lacks"], dtype=object)
    return Exchange(table, {str(name): int(n) for name, n in n_left.items()}, lacking)


def _shown(base: FactBase, sight: Sight) -> FactBase:
    """The facts without what sources tell that the purpose may not see; of their programs nothing is known."""
    fine, records = sight.unbound("*"), base.facts.records
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
) -> tuple[pd.DataFrame, list[tuple[str, str]]]:
    parts, skipped = [value_rows(base, result, sight)], []
    for element, (find, needs) in _ELEMENTS.items():
        lacking = base.facts.lacking(needs)
        if lacking:
            skipped.append((element, "; ".join(lacking)))
        else:
            parts.append(find(base.facts))
    if tables.referrals is None or "referrals" not in base.facts.evidence:
        skipped.append(("referral", "referrals"))
    else:
        parts.append(referral_rows(base, tables))
    return together(parts), skipped


def _listed(rows: pd.DataFrame, base: FactBase, sight: Sight) -> Mask:
    """Rows that are told: those by keys, and of people who are free those of which somebody should act."""
    person = rows["person"].to_numpy(np.int64)
    by_keys = rows["element"].isin(_BY_KEYS).to_numpy(bool)
    to_act = rows["says"].notna().to_numpy(bool) & (rows["who"] != NOBODY).to_numpy(bool)
    return np.asarray((by_keys | (to_act & _free(base, sight)[person])) & _known(base, sight)[person], np.bool_)


def _spelled(rows: pd.DataFrame, base: FactBase, result: Result, sight: Sight) -> pd.DataFrame:
    """The rows with ids, and the word *withheld* for all that is not told; rows that are alike then are one."""
    person = rows["person"].to_numpy(np.int64)
    columns = {
        "household_id": _households(base, result)[person],
        "element": rows["element"].to_numpy(dtype=object),
        "person_id": base.numbers.person_ids[person],
    }
    case_ids = np.array([*base.numbers.case_ids, None], dtype=object)
    for name in CASES:
        own = _CASE_IDS[name] in sight.purpose.programs
        columns[f"{name}_id"] = case_ids[rows[name].to_numpy(np.int64) if own else np.full(len(rows), NONE)]
    columns |= {name: rows[name].to_numpy(dtype=object) for name in WORDS}
    table = pd.DataFrame(columns, columns=list(EXCHANGE_COLUMNS)).astype(_TEXT)
    hidden = [name for name in EXCHANGE_COLUMNS if name not in ("household_id", "element", "person_id")]
    table[hidden] = table[hidden].fillna(WITHHELD)
    view = sight.protection.view(table, sight.purpose, plain=EXCHANGE_COLUMNS)
    return view.drop_duplicates().sort_values(list(EXCHANGE_COLUMNS), na_position="first", ignore_index=True)


def _places(base: FactBase, sight: Sight) -> Ints:
    """The number here of each person of the protection, -1 for those who are not here."""
    ids = pd.Index(base.numbers.person_ids)
    return np.asarray(ids.get_indexer(pd.Index(sight.protection.person_ids)), np.int64)


def _known(base: FactBase, sight: Sight) -> Mask:
    """Persons whom the reader's own programs know; everybody where the reader works for none."""
    if not sight.purpose.programs:
        return np.ones(len(base.numbers.person_ids), np.bool_)
    place = _places(base, sight)[sight.protection.person[sight.own()]]
    return np.isin(np.arange(len(base.numbers.person_ids)), place)


def _free(base: FactBase, sight: Sight) -> Mask:
    """Persons who are known not to be protected, and near whom no good cause is claimed."""
    place = _places(base, sight)[sight.protection.status == NO]
    return np.asarray(np.isin(np.arange(len(base.numbers.person_ids)), place) & (_claims(base) == NO), np.bool_)


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


def _households(base: FactBase, result: Result) -> npt.NDArray[np.object_]:
    """The household of each person in the last month known, None for none."""
    rows = result.families.households
    rows = rows[rows["primary"].to_numpy(bool) & rows["household_id"].notna().to_numpy(bool)]
    rows = rows.sort_values(["person_id", "month"], na_position="first").drop_duplicates("person_id", keep="last")
    of = pd.Series(rows["household_id"].to_numpy(dtype=object), index=rows["person_id"].to_numpy(dtype=object))
    return of.reindex(base.numbers.person_ids).to_numpy(dtype=object)
