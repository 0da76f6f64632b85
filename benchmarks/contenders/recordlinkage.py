"""The race's rules and comparisons with the Python Record Linkage Toolkit, as its documentation does.

Candidate pairs from the union of blocking rules, similarities cut at the middle threshold into 0 and 1 (its
classifier knows two levels; it has no term frequencies), and its classifier without labels, ``ECMClassifier``.
It gives links and no persons: they are closed by connected components.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import recordlinkage
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

PACKAGES = ("recordlinkage", "jellyfish", "scikit-learn", "pandas")

RULES = (
    ["ssn"],
    ["first_name", "last_name"],
    ["last_name", "birth_date"],
    ["first_name", "birth_date"],
    ["zip", "birth_date"],
    ["last_name", "zip", "first_initial"],
)


def prepare(records: pd.DataFrame) -> pd.DataFrame:
    """The toolkit names a record by the frame's index, and blocks on columns only."""
    return records.reset_index(drop=True).assign(first_initial=records["first_name"].str[:1].to_numpy())


def link(records: pd.DataFrame) -> pd.DataFrame:
    """Candidates, comparisons, classifier and connected components."""
    indexer = recordlinkage.Index()
    for rule in RULES:
        indexer.block(rule)
    candidates = indexer.index(records)
    features = _comparisons().compute(candidates, records)
    links = recordlinkage.ECMClassifier(binarize=0.5).fit_predict(features)
    left, right = links.get_level_values(0), links.get_level_values(1)
    graph = coo_array((np.ones(len(links), np.int8), (left, right)), shape=(len(records), len(records)))
    return records[["source", "record_id"]].assign(person_id=connected_components(graph, directed=False)[1].astype(str))


def _comparisons() -> recordlinkage.Compare:
    compare = recordlinkage.Compare()
    for column in ("first_name", "last_name"):
        compare.string(column, column, method="jarowinkler", threshold=0.88, label=column)
    compare.string("birth_date", "birth_date", method="levenshtein", threshold=0.85, label="birth_date")
    compare.string("ssn", "ssn", method="damerau_levenshtein", threshold=0.85, label="ssn")
    compare.exact("sex", "sex", label="sex")
    compare.string("street", "street", method="jarowinkler", threshold=0.8, label="street")
    compare.exact("zip", "zip", label="zip")
    return compare
