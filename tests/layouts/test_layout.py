"""Layouts: declared in TOML, checked when they are made, and every mistake named by file and key."""

from pathlib import Path

import pytest

from caselink.errors import InputError, SpecError
from caselink.layouts import Layout, layout_names, read_layout
from caselink.layouts.layout_file import layout_from_toml

MADE_UP = Path(__file__).parent / "made_up.toml"
SMALL = """
name = "wages"
kind = "fixed"
source = "made up"
persons = { key = ["ssn"] }
[records.wage]
start_of_line = "W"
person = true
fields = [
  { name = "KIND", start = 1, length = 1 },
  { name = "SSN", start = 2, length = 9, kind = "number", standard = "ssn" },
  { name = "PAY", start = 12, length = 6, kind = "number" },
]
"""


def test_a_layout_is_read_with_its_record_types_fields_and_codes():
    """What the TOML says is in the layout, shared code lists in their place."""
    layout = read_layout(MADE_UP)
    assert [record.name for record in layout.records] == ["HEADER", "TRAILER", "T1", "T2", "T3"]
    assert layout.record("T3").length == 49
    assert layout.header.code.means == "1234567890"
    assert layout.record("T2").memberships[0].when == {"NCP": ("1",)}
    assert layout.columns == ("month", "case_id", "county", "zip", "funding", "affiliation", "birth_date", "ssn", "sex")
    assert not layout.has_record_id


def test_the_table_of_a_layout_tells_every_field():
    """Positions, codes and where the facts come from can be printed."""
    table = read_layout(MADE_UP).table().set_index(["record", "field"])
    born = table.loc[("T2", "BORN")]
    assert (born.start, born.length, born.kind, born.standard) == (16, 8, "date", "birth_date")
    assert (born["item"], born.status, born.source) == ("32", "source", "made up for tests")
    assert table.loc[("T2", "NCP"), "codes"] == "1=yes; 2=no"


def test_a_layout_may_stand_in_its_own_file_or_be_made_in_python():
    """A layout given as such is taken as it is."""
    layout = read_layout(MADE_UP)
    assert read_layout(layout) is layout
    assert isinstance(layout, Layout)


@pytest.mark.parametrize("name", layout_names())
def test_every_packaged_layout_is_read_by_its_name(name):
    """The file's name is the layout's, and it says where its facts come from."""
    layout = read_layout(name)
    assert layout.name == name
    assert layout.source


MISTAKES = [
    pytest.param('kind = "fixed"', 'kind = "fxed"', "kind: fixed or csv", id="kind"),
    pytest.param('name = "wages"', 'nam = "wages"', "nam: unknown; known here: .*name", id="unknown key"),
    pytest.param('name = "wages"', "", "name: missing", id="missing key"),
    pytest.param("start = 12", "start = 10", r"wage.fields.PAY.start: overlaps 'SSN'", id="overlap"),
    pytest.param("start = 12", 'start = "12"', r"fields\[3\].start: must be a whole number", id="text for a number"),
    pytest.param("person = true", "person = 1", "wage.person: must be true or false", id="number for a flag"),
    pytest.param("start = 12", "start = -1", "PAY.start: start and length are 1", id="negative start"),
    pytest.param("length = 6", "length = -6", "PAY.start: start and length are 1", id="negative length"),
    pytest.param("length = 6", "length = 6, width = 7", "PAY.width: characters, no more", id="wider than the field"),
    pytest.param("person = true", "case = true", "records: none says person = true", id="nobody"),
    pytest.param(", length = 6", "", "PAY.start: start and length", id="no length"),
    pytest.param("start = 12, length = 6, ", "", "PAY.start: missing", id="one field without position"),
    pytest.param('standard = "ssn"', 'standard = "sssn"', "SSN.standard: unknown 'sssn'; known .*ssn", id="standard"),
    pytest.param('"PAY"', '"SSN"', "records.wage.fields: 'SSN' is there twice", id="doubled field"),
    pytest.param('name = "PAY"', 'name = ""', "name: every field needs one", id="nameless field"),
    pytest.param('kind = "number" }', 'kind = "numbre" }', "PAY.kind: text, number", id="kind of a field"),
    pytest.param('kind = "number" }', 'carry = "x" }', "PAY.carry: records, memberships", id="carry"),
    pytest.param('kind = "number" }', 'carry = "records", column = "zip" }', "standard = 'zip'", id="as standard"),
    pytest.param('kind = "number" }', 'codes = "pay" }', r"codes: no table \[codes.pay\]", id="unknown code list"),
    pytest.param('kind = "number" }', "codes = { 1 = 1 } }", "codes: must be texts", id="a code that is no text"),
    pytest.param('kind = "number" }', 'recode = "M" }', "recode: must be a table", id="recode that is no table"),
    pytest.param('key = ["ssn"]', 'key = ["zip"]', "persons.key: no person or case field goes to 'zip'", id="key"),
    pytest.param('key = ["ssn"]', 'key = "ssn"', "persons.key: must be texts", id="key that is no list"),
    pytest.param('key = ["ssn"]', "", "persons.key: needed", id="no key"),
    pytest.param('persons = { key = ["ssn"] }', "persons = 1", "persons: must be a table", id="persons no table"),
    pytest.param('source = "made up"', 'tainted = "tax"', "tainted: one of", id="taint"),
    pytest.param('source = "made up"', "record_length = 5", "record_length: 'wage' is longer", id="record length"),
    pytest.param('source = "made up"', 'trailer = { record = "Z" }', "trailer.record: no record", id="trailer"),
    pytest.param(
        'source = "made up"', 'header = { record = "wage", year = "Y" }', "header: no field 'Y'", id="header field"
    ),
    pytest.param(
        'source = "made up"', 'header = { record = "wage", year = "PAY" }', "header.quarter: year and", id="quarter"
    ),
    pytest.param(
        'source = "made up"',
        'header = { record = "wage", code = { field = "PAY", value = "E", written = "AA", means = "12" } }',
        "header.code: written and means",
        id="alphabet",
    ),
    pytest.param('start_of_line = "W"', "min_length = 99", "records.wage.min_length: 0 to 17", id="min_length"),
    pytest.param('start_of_line = "W"', 'longer = "yes"', "records.wage.longer: blank or any", id="longer"),
    pytest.param(
        'start_of_line = "W"', 'memberships = [ { when = { X = "1" } } ]', "memberships.when: no field 'X'", id="rule"
    ),
    pytest.param(
        'start_of_line = "W"', 'memberships = [ { resides = "yes" } ]', "memberships.resides: Y or N", id="resides"
    ),
    pytest.param(
        'start_of_line = "W"',
        'blocks = { start = 2, length = 4, count = 2, present = ["SSN"] }',
        "wage.fields.SSN.start: must lie in the first block or outside",
        id="block",
    ),
    pytest.param(
        'start_of_line = "W"',
        'blocks = { start = 2, length = 16, count = 1, present = ["SSN"] }',
        "blocks: start and length from 1, count from 2",
        id="block of one",
    ),
    pytest.param("fields = [", "fields = 1\nx = [", "fields: must be a list of tables", id="fields no list"),
    pytest.param("[records.wage]", "[record.wage]", "records: missing", id="no records"),
    pytest.param("[records.wage]", 'records = "x"\n[other]', "records: missing", id="records no table"),
]


@pytest.mark.parametrize(("right", "wrong", "message"), MISTAKES)
def test_a_mistake_is_named_by_file_and_key(right, wrong, message):
    """Whoever writes a layout is told where to look and what would do."""
    assert right in SMALL
    with pytest.raises(SpecError, match=message) as caught:
        layout_from_toml(SMALL.replace(right, wrong, 1), "wages.toml")
    assert str(caught.value).startswith("wages.toml: ")


@pytest.mark.parametrize(
    ("other", "message"),
    [
        pytest.param('start_of_line = "WX"', "a line could be a 'wage' as well", id="prefix of another"),
        pytest.param('start_of_line = "W"', "a line could be a", id="the same start"),
    ],
)
def test_a_line_is_of_one_record_type_only(other, message):
    """Two record types that a line could both be are refused."""
    second = f'\n[records.other]\n{other}\nfields = [ {{ name = "A", start = 1, length = 1 }} ]\n'
    with pytest.raises(SpecError, match=message):
        layout_from_toml(SMALL + second, "wages.toml")


def test_a_csv_layout_has_one_record_type_and_no_positions():
    """Columns are found by name."""
    text = 'name = "x"\nkind = "csv"\n[records.row]\nfields = [ { name = "A", start = 1, length = 1 } ]\n'
    with pytest.raises(SpecError, match="in a csv layout they have no start and length"):
        layout_from_toml(text, "x.toml")
    row = 'fields = [ { name = "A" } ]\n'
    with pytest.raises(SpecError, match="has one record type"):
        layout_from_toml(f'name = "x"\nkind = "csv"\n[records.row]\n{row}[records.other]\n{row}', "x.toml")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        pytest.param('start_of_line = "A"', "told by its columns alone", id="start of line"),
        pytest.param('blocks = { start = 1, length = 1, count = 2, present = ["A"] }', "is one row", id="blocks"),
    ],
)
def test_a_csv_layout_has_nothing_of_fixed_width(more, message):
    """What tells lines apart by position has no meaning in CSV."""
    text = f'name = "x"\nkind = "csv"\n[records.row]\n{more}\nfields = [ {{ name = "A" }} ]\n'
    with pytest.raises(SpecError, match=message):
        layout_from_toml(text, "x.toml")


def test_a_file_that_is_no_layout_is_named(tmp_path):
    """What is not there, or no TOML, is an error of the file; its content is not shown."""
    with pytest.raises(SpecError, match="unknown layout 'nonesuch'; known are"):
        read_layout("nonesuch")
    with pytest.raises(InputError, match="no such file"):
        read_layout(tmp_path / "none.toml")
    for content in (b"JANE,DOE\n", b"\xff\xfe"):
        (tmp_path / "x.toml").write_bytes(content)
        with pytest.raises(InputError, match="TOML") as caught:
            read_layout(tmp_path / "x.toml")
        assert "JANE" not in str(caught.value)
    with pytest.raises(InputError, match="cannot be read"):
        read_layout(tmp_path)
