"""Months put together: one history, however the months come, and records that know what was before."""

from __future__ import annotations

from functools import reduce

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import caselink as cl
from caselink.errors import InputError
from caselink.months import History, stack_months

COLUMNS = ["source", "record_id", "month", "last_name", "ssn", "street", "zip", "case_id", "role"]


def said(*rows, **columns):
    """Normalized records as programs gave them, one a row in the order of COLUMNS."""
    filled = [row + (None,) * (len(COLUMNS) - len(row)) for row in rows]
    frame = pd.DataFrame(filled, columns=COLUMNS).astype("string[pyarrow]")
    return frame.assign(**columns)


def only(history: History) -> dict[str, object]:
    """The one record of a history, without what is missing."""
    (record,) = history.records.to_dict("records")
    return {name: value for name, value in record.items() if not pd.isna(value)}


# What one record knows.


def test_the_latest_month_counts_and_what_was_before_is_not_lost():
    """A new last name and number are the record's own; the former ones stand among the others."""
    history = stack_months(
        said(("iva", "7", "2026-01", "LEE", "212345678")), said(("iva", "7", "2026-03", "OTT", "212345679"))
    )
    assert only(history) == {
        "source": "iva",
        "record_id": "7",
        "last_name": "OTT",
        "other_last_names": "LEE",
        "ssn": "212345679",
        "other_ssns": "212345678",
        "month": "2026-03",
        "first_seen": "2026-01",
    }


def test_a_value_that_is_left_out_later_stays():
    """A month that does not say the number does not take it away, and it is the record's own, not a former one."""
    history = stack_months(
        said(("iva", "7", "2026-01", "LEE", "212345678")), said(("iva", "7", "2026-02", "LEE", None))
    )
    record = only(history)
    assert record["ssn"] == "212345678"
    assert "other_ssns" not in record


def test_a_name_taken_back_is_no_other_name():
    """Who has her first name again has the one between among the others, not the one that she has."""
    names = ("LEE", "OTT", "LEE")
    history = stack_months(*(said(("iva", "7", f"2026-0{n}", name)) for n, name in enumerate(names, 1)))
    record = only(history)
    assert (record["last_name"], record["other_last_names"]) == ("LEE", "OTT")
    assert len(history.versions) == 3


def test_other_names_that_were_told_are_kept():
    """Sets of several months become one set."""
    one = said(("iva", "7", "2026-01", "LEE"), other_last_names="RAY")
    two = said(("iva", "7", "2026-02", "OTT"), other_last_names="LEE|KIM")
    assert only(stack_months(one, two))["other_last_names"] == "KIM|LEE|RAY"


def test_an_address_is_taken_whole():
    """The street of one month is not put beside the ZIP of another."""
    history = stack_months(
        said(("iva", "7", "2026-01", None, None, "1 OAK ST", "11111")),
        said(("iva", "7", "2026-02", None, None, None, "22222")),
    )
    record = only(history)
    assert record["zip"] == "22222"
    assert "street" not in record


@pytest.mark.parametrize(
    ("flags", "known"),
    [
        pytest.param(["Y", "N"], "Y", id="a yes holds against a no"),
        pytest.param([" y ", "N", None], " y ", id="and however it is written"),
        pytest.param([None, "N"], "N", id="a no of the last month"),
        pytest.param(["N", "Y"], "Y", id="set"),
        pytest.param(["Y", None], "Y", id="a yes holds"),
        pytest.param(["N", None], None, id="a no does not"),
    ],
)
def test_no_month_frees_who_was_protected_before(flags, known):
    """Protection does not end by itself; and where the last month says nothing, an earlier no is none."""
    months = [said(("iva", "7", f"2026-0{n}"), protected=flag) for n, flag in enumerate(flags, 1)]
    assert only(stack_months(*[month.astype("string[pyarrow]") for month in months])).get("protected") == known


def test_a_record_that_does_not_change_is_one_version():
    """Months that say the same are one stretch; a month between that is missing makes two."""
    row = ("iva", "7", "LEE")
    months = [said((row[0], row[1], month, row[2])) for month in ("2025-12", "2026-01", "2026-03")]
    history = stack_months(*months)
    assert history.versions[["first_month", "last_month"]].to_numpy().tolist() == [
        ["2025-12", "2026-01"],
        ["2026-03", "2026-03"],
    ]
    assert only(history)["month"] == "2026-03"
    assert history.months["month"].tolist() == ["2025-12", "2026-01", "2026-03"]


def test_cases_become_stretches():
    """A record in two cases is one record with two memberships; its own case is the one in which it stood last."""
    history = stack_months(
        said(
            ("ivd", "7", "2026-01", "LEE", None, None, None, "D1", "CP"),
            ("ivd", "7", "2026-02", "LEE", None, None, None, "D1", "CP"),
            ("ivd", "7", "2026-02", "LEE", None, None, None, "D2", "NP"),
            ("ivd", "7", "2026-03", "LEE", None, None, None, "D2", "NP"),
        )
    )
    told = history.memberships[["case_id", "role", "first_month", "last_month"]]
    assert told.to_numpy().tolist() == [["D1", "CP", "2026-01", "2026-02"], ["D2", "NP", "2026-02", "2026-03"]]
    assert (only(history)["case_id"], only(history)["role"]) == ("D2", "NP")


def test_rosters_told_beside_the_records_count_before_what_records_say_of_no_month():
    """A membership without a month would last to the end; a record whose months are told is in the case only then."""
    records = said(
        ("ivd", "7", None, "LEE", None, None, None, "D1", "CP"), ("ivd", "8", None, "RAY", None, None, None, "D1", "CH")
    )
    told = pd.DataFrame(
        {"source": "ivd", "record_id": ["7"], "case_id": "D1", "first_month": "2026-01", "last_month": "2026-02"}
    )
    cases = stack_months(records, memberships=told).memberships.set_index("record_id")
    assert cases.loc["7", "last_month"] == "2026-02"
    dated = stack_months(records.assign(month="2026-09"), memberships=told).memberships.set_index("record_id")
    assert dated["last_month"].tolist() == ["2026-02", "2026-09"]
    assert cases["last_month"].isna().tolist() == [False, True]


@pytest.mark.parametrize("end", [None, "9999-12"])
def test_a_stay_without_an_end_lasts_to_the_last_month_of_its_table(end):
    """As it does where the table is linked without a history, so going on from a result changes no household."""
    told = pd.DataFrame({"source": "ivd", "record_id": ["7", "8"], "case_id": "D1", "first_month": "2026-01"})
    history = stack_months(
        said(("ivd", "7", None, "LEE", None, None, None, "D1", "CP")),
        memberships=told.assign(last_month=[end, "2026-05"]),
    )
    assert history.memberships.set_index("record_id")["last_month"].to_dict() == {"7": "2026-05", "8": "2026-05"}


def test_months_that_run_backwards_stay_as_they_were_told():
    """They are not repaired here: looking for households counts and reports them."""
    told = pd.DataFrame(
        {
            "source": "ivd",
            "record_id": ["7", "7"],
            "case_id": "D1",
            "first_month": ["2026-05", "2026-01"],
            "last_month": ["2026-02", "2026-06"],
        }
    )
    cases = stack_months(said(("ivd", "7", "2026-06", "LEE")), memberships=told).memberships
    assert cases[["first_month", "last_month"]].to_numpy().tolist() == [["2026-01", "2026-06"], ["2026-05", "2026-02"]]


def test_extracts_are_normalized_and_dated_by_their_date():
    """What a reader gives goes in as it is; its date says the month."""
    frame = pd.DataFrame({"id": ["7"], "name": ["O'Brien, Ann"], "case": ["A1"]})
    columns = {"full_name": "name", "case_id": "case"}
    extract = cl.read_source(frame, name="iva", record_id="id", columns=columns, as_of="2026-03-31")
    record = only(stack_months(extract))
    assert (record["last_name"], record["month"], record["case_id"]) == ("OBRIEN", "2026-03", "A1")


def test_an_ssn_of_three_unrelated_people_is_found_over_all_months():
    """Which numbers are shared is found among the records of the whole history, not of each month."""
    people = [("ANA", "RUIZ", "1990-01-02"), ("BO", "LI", "1985-03-04"), ("EVA", "OTT", "1970-05-06")]
    months = [
        said(("iva", f"{n}", f"2026-0{n}", last, "212345678"), first_name=first, birth_date=born)
        for n, (first, last, born) in enumerate(people, 1)
    ]
    assert stack_months(*months).records["shared_ssn"].tolist() == ["212345678"] * 3


# What a history is.

VALUES = st.sampled_from([None, "LEE", "OTT", "RAY"])
ROWS = st.tuples(
    st.sampled_from(["iva", "ivd"]),
    st.sampled_from(["7", "8"]),
    st.sampled_from([None, "2025-11", "2025-12", "2026-01", "2026-02", "2026-05"]),
    VALUES,
    st.sampled_from([None, "212345678", "212345679"]),
    st.sampled_from([None, "1 OAK ST"]),
    st.sampled_from([None, "11111"]),
    st.sampled_from([None, "C1", "C2"]),
    st.sampled_from([None, "HEAD", "CH"]),
)
TABLES = st.lists(st.lists(ROWS, max_size=5), min_size=1, max_size=5)


def assert_same(one: History, other: History) -> None:
    """Both histories, and the records made of them, are the same tables."""
    for name in ("versions", "memberships", "records", "months"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))


@settings(max_examples=30)
@given(tables=TABLES, order=st.randoms(use_true_random=False))
def test_the_order_of_months_and_rows_does_not_matter(tables, order):
    """All at once, one by one, in any order, grouped in any way, and one of them twice: one history."""
    frames = [said(*rows) for rows in tables]
    at_once = stack_months(*frames)
    mixed = [frame.sample(frac=1, random_state=order.randrange(99)) for frame in frames]
    order.shuffle(mixed)
    assert_same(reduce(lambda history, frame: history.append(frame), mixed, stack_months(mixed[0])), at_once)
    cut = order.randrange(len(mixed))
    halves = [stack_months(*half) for half in (mixed[:cut], mixed[cut:]) if half]
    assert_same(stack_months(*reversed(halves)), at_once)


@settings(max_examples=30)
@given(tables=TABLES)
def test_every_record_is_there_once_and_no_value_is_lost(tables):
    """Each key has one row, and every last name and number ever said is its own or one of the others."""
    frame = pd.concat([said(*rows) for rows in tables])
    records = stack_months(frame).records.reindex(columns=[*COLUMNS, "other_last_names", "other_ssns"])
    assert records[["source", "record_id"]].duplicated().sum() == 0
    known = records.set_index(["source", "record_id"])
    assert set(known.index) == set(zip(frame["source"], frame["record_id"], strict=True))
    for row in frame.itertuples():
        for name, others in (("last_name", "other_last_names"), ("ssn", "other_ssns")):
            value, now, former = getattr(row, name), *known.loc[(row.source, row.record_id), [name, others]]
            if not pd.isna(value):
                assert value == now or value in ("" if pd.isna(former) else former).split("|")


@settings(max_examples=30)
@given(tables=TABLES)
def test_a_history_is_the_same_when_it_was_saved(tables, tmp_path_factory):
    """What is written is read back to the byte."""
    history = stack_months(*[said(*rows) for rows in tables])
    folder = tmp_path_factory.mktemp("history")
    history.save(folder)
    assert_same(History.load(folder), history)


@settings(max_examples=30)
@given(rows=st.lists(ROWS, max_size=6), others=st.lists(ROWS, max_size=6))
def test_a_month_that_is_taken_out_was_never_there(rows, others):
    """Without a source's month, the history is that of the other rows: the way to put in a corrected extract."""
    wrong = said(*(("iva", *row[1:2], "2026-01", *row[3:]) for row in rows))
    right = said(*(row for row in others if row[0] != "iva" or row[2] != "2026-01"), ("iva", "1", "2025-01"))
    assert_same(stack_months(right, wrong).without("iva", "2026-01"), stack_months(right))


def test_calls_that_cannot_work_say_why():
    """Nothing at all, the records of a history instead of it, and a month that is none."""
    history = stack_months(said(("iva", "7", "2026-01", "LEE")))
    with pytest.raises(InputError, match="nothing to put together"):
        stack_months()
    with pytest.raises(InputError, match="give the history itself"):
        stack_months(history.records)
    with pytest.raises(InputError, match="YYYY-MM"):
        history.without("iva", "January")
    with pytest.raises(InputError, match="record_id"):
        stack_months(said(("iva", None, "2026-01", "LEE")))


def test_nothing_of_a_person_is_shown():
    """A history tells its counts only."""
    history = stack_months(said(("iva", "7", "2026-01", "LEE", "212345678")))
    assert repr(history) == "History of 1 records of 1 sources, 2026-01 to 2026-01"
