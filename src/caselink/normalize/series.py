"""Numbers that an agency made up where it knew no SSN: found by how they lie, for each by itself looks like any other.

Two things no issued numbers do. They do not stand next to one another by the dozen: even where a third of all numbers
of a stretch belong to people of one file, a run of thirty with hardly a gap does not come about. And in areas that
were not used before 2011 (734 to 749 and from 773 on) numbers are given at random since, so that none of these
areas can hold three times what the others do (and ten standard deviations more).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

Numbers = npt.NDArray[np.int64]

FEWEST = 30
"""Numbers that make a series."""

_GAP = 2
_NEXT_TO_EACH_OTHER = 0.75
_TIMES_EXPECTED = 3
_DEVIATIONS = 10
_AREA = 1_000_000
RANDOM_AREAS = np.concatenate([np.arange(734, 750), np.arange(773, 900)])
"""Areas in which numbers were only ever given at random."""


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers of one source that it made up: ``area`` is the one that they share, None where they stand in sequence."""

    numbers: Numbers
    area: int | None = None


def find_series(numbers: Numbers) -> list[Series]:
    """Find the made-up numbers among those of one source (nine digits as integers).

    >>> made_up = 700_100_000 + np.arange(100)
    >>> issued = np.arange(1, 300) * 2_471_003
    >>> [(len(series.numbers), series.area) for series in find_series(np.concatenate([made_up, issued]))]
    [(100, None)]
    """
    held = np.sort(pd.unique(numbers))
    found = [Series(run) for run in _runs(held)]
    if found:
        held = held[~np.isin(held, np.concatenate([series.numbers for series in found]), assume_unique=True)]
    of_areas = held // _AREA
    counts = np.bincount(of_areas[np.isin(of_areas, RANDOM_AREAS)], minlength=RANDOM_AREAS[-1] + 1)[RANDOM_AREAS]
    usual = float(np.median(counts))
    most = max(FEWEST, _TIMES_EXPECTED * usual, usual + _DEVIATIONS * np.sqrt(usual + 1))
    crowded = RANDOM_AREAS[counts >= most]
    return [*found, *(Series(held[of_areas == area], int(area)) for area in crowded)]


def _runs(held: Numbers) -> list[Numbers]:
    """Runs of numbers with hardly a gap between them."""
    ends = np.append(np.flatnonzero(np.diff(held) > _GAP) + 1, len(held))
    begins = np.append(0, ends[:-1])
    far = ends - begins >= FEWEST
    long = [held[begin:end] for begin, end in zip(begins[far], ends[far], strict=True)]
    return [run for run in long if (np.diff(run) == 1).mean() >= _NEXT_TO_EACH_OTHER]


def made_up(numbers: pa.Array, sources: pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    """Which rows hold a number that belongs to a series of any source; ``numbers`` are texts of digits."""
    weak = np.zeros(len(numbers), bool)
    found = [series.numbers for one in series_by_source(numbers, sources).values() for series in one]
    if found:
        known = np.flatnonzero(numbers.is_valid().to_numpy(zero_copy_only=False))
        held = pc.cast(numbers.take(pa.array(known)), pa.int64()).to_numpy(zero_copy_only=False)
        weak[known[np.isin(held, np.concatenate(found))]] = True
    return weak


def series_by_source(numbers: pa.Array, sources: pa.ChunkedArray) -> dict[str, list[Series]]:
    """Find the made-up numbers of each source that has any."""
    known = pa.array(numbers.is_valid())
    try:
        held = pc.cast(numbers.filter(known), pa.int64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:  # a column that was to stay untouched
        return {}
    names = sources.filter(known).combine_chunks().dictionary_encode()
    codes = names.indices.to_numpy(zero_copy_only=False)
    by_source = {name: find_series(held[codes == code]) for code, name in enumerate(names.dictionary.to_pylist())}
    return {name: series for name, series in by_source.items() if series}
