"""How things stand in a district while its months are drawn: arrays that each kind of event reads and changes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from caselink.synthetic.draws import Floats, Ints, Mask, Texts
from caselink.synthetic.people.families import NOBODY, YEAR

PLACES = ("residence", "shelter", "jail", "foster", "box")
RESIDENCE, SHELTER, JAIL, FOSTER, BOX = range(5)
"""Kinds of address, as numbers."""

ADULT, ON_ONE_S_OWN = 18, 21
"""Years of age: from when people marry, work and move out, and until when a child at home has a custodian."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What does not change: one entry a person; ``child`` marks those who are a child of a family of the district."""

    birth: Ints
    female: Mask
    mother: Ints
    father: Ints
    child: Mask
    kind: Ints

    @classmethod
    def of(cls, people: pd.DataFrame) -> Facts:
        """The facts of a population's people."""
        columns = {name: people[name].to_numpy() for name in ("birth", "female", "mother", "father", "kind")}
        return cls(**columns, child=(people["part"] == "child").to_numpy())

    def related(self, one: Ints, two: Ints) -> Mask:
        """Where two people are parent and child, or have a parent in common."""
        parent = np.zeros(len(one), dtype=bool)
        for column in (self.mother, self.father):
            parent |= (column[one] == two) | (column[two] == one)
            parent |= (column[one] == column[two]) & (column[one] != NOBODY)
        return parent


class Log:
    """What happened, in order; see :data:`~caselink.synthetic.people.timeline.EVENT_KINDS`."""

    _columns = ("month", "person", "other", "from_home", "to_home")

    def __init__(self) -> None:
        self._kinds: list[str] = []
        self._parts: list[tuple[Ints, ...]] = []

    def add(self, kind: str, *columns: Ints | int) -> None:
        """Keep events of one kind: month, person, other, home before and after, each one for all or one for each."""
        self._kinds.append(kind)
        self._parts.append(tuple(np.broadcast_arrays(*columns)))

    def table(self) -> pd.DataFrame:
        """All events, one row each."""
        columns = zip(*self._parts, strict=True) if self._parts else [[np.zeros(0, np.int64)]] * len(self._columns)
        values = dict(zip(self._columns, map(np.concatenate, columns), strict=True))
        kinds = np.repeat(np.array(self._kinds, dtype=object), [len(part[0]) for part in self._parts])
        table = pd.DataFrame({"month": values.pop("month"), "kind": kinds, **values})
        return table.astype({"kind": object})


@dataclass(slots=True, kw_only=True)
class State:
    """The state at the end of a month; :meth:`settle` and :meth:`note` are how events change homes and are kept.

    By person: ``home``, ``last_name`` (place in ``surnames``), ``partner``, ``married``, ``custodian``, ``employer``,
    ``jailed``, ``death`` (day), ``own_home`` (where somebody jailed lived before). By home: ``home_address``. By
    address: ``address_zip`` (number of its ZIP code) and ``address_place``. ``zip_weights``: people by ZIP code.
    """

    facts: Facts
    surnames: Texts
    home: Ints
    last_name: Ints
    former_name: Ints
    partner: Ints
    married: Mask
    custodian: Ints
    employer: Ints
    jailed: Mask
    death: Ints
    own_home: Ints
    home_address: Ints
    address_zip: Ints
    address_place: Ints
    zip_weights: Floats
    month: int = NOBODY
    today: int = 0
    log: Log = field(default_factory=Log)

    def ages(self) -> Floats:
        """Years since birth, below 0 for those not yet born."""
        return np.asarray((self.today - self.facts.birth) / YEAR)

    def free_adults(self) -> Mask:
        """Adults who live in the district and are not in jail."""
        return np.asarray((self.home != NOBODY) & ~self.jailed & (self.ages() >= ADULT))

    def custodians(self) -> Mask:
        """Who has a child."""
        has = np.zeros(len(self.home), dtype=bool)
        has[self.custodian[self.custodian != NOBODY]] = True
        return has

    def wards_of(self, adults: Ints) -> Ints:
        """The children whom ``adults`` have, in order of their rows."""
        chosen = np.zeros(len(self.home) + 1, dtype=bool)
        chosen[adults] = True
        return np.flatnonzero(chosen[self.custodian])

    def add_addresses(self, zips: Ints, place: int = RESIDENCE) -> Ints:
        """Rows of new addresses in the given ZIP codes."""
        rows = len(self.address_zip) + np.arange(len(zips))
        self.address_zip = np.concatenate([self.address_zip, zips])
        self.address_place = np.concatenate([self.address_place, np.full(len(zips), place, np.int64)])
        return rows

    def open_homes(self, addresses: Ints) -> Ints:
        """Numbers of new homes at the given addresses."""
        homes = len(self.home_address) + np.arange(len(addresses))
        self.home_address = np.concatenate([self.home_address, addresses])
        return homes

    def name_numbers(self, texts: Texts) -> Ints:
        """Places of last names in ``surnames``, which takes up new ones."""
        new = pd.Index(texts).unique().difference(pd.Index(self.surnames), sort=False)
        self.surnames = np.concatenate([self.surnames, new.to_numpy(dtype=object)])
        return np.asarray(pd.Index(self.surnames).get_indexer(pd.Index(texts)), dtype=np.int64)

    def note(self, kind: str, person: Ints, other: Ints | int = NOBODY, to_home: Ints | None = None) -> None:
        """Keep what happens to each of ``person``; called before the homes change."""
        if len(person):
            home = self.home[person]
            self.log.add(kind, self.month, person, other, home, home if to_home is None else to_home)

    def settle(self, kind: str, person: Ints, to_home: Ints, other: Ints | int = NOBODY) -> None:
        """Bring each of ``person`` to a home, and keep it."""
        self.note(kind, person, other, to_home)
        self.home[person] = to_home


def hit(rng: np.random.Generator, rate: float | Floats, among: Mask) -> Ints:
    """Rows to which something happens, at its rate, among those it can happen to."""
    return np.flatnonzero((rng.random(len(among)) < rate) & among)
