"""Places to live: ZIP codes of uneven size, about 390 people each, with cities, streets and telephone numbers."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from caselink.synthetic.draws import Floats, Ints, Streams, Texts, digits, pick

PEOPLE_PER_ZIP = 390
STREETS_PER_ZIP = 60
APARTMENT_SHARE = 0.22
NEAR_MOVE_SHARE = 0.6

_TOWN_WORDS = """
ASH BRIAR BROOK CEDAR CHESTER CLAY CLEAR COLD DEER EAST ELM FAIR FERN FOREST FOX GLEN GRAND GREEN HAMP HAZEL HIGH HOLLY
IRON KINGS LAKE LIBERTY LINDEN MAPLE MARSH MILL NEW NORTH OAK OLD OTTER PINE PLEASANT RIVER ROCK ROSE SALEM SILVER
SPRING STONE SUMMER SUNNY SYCAMORE THORN UNION VALLEY WALNUT WARREN WEST WHITE WILLOW WINTER WOOD
"""
_STREET_WORDS = """
ADAMS BAKER BEACH BIRCH BROADWAY CALHOUN CAMPUS CANAL CENTER CHERRY CHURCH CLINTON COLLEGE COLUMBIA COTTAGE COURT
DIVISION DOGWOOD ERIE FIFTH FIRST FOURTH FRANKLIN FRONT GARFIELD GRANT HARRISON HICKORY HILL JACKSON JEFFERSON JOHNSON
KENNEDY LAFAYETTE LAUREL LEE LINCOLN LOCUST MADISON MAGNOLIA MAIN MARKET MARTIN MEADOW MONROE MULBERRY ORCHARD PARK
PEARL POPLAR PROSPECT RAILROAD RIDGE SCHOOL SECOND SIXTH SPRUCE STATE SUNSET TAYLOR THIRD VINE WASHINGTON WATER WILSON
"""
_TOWN_PREFIXES = ("", "NORTH ", "SOUTH ", "EAST ", "WEST ", "NEW ", "FORT ", "LAKE ")
_TOWN_ENDINGS = ("TON", "VILLE", "FIELD", "BURG", "DALE", "WOOD", "FORD", "LAND", "PORT", "HAVEN")
_STREET_TYPES = ("ST", "AVE", "RD", "DR", "LN", "CT", "BLVD", "WAY", "PL", "CIR")


@dataclass(frozen=True, slots=True)
class Places:
    """The ZIP codes of the area, each with its share of the people and its city."""

    zips: Texts
    cities: Texts
    weights: Floats


def draw_places(n_people: int, streams: Streams) -> Places:
    """ZIP codes for ``n_people``, four to a city."""
    rng = streams.rng("zips")
    n = max(1, round(n_people / PEOPLE_PER_ZIP))
    numbers = np.sort(rng.choice(90_000, size=n, replace=False) + 10_000)
    parts = product(_TOWN_PREFIXES, _TOWN_WORDS.split(), _TOWN_ENDINGS)
    towns = np.array(["".join(part) for part in parts], dtype=object)
    shuffled = towns[rng.permutation(len(towns))]
    return Places(digits(numbers, 5), shuffled[np.arange(n) // 4 % len(towns)], rng.lognormal(0, 0.8, n))


def draw_zip_numbers(places: Places, n_homes: int, streams: Streams) -> Ints:
    """Two ZIP codes a home, by number: first where each is now, then where each was before."""
    now = pick(streams.rng("homes"), places.weights, n_homes)
    far = pick(streams.rng("earlier homes"), places.weights, n_homes)
    near = streams.rng("near moves").random(n_homes) < NEAR_MOVE_SHARE
    return np.concatenate([now, np.where(near, now, far)])


def draw_addresses(places: Places, zip_numbers: Ints, streams: Streams) -> pd.DataFrame:
    """An address in each of the ZIP codes.

    Columns: ``house_no``, ``street``, ``unit`` (mostly missing), ``city``, ``zip`` and ``phone``.
    """
    n = len(zip_numbers)
    return pd.DataFrame(
        {
            "house_no": _draw_house_numbers(n, streams.rng("house numbers")),
            "street": _draw_streets(zip_numbers, streams.rng("streets")),
            "unit": _draw_units(n, streams.rng("units")),
            "city": places.cities[zip_numbers],
            "zip": places.zips[zip_numbers],
            "phone": _draw_phones(n, streams.rng("phones")),
        }
    )


def _draw_house_numbers(n: int, rng: np.random.Generator) -> Texts:
    numbers = np.arange(10_000).astype("U4").astype(object)
    return numbers[np.minimum(rng.lognormal(6.4, 1.3, n).astype(np.int64) + 1, 9_999)]


def _draw_streets(place: Ints, rng: np.random.Generator) -> Texts:
    """A street of the ZIP code; each ZIP code has its own run out of all name and type pairs."""
    names = _TOWN_WORDS.split() + _STREET_WORDS.split()
    streets = np.array([f"{name} {kind}" for kind, name in product(_STREET_TYPES, names)], dtype=object)
    chosen = (place * 37 + rng.integers(0, STREETS_PER_ZIP, len(place)) * 11) % len(streets)
    return np.asarray(streets[chosen], dtype=object)


def _draw_units(n: int, rng: np.random.Generator) -> Texts:
    doors = np.array([f"APT {floor}{door}" for floor in range(1, 13) for door in "ABCDEF"], dtype=object)
    units = doors[rng.integers(0, len(doors), n)]
    units[rng.random(n) >= APARTMENT_SHARE] = None
    return units


def _draw_phones(n: int, rng: np.random.Generator) -> Texts:
    """Ten digits; the exchange 555, kept for fiction and fillers, is left out."""
    exchange = rng.integers(200, 999, n)
    exchange += exchange == 555
    area = np.array([217, 309, 618, 815])[rng.integers(0, 4, n)]
    return digits(area * 10_000_000 + exchange * 10_000 + rng.integers(0, 10_000, n), 10)
