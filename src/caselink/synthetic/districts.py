"""One district from beginning to end: its people, its programs' records, and the truth, all under lasting ids.

Districts know nothing of one another, so a county can be drawn in any order, by several processes, and piece by piece.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from caselink.synthetic.draws import Streams
from caselink.synthetic.extracts import PROGRAM_FILES
from caselink.synthetic.findings.derived import derive
from caselink.synthetic.findings.planting import plant
from caselink.synthetic.findings.sites import PlantRates
from caselink.synthetic.history import DISTRICT_PEOPLE, Calendar, History
from caselink.synthetic.keying.profiles import Profile
from caselink.synthetic.keying.versions import Keyed, key_versions
from caselink.synthetic.numbering import PERSON_STRIDE
from caselink.synthetic.people.timeline import draw_history
from caselink.synthetic.program_tables import ProgramTables, finding_table, referral_table
from caselink.synthetic.programs.caseloads import draw_caseloads
from caselink.synthetic.registers import register_table
from caselink.synthetic.truth_tables import event_table, household_table, person_table, relationship_table

Tables = dict[str, pa.Table]
"""Arrow tables by name: compact, so that a county of a million records stays small while it is put together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be drawn; it says everything, so equal plans give equal counties."""

    n_people: int
    calendar: Calendar
    profile: Profile
    plant_rates: PlantRates
    sample_share: float | None
    seed: int

    @property
    def n_districts(self) -> int:
        """Districts, all of the same size but the last."""
        return -(-self.n_people // DISTRICT_PEOPLE)

    def size(self, district: int) -> int:
        """People of one district."""
        return min(DISTRICT_PEOPLE, self.n_people - district * DISTRICT_PEOPLE)


def draw_district(plan: Plan, number: int) -> Tables:
    """All tables of one district.

    For each program ``<program> records`` (who each record is), ``<program> versions`` (its columns, from which month
    on) and ``<program> memberships``; ``referrals``; ``registers``; and the tables of the truth. Records have numbers
    that are unique in the county and rise, so that the tables can be joined by them.
    """
    streams = Streams(plan.seed).within(f"district {number}")
    history = draw_history(
        plan.size(number),
        streams=streams.within("population"),
        calendar=plan.calendar,
        first_person=number * PERSON_STRIDE,
    )
    drawn = draw_caseloads(
        history, streams=streams.within("programs"), rates=plan.profile.all_rates(), sample_share=plan.sample_share
    )
    programs, planted = plant(history, drawn, rates=plan.plant_rates, streams=streams.within("findings"))
    persons = person_table(history, number)
    makers = [
        ProgramTables(plan.calendar, plan.seed, number, file, programs.caseloads[file.name]) for file in PROGRAM_FILES
    ]
    keyed = [_key(plan, history, maker, streams) for maker in makers]
    tables = {
        "persons": persons,
        "households": household_table(history, number),
        "relationships": relationship_table(history, number),
        "events": event_table(history, number),
        "referrals": referral_table(programs, *makers[:2]),
        "registers": register_table(history, number, streams.within("registers")),
        "cases": pd.concat([maker.cases(history) for maker in makers], ignore_index=True),
        "findings": finding_table(derive(history, programs, _fields(makers, keyed), planted), makers),
        "errors": pd.concat([maker.errors(k) for maker, k in zip(makers, keyed, strict=True)], ignore_index=True),
    }
    for maker, fields in zip(makers, keyed, strict=True):
        tables[f"{maker.file.name} records"] = maker.records(history, persons)
        tables[f"{maker.file.name} versions"] = maker.versions(fields)
        tables[f"{maker.file.name} memberships"] = maker.memberships()
    return {name: _arrow(table) for name, table in tables.items()}


def _arrow(table: pd.DataFrame) -> pa.Table:
    """The table in Arrow; columns of objects are text, also where all is missing."""
    columns = {}
    for name, column in table.items():
        kind = None if isinstance(column.dtype, np.dtype) and column.dtype != object else pa.string()
        columns[str(name)] = pa.array(column, kind, from_pandas=True)
    return pa.table(columns)


def _fields(makers: list[ProgramTables], keyed: list[Keyed]) -> dict[str, pd.DataFrame]:
    return {maker.file.name: one.fields for maker, one in zip(makers, keyed, strict=True)}


def _key(plan: Plan, history: History, maker: ProgramTables, streams: Streams) -> Keyed:
    name = maker.file.name
    return key_versions(history, maker.caseload, plan.profile.rates(name), streams.within(f"{name} keying"))
