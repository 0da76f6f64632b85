"""Where findings are planted: a district, what is open to it, how many leads, and which families they fall on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from caselink.errors import SpecError
from caselink.synthetic.draws import Ints, Mask, Streams
from caselink.synthetic.findings.changes import Changes, Ground
from caselink.synthetic.findings.enrolled import ELIGIBLE, enrolled, merged_stays
from caselink.synthetic.history import History
from caselink.synthetic.people.families import YEAR
from caselink.synthetic.programs.caseload import Programs


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantRates:
    """How many leads are planted, as a share of the people in a district; fewer where not enough families are fit.

    ``planted`` holds for every kind of finding, ``look_alikes`` for every kind of innocent look-alike that has to be
    made (many are in every population). ``of`` changes some: by id for what is real (``D04``), and by id and
    explanation for a look-alike (``D04: case renumbered``).

    >>> PlantRates(planted=0.001, of={"D04": 0.0}).rate("D04")
    0.0
    """

    planted: float = 0.00065
    look_alikes: float = 0.00065
    of: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, rate in (("planted", self.planted), ("look_alikes", self.look_alikes), *self.of.items()):
            if not 0 <= rate <= 1:
                raise SpecError(f"{name} must be a share between 0 and 1, got {rate}")

    def rate(self, name: str) -> float:
        """The rate of one kind, such as ``D04`` or ``D04: case renumbered``."""
        return self.of.get(name, self.look_alikes if ":" in name else self.planted)

    @property
    def is_zero(self) -> bool:
        """Whether nothing is planted at all."""
        return not any((self.planted, self.look_alikes, *self.of.values()))


class Site:
    """A district in which findings are being planted, one kind after the other, at most one lead a family."""

    def __init__(self, history: History, programs: Programs, rates: PlantRates, streams: Streams) -> None:
        self.history, self.rates, self.streams = history, rates, streams
        self.changes, self.ground = Changes(programs), Ground(history)
        self.n_months = history.calendar.n_months
        self.least_months = min(2, self.n_months)

    def rng(self, name: str) -> np.random.Generator:
        """The draws of one kind of lead."""
        return self.streams.rng(name)

    def choose(self, name: str, concerned: Sequence[Ints]) -> Ints:
        """Candidates that become leads; ``concerned`` has an array for each person in a candidate."""
        rng = self.streams.rng(f"{name}: choice")
        wanted = int(rng.binomial(self.history.n_people, self.rates.rate(name)))
        return self.ground.choose(wanted, [np.asarray(person, np.int64) for person in concerned], rng)

    def pick(self, name: str, candidates: pd.DataFrame, concerned: Sequence[str]) -> pd.DataFrame:
        """The candidates that become leads; ``concerned`` names the columns of people."""
        rows = self.choose(name, [candidates[column].to_numpy(np.int64) for column in concerned])
        return candidates.take(rows).reset_index(drop=True)

    def start(self, name: str, first: Ints, last: Ints, least: int | None = None) -> Ints:
        """A month at random from which at least ``least`` months are left up to ``last``."""
        room = np.asarray(last) - np.asarray(first) + 1 - (self.least_months if least is None else least)
        uniform = self.streams.rng(f"{name}: start").random(len(room))
        return np.asarray(np.asarray(first) + (uniform * (np.maximum(room, 0) + 1)).astype(np.int64), np.int64)

    def turning_point(self, name: str, first: Ints, last: Ints) -> tuple[Ints, Mask]:
        """A month at random strictly between the first and the last one, and where there is one."""
        return self.start(name, np.asarray(first) + 1, np.asarray(last), 2), np.asarray(last) - np.asarray(first) >= 2

    def age(self, person: Ints, month: Ints) -> Ints:
        """Years of age at the end of each month."""
        born = self.history.people["birth"].to_numpy(np.int64)[person]
        return np.asarray((self.history.calendar.last_days()[month] - born) // YEAR, np.int64)

    def home(self, person: Ints, month: Ints) -> Ints:
        """The home of each person at the end of each month; -1 for nobody and for those who have none."""
        return np.where(person < 0, -1, self.history.home[month, np.maximum(person, 0)]).astype(np.int64)

    @cached_property
    def units(self) -> pd.DataFrame:
        """Stays in assistance cases, by person, case and status."""
        members = enrolled(self.changes["iva"], self.history.calendar)
        return merged_stays(members, ["person", "case", "record", "status", "role"])

    @cached_property
    def cases(self) -> pd.DataFrame:
        """Stays in support cases, by person and case."""
        members = enrolled(self.changes["ivd"], self.history.calendar)
        return merged_stays(members, ["person", "case", "record", "role"])

    @cached_property
    def knows(self) -> Mapping[str, Mask]:
        """For each program the people it has any record of."""
        known = {}
        for program in ("iva", "ivd", "jobs", "employment"):
            known[program] = np.zeros(self.history.n_people, bool)
            known[program][self.changes[program].records["person"].to_numpy(np.int64)] = True
        return known

    def eligible(self, *roles: str) -> pd.DataFrame:
        """Stays of eligible members in one of the roles, as long as a lead must last."""
        units = self.units
        long = units["last"] - units["first"] + 1 >= self.least_months
        return units[
            (long & (units["status"] == ELIGIBLE) & units["role"].isin(roles) & (units["head"] >= 0)).to_numpy()
        ].reset_index(drop=True)
