"""How alike the facts of many pairs are, and what that weighs: as ``result.explain`` tells of one pair, of all at once.

Nothing is told of places where these must not be, nor of what comes from a source that the purpose may not see: the
same is withheld as in ``caselink.explain.places.masked``, which a test holds it to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.confidentiality import Protection
from caselink.confidentiality.protection import NO, YES
from caselink.confidentiality.rules import Sight
from caselink.encoding import Rows
from caselink.engines.local import Frequencies
from caselink.explain.pairs import NOT_ASKED
from caselink.explain.sentences import NOT_FACTS
from caselink.masking import LOCATION_FIELDS, WITHHELD, is_never_shown
from caselink.purposes import Purpose
from caselink.report.quality import name_of

if TYPE_CHECKING:
    from caselink.result import Result

Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


def pair_evidence(
    result: Result, pairs: tuple[Rows, Rows], protection: Protection, purpose: Purpose
) -> list[list[list[str]]]:
    """For each pair of positions its facts: the fact, how alike, and bits."""
    left, right = np.minimum(*pairs).astype(np.int32), np.maximum(*pairs).astype(np.int32)
    program, sight = result.prepared.program, Sight(protection, purpose)
    levels = program.levels(program.patterns(left, right))
    bits = _bits(result, (left, right), levels)
    places = _hides_places(sight, (left, right))
    told: list[list[list[str]]] = [[] for _ in range(len(left))]
    for c, comparison in enumerate(program.comparisons):
        definition = comparison.definition
        if definition.name in NOT_FACTS:
            continue
        names = np.array(definition.level_names, dtype=object)[levels[:, c]]
        if hasattr(comparison, "unless"):
            known = [result.prepared.records.codes(definition.columns[0], side) >= 0 for side in (left, right)]
            names[(levels[:, c] == 0) & known[0] & known[1]] = NOT_ASKED
        read = {definition.name, *definition.columns}
        hidden = _hidden(read, places, sight, (left, right))
        if definition.columns[:1] == ("ssn",):  # that two numbers differ says that there are two
            hidden |= places & (names != "exact")
        for row, name, weight, hide in zip(told, names.tolist(), bits[:, c].tolist(), hidden.tolist(), strict=True):
            shown = (WITHHELD, WITHHELD) if hide else (str(name), WITHHELD if np.isnan(weight) else f"{weight:+.1f}")
            row.append([name_of(definition.name), *shown])
    return told


def _bits(result: Result, pairs: tuple[Rows, Rows], levels: npt.NDArray[np.uint8]) -> Floats:
    """What each fact of each pair adds, rare values too; NaN where the matcher does not weigh levels one by one."""
    program, matcher = result.prepared.program, result.matcher
    table: pd.DataFrame = matcher.table() if hasattr(matcher, "table") else pd.DataFrame()
    if "match_weight" not in table:
        return np.full(levels.shape, np.nan)
    learned = table.set_index(["comparison", "level"])["match_weight"].astype(float).to_dict()
    frequencies = Frequencies.of(program, result.prepared.index.allowed, matcher)
    bits = np.zeros(levels.shape)
    for c, comparison in enumerate(program.comparisons):
        definition = comparison.definition
        weights = [0.0, *(learned[definition.name, level] for level in definition.level_names[1:])]
        bits[:, c] = np.array(weights)[levels[:, c]]
        if c in frequencies.logs:
            exact = levels[:, c] == program.n_levels[c] - 1
            rows = pairs[0][exact]
            bits[exact, c] -= frequencies.logs[c][frequencies.codes[c][rows]] / np.log(2)
    for given in frequencies.given:
        rows = np.flatnonzero(levels[:, given.comparison] == given.level)
        bits[rows, given.comparison] -= given.moves(pairs[0][rows], pairs[1][rows]) / np.log(2)
    return bits


def _hides_places(sight: Sight, pairs: tuple[Rows, Rows]) -> Mask:
    """Pairs of which nothing may be said of where their people live: see ``pair_sight`` of caselink.explain.places."""
    protection, (left, right) = sight.protection, pairs
    free_person = protection.status == NO
    free = free_person[protection.person[left]] & free_person[protection.person[right]]
    source, someone = protection.encoded.source, bool((protection.status == YES).any())
    hides = ~free & (someone | (source[left] != source[right]))
    if sight.purpose.programs:
        own = sight.own()
        hides |= ~free & ~(own[left] & own[right])
    return np.asarray(hides, np.bool_)


def _hidden(read: set[str], places: Mask, sight: Sight, pairs: tuple[Rows, Rows]) -> Mask:
    """Pairs of which a comparison that reads these columns is withheld."""
    if any(map(is_never_shown, read - {"other_ssns"})):
        return np.ones(len(places), np.bool_)
    hidden = places.copy() if read & LOCATION_FIELDS else np.zeros(len(places), np.bool_)
    for column in read:
        fine = sight.unbound(column)
        hidden |= ~(fine[pairs[0]] & fine[pairs[1]])
    return hidden
