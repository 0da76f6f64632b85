"""No constraint is ever broken: decisions, rosters over months, duplicate-free sources, and rows keyed twice."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

import caselink as cl
from caselink.identity import refused_must_links
from caselink.settings import read_settings
from caselink.settings.files import read_sources
from caselink.synthetic import draw_county, write_county

KEYS = ["source", "record_id"]
FEW = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
pytestmark = pytest.mark.filterwarnings("ignore::caselink.errors.CaselinkWarning")


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    """Records of a county without their cases, and a linker that has learned from them."""
    folder = write_county(draw_county(900, seed=8), tmp_path_factory.mktemp("county"))
    records = cl.normalize(*read_sources(read_settings(folder / "sources.toml")))
    records = records.drop(columns=["case_id", "role"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        return records, cl.Linker(threads=1).fit(records)


def thrown_together(records: pd.DataFrame, random: np.random.Generator, n_cases: int) -> pd.DataFrame:
    """Memberships at random: up to three cases a record, from any month to any other, some with no end."""
    rows = records[KEYS].iloc[random.integers(0, len(records), 2 * len(records))].reset_index(drop=True)
    first = random.integers(1, 10, len(rows))
    last = np.minimum(first + random.integers(0, 6, len(rows)), 12)
    rows["case_id"] = random.integers(0, n_cases, len(rows)).astype(str)
    rows["role"] = random.choice(["HEAD", "CH", "NP"], len(rows))
    rows["first_month"] = [f"2026-{month:02d}" for month in first]
    rows["last_month"] = [None if month == 12 else f"2026-{month:02d}" for month in last]
    return rows


def keyed_twice(records: pd.DataFrame, told: pd.DataFrame, random: np.random.Generator):
    """Some records once more under other ids, in the same cases and months."""
    chosen = records.iloc[random.choice(len(records), 20, replace=False)]
    copies = chosen.assign(record_id=chosen["record_id"] + " again")
    members = told.merge(chosen[KEYS])
    both = pd.concat([told, members.assign(record_id=members["record_id"] + " again")], ignore_index=True)
    return pd.concat([records, copies], ignore_index=True), both


def decided(records: pd.DataFrame, random: np.random.Generator, n: int) -> pd.DataFrame:
    """Decisions about pairs drawn at random, matches and not, some against one another."""
    pool = random.choice(len(records), max(2, n), replace=False)
    left, right = random.choice(pool, n), random.choice(pool, n)
    left, right = left[left != right], right[left != right]
    sides = [records[KEYS].iloc[side].reset_index(drop=True) for side in (left, right)]
    table = sides[0].add_suffix("_left").join(sides[1].add_suffix("_right"))
    return table.assign(decision=random.choice(["match", "not", "unsure"], len(table)))


def tied_together(result: cl.Result) -> pd.Series:
    """By record, the records that must-links that can be kept tie to one another."""
    must, cannot, n = result.constraints.must, result.constraints.cannot, len(result.records)
    kept = ~refused_must_links(n, must, cannot)
    pairs = (np.ones(kept.sum()), (must[0][kept], must[1][kept]))
    label = np.empty(n, np.int64)
    label[result.prepared.records.row] = connected_components(coo_array(pairs, shape=(n, n)), directed=False)[1]
    return pd.Series(label, index=pd.MultiIndex.from_frame(result.records[KEYS]))


@FEW
@given(
    seed=st.integers(0, 2**32 - 1),
    n_cases=st.integers(1, 600),
    n_decisions=st.integers(0, 60),
    unduplicated=st.sets(st.sampled_from(["iva", "ivd", "jobs"]), max_size=2),
)
def test_no_constraint_is_ever_broken(county, seed, n_cases, n_decisions, unduplicated):
    """Whatever rosters and decisions say, persons keep to them; only what is tied together may stand beside itself."""
    random = np.random.default_rng(seed)
    told = thrown_together(county[0], random, n_cases)
    records, told = keyed_twice(county[0], told, random)
    decisions = decided(records, random, n_decisions)
    base = county[1]
    chosen = {"unduplicated": sorted(unduplicated), "decisions": decisions, "threads": 1}
    result = cl.Linker(base.blocking, base.comparisons, base.matcher, **chosen).resolve(records, memberships=told)
    person = result.persons.set_index(KEYS)["person_id"]
    tied = tied_together(result)
    assert person.groupby(tied).nunique().eq(1).all()  # what must be one person is one

    sides = [pd.MultiIndex.from_frame(decisions[[f"{key}_{side}" for key in KEYS]]) for side in ("left", "right")]
    apart = (decisions["decision"] == "not").to_numpy()
    assert not (person[sides[0]].to_numpy() == person[sides[1]].to_numpy())[apart].any()

    seats = told.fillna({"last_month": "2026-12"}).assign(
        person=person[pd.MultiIndex.from_frame(told[KEYS])].to_numpy(),
        tied=tied[pd.MultiIndex.from_frame(told[KEYS])].to_numpy(),
    )
    both = seats.merge(seats, on=["source", "case_id", "person"])
    both = both[both["tied_x"] != both["tied_y"]]
    assert not ((both["first_month_x"] <= both["last_month_y"]) & (both["first_month_y"] <= both["last_month_x"])).any()

    for source in unduplicated:
        ours = person[person.index.get_level_values("source") == source]
        assert ours.groupby(ours).apply(lambda rows: tied[rows.index].nunique()).eq(1).all()


@FEW
@given(seed=st.integers(0, 2**32 - 1), n_cases=st.integers(200, 900))
def test_a_row_keyed_twice_is_one_person(county, seed, n_cases):
    """Equal rows in one case and month are one member written down twice; equal rows said to be two are two."""
    random = np.random.default_rng(seed)
    told = thrown_together(county[0], random, n_cases)
    records, told = keyed_twice(county[0], told, random)
    again = records[records["record_id"].str.endswith(" again")]
    named = again["ssn"].notna() | (again["first_name"].notna() & again["birth_date"].notna())
    in_case = again["record_id"].isin(told["record_id"])
    again = again[named & in_case]
    first = again.assign(record_id=again["record_id"].str.removesuffix(" again"))
    base = county[1]
    half = len(again) // 2
    sides = [part[KEYS].iloc[:half].reset_index(drop=True) for part in (first, again)]
    decisions = sides[0].add_suffix("_left").join(sides[1].add_suffix("_right")).assign(decision="not")
    linker = cl.Linker(base.blocking, base.comparisons, base.matcher, decisions=decisions, threads=1)
    person = linker.resolve(records, memberships=told).persons.set_index(KEYS)["person_id"]
    ours, theirs = (person[pd.MultiIndex.from_frame(part[KEYS])].to_numpy() for part in (first, again))
    assert (ours == theirs).tolist() == [place >= half for place in range(len(again))]
