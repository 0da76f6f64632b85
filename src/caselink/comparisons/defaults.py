"""Comparisons chosen from the columns that are there."""

from __future__ import annotations

from collections.abc import Collection

from caselink.comparisons.base import Comparison
from caselink.comparisons.persons import SSN, BirthDate, Numeric, PersonName, Phone
from caselink.comparisons.places import SameSource, Street, UnlessSame
from caselink.comparisons.texts import Exact, JaroWinkler


def default_comparisons(columns: Collection[str], sources: Collection[str]) -> list[Comparison]:
    """A comparison for every standard column that says something of a person or a household.

    ``columns``: those of RECORDS that are not wholly missing. ``sources``: with more than one, whether two
    records come from one source is compared too.

    >>> [c.definition.name for c in default_comparisons(["first_name", "sex", "zip"], ["iva"])]
    ['first_name', 'sex', 'zip']

    A source without names still has its numbers and places:

    >>> [c.definition.name for c in default_comparisons(["ssn", "birth_date", "sex", "county", "zip"], ["tanf"])]
    ['birth_date', 'sex', 'ssn', 'zip', 'county']
    """

    def there(column: str) -> str | None:
        return column if column in columns else None

    swap = {"first_name", "last_name"} <= set(columns)
    where = tuple(column for column in ("street", "zip") if column in columns)
    told_apart = tuple(column for column in ("first_name", "last_name", "birth_date") if column in columns)
    smaller = tuple(column for column in ("zip", "city") if column in columns)  # places that lie within one county
    wanted: dict[str, Comparison] = {
        "first_name": PersonName(
            "first_name",
            swapped_with="last_name" if swap else None,
            others=there("other_first_names"),
            cut=there("cut_first_name"),
        ),
        "middle_name": PersonName("middle_name"),
        "last_name": PersonName(
            "last_name",
            swapped_with="first_name" if swap else None,
            counts_swap=False,
            evidence="family",
            others=there("other_last_names"),
            cut=there("cut_last_name"),
        ),
        "suffix": Exact("suffix"),
        "birth_date": BirthDate(twins_by=("first_name", "ssn") if {"first_name", "ssn"} <= set(columns) else None),
        "sex": Exact("sex"),
        "ssn": SSN(
            others=there("other_ssns"),
            shared=there("shared_ssn"),
            next_number=there("first_name") or False,
            holders=told_apart if swap else (),
        ),
        "taxpayer_id": Exact("taxpayer_id"),
        "street": Street(),
        "zip": _unless_same("zip", ("street",) if "street" in columns else ()),
        "city": UnlessSame("city", where, 0.92) if where else JaroWinkler("city", (0.92,), "family"),
        "county": _unless_same("county", smaller),
        "phone": Phone(),
        "email": JaroWinkler("email", (0.92, 0.8), "family", term_frequency=False),
    }
    if "birth_date" not in columns:
        wanted["age"] = Numeric("age", (1.0, 2.0))
    chosen = [comparison for column, comparison in wanted.items() if column in columns]
    return [*chosen, SameSource(tuple(sorted(sources)))] if len(sources) > 1 else chosen


def _unless_same(column: str, smaller: tuple[str, ...]) -> Comparison:
    """A place, asked only where no smaller one within it agrees already."""
    return UnlessSame(column, smaller) if smaller else Exact(column, "family", term_frequency=True)
