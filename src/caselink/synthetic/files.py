"""A county as files: what agencies would hand over, with a ``sources.toml`` that says how to read it, and the truth."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from caselink.errors import SpecError
from caselink.storage import Writer, as_csv, as_json, as_parquet, write_files
from caselink.synthetic.county import County
from caselink.synthetic.extracts import PROGRAM_FILES, ProgramFile
from caselink.synthetic.keying.profiles import Profile
from caselink.synthetic.people.families import AS_OF
from caselink.synthetic.registers import REGISTERS

FileFormat = Literal["csv", "parquet"]
agency_csv = partial(as_csv, exact=True)
"""Files of agencies are in the agencies' own notation, and are read as they are: no text of them is guarded."""
_WRITERS: dict[str, Callable[[pd.DataFrame], Writer]] = {"csv": agency_csv, "parquet": as_parquet}


def write_county(
    county: County, directory: str | Path, *, file_format: FileFormat = "csv", monthly: bool = False
) -> Path:
    """Write the county's files into a folder, which is given back, and made if need be.

    ``iva``, ``ivd``, ``jobs`` and ``employment`` (each record once, as the program had it last) and ``sources.toml``,
    which says how to read them; ``memberships-<program>``, ``cases-<program>`` and ``referrals``; the registers
    ``deaths`` and ``confinements``; ``truth`` (who each record is), ``truth-<table>`` for the rest of the truth, and
    ``county.json``, what was asked for. With ``monthly`` also ``<program>-<month>``, what each program handed over at
    the end of each month.

    The files appear together, under their names, when all are written; after a failure none is new. What another county
    left in the folder, by the list of files in its ``county.json``, is removed then; other files stay.
    """
    if file_format not in _WRITERS:
        raise SpecError(f"file_format is one of {', '.join(_WRITERS)}, got {file_format!r}")
    write = _WRITERS[file_format]
    frames = {**county.extracts, "truth": county.truth, "referrals": county.referrals.drop(columns=_TRUTH_OF_REFERRALS)}
    frames |= {f"memberships-{name}": rosters for name, rosters in county.memberships.items()}
    frames |= {f"cases-{name}": cases for name, cases in county.cases.items()}
    frames |= county.registers
    frames |= {f"truth-{name}": table for name, table in county.tables.items()}
    frames["truth-referrals"] = county.referrals[["referral_id", *_TRUTH_OF_REFERRALS]]
    if monthly:
        months = [(name, month) for name in county.extracts for month in county.plan.calendar.text()]
        frames |= {f"{name}-{month}": county.monthly_extract(name, month) for name, month in months}
    files: dict[str, Writer | bytes] = {f"{name}.{file_format}": write(frame) for name, frame in frames.items()}
    sources = [f'referrals = "referrals.{file_format}"\n', *(_source_text(one, file_format) for one in PROGRAM_FILES)]
    sources += [register_text(name, file_format) for name in REGISTERS]
    files["sources.toml"] = "\n".join(sources).encode()
    return replace_county(county, directory, files)


def replace_county(
    county: County,
    directory: str | Path,
    files: Mapping[str, Writer | bytes],
    *,
    asked: Mapping[str, Any] | None = None,
) -> Path:
    """Write the files of a county and its ``county.json``, which lists them; tables of another county there go.

    ``asked`` is what else was asked for.
    """
    told = _describe(county) | dict(asked or {}) | {"files": sorted([*files, "county.json"])}
    former = _files_of_former(Path(directory))
    folder = write_files(directory, {**files, "county.json": as_json(told)})
    for name in former.difference(files):
        (folder / name).unlink(missing_ok=True)
    return folder


_TRUTH_OF_REFERRALS = ["child_id", "absent_id"]


_OF_A_COUNTY = re.compile(
    r"[a-z]+(-[a-z]+|-\d{4}-\d\d)?\.(csv|parquet)|(fcr|hires|(tanf|ssp|tribal)-\d{4}Q[1-4](-closed)?)\.txt"
)
"""Names of tables that a county writes, in layouts or not; nothing else is ever removed."""


def _files_of_former(folder: Path) -> set[str]:
    """Tables in the folder that the ``county.json`` there lists."""
    try:
        listed = json.loads((folder / "county.json").read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return set()
    names: Iterable[object] = listed if isinstance(listed, list) else ()
    return {name for name in names if isinstance(name, str) and _OF_A_COUNTY.fullmatch(name)}


def _describe(county: County) -> dict[str, Any]:
    plan = county.plan
    months = plan.calendar.text()
    return {
        "caselink": metadata.version("caselink"),
        "people": plan.n_people,
        "months": [months[0], months[-1]],
        "profile": plan.profile.name,
        "profile_rates_sha256": _fingerprint(plan.profile),
        "plant_rates": _plain(plan.plant_rates),
        "sample_share": plan.sample_share,
        "seed": plan.seed,
        "records": {name: len(extract) for name, extract in county.extracts.items()},
    }


def _fingerprint(profile: Profile) -> str:
    """SHA-256 of all rates of a profile, so that two of one name can be told apart."""
    rates = {program: _plain(rates) for program, rates in profile.all_rates().items()}
    return hashlib.sha256(json.dumps(rates, sort_keys=True).encode()).hexdigest()


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a dataclass of rates holds
    """A value as JSON can say it: dataclasses and mappings by the names of what they hold."""
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(held) for key, held in sorted(value.items(), key=lambda item: str(item[0]))}
    return [_plain(held) for held in value] if isinstance(value, (list, tuple)) else value


def _source_text(file: ProgramFile, file_format: FileFormat) -> str:
    """The ``[[source]]`` table of one program."""
    beside = ("memberships", "cases") if "case_id" in file.columns else ()
    lines = [
        "[[source]]",
        f'name = "{file.name}"',
        f'path = "{file.name}.{file_format}"',
        f'record_id = "{file.record_id}"',
        "unduplicated = false",
        f"as_of = {AS_OF}",
        f'program = "{file.program}"',
        *(f'{name} = "{name}-{file.name}.{file_format}"' for name in beside),
        "[source.columns]",
        *(f"{standard} = {_toml(column)}" for standard, column in {**file.columns, **file.told}.items()),
    ]
    return "\n".join(lines) + "\n"


def register_text(name: str, file_format: str = "csv") -> str:
    """The ``[[source]]`` table of a register, whose columns have standard names."""
    lines = [f'name = "{name}"', f'path = "{name}.{file_format}"', 'record_id = "record_id"', f'register = "{name}"']
    return "\n".join(["[[source]]", *lines]) + "\n"


def _toml(column: str | tuple[str, ...]) -> str:
    if isinstance(column, str):
        return f'"{column}"'
    return "[" + ", ".join(f'"{part}"' for part in column) + "]"
