"""What an explanation may not say: where protected people live or can be reached, and what must never count.

The rows of such comparisons are withheld with their bits, and the sum is that of the others: a total that holds them
would tell by subtraction whether an address is shared. For the same reason it is then not told what another fact would
change.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from caselink.confidentiality.protection import NO
from caselink.confidentiality.rules import Protection, Sight
from caselink.masking import LOCATION_FIELDS, WITHHELD, is_never_shown
from caselink.purposes import Purpose, find_purpose

if TYPE_CHECKING:
    from caselink.engines.prepared import Prepared
    from caselink.explain.pairs import Explanation


_TELLING_ROWS = {"blocking", "household"}
"""What a rule's pairs and people of one household have in common anyway: whether that is an address, the bits tell."""


@dataclass(frozen=True, slots=True)
class PairSight:
    """What a purpose may not be told of two records.

    With ``hides_places`` nothing of where their people live; ``bound`` are columns of theirs that come from a source
    which the purpose may not see.
    """

    purpose: Purpose
    hides_places: bool
    bound: frozenset[str] = frozenset()


def pair_sight(
    protection: Protection, pair: tuple[int, int], purpose: str | Purpose, columns: Collection[str]
) -> PairSight:
    """What ``purpose`` may not be told of the records at two positions.

    Of people of whom nobody knows whether they are protected, a program is told what only its own records say.
    """
    sight, rows = Sight(protection, find_purpose(purpose)), list(pair)
    sight.check()
    free = bool((protection.status[protection.person[rows]] == NO).all())
    sources = {protection.encoded.sources[one] for one in protection.encoded.source[rows]}
    own = all(protection.programs.get(one) in sight.purpose.programs for one in sources)
    foreign = bool(sight.purpose.programs) and not own
    bound = frozenset(name for name in columns if not all(sight.may_see(one, name) for one in sources))
    return PairSight(sight.purpose, protection.hides_places(rows) or (foreign and not free), bound)


def masked(explanation: Explanation, prepared: Prepared, sight: PairSight) -> Explanation:
    """The explanation without what may not be said."""
    definitions = {one.definition.name: one.definition for one in prepared.program.comparisons}
    columns = {name: {name, *definition.columns} for name, definition in definitions.items()}
    secret = {name for name, read in columns.items() if any(map(is_never_shown, read - {"other_ssns"}))}
    hides = sight.hides_places or bool(sight.bound)
    if sight.hides_places:
        secret |= {name for name, read in columns.items() if read & LOCATION_FIELDS}
    secret |= {name for name, read in columns.items() if read & sight.bound} | (_TELLING_ROWS if hides else set())
    hidden = explanation.table["comparison"].isin(secret).to_numpy()
    if sight.hides_places:  # that two numbers differ says that there are two; it is told only where they are the same
        numbers = {name for name, definition in definitions.items() if definition.columns[:1] == ("ssn",)}
        differs = (explanation.table["level"] != "exact").to_numpy()
        hidden = hidden | (explanation.table["comparison"].isin(numbers).to_numpy() & differs)
    told = replace(explanation, purpose=sight.purpose.name)
    if not hides and not hidden.any():
        return told
    table = explanation.table.copy()
    taken = float(np.nansum(table.loc[hidden, ["bits", "rarity_bits"]].to_numpy(float)))
    kept = explanation.match_weight - taken
    table.loc[hidden, "level"] = WITHHELD
    table.loc[hidden, ["bits", "rarity_bits"]] = np.nan
    reads = {rule.name: {key.partition(".")[0] for key in rule.reads} for rule in prepared.index.rules}
    tells = reads.get(explanation.rule or "", set()) & ((LOCATION_FIELDS if hides else set()) | sight.bound)
    return replace(
        told,
        table=table,
        match_weight=kept,
        match_probability=float(1 / (1 + np.exp2(-kept))),
        household_probability=float("nan") if hides else explanation.household_probability,
        rule=WITHHELD if tells else explanation.rule,
        changes=None if hides else _without(explanation, secret, taken),
    )


def _without(explanation: Explanation, secret: set[str], taken: float) -> pd.DataFrame | None:
    """What would change, without the bits that are withheld of everybody; left out where these decide."""
    if explanation.changes is None:
        return None
    changes = explanation.changes[~explanation.changes["comparison"].isin(secret)]
    weight, line = changes["match_weight"], explanation.line_bits
    kept = ((weight >= line) == (weight - taken >= line)).to_numpy()
    return changes.assign(match_weight=weight - taken)[kept].reset_index(drop=True)
