"""Addresses as households need them: one number for one address, however it was spelled.

Two spellings are one address when a person gave both, or people of one last name did, and they agree in street, house
number, unit and town as far as each is known. A P.O. box is an address to write to: several households may share it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.comparisons import Program, Street, UnlessSame
from caselink.encoding import EncodedRecords

Ints = npt.NDArray[np.int64]
_SIMILAR, _SAME_STREET = 3, 2  # levels of Street: same number and much the same street; another number
_TOWNS_ALIKE = 0.7  # a misspelled town, where street, number and a name agree
_WINDOW = 12
_BOX = re.compile(r"^(P ?O )?BOX\b")


@dataclass(frozen=True, slots=True)
class Places:
    """``number``: the address of each record, -1 where there is none; ``mailing`` by number: nobody lives there."""

    number: Ints = field(repr=False)
    mailing: npt.NDArray[np.bool_] = field(repr=False)
    encoded: EncodedRecords = field(repr=False)
    program: Program | None = field(repr=False)

    @classmethod
    def of(cls, encoded: EncodedRecords, person: Ints, surname: Ints) -> Places:
        """Number the addresses of ``encoded``; ``person`` and ``surname`` are numbers by record."""
        if "street" not in encoded.columns:
            return cls(np.full(len(encoded), -1, np.int64), np.zeros(0, np.bool_), encoded, None)
        towns = [UnlessSame("city", ("zip",), _TOWNS_ALIKE)] if {"city", "zip"} <= set(encoded.columns) else []
        program = Program.of([Street("street"), *towns], encoded)
        spelled = cls(_number_spellings(encoded), np.zeros(0, np.bool_), encoded, program)
        number = spelled._unite(person, surname)
        mailing = np.zeros(int(number.max(initial=-1)) + 1, np.bool_)
        texts = encoded.columns["street"].values.to_pylist()  # noqa: PD011  (a Column)
        boxes = np.append([_is_box(text) for text in texts], True).astype(np.bool_)
        known = number >= 0
        lived_in = np.unique(number[known & ~boxes[encoded.columns["street"].codes]])
        mailing[number[known]] = True
        mailing[lived_in] = False
        return cls(number, mailing, encoded, program)

    def same(self, left: Ints, right: Ints, *, strict: bool = False) -> Ints:
        """Compare the addresses of records: 1 one address, 0 two, -1 not known.

        ``strict``: a unit that only one of them has makes two.
        """
        street, alike = self._compare(left, right, strict=strict)
        return np.where(street == 0, -1, (alike & (street >= _SIMILAR)).astype(np.int64))

    def _compare(self, left: Ints, right: Ints, *, strict: bool) -> tuple[Ints, npt.NDArray[np.bool_]]:
        """The level of the street, and whether unit and town agree as far as they are known."""
        if self.program is None:
            return np.zeros(len(left), np.int64), np.zeros(len(left), np.bool_)
        a, b = left.astype(np.int32), right.astype(np.int32)
        levels = self.program.levels(self.program.patterns(a, b)).astype(np.int64)
        alike = np.ones(len(left), np.bool_)
        if "unit" in self.encoded.columns:
            one, other = self.encoded.codes("unit", a), self.encoded.codes("unit", b)
            alike &= (one == other) | (((one < 0) | (other < 0)) & (not strict))
        if levels.shape[1] > 1:
            alike &= levels[:, 1] != 1
        return levels[:, 0], alike

    def _unite(self, person: Ints, surname: Ints) -> Ints:
        """One number for the spellings of one address."""
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components

        rows = pd.DataFrame({"record": np.arange(len(self.number)), "place": self.number})
        rows = rows[rows["place"] >= 0]
        record = rows["record"].to_numpy()
        street, number = self._street_words(record)
        by_person = _next_few(rows.assign(key=person[record]))
        named = surname[record] >= 0
        by_number = _next_few(_keyed(rows[named], surname[record][named], number[named]))
        by_street = _next_few(_keyed(rows[named], surname[record][named], street[named]))
        left, right = (np.concatenate(side) for side in zip(by_person, by_number, by_street, strict=True))
        level, alike = self._compare(left, right, strict=True)
        lacks = self._lacks_number()
        one = alike & ((level >= _SIMILAR) | ((level == _SAME_STREET) & (lacks[left] != lacks[right])))
        n = int(self.number.max(initial=-1)) + 1
        pairs = (np.ones(int(one.sum())), (self.number[left[one]], self.number[right[one]]))
        label = connected_components(coo_array(pairs, shape=(n, n)), directed=False)[1] if n else np.zeros(0, int)
        united: Ints = np.append(label, -1)[self.number].astype(np.int64)
        return united

    def _street_words(self, record: Ints) -> tuple[Ints, Ints]:
        """Numbers for the street without its house number, and for the house number, of each record."""
        column = self.encoded.columns["street"]
        texts: list[str] = column.values.to_pylist()  # noqa: PD011  (a Column)
        split = [text.split(" ", 1) if text[:1].isdigit() and " " in text else ["", text] for text in texts]
        parts = [pd.factorize(np.array([one[i] for one in split], dtype=object))[0].astype(np.int64) for i in (1, 0)]
        street, number = (part[column.codes[record]] for part in parts)
        return street, number

    def _lacks_number(self) -> npt.NDArray[np.bool_]:
        column = self.encoded.columns["street"]
        lacks = [not text[:1].isdigit() for text in column.values.to_pylist()]  # noqa: PD011  (a Column)
        flags: npt.NDArray[np.bool_] = np.append(lacks, True).astype(np.bool_)[column.codes]
        return flags


def _is_box(text: str) -> bool:
    """A box, or a number alone, which is one."""
    return bool(_BOX.match(text)) or text.isdigit()


def _number_spellings(encoded: EncodedRecords) -> Ints:
    """A number for each different street, unit and town (the ZIP where it is known)."""
    town = np.full(len(encoded), -1, np.int64)
    for kind, name in enumerate(("city", "zip")):
        if name in encoded.columns:
            codes = encoded.columns[name].codes.astype(np.int64)
            town = np.where(codes >= 0, 2 * codes + kind, town)
    street = encoded.columns["street"].codes
    unit = encoded.columns["unit"].codes if "unit" in encoded.columns else np.full(len(encoded), -1)
    known = street >= 0
    place = np.full(len(encoded), -1, np.int64)
    frame = pd.DataFrame({"street": street[known], "unit": unit[known], "town": town[known]})
    place[known] = frame.groupby(["street", "unit", "town"], sort=False).ngroup()
    return place


def _keyed(rows: pd.DataFrame, surname: Ints, word: Ints) -> pd.DataFrame:
    return rows.assign(key=surname * (int(word.max(initial=0)) + 1) + word)


def _next_few(rows: pd.DataFrame) -> tuple[Ints, Ints]:
    """Pairs of records of different addresses and one key, each address with the next few."""
    rows = rows.drop_duplicates(["key", "place"]).sort_values(["key", "place"])
    key, record = rows["key"].to_numpy(np.int64), rows["record"].to_numpy(np.int64)
    pairs: list[Any] = [np.zeros((2, 0), np.int64)]
    for step in range(1, min(_WINDOW, len(key))):
        at = np.flatnonzero(key[:-step] == key[step:])
        pairs.append(np.stack([record[at], record[at + step]]))
    left, right = np.concatenate(pairs, axis=1)
    return left, right
