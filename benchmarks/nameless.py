"""A report without names, linked: a county's assistance as TANF lines (T1 to T3) beside its support extract.

    python benchmarks/nameless.py --people 40000

The county is written by ``write_county_layouts``: its last quarter as a TANF Data Report, its support cases as a state
IV-D extract. Both are read by their layouts and linked with the defaults; the truth is that of the files. Pairs are one
report record and one support record of one person, told apart by whether both, or the report's at least, or not even
that has a usable SSN.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

import caselink as cl
from caselink.county_files import write_county_layouts
from caselink.settings import read_settings
from caselink.settings.files import read_sources
from caselink.synthetic import County, draw_county

IVD = "ivd"


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """Records linked, and who each is: ``persons`` has source, record_id, person_id, entity_id and ssn."""

    persons: pd.DataFrame
    seconds: Mapping[str, float]


def link(county: County, folder: Path) -> Linked:
    """Write both files, read them by their layouts, link, and say who each record is."""
    write_county_layouts(county, folder, layouts=["tanf", "state_ivd"], last_quarters=1)
    extracts = read_sources(read_settings(folder / "sources.toml"))
    report = [one for one in extracts if one.layout == "tanf" and not one.name.endswith("closed")]
    extracts = [*report, *(one for one in extracts if one.name == IVD)]
    records = cl.normalize(*extracts)
    result = cl.Linker().fit_resolve(records)
    truth = pd.read_csv(folder / "truth.csv", dtype="string")[["source", "record_id", "entity_id"]].astype(object)
    persons = result.persons.astype(object).merge(truth, on=["source", "record_id"], how="left")
    assert persons["entity_id"].notna().all()
    numbers = records[["source", "record_id", "ssn"]].astype(object)
    return Linked(persons=persons.merge(numbers, on=["source", "record_id"]), seconds=result.summary["seconds"])


def measure(linked: Linked) -> pd.DataFrame:
    """Precision and recall of pairs between the sources, by where there is a usable SSN."""
    support = (linked.persons["source"] == IVD).to_numpy(bool)
    left, right = linked.persons[~support], linked.persons[support]
    true, found = (left.merge(right, on=key, suffixes=("", "_ivd")) for key in ("entity_id", "person_id"))
    rows = []
    for name, in_report, in_support in (
        ("both have an SSN", (True,), (True,)),
        ("the report has an SSN", (True,), (True, False)),
        ("the report has none", (False,), (True, False)),
        ("all", (True, False), (True, False)),
    ):
        true_pairs, links = (
            pairs[pairs["ssn"].notna().isin(in_report) & pairs["ssn_ivd"].notna().isin(in_support)]
            for pairs in (true, found)
        )
        right_links = int((links["entity_id"] == links["entity_id_ivd"]).sum())
        precision, recall = right_links / max(1, len(links)), right_links / max(1, len(true_pairs))
        rows.append([name, len(true_pairs), len(links), precision, recall])
    return pd.DataFrame(rows, columns=["pairs", "true", "linked", "precision", "recall"]).set_index("pairs")


def main(argv: list[str] | None = None) -> pd.DataFrame:
    """Draw, write, read, link and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=40_000)
    parser.add_argument("--profile", default="typical")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(argv)
    county = draw_county(options.people, profile=options.profile, seed=options.seed)
    with tempfile.TemporaryDirectory() as folder:
        table = measure(link(county, Path(folder)))
    print(f"a county of {options.people:,} people, profile {options.profile}, seed {options.seed}\n")
    print(table.round(4).to_string())
    return table


if __name__ == "__main__":
    main()
