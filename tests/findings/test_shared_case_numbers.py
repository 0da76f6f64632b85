"""One case number on many people: it stands for "unknown", and nobody is somebody's parent by it."""

from __future__ import annotations

import pytest
from hand_made_facts import CHILD, HEAD, IVA, Town, day

from caselink.findings import rule_of
from caselink.findings.facts import OWN_CHILD
from caselink.findings.stays import LARGEST_FAMILY


@pytest.mark.parametrize(("n_people", "found"), [(LARGEST_FAMILY, LARGEST_FAMILY // 2), (LARGEST_FAMILY + 1, 0)])
def test_a_number_that_many_people_share_says_nothing_of_parents(n_people, found):
    """C05: of 30 people of one case, each child and the one head; of 31 nobody."""
    town = Town()
    case = town.case(IVA)
    town.member(0, case, HEAD, born=day(2000))
    for other in range(1, n_people):
        child = other <= LARGEST_FAMILY // 2
        told = {"born": day(2008), "relationship": OWN_CHILD} if child else {"born": day(1980)}
        town.member(other, case, CHILD if child else HEAD, **told)
    assert len(town.leads(rule_of("C05"))) == found
