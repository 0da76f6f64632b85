"""Randomness by name: every step draws from its own stream, so a new step leaves the others as they were."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from caselink.errors import SpecError

Texts = npt.NDArray[np.object_]
"""Strings, ``None`` where missing."""
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Streams:
    """Independent random streams under one seed, each found by the name of its step.

    >>> one, two = Streams(7).rng("births"), Streams(7).rng("births")
    >>> bool(one.random() == two.random())
    True
    >>> bool(Streams(7).rng("births").random() == Streams(7).rng("moves").random())
    False
    """

    seed: int
    path: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.seed < 0:
            msg = f"seed must be 0 or more, got {self.seed}"
            raise SpecError(msg)

    def within(self, part: str) -> Streams:
        """The streams of one part of the work, such as one program."""
        return Streams(self.seed, (*self.path, zlib.crc32(part.encode())))

    def rng(self, step: str) -> np.random.Generator:
        """The generator of one step; asking twice gives the same draws twice."""
        key = (*self.path, zlib.crc32(step.encode()))
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=key))


def pick(rng: np.random.Generator, weights: npt.ArrayLike, n: int) -> Ints:
    """``n`` positions drawn with replacement, each position in proportion to its weight.

    >>> pick(np.random.default_rng(0), [0.0, 1.0], 3).tolist()
    [1, 1, 1]
    """
    return positions(np.cumsum(np.asarray(weights, dtype=np.float64)), rng.random(n))


def positions(cumulative: Floats, uniform: Floats) -> Ints:
    """The position that each number in [0, 1) falls on, for rising cumulative weights."""
    return np.asarray(np.searchsorted(cumulative, uniform * cumulative[-1], side="right"), dtype=np.int64)


def digits(numbers: npt.ArrayLike, width: int) -> Texts:
    """Whole numbers as text of one width, with leading zeros.

    >>> digits([7, 123456789], 9).tolist()
    ['000000007', '123456789']
    """
    whole = np.asarray(numbers, dtype=np.int64)
    powers = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    codepoints = (whole[:, None] // powers % 10 + ord("0")).astype(np.uint32)
    texts: Texts = codepoints.view(f"U{width}")[:, 0].astype(object)
    return texts
