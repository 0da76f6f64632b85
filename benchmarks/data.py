"""The records of the race and of the scale run: drawn once for a size and a seed, kept as Parquet.

    python benchmarks/data.py 1000000 FOLDER [--sources]

prints the folder with ``records.parquet`` and ``truth.parquet``; with ``--sources`` also one file a source and the
``sources.toml`` that the command line reads.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

RECORDS, TRUTH, SOURCES = "records.parquet", "truth.parquet", "sources.toml"

SOURCE_TABLE = """\
[[source]]
name = "{name}"
path = "{file}"
record_id = "record_id"
[source.columns]
{columns}

"""


def race_data(n_records: int, folder: Path, *, seed: int = 0) -> Path:
    """The folder with the records and the truth of this size; drawn when it is not there yet."""
    target = folder / f"race_{n_records}_{seed}"
    if not (target / TRUTH).exists():
        from caselink.synthetic import draw_records

        records, truth = draw_records(n_records, seed=seed)
        target.mkdir(parents=True, exist_ok=True)
        records.to_parquet(target / RECORDS, index=False)
        truth.to_parquet(target / TRUTH, index=False)
    return target


def race_truth(folder: Path) -> pd.DataFrame:
    """Whose record it is, for scoring the persons of a contender."""
    return pd.read_parquet(folder / TRUTH)


def write_sources(folder: Path) -> Path:
    """One Parquet file a source, and the ``sources.toml`` that names them."""
    records = pd.read_parquet(folder / RECORDS)
    columns = [column for column in records if column not in {"source", "record_id"}]
    mapped = "\n".join(f'{column} = "{column}"' for column in columns)
    tables = []
    for place, (source, rows) in enumerate(records.groupby("source", sort=True)):
        file = f"source_{place}.parquet"
        rows.drop(columns="source").to_parquet(folder / file, index=False)
        tables.append(SOURCE_TABLE.format(name=source, file=file, columns=mapped))
    (folder / SOURCES).write_text("".join(tables), encoding="utf-8")
    return folder / SOURCES


def main(argv: list[str] | None = None) -> None:
    """Parse the command line, draw, print the folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("records", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sources", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(argv)
    folder = race_data(options.records, options.folder, seed=options.seed)
    if options.sources and not (folder / SOURCES).exists():
        write_sources(folder)
    print(folder)


if __name__ == "__main__":
    main()
