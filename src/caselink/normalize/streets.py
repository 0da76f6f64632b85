"""A column of streets: what stands after the house number is looked at once, whatever the number."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from caselink.normalize.addresses import STREET_PLAIN, StreetParts, parse_street
from caselink.normalize.values import Parts, except_plain, parse_column


def parse_streets(raw: pa.ChunkedArray) -> Parts:
    """Take streets apart, with the outcome that :func:`parse_street` has for each.

    >>> parse_streets(pa.chunked_array([["012 North Elm # 4", "7 OAK ST"]])).texts["street"].to_pylist()
    ['12 N ELM', '7 OAK ST']
    """
    return except_plain(raw.combine_chunks(), STREET_PLAIN, _parsed)


def _parsed(streets: pa.Array) -> Parts:
    """Take each street apart as if its number were 1; a number says nothing of what follows it."""
    numbered = pc.match_substring_regex(streets, "^[0-9]+ [A-Za-z0-9]")
    without = pc.replace_substring_regex(streets, "^[0-9]+ ([A-Za-z0-9])", r"1 \1")
    parts = parse_column(without, parse_street, StreetParts._fields)
    number = pc.replace_substring_regex(streets, r"(?s)^0*([0-9]+) .*$", r"\1")
    street = parts.texts["street"]
    with_number = pc.binary_join_element_wise(number, pc.utf8_slice_codeunits(street, 1), "")
    return replace(parts, texts=parts.texts | {"street": pc.if_else(numbered, with_number, street)})
