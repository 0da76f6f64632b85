"""What linking gives: persons, links, and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from caselink.diagnosis import Outcome, trace_blocking, trace_losses
from caselink.engines.local import ScoredPairs
from caselink.engines.pair_tables import pair_keys
from caselink.engines.persons import Constraints
from caselink.engines.prepared import Prepared
from caselink.errors import InputError, RecordIdError
from caselink.evaluate import BlockingRecall, Evaluation, Losses, evaluate, losses_by_error, scores_by_group
from caselink.evaluate.calibration import calibration
from caselink.evaluate.estimates import Estimates, estimate_accuracy
from caselink.explain import Explanation, HouseholdExplanation, explain_pair
from caselink.explain.places import PairSight, masked, pair_sight
from caselink.explain.why_not import WhyNot, why_not
from caselink.families import Families, find_families
from caselink.matchers import Matcher
from caselink.months import History, stack_months
from caselink.months.changes import homes_by_month, id_changes, in_months_of
from caselink.notebook import show_object
from caselink.purposes import NARROWEST, Purpose, find_purpose
from caselink.reviewing import Judged, ambiguous, are_matches, judge_pairs, plan
from caselink.schema import KEY_COLUMNS

if TYPE_CHECKING:
    from caselink.confidentiality import Protection
    from caselink.explain.findings import FindingExplanation
    from caselink.findings import Finding
    from caselink.leads import Findings
    from caselink.report import Beside


@dataclass(frozen=True)
class Result:
    """Persons and links of one set of records.

    ``persons``: one row a record, in the order of the input: ``source``, ``record_id``, ``person_id``.
    ``summary``: counts, and seconds a stage.
    """

    persons: pd.DataFrame = field(repr=False)
    summary: dict[str, Any]
    records: pd.DataFrame = field(repr=False)
    prepared: Prepared = field(repr=False)
    pairs: ScoredPairs = field(repr=False)
    matcher: Matcher = field(repr=False)
    constraints: Constraints = field(repr=False)
    link_at: float = 0.5
    memberships: pd.DataFrame | None = field(default=None, repr=False)
    history: History | None = field(default=None, repr=False)
    resolve: Callable[[History], Result] | None = field(default=None, repr=False)

    def with_memberships(self, memberships: pd.DataFrame) -> Result:
        """This result with rosters beside the records: see :func:`caselink.families.families.find_families`."""
        return replace(self, memberships=memberships)

    def with_history(self, history: History) -> Result:
        """This result of ``history.records`` with the history: its rosters, and months to go on from."""
        return replace(self, memberships=history.memberships, history=history)

    def append(self, records: Any, memberships: pd.DataFrame | None = None) -> Result:  # noqa: ANN401
        """This result with further records, or further months of records that are there, under the weights as learned.

        ``records`` and ``memberships`` as for :func:`caselink.stack_months`. All is resolved anew, so the persons and
        households are those of resolving everything at once; :meth:`changes` tells what became of the ids.
        """
        if self.resolve is None:
            raise InputError("this result was not made by a linker; resolve the records with one")
        history = self.history or stack_months(self.records, memberships=self.memberships)
        return self.resolve(stack_months(history, records, memberships=memberships))

    def changes(self, earlier: Result, *, of: Literal["persons", "households"] = "persons") -> pd.DataFrame:
        """What became of the ids of an ``earlier`` result: see :func:`caselink.months.changes.id_changes`.

        Households are compared by who lived in them in the months that the earlier result has, and ``records`` counts
        records by month: who moved in a later month changes nothing.
        """
        if of == "persons":
            return id_changes(self.persons, earlier.persons)
        before, now = (homes_by_month(result.persons, result.households) for result in (earlier, self))
        return id_changes(in_months_of(now, before), before, "household_id", by=("month",))

    @cached_property
    def families(self) -> Families:
        """Households, cases, their history and golden records, found when they are first asked for."""
        return find_families(self.records, self.persons, self.memberships)

    @property
    def households(self) -> pd.DataFrame:
        """One row a person, household and month: see :attr:`Families.households`."""
        return self.families.households

    @property
    def cases(self) -> pd.DataFrame:
        """Which case belongs to which household: see :attr:`Families.cases`."""
        return self.families.cases

    @property
    def household_history(self) -> pd.DataFrame:
        """Households that were born, split, merged, joined or moved: see :attr:`Families.history`."""
        return self.families.history

    @cached_property
    def golden_records(self) -> pd.DataFrame:
        """The best value a person and field, masked: see :meth:`Families.golden_records`."""
        return self.families.golden_records()

    def explain_household(
        self, household_id: str, other: str | None = None, *, purpose: str | Purpose = NARROWEST
    ) -> HouseholdExplanation:
        """Why this is one household; with ``other``, why these are two. No values are shown."""
        return self.families.explain_household(household_id, other, purpose=purpose)

    @cached_property
    def links(self) -> pd.DataFrame:
        """Scored pairs, one row a pair: the two records, match weight (bits), probabilities, and the rule that made it.

        Pairs far below the threshold are left out.
        """
        names = np.array([rule.name for rule in self.prepared.index.rules] + [None], dtype=object)
        rules = self.prepared.index.rule_of(self.pairs.left, self.pairs.right)
        weight = self.pairs.match_weight.astype(np.float64)
        return pd.DataFrame(
            {
                **pair_keys(self.records, self.prepared, self.pairs.left, self.pairs.right),
                "match_weight": weight,
                "match_probability": 1 / (1 + np.exp2(-weight)),
                "household_probability": self.pairs.household.astype(np.float64),
                "rule": names[rules],
            }
        )

    def explain(
        self,
        source_left: str,
        record_id_left: str,
        source_right: str,
        record_id_right: str,
        *,
        purpose: str | Purpose = NARROWEST,
        protection: Protection | None = None,
    ) -> Explanation:
        """Weight by weight: why these two records are, or are not, one person. No values are shown.

        Whether they share an address or phone is withheld unless both persons are known not to be protected.
        ``protection`` is what :meth:`Families.protect` gives, for purposes that work for a program.
        """
        pair = self._pair((source_left, record_id_left), (source_right, record_id_right))
        return masked(self._explained(pair), self.prepared, self._sight(pair, purpose, protection))

    def why_not(
        self,
        source_left: str,
        record_id_left: str,
        source_right: str,
        record_id_right: str,
        *,
        purpose: str | Purpose = NARROWEST,
        protection: Protection | None = None,
    ) -> WhyNot:
        """What keeps these two records apart: no evidence, a decision, a roster, or the other records of the two."""
        pair = self._pair((source_left, record_id_left), (source_right, record_id_right))
        outcome = Outcome(
            self.prepared, self.matcher, self.pairs, self._persons_by_position(), self.constraints, self.link_at
        )
        all_told = self._explained(pair)
        shown = masked(all_told, self.prepared, self._sight(pair, purpose, protection))
        return why_not(outcome, pair, shown, enough=all_told.match_weight >= all_told.line_bits)

    def explain_finding(
        self,
        findings: Findings,
        finding_id: str,
        *,
        purpose: str | Purpose = NARROWEST,
        protection: Protection | None = None,
        rules: Sequence[Finding] = (),
    ) -> FindingExplanation:
        """What a finding says and rests on, what may explain it, what to verify, and what would change it.

        ``findings`` are those of this result; ``rules`` your own that found some of them. A finding that the
        ``purpose`` may not see is an error like one that is not there. ``protection`` as for :meth:`explain`.
        """
        from caselink.leads.explaining import explain_finding

        known = protection or self.families.protection
        return explain_finding(self, findings, finding_id, purpose=purpose, protection=known, rules=rules)

    def _explained(self, pair: tuple[int, int]) -> Explanation:
        ids = self.persons["person_id"].to_numpy()
        persons = ids[self.prepared.records.row[list(pair)]]
        told = explain_pair(self.prepared, self.matcher, pair, one_person=persons[0] == persons[1], pairs=self.pairs)
        others = int(np.isin(ids, persons).sum()) - len(pair)
        return replace(told, line_bits=float(np.log2(self.link_at / (1 - self.link_at))), others=others)

    def _sight(self, pair: tuple[int, int], purpose: str | Purpose, protection: Protection | None) -> PairSight:
        seen = find_purpose(purpose)
        if protection is None and not seen.programs and "protected" not in self.records:
            # nothing is known of anybody: households need not be found to say so
            return PairSight(seen, len(set(self.prepared.records.source[list(pair)].tolist())) > 1)
        return pair_sight(protection or self.families.protection, pair, seen, self.prepared.records.columns)

    def report(
        self, path: str | PathLike[str], beside: Beside | None = None, *, purpose: str | Purpose = NARROWEST
    ) -> Path:
        """Write the report: one HTML file of counts and shares that needs no network.

        ``beside`` adds findings and more: see :class:`caselink.report.Beside`.
        """
        from caselink.report import write_report

        return write_report(self, path, beside, purpose=purpose)

    def review(
        self,
        path: str | PathLike[str],
        pairs: pd.DataFrame | None = None,
        beside: Beside | None = None,
        *,
        purpose: str | Purpose = NARROWEST,
        masked: bool = True,
    ) -> Path:
        """Write the page on which people decide ``pairs``, one HTML file.

        By default they are the least certain ones (:meth:`next_to_review`) that the purpose can see enough of to
        decide. Values are masked as the ``purpose`` may see them; with ``masked=False``, where it may see whole ones,
        they are in the file and appear when asked for. :func:`caselink.report.read_decisions` reads the export.
        """
        from caselink.report import Beside, visible_pairs, write_review

        chosen = pairs
        if chosen is None:
            likely = self.next_to_review(100)
            chosen = visible_pairs(self, likely, beside or Beside(), purpose=purpose).head(20)
        return write_review(self, path, chosen, beside, purpose=purpose, masked=masked)

    def _repr_html_(self) -> str:
        counts = {name.replace("_", " "): n for name, n in self.summary.items() if isinstance(n, int | float)}
        return show_object("Result", {**counts, "links from probability": self.link_at})

    def blocking_recall(self, truth: pd.DataFrame) -> BlockingRecall:
        """Which share of the true pairs each rule made; ``truth`` has ``source``, ``record_id`` and ``entity_id``."""
        return trace_blocking(self.prepared, truth)

    def evaluate(
        self, truth: pd.DataFrame, *, interval: float | None = 0.95, replicates: int = 1000, seed: int = 0
    ) -> Evaluation:
        """:func:`caselink.evaluate` of these persons, with the pairs that blocking lost apart from those lost later."""
        blocking = trace_blocking(self.prepared, truth, self._persons_by_position())
        return evaluate(self.persons, truth, blocking=blocking, interval=interval, replicates=replicates, seed=seed)

    def losses(self, truth: pd.DataFrame, *, errors: pd.DataFrame | None = None, group: str | None = None) -> Losses:
        """Where missed and wrong pairs come from: blocking, a comparison, a constraint, or clustering.

        With ``errors`` (one row a slip: ``source, record_id, field, kind``) also by error kind, with ``group`` (a
        column of the truth) also precision, recall and F1 by group and the gap between the best and the worst.
        """
        outcome = Outcome(
            self.prepared, self.matcher, self.pairs, self._persons_by_position(), self.constraints, self.link_at
        )
        return replace(
            trace_losses(outcome, truth),
            by_error=None if errors is None else losses_by_error(self.persons, truth, errors),
            by_group=None if group is None else scores_by_group(self.persons, truth, group),
        )

    def _persons_by_position(self) -> pd.Series[Any]:
        return self.persons["person_id"].iloc[self.prepared.records.row].reset_index(drop=True)

    def estimate(self, *, doubt_bits: float = 2.0, seed: int = 0) -> Estimates:
        """Precision and recall estimated without labels, from the match weights, with 95 % intervals.

        It is made once for the same arguments. ``doubt_bits`` is how far all weights may be off together (one standard
        deviation, an assumption; see :mod:`caselink.evaluate.estimates` for what else is assumed). For a matcher whose
        weights are no weights of evidence (:class:`RuleMatcher`) the estimate says nothing.
        """
        asked = doubt_bits, seed
        if asked not in self._estimates:
            judged = self.judged
            self._estimates[asked] = estimate_accuracy(
                judged.scored, judged.person, doubt_bits=doubt_bits, seed=seed, places=judged.places
            )
        return self._estimates[asked]

    @cached_property
    def _estimates(self) -> dict[tuple[float, int], Estimates]:
        return {}

    def calibration(self, truth: pd.DataFrame) -> pd.DataFrame:
        """The share of matches among scored pairs by their match probability; ``truth`` as for :meth:`losses`.

        Pairs of records that the truth does not know are left out.
        """
        match = are_matches(self.prepared, truth, (self.pairs.left, self.pairs.right))
        known = match.notna().to_numpy()
        probability = 1 / (1 + np.exp2(-self.pairs.match_weight.astype(np.float64)))
        return calibration(probability[known], match[known].to_numpy(bool))

    def plan_review(self, *, n: int | None = None, width: float = 0.02, seed: int = 0) -> pd.DataFrame:
        """Pairs for a person to review, keys only: ``n`` of them, or as many as a 95 % interval of ``width`` needs.

        Write *match*, *not* or *unsure* into ``match`` and give the table to :func:`caselink.estimate_from_review`.
        Pairs are drawn by chance within strata of match weight; each stands for ``stratum_pairs`` over the
        reviewed ones of its ``stratum``, so keep all rows. Pairs that were not linked and have less than one chance in
        17 are not asked about. ``attrs["foreseen_widths"]`` says what to expect.
        """
        return plan(self.judged, self._keys_by_position(), n=n, width=width, seed=seed)

    def next_to_review(self, k: int = 20, reviewed: pd.DataFrame | None = None) -> pd.DataFrame:
        """The ``k`` pairs that are least certain and not among ``reviewed``, in the form of :meth:`plan_review`.

        Answer, put below the ``reviewed`` ones, ask again. Once there are answers of both kinds a classifier of
        scikit-learn that learned from them says what is uncertain; before, the model does. Such pairs teach
        (:func:`caselink.decided_pairs` makes labels of them), but no estimate can rest on them.
        """
        return ambiguous(self.judged, self._keys_by_position(), self.prepared, k, reviewed)

    @cached_property
    def judged(self) -> Judged:
        """Every scored pair with those of one person complete, and the person of each record by position."""
        persons = self.persons["person_id"].iloc[self.prepared.records.row]
        return judge_pairs(self.prepared, self.matcher, self.pairs, persons)

    def _keys_by_position(self) -> pd.DataFrame:
        keys: pd.DataFrame = self.persons[list(KEY_COLUMNS)].iloc[self.prepared.records.row]
        return keys

    def _pair(self, one: tuple[str, str], other: tuple[str, str]) -> tuple[int, int]:
        pair = self._position(*one), self._position(*other)
        if pair[0] == pair[1]:
            msg = "both are the same record; explaining takes two"
            raise InputError(msg)
        return pair

    def _position(self, source: str, record_id: str) -> int:
        found = self.prepared.records.positions(pd.Series([source]), pd.Series([record_id]))[0]
        if found < 0:
            msg = "no such record: give its source and its record_id as they stand in result.persons"
            raise RecordIdError(msg)
        return int(found)
