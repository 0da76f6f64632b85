"""Data quality by source: what is filled, what could not be used, and what says less than it seems to."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from caselink.masking import is_never_shown
from caselink.normalize.patterns import patterns
from caselink.schema import STANDARD_COLUMNS

_SHOWN = ("column", "source", "pattern", "records", "share", "by chance")


def filled_shares(records: pd.DataFrame) -> pd.DataFrame:
    """The share of records with a value that can be used, a row a column and a column a source.

    >>> people = pd.DataFrame({"source": ["iva", "ivd"], "record_id": ["1", "2"], "zip": ["02134", None]})
    >>> filled_shares(people).to_numpy().tolist()
    [['ZIP', 1.0, 0.0]]
    """
    columns = [name for name in STANDARD_COLUMNS if name in records and not is_never_shown(name)]
    columns = [name for name in columns if name not in ("source", "record_id")]
    source, sources = pd.factorize(records["source"], sort=True)
    size = np.bincount(source[source >= 0], minlength=len(sources))
    shares = []
    for name in columns:
        there = source[records[name].notna().to_numpy(bool)]
        shares.append(np.bincount(there[there >= 0], minlength=len(sources)) / size)
    table = pd.DataFrame(shares, columns=[str(one) for one in sources])
    table.insert(0, "field", [name_of(name) for name in columns])
    return table


def weak_values(records: pd.DataFrame) -> pd.DataFrame:
    """Values that are there and say less than they seem to: see :func:`caselink.normalize.patterns`."""
    found = patterns(records).rename(columns={"by_chance": "by chance"})
    found["column"] = found["column"].map(name_of)
    return found.sort_values(["column", "source", "pattern"])[list(_SHOWN)].rename(columns={"column": "field"})


def unusable(rejects: pd.DataFrame | None) -> pd.DataFrame:
    """How often what could not be used, the most first: ``source, field, reason, times``."""
    if rejects is None or not len(rejects):
        return pd.DataFrame(columns=["source", "field", "reason", "times"])
    told = rejects[["source", "field", "reason"]].astype(object).fillna("the whole line")
    told = told[~told["field"].map(lambda name: is_never_shown(str(name))).to_numpy(bool)]
    counts = told.value_counts().rename("times").reset_index()
    return counts.sort_values(["times", "source", "field", "reason"], ascending=[False, True, True, True])


_PARTS = {"soundex": "sound", "month_day": "month and day", "month_or_day": "month or day"}


def rule_in_words(rule: str) -> str:
    """A blocking rule as people read it.

    >>> rule_in_words("last_name.soundex & birth_date"), rule_in_words("ssn.last4 & first_name.initial")
    ('last name (sound) & birth date', 'SSN (last 4) & first name (initial)')
    """
    return re.sub(r"(\w+)(?:\.(\w+))?", _key_in_words, rule).replace("|", " or ")


def _key_in_words(key: re.Match[str]) -> str:
    column, part = name_of(key[1]), key[2]
    if part is None:
        return column
    spelled = _PARTS.get(part) or re.sub(r"([a-z])([0-9])", r"\1 \2", part.replace("_", " "))
    return f"{column} ({spelled})"


def name_of(column: str) -> str:
    """A column as people call it.

    >>> name_of("birth_date"), name_of("ssn"), name_of("last_name")
    ('birth date', 'SSN', 'last name')
    """
    return {"ssn": "SSN", "zip": "ZIP"}.get(column, column.replace("_", " "))
