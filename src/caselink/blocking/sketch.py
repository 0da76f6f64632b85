"""MinHash sketches of q-grams: keys that similar texts share by chance in proportion to their overlap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa

from caselink.blocking.keys import key_codes
from caselink.encoding import Column, EncodedRecords, text_units


def band_codes(
    records: EncodedRecords, columns: Sequence[str], q: int, shape: tuple[int, int], seed: int
) -> Iterator[Column]:
    """One column of codes a band of ``shape = (bands, rows)``; -1 for a record without any q-gram."""
    from caselink.blocking.sketch_kernels import min_hashes

    bands, rows = shape
    factors = np.random.default_rng(seed).integers(1, 2**63, size=bands * rows, dtype=np.uint64) | np.uint64(1)
    sketch = np.full((len(records), bands * rows), np.iinfo(np.uint64).max, np.uint64)
    for name in columns:
        column = key_codes(records, name)
        units, start = text_units(column.values)
        of_value = min_hashes(units, start, q, factors)
        of_value = np.vstack([of_value, np.full((1, bands * rows), np.iinfo(np.uint64).max, np.uint64)])
        np.minimum(sketch, of_value[column.codes], out=sketch)
    empty = sketch[:, 0] == np.iinfo(np.uint64).max
    for band in range(bands):
        part = sketch[:, band * rows : (band + 1) * rows]
        mixed = part[:, 0].copy()
        for row in range(1, rows):
            mixed = (mixed * np.uint64(0x9E3779B97F4A7C15)) ^ part[:, row]
        values, codes = np.unique(mixed, return_inverse=True)
        codes = np.where(empty, -1, codes)
        yield Column(codes.astype(np.int32), pa.array([""], pa.large_string()).take(np.zeros(len(values), np.int32)))
