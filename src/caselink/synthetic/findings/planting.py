"""Planting: findings made true in the data, innocent look-alikes beside them, and the truth about both.

What is planted how, and what tells a look-alike apart, is said for each finding in
``finding_catalog``. Records that are added have the cause ``planted``; a family gets one lead at
most, so that none contradicts another.
"""

from __future__ import annotations

import pandas as pd

from caselink.synthetic.draws import Streams
from caselink.synthetic.findings.leads import join_leads, no_leads
from caselink.synthetic.findings.planted_conduct import plant_conduct
from caselink.synthetic.findings.planted_duplicates import plant_duplicates
from caselink.synthetic.findings.planted_earnings import plant_earnings
from caselink.synthetic.findings.planted_referrals import plant_referrals
from caselink.synthetic.findings.planted_roles import plant_roles
from caselink.synthetic.findings.planted_support import plant_support_duplicates
from caselink.synthetic.findings.sites import PlantRates, Site
from caselink.synthetic.history import History
from caselink.synthetic.programs.caseload import Programs

_ALL = (plant_referrals, plant_roles, plant_support_duplicates, plant_duplicates, plant_earnings, plant_conduct)
"""In order: first those that few families are fit for; last what is on a case of almost any family."""


def plant(
    history: History, programs: Programs, *, rates: PlantRates, streams: Streams
) -> tuple[Programs, pd.DataFrame]:
    """Programs with leads planted in them, and the rows of ``LEAD_COLUMNS`` of these.

    The programs given stay as they are; with no rate above 0 they are given back themselves.
    """
    if rates.is_zero:
        return programs, no_leads()
    site = Site(history, programs, rates, streams.within("planting"))
    leads = join_leads(table for plant_group in _ALL for table in plant_group(site))
    return site.changes.programs(), leads
