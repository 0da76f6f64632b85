"""No rule rests on race, ethnicity, citizenship, language or origin; none concludes from what a sample leaves out."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pytest

import caselink as cl
from caselink.county_files import write_county_layouts
from caselink.findings.catalog import RULES
from caselink.layouts import read_layout
from caselink.leads import ProgramTables, find
from caselink.settings import read_settings, read_sources
from caselink.synthetic import PlantRates, draw_county

TRAITS = ("race", "hispanic", "citizenship", "language", "country_of_birth", "name_origin", "disability")
RATES = PlantRates(of=dict.fromkeys(("D04", "D05", "C10", "R01", "R05", "R08", "C08", "D03"), 0.01))
ABSENCE = {rule.about.id: rule.about.absence_in for rule in RULES if rule.about.absence_in}


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """The files of a county, read: one result, and the programs' tables."""
    folder = write_county_layouts(draw_county(2_000, seed=8, plant_rates=RATES), tmp_path_factory.mktemp("town"))
    extracts = [one for one in read_sources(read_settings(folder / "sources.toml")) if one.layout]
    tables = ProgramTables.of_extracts(extracts)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        result = cl.Linker().fit_resolve(cl.normalize(*extracts, keep_raw=True), memberships=tables.memberships)
        result.families  # noqa: B018  (made once; it warns of the rosters)
    return result, tables


def rows_of(findings):
    """All that is found."""
    return findings.table.to_csv(), findings.people.to_csv(), findings.evidence.to_csv()


@pytest.mark.filterwarnings("ignore:some rosters were odd")
def test_traits_change_no_finding(town):
    """Whatever stands in such columns of records, rosters and cases: all rules find what they found without."""
    result, tables = town
    plain = find(result, tables=tables)
    assert plain.table["rule"].nunique() > 15
    rng = np.random.default_rng(1)

    def with_traits(table):
        if table is None:
            return None
        return table.assign(**{name: rng.integers(0, 4, len(table)).astype(str) for name in TRAITS})

    given = {name: with_traits(getattr(tables, name)) for name in ("memberships", "cases", "referrals", "families")}
    marked = replace(result, records=with_traits(result.records))
    assert rows_of(find(marked, tables=replace(tables, **given))) == rows_of(plain)


@pytest.mark.parametrize("layout", ["tanf", "ssp", "tribal", "state_iva", "state_ivd", "fcr"])
def test_layouts_hand_no_trait_on(layout):
    """What files tell of race, ethnicity, citizenship and disability is not even read."""
    told = {one.target or "" for record in read_layout(layout).records for one in record.fields if one.carry}
    assert not [name for name in told if any(trait in name for trait in ("race", "hispanic", "citizen", "disab"))]


@pytest.mark.parametrize("rule_id", sorted(ABSENCE))
def test_a_sample_raises_no_absence_finding(town, rule_id):
    """Each rule that concludes from what is not on file is skipped where one of the files is a sample."""
    result, tables = town
    assert len(find(result, [rule_id], tables=tables).skipped) == 0
    for program in ABSENCE[rule_id]:
        some = next(source for source in tables.memberships["source"].unique() if tables.programs[source] == program)
        sampled = replace(tables, sampled=frozenset({some}))
        found = find(result, [rule_id], tables=sampled)
        assert len(found) == 0
        assert found.skipped["lacks"].tolist() == [f"all cases {program}"]


def test_a_sampled_report_says_so_itself(tmp_path):
    """Strata in a federal report make it a sample, whoever reads it."""
    county = draw_county(1_200, seed=8, sample_share=0.5)
    folder = write_county_layouts(county, tmp_path, layouts=["tanf"], last_quarters=1)
    extracts = [one for one in read_sources(read_settings(folder / "sources.toml")) if one.layout]
    assert ProgramTables.of_extracts(extracts).sampled == {"tanf-2026Q3"} | {
        one.name for one in extracts if one.name.endswith("closed") and one.memberships["stratum"].notna().any()
    }


def test_all_rules_of_absence_are_known():
    """Rules that speak of something missing name the programs whose files must be whole."""
    assert set(ABSENCE) >= {"R01", "R02", "R03", "R08"}
