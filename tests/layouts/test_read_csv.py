"""Reading CSV: whatever stands in the file, a line is a record or a reject that says why, and the counts add up."""

import gzip
import hashlib
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caselink.errors import ColumnMissingError, InputError, SpecError
from caselink.layouts import csv_lines, delimited, read_source
from caselink.layouts.csv_lines import split_records

COLUMNS = {"first_name": "fname", "last_name": "lname"}
MARKER = "Zebulon"


def read(tmp_path, content, file="people.csv", **options):
    """Write the file and read it as the source iva."""
    path = tmp_path / file
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_source(path, **{"name": "iva", "record_id": "id", "columns": COLUMNS} | options)


def rows(extract):
    """The records as lists of text, None where missing."""
    return (
        extract.records.drop(columns="source").astype(object).where(extract.records.notna(), None).to_numpy().tolist()
    )


def reasons(extract):
    """Line and reason of each reject."""
    return extract.rejects[["line", "reason"]].to_numpy().tolist()


def test_a_plain_file_is_read_as_text_with_its_line_numbers_and_digest(tmp_path):
    """Ids keep their zeros, empty is missing, and the file can be known again by its SHA-256."""
    content = b"id,fname,lname,other\n007,Ana,,x\n8,Bo,Ngo,y\n"
    extract = read(tmp_path, content, as_of="2026-09-30", unduplicated=True)
    assert rows(extract) == [["007", "Ana", None], ["8", "Bo", "Ngo"]]
    assert extract.records.index.tolist() == [2, 3]
    assert (extract.n_read, len(extract.rejects), extract.name, extract.as_of) == (2, 0, "iva", "2026-09-30")
    assert extract.unduplicated
    assert extract.sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"id,fname,lname\r\n1,Ana,Diaz\r\n", id="CR LF"),
        pytest.param(b"id,fname,lname\r1,Ana,Diaz\r", id="CR alone"),
        pytest.param(b"id,fname,lname\n1,Ana,Diaz", id="no line end at the end"),
        pytest.param(b"\xef\xbb\xbfid,fname,lname\n1,Ana,Diaz\n", id="byte order mark"),
        pytest.param(b'"id","fname","lname"\n"1","Ana","Diaz"\n', id="everything quoted"),
        pytest.param(b"\n\nid,fname,lname\n\n1,Ana,Diaz\n\n\n", id="blank lines"),
        pytest.param(b"id\tfname\tlname\n1\tAna\tDiaz\n", id="tabs"),
        pytest.param(b"id;fname;lname\n1;Ana;Diaz\n", id="semicolons"),
        pytest.param(b"id|fname|lname\n1|Ana|Diaz\n", id="bars"),
        pytest.param(b" id , fname,lname \n1,Ana,Diaz\n", id="blanks in the header"),
        pytest.param(b"lname,x,id,fname\nDiaz,,1,Ana\n", id="another order"),
    ],
)
def test_how_the_file_is_written_makes_no_difference(tmp_path, content):
    """Line ends, quotes, separators and the order of the columns are the sender's business."""
    extract = read(tmp_path, content)
    assert rows(extract) == [["1", "Ana", "Diaz"]]
    assert extract.n_read == 1


def test_gzip_is_read_in_place(tmp_path):
    """A .csv.gz is read as the file inside it."""
    extract = read(tmp_path, gzip.compress(b"id,fname,lname\n1,Ana,Diaz\n"), file="people.csv.gz")
    assert rows(extract) == [["1", "Ana", "Diaz"]]


def test_an_encoding_can_be_named(tmp_path):
    """Latin-1 text is read when it is named."""
    extract = read(tmp_path, "id,fname,lname\n1,José,Peña\n".encode("latin-1"), encoding="latin-1")
    assert rows(extract) == [["1", "José", "Peña"]]
    wide = read(tmp_path, "id,fname,lname\n1,José,Peña\n".encode("utf-16"), encoding="utf-16")
    assert rows(wide) == [["1", "José", "Peña"]]


def test_a_field_may_hold_line_breaks_commas_and_quotes(tmp_path):
    """A quoted field is one value, and the lines after it keep their numbers."""
    extract = read(tmp_path, 'id,fname,lname\n1,"An""a","Di\naz, Ann"\n2,Bo,Ngo\n3,x\n')
    assert rows(extract) == [["1", 'An"a', "Di\naz, Ann"], ["2", "Bo", "Ngo"]]
    assert extract.records.index.tolist() == [2, 4]
    assert reasons(extract) == [[5, "has 2 columns where the header has 3"]]


DAMAGED = [
    pytest.param(f"3,{MARKER}", "has 2 columns where the header has 3", id="too few columns"),
    pytest.param(f"3,{MARKER},b,c", "has 4 columns where the header has 3", id="too many columns"),
    pytest.param(f'3,"{MARKER},b', "a quote that opens or closes in the wrong place", id="quote never closed"),
    pytest.param(f'3,"{MARKER}"x,b', "a quote that opens or closes in the wrong place", id="quote in the middle"),
    pytest.param(f"3,{MARKER}\0,b", "a NUL byte", id="NUL byte"),
    pytest.param(f"3,{MARKER * 150_000},b", "a field longer than 5000 characters", id="a field of 1 MB"),
    pytest.param(f'3,"{MARKER * 15_000}",b', "a field longer than 5000 characters", id="a long field in quotes"),
    pytest.param(f",{MARKER},b", "no record id", id="no record id"),
    pytest.param(f"   ,{MARKER},b", "no record id", id="blank record id"),
]


@pytest.mark.parametrize(("line", "reason"), DAMAGED)
def test_a_damaged_line_is_a_reject_and_the_others_are_read(tmp_path, line, reason):
    """The reject names file, line and reason, never what stands there; nothing else is lost."""
    extract = read(tmp_path, f"id,fname,lname\n1,Ana,Diaz\n{line}\n4,Bo,Ngo\n5,Cy,Ott\n")
    assert [row[0] for row in rows(extract)] == ["1", "4", "5"]
    assert reasons(extract) == [[3, reason]]
    assert extract.rejects["file"].tolist() == [str(tmp_path / "people.csv")]
    assert extract.rejects["dropped"].tolist() == [True]
    assert extract.n_read == 4
    assert MARKER not in extract.rejects.to_csv()


@pytest.mark.parametrize(("line", "reason"), DAMAGED)
def test_a_damaged_last_line_is_a_reject(tmp_path, line, reason):
    """A line that the end of the file cuts off is judged like any other."""
    extract = read(tmp_path, f"id,fname,lname\n1,Ana,Diaz\n{line}")
    assert [row[0] for row in rows(extract)] == ["1"]
    assert reasons(extract) == [[3, reason]]


def test_repeated_ids_are_rejected_whatever_the_order_of_the_lines(tmp_path):
    """Of lines with one id one stays, always the same; a line that is the same in everything is called so."""
    lines = ["1,Bo,Ngo", "1,Ana,Diaz", "1,Ana,Diaz", "2,Cy,Ott"]
    kept = []
    for order in (lines, lines[::-1]):
        extract = read(tmp_path, "\n".join(["id,fname,lname", *order]))
        kept.append(sorted(rows(extract)))
        assert sorted(extract.rejects["reason"]) == ["exact duplicate line", "record_id already used"]
        assert extract.rejects["field"].tolist() == ["record_id"] * 2
        assert extract.n_read == 4
    assert kept[0] == kept[1] == [["1", "Ana", "Diaz"], ["2", "Cy", "Ott"]]


WHOLE_FILES = [
    pytest.param(b"", "is empty", id="empty file"),
    pytest.param(b"\n\n  \n", "is empty", id="blank file"),
    pytest.param(b"id,fname,fname,lname\n1,a,b,c\n", "stands 2 times", id="doubled column"),
    pytest.param("id,fname,lname\n1,a,b\n2,Peña,c\n".encode("latin-1"), "give encoding='latin-1'", id="Latin-1"),
    pytest.param("id,fname,lname\n".encode("utf-16"), "give encoding='utf-16'", id="UTF-16"),
    pytest.param(f"17,{MARKER},b\n18,x,y\n".encode(), "is there a header line", id="no header"),
]


@pytest.mark.parametrize(("content", "message"), WHOLE_FILES)
def test_a_file_that_cannot_be_read_is_one_clear_error(tmp_path, content, message):
    """The error names the file and what to do, never a value."""
    with pytest.raises(InputError, match=message) as caught:
        read(tmp_path, content)
    assert str(tmp_path / "people.csv") in str(caught.value)
    assert MARKER not in str(caught.value)


def test_a_missing_column_is_named_with_those_that_are_there(tmp_path):
    """The error lists what was looked for and what the header has."""
    with pytest.raises(ColumnMissingError) as caught:
        read(tmp_path, "id,fname,surname\n1,a,b\n")
    assert caught.value.missing == ("lname",)
    assert "surname" in str(caught.value)


def test_an_undecodable_byte_is_found_by_its_line(tmp_path):
    """The error says on which line the text stops being UTF-8."""
    with pytest.raises(InputError, match="line 3") as caught:
        read(tmp_path, b"id,fname,lname\n1,a,b\n2,\xff,c\n")
    assert caught.value.line == 3


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        pytest.param("people.csv.gz", b"no gzip", "not a complete gzip file", id="not gzip"),
        pytest.param("people.csv.gz", gzip.compress(b"id,fname\n" * 99)[:-9], "not a complete gzip file", id="cut off"),
        pytest.param("people.parquet", b"PAR1 nothing", "not a Parquet file", id="not Parquet"),
        pytest.param("people.xlsx", b"PK", "give .csv, .csv.gz or .parquet", id="another kind"),
    ],
)
def test_a_file_of_the_wrong_kind_is_one_clear_error(tmp_path, name, content, message):
    """What is inside must be what the name says."""
    with pytest.raises(InputError, match=message):
        read(tmp_path, content, file=name)


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path):
    """Both say which path is meant."""
    with pytest.raises(InputError, match="no such file"):
        read_source(tmp_path / "none.csv", name="iva", record_id="id")
    with pytest.raises(InputError, match="not a file"):
        read_source(tmp_path, name="iva", record_id="id")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        pytest.param({"columns": {"frist_name": "fname"}}, "known are.*first_name", id="unknown standard name"),
        pytest.param({"encoding": "klingon"}, "unknown encoding", id="unknown encoding"),
        pytest.param({"name": ""}, "needs a name", id="no name"),
        pytest.param({"carry": "lname"}, "list of columns", id="carry is one text"),
        pytest.param({"carry": ["ssn"]}, "map them in columns", id="carry has a standard name"),
        pytest.param({"columns": {"street": []}}, "at least one", id="empty list of columns"),
    ],
)
def test_a_call_that_cannot_work_is_refused_before_reading(tmp_path, options, message):
    """The error says what would work."""
    with pytest.raises(SpecError, match=message):
        read(tmp_path, "id,fname,lname\n1,a,b\n", **options)


def test_columns_are_joined_with_missing_parts_left_out(tmp_path):
    """A list of columns is one value with single blanks; a row with none of them stays, missing."""
    content = "id,no,dir,street\n1,12,,Elm\n2,,,\n3,7,N,Oak\n"
    extract = read(tmp_path, content, columns={"street": ["no", "dir", "street"]})
    assert rows(extract) == [["1", "12 Elm"], ["2", None], ["3", "7 N Oak"]]


def test_without_a_mapping_standard_names_are_taken_and_others_only_when_carried(tmp_path):
    """Columns that nobody asked for are not read."""
    content = "record_id,ssn,color,zip\n1,212345678,red,02134\n"
    extract = read(tmp_path, content, record_id="record_id", columns=None, carry=["color"])
    assert extract.records.columns.tolist() == ["source", "record_id", "ssn", "zip", "color"]


def test_a_header_without_records_gives_no_records(tmp_path):
    """An extract may be empty; its columns are still there."""
    extract = read(tmp_path, "id,fname,lname\n")
    assert (len(extract.records), extract.n_read) == (0, 0)
    assert extract.records.columns.tolist() == ["source", "record_id", "first_name", "last_name"]


def test_memberships_are_told_where_a_case_is_mapped(tmp_path):
    """Case, role and month of each record, untouched; a record without a case is in none."""
    content = "id,case,part\n1,C1,CP\n2,,CH\n3,C1,\n"
    extract = read(tmp_path, content, columns={"case_id": "case", "role": "part"})
    held = extract.memberships.astype(object).where(extract.memberships.notna(), None)
    assert held.to_numpy().tolist() == [["iva", "1", "C1", "CP", None, None, None], ["iva", "3", "C1", *[None] * 4]]
    assert extract.n_lines == {"persons": 3}
    assert read(tmp_path, "id,fname,lname\n1,a,b\n").memberships is None


def test_a_member_of_an_archive_is_read(tmp_path):
    """A CSV file in a zip archive is read where it lies, by the archive's name or the member's."""
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("people.csv", "id,fname,lname\n1,Ana,Diaz\n")
    for path in (tmp_path / "all.zip", tmp_path / "all.zip" / "people.csv"):
        assert rows(read_source(path, name="iva", record_id="id", columns=COLUMNS)) == [["1", "Ana", "Diaz"]]


def test_an_extract_does_not_show_its_records():
    """Whoever prints or logs an extract sees names and counts only."""
    assert MARKER not in repr(read_source(_frame(), name="iva", record_id="id", carry=["fname"]))


def _frame():
    import pandas as pd

    return pd.DataFrame({"id": ["1"], "fname": [MARKER]})


@pytest.mark.parametrize("piece", [1, 7, 64])
def test_pieces_are_cut_where_a_record_ends(tmp_path, monkeypatch, piece):
    """A file read in small pieces gives the records, lines and rejects of the file read at once."""
    content = b'id,fname,lname\r\n1,"A\nB",x\r\n2,"stray\r\n3,c,d\n\n4,"q""",e\r5,f\n6,g,h'
    whole = read(tmp_path, content)
    monkeypatch.setattr(delimited, "PIECE_BYTES", piece)
    monkeypatch.setattr(csv_lines, "MAX_RECORD_LINES", 3)
    parts = read(tmp_path, content)
    assert rows(parts) == rows(whole) == [["1", "A\nB", "x"], ["3", "c", "d"], ["4", 'q"', "e"], ["6", "g", "h"]]
    assert reasons(parts) == reasons(whole)
    assert parts.records.index.tolist() == whole.records.index.tolist()


def test_a_line_without_end_is_refused_before_memory_runs_out(tmp_path, monkeypatch):
    """A file that is one line of endless length is not read to its end."""
    monkeypatch.setattr(delimited, "PIECE_BYTES", 1000)
    monkeypatch.setattr(delimited, "MAX_PENDING_BYTES", 10_000)
    with pytest.raises(InputError, match="is this a CSV file") as caught:
        read(tmp_path, b"id,fname,lname\n1," + b"x" * 50_000)
    assert "people.csv" in str(caught.value)


csv_bytes = st.lists(st.sampled_from([b",", b'"', b"\n", b"\r", b"\r\n", b"a", b"b,c", b"\0", b'""', b"1,2,3\n"])).map(
    b"".join
)


@given(text=csv_bytes)
def test_every_line_is_a_record_a_reject_or_blank(text):
    """Lines are numbered once, and the records found parse to what Python's own reader makes of them."""
    piece = split_records(text, delimiter=",")
    rejected = [row.line for row in piece.rejected]
    assert not set(rejected) & set(piece.lines.tolist())
    assert sorted(rejected) == rejected
    assert piece.consumed >= len(text)
    again = split_records(piece.text, delimiter=",")
    assert not again.rejected
    assert len(again.lines) == len(piece.lines)


@given(text=csv_bytes, cut=st.integers(0, 60))
def test_cutting_the_text_changes_no_record(text, cut):
    """A file that comes in two pieces has the records of the file at once."""
    whole = list(delimited.split_pieces(iter([text]), ",", 1))
    parts = list(delimited.split_pieces(iter([text[:cut], text[cut:]]), ",", 1))
    assert b"".join(piece.text for piece in parts) == b"".join(piece.text for piece in whole)
    assert [row for piece in parts for row in piece.rejected] == [row for piece in whole for row in piece.rejected]
    assert [line for piece in parts for line in piece.lines] == [line for piece in whole for line in piece.lines]


@given(body=st.binary(max_size=200) | csv_bytes)
def test_whatever_the_bytes_reading_ends_in_records_or_a_clear_error(tmp_path_factory, body):
    """Never a crash: counts add up, or the error is ours."""
    folder = tmp_path_factory.mktemp("fuzz")
    try:
        extract = read(folder, b"id,fname,lname\n" + body)
    except InputError as error:
        assert "people.csv" in str(error)  # noqa: PT017 - either outcome is right
        return
    assert extract.n_read == len(extract.records) + extract.rejects["dropped"].sum()
    assert extract.records["record_id"].is_unique
