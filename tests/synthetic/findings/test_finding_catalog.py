"""The catalogue says of each finding what is true in a county: nothing is in the truth that it does not define."""

from __future__ import annotations

from planted_evidence import draw_world, keyed_fields

from caselink.synthetic.findings.derived import derive
from caselink.synthetic.findings.finding_catalog import DEFINITIONS, IN_REPORTS, NOT_MADE
from caselink.synthetic.findings.sites import PlantRates

LAST = {"Q": 8, "D": 11, "C": 13, "R": 11, "E": 6}
"""How many findings each group of the catalogue has."""


def test_every_finding_is_defined_or_named_as_not_made():
    """Each id of the five groups stands in one of the three tables."""
    ids = {f"{group}{number:02}" for group, last in LAST.items() for number in range(1, last + 1)}
    assert sorted([*DEFINITIONS, *IN_REPORTS, *NOT_MADE]) == sorted(ids)


def test_the_truth_is_by_the_definitions():
    """Findings and look-alikes of a county, planted or not, are those of the table; what it says is planted, is."""
    world = draw_world(4_000, 12, 8, PlantRates(planted=0.0015, look_alikes=0.0015))
    leads = derive(world.history, world.programs, keyed_fields(world), world.leads).drop_duplicates("lead")
    assert set(leads["finding"]) <= set(DEFINITIONS)
    for finding, explanation in leads[["finding", "look_alike"]].dropna().drop_duplicates().to_numpy():
        assert explanation in (DEFINITIONS[finding].look_alikes or {})
    planted = {finding for finding, definition in DEFINITIONS.items() if definition.planted}
    assert set(world.leads["finding"][world.leads["kind"] == "planted"]) <= planted
    made = {(finding, name) for finding, definition in DEFINITIONS.items() for name in definition.made}
    assert set(world.leads[["finding", "look_alike"]].dropna().itertuples(index=False, name=None)) <= made
