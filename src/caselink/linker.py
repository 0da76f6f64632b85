"""Linker: from records to one identity per person, in two calls; every stage is a public function too."""

from __future__ import annotations

import os
from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from numbers import Integral, Real
from pathlib import Path
from typing import Any, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from caselink.blocking import LinkType, Rule, count_rule_pairs
from caselink.blocking.defaults import default_rules
from caselink.calendar_months import month_numbers
from caselink.comparisons import Comparison
from caselink.comparisons.defaults import default_comparisons
from caselink.engines.joint import resolve_families
from caselink.engines.local import score_pairs
from caselink.engines.pair_tables import pair_keys, pair_positions
from caselink.engines.persons import find_persons, gather_constraints
from caselink.engines.prepared import Prepared, check_price, prepare
from caselink.engines.seats import Seats
from caselink.engines.training import training_patterns
from caselink.errors import InputError, NotFittedError, SpecError
from caselink.matchers import FellegiSunter, Matcher
from caselink.model_file import read_model, write_model
from caselink.months import History
from caselink.notebook import show_object
from caselink.progress import Progress, Stopwatch
from caselink.result import Result
from caselink.schema import CASE_COLUMNS, FURTHER_COLUMNS, KEY_COLUMNS, LINK_COLUMNS, STANDARD_COLUMNS, check_table

_MAX_PAIRS = 5_000_000_000
_MAX_LISTED = 20_000_000  # pairs with their keys, which fill memory
_FLOOR_BITS = -7.0


class Linker:
    """Links records of one or several sources to persons.

    ``blocking`` rules, ``comparisons`` and ``matcher`` are chosen from the columns where they are not given.
    ``unduplicated`` names sources known to hold a person once; how seldom others repeat one is learned.
    ``link_type``: pairs within sources and between them, or only one of both. ``link_at`` is the match probability
    from which clusters join.
    ``decisions`` that a person made (columns ``source_left, record_id_left, source_right, record_id_right, decision``;
    a decision is match, not or unsure) always hold; where two contradict each other, *not* does. Two records of one
    source, case and month are two people. More than ``max_pairs`` candidate pairs are refused beforehand. Results do
    not depend on ``threads`` (all cores if not given) or on the order of rows.

    >>> people = {"first_name": ["ANA", "ANA"], "last_name": ["RUIZ", "RUIZ"], "birth_date": ["1990-02-03"] * 2}
    >>> records = pd.DataFrame({"source": ["iva", "ivd"], "record_id": ["1", "9"], **people})
    >>> count_pairs(records)["new_pairs"].sum()
    np.int64(1)
    """

    def __init__(  # noqa: PLR0913  (each one is a choice of its own, all but the first three by name)
        self,
        blocking: Sequence[Rule] | None = None,
        comparisons: Sequence[Comparison] | None = None,
        matcher: Matcher | None = None,
        *,
        unduplicated: Sequence[str] = (),
        link_type: LinkType = "link_and_dedupe",
        link_at: float = 0.5,
        decisions: pd.DataFrame | None = None,
        families: bool = True,
        max_pairs: int = _MAX_PAIRS,
        seed: int = 0,
        threads: int | None = None,
        progress: Progress | None = None,
    ) -> None:
        _check_plugins(blocking, comparisons, matcher)
        _check_options(link_type=link_type, link_at=link_at, seed=seed, threads=threads)
        self.blocking, self.comparisons = self._given = blocking, comparisons
        self.matcher: Matcher = FellegiSunter() if matcher is None else matcher
        self.unduplicated = (unduplicated,) if isinstance(unduplicated, str) else tuple(unduplicated)
        self.link_type, self.link_at = link_type, link_at
        self.decisions, self.families = decisions, families
        self.max_pairs, self.seed, self.progress = max_pairs, seed, progress
        self.threads = threads or os.cpu_count() or 1

    def fit(self, records: pd.DataFrame | History, labels: pd.DataFrame | None = None) -> Linker:
        """Learn the matcher's weights from the pairs that blocking makes; no labels are needed.

        ``labels`` of pairs that a person reviewed (columns ``source_left, record_id_left, source_right,
        record_id_right, match``) are learned from where there are some.
        """
        if isinstance(records, History):
            return self.fit(records.records, labels)
        self._choose(records)
        self._fit(self._prepare(records), Stopwatch(), labels)
        return self

    def resolve(self, records: pd.DataFrame | History, *, memberships: pd.DataFrame | None = None) -> Result:
        """Score all pairs and give every record its person.

        ``memberships`` say who was in which case, when, and as what: ``source, record_id, case_id``, and if there
        ``role`` and ``month``, or ``first_month`` and ``last_month`` (``YYYY-MM``). A record may be in several cases;
        one that is not among them counts with its own columns of these names. The households rest on them too. A
        history has its own.
        """
        if isinstance(records, History):
            return self.resolve(records.records, memberships=records.memberships).with_history(records)
        clock = Stopwatch()
        prepared = self._prepare(records)
        clock.stop("encode and block")
        return self._resolve(records, prepared, clock, memberships)

    def fit_resolve(
        self,
        records: pd.DataFrame | History,
        labels: pd.DataFrame | None = None,
        *,
        memberships: pd.DataFrame | None = None,
    ) -> Result:
        """``fit(records, labels).resolve(records, memberships=memberships)``, encoding and blocking once."""
        if isinstance(records, History):
            return self.fit_resolve(records.records, labels, memberships=records.memberships).with_history(records)
        clock = Stopwatch()
        self._choose(records)
        prepared = self._prepare(records)
        clock.stop("encode and block")
        self._fit(prepared, clock, labels)
        return self._resolve(records, prepared, clock, memberships)

    def save(self, path: str | Path) -> None:
        """Write rules, comparisons and weights as JSON."""
        write_model(path, self.blocking, self.comparisons, self.matcher)

    @classmethod
    def load(cls, path: str | Path, **options: Any) -> Linker:  # noqa: ANN401  (passed on as they are)
        """The linker that :meth:`save` wrote; ``options`` as for the linker itself."""
        rules, comparisons, matcher = read_model(path)
        return cls(rules, comparisons, matcher, **options)

    def _repr_html_(self) -> str:
        rules, compared = self.blocking or (), self.comparisons or ()
        facts = {
            "blocking rules": "; ".join(rule.name for rule in rules) or "chosen from the columns when it is fitted",
            "comparisons": ", ".join(one.definition.name for one in compared) or "chosen from the columns",
            "matcher": repr(self.matcher),
            "links from probability": self.link_at,
            "link type": self.link_type,
            "sources that hold a person once": ", ".join(self.unduplicated) or "none known",
            "decisions of people": 0 if self.decisions is None else len(self.decisions),
        }
        return show_object("Linker", facts)

    def _choose(self, records: pd.DataFrame) -> None:
        check_table(records, KEY_COLUMNS, needed_by="linking")
        if not len(records) and None in self._given:
            raise InputError("there are no records to learn from; are the extracts empty, or all their lines rejected?")
        blocking, comparisons = self._given
        columns = present_columns(records)
        sources = set(records["source"].dropna())
        self.blocking = default_rules(columns) if blocking is None else blocking
        self.comparisons = default_comparisons(columns, sources) if comparisons is None else comparisons
        if not self.blocking or not self.comparisons:
            msg = f"the records have none of the columns that tell persons apart; standard names are {STANDARD_COLUMNS}"
            raise SpecError(msg)

    def _prepare(self, records: pd.DataFrame) -> Prepared:
        check_table(records, KEY_COLUMNS, needed_by="linking")
        if self.blocking is None or self.comparisons is None:
            msg = "this linker has no weights yet: call fit() first, or load a model"
            raise NotFittedError(msg)
        prepared = prepare(
            records,
            self.blocking,
            self.comparisons,
            link_type=self.link_type,
            unduplicated=self.unduplicated,
            threads=self.threads,
        )
        check_price(prepared.index, self.max_pairs)
        return prepared

    def _fit(self, prepared: Prepared, clock: Stopwatch, labels: pd.DataFrame | None = None) -> None:
        seen = training_patterns(prepared, labels=labels, seed=self.seed, threads=self.threads, progress=self.progress)
        clock.stop("count patterns")
        self.matcher = self.matcher.fit(seen)
        clock.stop("fit")

    def _resolve(
        self, records: pd.DataFrame, prepared: Prepared, clock: Stopwatch, memberships: pd.DataFrame | None
    ) -> Result:
        prepared = replace(prepared, told=Seats.of(prepared.records, memberships))
        program, index = prepared.program, prepared.index
        pairs = score_pairs(
            program, index, self.matcher, floor=_FLOOR_BITS, threads=self.threads, progress=self.progress
        )
        clock.stop("compare and score")
        constraints = gather_constraints(prepared, self.unduplicated, self.decisions)
        stages, told = (prepared, self.matcher, pairs, constraints), {}
        if self.families:
            joint = resolve_families(*stages, link_at=self.link_at, floor=_FLOOR_BITS, threads=self.threads)
            labels, pairs, constraints, told = joint.labels, joint.pairs, joint.constraints, joint.counts()
        else:
            labels = find_persons(*stages, link_at=self.link_at)
        clock.stop("cluster")
        persons = _persons(records, prepared, labels)
        clock.stop("persons")
        summary = {
            "records": len(records),
            "pairs": pairs.n_compared,
            "links": int((pairs.match_weight >= np.log2(self.link_at / (1 - self.link_at))).sum()),
            "persons": int((labels == np.arange(len(labels))).sum()),
            **prepared.seats().notices,
            **told,
            "seconds": clock.seconds,
        }
        fitted = copy(self)  # fitting this linker again must not change what the result goes on with
        fitted.matcher = copy(self.matcher)
        given = (self.matcher, constraints, self.link_at, memberships)
        return Result(persons, summary, records, prepared, pairs, *given, resolve=fitted.resolve)


def count_pairs(
    records: pd.DataFrame, blocking: Sequence[Rule] | None = None, *, link_type: LinkType = "link_and_dedupe"
) -> pd.DataFrame:
    """The price of the blocking rules before it is paid: pairs a rule, new pairs, running sum, the largest block."""
    return count_rule_pairs(_blocked(records, blocking, link_type, needed_by="counting pairs").index)


def candidate_pairs(
    records: pd.DataFrame,
    blocking: Sequence[Rule] | None = None,
    *,
    link_type: LinkType = "link_and_dedupe",
    max_pairs: int = _MAX_LISTED,
) -> pd.DataFrame:
    """The pairs that the blocking rules make, by their keys; without rules, those chosen from the columns.

    One row a pair, each pair once, in the order of the rules: ``source_left, record_id_left, source_right,
    record_id_right``, and ``rule``, the first that made it. A rule makes no pair of a record in which its key is
    missing. :class:`PairsLimitError` where more than ``max_pairs`` would come. Linking needs no such list; it is for
    looking, for labels and for other tools.

    >>> people = {"first_name": ["ANA", "ANA", "LI"], "last_name": "RUIZ", "birth_date": ["1990-02-03"] * 2 + [None]}
    >>> records = pd.DataFrame({"source": ["iva", "ivd", "ivd"], "record_id": ["1", "9", "8"], **people})
    >>> from caselink import BlockingRule
    >>> candidate_pairs(records, [BlockingRule("birth_date")]).iloc[0].tolist()
    ['ivd', '9', 'iva', '1', 'birth_date']
    """
    prepared = _blocked(records, blocking, link_type, needed_by="listing pairs")
    check_price(prepared.index, max_pairs)
    spans = [prepared.index.pairs(span) for span in prepared.index.spans()]
    left, right = (np.concatenate([span[side] for span in spans] or [_NOBODY]) for side in (0, 1))
    rule = prepared.index.rule_of(left, right)
    order = np.lexsort((right, left, rule))  # within blocks, pairs lie as the rows came in
    left, right, rule = left[order], right[order], rule[order]
    names = np.array([rule.name for rule in prepared.index.rules], dtype=object)
    return pd.DataFrame({**pair_keys(records, prepared, left, right), "rule": names[rule]})


_NOBODY = np.zeros(0, np.int32)


def compare_pairs(
    records: pd.DataFrame, pairs: pd.DataFrame, comparisons: Sequence[Comparison] | None = None
) -> pd.DataFrame:
    """How alike each of the ``pairs`` is: one row a pair, one column a comparison, the level by its name.

    ``pairs`` has ``source_left, record_id_left, source_right, record_id_right``, as :func:`candidate_pairs` and
    ``result.links`` have; the rows come back in its order, under its index. Without ``comparisons``, those chosen from
    the columns of the records are made. Levels are ordered categories, from *missing* over *differ* to *exact*; their
    codes are what matchers read. Code 0 is missing: on either side, or not asked because a finer fact agrees (ZIP where
    the street does). No value of a person is told. :class:`RecordIdError` where a pair names a record that is not
    there.

    >>> people = {"first_name": ["ANA", "ANNA"], "birth_date": ["1990-02-03", None]}
    >>> records = pd.DataFrame({"source": ["iva", "ivd"], "record_id": ["1", "9"], **people})
    >>> pair = {"source_left": ["iva"], "record_id_left": ["1"], "source_right": ["ivd"], "record_id_right": ["9"]}
    >>> from caselink import BirthDate, PersonName
    >>> compare_pairs(records, pd.DataFrame(pair), [PersonName("first_name"), BirthDate()]).iloc[0].tolist()
    ['close', 'missing']
    """
    _check_plugins(None, comparisons, None)
    check_table(records, KEY_COLUMNS, needed_by="comparing pairs")
    check_table(pairs, LINK_COLUMNS[:4], needed_by="comparing pairs")
    sources = set(records["source"].dropna())
    chosen = default_comparisons(present_columns(records), sources) if comparisons is None else comparisons
    prepared = prepare(records, [], chosen, link_type="link_and_dedupe", unduplicated=(), threads=1)
    levels = prepared.program.levels(prepared.program.patterns(*pair_positions(prepared, pairs)))
    told = {
        one.definition.name: pd.Categorical.from_codes(levels[:, k], pd.Index(one.definition.level_names), ordered=True)
        for k, one in enumerate(chosen)
    }
    return pd.DataFrame(told, index=pairs.index)


def _blocked(
    records: pd.DataFrame, blocking: Sequence[Rule] | None, link_type: LinkType, *, needed_by: str
) -> Prepared:
    """Records with their blocks, and nothing laid out to be compared."""
    _check_plugins(blocking, None, None)
    _check_options(link_type=link_type)
    check_table(records, KEY_COLUMNS, needed_by=needed_by)
    rules = default_rules(present_columns(records)) if blocking is None else blocking
    return prepare(records, rules, [], link_type=link_type, unduplicated=(), threads=1)


def present_columns(records: pd.DataFrame) -> list[str]:
    """Standard columns of the person in which at least one record has a value."""
    told = (*STANDARD_COLUMNS, *FURTHER_COLUMNS)
    there = [column for column in told if column in records and column not in CASE_COLUMNS]
    return [
        c for c in there if records[c].head(1000).notna().any() or records[c].notna().any()
    ]  # mostly, a look is enough


def _check_plugins(blocking: object, comparisons: object, matcher: object) -> None:
    """Raise :class:`SpecError` for what is no list of rules, no list of comparisons or no matcher."""
    lists = (("blocking", blocking, Rule, "BlockingRule(...)"), ("comparisons", comparisons, Comparison, "Exact(...)"))
    for name, given, kind, example in lists:
        if given is None:
            continue
        if not isinstance(given, Sequence) or isinstance(given, str) or not given:
            raise SpecError(f"{name} is a list, such as [{example}]; leave it out to have it chosen from the columns")
        wrong = [type(one).__name__ for one in given if isinstance(one, type) or not isinstance(one, kind)]
        if wrong:
            raise SpecError(f"{name} holds a {wrong[0]}, which is none; give objects such as {example}")
    if matcher is not None and (isinstance(matcher, type) or not isinstance(matcher, Matcher)):
        raise SpecError(f"matcher is a {type(matcher).__name__}, which is none; give an object: FellegiSunter()")


def _check_options(*, link_type: str, link_at: float = 0.5, seed: int = 0, threads: int | None = None) -> None:
    """Raise :class:`SpecError` for an option that cannot work."""
    if link_type not in get_args(LinkType):
        raise SpecError(f"link_type is one of {', '.join(get_args(LinkType))}, got {link_type!r}")
    if not isinstance(link_at, Real) or not 0 < link_at < 1:
        raise SpecError(f"link_at is a probability between 0 and 1, got {link_at!r}")
    if not isinstance(seed, Integral) or seed < 0:
        raise SpecError(f"seed is a whole number of 0 or more, got {seed!r}")
    if threads is not None and (not isinstance(threads, Integral) or threads < 1):
        raise SpecError(f"threads is a whole number of 1 or more, or None for all cores, got {threads!r}")


def _persons(records: pd.DataFrame, prepared: Prepared, labels: npt.NDArray[np.int32]) -> pd.DataFrame:
    from caselink.identity import number_persons, spell_person_numbers

    place = np.empty(len(labels), np.int64)
    place[prepared.records.row] = np.arange(len(labels))
    since = month_numbers(records["first_seen"])[prepared.records.row] if "first_seen" in records else None
    numbers = number_persons(labels, prepared.records.record_hash, since)
    persons = records[["source", "record_id"]].copy(deep=False)
    ids = spell_person_numbers(numbers[place]).cast(pa.string())
    persons["person_id"] = pd.Series(ids, index=persons.index, dtype=pd.ArrowDtype(pa.string()))
    return persons
