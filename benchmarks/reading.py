"""How fast extracts are read: a federal report beside splitting its lines, a state's CSV beside ``pandas.read_csv``.

    python benchmarks/reading.py --rows 1000000

Each row of the table is a file of so many lines of people, its seconds (the best of ``--times``), those of the
yardstick, and their ratio. The first takes in all that ``read_extract`` does: records, memberships, rejects, SHA-256;
the second normalizes the records as well. What is read is checked against what was written.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from caselink.layouts import read_extract, write_extract
from caselink.normalize import normalize
from caselink.synthetic import draw_records

MONTHS = ("202607", "202608", "202609")
CHILD_SHARE = 0.4
FAMILY = 3
HEADER = {"TITLE": "HEADER", "YEAR": "2026", "QUARTER": "3", "TYPE": "A", "STATE_FIPS": "20", "TRIBE_CODE": "000"}
FLAGS = {"PROGRAM_TYPE": "TAN", "EDIT": "1", "UPDATE": "D"}


def write_report(path: Path, n_lines: int, *, seed: int = 0) -> int:
    """Write a TANF quarter of about so many T2 and T3 lines, two children a line; give the number of people."""
    people = _people(int(n_lines / len(MONTHS) / (1 - CHILD_SHARE / 2)), seed)
    child = np.random.default_rng(seed).random(len(people)) < CHILD_SHARE
    common = {"CASE_NUMBER": people["case"], "FAMILY_AFFILIATION": "1", "DATE_OF_BIRTH": people["born"]}
    common |= {"SSN": people["number"], "GENDER": "2", "CITIZENSHIP_STATUS": "1"}
    further = {"NONCUSTODIAL_PARENT": "2", "RELATIONSHIP_HOH": "01", "COOPERATION_CHILD_SUPPORT": "1"}
    table = pd.DataFrame(common)
    adults, children = table[~child].assign(**further), table[child].assign(RELATIONSHIP_HOH="04")
    tables = {"HEADER": pd.DataFrame([HEADER | FLAGS])} | {
        name: pd.concat([rows.assign(RPT_MONTH_YEAR=month) for month in MONTHS], ignore_index=True)
        for name, rows in (("T2", adults), ("T3", children))
    }
    write_extract("tanf", tables, path)
    return len(people)


def write_state_extract(path: Path, n_rows: int, *, seed: int = 0) -> None:
    """Write a state's IV-A extract as CSV, a row a person in a case."""
    people = _people(n_rows, seed)
    wanted = {"first_name": "first_name", "last_name": "last_name", "ssn": "ssn", "birth_date": "birth_date"}
    wanted |= {"sex": "sex", "street": "residential_street_1", "city": "residential_city", "zip": "residential_zip"}
    columns = {column: people[standard] for standard, column in wanted.items() if standard in people}
    columns |= {"person_number": people["record_id"], "case_number": people["case"], "role": "CH", "month": MONTHS[0]}
    write_extract("state_iva", {"participant": pd.DataFrame(columns)}, path)


def _people(n_people: int, seed: int) -> pd.DataFrame:
    people = draw_records(n_people, seed=seed)[0].sort_values("record_id", ignore_index=True)
    number = np.arange(n_people)
    return people.assign(
        case=[f"{case:09d}" for case in (number // FAMILY).tolist()],
        number=[f"{ssn:09d}" for ssn in (number * 7919 % 899_999_999).tolist()],
        born=people["birth_date"].astype(str).str.replace("-", "").str.slice(0, 8).where(people["birth_date"].notna()),
    )


def seconds(call: Callable[[], object], times: int) -> float:
    """The best of several times of a call."""
    best = np.inf
    for _ in range(times):
        start = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - start)
    return float(best)


def time_report(folder: Path, n_lines: int, times: int) -> dict[str, object]:
    """A federal report beside reading its bytes and splitting their lines."""
    path = folder / "report.txt"
    n_people = write_report(path, n_lines)
    read_extract(path, layout="tanf")  # imports and caches
    taken = seconds(lambda: read_extract(path, layout="tanf"), times)
    split = seconds(lambda: path.read_bytes().splitlines(), times)
    extract = read_extract(path, layout="tanf")
    assert len(extract.records) == n_people
    assert not len(extract.rejects)
    return _row("T2 and T3 lines", extract.n_read - 2, taken, "bytes.splitlines", split)


def time_state_extract(folder: Path, n_rows: int, times: int) -> dict[str, object]:
    """A state's CSV extract, read and normalized, beside ``pandas.read_csv`` of it as text."""
    path = folder / "state.csv"
    write_state_extract(path, n_rows)
    normalize(read_extract(path, layout="state_iva"))
    taken = seconds(lambda: normalize(read_extract(path, layout="state_iva")), times)
    pandas = seconds(lambda: pd.read_csv(path, dtype=str), times)
    records = normalize(read_extract(path, layout="state_iva"))
    assert len(records) == n_rows
    return _row("state extract rows read and normalized", n_rows, taken, "pandas.read_csv", pandas)


def _row(what: str, n_rows: int, taken: float, yardstick: str, other: float) -> dict[str, object]:
    ratio = round(taken / other, 2)
    return {"what": what, "rows": n_rows, "seconds": round(taken, 2), yardstick: round(other, 2), "ratio": ratio}


def main(argv: list[str] | None = None) -> pd.DataFrame:
    """Both measurements."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=3)
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        parts = [one(Path(folder), options.rows, options.times) for one in (time_report, time_state_extract)]
    for part in parts:
        print(", ".join(f"{name} {value}" for name, value in part.items()))
    return pd.DataFrame(parts)


if __name__ == "__main__":
    main()
