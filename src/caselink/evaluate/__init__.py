"""Evaluation says how good an identity is: against the truth, by blocking rule, and where pairs were lost."""

from caselink.evaluate.blocking import BlockingRecall, blocking_recall, true_pairs
from caselink.evaluate.evaluation import Evaluation, evaluate
from caselink.evaluate.households import HouseholdScores
from caselink.evaluate.losses import Losses, losses
from caselink.evaluate.scores import Scores, Share

__all__ = [
    "BlockingRecall",
    "Evaluation",
    "HouseholdScores",
    "Losses",
    "Scores",
    "Share",
    "blocking_recall",
    "evaluate",
    "losses",
    "true_pairs",
]
