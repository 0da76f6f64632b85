"""One value at a time: what each kind of field becomes, and the laws that hold for any text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caselink.normalize import addresses, codes, contacts, dates, names, ssn
from caselink.normalize.text import fold, words
from caselink.normalize.values import Status

MISSING = object()


def check(outcome, expected):
    """A value, or MISSING for a placeholder, or a text that the reason has."""
    if expected is MISSING:
        assert (outcome.value, outcome.status) == (None, Status.PLACEHOLDER)
    elif isinstance(expected, tuple):
        assert (outcome.value, outcome.status) == (expected[0], Status.REPAIRED)
    elif outcome.status == Status.INVALID:
        assert expected in outcome.reason
    else:
        assert (outcome.value, outcome.status) == (expected, Status.KEPT)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("O'Brien", "OBRIEN", id="apostrophe"),
        pytest.param("O’Brien", "OBRIEN", id="typographic apostrophe"),
        pytest.param("José-María", "JOSE MARIA", id="accents and hyphen"),
        pytest.param("Jose\u0301", "JOSE", id="accent as its own character"),
        pytest.param("Ng\u00a0 Bích", "NG BICH", id="odd blanks"),
        pytest.param("Søren Łukasz Æsir Straße", "SOREN LUKASZ AESIR STRASSE", id="letters that are no accents"),
        pytest.param("St.Clair", "STCLAIR", id="dot"),
        pytest.param("Мария Й", "МАРИЯ Й", id="Cyrillic keeps its marks"),
        pytest.param("李 小龍", "李 小龍", id="Han"),
        pytest.param("मैरी", "मैरी", id="Devanagari vowel signs"),
        pytest.param("A\u200bB\x00C", "AB C", id="invisible characters"),
        pytest.param("W1LSON", "W1LSON", id="a digit is a typing error, and stays"),
    ],
)
def test_words(text, expected):
    """Case, accents and punctuation go; letters of every script stay."""
    assert words(text) == expected


@given(text=st.text())
def test_words_change_nothing_twice(text):
    """What is folded once stays as it is."""
    assert words(words(text)) == words(text)
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("212-34-5678", "212345678", id="hyphens"),
        pytest.param(" 212 34 5678 ", "212345678", id="blanks"),
        pytest.param("001010001", "001010001", id="leading zeros stay"),
        pytest.param("899999998", "899999998", id="the highest area"),
        pytest.param("000123456", "never issued", id="area 000"),
        pytest.param("666123456", "never issued", id="area 666"),
        pytest.param("212001234", "zeros", id="group 00"),
        pytest.param("212340000", "zeros", id="serial 0000"),
        pytest.param("912491234", "pseudo number", id="area 9xx"),
        pytest.param("2123456", "7 digits", id="seven digits in a text column"),
        pytest.param("21234567x", "no digits", id="a letter typed"),
        pytest.param("２12345678", "no digits", id="a digit of another script"),
        pytest.param("XXX-XX-1234", "no digits", id="masked"),
        *(pytest.param(digit * 9, MISSING, id=f"all {digit}") for digit in "0123456789"),
        pytest.param("078-05-1120", MISSING, id="sample card"),
        pytest.param("219-09-9999", MISSING, id="sample in a pamphlet"),
        pytest.param("123456789", MISSING, id="keyboard filler"),
        pytest.param("987654321", MISSING, id="advertising range"),
        pytest.param("N/A", MISSING, id="words"),
        pytest.param("-", MISSING, id="punctuation"),
    ],
)
def test_ssn(text, expected):
    """Nine digits that could have been issued, a placeholder, or a reason."""
    check(ssn.clean_ssn(text), expected)


@pytest.mark.parametrize("text", ["912-70-1234", "999 50 0001", "900931234", "912991234"])
def test_numbers_for_taxes_are_another_kind(text):
    """ITIN and ATIN are no SSNs, nor are they faults."""
    assert (ssn.clean_ssn(text).value, ssn.clean_ssn(text).status) == (None, Status.OTHER_KIND)
    assert ssn.clean_taxpayer_id(text).value == "".join(filter(str.isdigit, text))


@pytest.mark.parametrize("group", [f"{group:02d}" for group in range(100)])
def test_groups_of_numbers_for_taxes(group):
    """Those of ITINs that are published, and 93 of ATINs; any other number with a 9 in front is made up."""
    meant = 50 <= int(group) <= 65 or 70 <= int(group) <= 88 or 90 <= int(group) <= 99
    assert (ssn.clean_ssn(f"912{group}1234").status == Status.OTHER_KIND) == meant


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("12345678", ("012345678",), id="one zero lost"),
        pytest.param("1234567", ("001234567",), id="two zeros lost"),
        pytest.param("123456", "6 digits", id="too short to tell"),
        pytest.param("0", MISSING, id="zero"),
        pytest.param("212345678", "212345678", id="none lost"),
    ],
)
def test_ssn_of_a_numeric_column(text, expected):
    """Zeros that a number has lost are put back, and counted."""
    check(ssn.clean_ssn(text, numeric=True), expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("1985-03-05", "1985-03-05", id="ISO"),
        pytest.param("1985-03-05 00:00:00", "1985-03-05", id="ISO with time"),
        pytest.param("1985-03-05T00:00:00.000Z", "1985-03-05", id="ISO with time and zone"),
        pytest.param("19850305", "1985-03-05", id="digits, year first"),
        pytest.param("19850305.0", "1985-03-05", id="digits that were a float"),
        pytest.param("03051985", "1985-03-05", id="digits, month first"),
        pytest.param("3051985", ("1985-03-05",), id="digits, lost zero"),
        pytest.param("12051985", "1985-12-05", id="digits that begin like a year but are none"),
        pytest.param("03/05/1985", "1985-03-05", id="slashes"),
        pytest.param("3/5/85", "1985-03-05", id="two-digit year"),
        pytest.param("3/5/12", "2012-03-05", id="two-digit year of this century"),
        pytest.param("030585", "1985-03-05", id="six digits"),
        pytest.param("1985/3/5", "1985-03-05", id="slashes, year first"),
        pytest.param("03.05.1985", "1985-03-05", id="dots"),
        pytest.param("5 MAR 1985", "1985-03-05", id="month name"),
        pytest.param("March 5, 1985", "1985-03-05", id="month name first"),
        pytest.param("05-Mar-85", "1985-03-05", id="short month name"),
        pytest.param("25/12/1985", ("1985-12-25",), id="day first"),
        pytest.param("1985", "1985-00-00", id="year alone"),
        pytest.param("198503", "1985-03-00", id="year and month, digits"),
        pytest.param("1985-03", "1985-03-00", id="year and month"),
        pytest.param("03/1985", "1985-03-00", id="month and year"),
        pytest.param("1985-00-00", "1985-00-00", id="zeros"),
        pytest.param("19850300", "1985-03-00", id="digits with a day of zeros"),
        pytest.param("03/99/1985", "1985-03-00", id="unknown day"),
        pytest.param("0000-03-05", "0000-03-05", id="unknown year"),
        pytest.param("1985-02-31", ("1985-02-00",), id="a day that cannot be"),
        pytest.param("02/29/1985", ("1985-02-00",), id="no leap year"),
        pytest.param("02/29/1984", "1984-02-29", id="leap year"),
        pytest.param("1985-13-05", ("1985-00-05",), id="a month that cannot be"),
        pytest.param("07/2x/1999", ("1999-07-00",), id="damaged day"),
        pytest.param("199907?1", ("1999-07-00",), id="damaged digits"),
        pytest.param("07/21/19x9", ("0000-07-21",), id="damaged year"),
        pytest.param("1970-01-01", "1970-01-01", id="also a real birthday"),
        pytest.param("01/01/1900", MISSING, id="1900"),
        pytest.param("00010101", MISSING, id="null date"),
        pytest.param("1899-12-30", MISSING, id="spreadsheet zero"),
        pytest.param("12/31/2099", MISSING, id="open end"),
        pytest.param("9999-12-31", MISSING, id="year 9999"),
        pytest.param("99999999", MISSING, id="nines"),
        pytest.param("99/99/9999", MISSING, id="nines with slashes"),
        pytest.param("00000000", MISSING, id="eight zeros"),
        pytest.param("00/00/0000", MISSING, id="zeros with slashes"),
        pytest.param("UNKNOWN", MISSING, id="words"),
        pytest.param("not a date", "not a date", id="no date"),
        pytest.param("1085-03-05", "year that cannot be", id="a year long ago"),
        pytest.param("y" * 1000, "not a date", id="long text"),
    ],
)
def test_birth_date(text, expected):
    """Many ways to write a date, one way to keep it."""
    check(dates.clean_birth_date(text), expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("3/5/26", "2026-03-05", id="this century is possible"),
        pytest.param("3/5/27", "1927-03-05", id="this century is not"),
        pytest.param("1905-03-05", "year that cannot be", id="older than anybody"),
        pytest.param("2028-03-05", "year that cannot be", id="not yet born"),
        pytest.param("2027-01-05", "2027-01-05", id="expected child"),
    ],
)
def test_birth_date_against_the_date_of_the_extract(text, expected):
    """With the extract's date known, two-digit years and impossible ages are judged by it."""
    check(dates.clean_birth_date(text, latest="2026-09-30"), expected)


@pytest.mark.parametrize(
    ("parse", "text", "expected"),
    [
        (names.parse_first_name, "maria elena", ("MARIA ELENA", None, None, None)),
        (names.parse_first_name, "Dr. John Jr.", ("JOHN", None, None, "JR")),
        (names.parse_first_name, "JR", ("JR", None, None, None)),
        (names.parse_first_name, "Boyd", ("BOYD", None, None, None)),
        (names.parse_first_name, "BABY BOY", (None, None, None, None)),
        (names.parse_first_name, "Baby Girl Smith", (None, None, None, None)),
        (names.parse_first_name, "Girl1Marie", (None, None, None, None)),
        (names.parse_first_name, "BoyMarie", (None, None, None, None)),
        (names.parse_first_name, "Judy Girl A", (None, None, None, None)),
        (names.parse_first_name, "FNU", (None, None, None, None)),
        (names.parse_first_name, "Mr", (None, None, None, None)),
        (names.parse_first_name, "Tess", ("TESS", None, None, None)),
        (names.parse_middle_name, "NMN", (None, None, None, None)),
        (names.parse_middle_name, "NMI", (None, None, None, None)),
        (names.parse_middle_name, "III", (None, None, None, "III")),
        (names.parse_middle_name, "V", (None, "V", None, None)),
        (names.parse_last_name, "Garcia-Lopez", (None, None, "GARCIA LOPEZ", None)),
        (names.parse_last_name, "Smith Jr", (None, None, "SMITH", "JR")),
        (names.parse_last_name, "Smith, 3rd", (None, None, "SMITH", "III")),
        (names.parse_last_name, "Smith V", (None, None, "SMITH", "V")),
        (names.parse_last_name, "V", (None, None, "V", None)),
        (names.parse_last_name, "Mc Donald", (None, None, "MCDONALD", None)),
        (names.parse_last_name, "O Brien", (None, None, "OBRIEN", None)),
        (names.parse_last_name, "LNU", (None, None, None, None)),
        (names.parse_last_name, "Alleged Father", (None, None, None, None)),
        (names.parse_last_name, "Lopez, Maria E", ("MARIA", "E", "LOPEZ", None)),
        (names.parse_full_name, "Maria E Lopez", ("MARIA", "E", "LOPEZ", None)),
        (names.parse_full_name, "LOPEZ, MARIA E", ("MARIA", "E", "LOPEZ", None)),
        (names.parse_full_name, "Smith, John, Jr", ("JOHN", None, "SMITH", "JR")),
        (names.parse_full_name, "John Smith, Jr", ("JOHN", None, "SMITH", "JR")),
        (names.parse_full_name, "Ana de la Cruz", ("ANA", None, "DE LA CRUZ", None)),
        (names.parse_full_name, "Cher", (None, None, "CHER", None)),
        (names.parse_full_name, "UNKNOWN", (None, None, None, None)),
        (names.parse_full_name, "FNU Singh", (None, None, "SINGH", None)),
    ],
)
def test_names(parse, text, expected):
    """First, middle and last name and suffix, as found in one field."""
    assert parse(text)[:4] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jr.", "JR"),
        ("Junior", "JR"),
        ("2nd", "II"),
        ("III", "III"),
        ("NONE", None),
        ("MD", None),
    ],
)
def test_suffix(text, expected):
    """A suffix in its usual form; a degree is none."""
    assert names.clean_suffix(text).value == expected


@pytest.mark.parametrize(
    ("text", "street", "unit"),
    [
        ("123 North Main Street Apt. 4B", "123 N MAIN ST", "4B"),
        ("123 N. MAIN ST #4-B", "123 N MAIN ST", "4B"),
        ("0123 N Main Str, Unit 04 B", "123 N MAIN ST", "4B"),
        ("12 1/2 Elm Ave.", "12 1/2 ELM AVE", None),
        ("77 Fifth Avenue Bldg 3 Apt 5", "77 5TH AVE", "3 5"),
        ("P.O. Box 12", "PO BOX 12", None),
        ("POST OFFICE BOX 12", "PO BOX 12", None),
        ("P O BOX #12", "PO BOX 12", None),
        ("Rural Route 2 Box 5", "RR 2 BOX 5", None),
        ("C/O Jane Roe 12 Elm St", "12 ELM ST", None),
        ("C/O Jane Roe", None, None),
        ("GENERAL DELIVERY", None, None),
        ("General Delivery, Main PO", None, None),
        ("Homeless", None, None),
        ("no fixed address", None, None),
        ("unknown", None, None),
        ("#", None, None),
        ("12 Unit St", "12 UNIT ST", None),
        ("calle Peña 5", "CALLE PENA 5", None),
    ],
)
def test_street(text, street, unit):
    """One form for a street, its unit taken out."""
    assert addresses.parse_street(text)[:2] == (street, unit)


@pytest.mark.parametrize(
    ("clean", "text", "expected"),
    [
        (addresses.clean_unit, "APT # 05-b", "5B"),
        (addresses.clean_unit, "#", MISSING),
        (addresses.clean_city, "Saint Louis", "ST LOUIS"),
        (addresses.clean_city, "UNK", MISSING),
        (addresses.clean_state, "new york", "NY"),
        (addresses.clean_state, "ny", "NY"),
        (addresses.clean_zip, "02134", "02134"),
        (addresses.clean_zip, "02134-1234", "02134"),
        (addresses.clean_zip, "021341234", "02134"),
        (addresses.clean_zip, "2134", ("02134",)),
        (addresses.clean_zip, "99999", MISSING),
        (addresses.clean_zip, "00000-0000", MISSING),
        (addresses.clean_zip, "K1A 0B1", "no digits"),
        (addresses.clean_zip, "123456", "6 digits"),
        (addresses.clean_county, "Orange County", "ORANGE"),
        (addresses.clean_state, "06", "CA"),
        (addresses.clean_state, "3", "not a state's number"),
        (addresses.clean_county, "37", "037"),
        (addresses.clean_county, "06037", "037"),
        (addresses.clean_county, "6037", "037"),
        (addresses.clean_county, "CA037", "037"),
        (addresses.clean_county, "06999", MISSING),
        (addresses.clean_county, "Saint Clair Co.", "ST CLAIR"),
        (addresses.clean_county, "999", MISSING),
        (contacts.clean_phone, "(212) 736-5000", "2127365000"),
        (contacts.clean_phone, "1-212-736-5000 x12", "2127365000"),
        (contacts.clean_phone, "736-5000", "7 digits"),
        (contacts.clean_phone, "0000000000", MISSING),
        (contacts.clean_phone, "999-999-9999", MISSING),
        (contacts.clean_phone, "212-555-0123", MISSING),
        (contacts.clean_phone, "none", MISSING),
        (contacts.clean_email, " Ana@Example.ORG ", "ana@example.org"),
        (contacts.clean_email, "ana at example", "not an e-mail"),
        (contacts.clean_email, "none@none.com", MISSING),
        (codes.clean_sex, "f", "F"),
        (codes.clean_sex, "Male", "M"),
        (codes.clean_sex, "2", "F"),
        (codes.clean_sex, "U", MISSING),
        (codes.clean_sex, "9", MISSING),
        (codes.clean_sex, "Q", "not a code"),
        (codes.clean_age, "07", "7"),
        (codes.clean_age, "999", MISSING),
        (codes.clean_age, "131", "not an age"),
        (codes.clean_month, "202609", "2026-09"),
        (codes.clean_month, "09/30/2026", "2026-09"),
        (codes.clean_month, "2026-13", "not a month"),
        (dates.clean_year, "85", "1985"),
        (dates.clean_year, "0", MISSING),
        (dates.clean_year, "19x5", "not a year"),
        (dates.clean_month_of_birth, "March", "03"),
        (dates.clean_month_of_birth, "13", "not a month"),
        (dates.clean_day_of_birth, "5.0", "05"),
        (dates.clean_day_of_birth, "99", MISSING),
    ],
)
def test_other_fields(clean, text, expected):
    """Each kind of field has one form."""
    check(clean(text), expected)


CLEANERS = [
    addresses.clean_city,
    addresses.clean_county,
    addresses.clean_state,
    addresses.clean_unit,
    addresses.clean_zip,
    codes.clean_age,
    codes.clean_month,
    codes.clean_sex,
    codes.clean_text,
    contacts.clean_email,
    contacts.clean_phone,
    dates.clean_birth_date,
    dates.clean_day_of_birth,
    dates.clean_month_of_birth,
    dates.clean_year,
    names.clean_suffix,
    ssn.clean_ssn,
]
PARSERS = [
    names.parse_first_name,
    names.parse_full_name,
    names.parse_last_name,
    names.parse_middle_name,
    addresses.parse_street,
]

PIECES = (
    "1 2 0 12 99 31 1985 85 20 / - . , # ' JR V III MR O MC DE XX UNK DOE NA APT UNIT NORTH SAINT BOX PO P.O. RR @ a.b "
    "MAR x é ß Ŀ ǰ ΐ \u0301 \u200b ½ ² ⁄ ŉ BABY BOY GIRL SMITH C/O 000 666 +1 HOMELESS ROUTE RURAL"
)
pieces = st.sampled_from(PIECES.split())
messy = st.lists(pieces | st.just(" "), max_size=9).map("".join) | st.text(max_size=30)


@pytest.mark.parametrize("clean", CLEANERS)
@given(text=messy)
def test_cleaning_what_is_clean_changes_nothing(clean, text):
    """A cleaned value is kept as it is; a reason shows no value; missing has a status."""
    outcome = clean(text)
    if outcome.value is None:
        assert outcome.status in (Status.PLACEHOLDER, Status.INVALID)
        assert (outcome.reason is None) == (outcome.status == Status.PLACEHOLDER)
    elif outcome.value:
        assert clean(outcome.value) == (outcome.value, Status.KEPT, None)


@pytest.mark.parametrize(
    ("forms", "street", "unit"),
    [
        pytest.param(
            ["12 COUNTY ROAD 5", "12 Co. Rd. 5", "12 CNTY RD 5", "12 CR 5"], "12 CR 5", None, id="county road"
        ),
        pytest.param(
            ["5 State Highway 9", "5 ST HWY 9", "5 SH 9", "5 State Rte. 9", "5 SR-9"], "5 SR 9", None, id="state"
        ),
        pytest.param(["7 US Highway 1", "7 U.S. Hwy 1", "7 U S 1", "7 US ROUTE 1"], "7 US 1", None, id="US highway"),
        pytest.param(["9 Interstate 35", "9 I-35", "9 IH35", "9 INTERSTATE HWY 35"], "9 I 35", None, id="interstate"),
        pytest.param(["3 FARM TO MARKET ROAD 1960", "3 FM 1960"], "3 FM 1960", None, id="farm to market"),
        pytest.param(
            ["Rural Route 2 Box 18", "R.R. #2 Bx 18", "RT 2 BOX 18", "RFD 2 BOX 18"], "RR 2 BOX 18", None, id="RR"
        ),
        pytest.param(
            ["HC 3 BOX 9", "Star Route 3 Box 9", "HIGHWAY CONTRACT 3 BX 9"], "HC 3 BOX 9", None, id="contract"
        ),
        pytest.param(["P.O. Box 77", "POB 77", "Box 77", "Post Office Box # 77"], "PO BOX 77", None, id="box"),
        pytest.param(["12 N W 5TH ST", "12 N.W. Fifth Street", "12 NORTHWEST 5TH ST"], "12 NW 5TH ST", None, id="N W"),
        pytest.param(["12 B MAIN ST", "12-B Main Street", "12B MAIN ST"], "12B MAIN ST", None, id="letter of a house"),
        pytest.param(["12 ELM ST 2nd Floor", "12 ELM ST FL 2", "12 Elm St, Floor 2"], "12 ELM ST", "2", id="floor"),
        pytest.param(["12 ELM ST APT4", "12 ELM ST # 4", "12 ELM ST APT 04"], "12 ELM ST", "4", id="joined unit"),
        pytest.param(
            ["12 ELM ST UPSTAIRS", "12 ELM ST UPPR", "12 ELM STREET UPPER"], "12 ELM ST", "UPPR", id="no number"
        ),
        pytest.param(
            ["12 ELM STRET", "12 ELM STREER", "12 ELM TSREET", "12 ELM STREEET"], "12 ELM ST", None, id="misspelled"
        ),
        pytest.param(["c/o Ann 12 ELM ST", "12 Elm St c/o Ann"], "12 ELM ST", None, id="in care of"),
        pytest.param(["12 W FRONT ST", "12 W Front Street"], "12 W FRONT ST", None, id="Front is also a street"),
        pytest.param(["12 N E ST", "12 North E Street"], "12 N E ST", None, id="E is also a street"),
        pytest.param(["12 STREAM", "12 Stream"], "12 STRM", None, id="a word of its own"),
    ],
)
def test_one_form_for_each_way_to_write_an_address(forms, street, unit):
    """However it is written, an address is one text."""
    assert {addresses.parse_street(form)[:2] for form in forms} == {(street, unit)}


@pytest.mark.parametrize("parse", PARSERS)
@given(text=messy)
def test_parsing_what_is_parsed_changes_nothing(parse, text):
    """Each part, read again as its own field, stays as it is; no part is empty text."""
    parts = parse(text)
    assert "" not in parts[:-1]
    again = {
        "first": names.parse_first_name,
        "middle": names.parse_middle_name,
        "last": names.parse_last_name,
        "street": addresses.parse_street,
    }
    for name, value in parts._asdict().items():
        if name in again and value is not None:
            assert getattr(again[name](value), name) == value
    if getattr(parts, "unit", None):
        assert addresses.clean_unit(parts.unit).value == parts.unit
