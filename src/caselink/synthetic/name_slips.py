"""Names as keyed: which of a person's names was given, how it was written, and what the screen keeps of it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from caselink.synthetic.draws import Mask, Texts
from caselink.synthetic.sheet import Sheet, by_distinct
from caselink.synthetic.slips import misread, mistype, spell_by_ear
from caselink.synthetic.told import Told
from caselink.synthetic.writings import (
    Variants,
    fold,
    halves,
    has_marks,
    has_particles,
    lose_marks,
    nicknames,
    transliterations,
    write_particles,
)

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
        _write_variants(sheet, "transliteration", column, transliterations())
        rows = sheet.hit("diacritics_lost", column, where(sheet, column, has_marks))
        sheet.put(
            "diacritics_lost", column, rows, lose_marks(sheet.rng(f"{column}, marks"), sheet.columns[column][rows])
        )
    for column in ("first_name", "middle_name", "last_name"):
        sheet.rewrite(column, fold)
    _cut(sheet)
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


def where(sheet: Sheet, column: str, holds: object) -> Mask:
    """Where ``holds`` says yes to the text; it sees each text once."""
    found = by_distinct(sheet.columns[column], holds)  # type: ignore[arg-type]
    return np.asarray(found == True, dtype=bool)  # noqa: E712 - None where missing


def _give_last_names(sheet: Sheet, told: Told) -> None:
    """The name from before, half of a double name, and particles written otherwise."""
    column = "last_name"
    rows = sheet.hit("former_last_name", column, np.asarray(told.former_last_name != None, dtype=bool))  # noqa: E711
    sheet.put("former_last_name", column, rows, told.former_last_name[rows])
    codes, distinct = pd.factorize(sheet.columns[column])
    one, two = halves(np.asarray(distinct, dtype=object))
    double = np.append(one != None, False)[codes]  # noqa: E711 - value by value
    rows = sheet.hit("half_of_double_name", column, double)
    second = sheet.rng("half of double name").random(len(rows)) < SECOND_HALF_SHARE
    sheet.put("half_of_double_name", column, rows, np.where(second, two[codes[rows]], one[codes[rows]]))
    rows = sheet.hit("particle", column, where(sheet, column, has_particles))
    sheet.put("particle", column, rows, write_particles(sheet.rng("particles"), sheet.columns[column][rows]))


def _write_variants(sheet: Sheet, kind: str, column: str, variants: Variants) -> None:
    rows = sheet.hit(kind, column, where(sheet, column, variants.known))
    uniform = sheet.rng(f"{column}, {kind}").random(len(rows))
    sheet.put(kind, column, rows, variants.choose(uniform, sheet.columns[column][rows]))


def _put_placeholders(sheet: Sheet, told: Told) -> None:
    """Words in the place of names; newborns whose parents have not decided get them ten times as often."""
    kind, column = "placeholder_name", "first_name"
    newborn = told.age < 1
    uniform = sheet.rng("placeholder name: who").random(len(newborn))
    rows = sheet.hit(kind, column, uniform=np.where(newborn, uniform / NEWBORN_TIMES, uniform))
    words = _pick(sheet, UNKNOWN_NAMES, len(rows))
    for female, names in NEWBORN_NAMES.items():
        words = np.where(newborn[rows] & (told.female[rows] == female), _pick(sheet, names, len(rows)), words)
    sheet.put(kind, column, rows, words)
    sheet.close(column, rows)
    too = ~newborn[rows] & (sheet.rng("last name unknown too").random(len(rows)) < LAST_NAME_UNKNOWN_TOO)
    sheet.put(kind, "last_name", rows[too], _pick(sheet, UNKNOWN_LAST_NAMES, int(too.sum())))
    sheet.close("last_name", rows[too])


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


def _cut(sheet: Sheet) -> None:
    widths = sheet.odds.rates.widths
    for column in ("first_name", "middle_name", "last_name"):
        width: int = getattr(widths, column)
        sheet.rewrite(column, lambda texts, width=width: cut(texts, width))  # type: ignore[misc]


def cut(texts: Texts, width: int) -> Texts:
    """What a field of ``width`` characters keeps of each text.

    >>> cut(np.array(["SMITH-JONES", "LEE"], dtype=object), 6).tolist()
    ['SMITH', 'LEE']
    """
    return np.array([text[:width].rstrip(" -") for text in texts], dtype=object)
