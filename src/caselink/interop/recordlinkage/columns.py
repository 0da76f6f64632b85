"""Two columns that are compared with each other, as codes: equal values have one number in both."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any, TypeAlias

import jellyfish
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from caselink.encoding import text_units

Floats: TypeAlias = npt.NDArray[np.float64]
Rows: TypeAlias = npt.NDArray[np.int64]

METHODS = {
    "jaro": "jaro",
    "jarowinkler": "jaro_winkler",
    "jaro_winkler": "jaro_winkler",
    "jw": "jaro_winkler",
    "levenshtein": "levenshtein",
    "dameraulevenshtein": "damerau_levenshtein",
    "damerau_levenshtein": "damerau_levenshtein",
    "dl": "damerau_levenshtein",
}
"""recordlinkage's names of the similarities that are computed here."""

_LONGEST = 256  # units; what is longer would take much memory in a kernel and is left to jellyfish
_FEWEST_A_THREAD = 20_000


@dataclass(frozen=True)
class PairedColumns:
    """Codes of the left and of the right column (-1: missing or an empty text) and the values they stand for."""

    left: Rows = field(repr=False)
    right: Rows = field(repr=False)
    values: npt.NDArray[Any] = field(repr=False)

    @classmethod
    def of(cls, left: pd.Series[Any], right: pd.Series[Any]) -> PairedColumns:
        """Number the values of both; raises TypeError for values that cannot be told apart (lists)."""
        both = left if left is right else pd.concat([left, right], ignore_index=True)
        codes, found = pd.factorize(both)
        numbers = pd.api.types.is_numeric_dtype(both.dtype) or both.dtype.kind == "M"
        values = np.asarray(found, None if numbers else object)
        empty = np.zeros(0, np.int64) if numbers else np.flatnonzero(values == "")
        if len(empty):
            codes = np.where(codes == empty[0], -1, codes)
        codes = codes.astype(np.int64, copy=False)
        return cls(codes[: len(left)], codes if left is right else codes[len(left) :], values)

    @cached_property
    def texts(self) -> pa.LargeStringArray | None:
        """The values as texts; None where one of them is none."""
        if self.values.dtype != object:
            return None
        try:
            return pa.array(self.values, pa.large_string())
        except (pa.ArrowInvalid, pa.ArrowTypeError, UnicodeError):
            return None

    @cached_property
    def units(self) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.int64]]:
        """The texts as the kernels read them, and where each lies, with its letter signature."""
        from caselink.comparisons.pattern_kernels import text_places

        units, start = text_units(self.texts)
        text = np.concatenate([np.zeros(1, np.uint16), units])
        return text, text_places(text, start.astype(np.int64) + 1)

    @cached_property
    def unusual(self) -> npt.NDArray[np.bool_]:
        """Texts in which a letter is not one unit (combining marks, emoji), and very long ones: for jellyfish."""
        texts = self.texts
        found = (pc.utf8_length(texts).to_numpy(zero_copy_only=False) > _LONGEST) | pc.match_substring(
            texts, "\r\n"
        ).to_numpy(zero_copy_only=False)
        for place in np.flatnonzero(~pc.string_is_ascii(texts).to_numpy(zero_copy_only=False)):
            text = self.values[place]
            found[place] |= max(text) > "\uffff" or jellyfish.levenshtein_distance("", text) != len(text)
        return np.asarray(found, bool)

    def exact(self, left: Rows, right: Rows) -> Floats:
        """1 where the values at these rows are equal, 0 where they differ, NaN where one is missing."""
        a, b = self.left[left], self.right[right]
        return np.where((a < 0) | (b < 0), np.nan, (a == b).astype(float))

    def similarity(self, method: str, threshold: float | None, rows: tuple[Rows, Rows], *, threads: int = 1) -> Floats:
        """Similarity of the texts at these rows, or with a threshold 1 and 0; NaN where one is missing."""
        from caselink.interop.recordlinkage import similarity_kernels

        kernel = getattr(similarity_kernels, f"{METHODS[method]}_similarities")
        least = -1.0 if threshold is None else max(float(threshold), 0.0)
        a, b = self.left[rows[0]], self.right[rows[1]]
        out = np.full(len(a), np.nan)
        text, place = self.units
        pieces = max(1, min(threads, len(a) // _FEWEST_A_THREAD))
        with ThreadPoolExecutor(pieces) as pool:
            ends = pairwise(np.linspace(0, len(a), pieces + 1).astype(int).tolist())
            for done in [pool.submit(kernel, text, place, a[i:j], b[i:j], least, out[i:j]) for i, j in ends]:
                done.result()
        self._settle_unusual(METHODS[method], threshold, (a, b), out)
        return out

    def _settle_unusual(self, method: str, threshold: float | None, codes: tuple[Rows, Rows], out: Floats) -> None:
        a, b = codes
        flags = np.append(self.unusual, False)
        for k in np.flatnonzero((flags[a] | flags[b]) & (a >= 0) & (b >= 0)):
            similarity = _similarity(method, self.values[a[k]], self.values[b[k]])
            out[k] = similarity if threshold is None else float(similarity >= threshold)


def _similarity(method: str, a: str, b: str) -> float:
    if method.endswith("levenshtein"):
        edits = getattr(jellyfish, f"{method}_distance")(a, b)
        return float(1 - edits / max(len(a), len(b)))
    return float(getattr(jellyfish, f"{method}_similarity")(a, b))
