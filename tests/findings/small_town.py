"""A few people whose persons are known, for tests of rules: what is asked there is not linking."""

from __future__ import annotations

import warnings
from dataclasses import replace

import pandas as pd

import caselink as cl

PROGRAMS = {"iva": "iv-a", "ivd": "iv-d"}
STAY = ("source", "record_id", "case_id", "role", "first_month", "last_month", "status", "employed")


def person(source: str, record_id: str, first: str, born: str, ssn: str | None, **more: str) -> dict[str, str | None]:
    """One record of somebody of the family Ruiz."""
    names = {"first_name": first, "last_name": "RUIZ", "birth_date": born, "ssn": ssn}
    return {"source": source, "record_id": record_id, **names, "street": "12 OAK ST", "zip": "62701", **more}


def resolve(rows: list[dict[str, str | None]], ids: dict[str, str] | None = None) -> cl.Result:
    """A result whose persons are those of the first names, or what ``ids`` makes of these."""
    records = pd.DataFrame(rows, dtype="string")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        result = cl.Linker().fit_resolve(records)
    names = records["first_name"] if ids is None else records["first_name"].map(ids)
    return replace(result, persons=records[["source", "record_id"]].assign(person_id=names))


def roster(*rows: tuple[str | None, ...]) -> pd.DataFrame:
    """Stays in cases: the columns of ``STAY``."""
    return pd.DataFrame(rows, columns=list(STAY), dtype="string")


def frame(columns: str, *rows: tuple[str | None, ...]) -> pd.DataFrame:
    """A table of texts; ``columns`` are separated by blanks."""
    return pd.DataFrame(rows, columns=columns.split(), dtype="string")


def told(findings: cl.Findings) -> list[tuple[str, str, str]]:
    """Rule and months of each finding."""
    return list(findings.table[["rule", "first_month", "last_month"]].itertuples(index=False, name=None))
