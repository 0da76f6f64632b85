"""Upper case, accents folded, single blanks: the form in which names, streets and cities are compared."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_LATIN = str.maketrans(
    {"Æ": "AE", "Œ": "OE", "Ø": "O", "Ł": "L", "Đ": "D", "Ð": "D", "Þ": "TH", "ẞ": "SS", "Ħ": "H", "Ŧ": "T", "Ŋ": "N"}
)
_DROPPED_ASCII = re.compile(r"['`.]")
_OTHER_ASCII = re.compile(r"[^A-Z0-9]+")
_APOSTROPHES = frozenset(
    "'`.\u00b4\u2018\u2019\u201b\u02bc\u02bb\u2032\uff07"
)  # as keyboards, word processors and Hawaiian write it


def words(value: str) -> str:
    """Keep letters and digits; apostrophes and dots vanish, everything else becomes a blank.

    Accents are folded in Latin script only; other scripts are kept as they are.

    >>> [words(value) for value in ("  José-María ", "O’Brien, Jr.", "Нгуен  Ἀλέξης")]
    ['JOSE MARIA', 'OBRIEN JR', 'НГУЕН ἈΛΈΞΗΣ']
    """
    if value.isascii():
        text = _OTHER_ASCII.sub(" ", _DROPPED_ASCII.sub("", value.upper()))
    else:
        text = "".join(map(_kept, fold(value)))
    return " ".join(text.split())


def fold(value: str) -> str:
    """Upper case with accents folded in Latin script; nothing else is changed.

    >>> fold("Peña & Søn")
    'PENA & SON'
    """
    if value.isascii():
        return value.upper()
    for _ in range(4):  # a folded letter may have another upper case; it settles at once or never matters
        folded = _fold_once(value)
        if folded == value:
            break
        value = folded
    return value


def _fold_once(value: str) -> str:
    kept: list[str] = []
    keeps_marks = False
    for char in unicodedata.normalize("NFKD", value.upper().translate(_LATIN)):
        if unicodedata.category(char) == "Mn":
            if keeps_marks:
                kept.append(char)
            continue
        keeps_marks = char.isalpha() and char >= "\u0250"  # not Latin, Latin-1, Extended-A or -B
        kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept))


@lru_cache(maxsize=4096)
def _kept(char: str) -> str:
    if char in _APOSTROPHES or unicodedata.category(char) == "Cf":
        return ""
    return char if unicodedata.category(char)[0] in "LMN" else " "
