"""The layouts that come with caselink: complete, without gaps, and open about where each fact comes from."""

import pytest

from caselink.layouts.layout_file import layout_names, read_layout

NAMES = [
    *("fcr", "fcr_acknowledgement", "fcr_match", "new_hire", "quarterly_wage", "referrals"),
    *("ssp", "state_iva", "state_ivd", "tanf", "tribal", "wioa"),
]
REPORTS = ("tanf", "ssp", "tribal")
LETTERS = (("tanf", "T"), ("ssp", "M"), ("tribal", "T"))
FIXED = (*REPORTS, "fcr", "new_hire")
LENGTHS = {
    "tanf": {"HEADER": 23, "T1": 156, "T2": 156, "T3": 101, "T4": 71, "T5": 71, "TRAILER": 23},
    "ssp": {"HEADER": 23, "M1": 150, "M2": 150, "M3": 101, "M4": 66, "M5": 66, "TRAILER": 23},
    "tribal": {"HEADER": 23, "T1": 123, "T2": 123, "T3": 101, "T4": 71, "T5": 71, "TRAILER": 23},
    "fcr": {"FA": 2, "FC": 55, "FP": 552, "FZ": 2},
    "new_hire": {"H4": 32, "W4": 801},
}
"""Characters a line, as the sources give them."""

PLACES = [
    *((layout, "HEADER", "ENCRYPTION", 22, 22) for layout in REPORTS),
    *(
        (layout, record, "DATE_OF_BIRTH", 22, 29)
        for layout, record in (("tanf", "T2"), ("ssp", "M2"), ("tribal", "T2"))
    ),
    *((layout, record, "SSN", 30, 38) for layout, record in (("tanf", "T2"), ("ssp", "M2"), ("tribal", "T2"))),
    *((layout, record, "SSN", 29, 37) for layout, record in (("tanf", "T3"), ("ssp", "M5"), ("tribal", "T5"))),
    *(
        (layout, record, "DATE_OF_BIRTH", 21, 28)
        for layout, record in (("tanf", "T5"), ("ssp", "M3"), ("tribal", "T3"))
    ),
    ("tanf", "T2", "NONCUSTODIAL_PARENT", 21, 21),
    ("tanf", "T2", "RELATIONSHIP_HOH", 52, 53),
    ("tanf", "T3", "RELATIONSHIP_HOH", 47, 48),
    ("tanf", "T2", "COOPERATION_CHILD_SUPPORT", 59, 59),
    ("tanf", "T1", "FUNDING_STREAM", 30, 30),
    ("tanf", "T1", "ZIP_CODE", 25, 29),
    ("ssp", "M1", "DISPOSITION", 30, 30),  # no funding stream before it
    ("fcr", "FP", "PARTICIPANT_TYPE", 44, 45),
    ("fcr", "FP", "FAMILY_VIOLENCE", 46, 47),
    ("fcr", "FP", "LAST_NAME", 122, 151),
    ("fcr", "FP", "ADDITIONAL_LAST_NAME_4", 483, 512),
    ("new_hire", "W4", "EMPLOYEE_LAST_NAME", 44, 73),
    ("new_hire", "W4", "EMPLOYEE_ZIP", 221, 225),
]


def test_these_layouts_come_with_caselink():
    """A layout that is there is listed, and is named as its file."""
    assert layout_names() == NAMES
    assert [read_layout(name).name for name in NAMES] == NAMES


@pytest.mark.parametrize("name", FIXED)
def test_positions_are_the_running_sums_of_lengths(name):
    """Fields follow one another without gap or overlap, and end where the source says that the line ends."""
    layout = read_layout(name)
    for record in layout.records:
        expected = 1
        for field in record.fields:
            assert field.start == expected, (record.name, field.name)
            expected += field.length
        blocks = record.blocks
        assert expected - 1 == (blocks.end if blocks else record.length)
    assert {record.name: record.length for record in layout.records} == LENGTHS[name]


@pytest.mark.parametrize(("layout", "record", "field", "first", "last"), PLACES)
def test_fields_lie_where_the_source_says(layout, record, field, first, last):
    """The places that are easily mistaken, above all those that shift between record types."""
    found = next(one for one in read_layout(layout).record(record).fields if one.name == field)
    assert (found.start, found.end) == (first, last)


@pytest.mark.parametrize("name", REPORTS)
def test_the_second_child_lies_41_characters_on(name):
    """Two children a line: blocks of 41 characters at 20 and 61; the line of one child may end at 60."""
    record = read_layout(name).records[3]
    assert (record.blocks.start, record.blocks.length, record.blocks.count) == (20, 41, 2)
    assert record.min_length == 60
    assert record.length == 101


@pytest.mark.parametrize("name", NAMES)
def test_every_fact_has_its_source(name):
    """Each field has a label and a status, each code list its own; nothing is promised that was not read somewhere."""
    layout = read_layout(name)
    assert layout.source
    assert layout.note
    for record in layout.records:
        for field in record.fields:
            assert field.label, field.name
            assert field.status in ("source", "derived", "unverified"), field.name
            assert bool(field.codes) >= bool(field.codes_status), field.name
            assert field.codes_status in ("", "source", "derived", "unverified"), field.name


@pytest.mark.parametrize("name", FIXED)
def test_unverified_positions_feed_no_standard_column(name):
    """What might be read at the wrong place must not decide who is who."""
    fields = [field for record in read_layout(name).records for field in record.fields]
    assert not [field.name for field in fields if field.standard and field.status == "unverified"]


@pytest.mark.parametrize("name", NAMES)
def test_race_citizenship_and_the_numbers_of_others_go_nowhere(name):
    """Nothing is scored by race or citizenship; a spouse's number and a withdrawn one are not the person's."""
    for record in read_layout(name).records:
        for field in record.fields:
            if any(word in field.name for word in ("RACE", "CITIZENSHIP", "IRS_U_SSN", "ASSOCIATED")):
                assert not field.standard
                assert not field.carry
            if field.name == "PREVIOUS_SSN":
                assert field.target not in ("ssn", "other_ssns")


def test_what_came_from_employers_or_taxes_is_marked():
    """New-hire and wage data as a whole, and the numbers that may be from tax records, bind whoever reads them."""
    layouts = {name: read_layout(name) for name in NAMES}
    assert {name: one.tainted for name, one in layouts.items() if one.tainted} == {
        "new_hire": "new hire",
        "quarterly_wage": "new hire",
    }
    assert dict(layouts["fcr_acknowledgement"].taints) == {"other_ssns": "federal tax"}
    assert set(layouts["new_hire"].taints) == set(layouts["new_hire"].columns)
    of_taxes = [one.name for record in layouts["fcr"].records for one in record.fields if one.tainted]
    assert of_taxes == ["IRS_U_SSN", "IRS_1099"]
    assert dict(layouts["fcr"].taints) == {}
