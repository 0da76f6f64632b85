"""Comparisons of what makes a person: names, birth date, numbers."""

from __future__ import annotations

from dataclasses import dataclass

from caselink.comparisons.base import Step, compiled_levels
from caselink.comparisons.texts import _check_limits
from caselink.schema import Definition, Evidence


@dataclass(frozen=True, slots=True)
class PersonName:
    """One name field, as people and clerks write it.

    From alike to exact: ``similar`` (Jaro-Winkler at least 0.8, or one sound by Metaphone), ``initial`` (one is the
    other's initial), ``related`` (a nickname of the other, or a shared part of a double name), ``swapped`` (this field
    and ``swapped_with`` hold each other's value), ``close`` (Jaro-Winkler at least 0.92), ``exact``. Swapped names are
    evidence once: with ``counts_swap`` false this comparison is missing for them, because the other field's comparison
    says it.
    """

    column: str
    swapped_with: str | None = None
    counts_swap: bool = True
    evidence: Evidence = "personal"
    term_frequency: bool = True

    levels = compiled_levels

    @property
    def definition(self) -> Definition:
        """Name, columns, levels and kind of evidence."""
        columns = (self.column,) if self.swapped_with is None else (self.column, self.swapped_with)
        return Definition(
            name=self.column,
            columns=columns,
            level_names=("missing", "differ", "similar", "initial", "related", "swapped", "close", "exact"),
            evidence=self.evidence,
            term_frequency=self.column if self.term_frequency else None,
        )

    @property
    def step(self) -> Step:
        """For the compiled kernel."""
        views = tuple((column, "name") for column in self.definition.columns)
        return Step("names", views, (float(self.counts_swap), 0.92, 0.8))


@dataclass(frozen=True, slots=True)
class BirthDate:
    """Birth dates as ``YYYY-MM-DD``, a part of zeros being unknown.

    From alike to exact: ``two parts differ`` (the year is equal), ``one part differs``, ``swapped`` (month and
    day), ``one digit`` (one digit wrong, or two neighbors swapped), ``partial`` (all parts known on both
    sides agree, the year among them), ``exact``. Where a part is unknown on either side the rest decides: ``differ`` if
    any of it does, ``one part differs`` if it agrees but holds no year, missing if there is no rest.
    """

    column: str = "birth_date"
    evidence: Evidence = "personal"

    levels = compiled_levels

    @property
    def definition(self) -> Definition:
        """Name, columns, levels and kind of evidence."""
        parts = ("two parts differ", "one part differs")
        return Definition(
            name=self.column,
            columns=(self.column,),
            level_names=("missing", "differ", *parts, "swapped", "one digit", "partial", "exact"),
            evidence=self.evidence,
        )

    @property
    def step(self) -> Step:
        """For the compiled kernel."""
        return Step("dates", ((self.column, "date"),))


@dataclass(frozen=True, slots=True)
class SSN:
    """Social Security numbers: ``last four`` equal, ``one digit`` wrong, two neighbors ``swapped``, exact."""

    column: str = "ssn"
    evidence: Evidence = "personal"

    levels = compiled_levels

    @property
    def definition(self) -> Definition:
        """Name, columns, levels and kind of evidence."""
        return _digits(self.column, self.evidence)

    @property
    def step(self) -> Step:
        """For the compiled kernel."""
        return Step("digits", ((self.column, "digits"),))


@dataclass(frozen=True, slots=True)
class Phone:
    """Telephone numbers of ten digits, by the levels of :class:`SSN`; a household shares them."""

    column: str = "phone"
    evidence: Evidence = "family"

    levels = compiled_levels

    @property
    def definition(self) -> Definition:
        """Name, columns, levels and kind of evidence."""
        return _digits(self.column, self.evidence)

    @property
    def step(self) -> Step:
        """For the compiled kernel."""
        return Step("digits", ((self.column, "digits"),))


@dataclass(frozen=True, slots=True)
class Numeric:
    """Numbers, a level a tolerance: ``tolerances`` are absolute differences, lowest first."""

    column: str
    tolerances: tuple[float, ...] = (1.0,)
    evidence: Evidence = "personal"

    levels = compiled_levels

    def __post_init__(self) -> None:
        object.__setattr__(self, "tolerances", tuple(self.tolerances))
        _check_limits(self.column, self.tolerances, falling=False)

    @property
    def definition(self) -> Definition:
        """Name, columns, levels and kind of evidence."""
        return Definition(
            name=self.column,
            columns=(self.column,),
            level_names=("missing", "differ", *(f"within {t:g}" for t in reversed(self.tolerances)), "exact"),
            evidence=self.evidence,
        )

    @property
    def step(self) -> Step:
        """For the compiled kernel."""
        return Step("numbers", ((self.column, "number"),), tuple(float(t) for t in self.tolerances))


def _digits(column: str, evidence: Evidence) -> Definition:
    return Definition(
        name=column,
        columns=(column,),
        level_names=("missing", "differ", "last four", "one digit", "swapped", "exact"),
        evidence=evidence,
    )
