"""What a matcher learns from, gathered from prepared records."""

from __future__ import annotations

import pandas as pd

from caselink.engines.chance import estimate_chance
from caselink.engines.labels import add_labels
from caselink.engines.local import Progress, count_pair_patterns
from caselink.engines.prepared import Prepared
from caselink.matchers import TrainingPatterns

SAMPLE_PAIRS = 400_000


def training_patterns(
    prepared: Prepared,
    *,
    labels: pd.DataFrame | None = None,
    seed: int = 0,
    threads: int = 1,
    progress: Progress | None = None,
) -> TrainingPatterns:
    """Patterns of the pairs that blocking makes (of a sample where there are many), and what chance would give.

    ``labels``: reviewed pairs (see :func:`~caselink.engines.labels.add_labels`), if there are any.
    """
    program, index = prepared.program, prepared.index
    counts = count_pair_patterns(program, index, sample=SAMPLE_PAIRS, threads=threads, progress=progress)
    counts, label_counts = (counts, None) if labels is None else add_labels(counts, prepared, labels)
    chance = estimate_chance(program, index, seed)
    return TrainingPatterns(
        definitions=tuple(comparison.definition for comparison in program.comparisons),
        levels=program.levels(counts.patterns),
        counts=counts.counts,
        random=chance.random,
        rules=chance.rules,
        by_rule=chance.by_rule,
        key_share=chance.key_share,
        n_all_pairs=chance.n_all_pairs,
        label_counts=label_counts,
    )
