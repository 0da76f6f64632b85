"""Record linkage for human-services agencies: one identity per person and per household across programs."""

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
from caselink.dispositions import Dispositions
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
from caselink.explain import Explanation
from caselink.explain_household import HouseholdExplanation
from caselink.families import Families, find_families
from caselink.finding import Findings, find
from caselink.layouts import Extract, Layout, layout_names, read_extract, read_layout, read_source, write_extract
from caselink.linker import Linker, count_pairs
from caselink.matchers import FellegiSunter, RuleError, RuleMatcher, SklearnMatcher
from caselink.months import History, stack_months
from caselink.normalize import Cleaning, normalize, patterns, profile, value_rejects
from caselink.program_tables import ProgramTables
from caselink.result import Result
from caselink.schema import Definition
from caselink.storage import OutputError

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
    "Explanation",
    "Extract",
    "Families",
    "FellegiSunter",
    "Findings",
    "GroupScores",
    "History",
    "HouseholdExplanation",
    "InputError",
    "JaroWinkler",
    "Layout",
    "Levenshtein",
    "Linker",
    "Losses",
    "MinHash",
    "ModelFileError",
    "NotFittedError",
    "Numeric",
    "OutputError",
    "PairsLimitError",
    "PersonName",
    "Phone",
    "ProgramTables",
    "RecordIdError",
    "Result",
    "ReviewEstimates",
    "RuleError",
    "RuleMatcher",
    "SameSource",
    "SharedValues",
    "SklearnMatcher",
    "SortedNeighborhood",
    "SpecError",
    "Street",
    "UnlessSame",
    "blocking_recall",
    "count_pairs",
    "decided_pairs",
    "estimate_from_review",
    "evaluate",
    "find",
    "find_families",
    "layout_names",
    "losses",
    "losses_by_error",
    "normalize",
    "patterns",
    "profile",
    "read_extract",
    "read_layout",
    "read_source",
    "scores_by_group",
    "stack_months",
    "value_rejects",
    "write_extract",
]
