"""What a support case can be about: a custodian, an absent parent, and the children they have in common."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from caselink.synthetic.draws import Ints, Mask, Streams, Texts
from caselink.synthetic.history import History, Rows
from caselink.synthetic.people.families import NOBODY
from caselink.synthetic.programs.assistance import Units
from caselink.synthetic.programs.children import Custody
from caselink.synthetic.programs.intake import texts_where
from caselink.synthetic.programs.spells import first_of, last_of, spells

CUSTODIANS_IN_DANGER = 0.025
"""Custodians from whom an absent parent must not learn where they live (assumption); the children share the danger."""

GOOD_CAUSE, GOOD_CAUSE_IN_DANGER = 0.012, 0.4
"""Pairs with a claim of good cause not to pursue the absent parent, without and with danger (assumptions)."""

GOOD_CAUSE_CODES = {"PD": 0.25, "GC": 0.5, "CO": 0.25}
"""Claimed, granted, and now cooperating; the shares of the three are assumptions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Every custodian (row) with every absent parent of a child: true pairs, by number.

    ``children`` has a row for each ``child`` of a ``pair``, with the ``first_month`` and ``last_month`` in which it was
    so. ``assisted``: pair numbers (months x 2 x children) while IV-A believes the child in the custodian's unit;
    ``unit``: the cases of those units (months x children). ``danger``, ``good_cause``: of each pair.
    """

    custodian: Ints
    absent: Ints
    children: pd.DataFrame
    assisted: Rows
    unit: Rows
    danger: Mask
    good_cause: Texts

    def __len__(self) -> int:
        return len(self.custodian)


def find_pairs(history: History, custody: Custody, units: Units, streams: Streams) -> Pairs:
    """All pairs of the months, whether or not a program knows of them."""
    n = history.n_people
    custodian = custody.custodian[:, None, :]
    key = np.where(custody.absent >= 0, custodian * np.int64(n) + custody.absent, NOBODY)
    keys = np.unique(key)
    keys = keys[keys >= 0]
    pair = np.where(key >= 0, np.searchsorted(keys, key), NOBODY).astype(np.int32)
    unit = units.believed[:, custody.child]
    payee = np.append(units.head_of, NOBODY)[unit]
    with_payee = (unit >= 0) & (custody.custodian >= 0)
    partner = np.where(payee >= 0, history.partner[np.arange(len(unit))[:, None], payee], NOBODY)
    with_payee &= (payee == custody.custodian) | (partner == custody.custodian)
    danger = (streams.rng("danger").random(n) < CUSTODIANS_IN_DANGER)[keys // n]
    return Pairs(
        custodian=keys // n,
        absent=keys % n,
        children=_children(pair, custody),
        assisted=np.where(with_payee[:, None, :], pair, NOBODY),
        unit=np.where(with_payee, unit, NOBODY),
        danger=danger,
        good_cause=_good_cause(danger, streams),
    )


def _children(pair: Rows, custody: Custody) -> pd.DataFrame:
    """A row for each child of each pair; months in which they lived together in between are not left out."""
    rows = spells(pair.reshape(len(pair), -1))
    child = custody.child[rows["item"].to_numpy() % max(1, len(custody.child))]
    key, group = np.unique(np.stack([rows["state"].to_numpy(), child]), axis=1, return_inverse=True)
    group = group.reshape(-1)
    return pd.DataFrame(
        {
            "pair": key[0],
            "child": key[1],
            "first_month": first_of(group, key.shape[1], rows["first_month"].to_numpy(), none=0),
            "last_month": last_of(group, key.shape[1], rows["last_month"].to_numpy(), none=0),
        }
    )


def _good_cause(danger: Mask, streams: Streams) -> Texts:
    rng = streams.rng("good cause")
    claimed = rng.random(len(danger)) < np.where(danger, GOOD_CAUSE_IN_DANGER, GOOD_CAUSE)
    codes = rng.choice(np.array(list(GOOD_CAUSE_CODES), dtype=object), len(danger), p=list(GOOD_CAUSE_CODES.values()))
    return texts_where(claimed, codes)


def people_in_danger(history: History, pairs: Pairs) -> Mask:
    """Custodians in danger and their children."""
    flagged = np.zeros(history.n_people, dtype=bool)
    flagged[pairs.custodian[pairs.danger]] = True
    children = pairs.children
    flagged[children["child"].to_numpy()[pairs.danger[children["pair"].to_numpy()]]] = True
    return flagged
