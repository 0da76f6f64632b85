"""The programs while findings are planted in them: rows added and cells changed, all put in at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.synthetic.draws import Ints, Mask
from caselink.synthetic.history import NEVER, History
from caselink.synthetic.programs.caseload import Caseload, Programs

Column = npt.NDArray[Any] | pd.Series | int | str | bool | None
"""A value for each row, or one for all."""

_TABLES = ("records", "memberships", "versions", "cases", "details")
_NEW_CASE = {
    "absent": -1,
    "closed": NEVER,
    "reopened": NEVER,
    "paternity_month": NEVER,
    "uncooperative": NEVER,
    "sampled": True,
}
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
        n, table = len(rows), self[program].cases
        usual = {name: np.full(n, value) for name, value in _NEW_CASE.items()}
        like = rows["like"].to_numpy(np.int64) if "like" in rows else None
        given = {name: rows[name].to_numpy() for name in rows.columns if name != "like"} | {"case": numbers}
        given = given if like is not None else usual | given
        self._add(program, "cases", _table(given, table.columns, n, (table, like)))
        return numbers

    def add_records(self, program: str, rows: pd.DataFrame) -> Ints:
        """New records, each a member of its case from ``first_month`` to ``last_month``; their row numbers.

        ``person``, ``case``, ``role``, ``status`` and the months must be given; ``resides`` is true and ``copy_of``
        the record itself unless given. ``like``: a record whose details are taken over where the row has none.
        """
        caseload, n = self[program], len(rows)
        numbers = self._n_records[program] + np.arange(n)
        self._n_records[program] += n
        given = {name: rows[name].to_numpy() for name in rows.columns if name != "like"}
        copy_of = given.get("copy_of", np.full(n, -1))
        flag = None if program in ("jobs", "employment") else "N"
        given |= {
            "record": numbers,
            "copy_of": np.where(copy_of < 0, numbers, copy_of),
            "entered": np.maximum(given["first_month"], 0),
            "cause": np.full(n, "planted", dtype=object),
            "worker": caseload.records["worker"].to_numpy()[numbers % max(len(caseload.records), 1)],
            "protected": given.get("protected", np.full(n, flag, dtype=object)),
        }
        self._add(program, "records", _table(given, caseload.records.columns, n))
        self.add_memberships(program, given)
        self._add(program, "versions", _table(_first_version(given), caseload.versions.columns, n))
        like = rows["like"].to_numpy(np.int64) if "like" in rows else None
        self._add(program, "details", _table(given, caseload.details.columns, n, (caseload.details, like)))
        return numbers

    def add_memberships(self, program: str, rows: Mapping[str, npt.NDArray[Any]]) -> None:
        """Further stays of records in cases."""
        n = len(rows["record"])
        child = np.isin(rows["role"], ("CHILD", "CH"))
        usual = {"resides": np.ones(n, bool), "employed": np.array(["N", None], dtype=object)[child.astype(np.int64)]}
        self._add(program, "memberships", _table({**usual, **rows}, self[program].memberships.columns, n))

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
            caseloads[name] = Caseload(program=caseload.program, **tables)
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


def _table(
    given: Mapping[str, npt.NDArray[Any]],
    columns: pd.Index[str],
    n: int,
    source: tuple[pd.DataFrame, Ints | None] | None = None,
) -> pd.DataFrame:
    """``n`` rows with all ``columns``: as given, else those of the rows of the source they are like, else None."""
    table, like = source or (None, None)
    filled: dict[str, npt.NDArray[Any]] = {}
    for name in columns:
        if name in given:
            filled[name] = given[name]
        elif table is not None and like is not None:
            filled[name] = table[name].to_numpy()[like]
        else:
            filled[name] = np.full(n, None, dtype=object)
    return pd.DataFrame(filled, index=pd.RangeIndex(n), copy=False)


def _first_version(records: Mapping[str, npt.NDArray[Any]]) -> dict[str, npt.NDArray[Any]]:
    month = records["entered"]
    flags = {flag: np.ones(len(month), bool) for flag in ("names", "person", "address")}
    return {"record": records["record"], "month": month, "told_month": month, **flags}


def _put(table: pd.DataFrame, rows: Ints, columns: dict[str, object]) -> None:
    for name, value in columns.items():
        values = table[name].to_numpy(copy=True)
        values[rows] = value
        table[name] = values


def _joined(table: pd.DataFrame, added: list[pd.DataFrame] | None) -> pd.DataFrame:
    if not added:
        return table
    columns = {
        name: np.concatenate([table[name].to_numpy(), *(rows[name].to_numpy() for rows in added)])
        for name in table.columns
    }
    joined = pd.DataFrame(columns, index=pd.RangeIndex(len(table) + sum(map(len, added))), copy=False)
    return joined.astype(table.dtypes.to_dict()) if len(table) else joined
