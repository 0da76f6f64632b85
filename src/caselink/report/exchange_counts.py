"""The exchange view as counts: what one program has newer, or lacks, and who should act."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from caselink.report.people_counts import PROGRAM_TITLES
from caselink.report.tables import Table, make_table

if TYPE_CHECKING:
    from caselink.exchange import Exchange

_NOBODY = "nobody"


def exchange_tables(exchange: Exchange, least: int | None) -> tuple[Table, Table, Table | None]:
    """What somebody should act on, in whose cases people are, and what was not compared (None: nothing was left out).

    Counts under ``least`` are told as fewer.
    """
    counts = exchange.counts()
    rows = pd.DataFrame(
        {
            "what": counts["element"].astype(object),
            "what the files say": counts["says"].astype(object).map(spelled),
            "who should act": counts["who"].astype(object).map(spelled),
            "how often": counts["rows"].to_numpy(int),
        }
    )
    rows = rows.sort_values(["what", "how often", "what the files say"], ascending=[True, False, True])
    rows["how often"] = [
        f"fewer than {least}" if least is not None and n < least else n for n in rows["how often"].tolist()
    ]
    acted = (rows["who should act"] != _NOBODY).to_numpy(bool)
    to_act = make_table("What one program has and another lacks, and who should act", rows[acted], most=len(rows))
    by_keys = make_table("Whose cases people are in", rows[~acted].drop(columns="who should act"), most=len(rows))
    lacking = exchange.skipped.rename(columns={"element": "what", "lacks": "table that is missing"})
    return to_act, by_keys, make_table("What could not be compared", lacking) if len(lacking) else None


def spelled(text: str) -> str:
    """Programs as people call them.

    >>> spelled("missing with iv-d")
    'missing with IV-D'
    """
    named = "|".join(re.escape(one) for one in PROGRAM_TITLES)
    return re.sub(rf"\b({named})\b", lambda found: PROGRAM_TITLES[found.group(1)], str(text))
