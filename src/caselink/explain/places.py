"""What an explanation may not say: where protected people live or can be reached, and what must never count.

The rows of such comparisons are withheld with their bits, and the sum is that of the others: a total that holds them
would tell by subtraction whether an address is shared.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from caselink.masking import LOCATION_FIELDS, WITHHELD, is_never_shown

if TYPE_CHECKING:
    from caselink.engines.prepared import Prepared
    from caselink.explain.pairs import Explanation


_TELLING_ROWS = {"blocking", "household"}
"""What a rule's pairs and people of one household have in common anyway: whether that is an address, the bits tell."""


def without_places(explanation: Explanation, prepared: Prepared, *, hide: bool) -> Explanation:
    """The explanation without what may not be said; with ``hide``, without what says where somebody is."""
    definitions = {one.definition.name: one.definition for one in prepared.program.comparisons}
    columns = {name: {name, *definition.columns} for name, definition in definitions.items()}
    secret = {name for name, read in columns.items() if any(map(is_never_shown, read - {"other_ssns"}))}
    if hide:
        secret |= {name for name, read in columns.items() if read & LOCATION_FIELDS} | _TELLING_ROWS
    hidden = explanation.table["comparison"].isin(secret).to_numpy()
    if not hide and not hidden.any():
        return explanation
    table = explanation.table.copy()
    kept = explanation.match_weight - float(np.nansum(table.loc[hidden, ["bits", "rarity_bits"]].to_numpy(float)))
    table.loc[hidden, "level"] = WITHHELD
    table.loc[hidden, ["bits", "rarity_bits"]] = np.nan
    reads = {rule.name: {key.partition(".")[0] for key in rule.reads} for rule in prepared.index.rules}
    tells = reads.get(explanation.rule or "", set()) & (LOCATION_FIELDS if hide else set())
    return replace(
        explanation,
        table=table,
        match_weight=kept,
        match_probability=float(1 / (1 + np.exp2(-kept))),
        household_probability=float("nan") if hide else explanation.household_probability,
        rule=WITHHELD if tells else explanation.rule,
    )
