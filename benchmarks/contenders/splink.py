"""The race's rules and comparisons with Splink 5 on DuckDB, trained and clustered as its tutorial does.

Probability of a match from deterministic rules, u from random pairs (its default number), m by expectation
maximization on two blocking rules that together leave every comparison free once, prediction, then connected
components at a match probability of 0.95.
"""

from __future__ import annotations

import pandas as pd
import splink.comparison_library as comparisons
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

PACKAGES = ("splink", "duckdb", "pandas", "pyarrow")

SETTINGS = SettingsCreator(
    link_type="dedupe_only",
    unique_id_column_name="unique_id",
    blocking_rules_to_generate_predictions=[
        block_on("ssn"),
        block_on("first_name", "last_name"),
        block_on("last_name", "birth_date"),
        block_on("first_name", "birth_date"),
        block_on("zip", "birth_date"),
        block_on("last_name", "zip", "substr(first_name, 1, 1)"),
    ],
    comparisons=[
        comparisons.JaroWinklerAtThresholds("first_name", [0.92, 0.88, 0.7]).configure(term_frequency_adjustments=True),
        comparisons.JaroWinklerAtThresholds("last_name", [0.92, 0.88, 0.7]).configure(term_frequency_adjustments=True),
        comparisons.LevenshteinAtThresholds("birth_date", [1, 2]),
        comparisons.DamerauLevenshteinAtThresholds("ssn", [1, 2]),
        comparisons.ExactMatch("sex"),
        comparisons.JaroWinklerAtThresholds("street", [0.92, 0.8]),
        comparisons.ExactMatch("zip"),
    ],
    retain_matching_columns=False,
)
DETERMINISTIC = [block_on("ssn"), block_on("first_name", "last_name", "birth_date")]
TRAINING = [block_on("ssn"), block_on("first_name", "last_name")]


def prepare(records: pd.DataFrame) -> pd.DataFrame:
    """Splink wants one column that names a record."""
    return records.assign(unique_id=records["source"] + "/" + records["record_id"])


def link(records: pd.DataFrame) -> pd.DataFrame:
    """Training, predictions and clusters, from the frame in memory to one person a record."""
    engine = DuckDBAPI()
    linker = Linker(engine.register(records), SETTINGS, log_level="ERROR")
    linker.training.estimate_probability_two_random_records_match(DETERMINISTIC, recall=0.7)
    linker.training.estimate_u_using_random_sampling()
    for rule in TRAINING:
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    predictions = linker.inference.predict(threshold_match_probability=0.5)
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
        predictions, threshold_match_probability=0.95
    )
    found = clusters.as_pandas_dataframe()
    return found[["source", "record_id"]].assign(person_id=found["cluster_id"])
