"""What would change the answer: the weight of a pair if one fact were another, by the model itself.

Each fact is really changed in a copy of the two records, and the copy is compared and weighed like the records
themselves: one changed fact can change several comparisons, and whether a blocking rule brings the two together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.blocking import BlockingRule, key_codes, key_columns
from caselink.comparisons import Program
from caselink.comparisons.views import SEPARATOR, view_words
from caselink.encoding import Column, EncodedRecords, encode
from caselink.engines.local import Frequencies
from caselink.engines.prepared import Prepared
from caselink.matchers import Matcher
from caselink.matchers.base import PatternScores
from caselink.schema import FURTHER_COLUMNS, Definition

COLUMNS = ("comparison", "level", "if_level", "match_weight", "met")
_TRIED = 6
"""How many values of a column are tried until one differs from that of the first record."""
_DIFFER = 1
_NOBODY = -1
Pair = tuple[int, int]
Levels = npt.NDArray[np.uint8]
Texts = dict[str, list[str | None]]


@dataclass(frozen=True, slots=True)
class _Change:
    """The fact of comparison ``c`` with other values; ``held``: how many records then hold one that both have."""

    c: int
    both: tuple[str, str]
    held: int = 0


@dataclass(frozen=True, slots=True)
class _Copies:
    """The pair as it is, and with each of the ``changes``: ``left[k + 1]`` and ``right[k + 1]`` under change k."""

    changes: list[_Change]
    program: Program = field(repr=False)
    left: npt.NDArray[np.int32] = field(repr=False)
    right: npt.NDArray[np.int32] = field(repr=False)


def weights_if(
    prepared: Prepared, matcher: Matcher, frequencies: Frequencies, pair: Pair, family_bits: float = 0.0
) -> pd.DataFrame:
    """One row a fact that could be another: ``comparison, level, if_level, match_weight, met``.

    A fact that is not the same is given to both as the one record has it (where both lack it, as the rarest value that
    there is: no other would say more); to one that is the same, or partly, a value that differs. ``met``: whether a
    blocking rule would then bring the two together. What the families say (``family_bits``) stays as it is.
    """
    copies = _copies(prepared, pair)
    now = prepared.program.levels(prepared.program.patterns(*_rows(pair)))[0]
    then = _levels(copies, now)
    rows, told = [], set()
    for k, change in enumerate(copies.changes):
        definition = prepared.program.comparisons[change.c].definition
        wanted = len(definition.level_names) - 1 if change.held else _DIFFER
        if then[k, change.c] != wanted or wanted == now[change.c] or (change.c, wanted) in told:
            continue
        told.add((change.c, wanted))
        met = _meet(prepared, pair, copies, k)
        scores = matcher.score(then[k : k + 1], blocked=met)
        weight = _weight(scores, then[k], frequencies, prepared.program, (pair, change)) + family_bits
        names = definition.level_names
        rows.append((definition.name, names[now[change.c]], names[wanted], round(weight, 2), met))
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"match_weight": float, "met": bool})


def _rows(pair: Pair) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    return np.array(pair[:1], np.int32), np.array(pair[1:], np.int32)


def _copies(prepared: Prepared, pair: Pair) -> _Copies:
    records, program = prepared.records, prepared.program
    two = {name: records.texts(name, np.array(pair, np.int32)) for name in records.columns}
    changes, told = [], [two]
    for c, compared in enumerate(program.comparisons):
        for change in _changes(c, compared.definition, records, two):
            changes.append(change)
            told.append(_changed(two, compared.definition, change))
    encoded, place = _encoded(told)
    copies = _Copies(changes, Program.of(program.comparisons, encoded), place[::2].copy(), place[1::2].copy())
    _note_holders(copies, prepared, pair, told)
    return copies


def _encoded(parts: Sequence[Texts]) -> tuple[EncodedRecords, npt.NDArray[np.int32]]:
    """Rows below one another as records of one source, and where each one stands among them."""
    told = pd.DataFrame({name: [text for part in parts for text in part[name]] for name in parts[0]}, dtype=object)
    told = told.assign(source="one", record_id=[f"{number:06d}" for number in range(len(told))])
    encoded = encode(told, list(parts[0]))
    place = np.empty(len(told), np.int32)
    place[encoded.row] = np.arange(len(told), dtype=np.int32)
    return encoded, place


def _note_holders(copies: _Copies, prepared: Prepared, pair: Pair, told: Sequence[Texts]) -> None:
    """Whether somebody else holds a number, as all the records tell, each with the pair as the change leaves it."""
    program, words = prepared.program, copies.program.views.words
    for (name, view), word in copies.program.views.word.items():
        if view != "holders":
            continue
        columns = name.split(SEPARATOR)
        held = program.views.words[:, program.views.word[name, view]]
        words[copies.left, word], words[copies.right, word] = held[pair[0]], held[pair[1]]
        rows = _other_holders(prepared.records.columns[columns[0]], pair)
        others = {one: prepared.records.texts(one, rows) for one in columns}
        facts = (program.comparisons[change.c].definition.columns[0] for change in copies.changes)
        moved = [k for k, fact in enumerate(facts, 1) if fact in columns]
        marks = _held([told[k] for k in moved], others, (name, view))
        words[copies.left[moved], word], words[copies.right[moved], word] = marks.T


def _other_holders(column: Column, pair: Pair) -> npt.NDArray[np.int32]:
    """Other records with the number of one of the two."""
    numbers = [code for code in column.codes[list(pair)].tolist() if code >= 0]
    holders = np.flatnonzero(np.isin(column.codes, numbers)).astype(np.int32)
    return holders[~np.isin(holders, pair)]


def _held(pairs: Sequence[Texts], others: Texts, view: tuple[str, str]) -> npt.NDArray[np.int32]:
    """The marks of each two records among those who hold their numbers (pairs x 2)."""
    number = view[0].split(SEPARATOR)[0]
    if not others[number] or not pairs:
        return np.full((len(pairs), 2), _NOBODY, np.int32)
    groups = []
    for k, two in enumerate(pairs):  # each pair has the numbers to itself
        group = {name: two[name] + others[name] for name in others}
        groups.append(group | {number: [None if text is None else f"{k}:{text}" for text in group[number]]})
    encoded, place = _encoded(groups)
    marks = view_words(encoded, [view]).words[:, 0][place]
    both: npt.NDArray[np.int32] = marks.reshape(len(pairs), -1)[:, :2]
    return both


def _changes(c: int, definition: Definition, records: EncodedRecords, two: Texts) -> list[_Change]:
    """The fact made the same, or another."""
    column = records.columns[definition.columns[0]] if definition.columns else None
    if column is None or not len(column.counts()):
        return []
    counts, (one, other) = column.counts(), two[definition.columns[0]]
    shared = one or other
    if shared is None:
        rarest = int(np.argmin(counts))
        value = _text(column, rarest)
        return [_Change(c, (value, value), int(counts[rarest]) + 2)]
    place = _place(column, shared)
    made = [] if one == other else [_Change(c, (shared, shared), int(counts[place]) + 1)]
    if one is None or other is None:
        return made
    tried = np.unique(np.linspace(0, len(counts) - 1, _TRIED).astype(np.int64))
    return made + [_Change(c, (one, _text(column, k))) for k in tried.tolist() if k != place]


def _changed(two: Texts, definition: Definition, change: _Change) -> Texts:
    """Both records after a change; what is said of a value that is no longer there goes with it."""
    copy, fact = {name: list(texts) for name, texts in two.items()}, definition.columns[0]
    for row, value in enumerate(change.both):
        if two[fact][row] == value:
            continue
        copy[fact][row] = value
        for name in definition.columns:
            if name in FURTHER_COLUMNS:
                kept = bool(change.held) and two[fact][1 - row] == value and name in definition.marks
                copy[name][row] = two[name][1 - row] if kept else None
    return copy


def _levels(copies: _Copies, now: Levels) -> Levels:
    """The levels under each change: those of now, but for comparisons that the change has moved.

    A comparison may also look at all the records (who else has this number); a change of two says nothing of that.
    """
    program = copies.program
    seen = program.levels(program.patterns(copies.left, copies.right))
    return np.where(seen[1:] != seen[0], seen[1:], now)


def _meet(prepared: Prepared, pair: Pair, copies: _Copies, k: int) -> bool:
    """Whether a rule would bring the two together after change k."""
    index, (one, other) = prepared.index, pair
    if not index.allowed[index.source[one], index.source[other]]:
        return False
    fact = prepared.program.comparisons[copies.changes[k].c].definition.columns[0]
    for number, rule in enumerate(index.rules):
        parts = np.flatnonzero(index.rule == number)
        block = index.join[[one, other]][:, parts]
        near = np.abs(block[0] - block[1]) <= index.window[parts]
        met = bool(((block >= 0).all(axis=0) & near).any())
        touched = any(fact in key_columns(key, prepared.records.columns) for key in rule.reads)
        if met and not touched:
            return True
        if touched and isinstance(rule, BlockingRule):
            whole = met or not any(index.parts[part].was_split for part in parts)
            keys = rule.keys if whole else (*rule.keys, *rule.split_by)
            if all(_share(copies, key, k) for key in keys):
                return True
    return False


def _share(copies: _Copies, key: str, k: int) -> bool:
    codes = key_codes(copies.program.records, key).codes
    one, other = int(codes[copies.left[k + 1]]), int(codes[copies.right[k + 1]])
    return one == other >= 0


def _weight(
    scores: PatternScores,
    levels: Levels,
    frequencies: Frequencies,
    program: Program,
    given: tuple[Pair, _Change],
) -> float:
    """The match weight of a pattern with the rarity of what the two share, as linking weighs it."""
    (one, other), change = given
    household, unrelated = scores.household.copy(), scores.unrelated.copy()
    changed = program.comparisons[change.c].definition.columns[0]
    for c, logs in frequencies.logs.items():
        if levels[c] != program.n_levels[c] - 1:
            continue
        column = program.comparisons[c].definition.term_frequency
        if column == changed:
            move = _log_share(program.records.columns[column], logs, change)
        else:
            move = float(logs[frequencies.codes[c][one]])
        unrelated += move
        household += move if frequencies.personal[c] else 0.0
    for rare in frequencies.given:
        if levels[rare.comparison] == rare.level and rare.comparison != change.c:
            unrelated += float(rare.moves(*_rows((one, other)))[0])
    return float(PatternScores(scores.match, household, unrelated).match_weight()[0])


def _log_share(column: Column, logs: npt.NDArray[np.float64], change: _Change) -> float:
    """The log share of a value once ``held`` records have it."""
    place = _place(column, change.both[0])
    return float(logs[place] + np.log(change.held / column.counts()[place]))


def _text(column: Column, place: int) -> str:
    return str(column.values[place].as_py())  # noqa: PD011  (a Column)


def _place(column: Column, text: str) -> int:
    return int(column.values.index(text).as_py())  # noqa: PD011  (a Column)
