"""The compiled kinds of comparison by name; a kernel is loaded when a program first needs it.

Every kernel has one signature: ``kernel(words, columns, values, limits, unit, left, right, pattern)`` adds the level
of each pair, times ``unit``, to its pattern. ``words`` (records x words) and ``values`` (text units, (start, letter
signature) a value, fact a value, starts of parts, parts, numbers) come from
:class:`~caselink.comparisons.views.Views`; ``columns`` are the words that the comparison reads.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

_KERNELS = {
    "codes": ("code_kernels", "compare_codes"),
    "dates": ("person_kernels", "compare_dates"),
    "digits": ("person_kernels", "compare_digits"),
    "edits": ("text_kernels", "compare_edits"),
    "edits with swaps": ("text_kernels", "compare_edits_with_swaps"),
    "names": ("person_kernels", "compare_names"),
    "numbers": ("code_kernels", "compare_numbers"),
    "places": ("street_kernels", "compare_places"),
    "shared": ("code_kernels", "compare_shared"),
    "similarity": ("text_kernels", "compare_similarity"),
    "sources": ("code_kernels", "compare_sources"),
    "streets": ("street_kernels", "compare_streets"),
}


def kernel(kind: str) -> Callable[..., None]:
    """The compiled function of a kind."""
    module, name = _KERNELS[kind]
    found: Any = getattr(import_module(f"caselink.comparisons.{module}"), name)
    return found  # type: ignore[no-any-return]
