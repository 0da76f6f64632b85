"""Couples: they part, come together, come back together and marry, and names change with it."""

from __future__ import annotations

import numpy as np

from caselink.synthetic.draws import Floats, Ints, Mask, Streams
from caselink.synthetic.people.event_rates import EventRates
from caselink.synthetic.people.families import NOBODY, YEAR
from caselink.synthetic.people.moves import new_homes, take_along
from caselink.synthetic.people.names import two_surnames
from caselink.synthetic.people.naming import NameShares
from caselink.synthetic.people.state import ADULT, RESIDENCE, State

MARRIED_PART_LESS = 0.5
MOTHER_KEEPS_CHILDREN = 0.8
KEEPER_STAYS = 0.75
TO_ONE_S_MOTHER = 0.2
FORMER_NAME_AGAIN = 0.25
LARGEST_AGE_GAP = 12 * YEAR
PAIRS_UNTIL = 60
SAME_SEX = 0.03
"""Of those who look for a partner: one of the same sex."""


def separate(state: State, rates: EventRates, streams: Streams) -> None:
    """One of a couple moves out; children of both stay with one of them, who may be the one who goes."""
    rng = streams.rng("separations")
    one, two = _couples(state)
    rate = rates.separation * np.where(state.married[one], MARRIED_PART_LESS, 1.0)
    apart = (rng.random(len(one)) < rate) & ~(state.jailed[one] & state.jailed[two])
    one, two = one[apart], two[apart]
    keeper, other = _keepers(state, one, two, rng)
    _divide_children(state, keeper, other)
    goes = (rng.random(len(keeper)) >= KEEPER_STAYS) & ~state.jailed[other]
    leaver, stayer = np.where(goes, keeper, other), np.where(goes, other, keeper)
    _move_out(state, leaver, stayer, rng)
    for row in (leaver, stayer):
        state.partner[row], state.married[row] = NOBODY, False
    _take_former_names(state, np.concatenate([leaver, stayer]), rng)


def _couples(state: State) -> tuple[Ints, Ints]:
    """Each couple once, whoever has the lower row first."""
    one = np.flatnonzero(state.partner > np.arange(len(state.partner)))
    return one, state.partner[one]


def _keepers(state: State, one: Ints, two: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Who of each couple keeps the children of both: mostly the woman, never somebody in jail."""
    second = state.facts.female[two] & ~state.facts.female[one]
    mother, father = np.where(second, two, one), np.where(second, one, two)
    fathers = (rng.random(len(one)) >= MOTHER_KEEPS_CHILDREN) | state.jailed[mother]
    fathers &= ~state.jailed[father]
    return np.where(fathers, father, mother), np.where(fathers, mother, father)


def _divide_children(state: State, keeper: Ints, other: Ints) -> None:
    """Children of both go to the keeper, children of one to that one."""
    facts = state.facts
    of_keeper, of_other = state.wards_of(keeper), state.wards_of(other)
    children = np.concatenate([of_keeper, of_other])
    partner = np.append(state.partner, NOBODY)[state.custodian[children]]
    is_keeper = np.zeros(len(state.home), dtype=bool)
    is_keeper[keeper] = True
    partners_child = (facts.mother[children] == partner) | (facts.father[children] == partner)
    own = (facts.mother[children] == state.custodian[children]) | (facts.father[children] == state.custodian[children])
    change = partners_child & (~own | is_keeper[partner]) & ~state.jailed[partner]
    state.note("custody to parent", children[change], partner[change])
    state.custodian[children[change]] = partner[change]


def _move_out(state: State, leaver: Ints, stayer: Ints, rng: np.random.Generator) -> None:
    """Who goes finds a home, sometimes the mother's; who is in jail has none to come back to."""
    mother = state.facts.mother[leaver]
    home = np.append(state.home, NOBODY)[mother]
    to_mother = (home != NOBODY) & (home != state.home[leaver]) & (rng.random(len(leaver)) < TO_ONE_S_MOTHER)
    to_mother &= ~state.jailed[mother] & (state.address_place[state.home_address[home]] == RESIDENCE)
    jailed = state.jailed[leaver]
    home = np.where(jailed, state.home[leaver], home)
    alone = ~jailed & ~to_mother
    home[alone] = new_homes(state, leaver[alone], rng)
    state.settle("separated", leaver, home, stayer)
    state.own_home[leaver[jailed]] = NOBODY
    take_along(state, leaver)


def _take_former_names(state: State, people: Ints, rng: np.random.Generator) -> None:
    again = (state.former_name[people] != NOBODY) & (rng.random(len(people)) < FORMER_NAME_AGAIN)
    people = people[again & state.facts.female[people]]
    _change_names(state, people, state.former_name[people])


def _change_names(state: State, people: Ints, names: Ints) -> None:
    """Give people another last name; the one before is kept."""
    changed = state.last_name[people] != names
    people, names = people[changed], names[changed]
    state.note("name changed", people, names)
    state.former_name[people] = state.last_name[people]
    state.last_name[people] = names


def unite(state: State, rates: EventRates, streams: Streams) -> None:
    """People without a partner find one of about their age, no kin, and live together with all their children."""
    rng = streams.rng("unions")
    ages = state.ages()
    looking = state.free_adults() & (state.partner == NOBODY) & (ages < PAIRS_UNTIL)
    looking &= state.address_place[state.home_address[state.home]] == RESIDENCE
    looking &= rng.random(len(ages)) < rates.union
    one, two = _match(state, looking, ages + rng.normal(0, 3, len(ages)), rng)
    fit = np.abs(state.facts.birth[one] - state.facts.birth[two]) < LARGEST_AGE_GAP
    fit &= ~state.facts.related(one, two) & (state.home[one] != state.home[two])
    _live_together(state, "union", one[fit], two[fit], rng)


def _match(state: State, looking: Mask, order: Floats, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Women and men side by side by age; some women with women, and men with men."""
    same = rng.random(len(looking)) < SAME_SEX
    rows = np.argsort(order, kind="stable")
    female = state.facts.female
    women, men = (rows[(looking & ~same & sex)[rows]] for sex in (female, ~female))
    n = min(len(women), len(men))
    pairs = [(women[:n], men[:n])]
    for sex in (female, ~female):
        alike = rows[(looking & same & sex)[rows]]
        pairs.append((alike[: len(alike) // 2 * 2 : 2], alike[1::2]))
    one, two = zip(*pairs, strict=True)
    return np.concatenate(one), np.concatenate(two)


def reconcile(state: State, rates: EventRates, streams: Streams) -> None:
    """Parents of a child who live apart, neither with a partner, live together again."""
    rng = streams.rng("reconciliations")
    facts, free = state.facts, np.append(state.free_adults() & (state.partner == NOBODY), False)
    children = np.flatnonzero(facts.child & (state.custodian != NOBODY) & (state.ages() < ADULT))
    one = state.custodian[children]
    two = np.where(one == facts.mother[children], facts.father[children], facts.mother[children])
    apart = free[one] & free[two] & (state.home[one] != state.home[two])
    apart &= (one == facts.mother[children]) | (one == facts.father[children])
    pairs = np.unique(np.stack([one[apart], two[apart]]), axis=1)
    pairs = pairs[:, rng.random(pairs.shape[1]) < rates.reconciliation]
    once = np.unique(pairs[0], return_index=True)[1]
    pairs = pairs[:, once]
    once = np.unique(pairs[1], return_index=True)[1]
    pairs = pairs[:, once]
    both = np.isin(pairs[1], pairs[0]) | np.isin(pairs[0], pairs[1])
    _live_together(state, "reconciled", pairs[0][~both], pairs[1][~both], rng)


def _live_together(state: State, kind: str, one: Ints, two: Ints, rng: np.random.Generator) -> None:
    """Make couples: who has no children comes to the other; both find a new home where the other shares one."""
    has = state.custodians()
    second_comes = np.where(has[one] == has[two], rng.random(len(one)) < 0.5, has[one])
    host, guest = np.where(second_comes, one, two), np.where(second_comes, two, one)
    n_adults = np.bincount(state.home[state.free_adults()], minlength=len(state.home_address))
    crowded = (n_adults[state.home[host]] > 1) | (
        state.address_place[state.home_address[state.home[host]]] != RESIDENCE
    )
    homes = state.home[host]
    homes[crowded] = new_homes(state, host[crowded], rng)
    state.settle("left home", host[crowded], homes[crowded])
    state.settle(kind, guest, homes, host)
    for person in (host[crowded], guest):
        state.custodian[person] = NOBODY
    state.partner[host], state.partner[guest] = guest, host
    take_along(state, np.concatenate([host[crowded], guest]))


def marry(state: State, rates: EventRates, streams: Streams) -> None:
    """Couples marry; the wife mostly takes the husband's name, or joins it to her own."""
    rng, shares = streams.rng("weddings"), NameShares()
    one, two = _couples(state)
    free = ~state.married[one] & ~state.jailed[one] & ~state.jailed[two]
    rows = np.flatnonzero((rng.random(len(one)) < rates.marriage) & free)
    one, two = one[rows], two[rows]
    swap = state.facts.female[two] & ~state.facts.female[one]
    wife, husband = np.where(swap, two, one), np.where(swap, one, two)
    state.note("married", wife, husband)
    state.married[wife], state.married[husband] = True, True
    choice = rng.random(len(wife))
    name, _ = two_surnames(state.surnames[state.last_name[husband]])
    own, _ = two_surnames(state.surnames[state.last_name[wife]])
    takes, joins = choice < shares.wife_takes_name, choice < shares.wife_takes_name + shares.wife_joins_names
    texts = np.where(takes, name, np.where(joins & (own != name), own + "-" + name, None))
    changing = texts != np.array(None)
    _change_names(state, wife[changing], state.name_numbers(texts[changing]))
