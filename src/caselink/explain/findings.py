"""Why a finding is there: what was found, on which identity it rests, what else may explain it, and what to verify."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from caselink.explain.finding_words import translated
from caselink.explain.pages import show_explanation
from caselink.explain.pairs import Explanation
from caselink.explain.phrases import Phrases
from caselink.explain.sentences import percent, phrases, why_one_person
from caselink.purposes import NARROWEST

if TYPE_CHECKING:
    import altair as alt

FINDING_COLUMNS = ("part", "what", "says", "number")
_BETWEEN = "; "


@dataclass(frozen=True, slots=True)
class FindingExplanation:
    """What a finding says, rests on and leaves open; a lead to check, and no verdict.

    ``table``: one row a thing that is said: ``part`` (*found*, *evidence*, *identity*, *tested*, *not tested*,
    *verify*, *standing*), ``what``, ``says``, and ``number`` where it is one. ``people``: whom it concerns, by keys.
    ``pairs``: for each of its people who is in several records, as what the person is concerned, and why the two
    records on which the lead rests are one person. ``months``: the months of the finding and of its people in their
    cases, for the chart. ``purpose``: for whom it is masked.
    """

    finding_id: str
    rule: str
    title: str
    status: str
    identity_probability: float
    table: pd.DataFrame = field(repr=False)
    people: pd.DataFrame = field(repr=False)
    pairs: tuple[tuple[str, Explanation], ...] = field(repr=False)
    months: pd.DataFrame = field(repr=False)
    purpose: str = NARROWEST

    def sentences(self, language: str = "en") -> list[str]:
        """The same in a few plain sentences, in English (``en``) or Spanish (``es``).

        A rule that has no texts in the language is told in its own words, and that is said.
        """
        return finding_sentences(self, language)

    def chart(self) -> alt.LayerChart:
        """The months of the finding and of its people in their cases; of undated ones the weights of the identity."""
        from caselink.explain.drawings import finding_chart

        return finding_chart(self)

    def __str__(self) -> str:
        return "\n".join([*self.sentences(), self.table.drop(columns="number").to_string(index=False)])

    def _repr_html_(self) -> str:
        tables = {"What is known": self.table, "Whom it concerns, by keys": self.people}
        named = enumerate(self.pairs, 1)
        tables |= {f"Identity {place}, {part}: what each fact adds, in bits": one.table for place, (part, one) in named}
        return show_explanation(f"A lead to check: {self.title}", self.sentences(), tables, self.purpose)


def describe_finding(
    finding: tuple[pd.Series[Any], pd.DataFrame, pd.DataFrame],
    pairs: Sequence[tuple[str, Explanation]] = (),
    months: pd.DataFrame | None = None,
    *,
    cases: int | None = None,
    purpose: str = NARROWEST,
) -> FindingExplanation:
    """Put together what :meth:`Findings.of` gives, already masked; ``cases`` counts those that it concerns."""
    row, people, evidence = finding
    known = people[["source", "case_id"]].dropna().drop_duplicates()
    counts = (people["person_id"].nunique(), len(known) if cases is None else cases)
    return FindingExplanation(
        finding_id=str(row["finding_id"]),
        rule=str(row["rule"]),
        title=str(row["title"]),
        status=str(row["status"]),
        identity_probability=float(row["identity_probability"] or np.nan),
        table=_table(row, evidence, counts, rests=bool(pairs) or _several_records(people)),
        people=people.reset_index(drop=True),
        pairs=tuple(pairs),
        months=pd.DataFrame() if months is None else months,
        purpose=purpose,
    )


def _several_records(people: pd.DataFrame) -> bool:
    """Whether one person stands in several records, so that the finding rests on their being one."""
    records = people[["person_id", "source", "record_id"]].dropna().drop_duplicates()
    return bool(records.duplicated("person_id").any())


def _table(row: pd.Series[Any], evidence: pd.DataFrame, counts: tuple[int, int], *, rests: bool) -> pd.DataFrame:
    rows: list[tuple[str, str, object, float]] = [("found", "title", row["title"], np.nan)]
    names = ("strength", "first_month", "last_month", "data_until")
    rows += [("found", name.replace("_", " "), row[name], np.nan) for name in names]
    rows += [("found", name, "", float(n)) for name, n in zip(("people", "cases"), counts, strict=True)]
    said = evidence[["field", "says"]].drop_duplicates().sort_values(["field", "says"])
    rows += [("evidence", field, says, np.nan) for field, says in said.itertuples(index=False)]
    if rests:
        rows.append(("identity", "probability of one person", "", float(row["identity_probability"] or np.nan)))
    for part, column in (("tested", "tested"), ("not tested", "untested")):
        rows += [(part, "plain reason", text, np.nan) for text in str(row[column] or "").split(_BETWEEN) if text]
    rows += [("verify", "what", row["verify"], np.nan), ("verify", "who", row["who"], np.nan)]
    rows += [("standing", name, row[name], np.nan) for name in ("status", "disposition")]
    table = pd.DataFrame(rows, columns=list(FINDING_COLUMNS))
    return table.assign(says=table["says"].where(table["says"].notna(), "").astype(str))


@dataclass(frozen=True, slots=True)
class _Told:
    """The table by part, and its texts in one language; those that it lacks are noted in ``own``."""

    table: pd.DataFrame
    words: Phrases
    language: str
    own: list[str]

    def texts(self, part: str, what: str | None = None) -> list[str]:
        """What is said of a part, in the language."""
        rows = self.table[(self.table["part"] == part).to_numpy()]
        chosen = rows if what is None else rows[(rows["what"] == what).to_numpy()]
        return [self.text(says) for says in chosen["says"].tolist() if says]

    def raw(self, what: str) -> str:
        """What stands in the row of that name, as it stands."""
        return "".join(self.table.loc[(self.table["what"] == what).to_numpy(), "says"].tolist()[:1])

    def number(self, what: str) -> float:
        """The number of that name; none where the table has no such row."""
        held = self.table.loc[(self.table["what"] == what).to_numpy(), "number"].tolist()
        return float(held[0]) if held else float("nan")

    def text(self, text: str) -> str:
        """A text of the rule in the language, or in its own words."""
        found = translated(text, self.language)
        if found is None:
            self.own.append(text)
        return (text if found is None else found).rstrip(".")


def finding_sentences(explanation: FindingExplanation, language: str = "en") -> list[str]:
    """What was found, on what it rests, what may explain it, what to verify, and what would change it."""
    words = phrases(language)
    told = _Told(explanation.table, words, language, [])
    sentences = [
        *_found(told),
        *_evidence(told),
        *_identity(told, explanation.pairs),
        *_reasons(told),
        *_to_do(told),
    ]
    return [*sentences, words.say("own words")] if told.own else sentences


def _found(told: _Told) -> list[str]:
    words, (people, cases) = told.words, (int(told.number(what)) for what in ("people", "cases"))
    about = {"people": words.count("people", people)}
    said = [words.say("finding", title=told.text(told.raw("title")))]
    if cases:
        said.append(words.say("about cases", **about, cases=words.count("cases", cases)))
    else:
        said.append(words.say("about", **about))
    first, last, until = (told.raw(what) for what in ("first month", "last month", "data until"))
    if first and last and first != last:
        said.append(words.say("in months", first=words.month(first), last=words.month(last)))
    elif first or last:
        said.append(words.say("in month", month=words.month(first or last)))
    said += [words.say("data until", month=words.month(until))] if until else []
    strength = f"strength {told.raw('strength')}"
    return [*said, words.say(strength)] if strength in words.sentences else said


def _evidence(told: _Told) -> list[str]:
    rows = told.table[(told.table["part"] == "evidence").to_numpy()]
    each = [(told.text(field), told.text(says)) for field, says in zip(rows["what"], rows["says"], strict=True)]
    return [told.words.say("data say", field=field[:1].upper() + field[1:], says=says) for field, says in each]


def _identity(told: _Told, pairs: Sequence[tuple[str, Explanation]]) -> list[str]:
    words, probability = told.words, told.number("probability of one person")
    if np.isnan(probability):
        return [words.say("rests on nothing"), words.say("mended")]
    chance = percent(probability, words)
    said = [words.say("rests on", chance=chance if chance[0].isalpha() else words.say("at least", chance=chance))]
    for part, pair in pairs:
        said += [words.say("pair", part=told.text(part)), *why_one_person(pair, words)]
    return [*said, words.say("falls")]


def _reasons(told: _Told) -> list[str]:
    words, untested = told.words, told.texts("not tested")
    said = [words.say("tested", reason=reason) for reason in told.texts("tested")]
    said += [words.say("untested", reason=reason) for reason in untested]
    return said if untested else [*said, words.say("no untested")]


def _to_do(told: _Told) -> list[str]:
    words, decided = told.words, told.raw("disposition")
    said = [words.say("check first", verify=verify) for verify in told.texts("verify", "what")]
    said += [words.say("check who", who=who) for who in told.texts("verify", "who")]
    said += [words.say("not verified"), words.say("dismissed")]
    return [*said, words.say(decided)] if decided in words.sentences else said
