"""What every rule promises, asked of ours and of rules that break a promise."""

from __future__ import annotations

import doctest
import sys
from dataclasses import dataclass, replace
from types import ModuleType
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caselink.errors import PluginError, SpecError
from caselink.findings import RULES, About, Facts, Leads, Part, Reason, make_leads, rule_of
from caselink.findings.facts import TABLES
from caselink.leads import testing
from caselink.leads.testing import canonical, check_finding, example_facts, shuffled, with_strangers

HARSH = ("fraud", "cheat", "suspect", "abuse", "guilt", "lie ")
PROTECTED_TRAITS = ("race", "ethnic", "citizen", "language", "origin", "disab", "hispanic")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.about.id)
def test_rules_keep_the_promises(rule):
    """Order, strangers, emptiness, pickling, and no value told."""
    check_finding(rule)


@given(seed=st.integers(0, 10_000), order=st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
@pytest.mark.parametrize("rule_id", ["D04", "D07", "C04", "C05", "R01", "R04", "E01", "Q08"])
def test_neither_order_nor_strangers_matter(rule_id, seed, order):
    """For any facts and any order of rows."""
    facts, rule = example_facts(seed, 30), rule_of(rule_id)
    told = canonical(rule.find(facts))
    assert canonical(rule.find(shuffled(facts, order))) == told
    assert canonical(rule.find(with_strangers(facts))) == told


def test_rules_are_listed_once():
    """Ids are unique, and each is found by its id."""
    ids = [rule.about.id for rule in RULES]
    assert len(set(ids)) == len(ids)
    assert all(rule_of(one).about.id == one for one in ids)
    with pytest.raises(SpecError, match="no rule"):
        rule_of("Z99")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.about.id)
def test_rules_accuse_nobody(rule):
    """Each says what to verify, and neither its words nor what it needs touch a protected trait."""
    about = rule.about
    words = " ".join((about.title, about.verify, *about.tested, *about.untested)).lower()
    assert about.verify
    assert about.who
    assert not [word for word in HARSH if word in words.replace("identity theft", "")]
    assert not [trait for trait in PROTECTED_TRAITS if any(trait in need for need in about.needs)]


def test_facts_know_no_protected_trait():
    """No table that rules read has a column of race, ethnicity, citizenship or language."""
    columns = {column for table in TABLES.values() for column in table}
    assert not [column for column in columns if any(trait in column for trait in PROTECTED_TRAITS)]


def test_accusing_titles_are_refused():
    """A finding says what to check."""
    with pytest.raises(SpecError, match="accuses nobody"):
        About(id="X1", title="Fraud by a payee", strength="B", needs=())
    with pytest.raises(SpecError, match="strength"):
        About(id="X1", title="a lead", strength="Z", needs=())


@dataclass(frozen=True)
class FirstRow:
    """Finds whoever stands first in the table: another one when rows are in another order."""

    about: ClassVar[About] = About(id="X1", title="first row", strength="C", needs=(), verify="nothing")

    def find(self, facts: Facts) -> Leads:
        first = facts.stays.iloc[:1]
        return make_leads(first["first"], first["last"], [Part("one", first["person"])], [Reason("row", "first")])


@dataclass(frozen=True)
class Counts:
    """Finds everybody when there are many, so strangers matter."""

    about: ClassVar[About] = About(id="X2", title="many people", strength="C", needs=(), verify="nothing")

    def find(self, facts: Facts) -> Leads:
        months = np.array([facts.now] if len(facts.records) else [])
        return make_leads(months, months, [Part("one", [len(facts.records) - 1][: len(months)])], [Reason("n", "many")])


@dataclass(frozen=True)
class Mute:
    """Gives no reason."""

    about: ClassVar[About] = About(id="X3", title="no reason", strength="C", needs=(), verify="nothing")

    def find(self, facts: Facts) -> Leads:
        person = np.unique(facts.stays["person"])[:1]
        return make_leads([facts.now] * len(person), [facts.now] * len(person), [Part("one", person)])


@dataclass(frozen=True)
class Greedy:
    """Writes into the facts."""

    about: ClassVar[About] = About(id="X4", title="writes", strength="C", needs=(), verify="nothing")

    def find(self, facts: Facts) -> Leads:
        facts.stays["mark"] = 1
        return make_leads([], [], [])


@dataclass(frozen=True)
class Says:
    """Says something of everybody in a case: a value, or worse."""

    field: str = "birth date"
    text: str = "is so"
    verify: str = "the case record"

    @property
    def about(self) -> About:
        return About(id="X5", title="says too much", strength="C", needs=(), verify=self.verify)

    def find(self, facts: Facts) -> Leads:
        people = np.unique(facts.stays["person"])
        people = people[people < 60]
        months = np.full(len(people), facts.now)
        return make_leads(months, months, [Part("one", people)], [Reason(self.field, self.text)])


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        pytest.param(Says(text="is 1985-03-05"), "never what it holds", id="a date"),
        pytest.param(Says(text="is 412345678"), "never what it holds", id="a number"),
        pytest.param(Says(field="SSN ending in 5678"), "never what it holds", id="a number in the field"),
        pytest.param(Says(text="he is a suspected fraudster"), "accuses somebody", id="accuses"),
        pytest.param(Says(text="fraud"), "what to check", id="one word"),
        pytest.param(Says(verify=""), "give verify", id="nothing to verify"),
        pytest.param(FirstRow(), "sort before", id="order of rows"),
    ],
)
def test_a_bad_rule_is_told_what_to_do(rule, told):
    """The message does not only name the promise that is broken."""
    with pytest.raises(PluginError, match=told):
        check_finding(rule)


def test_the_example_of_a_rule_of_ones_own_passes(monkeypatch):
    """What the documentation shows, put into a module, keeps all promises."""
    module = ModuleType("my_rules")
    monkeypatch.setitem(sys.modules, "my_rules", module)
    module.__dict__.update(vars(testing) | {"__name__": "my_rules"})
    shown = doctest.DocTestParser().get_examples(testing.check_finding.__doc__)
    assert any(one.source.startswith("check_finding(NoChild())") for one in shown)
    for one in shown:
        exec(one.source, module.__dict__)  # noqa: S102  (our own example)


def test_a_rule_that_cannot_be_pickled_is_told_so():
    """A class inside a function is in no module."""

    @dataclass(frozen=True)
    class Inner(Says):
        pass

    with pytest.raises(PluginError, match="define its class in a module"):
        check_finding(Inner())


def test_a_rule_that_says_what_it_may_passes():
    """Settings of a rule, such as 60 months, are no values of a person."""
    check_finding(Says(text="less than 60 months, and not in two of 12"))


@pytest.mark.parametrize(
    ("rule", "broken"),
    [
        pytest.param(FirstRow(), "another order", id="order"),
        pytest.param(Counts(), "there", id="strangers"),
        pytest.param(Mute(), "without a reason", id="no reason"),
        pytest.param(Greedy(), "changes the facts", id="writes"),
        pytest.param(object(), "about and find", id="no rule at all"),
    ],
)
def test_broken_promises_are_named(rule, broken):
    """What is wrong with a rule is said."""
    with pytest.raises(PluginError, match=broken):
        check_finding(rule)


def test_given_facts_are_used():
    """A rule that needs other facts than the drawn ones gets its own."""
    facts = replace(example_facts(), evidence=frozenset())
    check_finding(rule_of("D04"), facts)
