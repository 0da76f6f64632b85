"""Record linkage for human-services agencies: one identity per person and per household across programs."""

from importlib import import_module
from typing import TYPE_CHECKING

# Here and not on demand: a function that has its package's name must come after the package.
from caselink.evaluate import (
    Estimates,
    Evaluation,
    GroupScores,
    Losses,
    ReviewEstimates,
    blocking_recall,
    decided_pairs,
    estimate_from_review,
    evaluate,
    losses,
    losses_by_error,
    scores_by_group,
)
from caselink.normalize import Cleaning, normalize, patterns, profile, value_rejects

if TYPE_CHECKING:
    from caselink.blocking import BlockingRule, MinHash, SortedNeighborhood
    from caselink.comparisons import (
        SSN,
        BirthDate,
        Custom,
        DamerauLevenshtein,
        Exact,
        JaroWinkler,
        Levenshtein,
        Numeric,
        PersonName,
        Phone,
        SameSource,
        SharedValues,
        Street,
        UnlessSame,
    )
    from caselink.confidentiality import Protection
    from caselink.errors import (
        CaselinkError,
        CaselinkWarning,
        ColumnMissingError,
        InputError,
        ModelFileError,
        NotFittedError,
        PairsLimitError,
        RecordIdError,
        SpecError,
    )
    from caselink.exchange import Exchange, reconcile
    from caselink.explain import Explanation, HouseholdExplanation, WhyNot
    from caselink.explain.findings import FindingExplanation
    from caselink.families import Families, find_families
    from caselink.layouts import Extract, Layout, layout_names, read_extract, read_layout, read_source, write_extract
    from caselink.leads import Dispositions, Findings, ProgramTables, find
    from caselink.linker import Linker, candidate_pairs, compare_pairs, count_pairs
    from caselink.linking import LinkedFiles, RunOptions, link_files
    from caselink.matchers import FellegiSunter, RuleError, RuleMatcher, SklearnMatcher
    from caselink.months import History, stack_months
    from caselink.purposes import Purpose
    from caselink.result import Result
    from caselink.schema import Definition
    from caselink.settings import read_sources
    from caselink.storage import OutputError
    from caselink.unduplicated import PeopleCounts, count_people

__all__ = [
    "SSN",
    "BirthDate",
    "BlockingRule",
    "CaselinkError",
    "CaselinkWarning",
    "Cleaning",
    "ColumnMissingError",
    "Custom",
    "DamerauLevenshtein",
    "Definition",
    "Dispositions",
    "Estimates",
    "Evaluation",
    "Exact",
    "Exchange",
    "Explanation",
    "Extract",
    "Families",
    "FellegiSunter",
    "FindingExplanation",
    "Findings",
    "GroupScores",
    "History",
    "HouseholdExplanation",
    "InputError",
    "JaroWinkler",
    "Layout",
    "Levenshtein",
    "LinkedFiles",
    "Linker",
    "Losses",
    "MinHash",
    "ModelFileError",
    "NotFittedError",
    "Numeric",
    "OutputError",
    "PairsLimitError",
    "PeopleCounts",
    "PersonName",
    "Phone",
    "ProgramTables",
    "Protection",
    "Purpose",
    "RecordIdError",
    "Result",
    "ReviewEstimates",
    "RuleError",
    "RuleMatcher",
    "RunOptions",
    "SameSource",
    "SharedValues",
    "SklearnMatcher",
    "SortedNeighborhood",
    "SpecError",
    "Street",
    "UnlessSame",
    "WhyNot",
    "blocking_recall",
    "candidate_pairs",
    "compare_pairs",
    "count_pairs",
    "count_people",
    "decided_pairs",
    "estimate_from_review",
    "evaluate",
    "find",
    "find_families",
    "layout_names",
    "link_files",
    "losses",
    "losses_by_error",
    "normalize",
    "patterns",
    "profile",
    "read_extract",
    "read_layout",
    "read_source",
    "read_sources",
    "reconcile",
    "scores_by_group",
    "stack_months",
    "value_rejects",
    "write_extract",
]

_HOME = {
    "SSN": "caselink.comparisons",
    "BirthDate": "caselink.comparisons",
    "BlockingRule": "caselink.blocking",
    "CaselinkError": "caselink.errors",
    "CaselinkWarning": "caselink.errors",
    "ColumnMissingError": "caselink.errors",
    "Custom": "caselink.comparisons",
    "DamerauLevenshtein": "caselink.comparisons",
    "Definition": "caselink.schema",
    "Dispositions": "caselink.leads",
    "Exact": "caselink.comparisons",
    "Exchange": "caselink.exchange",
    "Explanation": "caselink.explain",
    "Extract": "caselink.layouts",
    "Families": "caselink.families",
    "FellegiSunter": "caselink.matchers",
    "FindingExplanation": "caselink.explain.findings",
    "Findings": "caselink.leads",
    "History": "caselink.months",
    "HouseholdExplanation": "caselink.explain",
    "InputError": "caselink.errors",
    "JaroWinkler": "caselink.comparisons",
    "Layout": "caselink.layouts",
    "Levenshtein": "caselink.comparisons",
    "LinkedFiles": "caselink.linking",
    "Linker": "caselink.linker",
    "MinHash": "caselink.blocking",
    "ModelFileError": "caselink.errors",
    "NotFittedError": "caselink.errors",
    "Numeric": "caselink.comparisons",
    "OutputError": "caselink.storage",
    "PairsLimitError": "caselink.errors",
    "PeopleCounts": "caselink.unduplicated",
    "PersonName": "caselink.comparisons",
    "Phone": "caselink.comparisons",
    "ProgramTables": "caselink.leads",
    "Protection": "caselink.confidentiality",
    "Purpose": "caselink.purposes",
    "RecordIdError": "caselink.errors",
    "Result": "caselink.result",
    "RuleError": "caselink.matchers",
    "RuleMatcher": "caselink.matchers",
    "RunOptions": "caselink.linking",
    "SameSource": "caselink.comparisons",
    "SharedValues": "caselink.comparisons",
    "SklearnMatcher": "caselink.matchers",
    "SortedNeighborhood": "caselink.blocking",
    "SpecError": "caselink.errors",
    "Street": "caselink.comparisons",
    "UnlessSame": "caselink.comparisons",
    "WhyNot": "caselink.explain",
    "candidate_pairs": "caselink.linker",
    "compare_pairs": "caselink.linker",
    "count_pairs": "caselink.linker",
    "count_people": "caselink.unduplicated",
    "find": "caselink.leads",
    "find_families": "caselink.families",
    "layout_names": "caselink.layouts",
    "link_files": "caselink.linking",
    "read_extract": "caselink.layouts",
    "read_layout": "caselink.layouts",
    "read_source": "caselink.layouts",
    "read_sources": "caselink.settings",
    "reconcile": "caselink.exchange",
    "stack_months": "caselink.months",
    "write_extract": "caselink.layouts",
}


def __getattr__(name: str) -> object:
    """Load a public name when it is first asked for: a script waits for what it uses and for nothing else."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_HOME[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
