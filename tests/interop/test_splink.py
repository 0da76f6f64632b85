"""A Splink model read here weighs the pairs that Splink made as Splink weighed them.

The files in ``data`` are Splink's own: ``benchmarks/splink_model.py`` made them with Splink 4 and 5 on DuckDB.
"""

from __future__ import annotations

import json
import pickle
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import caselink as cl
from caselink.engines.local import Frequencies, weigh
from caselink.engines.prepared import prepare
from caselink.interop.splink import SplinkWeights, read_model
from caselink.testing import PluginError, check_blocking_rule, check_comparison, check_matcher, example_patterns

DATA = Path(__file__).parent / "data"
MODELS = ["splink4_plain", "splink4_wide", "splink5_plain", "splink5_wide"]


def read(name):
    """A model whose levels Splink did not see on so few records keep its starting values, with a warning."""
    with pytest.warns(cl.CaselinkWarning, match="starting values"):
        return read_model(DATA / f"{name}.json")


@pytest.fixture(scope="module")
def records():
    """The records that Splink was given."""
    return pd.read_csv(DATA / "splink_records.csv", dtype="string")


@pytest.fixture(scope="module", params=MODELS)
def case(request, records):
    """A model, the records made ready for it, Splink's pairs by position, and what Splink said of them."""
    model = read(request.param)
    said = pd.read_csv(DATA / f"{request.param}.csv", dtype={"unique_id_l": str, "unique_id_r": str, "levels": str})
    prepared = prepare(
        records, model.blocking, model.comparisons, link_type=model.link_type, unduplicated=(), threads=1
    )
    by_id = records.set_index(records["record_id"].str.lstrip("0"))
    sides = [by_id.loc[said[f"unique_id_{side}"]] for side in "lr"]
    a, b = (prepared.records.positions(side["source"], side["record_id"]).astype(np.int32) for side in sides)
    return model, prepared, (np.minimum(a, b), np.maximum(a, b)), said


def test_the_rules_make_splinks_pairs(case):
    """Every pair that Splink's rules make is made here, and no other."""
    _, prepared, (left, right), _ = case
    made = [prepared.index.pairs(span) for span in prepared.index.spans()]
    ours = {pair for a, b in made for pair in zip(a.tolist(), b.tolist(), strict=True)}
    assert ours == set(zip(left.tolist(), right.tolist(), strict=True))


def test_every_level_is_splinks(case):
    """Each pair is at Splink's level of each comparison; what Splink calls -1 is missing here, 0."""
    _, prepared, pairs, said = case
    levels = prepared.program.levels(prepared.program.patterns(*pairs)).astype(int)
    theirs = np.array([line.split() for line in said["levels"]], int)
    assert (levels - 1).tolist() == theirs.tolist()
    assert (theirs == -1).any()


def test_every_weight_is_splinks(case):
    """Each pair's weight is Splink's to a millionth of a bit, before it is kept in single precision."""
    model, prepared, (left, right), said = case
    levels = prepared.program.levels(prepared.program.patterns(left, right))
    scores = model.matcher.score(levels)
    unrelated = scores.unrelated.copy()
    for given in model.matcher.given_frequencies(prepared.records):
        at = levels[:, given.comparison] == given.level
        unrelated[at] += given.moves(left[at], right[at])
    weights = (scores.match - unrelated) / np.log(2)
    np.testing.assert_allclose(weights, said["match_weight"], rtol=0, atol=1e-6)


def test_the_engine_gives_the_same_weights(case):
    """The engine, which keeps single precision, gives each weight to seven digits, blocked or not, above any floor."""
    model, prepared, pairs, said = case
    frequencies = Frequencies.of(prepared.program, prepared.index.allowed, model.matcher)
    for blocked in (True, False):
        scored = weigh(prepared.program, model.matcher, frequencies, pairs, blocked=blocked)
        np.testing.assert_allclose(scored.match_weight, said["match_weight"], rtol=2e-7, atol=1e-7)
        assert (scored.household == 0).all()
    for floor in np.sort(scored.match_weight)[::20] - 0.001:
        above = weigh(prepared.program, model.matcher, frequencies, pairs, floor=float(floor))
        assert len(above) == (scored.match_weight >= floor).sum()


def test_linking_keeps_every_pair_above_the_floor(case, records):
    """``linker().resolve()`` needs no fit; its links are Splink's pairs above caselink's floor, with their weights."""
    model, _, _, said = case
    links = model.linker(threads=1).resolve(records).links
    above = said[said["match_weight"] >= -7]
    key = {frozenset(ids): weight for *ids, weight in above.drop(columns="levels").itertuples(index=False)}
    ours = zip(
        links["record_id_left"].str.lstrip("0"),
        links["record_id_right"].str.lstrip("0"),
        links["match_weight"],
        strict=True,
    )
    found = {frozenset((a, b)): weight for a, b, weight in ours}
    assert found.keys() == key.keys()
    assert all(found[pair] == pytest.approx(key[pair], rel=2e-7, abs=1e-7) for pair in key)


def test_an_explanation_adds_up(case, records):
    """The bits of all levels and of rare values and the prior come to the match weight."""
    model, _, _, _ = case
    result = model.linker(threads=1).resolve(records.assign(protected="N"))  # so that nothing is withheld
    first = result.links.iloc[0]
    told = result.explain(*first[["source_left", "record_id_left", "source_right", "record_id_right"]])
    prior = told.table.set_index("comparison").loc["prior", "bits"]
    total = told.table["bits"].sum() + told.table["rarity_bits"].sum()
    assert prior == pytest.approx(np.log2(model.matcher.prior / (1 - model.matcher.prior)), abs=0.01)
    assert total == pytest.approx(first["match_weight"], abs=0.005 * 2 * len(told.table))


def test_rules_and_comparisons_keep_their_promises(case, records):
    """What is read is a plug-in like any other."""
    model, _, _, _ = case
    for rule in model.blocking:
        check_blocking_rule(rule, records.head(60))
    for comparison in model.comparisons:
        if comparison.name != "first_name_last_name":
            check_comparison(comparison, records.head(60))


def test_a_null_level_of_two_columns_is_splinks_own(records):
    """Splink's forename and surname are missing only where both are: the one promise that such a level cannot keep."""
    names = next(c for c in read("splink5_wide").comparisons if c.name == "first_name_last_name")
    half = records.head(60).assign(first_name=None, full_name=None)
    with pytest.raises(PluginError, match="not level 0 where its first column is missing"):
        check_comparison(names, half)


def test_weights_are_a_matcher():
    """Given weights keep the promises of a matcher; fitting leaves them as they are."""
    definitions = example_patterns().definitions
    m = ((1.0, 0.1, 0.9), (1.0, 0.1, 0.2, 0.7), (1.0, 0.2, 0.8))
    u = ((1.0, 0.5, 0.5), (1.0, 0.9, 0.05, 0.05), (1.0, 0.95, 0.05))
    matcher = SplinkWeights(definitions=definitions, m=m, u=u, prior=0.1)
    check_matcher(matcher)
    assert matcher.fit(example_patterns()) is matcher
    assert matcher.table()["match_weight"].iloc[0] == pytest.approx(np.log2(0.1 / 0.5))


def test_the_linker_takes_other_choices(records):
    """Options of the linker prevail; a model is a plain value that pickles."""
    model = read("splink5_plain")
    linker = model.linker(blocking=[cl.BlockingRule("ssn")], link_at=0.9, link_type="link_only", threads=1)
    assert linker.link_at == 0.9
    assert linker.link_type == "link_only"
    links = linker.resolve(records).links
    assert (links["source_left"] != links["source_right"]).all()
    assert pickle.loads(pickle.dumps(model)) == model  # noqa: S301  (its own, a moment old)


def test_weights_can_be_learned_anew(records):
    """The comparisons of a model can be given to caselink's own matcher, which learns its own weights."""
    model = read("splink5_plain")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)  # doubts: these are few records
        linker = cl.Linker(list(model.blocking), list(model.comparisons), threads=1).fit(records)
    assert linker.resolve(records).summary["persons"] < len(records)


@pytest.mark.parametrize("link_type", ["dedupe_only", "link_only", "link_and_dedupe", "two_dataset_link_only"])
def test_link_types(link_type):
    """Splink removes duplicates of one table, whatever its records' sources; other link types keep their sense."""
    said = json.loads((DATA / "splink5_plain.json").read_text()) | {"link_type": link_type}
    with pytest.warns(cl.CaselinkWarning):
        model = read_model(said)
    assert model.link_type == {"dedupe_only": "link_and_dedupe", "two_dataset_link_only": "link_only"}.get(
        link_type, link_type
    )
