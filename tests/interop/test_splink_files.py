"""What a Splink model file holds is taken over, listed as unmapped, or refused with one clear error."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import caselink as cl
from caselink.encoding import encode
from caselink.interop.splink import read_model

DATA = Path(__file__).parent / "data"
NULL = {"sql_condition": '"sex_l" IS NULL OR "sex_r" IS NULL', "label_for_charts": "null", "is_null_level": True}
SAME = {"sql_condition": '"sex_l" = "sex_r"', "label_for_charts": "same", "m_probability": 0.9, "u_probability": 0.5}
ELSE = {"sql_condition": "ELSE", "label_for_charts": "else", "m_probability": 0.1, "u_probability": 0.5}
LIST = {"sql_condition": "len(list_intersect(a_l, a_r)) > 'SECRET'", "m_probability": 0.1, "u_probability": 0.1}


def model(*levels, rules=("l.zip = r.zip",), **said):
    """A model of one comparison and some blocking rules."""
    comparison = {"output_column_name": "sex", "comparison_levels": list(levels or (NULL, SAME, ELSE))}
    return {
        "link_type": "dedupe_only",
        "sql_dialect": "duckdb",
        "probability_two_random_records_match": 0.01,
        "comparisons": [comparison],
        "blocking_rules_to_generate_predictions": [{"blocking_rule": r, "sql_dialect": "duckdb"} for r in rules],
    } | said


def people(**columns):
    """Records of one source."""
    frame = pd.DataFrame(columns, dtype=object)
    return frame.assign(source="iva", record_id=[str(number) for number in range(len(frame))])


def test_a_model_is_read_from_a_file_or_a_dictionary(tmp_path):
    """``save_model_to_json`` writes the one and gives the other; the dictionary is left as it is."""
    said = model()
    before = deepcopy(said)
    (tmp_path / "model.json").write_text(json.dumps(said))
    assert read_model(tmp_path / "model.json") == read_model(str(tmp_path / "model.json")) == read_model(said)
    assert said == before


def test_level_names_are_the_labels():
    """Levels are called as in Splink's charts, the null level as everywhere; of two of one name one is numbered."""
    twice = SAME | {"sql_condition": "lower(sex_l) = lower(sex_r)"}
    assert read_model(model(NULL, SAME, twice, ELSE)).comparisons[0].level_names == (
        "missing",
        "else",
        "same",
        "same (3)",
    )


def test_a_comparison_without_a_name_is_called_by_its_columns():
    """As Splink does where the file has none."""
    said = model()
    del said["comparisons"][0]["output_column_name"]
    assert read_model(said).comparisons[0].name == "sex"


def test_no_null_level():
    """Without a null level what is missing is at ELSE, with its weight, as in Splink."""
    comparison = read_model(model(SAME, ELSE)).comparisons[0]
    records = encode(people(sex=["F", None, "F"]), ["sex"])
    left, right = np.array([0, 0, 1], np.int32), np.array([1, 2, 2], np.int32)
    assert sorted(comparison.levels(records, left, right).tolist()) == [1, 1, 2]


@pytest.mark.parametrize(("n_levels", "weights"), [(2, [-5, 10]), (3, [-5, 3, 10]), (5, [-5, -7 / 3, 1 / 3, 3, 10])])
def test_untrained_levels_start_where_splink_starts(n_levels, weights):
    """Levels without m and u get weights from -5 to 3 bits, the highest 10, and a warning names them."""
    levels = [{"sql_condition": f"levenshtein(sex_l, sex_r) <= {n}"} for n in range(n_levels - 1)]
    with pytest.warns(cl.CaselinkWarning, match="no m or u for 'sex' at 'ELSE'"):
        read = read_model(model(NULL, *levels, {"sql_condition": "ELSE"}))
    assert read.matcher.table()["match_weight"].tolist() == pytest.approx(weights)
    assert len(read.untrained) == n_levels


def test_term_frequencies_by_hand():
    """Weight, smallest frequency, whose u, and the commoner of two values: all as the formula says."""
    rare = {"tf_adjustment_column": "sex", "tf_adjustment_weight": 0.5, "tf_minimum_u_value": 0.3}
    near = {"sql_condition": "levenshtein(sex_l, sex_r) <= 1", "m_probability": 0.4, "u_probability": 0.2}
    read = read_model(model(NULL, SAME | rare, near | {"tf_adjustment_column": "`sex`"}, ELSE))
    records = encode(people(sex=["A", "A", "A", "B", None]), ["sex"])  # shares 3/4 and 1/4
    same, close = read.matcher.given_frequencies(records)
    a, b, none = (int(np.flatnonzero(records.row == row)[0]) for row in (0, 3, 4))

    def moved(given, left, right):
        return given.moves(np.array([left], np.int32), np.array([right], np.int32))[0]

    assert moved(same, a, a) == pytest.approx(0.5 * np.log(0.75 / 0.5))
    assert moved(same, b, b) == pytest.approx(0.5 * np.log(0.3 / 0.5))
    assert moved(close, a, b) == moved(close, b, a) == pytest.approx(np.log(0.75 / 0.5))
    assert moved(close, b, none) == pytest.approx(np.log(0.25 / 0.5))
    assert moved(close, none, none) == 0


def test_a_levels_own_u_where_the_model_says_so():
    """``disable_tf_exact_match_detection`` takes the level's u and needs no level of equal values."""
    near = {"sql_condition": "jaro_winkler_similarity(sex_l, sex_r) > 0.9", "m_probability": 0.4, "u_probability": 0.2}
    own = near | {"tf_adjustment_column": "sex", "disable_tf_exact_match_detection": True}
    assert read_model(model(NULL, own, ELSE)).matcher.terms[0].u == 0.2
    with pytest.raises(cl.ModelFileError, match="no level of equal values"):
        read_model(model(NULL, near | {"tf_adjustment_column": "sex"}, ELSE))


def test_similarities_of_duckdb_count_bytes():
    """An accented letter is two bytes in UTF-8, and DuckDB's edits count those; Spark's count letters."""
    near = {"sql_condition": "levenshtein(sex_l, sex_r) <= 1", "m_probability": 0.4, "u_probability": 0.2}
    records = encode(people(sex=["PENA", "PEÑA"]), ["sex"])
    pair = np.array([0], np.int32), np.array([1], np.int32)
    found = {
        dialect: read_model(model(near, ELSE, sql_dialect=dialect)).comparisons[0].levels(records, *pair)[0]
        for dialect in ("duckdb", "spark")
    }
    assert found == {"duckdb": 1, "spark": 2}


def test_texts_that_are_no_numbers():
    """A strict cast is an error that names the column and the count; a try leaves the value out."""
    levels = [
        {"sql_condition": f"abs({cast}(sex_l as double) - {cast}(sex_r as double)) < 2", **dict(list(SAME.items())[2:])}
        for cast in ("cast", "try_cast")
    ]
    records = encode(people(sex=["1", "2", "SECRET"]), ["sex"])
    left, right = np.array([0, 0], np.int32), np.array([1, 2], np.int32)
    strict, tried = (read_model(model(level, ELSE)).comparisons[0] for level in levels)
    with pytest.raises(cl.InputError, match=r"sex.*1 texts") as wrong:
        strict.levels(records, left, right)
    assert "SECRET" not in str(wrong.value)
    assert sorted(tried.levels(records, left, right).tolist()) in ([1, 1], [1, 2])


@pytest.mark.parametrize(
    ("sql", "names", "reasons"),
    [
        pytest.param("l.zip = r.zip", ["zip"], 0, id="a column"),
        pytest.param('(l."zip" = r."zip") AND (l."last name" = r."last name")', ["zip & last name"], 0, id="two"),
        pytest.param("SUBSTRING(r.zip, 1, 1) = substr(l.zip, 1, 1)", ["zip.initial"], 0, id="an initial"),
        pytest.param("left(l.zip, 3) = left(r.zip, 3)", ["zip.slice 0 3"], 0, id="a beginning"),
        pytest.param("l.zip = r.zip OR (l.a = r.a AND l.b = r.b)", ["zip", "a & b"], 0, id="alternatives"),
        pytest.param("l.zip = r.zip AND (l.a = r.a OR l.b = r.b)", ["zip & a", "zip & b"], 0, id="inside"),
        pytest.param("l.zip = r.zip AND l.zip IS NOT NULL AND r.zip <> ''", ["zip"], 0, id="implied"),
        pytest.param("l.zip = r.zip AND levenshtein(l.a, r.a) < 2", ["zip"], 1, id="widened"),
        pytest.param("l.zip = r.zip AND l.zip <> '00000'", ["zip"], 1, id="a value left out"),
        pytest.param("nullif(l.zip, 'SECRET') = nullif(r.zip, 'SECRET')", ["zip.nullif"], 0, id="a text hidden"),
        pytest.param("levenshtein(l.a, r.a) < 2", [], 2, id="nothing equal"),
        pytest.param("l.a = r.b", [], 2, id="across columns"),
        pytest.param("soundex(l.a) = soundex(r.a)", [], 1, id="a function of the database"),
        pytest.param("l.zip = r.zip AND" + " AND".join([" (l.a = r.a OR l.b = r.b)"] * 6), [], 1, id="too many ways"),
    ],
)
def test_blocking_rules(sql, names, reasons):
    """Equalities are keys; what is not equality is listed, and the rule without it makes more pairs, never fewer."""
    read = read_model(model(rules=(sql,)), allow_unmapped=True)
    assert [rule.name for rule in read.blocking] == names
    assert len(read.unmapped) == reasons
    assert all(one.where == "blocking rule 1" and "SECRET" not in str(one) for one in read.unmapped)


def test_a_beginning_shorter_than_asked_still_meets():
    """In SQL the first three letters of BO are BO: two such records meet, and one without a name meets nobody."""
    read = read_model(model(rules=("substr(l.a, 1, 3) = substr(r.a, 1, 3)",)))
    frame = people(a=["BO", "BO", "BOB", "BOBBY", None, None], sex=["F"] * 6)
    links = read.linker(threads=1).resolve(frame).links
    found = {frozenset(pair) for pair in links[["record_id_left", "record_id_right"]].itertuples(index=False)}
    assert found == {frozenset("01"), frozenset("23")}


def test_what_does_not_map_is_one_error_or_a_list():
    """The error lists all of it; allowed, the pairs of a lost level fall to the levels below."""
    said = model(NULL, SAME, LIST, ELSE, rules=("l.zip = r.zip", "l.a < r.a"))
    with pytest.raises(cl.ModelFileError, match=r"(?s)sex.*LEN.*blocking rule 2") as refused:
        read_model(said)
    assert "SECRET" not in str(refused.value)
    read = read_model(said, allow_unmapped=True)
    assert [(one.where, bool(one.level)) for one in read.unmapped] == [
        ("comparison 'sex'", True),
        ("blocking rule 2", False),
    ]
    assert [one.level for one in read.comparisons[0].conditions] == [0, 3]
    assert len(read.matcher.m[0]) == 4


def test_a_level_that_depends_on_the_side_does_not_map():
    """A comparison of caselink's does not know which record is left, so that one-sided levels are listed."""
    reversed_once = LIST | {"sql_condition": "a_l = b_r"}
    with pytest.raises(cl.ModelFileError, match="which of the two records is left"):
        read_model(model(NULL, SAME, reversed_once, ELSE))


def test_a_lost_null_level_takes_its_comparison_along():
    """Without knowing what is missing no level of a comparison can be trusted."""
    said = model()
    odd = NULL | {"sql_condition": "soundex(zip_l) is null or soundex(zip_r) is null"}
    said["comparisons"].append({"output_column_name": "zip", "comparison_levels": [odd, SAME, ELSE]})
    read = read_model(said, allow_unmapped=True)
    assert [comparison.name for comparison in read.comparisons] == ["sex"]
    assert [one.reason for one in read.unmapped][1] == "is left out: its null level is not read"


def test_no_rule_is_left():
    """A linker needs a blocking rule; the user may give one."""
    read = read_model(model(rules=()))
    with pytest.raises(cl.SpecError, match="give blocking="):
        read.linker()
    assert read.linker(blocking=[cl.BlockingRule("zip")]).blocking == [cl.BlockingRule("zip")]


def test_a_linker_of_a_splink_model_is_not_saved(tmp_path):
    """The model has a file already; saying so is better than half a copy."""
    with pytest.raises(cl.SpecError):
        read_model(model()).linker().save(tmp_path / "model.json")
    with pytest.raises(cl.SpecError, match="its own file"):
        read_model(model()).matcher.to_json()


def changed(**changes):
    """A model whose level of equal values is changed."""
    return model(NULL, {**SAME, **changes}, ELSE)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        pytest.param({}, "no Splink model", id="empty"),
        pytest.param({"format": "caselink model"}, "no Splink model", id="caselink's own"),
        pytest.param(model(comparisons=[]), "no comparisons", id="no comparisons"),
        pytest.param(model(comparisons=["x"]), "no model that Splink", id="no comparison"),
        pytest.param(model(comparisons=[{"output_column_name": "x"}]), "no model that Splink", id="no levels"),
        pytest.param(model(sql_dialect=None), "names no sql_dialect", id="an older version"),
        pytest.param(model(sql_dialect="oracle"), "SQL dialect", id="another dialect"),
        pytest.param(model(link_type="self_link"), "link_type", id="another link type"),
        pytest.param(model(probability_two_random_records_match=1), "between 0 and 1", id="a certain prior"),
        pytest.param(model(probability_two_random_records_match="SECRET"), "between 0 and 1", id="no prior"),
        pytest.param(changed(m_probability=0), "m_probability must be above 0", id="m of zero"),
        pytest.param(changed(u_probability=0.0), "u_probability must be above 0", id="u of zero"),
        pytest.param(changed(u_probability=1.5), "u_probability must be above 0", id="u above one"),
        pytest.param(changed(m_probability=float("nan")), "m_probability must be above 0", id="no number"),
        pytest.param(changed(m_probability="SECRET"), "m_probability must be above 0", id="a text"),
        pytest.param(
            changed(tf_adjustment_column="sex", tf_adjustment_weight=-1), "weight of 0 or more", id="a negative weight"
        ),
        pytest.param(model(NULL, SAME), "one ELSE level", id="no else"),
        pytest.param(model(ELSE, SAME), "one ELSE level", id="else first"),
        pytest.param(model(NULL, ELSE), "no level but ELSE", id="only else"),
        pytest.param(model(NULL, LIST, ELSE), "no comparison could be taken over", id="nothing left"),
        pytest.param(model(*[SAME] * 251, ELSE), "more than 250", id="too many levels"),
        pytest.param(model(comparisons=[*model()["comparisons"] * 2]), "called 'sex'", id="one name twice"),
        pytest.param(model(rules=(7,)), "no model that Splink", id="no rule"),
    ],
)
def test_bad_models_are_one_clear_error(tmp_path, said, reason):
    """The error names the file and what is wrong in it, and shows no text of it."""
    (tmp_path / "model.json").write_text(json.dumps(said))
    for allow in (False, True):
        with pytest.raises(cl.ModelFileError, match=reason) as refused:
            read_model(tmp_path / "model.json", allow_unmapped=allow)
        assert "model.json" in str(refused.value)
        assert "SECRET" not in str(refused.value)


@pytest.mark.parametrize("text", ["", "{", "[1]", "7", '"model"', "\x00", "[" * 100_000])
def test_what_is_no_json_object(tmp_path, text):
    """Text that is no JSON, or JSON that is no object, is refused."""
    (tmp_path / "model.json").write_text(text)
    with pytest.raises(cl.ModelFileError, match=r"model\.json is (not JSON text|no Splink model)"):
        read_model(tmp_path / "model.json")


def test_a_file_that_is_not_there(tmp_path):
    """The error says why it cannot be read."""
    with pytest.raises(cl.ModelFileError, match="cannot be read: No such file"):
        read_model(tmp_path / "model.json")


def test_older_rules_are_plain_texts():
    """A blocking rule may stand there as text alone, and one that takes lists apart is listed."""
    said = model()
    said["blocking_rules_to_generate_predictions"] = [
        "l.zip = r.zip",
        {"blocking_rule": "l.a = r.a", "arrays_to_explode": ["a"]},
    ]
    read = read_model(said, allow_unmapped=True)
    assert list(read.blocking) == [cl.BlockingRule("zip")]
    assert [one.reason for one in read.unmapped] == ["takes lists apart"]
