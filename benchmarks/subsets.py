"""Accuracy on the people who are hardest to tell: precision, recall and F1 of named subsets of a county's records.

    python benchmarks/subsets.py --people 20000 --seeds 100 101 --profiles typical hard

Each county's extracts (assistance, support and job training; with ``--programs iva ivd jobs employment`` employers'
reports too, most of which hold a name and a number only) are read from its files and linked with default settings,
nothing told. A subset is a set of records, found in the truth: see ``SUBSETS``. It is scored by the pairs that *touch*
it, those with one record in it or both. Recall is the share found of the true pairs that touch it, precision the share
of right ones among the pairs made that touch it: so a mother pulled into her child's person counts against *mother's
SSN on child* though only the child's record is in the subset. Counts of all seeds are added up before they are divided.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
import pandas as pd

import caselink as cl
from caselink.settings import read_settings
from caselink.settings.files import read_sources
from caselink.synthetic import County, draw_county, write_county

Mask = npt.NDArray[np.bool_]
CASE_PROGRAMS = ("iva", "ivd", "jobs")
PROGRAMS = (*CASE_PROGRAMS, "employment")
ABSENT_PARENT = "NP"
COUNTS = ("records", "true", "found", "right")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of each record: one row a record in each table, in one order.

    ``records`` as normalized, ``person`` the true person's row of the truth, ``mother``, ``father`` and
    ``grandmothers`` (the mother's mother, the father's) those of the person's elders, ``slips`` the kinds of slips that
    stand in the record (a set), ``widths`` the characters that the program keeps of names.
    """

    records: pd.DataFrame
    person: pd.DataFrame
    mother: pd.DataFrame
    father: pd.DataFrame
    grandmothers: tuple[pd.DataFrame, pd.DataFrame]
    slips: pd.Series
    widths: pd.DataFrame

    @classmethod
    def of(cls, drawn: County, records: pd.DataFrame) -> Facts:
        """Line the tables of the truth up with the records."""
        keys = ["source", "record_id"]
        records = records.astype(dict.fromkeys(keys, str)).reset_index(drop=True)
        truth = drawn.truth[[*keys, "entity_id"]].astype(str)
        entity = records[keys].merge(truth, on=keys, how="left", validate="1:1")["entity_id"]
        people = drawn.tables["persons"].astype(object).set_index("entity_id")
        people = people.where(people.notna(), None)
        person = _rows(people, entity)
        mother, father = (_rows(people, person[parent]) for parent in ("mother_id", "father_id"))
        errors = drawn.tables["errors"].astype(object)
        errors = errors[errors["last_month"].isna()]
        slips = errors.groupby([errors[key].astype(str) for key in keys])["kind"].agg(frozenset)
        of_record = slips.reindex(pd.MultiIndex.from_frame(records[keys])).reset_index(drop=True)
        rates = drawn.plan.profile.all_rates()
        widths = {
            column: records["source"].map({name: getattr(rate.widths, column) for name, rate in rates.items()})
            for column in ("first_name", "last_name")
        }
        return cls(
            records=records,
            person=person.assign(entity_id=entity.to_numpy()),
            mother=mother,
            father=father,
            grandmothers=(_rows(people, mother["mother_id"]), _rows(people, father["mother_id"])),
            slips=of_record.map(lambda kinds: kinds if isinstance(kinds, frozenset) else frozenset()),
            widths=pd.DataFrame(widths),
        )

    def trait(self, name: str) -> Mask:
        """Records of people with a trait."""
        return self.person["traits"].map(lambda traits: name in (traits or "").split()).to_numpy(bool)

    def slip(self, kind: str) -> Mask:
        """Records with a slip of a kind that nobody corrected."""
        return self.slips.map(lambda kinds: kind in kinds).to_numpy(bool)

    def holds(self, number: pd.Series) -> Mask:
        """Records that hold, as their SSN, this number of somebody else."""
        keyed, own = self.records["ssn"].astype(object), self.person["ssn"]
        return (keyed.notna() & (keyed == number) & (keyed != own)).to_numpy(bool)


def _rows(people: pd.DataFrame, entity: pd.Series) -> pd.DataFrame:
    """The rows of people, in the order asked for; of nobody, a row of nothing."""
    found = people.reindex(entity.to_numpy()).reset_index(drop=True)
    return found.astype(object).where(found.notna(), None)


def _one_name(one: pd.DataFrame, other: pd.DataFrame) -> Mask:
    """Where two people have one first and one last name."""
    same = [one[name].notna() & (one[name] == other[name]) for name in ("first_name", "last_name")]
    return (same[0] & same[1]).to_numpy(bool)


def _junior(facts: Facts) -> Mask:
    """Both sides of a parent and child of one name, told apart by a suffix or not."""
    return facts.trait("generation")


def _son_of_his_name(facts: Facts) -> Mask:
    """Support records as absent parent of men who have a child of their own name, and all records of that child."""
    child = _one_name(facts.person, facts.father)
    fathers = set(facts.person.loc[child, "father_id"])
    absent = (facts.records["source"] == "ivd") & (facts.records["role"] == ABSENT_PARENT)
    there = set(facts.person.loc[absent.to_numpy(bool), "entity_id"]) & fathers
    father = facts.person["entity_id"].isin(there) & absent.to_numpy(bool)
    return father.to_numpy(bool) | (child & facts.person["father_id"].isin(there).to_numpy(bool))


def _named_for_grandmother(facts: Facts) -> Mask:
    """Records of granddaughter and grandmother where both have one first name."""
    found = np.zeros(len(facts.person), bool)
    for grandmother, parent in zip(facts.grandmothers, (facts.mother, facts.father), strict=True):
        named = grandmother["first_name"].notna() & (grandmother["first_name"] == facts.person["first_name"])
        same = named.to_numpy(bool)
        found |= same | facts.person["entity_id"].isin(set(parent.loc[same, "mother_id"])).to_numpy(bool)
    return found


def _siblings_ssn(facts: Facts) -> Mask:
    """A number of a brother or sister (by the mother), swapped between twins or written once."""
    numbers = facts.person.drop_duplicates("entity_id")[["mother_id", "ssn"]].dropna()
    of_mother = numbers.groupby("mother_id")["ssn"].agg(frozenset)
    siblings = facts.person["mother_id"].map(of_mother)
    pairs = zip(facts.records["ssn"].astype(object), facts.person["ssn"], siblings, strict=True)
    return np.array(
        [isinstance(held, frozenset) and not pd.isna(ssn) and ssn != own and ssn in held for ssn, own, held in pairs]
    )


def _newborn(facts: Facts) -> Mask:
    """Records of a newborn that hold no first name or no number."""
    lacks = facts.records["first_name"].isna() | facts.records["ssn"].isna()
    return facts.trait("newborn") & lacks.to_numpy(bool)


def _cut(facts: Facts) -> Mask:
    """Records of people whose first or last name is longer than the field of the program."""
    longer = [
        facts.person[column].map(lambda name: len(name or "")).to_numpy() > facts.widths[column].to_numpy()
        for column in ("first_name", "last_name")
    ]
    return np.asarray(longer[0] | longer[1])


SUBSETS: dict[str, Callable[[Facts], Mask]] = {
    "all": lambda facts: np.ones(len(facts.records), bool),
    "double surname": lambda facts: facts.trait("double-surname"),
    "nickname": lambda facts: facts.slip("nickname"),
    "names swapped": lambda facts: facts.slip("names_swapped"),
    "changed name": lambda facts: facts.trait("changed-name"),
    "former name written": lambda facts: facts.slip("former_last_name"),
    "twin": lambda facts: facts.trait("twin"),
    "Jr and Sr": _junior,
    "mother's SSN on child": lambda facts: facts.holds(facts.mother["ssn"]),
    "a sibling's SSN": _siblings_ssn,
    "a relative's SSN": lambda facts: facts.slip("relatives_ssn"),
    "named for grandmother": _named_for_grandmother,
    "newborn": _newborn,
    "absent father and son": _son_of_his_name,
    "truncated name": _cut,
}
"""Each subset by its name; *all* is every record."""
BARRED = (
    *("double surname", "nickname", "names swapped", "changed name", "former name written"),
    *("twin", "Jr and Sr", "mother's SSN on child"),
)
"""The subsets whose F1 is to be 0.95 or more."""


def touching(entity: pd.Series, person: pd.Series, inside: Mask) -> npt.NDArray[np.int64]:
    """Records inside, and true, found and right pairs with at least one record inside.

    All pairs less those among the records outside, so none is listed.

    >>> touching(pd.Series(list("aab")), pd.Series(list("xyx")), np.array([True, False, False])).tolist()
    [1, 1, 1, 0]
    """
    table = pd.DataFrame({"entity": entity.to_numpy(), "person": person.to_numpy()})
    clusters = (["entity"], ["person"], ["entity", "person"])
    pairs = [_pairs(table, by) - _pairs(table[~inside], by) for by in clusters]
    return np.array([int(inside.sum()), *pairs], np.int64)


def _pairs(table: pd.DataFrame, by: list[str]) -> int:
    size = table.groupby(by, sort=False).size().to_numpy(np.int64)
    return int((size * (size - 1) // 2).sum())


def read_county(n_people: int, seed: int, profile: str, programs: list[str]) -> tuple[County, pd.DataFrame]:
    """A county, and its records as a user reads them from the files."""
    drawn = draw_county(n_people, seed=seed, profile=profile)
    with TemporaryDirectory() as folder:
        written = write_county(drawn, Path(folder) / "county")
        settings = read_settings(written / "sources.toml")
        records = cl.normalize(*read_sources(settings))
    return drawn, records[records["source"].isin(programs)].reset_index(drop=True)


def subset_counts(drawn: County, records: pd.DataFrame) -> pd.DataFrame:
    """Link the records; one row a subset with its counts."""
    facts = Facts.of(drawn, records)
    person = cl.Linker().fit_resolve(records).persons["person_id"].astype(str)
    entity = facts.person["entity_id"]
    rows = {name: touching(entity, person, chosen(facts)) for name, chosen in SUBSETS.items()}
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(COUNTS))


def rates(counts: pd.DataFrame) -> pd.DataFrame:
    """Precision, recall and F1 beside the counts, and whether F1 is where it should be."""
    scores = counts.assign(
        precision=counts["right"] / counts["found"].where(counts["found"] > 0),
        recall=counts["right"] / counts["true"].where(counts["true"] > 0),
        F1=2 * counts["right"] / (counts["true"] + counts["found"]).where(counts["true"] + counts["found"] > 0),
    )
    reached = np.where(scores["F1"] >= 0.95, "yes", "no")
    return scores.assign(bar=np.where(scores.index.isin(BARRED), reached, "")).drop(columns="right")


def main(argv: list[str] | None = None) -> pd.DataFrame:
    """Parse the command line, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[100])
    parser.add_argument("--profiles", nargs="+", default=["typical"], help="mild, typical, hard or a TOML file")
    parser.add_argument("--programs", nargs="+", default=list(CASE_PROGRAMS), choices=PROGRAMS)
    options = parser.parse_args(argv)
    tables = {}
    for profile in options.profiles:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", cl.CaselinkWarning)
            counts = [
                subset_counts(*read_county(options.people, seed, profile, options.programs)) for seed in options.seeds
            ]
        tables[profile] = rates(sum(counts[1:], counts[0]))
    table: pd.DataFrame = pd.concat(tables, names=["profile", "subset"])
    print(table.to_string(float_format="{:.4f}".format, na_rep=""))
    return table


if __name__ == "__main__":
    main()
