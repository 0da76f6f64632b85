"""Other ways to write a name: without its marks, with its particles joined or left out, from another script.

Each function takes texts without missing values and gives as many back.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np

from caselink.synthetic.draws import Floats, Mask, Texts
from caselink.synthetic.people.names import fold, nickname_table, two_surnames, variant_table

PARTICLES = (
    *("DE", "DEL", "LA", "LAS", "LE", "LOS", "DA", "DOS", "DI", "DU"),
    *("VAN", "VON", "DER", "DEN", "EL", "AL", "BIN", "ST", "MC"),
)
JOINED_SHARE, LEFT_OUT_SHARE = 0.6, 0.25
_PARTICLE = rf"(?:{'|'.join(PARTICLES)})[ -]"
_LEADING = re.compile(rf"^(?:{_PARTICLE})+(?=[^ -])")
_WRITTEN_AS_TWO = {
    "Ä": "AE", "Ö": "OE", "Ü": "UE", "Å": "AA", "Ø": "OE", "Æ": "AE", "Ñ": "NN", "ß": "SS", "Ç": "CH", "Š": "SH",
}  # fmt: skip


def has_marks(texts: Texts) -> Mask:
    """Where a text has letters that are not of the English alphabet."""
    return np.array([not text.isascii() for text in texts], dtype=bool)


def lose_marks(rng: np.random.Generator, texts: Texts) -> Texts:
    """Marked letters left out, as by a system that cannot hold them, or written as two letters.

    >>> sorted(set(lose_marks(np.random.default_rng(0), np.array(["MÜLLER"] * 9, dtype=object))))
    ['MLLER', 'MUELLER']
    """
    as_two = rng.random(len(texts)) < 0.5
    return np.array([_lose(text, as_two=two) for text, two in zip(texts, as_two, strict=True)], dtype=object)


def _lose(text: str, *, as_two: bool) -> str:
    kept = (mark if mark.isascii() else _WRITTEN_AS_TWO.get(mark, "") if as_two else "" for mark in text)
    return "".join(kept) or text


def has_particles(texts: Texts) -> Mask:
    """Where a last name begins with a particle or has an apostrophe.

    >>> has_particles(np.array(["DE LA CRUZ", "DELGADO", "O'BRIEN"], dtype=object)).tolist()
    [True, False, True]
    """
    return np.array([_LEADING.match(text) is not None or "'" in text for text in texts], dtype=bool)


def write_particles(rng: np.random.Generator, texts: Texts) -> Texts:
    """Particles joined to the name, left out, or the first of several left out; an apostrophe left out or as a blank.

    >>> def written(name):
    ...     return sorted(set(write_particles(np.random.default_rng(0), np.array([name] * 30, dtype=object))))
    >>> written("DE LA CRUZ"), written("O'BRIEN")
    (['CRUZ', 'DELACRUZ', 'LA CRUZ'], ['O BRIEN', 'OBRIEN'])
    """
    chosen = rng.random(len(texts))
    return np.array([_write_particles(text, choice) for text, choice in zip(texts, chosen, strict=True)], dtype=object)


def _write_particles(text: str, choice: float) -> str:
    """Joined (60 %), without the first of several (15 %), or without any (25 %); MC and O' are never left out."""
    found = _LEADING.match(text)
    if not found:
        return text.replace("'", "" if choice < JOINED_SHARE else " ")
    particles, name = re.split("[ -]", found[0])[:-1], text[found.end() :]
    if choice < JOINED_SHARE or particles == ["MC"]:
        return "".join(particles) + name
    return name if choice < JOINED_SHARE + LEFT_OUT_SHARE else " ".join([*particles[1:], name])


def are_double(texts: Texts) -> Mask:
    """Where a text is two last names.

    >>> are_double(np.array(["GARCIA DE LEON", "SMITH-JONES", "DE LA CRUZ"], dtype=object)).tolist()
    [True, True, False]
    """
    return np.asarray(two_surnames(texts)[1] != None, dtype=bool)  # noqa: E711 - value by value


class Variants:
    """Names and, for some, others that stand for them; marks on letters do not matter."""

    def __init__(self, names: Texts, variants: Texts) -> None:
        order = np.argsort(names.astype("U"), kind="stable")
        self._names, self._variants = names[order].astype("U"), np.asarray(variants[order], dtype=object)

    def known(self, texts: Texts) -> Mask:
        """Where a text has a variant."""
        return np.asarray(np.isin(fold(texts).astype("U"), self._names))

    def choose(self, uniform: Floats, texts: Texts) -> Texts:
        """One of each text's variants; all must be known."""
        names = fold(texts).astype("U")
        start = np.searchsorted(self._names, names, side="left")
        count = np.searchsorted(self._names, names, side="right") - start
        return np.asarray(self._variants[start + (uniform * count).astype(np.int64)], dtype=object)


@lru_cache(maxsize=1)
def nicknames() -> Variants:
    """What people are called."""
    table = nickname_table()
    return Variants(table["name"].to_numpy(dtype=object), table["nickname"].to_numpy(dtype=object))


@lru_cache(maxsize=2)
def transliterations(column: str) -> Variants:
    """Other ways to write first or last names from another script, such as MOHAMMED and MUHAMMAD."""
    table = variant_table()
    table = table[table["list"] == ("first" if column == "first_name" else "surname")]
    return Variants(table["name"].to_numpy(dtype=object), table["variant"].to_numpy(dtype=object))
