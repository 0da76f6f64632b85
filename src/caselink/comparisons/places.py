"""Comparisons of where a person lives and of where a record comes from."""

from __future__ import annotations

from dataclasses import dataclass

from caselink.comparisons.base import Step, compiled_levels
from caselink.comparisons.views import SEPARATOR
from caselink.errors import SpecError
from caselink.schema import Definition, Evidence

MOST_SOURCES = 12


@dataclass(frozen=True, slots=True)
class Street:
    """Street addresses that begin with a house number.

    ``same street`` (Jaro-Winkler of the rest at least 0.92, another number), ``similar`` (same number, rest at
    least 0.8), ``close`` (same number, rest at least 0.92), exact.
    """

    column: str = "street"
    evidence: Evidence = "family"
    term_frequency: bool = True

    levels = compiled_levels

    @property
    def definition(self) -> Definition:
        """Name, columns, levels and kind of evidence."""
        return Definition(
            name=self.column,
            columns=(self.column,),
            level_names=("missing", "differ", "same street", "similar", "close", "exact"),
            evidence=self.evidence,
            term_frequency=self.column if self.term_frequency else None,
        )

    @property
    def step(self) -> Step:
        """For the compiled kernel."""
        return Step("streets", ((self.column, "street"),), (0.92, 0.8))


@dataclass(frozen=True, slots=True)
class UnlessSame:
    """Equal or not, asked only where none of the columns in ``unless`` agrees already; missing otherwise.

    People at one street address have one ZIP: counting both would count one fact twice. With ``similar`` there is a
    level ``close`` for texts whose Jaro-Winkler similarity is at least that.
    """

    column: str
    unless: tuple[str, ...]
    similar: float | None = None
    evidence: Evidence = "family"
    term_frequency: bool = True

    levels = compiled_levels

    def __post_init__(self) -> None:
        object.__setattr__(self, "unless", tuple(self.unless))
        if not 1 <= len(self.unless) <= 2:  # the kernel looks at three columns
            msg = f"{self.column}: unless takes one or two columns"
            raise SpecError(msg)
        if self.similar is not None and not 0 < self.similar < 1:
            msg = f"{self.column}: similar must lie in (0, 1)"
            raise SpecError(msg)

    @property
    def definition(self) -> Definition:
        """Name, columns, levels and kind of evidence."""
        close = () if self.similar is None else ("close",)
        return Definition(
            name=self.column,
            columns=(self.column, *self.unless),
            level_names=("missing", "differ", *close, "exact"),
            evidence=self.evidence,
            term_frequency=self.column if self.term_frequency else None,
        )

    @property
    def step(self) -> Step:
        """For the compiled kernel."""
        smaller = tuple((column, "code") for column in self.unless)
        if self.similar is None:
            return Step("codes", ((self.column, "code"), *smaller))
        return Step("places", ((self.column, "text"), *smaller), (self.similar,))


@dataclass(frozen=True, slots=True)
class SameSource:
    """Whether two records come from one source: learned, so that a source without duplicates is found to be one.

    With more than twelve sources all same-source pairs share a level. Otherwise a source that is not among ``sources``
    counts as different, from itself too: nothing was learned of its duplicates.
    """

    sources: tuple[str, ...]
    evidence: Evidence = "family"

    levels = compiled_levels

    def __post_init__(self) -> None:
        object.__setattr__(self, "sources", tuple(self.sources))
        if len(set(self.sources)) != len(self.sources) or not self.sources:
            msg = "SameSource takes the names of the sources, each once"
            raise SpecError(msg)

    @property
    def definition(self) -> Definition:
        """Name, columns, levels and kind of evidence."""
        together = len(self.sources) > MOST_SOURCES
        same = ("same source",) if together else tuple(f"both in {source}" for source in self.sources)
        return Definition(
            name="sources",
            columns=(),
            level_names=("missing", "different sources", *same),
            evidence=self.evidence,
        )

    @property
    def step(self) -> Step:
        """For the compiled kernel."""
        together = len(self.sources) > MOST_SOURCES
        view = ("source", "source") if together else (SEPARATOR.join(self.sources), "listed source")
        return Step("sources", (view,), (float(together),))
