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
from caselink.evaluate import Evaluation, blocking_recall, evaluate, losses
from caselink.explain import Explanation
from caselink.layouts import Extract, read_source
from caselink.linker import Linker, count_pairs
from caselink.matchers import FellegiSunter, RuleError, RuleMatcher, SklearnMatcher
from caselink.normalize import normalize, profile, value_rejects
from caselink.result import Result
from caselink.schema import Definition
from caselink.storage import OutputError

__all__ = [
    "SSN",
    "BirthDate",
    "BlockingRule",
    "CaselinkError",
    "CaselinkWarning",
    "ColumnMissingError",
    "Custom",
    "DamerauLevenshtein",
    "Definition",
    "Evaluation",
    "Exact",
    "Explanation",
    "Extract",
    "FellegiSunter",
    "InputError",
    "JaroWinkler",
    "Levenshtein",
    "Linker",
    "MinHash",
    "ModelFileError",
    "NotFittedError",
    "Numeric",
    "OutputError",
    "PairsLimitError",
    "PersonName",
    "Phone",
    "RecordIdError",
    "Result",
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
    "evaluate",
    "losses",
    "normalize",
    "profile",
    "read_source",
    "value_rejects",
]
