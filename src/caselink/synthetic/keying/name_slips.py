"""Names as keyed: which of a person's names was given, how it was written, and what the screen keeps of it."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from caselink.synthetic.draws import Mask, Texts
from caselink.synthetic.keying.sheet import Sheet
from caselink.synthetic.keying.slips import misread, mistype, spell_by_ear
from caselink.synthetic.keying.told import Told
from caselink.synthetic.keying.writings import (
    Variants,
    are_double,
    has_marks,
    has_particles,
    lose_marks,
    nicknames,
    transliterations,
    write_particles,
)
from caselink.synthetic.people.names import fold, two_surnames

UNKNOWN_NAMES = ("UNKNOWN", "UNK", "FNU")
UNKNOWN_LAST_NAMES = ("UNKNOWN", "UNK", "LNU")
NEWBORN_NAMES = {True: ("BABY GIRL", "BABYGIRL", "INFANT"), False: ("BABY BOY", "BABYBOY", "INFANT")}
PLACEHOLDER_NAMES = sorted({*UNKNOWN_NAMES, *UNKNOWN_LAST_NAMES, *NEWBORN_NAMES[True], *NEWBORN_NAMES[False]})
"""All that is typed in the place of a name."""
_CHOICE = (0.7, 0.15, 0.15)
LAST_NAME_UNKNOWN_TOO = 0.25
NEWBORN_TIMES = 10
SECOND_HALF_SHARE = 0.35


def key_names(sheet: Sheet, told: Told) -> None:
    """Key first, middle and last names and suffixes; they end up in the program's letters and widths."""
    _put_placeholders(sheet, told)
    for column in ("middle_name", "suffix"):
        kind = f"{column}_missing"
        sheet.put(kind, column, sheet.hit(kind, column), None)
    _give_last_names(sheet, told)
    _write_variants(sheet, "nickname", "first_name", nicknames())
    for column in ("first_name", "last_name"):
        _write_variants(sheet, "transliteration", column, transliterations(column))
        rows = sheet.hit("diacritics_lost", column, sheet.where(column, has_marks))
        sheet.put(
            "diacritics_lost", column, rows, lose_marks(sheet.rng(f"{column}, marks"), sheet.columns[column][rows])
        )
    _write_as_the_program(sheet)
    for column in ("first_name", "last_name"):
        slip(sheet, column)
    _swap(sheet)
    _cut(sheet)


def slip(sheet: Sheet, column: str) -> None:
    """Slips of ear, eye and hand in a column, each at its rate."""
    for kind, write in (("phonetic", spell_by_ear), ("ocr", misread), ("typing", mistype)):
        rows = sheet.hit(kind, column, sheet.present(column))
        if len(rows):
            sheet.put(kind, column, rows, write(sheet.rng(f"{column}, {kind}"), sheet.columns[column][rows]))


def _give_last_names(sheet: Sheet, told: Told) -> None:
    """The name from before, half of a double name, and particles written otherwise."""
    column = "last_name"
    rows = sheet.hit("former_last_name", column, np.asarray(told.former_last_name != None, dtype=bool))  # noqa: E711
    sheet.put("former_last_name", column, rows, told.former_last_name[rows])
    rows = sheet.hit("half_of_double_name", column, sheet.where(column, are_double))
    one, two = two_surnames(sheet.columns[column][rows])
    second = sheet.rng("half of double name").random(len(rows)) < SECOND_HALF_SHARE
    sheet.put("half_of_double_name", column, rows, np.where(second, two, one))
    rows = sheet.hit("particle", column, sheet.where(column, has_particles))
    sheet.put("particle", column, rows, write_particles(sheet.rng("particles"), sheet.columns[column][rows]))


def _write_variants(sheet: Sheet, kind: str, column: str, variants: Variants) -> None:
    rows = sheet.hit(kind, column, sheet.where(column, variants.known))
    uniform = sheet.rng(f"{column}, {kind}").random(len(rows))
    sheet.put(kind, column, rows, variants.choose(uniform, sheet.columns[column][rows]))


def _put_placeholders(sheet: Sheet, told: Told) -> None:
    """Words in the place of names; where there is none yet, and more often under one year, those for a newborn."""
    kind, column = "placeholder_name", "first_name"
    unnamed, newborn = ~sheet.present(column), told.age < 1
    rows = sheet.hit("newborn_name", column, unnamed)
    sheet.put("newborn_name", column, rows, _newborn_names(sheet, told.female[rows]))
    uniform = sheet.rng("placeholder name: who").random(len(newborn))
    rows = sheet.hit(kind, column, ~unnamed, uniform=np.where(newborn, uniform / NEWBORN_TIMES, uniform))
    words = np.where(newborn[rows], _newborn_names(sheet, told.female[rows]), _pick(sheet, UNKNOWN_NAMES, len(rows)))
    sheet.put(kind, column, rows, words)
    sheet.close(column, np.append(rows, np.flatnonzero(unnamed)))
    too = ~newborn[rows] & (sheet.rng("last name unknown too").random(len(rows)) < LAST_NAME_UNKNOWN_TOO)
    sheet.put(kind, "last_name", rows[too], _pick(sheet, UNKNOWN_LAST_NAMES, int(too.sum())))
    sheet.close("last_name", rows[too])


def _newborn_names(sheet: Sheet, female: Mask) -> Texts:
    girl, boy = (_pick(sheet, NEWBORN_NAMES[sex], len(female)) for sex in (True, False))
    return np.where(female, girl, boy)


def _pick(sheet: Sheet, words: tuple[str, ...], n: int) -> Texts:
    chosen = sheet.rng(f"words: {words[0]}").choice(len(words), n, p=_CHOICE)
    return np.array(words, dtype=object)[chosen]


def _swap(sheet: Sheet) -> None:
    kind = "names_swapped"
    rows = sheet.hit(
        kind, "first_name", sheet.present("first_name") & sheet.present("last_name") & sheet.open("last_name")
    )
    first, last = (sheet.columns[column][rows] for column in ("first_name", "last_name"))
    sheet.put(kind, "first_name", rows, last)
    sheet.put(kind, "last_name", rows, first)


def _write_as_the_program(sheet: Sheet) -> None:
    """Bring names into the letters and widths of the program, which is no slip."""
    for one in fields(sheet.odds.rates.widths):
        width: int = getattr(sheet.odds.rates.widths, one.name)
        sheet.rewrite(one.name, lambda texts, width=width: cut(fold(texts), width))  # type: ignore[misc]


def _cut(sheet: Sheet) -> None:
    """Cut what slips have made too long."""
    for column in ("first_name", "last_name"):
        rows = sheet.changed(column)
        sheet.columns[column][rows] = cut(sheet.columns[column][rows], getattr(sheet.odds.rates.widths, column))


def cut(texts: Texts, width: int) -> Texts:
    """What a field of ``width`` characters keeps of each text.

    >>> cut(np.array(["SMITH-JONES", "LEE"], dtype=object), 6).tolist()
    ['SMITH', 'LEE']
    """
    return np.array([text[:width].rstrip(" -") for text in texts], dtype=object)
