"""Header lines: the names of a file's columns or, by a lost line end, somebody's values, which no message may show."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from caselink.errors import ColumnMissingError, InputError

_VALUE = re.compile(r"[\W\d_]+|.*[0-9]{5}.*", re.DOTALL)
"""No letter at all, or a number in it: no name of a column."""


def check_header(
    header: Sequence[str], wanted: Collection[str], *, needed_by: str, optional: Collection[str] = (), line: bool = True
) -> None:
    """Raise :class:`InputError` unless a header has the ``wanted`` columns, those that are not ``optional``, each once.

    A header that is a ``line`` of text may be a person's by mistake: its names are shown only where all look like some.
    """
    if line and not set(wanted) & set(header):
        raise InputError(
            f"none of the columns {sorted(wanted)} is among the {len(header)} of the first line; "
            "is there a header line, and is it the right file?"
        )
    missing = [name for name in wanted if name not in optional and name not in header]
    if missing:
        shown = [name for name in header if name in wanted] if line and holds_values(header) else header
        raise ColumnMissingError(missing, shown, needed_by=needed_by, n_hidden=len(header) - len(shown))
    check_each_once(header, wanted)


def check_each_once(header: Sequence[str], wanted: Collection[str]) -> None:
    """Raise :class:`InputError` where a wanted column stands in the header twice."""
    for name in wanted:
        if header.count(name) > 1:
            raise InputError(f"stands {header.count(name)} times in the header; rename one", field=name)


def holds_values(header: Sequence[str]) -> bool:
    """Whether something in a header is no name of a column.

    >>> holds_values(["ssn", "street_2", "", "Año"]), holds_values(["ssn", "name", "s41", "1985-03-12"])
    (False, True)
    """
    return any(_VALUE.fullmatch(name) for name in header if name)
