import numpy as np
import pytest

import caselink as cl
from caselink.engines.local import Frequencies, weigh
from caselink.engines.votes import votes
from caselink.synthetic import draw_records

RECORDS = draw_records(600, seed=5)[0]


@pytest.fixture(scope="module")
def result():
    """A fitted result."""
    return cl.Linker(threads=1).fit_resolve(RECORDS)


@pytest.fixture(scope="module")
def pairs(result):
    """The pairs that blocking made and as many others, scored."""
    prepared, n = result.prepared, len(RECORDS)
    left = np.arange(n - 7, dtype=np.int32)
    frequencies = Frequencies.of(prepared.program, prepared.index.allowed, result.matcher)
    others = weigh(prepared.program, result.matcher, frequencies, (left, left + 7), blocked=False)
    return tuple(
        np.concatenate([getattr(result.pairs, name), getattr(others, name)])
        for name in ("left", "right", "match_weight")
    )


def test_a_vote_is_never_stronger_than_the_weight(result, pairs):
    """What speaks for one person counts as it is; what speaks against it counts as it is or less, never for it."""
    *both, weight = pairs
    vote = votes(result.prepared, result.matcher, both, weight)
    assert (vote >= weight).all()
    assert (vote[weight >= -1] == weight[weight >= -1]).all()
    assert (vote[weight < -1] <= -1).all()
    assert (vote > weight).any()


def test_what_differs_is_not_forgiven(result, pairs):
    """A vote against is at least as strong as the levels that speak against one person."""
    left, right, weight = pairs
    program = result.prepared.program
    against = result.matcher.bits_against(program.levels(program.patterns(left, right)))
    vote, lower = votes(result.prepared, result.matcher, (left, right), weight), weight < -1
    assert (vote[lower] <= np.maximum(weight, -1 - against)[lower] + 1e-4).all()
    assert (against >= 0).all()


def test_a_matcher_that_cannot_say_what_differs_keeps_its_weights(result, pairs):
    """Weights of another kind are left alone."""
    *both, weight = pairs
    assert votes(result.prepared, object(), both, weight) is weight
