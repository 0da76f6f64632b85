"""Addresses: street, unit, city, state, ZIP and county in the short forms that the postal service knows.

Words are shortened wherever they stand: both sides of a comparison get the same treatment, so ``SAINT`` and ``STREET``
may safely become one word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from caselink.normalize.address_words import CITY_WORDS, MISSPELLED, STATE_NUMBERS, STATES, STREET_WORDS, UNIT_WORDS
from caselink.normalize.placeholders import values_of
from caselink.normalize.street_forms import FLOOR_WORDS, MAY_BE_FORMS, UNNUMBERED, may_have_forms, one_form
from caselink.normalize.text import fold, words
from caselink.normalize.values import PLACEHOLDER, Cleaned, Plain, Status, invalid, is_filler, repaired

ZIP_PLAIN = Plain(form="^[0-9]{5}$", suspect="|".join(f"^{value}$" for value in sorted(values_of("zip"))))

_NO_STREET = values_of("street")
_NO_CITY = values_of("city")
_NO_COUNTY = values_of("county")
_NO_ZIP = values_of("zip")

_SHORT_FORMS = frozenset(STREET_WORDS.values())
_STATE_AND_COUNTY = re.compile("[A-Z]{2} ?[0-9]{3}")
_FRACTION = re.compile(r"(?<=\d)/(?=\d)")
_DROPPED = re.compile("['\u2019`.]")
_SLASH = "\u2044"  # stands for the slash of 1/2 while other punctuation goes
_OTHER = re.compile(rf"[^\w#{_SLASH}]|_")
_CARE_OF = re.compile(r"^\s*(?:C\s*/\s*O|CARE OF)\b[^0-9]*|(?<=\w)\W+(?:C\s*/\s*O|CARE OF)\b[^0-9]*$")
_BOX = re.compile(r"\b(?:P ?O ?(?:BOX|BX|DRAWER)|POB|POST OFFICE BOX)\b ?(?:# ?|NO )?")
_RURAL = re.compile(r"\b(?:RURAL (?:ROUTE|RTE|RT)|RFD|R ?R)(?= ?#? ?\d) ?#? ?")

_PASSES = 4
_ORDINARY = re.compile(r"[0-9]+[A-Z]?(?: [A-Z0-9]+)+")
_SPECIAL_WORDS = frozenset({"POBOX", "POB", "PO", "POST", "DRAWER", "RURAL", "HOMELESS", "TRANSIENT", "FIXED"})
"""An ordinary address without any has nothing to simplify; told quickly, as most streets are so."""

_MEANT_WORDS = "|".join(sorted({*STREET_WORDS, *UNIT_WORDS, *_SPECIAL_WORDS, *UNNUMBERED}))
STREET_PLAIN = Plain(
    form=rf"^[1-9][0-9]*[A-Z]?(?: [A-Z0-9]+)* (?:{'|'.join(sorted(set(STREET_WORDS.values())))})$",
    suspect=rf" (?:{_MEANT_WORDS})(?: |$)|{MAY_BE_FORMS}",
    parts=("street",),
)
"""Ordinary, ending in a short form, and without a word that is shortened or starts a unit."""


class StreetParts(NamedTuple):
    """A street address and the unit found in it; ``status`` is the status of the field."""

    street: str | None
    unit: str | None
    status: Status = Status.KEPT


def parse_street(value: str) -> StreetParts:
    """Read a street address.

    >>> parse_street("0123 North Saint James Street, Apt. 4-B")[:2]
    ('123 N ST JAMES ST', '4B')
    >>> parse_street("P.O. Box 77").street, parse_street("General Delivery").street
    ('PO BOX 77', None)
    """
    parts = _parse(value)
    if parts.unit is None and parts.street == value:
        return parts
    for _ in range(_PASSES):  # what a unit leaves behind may be another form; it settles at once or nearly so
        again = _parse(parts.street) if parts.street else parts
        if again.street == parts.street:
            break
        status = parts.status if again.street else Status.PLACEHOLDER
        parts = StreetParts(again.street, parts.unit or again.unit, status)
    return parts


def _parse(value: str) -> StreetParts:
    tokens = fold(value).replace(_SLASH, "/").split()
    text = " ".join(tokens)
    if not _ORDINARY.fullmatch(text) or not _SPECIAL_WORDS.isdisjoint(tokens) or may_have_forms(text, tokens):
        tokens = _simplified(text).split()
    if not tokens:
        return StreetParts(None, None, Status.PLACEHOLDER)
    tokens, unit = _split_unit(tokens)
    tokens[2:] = [*tokens[2:-1], *(meant_word(word) for word in tokens[2:][-1:])]
    return StreetParts(_short(tokens).replace(_SLASH, "/"), unit)


def _short(tokens: Iterable[str]) -> str:
    return " ".join(STREET_WORDS.get(token, token) for token in tokens)


@lru_cache(maxsize=100_000)
def meant_word(word: str) -> str:
    """Give the street's last word, a usual one for a misspelling of it (one letter off).

    >>> meant_word("STRET"), meant_word("AVENEU"), meant_word("STREAM")
    ('STREET', 'AVENUE', 'STREAM')
    """
    if word in STREET_WORDS or word in _SHORT_FORMS or len(word) < 5:
        return word
    return next((meant for meant in MISSPELLED if one_slip(word, meant)), word)


def one_slip(word: str, meant: str) -> bool:
    """Whether one letter is wrong, left out, too many, or two neighbors changed places."""
    if word == meant or abs(len(word) - len(meant)) > 1:
        return False
    start = 0
    while start < min(len(word), len(meant)) and word[start] == meant[start]:
        start += 1
    rest, meant_rest = word[start:], meant[start:]
    swapped = rest[:2] == meant_rest[:2][::-1] and rest[2:] == meant_rest[2:]
    wrong = len(rest) == len(meant_rest) and rest[1:] == meant_rest[1:]
    return swapped or wrong or rest[1:] == meant_rest or rest == meant_rest[1:]


def clean_unit(value: str) -> Cleaned:
    """Give the unit without its designator.

    >>> clean_unit("APT # 05-b").value
    '5B'
    """
    text = one_form(_OTHER.sub(" ", fold(value)).replace("#", " # ").replace(_SLASH, " "))
    unit = _unit(text.split())
    again = clean_unit(unit).value if unit and unit != value else unit  # APT1 is 1 and no unit called APT1
    return Cleaned(again) if again else PLACEHOLDER


def clean_city(value: str) -> Cleaned:
    """Give the city, upper case, ST for SAINT.

    >>> clean_city("Saint Louis").value
    'ST LOUIS'
    """
    city = " ".join(CITY_WORDS.get(token, token) for token in words(value).split())
    return PLACEHOLDER if city in _NO_CITY or is_filler(city) else Cleaned(city)


def clean_state(value: str) -> Cleaned:
    """Give the two letters of a state, also for its federal number; what is no state is kept as text.

    >>> clean_state("Kansas").value, clean_state("20").value
    ('KS', 'KS')
    """
    state = words(value)
    if state.isascii() and state.isdigit() and len(state) <= 2:
        number = state.zfill(2)
        return Cleaned(STATE_NUMBERS[number]) if number in STATE_NUMBERS else invalid("not a state's number")
    return PLACEHOLDER if is_filler(state) else Cleaned(STATES.get(state, state))


def clean_zip(value: str) -> Cleaned:
    """Give five digits; three or four are a ZIP whose leading zeros were lost.

    >>> clean_zip("12345-6789").value, clean_zip("2134").value
    ('12345', '02134')
    """
    digits = re.sub(r"[-\s]+", "", value).removesuffix(".0")
    if is_filler(value) or set(digits) == {"0"} or digits in _NO_ZIP:
        return PLACEHOLDER
    if not (digits.isascii() and digits.isdigit()):
        return invalid("a ZIP with characters that are no digits")
    if len(digits) in (5, 9):
        return PLACEHOLDER if digits[:5] in _NO_ZIP else Cleaned(digits[:5])
    if len(digits) in (3, 4):
        return repaired(digits.zfill(5))
    return invalid(f"a ZIP with {len(digits) if len(digits) < 20 else 'too many'} digits")


def clean_zip4(value: str) -> Cleaned:
    """Give the four digits after a ZIP: of a whole ZIP+4 its last, or what stands in a column of its own.

    >>> clean_zip4("12345-6789").value, clean_zip4("89").value, clean_zip4("0000").status.name
    ('6789', '0089', 'PLACEHOLDER')
    """
    digits = re.sub(r"[-\s]+", "", value).removesuffix(".0")
    if is_filler(value) or not set(digits) - {"0"}:
        return PLACEHOLDER
    if not (digits.isascii() and digits.isdigit()):
        return invalid("a ZIP+4 with characters that are no digits")
    if len(digits) not in (1, 2, 3, 4, 9):
        return invalid(f"a ZIP+4 with {len(digits) if len(digits) < 20 else 'too many'} digits")
    last = digits[-4:].zfill(4)
    if last in ("0000", "9999"):
        return PLACEHOLDER
    return Cleaned(last) if len(digits) in (4, 9) else repaired(last)


def clean_county(value: str) -> Cleaned:
    """Give the county's name without the word, or its number of three digits, without the state's before it.

    >>> [clean_county(value).value for value in ("Saint Louis County", "91", "20091", "KS091")]
    ['ST LOUIS', '091', '091', '091']
    """
    county = words(value)
    if county.isascii() and county.isdigit():
        code = county.zfill(3) if len(county) <= 3 else county.zfill(5)
        code = code[2:] if len(code) == 5 and code[:2] in STATE_NUMBERS else code
        return PLACEHOLDER if code in _NO_COUNTY else Cleaned(code)
    if _STATE_AND_COUNTY.fullmatch(county) and county[:2] in STATES.values():
        return clean_county(county[2:].strip())
    for word in (" COUNTY", " PARISH", " CO"):
        county = county.removesuffix(word)
    county = " ".join(CITY_WORDS.get(token, token) for token in county.split())
    return PLACEHOLDER if is_filler(county) else Cleaned(county)


def _simplified(text: str) -> str:
    """Give the address without punctuation, its box or route in one form; nothing where it is no place."""
    text = _OTHER.sub(" ", _FRACTION.sub(_SLASH, _DROPPED.sub("", _CARE_OF.sub("", text)))).replace("#", " # ")
    text = " ".join(text.split())
    if _nowhere(text):
        return ""
    text = one_form(_short(_RURAL.sub("RR ", _BOX.sub("PO BOX ", text)).split()))
    return "" if set(text) <= {"#", " "} else text


def _nowhere(text: str) -> bool:
    return (
        is_filler(text)
        or text.startswith("GENERAL DELIVERY")
        or text in {"NO ADDRESS", "GEN DEL", "GEN DELIVERY"}
        or any(phrase in text for phrase in _NO_STREET)
    )


def _split_unit(tokens: list[str]) -> tuple[list[str], str | None]:
    """Cut the street where a unit is named; the first two words are never one."""
    while "#" in tokens[:2]:
        tokens = [word for place, word in enumerate(tokens) if place >= 2 or word != "#"]
    if len(tokens) > 1 and tokens[0].isdigit():
        tokens = [tokens[0].lstrip("0") or "0", *tokens[1:]]
    if len(tokens) > 3 and tokens[-1] in UNNUMBERED and {tokens[-2], STREET_WORDS.get(tokens[-2])} & _SHORT_FORMS:
        return tokens[:-1], UNNUMBERED[tokens[-1]]
    cut = next((place for place in range(2, len(tokens)) if _starts_unit(tokens, place)), len(tokens))
    return tokens[:cut], _unit(tokens[cut:])


def _starts_unit(tokens: list[str], place: int) -> bool:
    """Whether a unit is named here; FL and FLOOR name one where a number follows."""
    if tokens[place] in FLOOR_WORDS:
        return place + 1 < len(tokens) and tokens[place + 1][0].isdigit()
    return tokens[place] in UNIT_WORDS


def _unit(tokens: list[str]) -> str | None:
    unit = ""
    for word in tokens:
        if word in UNIT_WORDS or word in FLOOR_WORDS:
            continue
        part = word.lstrip("0") or "0" if word.isdigit() else UNNUMBERED.get(word, word)  # 05 is 5
        unit += f" {part}" if unit and unit[-1].isdigit() and part[0].isdigit() else part
    unit = unit.replace(_SLASH, " ").strip()
    return None if is_filler(unit) else unit
