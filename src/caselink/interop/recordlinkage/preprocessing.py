"""Cleaning that keeps letters: accents are folded and not deleted, and letters of every script stay."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

import pandas as pd
import recordlinkage.preprocessing as theirs

from caselink.normalize.text import fold

__all__ = ["clean", "fold_accents"]

_NO_LETTER = r"[^ \-\w]+"


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """Everything else is recordlinkage's own."""
    return getattr(theirs, name)


def fold_accents(text: str) -> str:
    """The text without the accents of Latin letters, upper and lower case as they were.

    >>> fold_accents("Señora Łoś")
    'Senora Los'
    """
    if text.isascii():
        return text
    return "".join(fold(c).lower() if c.islower() else fold(c) for c in unicodedata.normalize("NFC", text))


def clean(  # noqa: PLR0913, PLR0917  (recordlinkage's)
    s: pd.Series[Any],
    lowercase: bool = True,  # noqa: FBT001, FBT002
    replace_by_none: str | bool | None = _NO_LETTER,  # noqa: FBT001
    replace_by_whitespace: str | bool | None = r"[\-\_]",  # noqa: FBT001
    strip_accents: str | Callable[[str], str] | None = fold_accents,
    remove_brackets: bool = True,  # noqa: FBT001, FBT002
    encoding: str = "utf-8",
    decode_error: str = "strict",
) -> pd.Series[Any]:
    """Clean as recordlinkage does, but ``José`` to ``jose`` (recordlinkage: ``jos``).

    >>> clean(pd.Series(["José", "Müller-Łoś (Bob)", None])).tolist()
    ['jose', 'muller los', None]
    """
    cleaned: pd.Series[Any] = theirs.clean(
        s, lowercase, replace_by_none, replace_by_whitespace, strip_accents, remove_brackets, encoding, decode_error
    )
    return cleaned
