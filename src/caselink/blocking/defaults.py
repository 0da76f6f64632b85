"""Blocking rules chosen from the columns that are there."""

from __future__ import annotations

from collections.abc import Collection

from caselink.blocking.keys import key_columns
from caselink.blocking.rules import BlockingRule, Rule

_LARGEST = 50
_LARGEST_BROAD = 30
_RULES = (
    ("ssn",),
    ("taxpayer_id",),
    ("first_name|last_name",),
    ("last_name.soundex", "birth_date"),
    ("first_name.soundex", "birth_date"),
    ("birth_date", "zip"),
    ("birth_date", "street.number"),
    ("birth_date", "sex", "county"),
    ("first_name", "street"),
    ("first_name", "last_name.first3", "birth_date.year"),
    ("last_name", "first_name.first2", "birth_date.year"),
    ("last_name", "first_name.initial", "birth_date.month_day"),
    ("last_name.soundex", "first_name.soundex", "birth_date.month_or_day"),
    ("last_name", "first_name.initial", "zip"),
    ("last_name", "first_name.first2", "sex"),
    ("ssn.last4", "first_name.first3"),
    ("ssn.first5", "birth_date.month_day"),
    ("phone", "first_name.initial"),
    ("email",),
    ("first_name", "city"),
    ("last_name", "city", "first_name.initial"),
    ("street",),
)
_BROAD = (("birth_date",), ("last_name",), ("first_name",), ("zip",), ("email.first4",))
_SPLIT_BY = (
    "birth_date.year",
    "zip",
    "county",
    "first_name.first3",
    "sex",
    "last_name.first3",
    "middle_name.initial",
    "birth_date",
)


def default_rules(columns: Collection[str]) -> list[Rule]:
    """Rules whose columns are all there; larger blocks than 30 to 50 records are split by what else is known.

    >>> [rule.name for rule in default_rules(["ssn", "birth_date", "zip"])]
    ['ssn', 'birth_date & zip', 'ssn.first5 & birth_date.month_day', 'birth_date', 'zip']
    """

    def there(keys: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(key for key in keys if set(key_columns(key)) <= set(columns))

    # a city says little where a street or a ZIP is known
    broad = _BROAD if {"street", "zip"} & set(columns) else (*_BROAD, ("city",))
    return [
        BlockingRule(*keys, largest=largest, split_by=[key for key in there(_SPLIT_BY) if key not in keys])
        for rules, largest in ((_RULES, _LARGEST), (broad, _LARGEST_BROAD))
        for keys in rules
        if there(keys) == keys
    ]
