"""Comparisons of what makes a person: names, birth date, numbers."""

from __future__ import annotations

from dataclasses import dataclass

from caselink.comparisons.base import Step, compiled_levels
from caselink.comparisons.texts import _check_limits
from caselink.comparisons.views import SEPARATOR
from caselink.schema import Definition, Evidence

_CLOSE, _SIMILAR = 0.92, 0.8  # of two names by Jaro-Winkler
_NEXT_NUMBERS = 2.0  # how far apart the numbers are of people who applied together


@dataclass(frozen=True, slots=True)
class PersonName:
    """One name field, as people and clerks write it.

    From alike to exact: ``similar`` (Jaro-Winkler at least 0.8, one sound by Metaphone, or two double names with one
    part in common and each with another), ``initial`` (one is the other's initial), ``related`` (a nickname of the
    other, or a shared part of a double name), ``other name`` (see below), ``swapped`` (this field and ``swapped_with``
    hold each other's value, or nearly so), ``close`` (Jaro-Winkler at least 0.92, or one of twelve letters and more is
    how the other begins), ``exact``. Swapped names are evidence once: with ``counts_swap`` false this comparison is
    missing for them, because the other field's comparison says it.

    ``others`` is a column with sets of further names (maiden and former names, aliases; separated by ``|``). With it
    there is the level ``other name``: a record's name, or a part of it, is among the other's further names, or both
    have one of those in common.

    Where a source cuts its names, as its longest ones show by all being of one length, a name so cut is equal to a
    longer one that begins with it. ``cut`` is a column that has a value where a name fills its program's field: such a
    name is equal to a longer one that begins with it, whatever the others of its source are.
    """

    column: str
    swapped_with: str | None = None
    counts_swap: bool = True
    evidence: Evidence = "personal"
    term_frequency: bool = True
    others: str | None = None
    cut: str | None = None

    levels = compiled_levels

    @property
    def definition(self) -> Definition:
        """Name, columns, levels and kind of evidence."""
        other = () if self.others is None else ("other name",)
        read = (self.column, self.swapped_with, self.others, self.cut)
        return Definition(
            name=self.column,
            columns=tuple(column for column in read if column is not None),
            level_names=("missing", "differ", "similar", "initial", "related", *other, "swapped", "close", "exact"),
            evidence=self.evidence,
            term_frequency=self.column if self.term_frequency else None,
            marks=() if self.cut is None else (self.cut,),
        )

    @property
    def step(self) -> Step:
        """For the compiled kernel."""
        names = tuple((column, "name") for column in (self.column, self.swapped_with) if column is not None)
        others = () if self.others is None else ((self.others, "names"),)
        marks = () if self.cut is None else ((self.cut, "code"),)
        cut = float(len(names) + len(others) if marks else 0)
        limits = (float(self.counts_swap), _CLOSE, _SIMILAR, float(len(names) > 1), float(len(others)), cut)
        return Step("names", (*names, *others, *marks), limits)


@dataclass(frozen=True, slots=True)
class BirthDate:
    """Birth dates as ``YYYY-MM-DD``, a part of zeros being unknown.

    From alike to exact: ``two parts differ`` (the year is equal), ``one part differs``, ``swapped`` (month and
    day), ``one digit`` (one digit wrong, or two neighbors swapped), ``partial`` (all parts known on both
    sides agree, the year among them), ``exact``. Where a part is unknown on either side the rest decides: ``differ`` if
    any of it does, ``one part differs`` if it agrees but holds no year, missing if there is no rest. January 1 is
    keyed for days that nobody knows, so that it counts as an unknown day of the year with it.

    Twins share their date. ``twins_by`` names two columns, first name and SSN: of two records whose first names differ
    in all and whose numbers are at most two apart, an equal date says nothing, and the level is missing.
    """

    column: str = "birth_date"
    evidence: Evidence = "personal"
    twins_by: tuple[str, str] | None = None

    levels = compiled_levels

    @property
    def definition(self) -> Definition:
        """Name, columns, levels and kind of evidence."""
        parts = ("two parts differ", "one part differs")
        return Definition(
            name=self.column,
            columns=(self.column, *(self.twins_by or ())),
            level_names=("missing", "differ", *parts, "swapped", "one digit", "partial", "exact"),
            evidence=self.evidence,
            marks=self.twins_by or (),
        )

    @property
    def step(self) -> Step:
        """For the compiled kernel."""
        if self.twins_by is None:
            return Step("dates", ((self.column, "date"),))
        first_name, ssn = self.twins_by
        views = ((self.column, "date"), (first_name, "name"), (ssn, "digits"))
        return Step("dates", views, (_NEXT_NUMBERS, _SIMILAR))


@dataclass(frozen=True, slots=True)
class SSN:
    """Social Security numbers.

    From alike to exact: ``next number`` (at most two apart, as twins and newcomers who apply together get them),
    ``last four`` equal, ``one digit`` wrong, two neighbors ``swapped``, exact. A number is taken for family evidence:
    clerks write the mother's or a sibling's into a child's record, and how often is learned.

    ``others`` is a column with sets of further numbers of the person (separated by ``|``). With it there is the level
    ``other number`` before exact: a record's number is among the other's further ones, or both share one of those.
    ``shared`` is a column that has a value where a number is known to be used by unrelated people. With it there is the
    level ``shared number`` after next number: equal, but such a one.

    ``holders`` are the columns that tell two people apart: first name, last name and, if there is one, birth date. With
    them there is the level ``another's number`` after differ: the two differ, but one of them is also held, in as many
    records or more, by somebody of another name, as the mother's number in her child's record is.

    Twins share nearly everything but the first name. ``next_number`` may name the column that tells them apart: where
    it is not known on both sides, the next number is *differ*; always, if it is false.
    """

    column: str = "ssn"
    evidence: Evidence = "family"
    others: str | None = None
    shared: str | None = None
    next_number: str | bool = True
    holders: tuple[str, ...] = ()

    levels = compiled_levels

    @property
    def definition(self) -> Definition:
        """Name, columns, levels and kind of evidence."""
        another = ("another's number",) if self.holders else ()
        shared = () if self.shared is None else ("shared number",)
        other = () if self.others is None else ("other number",)
        near = ("last four", "one digit", "swapped")
        marks = [column for column in (self.shared, self.next_number) if isinstance(column, str)]
        read = [self.column, *([] if self.others is None else [self.others]), *marks, *self.holders]
        return Definition(
            name=self.column,
            columns=tuple(dict.fromkeys(read)),
            level_names=("missing", "differ", *another, "next number", *shared, *near, *other, "exact"),
            evidence=self.evidence,
            marks=tuple(dict.fromkeys([*marks, *self.holders])),
        )

    @property
    def step(self) -> Step:
        """For the compiled kernel."""
        views: list[tuple[str, str]] = [(self.column, "digits")]
        places = []
        for further in (
            [] if self.others is None else [(self.column, "set"), (self.others, "set")],
            [] if self.shared is None else [(self.shared, "code")],
            [(self.next_number, "code")] if isinstance(self.next_number, str) else [],
            [(SEPARATOR.join((self.column, *self.holders)), "holders")] if self.holders else [],
        ):
            places.append(float(len(views) if further else 0))
            views += further
        return Step("digits", tuple(views), (_NEXT_NUMBERS, float(not self.next_number), *places))


@dataclass(frozen=True, slots=True)
class Phone:
    """Telephone numbers of ten digits: ``last four`` equal, ``one digit`` wrong, two neighbors ``swapped``, exact."""

    column: str = "phone"
    evidence: Evidence = "family"

    levels = compiled_levels

    @property
    def definition(self) -> Definition:
        """Name, columns, levels and kind of evidence."""
        return Definition(
            name=self.column,
            columns=(self.column,),
            level_names=("missing", "differ", "last four", "one digit", "swapped", "exact"),
            evidence=self.evidence,
        )

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
