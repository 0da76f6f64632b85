"""A county: its people, and what IV-A, IV-D and employers have on file about them, with the truth beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from caselink.synthetic.draws import Ints, Streams, Texts, digits, pick
from caselink.synthetic.extracts import EMPLOYMENT, IVA, IVD, ProgramFile, write_columns
from caselink.synthetic.families import AS_OF, NOBODY
from caselink.synthetic.keying import key_records
from caselink.synthetic.names import draw_surnames
from caselink.synthetic.population import Population, draw_population
from caselink.synthetic.programs import assistance_units, assisted_families, jobs, support_cases
from caselink.synthetic.rates import EMPLOYMENT_RATES, IVA_RATES, IVD_RATES

_RATES = {"iva": IVA_RATES, "ivd": IVD_RATES, "employment": EMPLOYMENT_RATES}
TRUTH_COLUMNS = ("source", "record_id", "entity_id", "household_id")


@dataclass(frozen=True, slots=True)
class County:
    """What the programs have on file, and who it truly is.

    ``extracts`` holds one frame a program, by its name, under the program's own column names and all text. ``truth``
    has a row for each of their records: ``source``, ``record_id``, ``entity_id`` (the person), ``household_id`` (where
    the person lives on the day of the extracts).
    """

    extracts: Mapping[str, pd.DataFrame]
    truth: pd.DataFrame


def draw_county(n_people: int, *, seed: int = 0) -> County:
    """A county of ``n_people`` people, most of them in families, as three programs see them.

    Not everybody is known to a program, many are to several, some twice to one. The same number and seed give the same
    county.

    >>> county = draw_county(200, seed=1)
    >>> sorted(county.extracts)
    ['employment', 'iva', 'ivd']
    >>> len(county.truth) == sum(len(extract) for extract in county.extracts.values())
    True
    """
    streams = Streams(seed)
    population = draw_population(n_people, streams=streams.within("population"))
    assisted = assisted_families(population.people, streams)
    iva, ivd, employment = (streams.within(file.name) for file in (IVA, IVD, EMPLOYMENT))
    files = [
        _case_file(IVA, population, assistance_units(population.people, assisted, IVA_RATES, iva), iva),
        _case_file(IVD, population, support_cases(population.people, assisted, IVD_RATES, ivd), ivd),
        _job_file(population, jobs(population.people, employment), employment),
    ]
    names = [file.name for file in (IVA, IVD, EMPLOYMENT)]
    extracts = {name: extract for name, (extract, _) in zip(names, files, strict=True)}
    return County(extracts, pd.concat([truth for _, truth in files], ignore_index=True))


def _key(file: ProgramFile, population: Population, records: pd.DataFrame, streams: Streams) -> pd.DataFrame:
    keyed = key_records(population, records["person"].to_numpy(), _RATES[file.name], streams)
    return keyed.take(records["copy_of"].to_numpy()).reset_index(drop=True)


def _case_file(
    file: ProgramFile, population: Population, records: pd.DataFrame, streams: Streams
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A program's extract in order of its case numbers, and its truth."""
    keyed = _key(file, population, records, streams)
    keyed["role"], keyed["protected"] = records["role"], None
    keyed["case_id"] = _shuffled_numbers(records["case"].to_numpy(), streams.rng("case numbers"))
    extract = write_columns(file, keyed)
    return _number(
        file, extract, extract[str(file.columns["case_id"])], population, records["person"].to_numpy(), streams
    )


def _job_file(population: Population, records: pd.DataFrame, streams: Streams) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Employers' reports in no order; a wage report has neither birth date nor address."""
    keyed = _key(EMPLOYMENT, population, records, streams)
    wages = (records["role"] == "QW").to_numpy()
    keyed.loc[wages, ["birth_year", "birth_month", "birth_day"]] = 0
    keyed.loc[wages, ["house_no", "street", "city", "zip", "middle_name"]] = None
    extract = write_columns(EMPLOYMENT, keyed)
    extract["report_type"] = records["role"]
    extract["employer"] = _draw_employers(len(records), streams)
    days = streams.rng("report dates").integers(0, 365, len(records))
    extract["report_date"] = (AS_OF - days).astype("datetime64[D]").astype("U10").astype(object)
    mixed = pd.Series(streams.rng("order").random(len(records)))
    return _number(EMPLOYMENT, extract, mixed, population, records["person"].to_numpy(), streams)


def _shuffled_numbers(numbers: Ints, rng: np.random.Generator) -> Texts:
    """Case numbers that say nothing about the order in which cases were drawn."""
    shuffled = rng.permutation(int(numbers.max(initial=NOBODY)) + 1)
    return digits(shuffled[numbers] + 1_000_000, 8)


def _draw_employers(n: int, streams: Streams) -> Texts:
    """A few large employers and many small ones."""
    rng = streams.rng("employers")
    n_employers = max(1, n // 20)
    business = np.array(
        [" FOODS", " LOGISTICS", " CARE HOME", " STAFFING", " STORES", " BUILDERS", " LLC"], dtype=object
    )
    names = draw_surnames(rng, n_employers) + business[rng.integers(0, len(business), n_employers)]
    return np.asarray(names[pick(rng, 1 / (np.arange(n_employers) + 5.0), n)], dtype=object)


def _number(
    file: ProgramFile, extract: pd.DataFrame, order: pd.Series, population: Population, person: Ints, streams: Streams
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The extract in its order with record ids that say nothing, and the truth of its records."""
    rows = np.argsort(order.to_numpy(), kind="stable")
    record_id = digits(streams.rng("record ids").permutation(len(extract)) + 1, 9)
    extract = extract.take(rows).reset_index(drop=True)
    extract.insert(0, file.record_id, record_id)
    people = population.people.take(person[rows])
    truth = pd.DataFrame({"source": file.name, "record_id": record_id, "entity_id": people["entity_id"].to_numpy()})
    truth["household_id"] = people["household_id"].to_numpy()
    return extract, truth
