"""What a run reads: records, what could not be used, the programs' tables, and what is told of each file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from caselink.confidentiality.earlier import read_register, with_earlier
from caselink.confidentiality.rules import taints_of
from caselink.layouts import Extract, ProgramFile, with_claims
from caselink.leads import ProgramTables
from caselink.leads.fact_tables import UNUSED_VALUES
from caselink.normalize import normalize_and_reject
from caselink.progress import Progress, Stopwatch
from caselink.settings import Settings
from caselink.settings.files import declared_cleaning, read_referrals, read_sources
from caselink.settings.registers import take_registers
from caselink.settings.source import SourceSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class RunInputs:
    """All that was read: ``records`` normalized, ``rejects``, the programs' ``tables``, what binds each source.

    ``inputs`` and ``beside`` describe the extracts and the files beside them. ``earlier``: who was protected before.
    """

    records: pd.DataFrame = field(repr=False)
    rejects: pd.DataFrame = field(repr=False)
    tables: ProgramTables = field(repr=False)
    taints: dict[str, dict[str, str]]
    inputs: list[dict[str, Any]]
    beside: list[dict[str, Any]]
    earlier: pd.DataFrame | None = field(repr=False)


def read_inputs(settings: Settings, progress: Progress | None, clock: Stopwatch) -> RunInputs:
    """Read and normalize all that the settings name."""
    extracts, registers = take_registers(read_sources(settings, progress), settings.sources)
    referrals = read_referrals(settings)
    tables = _program_tables(settings, extracts, referrals, registers)
    taints = taints_of(extracts)
    extracts = _protect_referred(extracts, tables)
    clock.stop("read")
    records, rejects = _normalize(settings, extracts, referrals, progress)
    inputs = [_describe(extract, source) for extract, source in zip(extracts, settings.sources, strict=True)]
    beside = [_describe_beside(one, extract.name) for extract in extracts for one in extract.beside]
    beside += [] if referrals is None else [_describe_beside(referrals, None)]
    earlier = _protected_before(settings)
    records = records if earlier is None else with_earlier(records, earlier)
    clock.stop("normalize")
    return RunInputs(
        records=records, rejects=rejects, tables=tables, taints=taints, inputs=inputs, beside=beside, earlier=earlier
    )


def _normalize(
    settings: Settings, extracts: Sequence[Extract], referrals: ProgramFile | None, progress: Progress | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The records; and lines that could not be read and fields that could not be used, of all files."""
    report = progress or (lambda *_: None)
    report("normalizing", 0, 1)
    cleaning = declared_cleaning(settings)
    records, unusable = normalize_and_reject(*extracts, cleaning=cleaning, keep_unused=UNUSED_VALUES)
    beside = [one.rejects for extract in extracts for one in extract.beside]
    beside += [] if referrals is None else [referrals.rejects]
    tables = [*(extract.rejects for extract in extracts), *beside, unusable]
    filled = [table for table in tables if len(table)] or tables[:1]
    rejects: pd.DataFrame = pd.concat(filled, ignore_index=True)
    report("normalizing", 1, 1)
    return records, rejects


def _program_tables(
    settings: Settings,
    extracts: Sequence[Extract],
    referrals: ProgramFile | None,
    registers: Mapping[str, pd.DataFrame],
) -> ProgramTables:
    """The programs' tables, for families and findings."""
    programs = {source.name: source.program for source in settings.sources if source.program is not None}
    found = ProgramTables.of_extracts(extracts, programs)
    given = None if referrals is None else referrals.table
    reports = [table for table in (found.reports, registers.get("reports")) if table is not None]
    deaths = [table for table in (found.deaths, registers.get("deaths")) if table is not None]
    away = [table for table in (found.elsewhere, registers.get("elsewhere")) if table is not None]
    sent = [table for table in (found.referrals, given) if table is not None]
    return replace(
        found,
        referrals=pd.concat(sent, ignore_index=True) if sent else None,
        reports=pd.concat(reports, ignore_index=True) if reports else None,
        deaths=pd.concat(deaths, ignore_index=True) if deaths else None,
        confinements=registers.get("confinements"),
        elsewhere=pd.concat(away, ignore_index=True) if away else None,
    )


def _protect_referred(extracts: list[Extract], programs: ProgramTables) -> list[Extract]:
    """The extracts of IV-A with those protected of whom a referral says so."""
    if programs.referrals is None:
        return extracts
    of_iva = [programs.programs.get(extract.name) == "iv-a" for extract in extracts]
    referred = programs.referrals
    return [with_claims(one, referred) if iva else one for one, iva in zip(extracts, of_iva, strict=True)]


def _protected_before(settings: Settings) -> pd.DataFrame | None:
    there = settings.protection is not None and settings.protection.exists()
    return read_register(settings.protection) if there and settings.protection is not None else None


def _describe_beside(file: ProgramFile, source: str | None) -> dict[str, Any]:
    return {
        "source": source,
        "kind": file.kind,
        "file": Path(file.path).name,
        "sha256": file.sha256,
        "lines_read": file.n_read,
        "rows": len(file.table),
    }


def _describe(extract: Extract, source: SourceSettings) -> dict[str, Any]:
    return {
        "source": extract.name,
        "file": None if extract.path is None else Path(extract.path).name,
        "sha256": extract.sha256,
        "as_of": extract.as_of,
        "unduplicated": extract.unduplicated,
        "layout": extract.layout,
        "tainted": extract.tainted,
        "taints": dict(extract.taints),
        "program": source.program,
        "cleaning": source.describe_cleaning(),
        "lines_read": extract.n_read,
        "lines_used": dict(extract.n_lines),
        "records": len(extract.records),
    }
