"""How a notebook shows an explanation: its sentences, then its tables, everything escaped.

Made for screen readers too: the whole is a named region in its language, every table has a caption and its headings
say what they head.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import pandas as pd

_MOST_ROWS = 60


def show_explanation(
    title: str, sentences: Sequence[str], tables: Mapping[str, pd.DataFrame], purpose: str, language: str = "en"
) -> str:
    """A region with a heading, the sentences as a list, and the tables under their captions.

    >>> print(show_explanation("Why", ["It is <so>."], {}, "statistics").replace("<p>", chr(10) + "<p>"))
    <section aria-label="Why" lang="en">
    <p><strong>Why</strong></p><ul><li>It is &lt;so&gt;.</li></ul>
    <p>Masked for the purpose: statistics.</p></section>
    """
    told = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    shown = "".join(_table(caption, table) for caption, table in tables.items())
    name = escape(title, quote=True)
    head = f'<section aria-label="{name}" lang="{escape(language)}"><p><strong>{name}</strong></p><ul>{told}</ul>'
    return f"{head}{shown}<p>Masked for the purpose: {escape(purpose)}.</p></section>"


def _table(caption: str, table: pd.DataFrame) -> str:
    heads = "".join(f'<th scope="col">{escape(str(name).replace("_", " "))}</th>' for name in table.columns)
    columns = [[_cell(value) for value in table[name].tolist()[:_MOST_ROWS]] for name in table.columns]
    rows = "".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in rest)}</tr>'
        for first, *rest in zip(*columns, strict=True)
    )
    more = len(table) - _MOST_ROWS
    further = f"<p>and {more:,} more rows</p>" if more > 0 else ""
    body = f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody>"
    return f"<table><caption>{escape(caption)}</caption>{body}</table>{further}"


def _cell(value: object) -> str:
    """A value as text; nothing for one that is missing.

    >>> _cell(2.345), _cell(3.0), _cell(0.99999), _cell(float("nan")), _cell("a & b")
    ('2.35', '3', '0.99999', '', 'a &amp; b')
    """
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):  # noqa: PLR0124  (not a number)
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, float):
        return escape(str(value))
    if value.is_integer():
        return str(int(value))
    return f"{value:.5f}" if round(value, 2).is_integer() else f"{value:.2f}"
