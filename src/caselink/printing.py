"""Printing: what the commands show in the terminal. Counts and rates, never a value of a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
from rich.console import Console
from rich.table import Table

from caselink.evaluate import Evaluation


def show_frame(frame: pd.DataFrame, *, title: str) -> None:
    """A frame of counts as a table, its index left out."""
    numbers = [pd.api.types.is_numeric_dtype(dtype) for dtype in frame.dtypes]
    rows = ([_cell(value) for value in row] for row in frame.itertuples(index=False))
    _show([str(column).replace("_", " ") for column in frame.columns], rows, title=title, right=numbers)


def show_run(summary: Mapping[str, Any]) -> None:
    """What a run found, by source and by stage."""
    counts, seconds = summary["counts"], summary["seconds"]
    inputs = [
        [entry["source"], _cell(entry["lines_read"]), _cell(entry["lines_read"] - entry["records"])]
        for entry in summary["inputs"]
    ]
    _show(["source", "lines read", "left out"], inputs, title="Files")
    _show(["count", ""], [[_words(name), _cell(value)] for name, value in counts.items()], title="Found")
    stages = [[_words(stage), f"{spent:.2f}"] for stage, spent in [*seconds.items(), ("all", sum(seconds.values()))]]
    _show(["stage", "seconds"], stages, title="Time")


def show_scores(scores: Evaluation) -> None:
    """The persons found against the truth."""
    frame = scores.to_frame()
    rows = ([str(measure), *map(_cell, row)] for measure, row in zip(frame.index, frame.to_numpy(), strict=True))
    _show(["against the truth", *map(str, frame.columns)], rows, title="How good the persons are")


def show_files(files: Iterable[object]) -> None:
    """Where the results are, one path a line."""
    console = Console(soft_wrap=True, highlight=False)
    console.print("\nFiles written:")
    for file in files:
        console.print(f"  {file}", markup=False)


def _show(
    header: Sequence[str], rows: Iterable[Sequence[str]], *, title: str, right: Sequence[bool] | None = None
) -> None:
    table = Table(title=title, title_justify="left", title_style="bold")
    for place, name in enumerate(header):
        flush_right = place > 0 if right is None else right[place]
        table.add_column(name, justify="right" if flush_right else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    Console().print(table, markup=False)


def _words(name: str) -> str:
    return name.replace("_", " ")


def _cell(value: object) -> str:
    """A number with commas or four digits, missing as nothing.

    >>> _cell(1200), _cell(0.5), _cell(None)
    ('1,200', '0.5000', '')
    """
    if value is None or value is pd.NA or value != value:  # noqa: PLR0124 - only NaN differs from itself
        return ""
    if isinstance(value, float) and not value.is_integer():
        return f"{value:.4f}"
    return f"{int(value):,}" if isinstance(value, (int, float)) else str(value)
