"""Names as common as in life: surnames of the census of 2000, first names by sex and decade of birth.

The lists and their federal sources are described in ``data/SOURCES.md``.
"""

from __future__ import annotations

import gzip
import io
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np
import pandas as pd

from caselink.synthetic.draws import Floats, Ints, Mask, Texts, positions

FIRST_DECADE, LAST_DECADE = 1930, 2010
SPANISH_FIRST_NAME_SHARE = 0.65
"""How often a Spanish-surnamed family takes a first name customary in Spanish."""

SPANISH_SURNAME_SHARE = 0.25
"""Share of people with a Spanish surname: 12 % of the list of 2000, today twice that among families in programs."""


@dataclass(frozen=True, slots=True)
class NameList:
    """Names with their cumulative shares."""

    names: Texts
    cumulative: Floats

    def at(self, uniform: Floats) -> Texts:
        """The names that numbers drawn evenly from [0, 1) fall on."""
        return self.names[positions(self.cumulative, uniform)]


@lru_cache(maxsize=1)
def _first_name_table() -> pd.DataFrame:
    return _read("first_names.csv.gz")


def _read(name: str) -> pd.DataFrame:
    file = resources.files("caselink.synthetic") / "data" / name
    content = file.read_bytes()
    text = gzip.decompress(content) if name.endswith(".gz") else content
    return pd.read_csv(io.BytesIO(text), keep_default_na=False)


@lru_cache(maxsize=2)
def _surnames(*, spanish_only: bool) -> NameList:
    table = _read("surnames.csv.gz")
    count, spanish = table["count"].to_numpy(dtype=np.float64), table["spanish"].to_numpy() == 1
    if spanish_only:
        return NameList(_texts(table["name"][spanish]), np.cumsum(count[spanish]))
    share = np.where(spanish, SPANISH_SURNAME_SHARE, 1 - SPANISH_SURNAME_SHARE)
    total = np.where(spanish, count[spanish].sum(), count[~spanish].sum())
    return NameList(_texts(table["name"]), np.cumsum(count * share / total))


@lru_cache(maxsize=64)
def _first_names(sex: str, decade: int, *, spanish_only: bool) -> NameList:
    table = _first_name_table()
    table = table[(table["sex"] == sex) & (table[str(decade)] > 0)]
    if spanish_only:
        table = table[table["spanish"] == 1]
    return NameList(_texts(table["name"]), np.cumsum(table[str(decade)].to_numpy(dtype=np.float64)))


def _texts(column: pd.Series) -> Texts:
    return column.to_numpy(dtype=object)


def draw_surnames(rng: np.random.Generator, n: int) -> Texts:
    """Surnames by their share in the census of 2000, the Spanish ones brought to ``SPANISH_SURNAME_SHARE``.

    >>> draw_surnames(np.random.default_rng(0), 3).shape
    (3,)
    """
    return _surnames(spanish_only=False).at(rng.random(n))


def draw_surnames_like(rng: np.random.Generator, surnames: Texts, *, alike: float) -> Texts:
    """Surnames for the partners of people with ``surnames``; Spanish ones with a Spanish one at rate ``alike``."""
    partners = draw_surnames(rng, len(surnames))
    spanish = is_spanish(surnames) & (rng.random(len(surnames)) < alike)
    partners[spanish] = _surnames(spanish_only=True).at(rng.random(int(spanish.sum())))
    return partners


def is_spanish(surnames: Texts) -> Mask:
    """Where at least three of four bearers of the surname called themselves Hispanic in the census.

    >>> is_spanish(np.array(["GARCIA", "SMITH"], dtype=object)).tolist()
    [True, False]
    """
    known = pd.Index(_surnames(spanish_only=True).names)
    return np.asarray(known.get_indexer(pd.Index(surnames)) >= 0)


def draw_first_names(rng: np.random.Generator, *, female: Mask, birth_year: Ints, spanish: Mask) -> Texts:
    """First names by sex and decade of birth; ``spanish`` marks people of Spanish-surnamed families."""
    decade = np.clip(birth_year // 10 * 10, FIRST_DECADE, LAST_DECADE)
    from_spanish = spanish & (rng.random(len(female)) < SPANISH_FIRST_NAME_SHARE)
    uniform = rng.random(len(female))
    names = np.empty(len(female), dtype=object)
    group = decade * 4 + female * 2 + from_spanish
    for code in np.unique(group):
        rows = np.flatnonzero(group == code)
        source = _first_names("F" if code & 2 else "M", int(code >> 2), spanish_only=bool(code & 1))
        names[rows] = source.at(uniform[rows])
    return names


def first_surnames(surnames: Texts) -> Texts:
    """The first of two last names: all of it where there is one.

    >>> first_surnames(np.array(["GARCIA LOPEZ", "SMITH-JONES", "DE LA CRUZ RUIZ"], dtype=object)).tolist()
    ['GARCIA', 'SMITH', 'DE LA CRUZ']
    """
    first = pd.Series(surnames, dtype=object).str.extract(_FIRST_SURNAME)[0]
    return first.to_numpy(dtype=object)


_PARTICLES = "DE LAS?|DE LOS|DEL?|VAN (?:DER|DEN|DE)|VAN|ST"
_FIRST_SURNAME = rf"^((?:(?:{_PARTICLES}) )?[^ -]+)"


@lru_cache(maxsize=1)
def nickname_table() -> pd.DataFrame:
    """Pairs of ``name`` and ``nickname``, sorted: what people are called and workers type."""
    return _read("nicknames.csv").sort_values(["name", "nickname"], ignore_index=True)
