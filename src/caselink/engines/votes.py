"""How strongly a pair speaks against one person: by what differs, not by how seldom two records are one person.

A match weight starts from the odds of any two records, which are very long. In a cluster somebody has vouched for the
two records already, and the odds are not to be paid once more for each pair: a record without number and birth date
does not speak against a person whom its other records know. So where others tie two records together, their pair
counts no worse than what differs between them.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from caselink.comparisons import count_patterns
from caselink.encoding import Rows
from caselink.engines.prepared import Prepared
from caselink.matchers import Matcher

_UNPROVEN_BITS = 1.0
"""What it costs a pair that nothing is known for it."""


def votes(
    prepared: Prepared, matcher: Matcher, pairs: tuple[Rows, Rows], weight: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    """The match weights as clusters count them; those of a matcher that cannot say what differs stay as they are."""
    if not hasattr(matcher, "bits_against"):
        return weight
    rows = np.flatnonzero(weight < -_UNPROVEN_BITS)
    distinct, _, place = count_patterns(prepared.program.patterns(pairs[0][rows], pairs[1][rows]))
    against = matcher.bits_against(prepared.program.levels(distinct))[place]
    counted = weight.copy()
    counted[rows] = np.maximum(weight[rows], (-_UNPROVEN_BITS - against).astype(np.float32))
    return counted
