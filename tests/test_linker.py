"""Linking gives the same persons whatever the order of rows, the chunks, the threads; and says what it cannot do."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import caselink as cl
from caselink.blocking import PairIndex
from caselink.engines import chance
from caselink.synthetic import draw_records

RULES = [
    cl.BlockingRule("ssn"),
    cl.BlockingRule("first_name", "last_name"),
    cl.BlockingRule("last_name", "birth_date"),
    cl.BlockingRule("zip", largest=8, split_by=["birth_date.year"]),
]
COMPARISONS = [
    cl.JaroWinkler("first_name"),
    cl.JaroWinkler("last_name", evidence="family"),
    cl.BirthDate(),
    cl.SSN(),
    cl.Exact("sex"),
    cl.Exact("zip", "family"),
]
SECRET = "QXZWVJ"  # noqa: S105  (a name that no message may show)


def linked(records, linker=None, **options):
    """Fit and resolve; doubts about so few records are not what is tested here."""
    linker = cl.Linker(RULES, COMPARISONS, **options) if linker is None else linker
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        return linker.fit(records).resolve(records)


def by_record(table, *columns):
    """A table in the order of its records, so that only its content counts."""
    return table.sort_values(list(columns)).reset_index(drop=True)


def assert_same(one, other):
    """Two results are the same to the last bit, but for the order of their rows."""
    ids = ("source", "record_id")
    pd.testing.assert_frame_equal(by_record(one.persons, *ids), by_record(other.persons, *ids), check_exact=True)
    pair = ("source_left", "record_id_left", "source_right", "record_id_right")
    pd.testing.assert_frame_equal(by_record(one.links, *pair), by_record(other.links, *pair), check_exact=True)
    counts = [{k: v for k, v in result.summary.items() if k != "seconds"} for result in (one, other)]
    assert counts[0] == counts[1]


@pytest.fixture(scope="module")
def records():
    """Five hundred drawn records of several sources."""
    return draw_records(500, seed=3)[0]


@pytest.fixture(scope="module")
def result(records):
    """What linking them gives."""
    return linked(records, threads=1)


def test_every_record_gets_one_person(records, result):
    """Persons has one row a record, in the order of the input, and the summary counts them."""
    assert result.persons[["source", "record_id"]].equals(records[["source", "record_id"]])
    assert result.persons["person_id"].notna().all()
    assert result.summary["records"] == len(records)
    assert result.summary["persons"] == result.persons["person_id"].nunique()
    assert 0 < result.summary["links"] <= result.summary["pairs"]


@pytest.mark.parametrize("seed", [0, 1])
def test_the_order_of_rows_is_nothing(records, result, seed):
    """Shuffled rows give the same persons, ids and links, byte for byte."""
    shuffled = records.sample(frac=1, random_state=seed)
    assert_same(linked(shuffled, threads=1), result)


def test_the_order_of_rows_is_nothing_where_pairs_are_drawn(records, monkeypatch):
    """Nor is it where there are too many pairs to look at all of them and some are drawn."""
    monkeypatch.setattr(chance, "_KEY_PAIRS", 50)
    monkeypatch.setattr(chance, "_RANDOM_PAIRS", 2000)
    default = cl.Linker(threads=1), cl.Linker(threads=1)
    assert_same(linked(records, default[0]), linked(records.iloc[::-1], default[1]))


def test_threads_are_nothing(records, result):
    """Two threads give what one gives, byte for byte."""
    assert_same(linked(records, threads=2), result)


@pytest.mark.parametrize("chunk_pairs", [1, 37, 1000])
def test_the_size_of_chunks_is_nothing(records, result, monkeypatch, chunk_pairs):
    """Chunks of any size give the same, byte for byte."""
    monkeypatch.setattr(PairIndex.spans, "__defaults__", (chunk_pairs,))
    assert_same(linked(records, threads=2), result)


def test_the_kind_of_text_column_is_nothing(records, result):
    """Python strings, pandas strings and categories give the same persons."""
    for dtype in ("object", "string", "category"):
        other = linked(records.astype(dict.fromkeys(records.columns, dtype)), threads=1)
        assert other.persons["person_id"].tolist() == result.persons["person_id"].tolist()


def test_fit_resolve_is_fit_and_resolve(records, result):
    """The short way gives the same."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        assert_same(cl.Linker(RULES, COMPARISONS, threads=1).fit_resolve(records), result)


def test_a_saved_linker_gives_the_same(records, result, tmp_path):
    """Rules, comparisons and weights are all that is needed: a loaded linker gives the same result without a fit."""
    for linker in (cl.Linker(RULES, COMPARISONS, threads=1), cl.Linker(threads=1)):
        fitted = linked(records, linker)
        linker.save(tmp_path / "model.json")
        assert_same(cl.Linker.load(tmp_path / "model.json", threads=1).resolve(records), fitted)
        text = (tmp_path / "model.json").read_text(encoding="utf-8")
        assert not [name for name in records["last_name"].dropna().unique() if f'"{name}"' in text]


def test_a_loaded_model_needs_nothing_that_normalizing_did_not_find(records, tmp_path):
    """A column that stands there only where something is found, as shared numbers do, may be lacking the next time."""
    found = records.assign(shared_ssn=None, cut_last_name=None)
    found.loc[found.index[:3], "shared_ssn"] = found["ssn"].iloc[:3]
    found.loc[found.index[:3], "cut_last_name"] = found["last_name"].iloc[:3]
    comparisons = [cl.PersonName("last_name", cut="cut_last_name"), cl.BirthDate(), cl.SSN(shared="shared_ssn")]
    linker = cl.Linker(RULES, comparisons, threads=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        linker.fit(found).save(tmp_path / "model.json")
        again = cl.Linker.load(tmp_path / "model.json", threads=1)
        assert_same(again.resolve(records), again.resolve(records.assign(shared_ssn=None, cut_last_name=None)))
    with pytest.raises(cl.ColumnMissingError):
        again.resolve(records.drop(columns="ssn"))


def test_a_loaded_model_meets_new_sources(records, tmp_path):
    """A source that the model never saw shifts nothing for the others: pairs keep their weights, persons their ids."""
    linker = cl.Linker(threads=1)
    before = linked(records, linker)
    linker.save(tmp_path / "model.json")
    newcomer = records.iloc[:1].assign(source="aaa", record_id="1", first_name="NOBODY", last_name="ELSE", ssn=None)
    for column in ("birth_date", "street", "city", "zip", "sex"):
        newcomer[column] = None
    grown = pd.concat([records, newcomer], ignore_index=True)
    after = cl.Linker.load(tmp_path / "model.json", threads=1).resolve(grown)
    assert after.persons["person_id"].tolist()[: len(records)] == before.persons["person_id"].tolist()
    pairs = ["source_left", "record_id_left", "source_right", "record_id_right"]
    weights = after.links.set_index(pairs)["match_weight"]
    old = before.links.set_index(pairs)["match_weight"]
    turned = old.rename_axis([pairs[2], pairs[3], pairs[0], pairs[1]]).reorder_levels(pairs)
    joined = pd.concat([old, turned]).reindex(weights.index)
    known = joined.notna()
    assert known.mean() > 0.9
    assert np.abs(weights[known] - joined[known]).max() < 0.5  # rarer by one record more


def test_progress_is_told(records):
    """The callable hears of each stage from nothing to all."""
    heard = []
    linked(records, threads=1, progress=lambda stage, done, total: heard.append((stage, done, total)))
    for stage in {stage for stage, *_ in heard}:
        steps = [(done, total) for name, done, total in heard if name == stage]
        assert steps[0][0] == 0
        assert steps[-1][0] == steps[-1][1]
    assert {"training", "comparing"} <= {stage for stage, *_ in heard}


@pytest.mark.parametrize("link_type", ["link_only", "dedupe_only"])
def test_link_type_is_kept(records, link_type):
    """Only pairs between sources, or only within, are linked directly."""
    links = linked(records, threads=1, link_type=link_type).links
    same = links["source_left"] == links["source_right"]
    assert len(links)
    assert (same == (link_type == "dedupe_only")).all()


def test_an_unduplicated_source_holds_a_person_once(records):
    """Two records of a source declared unduplicated never become one person."""
    source = records["source"].iloc[0]
    persons = linked(records, threads=1, unduplicated=[source]).persons
    inside = persons[persons["source"] == source]
    assert inside["person_id"].is_unique


def frame_of(n, **columns):
    """Records of one source."""
    return pd.DataFrame({"source": "iva", "record_id": [str(i) for i in range(n)], **columns})


def test_one_record_is_one_person():
    """A single record has nobody to be linked to; that is a result, not an error."""
    one = frame_of(1, first_name="ANA", last_name="RUIZ", birth_date="1990-02-03")
    for linker in (cl.Linker(threads=1), cl.Linker(RULES[2:3], COMPARISONS[:2], threads=1)):
        result = linked(one, linker)
        assert len(result.persons) == result.summary["persons"] == 1
        assert len(result.links) == 0


def test_an_empty_table_gives_an_empty_result():
    """No record in, no person out, where rules and comparisons are given."""
    empty = frame_of(0, first_name=[], last_name=[], birth_date=[], zip=[])
    result = linked(empty, cl.Linker(RULES[2:], COMPARISONS[:2], threads=1))
    assert len(result.persons) == len(result.links) == result.summary["persons"] == 0
    assert result.links.columns.tolist() == list(cl.schema.LINK_COLUMNS)


def test_records_without_any_column_of_a_person_are_refused():
    """Where nothing tells persons apart, the error lists the columns that would."""
    for frame in (frame_of(2), frame_of(2, first_name=None, ssn=np.nan)):
        with pytest.raises(cl.SpecError, match="first_name"):
            cl.Linker(threads=1).fit(frame)


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA], ids=str)
def test_a_column_all_missing_says_nothing(records, missing):
    """A rule or comparison of a column without values makes no pair, adds no weight, and is no error."""
    gone = records.assign(phone=missing)
    rules, comparisons = [*RULES, cl.BlockingRule("phone")], [*COMPARISONS, cl.Phone()]
    result = linked(gone, cl.Linker(rules, comparisons, threads=1))
    assert not (result.links["rule"] == "phone").any()
    plain = linked(records, threads=1)
    assert result.persons["person_id"].tolist() == plain.persons["person_id"].tolist()


def test_a_column_all_the_same_is_payable(records):
    """One value for all: default rules split the block, and the job ends."""
    same = records.assign(city="SPRINGFIELD")
    result = linked(same, cl.Linker(threads=1))
    assert result.summary["persons"] > len(records) // 3


def test_ten_thousand_records_with_one_birth_date_are_payable():
    """Ten thousand people of one birth date make pairs by the ten thousand, not by the million."""
    draws = np.random.default_rng(0)
    n = 10_000
    names = [f"{a}{b}" for a in "BCDFGHJKLMNPRSTVWZ" for b in ("ANA", "ELO", "IRA", "OLU", "UMI")]
    people = {"first_name": draws.choice(names, n), "last_name": draws.choice(names, n), "birth_date": "1990-01-01"}
    frame = frame_of(n, **people)
    assert cl.count_pairs(frame)["new_pairs"].sum() < 100 * n
    assert linked(frame, cl.Linker(threads=2)).summary["records"] == n


def test_names_in_any_script_are_linked():
    """People whose names are written in other scripts are found like all others."""
    first = ["АННА", "王", "ΜΑΡΙΑ", "محمد", "דוד", "さくら", "𝔄𝔫𝔫𝔞", "ÅSA", "ANA", "JOSÉ"]
    last = ["ИВАНОВА", "小明", "ΠΑΠΑΔΟΠΟΥΛΟΥ", "علي", "כהן", "田中", "𝔖𝔠𝔥", "ØST", "RUIZ", "NÚÑEZ"]
    n = len(first)
    birth = [f"{1950 + i}-0{1 + i % 9}-1{i}" for i in range(n)]
    ssn = [f"{400000000 + 1234567 * i}" for i in range(n)]
    once = pd.DataFrame({"first_name": first, "last_name": last, "birth_date": birth, "ssn": ssn})
    twice = [once.assign(source=source, record_id=[str(i) for i in range(n)]) for source in ("iva", "ivd")]
    persons = linked(pd.concat(twice, ignore_index=True), cl.Linker(threads=1)).persons
    assert persons["person_id"].nunique() == n
    assert len(persons[["record_id", "person_id"]].drop_duplicates()) == n


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        pytest.param(lambda r: r.drop(columns="zip"), cl.ColumnMissingError, "zip", id="no column"),
        pytest.param(lambda r: r.drop(columns="record_id"), cl.ColumnMissingError, "record_id", id="no ids"),
        pytest.param(lambda r: pd.concat([r, r]), cl.RecordIdError, "twice", id="ids twice"),
        pytest.param(lambda r: r.assign(record_id=None), cl.RecordIdError, "without", id="ids missing"),
        pytest.param(lambda r: r.assign(record_id=range(len(r))), cl.InputError, "record_id", id="ids are numbers"),
        pytest.param(lambda r: r.assign(zip=62701), cl.InputError, "zip", id="numbers"),
        pytest.param(lambda r: r.assign(first_name=[[SECRET]] * len(r)), cl.InputError, "first_name", id="lists"),
        pytest.param(
            lambda r: r.assign(birth_date=pd.Timestamp("1990-01-01")), cl.InputError, "birth_date", id="dates"
        ),
        pytest.param(lambda r: r.assign(last_name=[SECRET, 7] * (len(r) // 2)), cl.InputError, "last_name", id="mixed"),
    ],
)
def test_tables_that_cannot_be_linked_are_refused(records, change, error, said):
    """The error names the column or rows and what to do, and no value."""
    with pytest.raises(error, match=said) as caught:
        cl.Linker(RULES, COMPARISONS, threads=1).fit(change(records))
    assert SECRET not in str(caught.value)


def test_a_linker_without_weights_says_so(records):
    """Resolving before fitting is an error that says what to do."""
    for linker in (cl.Linker(), cl.Linker(RULES, COMPARISONS)):
        with pytest.raises(cl.NotFittedError, match="fit"):
            linker.resolve(records)


def test_too_many_pairs_are_refused_beforehand(records):
    """The error names the dearest rule before anything is compared."""
    with pytest.raises(cl.PairsLimitError, match=r"ssn|zip|name"):
        cl.Linker(RULES, COMPARISONS, max_pairs=10).fit(records)


@pytest.mark.parametrize(
    "options",
    [
        {"link_at": 0},
        {"link_at": 1.0},
        {"link_at": float("nan")},
        {"link_at": "0.9"},
        {"unduplicated": ["nowhere"]},
        {"link_type": "link"},
        {"threads": 0},
        {"threads": 1.5},
        {"seed": -1},
        {"blocking": []},
        {"blocking": "ssn"},
        {"blocking": ["ssn"]},
        {"blocking": cl.BlockingRule("ssn")},
        {"comparisons": []},
        {"comparisons": [cl.Exact]},
        {"comparisons": RULES},
        {"matcher": cl.FellegiSunter},
        {"matcher": "FellegiSunter"},
    ],
)
def test_settings_that_cannot_work_are_refused(records, options):
    """A threshold that is no probability, a source that is not there, what is no rule: errors that name the option."""
    with pytest.raises(cl.SpecError, match=next(iter(options))):
        cl.Linker(**{"blocking": RULES, "comparisons": COMPARISONS, **options}).fit(records)


def test_one_unduplicated_source_may_stand_alone(records):
    """A name is as good as a list of one."""
    source = str(records["source"].iloc[0])
    assert cl.Linker(unduplicated=source).unduplicated == (source,)


def test_tables_of_other_kinds_are_refused_without_a_value(records):
    """The columns of a pyarrow table are its values: the error names the kind of table and what to do."""
    table = pa.Table.from_pandas(records)
    for use in (cl.Linker().fit, cl.Linker(RULES, COMPARISONS).resolve, cl.count_pairs):
        with pytest.raises(cl.InputError, match=r"pandas frame, not a pyarrow Table; give its to_pandas\(\)") as caught:
            use(table)
        assert records["record_id"].iloc[0] not in str(caught.value)


def test_without_records_nothing_is_learned(records):
    """The error says that there are none, not that columns are."""
    with pytest.raises(cl.InputError, match="no records"):
        cl.Linker().fit(records.head(0))


def test_fitting_again_chooses_again(records):
    """Rules and comparisons that were not given are those of the columns that the records of this fit have."""
    linker = cl.Linker(threads=1).fit(records)
    fewer = records.drop(columns="ssn")
    again = linker.fit(fewer)
    assert [rule.name for rule in again.blocking] == [rule.name for rule in cl.Linker(threads=1).fit(fewer).blocking]


def test_links_are_counted_from_the_threshold(records):
    """The summary counts the links that are at least as probable as ``link_at``."""
    for link_at in (0.2, 0.99):
        result = cl.Linker(threads=1, link_at=link_at).fit_resolve(records)
        assert result.summary["links"] == (result.links["match_probability"] >= link_at).sum() > 0
