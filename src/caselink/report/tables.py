"""Tables and bar charts of a page, as plain values: the templates escape whatever stands in them."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from numbers import Integral, Real

import pandas as pd

MOST_ROWS = 40
"""No table of a page is longer; how many rows are left out is said."""

BAR_WIDTH = 100
"""Of a bar beside a number, in the units of its own drawing."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text, whether it is a number, how long the bar beside it is (None: no bar), and a note after it."""

    text: str
    number: bool = False
    bar: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption; the first cell of a row names the row. ``more`` rows are left out."""

    caption: str
    headings: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    more: int = 0


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


def make_table(
    caption: str,
    frame: pd.DataFrame,
    *,
    percent: Collection[str] = (),
    bars: Mapping[str, float] | None = None,
    most: int = MOST_ROWS,
    notes: Mapping[str, str] | None = None,
) -> Table:
    """Give the columns of a frame under their names; ``bars`` names columns with a bar and the value of a full one.

    ``notes`` names for a column another one, whose texts stand after its own.

    >>> table = make_table("People", pd.DataFrame({"program": ["iv-a"], "share": [0.5]}), percent=["share"])
    >>> [cell.text for cell in table.rows[0]]
    ['iv-a', '50.0 %']
    """
    full, beside = bars or {}, notes or {}
    shown = frame.head(most)
    names = [str(name) for name in frame.columns if name not in beside.values()]
    columns = [
        [_cell(value, percent=name in percent, full=full.get(name)) for value in shown[name].tolist()] for name in names
    ]
    numeric = [any(cell.number for cell in column) for column in columns]
    columns = [[replace(cell, number=right) for cell in column] for column, right in zip(columns, numeric, strict=True)]
    headings = tuple(Cell(name, number) for name, number in zip(names, numeric, strict=True))
    for place, name in enumerate(names):
        if name in beside:
            texts = shown[beside[name]].tolist()
            columns[place] = [replace(cell, note=text) for cell, text in zip(columns[place], texts, strict=True)]
    return Table(caption, headings, tuple(zip(*columns, strict=True)), max(len(frame) - most, 0))


def _cell(value: object, *, percent: bool, full: float | None) -> Cell:
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):  # noqa: PLR0124 - NaN alone
        return Cell("none")
    if isinstance(value, bool) or not isinstance(value, Real):
        return Cell(str(value))
    share = None if full is None else min(max(float(value) / full if full else 0.0, 0.0), 1.0)
    return Cell(as_percent(float(value)) if percent else as_number(value), number=True, bar=share)


def as_number(value: float | Real) -> str:
    """A number as it is read: whole ones with thousands marked, others with one place.

    >>> as_number(12345), as_number(12.34), as_number(1234.5)
    ('12,345', '12.3', '1,234.5')
    """
    return f"{int(value):,}" if isinstance(value, Integral) else f"{float(value):,.1f}"


def as_percent(share: float) -> str:
    """A share as it is read; never rounded to all or nothing.

    >>> as_percent(0.5), as_percent(0.99999), as_percent(0.00001), as_percent(1.0), as_percent(0.0)
    ('50.0 %', '> 99.9 %', '< 0.1 %', '100 %', '0 %')
    """
    if share in (0.0, 1.0):
        return f"{share:.0%}".replace("%", " %")
    if share < 0.0005 or share > 0.9995:
        return "< 0.1 %" if share < 0.5 else "> 99.9 %"
    return f"{100 * share:.1f} %"


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
