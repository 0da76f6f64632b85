"""What a rule is and what it gives: leads, each about some people and cases in some months, with its reasons.

A lead is for a person to check. It says what in the data does not go together, never why.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias, runtime_checkable

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.errors import SpecError
from caselink.findings.facts import NONE, Facts, Ints, Mask
from caselink.findings.keys import one_key

Strength: TypeAlias = Literal["A", "B", "C"]
STRENGTHS = {
    "A": "a rule of the data is broken, whoever the person is",
    "B": "a lead, once it is sure who the person is",
    "C": "a weak lead, of use beside others or as a count",
}
PEOPLE_COLUMNS = ("lead", "part", "person", "case", "record")


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a rule says of itself.

    ``needs`` names the evidence without which it is skipped (see :class:`Facts`). ``tested`` and ``untested`` are the
    usual innocent explanations: those that the rule rules out, and those that a person must. ``tested_with`` names the
    evidence, any of several, without which one of ``tested`` was not tested after all. ``verify`` says what to check,
    ``who`` should. ``absence_in`` names the programs of which the rule concludes something from what is *not*
    on file: it is skipped where a file of theirs is a sample. ``location`` marks what tells where somebody lives or
    works, ``protection`` what tells that somebody is protected: neither is for every reader.
    """

    id: str
    title: str
    strength: Strength
    needs: tuple[str, ...]
    tested: tuple[str, ...] = ()
    untested: tuple[str, ...] = ()
    tested_with: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    verify: str = ""
    who: str = "the caseworker"
    absence_in: tuple[str, ...] = ()
    location: bool = False
    protection: bool = False

    def __post_init__(self) -> None:
        if self.strength not in STRENGTHS:
            raise SpecError(f"finding {self.id!r}: strength is A, B or C")
        if not set(self.tested_with) <= set(self.tested):
            raise SpecError(f"finding {self.id!r}: tested_with names an explanation that is not among those tested")
        words = f"{self.title} {self.verify}".lower()
        if "fraud" in words or "cheat" in words:
            raise SpecError(f"finding {self.id!r}: a finding says what to check, and accuses nobody")

    def explanations(self, evidence: Collection[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The innocent explanations that were tested with this evidence, and those that were not."""
        lacking = [one for one, needs in self.tested_with.items() if not any(name in evidence for name in needs)]
        return tuple(one for one in self.tested if one not in lacking), (*lacking, *self.untested)


@dataclass(frozen=True, slots=True)
class Part:
    """Who is concerned, and as what: an entry a person. ``lead`` says in which of the leads (else one in each).

    ``record`` is the one that the lead rests on. Records of one person in one lead must be one person for it to hold:
    how sure that is becomes the identity probability of the lead.
    """

    part: str
    person: npt.ArrayLike
    case: npt.ArrayLike = NONE
    record: npt.ArrayLike = NONE
    lead: npt.ArrayLike | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One piece of evidence: a field, and what is so of it, without a value. Of all leads, or of those in ``where``."""

    field: str
    says: str
    where: npt.ArrayLike | None = None


@dataclass(frozen=True, slots=True)
class Leads:
    """``first`` and ``last`` month of each lead; ``people``: :data:`PEOPLE_COLUMNS`; ``reasons``: lead, field, says.

    ``sure``: the probability that two persons of the lead, whose records were kept apart, are one, where it rests on
    that; else 1.
    """

    first: Ints = field(repr=False)
    last: Ints = field(repr=False)
    people: pd.DataFrame = field(repr=False)
    reasons: pd.DataFrame = field(repr=False)
    sure: npt.NDArray[np.float64] = field(repr=False)

    def __len__(self) -> int:
        return len(self.first)

    def where(self, kept: Mask) -> Leads:
        """Some of the leads, numbered anew."""
        number = np.where(kept, np.cumsum(kept) - 1, NONE)
        people, reasons = (rows[kept[rows["lead"].to_numpy()]] for rows in (self.people, self.reasons))
        people, reasons = (
            rows.assign(lead=number[rows["lead"].to_numpy()]).reset_index(drop=True) for rows in (people, reasons)
        )
        return Leads(self.first[kept], self.last[kept], people, reasons, self.sure[kept])


@runtime_checkable
class Finding(Protocol):
    """A rule: says what it is in ``about``, and finds leads in the facts. It reads them and changes nothing."""

    @property
    def about(self) -> About:
        """What it is called, what it needs, and what it could not rule out."""

    def find(self, facts: Facts) -> Leads:
        """All leads, in any order."""


def make_leads(
    first: npt.ArrayLike,
    last: npt.ArrayLike,
    parts: Sequence[Part],
    reasons: Sequence[Reason] = (),
    sure: npt.ArrayLike = 1.0,
) -> Leads:
    """Leads of as many as ``first`` has entries; entries of parts without a person are left out.

    >>> leads = make_leads([24312], [24313], [Part("child", [7], [2], [5])], [Reason("case", "two in one month")])
    >>> leads.people.to_numpy().tolist()
    [[0, 'child', 7, 2, 5]]
    """
    start = np.asarray(first, np.int64)
    rows = _people(parts, len(start))
    told = [_reasons(reason, len(start)) for reason in reasons]
    said = pd.concat(told, ignore_index=True) if told else _reasons(Reason("", ""), 0)
    probability = np.broadcast_to(np.asarray(sure, np.float64), start.shape)
    return Leads(start, np.asarray(last, np.int64), rows, said, probability)


def stack_leads(parts: Sequence[Leads]) -> Leads:
    """All leads below one another, numbered anew."""
    parts = parts or [no_leads()]
    begin = np.cumsum([0, *(len(part) for part in parts)])
    people, reasons = (
        pd.concat([rows.assign(lead=rows["lead"] + start) for rows, start in zip(tables, begin, strict=False)])
        for tables in ([part.people for part in parts], [part.reasons for part in parts])
    )
    first, last, sure = (np.concatenate([getattr(part, name) for part in parts]) for name in ("first", "last", "sure"))
    return Leads(first, last, people.reset_index(drop=True), reasons.reset_index(drop=True), sure)


def no_leads() -> Leads:
    """None."""
    return make_leads([], [], [])


def _people(parts: Sequence[Part], n_leads: int) -> pd.DataFrame:
    """The entries of all parts that name a person, each once, in order."""
    names = sorted({part.part for part in parts})
    rows = [np.zeros((5, 0), np.int64)]
    for part in parts:
        person = np.asarray(part.person, np.int64)
        lead = np.arange(n_leads) if part.lead is None else part.lead
        columns = (lead, names.index(part.part), person, part.case, part.record)
        rows.append(np.stack([np.broadcast_to(np.asarray(one, np.int64), person.shape) for one in columns]))
    every = np.concatenate(rows, axis=1)
    every = every[:, every[2] >= 0]
    lead, name, person, case, record = every[:, np.unique(one_key(*every), return_index=True)[1]]
    part = np.array(names, dtype=object)[name]
    return pd.DataFrame({"lead": lead, "part": part, "person": person, "case": case, "record": record})


def _reasons(reason: Reason, n_leads: int) -> pd.DataFrame:
    lead = np.arange(n_leads) if reason.where is None else np.flatnonzero(np.asarray(reason.where, bool))
    texts = {
        name: np.full(len(lead), text, dtype=object) for name, text in (("field", reason.field), ("says", reason.says))
    }
    return pd.DataFrame({"lead": lead, **texts})
