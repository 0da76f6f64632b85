"""IV-A: which families have an assistance unit in which months, who is in it, and what the program believes of that.

A unit is drawn around its *head*, the adult who has the children: as long as the head gets assistance, the children at
home and the other parent there are in the unit. The program hears of people who come and go with a lag.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from caselink.synthetic.draws import Ints, Mask, Streams
from caselink.synthetic.history import History, Rows
from caselink.synthetic.people.families import NOBODY, YEAR
from caselink.synthetic.programs.children import Custody, homes_of
from caselink.synthetic.programs.spells import first_of, spells, spread

CHILD_UNTIL = 19
"""Years of age; whoever is older is no child to the program."""

RELATIVE_ASSISTED, COUPLE_ASSISTED, MOTHER_ASSISTED, FATHER_ASSISTED = 0.6, 0.2, 0.55, 0.28
"""Shares of families assisted by who has the children (assumptions: this is a county of families in need)."""

WITH_JOB, WITHOUT_JOB = 0.7, 1.4
"""How a job of the head or the partner changes these shares (assumptions)."""

MONTHLY_CLOSING, CLOSED_FOR_JOB, CLOSED_WITHOUT_CHILD = 0.035, 0.35, 0.8
"""Monthly rates at which cases close: for any reason, right after a new job, with no child left (assumptions)."""

SAME_NUMBER_AGAIN = 0.6
"""Cases that come back under their old number (assumption)."""

STEPPARENT_LISTED, GRANDPARENT_LISTED = 0.5, 0.35
"""Adults at home who are not in the unit and are listed beside it (assumptions)."""

HEARD_IN_MONTH = 0.75
"""What changes is heard in the month itself at this rate, or in the next, and so on (assumption)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """Assistance units: in which case the program believes each person (months x people, -1 for none).

    ``head_of``: the payee of each case; ``relative``: cases whose head is no parent of any of the children. ``grown``:
    people who are adults to the program. ``parents``: for whom head and parent of a child are known to be together,
    as numbers head x people + parent, sorted.
    """

    believed: Rows
    head_of: Ints
    relative: Mask
    grown: Mask
    parents: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heads:
    """The adults around whom units are drawn, rows in ``person``; the arrays are months x children and x heads."""

    person: Ints
    of_child: Rows
    partner: Rows
    has_child: Mask
    own_child: Mask


def draw_units(history: History, custody: Custody, streams: Streams) -> Units:
    """Who gets assistance with whom over the months, as the program comes to believe it."""
    heads = _find_heads(history, custody)
    assisted = _enroll(history, heads, streams)
    runs = spells(np.where(assisted, 0, NOBODY))
    item = runs["item"].to_numpy()
    case = _number_cases(item, streams)
    head = first_of(case, int(case.max(initial=NOBODY)) + 1, item, none=0)
    case_of = spread(runs, case, assisted.shape)
    parents = _parent_keys(history, custody, heads)
    grown = _grown(history, heads)
    unit = _members(history, custody, heads, case_of, parents, streams)
    believed = _hear(unit, case_of, streams)
    return Units(
        believed=_without_childless(believed, ~grown, len(head)),
        head_of=heads.person[head],
        relative=np.asarray(~heads.own_child.any(axis=0))[head],
        grown=grown,
        parents=parents,
    )


def _find_heads(history: History, custody: Custody) -> _Heads:
    """Who has children under age in the home; of two who live together and both have some, the first one."""
    months, n = history.home.shape
    month = np.arange(months)[:, None]
    custodian = custody.custodian
    at_home = homes_of(history, custodian) == history.home[:, custody.child]
    at_home &= (custody.age < CHILD_UNTIL) & (custodian >= 0)
    has = np.zeros((months, n), dtype=bool)
    row, column = np.nonzero(at_home)
    has[row, custodian[row, column]] = True
    partner = np.where(custodian >= 0, history.partner[month, custodian], NOBODY)
    together = (partner >= 0) & has[month, partner]
    head = np.where(together, np.minimum(custodian, partner), custodian)[row, column]
    person = np.unique(head).astype(np.int64)
    of_child = np.full(custodian.shape, NOBODY, np.int32)
    of_child[row, column] = np.searchsorted(person, head)
    has_child, own_child = (np.zeros((months, len(person)), dtype=bool) for _ in range(2))
    has_child[row, of_child[row, column]] = True
    own = _is_parent(history, head, custody.child[column])
    own_child[row[own], of_child[row[own], column[own]]] = True
    lives_with = history.partner[:, person]
    lives_with = np.where(homes_of(history, lives_with) == history.home[:, person], lives_with, NOBODY)
    return _Heads(person=person, of_child=of_child, partner=lives_with, has_child=has_child, own_child=own_child)


def _is_parent(history: History, adult: Ints, child: Ints) -> Mask:
    people = history.people
    return np.asarray((people["mother"].to_numpy()[child] == adult) | (people["father"].to_numpy()[child] == adult))


def _enroll(history: History, heads: _Heads, streams: Streams) -> Mask:
    """Which heads get assistance in which months: as many as the shares say, a few coming and going each month."""
    month = np.arange(len(history.home))[:, None]
    female = history.people["female"].to_numpy()[heads.person]
    alive = history.home[:, heads.person] >= 0
    job = (history.employer[:, heads.person] >= 0) | (
        (heads.partner >= 0) & (history.employer[month, heads.partner] >= 0)
    )
    by_kind = [~heads.own_child, heads.partner >= 0, np.broadcast_to(female, alive.shape)]
    share = np.select(by_kind, [RELATIVE_ASSISTED, COUPLE_ASSISTED, MOTHER_ASSISTED], FATHER_ASSISTED)
    share = np.minimum(0.95, share * np.where(job, WITH_JOB, WITHOUT_JOB))
    uniform = streams.rng("enrollment").random(alive.shape)
    assisted = heads.has_child & alive & (uniform < share)  # right for the first month, and for new families
    for m in range(1, len(assisted)):
        closing = np.where(job[m] & ~job[m - 1], MONTHLY_CLOSING + CLOSED_FOR_JOB, MONTHLY_CLOSING)
        closing = np.where(heads.has_child[m], closing, CLOSED_WITHOUT_CHILD)
        opening = heads.has_child[m] * MONTHLY_CLOSING * share[m] / (1 - share[m])
        opening = np.where(heads.has_child[m - 1], opening, assisted[m])
        assisted[m] = alive[m] & np.where(assisted[m - 1], uniform[m] >= closing, uniform[m] < opening)
    return np.asarray(assisted)


def _number_cases(head: Ints, streams: Streams) -> Ints:
    """Case numbers of the stretches of assistance, which are in order of heads."""
    another = np.ones(len(head), dtype=bool)
    another[1:] = head[1:] != head[:-1]
    another |= streams.rng("numbers again").random(len(head)) >= SAME_NUMBER_AGAIN
    return np.cumsum(another) - 1


def _parent_keys(history: History, custody: Custody, heads: _Heads) -> Ints:
    row, column = np.nonzero(heads.of_child >= 0)
    head, child = heads.person[heads.of_child[row, column]], custody.child[column]
    pairs = [head * history.n_people + history.people[kin].to_numpy(np.int64)[child] for kin in ("mother", "father")]
    return np.unique(np.concatenate(pairs))


def _grown(history: History, heads: _Heads) -> Mask:
    """Adults to the program: of age in the first month, or a parent, or a head at some time."""
    people = history.people
    grown = (history.calendar.last_days()[0] - people["birth"].to_numpy(np.int64)) / YEAR >= CHILD_UNTIL
    for parents in (people["mother"].to_numpy(), people["father"].to_numpy(), heads.person):
        grown[parents[parents >= 0]] = True
    return np.asarray(grown)


def _members(history: History, custody: Custody, heads: _Heads, case_of: Rows, parents: Ints, streams: Streams) -> Rows:
    """In which case each person truly belongs in each month; where two claim one, the later lines here win."""
    months, n = history.home.shape
    unit = np.full((months, n), NOBODY, np.int32)
    listed = streams.rng("listed").random((n,))
    month, place = np.nonzero(case_of >= 0)
    case, head = case_of[month, place], heads.person[place]
    for elder in (history.people[kin].to_numpy()[head] for kin in ("mother", "father")):
        here = (elder >= 0) & (history.home[month, elder] == history.home[month, head])
        here &= listed[elder] < GRANDPARENT_LISTED
        unit[month[here], elder[here]] = case[here]
    partner = heads.partner[month, place]
    here = (partner >= 0) & ((listed[partner] < STEPPARENT_LISTED) | np.isin(head * n + partner, parents))
    unit[month[here], partner[here]] = case[here]
    row, column = np.nonzero(heads.of_child >= 0)
    of_child = case_of[row, heads.of_child[row, column]]
    unit[row, custody.child[column]] = of_child
    unit[month, head] = case
    return unit


def _hear(unit: Rows, case_of: Rows, streams: Streams) -> Rows:
    """Where the program believes each person: told at once in a new case, later with a lag; never in two cases."""
    months, n_cases = len(unit), int(case_of.max(initial=NOBODY)) + 1
    active = np.zeros((months, n_cases + 1), dtype=bool)  # the last one for -1: no case
    row, place = np.nonzero(case_of >= 0)
    active[row, case_of[row, place]] = True
    heard = streams.rng("heard").random(unit.shape) < HEARD_IN_MONTH
    believed = unit.copy()
    for m in range(1, months):
        told = heard[m] | (active[m] & ~active[m - 1])[unit[m]]
        now = np.where(told, unit[m], believed[m - 1])
        believed[m] = np.where(active[m][now], now, NOBODY)
    return believed


def _without_childless(believed: Rows, children: Mask, n_cases: int) -> Rows:
    """No case goes on in a month in which the program knows of no child in it."""
    month, child = np.nonzero((believed >= 0) & children)
    has_child = np.zeros((len(believed), n_cases + 1), dtype=bool)
    has_child[month, believed[month, child]] = True
    return np.where(has_child[np.arange(len(believed))[:, None], believed], believed, NOBODY)
