"""Everything that findings rest on: the facts as numbers, what the numbers stand for, and how sure each identity is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from caselink.calendar_months import with_ends
from caselink.comparisons import PersonName, Program
from caselink.comparisons.views import Views
from caselink.encoding import EncodedRecords, number_values, to_arrow
from caselink.findings import facts as held
from caselink.findings.facts import HIRE, NONE, PROGRAM_NAMES, WAGES, Facts, Ints, no_rows
from caselink.leads.case_keys import number_cases
from caselink.leads.fact_tables import (
    Numbers,
    case_table,
    program_of,
    record_table,
    referral_table,
    report_table,
    stay_table,
)
from caselink.leads.homes import HouseholdIds, home_table, no_homes
from caselink.leads.identity_levels import IdentityLevels
from caselink.leads.program_tables import ProgramTables
from caselink.leads.report_tables import elsewhere_table, event_table, family_table, shared_line_table, with_kin
from caselink.leads.several_sources import main_sources, restated_cases, without_restated
from caselink.result import Result
from caselink.schema import KEY_COLUMNS

_ALIKE = 2
"""The first level of a comparison of names above *missing* and *differ*."""
NEAR_BITS = -6.0
"""Two records that were kept apart count as perhaps one person from this match weight on (about one chance in 60)."""
_CASE_FACTS = ("opened", "closed", "paternity", "good_cause", "assistance", "uncooperative", "closure_reason")


@dataclass(frozen=True)
class FactBase:
    """``facts`` for the rules, ``numbers`` to spell them out again, ``identity`` to weigh them."""

    facts: Facts
    numbers: Numbers = field(repr=False)
    identity: IdentityLevels = field(repr=False)
    household_ids: HouseholdIds = field(repr=False)
    record_keys: pd.DataFrame = field(repr=False)


@dataclass(frozen=True)
class RecordNames:
    """Compares names of records as linking does, each pair once; ``views`` are those that linking has laid out."""

    records: EncodedRecords = field(repr=False)
    views: Views = field(repr=False)
    programs: dict[str, Program] = field(default_factory=dict, repr=False)

    def __call__(self, column: str, left: Ints, right: Ints) -> Ints:
        """See :class:`caselink.findings.facts.NameComparer`."""
        if column not in self.records.columns or not len(left):
            return np.full(len(left), NONE, np.int64)
        if column not in self.programs:
            other = {"first_name": "last_name", "last_name": "first_name"}[column]
            compared = PersonName(column, other if other in self.records.columns else None)
            self.programs[column] = Program.of([compared], self.records, self.views)
        program = self.programs[column]
        pairs, place = np.unique(left * len(self.records) + right, return_inverse=True)
        one, two = (pairs // len(self.records)).astype(np.int32), (pairs % len(self.records)).astype(np.int32)
        level = program.levels(program.patterns(one, two))[:, 0].astype(np.int64)
        return np.where(level == 0, NONE, (level >= _ALIKE).astype(np.int64))[place]


def gather_facts(result: Result, tables: ProgramTables | None = None) -> FactBase:
    """Read the result and the programs' tables; a table that names records or cases of its own adds cases only."""
    tables = tables or ProgramTables()
    rosters = _rosters(result, tables)
    sources = main_sources(tables, result.prepared.records.sources, (result.records, rosters, tables.cases))
    numbers = _number(result, tables, rosters, sources)
    program = program_of(numbers.records.sources, tables.programs, _registers(tables))
    records = record_table(with_kin(result.records, rosters), numbers.records, numbers.person, program)
    made_up = np.isin(np.array(numbers.records.sources, dtype=object), sorted(tables.unnumbered))
    records["numbered"] = (~made_up[records["source"].to_numpy()]).astype(np.int64)
    stays = no_rows("stays") if rosters is None else stay_table(rosters, numbers, records)
    cases = case_table(tables.cases, numbers, stays, tables.programs)
    stays, cases = without_restated(stays, cases, restated_cases(stays, cases, numbers))
    homes, household_ids = _homes(result, rosters, numbers)
    read = {
        "records": records,
        "stays": stays,
        "cases": cases,
        "referrals": referral_table(tables.referrals, numbers, numbers.person, sources),
        "reports": report_table(tables.reports, numbers, numbers.person),
        "deaths": event_table(tables.deaths, numbers, numbers.person, {"month": "month"}),
        "confinements": event_table(
            tables.confinements, numbers, numbers.person, {"first": "first_month", "last": "last_month"}
        ),
        "near": _near(result, numbers.person),
        "families": family_table(tables.families, numbers),
        "shared_lines": shared_line_table(rosters, numbers),
        "elsewhere": elsewhere_table(tables.elsewhere, numbers),
    }
    facts = Facts(
        **read,
        homes=homes,
        names=RecordNames(numbers.records, result.prepared.program.views),
        evidence=frozenset(_evidence(read, tables, result)),
        began=int(stays["first"].min()) if len(stays) else NONE,
        now=int(stays["last"].max()) if len(stays) else NONE,
    )
    identity = IdentityLevels.of(numbers.person, result.pairs, result.constraints.must, result.link_at)
    return FactBase(facts, numbers, identity, household_ids, result.records[list(KEY_COLUMNS)])


def _rosters(result: Result, tables: ProgramTables) -> pd.DataFrame | None:
    """Memberships as given here, as given to the result, or as the records tell them; what goes on has an end."""
    for given in (tables.memberships, result.memberships):
        if given is not None:
            return with_ends(given)
    told = result.records
    if not {"case_id", "month"} <= set(told.columns):
        return None
    kept = [
        *KEY_COLUMNS,
        *(name for name in ("case_id", "role", "month", "status", "resides", "employed") if name in told),
    ]
    return told.loc[told["case_id"].notna() & told["month"].notna(), kept]


def _registers(tables: ProgramTables) -> set[str]:
    """The sources of the files of deaths and of prisoners."""
    registers = (tables.deaths, tables.confinements, tables.elsewhere)
    told = [table["source"] for table in registers if table is not None]
    return {str(one) for sources in told for one in sources.dropna().unique()} - set(tables.programs)


def _number(
    result: Result, tables: ProgramTables, rosters: pd.DataFrame | None, sources: Mapping[held.Program, str]
) -> Numbers:
    encoded = result.prepared.records
    people = number_values(to_arrow(result.persons["person_id"], "person_id").take(pa.array(encoded.row)))
    named: list[tuple[pd.Series[Any] | str, pd.Series[Any]]] = [
        (table["source"], table["case_id"]) for table in (rosters, tables.cases, tables.families) if table is not None
    ]
    if tables.referrals is not None:
        told = ((held.Program.IVA, "iva_case_id"), (held.Program.IVD, "ivd_case_id"))
        named += [(sources.get(p, ""), tables.referrals[name]) for p, name in told if name in tables.referrals]
    keys = number_cases(named)
    parts = pc.split_pattern(keys, "\x1f", max_splits=1)
    source, case_id = (_objects(pc.list_element(parts, place)) for place in (0, 1))
    return Numbers(encoded, people.codes.astype(np.int64), _objects(people.values), source, case_id, keys)


def _objects(texts: pa.LargeStringArray) -> npt.NDArray[np.object_]:
    return np.asarray(texts.to_numpy(zero_copy_only=False), dtype=object)


def _near(result: Result, person: Ints) -> pd.DataFrame:
    """Pairs of records that were kept apart, though they may be one person, with the whole bits of evidence for it."""
    pairs = result.pairs
    kept = (pairs.match_weight >= NEAR_BITS) & (person[pairs.left] != person[pairs.right])
    columns = {"left": pairs.left, "right": pairs.right, "bits": np.floor(pairs.match_weight)}
    return pd.DataFrame({name: values[kept].astype(np.int64) for name, values in columns.items()})


def _homes(result: Result, rosters: pd.DataFrame | None, numbers: Numbers) -> tuple[pd.DataFrame, HouseholdIds]:
    """The household of each person and month, and what spells the ids of households."""
    if rosters is None:
        return no_homes()
    told = result if result.memberships is not None else result.with_memberships(rosters)
    return home_table(told.families, numbers.person)


def _evidence(read: Mapping[str, pd.DataFrame], tables: ProgramTables, result: Result) -> list[str]:
    """Names of all that is there."""
    found: list[str] = []
    records, stays, cases = read["records"], read["stays"], read["cases"]
    told_of = ("ssn", "birth_date", "first_name", "last_name", "protected", "ssn_verified")
    there = [name for name in told_of if name in result.records and result.records[name].notna().any()]
    found += [f"records.{name}" for name in there]
    found += [f"records.{name}" for name in ("relationship", "absence") if (records[name] >= 0).any()]
    found += [f"records.{name}" for name in ("raw_ssn", "raw_birth_date") if name in result.records]
    for name, program in PROGRAM_NAMES.items():
        if (records["program"] == program).any():
            found.append(f"records {name}")
        rows = stays[(stays["program"] == program).to_numpy()] if len(stays) else stays
        if len(rows):
            found.append(f"memberships {name}")
            told = {"status": "counted", "employed": "employed"}
            found += [f"memberships.{word} {name}" for word, column in told.items() if (rows[column] >= 0).any()]
        of = cases[(cases["program"] == program).to_numpy()]
        if tables.cases is not None and len(of):
            given = [fact for fact in _CASE_FACTS if fact in tables.cases and (of[fact] >= 0).any()]
            found += [f"cases {name}", *(f"cases.{fact} {name}" for fact in given)]
    if tables.referrals is not None:
        found += ["referrals", *(f"referrals.{name}" for name in ("received", "worked") if name in tables.referrals)]
    reports = read["reports"]
    found += [
        f"reports.{name}" for name, kind in (("hires", HIRE), ("wages", WAGES)) if (reports["kind"] == kind).any()
    ]
    found += ["reports.received"] if len(reports) and (reports["received"] >= 0).any() else []
    found += [name for name in ("deaths", "confinements", "families") if getattr(tables, name) is not None]
    found += ["families.size"] if (read["families"]["size"] >= 0).any() else []
    found += ["shared lines"] if tables.memberships is not None and "line" in tables.memberships else []
    away = read["elsewhere"]["program"]
    found += [f"elsewhere {name}" for name, program in PROGRAM_NAMES.items() if (away == program).any()]
    sampled = {tables.programs.get(source) for source in tables.sampled}
    found += [f"all cases {name}" for name in PROGRAM_NAMES if f"memberships {name}" in found and name not in sampled]
    return found
