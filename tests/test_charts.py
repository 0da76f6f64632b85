"""Charts are valid, readable, made of counts and shares, and cost nothing until they are drawn."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

import caselink as cl
from caselink import charts
from caselink.synthetic import draw_records

RECORDS, TRUTH = draw_records(600, seed=5)


@pytest.fixture(scope="module")
def result():
    """A small result."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        return cl.Linker(threads=1).fit_resolve(RECORDS)


DRAWN = {
    "precision and recall": lambda result: charts.precision_recall_chart(result, TRUTH),
    "weights": charts.weights_chart,
    "weights by truth": lambda result: charts.weights_chart(result, TRUTH),
    "levels": charts.levels_chart,
    "calibration": lambda result: charts.calibration_chart(result, TRUTH),
    "estimates": lambda result: charts.estimates_chart(result.estimate()),
}


@pytest.mark.parametrize("name", DRAWN)
def test_charts_are_valid_and_titled(result, name, tmp_path):
    """Every chart follows the Vega-Lite schema, has a title, and is written as HTML."""
    chart = DRAWN[name](result)
    spec = chart.to_dict()
    assert "title" in json.dumps({key: value for key, value in spec.items() if key != "datasets"})
    chart.save(str(tmp_path / "chart.html"))
    assert "vega" in (tmp_path / "chart.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", DRAWN)
def test_charts_show_no_value_of_a_person(result, name):
    """No name, date, number or id of a record stands in what a chart carries."""
    text = json.dumps(DRAWN[name](result).to_dict())
    for column in ("first_name", "last_name", "birth_date", "ssn", "street", "record_id"):
        values = {value for value in RECORDS[column].dropna().unique() if len(value) > 4}
        assert values
        assert not [value for value in values if f'"{value}"' in text or f" {value} " in text]


def test_tables_behind_the_charts_count_every_pair(result):
    """The pairs of the histogram are the links, shared out by class; shares of levels add up to one."""
    by_model, by_truth = charts.weights_table(result), charts.weights_table(result, TRUTH)
    assert by_model["pairs"].sum() == pytest.approx(len(result.links))
    assert by_truth["pairs"].sum() == len(result.links)
    assert set(by_model["class"]) == set(charts.CLASSES)
    shares = charts.levels_table(result).groupby(["comparison", "class"])["share"].sum()
    assert shares.to_numpy() == pytest.approx(1.0)


def test_the_threshold_table_is_counted_with_the_truth(result):
    """At a threshold precision is the share of true links, and recall falls as the threshold rises."""
    table = charts.threshold_table(result, TRUTH).set_index("threshold")
    links = result.links.merge(TRUTH, left_on=["source_left", "record_id_left"], right_on=["source", "record_id"])
    links = links.merge(TRUTH, left_on=["source_right", "record_id_right"], right_on=["source", "record_id"])
    linked = links[links["match_probability"] >= 0.5]
    assert table.loc[0.5, "links"] == len(linked)
    assert table.loc[0.5, "precision"] == pytest.approx((linked["entity_id_x"] == linked["entity_id_y"]).mean())
    assert table["recall"].is_monotonic_decreasing


def test_only_a_mixture_has_shares_of_levels():
    """A matcher by rules has no m and u; asking for them is an error that says so."""
    matcher = cl.RuleMatcher(["first_name exact and birth_date exact"])
    result = cl.Linker(matcher=matcher, threads=1).fit_resolve(RECORDS)
    with pytest.raises(cl.SpecError, match="RuleMatcher"):
        charts.levels_chart(result)


def test_classes_of_levels_are_told_apart_without_color(result):
    """By the shape of their points, too; each comparison has its own scale of levels."""
    drawn = charts.levels_chart(result).to_dict()
    assert drawn["resolve"]["scale"] == {"y": "independent"}
    shape, color = drawn["encoding"]["shape"], drawn["encoding"]["color"]
    assert shape["field"] == color["field"] == "class"
    assert len(set(shape["scale"]["range"])) == len(shape["scale"]["domain"]) == 3


def test_estimates_are_what_is_drawn(result):
    """A result itself is not what the chart draws; the error says what to give."""
    with pytest.raises(cl.SpecError, match=r"give result.estimate"):
        charts.estimates_chart(result)


def test_importing_caselink_does_not_load_altair():
    """The package for charts comes with the first chart."""
    code = "import sys, caselink, caselink.charts; print('altair' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(Path(cl.__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "False"


def test_a_waterfall_goes_from_nothing_to_the_weight(result):
    """Each bar begins where the last one ended, and they end at the sum; the chart says so and holds no value."""
    records = result.records.assign(protected="N")
    again = cl.Linker(threads=1).fit_resolve(records)
    best = again.links.iloc[0][["source_left", "record_id_left", "source_right", "record_id_right"]]
    why = again.explain(*best)
    table = charts.waterfall_table(why)
    steps, last = table.iloc[:-1], table.iloc[-1]
    np.testing.assert_allclose(steps["begin"].iloc[1:], steps["end"].iloc[:-1])
    assert last["bits"] == why.match_weight == pytest.approx(steps["end"].iloc[-1], abs=0.1)
    text = charts.waterfall_chart(why).to_json()
    assert '"sum"' in text
    assert not [value for value in records["ssn"].dropna() if value in text]
