"""Ages, from birth dates of which parts may be unknown."""

from __future__ import annotations

from typing import Any

import pandas as pd

from caselink.text_columns import TEXT


def ages_at(birth_dates: pd.Series[Any], date: str) -> pd.Series[Any]:
    """Give the age in whole years on ``date`` (``YYYY-MM-DD``) of normalized birth dates.

    Missing where no year is known, and below 0 for who was not born yet.
    A day or month that is not known counts as past, so that the age is the highest possible.

    >>> ages_at(pd.Series(["1985-03-05", "1985-12-31", "1985-00-00", None]), "2026-09-30").tolist()
    [41, 40, 41, <NA>]
    """
    texts = birth_dates.astype(TEXT)
    year = pd.to_numeric(texts.str.slice(0, 4)).astype("Int64")
    to_come = (texts.str.slice(5, 10) > date[5:10]).astype("boolean").astype("Int64")
    return (int(date[:4]) - year - to_come).mask(year == 0).rename("age")
