"""Slips of hand, eye and ear in a text: a neighboring key, a misread letter, a spelling by sound.

Each function takes texts without missing values and gives as many back, one slip in each. They work on a table of
code points, a row a text, so that no Python code runs per value.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from caselink.synthetic.draws import Ints, Texts

Letters = npt.NDArray[np.uint32]
"""Code points, a row a text, zeros behind its end."""

_KEYBOARD = ("1234567890", "QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM")
_LOOK_ALIKE = """
AR4 BRE8 CGO DO EFC FEP GCQ6 HNM ILJ JI KXR LI MNH NMH OQDC PFR QOG RPK SB TIY UVO VUY WVM XKY YVX ZS
068 17 38 56 658 71 83 94
"""
"""Each letter or digit, followed by those it can be taken for."""
_BY_EAR = """
PH>F CK>K SCH>SH TH>T GH>G WR>R KN>N QU>KW X>KS EE>EA EA>EE IE>EI EI>IE AI>AY AY>AI OU>OO EY>Y Y>I
LL>L NN>N TT>T RR>R SS>S MM>M L>LL N>NN T>TT C>K K>C S>Z Z>S F>PH V>B B>V J>G G>J I>Y
"""
"""Letters as spoken, and as they may be written."""
_SOUNDS = [rule.split(">") for rule in _BY_EAR.split()]


def _neighbor_keys() -> dict[str, str]:
    """The keys left, right, above and below each key."""
    near: dict[str, str] = {}
    for row, keys in enumerate(_KEYBOARD):
        for place, key in enumerate(keys):
            around = [(row, place - 1), (row, place + 1), (row - 1, place), (row - 1, place + 1), (row + 1, place)]
            inside = [(r, p) for r, p in around if 0 <= r < len(_KEYBOARD) and 0 <= p < len(_KEYBOARD[r])]
            near[key] = "".join(_KEYBOARD[r][p] for r, p in inside if _KEYBOARD[r][p].isdigit() == key.isdigit())
    return near


def _lookup(table: dict[str, str]) -> tuple[Letters, Ints]:
    """What each code point can turn into, and how many there are to choose from."""
    count, choices = np.zeros(128, dtype=np.int64), np.zeros((128, 6), dtype=np.uint32)
    for key, others in table.items():
        count[ord(key)] = len(others)
        choices[ord(key), : len(others)] = [ord(other) for other in others]
    return choices, count


_NEAR_KEYS, _NEAR_KEYS_COUNT = _lookup(_neighbor_keys())
_ALIKE, _ALIKE_COUNT = _lookup({group[0]: group[1:] for group in _LOOK_ALIKE.split()})


def mistype(rng: np.random.Generator, texts: Texts) -> Texts:
    """One key wrong, missing, doubled by its neighbor, or swapped with the next; the result always differs.

    >>> changed = mistype(np.random.default_rng(3), np.array(["GARCIA", "LEE"], dtype=object))
    >>> [a != b for a, b in zip(changed, ["GARCIA", "LEE"])]
    [True, True]
    """
    letters = _open(texts, room=1)
    length = np.count_nonzero(letters, axis=1)
    at = (rng.random(len(texts)) * length).astype(np.int64)
    kind = rng.choice(4, len(texts), p=[0.4, 0.25, 0.2, 0.15])
    near, known = _substitute(rng, letters, at, _NEAR_KEYS, _NEAR_KEYS_COUNT)
    neighbor = np.arange(len(texts)), np.minimum(at + 1, np.maximum(length - 1, 0))
    differs = letters[np.arange(len(texts)), at] != letters[neighbor]
    kind = np.where((kind == 3) & ~differs, 1, kind)  # a swap of two equal letters would not be seen
    kind = np.where((kind == 1) & (length == 1), 0, kind)  # nothing would be left
    kind = np.where(~known & np.isin(kind, (0, 2)), np.where(length > 1, 1, 4), kind)
    slips = [near, _without(letters, at), _with(letters, at, near), _swap(letters, at), letters]
    return _close(np.choose(kind[:, None], slips))


def misread(rng: np.random.Generator, texts: Texts) -> Texts:
    """One letter or digit taken for one that looks like it; unchanged where none does."""
    letters = _open(texts, room=0)
    mistakable = _ALIKE_COUNT[np.minimum(letters, 127)] > 0
    at = np.argmax(rng.random(letters.shape) * mistakable, axis=1)
    return _close(_substitute(rng, letters, at, _ALIKE, _ALIKE_COUNT)[0])


def spell_by_ear(rng: np.random.Generator, texts: Texts) -> Texts:
    """One group of letters written as another that sounds the same; unchanged where no rule fits."""
    words = texts.astype("U")
    fits = np.stack([np.char.find(words, heard) >= 0 for heard, _ in _SOUNDS], axis=1)
    rule = np.where(fits.any(axis=1), np.argmax(rng.random(fits.shape) * fits, axis=1), -1)
    written = texts.copy()
    for number in np.unique(rule[rule >= 0]):
        rows = rule == number
        heard, spelled = _SOUNDS[number]
        written[rows] = np.char.replace(words[rows], heard, spelled, count=1).astype(object)
    return written


def _open(texts: Texts, *, room: int) -> Letters:
    words = np.asarray(texts, dtype="U")
    width = max(words.dtype.itemsize // 4, 1) + room
    return words.astype(f"U{width}").view(np.uint32).reshape(len(texts), width)


def _close(letters: Letters) -> Texts:
    rows = np.ascontiguousarray(letters, dtype=np.uint32)
    texts: Texts = rows.view(f"U{rows.shape[1]}")[:, 0].astype(object)
    return texts


def _substitute(
    rng: np.random.Generator, letters: Letters, at: Ints, choices: Letters, count: Ints
) -> tuple[Letters, npt.NDArray[np.bool_]]:
    """Letters with the one at each row's place replaced by one of its choices, and where there was a choice."""
    rows = np.arange(len(letters))
    old = np.minimum(letters[rows, at], 127)
    known = count[old] > 0
    new = choices[old, (rng.random(len(rows)) * count[old]).astype(np.int64)]
    changed = letters.copy()
    changed[rows[known], at[known]] = new[known]
    return changed, known


def _without(letters: Letters, at: Ints) -> Letters:
    place = np.arange(letters.shape[1])
    source = place + (place >= at[:, None])
    shifted = np.take_along_axis(letters, np.minimum(source, letters.shape[1] - 1), axis=1)
    return np.where(source < letters.shape[1], shifted, 0).astype(np.uint32)


def _with(letters: Letters, at: Ints, replaced: Letters) -> Letters:
    """Letters with the replacement standing behind the letter it would have replaced."""
    place = np.arange(letters.shape[1])
    shifted = np.take_along_axis(letters, np.broadcast_to(np.maximum(place - 1, 0), letters.shape), axis=1)
    extra = np.take_along_axis(replaced, at[:, None], axis=1)
    after = np.where(place == at[:, None] + 1, extra, shifted)
    return np.where(place <= at[:, None], letters, after).astype(np.uint32)


def _swap(letters: Letters, at: Ints) -> Letters:
    place = np.arange(letters.shape[1])
    here, there = at[:, None], np.minimum(at[:, None] + 1, letters.shape[1] - 1)
    source = np.where(place == here, there, np.where(place == there, here, place))
    return np.take_along_axis(letters, source, axis=1)
