"""Families by hand, each of a kind on which linkage goes wrong; names and numbers are drawn at random."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

Row = dict[str, str | None]

FIRST = ("TESSALYN", "ORVANDO", "QUILLAINE", "BRANTLEE", "MERISANDE", "JOVANNIE", "ZELPHINE", "CORWYNN")
LAST = ("ABERQUIST", "VANTERPOOL", "OKONJERSKI", "DELLAROCHE", "THISTLEBAUM", "MCQUARRIE", "SANDOVARRO", "PELLEGRYN")


class Draw:
    """Names, numbers and dates of a family, drawn at random."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.first = list(self.random.permutation(FIRST))
        self.last = list(self.random.permutation(LAST))
        self.home = f"{self.random.integers(100, 9999)} MIRABELLE TER"
        self.n_cases = 0

    def ssn(self) -> str:
        """Nine digits."""
        return f"{self.random.integers(100_000_000, 665_000_000)}"

    def born(self, year: int) -> str:
        """A day of the year, not its first."""
        return f"{year}-{self.random.integers(2, 13):02d}-{self.random.integers(2, 29):02d}"

    def case(self) -> str:
        """The number of a case."""
        self.n_cases += 1
        return f"F{self.random.integers(10**6, 10**7)}{self.n_cases}"

    def row(self, who: str, source: str, case: str | None = None, role: str | None = None, **known: str | None) -> Row:
        """One record; ``who`` is the truth."""
        return {
            "who": who,
            "source": source,
            "case_id": case,
            "role": role,
            "street": self.home,
            "zip": "40999",
            **known,
        }


def person(draw: Draw, first: str, last: str, year: int, sex: str) -> Row:
    """What stays with somebody from file to file."""
    return {"first_name": first, "last_name": last, "birth_date": draw.born(year), "sex": sex, "ssn": draw.ssn()}


def twins(draw: Draw) -> list[Row]:
    """Two boys of one day with neighboring numbers; IV-D has no number for either."""
    mother = person(draw, draw.first[0], draw.last[0], 1990, "F")
    one = person(draw, draw.first[1], draw.last[0], 2017, "M")
    two = one | {"first_name": draw.first[3], "ssn": f"{int(str(one['ssn'])) + 1}"}
    iva, ivd = draw.case(), draw.case()
    rows = [draw.row("mother", "iva", iva, "HEAD", **mother), draw.row("mother", "ivd", ivd, "CP", **mother)]
    for who, twin in (("one", one), ("two", two)):
        rows.append(draw.row(who, "iva", iva, "CHILD", **twin))
        rows.append(draw.row(who, "ivd", ivd, "CH", **twin | {"ssn": None}))
    return rows


def father_and_son_of_one_name(draw: Draw) -> list[Row]:
    """Jr and Sr at one address; no file has the suffix, the employer's has no birth date."""
    father = person(draw, draw.first[2], draw.last[1], 1985, "M")
    son = person(draw, draw.first[2], draw.last[1], 2012, "M")
    mother = person(draw, draw.first[4], draw.last[1], 1987, "F")
    iva, ivd = draw.case(), draw.case()
    return [
        draw.row("mother", "iva", iva, "HEAD", **mother),
        draw.row("father", "iva", iva, "ADULT", **father),
        draw.row("son", "iva", iva, "CHILD", **son | {"ssn": None}),
        draw.row("mother", "ivd", ivd, "CP", **mother),
        draw.row("father", "ivd", ivd, "NP", **father | {"ssn": None}),
        draw.row("son", "ivd", ivd, "CH", **son),
        draw.row("father", "employment", **father | {"birth_date": None, "sex": None}),
    ]


def sisters_with_swapped_numbers(draw: Draw) -> list[Row]:
    """In IV-D each of two sisters has the other's number."""
    mother = person(draw, draw.first[0], draw.last[2], 1988, "F")
    one = person(draw, draw.first[4], draw.last[2], 2010, "F")
    two = person(draw, draw.first[6], draw.last[2], 2013, "F")
    iva, ivd = draw.case(), draw.case()
    return [
        draw.row("mother", "iva", iva, "HEAD", **mother),
        draw.row("one", "iva", iva, "CHILD", **one),
        draw.row("two", "iva", iva, "CHILD", **two),
        draw.row("mother", "ivd", ivd, "CP", **mother),
        draw.row("one", "ivd", ivd, "CH", **one | {"ssn": two["ssn"]}),
        draw.row("two", "ivd", ivd, "CH", **two | {"ssn": one["ssn"]}),
    ]


def child_with_mothers_number(draw: Draw) -> list[Row]:
    """IV-D wrote the mother's number for the child, too."""
    mother = person(draw, draw.first[0], draw.last[3], 1991, "F")
    child = person(draw, draw.first[4], draw.last[3], 2015, "F")
    iva, ivd = draw.case(), draw.case()
    return [
        draw.row("mother", "iva", iva, "HEAD", **mother),
        draw.row("child", "iva", iva, "CHILD", **child),
        draw.row("mother", "ivd", ivd, "CP", **mother),
        draw.row("child", "ivd", ivd, "CH", **child | {"ssn": mother["ssn"]}),
    ]


def grandmother_and_granddaughter(draw: Draw) -> list[Row]:
    """One name, two generations under one roof; IV-D does not know the grandmother's birth date."""
    old = person(draw, draw.first[4], draw.last[4], 1956, "F")
    young = person(draw, draw.first[4], draw.last[4], 2011, "F")
    iva, ivd = draw.case(), draw.case()
    return [
        draw.row("grandmother", "iva", iva, "CARETAKER", **old),
        draw.row("granddaughter", "iva", iva, "CHILD", **young),
        draw.row("grandmother", "ivd", ivd, "CP", **old | {"birth_date": None}),
        draw.row("granddaughter", "ivd", ivd, "CH", **young | {"ssn": None}),
    ]


def newborn_without_name(draw: Draw) -> list[Row]:
    """IV-A took the child in before it had a name or a number; the family is known to IV-D."""
    mother = person(draw, draw.first[0], draw.last[5], 1994, "F")
    brother = person(draw, draw.first[1], draw.last[5], 2018, "M")
    baby = person(draw, draw.first[6], draw.last[5], 2025, "F")
    iva, ivd = draw.case(), draw.case()
    return [
        draw.row("mother", "iva", iva, "HEAD", **mother),
        draw.row("brother", "iva", iva, "CHILD", **brother),
        draw.row("baby", "iva", iva, "CHILD", **baby | {"first_name": None, "ssn": None}),
        draw.row("mother", "ivd", ivd, "CP", **mother),
        draw.row("brother", "ivd", ivd, "CH", **brother),
        draw.row("baby", "ivd", ivd, "CH", **baby),
    ]


def remarriage(draw: Draw) -> list[Row]:
    """The mother has a new last name and a new address in IV-A; IV-D has the old ones, and no number."""
    mother = person(draw, draw.first[0], draw.last[6], 1989, "F")
    children = [
        person(draw, name, draw.last[6], year, "M") for name, year in ((draw.first[1], 2012), (draw.first[3], 2015))
    ]
    iva, ivd = draw.case(), draw.case()
    moved = {"last_name": draw.last[7], "street": "71 OLD QUARRY PATH", "zip": "40998"}
    rows = [
        draw.row("mother", "iva", iva, "HEAD", **mother | moved),
        draw.row("mother", "ivd", ivd, "CP", **mother | {"ssn": None}),
    ]
    for number, child in enumerate(children):
        rows.append(
            draw.row(f"child {number}", "iva", iva, "CHILD", **child | {"street": moved["street"], "zip": "40998"})
        )
        rows.append(draw.row(f"child {number}", "ivd", ivd, "CH", **child))
    return rows


def absent_father_with_sons_name(draw: Draw) -> list[Row]:
    """The father lives elsewhere and IV-D knows neither his number nor his birth date."""
    mother = person(draw, draw.first[0], draw.last[7], 1992, "F")
    son = person(draw, draw.first[5], draw.last[7], 2014, "M")
    father = person(draw, draw.first[5], draw.last[7], 1990, "M") | {"ssn": None, "birth_date": None}
    iva, ivd = draw.case(), draw.case()
    return [
        draw.row("mother", "iva", iva, "HEAD", **mother),
        draw.row("son", "iva", iva, "CHILD", **son),
        draw.row("mother", "ivd", ivd, "CP", **mother),
        draw.row("son", "ivd", ivd, "CH", **son | {"ssn": None}),
        draw.row("father", "ivd", ivd, "NP", **father | {"street": "9 FAR HOLLOW LN", "zip": "40111"}),
    ]


SITUATIONS: dict[str, Callable[[Draw], list[Row]]] = {
    make.__name__.replace("_", " "): make
    for make in (
        twins,
        father_and_son_of_one_name,
        sisters_with_swapped_numbers,
        child_with_mothers_number,
        grandmother_and_granddaughter,
        newborn_without_name,
        remarriage,
        absent_father_with_sons_name,
    )
}


def families(*, seed: int) -> pd.DataFrame:
    """The records of one family of each kind, with ``situation`` and ``who`` as the truth."""
    rows = []
    for number, (situation, make) in enumerate(SITUATIONS.items()):
        rows += [{"situation": situation, **row} for row in make(Draw(100 * seed + number))]
    table = pd.DataFrame(rows).convert_dtypes()
    return table.assign(record_id=[f"family {number}" for number in range(len(table))])
