"""What chance would give, by rule."""

import numpy as np
import pandas as pd

import caselink as cl
from caselink.engines.chance import estimate_chance
from caselink.engines.prepared import prepare


def test_chance_of_two_columns_in_either_order():
    """Who shares both names in either order mostly agrees on them, and else holds them swapped."""
    draws = np.random.default_rng(0)
    n = 2_000
    names = np.stack([draws.choice([f"{letter}NA" for letter in "ABCDEFGHIJ"], n), draws.choice(["RUIZ", "LEE"], n)])
    turned = draws.random(n) < 0.05
    names = np.where(turned, names[::-1], names)
    table = {"first_name": names[0], "last_name": names[1]}
    records = pd.DataFrame({"source": "iva", "record_id": [str(row) for row in range(n)], **table})
    comparison = cl.PersonName("first_name", swapped_with="last_name")
    rules = [cl.BlockingRule("first_name|last_name")]
    prepared = prepare(records, rules, [comparison], link_type="link_and_dedupe", unduplicated=(), threads=1)
    chance = estimate_chance(prepared.program, prepared.index, seed=0)
    by_level = dict(zip(comparison.definition.level_names, chance.by_rule[0][0], strict=True))
    assert by_level["exact"] + by_level["swapped"] > 0.999
    assert abs(by_level["swapped"] - 2 * 0.05 * 0.95) < 0.02
    assert chance.key_share == ((0.0,),)


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


def test_january_first_shared_is_no_exact_date():
    """Of pairs that share a birth date, those who share a January 1 are partial by chance, and all others exact."""
    draws = np.random.default_rng(0)
    n = 1_500
    day = np.where(draws.random(n) < 0.3, "01-01", "05-17")
    born = [f"{year}-{day[row]}" for row, year in enumerate(draws.integers(1980, 2000, n))]
    records = pd.DataFrame({"source": "iva", "record_id": [str(row) for row in range(n)], "birth_date": born})
    comparison = cl.BirthDate("birth_date")
    rules = [cl.BlockingRule("birth_date")]
    prepared = prepare(records, rules, [comparison], link_type="link_and_dedupe", unduplicated=(), threads=1)
    chance = estimate_chance(prepared.program, prepared.index, seed=0)
    by_level = dict(zip(comparison.definition.level_names, chance.by_rule[0][0], strict=True))
    assert by_level["exact"] + by_level["partial"] > 0.999
    assert abs(by_level["partial"] - 0.3**2 / (0.3**2 + 0.7**2)) < 0.03
    assert chance.key_share == ((0.0,),)
