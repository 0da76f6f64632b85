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
    """Give two rows of numbers, one column for each row of all columns together; missing is like no text.

    >>> prints = fingerprints([pa.chunked_array([["A", "B", "A", None]]), pa.chunked_array([["1", "1"], ["1", "1"]])])
    >>> prints.shape, prints[:, 0].tolist() == prints[:, 2].tolist(), np.unique(prints, axis=1).shape
    ((2, 4), True, (2, 3))
    """
    n_rows = len(columns[0]) if columns else 0
    prints = np.zeros((2, n_rows), np.uint64)
    for column in columns:
        done = 0
        for chunk in column.chunks:
            _mix_texts(chunk, prints[:, done : done + len(chunk)])
            done += len(chunk)
    return prints


def starts_of(prints: Words) -> npt.NDArray[np.bool_]:
    """Where a fingerprint differs from the one before."""
    start = np.ones(prints.shape[1], bool)
    start[1:] = (prints[0, 1:] != prints[0, :-1]) | (prints[1, 1:] != prints[1, :-1])
    return start


def fingerprint_cells(cells: npt.NDArray[np.uint8]) -> Words:
    """Give a number for each row of a matrix of bytes."""
    words = _as_words(cells)
    prints = np.zeros(len(cells), np.uint64)
    for place in range(words.shape[1]):
        _mix(prints, words[:, place], _FIRST)
    return prints


def _as_words(cells: npt.NDArray[np.uint8]) -> Words:
    n_rows, width = cells.shape
    padded = np.zeros((n_rows, -(-width // 8) * 8), np.uint8)
    padded[:, :width] = cells
    return padded.view(np.uint64)


def _mix_texts(texts: pa.Array, prints: Words) -> None:
    """Take the texts of one chunk into the fingerprints, in place."""
    if not len(texts):
        return
    wide = pa.types.is_large_string(texts.type)
    if not wide:
        texts = texts.cast(pa.string())
    _, offsets, data = texts.buffers()
    places = np.frombuffer(offsets, np.int64 if wide else np.int32)
    at = places[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    held = np.frombuffer(data or b"", np.uint8)[at[0] : at[-1]]
    starts, lengths = at[:-1] - at[0], np.diff(at)
    width = int(lengths[0])
    if not texts.null_count and (lengths == width).all():
        _mix_both(prints, np.uint64(width))
        words = _as_words(held.reshape(len(lengths), width))
        for place in range(words.shape[1]):
            _mix_both(prints, words[:, place])
    else:
        _mix_uneven(texts, prints, held, starts, lengths)


def _mix_uneven(
    texts: pa.Array,
    prints: Words,
    held: npt.NDArray[np.uint8],
    starts: npt.NDArray[np.int64],
    lengths: npt.NDArray[np.int64],
) -> None:
    """Texts of several lengths, eight bytes at a time of those that are long enough."""
    padded = np.concatenate([held, np.zeros(8, np.uint8)])
    eight_from = np.ndarray((len(held) + 1,), "<u8", padded, strides=(1,))
    missing = texts.is_null().to_numpy(zero_copy_only=False)
    lengths[missing] = 0
    _mix_both(prints, np.where(missing, ~np.uint64(0), lengths.astype(np.uint64)))
    rows = np.arange(len(lengths))
    for done in range(0, int(lengths.max()), 8):
        rows = rows[lengths[rows] > done]
        word = eight_from[starts[rows] + done] & _LOW_BYTES[np.minimum(lengths[rows] - done, 8)]
        some = prints[:, rows]
        _mix_both(some, word)
        prints[:, rows] = some


def _mix_both(prints: Words, word: Words | np.uint64) -> None:
    _mix(prints[0], word, _FIRST)
    _mix(prints[1], word, _SECOND)


def _mix(prints: Words, word: Words | np.uint64, odd: np.uint64) -> None:
    """Take one word a row into the fingerprints, in place: every bit of it moves many of theirs."""
    prints ^= word
    prints *= odd
    prints ^= prints >> _HALF
    prints *= _SECOND
    prints ^= prints >> _SOME
