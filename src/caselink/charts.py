"""Charts of a result, as altair draws them: in notebooks, or as HTML with ``chart.save("chart.html")``.

Each chart has a table behind it, and no chart or table holds a value of a person: they are made of counts and shares.
altair is imported when a chart is drawn, so that ``import caselink`` does not pay for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.errors import SpecError
from caselink.evaluate.estimates import THRESHOLDS, Estimates
from caselink.explain import Explanation
from caselink.explain.sentences import with_values
from caselink.matchers import FellegiSunter
from caselink.result import Result
from caselink.reviewing import are_matches

if TYPE_CHECKING:
    import altair as alt

_WIDTH, _HEIGHT, _ROW = 480, 280, 15
_BLUE, _ORANGE, _GREY = "#1a4f8a", "#dd6b20", "#a0aec0"  # dark, middle and light: told apart without color, too
CLASSES = ("same person", "same household", "unrelated")
TRUE_CLASSES = ("one person", "two people")


def threshold_table(result: Result, truth: pd.DataFrame) -> pd.DataFrame:
    """Precision and recall of the links by threshold, with the truth: one row a match probability.

    Columns ``threshold``, ``precision``, ``recall``, ``links``; recall is of all true pairs between records that the
    truth knows, also those that blocking missed.
    """
    match = are_matches(result.prepared, truth, (result.pairs.left, result.pairs.right))
    known = match.notna().to_numpy()
    true = match[known].to_numpy(bool)
    probability = _probability(result)[known]
    total = result.blocking_recall(truth).true_pairs
    rows = []
    for threshold in THRESHOLDS:
        linked = probability >= threshold
        right = int((linked & true).sum())
        precision = right / linked.sum() if linked.any() else np.nan
        row = {"threshold": threshold, "precision": precision, "recall": right / total if total else np.nan}
        rows.append(row | {"links": int(linked.sum())})
    return pd.DataFrame(rows)


def weights_table(result: Result, truth: pd.DataFrame | None = None) -> pd.DataFrame:
    """Scored pairs by match weight: ``weight_bits`` (from, in steps of one), ``class`` and ``pairs``.

    Classes are those of the model, each pair shared out by its probabilities; with the truth, those of the truth.
    """
    bits = np.floor(result.pairs.match_weight.astype(np.float64)).astype(np.int64)
    if truth is None:
        match = _probability(result)
        household = np.minimum(result.pairs.household.astype(np.float64), 1 - match)
        shares = dict(zip(CLASSES, (match, household, 1 - match - household), strict=True))
    else:
        same = are_matches(result.prepared, truth, (result.pairs.left, result.pairs.right))
        known = same.notna().to_numpy()
        is_match = same.fillna(False).to_numpy(bool)  # noqa: FBT003 - the value that stands for missing
        shares = dict(zip(TRUE_CLASSES, (known & is_match, known & ~is_match), strict=True))
    least = int(bits.min(initial=0))
    there = np.flatnonzero(np.bincount(bits - least))
    tables = [
        pd.DataFrame(
            {
                "weight_bits": (there + least).astype(np.float64),
                "class": name,
                "pairs": np.bincount(bits - least, share.astype(np.float64))[there],
            }
        )
        for name, share in shares.items()
    ]
    counted = pd.concat(tables, ignore_index=True)
    return counted.sort_values(["weight_bits", "class"], ignore_index=True)


def levels_table(result: Result) -> pd.DataFrame:
    """How often matches, households and random pairs reach each level: ``FellegiSunter.table()`` in long form.

    Columns ``comparison``, ``level``, ``place`` (order of the levels), ``class`` and ``share``.
    """
    if not isinstance(result.matcher, FellegiSunter):
        raise SpecError(f"only FellegiSunter learns shares of levels; the matcher is a {type(result.matcher).__name__}")
    table = result.matcher.table()
    table["place"] = table.groupby("comparison").cumcount()
    named = {"m": "same person", "household": "same household", "u": "random pair"}
    keys = ["comparison", "level", "place"]
    long = table.melt(id_vars=keys, value_vars=list(named), var_name="class", value_name="share")
    return long.assign(**{"class": long["class"].map(named)})


def precision_recall_chart(result: Result, truth: pd.DataFrame) -> alt.Chart:
    """Precision against recall of the links, one point a threshold, with the truth."""
    import altair as alt

    table = threshold_table(result, truth)
    recall = alt.X("recall:Q", title="Recall: share of true pairs that were linked", scale=alt.Scale(zero=False))
    precision = alt.Y("precision:Q", title="Precision: share of links that are right", scale=alt.Scale(zero=False))
    points = alt.Chart(table, title="Precision and recall of the links, by threshold", width=_WIDTH, height=_HEIGHT)
    chart: alt.Chart = points.mark_line(point=True, color=_BLUE).encode(
        x=recall, y=precision, order="threshold:Q", tooltip=list(table.columns)
    )
    return chart


def weights_chart(result: Result, truth: pd.DataFrame | None = None) -> alt.Chart:
    """How many pairs have which match weight, by class: as the model sees them, or with the truth."""
    import altair as alt

    table = weights_table(result, truth)
    classes = list(CLASSES if truth is None else TRUE_CLASSES)
    colors = alt.Scale(domain=classes, range=[_BLUE, _ORANGE, _GREY][: len(classes)])
    seen = "as the model sees them" if truth is None else "by the truth"
    chart: alt.Chart = (
        alt.Chart(table, title=f"Scored pairs by match weight, {seen}", width=_WIDTH, height=_HEIGHT)
        .mark_bar()
        .encode(
            x=alt.X("weight_bits:Q", bin=alt.Bin(step=1), title="Match weight (bits; above 0 speaks for one person)"),
            y=alt.Y("pairs:Q", title="Pairs"),
            color=alt.Color("class:N", title="Pair is", scale=colors),
            order=alt.Order("class:N"),
            tooltip=["weight_bits:Q", "class:N", alt.Tooltip("pairs:Q", format=",.0f")],
        )
    )
    return chart


def levels_chart(result: Result) -> alt.Chart:
    """What the model learned (m and u): the share of matches and of others at each level of each comparison."""
    import altair as alt

    table = levels_table(result)
    classes = ["same person", "same household", "random pair"]
    chart: alt.Chart = (
        alt.Chart(table, title="How often each level is reached", width=_WIDTH, height=alt.Step(_ROW))
        .mark_point(size=70, strokeWidth=2, opacity=1)
        .encode(
            x=alt.X("share:Q", title="Share of the pairs", scale=alt.Scale(domain=[0, 1])),
            y=alt.Y("level:N", title=None, sort=alt.SortField("place")),
            color=alt.Color("class:N", title="Pair is", scale=alt.Scale(domain=classes, range=[_BLUE, _ORANGE, _GREY])),
            shape=alt.Shape("class:N", title="Pair is", scale=alt.Scale(domain=classes, range=_SHAPES)),
            row=alt.Row("comparison:N", title=None, header=alt.Header(labelAngle=0, labelAlign="left")),
            tooltip=["comparison", "level", "class", alt.Tooltip("share:Q", format=".4f")],
        )
        .resolve_scale(y="independent")
    )
    return chart


_SHAPES = ["circle", "diamond", "cross"]


def waterfall_table(explanation: Explanation) -> pd.DataFrame:
    """What each fact adds to the match weight of a pair: ``fact``, ``level``, ``bits``, and where it begins and ends.

    The last row is the sum; what is withheld or missing adds nothing and is left out.
    """
    rows = with_values(explanation.table)
    rows = rows[rows["value"].abs().fillna(0) >= _LEAST_BITS]
    end = rows["value"].cumsum()
    table = pd.DataFrame({"fact": rows["comparison"], "level": rows["level"], "bits": rows["value"]})
    table["begin"], table["end"] = end - rows["value"], end
    table["kind"] = np.where(rows["value"] > 0, *_KINDS[:2])
    total = explanation.match_weight
    last = {"fact": "sum", "level": "", "bits": total, "begin": 0.0, "end": total, "kind": _KINDS[2]}
    return pd.DataFrame([*table.to_dict("records"), last])


_KINDS = ("for one person", "against", "sum")
_LEAST_BITS = 0.005


def waterfall_chart(explanation: Explanation) -> alt.LayerChart:
    """How the weight of a pair comes about, fact by fact, and the line from which two records are linked."""
    import altair as alt

    table = waterfall_table(explanation)
    verdict = "one person" if explanation.one_person else "two people"
    colors = alt.Scale(domain=list(_KINDS), range=[_BLUE, _ORANGE, _GREY])
    bars = (
        alt.Chart(table, title=f"Why {verdict}: what each fact adds", width=_WIDTH, height=alt.Step(_ROW * 1.6))
        .mark_bar()
        .encode(
            x=alt.X("begin:Q", title="Match weight so far (bits)"),
            x2="end:Q",
            y=alt.Y("fact:N", title=None, sort=None),
            color=alt.Color("kind:N", title=None, scale=colors),
            tooltip=["fact", "level", alt.Tooltip("bits:Q", format="+.2f")],
        )
    )
    ends = bars.transform_calculate(right="max(datum.begin, datum.end)").mark_text(align="left", dx=4)
    told = ends.encode(x="right:Q", x2=alt.Undefined, color=alt.value("black"), text=alt.Text("bits:Q", format="+.1f"))
    line = alt.Chart(pd.DataFrame({"line": [explanation.line_bits]})).mark_rule(strokeDash=[4, 4])
    return cast("alt.LayerChart", bars + told + line.encode(x="line:Q"))


def calibration_chart(result: Result, truth: pd.DataFrame) -> alt.LayerChart:
    """Predicted match probability against the true share of matches: on the line is right, below it overconfident."""
    import altair as alt

    table = result.calibration(truth)
    predicted = alt.X("predicted:Q", title="Match probability given by the model", scale=alt.Scale(domain=[0, 1]))
    base = alt.Chart(table, title="Calibration: what the model said and what was true", width=_WIDTH, height=_HEIGHT)
    line = alt.Chart(pd.DataFrame({"predicted": [0.0, 1.0], "true": [0.0, 1.0]}))
    share: dict[str, Any] = {"title": "Share of these pairs that are one person", "scale": alt.Scale(domain=[0, 1])}
    axis = alt.Y("true:Q", **share)
    marks = alt.Size("pairs:Q", title="Pairs", scale=alt.Scale(type="log", range=[30, 400]))
    chart = alt.layer(
        base.mark_rule(color=_BLUE, opacity=0.6).encode(x=predicted, y=alt.Y("low:Q", **share), y2="high:Q"),
        base.mark_circle(color=_BLUE, opacity=1).encode(x=predicted, y=axis, size=marks, tooltip=list(table.columns)),
        line.mark_line(color=_GREY, strokeDash=[4, 4]).encode(x=predicted, y=axis),
    )
    return cast("alt.LayerChart", chart)


def estimates_chart(estimates: Estimates) -> alt.LayerChart:
    """Estimated precision and recall of the links by threshold, with their 95 % intervals; no truth is needed."""
    import altair as alt

    if not isinstance(estimates, Estimates):
        raise SpecError(f"estimates_chart draws estimates, not a {type(estimates).__name__}; give result.estimate()")
    table = _long(estimates.by_threshold)
    title = "Estimated precision and recall of the links, with 95 % intervals"
    base = alt.Chart(table, title=title, width=_WIDTH, height=_HEIGHT).encode(
        x=alt.X("threshold:Q", title="Match probability from which pairs are linked"),
        color=alt.Color(
            "measure:N",
            title=None,
            scale=alt.Scale(domain=["precision", "recall"], range=[_BLUE, _ORANGE]),
            legend=alt.Legend(symbolOpacity=1),
        ),
    )
    dashes = alt.StrokeDash("measure:N", title=None, scale=alt.Scale(domain=["precision", "recall"]))
    share: dict[str, Any] = {"title": "Share", "scale": alt.Scale(zero=False)}
    chart = alt.layer(
        base.mark_area(opacity=0.2).encode(y=alt.Y("low:Q", **share), y2="high:Q"),
        base.mark_line(point=True).encode(
            y=alt.Y("estimate:Q", **share),
            strokeDash=dashes,
            tooltip=list(table.columns),
        ),
    )
    return cast("alt.LayerChart", chart)


def _long(by_threshold: pd.DataFrame) -> pd.DataFrame:
    """A row a threshold and measure, thresholds without links left out."""
    parts = [
        pd.DataFrame(
            {
                "threshold": by_threshold["threshold"],
                "measure": measure,
                "estimate": by_threshold[measure],
                "low": by_threshold[f"{measure}_low"],
                "high": by_threshold[f"{measure}_high"],
            }
        )
        for measure in ("precision", "recall")
    ]
    return pd.concat(parts, ignore_index=True).dropna()


def _probability(result: Result) -> npt.NDArray[np.float64]:
    return 1 / (1 + np.exp2(-result.pairs.match_weight.astype(np.float64)))
