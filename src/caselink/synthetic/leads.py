"""The table of findings: what is true or only looks true of people and cases, one row a person concerned.

A *lead* is one thing that a caseworker could be shown: a finding of the catalogue, the people and cases concerned, and
the months in which it holds. Its ``kind`` is ``planted`` (made on purpose), ``arisen`` (true by the definition, though
nobody planted it: moves, lags and slips of the keyboard make findings as well) or ``look-alike`` (innocent, although
some of the evidence is there; ``look_alike`` says what explains it).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

LEAD_COLUMNS = (
    "lead",
    "finding",
    "kind",
    "look_alike",
    "person",
    "part",
    "program",
    "case",
    "first_month",
    "last_month",
)
PLANTED, ARISEN, LOOK_ALIKE = "planted", "arisen", "look-alike"
_NUMBERS = ("lead", "person", "case", "first_month", "last_month")


@dataclass(frozen=True, slots=True)
class Part:
    """Who is concerned, and where: one entry a person; ``lead`` says in which of the leads (else one in each)."""

    part: str
    program: str | npt.NDArray[np.object_]
    person: npt.ArrayLike
    case: npt.ArrayLike = -1
    lead: npt.ArrayLike | None = None


def lead_table(
    finding: str,
    months: tuple[npt.ArrayLike, npt.ArrayLike],
    parts: Iterable[Part],
    *,
    kind: str = ARISEN,
    look_alike: str | None = None,
) -> pd.DataFrame:
    """Rows of as many leads as ``months`` (first and last, both included) has entries, numbered from 0.

    >>> table = lead_table("D07", ([0, 3], [5, 4]), [Part("child", "ivd", [7, 9], [2, 2])])
    >>> table[["lead", "person", "first_month", "last_month"]].to_numpy().tolist()
    [[0, 7, 0, 5], [1, 9, 3, 4]]
    """
    first, last = (np.asarray(month, np.int64) for month in months)
    frames = [_part_rows(part, len(first)) for part in parts]
    rows = pd.concat(frames, ignore_index=True)
    rows = rows[(rows["person"] >= 0).to_numpy()].sort_values("lead", kind="stable", ignore_index=True)
    lead = rows["lead"].to_numpy()
    rows["first_month"], rows["last_month"] = first[lead], last[lead]
    for name, value in (("finding", finding), ("kind", kind), ("look_alike", look_alike)):
        rows[name] = np.full(len(rows), value, dtype=object)
    return rows[list(LEAD_COLUMNS)]


def _part_rows(part: Part, n_leads: int) -> pd.DataFrame:
    person = np.asarray(part.person, np.int64)
    lead = np.arange(n_leads) if part.lead is None else np.asarray(part.lead, np.int64)
    program = part.program if isinstance(part.program, np.ndarray) else np.full(len(person), part.program, dtype=object)
    return pd.DataFrame(
        {
            "lead": lead,
            "person": person,
            "part": np.full(len(person), part.part, dtype=object),
            "program": program,
            "case": np.broadcast_to(np.asarray(part.case, np.int64), person.shape),
        }
    )


def join_leads(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Tables of leads one below the other, numbered through.

    >>> one = lead_table("Q01", ([0], [0]), [Part("holder", "iva", [3])])
    >>> join_leads([one, one])["lead"].tolist()
    [0, 1]
    """
    numbered, start = [no_leads()], 0
    for table in tables:
        if len(table):
            numbered.append(table.assign(lead=table["lead"] + start))
            start = int(numbered[-1]["lead"].max()) + 1
    kept = numbered[1:] or numbered
    return pd.concat(kept, ignore_index=True)


def no_leads() -> pd.DataFrame:
    """The table without a row."""
    kinds = {name: np.int64 if name in _NUMBERS else object for name in LEAD_COLUMNS}
    return pd.DataFrame({name: np.empty(0, dtype=kind) for name, kind in kinds.items()})


def add_arisen(known: pd.DataFrame, derived: pd.DataFrame) -> pd.DataFrame:
    """What was planted together with what else holds by definition, each once.

    A derived lead is left out where one was planted of the same finding with a person in the same part, program and
    case. A planted look-alike that is true after all, because something else befell the same people, is left out.
    """
    true = derived[(derived["kind"] != LOOK_ALIKE).to_numpy()]
    alike = (known["kind"] == LOOK_ALIKE).to_numpy()
    known = known[~(alike & np.isin(known["lead"], known["lead"][_found_in(known, true)]))]
    again = _found_in(derived, known)
    return join_leads([known, derived[~np.isin(derived["lead"], derived["lead"][again])]])


def _found_in(table: pd.DataFrame, other: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Rows that say the same of the same person as a row of ``other`` does."""
    keys = ["finding", "person", "part", "program", "case"]
    return np.asarray(pd.MultiIndex.from_frame(table[keys]).isin(pd.MultiIndex.from_frame(other[keys])))
