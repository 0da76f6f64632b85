"""Counting pairs without listing them: a cluster of n records holds n(n-1)/2 pairs.

A *clustering* here is one integer label a record, numbered from 0 without gaps; ``-1`` is no label.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from caselink.errors import InputError

Labels = npt.NDArray[np.int64]


def encode_labels(*columns: pd.Series) -> list[Labels]:
    """The columns as integer labels, one numbering for all of them; missing is -1, and so is blank text.

    Text and whole numbers are compared as text, so an id read as a number still meets the same id read as text.

    >>> [labels.tolist() for labels in encode_labels(pd.Series(["7", None]), pd.Series([8, 7]))]
    [[0, -1], [1, 0]]
    """
    texts = [_as_text(column) for column in columns]
    encoded = pa.chunked_array([chunk for text in texts for chunk in text.chunks], pa.large_string()).combine_chunks()
    encoded = encoded if isinstance(encoded, pa.Array) else pa.concat_arrays(encoded.chunks)
    numbered = encoded.dictionary_encode()
    codes = numbered.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    blank = pc.equal(pc.utf8_trim_whitespace(numbered.dictionary), "").to_numpy(zero_copy_only=False)
    if blank.any():
        codes = np.append(np.where(blank, -1, np.cumsum(~blank) - 1), -1)[codes]
    return np.split(codes, np.cumsum([len(text) for text in texts])[:-1])


def renumber(*labels: Labels) -> Labels:
    """One label for each combination of labels, numbered from 0 without gaps.

    >>> renumber(np.array([5, 5, 9]), np.array([1, 1, 1])).tolist()
    [0, 0, 1]
    """
    combined = pd.factorize(labels[0])[0]
    for label in labels[1:]:
        codes, values = pd.factorize(label)
        combined = pd.factorize(combined.astype(np.int64) * max(len(values), 1) + codes)[0]
    return combined.astype(np.int64)


def sizes(labels: Labels) -> Labels:
    """Records in each cluster."""
    return np.bincount(labels).astype(np.int64)


def count_pairs_within(labels: Labels) -> int:
    """Pairs of records that share a label.

    >>> count_pairs_within(np.array([0, 0, 0, 1]))
    3
    """
    return count_pairs(sizes(labels))


def count_pairs(size: Labels) -> int:
    """Pairs inside clusters of these sizes.

    >>> count_pairs(np.array([3, 1]))
    3
    """
    return int((size * (size - 1) // 2).sum())


def count_pairs_by_source(labels: Labels, source: Labels, n_sources: int) -> Labels:
    """Pairs of records that share a label, by the sources of the two records: a symmetric matrix.

    With ``n`` the records of each cluster by source, the pairs of two sources are the sum of products ``n_a n_b``
    over all clusters, and those inside one source the sum of ``n_a (n_a - 1) / 2``.

    >>> count_pairs_by_source(np.array([0, 0, 0]), np.array([0, 0, 1]), 2).tolist()
    [[1, 2], [2, 0]]
    """
    from scipy.sparse import csr_array

    ones = np.ones(len(labels), np.int64)
    shape = (int(labels.max(initial=-1)) + 1, n_sources)
    records = csr_array((ones, (labels, source)), shape=shape)
    pairs: Labels = (records.T @ records).toarray().astype(np.int64)
    inside = np.diag_indices(n_sources)
    pairs[inside] = (pairs[inside] - np.bincount(source, minlength=n_sources)) // 2
    return pairs


def fill_singletons(labels: Labels) -> Labels:
    """The labels, where each record without one (-1) is a cluster of its own.

    >>> fill_singletons(np.array([0, -1, 0, -1])).tolist()
    [0, 1, 0, 2]
    """
    alone = labels < 0
    filled = labels.copy()
    filled[alone] = labels.max(initial=-1) + 1 + np.arange(int(alone.sum()))
    return renumber(filled)


def _as_text(column: pd.Series) -> pa.ChunkedArray:
    """The column as Arrow text; an error never repeats Arrow's own message, which may show a value."""
    try:
        table = pa.Table.from_pandas(column.to_frame("column"), preserve_index=False)
        return table.column(0).cast(pa.large_string())
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
        reason = "holds a mixture of types; make it text"
        raise InputError(reason, field=str(column.name)) from None
