"""Texts of findings in another language: by the text of the rule, whichever rule says it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from caselink.explain.finding_reasons_es import PLAIN_REASONS
from caselink.explain.finding_texts_es import FIELDS, PARTS, SAYS, TITLES, VERIFY, WHO
from caselink.masking import WITHHELD

FINDING_TEXTS: Mapping[str, Mapping[str, str]] = {
    "es": {**TITLES, **VERIFY, **WHO, **PARTS, **FIELDS, **SAYS, **PLAIN_REASONS}
}
"""By language; English is that of the rules."""
_NUMBER = re.compile(r"\d+")


def translated(text: str, language: str) -> str | None:
    """A text of a rule in a language; none where it has none there. Numbers of a rule's settings stay as they are.

    >>> translated("less than 13 or more than 55 years apart", "es")
    'hay menos de 13 o más de 55 años entre los dos'
    >>> translated("a text of your own rule", "es"), translated("a text of your own rule", "en")
    (None, 'a text of your own rule')
    """
    if language == "en" or text == WITHHELD:
        return text
    known = FINDING_TEXTS[language]
    if text in known:
        return known[text]
    numbers = _NUMBER.findall(text)
    pattern = known.get(_NUMBER.sub("{}", text))
    return None if pattern is None else pattern.format(*numbers)
