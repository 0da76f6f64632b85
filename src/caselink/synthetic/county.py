"""A county: what IV-A, IV-D, job programs and employers have on file over a year, with the truth beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from caselink.errors import SpecError
from caselink.synthetic.districts import Plan, Tables, draw_district
from caselink.synthetic.draws import Ints, Texts
from caselink.synthetic.extracts import PROGRAM_FILES, ProgramFile
from caselink.synthetic.findings.sites import PlantRates
from caselink.synthetic.history import Calendar
from caselink.synthetic.keying.profiles import Profile, read_profile
from caselink.synthetic.registers import REGISTERS

Progress = Callable[[str, int, int], None]

MOST_MONTHS = 120
"""The longest time that a county is drawn over: what must hold of it is tested up to this."""

TRUTH_TABLES = ("persons", "households", "cases", "relationships", "events", "errors", "findings", "registers")
"""Tables of the truth, beside that of the records."""

TRUTH_COLUMNS = ("source", "record_id", "entity_id", "household_id")
"""What the truth says of every record."""
_ROSTER_FACTS = ["status", "resides", "employed"]
_ENDED = "ended"
"""A date that no extract shows before its month has come."""
_RECORD_COLUMNS = (*TRUTH_COLUMNS[1:], "name_group", "age_group")


class County:
    """What the programs have on file, and who it truly is. Ids are text, months are written ``YYYY-MM``.

    Made by :func:`draw_county`. Its parts are put together when they are first asked for.
    """

    def __init__(self, plan: Plan, pieces: Sequence[Tables]) -> None:
        self.plan = plan
        self._tables = {name: pa.concat_tables([piece[name] for piece in pieces]) for name in pieces[0]}

    def __repr__(self) -> str:
        records = ", ".join(f"{name} {len(extract):,}" for name, extract in self.extracts.items())
        return f"County of {self.plan.n_people:,} people over {self.plan.calendar.n_months} months; records: {records}"

    def counts(self) -> pd.DataFrame:
        """One row a program: records and how many people they are of; and memberships in cases."""
        rows = []
        for name, extract in self.extracts.items():
            people = self.truth.loc[self.truth["source"] == name, "entity_id"].nunique()
            rows.append([name, len(extract), people, len(self.memberships.get(name, ()))])
        return pd.DataFrame(rows, columns=["program", "records", "people", "memberships"])

    @cached_property
    def extracts(self) -> Mapping[str, pd.DataFrame]:
        """One frame a program, each record once, as the program had it last, under the program's own column names."""
        return {file.name: self._last_extract(file) for file in PROGRAM_FILES}

    @cached_property
    def truth(self) -> pd.DataFrame:
        """Who each record is, in the order of the extracts.

        ``source``, ``record_id``, ``entity_id`` (the person), ``household_id`` (where the person last lived), and
        ``name_group`` and ``age_group``, to measure fairness by.
        """
        parts = []
        for file in PROGRAM_FILES:
            table = self._tables[f"{file.name} records"].take(self._order(file)).select(list(_RECORD_COLUMNS))
            parts.append(_frame(table.add_column(0, "source", pa.array([file.name] * len(table), pa.string()))))
        return pd.concat(parts, ignore_index=True)

    @cached_property
    def memberships(self) -> Mapping[str, pd.DataFrame]:
        """For each program its rosters: which record was in which case, as what, from month to month (inclusive).

        What the program believes, late by its lags: ``record_id``, ``case_id``, ``role``, ``first_month``,
        ``last_month``, ``resides`` (Y, N) and ``status``; of IV-A also ``employed`` (Y, N), as it believes.
        """
        return {file.name: self._rosters(file) for file in PROGRAM_FILES if "case_id" in file.columns}

    @cached_property
    def cases(self) -> Mapping[str, pd.DataFrame]:
        """For each program its cases as it knows them.

        ``case_id``, ``opened``, ``closed``, ``reopened`` and ``paternity_month`` (months; ``opened`` may be before the
        first; paternity that was settled from the start has the month of opening, or of the eldest child's birth),
        ``uncooperative`` (the month from which the head is held not to help IV-D), ``kind``, ``good_cause`` (PD, GC,
        CO), ``paternity`` (Y, N), ``assistance`` (IV-D's belief: current, former, never), ``closure_reason`` (IV-A)
        and ``sampled`` (IV-A: whether the case is in the federal report, Y or N).
        """
        table, files = self._tables["cases"], [file for file in PROGRAM_FILES if "case_id" in file.columns]
        of = {file.name: table.filter(pc.equal(table["source"], file.name)) for file in files}
        hidden = ["source", "head_id", "absent_id"]
        return {name: _frame(cases.drop_columns(hidden).sort_by("case_id")) for name, cases in of.items()}

    @cached_property
    def referrals(self) -> pd.DataFrame:
        """Referrals from IV-A to IV-D; ``child_id`` and ``absent_id`` say who they truly are about."""
        return _frame(self._tables["referrals"].sort_by("referral_id"))

    @cached_property
    def registers(self) -> Mapping[str, pd.DataFrame]:
        """Registers of other offices, by name: ``deaths`` and ``confinements`` (stays in jail), as far as come in.

        One row an entry: ``record_id``, names, ``birth_date``, ``sex`` and ``ssn`` as they truly are (3 % without a
        number), ``death_date``, or ``admitted`` and ``released`` (missing: still inside), and ``received_month``, up
        to three months late. Whom each entry is about stands in the truth table ``registers``.
        """
        return {name: _frame(self._register(name).drop_columns(["source", "entity_id"])) for name in REGISTERS}

    def _register(self, name: str) -> pa.Table:
        table = self._tables["registers"]
        further = {column for columns in REGISTERS.values() for column in columns}.difference(REGISTERS[name])
        return table.filter(pc.equal(table["source"], name)).drop_columns(sorted(further))

    @cached_property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """The rest of the truth by name: :data:`TRUTH_TABLES`.

        Of ``findings`` each row is a person concerned by a ``lead``, true in the extracts from ``first_month`` to
        ``last_month``. ``together`` is N where the values or records that it rests on never stand in the extracts of
        one month: then it takes those of several months, mostly the last that shows the one and the first that shows
        the other, to see it.
        """
        tables = {name: self._tables[name] for name in TRUTH_TABLES}
        tables["cases"] = tables["cases"].select(["source", "case_id", "head_id", "absent_id"])
        tables["registers"] = tables["registers"].select(["source", "record_id", "entity_id"])
        return {name: _frame(table) for name, table in tables.items()}

    def monthly_extract(self, program: str, month: str, *, roster: bool = False) -> pd.DataFrame:
        """What the program hands over at the end of ``month`` (``YYYY-MM``).

        One row for each record in each case that it is in that month; of employers, the reports that came in. A record
        that is in two cases stands there twice. With ``roster`` each row also says what :attr:`memberships` says of the
        record in the case that month: ``status``, ``resides`` and ``employed``.
        """
        months = self.plan.calendar.text().tolist()
        if month not in months:
            raise SpecError(f"month is one of {months[0]} to {months[-1]}, got {month!r}")
        file = _file(program)
        number = months.index(month)
        if "case_id" not in file.columns:
            versions = self._ints(f"{program} versions", "month")
            return self._extract(file, np.flatnonzero(versions == number), None, number)
        members = f"{program} memberships"
        rows = np.flatnonzero((self._ints(members, "first") <= number) & (self._ints(members, "last") >= number))
        rows = rows[np.argsort(self._ints(members, "record")[rows], kind="stable")]
        version = self._version_at(program, self._ints(members, "record")[rows], number)
        extract = self._extract(file, version[version >= 0], rows[version >= 0], number)
        return extract.join(self._roster_facts(members, rows[version >= 0])) if roster else extract

    def _roster_facts(self, members: str, rows: Ints) -> pd.DataFrame:
        return _frame(self._tables[members].select(_ROSTER_FACTS).take(rows))

    def _last_extract(self, file: ProgramFile) -> pd.DataFrame:
        record = self._ints(f"{file.name} records", "record")[self._order(file)]
        n_months = self.plan.calendar.n_months
        version = self._version_at(file.name, record, n_months)
        member = None if "case_id" not in file.columns else self._last_membership(file, record)
        return self._extract(file, version, member, n_months - 1)

    def _extract(self, file: ProgramFile, version: Ints, member: Ints | None, month: int) -> pd.DataFrame:
        """Rows of versions beside rows of memberships, in the program's columns, as they are known in ``month``."""
        versions = self._tables[f"{file.name} versions"].take(version)
        records = self._tables[f"{file.name} records"]
        position = np.searchsorted(self._ints(f"{file.name} records", "record"), versions["record"].to_numpy())
        columns = {file.record_id: records["record_id"].take(position)}
        for standard, column in file.columns.items():
            if standard in ("case_id", "role") and member is not None:
                columns[str(column)] = self._tables[f"{file.name} memberships"][standard].take(member)
            for name in [column] if isinstance(column, str) else column:
                if name in versions.column_names:
                    columns[name] = versions[name]
        further = [name for name in versions.column_names if name not in columns and name not in ("record", "month")]
        columns |= {name: versions[name] for name in further}
        if _ENDED in columns and member is not None:
            until = np.minimum(self._ints(f"{file.name} memberships", "last")[member], month)
            columns[_ENDED] = _known_by(columns[_ENDED], self.plan.calendar.name(until))
        return _frame(pa.table(columns))

    def _order(self, file: ProgramFile) -> Ints:
        """Places of the program's records in the order of its extract: by case, where it has cases, and record id."""
        ids = self._tables[f"{file.name} records"]["record_id"]
        if "case_id" not in file.columns:
            return np.asarray(pc.sort_indices(ids), np.int64)
        member = self._last_membership(file, self._ints(f"{file.name} records", "record"))
        case = self._tables[f"{file.name} memberships"]["case_id"].take(member)
        table = pa.table({"case": case, "record": ids})
        keys = [("case", "ascending"), ("record", "ascending")]
        return np.asarray(pc.sort_indices(table, sort_keys=keys), np.int64)

    def _rosters(self, file: ProgramFile) -> pd.DataFrame:
        members = self._tables[f"{file.name} memberships"]
        place = np.searchsorted(self._ints(f"{file.name} records", "record"), members["record"].to_numpy())
        calendar = self.plan.calendar
        columns = {
            "record_id": self._tables[f"{file.name} records"]["record_id"].take(place),
            "case_id": members["case_id"],
            "role": members["role"],
            "first_month": pa.array(calendar.name(members["first"].to_numpy()), pa.string()),
            "last_month": pa.array(calendar.name(members["last"].to_numpy()), pa.string()),
            "resides": members["resides"],
            "status": members["status"],
        }
        if members["employed"].null_count < len(members):
            columns["employed"] = members["employed"]
        keys = [(name, "ascending") for name in ("case_id", "first_month", "record_id")]
        return _frame(pa.table(columns).sort_by(keys))

    def _version_at(self, program: str, record: Ints, month: int) -> Ints:
        """The row of the version of each record that stands in a month, -1 where it has none yet."""
        of_version, since = (self._ints(f"{program} versions", name) for name in ("record", "month"))
        return _latest(of_version, since, record, month)

    def _last_membership(self, file: ProgramFile, record: Ints) -> Ints:
        name = f"{file.name} memberships"
        return _latest(self._ints(name, "record"), self._ints(name, "last"), record, np.iinfo(np.int64).max)

    def _ints(self, table: str, column: str) -> Ints:
        return np.asarray(self._tables[table][column].to_numpy(), np.int64)


def draw_county(  # noqa: PLR0913 - one choice each, all but the first by name
    n_people: int,
    *,
    months: int = 12,
    profile: str | Path | Profile = "typical",
    plant_rates: PlantRates | None = None,
    sample_share: float | None = None,
    seed: int = 0,
    processes: int = 1,
    progress: Progress | None = None,
) -> County:
    """A county of ``n_people`` people over ``months`` months (up to 120), as four programs see them.

    ``profile`` says how much goes wrong: ``mild``, ``typical``, ``hard``, a TOML file, or a
    :class:`~caselink.synthetic.Profile`. ``plant_rates`` says how many findings and innocent look-alikes are made on
    purpose, beside those that come about by themselves. ``sample_share`` of the IV-A cases are marked as those that go
    into the federal report (by default all). Not everybody is known to a program, many are to several, some twice to
    one.

    Equal arguments give an equal county, whatever the number of ``processes``: they draw districts of 20,000 people
    side by side (a script that asks for several needs ``if __name__ == "__main__":``). ``progress`` is called with what
    is done, how much of it, and of how much.

    >>> county = draw_county(200, seed=1)
    >>> sorted(county.extracts)
    ['employment', 'iva', 'ivd', 'jobs']
    >>> len(county.truth) == sum(len(extract) for extract in county.extracts.values())
    True
    """
    for name, number in (("n_people", n_people), ("months", months), ("processes", processes)):
        if number < 1:
            raise SpecError(f"{name} must be 1 or more, got {number}")
    if months > MOST_MONTHS:
        raise SpecError(f"months must be {MOST_MONTHS} or fewer, got {months}")
    chosen = profile if isinstance(profile, Profile) else read_profile(profile)
    if sample_share is not None and not 0 <= sample_share <= 1:
        raise SpecError(f"sample_share is a share between 0 and 1, got {sample_share}")
    plan = Plan(
        n_people=n_people,
        calendar=Calendar(months),
        profile=chosen,
        plant_rates=plant_rates or PlantRates(),
        sample_share=sample_share,
        seed=seed,
    )
    pieces = []
    for piece in _draw_pieces(plan, processes):
        pieces.append(piece)
        if progress is not None:
            progress("drawing", len(pieces), plan.n_districts)
    return County(plan, pieces)


def _draw_pieces(plan: Plan, processes: int) -> Iterator[Tables]:
    """The districts of a plan in their order, drawn one after the other or by several processes."""
    if processes == 1 or plan.n_districts == 1:
        yield from (draw_district(plan, number) for number in range(plan.n_districts))
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(min(processes, plan.n_districts), mp_context=get_context("spawn")) as pool:
        yield from pool.map(draw_district, [plan] * plan.n_districts, range(plan.n_districts))


def _file(program: str) -> ProgramFile:
    found = [file for file in PROGRAM_FILES if file.name == program]
    if not found:
        raise SpecError(f"program is one of {', '.join(file.name for file in PROGRAM_FILES)}, got {program!r}")
    return found[0]


def _known_by(dates: pa.ChunkedArray, month: Texts) -> pa.ChunkedArray:
    """Dates as ``YYYY-MM-DD`` text, missing where they come after the month ``YYYY-MM`` beside them."""
    known = pc.less_equal(pc.utf8_slice_codeunits(dates, 0, 7), pa.array(month, pa.string()))
    return pc.if_else(known, dates, pa.scalar(None, pa.string()))


def _latest(of: Ints, since: Ints, wanted: Ints, until: int) -> Ints:
    """For each wanted number the row of ``of`` with the highest ``since`` up to ``until``, -1 for none; ties: the last.

    >>> _latest(np.array([4, 4, 7]), np.array([0, 3, 9]), np.array([7, 4]), 5).tolist()
    [-1, 1]
    """
    rows = np.flatnonzero(since <= until)
    rows = rows[np.lexsort((rows, since[rows], of[rows]))]
    place = np.searchsorted(of[rows], wanted, side="right") - 1
    found = (place >= 0) & (of[rows[np.maximum(place, 0)]] == wanted) if len(rows) else np.zeros(len(wanted), bool)
    return np.where(found, rows[np.maximum(place, 0)] if len(rows) else -1, -1).astype(np.int64)


def _frame(table: pa.Table) -> pd.DataFrame:
    """Arrow's columns in a pandas frame, as they are."""
    frame: pd.DataFrame = table.to_pandas(types_mapper=pd.ArrowDtype)
    return frame
