"""Reading all that a ``sources.toml`` names: the sources, and the files beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from os import PathLike

import pandas as pd

from caselink.errors import ColumnMissingError, SpecError
from caselink.layouts import (
    CASES,
    MEMBERSHIPS,
    REFERRALS,
    Extract,
    ProgramFile,
    read_bad_numbers,
    read_extract,
    read_program_file,
    read_source,
    with_program_files,
)
from caselink.normalize import Cleaning
from caselink.progress import Progress
from caselink.settings.settings import Settings, read_settings
from caselink.settings.source import SourceSettings
from caselink.settings.tables import UTF_8


def read_sources(settings: Settings | str | PathLike[str], progress: Progress | None = None) -> list[Extract]:
    """Every source of a ``sources.toml``, with the columns that its rules and comparisons carry along.

    ``settings`` are the path of that file, or what was read from it. A carried column that a source lacks is missing
    there; one that no source has is an error.
    """
    settings = settings if isinstance(settings, Settings) else read_settings(settings)
    found: set[str] = set()
    extracts: list[Extract] = []
    report = progress or (lambda *_: None)
    report("reading", 0, len(settings.sources))
    for source in settings.sources:
        extract = _read(source, settings.carried)
        found.update(extract.records.columns)
        extracts.append(extract)
        report("reading", len(extracts), len(settings.sources))
    unknown = [column for column in settings.carried if column not in found]
    if unknown:
        raise ColumnMissingError(
            unknown, sorted(found), needed_by=f"{settings.file.name} ([[comparison]], [[blocking]])"
        )
    return extracts


def _read(source: SourceSettings, carry: Sequence[str]) -> Extract:
    """One source with the files beside it."""
    extract = _read_extract(source, [*carry, *(name for name in source.evidence.values() if name not in carry)])
    lacking = [name for name in source.evidence.values() if name not in extract.records]
    if lacking:
        there = [str(name) for name in extract.records.columns]
        raise ColumnMissingError(lacking, there, needed_by=f"source {source.name!r}", file=extract.path)
    files = {"encoding": source.encoding or UTF_8, "source": source.name}
    memberships = None if source.memberships is None else read_program_file(source.memberships, MEMBERSHIPS, **files)
    cases = None if source.cases is None else read_program_file(source.cases, CASES, **files)
    bound = replace(extract, taints={**extract.taints, **source.taints})
    return with_program_files(_with_owners_word(bound) if source.nobody_protected else bound, memberships, cases)


def _with_owners_word(extract: Extract) -> Extract:
    """The extract of a source of which its owner says that nobody is protected."""
    if "protected" in extract.records:
        raise SpecError(f"source {extract.name!r}: nobody_protected: the file says who is protected; leave it out")
    free = pd.Series("N", index=extract.records.index, dtype=extract.records["source"].dtype)
    return replace(extract, records=extract.records.assign(protected=free))


def read_referrals(settings: Settings) -> ProgramFile | None:
    """What the file of referrals holds, where there is one."""
    if settings.referrals is None:
        return None
    return read_program_file(settings.referrals, REFERRALS, encoding=settings.encoding or UTF_8)


def declared_cleaning(settings: Settings) -> dict[str, Cleaning]:
    """How each source's values are to be read, by its name; the files of numbers known to be bad are read."""
    return {source.name: _cleaning(source) for source in settings.sources}


def _cleaning(source: SourceSettings) -> Cleaning:
    if source.known_bad_ssns is None:
        return source.cleaning
    return replace(
        source.cleaning,
        known_bad_ssns=tuple(read_bad_numbers(source.known_bad_ssns, encoding=source.encoding or UTF_8)),
    )


def _read_extract(source: SourceSettings, carry: Sequence[str]) -> Extract:
    try:
        if source.layout is not None:
            return read_extract(
                source.path,
                layout=source.layout,
                name=source.name,
                as_of=source.as_of,
                unduplicated=source.unduplicated,
                carry=carry,
                encoding=source.encoding,
            )
        return read_source(
            source.path,
            name=source.name,
            record_id=source.record_id,
            columns=source.columns,
            as_of=source.as_of,
            unduplicated=source.unduplicated,
            carry=carry,
            encoding=source.encoding or UTF_8,
        )
    except ColumnMissingError as error:
        there = [column for column in carry if column not in error.missing]
        if len(there) < len(carry):
            return _read_extract(source, there)
        raise ColumnMissingError(
            error.missing,
            error.available,
            needed_by=f"source {source.name!r}",
            n_hidden=error.n_hidden,
            file=error.file,
        ) from None
