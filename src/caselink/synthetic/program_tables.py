"""One program's tables of one district, from its caseload and what was keyed, under the program's own numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.synthetic.draws import Ints, Streams, digits
from caselink.synthetic.extracts import ProgramFile, write_columns
from caselink.synthetic.history import NEVER, Calendar, History
from caselink.synthetic.keying.versions import Keyed
from caselink.synthetic.numbering import (
    CASE_STRIDE,
    LEAD_STRIDE,
    RECORD_STRIDE,
    ProgramNumbers,
    entity_ids,
    household_ids,
)
from caselink.synthetic.programs.caseload import Caseload, Programs

_CASE_FACTS = ("kind", "good_cause", "paternity", "assistance", "closure_reason")
CASE_MONTHS = ("opened", "closed", "reopened", "paternity_month", "uncooperative")


class ProgramTables:
    """Makes the tables of one program."""

    def __init__(self, calendar: Calendar, seed: int, district: int, file: ProgramFile, caseload: Caseload) -> None:
        self.calendar, self.district, self.file, self.caseload = calendar, district, file, caseload
        self.numbers = ProgramNumbers(Streams(seed).within(file.name), district)

    def records(self, history: History, persons: pd.DataFrame) -> pd.DataFrame:
        """Who each record is, and where that person last lived."""
        person = self.caseload.records["person"].to_numpy(np.int64)
        return pd.DataFrame(
            {
                "record": self._number(np.arange(len(person))),
                "record_id": self.numbers.records(np.arange(len(person))),
                "entity_id": entity_ids(self.district, person),
                "household_id": household_ids(self.district, last_home(history)[person]),
                "name_group": persons["name_group"].to_numpy(dtype=object)[person],
                "age_group": persons["age_group"].to_numpy(dtype=object)[person],
            }
        )

    def versions(self, keyed: Keyed) -> pd.DataFrame:
        """The program's columns of every version of every record, but for its case and role."""
        versions = self.caseload.versions
        record = versions["record"].to_numpy(np.int64)
        fields, details = keyed.fields.reset_index(drop=True), self.caseload.details
        if "protected" in self.file.columns:
            fields["protected"] = self.caseload.records["protected"].to_numpy(dtype=object)[record]
        numbers = pd.DataFrame({"record": self._number(record), "month": versions["month"].to_numpy(np.int64)})
        further = details.take(record).reset_index(drop=True)
        return pd.concat([numbers, write_columns(self.file, fields), further], axis=1)

    def memberships(self) -> pd.DataFrame:
        """Which case each record was in, as what, from when to when, as the program has it."""
        members = self.caseload.memberships
        return pd.DataFrame(
            {
                "record": self._number(members["record"].to_numpy(np.int64)),
                "first": members["first_month"].to_numpy(np.int64),
                "last": members["last_month"].to_numpy(np.int64),
                "case_id": self.numbers.cases(members["case"]),
                "role": members["role"].to_numpy(dtype=object),
                "resides": np.where(members["resides"].to_numpy(bool), "Y", "N").astype(object),
                "status": members["status"].to_numpy(dtype=object),
                "employed": members["employed"].to_numpy(dtype=object) if "employed" in members else None,
            }
        )

    def cases(self, history: History) -> pd.DataFrame:
        """The program's cases as it knows them, and whose they truly are: ``head_id`` and ``absent_id``."""
        cases, calendar = _in_order(self.caseload.cases, self._eldest_birth(history)), self.calendar
        nothing = np.full(len(cases), None, dtype=object)
        facts = {fact: cases[fact].to_numpy(dtype=object) if fact in cases else nothing for fact in _CASE_FACTS}
        months = {
            month: calendar.name(cases[month] if month in cases else np.full(len(cases), NEVER))
            for month in CASE_MONTHS
        }
        sampled = np.where(cases["sampled"], "Y", "N").astype(object) if "sampled" in cases else None
        return pd.DataFrame(
            {
                "source": np.full(len(cases), self.file.name, dtype=object),
                "case_id": self.numbers.cases(cases["case"]),
                "head_id": entity_ids(self.district, cases["head"]),
                "absent_id": entity_ids(self.district, cases["absent"]),
                **months,
                **facts,
                "sampled": pd.Series(sampled, index=cases.index, dtype=object).to_numpy(),
            }
        )

    def _eldest_birth(self, history: History) -> Ints:
        """For each case the month in which the eldest child in it was born, -1 where it has none."""
        members = self.caseload.memberships[(self.caseload.memberships["role"] == "CH").to_numpy()]
        child = self.caseload.records["person"].to_numpy(np.int64)[members["record"].to_numpy(np.int64)]
        birth = history.people["birth"].to_numpy(np.int64)[child].astype("datetime64[D]").astype("datetime64[M]")
        months = pd.Series((birth - self.calendar.months()[0]).astype(np.int64)).groupby(members["case"].to_numpy())
        of_case = months.min().reindex(self.caseload.cases["case"].to_numpy())
        return np.asarray(of_case.fillna(-1).to_numpy(), np.int64)

    def errors(self, keyed: Keyed) -> pd.DataFrame:
        """What went wrong when a record was keyed, from the first to the last month that shows it (None: it stays)."""
        slips = _from_first_to_last(keyed.errors, self.caseload.versions)
        return pd.DataFrame(
            {
                "source": np.full(len(slips), self.file.name, dtype=object),
                "record_id": self.numbers.records(slips["record"]),
                "field": slips["field"].to_numpy(dtype=object),
                "kind": slips["kind"].to_numpy(dtype=object),
                "first_month": self.calendar.name(slips["first"]),
                "last_month": self.calendar.name(slips["last"]),
            }
        )

    def _number(self, rows: npt.ArrayLike) -> Ints:
        return np.asarray(rows, np.int64) + self.district * RECORD_STRIDE


def _in_order(cases: pd.DataFrame, eldest_birth: Ints) -> pd.DataFrame:
    """Cases whose months go on: none opened again before it was opened, paternity not settled before opening or birth.

    A case with paternity settled from the start has it in the month of opening, or of the eldest child's birth.
    """
    if "paternity_month" not in cases:
        return cases
    opened, reopened, settled = (cases[name].to_numpy(np.int64) for name in ("opened", "reopened", "paternity_month"))
    known = np.maximum(settled, np.maximum(opened, eldest_birth))
    return cases.assign(
        reopened=np.where(reopened > opened, reopened, NEVER),
        paternity_month=np.where(settled < NEVER, known, NEVER),
    )


def referral_table(programs: Programs, iva: ProgramTables, ivd: ProgramTables) -> pd.DataFrame:
    """Referrals from IV-A to IV-D, with the children and absent parents that they truly are about."""
    referrals, calendar = programs.referrals, iva.calendar
    months = {
        column: calendar.name(referrals[column].where(referrals[column] >= 0, NEVER))
        for column in ("sent_month", "received_month", "worked_month")
    }
    return pd.DataFrame(
        {
            "referral_id": digits(iva.district * CASE_STRIDE + referrals["referral"].to_numpy(np.int64), 10),
            "iva_case_id": iva.numbers.cases(referrals["iva_case"]),
            "ivd_case_id": ivd.numbers.cases(referrals["ivd_case"]),
            "child_client_id": iva.numbers.records(_record_of(iva.caseload, referrals)),
            "child_id": entity_ids(iva.district, referrals["child"]),
            "absent_id": entity_ids(iva.district, referrals["absent"]),
            "kind": referrals["kind"].to_numpy(dtype=object),
            "work_status": referrals["work_status"].to_numpy(dtype=object),
            **months,
        }
    )


def finding_table(leads: pd.DataFrame, programs: Sequence[ProgramTables]) -> pd.DataFrame:
    """The findings and look-alikes of :data:`~caselink.synthetic.findings.leads.LEAD_COLUMNS`, under lasting ids."""
    calendar, district = programs[0].calendar, programs[0].district
    source = leads["program"].to_numpy(dtype=object)
    case_id = np.full(len(leads), None, dtype=object)
    for program in programs:
        rows = source == program.file.name
        case_id[rows] = program.numbers.cases(leads["case"].to_numpy(np.int64)[rows])
    return pd.DataFrame(
        {
            "lead": digits(district * LEAD_STRIDE + leads["lead"].to_numpy(np.int64), 10),
            **{name: leads[name].to_numpy(dtype=object) for name in ("finding", "kind", "look_alike")},
            "entity_id": entity_ids(district, leads["person"]),
            "part": leads["part"].to_numpy(dtype=object),
            "source": source,
            "case_id": case_id,
            "first_month": calendar.name(leads["first_month"]),
            "last_month": calendar.name(leads["last_month"]),
            "together": np.where(leads["together"].to_numpy(bool), "Y", "N").astype(object),
        }
    )


def last_home(history: History) -> Ints:
    """For each person the home lived in last, -1 for those who never had one in the months."""
    months = np.arange(len(history.home))[:, None]
    last = np.where(history.home >= 0, months, -1).max(axis=0)
    return np.where(last >= 0, history.home[last, np.arange(history.n_people)], -1).astype(np.int64)


def _from_first_to_last(errors: pd.DataFrame, versions: pd.DataFrame) -> pd.DataFrame:
    """One row a slip, however many versions of the record show it: ``record``, ``field``, ``kind``, months."""
    record, month = versions["record"].to_numpy(np.int64), versions["month"].to_numpy(np.int64)
    order = np.lexsort((month, record))
    until = np.full(len(versions), NEVER, np.int64)
    followed = record[order[1:]] == record[order[:-1]]
    until[order[:-1][followed]] = month[order[1:][followed]] - 1
    version = errors["version"].to_numpy(np.int64)
    shown = errors.assign(record=record[version], first=month[version], last=until[version])
    slips = shown.groupby(["record", "field", "kind", "made"], sort=True, as_index=False)
    return slips.agg(first=("first", "min"), last=("last", "max"))


def _record_of(caseload: Caseload, referrals: pd.DataFrame) -> Ints:
    """The record of each referral's child in its IV-A case, -1 where it has none."""
    members = caseload.memberships[["record", "case"]]
    members = members.assign(person=caseload.records["person"].to_numpy()[members["record"]])
    of_child = members.drop_duplicates(["case", "person"]).set_index(["case", "person"])["record"]
    wanted = pd.MultiIndex.from_arrays([referrals["iva_case"], referrals["child"]], names=["case", "person"])
    return of_child.reindex(wanted).fillna(-1).to_numpy(np.int64)
