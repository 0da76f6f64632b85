"""Writing files of a layout: what is written is read again, in any layout, encoding and line end."""

import dataclasses
import string

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_report import MADE_UP, child, report, t1, t2, t3, write

from caselink.errors import InputError, SpecError
from caselink.layouts import (
    Blocks,
    Field,
    Header,
    Layout,
    PersonRule,
    RecordLayout,
    Trailer,
    WrittenInCode,
    read_extract,
    read_layout,
    read_tables,
    write_extract,
)

HEADER_ROW = {"YEAR": "2026", "QUARTER": "3", "PROGRAM": "TAN", "UPDATE": "D"}


def same(table, other):
    """Whether two tables hold the same texts, missing the same as blank."""
    return table.fillna("").to_numpy().tolist() == other.fillna("").to_numpy().tolist()


def test_a_file_is_written_as_it_was_read(tmp_path):
    """The lines of a report go through tables and come out as they were."""
    lines = [t1(), t1("C0002"), t2(), t2(ssn="000000001"), t3(child(), child(born="20170304"))]
    path = write(tmp_path, report(*lines))
    tables = read_tables(path, layout=MADE_UP)
    assert {name: len(table) for name, table in tables.items()} == {"T1": 2, "T2": 2, "T3": 2}
    header = pd.DataFrame([HEADER_ROW])
    written = write_extract(MADE_UP, {"HEADER": header, **tables}, tmp_path / "again.txt")
    again = [line.rstrip() for line in written.read_text().splitlines()]
    assert again == [line.rstrip() for line in path.read_text().splitlines()]


def test_numbers_are_written_in_code_where_the_header_says_so(tmp_path):
    """What is in code in the file is plain in the tables, both ways."""
    tables = {"HEADER": pd.DataFrame([HEADER_ROW | {"ENCRYPTION": "E"}])}
    tables["T2"] = pd.DataFrame({"MONTH": ["202607"], "CASE": ["C1"], "SSN": ["212345678"], "BORN": ["19850305"]})
    path = write_extract(MADE_UP, tables, tmp_path / "coded.txt")
    assert "212345678" not in path.read_text()
    assert "9@9ZP0#YB" in path.read_text()
    assert read_tables(path, layout=MADE_UP)["T2"]["SSN"].tolist() == ["212345678"]
    assert read_extract(path, layout=MADE_UP).records["ssn"].tolist() == ["212345678"]


def test_two_children_share_a_line_and_the_trailer_counts_lines(tmp_path):
    """Rows that follow each other and share the case and month fill a line; another month starts a new one."""
    rows = {"MONTH": ["202607"] * 3 + ["202608"], "CASE": ["C1"] * 4, "BORN": ["20150102"] * 4}
    tables = {"HEADER": pd.DataFrame([HEADER_ROW]), "T3": pd.DataFrame(rows)}
    path = write_extract(MADE_UP, tables, tmp_path / "children.txt", line_end="\r\n")
    lines = path.read_bytes().decode().split("\r\n")
    assert [line[:8] for line in lines] == ["HEADER20", "T3202607", "T3202607", "T3202608", "TRAILER0", ""]
    assert lines[-2] == "TRAILER0000003         "
    assert len(read_extract(path, layout=MADE_UP).records) == 3


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        pytest.param("SSN", "1234567890", r"'SSN'.*row 2 of T2 is longer than its 9 characters", id="too long"),
        pytest.param("SSN", "12A", "row 2 of T2 holds something else than digits", id="letters in a number"),
        pytest.param("COMMENT", "A\nB", "row 2 of T2 holds a line break", id="line break"),
    ],
)
def test_a_value_that_does_not_fit_is_an_error_with_its_row(tmp_path, column, value, message):
    """Nothing is cut off silently; the value is not shown."""
    table = pd.DataFrame({"CASE": ["C1", "C2"], column: [None, value]})
    with pytest.raises(InputError, match=message) as caught:
        write_extract(MADE_UP, {"T2": table}, tmp_path / "x.txt")
    assert value not in str(caught.value)


def test_a_table_that_the_layout_does_not_know_is_refused(tmp_path):
    """Record types and fields are those of the layout; a child must be somebody; characters must be in the encoding."""
    with pytest.raises(SpecError, match="has no record type"):
        write_extract(MADE_UP, {"T9": pd.DataFrame()}, tmp_path / "x.txt")
    with pytest.raises(SpecError, match="has no field"):
        write_extract(MADE_UP, {"T2": pd.DataFrame({"NAME": ["A"]})}, tmp_path / "x.txt")
    with pytest.raises(InputError, match="row 1 of T3 has none of"):
        write_extract(MADE_UP, {"T3": pd.DataFrame({"CASE": ["C1"]})}, tmp_path / "x.txt")
    with pytest.raises(InputError, match="row 1 of T3 has none of"):
        write_extract(MADE_UP, {"T3": pd.DataFrame({"CASE": ["C1"], "SSN": ["000000000"]})}, tmp_path / "x.txt")
    with pytest.raises(InputError, match="a character that cp037 has not"):
        write_extract(MADE_UP, {"T2": pd.DataFrame({"COMMENT": ["王"]})}, tmp_path / "x.txt", encoding="cp037")


LETTERS = string.ascii_letters + "0123456789-',=|\"" + "éñÜ"
ENCODINGS = ("utf-8", "latin-1", "cp037")


@st.composite
def layouts(draw):
    """A layout with random fields, gaps between them, perhaps blocks, header, trailer and code."""
    records = []
    for place in range(draw(st.integers(1, 3))):
        fields, at = [], 3
        for number in range(draw(st.integers(1, 5))):
            at += draw(st.integers(0, 2))
            length = draw(st.integers(1, 6))
            kind = draw(st.sampled_from(["text", "code", "number"]))
            coded = kind == "number" and draw(st.booleans())
            fields.append(Field(name=f"F{number}", start=at, length=length, kind=kind, in_code=coded))
            at += length
        blocks = None
        if draw(st.booleans()):
            shared = draw(st.integers(0, len(fields) - 1))
            start = fields[shared].start
            blocks = Blocks(start=start, length=at - start, count=draw(st.integers(2, 3)), present=(fields[-1].name,))
        records.append(
            RecordLayout(name=f"R{place}", start_of_line=f"{place}X", fields=tuple(fields), blocks=blocks, min_length=2)
        )
    header, trailer, further = None, None, []
    if draw(st.booleans()):
        code = WrittenInCode(field="FLAG", value="E", written="@9ZP0#YBWT", means="1234567890")
        header = Header(record="HEAD", optional=True, code=code)
        further.append(RecordLayout(name="HEAD", start_of_line="HH", fields=(Field(name="FLAG", start=3, length=1),)))
    if draw(st.booleans()):
        trailer = Trailer(record="TAIL", count="N")
        n_lines = Field(name="N", start=3, length=5, kind="number")
        further.append(RecordLayout(name="TAIL", start_of_line="TT", fields=(n_lines,)))
    return Layout(name="random", kind="fixed", records=(*records, *further), header=header, trailer=trailer)


@st.composite
def tables_of(draw, layout):
    """Tables of the layout, each value as long as its field allows."""
    tables = {}
    for record in layout.records:
        if record.name in ("HEAD", "TAIL"):
            continue
        n_rows = draw(st.integers(0, 6))
        columns = {
            one.name: draw(st.lists(value_of(one, record), min_size=n_rows, max_size=n_rows)) for one in record.fields
        }
        tables[record.name] = pd.DataFrame(columns, dtype=object)
    if layout.header:
        tables["HEAD"] = pd.DataFrame({"FLAG": [draw(st.sampled_from(["E", None]))]})
    return tables


def value_of(one, record):
    """A value as it is read: blanks around it are none of it, numbers have their zeros."""
    if one.kind == "number":
        value = st.text("0123456789", min_size=one.length, max_size=one.length)
    else:
        value = st.text(LETTERS + " ", min_size=1, max_size=one.length).map(str.strip).filter(bool)
    if record.blocks and one.name in record.blocks.present:
        shown_as_zeros = "05 " if one.in_code else "0 "  # the code writes a five as a zero
        return value.filter(lambda text: text.strip(shown_as_zeros))
    return value | st.none()


@settings(max_examples=150)
@given(data=st.data(), line_end=st.sampled_from(["\n", "\r\n", "\r"]), encoding=st.sampled_from(ENCODINGS))
def test_random_tables_of_a_random_layout_come_back(tmp_path_factory, data, line_end, encoding):
    """Every value of every field is read as it was written."""
    layout = data.draw(layouts())
    tables = data.draw(tables_of(layout))
    path = tmp_path_factory.mktemp("round") / data.draw(st.sampled_from(["x.txt", "x.gz"]))
    write_extract(layout, tables, path, encoding=encoding, line_end=line_end)
    n_lines = sum(map(len, tables.values())) + (layout.trailer is not None)
    if not n_lines:
        with pytest.raises(InputError, match="is empty"):
            read_tables(path, layout=layout, encoding=encoding)
        return
    again = read_tables(path, layout=layout, encoding=encoding)
    for name, table in again.items():
        assert same(table, tables[name][list(table.columns)])


@settings(max_examples=50)
@given(data=st.data())
def test_random_tables_without_line_ends_come_back(tmp_path_factory, data):
    """A file of records of one length needs no line ends."""
    layout = data.draw(layouts())
    longest = max(record.length for record in layout.records)
    layout = dataclasses.replace(layout, record_length=longest)
    tables = data.draw(tables_of(layout))
    folder = tmp_path_factory.mktemp("round")
    written = write_extract(layout, tables, folder / "x.txt").read_bytes().decode()
    text = "".join(line.ljust(longest) for line in written.split("\n")[:-1])
    if text:
        (folder / "y.txt").write_bytes(text.encode())
        again = read_tables(folder / "y.txt", layout=layout)
        assert all(same(again[name], tables[name][list(again[name].columns)]) for name in again)


@settings(max_examples=100)
@given(data=st.data())
def test_random_tables_of_a_csv_layout_come_back(tmp_path_factory, data):
    """Quotes, commas and line breaks inside values are no matter in CSV."""
    fields = (Field(name="id", standard="record_id"), Field(name="name, last", standard="last_name"))
    row = RecordLayout(name="row", person=True, fields=(*fields, Field(name="pay", kind="number", optional=True)))
    layout = Layout(name="csv", kind="csv", records=(row,), persons=PersonRule())
    texts = st.text(LETTERS + ' ,"\n', min_size=1, max_size=8).map(str.strip).filter(bool) | st.none()
    n_rows = data.draw(st.integers(0, 6))
    columns = {one.name: data.draw(st.lists(texts, min_size=n_rows, max_size=n_rows)) for one in fields}
    if data.draw(st.booleans()):
        columns["pay"] = data.draw(st.lists(st.integers(0, 99).map(str), min_size=n_rows, max_size=n_rows))
    table = pd.DataFrame(columns, dtype=object)
    filled = table.dropna(how="all")
    path = write_extract(layout, {"row": filled}, tmp_path_factory.mktemp("round") / "x.csv")
    again = read_tables(path, layout=layout)["row"]
    assert same(again[list(filled.columns)], filled)


def test_large_tables_are_written_in_parts(tmp_path, monkeypatch):
    """A line of several persons is never cut between two parts."""
    from caselink.layouts import fixed_writing

    monkeypatch.setattr(fixed_writing, "ROWS_AT_ONCE", 3)
    rows = {"MONTH": ["202607"] * 31, "CASE": [f"C{n // 5}" for n in range(31)], "BORN": ["20150102"] * 31}
    rows["SSN"] = [f"{n:09d}" for n in range(31)]
    path = write_extract(MADE_UP, {"HEADER": pd.DataFrame([HEADER_ROW]), "T3": pd.DataFrame(rows)}, tmp_path / "x.txt")
    assert read_tables(path, layout=read_layout(MADE_UP))["T3"]["SSN"].tolist() == rows["SSN"]
