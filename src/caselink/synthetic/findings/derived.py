"""The whole truth about findings: what was planted, what has arisen by itself, and what only looks alike."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from caselink.synthetic.draws import Mask
from caselink.synthetic.findings.leads import add_arisen, join_leads
from caselink.synthetic.findings.true_conduct import conduct_findings
from caselink.synthetic.findings.true_duplicates import duplicate_findings
from caselink.synthetic.findings.true_earnings import earnings_findings, other_names
from caselink.synthetic.findings.true_referrals import referral_findings
from caselink.synthetic.findings.true_roles import role_findings
from caselink.synthetic.findings.value_findings import sightings, value_findings
from caselink.synthetic.history import History
from caselink.synthetic.programs.caseload import Programs


def derive(
    history: History, programs: Programs, fields: Mapping[str, pd.DataFrame], planted: pd.DataFrame
) -> pd.DataFrame:
    """FINDINGS: ``planted`` and all else that is true by the definitions, in the form of LEAD_COLUMNS.

    ``programs`` are those that ``plant`` gave back; ``fields`` what was keyed of each
    program, one row a version (``Keyed.fields``). Without fields of a program nothing is said of its values.
    """
    caseloads = programs.caseloads
    workers = np.unique(caseloads["employment"].records["person"].to_numpy(np.int64))
    tables = [
        duplicate_findings(history, caseloads["iva"], caseloads["ivd"]),
        role_findings(history, caseloads["iva"], caseloads["ivd"], workers),
        referral_findings(history, programs),
        earnings_findings(history, programs),
        conduct_findings(caseloads["iva"], caseloads["ivd"], history.calendar.n_months),
    ]
    if fields:
        seen = [sightings(history, caseloads[name], fields[name]) for name in fields]
        tables.append(value_findings(history, pd.concat(seen, ignore_index=True)))
    if "employment" in fields:
        tables += other_names(history, caseloads["employment"], fields["employment"], _clients(history, programs))
    return add_arisen(planted, join_leads(tables))


def _clients(history: History, programs: Programs) -> Mask:
    """People with a record in IV-A or IV-D."""
    known = np.zeros(history.n_people, bool)
    for name in ("iva", "ivd"):
        known[programs.caseloads[name].records["person"].to_numpy(np.int64)] = True
    return known
