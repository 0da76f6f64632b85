"""Purposes: what a reader is entitled to see, fixed by what the output is for.

An output names its purpose, and the purpose says which fields, whose case numbers and which bound sources it may show.
The default is the narrowest. A purpose never frees what is protected: see :mod:`caselink.confidentiality.protection`.
"""

from __future__ import annotations

from dataclasses import dataclass

from caselink.errors import SpecError

NAMES = frozenset({"first_name", "middle_name", "last_name", "suffix"})
BIRTH = frozenset({"birth_date", "birth_year", "sex"})
AREA = frozenset({"state", "county", "zip"})
REACH = frozenset({"street", "unit", "city", "phone", "email", "resides"})
EVERYTHING = NAMES | BIRTH | AREA | REACH | {"ssn"}
PROGRAMS = ("iv-a", "iv-d", "jobs", "earnings")
TAINTS = ("federal tax", "new hire")


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """What an output may show.

    ``programs``: those that the reader works for. Their case numbers are shown, and values only of people whom they
    know; none stands for no program: then people of all programs are counted, and no case number is shown. ``fields``:
    the columns shown at all, masked unless ``may_unmask`` and the caller asks. ``taints``: which bound data it may see.
    ``sees_protection``: whether its readers may know that somebody is protected, as those assigned to such cases may;
    none of ours.
    ``rule``: where this comes from.
    """

    name: str
    programs: tuple[str, ...] = ()
    fields: frozenset[str] = frozenset()
    taints: frozenset[str] = frozenset()
    may_unmask: bool = False
    sees_protection: bool = False
    rule: str = ""

    def __post_init__(self) -> None:
        strange = sorted(set(self.programs) - set(PROGRAMS)) + sorted(set(self.taints) - set(TAINTS))
        if strange:
            raise SpecError(f"a purpose's programs are among {PROGRAMS} and its taints among {TAINTS}; not {strange}")
        if set(self.fields) - EVERYTHING:
            raise SpecError(f"a purpose may show {sorted(EVERYTHING)}, not {sorted(set(self.fields) - EVERYTHING)}")


PURPOSES = {
    purpose.name: purpose
    for purpose in (
        Purpose(
            name="statistics",
            fields=BIRTH | AREA,
            rule="45 CFR 307.13: access only to the extent needed; counting needs no name, number or address",
        ),
        Purpose(
            name="iv-a eligibility",
            programs=("iv-a",),
            fields=EVERYTHING,
            taints=frozenset({"new hire"}),
            may_unmask=True,
            rule="45 CFR 307.13: exchange with IV-A as needed; 42 USC 653(j)(3): IV-A may match adults with new hires, "
            "as leads; 26 USC 6103: no federal tax information",
        ),
        Purpose(
            name="iv-d",
            programs=("iv-d",),
            fields=EVERYTHING,
            taints=frozenset({"new hire"}),
            may_unmask=True,
            rule="45 CFR 303.21: the program and those it delegates to; federal tax information is kept apart and not "
            "written here at all",
        ),
        Purpose(
            name="program integrity",
            programs=("iv-a",),
            fields=NAMES | BIRTH | AREA | {"ssn"},
            taints=frozenset({"new hire"}),
            rule="7 CFR 272.16(c), 5 USC 552a(p): leads to be verified independently, so masked identity is enough and "
            "how to reach somebody is looked up in the program's own system",
        ),
    )
}
"""The purposes that come with the library, the narrowest first.

None sees federal tax information: it must be kept apart, and what its rules allow in detail is not verified here. An
agency whose agreements say otherwise makes a purpose of its own.
"""

NARROWEST = "statistics"
UNTOLD = (
    "no source says of anybody that they are not protected, so whatever tells where people live, or with whom, is "
    "withheld: map the column protected, or write nobody_protected = true in a [[source]] if its owner says so"
)
"""What a run says where nobody is known to be free."""


def find_purpose(purpose: str | Purpose) -> Purpose:
    """The purpose of that name; one that is made already is given back."""
    if isinstance(purpose, Purpose):
        return purpose
    if not isinstance(purpose, str) or purpose not in PURPOSES:
        raise SpecError(f"purpose is one of {', '.join(map(repr, PURPOSES))}, or a Purpose of your own")
    return PURPOSES[purpose]
