"""Calibration: bins hold every pair once, and calibrated probabilities lie on the line."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from caselink.errors import SpecError
from caselink.evaluate.calibration import calibration, calibration_error


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans())))
def test_every_pair_is_in_one_bin(pairs):
    """Bins add up to all pairs and all matches; predicted and true shares lie in their bins and intervals."""
    probability, match = np.array([p for p, _ in pairs]), np.array([m for _, m in pairs], bool)
    table = calibration(probability, match)
    assert table["pairs"].sum() == len(pairs)
    assert (table["pairs"] * table["true"]).sum() == pytest.approx(match.sum())
    assert table["predicted"].between(table["from"] - 1e-12, table["to"] + 1e-12).all()
    assert (table["low"] <= table["true"] + 1e-12).all()
    assert (table["true"] <= table["high"] + 1e-12).all()


def test_calibrated_probabilities_have_hardly_an_error():
    """Matches drawn with the probabilities themselves: an error near nought; probabilities halved: a large one."""
    chance = np.random.default_rng(0)
    probability = chance.random(20_000)
    match = chance.random(20_000) < probability
    assert calibration_error(calibration(probability, match)) < 0.02
    assert calibration_error(calibration(probability / 2, match)) == pytest.approx(0.25, abs=0.02)
    assert np.isnan(calibration_error(calibration([], [])))


def test_weights_are_no_probabilities():
    """What is not from 0 to 1, or of another length, is refused without a value."""
    with pytest.raises(SpecError, match="match weight is not one"):
        calibration([3.0], [True])
    with pytest.raises(SpecError, match="2 probabilities and 1 truths"):
        calibration([0.1, 0.2], [True])
