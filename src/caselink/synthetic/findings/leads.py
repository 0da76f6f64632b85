"""The table of findings: what is true or only looks true of people and cases, one row a person concerned.

A *lead* is one thing that a caseworker could be shown: a finding of the catalogue, the people and cases concerned, and
the months in which it holds. Its ``kind`` is ``planted`` (made on purpose), ``arisen`` (true by the definition, though
nobody planted it: moves, lags and slips of the keyboard make findings as well) or ``look-alike`` (innocent, although
some of the evidence is there; ``look_alike`` says what explains it).

``together`` is false where the values or records that a lead rests on never stand in the extracts of one month: it
takes those of several months to see it, and its months are the last of the one and the first of the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.synthetic.draws import Ints, Mask, Texts

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
    "together",
)
PLANTED, ARISEN, LOOK_ALIKE = "planted", "arisen", "look-alike"
_SAID = ("finding", "kind", "look_alike")
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
    together: Mask | None = None,
) -> pd.DataFrame:
    """Rows of as many leads as ``months`` (first and last, both included) has entries, numbered from 0.

    ``together`` has an entry a lead as well; all are where it is not given.

    >>> table = lead_table("D07", ([0, 3], [5, 4]), [Part("child", "ivd", [7, 9], [2, 2])])
    >>> table[["lead", "person", "first_month", "last_month"]].to_numpy().tolist()
    [[0, 7, 0, 5], [1, 9, 3, 4]]
    """
    first, last = (np.asarray(month, np.int64) for month in months)
    pieces = [_part_rows(part, len(first)) for part in parts]
    lead, person, case, names, programs = (np.concatenate(columns) for columns in zip(*pieces, strict=True))
    kept = np.flatnonzero(person >= 0)
    kept = kept[np.argsort(lead[kept], kind="stable")]
    lead = lead[kept]
    columns = {
        "lead": lead,
        **{name: _always(value, len(lead)) for name, value in zip(_SAID, (finding, kind, look_alike), strict=True)},
        "person": person[kept],
        "part": names[kept],
        "program": programs[kept],
        "case": case[kept],
        "first_month": first[lead],
        "last_month": last[lead],
        "together": (np.ones(len(first), bool) if together is None else np.asarray(together, bool))[lead],
    }
    return pd.DataFrame(columns, copy=False)


_Columns = tuple[Ints, Ints, Ints, Texts, Texts]


def _part_rows(part: Part, n_leads: int) -> _Columns:
    """Lead, person, case, part and program of each entry."""
    person = np.asarray(part.person, np.int64)
    lead = np.arange(n_leads) if part.lead is None else np.asarray(part.lead, np.int64)
    program = part.program if isinstance(part.program, np.ndarray) else _always(part.program, len(person))
    case = np.broadcast_to(np.asarray(part.case, np.int64), person.shape)
    return lead, person, case, _always(part.part, len(person)), program


def _always(value: str | None, n: int) -> Texts:
    texts: Texts = np.full(n, value, dtype=object)
    return texts


def join_leads(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Tables of leads one below the other, numbered through without gaps; rows of a lead stand together.

    >>> one = lead_table("Q01", ([0], [0]), [Part("holder", "iva", [3])])
    >>> join_leads([one, one])["lead"].tolist()
    [0, 1]
    """
    some = [table for table in tables if len(table)]
    if not some:
        return no_leads()
    joined = {name: np.concatenate([table[name].to_numpy() for table in some]) for name in LEAD_COLUMNS}
    another = np.ones(len(joined["lead"]), bool)
    another[1:] = joined["lead"][1:] != joined["lead"][:-1]
    another[np.cumsum([len(table) for table in some])[:-1]] = True
    joined["lead"] = np.cumsum(another) - 1
    return pd.DataFrame(joined, copy=False)


def no_leads() -> pd.DataFrame:
    """The table without a row."""
    kinds = {name: np.int64 if name in _NUMBERS else object for name in LEAD_COLUMNS} | {"together": bool}
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
