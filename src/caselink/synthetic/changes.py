"""The programs while findings are planted in them: rows that are added and cells that are changed, all put in at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.synthetic.caseload import Caseload, Programs
from caselink.synthetic.draws import Ints, Mask
from caselink.synthetic.history import NEVER, History

_TABLES = ("records", "memberships", "versions", "cases", "details")
_NEW_CASE = {"absent": -1, "closed": NEVER, "reopened": NEVER, "paternity_month": NEVER, "sampled": True}
"""What a new case is unless said otherwise; all else is None."""


class Changes:
    """Adds to programs and changes them; :meth:`programs` gives the result, the programs themselves stay as they were.

    Rows are given as tables. Columns that are left out take what the program does by default, or what the row
    ``like`` has, a row number of the same table.
    """

    def __init__(self, programs: Programs) -> None:
        self._programs = programs
        self._added: dict[tuple[str, str], list[pd.DataFrame]] = {}
        self._changed: dict[tuple[str, str], pd.DataFrame] = {}
        self._referrals: list[pd.DataFrame] = []
        self._n_records = {name: len(caseload.records) for name, caseload in programs.caseloads.items()}
        self._next_case = {
            name: int(caseload.cases["case"].max() + 1 if len(caseload.cases) else 0)
            for name, caseload in programs.caseloads.items()
        }

    def __getitem__(self, program: str) -> Caseload:
        """The caseload as it was before anything was planted."""
        return self._programs.caseloads[program]

    @property
    def referrals(self) -> pd.DataFrame:
        """The referrals as they were before anything was planted."""
        return self._programs.referrals

    def add_cases(self, program: str, rows: pd.DataFrame) -> Ints:
        """New cases with ``head`` and ``opened`` at least; their numbers."""
        numbers = self._next_case[program] + np.arange(len(rows))
        self._next_case[program] += len(rows)
        cases = rows.drop(columns="like", errors="ignore").assign(case=numbers)
        self._add(program, "cases", _filled_in(cases, self[program].cases, rows.get("like"), _NEW_CASE))
        return numbers

    def add_records(self, program: str, rows: pd.DataFrame) -> Ints:
        """New records, each a member of its case from ``first_month`` to ``last_month``; their row numbers.

        ``person``, ``case``, ``role``, ``status`` and the months must be given; ``resides`` is true and ``copy_of``
        the record itself unless given. ``like``: a record whose details are taken over where the row has none.
        """
        caseload, n = self[program], len(rows)
        numbers = self._n_records[program] + np.arange(n)
        self._n_records[program] += n
        given = rows.drop(columns="like", errors="ignore").reset_index(drop=True).assign(record=numbers)
        given["copy_of"] = np.where(given.get("copy_of", -1) < 0, numbers, given.get("copy_of", -1))
        given["entered"] = np.maximum(given["first_month"], 0)
        given["cause"] = np.full(n, "planted", dtype=object)
        given["worker"] = caseload.records["worker"].to_numpy()[numbers % max(len(caseload.records), 1)]
        if "protected" not in given:
            given["protected"] = np.full(n, None if program in ("jobs", "employment") else "N", dtype=object)
        self._add(program, "records", given[list(caseload.records.columns)])
        self.add_memberships(program, given)
        self._add(program, "versions", _first_versions(given)[list(caseload.versions.columns)])
        self._add(program, "details", _filled_in(given, caseload.details, rows.get("like"), {}))
        return numbers

    def add_memberships(self, program: str, rows: pd.DataFrame) -> None:
        """Further stays of records in cases."""
        child = np.isin(rows["role"].to_numpy(dtype=object), ("CHILD", "CH"))
        usual = {"resides": True, "employed": np.where(child, None, "N").astype(object)}
        rows = rows.assign(**{name: value for name, value in usual.items() if name not in rows})
        self._add(program, "memberships", rows[list(self[program].memberships.columns)])

    def add_referrals(self, rows: pd.DataFrame) -> None:
        """Further referrals; their numbers are given here."""
        start = int(self.referrals["referral"].max() + 1) if len(self.referrals) else 0
        start += sum(len(added) for added in self._referrals)
        numbered = rows.assign(referral=start + np.arange(len(rows)))
        self._referrals.append(numbered[list(self.referrals.columns)])

    def change(self, program: str, table: str, rows: npt.ArrayLike, **columns: object) -> None:
        """Put values in place of those in some rows of a table."""
        key = program, table
        if key not in self._changed:
            self._changed[key] = getattr(self[program], table).copy()
        _put(self._changed[key], np.asarray(rows, np.int64), columns)

    def change_referrals(self, rows: npt.ArrayLike, **columns: object) -> None:
        """Put values in place of those in some referrals."""
        key = "referrals", ""
        if key not in self._changed:
            self._changed[key] = self.referrals.copy()
        _put(self._changed[key], np.asarray(rows, np.int64), columns)

    def programs(self) -> Programs:
        """The programs with all that was added and changed."""
        caseloads = {}
        for name, caseload in self._programs.caseloads.items():
            tables = {
                table: _joined(
                    self._changed.get((name, table), getattr(caseload, table)), self._added.get((name, table))
                )
                for table in _TABLES
            }
            caseloads[name] = replace(caseload, **tables)
        referrals = _joined(self._changed.get(("referrals", ""), self.referrals), self._referrals)
        return Programs(caseloads, referrals)

    def _add(self, program: str, table: str, rows: pd.DataFrame) -> None:
        if len(rows):
            self._added.setdefault((program, table), []).append(rows)


class Ground:
    """Where something can still be planted: at most one lead a family, so that none contradicts another."""

    def __init__(self, history: History) -> None:
        family = history.people["family"].to_numpy(np.int64)
        rows = np.arange(len(family))
        self._kin = np.where(family >= 0, family, family.max(initial=-1) + 1 + rows)
        self._free = np.ones(int(self._kin.max(initial=-1)) + 1, dtype=bool)

    def free(self, person: Ints) -> Mask:
        """Whose family has nothing planted in it yet; nobody (-1) always counts as free."""
        return np.asarray((person < 0) | self._free[self._kin[person]])

    def choose(self, wanted: int, concerned: Sequence[Ints], rng: np.random.Generator) -> Ints:
        """Rows of up to ``wanted`` candidates, at random, and their families are taken from now on.

        ``concerned`` holds one array for each person in a candidate, one entry a candidate, -1 for nobody.
        """
        n = len(concerned[0])
        rank = rng.permutation(n)
        first = np.full(len(self._free), n)
        open_to_all = np.all([self.free(person) for person in concerned], axis=0)
        for person in concerned:
            there = open_to_all & (person >= 0)
            np.minimum.at(first, self._kin[person[there]], rank[there])
        for person in concerned:
            open_to_all &= (person < 0) | (first[self._kin[person]] == rank)
        rows = np.flatnonzero(open_to_all)
        rows = np.sort(rows[np.argsort(rank[rows])[:wanted]])
        for person in concerned:
            taken = person[rows]
            self._free[self._kin[taken[taken >= 0]]] = False
        return rows


def _filled_in(
    rows: pd.DataFrame, table: pd.DataFrame, like: pd.Series | None, defaults: dict[str, object]
) -> pd.DataFrame:
    """Rows with all columns of ``table``: their own, else those of the row they are like, else the default."""
    columns: dict[str, object] = {}
    for name in table.columns:
        if name in rows:
            columns[name] = rows[name].to_numpy()
        elif like is not None:
            columns[name] = table[name].to_numpy()[like.to_numpy(np.int64)]
        else:
            columns[name] = np.full(len(rows), defaults.get(name), dtype=object)
    return pd.DataFrame(columns, index=pd.RangeIndex(len(rows)))


def _first_versions(records: pd.DataFrame) -> pd.DataFrame:
    month = records["entered"].to_numpy()
    versions = {"record": records["record"].to_numpy(), "month": month, "told_month": month}
    return pd.DataFrame({**versions, "names": True, "person": True, "address": True})


def _put(table: pd.DataFrame, rows: Ints, columns: dict[str, object]) -> None:
    for name, value in columns.items():
        values = table[name].to_numpy(copy=True)
        values[rows] = value
        table[name] = values


def _joined(table: pd.DataFrame, added: list[pd.DataFrame] | None) -> pd.DataFrame:
    if not added:
        return table
    more = pd.concat(added, ignore_index=True)
    alike = more.astype({name: kind for name, kind in table.dtypes.items() if name in more}) if len(table) else more
    return pd.concat([table, alike], ignore_index=True) if len(table) else alike[list(table.columns)]
