"""Numbers that a program gives out: unique in the whole county, and telling nothing of when or to whom."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from caselink.synthetic.draws import Streams, Texts, digits

PERSON_STRIDE, RECORD_STRIDE, CASE_STRIDE, LEAD_STRIDE = 40_000, 400_000, 40_000, 400_000
"""How many numbers each district has to itself: for people and homes, for records and cases of a program, for leads."""

_PRIMES = {8: 99_999_989, 9: 999_999_937}
"""The largest prime of so many digits: multiplying modulo a prime sends no two numbers to one."""


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
    """Numbers as text of ``width`` (8 or 9) digits in no order; None where negative. Different ones stay different.

    >>> scrambled([1, 2, -1], 8, Streams(0)).tolist()[2] is None
    True
    """
    prime = _PRIMES[width]
    whole = np.asarray(numbers, dtype=np.int64)
    if whole.max(initial=0) >= prime:
        raise OverflowError(f"no more than {prime} numbers of {width} digits can be given out")
    factor, shift = (int(draw) for draw in streams.rng("numbers").integers(prime // 3, prime, 2))
    texts = digits((whole * factor + shift) % prime, width)
    texts[whole < 0] = None
    return texts


def _lettered(letter: str, district: int, rows: npt.ArrayLike) -> Texts:
    whole = np.asarray(rows, dtype=np.int64)
    texts: Texts = letter + digits(district * PERSON_STRIDE + whole, 9)
    texts[whole < 0] = None
    return texts
