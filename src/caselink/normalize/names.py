"""Names: one field taken apart into what belongs to which part, over one value at a time.

Titles go, a suffix (JR, III) moves to its own field, ``LOPEZ, MARIA`` is put in order, and what stands for "not known"
is missing. Double surnames keep all their parts with blanks between; digits stay, since they are typing errors that a
comparison can forgive.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from caselink.normalize.placeholders import values_of
from caselink.normalize.text import words
from caselink.normalize.values import PLACEHOLDER, Cleaned, Plain, Status

TITLES = frozenset({"MR", "MRS", "MS", "MISS", "DR", "REV", "PROF", "HON"})
SUFFIXES = {
    **{suffix: suffix for suffix in ("JR", "SR", "II", "III", "IV")},
    "2ND": "II",
    "3RD": "III",
    "4TH": "IV",
}
DEGREES = frozenset({"MD", "PHD", "DDS", "ESQ", "RN"})
_AFTER_LAST = DEGREES | {"V"}
ALSO = frozenset({"NEE", "AKA", "FKA"})
_PARTICLES = "DE LA LAS LOS LE DEL DA DAS DO DOS DI DU VAN VON DER DEN TEN TER SAN SANTA ST AL EL BIN ABU MC MAC O"
PARTICLES = frozenset(_PARTICLES.split())

ANONYMOUS_LAST = frozenset({"DOE"})
ANONYMOUS_FIRST = frozenset({"JOHN", "JANE", "BABY", "JON"})
WEAK_FILLERS = values_of("name", "first and last name are both fillers") - ANONYMOUS_LAST
NEWBORN_UNDER_TWO = values_of("first_name", "under two years of age")

_UNKNOWN = values_of("name")
_NEWBORN = values_of("first_name")
_NEWBORN_PATTERN = re.compile(
    r"(?:BABY ?)?(?:BOY|GIRL) ?[0-9]+[A-Z ]*|BABY (?:BOY|GIRL)(?: .*)?|BABY [A-Z0-9]|[A-Z]+ (?:BOY|GIRL)(?: [A-Z0-9])?"
)
_NEWBORN_MIXED_CASE = re.compile(r"\s*(?:Baby)?(?:Boy|Girl)[0-9]?[A-Z][a-z]+\s*|\s*[A-Z][a-z]+(?:Boy|Girl)\s*")

_MEANT = sorted(
    {
        *TITLES,
        *SUFFIXES,
        *_AFTER_LAST,
        *ALSO,
        "MC",
        "O",
        *(word for name in _UNKNOWN | _NEWBORN for word in name.split()),
    }
)
_PLAIN = Plain(
    form="^[A-Z0-9]+(?: [A-Z0-9]+)*$",
    suspect=rf"BABY|BOY|GIRL|(?:^| )(?:{'|'.join(_MEANT)})(?: |$)",
)
FIRST_PLAIN, MIDDLE_PLAIN = replace(_PLAIN, parts=("first",)), replace(_PLAIN, parts=("middle",))
LAST_PLAIN = replace(_PLAIN, parts=("last", "whole"))
"""Words without any that means something: a title, a suffix, a particle that is joined, what is not a name."""


class NameParts(NamedTuple):
    """What one field holds.

    ``whole`` is a last name's field with its comma ignored, for records whose first name is known; of a first name's
    field with a comma, the first name, for records whose last name is not. ``other`` is another name that the person
    goes or went by, as it stands after NÉE or AKA.
    ``status`` is the status of the field.
    """

    first: str | None = None
    middle: str | None = None
    last: str | None = None
    suffix: str | None = None
    whole: str | None = None
    other: str | None = None
    status: Status = Status.KEPT


Parser = Callable[[str], NameParts]

_PLACEHOLDER = NameParts(status=Status.PLACEHOLDER)


def parse_first_name(value: str) -> NameParts:
    """Read a first name.

    >>> parse_first_name("Mr. José Jr").first, parse_first_name("Baby Girl Smith").first
    ('JOSE', None)
    """
    tokens, other = _split_other(words(value).split())
    tokens, suffix = _split_suffix(_without_titles(tokens))
    first = " ".join(tokens)
    newborn = first in _NEWBORN or _NEWBORN_PATTERN.fullmatch(first) or _NEWBORN_MIXED_CASE.fullmatch(value)
    if newborn or first in TITLES or _unknown(tokens):
        return _PLACEHOLDER._replace(suffix=suffix, other=other)
    before, comma, after = value.partition(",")
    if not (comma and words(before) and words(after)):
        return NameParts(first=first, suffix=suffix, other=other)
    ordered = _in_order(before, after)
    return NameParts(first, ordered.middle, ordered.last, suffix, ordered.first, other)


def parse_middle_name(value: str) -> NameParts:
    """Read a middle name; a suffix that stands alone there moves."""
    tokens, suffix = _split_suffix(words(value).split(), keep=0)
    if not tokens:
        return NameParts(suffix=suffix) if suffix else _PLACEHOLDER
    if _unknown(tokens):
        return _PLACEHOLDER._replace(suffix=suffix)
    return NameParts(middle=" ".join(tokens), suffix=suffix)


def parse_last_name(value: str) -> NameParts:
    """Read a last name; after a comma may stand a suffix or, where the order is the wrong one, the first name.

    >>> parse_last_name("O'Brien-Smith, III")[2:4]
    ('OBRIEN SMITH', 'III')
    >>> parse_last_name("LOPEZ, MARIA E")[:3], parse_last_name("LOPEZ, MARIA E").whole
    (('MARIA', 'E', 'LOPEZ'), 'LOPEZ MARIA E')
    """
    tokens, other = _split_other(words(value).split())
    whole = _family(tokens)._replace(other=other)
    before, comma, after = value.partition(",")
    given = words(after).split()
    if other or not comma or not given or not words(before) or all(token in SUFFIXES for token in given):
        return whole
    return _in_order(before, after)._replace(whole=whole.last)


def parse_full_name(value: str) -> NameParts:
    """Read a whole name, ``MARIA E LOPEZ`` or ``LOPEZ, MARIA E``; particles stay with the last name.

    >>> parse_full_name("Dr. Juan Carlos de la Cruz Jr.")[:4]
    ('JUAN', 'CARLOS', 'DE LA CRUZ', 'JR')
    """
    before, comma, after = value.partition(",")
    given = words(after).split()
    if comma and words(before) and given and not all(token in SUFFIXES for token in given):
        return _in_order(before, after)
    tokens, suffix = _split_suffix(_without_titles(words(value).split()), family=True)
    at = len(tokens) - 1
    while at > 1 and tokens[at - 1] in PARTICLES:
        at -= 1
    return _assemble(tokens[:1] if at > 0 else [], tokens[1:at], tokens[max(at, 0) :], suffix)


def clean_suffix(value: str) -> Cleaned:
    """Give JR, SR, II, III, IV, V or what else stands there; degrees and titles are no suffix.

    >>> clean_suffix("3rd").value, clean_suffix("Junior").value
    ('III', 'JR')
    """
    text = "".join(words(value).split())
    text = {"JUNIOR": "JR", "SENIOR": "SR", "THIRD": "III", "SECOND": "II", "5TH": "V"}.get(text, text)
    if not text or text in _UNKNOWN or text in WEAK_FILLERS or text in DEGREES:
        return PLACEHOLDER
    return Cleaned(SUFFIXES.get(text, text))


def unknown_by_prefix(value: str | None) -> bool:
    """Whether a first or last name says, as Kansas does, that the whole name is not known."""
    return value is not None and value.startswith("XX")


def _in_order(before: str, after: str) -> NameParts:
    """Put a name together whose last name stood before the comma."""
    tokens, suffix = _split_suffix(_without_titles(words(after).split()))
    parts = _assemble(tokens[:1], tokens[1:], words(before).split(), suffix)
    return parts._replace(status=Status.REPAIRED) if parts.last else parts


def _assemble(first: list[str], middle: list[str], last: list[str], suffix: str | None) -> NameParts:
    """Read each part by its own rules."""
    family = _family(last) if last else NameParts()
    given = parse_first_name(" ".join(first)) if first else NameParts()
    between = parse_middle_name(" ".join(middle)) if middle else NameParts()
    parts = NameParts(
        first=given.first,
        middle=between.middle,
        last=family.last,
        suffix=suffix or family.suffix or between.suffix or given.suffix,
    )
    return parts if parts.first or parts.last else _PLACEHOLDER._replace(suffix=parts.suffix)


def _family(tokens: list[str]) -> NameParts:
    tokens, suffix = _split_suffix(tokens, family=True)
    joined: list[str] = []
    for place, token in enumerate(tokens):
        if joined and (joined[-1] == "MC" or (joined[-1] == "O" and place == 1)):
            joined[-1] += token
        else:
            joined.append(token)
    if not joined or _unknown(joined):
        return _PLACEHOLDER._replace(suffix=suffix)
    last = " ".join(joined)
    return NameParts(last=last, suffix=suffix, whole=last)


def _split_other(tokens: list[str]) -> tuple[list[str], str | None]:
    """Cut off what stands after NÉE, AKA, FKA: another name of the person."""
    at = next((place for place, token in enumerate(tokens) if token in ALSO and 0 < place < len(tokens) - 1), None)
    if at is None:
        return tokens, None
    other, _ = _split_suffix(tokens[at + 1 :])
    return tokens[:at], None if _unknown(other) else " ".join(token for token in other if token not in ALSO) or None


def _split_suffix(tokens: list[str], *, keep: int = 1, family: bool = False) -> tuple[list[str], str | None]:
    """Take suffixes off the end, leaving ``keep`` tokens; V is one after a last name only, and there degrees go."""
    suffix = None
    while len(tokens) > keep and (tokens[-1] in SUFFIXES or (family and tokens[-1] in _AFTER_LAST)):
        if tokens[-1] not in DEGREES:
            suffix = suffix or SUFFIXES.get(tokens[-1], tokens[-1])
        tokens = tokens[:-1]
    return tokens, suffix


def _without_titles(tokens: list[str]) -> list[str]:
    while len(tokens) > 1 and tokens[0] in TITLES:
        tokens = tokens[1:]
    return tokens


def _unknown(tokens: list[str]) -> bool:
    return not tokens or " ".join(tokens) in _UNKNOWN or all(token in _UNKNOWN for token in tokens)
