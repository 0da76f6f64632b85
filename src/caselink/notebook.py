"""What a notebook shows of an object: a heading and small tables, everything escaped, no value of a person."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import pandas as pd

_MOST_ROWS = 60


def show_object(title: str, facts: Mapping[str, object]) -> str:
    """An object as a heading and a table of what it is made of.

    >>> page = show_object("Linker", {"rules": "<none>"})
    >>> "<th>rules</th>" in page, "&lt;none&gt;" in page, "<none>" in page
    (True, True, False)
    """
    cells = ((escape(str(name)), escape(_cell(value))) for name, value in facts.items())
    rows = "".join(f'<tr><th>{name}</th><td style="text-align: left">{value}</td></tr>' for name, value in cells)
    return f"<p><b>{escape(title)}</b></p><table><tbody>{rows}</tbody></table>"


def show_table(table: pd.DataFrame) -> str:
    """A table of counts, weights or shares; of a long one the first rows, and how many more there are."""
    shown: str = table.head(_MOST_ROWS).to_html(index=False, border=0, float_format=_number, na_rep="")
    more = len(table) - _MOST_ROWS
    return shown + (f"<p>and {more:,} more rows</p>" if more > 0 else "")


def _cell(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{value:,}" if isinstance(value, int) else _number(value)


def _number(value: float) -> str:
    """Three digits that count; of large numbers all before the point."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
