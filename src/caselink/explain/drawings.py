"""Charts of explanations that are no waterfall: households and findings over their months."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pandas as pd

if TYPE_CHECKING:
    import altair as alt

    from caselink.explain.findings import FindingExplanation
    from caselink.explain.households import HouseholdExplanation

_WIDTH, _ROW = 480, 24
_BLUE, _ORANGE, _GREY = "#2b6cb0", "#c05621", "#718096"
_FOR = "for one household"


def household_chart(explanation: HouseholdExplanation) -> alt.VConcatChart:
    """When each roster was kept and in which household it is; and what each pair of rosters says, in bits."""
    import altair as alt

    rosters = explanation.rosters.assign(
        roster=[f"list {number}" for number in explanation.rosters["roster"]],
        household=[f"household {number}" for number in explanation.rosters["household"]],
    )
    kept = explanation.evidence.dropna(subset=["bits"])
    pairs = pd.DataFrame(
        {
            "pair": [f"list {one} and list {other}" for one, other in zip(kept["left"], kept["right"], strict=True)],
            "bits": kept["bits"].to_numpy(float),
            "kind": ["against" if bits < 0 else _FOR for bits in kept["bits"]],
        }
    )
    title = "Why one household" if explanation.one_household else "Why two households"
    when = _spans(rosters, "roster", "household", title)
    colors = alt.Scale(domain=[_FOR, "against"], range=[_BLUE, _ORANGE])
    bars = (
        alt.Chart(pairs, title="What pairs of lists say", width=_WIDTH, height=alt.Step(_ROW))
        .mark_bar()
        .encode(
            x=alt.X("bits:Q", title="Evidence (bits)"),
            y=alt.Y("pair:N", title=None, sort=None),
            color=alt.Color("kind:N", title=None, scale=colors),
            tooltip=["pair", alt.Tooltip("bits:Q", format="+.1f")],
        )
    )
    return cast("alt.VConcatChart", alt.vconcat(when, bars).resolve_scale(color="independent"))


def finding_chart(explanation: FindingExplanation) -> alt.LayerChart:
    """The months of the finding as a band behind its people in their cases; without months, the identity's weights."""
    import altair as alt

    months = explanation.months
    if not len(months) and explanation.pairs:
        return explanation.pairs[0][1].chart()
    if not len(months):
        return _said(explanation)
    band = months[(months["kind"] == "finding").to_numpy()].head(1)
    title = f"A lead to check: {explanation.title}"
    spans = _spans(months[(months["kind"] != "finding").to_numpy()], "who", "source", title)
    shade = (
        alt.Chart(band.assign(until=_after(band["last_month"])))
        .mark_rect(color=_GREY, opacity=0.25)
        .encode(x=alt.X("first_month:T", title="Month"), x2="until:T", tooltip=["first_month", "last_month"])
    )
    return cast("alt.LayerChart", shade + spans)


def _spans(rows: pd.DataFrame, name: str, kind: str, title: str) -> alt.Chart:
    """A bar from the first to the end of the last month of each row."""
    import altair as alt

    table = rows.assign(until=_after(rows["last_month"]))
    chart: alt.Chart = (
        alt.Chart(table, title=title, width=_WIDTH, height=alt.Step(_ROW))
        .mark_bar(cornerRadius=2)
        .encode(
            x=alt.X("first_month:T", title="Month"),
            x2="until:T",
            y=alt.Y(f"{name}:N", title=None, sort=None),
            color=alt.Color(f"{kind}:N", title=kind.capitalize()),
            tooltip=[name, kind, "first_month", "last_month"],
        )
    )
    return chart


def _after(months: pd.Series[str]) -> list[str]:
    """The first day after each month, ``YYYY-MM-DD``."""
    following = [int(text[:4]) * 12 + int(text[5:7]) for text in months]
    return [f"{month // 12:04d}-{month % 12 + 1:02d}-01" for month in following]


def _said(explanation: FindingExplanation) -> alt.LayerChart:
    """The reasons as lines of text, for a finding that has neither months nor an identity to weigh."""
    import altair as alt

    rows = explanation.table[(explanation.table["part"] == "evidence").to_numpy()]
    told = pd.DataFrame(
        {"reason": [f"{field}: {says}" for field, says in zip(rows["what"], rows["says"], strict=True)]}
    )
    title = f"A lead to check: {explanation.title}"
    lines = alt.Chart(told, title=title, width=_WIDTH, height=alt.Step(_ROW)).mark_text(align="left", x=0)
    return cast("alt.LayerChart", alt.layer(lines.encode(y=alt.Y("reason:N", axis=None), text="reason:N")))
