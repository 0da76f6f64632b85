"""What chance would give, by rule."""

import numpy as np
import pandas as pd

import caselink as cl
from caselink.engines.chance import estimate_chance
from caselink.engines.prepared import prepare


def test_a_mark_is_not_read():
    """A column that is only asked for being known tells nothing of the pairs that share it: chance is as without."""
    draws = np.random.default_rng(0)
    n = 600
    records = pd.DataFrame(
        {
            "source": "iva",
            "record_id": [str(row) for row in range(n)],
            "first_name": draws.choice(["ANA", "BO", "EVA", "IDA"], n),
            "ssn": [f"{number:09d}" for number in draws.integers(100_000_000, 899_999_999, n)],
        }
    )
    tables = []
    for ssn in (cl.SSN(), cl.SSN(next_number="first_name")):
        prepared = prepare(
            records,
            [cl.BlockingRule("first_name")],
            [ssn],
            link_type="link_and_dedupe",
            unduplicated=(),
            threads=1,
        )
        chance = estimate_chance(prepared.program, prepared.index, seed=0)
        tables.append((chance.key_share, [table.tolist() for rule in chance.by_rule for table in rule]))
    assert tables[0] == tables[1]
