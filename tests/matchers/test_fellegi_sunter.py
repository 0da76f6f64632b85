from __future__ import annotations

import json
import warnings
from dataclasses import replace

import numpy as np
import pytest
from drawn_pairs import BIRTH, DEFINITIONS, FIRST, LAST, SEX, Drawn, World, draw
from hypothesis import given, settings
from hypothesis import strategies as st

from caselink.errors import CaselinkWarning, ModelFileError, NotFittedError, SpecError
from caselink.matchers import FellegiSunter, Matcher, TrainingPatterns

WORLD = World()
LEVELS = st.lists(st.tuples(*(st.integers(0, len(d.level_names) - 1) for d in DEFINITIONS)), min_size=1, max_size=20)


@pytest.fixture(scope="module")
def drawn() -> Drawn:
    """Pairs of persons, households and three rules."""
    return draw(WORLD)


@pytest.fixture(scope="module")
def fitted(drawn: Drawn) -> FellegiSunter:
    """The matcher that learned from them."""
    return FellegiSunter().fit(drawn.patterns)


def _fit(patterns: TrainingPatterns, **chosen) -> tuple[FellegiSunter, str]:
    """The fit, and all that it warned of."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        matcher = FellegiSunter(**chosen).fit(patterns)
    assert all(issubclass(warning.category, CaselinkWarning) for warning in caught)
    return matcher, "; ".join(str(warning.message) for warning in caught)


def _precision_and_recall(matcher: FellegiSunter, drawn: Drawn) -> tuple[float, float]:
    linked = matcher.score(drawn.patterns.levels).match_weight() > 0
    right = drawn.by_class[linked, 0].sum()
    return right / max(drawn.by_class[linked].sum(), 1), right / drawn.by_class[:, 0].sum()


@pytest.mark.parametrize("learned", ["m", "h", "u"])
def test_level_probabilities_are_recovered(fitted, learned):
    """Pairs drawn with known m, household and u give them back."""
    truth = {"m": WORLD.m, "h": WORLD.household, "u": WORLD.u}[learned]
    for found, true in zip(getattr(fitted.mixture_, learned), truth, strict=True):
        np.testing.assert_allclose(found[1:], true[1:], atol=0.012)


@pytest.mark.parametrize("seed", range(4))
def test_class_sizes_are_recovered(seed):
    """So do the sizes of the classes: persons, households, and one a blocking rule; and there is nothing to warn of."""
    matcher, doubts = _fit(draw(replace(WORLD, seed=seed)).patterns)
    found = [matcher.mixture_.n_match, matcher.mixture_.n_household, *matcher.mixture_.n_by_rule]
    np.testing.assert_allclose(found, [WORLD.n_match, WORLD.n_household, *WORLD.n_by_rule], rtol=0.02)
    assert not doubts


@pytest.mark.parametrize("n_match", [100, 1_000, 40_000])
def test_rare_and_common_matches_are_found(n_match):
    """Matches may be one pair in a thousand or one in two."""
    matcher, doubts = _fit(draw(replace(WORLD, n_match=n_match)).patterns)
    assert matcher.mixture_.n_match == pytest.approx(n_match, rel=0.05, abs=15)
    assert not doubts


def test_families_are_not_persons(drawn, fitted):
    """Brothers share name and street and are told from one person by what is personal."""
    precision, recall = _precision_and_recall(fitted, drawn)
    assert precision > 0.97
    assert recall > 0.96
    linked = fitted.score(drawn.patterns.levels).match_weight() > 0
    assert drawn.by_class[linked, 1].sum() < 0.01 * WORLD.n_household


def test_weights_are_calibrated(drawn, fitted):
    """Of the pairs with about one probability, that share are matches, as far as chance allows."""
    match = 1 / (1 + np.exp2(-fitted.score(drawn.patterns.levels).match_weight()))
    place = np.minimum((match * 10).astype(int), 9)
    for tenth in range(10):
        rows = place == tenth
        pairs, matches = drawn.by_class[rows].sum(), drawn.by_class[rows, 0].sum()
        expected = (match[rows] * drawn.by_class[rows].sum(axis=1)).sum()
        assert abs(matches - expected) < 4 * np.sqrt(pairs * 0.25) * 0.5 + 0.02 * pairs + 5


@pytest.mark.parametrize("n_all_pairs", [2e6, 1e9, 1e12])
def test_prior_over_all_pairs_comes_out_right(n_all_pairs):
    """A random pair, blocked or not, is a match as often as matches are among all pairs, whatever random pairs hold."""
    world = replace(WORLD, n_all_pairs=n_all_pairs)
    matcher, _ = _fit(draw(world).patterns)
    mixture = matcher.mixture_
    assert mixture.n_match / mixture.n_all_pairs == pytest.approx(world.n_match / n_all_pairs, rel=0.02)
    nothing_known = np.zeros((1, len(DEFINITIONS)), np.uint8)
    scores = matcher.score(nothing_known, blocked=False)
    assert np.exp2((scores.match - scores.unrelated)[0] / np.log(2)) == pytest.approx(
        WORLD.n_match / n_all_pairs, rel=0.02
    )


def test_matches_among_random_pairs_are_taken_out():
    """Where one random pair in a hundred is a match, u is still that of the others."""
    world = replace(WORLD, n_all_pairs=2e6)
    matcher, _ = _fit(draw(world).patterns)
    for found, true in zip(matcher.mixture_.u, world.u, strict=True):
        np.testing.assert_allclose(found[1:], true[1:], rtol=0.1, atol=2e-4)


@pytest.mark.parametrize(("which", "learned"), [("known_m", "m"), ("known_u", "u")])
def test_known_probabilities_are_kept(drawn, which, learned):
    """What is given is not learned, and the rest still is."""
    given_table = [0, 0.2, 0.3, 0.5]
    matcher, _ = _fit(drawn.patterns, **{which: {"birth_date": given_table}})
    place = DEFINITIONS.index(BIRTH)
    np.testing.assert_allclose(getattr(matcher.mixture_, learned)[place][1:], given_table[1:])
    assert getattr(matcher.mixture_, learned)[0][3] == pytest.approx({"m": 0.80, "u": 0.01}[learned], abs=0.05)


@pytest.mark.parametrize(
    "chosen",
    [
        pytest.param({"known_m": {"first": [0, 0.1, 0.9]}}, id="no such comparison"),
        pytest.param({"known_m": {"sex": [0, 0.1, 0.2, 0.7]}}, id="too many levels"),
        pytest.param({"known_u": {"sex": [0, -0.1, 1.1]}}, id="negative"),
        pytest.param({"known_u": {"sex": [0, 0, 0]}}, id="nothing"),
        pytest.param({"known_u": {"sex": [0, float("nan"), 1]}}, id="not a number"),
        pytest.param({"label_weight": -1.0}, id="label weight"),
        pytest.param({"household_prior": float("nan")}, id="household prior"),
    ],
)
def test_settings_that_cannot_be_are_errors(drawn, chosen):
    """A typing error in the settings does not pass unseen."""
    with pytest.raises(SpecError):
        FellegiSunter(**chosen).fit(drawn.patterns)


@pytest.mark.parametrize(
    ("world", "doubt"),
    [
        pytest.param(replace(WORLD, n_match=0, n_household=0), "", id="no matches"),
        pytest.param(replace(WORLD, n_match=0), "look like random pairs", id="families only"),
        pytest.param(replace(WORLD, n_household=0, n_by_rule=(0, 0, 0)), "nearly all pairs", id="all matches"),
        pytest.param(WORLD.with_m("sex", (0.05, 0.5, 0.5)), "sex: matches look like random", id="sex tells nothing"),
        pytest.param(WORLD.with_m("first_name", WORLD.u[0]), "first_name: matches", id="first name tells nothing"),
        pytest.param(
            WORLD.with_m("sex", (0.05, 0.95, 0.05)), "sex: exact agreement is rarer", id="sex is turned round"
        ),
    ],
)
def test_doubts_are_said(world, doubt):
    """A fit that should not be trusted says so."""
    matcher, doubts = _fit(draw(world).patterns)
    assert doubts
    assert doubt in doubts
    assert "; ".join(matcher.mixture_.doubts) == doubts


def test_a_fit_that_did_not_settle_says_so(drawn):
    """One that was stopped early is not passed off as done."""
    _, doubts = _fit(drawn.patterns, max_iterations=2)
    assert "did not settle" in doubts


def test_no_pairs_at_all_is_a_doubt_and_not_a_crash(drawn):
    """Blocking that makes no pair leaves nothing to learn from."""
    empty = replace(drawn.patterns, levels=np.zeros((0, len(DEFINITIONS)), np.uint8), counts=np.zeros(0))
    matcher, doubts = _fit(empty)
    assert "hardly any matches" in doubts
    assert np.isfinite(matcher.score(drawn.patterns.levels).match_weight()).all()


def test_two_pairs_of_everything(drawn):
    """A handful of pairs gives finite weights."""
    few = replace(drawn.patterns, levels=drawn.patterns.levels[:2], counts=np.ones(2))
    matcher, _ = _fit(few)
    assert np.isfinite(matcher.score(drawn.patterns.levels).match_weight()).all()


# --- laws of the weights


@given(levels=LEVELS, comparison=st.integers(0, len(DEFINITIONS) - 1), blocked=st.booleans())
def test_weights_depend_on_levels_only(fitted, levels, comparison, blocked):
    """Each pattern's weight is the same alone, in another order and among others."""
    matrix = np.array(levels, np.uint8)
    whole = fitted.score(matrix, blocked=blocked).match_weight()
    order = np.argsort(matrix[:, comparison])
    np.testing.assert_array_equal(fitted.score(matrix[order], blocked=blocked).match_weight(), whole[order])
    alone = [fitted.score(matrix[i : i + 1], blocked=blocked).match_weight()[0] for i in range(len(matrix))]
    np.testing.assert_array_equal(alone, whole)


@given(levels=LEVELS, comparison=st.integers(0, len(DEFINITIONS) - 1))
def test_missing_adds_nothing(fitted, levels, comparison):
    """Against a random pair, a missing comparison changes the weight of no other: differences stay as they were."""
    matrix = np.array(levels, np.uint8)
    matrix[:, comparison] = 0
    scores = fitted.score(matrix, blocked=False)
    without = np.delete(matrix, comparison, axis=1)
    mixture = fitted.mixture_
    shorter = replace(
        mixture,
        definitions=tuple(np.delete(np.array(DEFINITIONS, object), comparison)),
        **{name: [t for c, t in enumerate(getattr(mixture, name)) if c != comparison] for name in ("m", "h", "u")},
    )
    np.testing.assert_allclose(scores.match, shorter.log_match(without))
    np.testing.assert_allclose(scores.household, shorter.log_household(without))
    np.testing.assert_allclose(scores.unrelated, shorter.log_random(without))


@given(levels=LEVELS, comparison=st.integers(0, len(DEFINITIONS) - 1))
def test_more_alike_weighs_more(fitted, levels, comparison):
    """On good data a higher level of any comparison never lowers the weight against a random pair."""
    matrix = np.array(levels, np.uint8)
    rising = []
    for level in range(1, len(DEFINITIONS[comparison].level_names)):
        matrix[:, comparison] = level
        scores = fitted.score(matrix, blocked=False)
        rising.append(scores.match - scores.unrelated)
    assert (np.diff(rising, axis=0) > 0).all()


@given(order=st.permutations(range(len(DEFINITIONS))))
@settings(max_examples=5, deadline=None)
def test_order_of_comparisons_does_not_matter(order):
    """The same comparisons in another order give the same sizes and weights."""
    small = replace(WORLD, n_match=800, n_household=500, n_by_rule=(900, 700, 100))
    patterns = draw(small).patterns
    turned = replace(
        patterns,
        definitions=tuple(patterns.definitions[c] for c in order),
        levels=patterns.levels[:, order],
        random=tuple(patterns.random[c] for c in order),
        by_rule=tuple(tuple(tables[c] for c in order) for tables in patterns.by_rule),
        key_share=tuple(tuple(shares[c] for c in order) for shares in patterns.key_share),
    )
    one, other = _fit(patterns)[0], _fit(turned)[0]
    weights = one.score(patterns.levels).match_weight()
    np.testing.assert_allclose(other.score(turned.levels).match_weight(), weights, atol=1e-6)


@given(factor=st.sampled_from([3, 10]))
@settings(max_examples=2, deadline=None)
def test_threshold_keeps_fewer_the_higher_it_is(fitted, drawn, factor):
    """A stricter threshold links a subset, with a higher share of matches."""
    weight = fitted.score(drawn.patterns.levels).match_weight()
    shares, kept = [], []
    for threshold in np.arange(-2, 3) * factor:
        linked = weight > threshold
        kept.append(drawn.by_class[linked].sum())
        shares.append(drawn.by_class[linked, 0].sum() / kept[-1])
    assert (np.diff(kept) <= 0).all()
    assert (np.diff(shares) >= 0).all()


# --- labels


MISLED = replace(
    WORLD,
    definitions=(FIRST, LAST, BIRTH, SEX),
    m=WORLD.m[:4],
    household=((0.02, 0.1, 0.1, 0.8), *WORLD.household[1:4]),  # fathers and sons of one name: a model of families errs
    u=WORLD.u[:4],
    rules=WORLD.rules[:2],
    n_match=3_000,
    n_household=30_000,
    n_by_rule=(4_000, 3_000),
)


def test_labels_do_not_harm_a_good_fit(drawn):
    """Where the fit was right, labels change next to nothing and raise no doubt."""
    matcher, doubts = _fit(drawn.labeled(0.05))
    assert matcher.mixture_.n_match == pytest.approx(WORLD.n_match, rel=0.01)
    assert not doubts


def test_labels_of_matches_alone_do_not_make_more_matches(drawn):
    """A list of known matches shows what matches are like; the unlabeled pairs beside them are not taken for others."""
    matcher, doubts = _fit(drawn.labeled(0.3, kinds=(0, 1)))
    assert matcher.mixture_.n_match == pytest.approx(WORLD.n_match, rel=0.01)
    assert not doubts


def test_labels_steer_a_fit_that_errs():
    """A fit that takes fathers and sons for one person is led back by labels that may speak up."""
    drawn = draw(MISLED)
    alone, _ = _fit(drawn.patterns)
    led, doubts = _fit(drawn.labeled(0.05), label_weight=50.0)
    assert _precision_and_recall(alone, drawn)[0] < 0.2
    precision, recall = _precision_and_recall(led, drawn)
    assert (precision > 0.85, recall > 0.8) == (True, True)
    assert led.mixture_.n_match == pytest.approx(MISLED.n_match, rel=0.1)
    assert not doubts


def test_all_labels_give_the_truth():
    """Where every pair is labeled, classes and probabilities are those of the labels."""
    drawn = draw(MISLED)
    matcher, _ = _fit(drawn.labeled(1.0))
    assert matcher.mixture_.n_match == pytest.approx(MISLED.n_match)
    for found, true in zip(matcher.mixture_.m, MISLED.m, strict=True):
        np.testing.assert_allclose(found[1:], true[1:], atol=0.02)


def test_labels_that_contradict_the_fit_raise_a_doubt():
    """When a fit expects far more matches among the labeled pairs than there are, it says both numbers."""
    _, doubts = _fit(draw(MISLED).labeled(0.02))
    assert "labeled pairs" in doubts
    _, doubts = _fit(draw(replace(WORLD, n_match=0)).labeled(0.02))
    assert "0 are matches" in doubts


def test_labeled_pairs_that_blocking_did_not_make_do_not_count_in_sizes(drawn):
    """Labels of pairs that no rule made teach probabilities, and leave the number of blocked matches as it is."""
    patterns = drawn.patterns
    unseen = np.zeros((1, len(DEFINITIONS)), np.uint8)
    labels = np.zeros((len(patterns.counts) + 1, 2))
    labels[-1] = 0, 5_000
    more = replace(
        patterns,
        levels=np.concatenate([patterns.levels, unseen]),
        counts=np.append(patterns.counts, 0.0),
        label_counts=labels,
    )
    matcher, _ = _fit(more)
    assert matcher.mixture_.n_match == pytest.approx(WORLD.n_match, rel=0.01)


# --- files and protocol


def test_json_round_trip(drawn, fitted):
    """What is written and read again scores bit for bit the same."""
    content = json.loads(json.dumps(fitted.to_json(), allow_nan=False))
    again = FellegiSunter.from_json(content, DEFINITIONS)
    for blocked in (True, False):
        np.testing.assert_array_equal(
            again.score(drawn.patterns.levels, blocked=blocked).match_weight(),
            fitted.score(drawn.patterns.levels, blocked=blocked).match_weight(),
        )
    assert again.to_json() == content


@pytest.mark.parametrize("lost", ["m", "u", "by_rule", "n_match", "n_all_pairs", "rules"])
def test_damaged_json_is_refused(fitted, lost):
    """A file with a part missing or of another shape is no model."""
    content = json.loads(json.dumps(fitted.to_json()))
    for damage in ("gone", [], [[0.5]], -1, None, "x"):
        damaged = {**content["mixture"], lost: damage}
        if damage == "gone":
            del damaged[lost]
        with pytest.raises(ModelFileError):
            FellegiSunter.from_json({**content, "mixture": damaged}, DEFINITIONS)


def test_table_gives_the_weight_of_every_level(fitted):
    """One row a level, the weight being log2 of m over u."""
    table = fitted.table()
    assert len(table) == sum(len(d.level_names) - 1 for d in DEFINITIONS)
    np.testing.assert_allclose(table["match_weight"], np.log2(table["m"] / table["u"]))


def test_it_is_a_matcher(fitted):
    """It keeps the protocol, and says so when it has not learned."""
    assert isinstance(fitted, Matcher)
    with pytest.raises(NotFittedError):
        FellegiSunter().score(np.zeros((1, 6), np.uint8))
