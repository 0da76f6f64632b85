"""All rules, in the order of their ids."""

from __future__ import annotations

from caselink.errors import SpecError
from caselink.findings.answers import ActiveElsewhere, CaseElsewhere, NotVerified
from caselink.findings.birth_dates import ConflictingBirths, ImplausibleBirth
from caselink.findings.case_conduct import ClosureReason, CooperationDiffers
from caselink.findings.duplicates import DuplicatePerson, ExactDuplicate, PartialDuplicate
from caselink.findings.earnings import AbsentParentHired, NewHire, OtherName, WagesWithoutEarnings
from caselink.findings.finding import Finding
from caselink.findings.numbers import InvalidNumber, SeveralNumbers, SharedNumber, TypingError, UnusualNumber
from caselink.findings.referrals import LateOpening, MissedReferral, SecondParent
from caselink.findings.report_lines import ChildTwiceOnLine, FamilySize, OrphanPeople
from caselink.findings.roles import (
    AbsentParentInHome,
    AgeGap,
    GrownChild,
    KinConflict,
    NobodyEligible,
    ParentAndAbsent,
)
from caselink.findings.status import AbsenceReason, DeadOnCase, JailedInHome
from caselink.findings.two_cases import (
    ChildOfTwoPayees,
    HouseholdTwice,
    PersonInTwoUnits,
    SupportCaseTwice,
    TwoCustodians,
    TwoFathers,
)
from caselink.findings.two_programs import ChildrenDiffer, FlagInOne, GoodCauseInOne, StatusDiffers

RULES: tuple[Finding, ...] = (
    InvalidNumber(),
    SharedNumber(),
    SeveralNumbers(),
    TypingError(),
    UnusualNumber(),
    NotVerified(),
    ImplausibleBirth(),
    ConflictingBirths(),
    ExactDuplicate(),
    PartialDuplicate(),
    ChildTwiceOnLine(),
    PersonInTwoUnits(),
    ChildOfTwoPayees(),
    SupportCaseTwice(),
    TwoCustodians(),
    TwoFathers(),
    HouseholdTwice(),
    DuplicatePerson(),
    ActiveElsewhere(),
    NobodyEligible(),
    OrphanPeople(),
    ParentAndAbsent(),
    AbsentParentInHome(),
    AgeGap(),
    GrownChild(),
    KinConflict(),
    FamilySize(),
    AbsenceReason(),
    ClosureReason(),
    DeadOnCase(),
    JailedInHome(),
    MissedReferral(),
    LateOpening(),
    SecondParent(),
    StatusDiffers(),
    CooperationDiffers(),
    GoodCauseInOne(),
    FlagInOne(),
    ChildrenDiffer(),
    CaseElsewhere(),
    NewHire(),
    WagesWithoutEarnings(),
    OtherName(),
    AbsentParentHired(),
)


def rule_of(rule_id: str) -> Finding:
    """The rule of an id.

    >>> rule_of("D05").about.title
    'child claimed on two IV-A cases'
    """
    found = [rule for rule in RULES if rule.about.id == rule_id]
    if not found:
        known = ", ".join(rule.about.id for rule in RULES)
        raise SpecError(f"no rule {rule_id!r}; there are {known}")
    return found[0]
