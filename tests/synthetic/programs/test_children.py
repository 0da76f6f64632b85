"""Who has which child, and which parents live elsewhere: a loop over people says the same."""

import pytest

from caselink.synthetic.draws import Streams
from caselink.synthetic.history import Calendar
from caselink.synthetic.people.timeline import draw_history
from caselink.synthetic.programs.children import SUPPORT_UNTIL, find_custody


@pytest.fixture(scope="module", params=[1, 12])
def history(request):
    """A small district over a month and over a year."""
    return draw_history(600, streams=Streams(2), calendar=Calendar(request.param))


def test_absent_parents_live_and_live_elsewhere(history):
    """A parent is absent who is alive, is not the custodian, and is in another home than the child."""
    custody, people = find_custody(history), history.people
    for month, day in enumerate(history.calendar.last_days()):
        for place, child in enumerate(custody.child):
            home, custodian = history.home[month, child], custody.custodian[month, place]
            for side, parent in enumerate(people[["mother", "father"]].to_numpy()[child]):
                alive = parent >= 0 and people["death"][parent] > day
                absent = alive and custodian not in (-1, parent) and history.home[month, parent] != home
                assert custody.absent[month, side, place] == (parent if absent else -1)


def test_children_have_the_custodian_that_the_history_names(history):
    """The custodian of a child is the history's, as long as the child lives and is under age."""
    custody = find_custody(history)
    named = history.custodian[:, custody.child]
    young = (custody.age >= 0) & (custody.age < SUPPORT_UNTIL) & (history.home[:, custody.child] >= 0)
    assert (custody.custodian[young & (named >= 0)] == named[young & (named >= 0)]).all()
    assert (custody.custodian[~young] == -1).all()
    assert (named >= 0).any()


def test_nobody_of_a_foster_home_is_made_a_custodian(history):
    """A child whom nobody has, by the history, is given to a parent or grandmother of its own home or to nobody."""
    custody = find_custody(history)
    without = (history.custodian[:, custody.child] < 0) & (custody.custodian >= 0)
    for month, place in zip(*without.nonzero(), strict=True):
        adult = custody.custodian[month, place]
        assert history.home[month, adult] == history.home[month, custody.child[place]]
