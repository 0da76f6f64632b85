"""Numbers that a program gives out: unique in the whole county, and telling nothing of when or to whom."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from caselink.synthetic.draws import Streams, Texts, digits

PERSON_STRIDE, RECORD_STRIDE, CASE_STRIDE, LEAD_STRIDE = 40_000, 400_000, 40_000, 400_000
"""How many numbers each district has to itself: for people and homes, for records and cases of a program, for leads."""


def entity_ids(district: int, rows: npt.ArrayLike) -> Texts:
    """The people of a district by their row; None where the row is negative.

    >>> entity_ids(2, [7, -1]).tolist()
    ['p000080007', None]
    """
    return _lettered("p", district, rows)


def household_ids(district: int, homes: npt.ArrayLike) -> Texts:
    """The homes of a district by their number; None where it is negative."""
    return _lettered("h", district, homes)


@dataclass(frozen=True, slots=True)
class ProgramNumbers:
    """The numbers that one program gives to the records and cases of one district; None where negative."""

    streams: Streams
    district: int

    def records(self, rows: npt.ArrayLike) -> Texts:
        """Nine digits for each record, by its row."""
        return self._scramble("record ids", rows, RECORD_STRIDE, 9)

    def cases(self, cases: npt.ArrayLike) -> Texts:
        """Eight digits for each case, by its number."""
        return self._scramble("case ids", cases, CASE_STRIDE, 8)

    def _scramble(self, what: str, rows: npt.ArrayLike, stride: int, width: int) -> Texts:
        whole = np.asarray(rows, dtype=np.int64)
        return scrambled(np.where(whole < 0, -1, self.district * stride + whole), width, self.streams.within(what))


def scrambled(numbers: npt.ArrayLike, width: int, streams: Streams) -> Texts:
    """Numbers below ``10**width`` as text of ``width`` digits in no order; None where negative.

    Different numbers stay different: they are shuffled by steps that can be taken back (a product with an odd number,
    an exclusive or with one's own upper half) among the numbers of as many bits, again for those that come
    out too long.

    >>> scrambled([1, 2, -1], 8, Streams(0)).tolist()[2] is None
    True
    """
    whole, limit = np.asarray(numbers, dtype=np.int64), 10**width
    if whole.max(initial=0) >= limit:
        raise OverflowError(f"no more than {limit} numbers of {width} digits can be given out")
    bits = int(limit - 1).bit_length()
    factors = streams.rng("numbers").integers(0, 2 ** (bits - 1), _ROUNDS) * 2 + 1
    shuffled = _shuffle(np.maximum(whole, 0), bits, factors)
    while (long := np.flatnonzero(shuffled >= limit)).size:
        shuffled[long] = _shuffle(shuffled[long], bits, factors)
    texts = digits(shuffled, width)
    texts[whole < 0] = None
    return texts


_ROUNDS = 3


def _shuffle(numbers: npt.NDArray[np.int64], bits: int, factors: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """A permutation of the numbers of so many bits."""
    for factor in factors:
        numbers = (numbers * factor + 1) % 2**bits
        numbers = numbers ^ (numbers >> (bits // 2))
    return numbers


def _lettered(letter: str, district: int, rows: npt.ArrayLike) -> Texts:
    whole = np.asarray(rows, dtype=np.int64)
    texts: Texts = letter + digits(district * PERSON_STRIDE + whole, 9)
    texts[whole < 0] = None
    return texts
