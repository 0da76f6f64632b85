"""What is written in a layout and read again is what it was: every field of every record type, whatever it may hold."""

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caselink.layouts import layout_names, read_layout, read_tables, write_extract

LITERALS = ("RecordType", "RECORD_IDENTIFIER", "FILLER")
HEADS = {
    "tanf": {"PROGRAM_TYPE": "TAN", "TRIBE_CODE": "000"},
    "ssp": {"PROGRAM_TYPE": "SSP"},
    "tribal": {"PROGRAM_TYPE": "TAN", "TRIBE_CODE": "142"},
}
REPORT = {"YEAR": "2026", "QUARTER": "2", "TYPE": "A"}
TEXT = st.characters(codec="latin-1", categories=("L", "N", "P", "S", "Zs"), exclude_characters="\u00a0")
DATES = st.dates().map(lambda date: date.strftime("%Y%m%d").zfill(8))


def values(field):
    """What a field may hold, blank among it."""
    width = field.length or 20
    if field.kind == "month":
        return st.sampled_from(["202604", "202605", "202606"])
    if field.kind == "number" or field.in_code:
        return st.none() | st.text("0123456789", min_size=width, max_size=width)
    if field.kind == "date":
        return st.none() | DATES
    written = st.text(TEXT, max_size=width).map(lambda text: text.strip())
    return written.map(lambda text: text or None) | st.sampled_from([*(code for code in field.codes if code), None])


def rows(record):
    """One to three rows of a record type; whoever is there has a birth date."""
    fields = [field for field in record.fields if field.name not in LITERALS]
    present = record.blocks.present if record.blocks else ()
    row = st.fixed_dictionaries(
        {field.name: DATES if field.name in present and field.kind == "date" else values(field) for field in fields}
    )
    return st.lists(row, min_size=1, max_size=3).map(lambda drawn: pd.DataFrame(drawn, dtype=object))


@pytest.mark.parametrize("name", layout_names())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), encoding=st.sampled_from(["utf-8", "latin-1", "cp037"]), in_code=st.booleans())
def test_every_field_comes_back(tmp_path, name, data, encoding, in_code):
    """In each layout and encoding, SSNs in code or not; two children go into one line and come back as two."""
    layout = read_layout(name)
    encoding = encoding if layout.kind == "fixed" else "utf-8"
    kinds = [record for record in layout.records if record.person or record.case or record.referral]
    tables = {record.name: data.draw(rows(record), label=record.name) for record in kinds}
    written = dict(tables)
    if name in HEADS:
        head = REPORT | HEADS[name] | ({"ENCRYPTION": "E"} if in_code else {})
        written["HEADER"] = pd.DataFrame([head])
    path = write_extract(
        layout, written, tmp_path / f"{name}.{'txt' if layout.kind == 'fixed' else 'csv'}", encoding=encoding
    )
    held = read_tables(path, layout=layout, encoding=encoding)
    for kind, table in tables.items():
        for column in table:
            before, after = (frame[column].fillna("").tolist() for frame in (table, held[kind]))
            assert after == before, f"{kind}.{column}"
