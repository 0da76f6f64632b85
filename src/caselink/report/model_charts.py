"""What the model learned and how it weighs pairs, as charts with their tables."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from caselink.charts import CLASSES, weights_table
from caselink.matchers import FellegiSunter
from caselink.report.drawings import Chart, Panel, PanelRow, Panels, stacked_chart
from caselink.report.quality import name_of
from caselink.report.tables import as_percent, make_table

if TYPE_CHECKING:
    from caselink.result import Result

WEIGHT_STEP = 2.0
"""Bits of match weight that share a bar."""
_SHARES = {"m": "same person", "household": "same household", "u": "any two people"}


def weights_picture(result: Result) -> Chart | None:
    """How many scored pairs have which match weight; None where no pair was scored."""
    table = weights_table(result)
    if not len(table):
        return None
    table["weight_bits"] = np.floor(table["weight_bits"] / WEIGHT_STEP) * WEIGHT_STEP
    counts = table.pivot_table(index="weight_bits", columns="class", values="pairs", aggfunc="sum", fill_value=0.0)
    counts = counts.reindex(columns=list(CLASSES), fill_value=0.0)
    listed = counts.round().astype(int).reset_index().rename(columns={"weight_bits": "match weight from, bits"})
    listed.columns.name = None
    listed["match weight from, bits"] = listed["match weight from, bits"].astype(int)
    titles = (
        "Scored pairs of records by match weight, as the model sees them",
        "How many pairs have each match weight; those far below the line are not kept. A table follows.",
    )
    axes = ("match weight in bits; above 0 speaks for one person", "pairs of records")
    return stacked_chart(
        titles, axes, counts, step=WEIGHT_STEP, table=make_table("Scored pairs by match weight", listed, most=200)
    )


def levels_picture(result: Result) -> Panels | None:
    """How often pairs of each kind reach each level, comparison by comparison; None for a matcher without shares."""
    if not isinstance(result.matcher, FellegiSunter) or result.matcher.mixture_ is None:
        return None
    table = result.matcher.table()
    table["name"] = [name_of(str(one)) for one in table["comparison"]]
    panels = tuple(
        Panel(str(name), tuple(_row(row) for row in rows))
        for name, rows in groupby(table.to_dict("records"), key=lambda row: row["name"])
    )
    shown = pd.DataFrame({"fact and how alike": table["name"] + ": " + table["level"].astype(str)})
    for column, title in _SHARES.items():
        shown[title] = table[column]
    shown["match weight, bits"] = table["match_weight"]
    caption = "How often the facts of two records are how alike, and what that weighs"
    listed = make_table(caption, shown, percent=list(_SHARES.values()), most=400)
    return Panels(
        "How often two records are alike, and what that weighs",
        "For each fact, how often two records of one person and two records of any two people reach each level.",
        (_SHARES["m"], _SHARES["u"]),
        panels,
        listed,
    )


def _row(row: Mapping[Hashable, Any]) -> PanelRow:
    bits = float(row["match_weight"])
    told = f"{as_percent(float(row['m']))} of one person, {as_percent(float(row['u']))} of any two"
    return PanelRow(str(row["level"]), (float(row["m"]), float(row["u"])), f"{bits:+.1f}", told)
