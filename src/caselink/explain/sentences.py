"""Explanations in a few plain sentences: which facts agreed, which did not, and what would change the answer.

Every number is one that the explanation holds, or the sum or difference of such: the model's own. No value of a person
is in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from caselink.errors import SpecError
from caselink.explain.phrases import LANGUAGES, Phrases
from caselink.masking import WITHHELD, is_never_shown

if TYPE_CHECKING:
    from caselink.explain.households import HouseholdExplanation
    from caselink.explain.pairs import Explanation

NOT_FACTS = ("prior", "blocking", "household", "family", "sources")
"""Rows of an explanation that are no comparison of the two records."""


def phrases(language: str) -> Phrases:
    """The words of a language."""
    if language not in LANGUAGES:
        raise SpecError(f"language is one of {', '.join(map(repr, LANGUAGES))}")
    return LANGUAGES[language]


def pair_sentences(explanation: Explanation, language: str = "en", *, turning: bool = True) -> list[str]:
    """Why two records are, or are not, one person; with ``turning``, what would change the answer."""
    words = phrases(language)
    told = [words.say("one" if explanation.one_person else "two")]
    return [*told, *_weighed(explanation, words, turning=turning), words.say("check")]


def why_one_person(explanation: Explanation, words: Phrases) -> list[str]:
    """The facts and weights alone, as a part of what is said of something else."""
    return _weighed(explanation, words, turning=True)


def _weighed(explanation: Explanation, words: Phrases, *, turning: bool) -> list[str]:
    table = with_values(explanation.table)
    hidden = _hides_places(table)
    told = [words.say("weight shown" if hidden else "weight", weight=number(explanation.match_weight))]
    told.append(words.say("line", line=number(explanation.line_bits)))
    if not hidden:
        told.append(words.say("chance", chance=percent(explanation.match_probability, words)))
    told += [*_facts(table, words), *_rest(table, words)]
    return [*told, *_turning(explanation, table, words)] if turning else told


def household_sentences(explanation: HouseholdExplanation, language: str = "en") -> list[str]:
    """Why rosters are, or are not, one household."""
    words, evidence = phrases(language), explanation.evidence
    told = [words.say("one home" if explanation.one_household else "two homes")]
    told.append(words.count("lists", len(explanation.rosters)))
    if not len(evidence):
        told += [words.say("nothing ties")] if len(explanation.rosters) > 1 else []
    else:
        told.append(words.say("home weight", bits=number(explanation.bits)))
        told += _counted(evidence, words)
    if explanation.kept_apart:
        told.append(words.say("kept homes", n=explanation.kept_apart))
    if_bits = zip(explanation.changes["change"], explanation.changes["bits"].astype(float), strict=True)
    return [*told, *(words.say(change, bits=number(bits)) for change, bits in if_bits), words.say("check")]


def with_values(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of an explanation with all that each adds in ``value``: the level's bits and those of a rare value."""
    return table.assign(value=table["bits"].astype(float) + table["rarity_bits"].astype(float))


def number(bits: float) -> str:
    """A weight as it is said.

    >>> number(12.34), number(-0.04), number(float("nan"))
    ('12.3', '0.0', 'withheld')
    """
    return WITHHELD if np.isnan(bits) else f"{round(float(bits), 1) + 0.0:.1f}"


def _signed(bits: float) -> str:
    return f"{round(float(bits), 1) + 0.0:+.1f}"


def _hides_places(table: pd.DataFrame) -> bool:
    """Whether more is withheld than what is withheld of everybody."""
    withheld = table.loc[table["level"] == WITHHELD, "comparison"]
    return not all(map(is_never_shown, withheld))


def percent(probability: float, words: Phrases) -> str:
    """A chance as it is said: never 0 or 100, which no model can know."""
    if 0.001 <= probability <= 0.999:
        return f"{100 * probability:.1f}"
    return words.say("over", chance="99.9") if probability > 0.5 else words.say("under", chance="0.1")


def _facts(table: pd.DataFrame, words: Phrases) -> list[str]:
    """What is the same, partly the same, not the same, missing and withheld."""
    rows = table[~table["comparison"].isin(NOT_FACTS)]
    kinds = rows["level"].map(_KINDS | {WITHHELD: "withheld"}).fillna("alike")
    told = []
    for kind in ("agree", "alike", "differ", "missing", "not asked", "withheld"):
        chosen = rows[(kinds == kind).to_numpy()].sort_values("value", key=lambda bits: -bits.abs(), kind="stable")
        facts = [_fact(row, kind, words) for row in _rows(chosen)]
        if facts:
            told.append(words.say(kind, facts=words.join(facts)))
    return told


_KINDS = {"exact": "agree", "differ": "differ", "missing": "missing", "not asked": "not asked"}
_SILENT = ("missing", "not asked", "withheld")
"""Kinds of facts that add nothing, or nothing that may be told."""


def _fact(row: tuple[str, str, float], kind: str, words: Phrases) -> str:
    comparison, level, value = row
    name = words.fact(comparison)
    notes = [words.level(level)] if kind == "alike" else []
    if kind not in _SILENT and not np.isnan(value):
        notes.append(_signed(value))
    return f"{name} ({', '.join(notes)})" if notes else name


def _rest(table: pd.DataFrame, words: Phrases) -> list[str]:
    """What is no comparison of the two: how rare a match is, how the pair was found, the family."""
    told = []
    for name, level, value in _rows(table[table["comparison"].isin(NOT_FACTS)]):
        if name == "prior":
            told.append(words.say("prior", bits=number(value)))
        elif name == "sources":
            one = level.startswith(("both in", "same source"))
            bits = "" if np.isnan(value) else f" ({_signed(value)})"
            told.append(words.say("one file" if one else "two files", bits=bits))
        elif abs(value) >= _LEAST_SAID:
            which = name if name != "family" else "family for" if value > 0 else "family against"
            told.append(words.say(which, bits=number(value if name != "family" else abs(value))))
    return told


_LEAST_SAID = 0.05


def _rows(table: pd.DataFrame) -> list[tuple[str, str, float]]:
    """Comparison, level and value of each row."""
    names, levels = (table[name].astype(str).tolist() for name in ("comparison", "level"))
    return list(zip(names, levels, table["value"].astype(float).tolist(), strict=True))


def _turning(explanation: Explanation, table: pd.DataFrame, words: Phrases) -> list[str]:
    """What would change the answer."""
    if _hides_places(table):
        return [words.say("change withheld")]
    weight, line, changes = explanation.match_weight, explanation.line_bits, explanation.changes
    if changes is None:
        return []
    others = [words.say("others", n=explanation.others)] if explanation.others else []
    if explanation.one_person != (weight >= line):
        return [words.say("tied by others" if explanation.one_person else "apart by others"), *others]
    told = _breaking(changes, line, words) if explanation.one_person else _joining(changes, line, words)
    return [*told, *others]


def _breaking(changes: pd.DataFrame, line: float, words: Phrases) -> list[str]:
    """Which facts, if they were not the same, would make two people of one."""
    rows = changes[(changes["if_level"] == "differ").to_numpy()].sort_values("match_weight", kind="stable")
    below = (rows["match_weight"] < line).to_numpy()
    told = [words.say("would part", facts=_sums(rows[below], words))] if below.any() else []
    unmet = rows[~below & ~rows["met"].to_numpy(bool)]
    if len(unmet):
        told.append(words.say("would not meet", facts=_sums(unmet, words)))
    if not told and len(rows):
        told.append(
            words.say("nothing parts", fact=words.fact(str(rows.iloc[0, 0])), left=number(rows["match_weight"].min()))
        )
    return told or [words.say("nothing changes it")]


def _joining(changes: pd.DataFrame, line: float, words: Phrases) -> list[str]:
    """Which facts, if they were the same, or known and the same, would make one person of two."""
    rows = changes[(changes["if_level"] != "differ").to_numpy() & changes["met"].to_numpy(bool)]
    rows = rows.sort_values("match_weight", ascending=False, kind="stable")
    over = rows[(rows["match_weight"] >= line).to_numpy()]
    missing = (over["level"] == "missing").to_numpy()
    kinds = (("would join", over[~missing]), ("would join if known", over[missing]))
    told = [words.say(how, facts=_sums(some, words)) for how, some in kinds if len(some)]
    if not told and len(rows):
        told.append(
            words.say("nothing joins", fact=words.fact(str(rows.iloc[0, 0])), left=number(rows["match_weight"].max()))
        )
    return told or [words.say("nothing changes it")]


def _sums(rows: pd.DataFrame, words: Phrases) -> str:
    """Facts, and the weight that there would be."""
    each = zip(rows["comparison"].astype(str), rows["match_weight"].astype(float), strict=True)
    return words.join([f"{words.fact(name)} ({number(weight)})" for name, weight in each])


def _counted(evidence: pd.DataFrame, words: Phrases) -> list[str]:
    counts = {"shared people": int((evidence["people in both"] > 0).sum())}
    hidden = bool((evidence["address"] == WITHHELD).any())
    if not hidden:
        counts["same place"] = int((evidence["address"] == "same").sum())
        counts["other place"] = int(evidence["address"].astype(str).str.startswith("another").sum())
        counts["unknown place"] = int((evidence["address"] == "not known").sum())
    if "heads of their own" in evidence:
        counts["own heads"] = int((evidence["heads of their own"] == True).sum())  # noqa: E712  (some are missing)
    told = [words.say(what, n=n) for what, n in counts.items() if n]
    return [*told, words.say("places withheld")] if hidden else told
