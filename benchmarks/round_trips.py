"""Round trips: people drawn at random are written in every layout, read again, and every field must be what it was.

    python benchmarks/round_trips.py --people 100000

Names, numbers, dates and places are those of the synthetic population; every other field of a layout is filled at
random with what it may hold, its codes among them, and some of each are left blank. A row of the table is a layout.

With ``--county`` the files are those of a synthetic county of so many people, as ``caselink synth --layouts`` writes
them, SSP and Tribal TANF too.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.layouts import (
    Field,
    Layout,
    RecordLayout,
    layout_names,
    read_extract,
    read_layout,
    read_tables,
    write_extract,
)
from caselink.synthetic import draw_county, draw_records
from caselink.synthetic.layout_files.files_of_county import LAYOUTS, files_in_layouts

FAMILY = 4
"""People a case, on average."""

MONTHS = ("202604", "202605", "202606")
BLANK = 0.1
"""Share of values left out, where a line is still one without them."""

HEADS = {
    "tanf": {"PROGRAM_TYPE": "TAN", "TRIBE_CODE": "000"},
    "ssp": {"PROGRAM_TYPE": "SSP", "TRIBE_CODE": "000"},
    "tribal": {"PROGRAM_TYPE": "TAN", "TRIBE_CODE": "142"},
}
REPORT = {"TITLE": "HEADER", "YEAR": "2026", "QUARTER": "2", "STATE_FIPS": "20", "EDIT": "1", "UPDATE": "D"}
LITERALS = ("RecordType", "RECORD_IDENTIFIER", "FILLER")
WIDTHS = {"county": 3, "zip": 5, "phone": 10}
LETTERS = np.array(list("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"))

Texts = npt.NDArray[np.object_]
Tables = dict[str, pd.DataFrame]


def draw_tables(layout: Layout, n_people: int, *, seed: int, section: str = "", in_code: bool = False) -> Tables:
    """Draw a frame for each record type; of a federal report, those of one section (A or C)."""
    rng = np.random.default_rng(seed)
    people = draw_records(n_people, seed=seed)[0]
    case = np.sort(rng.integers(0, max(1, n_people // FAMILY), n_people))
    month = np.array(MONTHS, object)[case % len(MONTHS)]
    kinds = [record for record in layout.records if record.person or record.referral]
    kinds = [record for record in kinds if not section or (record.name[-1] == "5") == (section == "C")]
    of_kind = rng.integers(0, len(kinds), n_people)
    tables: Tables = {}
    for number, record in enumerate(kinds):
        rows = np.flatnonzero(of_kind == number)
        held = people.iloc[rows].reset_index(drop=True).assign(case=case[rows], month=month[rows])
        tables[record.name] = _draw_record(record, held, rng)
    cases, first = np.unique(case, return_index=True)
    for record in layout.records:
        if record.case and (not section or (record.name[-1] == "4") == (section == "C")):
            held = people.iloc[first].reset_index(drop=True).assign(case=cases, month=month[first])
            tables[record.name] = _draw_record(record, held, rng)
    if section:
        head = REPORT | HEADS[layout.name] | {"TYPE": section} | ({"ENCRYPTION": "E"} if in_code else {})
        tables["HEADER"] = pd.DataFrame([head])
    return tables


def _draw_record(record: RecordLayout, held: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Rows of one record type for the people of ``held``."""
    columns: dict[str, Texts] = {}
    kept = {*(record.blocks.present if record.blocks else ()), "CASE_NUMBER", "RPT_MONTH_YEAR", "CASE_ID"}
    for field in record.fields:
        if field.name in LITERALS:
            continue
        values = _draw_field(field, held, rng)
        if field.length:
            values = pd.Series(values, dtype=object).str.slice(0, field.length).str.strip().to_numpy(dtype=object)
        if field.name not in kept and field.standard not in ("record_id", "case_id", "month"):
            values = values.copy()
            values[rng.random(len(values)) < BLANK] = None
        columns[field.name] = values
    return pd.DataFrame(columns)


def _draw_field(field: Field, held: pd.DataFrame, rng: np.random.Generator) -> Texts:
    """Values for one field: the person's where the field has a standard name, else whatever fits."""
    if field.standard == "record_id":
        return _numbered(np.asarray(held["record_id"]).astype(np.int64), "")
    if field.standard == "case_id":
        return _numbered(held["case"].to_numpy(), "C")
    if field.standard in held and not field.recode:
        values = held[field.standard].astype(object)
        if field.standard == "birth_date":
            values = values.str.replace("-", "").fillna("99999999")
        if field.standard == "ssn":
            values = values.fillna("999999999")
        return values.where(values.notna(), None).to_numpy(dtype=object, copy=True)
    return _whatever_fits(field, len(held), rng)


def _whatever_fits(field: Field, n: int, rng: np.random.Generator) -> Texts:
    if field.codes or field.recode:
        codes = [code for code in (field.codes or field.recode) if code]
        return np.array(codes, object)[rng.integers(0, len(codes), n)]
    if field.kind == "date":
        days = np.datetime64("1950-01-01") + rng.integers(0, 27_000, n)
        return np.char.replace(days.astype(str), "-", "").astype(object)
    if field.kind == "number" or field.standard in WIDTHS:
        width = field.length or WIDTHS.get(field.standard, 6)
        return _joined(rng.integers(0, 10, (n, width)).astype(str))
    return _joined(LETTERS[rng.integers(0, len(LETTERS), (n, field.length or 12))])


def _numbered(numbers: npt.NDArray[np.int64], letter: str) -> Texts:
    return np.char.add(letter, np.char.zfill(numbers.astype(str), 9)).astype(object)


def _joined(characters: npt.NDArray[np.str_]) -> Texts:
    width = characters.shape[1]
    return np.ascontiguousarray(characters.astype("U1")).view(f"U{width}").ravel().astype(object)


def different_fields(before: Tables, after: Tables) -> list[str]:
    """Fields (record type, name) that did not come back as they were; whole record types if their rows did not."""
    wrong = []
    for name, table in before.items():
        if name not in after:
            continue  # header and trailer are read, and told in no table
        if len(after[name]) != len(table):
            wrong.append(f"{name}: {len(table)} rows written, {len(after[name])} read")
            continue
        for column in table:
            one, other = (list(frame[column].fillna("").astype(str)) for frame in (table, after[name]))
            if one != other:
                wrong.append(f"{name}.{column}")
    return wrong


def round_trip(name: str, n_people: int, folder: Path, *, seed: int = 0) -> dict[str, object]:
    """Write, read and compare one layout: of the federal reports active cases, the same in code, and closed cases."""
    layout = read_layout(name)
    sections = (("A", False), ("A", True), ("C", False)) if name in HEADS else (("", False),)
    wrong: list[str] = []
    measures = dict.fromkeys(("people", "values", "write_seconds", "read_seconds", "rejected"), 0.0)
    for section, in_code in sections:
        tables = draw_tables(layout, -(-n_people // len(sections)), seed=seed, section=section, in_code=in_code)
        path = folder / f"{name}{section}{int(in_code)}.{'txt' if layout.kind == 'fixed' else 'csv'}"
        start = time.perf_counter()
        write_extract(layout, tables, path)
        measures["write_seconds"] += time.perf_counter() - start
        wrong += different_fields(tables, read_tables(path, layout=layout))
        start = time.perf_counter()
        extract = read_extract(path, layout=layout)
        measures["read_seconds"] += time.perf_counter() - start
        measures["rejected"] += len(extract.rejects)
        persons = [kind for kind in tables if layout.record(kind).person or layout.record(kind).referral]
        measures["people"] += sum(len(tables[kind]) for kind in persons)
        measures["values"] += sum(table.size for table in tables.values())
    return {"layout": name, **measures, "different": wrong}


def county_round_trips(n_people: int, folder: Path, *, seed: int = 0) -> list[dict[str, object]]:
    """Write, read and compare all files of a county; a row a layout."""
    county = draw_county(n_people, seed=seed)
    rows: dict[str, dict[str, object]] = {}
    for layouts in (LAYOUTS, ("ssp",), ("tribal",)):
        for one in files_in_layouts(county, layouts):
            row = rows.setdefault(
                one.layout, {"layout": one.layout, "people": 0, "values": 0, "rejected": 0, "different": []}
            )
            path = write_extract(one.layout, one.tables, folder / one.file)
            dropped = read_extract(path, layout=one.layout).rejects
            row["rejected"] += int((dropped["reason"] != "exact duplicate line").sum())  # planted: D01
            row["different"] += different_fields(one.tables, read_tables(path, layout=one.layout))
            row["people"] += sum(len(table) for kind, table in one.tables.items() if kind in one.truth)
            row["values"] += sum(table.size for table in one.tables.values())
    return list(rows.values())


def main(argv: list[str] | None = None) -> pd.DataFrame:
    """Round trips of all layouts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--layout", nargs="*", default=layout_names())
    parser.add_argument("--county", action="store_true", help="the files of a synthetic county")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        rows = county_round_trips(options.people, Path(folder), seed=options.seed) if options.county else None
        rows = rows or [round_trip(name, options.people, Path(folder), seed=options.seed) for name in options.layout]
    table = pd.DataFrame(rows).set_index("layout")
    wrong = {name: fields for name, fields in table["different"].items() if fields}
    table = table.assign(different=table["different"].map(len)).round(2)
    whole = ["people", "values", "rejected", "different"]
    print(table.astype(dict.fromkeys(whole, "int64")).to_string())
    for name, fields in wrong.items():
        print(f"{name}: {', '.join(fields[:10])}")
    print("all fields identical" if not wrong and not table["rejected"].any() else "NOT IDENTICAL")
    return table


if __name__ == "__main__":
    main()
