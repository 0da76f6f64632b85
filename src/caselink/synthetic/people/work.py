"""Jobs: lost, found and changed."""

from __future__ import annotations

import numpy as np

from caselink.synthetic.draws import Streams
from caselink.synthetic.people.event_rates import EventRates
from caselink.synthetic.people.families import NOBODY
from caselink.synthetic.people.start import draw_employers, of_working_age
from caselink.synthetic.people.state import State


def change_jobs(state: State, rates: EventRates, streams: Streams) -> None:
    """People lose a job or leave it for another, others find one; who reaches the age of leaving work stops."""
    rng = streams.rng("jobs")
    draw, working, able = rng.random(len(state.home)), state.employer != NOBODY, of_working_age(state)
    lost = np.flatnonzero(working & (~able | (draw < rates.job_loss)))
    state.note("job lost", lost)
    state.employer[lost] = NOBODY
    between = (draw >= rates.job_loss) & (draw < rates.job_loss + rates.job_change)
    found, changed = able & ~working & (draw < rates.new_job), able & working & between
    for kind, rows in (("hired", np.flatnonzero(found)), ("job changed", np.flatnonzero(changed))):
        employers = draw_employers(rng, len(draw), len(rows))
        state.note(kind, rows, employers)
        state.employer[rows] = employers
