"""Records for the speed race: many, already normalized, one and a half a person, in three sources."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from caselink.errors import SpecError
from caselink.synthetic.draws import Ints, Streams, Texts, digits
from caselink.synthetic.extracts import date_text, join_street, ssn_text
from caselink.synthetic.keying.fact_slips import PLACEHOLDER_SSNS, PLACEHOLDER_YEAR
from caselink.synthetic.keying.name_slips import PLACEHOLDER_NAMES
from caselink.synthetic.keying.profiles import read_profile
from caselink.synthetic.keying.rates import ErrorRates, NameWidths
from caselink.synthetic.keying.versions import key_records
from caselink.synthetic.people.names import fold
from caselink.synthetic.people.population import draw_population

RECORDS_PER_PERSON = 1.5
SAME_SOURCE_AGAIN = 0.06
RACE_SOURCES = ("iva", "ivd", "employment")


def draw_records(n_records: int, *, seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """``n_records`` normalized RECORDS and their truth, for measuring time and memory.

    Records have ``source``, ``record_id``, ``first_name``, ``last_name``, ``birth_date``, ``ssn``, ``sex``, ``street``,
    ``city`` and ``zip``; people live in families and are spread over ZIP codes whose number grows with theirs. Truth
    has ``source``, ``record_id``, ``entity_id`` and ``household_id``. Both are in an order that says nothing.

    >>> records, truth = draw_records(300)
    >>> len(records), len(truth), truth["entity_id"].nunique()
    (300, 300, 200)
    """
    if n_records < 1:
        msg = f"n_records must be 1 or more, got {n_records}"
        raise SpecError(msg)
    streams = Streams(seed).within("race")
    n_people = max(1, round(n_records / RECORDS_PER_PERSON))
    population = draw_population(n_people, streams=streams.within("population"))
    person, source = _spread(n_records, n_people, streams)
    keys = pd.DataFrame(
        {
            "source": np.array(RACE_SOURCES, dtype=object)[source],
            "record_id": digits(np.arange(1, n_records + 1), 9),
        }
    )
    keyed = key_records(population, person, race_rates(), streams.within("keying"))
    who = population.people[["entity_id", "household_id"]].take(person).reset_index(drop=True)
    return pd.concat([keys, _normalized(keyed)], axis=1), pd.concat([keys, who], axis=1)


def race_rates() -> ErrorRates:
    """The typical rates of IV-A, with wide name fields and somewhat more missing."""
    return replace(read_profile("typical").rates("iva"), widths=NameWidths(), ssn_missing=0.08, birth_date_missing=0.01)


def _spread(n_records: int, n_people: int, streams: Streams) -> tuple[Ints, Ints]:
    """Each person once, and some a second or third time, mostly in another source; then shuffled."""
    rng = streams.rng("records")
    extra = rng.integers(0, n_people, n_records - n_people)
    person = np.concatenate([np.arange(n_people), extra])
    first = rng.integers(0, len(RACE_SOURCES), n_people)
    step = rng.integers(1, len(RACE_SOURCES), len(extra)) * (rng.random(len(extra)) >= SAME_SOURCE_AGAIN)
    source = np.concatenate([first, (first[extra] + step) % len(RACE_SOURCES)])
    order = rng.permutation(n_records)
    return person[order], source[order]


def _normalized(keyed: pd.DataFrame) -> pd.DataFrame:
    """Keyed records in the normalized forms of the RECORDS table: fillers are missing, hyphens are blanks."""
    ssn, year = keyed["ssn"].to_numpy(), keyed["birth_year"].to_numpy()
    first, last = (_clean_names(keyed[column].to_numpy(dtype=object)) for column in ("first_name", "last_name"))
    birth_date = date_text(keyed, lambda year, month, day: year + "-" + month + "-" + day)
    birth_date[year == PLACEHOLDER_YEAR] = None
    number = ssn_text(ssn, hyphens=False)
    number[np.isin(ssn, PLACEHOLDER_SSNS)] = None
    return pd.DataFrame(
        {
            "first_name": first,
            "last_name": last,
            "birth_date": birth_date,
            "ssn": number,
            "sex": keyed["sex"],
            "street": join_street(keyed),
            "city": keyed["city"],
            "zip": keyed["zip"],
        }
    )


def _clean_names(names: Texts) -> Texts:
    """Names in normalized form, fillers missing."""
    clean = fold(names, plain=True)
    clean[np.isin(clean, PLACEHOLDER_NAMES)] = None
    return clean
