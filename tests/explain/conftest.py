"""What the tests of explanations share: small linked files of drawn people."""

from __future__ import annotations

import warnings

import pytest

import caselink as cl
from caselink.synthetic import draw_records


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
