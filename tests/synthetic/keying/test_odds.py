"""Some workers slip more than others, some people suffer more, and the rates hold all the same."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from caselink.errors import SpecError
from caselink.synthetic.draws import Streams
from caselink.synthetic.keying.kinds import KINDS
from caselink.synthetic.keying.odds import Odds, draw_multipliers, level
from caselink.synthetic.keying.rates import RATES, ErrorRates, Subgroup

WORKERS = st.lists(st.tuples(st.floats(0.01, 50), st.integers(0, 1000)), min_size=1, max_size=30)


@given(workers=WORKERS, rate=st.floats(0, 1))
def test_chances_of_workers_average_to_the_rate(workers, rate):
    """Weighted by what each worker keys, chances average to the rate; they are shares, and rise with the multiplier."""
    multipliers, weights = (np.array(column) for column in zip(*workers, strict=True))
    chances = level(rate, multipliers, weights)
    assert (chances >= 0).all()
    assert (chances <= 1).all()
    if weights.sum():
        assert np.average(chances, weights=weights) == pytest.approx(rate, abs=1e-9)
        keys = weights > 0
        by_multiplier = chances[keys][np.argsort(multipliers[keys])]
        assert (np.diff(by_multiplier) >= -1e-12).all()


@pytest.mark.parametrize("spread", [0.0, 0.3, 0.8])
def test_multipliers_of_workers_average_one(spread):
    """Over many workers the mean multiplier is 1, whatever the spread."""
    multipliers = draw_multipliers(np.random.default_rng(0), 200_000, spread)
    assert multipliers.mean() == pytest.approx(1, abs=4 * spread / np.sqrt(200_000) * 2)
    assert np.log(multipliers).std() == pytest.approx(spread, rel=0.02)


def odds_of(rates, worker, **groups):
    """Odds of records keyed by the workers."""
    return Odds(rates=rates, worker=np.asarray(worker), groups=groups, streams=Streams(1))


def test_a_habit_is_that_of_a_few_workers():
    """One worker in ten does most of a habit; the others seldom, but not never."""
    worker = np.arange(5_000)
    chances = odds_of(ErrorRates(january_first=0.01, habit_share=0.1), worker).chances(
        "january_first", np.ones(5_000, dtype=bool)
    )
    assert chances.mean() == pytest.approx(0.01)
    have = chances > 0.02
    assert have.mean() == pytest.approx(0.1, abs=0.02)
    assert chances[have].sum() / chances.sum() > 0.75
    assert (chances > 0).all()


def test_what_people_told_does_not_depend_on_the_worker():
    """A kind of slip that was told has one chance for all, however the workers differ."""
    odds = odds_of(ErrorRates(nickname=0.1, worker_spread=1.0, habit_share=0.1), [0, 1, 2])
    assert odds.chances("nickname", np.ones(3, dtype=bool)) == 0.1


def test_subgroups_multiply_the_rate_and_stop_at_one():
    """People of a subgroup have its multiple, of two subgroups the product, and never more than certainty."""
    subgroups = (
        Subgroup(column="sex", value="F", times={"typing": 3.0}),
        Subgroup(column="name_group", value="spanish", times={"all": 2.0}),
    )
    rates = ErrorRates(typing=0.2, ocr=0.2, subgroups=subgroups)
    groups = {"sex": np.array(["F", "M", "F", "M"]), "name_group": np.array(["plain", "plain", "spanish", "spanish"])}
    odds = odds_of(rates, [0, 0, 0, 0], **groups)
    everybody = np.ones(4, dtype=bool)
    assert odds.chances("typing", everybody) == pytest.approx([0.6, 0.2, 1.0, 0.4])
    assert odds.chances("ocr", everybody) == pytest.approx([0.2, 0.2, 0.4, 0.4])


def test_every_kind_has_a_rate():
    """The table of kinds and the rates go together, so that a kind cannot be forgotten."""
    assert set(KINDS) == set(RATES) - {"entered_twice", "case_keyed_twice"}
    assert all(isinstance(getattr(ErrorRates(), kind), float) for kind in RATES)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        pytest.param(lambda: ErrorRates(typing=-0.1), "typing", id="below 0"),
        pytest.param(lambda: ErrorRates(shared_number=1.5), "shared_number", id="above 1"),
        pytest.param(lambda: ErrorRates(worker_spread=-1), "worker_spread", id="spread"),
        pytest.param(lambda: ErrorRates(not_asked=("ssn",)), "not_asked", id="column that every form has"),
        pytest.param(lambda: Subgroup(column="sex", value="X", times={}), "sex.X", id="no such group"),
        pytest.param(lambda: Subgroup(column="sex", value="F", times={"tiping": 2}), "tiping", id="no such kind"),
        pytest.param(lambda: Subgroup(column="sex", value="F", times={"typing": -2}), "typing", id="below 0 times"),
    ],
)
def test_rates_that_cannot_be_are_refused(make, message):
    """An error names what is wrong."""
    with pytest.raises(SpecError, match=message):
        make()
