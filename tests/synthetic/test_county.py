"""The county's extracts month by month, its files, and the records for the race."""

import hashlib
import json
import tomllib
from importlib.metadata import version

import numpy as np
import pandas as pd
import pytest

from caselink.errors import SpecError
from caselink.schema import STANDARD_COLUMNS
from caselink.settings.source import TOLD
from caselink.storage import OutputError
from caselink.synthetic import draw_county, draw_records, write_county
from caselink.synthetic.county import TRUTH_TABLES
from caselink.synthetic.extracts import PROGRAM_FILES
from caselink.synthetic.findings.sites import PlantRates
from caselink.synthetic.history import DISTRICT_PEOPLE
from caselink.synthetic.registers import REGISTERS

PROGRAMS = ("iva", "ivd", "jobs", "employment")
TABLES = [
    *PROGRAMS,
    *(f"memberships-{program}" for program in PROGRAMS[:3]),
    *(f"cases-{program}" for program in PROGRAMS[:3]),
    *(f"truth-{table}" for table in (*TRUTH_TABLES, "referrals")),
    *("referrals", "truth", *REGISTERS),
]
FILES = sorted([*(f"{name}.csv" for name in TABLES), "county.json", "sources.toml"])
RECORD_ID = {file.name: file.record_id for file in PROGRAM_FILES}


@pytest.fixture(scope="module")
def county():
    """One county of a few thousand people."""
    return draw_county(6_000, seed=1)


def fingerprints(folder):
    """SHA-256 of every file of a folder."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_same_seed_same_bytes(tmp_path):
    """Two draws with one seed write the same bytes, another seed writes others."""
    first, again, other = (
        fingerprints(write_county(draw_county(400, seed=seed), tmp_path / name))
        for seed, name in ((5, "first"), (5, "again"), (6, "other"))
    )
    assert sorted(first) == FILES
    assert first == again
    few = {"deaths.csv"}  # among so few people nobody need die
    assert {name for name in FILES if first[name] == other[name]} - few == {"sources.toml"}


def test_a_county_is_the_same_in_pieces_and_whole(monkeypatch, tmp_path):
    """Several processes, or one district drawn by itself: every table is what it is in the whole county."""
    from caselink.synthetic import districts

    monkeypatch.setattr(districts, "DISTRICT_PEOPLE", 150)
    whole = draw_county(400, seed=3)
    assert whole.plan.n_districts == 3
    alone = districts.draw_district(whole.plan, 1)
    before, after = (districts.draw_district(whole.plan, number) for number in (0, 2))
    for name, table in alone.items():
        start, stop = len(before[name]), len(before[name]) + len(table)
        assert whole._tables[name].slice(start, stop - start).equals(table), name
        assert len(whole._tables[name]) == stop + len(after[name])


def test_several_processes_draw_the_same(tmp_path):
    """Two processes write the bytes that one writes."""
    n_people = DISTRICT_PEOPLE + 300
    one, two = (
        fingerprints(write_county(draw_county(n_people, months=2, seed=4, processes=p), tmp_path / str(p)))
        for p in (1, 2)
    )
    assert one == two


def test_ids_are_unique_over_districts(monkeypatch):
    """No two people, homes, records, cases or numbers of different districts share an id."""
    from caselink.synthetic import districts

    monkeypatch.setattr(districts, "DISTRICT_PEOPLE", 200)
    county = draw_county(600, seed=8)
    persons = county.tables["persons"]
    assert persons["entity_id"].is_unique
    assert persons["ssn"].is_unique
    assert not county.truth.duplicated(["source", "record_id"]).any()
    assert not county.tables["cases"].duplicated(["source", "case_id"]).any()
    assert all(cases["case_id"].is_unique for cases in county.cases.values())


def test_truth_covers_every_record_once(county):
    """Truth has one row for each record of each extract, in its order, with its person and household, and no other."""
    truth = county.truth
    assert not truth.duplicated(["source", "record_id"]).any()
    assert truth.notna().all(axis=None)
    assert list(county.extracts) == list(PROGRAMS)
    for name, extract in county.extracts.items():
        assert truth.loc[truth["source"] == name, "record_id"].tolist() == extract[RECORD_ID[name]].tolist()
    assert set(truth["entity_id"]) <= set(county.tables["persons"]["entity_id"])


def test_every_id_of_the_truth_is_a_person(county):
    """Every person whom a table of the truth names is in the table of persons; others of moves and jobs are nobody."""
    persons = set(county.tables["persons"]["entity_id"])
    tables = {**county.tables, "truth": county.truth, "referrals": county.referrals}
    ids = ("entity_id", "other_id", "mother_id", "father_id", "head_id", "absent_id", "child_id")
    named = [(name, table[column].dropna()) for name, table in tables.items() for column in ids if column in table]
    assert len(named) > 10
    for name, column in named:
        assert set(column) <= persons, (name, column.name)
    events = county.tables["events"]
    without = {"moved", "entered shelter", "left shelter", "name changed", "hired", "job changed"}
    assert without <= set(events["event"])
    assert events.loc[events["event"].isin(without), "other_id"].isna().all()
    people = events.loc[events["event"].isin(["married", "taken along", "separated", "union"]), "other_id"]
    assert len(people) > 50
    assert people.notna().all()


def test_the_months_of_a_case_are_in_order(county):
    """A case is opened before it is closed or opened again, and paternity settled not before opening and birth."""
    cases = county.cases["ivd"]
    for later in ("closed", "reopened", "paternity_month"):
        known = cases[cases[later].notna()]
        assert len(known) > 5
        assert (known["opened"] <= known[later]).all(), later
    births = county.truth.merge(county.tables["persons"], on="entity_id").set_index(["source", "record_id"])[
        "birth_date"
    ]
    children = county.memberships["ivd"].query("role == 'CH'")
    birth = pd.Series([births["ivd", record] for record in children["record_id"]], children["case_id"].to_numpy())
    eldest = birth.groupby(level=0).min().str[:7]
    settled = cases.set_index("case_id")["paternity_month"].dropna()
    settled = settled[settled.index.isin(eldest.index)]
    assert (settled.to_numpy(dtype=object) >= eldest[settled.index].to_numpy(dtype=object)).all()


def test_a_federal_sample_is_a_share_of_the_cases():
    """With a share given, about so many IV-A cases are marked; without, all are; no other program samples."""
    sampled = draw_county(4_000, seed=1, sample_share=0.3).cases
    assert (sampled["iva"]["sampled"] == "Y").mean() == pytest.approx(0.3, abs=0.08)
    assert sampled["ivd"]["sampled"].isna().all()
    assert (draw_county(300, seed=1).cases["iva"]["sampled"] == "Y").all()
    with pytest.raises(SpecError, match="sample_share"):
        draw_county(10, sample_share=1.5)


@pytest.mark.parametrize("n_people", [1, 2, 5, 20])
def test_the_smallest_counties_can_be_drawn_and_written(tmp_path, n_people):
    """A county of hardly anybody has all its files, with headers and perhaps no rows."""
    folder = write_county(draw_county(n_people), tmp_path)
    assert sorted(path.name for path in folder.iterdir()) == FILES
    assert len(pd.read_csv(folder / "truth.csv", dtype="string").columns) == 6


def test_one_month_is_enough():
    """A county of a single month has its records and no version but the first."""
    county = draw_county(500, months=1, seed=2)
    month = county.plan.calendar.text()[0]
    assert len(county.monthly_extract("iva", month)) > 0


def test_programs_know_people_in_common_and_twice(county):
    """Many people are in two programs, and some stand in one program more than once."""
    programs = county.truth.groupby("entity_id")["source"].nunique()
    assert (programs > 1).mean() > 0.2
    iva = county.truth[county.truth["source"] == "iva"]
    assert 0.005 < iva["entity_id"].duplicated().mean() < 0.05


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_months_together_are_the_year(county, program):
    """Every record is on some month's extract, and the last one that it is on shows it as the year's extract does.

    (What came in after a record had left its last case is in the year's extract alone.)
    """
    key = RECORD_ID[program]
    months = {month: county.monthly_extract(program, month) for month in county.plan.calendar.text()}
    seen = pd.concat(months, names=["month"]).reset_index(level="month")
    year = county.extracts[program].set_index(key)
    assert set(seen[key]) == set(year.index)
    last = seen.sort_values("month", kind="stable").drop_duplicates(key, keep="last").set_index(key)
    now = last[last["month"] == county.plan.calendar.text()[-1]]
    shared = [column for column in year.columns if column not in ("case_no", "case_number", "participation_no")]
    roles = [column for column in shared if not column.startswith(("role", "participant_type"))]
    pd.testing.assert_frame_equal(now[roles].sort_index(), year.loc[now.index, roles].sort_index())


def test_no_extract_tells_when_a_participation_will_end(county):
    """A job program's extract shows an end in the month of it at the earliest, and it is the roster's last month."""
    ends = 0
    months = county.plan.calendar.text()
    for month in months:
        extract = county.monthly_extract("jobs", month)
        shown = extract["ended"].dropna().str[:7]
        assert (shown == month).all()
        ends += len(shown)
    year = county.extracts["jobs"].set_index("participant_no")
    last = county.memberships["jobs"].groupby("record_id")["last_month"].max()
    ended = year["ended"].dropna().str[:7]
    assert (ended == last[ended.index]).all()
    assert len(ended) == ends > 50
    gone = year.loc[last.index[last < months[-1]], "ended"]
    assert gone.notna().mean() > 0.9


def test_monthly_extracts_follow_the_rosters(county):
    """A month's extract has a row for each record and case that the rosters have in that month."""
    month = county.plan.calendar.text()[5]
    rosters = county.memberships["iva"]
    now = rosters[(rosters["first_month"] <= month) & (rosters["last_month"] >= month)]
    extract = county.monthly_extract("iva", month)
    assert sorted(zip(extract["client_id"], extract["case_no"], strict=True)) == sorted(
        zip(now["record_id"], now["case_id"], strict=True)
    )


def test_errors_name_records_and_months(county):
    """Errors are of records that exist; those without a last month still stand in the year's extract."""
    errors = county.tables["errors"]
    keys = set(zip(county.truth["source"], county.truth["record_id"], strict=True))
    assert set(zip(errors["source"], errors["record_id"], strict=True)) <= keys
    assert (errors["last_month"].isna() | (errors["last_month"] >= errors["first_month"])).all()
    missing = errors[(errors["kind"] == "ssn_missing") & errors["last_month"].isna() & (errors["source"] == "ivd")]
    ivd = county.extracts["ivd"].set_index("participant_id")
    assert len(missing) > 20
    assert ivd.loc[missing["record_id"], "ssn_no"].isna().all()


def test_households_are_stretches_of_months_without_gaps_between_lives(county):
    """Nobody lives in two homes in one month, and the last stretch ends in a month of the calendar."""
    homes = county.tables["households"].sort_values(["entity_id", "first_month"])
    same = homes["entity_id"].to_numpy()[1:] == homes["entity_id"].to_numpy()[:-1]
    assert (homes["first_month"].to_numpy()[1:] > homes["last_month"].to_numpy()[:-1])[same].all()
    assert set(homes["last_month"]) <= set(county.plan.calendar.text())


@pytest.mark.parametrize(
    ("program", "month", "reason"),
    [("tanf", "2026-09", "program is one of"), ("iva", "1999-01", "month is one of")],
)
def test_a_month_or_program_that_is_not_there_is_an_error(county, program, month, reason):
    """The error says what there is."""
    with pytest.raises(SpecError, match=reason):
        county.monthly_extract(program, month)


def test_sources_file_maps_columns_that_exist(tmp_path, county):
    """Each source names a file, an id and columns that are there, under standard names; ids are unique."""
    folder = write_county(county, tmp_path)
    sources = tomllib.loads((folder / "sources.toml").read_text())["source"]
    assert [source["name"] for source in sources] == [*PROGRAMS, *REGISTERS]
    assert [source.get("register") for source in sources[-2:]] == list(REGISTERS)
    for source in sources[:-2]:
        table = pd.read_csv(folder / source["path"], dtype=str, keep_default_na=False, na_values=[""])
        named = pd.Series(list(source["columns"].values())).explode()
        assert set(source["columns"]) <= {*STANDARD_COLUMNS, *TOLD}
        assert {source["record_id"], *named} <= set(table.columns)
        assert table[source["record_id"]].is_unique
        written = county.extracts[source["name"]].astype(object)
        pd.testing.assert_frame_equal(
            table.fillna("").astype(object), written.fillna("").astype(str), check_dtype=False
        )


def test_parquet_and_monthly_files(tmp_path):
    """Parquet holds the same tables; monthly extracts have a file a program and month."""
    county = draw_county(300, months=3, seed=1)
    folder = write_county(county, tmp_path, file_format="parquet", monthly=True)
    names = {path.name for path in folder.iterdir()}
    months = county.plan.calendar.text()
    assert {f"{program}-{month}.parquet" for program in PROGRAMS for month in months} <= names
    again = pd.read_parquet(folder / f"ivd-{months[1]}.parquet")
    extract = county.monthly_extract("ivd", months[1])
    assert again.columns.tolist() == extract.columns.tolist()
    assert again.fillna("").to_numpy().tolist() == extract.fillna("").to_numpy().tolist()
    with pytest.raises(SpecError, match="csv, parquet"):
        write_county(county, tmp_path, file_format="xlsx")


def test_another_county_leaves_nothing_of_the_one_before(tmp_path):
    """What a county wrote is gone when another is written there, in csv or parquet; other people's files stay."""
    folder = write_county(draw_county(60, months=2), tmp_path, file_format="parquet", monthly=True)
    (folder / "notes.csv").write_text("mine")
    write_county(draw_county(50, months=2), folder)
    assert sorted(path.name for path in folder.iterdir()) == sorted([*FILES, "notes.csv"])
    (folder / "county.json").write_text('{"files": ["../outside.csv", "notes.txt", 3]}')
    (tmp_path.parent / "outside.csv").write_text("mine")
    (folder / "notes.txt").write_text("mine")
    write_county(draw_county(50, months=2), folder)
    assert (tmp_path.parent / "outside.csv").exists()
    assert (folder / "notes.txt").exists()


def test_the_description_says_all_that_was_asked_for(tmp_path):
    """Version, rates, share and a fingerprint of the profile stand in county.json, and differ with what was asked."""
    profiles = ("mild", "typical")
    told = [
        json.loads((write_county(draw_county(50, profile=name, months=1), tmp_path / name) / "county.json").read_text())
        for name in profiles
    ]
    assert [one["profile"] for one in told] == list(profiles)
    assert len({one["profile_rates_sha256"] for one in told}) == 2
    rates = PlantRates(of={"D04": 0.1})
    other = draw_county(50, months=1, plant_rates=rates, sample_share=0.5)
    planted = json.loads((write_county(other, tmp_path / "other") / "county.json").read_text())
    assert planted["profile_rates_sha256"] == told[1]["profile_rates_sha256"]
    assert planted["plant_rates"] == {"planted": 0.00065, "look_alikes": 0.00065, "of": {"D04": 0.1}}
    assert (told[0]["sample_share"], planted["sample_share"]) == (None, 0.5)
    assert planted["caselink"] == version("caselink")
    assert planted["files"] == FILES


def test_everybody_lives_somewhere(county):
    """Each person is in a household in one month at least, also those who die."""
    persons, homes = county.tables["persons"], county.tables["households"]
    assert persons["death_date"].notna().sum() > 5
    assert set(persons["entity_id"]) == set(homes["entity_id"])


def test_more_months_than_the_laws_were_tested_for_are_refused():
    """The error says how many there may be."""
    with pytest.raises(SpecError, match="120 or fewer"):
        draw_county(10, months=121)


def test_a_failure_leaves_no_file(tmp_path, county, monkeypatch):
    """When the last file cannot be written, none of the new ones appears and the old ones stay as they were."""
    folder = write_county(draw_county(50), tmp_path / "county")
    before = fingerprints(folder)

    def full_disk(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full_disk)
    with pytest.raises(OutputError, match="the disk is full"):
        write_county(county, folder)
    with pytest.raises(OutputError, match="the disk is full"):
        write_county(county, tmp_path / "empty")
    assert fingerprints(folder) == before
    assert list((tmp_path / "empty").iterdir()) == []


def test_race_records_are_normalized_and_as_many_as_asked():
    """There are 1.5 records a person, in normalized forms, mostly one a source, and the truth is beside them."""
    records, truth = draw_records(9_000, seed=2)
    assert len(records) == len(truth) == 9_000
    assert truth["entity_id"].nunique() == 6_000
    pd.testing.assert_frame_equal(records[["source", "record_id"]], truth[["source", "record_id"]])
    assert not records.duplicated(["source", "record_id"]).any()
    patterns = {
        "ssn": r"\d{9}",
        "birth_date": r"\d{4}-\d\d-\d\d",
        "sex": "[MF]",
        "zip": r"\d{5}",
        "last_name": r"[A-Z]+( [A-Z]+)*",
        "first_name": r"[A-Z]+( [A-Z]+)*",
    }
    for column, pattern in patterns.items():
        assert records[column].dropna().str.fullmatch(pattern).mean() > 0.995, column
        assert records[column].isna().mean() < 0.15
    assert not records["ssn"].isin(["000000000", "999999999", "123456789"]).any()
    assert 0 < truth.duplicated(["entity_id", "source"]).mean() < 0.15


def test_race_records_repeat_with_the_seed():
    """The same number and seed give the same records, another seed others."""
    first, again, other = (draw_records(500, seed=seed)[0] for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first, again)
    assert not np.array_equal(first["ssn"].fillna(""), other["ssn"].fillna(""))


def test_no_records_are_refused():
    """Fewer than one record is an error that says so."""
    with pytest.raises(SpecError, match="n_records"):
        draw_records(0)
