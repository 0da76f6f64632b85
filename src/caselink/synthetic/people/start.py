"""How things stand before the first month: who is a couple, who has which child, who works, who is in jail."""

from __future__ import annotations

import numpy as np
import pandas as pd

from caselink.synthetic.draws import Ints, Mask, Streams, Texts, pick
from caselink.synthetic.history import NEVER
from caselink.synthetic.people.families import COUPLE, NOBODY, RELATIVE, SINGLE_FATHER, YEAR
from caselink.synthetic.people.population import Population
from caselink.synthetic.people.state import BOX, FOSTER, JAIL, ON_ONE_S_OWN, RESIDENCE, SHELTER, Facts, State

LARGEST_AGE_GAP = 15 * YEAR
WORKING_UNTIL = 68
WORKING_SHARE = 0.62
COUPLE_MARRIED = 0.3
"""Of couples with two last names; those with one are married."""
JAILED_UNTIL = 55
JAILED_SHARE = 0.012
"""Of men of 18 to 54 who live with neither partner nor child."""
PEOPLE_PER_EMPLOYER, PEOPLE_PER_FOSTER_HOME, PEOPLE_PER_SHELTER = 20, 800, 6_000
SHELTERED_SHARE = 0.006
"""Of households of one adult."""
BOX_SHARE, MAIL_WITH_KIN_SHARE = 0.06, 0.02
"""Of households: mail to a post office box, and to where they lived before."""


def first_state(population: Population, streams: Streams, *, today: int) -> State:
    """The state at the end of the day ``today``; those born later live nowhere yet."""
    people, facts, n_homes = population.people, Facts.of(population.people), population.n_homes
    last_names = pd.concat([people["last_name"], people["former_last_name"]])
    codes, surnames = pd.factorize(last_names)
    n, born = len(people), facts.birth <= today
    state = State(
        facts=facts,
        surnames=np.asarray(surnames, dtype=object),
        home=np.where(born, people["home"].to_numpy(), NOBODY),
        last_name=codes[:n].astype(np.int64),
        former_name=codes[n:].astype(np.int64),
        partner=np.full(n, NOBODY),
        married=np.zeros(n, dtype=bool),
        custodian=np.full(n, NOBODY),
        employer=np.full(n, NOBODY),
        jailed=np.zeros(n, dtype=bool),
        death=np.full(n, NEVER, dtype=np.int64),
        own_home=np.full(n, NOBODY),
        home_address=np.arange(n_homes),
        address_zip=population.zip_numbers,
        address_place=np.zeros(len(population.zip_numbers), dtype=np.int64),
        zip_weights=population.places.weights,
        today=today,
    )
    _pair_partners(state, people, streams)
    _give_custody(state)
    _give_work(state, streams)
    _jail(state, streams)
    _shelter(state, streams)
    _name_alike_in_shelters(state, people)
    return state


def _pair_partners(state: State, people: pd.DataFrame, streams: Streams) -> None:
    """Parents of one home, grandparents of one home, and singles of about one age who share a home."""
    facts, home = state.facts, state.home
    child = facts.child & (facts.kind == COUPLE)
    together = child & (people["home"].to_numpy()[facts.father] == people["home"].to_numpy()[facts.mother])
    parents = np.unique(np.stack([facts.mother[together], facts.father[together]]), axis=1)
    part = people["part"].to_numpy()
    others = [_pairs_in_home(home, facts, part == name) for name in ("grandparent", "single")]
    one, two = np.concatenate([parents, *others], axis=1)
    state.partner[one], state.partner[two] = two, one
    married = state.last_name[one] == state.last_name[two]
    married |= streams.rng("couples married").random(len(one)) < COUPLE_MARRIED
    state.married[one], state.married[two] = married, married


def _pairs_in_home(home: Ints, facts: Facts, among: Mask) -> Ints:
    """A woman and a man of each home, the first of each there, where they are of about one age and no kin."""
    women, men = np.flatnonzero(among & facts.female), np.flatnonzero(among & ~facts.female)
    women, men = (rows[np.unique(home[rows], return_index=True)[1]] for rows in (women, men))
    _, at, of = np.intersect1d(home[women], home[men], return_indices=True)
    one, two = women[at], men[of]
    fit = np.abs(facts.birth[one] - facts.birth[two]) < LARGEST_AGE_GAP
    fit &= ~facts.related(one, two)
    return np.stack([one[fit], two[fit]])


def planned_custodian(facts: Facts, children: Ints) -> Ints:
    """Who has each child at first, by its kind of home: grandmother, father or mother."""
    mother = facts.mother[children]
    kind = facts.kind[children]
    return np.select([kind == RELATIVE, kind == SINGLE_FATHER], [facts.mother[mother], facts.father[children]], mother)


def _give_custody(state: State) -> None:
    children = np.flatnonzero(state.facts.child & (state.home != NOBODY) & (state.ages() < ON_ONE_S_OWN))
    state.custodian[children] = planned_custodian(state.facts, children)


def of_working_age(state: State) -> Mask:
    """Who may have a job."""
    return state.free_adults() & (state.ages() < WORKING_UNTIL)


def draw_employers(rng: np.random.Generator, n_people: int, n: int) -> Ints:
    """Numbers of ``n`` jobs' employers in a district of ``n_people``: a few large ones and many small ones."""
    n_employers = max(1, n_people // PEOPLE_PER_EMPLOYER)
    return pick(rng, 1 / (np.arange(n_employers) + 5.0), n)


def _give_work(state: State, streams: Streams) -> None:
    rng = streams.rng("work at first")
    working = np.flatnonzero(of_working_age(state) & (rng.random(len(state.home)) < WORKING_SHARE))
    state.employer[working] = draw_employers(rng, len(state.home), len(working))


def _jail(state: State, streams: Streams) -> None:
    """One jail for the district; its people lived alone before."""
    state.add_addresses(np.zeros(1, dtype=np.int64), JAIL)
    rng = streams.rng("jailed at first")
    ages = state.ages()
    alone = (
        state.free_adults()
        & ~state.facts.female
        & (ages < JAILED_UNTIL)
        & (state.partner == NOBODY)
        & ~state.custodians()
    )
    enter_jail(state, np.flatnonzero(alone & (rng.random(len(ages)) < JAILED_SHARE)))


def enter_jail(state: State, rows: Ints) -> None:
    """Bring people to jail, each in a home of one's own there; they keep their partner and lose their job."""
    state.own_home[rows] = state.home[rows]
    address = np.flatnonzero(state.address_place == JAIL)[:1]
    state.settle("jailed", rows, state.open_homes(np.repeat(address, len(rows))))
    state.jailed[rows], state.custodian[rows] = True, NOBODY
    state.employer[rows] = NOBODY


def _shelter(state: State, streams: Streams) -> None:
    """A few shelters and foster homes; some households of one adult live in a shelter, each as its own household."""
    n = len(state.home)
    rng = streams.rng("shelters")
    n_zips = int(state.address_zip.max()) + 1
    shelters = state.add_addresses(rng.integers(0, n_zips, max(1, n // PEOPLE_PER_SHELTER)), SHELTER)
    n_foster = max(1, n // PEOPLE_PER_FOSTER_HOME)
    state.open_homes(state.add_addresses(rng.integers(0, n_zips, n_foster), FOSTER))
    homes = one_adult_homes(state)
    homes = homes[rng.random(len(homes)) < SHELTERED_SHARE]
    state.home_address[homes] = shelters[rng.integers(0, len(shelters), len(homes))]


def _name_alike_in_shelters(state: State, people: pd.DataFrame) -> None:
    """In each shelter the first two of one sex, alone and no kin, have one first and last name."""
    n_at_home = np.bincount(state.home[state.home != NOBODY], minlength=len(state.home_address))
    address = state.home_address[state.home]
    among = (state.home != NOBODY) & (state.address_place[address] == SHELTER) & (n_at_home[state.home] == 1)
    alone = np.flatnonzero(among & (people["part"] == "single").to_numpy())
    alone = alone[np.lexsort((state.facts.female[alone], address[alone]))]
    one, two = alone[:-1], alone[1:]
    alike = (address[one] == address[two]) & (state.facts.female[one] == state.facts.female[two])
    alike &= ~state.facts.related(one, two)
    first = np.unique(address[one[alike]], return_index=True)[1]
    one, two = one[alike][first], two[alike][first]
    for column in ("first_name", "last_name"):
        names = people[column].to_numpy(dtype=object).copy()
        names[two] = names[one]
        people[column] = names
    state.last_name[two] = state.last_name[one]


def one_adult_homes(state: State) -> Ints:
    """Homes at a residence with one adult, alone or with children."""
    adult = state.home[state.free_adults() & (state.partner == NOBODY)]
    n_adults = np.bincount(state.home[state.free_adults()], minlength=len(state.home_address))
    homes = np.unique(adult[n_adults[adult] == 1])
    return np.asarray(homes[state.address_place[state.home_address[homes]] == RESIDENCE])


def mailing_addresses(state: State, n_first: int, streams: Streams) -> Ints:
    """Where each home gets its mail: at a box in its ZIP code, where it lived before (the first homes), or at home."""
    rng = streams.rng("mail")
    n = len(state.home_address)
    mailing = np.full(n, NOBODY)
    at_home = state.address_place[state.home_address] == RESIDENCE
    choice = rng.random(n)
    box = np.flatnonzero(at_home & (choice < BOX_SHARE))
    mailing[box] = state.add_addresses(state.address_zip[state.home_address[box]], BOX)
    with_kin = at_home & (choice >= BOX_SHARE) & (choice < BOX_SHARE + MAIL_WITH_KIN_SHARE) & (np.arange(n) < n_first)
    mailing[with_kin] = n_first + np.flatnonzero(with_kin)
    return mailing


def texts_of(codes: Ints, words: tuple[str, ...]) -> Texts:
    """The word of each number."""
    return np.asarray(np.array(words, dtype=object)[codes], dtype=object)
