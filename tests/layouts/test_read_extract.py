"""Reading by a layout: persons of all months are one record each, their months are memberships, no line is lost."""

import gzip
import io
import random
import zipfile

import numpy as np
import pytest
from made_up_report import HEADER, MADE_UP, adds_up, child, report, t1, t2, t3, trailer, write

from caselink.errors import ColumnMissingError, InputError, SpecError
from caselink.fingerprints import fingerprints
from caselink.layouts import lines as reading_lines
from caselink.layouts import read_extract, read_layout

MONTHS = ("202607", "202608", "202609")


def read(folder, content, file="report.txt", **options):
    """Read the content as a file of the made-up layout."""
    return read_extract(write(folder, content, file), **{"layout": MADE_UP} | options)


def values(frame, *columns):
    """Rows of the columns as tuples, missing as None."""
    chosen = frame[list(columns)].astype(object)
    return [tuple(row) for row in chosen.where(chosen.notna(), None).to_numpy().tolist()]


def family(case="C0001", months=MONTHS):
    """A mother and two children, in each month."""
    return [
        line
        for month in months
        for line in (
            t1(case, month),
            t2(case, month),
            t3(child(), child(born="20170304", ssn="412345678"), case=case, month=month),
        )
    ]


def test_months_of_a_person_are_one_record_with_a_membership_each(tmp_path):
    """Nine person rows of three months are three records; what the family's line says is each member's."""
    extract = read(tmp_path, report(*family()), as_of="2026-10-15")
    assert values(extract.records, "birth_date", "ssn", "sex", "county", "zip", "month") == [
        ("19850305", "212345678", "F", "031", "62701", "2026-09"),
        ("20150102", "312345678", None, "031", "62701", "2026-09"),
        ("20170304", "412345678", None, "031", "62701", "2026-09"),
    ]
    assert sorted(values(extract.memberships, "case_id", "role", "month", "resides", "status")) == sorted(
        [("C0001", "HEAD", f"2026-0{month}", "Y", "eligible") for month in (7, 8, 9)]
        + [("C0001", "CHILD", f"2026-0{month}", "Y", None) for month in (7, 8, 9) for _ in range(2)]
    )
    assert set(extract.memberships["record_id"]) == set(extract.records["record_id"])
    assert set(extract.memberships["funding"]) == {"1"}
    assert (extract.n_read, extract.n_lines) == (11, {"persons": 6, "cases": 3, "other": 2})
    assert not len(extract.rejects)
    assert (extract.name, extract.layout, extract.as_of, extract.tainted) == ("made_up", "made_up", "2026-10-15", "")


def test_record_ids_are_of_the_case_and_tell_nothing_of_the_person(tmp_path):
    """The id is the case's with a running number in it."""
    extract = read(tmp_path, report(*family("C0001"), *family("C0002")))
    ids = sorted(extract.records["record_id"])
    assert ids == [f"C000{case}-0{number}" for case in (1, 2) for number in (1, 2, 3)]


def test_the_order_of_the_lines_changes_nothing(tmp_path):
    """The same people get the same ids, however the lines are shuffled."""
    lines = [*family("C0001"), *family("C0002"), t2("C0001", born="19850305", ssn="999999999")]
    found = []
    for seed in range(4):
        random.Random(seed).shuffle(lines)
        extract = read(tmp_path, report(*lines))
        rows = values(extract.records, "record_id", "ssn", "birth_date", "month", "county")
        found.append((sorted(rows), sorted(values(extract.memberships, "record_id", "month", "role"))))
    assert all(one == found[0] for one in found)


def test_the_record_is_that_of_the_latest_month(tmp_path):
    """What changed over the months is told by the memberships and the last line."""
    lines = [t2(month=month, ncp=ncp, sex=sex) for month, ncp, sex in zip(MONTHS, "221", "112", strict=True)]
    extract = read(tmp_path, report(*reversed(lines)))
    assert values(extract.records, "sex", "role", "month") == [("F", "NP", "2026-09")]
    assert sorted(values(extract.memberships, "month", "role", "resides")) == [
        ("2026-07", "HEAD", "Y"),
        ("2026-08", "HEAD", "Y"),
        ("2026-09", "NP", "N"),
    ]


def test_twins_without_numbers_are_two_people_in_every_month(tmp_path):
    """Rows of one month are two persons, even where nothing tells them apart; over the months they stay two."""
    twin = child(ssn="999999999")
    lines = [t3(twin, twin, month=month) for month in MONTHS]
    extract = read(tmp_path, report(*lines))
    assert len(extract.records) == 2
    assert extract.memberships.groupby("record_id").size().tolist() == [3, 3]


@pytest.mark.parametrize("kept", [0, 1, 0xFF])
def test_people_whose_fingerprints_half_agree_are_told_apart(tmp_path, monkeypatch, kept):
    """The second half of a fingerprint decides where the first is shared, which hardly ever happens."""
    lines = [line for number in range(9) for line in family(f"C{number:04d}")]
    plain = read(tmp_path, report(*lines))

    def half(columns):
        prints = fingerprints(columns)
        prints[0] &= np.uint64(kept)
        return prints

    for module in ("people", "case_rows"):
        monkeypatch.setattr(f"caselink.layouts.{module}.fingerprints", half)
    extract = read(tmp_path, report(*lines))
    columns = [column for column in plain.records if column != "record_id"]
    assert values(extract.records, *columns) == values(plain.records, *columns)
    assert sorted(extract.records["record_id"]) == sorted(plain.records["record_id"])
    assert extract.memberships.groupby("record_id").size().tolist() == [3] * 27


def test_a_person_may_have_any_number_of_months(tmp_path):
    """Three hundred months of one person, of decades, are one record, that of the last."""
    months = [f"{year}-{month:02d}" for year in range(1990, 2015) for month in range(1, 13)]
    header = "id,case,month,role,last,alias1,alias2,fv,pay\n"
    extract = _csv(tmp_path, header + "".join(f"7,C1,{month},CH,L{month},,,,\n" for month in reversed(months)))
    assert values(extract.records, "record_id", "month", "last_name") == [("7", "2014-12", "L2014-12")]
    assert len(extract.memberships) == 300


def test_a_line_that_stands_twice_is_used_once(tmp_path):
    """The second is rejected, and its two children are no new people."""
    lines = [t3(child(), child(born="20170304"))] * 2
    extract = read(tmp_path, report(*lines))
    assert len(extract.records) == 2
    assert values(extract.rejects, "line", "reason", "dropped") == [(3, "exact duplicate line", True)]
    assert adds_up(extract)


def test_one_of_two_lines_of_a_case_is_used(tmp_path):
    """Which one does not depend on their order; the other is rejected."""
    lines = [t1(county="031"), t1(county="033"), t1(county="031"), t2()]
    extracts = [read(tmp_path, report(*order)) for order in (lines, lines[::-1])]
    assert extracts[0].records["county"].tolist() == extracts[1].records["county"].tolist()
    for extract in extracts:
        assert extract.rejects["dropped"].tolist() == [True, True]
        assert adds_up(extract)


def test_numbers_in_code_are_decoded_when_the_header_says_so(tmp_path):
    """Neither flag nor code is guessed from a value."""
    plain = str.maketrans("1234567890", "@9ZP0#YBWT")
    line = t2(ssn="212345678".translate(plain))
    extract = read(tmp_path, report(line, header="HEADER20263TANED"))
    assert values(extract.records, "ssn") == [("212345678",)]
    assert not len(extract.rejects)


def test_a_field_outside_the_code_is_missing(tmp_path):
    """Plain numbers under the flag of the code are not taken for coded ones."""
    extract = read(tmp_path, report(t2(), header="HEADER20263TANED"))
    assert values(extract.records, "ssn") == [(None,)]
    assert extract.rejects["field"].tolist() == ["SSN"]
    assert not extract.rejects["dropped"].any()


@pytest.mark.parametrize(
    "variant",
    [
        pytest.param(lambda text: text.replace("\n", "\r\n").encode(), id="CR LF"),
        pytest.param(lambda text: text.replace("\n", "\r").encode(), id="CR alone"),
        pytest.param(lambda text: text.replace("\n", "\r\n", 3).encode(), id="mixed"),
        pytest.param(lambda text: text.rstrip("\n").encode(), id="no line end at the end"),
        pytest.param(lambda text: b"\xef\xbb\xbf" + text.encode(), id="byte order mark"),
        pytest.param(lambda text: (text + "\n   \n\n\x1a").encode(), id="blank lines and an end-of-file character"),
        pytest.param(lambda text: "\n".join(line.ljust(200) for line in text.split("\n")).encode(), id="padded"),
        pytest.param(lambda text: text.encode("utf-16"), id="utf-16"),
        pytest.param(lambda text: text.encode("cp037"), id="cp037"),
        pytest.param(lambda text: text.replace("\n", "\x85").encode("cp037"), id="cp037 with its own line ends"),
        pytest.param(lambda text: text.encode("latin-1"), id="latin-1"),
    ],
)
@pytest.mark.parametrize("piece", [1 << 20, 37])
def test_how_the_file_is_written_makes_no_difference(tmp_path, monkeypatch, request, variant, piece):
    """Line ends, padding, encodings and the size of the pieces are of no account."""
    text = report(*family(), t2(born="19601231", ssn="512345678"))
    plain = read(tmp_path, text)
    monkeypatch.setattr(reading_lines, "PIECE_BYTES", piece)
    named = request.node.callspec.id
    encoding = next((one for one in ("utf-16", "cp037", "latin-1") if one in named), None)
    extract = read(tmp_path, variant(text), encoding=encoding)
    assert values(extract.records, *extract.records) == values(plain.records, *plain.records)
    assert values(extract.memberships, *extract.memberships) == values(plain.memberships, *plain.memberships)
    assert not len(extract.rejects)
    assert extract.n_lines == plain.n_lines


@pytest.mark.parametrize("encoding", ["utf-8", "cp037", "latin-1"])
@pytest.mark.parametrize("piece", [1 << 20, 53])
def test_records_of_one_length_need_no_line_ends(tmp_path, monkeypatch, encoding, piece):
    """A file without line ends is cut by the layout's record length; a line is a record then."""
    monkeypatch.setattr(reading_lines, "PIECE_BYTES", piece)
    import dataclasses

    layout = dataclasses.replace(read_layout(MADE_UP), record_length=60)
    name = {"utf-8": "王É", "cp037": "ÉÉ", "latin-1": "ÉÉ"}[encoding]
    lines = report(*family(), t2(case="C0002")[:33] + name).rstrip("\n").split("\n")
    text = "".join(line.ljust(60) for line in lines)
    extract = read(tmp_path, text.encode(encoding), layout=layout, encoding=encoding, carry=["COMMENT"])
    assert len(extract.records) == 4
    assert extract.n_read == 12
    assert extract.records["COMMENT"].dropna().tolist() == [name]
    with_ends = read(tmp_path, "\n".join(lines).encode(encoding), layout=layout, encoding=encoding)
    assert values(with_ends.records, "record_id", "ssn") == values(extract.records, "record_id", "ssn")


@pytest.mark.parametrize("name", ["ZOË", "王"])
@pytest.mark.parametrize("piece", [1 << 20, 41])
def test_positions_count_characters(tmp_path, monkeypatch, name, piece):
    """A letter of two or three bytes moves nothing, whatever stands in other lines."""
    monkeypatch.setattr(reading_lines, "PIECE_BYTES", piece)
    line = t2()[:33] + name.ljust(7)
    extract = read(tmp_path, report(t2(case="C0002"), line, t3(child())), carry=["COMMENT"])
    assert values(extract.records, "COMMENT") == [(None,), (name,), (None,)]
    assert set(extract.records["ssn"]) == {"212345678", "312345678"}


def test_record_types_of_any_length_are_read_in_bounded_matrices(tmp_path, monkeypatch):
    """How many lines are laid out at once changes nothing."""
    plain = read(tmp_path, report(*family("C0001"), *family("C0002")))
    monkeypatch.setattr("caselink.layouts.fixed_width.MATRIX_CHARACTERS", 100)
    small = read(tmp_path, report(*family("C0001"), *family("C0002")))
    assert values(small.records, *small.records) == values(plain.records, *plain.records)
    assert small.n_lines == plain.n_lines


def _zipped(**members):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_", "."), content)
    return held.getvalue()


def test_packed_files_are_read_where_they_lie(tmp_path):
    """Gzip, an archive of one file, and a member of an archive of several."""
    text = report(*family()).encode()
    plain = values(read(tmp_path, text).records, "record_id", "ssn")
    assert values(read(tmp_path, gzip.compress(text), "a.gz").records, "record_id", "ssn") == plain
    assert values(read(tmp_path, _zipped(a_txt=text), "one.zip").records, "record_id", "ssn") == plain
    write(tmp_path, _zipped(a_txt=text, b_txt=b"x"), "two.zip")
    member = read_extract(tmp_path / "two.zip" / "a.txt", layout=MADE_UP)
    assert values(member.records, "record_id", "ssn") == plain
    with pytest.raises(InputError, match="holds 2 files; name one"):
        read_extract(tmp_path / "two.zip", layout=MADE_UP)
    with pytest.raises(InputError, match="has no such member"):
        read_extract(tmp_path / "two.zip" / "c.txt", layout=MADE_UP)


def test_further_fields_are_carried_when_they_are_named(tmp_path):
    """A field that goes nowhere by itself can be kept; a name that no field has is an error."""
    extract = read(tmp_path, report(t1(), t2()), carry=["AMOUNT", "affiliation"], name="iva")
    assert values(extract.records, "source", "AMOUNT", "affiliation") == [("iva", "0100", "1")]
    with pytest.raises(ColumnMissingError, match="NONESUCH"):
        read(tmp_path, report(t2()), carry=["NONESUCH"])
    with pytest.raises(SpecError, match="not one text"):
        read(tmp_path, report(t2()), carry="AMOUNT")


def test_a_call_that_cannot_work_is_refused(tmp_path):
    """Encoding, name, layout and path are checked before anything is read."""
    with pytest.raises(SpecError, match="unknown encoding"):
        read(tmp_path, report(), encoding="klingon")
    with pytest.raises(SpecError, match="needs a name"):
        read(tmp_path, report(), name="")
    with pytest.raises(InputError, match="no such file"):
        read_extract(tmp_path / "none.txt", layout=MADE_UP)
    with pytest.raises(InputError, match="is not a file"):
        read_extract(tmp_path, layout=MADE_UP)


def test_a_file_without_people_gives_empty_tables_with_their_columns(tmp_path):
    """An extract may be empty; nothing breaks."""
    extract = read(tmp_path, report())
    assert len(extract.records) == 0
    assert {"source", "record_id", "ssn", "birth_date"} <= set(extract.records.columns)
    assert extract.memberships.columns[:7].tolist() == [
        "source",
        "record_id",
        "case_id",
        "role",
        "month",
        "resides",
        "status",
    ]
    assert extract.n_lines == {"persons": 0, "cases": 0, "other": 2}


CSV_LAYOUT = """
name = "members"
kind = "csv"
source = "made up"
tainted = "new hire"
[records.row]
person = true
referral = true
fields = [
  { name = "id", standard = "record_id" },
  { name = "case", standard = "case_id" },
  { name = "month", kind = "month", standard = "month" },
  { name = "role", standard = "role" },
  { name = "last", standard = "last_name" },
  { name = "alias1", carry = "records", column = "aliases" },
  { name = "alias2", carry = "records", column = "aliases" },
  { name = "fv", standard = "protected", recode = { FV = "yes", "" = "no" } },
  { name = "pay", kind = "number", carry = "referrals" },
  { name = "gone", standard = "first_name", optional = true },
]
"""


def _csv(folder, text, **options):
    (folder / "members.toml").write_text(CSV_LAYOUT)
    return read_extract(write(folder, text, "members.csv"), layout=folder / "members.toml", **options)


def test_a_mapped_csv_file_is_read_with_a_row_a_person_in_case(tmp_path):
    """One person in two cases is one record with two memberships; sets are joined with a bar, codes replaced.

    The latest row makes the record, but a flag in one of the cases protects the person.
    """
    header = "id,case,month,role,last,alias1,alias2,fv,pay\n"
    rows = "7,C1,2026-07,CP,DIAZ,ANA,ANITA,FV,12\n7,C2,202608,CH,DIAZ,,ANITA,,x\n8,C1,7/2026,CH,NGO,,,,\n,C1,,,,,,,\n"
    extract = _csv(tmp_path, header + rows + rows.splitlines()[0] + "\n")
    assert values(extract.records, "record_id", "last_name", "aliases", "protected", "month") == [
        ("7", "DIAZ", "ANITA", "Y", "2026-08"),
        ("8", "NGO", None, "no", "2026-07"),
    ]
    assert extract.records.isna()["first_name"].all()
    assert values(extract.memberships, "record_id", "case_id", "month", "role") == [
        ("7", "C1", "2026-07", "CP"),
        ("7", "C2", "2026-08", "CH"),
        ("8", "C1", "2026-07", "CH"),
    ]
    assert values(extract.rejects, "line", "field", "reason", "dropped") == [
        (3, "pay", "holds something else than digits", False),
        (5, "id", "is blank, and no record id can be made without it", True),
        (6, None, "exact duplicate line", True),
    ]
    assert values(extract.referrals, "line", "pay", "role") == [
        (2, "12", "CP"),
        (3, None, "CH"),
        (4, None, "CH"),
        (5, None, None),
        (6, "12", "CP"),
    ]
    assert extract.tainted == "new hire"
    assert adds_up(extract)


def test_a_mapped_csv_file_may_be_packed_and_must_have_its_columns(tmp_path):
    """A missing column is named; a first line that is no header is not shown."""
    with pytest.raises(ColumnMissingError, match="layout 'members' needs column"):
        _csv(tmp_path, "id,case\n1,2\n")
    with pytest.raises(InputError, match="is there a header line") as caught:
        _csv(tmp_path, "ZQXJK,2\n")
    assert "ZQXJK" not in str(caught.value)
    with pytest.raises(InputError, match="stands 2 times"):
        _csv(tmp_path, "id,id,case,month,role,last,alias1,alias2,fv,pay\n")


def test_a_header_may_say_which_file_it_is(tmp_path):
    """What the layout requires is an error, what it expects only a remark."""
    with pytest.raises(InputError, match=r"line 1, field 'PROGRAM': is not what a file of the layout 'made_up' has"):
        read(tmp_path, report(t2(), header="HEADER20263SSP D"))
    extract = read(tmp_path, report(t2(), header="HEADER20265TANXC"))
    assert values(extract.rejects, "line", "field", "dropped") == [
        (1, "ENCRYPTION", False),
        (1, "QUARTER", False),
        (1, "UPDATE", False),
    ]
    extract = read(tmp_path, report(t2(), header="HEADER20X63TAN D"))
    assert extract.rejects["reason"].tolist() == ["is not a year"]


def test_rows_without_a_case_have_no_id(tmp_path):
    """A line is dropped when all of it is; with two persons a line, both have the same case."""
    extract = read(tmp_path, report(t2(case="     "), t3(child(), child(born="20170304"), case="     "), t2()))
    assert values(extract.rejects, "line", "field", "dropped") == [(2, "CASE", True), (3, "CASE", True)]
    assert len(extract.records) == 1
    assert adds_up(extract)


def test_trailing_text_of_another_kind_is_counted(tmp_path):
    """HEADER and TRAILER twice: the first counts, the others are rejected."""
    text = report(t2()) + report(t2(case="C0002"))
    extract = read(tmp_path, text)
    assert len(extract.records) == 2
    assert values(extract.rejects, "line", "reason", "dropped") == [
        (3, "lines follow the TRAILER line", False),
        (4, "a second HEADER line", True),
        (6, "a second TRAILER line", True),
    ]
    assert adds_up(extract)
    assert HEADER in text
    assert trailer(1) in text
