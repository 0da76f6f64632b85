"""Printing: what the commands show in the terminal. Counts and rates, never a value of a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from caselink.evaluate import Evaluation, GroupScores
from caselink.evaluate.scores import readable
from caselink.findings.finding import STRENGTHS
from caselink.layouts import Layout
from caselink.masking import WITHHELD
from caselink.purposes import PURPOSES, UNTOLD


def show_frame(frame: pd.DataFrame, *, title: str) -> None:
    """A frame of counts and rates as a table, its index left out."""
    numbers = [pd.api.types.is_numeric_dtype(dtype) for dtype in frame.dtypes]
    rows = readable(frame).itertuples(index=False, name=None)
    _show([_words(str(column)) for column in frame.columns], rows, title=title, right=numbers)


def show_run(summary: Mapping[str, Any]) -> None:
    """What a run found, in the order in which a newcomer asks: files, people, leads, programs; then what it took."""
    counts, seconds = summary["counts"], summary["seconds"]
    files = [(entry["source"], entry["lines_read"], entry["records"]) for entry in summary["inputs"]]
    beside = summary.get("files_beside", ())
    files += [(f"{one['source'] or ''} {one['kind']}".strip(), one["lines_read"], one["rows"]) for one in beside]
    inputs = [[name, _cell(read), _cell(read - used)] for name, read, used in files]
    _show(["source", "lines read", "not used"], inputs, title="Files")
    _show_notes(
        [f"{counts['records']:,} records are {counts['persons']:,} people in {counts['households']:,} households."]
    )
    if summary.get("people_counts"):
        _show_people(summary["people_counts"])
    if "findings" in summary:
        _show_findings(summary["findings"])
    if "exchange" in summary:
        lines = exchange_lines(summary["exchange"]) if summary["exchange"]["rows"] else [_NO_EXCHANGE]
        _show_notes(["", "Between the programs: exchange.csv", *lines])
    if "purpose" in summary:
        _show_notes(["", _purpose_line(summary)])
    work = [[_words(name), _cell(value)] for name, value in counts.items() if value and name not in _SAID]
    _show(["what it took", ""], work, title="Work")
    stages = [[_words(stage), f"{spent:.2f}"] for stage, spent in [*seconds.items(), ("all", sum(seconds.values()))]]
    _show(["stage", "seconds"], stages, title="Time")


_SAID = ("records", "persons", "households")
_NO_EXCHANGE = (
    'nothing: it is told where sources.toml says the program of each source (program = "iv-a") and its rosters'
)


def _show_people(told: Mapping[str, Any]) -> None:
    """People and families of each program, each counted once; with what linking may have got wrong."""
    rows: dict[str, list[str]] = {}
    for one in told["totals"]:
        rows.setdefault("all together" if one["programs"] == "any" else one["programs"], []).extend(_interval(one))
    header = ["program", "people", "from-to", "families", "from-to"]
    _show(header, [[name, *cells] for name, cells in rows.items()], title="People and families, each counted once")
    notes = ["from-to: where the true count is, 95 % sure, by what linking may have got wrong"]
    notes.append("In which programs at once: people_counts.csv")
    if told["least"] is not None:
        notes.append(f"Counts under {told['least']} are left out for this purpose, and what would give them away.")
    _show_notes(notes)


def _interval(row: Mapping[str, Any]) -> list[str]:
    """A count, and from where to where it may be; left out where it is too small.

    >>> _interval({"counted": 1200, "low": 1190, "high": 1230}), _interval({"counted": None, "low": None, "high": None})
    (['1,200', '1,190-1,230'], ['left out', ''])
    """
    if row["counted"] is None:
        return ["left out", ""]
    return [_cell(row["counted"]), "" if row["low"] is None else f"{row['low']:,}-{row['high']:,}"]


def _show_findings(told: Mapping[str, Any]) -> None:
    """How many leads of each rule, how strong, and what is not among them and why."""
    rows = [[one["rule"], one["title"], one["strength"], _cell(one["findings"])] for one in told["by_rule"]]
    right = [False, False, False, True]
    title = f"{told['found']:,} leads to check, none verified: findings.csv"
    if rows:
        _show(["rule", "lead to check", "strength", "leads"], rows, title=title, right=right)
    used = [name for name in STRENGTHS if any(one["strength"] == name for one in told["by_rule"])]
    notes = [f"{name}: {STRENGTHS[name]}" for name in used] if rows else ["", title]
    if rows:
        notes.append("Each says what may explain it and what to verify; `caselink dismiss` keeps a settled one out.")
    notes += [f"{told[name]:,} {says}" for name, says in _NOT_SHOWN.items() if told[name]]
    if told["skipped"]:
        notes.append(f"{len(told['skipped'])} rules did not run, as their evidence is not in the files: summary.json")
    _show_notes(notes)


_NOT_SHOWN = {
    "left_out": "more are left out: this purpose may not see them",
    "dismissed": "more were dismissed before, and their evidence is the same",
}


def exchange_lines(told: Mapping[str, Any]) -> list[str]:
    """What the exchange view says, in three lines: children, parents, and who should act.

    >>> row = {"element": "child", "says": "on both sides", "who": "nobody", "rows": 3}
    >>> exchange_lines({"counts": [row]})
    ['children: 3 on both sides', 'parents: none', 'to act: nobody']
    """
    counts = told["counts"]
    lines = []
    for element, name in (("child", "children"), ("parent", "parents")):
        said = [f"{one['rows']:,} {one['says'].split(':')[0]}" for one in counts if one["element"] == element]
        lines.append(f"{name}: {', '.join(said) or 'none'}")
    by: dict[str, list[str]] = {}
    for one in counts:
        if one["who"] not in ("nobody", WITHHELD):
            by.setdefault(one["who"], []).append(f"{one['element']} {one['says']} ({one['rows']:,})")
    acts = [f"{who}: {'; '.join(said)}." for who, said in by.items()]
    return [*lines, f"to act: {' '.join(acts) or 'nobody'}"]


def _purpose_line(summary: Mapping[str, Any]) -> str:
    n_withheld = sum(summary.get("withheld", {}).values())
    unknown = "" if summary.get("protection_told", True) else f" {UNTOLD[0].upper()}{UNTOLD[1:]}."
    others = ", ".join(repr(name) for name in PURPOSES if name != summary["purpose"])
    return (
        f"Purpose: {summary['purpose']}. {n_withheld:,} cells are withheld: not for this purpose, protected, or not "
        "known; which of these is not said. Another --purpose tells what its readers "
        f"may see: {others}.{unknown}"
    )


def show_scores(scores: Evaluation, *, by_sources: bool = True) -> None:
    """The persons found against the truth; with the interval of every score where the terminal is wide enough.

    ``by_sources``: also the pairs between each two sources.
    """
    table = scores.table() if _is_wide() else _with_f1_interval(scores.to_frame(), scores.limits)
    table = table if by_sources else table[~table.index.str.contains(" ~ ", regex=False)]
    show_named(table, title=scores.headline(), index="against the truth")
    _show_notes(scores.notes())


def _show_notes(notes: Iterable[str]) -> None:
    console = Console(soft_wrap=True, highlight=False)
    for note in notes:
        console.print(note, markup=False)


def show_groups(groups: GroupScores) -> None:
    """Scores by group, and the gap between the best and the worst served."""
    scores, gaps = groups.tables()
    if not _is_wide():
        scores = _with_f1_interval(groups.scores[["records", "precision", "recall", "f1"]], groups.scores)
    show_named(scores, title="By group", index=groups.column)
    show_named(gaps, title="Gaps", index="score")
    _show_notes(groups.notes())


def show_errors(losses: pd.DataFrame) -> None:
    """Missed and wrong pairs by kind of error, whatever the field; a lift above 1 says that the error costs pairs."""
    kinds = losses[losses["field"] == ""].drop(columns=["field", "missed_rate", "wrong_rate"])
    kinds["kind"] = kinds["kind"].where(kinds["kind"] != "", "no error")
    for lift in ("missed_lift", "wrong_lift"):
        kinds[lift] = kinds[lift].round(1).astype(str).where(kinds[lift].notna(), "")
    show_named(readable(kinds.set_index("kind")), title="Pairs struck by an error, the most missed first", index="kind")


def _with_f1_interval(scores: pd.DataFrame, limits: pd.DataFrame) -> pd.DataFrame:
    """Scores without brackets, and the interval of F1 in a column of its own."""
    ends = limits[["f1_low", "f1_high"]].reindex(scores.index)
    texts = ["" if pd.isna(low) else f"{_short(low)}-{_short(high)}" for low, high in ends.to_numpy(float)]
    table = readable(scores)
    table.insert(list(table.columns).index("f1") + 1, "f1 from-to", texts)
    return table


def _short(share: float) -> str:
    """Four digits, without the zero in front.

    >>> _short(0.98765), _short(1.0)
    ('.9877', '1.000')
    """
    return f"{share:.4f}"[1:] if share < 0.99995 else "1.000"


def show_named(table: pd.DataFrame, *, title: str, index: str) -> None:
    """A table whose rows have names, its cells ready to show."""
    cells = table.astype(object).to_numpy().tolist()
    rows = ([str(name), *map(_cell, row)] for name, row in zip(table.index, cells, strict=True))
    _show([index, *map(_words, table.columns)], rows, title=title)


def show_layouts(layouts: Sequence[Layout]) -> None:
    """One line a layout: what it is, its record types, and how many fields it has."""
    rows = [
        [one.name, one.title, one.kind, " ".join(record.name for record in one.records), _cell(len(one.table()))]
        for one in layouts
    ]
    right = [False, False, False, False, True]
    _show(["layout", "what it is", "kind", "records", "fields"], rows, title="Layouts", right=right)


def show_layout(layout: Layout) -> None:
    """The fields of a layout: where they stand, where their values go, what their codes mean, how sure each fact is."""
    table = layout.table()
    spans = table[["start", "length"]].to_numpy()
    place = [f"{start}-{start + length - 1}" if start else "" for start, length in spans]
    table = table.assign(place=place, to=table["standard"].where(table["standard"] != "", table["carry"]))
    columns = ["record", "field", "label", "place", "kind", "to", "status", "codes", "codes_status"]
    rows = table[columns].fillna("").astype(str).to_numpy().tolist()
    title, left = f"{layout.name}: {layout.title}", [False] * len(columns)
    _show([_words(column) for column in columns], rows, title=title, right=left)
    console = Console(soft_wrap=True, highlight=False)
    for text in dict.fromkeys([*table["source"], layout.note]):
        if text:
            console.print(text, markup=False)


def show_files(files: Iterable[Path]) -> None:
    """Where the results are: a table stands once, with the forms that it has; pages to open first stand first."""
    forms: dict[Path, list[str]] = {}
    for file in files:
        forms.setdefault(file.with_suffix(""), []).append(file.suffix)
    pages = [name for name, kinds in forms.items() if ".html" in kinds]
    console = Console(soft_wrap=True, highlight=False)
    console.print("\nFiles written:")
    for name in [*pages, *(one for one in forms if one not in pages)]:
        first = " (open this first, in a browser)" if name in pages and name.name == "report" else ""
        console.print(f"  {name}{', '.join(sorted(forms[name]))}{first}", markup=False)


def _show(
    header: Sequence[str], rows: Iterable[Sequence[str]], *, title: str, right: Sequence[bool] | None = None
) -> None:
    table = Table(
        title=f"\n{title}", title_justify="left", title_style="bold", box=SIMPLE_HEAD, show_edge=False, padding=0
    )
    for place, name in enumerate(header):
        number = place > 0 if right is None else right[place]
        heading = name.replace(" ", "\n") if number else name
        table.add_column(heading, justify="right" if number else "left", no_wrap=number, overflow="fold")
    for row in rows:
        table.add_row(*map(escape, row))
    _console().print(table)


def _is_wide() -> bool:
    return _console().width >= _WIDE


def _console() -> Console:
    console = Console()
    return console if console.is_terminal else Console(width=_FILE_WIDTH)


_WIDE = 125
"""Columns that the scores with all their intervals take."""
_FILE_WIDTH = 200
"""A table that is not shown in a terminal need not fold."""


def _words(name: str) -> str:
    return name.replace("_", " ")


def _cell(value: object) -> str:
    """A count with commas, anything else as it is.

    >>> _cell(1200), _cell("iva")
    ('1,200', 'iva')
    """
    return f"{value:,}" if isinstance(value, int) else str(value)
