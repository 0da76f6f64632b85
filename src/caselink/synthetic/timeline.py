"""The months of a district: how things stand at first, and what happens in each month."""

from __future__ import annotations

import numpy as np
import pandas as pd

from caselink.synthetic.draws import Streams
from caselink.synthetic.history import NEVER, Calendar, History
from caselink.synthetic.population import draw_population


def draw_history(n_people: int, *, streams: Streams, calendar: Calendar, first_person: int = 0) -> History:
    """``n_people`` people and their families over the months of ``calendar``.

    ``first_person``: how many people the districts before have, so that numbers given to people are all different.
    """
    population = draw_population(n_people, streams=streams)
    people = population.people.assign(death=NEVER, named_from=0, ssn_from=0, name_group="plain")
    n, n_homes, months = len(people), population.n_homes, calendar.n_months
    codes, surnames = pd.factorize(people["last_name"])
    nobody = np.full((months, n), -1, np.int32)
    return History(
        calendar=calendar,
        people=people,
        surnames=np.asarray(surnames, dtype=object),
        home=np.tile(people["home"].to_numpy(np.int32), (months, 1)),
        last_name=np.tile(codes.astype(np.int32), (months, 1)),
        partner=nobody,
        custodian=nobody,
        employer=nobody,
        jailed=np.zeros((months, n), np.bool_),
        addresses=population.addresses.assign(place="residence"),
        home_address=np.tile(np.arange(n_homes, dtype=np.int32), (months, 1)),
        mailing_address=np.full(n_homes, -1, np.int32),
        earlier_address=np.arange(n_homes, 2 * n_homes, dtype=np.int32),
        putative=pd.DataFrame({"child": np.zeros(0, np.int64), "man": np.zeros(0, np.int64)}),
        events=pd.DataFrame(columns=["month", "kind", "person", "other", "from_home", "to_home"]),
    )
