"""Tables of a page, as plain values: the templates escape whatever stands in them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from numbers import Integral, Real

import pandas as pd

MOST_ROWS = 40
"""No table of a page is longer; how many rows are left out is said."""

UNSEEN = "".join(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200B, 0x2060, 0xFEFF, 0x2028, 0x2029)))
"""Characters that turn the direction of what follows, and those that cannot be seen and are no part of any script."""

_UNSEEN = re.compile(f"[{UNSEEN}\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

BAR_WIDTH = 100
"""Of a bar beside a number, in the units of its own drawing."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text, whether it is a number, how long the bar beside it is (None: no bar), and a note after it.

    ``link`` is where in the page the text leads.
    """

    text: str
    number: bool = False
    bar: float | None = None
    note: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption; the first cell of a row names the row. ``more`` rows are left out."""

    caption: str
    headings: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    more: int = 0


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
    headings = tuple(Cell(visible(name), number) for name, number in zip(names, numeric, strict=True))
    for place, name in enumerate(names):
        if name in beside:
            texts = shown[beside[name]].tolist()
            columns[place] = [replace(cell, note=text) for cell, text in zip(columns[place], texts, strict=True)]
    return Table(caption, headings, tuple(zip(*columns, strict=True)), max(len(frame) - most, 0))


def _cell(value: object, *, percent: bool, full: float | None) -> Cell:
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):  # noqa: PLR0124 - NaN alone
        return Cell("none")
    if isinstance(value, bool) or not isinstance(value, Real):
        return Cell(visible(str(value)))
    share = None if full is None else min(max(float(value) / full if full else 0.0, 0.0), 1.0)
    return Cell(as_percent(float(value)) if percent else as_number(value), number=True, bar=share)


def visible(text: str) -> str:
    """The text with what would turn its direction, or cannot be seen, told by number.

    >>> visible("ANA \u202egnp.exe"), visible("\u05d3\u05df")
    ('ANA [U+202E]gnp.exe', '\u05d3\u05df')
    """
    return _UNSEEN.sub(lambda found: f"[U+{ord(found.group()):04X}]", text)


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
