"""Charts of a page as rectangles and texts: a template draws them, nothing has to run."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from caselink.report.tables import Table, as_number


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle of a chart, and the number of its class."""

    x: float
    y: float
    width: float
    height: float
    kind: int


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis and what stands there."""

    place: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A bar chart with its title, a description for who cannot see it, and the table with the same numbers."""

    title: str
    description: str
    x_title: str
    y_title: str
    kinds: tuple[str, ...]
    bars: tuple[Bar, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    table: Table


LEFT, TOP, RIGHT, BOTTOM = 70.0, 8.0, 640.0, 240.0
"""Where the bars of a chart are drawn."""


@dataclass(frozen=True, slots=True)
class PanelRow:
    """One level: its name, a share for each kind of pair, and what stands beside it and in its place for a reader."""

    name: str
    shares: tuple[float, ...]
    beside: str
    told: str


@dataclass(frozen=True, slots=True)
class Panel:
    """The levels of one fact."""

    title: str
    rows: tuple[PanelRow, ...]


@dataclass(frozen=True, slots=True)
class Panels:
    """Small bar charts of one make, a panel a fact, and the table with the same numbers."""

    title: str
    description: str
    kinds: tuple[str, ...]
    panels: tuple[Panel, ...]
    table: Table


def stacked_chart(
    titles: tuple[str, str], axes: tuple[str, str], counts: pd.DataFrame, *, step: float, table: Table
) -> Chart:
    """Bars upon each other: ``counts`` has a row a place on the x axis (its index, ``step`` wide) and a column a kind.

    ``titles`` are the title and the description, ``axes`` the names of the two axes.
    """
    first, last = float(counts.index.min()), float(counts.index.max()) + step
    top = nice_top(float(counts.sum(axis=1).max()))
    wide = (RIGHT - LEFT) / (last - first)
    tall = (BOTTOM - TOP) / top
    bars = []
    for place, row in zip(counts.index.tolist(), counts.to_numpy(float).tolist(), strict=True):
        base = BOTTOM
        for kind, value in enumerate(row):
            height = value * tall
            base -= height
            if height >= 0.05:
                x = LEFT + (float(place) - first) * wide
                bars.append(Bar(round(x + 0.5, 2), round(base, 2), round(step * wide - 1, 2), round(height, 2), kind))
    x_ticks = [Tick(round(LEFT + (at - first) * wide, 2), f"{at:g}") for at in _round_places(first, last)]
    y_ticks = [Tick(round(BOTTOM - part * top * tall, 2), as_number(round(part * top))) for part in (0, 0.5, 1)]
    kinds = tuple(str(name) for name in counts.columns)
    return Chart(*titles, *axes, kinds, tuple(bars), tuple(x_ticks), tuple(y_ticks), table)


def nice_top(most: float) -> float:
    """The round number at which an axis ends.

    >>> nice_top(0.0), nice_top(7.0), nice_top(120.0), nice_top(2900.0)
    (2.0, 8.0, 200.0, 3000.0)
    """
    whole = max(most, 2.0)
    ten = 10.0 ** math.floor(math.log10(whole))
    return next(ten * factor for factor in (1, 2, 3, 4, 6, 8, 10) if ten * factor >= whole)


def _round_places(first: float, last: float) -> Sequence[float]:
    step = next(one for one in (1, 2, 5, 10, 20, 50, 100, 1000, 10_000) if (last - first) / one <= 10)
    begin = int(-(-first // step)) * step
    return [float(at) for at in range(begin, int(last) + 1, step)]
