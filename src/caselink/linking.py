"""Linking files: the whole job of ``caselink link``, from a checked ``sources.toml`` to a folder of results.

The folder gets the persons, their memberships, households, cases and links, the model, what could not be read, and a
summary of the run without any value of a person. All of it appears, or nothing does.
"""

from __future__ import annotations

import hashlib
import platform
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from caselink.confidentiality import audit_record
from caselink.confidentiality.earlier import write_register
from caselink.confidentiality.guarded_tables import KEPT_WHEN_ASKED, SHOWN_OF_LINKS, guarded_tables, refuse_ssn_keys
from caselink.confidentiality.protection import NO
from caselink.errors import CaselinkError, CaselinkWarning, SpecError
from caselink.leads import Dispositions, ProgramTables
from caselink.linker import Linker
from caselink.months.memberships import memberships_of_persons
from caselink.progress import Progress, Stopwatch
from caselink.purposes import NARROWEST, UNTOLD, find_purpose
from caselink.report import Beside, read_decisions
from caselink.result import Result
from caselink.run_inputs import RunInputs, read_inputs
from caselink.run_pages import check_review, run_pages
from caselink.run_tables import look_into, show_found
from caselink.schema import KEY_COLUMNS
from caselink.settings import Settings, read_settings
from caselink.storage import OutputError, Writer, as_csv, as_json, as_parquet, write_files


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """What is chosen for one run, besides the files.

    ``purpose`` fixes what the files may show (see :mod:`caselink.purposes`). ``keep_links``: whether the scored pairs
    are written too, which hold what a thief needs. ``review``: so many uncertain pairs are put on a page for people to
    decide, ``masked`` or with whole values to ask for; ``decisions`` is the file that such a page exported, and what it
    decides holds. ``truth`` (``source, record_id, entity_id``) and ``group``, a
    column of it, put error rates and rates of findings by group into the report.
    """

    model: Path | None = None
    purpose: str = NARROWEST
    keep_links: bool = False
    review: int = 0
    masked: bool = True
    decisions: Path | None = None
    seed: int = 0
    threads: int | None = None
    progress: Progress | None = None
    truth: pd.DataFrame | None = field(default=None, repr=False)
    group: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedFiles:
    """The result of a run, its summary, and the files where both are.

    ``tables`` are those of the programs beside the records: rosters, cases and referrals, and which program each source
    is of. ``beside`` is what the report tells besides the result.
    """

    result: Result
    summary: dict[str, Any]
    files: tuple[Path, ...]
    tables: ProgramTables
    beside: Beside


def link_files(
    settings: Settings | str | PathLike[str], out: str | PathLike[str], options: RunOptions | None = None
) -> LinkedFiles:
    """Read, normalize and link the sources of a ``sources.toml``, and write the results into the folder ``out``.

    ``settings`` are the path of that file, or what was read from it. Everything is written, or nothing: an
    :class:`caselink.InputError` or :class:`OutputError` leaves ``out`` as it was.
    """
    options, out = options or RunOptions(), Path(out)
    settings = settings if isinstance(settings, Settings) else read_settings(settings)
    _check_purpose(settings, options.purpose)
    check_review(options.purpose, pairs=options.review, masked=options.masked)
    if out.exists() and not out.is_dir():
        raise OutputError("a file stands where a folder is needed; choose another folder", file=str(out))
    clock = Stopwatch()
    decided = None if settings.dispositions is None else Dispositions.read(settings.dispositions)
    given = read_inputs(settings, options.progress, clock)
    programs, rejects = given.tables, given.rejects
    with _noting_warnings() as warned:
        refuse_ssn_keys(given.records, programs.memberships)
        _warn_of_pairs(options)
        linker, result = _link(settings, options, given.records, programs.memberships)
        later = Stopwatch()
        tables = _tables(result, programs.memberships, links=options.keep_links)
        protection = result.families.protect(programs.programs, given.taints)
        later.stop("households")
        found, spent = look_into(result, programs, options.purpose, protection, decided)
    clock.seconds |= result.summary["seconds"] | later.seconds | spent
    summary = _summarize(settings, options, given, result)
    summary |= {"odd_rosters": dict(result.families.notices), "warnings": warned, "seconds": clock.seconds}
    tables, withheld = guarded_tables(tables, protection, options.purpose)
    shown = show_found(result, found, protection, options.purpose)
    summary |= {"purpose": options.purpose, "protection_told": bool((protection.status == NO).any())} | shown.told
    summary["withheld"] = withheld | shown.withheld
    audit = audit_record(
        options.purpose,
        files=given.inputs + given.beside,
        counts=summary["counts"] | {name: len(table) for name, table in shown.tables.items()},
        settings=summary["settings"],
        withheld=summary["withheld"],
    )
    told = Beside(
        findings=found.findings,
        shown=shown.findings,
        programs=programs.programs,
        taints=given.taints,
        rejects=rejects,
        counts=found.counts,
        exchange=found.exchange,
        audit=audit,
        versions=summary["versions"],
        warnings=warned if summary["protection_told"] else [*warned, UNTOLD],
        truth=options.truth,
        group=options.group,
    )
    clock = Stopwatch()
    pages = run_pages(result, told, options.purpose, pairs=options.review, masked=options.masked)
    clock.stop("report")
    summary["seconds"] |= clock.seconds
    others: dict[str, Writer | bytes] = {
        "model.json": _model(linker),
        "rejects.csv": as_csv(rejects),
        "summary.json": as_json(summary),
        "audit.json": as_json(audit),
        **pages,
    }
    if settings.protection is not None:
        write_register(settings.protection, protection, given.earlier)
    files = _write(out, tables | shown.tables, others)
    return LinkedFiles(result=result, summary=summary, files=files, tables=programs, beside=told)


def _tables(result: Result, memberships: pd.DataFrame | None, *, links: bool) -> dict[str, pd.DataFrame]:
    """What the run found, before its purpose has a say."""
    tables = {
        "persons": _by_record(result.persons),
        "memberships": memberships_of_persons(memberships, result.persons),
        "households": result.households,
        "cases": result.cases,
    }
    return tables | ({"links": result.links[list(SHOWN_OF_LINKS)]} if links else {})


def _check_purpose(settings: Settings, purpose: str) -> None:
    """A purpose that works for a program must know which sources are whose, before anything is read."""
    named = [source for source in settings.sources if source.program is not None]
    if find_purpose(purpose).programs and not named:
        raise SpecError(f'for the purpose {purpose!r} each [[source]] says its program, such as program = "iv-a"')


def _warn_of_pairs(options: RunOptions) -> None:
    if options.keep_links:
        text = (
            "links.parquet and links.csv tell who may be whom: keep them where the records are kept, and delete them "
            "after use; the next run into this folder without --keep-links does that"
        )
        warnings.warn(text, CaselinkWarning, stacklevel=2)


@contextmanager
def _noting_warnings() -> Iterator[list[str]]:
    """Note what caselink warns of in the list given; every warning is given again when the block is done."""
    noted: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", CaselinkWarning)
        yield noted
    noted += [str(warning.message) for warning in caught if issubclass(warning.category, CaselinkWarning)]
    for warning in caught:
        warnings.warn(warning.message, warning.category, stacklevel=3)


def _link(
    settings: Settings, options: RunOptions, records: pd.DataFrame, memberships: pd.DataFrame | None
) -> tuple[Linker, Result]:
    """Link with the rules, comparisons and weights of a model file, or with those of the settings, fitted here."""
    chosen: dict[str, Any] = {
        "unduplicated": settings.unduplicated,
        "decisions": None if options.decisions is None else read_decisions(options.decisions),
        "threads": options.threads,
        "seed": options.seed,
        "progress": options.progress,
    }
    if options.model is not None:
        linker = Linker.load(options.model, **chosen)
        return linker, linker.resolve(records, memberships=memberships)
    linker = Linker(settings.blocking, settings.comparisons, **chosen)
    return linker, linker.fit_resolve(records, memberships=memberships)


def _summarize(settings: Settings, options: RunOptions, given: RunInputs, result: Result) -> dict[str, Any]:
    return {
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "counts": _count(given, result),
        "inputs": given.inputs,
        "files_beside": given.beside,
        "settings": {
            "file": settings.file.name,
            "sha256": _sha256(settings.file),
            "model_sha256": None if options.model is None else _sha256(options.model),
            "seed": options.seed,
            "threads": options.threads,
            "keep_links": options.keep_links,
            "review": options.review,
            "masked": options.masked,
            "decisions_sha256": None if options.decisions is None else _sha256(options.decisions),
            "dispositions_sha256": _sha256_if_there(settings.dispositions),
            "protection_sha256": _sha256_if_there(settings.protection),
        },
        "versions": {"python": platform.python_version()} | {name: version(name) for name in _PACKAGES},
    }


_PACKAGES = ("caselink", "numba", "numpy", "pandas", "pyarrow", "scipy")


def _count(given: RunInputs, result: Result) -> dict[str, Any]:
    """Lines, records and persons; no line may be lost between them.

    The lines read are those that are used and the lines dropped, with those of the files beside the extracts; every
    record has a person. With a layout, a line need not be a record: see :class:`caselink.layouts.Extract`.
    """
    inputs, beside, rejects = given.inputs, given.beside, given.rejects
    counts = {
        "lines_read": sum(file["lines_read"] for file in (*inputs, *beside)),
        "lines_used": sum(sum(source["lines_used"].values()) for source in inputs) + sum(f["rows"] for f in beside),
        "lines_dropped": int(rejects["dropped"].sum()),
        "fields_unusable": int((~rejects["dropped"].astype(bool)).sum()),
        "records": len(result.persons),
        "persons": int(result.persons["person_id"].nunique()),
        "households": int(result.households["household_id"].nunique()),
    }
    n_records = sum(source["records"] for source in inputs)
    if counts["lines_read"] != counts["lines_used"] + counts["lines_dropped"] or counts["records"] != n_records:
        raise CaselinkError(
            f"{counts['lines_read']} lines were read, but {counts['lines_used']} were used and "
            f"{counts['lines_dropped']} rejected; of {n_records} records {counts['records']} came out; nothing was "
            "written. This is a defect of caselink: please report it"
        )
    return counts | {name: value for name, value in result.summary.items() if name not in {*counts, "seconds"}}


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _sha256_if_there(file: Path | None) -> str | None:
    return None if file is None or not file.exists() else _sha256(file)


def _by_record(persons: pd.DataFrame) -> pd.DataFrame:
    """Persons in the order of source and record id: the files are the same whatever the order of the lines read."""
    keys = pa.table({key: pa.array(persons[key], from_pandas=True) for key in KEY_COLUMNS})
    order = pc.sort_indices(keys, sort_keys=[(key, "ascending") for key in KEY_COLUMNS])
    ordered: pd.DataFrame = persons.iloc[order.to_numpy()]
    return ordered


def _write(folder: Path, tables: dict[str, pd.DataFrame], others: dict[str, Writer | bytes]) -> tuple[Path, ...]:
    """Write each table as Parquet and CSV, and the other files, all together."""
    files: dict[str, Writer | bytes] = {}
    for name, table in tables.items():
        files |= {f"{name}.parquet": as_parquet(table), f"{name}.csv": as_csv(table)}
    write_files(folder, files | others)
    for name in KEPT_WHEN_ASKED - (files | others).keys():  # of an earlier run, and of no use beside this one
        (folder / name).unlink(missing_ok=True)
    return tuple(folder / name for name in (files | others))


def _model(linker: Linker) -> bytes:
    """The model file's content, so that it appears together with the results."""
    with tempfile.TemporaryDirectory() as elsewhere:
        linker.save(Path(elsewhere) / "model.json")
        return (Path(elsewhere) / "model.json").read_bytes()
