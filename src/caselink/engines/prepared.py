"""Records made ready: encoded, blocked, and laid out for the comparisons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pandas as pd

from caselink.blocking import LinkType, PairIndex, Rule, index_pairs, key_columns
from caselink.comparisons import Comparison, Program
from caselink.encoding import EncodedRecords, encode
from caselink.engines.seats import Seats
from caselink.errors import PairsLimitError, SpecError
from caselink.schema import FURTHER_COLUMNS

Clock = Callable[[str], None]
_ROSTER_COLUMNS = {"case_id", "month", "role", "unit"}


@dataclass(frozen=True, slots=True)
class Prepared:
    """One set of records under one choice of rules and comparisons; ``told`` are the seats that are known."""

    records: EncodedRecords
    index: PairIndex = field(repr=False)
    program: Program = field(repr=False)
    told: Seats | None = field(default=None, repr=False)

    def seats(self) -> Seats:
        """Who stood in which case: as was told, or as the records themselves say."""
        return Seats.of(self.records) if self.told is None else self.told


def prepare(
    records: pd.DataFrame,
    rules: Sequence[Rule],
    comparisons: Sequence[Comparison],
    *,
    link_type: LinkType,
    unduplicated: Sequence[str],
    threads: int,
) -> Prepared:
    """Encode what the rules and comparisons read, make the blocks, lay out the words."""
    columns = columns_read(rules, comparisons, records)
    encoded = encode(_with_further(records, columns), columns, threads=threads)
    unknown = sorted(set(unduplicated) - set(encoded.sources))
    if unknown:
        msg = f"unduplicated names {unknown}; the sources are {list(encoded.sources)}"
        raise SpecError(msg)
    with ThreadPoolExecutor(1) as pool:  # the blocks take most of the time; the words are laid out meanwhile
        program = pool.submit(Program.of, comparisons, encoded)
        index = index_pairs(encoded, rules, link_type=link_type, unduplicated=unduplicated, threads=threads)
        return Prepared(encoded, index, program.result())


def _with_further(records: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Records with the columns that normalizing makes where it finds something: it found nothing for those not there.

    A model reads them again in the next extract, where there may be no number that several people use.
    """
    lacking = [name for name in columns if name in FURTHER_COLUMNS and name not in records]
    return records.assign(**dict.fromkeys(lacking)) if lacking else records


def columns_read(rules: Sequence[Rule], comparisons: Sequence[Comparison], records: pd.DataFrame) -> list[str]:
    """Every column that a rule or comparison reads, and those that say who stands in one roster, and as what."""
    columns = {column for rule in rules for key in rule.reads for column in key_columns(key, records.columns)}
    for comparison in comparisons:
        definition = comparison.definition
        columns.update(definition.columns)
        if definition.term_frequency is not None:
            columns.add(definition.term_frequency)
    return sorted(columns | (_ROSTER_COLUMNS & set(records.columns)))


def check_price(index: PairIndex, max_pairs: int) -> None:
    """Raise :class:`PairsLimitError`, naming the dearest rule, where the rules make more pairs than allowed."""
    n_pairs = index.n_pairs()
    if n_pairs <= max_pairs:
        return
    price = {rule.name: 0 for rule in index.rules}
    for part, rule in zip(index.parts, index.rule, strict=True):
        price[index.rules[rule].name] += part.n_pairs()
    dearest = max(price, key=lambda name: price[name])
    msg = (
        f"the blocking rules make up to {n_pairs:,} pairs, {price[dearest]:,} of them by {dearest!r}; allowed are "
        f"{max_pairs:,}. Give that rule another key or a largest block, or raise max_pairs"
    )
    raise PairsLimitError(msg)
