"""Counting what is in raw values before they are linked: what is missing, stands for nothing, or cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from caselink.normalize.records import Declared, clean, raw_parts
from caselink.normalize.tables import RawRecords
from caselink.normalize.values import Status, status_of_given
from caselink.normalize.widths import MEASURED

COUNTED = (Status.MISSING, Status.PLACEHOLDER, Status.INVALID, Status.OTHER_KIND, Status.REPAIRED)


def profile(*tables: Any, cleaning: Declared = None) -> pd.DataFrame:  # noqa: ANN401 - as normalize
    """Count, per source and column, what is in the raw values; never a value.

    ``records`` = usable ones + missing + placeholder + invalid + other_kind (a number for taxes in the place of an
    SSN); ``repaired`` are among the usable ones. ``distinct`` is the number of different raw values. ``width`` is how
    many characters the program holds of a name, street or city, declared or found; missing where that is not known.

    >>> people = pd.DataFrame({"source": "iva", "record_id": ["1", "2"], "zip": ["2134", "00000"]})
    >>> profile(people)[["records", "missing", "placeholder", "invalid", "repaired", "distinct"]].to_numpy().tolist()
    [[2, 0, 1, 0, 1, 2]]
    """
    rows = [row for part in raw_parts(tables, cleaning) for row in _profiled(part)]
    counts = ["records", *(kind.name.lower() for kind in COUNTED), "distinct"]
    frame = pd.DataFrame(rows, columns=["source", "column", *counts, "width"])
    return frame.astype(dict.fromkeys(counts, "int64") | {"width": "Int64"})


def _profiled(part: RawRecords) -> Iterator[tuple[str | int | None, ...]]:
    cleaned = clean(part)
    sources = part.table.column("source").combine_chunks()
    for source in sorted(pc.unique(sources).drop_null().to_pylist()):
        rows = pc.equal(sources, source)
        places = np.flatnonzero(rows.to_numpy(zero_copy_only=False))
        for name in (*part.standard, *part.further, *part.carried):
            raw = part.table.column(name).take(pa.array(places))
            status = cleaned[name].status[places] if name in cleaned else status_of_given(raw)
            distinct = pc.count_distinct(raw, mode="only_valid").as_py()
            width = part.width(name) if name in MEASURED else None
            yield (source, name, len(places), *_counts(status), distinct, width)


def _counts(status: npt.NDArray[np.uint8]) -> Iterator[int]:
    counts = np.bincount(status, minlength=len(Status))
    return (int(counts[kind]) for kind in COUNTED)
