"""A town small enough to write down: people, their records and cases, month by month."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from caselink.findings import NONE, Facts, Finding
from caselink.findings.facts import NO_DAY, PAYEES, TABLES, Program, Role
from caselink.leads.testing import EqualNames

BEGAN, NOW = 24_300, 24_311
IVA, IVD, JOBS, WORK = Program.IVA, Program.IVD, Program.JOBS, Program.EARNINGS
HEAD, CARETAKER, ADULT, CHILD, ABSENT, PUTATIVE = (
    Role.HEAD,
    Role.CARETAKER,
    Role.ADULT,
    Role.CHILD,
    Role.ABSENT,
    Role.PUTATIVE,
)
_RECORD = dict.fromkeys(TABLES["records"], NONE) | {"born": NO_DAY, "bad_ssn": 0, "bad_birth": 0, "source": 0}
_LATER = ("begins", "ends", "head")
_CASE = dict.fromkeys(TABLES["cases"], NONE) | {"good_cause": 0}


@dataclass
class Town:
    """Rows to be, one list a table. Months are counted from 0 to 11."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {name: [] for name in (*TABLES, "homes")})

    def record(self, person: int, program: Program, **told: Any) -> int:
        """A record of a person; gives its number. A person's names and birth year are their own where not told."""
        own = {"name": person, "last_name": person, "surname": person}
        self.rows["records"].append(
            _RECORD
            | own
            | {"record": len(self.rows["records"]), "person": person, "program": int(program), "source": int(program)}
            | told
        )
        return len(self.rows["records"]) - 1

    def case(self, program: Program, **told: Any) -> int:
        """A case; gives its number."""
        months = {name: value + BEGAN for name, value in told.items() if name in ("opened", "closed", "reopened")}
        self.rows["cases"].append(_CASE | {"opened": BEGAN, "program": int(program)} | told | months)
        return len(self.rows["cases"]) - 1

    def stay(self, record: int, case: int, role: Role, months: tuple[int, int] = (0, 11), **told: Any) -> None:
        """A stay of a record's person in a case."""
        of = self.rows["records"][record]
        first, last = months
        self.rows["stays"].append(
            {
                "record": record,
                "person": of["person"],
                "case": case,
                "program": self.rows["cases"][case]["program"],
                "role": int(role),
                "counted": 1,
                "resides": 0 if role in (ABSENT, PUTATIVE) else 1,
                "employed": NONE,
                "first": BEGAN + first,
                "last": BEGAN + last,
                "begins": first > 0,
                "ends": last < NOW - BEGAN,
            }
            | told
        )
        of["role"] = int(role)

    def member(self, person: int, case: int, role: Role, months: tuple[int, int] = (0, 11), **told: Any) -> int:
        """A person with a record of their own in a case; columns of the stay are told from those of the record."""
        stay = {name: told.pop(name) for name in ("counted", "employed", "resides") if name in told}
        record = self.record(person, Program(self.rows["cases"][case]["program"]), **told)
        self.stay(record, case, role, months, **stay)
        return record

    def add(self, table: str, **told: int) -> None:
        """A row of another table; months are counted from 0."""
        months = ("month", "received", "worked", "sent", "first", "last")
        row = {name: BEGAN + value if name in months and value >= 0 else value for name, value in told.items()}
        self.rows[table].append(dict.fromkeys((*TABLES.get(table, ()),), NONE) | row)

    def facts(self, *without: str) -> Facts:
        """The facts, with all evidence but that in ``without``."""
        from caselink.leads.testing import example_facts

        tables = {
            name: pd.DataFrame(self.rows[name], columns=list(TABLES.get(name, ("person", "month", "household"))))
            for name in self.rows
        }
        tables = {name: rows.astype({c: "int64" for c in rows if c not in _LATER}) for name, rows in tables.items()}
        stays = tables["stays"]
        payees = stays[stays["role"].isin([int(role) for role in PAYEES])].drop_duplicates("case")
        stays["head"] = stays["case"].map(payees.set_index("case")["person"]).fillna(NONE).astype(np.int64)
        tables["cases"]["head"] = (
            tables["cases"].index.to_series().map(payees.set_index("case")["person"]).fillna(NONE).astype(np.int64)
        )
        stays[["begins", "ends"]] = stays[["begins", "ends"]].astype(bool)
        return Facts(
            **tables,
            names=EqualNames(tables["records"]),
            evidence=example_facts().evidence - set(without),
            began=BEGAN,
            now=NOW,
        )

    def leads(self, rule: Finding) -> list[tuple[set[int], int, int]]:
        """The people, first and last month (from 0) of each lead of a rule."""
        found = rule.find(self.facts())
        return sorted(
            (set(found.people.loc[found.people["lead"] == lead, "person"]), int(first) - BEGAN, int(last) - BEGAN)
            for lead, (first, last) in enumerate(zip(found.first, found.last, strict=True))
        )


def day(year: int, month: int = 1, of_month: int = 1) -> int:
    """A birth date in days since 1970."""
    return int(np.datetime64(f"{year:04d}-{month:02d}-{of_month:02d}", "D").astype(np.int64))
