"""Blocking rules of a Splink model: equalities of the two records, joined by AND and OR."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from caselink.blocking import BlockingRule, Blocks, Rule
from caselink.blocking.blocks import make_blocks
from caselink.encoding import Column, EncodedRecords
from caselink.interop.splink_conditions import Condition, Equal, Every, Is, Missing, Opposite, Some, read_condition
from caselink.interop.splink_sql import SqlError
from caselink.interop.splink_values import Value, see

_MOST_WAYS = 20
_INITIAL = (("slice", 0, 1),)


@dataclass(frozen=True, slots=True)
class SplinkRule:
    """Records that agree on all values meet; a value is a column with functions that no key of caselink's has.

    As in SQL an empty beginning of a text equals another; a record that lacks a value is in no block.
    """

    values: tuple[Value, ...]

    @property
    def name(self) -> str:
        """The columns, with what is done to them."""
        return " & ".join(".".join([value.column, *(_spelled(step) for step in value.steps)]) for value in self.values)

    @property
    def keys(self) -> tuple[str, ...]:
        """Those columns on which pairs agree as they stand."""
        return tuple(value.column for value in self.values if not value.steps)

    @property
    def reads(self) -> tuple[str, ...]:
        """Every column."""
        return (*self.keys, *(value.column for value in self.values if value.steps))

    def blocks(self, records: EncodedRecords) -> list[Blocks]:
        """One grouping."""
        return [make_blocks([_column(value, records) for value in self.values], len(records))]


def read_rule(sql: str, dialect: str) -> tuple[list[Rule], list[str]]:
    """The rules that a Splink rule comes to, one for each way that OR leaves open, and what could not be taken over.

    Without that part a rule makes more pairs than Splink's, never fewer; where nothing is left there is no rule.
    """
    rules: list[Rule] = []
    lost: list[str] = []
    for way in _ways(read_condition(sql, dialect)):
        values: list[Value] = []
        for part in way:
            if isinstance(part, Equal) and part.left.turned() == part.right:
                values.append(part.left if part.left.side == 0 else part.right)
            elif not _is_implied(part, way):
                lost.append("a part is no equality of one value of both records, so that it makes no block")
        if values:
            rules.append(_rule(tuple(dict.fromkeys(values))))
        else:
            lost.append("no part makes a block")
    return rules, list(dict.fromkeys(lost))


def _ways(condition: Condition) -> list[tuple[Condition, ...]]:
    """The condition as alternatives of parts that must all hold."""
    if isinstance(condition, Some):
        return [way for part in condition.parts for way in _ways(part)]
    ways: list[tuple[Condition, ...]] = [()]
    for part in condition.parts if isinstance(condition, Every) else ():
        ways = [(*way, *more) for way in ways for more in _ways(part)]
        if len(ways) > _MOST_WAYS:
            raise SqlError(f"has more than {_MOST_WAYS} alternatives")
    return ways if isinstance(condition, Every) else [(condition,)]


def _is_implied(part: Condition, way: Sequence[Condition]) -> bool:
    """Whether a part only asks that a value be there which another part asks to be equal."""
    if not isinstance(part, Opposite) or not isinstance(part.part, Missing | Is) or part.part.value.steps:
        return False
    if isinstance(part.part, Is) and part.part.wanted != "":
        return False
    value = part.part.value
    return any(isinstance(other, Equal) and value in (other.left, other.right) for other in way)


def _rule(values: tuple[Value, ...]) -> Rule:
    """A rule of caselink's own where its keys say the same."""
    if all(value.steps in ((), _INITIAL) and "." not in value.column for value in values):
        return BlockingRule(*(value.column + (".initial" if value.steps else "") for value in values))
    return SplinkRule(values)


def _column(value: Value, records: EncodedRecords) -> Column:
    seen = see(value, records)
    return Column(seen.codes, seen.texts if value.kind == "text" else pa.array(seen.numbers).cast(pa.large_string()))


def _spelled(step: Sequence[object]) -> str:
    """A step in a rule's name, without any literal but a number."""
    return " ".join(str(part) for part in step if not isinstance(part, str) or part == step[0])
