"""Confidentiality: every table that leaves goes through a view, which shows what its purpose may see, and no more.

A view knows its columns: keys and counts pass, values of persons are masked or withheld, case numbers stay with the
program that issued them, keys of households are told of people who are free, and a column that it does not know is
withheld whole. What it needs to know of people is in
:class:`Protection`; who is protected is in :mod:`caselink.confidentiality.protection`, what a purpose may see in
:mod:`caselink.purposes`, what is left of a value in :mod:`caselink.masking`.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from caselink.confidentiality.protection import NO, STATUS_NAMES, YES, Status, person_status
from caselink.encoding import EncodedRecords
from caselink.errors import SpecError
from caselink.masking import LOCATION_FIELDS, WITHHELD, is_never_shown, mask, unmask
from caselink.purposes import BIRTH, EVERYTHING, NARROWEST, PROGRAMS, TAINTS, Purpose, find_purpose
from caselink.schema import KEY_COLUMNS

if TYPE_CHECKING:
    from caselink.layouts import Extract

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Taints = Mapping[str, str | Mapping[str, str]]
logger = logging.getLogger(__name__)
_TEXT = pd.ArrowDtype(pa.string())

PLAIN_COLUMNS = frozenset(
    {"source", "record_id", "person_id", "finding_id", "id", "month", "first_month", "last_month", "role", "kind"}
    | {"event", "primary", "people", "records"}
    | {"others", "field", "match_weight", "match_probability", "decision", "as_of", "n", "persons", "households"}
)
"""Keys, months, roles, counts and scores: shown for every purpose."""

_CASE_COLUMNS = {"case_id": None, "status": None, "iva_case_id": "iv-a", "ivd_case_id": "iv-d"}
"""What a program says of its cases, and the program, where the row does not name its source."""

_HOME_COLUMNS = frozenset({"household_id", "other_household_id", "family_id", "relation"})
"""Two rows with one key of a household say that two people live together; families and relations follow from it."""

_BOUND_UNLESS_SAID = {"earnings": "new hire"}
"""What employers report reached the agency through the directory of new hires, unless somebody says otherwise."""


@dataclass(frozen=True, slots=True)
class Protection:
    """Who is protected among the persons of a result, and which program and bound source each record is from.

    By canonical position: ``keys`` of each record, ``record``, what it says, and ``person``, the number of its person.
    ``status``: by person, after spreading (:data:`~caselink.confidentiality.protection.STATUS_NAMES`). ``programs``
    names the program of each source. ``taints`` names what binds a source (``federal tax``, ``new hire``), or single
    columns of it (the rest as under ``*``); reports of earnings of which nothing is said count as new hires.
    ``free_homes``: the keys of households in which everybody is free.
    """

    encoded: EncodedRecords = field(repr=False)
    keys: pd.DataFrame = field(repr=False)
    record: Status = field(repr=False)
    person: Ints = field(repr=False)
    person_ids: npt.NDArray[Any] = field(repr=False)
    status: Status = field(repr=False)
    programs: Mapping[str, str] = field(default_factory=dict)
    taints: Taints = field(default_factory=dict)
    free_homes: pd.Series[Any] = field(default_factory=lambda: pd.Series([], dtype=_TEXT), repr=False)

    def __post_init__(self) -> None:
        said = {taint for one in self.taints.values() for taint in _taint_names(one)}
        strange = sorted(set(self.programs.values()) - set(PROGRAMS)) + sorted(said - {*TAINTS, ""})
        if strange:
            raise SpecError(f"programs are among {PROGRAMS} and taints among {TAINTS}; not {strange}")

    def table(self) -> pd.DataFrame:
        """Who is protected: ``source, record_id, person_id, protected, origin``. For the data owner; no output has it.

        ``origin`` is *own* where a record of the person says so, else *shared* (by a household or case). The rows with
        *yes* are what a later run takes as ``earlier``, so that protection does not end with a flag.
        """
        names = np.array(STATUS_NAMES, dtype=object)[self.status[self.person]]
        own = person_status(self.record, self.person)[self.person] == YES
        origin = np.where(own, "own", np.where(self.status[self.person] == YES, "shared", ""))
        return self.keys.assign(person_id=self.person_ids[self.person], protected=names, origin=origin.astype(object))

    def view(
        self,
        table: pd.DataFrame,
        purpose: str | Purpose = NARROWEST,
        *,
        masked: bool = True,
        plain: Collection[str] = (),
    ) -> pd.DataFrame:
        """The table as the purpose may see it, with the word *withheld* for everything else.

        Values are those of the record that ``source`` and ``record_id`` name in their row (a pair has each twice, with
        ``_left`` and ``_right``); with a column ``field``, ``value`` is a value of that field. ``plain`` names further
        columns that hold no value of a person; a column that is neither known nor named there is withheld.
        """
        seen = Sight(self, find_purpose(purpose), masked=masked)
        seen.check()
        shown = {str(name): _view_column(seen, table, str(name), plain) for name in table.columns}
        view = pd.DataFrame(shown, index=table.index, columns=list(table.columns))
        n_withheld = sum(int((column == WITHHELD).sum()) for name, column in shown.items() if column.dtype == _TEXT)
        logger.info("view for %s: %d rows, %d cells withheld", seen.purpose.name, len(view), n_withheld)
        return view

    def binds(self, source: str, column: str = "*") -> str:
        """What binds a column of a source, or all of it: *federal tax*, *new hire*, or nothing."""
        said = self.taints.get(source, {})
        told = {"*": said} if isinstance(said, str) else said
        unsaid = _BOUND_UNLESS_SAID.get(self.programs.get(source, ""), "")
        return told.get(column) or told.get("*", unsaid)

    def hides_places(self, positions: Collection[int]) -> bool:
        """Whether nothing may be said of where these records' persons live, to whoever explains the pair.

        Of people who are not free never, lest it tell who of them is protected. Only where nobody at all is, it may be
        said of people of whom nothing is known, within one source, which knows it anyway.
        """
        rows = np.array(list(positions), np.int64)
        unknown = bool((self.status[self.person[rows]] != NO).any())
        someone = bool((self.status == YES).any())
        return unknown and (someone or len(set(self.encoded.source[rows].tolist())) > 1)


@dataclass(frozen=True, slots=True)
class Sight:
    """What one purpose may see of the people of a :class:`Protection`; everything by canonical position."""

    protection: Protection
    purpose: Purpose
    masked: bool = True

    def check(self) -> None:
        """Raise :class:`SpecError` where the purpose cannot be served safely."""
        if self.purpose.programs and not self.protection.programs:
            raise SpecError(
                f"for the purpose {self.purpose.name!r} it must be known which program each source is of: give "
                "programs={source name: 'iv-a', 'iv-d', 'jobs' or 'earnings'}"
            )
        if not self.masked and not self.purpose.may_unmask:
            raise SpecError(f"the purpose {self.purpose.name!r} sees masked values only; leave masked=False out")

    def show(self, name: str, text: str | None) -> str:
        """What is shown of one value that may be seen."""
        return mask(name, text) if self.masked else unmask(name, text)

    def may_see(self, source: str, column: str = "*") -> bool:
        """Whether nothing binds a column of a source, or all of it, or only what the purpose may see."""
        taint = self.protection.binds(source, column)
        return not taint or taint in self.purpose.taints

    def unbound(self, column: str) -> Flags:
        """Records whose source lets the purpose see this column."""
        known = self.protection.encoded
        fine: Flags = np.array([self.may_see(source, column) for source in known.sources], np.bool_)[known.source]
        return fine

    def own(self) -> Flags:
        """Records of the programs that the reader works for."""
        known = self.protection.encoded
        ours = [self.protection.programs.get(name) in self.purpose.programs for name in known.sources]
        return np.array(ours, np.bool_)[known.source]

    def speaks(self, name: str) -> Flags:
        """Records whose value of this field may be seen.

        Where somebody lives: from records that say that they are free, of people among whose family nobody is
        protected or unknown. Of other people no number either, since two of them would tell an old one and a new one,
        and anything else only as the reader's own programs have it, so that nobody learns a new name from another
        program; and of all only if the reader's programs know them. What a source of no program says (a register of
        deaths or of prisoners) is for findings, and for nobody to read.
        """
        known, person = self.protection, self.protection.person
        if name not in self.purpose.fields or is_never_shown(name):
            return np.zeros(len(known.encoded), np.bool_)
        allowed = self.unbound(name)
        free = (known.status == NO)[person]
        if name in LOCATION_FIELDS:
            allowed = allowed & free & (known.record == NO)
        if name == "ssn":
            allowed = allowed & free
        if not self.purpose.programs:
            return allowed if name in LOCATION_FIELDS | BIRTH else np.logical_and(allowed, free)
        own = self.own()
        ours = np.zeros(len(known.status), np.bool_)
        ours[person[own]] = True
        of_program = [name in known.programs for name in known.encoded.sources]
        told = np.array(of_program, np.bool_)[known.encoded.source]
        seen: Flags = allowed & told & ours[person] & (free | own)
        return seen


def taints_of(extracts: Iterable[Extract]) -> dict[str, dict[str, str]]:
    """What binds each source, as its extract says: all of it (``*``), and single columns."""
    said = {one.name: ({"*": one.tainted} if one.tainted else {}) | dict(one.taints) for one in extracts}
    return {name: taints for name, taints in said.items() if taints}


def _taint_names(taint: str | Mapping[str, str]) -> list[str]:
    return [taint] if isinstance(taint, str) else list(taint.values())


def _view_column(seen: Sight, table: pd.DataFrame, name: str, plain: Collection[str]) -> pd.Series[Any]:
    suffix = next((one for one in ("_left", "_right") if name.endswith(one)), "")
    base = name.removesuffix(suffix)
    if base in _HOME_COLUMNS:
        return _home_keys(seen, table, name)
    if (base in PLAIN_COLUMNS or base in plain or name in plain) and not is_never_shown(base):
        return table[name]
    if base in _CASE_COLUMNS:
        return _case_numbers(seen, table, name, suffix)
    if base == "resides":
        return _residence(seen, table, name, suffix)
    if base == "value" and "field" in table:
        return _values_by_field(seen, table, name, suffix)
    return _values(seen, table, name, suffix) if base in EVERYTHING else _all_withheld(table)


def _values(seen: Sight, table: pd.DataFrame, name: str, suffix: str) -> pd.Series[Any]:
    return _shown(seen, table, name, [(name.removesuffix(suffix), _positions(seen, table, suffix))])


def _values_by_field(seen: Sight, table: pd.DataFrame, name: str, suffix: str) -> pd.Series[Any]:
    positions, fields = _positions(seen, table, suffix), table["field"].astype(object)
    return _shown(
        seen, table, name, [(one, np.where(fields == one, positions, -1)) for one in set(fields) & EVERYTHING]
    )


def _shown(seen: Sight, table: pd.DataFrame, name: str, wanted: Iterable[tuple[str, Ints]]) -> pd.Series[Any]:
    """The column with what may be seen at these positions of each field, and the rest withheld."""
    texts = table[name].astype(object).to_numpy()
    out = np.full(len(table), WITHHELD, dtype=object)
    for one, positions in wanted:
        speaks = np.append(seen.speaks(one), False)
        rows = np.flatnonzero(speaks[positions])
        out[rows] = [seen.show(one, text if isinstance(text, str) else None) for text in texts[rows]]
    return pd.Series(out, index=table.index, dtype=_TEXT)


def _case_numbers(seen: Sight, table: pd.DataFrame, name: str, suffix: str) -> pd.Series[Any]:
    """Case numbers of the reader's own programs."""
    issuer = _CASE_COLUMNS[name.removesuffix(suffix)]
    if issuer is None and f"source{suffix}" not in table:
        return _all_withheld(table)
    if issuer is None:
        own = table[f"source{suffix}"].astype(object).map(seen.protection.programs).isin(seen.purpose.programs)
    else:
        own = pd.Series(issuer in seen.purpose.programs, index=table.index)
    return table[name].astype(object).where(own & table[name].notna(), WITHHELD).astype(_TEXT)


def _home_keys(seen: Sight, table: pd.DataFrame, name: str) -> pd.Series[Any]:
    """Keys of households in which everybody is free; what a row says of another, where its household is told."""
    key = name if name.endswith("household_id") else "household_id"
    if key not in table:
        return _all_withheld(table)
    told = table[key].astype(_TEXT).isin(seen.protection.free_homes) & table[name].notna()
    return table[name].astype(object).where(told, WITHHELD).astype(_TEXT)


def _residence(seen: Sight, table: pd.DataFrame, name: str, suffix: str) -> pd.Series[Any]:
    """What a case says of residence, which belongs to the person and not to one record."""
    if f"person_id{suffix}" not in table or "resides" not in seen.purpose.fields:
        return _all_withheld(table)
    free = pd.unique(seen.protection.person_ids[seen.protection.person[seen.speaks("resides")]])
    free = free[pd.notna(free)]
    told = table[name].isin(["Y", "N"]) & table[f"person_id{suffix}"].isin(free)
    return table[name].astype(object).where(told, WITHHELD).astype(_TEXT)


def _positions(seen: Sight, table: pd.DataFrame, suffix: str) -> Ints:
    keys = [f"{key}{suffix}" for key in KEY_COLUMNS]
    if not set(keys) <= set(table.columns) or not len(table):
        return np.full(len(table), -1, np.int64)
    source, record_id = (table[key].astype(_TEXT) for key in keys)
    return seen.protection.encoded.positions(source, record_id)


def _all_withheld(table: pd.DataFrame) -> pd.Series[Any]:
    return pd.Series(pa.repeat(WITHHELD, len(table)), index=table.index, dtype=_TEXT)
