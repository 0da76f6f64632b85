import numpy as np
import pytest

from caselink.identity.joint_levels import OUTCOMES, RosterLevels
from caselink.identity.joint_rosters import RosterMembers

# two cases of two sources: mother 0, daughter 1, son 2; mother 3, daughter 4; later the same case again: 5, 6
RECORD = np.arange(7)
GROUP = np.array([0, 0, 0, 1, 1, 2, 2])
SOURCE = np.array([0, 0, 0, 1, 1, 1, 1])
CASE = np.array([7, 7, 7, 8, 8, 8, 8])
PERSON = np.array([0, 1, 2, 0, 4, 0, 6], np.int32)  # the mothers are known to be one


def levels(left: int, right: int, *, by_case: bool = True) -> RosterLevels:
    """The levels of one pair."""
    nobody = np.zeros(0, np.int32)
    book = RosterMembers.of_groups(7, RECORD, GROUP, CASE if by_case else None).book(nobody, nobody)
    pair = (np.array([left], np.int32), np.array([right], np.int32))
    return RosterLevels.of(book, PERSON, pair, source=SOURCE)


@pytest.mark.parametrize(
    ("pair", "outcome"),
    [
        pytest.param((1, 4), "one shared", id="two daughters beside one mother"),
        pytest.param((1, 3), "rival, nobody shared", id="the mother stands beside the daughter already"),
        pytest.param((0, 3), "nobody shared", id="the mothers themselves"),
        pytest.param((4, 6), "case of another month", id="one case in two months"),
        pytest.param((4, 5), "case of another month, rival", id="daughter and later mother of one case"),
    ],
)
def test_what_rosters_say(pair, outcome):
    """Each way in which two rosters can look at a pair has its outcome."""
    found = levels(*pair)
    assert (found.known[0], OUTCOMES[found.outcome[0]]) == (True, outcome)


@pytest.mark.parametrize("by_case", [True, False])
def test_a_roster_says_nothing_of_two_of_its_own(by_case):
    """Two members of one roster are looked at elsewhere."""
    assert not levels(0, 1, by_case=by_case).known[0]
    assert levels(1, 4, by_case=by_case).known[0]


def test_a_situation_never_seen_is_like_all_others():
    """Probabilities add up to one, and a class without pairs gives every outcome the same."""
    found = levels(1, 4)
    for share in (np.ones(1), np.zeros(1)):
        table = found.table(share, smoothing=3.0)
        assert np.exp(table).sum(axis=1) == pytest.approx(np.ones(len(table)))
    assert np.ptp(found.table(np.zeros(1), smoothing=3.0)) == pytest.approx(0)
