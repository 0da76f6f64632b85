"""Findings in a synthetic county beside those that are truly there, by kind; and what innocent look-alikes got.

    python benchmarks/findings.py --people 20000 --seed 3
    python benchmarks/findings.py --people 20000 --true-persons

Default settings, all error types on. *true persons* takes the truth for the persons: what is missing then is a matter
of the rule, not of linking. The programs hand over their last extracts (each record once), rosters, cases and referrals
of all months, employers' reports with the month in which they came, and files of deaths and of prisoners, which are
linked like any other source.

A truth counts for recall where its evidence stands in these: findings about values (Q, C05) that were corrected before
the last month are left out, and so are those of whom the catalogue asks for a value that no file holds: two birth dates
for an SSN of several people (Q02), an SSN that a report and a program have in common (E01, E02, E06). Nor does a file
say whose child a child is but the payee's: a missed referral (R01) counts where the unit lists no partner of the payee,
who may as well be the other parent. For the same reason leads about a parent (R01, R03) are neither right nor wrong
where that parent truly lives with the child, or is dead, and no file shows it: none but a caseworker can find out. A
finding is right if one of the people in the part of the rule that matters is, in that case, in a true one of that kind.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Mapping

import numpy as np
import pandas as pd

import caselink as cl
from caselink.findings.catalog import RULES
from caselink.leads import Findings, ProgramTables, find
from caselink.result import Result
from caselink.synthetic import draw_county
from caselink.synthetic.county import County
from caselink.synthetic.extracts import PROGRAM_FILES

PROGRAMS = {"iva": "iv-a", "ivd": "iv-d", "jobs": "jobs", "employment": "earnings"}
SUBJECT = {
    "D04": "member",
    "D05": "child",
    "D06": "child",
    "D07": "child",
    "D08": "child",
    "D09": "member",
    "C04": "absent parent",
    "C05": "child",
    "C07": "child",
    "R01": "child",
    "R02": "child",
    "R03": "child",
    "R08": "child",
    "E01": "recipient",
    "E02": "recipient",
    "E06": "absent parent",
}
"""The part that says which lead it is, where there are several; parts of other rules all do."""
OF_VALUES = ("Q01", "Q02", "Q03", "Q04", "Q05", "Q07", "Q08", "C05", "E03")
COLUMNS = ("strength", "true", "found", "recall", "precision", "look-alikes", "with a lead")


def county_records(county: County) -> pd.DataFrame:
    """All extracts and the files of deaths and prisoners, normalized; what cleaning removed stays known."""
    frames = [_standard(county.extracts[file.name], file) for file in PROGRAM_FILES]
    return cl.normalize(*frames, _death_file(county), _prison_file(county), keep_raw=True)


def _standard(extract: pd.DataFrame, file: object) -> pd.DataFrame:
    """An extract under standard names."""
    columns: Mapping[str, str | tuple[str, ...]] = file.columns  # type: ignore[attr-defined]
    frame = pd.DataFrame({"source": file.name, "record_id": extract[file.record_id]})  # type: ignore[attr-defined]
    used = [file.record_id]  # type: ignore[attr-defined]
    for standard, column in columns.items():
        parts = [column] if isinstance(column, str) else list(column)
        used += parts
        if len(parts) == 1:
            frame[standard] = extract[parts[0]]
        else:
            frame[standard] = extract[parts[0]] + " " + extract[parts[1]]
    further = {name: extract[name] for name in extract if name not in used}
    return frame.assign(**further)


_IDENTITY = ["first_name", "middle_name", "last_name", "suffix", "birth_date", "sex", "ssn"]


def _death_file(county: County) -> pd.DataFrame:
    """Verified deaths, as a federal file would have them."""
    people = county.tables["persons"]
    dead = people[people["death_date"].notna().to_numpy(bool)]
    return dead[_IDENTITY].assign(source="deaths", record_id=dead["entity_id"])


def _prison_file(county: County) -> pd.DataFrame:
    people = county.tables["persons"]
    inside = people[people["entity_id"].isin(_confinements(county)["entity_id"]).to_numpy(bool)]
    return inside[_IDENTITY].assign(source="prisoners", record_id=inside["entity_id"])


def _confinements(county: County) -> pd.DataFrame:
    """Who was in jail at the ends of which months."""
    lived = county.tables["households"]
    return lived.loc[(lived["place"] == "jail").to_numpy(bool), ["entity_id", "first_month", "last_month"]]


def program_tables(county: County) -> ProgramTables:
    """What the programs know beside the records."""
    frames = {
        name: pd.concat(
            [rows.assign(source=source) for source, rows in getattr(county, name).items()], ignore_index=True
        )
        for name in ("memberships", "cases")
    }
    months = {"sent_month": "sent", "received_month": "received", "worked_month": "worked"}
    sent = county.referrals.drop(columns=["child_id", "absent_id"])
    people = county.tables["persons"]
    dead = people[people["death_date"].notna().to_numpy(bool)]
    jail = _confinements(county)
    return ProgramTables(
        programs=PROGRAMS,
        **frames,
        referrals=sent.rename(columns={"child_client_id": "child_record_id", **months}),
        reports=_reports(county),
        deaths=pd.DataFrame({"source": "deaths", "record_id": dead["entity_id"], "month": dead["death_date"]}),
        confinements=jail.rename(columns={"entity_id": "record_id"}).assign(source="prisoners"),
    )


def _reports(county: County) -> pd.DataFrame:
    """Employers' reports, with the month in which each came in."""
    rows = county.extracts["employment"]
    came = pd.concat(
        [county.monthly_extract("employment", m)[["report_id"]].assign(received=m) for m in county.plan.calendar.text()]
    ).drop_duplicates("report_id")
    table = rows[["report_id", "report_type", "report_date", "wages"]].merge(came, on="report_id", how="left")
    names = {"report_id": "record_id", "report_type": "kind", "report_date": "date", "wages": "amount"}
    return table.rename(columns=names).assign(source="employment")


def linked(county: County, *, true_persons: bool) -> tuple[Result, ProgramTables]:
    """The county's records as persons, by linking or as they truly are."""
    records, tables = county_records(county), program_tables(county)
    result = cl.Linker().fit_resolve(records).with_memberships(tables.memberships)
    if true_persons:
        from dataclasses import replace

        persons = result.persons[["source", "record_id"]].merge(who(county), how="left")
        result = replace(result, persons=persons.rename(columns={"entity_id": "person_id"}))
    return result, tables


def who(county: County) -> pd.DataFrame:
    """Who each record truly is, those of the files of deaths and prisoners too."""
    people = county.tables["persons"]["entity_id"].to_numpy(dtype=object)
    further = [pd.DataFrame({"source": s, "record_id": people, "entity_id": people}) for s in ("deaths", "prisoners")]
    return pd.concat([county.truth[["source", "record_id", "entity_id"]], *further], ignore_index=True)


def score(county: County, result: Result, findings: Findings) -> pd.DataFrame:
    """One row a kind of finding."""
    truth = _told_apart(county)
    found = _found_people(county, result, findings)
    last = county.plan.calendar.text()[-1]
    said = ["source", "record_id", "ssn", "birth_date", "street", "zip"]
    people = result.records[said].merge(who(county), on=["source", "record_id"])
    unseen = _parent_on_no_file(county, people)
    rows = {}
    for rule in RULES:
        kind, strength = rule.about.id, rule.about.strength
        told = _subjects(truth[(truth["finding"] == kind).to_numpy(bool)], kind, "lead")
        real = told[(told["kind"] != "look-alike").to_numpy(bool)]
        alike = told[(told["kind"] == "look-alike").to_numpy(bool)]
        ours = _subjects(found[(found["rule"] == kind).to_numpy(bool)], kind, "finding_id")
        if kind == "D10":
            ours = ours[ours["source"].eq("iva").to_numpy(bool)]
        seen = real[(real["last_month"] == last).to_numpy(bool)] if kind in OF_VALUES else real
        seen = seen[seen["lead"].isin(_with_evidence(kind, seen, people, county))]
        hit = _hits(seen, ours, "lead")
        if kind in ("R01", "R03"):
            ours = ours[ours["key"].isin(real["key"]) | ~ours["key"].isin(unseen)]
        right = _hits(ours, real, "finding_id")
        innocent = alike[~alike["key"].isin(real["key"])]
        wrong = _hits(innocent, ours, "lead")
        misled = wrong.mean() if len(wrong) else np.nan
        rows[kind] = (strength, len(hit), len(right), hit.mean(), right.mean(), len(wrong), misled)
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(COLUMNS))


def _with_evidence(kind: str, leads: pd.DataFrame, people: pd.DataFrame, county: County) -> pd.Series:
    """Leads of which the files hold what the catalogue asks for; ``people``: records and who they are."""
    if kind == "R01":
        return leads.loc[~leads["case_id"].isin(_with_partner(county)).to_numpy(), "lead"]
    if kind == "Q02":
        dated = people.loc[people["birth_date"].notna().to_numpy(bool), "entity_id"]
        known = leads[leads["entity_id"].isin(dated).to_numpy(bool)].groupby("lead")["entity_id"].nunique()
        return pd.Series(known.index[known.to_numpy() >= 2])
    if kind in ("E01", "E02", "E06"):
        numbered = people[people["ssn"].notna().to_numpy(bool)]
        reported = (numbered["source"] == "employment").to_numpy(bool)
        both = numbered[reported].merge(numbered[~reported], on=["entity_id", "ssn"])
        return leads.loc[leads["entity_id"].isin(both["entity_id"]).to_numpy(bool), "lead"]
    return leads["lead"]


def _with_partner(county: County) -> set[str]:
    """Units that list an adult beside the payee who is no parent of the payee."""
    members = county.memberships["iva"].merge(who(county).query("source == 'iva'"), on="record_id")
    heads = county.tables["cases"].query("source == 'iva'").rename(columns={"head_id": "payee"})[["case_id", "payee"]]
    kin = county.tables["persons"][["entity_id", "mother_id", "father_id"]].rename(columns={"entity_id": "payee"})
    adults = members[members["role"].isin(["HEAD", "ADULT", "CARETAKER"]).to_numpy(bool)]
    others = adults.merge(heads, on="case_id").merge(kin, on="payee", how="left")
    names = ("payee", "mother_id", "father_id")
    own = [others["entity_id"].eq(others[name]).to_numpy(bool, na_value=False) for name in names]
    return set(others.loc[~np.any(own, axis=0), "case_id"])


def _parent_on_no_file(county: County, people: pd.DataFrame) -> set[str]:
    """Children in units whose other parent is at home or dead, and no file says so.

    One at home is on file at no address of the child's or the payee's, and neither is in a case with the child.
    """
    alike = county.tables["findings"].query("finding == 'R01'")
    alike = alike[alike["look_alike"].isin(["both parents at home", "parent dead"]).to_numpy(bool)]
    parents, others = (alike[(alike["part"] == "parent").to_numpy(bool) == one] for one in (True, False))
    pairs = others.merge(parents[["lead", "entity_id"]], on="lead", suffixes=("", "_parent"))
    told = [
        people.loc[people["street"].notna().to_numpy(bool), ["entity_id", "street", "zip"]],
        *(rows.merge(who(county), on=["source", "record_id"])[["entity_id", "case_id"]] for rows in _rosters(county)),
    ]
    shown: set[str] = set()
    for rows in told:
        place = [name for name in rows if name != "entity_id"]
        homes = pairs[["lead", "entity_id", "entity_id_parent"]].merge(rows.drop_duplicates(), on="entity_id")
        met = homes.merge(
            rows.add_suffix("_parent").rename(columns={f"{p}_parent": p for p in place}),
            on=["entity_id_parent", *place],
        )
        shown |= set(met["lead"])
    children = others[(others["part"] == "child").to_numpy(bool) & ~others["lead"].isin(shown).to_numpy(bool)]
    return set(children["entity_id"].astype(str) + "|" + children["case_id"].astype(str))


def _rosters(county: County) -> list[pd.DataFrame]:
    return [county.memberships[name].assign(source=name) for name in ("iva", "ivd")]


def _told_apart(county: County) -> pd.DataFrame:
    """The truth about findings; two lines are an exact duplicate (D01) where the extract has them equal, else D02.

    A line that was keyed again may be free of slips; one that was copied may have been told anew since.
    """
    truth = county.tables["findings"].copy()
    extract = county.extracts["iva"]
    lines = extract.drop(columns="client_id").astype("string").fillna("")
    equal = extract.assign(line=lines.groupby(list(lines), sort=False).ngroup())
    members = county.memberships["iva"].merge(equal[["client_id", "line"]], left_on="record_id", right_on="client_id")
    known = who(county)
    members = members.merge(known[known["source"] == "iva"], on="record_id")
    twice = members.drop_duplicates(["entity_id", "case_id", "record_id"])
    same = twice[twice.duplicated(["entity_id", "case_id", "line"], keep=False).to_numpy()]
    exact = pd.MultiIndex.from_frame(same[["entity_id", "case_id"]].astype(str))
    rows = pd.MultiIndex.from_frame(truth[["entity_id", "case_id"]].astype(str)).isin(exact)
    lines = truth["finding"].isin(["D01", "D02"]).to_numpy(bool)
    truth["finding"] = truth["finding"].astype(object).mask(lines, np.where(rows, "D01", "D02"))
    return truth


def _found_people(county: County, result: Result, findings: Findings) -> pd.DataFrame:
    """People of findings under their true ids: that of the record, else of most records of the person."""
    people = findings.people.merge(findings.table[["finding_id", "rule"]], on="finding_id")
    known = who(county)
    owners = result.persons.merge(known, on=["source", "record_id"])
    most = owners.groupby("person_id")["entity_id"].agg(lambda ids: ids.value_counts().index[0])
    of_record = pd.Series(
        known["entity_id"].to_numpy(dtype=object),
        index=pd.MultiIndex.from_arrays([known["source"].astype(str), known["record_id"].astype(str)]),
    )
    keys = pd.MultiIndex.from_arrays([people["source"].astype(str), people["record_id"].astype(str)])
    exact = of_record.reindex(keys).to_numpy(dtype=object)
    rough = people["person_id"].map(most).to_numpy(dtype=object)
    return people.assign(entity_id=np.where(pd.isna(exact), rough, exact))


def _subjects(rows: pd.DataFrame, kind: str, number: str) -> pd.DataFrame:
    part = SUBJECT.get(kind)
    some = rows if part is None else rows[(rows["part"] == part).to_numpy(bool)]
    case = some["case_id"].astype(object).where(some["case_id"].notna().to_numpy(bool), "")
    if kind in OF_VALUES or kind in ("R07", "C11"):
        case = ""
    return some.assign(key=some["entity_id"].astype(str) + "|" + case).sort_values(number)


def _hits(rows: pd.DataFrame, other: pd.DataFrame, number: str) -> pd.Series:
    """For each of the ``number`` in ``rows`` whether one of its subjects is in ``other``."""
    return rows.assign(hit=rows["key"].isin(other["key"])).groupby(number)["hit"].any()


def main(argv: list[str] | None = None) -> pd.DataFrame:
    """Parse the command line, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--profile", default="typical")
    parser.add_argument("--true-persons", action="store_true")
    parser.add_argument("--same-person-at", type=float)
    options = parser.parse_args(argv)
    county = draw_county(options.people, seed=options.seed, profile=options.profile)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        result, tables = linked(county, true_persons=options.true_persons)
        result.families  # noqa: B018  (households are made once, whoever asks first)
        start = time.perf_counter()
        findings = find(result, tables=tables, same_person_at=options.same_person_at)
    seconds, linking = time.perf_counter() - start, sum(result.summary["seconds"].values())
    table = score(county, result, findings)
    print(table.to_string(float_format="{:.3f}".format, na_rep=""))
    print(f"{len(result.records):,} records; {len(findings):,} findings in {seconds:.1f} s; linking {linking:.1f} s")
    if len(findings.skipped):
        print(findings.skipped.to_string(index=False))
    return table


if __name__ == "__main__":
    main()
