"""What Splink itself makes of its own models, kept for the tests of ``caselink.interop.splink``.

    python benchmarks/splink_model.py tests/interop/data

with Splink 4 or 5 installed beside caselink. Draws synthetic records (once; they are read again where they are
there), trains two models on them with Splink, saves each with ``save_model_to_json``, reads it again into a new linker
and writes that linker's predictions for every pair that its blocking rules make: levels and match weight. Files are
named by model and Splink version, so that both versions' lie side by side.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import splink
import splink.comparison_level_library as levels
import splink.comparison_library as comparisons
from splink import ColumnExpression, DuckDBAPI, Linker, SettingsCreator, block_on

N_RECORDS = 270
SEED = 7
PRIOR = 0.002
TRAINING = [block_on("ssn"), block_on("last_name", "first_name"), block_on("birth_date")]
ACCENTS = str.maketrans("EAO", "ÉÁÖ")


def draw() -> pd.DataFrame:
    """Synthetic records with a few accents, unknown days, and a number to subtract."""
    from caselink.synthetic import draw_records

    records = draw_records(N_RECORDS, seed=SEED)[0].astype(object)
    draws = np.random.default_rng(SEED)
    accented = draws.random(len(records)) < 0.1
    for name in ("first_name", "last_name"):
        there = accented & records[name].notna()
        records.loc[there, name] = records.loc[there, name].str.translate(ACCENTS)
    unknown = (draws.random(len(records)) < 0.05) & records["birth_date"].notna()
    records.loc[unknown, "birth_date"] = records.loc[unknown, "birth_date"].str[:4] + "-00-00"
    spoken = pd.to_numeric(records["birth_date"].str[:4], errors="coerce")
    told = (2026 - spoken + draws.integers(-2, 3, len(records))).astype("Int64")
    records["age"] = told.astype("string").astype(object).where(told.notna())
    both = records["first_name"].notna() & records["last_name"].notna()
    records["full_name"] = (records["first_name"] + " " + records["last_name"]).where(both)
    return records.drop(columns="city")


def plain() -> SettingsCreator:
    """Comparisons of Splink's library, as most models are made of."""
    return SettingsCreator(
        link_type="dedupe_only",
        probability_two_random_records_match=PRIOR,
        blocking_rules_to_generate_predictions=[
            block_on("ssn"),
            block_on("last_name", "birth_date"),
            block_on("zip", "substr(last_name, 1, 3)"),
        ],
        comparisons=[
            comparisons.JaroWinklerAtThresholds("first_name", [0.92, 0.8]).configure(term_frequency_adjustments=True),
            comparisons.NameComparison("last_name").configure(term_frequency_adjustments=True),
            comparisons.DateOfBirthComparison("birth_date", input_is_string=True),
            comparisons.DamerauLevenshteinAtThresholds("ssn", [1, 2]),
            comparisons.ExactMatch("sex"),
            comparisons.LevenshteinAtThresholds("zip", [1]),
        ],
    )


def wide() -> SettingsCreator:
    """Levels of many functions, put together by hand, with every setting of term frequencies."""
    day = ColumnExpression("birth_date").try_parse_date()
    last_name = [
        levels.NullLevel("last_name"),
        levels.ExactMatchLevel("last_name").configure(
            tf_adjustment_column="last_name", tf_adjustment_weight=0.5, tf_minimum_u_value=0.01
        ),
        levels.Or(levels.DamerauLevenshteinLevel("last_name", 1), levels.JaroLevel("last_name", 0.9)).configure(
            tf_adjustment_column="last_name"
        ),
        levels.ExactMatchLevel(ColumnExpression("last_name").lower().substr(1, 2)).configure(
            tf_adjustment_column="last_name", disable_tf_exact_match_detection=True
        ),
        levels.ElseLevel(),
    ]
    born = [
        levels.NullLevel(day),
        levels.ExactMatchLevel(day),
        levels.AbsoluteDateDifferenceLevel("birth_date", input_is_string=True, threshold=1, metric="month"),
        levels.And(
            levels.ExactMatchLevel(ColumnExpression("birth_date").substr(1, 4)),
            levels.Not(levels.LevenshteinLevel("birth_date", 2)),
        ),
        levels.ElseLevel(),
    ]
    told = [
        levels.NullLevel("age"),
        levels.AbsoluteDifferenceLevel(ColumnExpression("cast(age as double)"), 0),
        levels.CustomLevel('abs(cast("age_l" as double) - cast("age_r" as double)) < 3'),
        levels.ElseLevel(),
    ]
    sex = [
        levels.NullLevel("sex"),
        levels.LiteralMatchLevel("sex", "F", "string"),
        levels.ExactMatchLevel("sex"),
        levels.ElseLevel(),
    ]
    street = [
        levels.NullLevel("street", valid_string_pattern="[0-9]+"),
        levels.ExactMatchLevel("street"),
        levels.ExactMatchLevel(ColumnExpression("street").regex_extract("^[0-9]+")),
        levels.ElseLevel(),
    ]
    made = {"last_name": last_name, "birth_date": born, "age": told, "sex": sex, "street": street}
    return SettingsCreator(
        link_type="dedupe_only",
        probability_two_random_records_match=PRIOR,
        blocking_rules_to_generate_predictions=[
            block_on("substr(ssn, 1, 5)"),
            block_on("last_name", "substr(first_name, 1, 1)"),
            "(l.zip = r.zip and l.street = r.street) or (l.birth_date = r.birth_date and l.birth_date is not null)",
        ],
        comparisons=[
            comparisons.ForenameSurnameComparison(
                "first_name", "last_name", forename_surname_concat_col_name="full_name"
            ),
            *(
                comparisons.CustomComparison(
                    made[name], output_column_name=f"{name} by hand", comparison_description=""
                )
                for name in made
            ),
        ],
    )


def main(folder: Path) -> None:
    """Write records, models and predictions."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "splink_records.csv"
    if not file.exists():
        draw().to_csv(file, index=False)
    records = pd.read_csv(file, dtype=object)
    records["unique_id"] = records["record_id"].str.lstrip("0")  # unique over all sources
    assert records["unique_id"].is_unique
    for name, make in (("plain", plain), ("wide", wide)):
        saved = folder / f"splink{splink.__version__.split('.')[0]}_{name}.json"
        trained = linker(records, make())
        trained.training.estimate_u_using_random_sampling(max_pairs=1e5, seed=SEED)
        for rule in TRAINING:
            trained.training.estimate_parameters_using_expectation_maximisation(
                rule, fix_probability_two_random_records_match=True
            )
        trained.misc.save_model_to_json(str(saved), overwrite=True)
        pairs = predict(linker(records, str(saved)))
        pairs.to_csv(saved.with_suffix(".csv"), index=False)
        print(f"{saved.name}: {len(pairs):,} pairs by Splink {splink.__version__}")


def linker(records: pd.DataFrame, settings: SettingsCreator | str) -> Linker:
    """A linker on DuckDB in memory; Splink 5 wants its tables registered."""
    engine = DuckDBAPI()
    if splink.__version__ < "5":
        return Linker(records, settings, engine)
    return Linker(engine.register(records), settings, log_level="ERROR")


def predict(fitted: Linker) -> pd.DataFrame:
    """Every pair: both ids, the level of each comparison in order, and the match weight."""
    found = fitted.inference.predict().as_pandas_dataframe()
    said = fitted.misc.save_model_to_json()["comparisons"]
    gammas = [f"gamma_{one['output_column_name']}".replace(" ", "_") for one in said]
    pairs = found[["unique_id_l", "unique_id_r"]].copy()
    pairs["levels"] = found[gammas].astype(int).astype(str).agg(" ".join, axis=1)
    pairs["match_weight"] = found["match_weight"].map("{:.9f}".format)
    return pairs.sort_values(["unique_id_l", "unique_id_r"])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
