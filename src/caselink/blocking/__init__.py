"""Blocking decides which pairs of records are worth comparing, and says beforehand how many that are."""

from caselink.blocking.blocks import Blocks
from caselink.blocking.keys import key_codes, key_columns
from caselink.blocking.pairs import LinkType, PairIndex, Span, count_rule_pairs, index_pairs
from caselink.blocking.rules import BlockingRule, MinHash, Rule, SortedNeighborhood

__all__ = [
    "BlockingRule",
    "Blocks",
    "LinkType",
    "MinHash",
    "PairIndex",
    "Rule",
    "SortedNeighborhood",
    "Span",
    "count_rule_pairs",
    "index_pairs",
    "key_codes",
    "key_columns",
]
