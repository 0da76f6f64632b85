"""Names as common as in life: surnames of the census of 2000, first names by sex and decade of birth.

The lists and their federal sources are described in ``data/SOURCES.md``.
"""

from __future__ import annotations

import gzip
import io
import unicodedata
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
    """First names by the births of all people; ``spanish_only`` leaves those that are customary in Spanish.

    Known limit: no federal list counts births by name and group, so the names customary in Spanish have their national
    shares. Those common outside the group as well (``ALICIA``, ``VERONICA``, ``EDWIN``) are more frequent than in life.
    """
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


def is_spanish(surnames: Texts) -> Mask:
    """Where at least three of four bearers of the surname called themselves Hispanic in the census.

    >>> is_spanish(np.array(["GARCIA", "GARCÍA", "SMITH"], dtype=object)).tolist()
    [True, True, False]
    """
    return np.asarray(_spanish_surnames().get_indexer(pd.Index(surnames)) >= 0)


@lru_cache(maxsize=1)
def _spanish_surnames() -> pd.Index[str]:
    """Spanish surnames as in the list, and as they are written."""
    listed = _surnames(spanish_only=True).names
    spellings = _spellings("surname")
    written = _texts(spellings.loc[spellings["name"].isin(listed), "written"])
    index: pd.Index[str] = pd.Index(np.concatenate([listed, written]))
    return index


@lru_cache(maxsize=2)
def _spellings(kind: str) -> pd.DataFrame:
    table = _read("spellings.csv")
    return table[table["list"] == kind].sort_values(["name", "written"], ignore_index=True)


def write_names(rng: np.random.Generator, names: Texts, kind: str, among: Mask | None = None) -> Texts:
    """Names of the lists as their bearers write them, by each spelling's share; ``kind`` is surname or first.

    >>> write_names(np.random.default_rng(0), np.array(["OBRIEN", "SMITH"], dtype=object), "surname").tolist()
    ["O'BRIEN", 'SMITH']
    """
    table = _spellings(kind)
    distinct = pd.Index(table["name"].unique())
    upper = distinct.get_indexer(pd.Index(table["name"])) + table.groupby("name")["share"].cumsum().to_numpy()
    number = distinct.get_indexer(pd.Index(names))
    rows = np.flatnonzero((number >= 0) if among is None else (number >= 0) & among)
    place = np.searchsorted(upper, number[rows] + rng.random(len(rows)), side="right")
    other = (place < len(upper)) & (np.floor(upper)[np.minimum(place, len(upper) - 1)] == number[rows])
    written = names.copy()
    written[rows[other]] = _texts(table["written"])[place[other]]
    return written


def fold(texts: Texts, *, plain: bool = False) -> Texts:
    """Texts in unaccented capitals, as most programs write them; missing stays missing.

    ``plain`` makes hyphens blanks and drops apostrophes too, as in normalized records.

    >>> fold(np.array(["PEÑA", "D'ÁVILA-RUIZ", None], dtype=object)).tolist()
    ['PENA', "D'AVILA-RUIZ", None]
    >>> fold(np.array(["D'ÁVILA-RUIZ"], dtype=object), plain=True).tolist()
    ['DAVILA RUIZ']
    """
    codes, distinct = pd.factorize(texts)
    folded = [text if text.isascii() else _unaccented(text) for text in distinct]
    if plain:
        folded = [text.replace("-", " ").replace("'", "") for text in folded]
    return np.array([*folded, None], dtype=object)[codes]


def _unaccented(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


_PARTICLES = r"DE LAS?|DE LOS|DEL?|VAN (?:DER|DEN|DE)|VAN|ST|MC|L[AE]|DI"
_TWO_SURNAMES = rf"^((?:(?:{_PARTICLES}) )?[^ -]+)(?:[ -](.+))?$"


def two_surnames(last_names: Texts) -> tuple[Texts, Texts]:
    """The parts of last names of two surnames; a single one has ``None`` as its second part.

    >>> first, second = two_surnames(np.array(["GARCÍA LÓPEZ", "SMITH-JONES", "DE LA CRUZ", None], dtype=object))
    >>> first.tolist(), second.tolist()
    (['GARCÍA', 'SMITH', 'DE LA CRUZ', None], ['LÓPEZ', 'JONES', None, None])
    """
    codes, distinct = pd.factorize(last_names)
    parts = pd.Series([*distinct, None], dtype=object).str.extract(_TWO_SURNAMES).astype(object)
    parts = parts.where(parts.notna(), None)
    return _texts(parts[0])[codes], _texts(parts[1])[codes]


def name_groups(first_names: Texts, last_names: Texts) -> Texts:
    """A group for each person whose names programs tend to write in several ways, ``plain`` for the rest.

    ``transliterated`` (a name of :func:`variant_table`), ``particle`` (``VAN DYKE``, ``O'BRIEN``), ``spanish`` (of one
    surname or two), ``double`` (two surnames otherwise).
    """
    variants = variant_table()
    known = {kind: pd.Index(variants.loc[variants["list"] == kind, "name"].unique()) for kind in ("surname", "first")}
    one, two = two_surnames(last_names)
    groups = np.full(len(last_names), "plain", dtype=object)
    groups[pd.notna(two)] = "double"
    groups[is_spanish(one)] = "spanish"
    codes, distinct = pd.factorize(one)
    groups[np.array([" " in name or "'" in name for name in distinct], dtype=bool)[codes]] = "particle"
    foreign = (known["surname"].get_indexer(pd.Index(one)) >= 0) | (
        known["first"].get_indexer(pd.Index(first_names)) >= 0
    )
    groups[foreign] = "transliterated"
    return groups


@lru_cache(maxsize=1)
def nickname_table() -> pd.DataFrame:
    """Pairs of ``name`` and ``nickname``, sorted: what people are called and workers type."""
    return _read("nicknames.csv").sort_values(["name", "nickname"], ignore_index=True)


@lru_cache(maxsize=1)
def variant_table() -> pd.DataFrame:
    """Pairs of ``name`` and ``variant`` of one name of another script, with its ``list`` (surname, first), sorted.

    >>> table = variant_table()
    >>> table.loc[table["name"] == "WU", "variant"].tolist()
    ['NG']
    """
    table = _read("transliterations.csv")
    pairs = table.merge(table.rename(columns={"name": "variant"}), on=["list", "group"])
    pairs = pairs[pairs["name"] != pairs["variant"]].drop(columns="group")
    return pairs[["list", "name", "variant"]].sort_values(["list", "name", "variant"], ignore_index=True)
