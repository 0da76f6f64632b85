"""Referrals from IV-A to IV-D: one for each child and absent parent when assistance begins, and how they fare.

New York's rule is two working days from the first grant; IV-D has 20 days to open a case (45 CFR 303.2(b)). Most keep
to that here; that some come late, some are lost and some lie unworked is known, how many is an assumption.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from caselink.synthetic.draws import Ints, Mask, Streams, pick
from caselink.synthetic.history import History
from caselink.synthetic.people.families import NOBODY
from caselink.synthetic.programs.caseload import REFERRAL_COLUMNS
from caselink.synthetic.programs.children import Custody
from caselink.synthetic.programs.intake import texts_where
from caselink.synthetic.programs.pairs import Pairs
from caselink.synthetic.programs.spells import spells

LOST, NEVER_WORKED = 0.01, 0.01
"""Referrals that are never sent, and of those received that nobody takes up."""

SENT_AFTER = (0.94, 0.04, 0.02)
RECEIVED_AFTER = (0.93, 0.07)
WORKED_AFTER = (0.72, 0.25, 0.02, 0.01)
"""Shares that take no month, one, two and three: from the grant, from sending, from receiving."""


def send_referrals(
    history: History, custody: Custody, pairs: Pairs, units: pd.DataFrame, streams: Streams
) -> pd.DataFrame:
    """The referrals of the months: ``child``, ``pair``, ``iva_case``, and months ``sent``, ``received``, ``worked``.

    Months that it does not come to within the calendar are -1. ``units`` are the cases of IV-A. Assistance that began
    before the first month was referred then and is not here; nor is a parent against whom good cause is claimed.
    """
    months = history.calendar.n_months
    n_pairs = max(1, len(pairs))
    state = np.where(pairs.assisted >= 0, pairs.unit[:, None, :] * np.int64(n_pairs) + pairs.assisted, NOBODY)
    rows = spells(state.reshape(months, -1))
    case, pair = np.divmod(rows["state"].to_numpy(), n_pairs)
    grant = rows["first_month"].to_numpy()
    new = np.zeros(int(max(case.max(initial=NOBODY), units["case"].max() if len(units) else NOBODY)) + 1, dtype=bool)
    new[units["case"].to_numpy()[units["opened"].to_numpy() == 0]] = True
    begun = (grant > 0) | new[case]
    begun &= ~np.isin(pairs.good_cause[pair], ["PD", "GC"])
    child = custody.child[rows["item"].to_numpy() % max(1, len(custody.child))]
    referrals = pd.DataFrame({"child": child, "pair": pair, "iva_case": case, "grant": grant})[begun]
    return _follow(referrals.reset_index(drop=True), months, streams)


def _follow(referrals: pd.DataFrame, months: int, streams: Streams) -> pd.DataFrame:
    """Months of sending, receiving and working; children of one pair and grant go together."""
    key = referrals["pair"].to_numpy() * months + referrals["grant"].to_numpy()
    groups, group = np.unique(key, return_inverse=True)
    rng = streams.rng("referrals")
    n = len(groups)
    sent = groups % months + pick(rng, SENT_AFTER, n)
    received = sent + pick(rng, RECEIVED_AFTER, n)
    worked = received + pick(rng, WORKED_AFTER, n)
    lost, left = rng.random(n) < LOST, rng.random(n) < NEVER_WORKED
    referrals = referrals.assign(
        sent=_within(sent, ~lost, months)[group],
        received=_within(received, ~lost, months)[group],
        worked=_within(worked, ~lost & ~left, months)[group],
    )
    referrals = referrals[referrals["sent"] >= 0]
    return referrals.sort_values(["sent", "iva_case", "pair", "child"], kind="stable", ignore_index=True)


def _within(month: Ints, happens: Mask, months: int) -> Ints:
    return np.where(happens & (month < months), month, NOBODY)


def referral_table(referrals: pd.DataFrame, pairs: Pairs, cases: pd.DataFrame, known: Ints) -> pd.DataFrame:
    """REFERRALS, with what became of each.

    ``cases`` has a row for each pair, as support cases have been drawn; ``known`` are the pairs whose case IV-D has.
    """
    pair = referrals["pair"].to_numpy()
    opened, closed, reopened = (cases[column].to_numpy()[pair] for column in ("opened", "closed_first", "reopened"))
    received, worked = referrals["received"].to_numpy(), referrals["worked"].to_numpy()
    seen = np.where(received >= 0, received, referrals["sent"].to_numpy())
    fresh = (worked == opened) | (worked == reopened)
    is_open = ((opened <= seen) & (seen < closed) & (opened != worked)) | ((reopened <= seen) & (reopened != worked))
    has_case = (worked >= 0) & np.isin(pair, known)
    return pd.DataFrame(
        {
            "referral": np.arange(len(referrals)),
            "iva_case": referrals["iva_case"],
            "child": referrals["child"],
            "absent": pairs.absent[pair],
            "kind": np.select([is_open, closed <= seen], ["Change", "Reopen"], "New").astype(object),
            "sent_month": referrals["sent"],
            "received_month": received,
            "work_status": texts_where(worked >= 0, np.where(fresh, "A", "D")),
            "worked_month": worked,
            "ivd_case": np.where(has_case, pair, NOBODY),
        }
    )[list(REFERRAL_COLUMNS)]
