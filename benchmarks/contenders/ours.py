"""The race's rules and comparisons with caselink: everything but them is the default."""

from __future__ import annotations

import pandas as pd

import caselink as cl

PACKAGES = ("caselink", "numba", "pandas", "pyarrow")

RULES = (
    cl.BlockingRule("ssn"),
    cl.BlockingRule("first_name", "last_name"),
    cl.BlockingRule("last_name", "birth_date"),
    cl.BlockingRule("first_name", "birth_date"),
    cl.BlockingRule("zip", "birth_date"),
    cl.BlockingRule("last_name", "zip", "first_name.initial"),
)

COMPARISONS = (
    cl.JaroWinkler("first_name", thresholds=(0.92, 0.88, 0.7), term_frequency=True),
    cl.JaroWinkler("last_name", thresholds=(0.92, 0.88, 0.7), term_frequency=True, evidence="family"),
    cl.Levenshtein("birth_date", (1, 2)),
    cl.DamerauLevenshtein("ssn", (1, 2)),
    cl.Exact("sex"),
    cl.JaroWinkler("street", thresholds=(0.92, 0.8), term_frequency=False, evidence="family"),
    cl.Exact("zip", evidence="family"),
)


def prepare(records: pd.DataFrame) -> pd.DataFrame:
    """The frame as it is."""
    return records


def link(records: pd.DataFrame) -> pd.DataFrame:
    """Training, links and clusters, from the frame in memory to one person a record."""
    linker = cl.Linker(blocking=list(RULES), comparisons=list(COMPARISONS), families=False)  # the rivals have none
    persons: pd.DataFrame = linker.fit_resolve(records).persons
    return persons
