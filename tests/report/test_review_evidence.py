"""How alike the facts of many pairs are: what ``result.explain`` tells of each, for every purpose."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pytest
from hostile_keys import PROGRAMS

import caselink as cl
from caselink.explain.sentences import NOT_FACTS, with_values
from caselink.masking import WITHHELD
from caselink.purposes import PURPOSES, find_purpose
from caselink.report.quality import name_of
from caselink.report.review_evidence import pair_evidence


def told_one_by_one(result, pair, purpose, protection):
    """The slow twin: one explanation."""
    rows = with_values(result.explain(*pair, purpose=purpose, protection=protection).table)
    rows = rows[~rows["comparison"].isin(NOT_FACTS)]
    bits = [WITHHELD if np.isnan(value) else f"{value:+.1f}" for value in rows["value"]]
    return [
        [name_of(name), level, value]
        for name, level, value in zip(rows["comparison"], rows["level"], bits, strict=True)
    ]


def close(one, other):
    """Equal but for the last digit of bits, which an explanation has rounded once before."""
    if WITHHELD in (one[2], other[2]):
        return one == other
    return one[:2] == other[:2] and abs(float(one[2]) - float(other[2])) < 0.11


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize("protected", ["nobody", "some", "bound"])
def test_evidence_is_that_of_explanations(result, purpose, protected):
    """Also where some people are protected, or a source is bound: the same is withheld, to the fact."""
    flags = ["Y" if protected == "some" and n % 40 == 0 else "N" for n in range(len(result.records))]
    looked = replace(result, records=result.records.assign(protected=flags))
    taints = {"employment": {"ssn": "new hire", "street": "federal tax"}} if protected == "bound" else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        protection = looked.families.protect(PROGRAMS, taints)
    pairs = result.next_to_review(25)[["source_left", "record_id_left", "source_right", "record_id_right"]]
    sides = [
        looked.prepared.records.positions(*(pairs[f"{key}_{side}"].astype("string") for key in ("source", "record_id")))
        for side in ("left", "right")
    ]
    told = pair_evidence(looked, (sides[0], sides[1]), protection, find_purpose(purpose))
    for ours, pair in zip(told, pairs.itertuples(index=False), strict=True):
        slow = told_one_by_one(looked, pair, purpose, protection)
        assert len(ours) == len(slow)
        assert all(map(close, ours, slow)), [both for both in zip(ours, slow, strict=True) if not close(*both)]


def test_a_matcher_without_weights_has_no_bits(result):
    """How alike the facts are is told all the same."""
    linker = cl.Linker(matcher=cl.RuleMatcher(["ssn exact"]), families=False)
    plain = linker.fit_resolve(result.records)
    told = pair_evidence(
        plain, (np.array([0]), np.array([1])), plain.families.protect(PROGRAMS), find_purpose("statistics")
    )
    assert told[0]
    assert {bits for _, _, bits in told[0]} == {WITHHELD}
