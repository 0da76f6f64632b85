"""Evaluation says how good an identity is: against the truth, by blocking rule, and where pairs were lost."""

from caselink.evaluate.blocking import BlockingRecall, blocking_recall, true_pairs
from caselink.evaluate.error_kinds import losses_by_error
from caselink.evaluate.estimates import Estimates
from caselink.evaluate.evaluation import Evaluation, evaluate
from caselink.evaluate.households import HouseholdScores
from caselink.evaluate.losses import Losses, losses
from caselink.evaluate.review import ReviewEstimates, decided_pairs, estimate_from_review
from caselink.evaluate.scores import Scores, Share
from caselink.evaluate.subgroups import GroupScores, scores_by_group

__all__ = [
    "BlockingRecall",
    "Estimates",
    "Evaluation",
    "GroupScores",
    "HouseholdScores",
    "Losses",
    "ReviewEstimates",
    "Scores",
    "Share",
    "blocking_recall",
    "decided_pairs",
    "estimate_from_review",
    "evaluate",
    "losses",
    "losses_by_error",
    "scores_by_group",
    "true_pairs",
]
