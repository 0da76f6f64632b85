"""Which findings a synthetic county has, what makes each one true, what only looks like it, and what it cannot have.

The ids are those of the catalogue of findings: Q identifiers, D duplicates, C roles and households, R between IV-A and
IV-D, E earnings. All of a district's truth is by these definitions, and by the month. A *hand-over* is a single month
in two cases, the last of one stay and the first of the other; it is never a finding.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Definition:
    """What is true of a real lead; how it comes about; and the innocent look-alikes, with what tells them apart.

    ``planted``: what is done to the programs so that it is true (empty: it is left to slips, lags and lives).
    ``made``: look-alikes that are made on purpose; the others are in every population.
    """

    title: str
    truth: str
    planted: str = ""
    look_alikes: Mapping[str, str] | None = None
    made: tuple[str, ...] = ()


DEFINITIONS: Mapping[str, Definition] = {
    "Q01": Definition(
        "invalid SSN",
        "a number is keyed that fails the structure test or is a filler",
        look_alikes={"newborn without a number": "none is keyed, and none has been given out yet"},
    ),
    "Q02": Definition(
        "SSN held by several people",
        "one usable number as keyed of people whose first names and birth dates both differ",
        look_alikes={
            "twins on one number": "all have one birth date",
            "namesakes on one number": "all have one first name",
        },
    ),
    "Q03": Definition(
        "person with several SSNs", "two usable numbers as keyed of one person, further than a slip apart"
    ),
    "Q04": Definition(
        "probable SSN typing error",
        "two usable numbers as keyed of one person, one digit or one swap of neighbors apart",
        look_alikes={"twins": "two people whose numbers are neighbors"},
    ),
    "Q05": Definition(
        "SSN unusual for age", "an area not in use before June 2011 on a record with a birth year up to 2005"
    ),
    "Q07": Definition(
        "implausible birth date",
        "as keyed: January 1, 1900, to come, over 120 years ago, an adult under 12, or an IV-A child of 19 or more",
        look_alikes={"teen parent": "an adult's record of 12 to 17 years"},
    ),
    "Q08": Definition(
        "conflicting birth dates",
        "two whole dates as keyed of one person, fillers apart, more than 366 days from one another",
        look_alikes={"within a year": "swapped month and day, January 1, a wrong day"},
    ),
    "D01": Definition(
        "exact duplicate record",
        "two records of a person in one case and month with the same values on file",
        planted="a line again for one to three months, under another number",
    ),
    "D02": Definition(
        "partial duplicate",
        "as D01, but keyed anew",
        planted="a line keyed again for one to three months, under another number",
    ),
    "D04": Definition(
        "person in two IV-A cases",
        "eligible in two cases in a month that is no hand-over; not a child with two payees (D05)",
        planted="an adult of one unit is put into that of another family as well",
        look_alikes={
            "case renumbered": "both numbers hold the unit in the month of change alone",
            "moved in mid-month": "in both cases in the month of the move alone",
        },
        made=("case renumbered", "moved in mid-month"),
    ),
    "D05": Definition(
        "child claimed on two IV-A cases",
        "eligible as a child in two cases of different payees in a month that is no hand-over",
        planted="a parent or grandparent who lives elsewhere gets a unit with the child, too",
        look_alikes={"joint custody": "the other parent's unit lists the child as not in the unit"},
        made=("joint custody",),
    ),
    "D06": Definition(
        "same IV-D case twice",
        "custodian, absent parent and a child the same in two cases that are open at once",
        planted="the case is keyed again under another number",
        look_alikes={"case opened again": "the first was closed before the second was opened"},
        made=("case opened again",),
    ),
    "D07": Definition(
        "child active under two custodians",
        "active as a child in two cases of different custodians in a month that is no hand-over",
        planted="a relative opens a case for the child; that of the custodian before stays open",
        look_alikes={
            "custody handed over": "in both in the month of change alone",
            "one custodian, two absent parents": "a relative with a case against each parent",
        },
    ),
    "D08": Definition(
        "two established fathers",
        "one child in cases against two men, paternity settled in both",
        planted="a case with paternity settled against a second man",
        look_alikes={"several putative fathers": "two men or more in one case, paternity not settled"},
        made=("several putative fathers",),
    ),
    "D09": Definition(
        "same household applied twice",
        "two people or more eligible in two cases of different heads of one home, in a month that is no hand-over",
        planted="another adult of the home gets a unit with the same children; D05 is true of these as well",
        look_alikes={"case transferred": "all change over to the other parent at home within the month"},
        made=("case transferred",),
    ),
    "D10": Definition(
        "duplicate person record",
        "one person under two numbers of IV-A; not both in one case and month (D01, D02)",
        planted="from some month on a person goes on under another number, keyed anew",
        look_alikes={
            "twins": "two people",
            "parent and child of one name": "two people, a generation apart",
            "namesakes of one age": "two people of one first and last name, born within a year",
        },
    ),
    "C01": Definition(
        "family without any eligible member",
        "a case has members in a month, and none of them is eligible",
        planted="all members of a unit are coded as not in the unit",
        look_alikes={"child-only case": "no adult is eligible, a child is"},
    ),
    "C03": Definition(
        "parent and absent parent in one",
        "one person both absent parent and custodian or child in one IV-D case and month",
        planted="the absent parent becomes custodian of the case as well",
        look_alikes={"parent and child of one name": "two people of one first and last name"},
    ),
    "C04": Definition(
        "absent parent in the child's IV-A home",
        "an adult listed in the child's unit while absent parent of the child's IV-D case",
        planted="the absent parent is put into the child's unit",
        look_alikes={"address from before the parting": "IV-D's address is the custodian's; he lives elsewhere"},
    ),
    "C05": Definition(
        "implausible age gap",
        "parent and child of one case less than 12 or more than 60 years apart by the dates as keyed",
        look_alikes={"no parent of the child": "an adult of the unit who is no parent of that child"},
    ),
    "C06": Definition(
        "adult still carried as a child",
        "eligible as a child in a month after that of the 19th birthday",
        planted="a grown-up brother or sister at home is put into the unit as a child",
        look_alikes={"18 and in school": "18 years old, or 19 in that month"},
    ),
    "C07": Definition(
        "relationship conflict",
        "own child of one adult in charge to one program, and not to the other",
        planted="IV-A has a custodian's own child as a grandchild",
        look_alikes={"other adult in charge": "payee and custodian are two people"},
    ),
    "C09": Definition(
        "absence reason contradicts data",
        "said to be dead, though alive and reported by an employer; or in jail, though never there",
        planted="the absent parent is said to be dead",
        look_alikes={"reason out of date": "was in jail and is out again"},
    ),
    "C10": Definition(
        "closure reason contradicts data",
        "IV-A closed the case for a job, and held no adult in it to have one in the last month with an adult before",
        planted="a case of people without a job on file is said to be closed for one",
    ),
    "C11": Definition(
        "dead person on a case",
        "in a case in a month after that of death; the register of deaths has most of them, some months late",
        planted="a member who died stays eligible for some months",
        look_alikes={"died in the month": "in the case in the month of death, not after"},
    ),
    "C12": Definition(
        "incarcerated person counted in the home",
        "eligible in a month, in jail at its end and at that of the month before; the register of confinements tells",
        planted="a member in jail stays eligible for some months",
        look_alikes={"jailed in the month": "was at home when the month began"},
    ),
    "R01": Definition(
        "missed referral",
        "an eligible child under 19 at home with the payee, a living parent elsewhere for more than two months, and "
        "for the two neither a referral received nor an IV-D case in the months; no sibling has one (R08), nor a "
        "relative (R03)",
        planted="a family unknown to both gets a unit; no referral is sent, or one is sent and never comes",
        look_alikes={
            "both parents at home": "no parent is absent",
            "parent dead": "the other parent died",
            "good cause": "claimed or granted with IV-A",
            "inside the allowed time": "two months or less since the grant or the parting",
        },
        made=("good cause", "inside the allowed time"),
    ),
    "R02": Definition(
        "late case opening",
        "a referral received, and no case for child and parent in that month or the next",
        planted="a family unknown to both gets a unit; the referral comes in and is not worked",
        look_alikes={
            "inside the 20 days": "received in the last month or the one before",
            "case already open": "the referral tells of an open case, and waits",
        },
        made=("inside the 20 days",),
    ),
    "R03": Definition(
        "second parent not referred",
        "as R01, for a payee who is no parent and has an IV-D case for the child against the other parent",
        planted="a relative unknown to both gets a unit and a case against one parent",
        look_alikes={"good cause": "as in R01", "inside the allowed time": "as in R01"},
        made=("good cause",),
    ),
    "R04": Definition(
        "assistance status differs",
        "IV-D's status is current or not, against what was so in all of the last four months",
        planted="the status of a case is changed",
        look_alikes={"timing": "it differs, but so only for a part of the last four months"},
    ),
    "R05": Definition(
        "cooperation status differs",
        "in the last month IV-D has held the payee not to cooperate for two months or more, and IV-A does not",
        planted="IV-D holds it and no notice has come to IV-A",
        look_alikes={
            "notice under way": "held by IV-D for less than two months",
            "good cause": "IV-A holds a claim, so that nothing has to be done",
        },
    ),
    "R06": Definition(
        "good cause in one system only",
        "held by IV-A in the last month, and by no open IV-D case of the payee",
        planted="granted by IV-A alone",
        look_alikes={"held in both": "an open case of the payee holds it"},
        made=("held in both",),
    ),
    "R07": Definition(
        "protection flag in one system only",
        "flagged by one of IV-A and IV-D, and known to the other without a flag",
        planted="IV-A flags a payee",
        look_alikes={"flagged by both": "no difference"},
    ),
    "R08": Definition(
        "children differ",
        "under 19 and eligible with a payee for the last four months, but not in the payee's open case against its own "
        "parent",
        planted="a child is taken out of the case, its siblings stay",
        look_alikes={"half-sibling": "the case is against another child's parent", "newborn": "under six months old"},
    ),
    "E01": Definition(
        "new hire not reflected",
        "eligible from the month of hire to the second after it, and without a job on file then",
        planted="an employer reports a hire of an adult without a job on file",
        look_alikes={
            "already reported": "a job is on file by then",
            "stale hire": "the report came more than six months late (E04: to be dropped)",
        },
        made=("stale hire",),
    ),
    "E02": Definition(
        "wage record without reported earnings",
        "eligible and without a job on file in all three months of a quarter with wages",
        planted="an employer reports wages for such a quarter",
        look_alikes={
            "months off assistance": "not eligible in one of the months",
            "reported in part of the quarter": "a job is on file in one of the months",
        },
    ),
    "E03": Definition(
        "SSN matches, name does not",
        "a report under the number of another person, whom IV-A or IV-D knows, of another first name",
        look_alikes={"former last name": "the person's own number and former name"},
    ),
    "E06": Definition("absent parent newly hired", "a hire is reported while the person is absent parent of a case"),
}
"""Every finding that the truth can have, by its id."""

IN_REPORTS: Mapping[str, Definition] = {
    "D03": Definition(
        "same child twice on one line",
        "both blocks of a child's line of the federal report hold one child",
        planted="the last child of an odd number is written into the second block as well; some are keyed twice",
        look_alikes={"twins without numbers": "two children of one sex and birth date, no number known"},
    ),
    "C02": Definition(
        "orphan person records",
        "people of a case and month in the federal report, and no family's line",
        planted="the family's line is left out",
    ),
    "C08": Definition(
        "family size disagrees with people listed",
        "the family's line counts more members than are listed as eligible",
        planted="one member too many is counted",
        look_alikes={"others listed": "people outside the unit are listed, and rightly not counted"},
    ),
}
"""Findings that only the lines of a federal report can show: in the truth that is written beside such files."""

NOT_MADE: Mapping[str, str] = {
    "Q06": "no validity codes of the federal case registry",
    "D11": "one state alone is drawn",
    "C13": "no finding, but a type of case: see the look-alike of C01",
    "R09": "information, not a lead: which program was told later stands in the versions of records",
    "R10": "one state alone is drawn",
    "R11": "no amounts of support",
    "E04": "nothing to check, but a report to drop: see the look-alike of E01",
    "E05": "no list of pairs known to be wrong",
}
"""Findings of the catalogue that the truth never has, and why."""
