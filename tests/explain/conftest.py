"""What the tests of explanations share: small linked files of drawn people, and a small county with its findings."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field

import pytest

import caselink as cl
from caselink.confidentiality import Protection
from caselink.findings.catalog import RULES
from caselink.leads import Findings, find
from caselink.leads.views import view_findings
from caselink.linking import link_files
from caselink.purposes import EVERYTHING, PROGRAMS, Purpose
from caselink.settings import read_settings
from caselink.synthetic import PlantRates, draw_county, draw_records, write_county

ALL_SEEN = Purpose(
    name="all", programs=PROGRAMS, fields=EVERYTHING, taints=frozenset({"new hire"}), sees_protection=True
)
"""A purpose of an agency that may see all but federal tax information, so that every kind of finding is told."""


def linked(records, **how):
    """The result of linking, without what a small file warns of."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        return cl.Linker(threads=1, **how).fit_resolve(records)


@pytest.fixture(scope="session")
def link():
    """Links records."""
    return linked


@pytest.fixture(scope="session")
def result():
    """Three hundred drawn records of whom nobody is protected."""
    return linked(draw_records(300, seed=7)[0].assign(protected="N"))


@pytest.fixture(scope="session")
def guarded(result):
    """The same with nothing known of protection."""
    return linked(result.records.drop(columns="protected"))


@dataclass(frozen=True)
class TownFindings:
    """A linked county, what was found in it, and what is known of protection."""

    result: cl.Result
    findings: Findings
    protection: Protection
    purpose: Purpose = ALL_SEEN
    told: dict = field(default_factory=dict, repr=False)

    def one_of_each_rule(self):
        """The id of a finding of every rule that found something that may be seen."""
        table = self.seen().drop_duplicates("rule")
        return dict(zip(table["rule"], table["finding_id"], strict=True))

    def seen(self, purpose=ALL_SEEN):
        """The findings that a purpose may see."""
        if purpose not in self.told:
            self.told[purpose] = view_findings(self.findings, self.protection, purpose)[0].table
        return self.told[purpose]

    def explain(self, finding_id, purpose=ALL_SEEN):
        """A finding explained; each once."""
        if (finding_id, purpose) not in self.told:
            told = {"purpose": purpose, "protection": self.protection}
            self.told[finding_id, purpose] = self.result.explain_finding(self.findings, finding_id, **told)
        return self.told[finding_id, purpose]


@pytest.fixture(scope="session")
def town(tmp_path_factory):
    """A county of two thousand with findings of nearly all rules."""
    rates = PlantRates(planted=0.003, look_alikes=0.001)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        folder = write_county(draw_county(2_000, seed=5, plant_rates=rates), tmp_path_factory.mktemp("town"))
        run = link_files(read_settings(folder / "sources.toml"), tmp_path_factory.mktemp("out"))
        findings = find(run.result, RULES, tables=run.tables)
    programs = {name: program for name, program in run.tables.programs.items() if program in PROGRAMS}
    return TownFindings(run.result, findings, run.result.families.protect(programs))
