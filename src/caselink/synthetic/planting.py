"""Planting: findings made true in the data, innocent look-alikes beside them, and the truth about both."""

from __future__ import annotations

import pandas as pd

from caselink.synthetic.caseload import Programs
from caselink.synthetic.draws import Streams
from caselink.synthetic.history import History
from caselink.synthetic.leads import join_leads, no_leads
from caselink.synthetic.planted_duplicates import plant_duplicates
from caselink.synthetic.planted_earnings import plant_earnings
from caselink.synthetic.planted_referrals import plant_referrals
from caselink.synthetic.planted_roles import plant_roles
from caselink.synthetic.planted_support import plant_support_duplicates
from caselink.synthetic.sites import PlantRates, Site


def plant(
    history: History, programs: Programs, *, rates: PlantRates, streams: Streams
) -> tuple[Programs, pd.DataFrame]:
    """Programs with leads planted in them, and the rows of :data:`~caselink.synthetic.leads.LEAD_COLUMNS` of these."""
    if rates.is_zero:
        return programs, no_leads()
    site = Site(history, programs, rates, streams.within("planting"))
    leads = join_leads(
        [
            *plant_referrals(site),
            *plant_roles(site),
            *plant_support_duplicates(site),
            *plant_duplicates(site),
            *plant_earnings(site),
        ]
    )
    return site.changes.programs(), leads
