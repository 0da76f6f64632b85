"""Persons and families together: named situations, constraints, and the order of rows."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hand_made_families import SITUATIONS, families
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import caselink as cl
from caselink.engines.joint import resolve_families
from caselink.settings import read_settings
from caselink.settings.files import read_sources
from caselink.synthetic import draw_county, write_county

SEEDS = (1, 2, 3)


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    """Records of a county of 3,000 people as they come from its files, and the truth."""
    drawn = draw_county(3_000, seed=11)
    folder = write_county(drawn, tmp_path_factory.mktemp("county"))
    return cl.normalize(*read_sources(read_settings(folder / "sources.toml"))), drawn.truth


def resolved_jointly(records: pd.DataFrame, **options):
    """The result of the pairs alone, and what families make of it."""
    result = cl.Linker(threads=1, families=False, **options).fit_resolve(records)
    stages = (result.prepared, result.matcher, result.pairs, result.constraints)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "[0-9]+ rosters of more than", cl.CaselinkWarning)
        return result, resolve_families(*stages, link_at=0.5, floor=-7.0)


def joint_labels(records: pd.DataFrame, **options) -> np.ndarray:
    """The person of each row, by its place, with family evidence."""
    result, joint = resolved_jointly(records, **options)
    labels = np.empty(len(records), np.int64)
    labels[result.prepared.records.row] = result.prepared.records.row[joint.labels]
    return labels


@pytest.fixture(scope="module")
def resolved(county):
    """The hand-made families of three draws among the county's people, with the person that was found."""
    drawn = pd.concat([families(seed=seed).assign(seed=seed) for seed in SEEDS], ignore_index=True)
    drawn["record_id"] += " of " + drawn["seed"].astype(str)
    records = pd.concat([county[0], drawn[[c for c in drawn if c in county[0]]]], ignore_index=True)
    return drawn.assign(person=joint_labels(records)[len(county[0]) :])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_family_comes_out_right(resolved, situation, seed):
    """Every member is one person over all files, and no two members are."""
    rows = resolved[(resolved["situation"] == situation) & (resolved["seed"] == seed)]
    found = rows.groupby("person")["who"].agg(sorted).tolist()
    assert sorted(found) == sorted(rows.groupby("who")["who"].agg(list).tolist())


def test_better_than_pairs_alone(county):
    """In a county the same persons are found or better ones, by pairs and by records."""
    records, truth = county
    alone, joint = (
        cl.evaluate(cl.Linker(threads=1, families=families).fit_resolve(records).persons, truth, interval=None)
        for families in (False, True)
    )
    assert joint.pairwise.f1 > alone.pairwise.f1
    assert joint.bcubed.f1 > alone.bcubed.f1


def test_the_order_of_rows_does_not_count(county):
    """Shuffled rows give the same persons."""
    records = county[0]
    shuffled = records.sample(frac=1, random_state=3)
    ours, theirs = joint_labels(records), joint_labels(shuffled.reset_index(drop=True))
    places = shuffled.index.to_numpy()
    back = np.empty(len(records), np.int64)
    back[places] = places[theirs]
    assert pd.crosstab(ours, back).astype(bool).sum().max() == 1
    assert len(np.unique(ours)) == len(np.unique(back))


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32 - 1), n_cases=st.integers(1, 400), n_months=st.integers(1, 3))
def test_no_constraint_is_ever_broken(county, seed, n_cases, n_months):
    """With rosters thrown together at random, no two records of one source, case and month are one person."""
    random = np.random.default_rng(seed)
    records = county[0].iloc[:1500].copy()
    records["case_id"] = pd.array(random.integers(0, n_cases, len(records)).astype(str), "string")
    records["month"] = [f"2024-{month:02d}" for month in random.integers(1, 1 + n_months, len(records))]
    keys = ["source", "record_id"]
    apart = records[keys].sample(40, random_state=seed % 1000).reset_index(drop=True)
    left, right = apart.iloc[:20].reset_index(drop=True), apart.iloc[20:].reset_index(drop=True)
    decisions = left.add_suffix("_left").join(right.add_suffix("_right")).assign(decision="not")
    _, joint = resolved_jointly(records, decisions=decisions)
    exclusive, must, cannot = joint.constraints.exclusive, joint.constraints.must, joint.constraints.cannot
    assert (joint.labels[cannot[0]] != joint.labels[cannot[1]]).all()
    free = ~np.isin(exclusive[0], np.concatenate(must))
    rosters = pd.DataFrame({"label": joint.labels[exclusive[0]], "roster": exclusive[1]})[free]
    assert not rosters.duplicated().any()


def test_members_written_down_twice_are_found(county):
    """That one person's records are seldom of one source does not count against two rows of one case."""
    records = county[0].assign(month="2024-01")
    known = records[["first_name", "birth_date", "sex", "street", "case_id", "role"]].notna().all(axis=1)
    members = records[known & (records["source"] == "ivd")].iloc[::20]
    again = members.assign(record_id=members["record_id"] + " again", birth_date="1971-03-04")
    again = again.drop(columns=["ssn", "phone"])
    both = pd.concat([records, again], ignore_index=True)
    labels = joint_labels(both)
    assert len(again) > 50
    assert (labels[len(records) :] == labels[records.index.get_indexer(members.index)]).mean() > 0.9
    truth = county[1].astype(str).set_index(["source", "record_id"])["entity_id"]
    person = truth.reindex(pd.MultiIndex.from_frame(records[["source", "record_id"]].astype(str))).to_numpy()
    table = pd.DataFrame({"label": labels[: len(records)], "person": person, "case": records["case_id"]})
    table = table[(records["source"] == "ivd").to_numpy() & known.to_numpy()]
    assert table.groupby(["case", "label"])["person"].nunique().max() == 1


def test_few_matches_teach_nothing():
    """Where there is too little to learn from, the persons are those of the pairs alone."""
    drawn = families(seed=1).drop(columns=["situation", "who"])
    result, joint = resolved_jointly(drawn)
    assert (joint.passes, joint.pairs_added, len(joint.pairs)) == (0, 0, len(result.pairs))


def test_large_rosters_are_told(county):
    """A case with everybody in it is evidence of nothing, is counted, and a warning says so."""
    records = county[0].assign(case_id="1", month="2024-01")
    with pytest.warns(cl.CaselinkWarning, match="rosters of more than 30 members"):
        result = cl.Linker(threads=1).fit_resolve(records)
    assert result.summary["rosters_too_large"] == (records["source"].value_counts() > 30).sum()


@pytest.mark.filterwarnings("ignore::caselink.errors.CaselinkWarning")  # of rosters, when it asks who is protected
def test_what_a_family_says_is_explained(county):
    """Weight by weight, with a row for the family, an explanation comes to the weight of the link; values stay out."""
    records = county[0].assign(protected="N")
    alone, result = (cl.Linker(threads=1, families=families).fit_resolve(records) for families in (False, True))
    keys = ["source_left", "record_id_left", "source_right", "record_id_right"]
    links = result.links.merge(alone.links, on=keys, suffixes=("", "_alone"))
    moved = links.iloc[(links["match_weight"] - links["match_weight_alone"]).abs().argmax()]
    told = result.explain(*moved[keys])
    family = told.table.set_index("comparison").loc["family"]
    assert told.match_weight == pytest.approx(moved["match_weight"])
    assert family["bits"] == pytest.approx(moved["match_weight"] - moved["match_weight_alone"], abs=0.01)
    assert family["level"] == "rosters and parts"
