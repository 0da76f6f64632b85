"""Fingerprints of texts: 128 bits for each row, the same for the same texts, so that rows can be grouped by them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Words = npt.NDArray[np.uint64]

_FIRST, _SECOND = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93)
_HALF, _SOME = np.uint64(32), np.uint64(29)
_LOW_BYTES = np.array([(1 << 8 * count) - 1 for count in range(9)], np.uint64)


def fingerprints(columns: Sequence[pa.ChunkedArray]) -> Words:
    """Give two numbers a row, of all columns together; missing is not the same as any text.

    >>> prints = fingerprints([pa.chunked_array([["A", "B", "A", None]]), pa.chunked_array([["1", "1"], ["1", "1"]])])
    >>> prints.shape, (prints[0] == prints[2]).all(), len(np.unique(prints, axis=0))
    ((4, 2), np.True_, 3)
    """
    n_rows = len(columns[0]) if columns else 0
    prints = np.zeros((2, n_rows), np.uint64)
    for column in columns:
        done = 0
        for chunk in column.chunks:
            _mix_texts(chunk, prints[:, done : done + len(chunk)])
            done += len(chunk)
    return prints.T


def fingerprint_cells(cells: npt.NDArray[np.uint8]) -> Words:
    """Give a number for each row of a matrix of bytes."""
    n_rows, width = cells.shape
    padded = np.zeros((n_rows, -(-width // 8) * 8), np.uint8)
    padded[:, :width] = cells
    words = padded.view(np.uint64)
    prints = np.zeros(n_rows, np.uint64)
    for place in range(words.shape[1]):
        _mix(prints, words[:, place], _FIRST)
    return prints


def _mix_texts(texts: pa.Array, prints: Words) -> None:
    """Take the texts of one chunk into the fingerprints, in place."""
    if not len(texts):
        return
    _, offsets, data = texts.buffers()
    at = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    held = np.frombuffer(data or b"", np.uint8)[at[0] : at[-1]]
    starts, lengths = at[:-1] - at[0], np.diff(at)
    missing = texts.is_null().to_numpy(zero_copy_only=False) if texts.null_count else None
    all_rows = slice(None)
    padded = np.concatenate([held, np.zeros(8, np.uint8)])
    eight_from = np.ndarray((len(held) + 1,), "<u8", padded, strides=(1,))
    sizes = lengths.astype(np.uint64)
    if missing is not None:
        lengths[missing], sizes[missing] = 0, ~np.uint64(0)
    _mix_both(prints, all_rows, sizes)
    shortest = int(lengths.min())
    rows = np.arange(len(lengths))
    for done in range(0, int(lengths.max()), 8):
        if shortest <= done:
            rows = rows[lengths[rows] > done]
        chosen = all_rows if len(rows) == len(lengths) else rows
        word = eight_from[starts[chosen] + done] & _LOW_BYTES[np.minimum(lengths[chosen] - done, 8)]
        _mix_both(prints, chosen, word)


def _mix_both(prints: Words, rows: slice | npt.NDArray[np.int64], word: Words) -> None:
    for half, odd in ((0, _FIRST), (1, _SECOND)):
        mixed = prints[half][rows]
        if isinstance(rows, slice):
            _mix(mixed, word, odd)
        else:
            mixed = mixed.copy()
            _mix(mixed, word, odd)
            prints[half][rows] = mixed


def _mix(prints: Words, word: Words, odd: np.uint64) -> None:
    """Take one word a row into the fingerprints, in place: every bit of it moves many of theirs."""
    prints ^= word
    prints *= odd
    prints ^= prints >> _HALF
    prints *= _SECOND
    prints ^= prints >> _SOME
