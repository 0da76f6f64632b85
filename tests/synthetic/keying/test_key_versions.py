"""What programs key, version by version: as told, but for the slips that are noted, and those are all of them."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from caselink.synthetic.draws import Streams
from caselink.synthetic.history import NEVER, Calendar, History
from caselink.synthetic.keying.kinds import FIELD_OF, KINDS
from caselink.synthetic.keying.name_slips import cut
from caselink.synthetic.keying.profiles import PROFILE_NAMES, read_profile
from caselink.synthetic.keying.rates import ErrorRates, NameWidths, Subgroup
from caselink.synthetic.keying.versions import GROUPS, NO_SSN, key_versions
from caselink.synthetic.people.names import fold
from caselink.synthetic.people.population import draw_population
from caselink.synthetic.people.timeline import draw_history
from caselink.synthetic.programs.caseload import PROGRAMS, Caseload
from caselink.synthetic.programs.caseloads import draw_caseloads

MONTHS = 4
PERFECT = ErrorRates(widths=NameWidths(last_name=60, first_name=60, middle_name=60))
COLUMNS = [column for columns in GROUPS.values() for column in columns]


def draw_moving_history(n_people, seed):
    """People of whom some move, change their name, or are born without one; names with marks and particles."""
    population = draw_population(n_people, streams=Streams(seed))
    rng = np.random.default_rng(seed)
    n, n_homes = len(population.people), population.n_homes
    people = population.people.assign(death=NEVER, name_group="plain")
    people["last_name"] = people["last_name"].where(rng.random(n) < 0.7, "DE LA PEÑA")
    people["first_name"] = people["first_name"].where(rng.random(n) < 0.7, "ZOË")
    newborn = (people["age"] < 3).to_numpy()
    people["named_from"] = np.where(newborn, rng.integers(0, MONTHS, n), 0)
    people["ssn_from"] = np.where(newborn, people["named_from"] + 1, 0)
    codes, surnames = pd.factorize(people["last_name"])
    last_name = np.tile(codes.astype(np.int32), (MONTHS, 1))
    changes = rng.random(n) < 0.2
    last_name[2:, changes] = rng.integers(0, len(surnames), changes.sum())
    home = np.tile(people["home"].to_numpy(np.int32), (MONTHS, 1))
    movers = rng.random(n) < 0.2
    home[1:, movers] = rng.integers(0, n_homes, movers.sum())
    home[3, rng.random(n) < 0.05] = -1
    home_address = np.tile(np.arange(n_homes, dtype=np.int32), (MONTHS, 1))
    home_address[3] = rng.integers(0, n_homes, n_homes)
    nobody = np.full((MONTHS, n), -1, np.int32)
    return History(
        calendar=Calendar(MONTHS),
        people=people,
        surnames=np.asarray(surnames, dtype=object),
        home=home,
        last_name=last_name,
        partner=nobody,
        custodian=nobody,
        employer=nobody,
        jailed=nobody > 0,
        addresses=population.addresses.assign(place="residence"),
        home_address=home_address,
        mailing_address=np.where(rng.random(n_homes) < 0.3, rng.integers(0, n_homes, n_homes), -1).astype(np.int32),
        earlier_address=np.arange(n_homes, 2 * n_homes, dtype=np.int32),
        putative=pd.DataFrame({"child": [], "man": []}),
        events=pd.DataFrame(),
    )


def draw_caseload(history, seed, *, share=0.6, again=0.3, n_workers=30):
    """Records of some people, some of them repeating another's values, with versions over the months."""
    rng = np.random.default_rng(seed)
    person = np.flatnonzero(rng.random(history.n_people) < share)
    person = np.concatenate([person, rng.choice(person, len(person) // 5)])
    n = len(person)
    copy_of = np.arange(n)
    last = pd.Series(np.arange(n)).groupby(person).transform("min").to_numpy()
    copy_of = np.where(rng.random(n) < 0.6, last, copy_of)
    entered = rng.integers(0, MONTHS, n)
    parts = [pd.DataFrame({"record": np.arange(n), "month": entered, "names": True, "person": True, "address": True})]
    for month in range(1, MONTHS):
        rows = np.flatnonzero((entered < month) & (rng.random(n) < again))
        flags = {flag: rng.random(len(rows)) < 0.5 for flag in GROUPS}
        parts.append(pd.DataFrame({"record": rows, "month": month, **flags}))
    versions = pd.concat(parts, ignore_index=True)
    versions["told_month"] = np.maximum(-1, versions["month"] - rng.integers(0, 3, len(versions)))
    versions = versions.sample(frac=1, random_state=seed).reset_index(drop=True)
    worker = rng.integers(0, n_workers, n)
    records = pd.DataFrame(
        {"person": person, "copy_of": copy_of, "worker": worker, "entered": entered, "role": "CHILD"}
    )
    nothing = pd.DataFrame()
    return Caseload(
        program="iva", records=records, memberships=nothing, versions=versions, cases=nothing, details=nothing
    )


@pytest.fixture(scope="module")
def history():
    """Some thousand people over four months."""
    return draw_moving_history(8_000, 1)


@pytest.fixture(scope="module")
def caseload(history):
    """Each keyed once, told in the first month, by one of 30 workers."""
    n = history.n_people
    versions = pd.DataFrame({"record": np.arange(n), "month": 0, "told_month": 0, **dict.fromkeys(GROUPS, True)})
    worker = np.random.default_rng(0).integers(0, 30, n)
    records = pd.DataFrame(
        {"person": np.arange(n), "copy_of": np.arange(n), "worker": worker, "entered": 0, "role": "CHILD"}
    )
    nothing = pd.DataFrame()
    return Caseload(
        program="iva", records=records, memberships=nothing, versions=versions, cases=nothing, details=nothing
    )


def naive_sources(caseload, flag):
    """For each version, walking through records and months, the one at which the flag's columns were keyed."""
    versions, copy_of = caseload.versions, caseload.records["copy_of"]
    by_record = {r: group.sort_values("month") for r, group in versions.groupby("record")}
    source = {}
    for record in sorted(by_record, key=lambda r: copy_of[r] != r):
        original = by_record[copy_of[record]]
        before = None
        for row, version in by_record[record].iterrows():
            shown = original[original["month"] <= version["month"]].tail(1)
            shown = original.head(1) if shown.empty else shown
            same_month = shown["month"].item() == version["month"]
            first_of_original = shown.index[0] == original.index[0]
            goes_along = version[flag] and same_month and (shown[flag].item() or first_of_original)
            if copy_of[record] != record and (before is None or goes_along):
                before = source[shown.index[0]]
            elif before is None or version[flag]:
                before = row
            source[row] = before
    return np.array([source[row] for row in range(len(versions))])


def naive_truth(history, caseload, row):
    """What is true of a version's person in the month that was told, read straight from the tables."""
    version = caseload.versions.loc[row]
    person = caseload.records["person"][version["record"]]
    facts, month, seen = history.people.loc[person], version["told_month"], max(version["told_month"], 0)
    last_name = history.surnames[history.last_name[seen, person]]
    if month < 0 and not pd.isna(facts["former_last_name"]):
        last_name = facts["former_last_name"]
    lived = [history.home[m, person] for m in range(seen, -1, -1) if history.home[m, person] >= 0]
    home = lived[0]
    last_seen = max(m for m in range(seen + 1) if history.home[m, person] >= 0)
    address = history.home_address[seen, home] if last_seen <= seen else None
    if month < 0:
        address = history.earlier_address[history.home[0, person]]
    mail = history.mailing_address[home] if month >= 0 else -1
    named = seen >= facts["named_from"]
    truth = facts[["suffix", "birth_year", "birth_month", "birth_day", "sex"]].to_dict()
    truth |= {column: facts[column] if named else None for column in ("first_name", "middle_name")}
    truth |= {"last_name": last_name, "ssn": facts["ssn"] if seen >= facts["ssn_from"] else NO_SSN}
    truth |= history.addresses.loc[address, ["house_no", "street", "unit", "city", "zip", "phone"]].to_dict()
    for column in ("house_no", "street", "unit", "city", "zip"):
        truth[f"mailing_{column}"] = history.addresses.loc[mail, column] if mail >= 0 else None
    return truth


def not_missing(value):
    """The value, or None however it is missing."""
    return None if pd.isna(value) else value


def in_notation(truth, widths):
    """The truth in the letters and widths of the program."""
    for column in ("first_name", "middle_name", "last_name"):
        if not pd.isna(truth[column]):
            truth[column] = cut(fold(np.array([truth[column]], dtype=object)), getattr(widths, column))[0]
    return truth


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), profile=st.sampled_from(PROFILE_NAMES), program=st.sampled_from(["iva", "ivd"]))
def test_a_field_is_as_told_or_has_an_error(seed, profile, program):
    """A field differs from what was told, in the program's notation, just where the table of errors says so."""
    history = draw_moving_history(60, seed)
    caseload = draw_caseload(history, seed)
    rates = read_profile(profile).rates(program)
    keyed = key_versions(history, caseload, rates, Streams(seed))
    noted = set(zip(keyed.errors["version"], keyed.errors["field"], strict=True))
    assert list(keyed.fields) == [c for c in COLUMNS if c in keyed.fields]
    for flag, columns in GROUPS.items():
        source = naive_sources(caseload, flag)
        truths = {row: in_notation(naive_truth(history, caseload, row), rates.widths) for row in set(source)}
        differs = {
            (row, FIELD_OF.get(column, column))
            for row in range(len(source))
            for column in columns
            if not_missing(keyed.fields[column][row]) != not_missing(truths[source[row]][column])
        }
        assert differs == {(row, field) for row, field in noted if field in {FIELD_OF.get(c, c) for c in columns}}
    made = keyed.errors["made"]
    assert keyed.errors.drop_duplicates(["version", "field", "kind"]).shape == keyed.errors.shape
    assert (made == keyed.errors["version"]).any() or keyed.errors.empty


def test_without_errors_everything_is_as_told_and_kept_on_file(history):
    """At rates of 0 there is no error, and a version that is told nothing shows what the one before shows."""
    caseload = draw_caseload(history, 3)
    keyed = key_versions(history, caseload, PERFECT, Streams(1))
    assert keyed.errors.empty
    order = caseload.versions.sort_values(["record", "month"])
    own = (caseload.records["copy_of"] == np.arange(len(caseload.records))).to_numpy()[order["record"]]
    follows = (order["record"].to_numpy()[1:] == order["record"].to_numpy()[:-1]) & own[1:]
    for flag, columns in GROUPS.items():
        silent = np.flatnonzero(follows & ~order[flag].to_numpy(bool)[1:]) + 1
        now, before = (keyed.fields[list(columns)].iloc[order.index[rows]] for rows in (silent, silent - 1))
        assert len(silent) > 100
        pd.testing.assert_frame_equal(now.reset_index(drop=True), before.reset_index(drop=True))


def test_a_copy_shows_what_the_original_shows(history):
    """A record that repeats another's values begins with them, slips and all."""
    caseload = draw_caseload(history, 3)
    keyed = key_versions(history, caseload, read_profile("hard").rates("iva"), Streams(1))
    copy_of, versions = caseload.records["copy_of"], caseload.versions
    first = versions.reset_index().sort_values(["record", "month"]).drop_duplicates("record").set_index("record")
    copies = first[(copy_of[first.index] != first.index).to_numpy()]
    originals = first.loc[copy_of[copies.index]]
    same_month = (copies["month"].to_numpy() == originals["month"].to_numpy()).nonzero()[0]
    left, right = (keyed.fields.iloc[rows["index"].to_numpy()[same_month]] for rows in (copies, originals))
    assert len(left) > 50
    pd.testing.assert_frame_equal(left.reset_index(drop=True), right.reset_index(drop=True))


def test_the_same_seed_keys_the_same(history, caseload):
    """Keying twice gives the same twice, and another seed another."""
    rates = read_profile("typical").rates("iva")
    first, again, other = (key_versions(history, caseload, rates, Streams(seed)) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first.fields, again.fields)
    pd.testing.assert_frame_equal(first.errors, again.errors)
    assert not first.errors.equals(other.errors)


def test_programs_slip_independently(history, caseload):
    """Two programs under one seed do not make the same slips."""
    rates = replace(PERFECT, typing=0.5)
    iva = key_versions(history, caseload, rates, Streams(1))
    ivd = key_versions(history, replace(caseload, program="ivd"), rates, Streams(1))
    assert (iva.fields["last_name"] != ivd.fields["last_name"]).mean() > 0.5


CAN_HAPPEN = {
    "middle_name_missing": ("middle_name", 1.0, 1.0),
    "suffix_missing": ("suffix", 1.0, 1.0),
    "nickname": (None, 0.0, 1.0),  # of those with a nickname
    "birth_date_missing": (None, 1.0, 1.0),
    "birth_date_placeholder": (None, 0.95, 1.0),  # among dates that are not missing
    "january_first": (None, 0.3, 1.0),
    "birth_day_wrong": (None, 0.3, 1.0),
    "birth_year_wrong": (None, 0.3, 1.0),
    "ssn_missing": ("ssn", 1.0, 1.0),
    "ssn_placeholder": (None, 0.6, 1.0),
    "ssn_digit": ("ssn", 0.5, 1.0),
    "ssn_digits_swapped": ("ssn", 0.5, 1.0),
    "sex_missing": (None, 1.0, 1.0),
    "sex_wrong": (None, 0.9, 1.0),
    "phone_missing": ("phone", 1.0, 1.0),
}
"""Kinds, the column that must be there, and how much of the rate other slips may hide, least and most."""


@pytest.mark.parametrize("profile", PROFILE_NAMES)
@pytest.mark.parametrize("program", PROGRAMS)
def test_declared_rates_come_out(history, caseload, program, profile):
    """In every program and profile each kind of slip comes as often as declared, within binomial bounds."""
    rates = read_profile(profile).rates(program)
    keyed = key_versions(history, replace(caseload, program=program), rates, Streams(3))
    counts = keyed.errors["kind"].value_counts()
    truth = key_versions(history, caseload, PERFECT, Streams(3)).fields
    for kind, (column, least, most) in CAN_HAPPEN.items():
        if FIELD_OF.get(column, column) in rates.not_asked or KINDS[kind].fields[0] in rates.not_asked:
            assert kind not in counts
            continue
        n = len(truth) if column is None else int((truth[column].notna() & (truth[column] != NO_SSN)).sum())
        rate = getattr(rates, kind)
        low, high = stats.binom.ppf(1e-5, n, least * rate), stats.binom.ppf(1 - 1e-5, n, most * rate)
        assert low <= counts.get(kind, 0) <= high, kind


def test_rates_hold_though_workers_differ(history, caseload):
    """The rate over all is the declared one; between workers it differs more than chance allows."""
    n, worker = history.n_people, caseload.records["worker"].to_numpy()
    rates = replace(PERFECT, birth_day_wrong=0.1, worker_spread=0.8)
    slips = key_versions(history, caseload, rates, Streams(3)).errors["version"]
    assert len(slips) == pytest.approx(0.1 * n, abs=4 * np.sqrt(0.09 * n))
    table = [np.bincount(worker[slips], minlength=30), np.bincount(np.delete(worker, slips), minlength=30)]
    assert stats.chi2_contingency(table).pvalue < 1e-6
    even = key_versions(history, caseload, replace(rates, worker_spread=0.0), Streams(3)).errors["version"]
    table = [np.bincount(worker[even], minlength=30), np.bincount(np.delete(worker, even), minlength=30)]
    assert stats.chi2_contingency(table).pvalue > 1e-4


def test_a_subgroup_has_its_own_rate(history, caseload):
    """People of a subgroup have the multiple of the rate that the profile gives them, others the rate."""
    subgroup = Subgroup(column="sex", value="F", times={"ssn_missing": 3.0})
    keyed = key_versions(history, caseload, replace(PERFECT, ssn_missing=0.1, subgroups=(subgroup,)), Streams(3))
    truth = key_versions(history, caseload, PERFECT, Streams(3)).fields
    has = (truth["ssn"] != NO_SSN).to_numpy()
    for sex, rate in (("F", 0.3), ("M", 0.1)):
        rows = has & (truth["sex"] == sex).to_numpy()
        missing = (keyed.fields["ssn"][rows] == NO_SSN).mean()
        assert missing == pytest.approx(rate, abs=4 * np.sqrt(rate / rows.sum()))


@pytest.mark.parametrize(
    ("kind", "least"), [("address_old", 0.15), ("address_missing", 0.15), ("mailing_address", 0.02)]
)
def test_households_are_out_of_date_together(history, caseload, kind, least):
    """What happens to a household's address happens to the records of all who live there."""
    keyed = key_versions(history, caseload, replace(PERFECT, **{kind: 0.2}), Streams(3))
    hit = np.zeros(history.n_people, dtype=bool)
    hit[keyed.errors["version"]] = True
    by_home = pd.Series(hit).groupby(history.home_address[0, history.home[0]])
    assert by_home.nunique().max() == 1
    assert hit.mean() > least
    assert set(keyed.errors["kind"]) == {kind}


def test_twins_have_each_others_numbers(history, caseload):
    """Swapped twins hold the other one's number, both of them."""
    keyed = key_versions(history, caseload, replace(PERFECT, twins_swapped=1.0), Streams(3))
    people = history.people
    second = np.flatnonzero(people["twin"] & (people["ssn_from"] <= 0) & ~people["twin"].shift(-1, fill_value=False))
    second = second[~people["twin"].to_numpy()[second - 1] & (people["ssn_from"].to_numpy()[second - 1] <= 0)]
    assert len(second) > 5
    assert (keyed.fields["ssn"].to_numpy()[second] == people["ssn"].to_numpy()[second - 1]).all()
    assert (keyed.fields["ssn"].to_numpy()[second - 1] == people["ssn"].to_numpy()[second]).all()
    assert set(keyed.errors["kind"]) == {"twins_swapped"}


def test_an_office_types_one_number_for_many(history, caseload):
    """A shared number stands in records of many families, one for each office."""
    keyed = key_versions(history, caseload, replace(PERFECT, shared_number=0.1), Streams(3))
    rows = keyed.errors["version"].to_numpy()
    offices = pd.Series(keyed.fields["ssn"].to_numpy()[rows]).groupby(caseload.records["worker"].to_numpy()[rows] // 8)
    assert offices.nunique().tolist() == [1, 1, 1, 1]
    assert history.people["family"].to_numpy()[rows[:100]].size == 100
    assert pd.Series(history.people["family"].to_numpy()[rows]).nunique() > 100


def test_missing_by_error_and_not_there_are_told_apart(history, caseload):
    """A number that a child has not got yet is missing without an error; one that was not asked has the error."""
    keyed = key_versions(history, caseload, replace(PERFECT, ssn_missing=0.2, newborn_name=0.5), Streams(3))
    missing = (keyed.fields["ssn"] == NO_SSN).to_numpy()
    by_error = np.zeros(len(missing), dtype=bool)
    by_error[keyed.errors["version"][keyed.errors["field"] == "ssn"]] = True
    not_there = (history.people["ssn_from"] > 0).to_numpy()
    assert not_there.sum() > 50
    assert (missing == (by_error | not_there)).all()
    assert not (by_error & not_there).any()
    unnamed = (history.people["named_from"] > 0).to_numpy()
    named_baby = keyed.fields["first_name"].notna().to_numpy() & unnamed
    assert named_baby.sum() == (keyed.errors["kind"] == "newborn_name").sum()
    assert 0.3 < named_baby.sum() / unnamed.sum() < 0.7


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        pytest.param("particle", {"DELAPENA", "LA PENA", "PENA"}, id="particle"),
        pytest.param("diacritics_lost", {"DE LA PEA", "DE LA PENNA"}, id="marks"),
    ],
)
def test_particles_and_marks_are_written_otherwise(history, caseload, kind, names):
    """A last name with particles and marks comes out in the ways that workers and systems write it."""
    keyed = key_versions(history, caseload, replace(PERFECT, **{kind: 1.0}), Streams(3))
    rows = (history.surnames[history.last_name[0]] == "DE LA PEÑA").nonzero()[0]
    assert set(keyed.fields["last_name"].iloc[rows]) == names


def test_a_default_sex_is_the_same_for_all_of_a_worker(history, caseload):
    """A worker's default is one code; it is an error where the person has the other."""
    keyed = key_versions(history, caseload, replace(PERFECT, sex_default=1.0), Streams(3))
    by_worker = keyed.fields["sex"].groupby(caseload.records["worker"].to_numpy())
    assert by_worker.nunique().max() == 1
    assert set(by_worker.first()) == {"F", "M"}
    assert len(keyed.errors) == (keyed.fields["sex"] != history.people["sex"].to_numpy()).sum()


def test_what_a_program_does_not_ask_stays_empty(history, caseload):
    """Columns that the form lacks are empty without an error, whatever the rates; without mail there is no column."""
    rates = replace(read_profile("hard").rates("iva"), not_asked=("suffix", "sex", "phone", "mailing"))
    keyed = key_versions(history, caseload, rates, Streams(3))
    assert keyed.fields[["suffix", "sex", "phone"]].isna().all(axis=None)
    assert not keyed.errors["field"].isin(["suffix", "sex", "phone"]).any()
    assert not any(column.startswith("mailing") for column in keyed.fields)


def test_a_wage_report_has_neither_birth_date_nor_address(history, caseload):
    """What a wage report does not hold is missing without an error; a new-hire report of the same person holds it."""
    role = np.where(np.arange(history.n_people) % 2, "QW", "W4").astype(object)
    employment = replace(caseload, program="employment", records=caseload.records.assign(role=role))
    keyed = key_versions(history, employment, read_profile("hard").rates("employment"), Streams(3))
    wages = keyed.fields[role == "QW"]
    assert (wages[["birth_year", "birth_month", "birth_day"]] == 0).all(axis=None)
    assert wages[["middle_name", "house_no", "street", "unit", "city", "zip"]].isna().all(axis=None)
    assert set(keyed.errors["field"][(role == "QW")[keyed.errors["version"]]]) == {"first_name", "last_name", "ssn"}
    assert (keyed.fields["street"].notna() & (role == "W4")).sum() > 1000


def test_whatever_programs_know_can_be_keyed():
    """Records of a drawn district come out one row a version, errors with known fields and kinds, made before shown."""
    history = draw_history(1_500, streams=Streams(2), calendar=Calendar(6))
    profile = read_profile("hard")
    programs = draw_caseloads(history, streams=Streams(2), rates=profile.all_rates())
    for name, drawn in programs.caseloads.items():
        keyed = key_versions(history, drawn, profile.rates(name), Streams(2))
        assert len(keyed.fields) == len(drawn.versions)
        assert set(keyed.errors["kind"]) <= set(KINDS)
        known = {(field, kind) for kind, about in KINDS.items() for field in about.fields}
        assert set(zip(keyed.errors["field"], keyed.errors["kind"], strict=True)) <= known
        month = drawn.versions["month"].to_numpy()
        assert (month[keyed.errors["made"]] <= month[keyed.errors["version"]]).all()
