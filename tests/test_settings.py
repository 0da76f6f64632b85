from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caselink.errors import InputError, SpecError
from caselink.normalize import Cleaning
from caselink.schema import MAPPED_COLUMNS
from caselink.settings import Settings, read_settings
from caselink.settings.files import read_referrals, read_sources

SOURCE = """
[[source]]
name = "iva"
path = "iva.csv"
record_id = "client_id"
"""

LAID_OUT = """
[[source]]
name = "tanf"
path = "iva.csv"
layout = "tanf"
"""

FULL = """
[[source]]
name = "iva"
path = "iva.csv"
record_id = "client_id"
unduplicated = true
as_of = 2026-09-30
[source.columns]
first_name = "fname"
street = ["house_no", "street"]

[[source]]
name = "ivd"
path = "ivd.csv"
record_id = "participant"

[[blocking]]
keys = ["last_name", "birth_date.year"]
[[blocking]]
keys = ["worker_id"]

[[comparison]]
kind = "Exact"
column = "worker_id"
[[comparison]]
kind = "JaroWinkler"
column = "first_name"
thresholds = [0.92, 0.88, 0.7]
"""


def _read(folder: Path, text: str) -> Settings:
    for name in ("iva.csv", "ivd.csv"):
        (folder / name).write_text("client_id\n1\n", encoding="utf-8")
    file = folder / "sources.toml"
    file.write_text(text, encoding="utf-8")
    return read_settings(file)


def test_a_known_layout_needs_no_columns(tmp_path):
    """A layout is named, or given as a file next to the settings; the encoding is the layout's unless it is given."""
    (source,) = _read(tmp_path, LAID_OUT).sources
    assert (source.layout, source.record_id, source.columns, source.encoding) == ("tanf", "", None, None)
    own = Path(__file__).parent / "layouts" / "made_up.toml"
    (tmp_path / "own.toml").write_text(own.read_text(encoding="utf-8"), encoding="utf-8")
    text = LAID_OUT.replace('layout = "tanf"', 'layout = "own.toml"\nencoding = "cp037"')
    (source,) = _read(tmp_path, text).sources
    assert (source.layout, source.encoding) == (tmp_path / "own.toml", "cp037")


def test_every_key_arrives(tmp_path):
    """What the file says is in the settings: paths beside the file, lists as tuples, dates as text."""
    settings = _read(tmp_path, FULL)
    iva, ivd = settings.sources
    assert (iva.name, iva.path, iva.record_id, iva.as_of) == ("iva", tmp_path / "iva.csv", "client_id", "2026-09-30")
    assert iva.columns == {"first_name": "fname", "street": ("house_no", "street")}
    assert (ivd.columns, ivd.as_of, ivd.unduplicated) == (None, None, False)
    assert settings.unduplicated == ("iva",)


def test_rules_and_comparisons_are_made_by_name(tmp_path):
    """Tables become the very objects that Python code would make, and their other columns are carried."""
    import caselink.blocking
    import caselink.comparisons

    settings = _read(tmp_path, FULL)
    rule = caselink.blocking.BlockingRule
    assert settings.blocking == (rule("last_name", "birth_date.year"), rule("worker_id"))
    assert settings.comparisons == (
        caselink.comparisons.Exact("worker_id"),
        caselink.comparisons.JaroWinkler("first_name", thresholds=(0.92, 0.88, 0.7)),
    )
    assert settings.carried == ("worker_id",)


CLEANING = """
program = "iv-d"
memberships = "members.csv"
cases = "cases.csv"
[source.columns]
sex = "sex"
role = "type"
other_last_names = ["maiden", "alias"]
taxpayer_id = "itin"
[source.cleaning]
date_order = "day first"
two_digit_pivot = 30
pseudo_ssns = ["8[0-9]{8}", "777[0-9]*"]
known_bad_ssns = "bad.csv"
default_sex = { CP = "F" }
widths = { sex = 1 }
untouched = ["sex"]
"""


def test_cleaning_and_the_programs_files_arrive(tmp_path):
    """What is declared of a source's values, and the files beside it, are in the settings; the summary counts them."""
    for name in ("members.csv", "cases.csv", "bad.csv", "referrals.csv"):
        (tmp_path / name).write_text("a\n", encoding="utf-8")
    settings = _read(tmp_path, 'referrals = "referrals.csv"' + SOURCE + CLEANING)
    (source,) = settings.sources
    assert settings.referrals == tmp_path / "referrals.csv"
    assert (source.program, source.memberships, source.cases) == (
        "iv-d",
        tmp_path / "members.csv",
        tmp_path / "cases.csv",
    )
    assert source.columns == {
        "sex": "sex",
        "role": "type",
        "other_last_names": ("maiden", "alias"),
        "taxpayer_id": "itin",
    }
    assert source.cleaning == Cleaning(
        date_order="day first",
        two_digit_pivot=30,
        pseudo_ssns=("8[0-9]{8}", "777[0-9]*"),
        default_sex={"CP": "F"},
        widths={"sex": 1},
        untouched=("sex",),
    )
    told = source.describe_cleaning()
    assert len(told.pop("known_bad_ssns_sha256")) == 64
    assert told == {
        "date_order": "day first",
        "two_digit_pivot": 30,
        "pseudo_ssns": 2,
        "default_sex": {"CP": "F"},
        "widths": {"sex": 1},
        "untouched": ["sex"],
    }


def test_what_is_not_declared_is_not_told(tmp_path):
    """Without a table the values are read as they are found, and the summary says nothing."""
    (source,) = _read(tmp_path, SOURCE).sources
    assert source.cleaning == Cleaning()
    assert source.describe_cleaning() == {}


def test_one_encoding_serves_all_files_that_name_none(tmp_path):
    """The referrals have no source that could name it; a source that names its own keeps it."""
    (tmp_path / "referrals.csv").write_bytes("iva_case_id,child_record_id,worker\nA,1,Nuñez\n".encode("latin-1"))
    other = SOURCE.replace('"iva"', '"ivd"') + 'encoding = "cp037"'
    settings = _read(tmp_path, 'encoding = "latin-1"\nreferrals = "referrals.csv"' + SOURCE + other)
    assert [source.encoding for source in settings.sources] == ["latin-1", "cp037"]
    referrals = read_referrals(settings)
    assert referrals is not None
    assert referrals.table["worker"].tolist() == ["Nuñez"]
    assert read_referrals(_read(tmp_path, SOURCE)) is None


def test_encoding_arrives(tmp_path):
    """What the error about a file that is not UTF-8 says to give can be given."""
    (tmp_path / "iva.csv").write_bytes("client_id,last_name\n1,Nuñez\n".encode("latin-1"))
    (tmp_path / "sources.toml").write_text(SOURCE + 'encoding = "latin-1"\n', encoding="utf-8")
    (extract,) = read_sources(read_settings(tmp_path / "sources.toml"))
    assert extract.records["last_name"].tolist() == ["Nuñez"]


def test_without_tables_the_library_chooses(tmp_path):
    """No [[blocking]] and no [[comparison]] table means None, not an empty list."""
    settings = _read(tmp_path, SOURCE)
    assert settings.blocking is None
    assert settings.comparisons is None
    assert settings.carried == ()


IN_CLEANING = "source[1].cleaning"
WRONG_CLEANING = [
    ("dates", "'day first'", f"{IN_CLEANING}.dates", "unknown; known here: date_order"),
    ("date_order", "'dmy'", f"{IN_CLEANING}.date_order", "'month first' or 'day first'"),
    ("date_order", "1", f"{IN_CLEANING}.date_order", "must be text, not a whole number"),
    ("two_digit_pivot", "1930", f"{IN_CLEANING}.two_digit_pivot", "a year from 0 to 99"),
    ("two_digit_pivot", "true", f"{IN_CLEANING}.two_digit_pivot", "must be a whole number"),
    ("pseudo_ssns", "'8.*'", f"{IN_CLEANING}.pseudo_ssns", "must be a list"),
    ("pseudo_ssns", "[8]", f"{IN_CLEANING}.pseudo_ssns", "holds a whole number"),
    ("pseudo_ssns", "['8[']", f"{IN_CLEANING}.pseudo_ssns", "no regular expression"),
    ("known_bad_ssns", "[['1', '212345678']]", f"{IN_CLEANING}.known_bad_ssns", "name a file with the columns"),
    ("known_bad_ssns", "'absent.csv'", f"{IN_CLEANING}.known_bad_ssns", "no such file"),
    ("default_sex", "{ CP = 'W' }", f"{IN_CLEANING}.default_sex", "M or F for a role"),
    ("default_sex", "{ CP = 1 }", f"{IN_CLEANING}.default_sex", "M or F"),
    ("widths", "{ sex = 'wide' }", f"{IN_CLEANING}.widths", "whole numbers of characters"),
    ("widths", "{ zip = 5 }", f"{IN_CLEANING}.widths", "no column 'zip'; it has sex, role"),
    ("untouched", "['zip']", f"{IN_CLEANING}.untouched", "no column 'zip'; it has sex, role"),
]


@pytest.mark.parametrize(
    ("text", "field", "said"),
    [
        pytest.param("", "source", "missing", id="no source"),
        pytest.param("source = 3", "source", "a list", id="source is no table"),
        pytest.param("source = [3]", "source[1]", "table", id="source holds no table"),
        pytest.param(SOURCE + "sources = 1", "source[1].sources", "unknown; known here: name", id="unknown key"),
        pytest.param("colour = 1" + SOURCE, "colour", "unknown", id="unknown key on top"),
        pytest.param(SOURCE.replace('"client_id"', "5"), "source[1].record_id", "whole number", id="wrong type"),
        pytest.param(SOURCE.replace('"client_id"', '""'), "source[1].record_id", "empty", id="empty text"),
        pytest.param(SOURCE.replace('name = "iva"', ""), "source[1].name", "missing", id="no name"),
        pytest.param(SOURCE.replace('path = "iva.csv"', ""), "source[1].path", "missing", id="no path"),
        pytest.param(SOURCE.replace("iva.csv", "ivx.csv"), "source[1].path", "no such file", id="no file"),
        pytest.param(SOURCE.replace('"iva.csv"', '"."'), "source[1].path", "is not a file", id="a folder"),
        pytest.param(LAID_OUT.replace("tanf", "nonesuch"), "source[1].layout", "known are", id="unknown layout"),
        pytest.param(LAID_OUT.replace("tanf", "no.toml"), "source[1].layout", "no such file", id="no layout file"),
        pytest.param(LAID_OUT + 'record_id = "x"', "source[1].record_id", "the layout says this", id="layout and id"),
        pytest.param(
            LAID_OUT + '[source.columns]\nzip = "z"', "source[1].columns", "layout says this", id="layout and columns"
        ),
        pytest.param(SOURCE + SOURCE, "source[2].name", "doubled", id="doubled name"),
        pytest.param(SOURCE + 'as_of = "soon"', "source[1].as_of", "2026-09-30", id="no date"),
        pytest.param(SOURCE + "unduplicated = 1", "source[1].unduplicated", "true or false", id="no flag"),
        pytest.param(SOURCE + 'columns = "all"', "source[1].columns", "a table", id="columns is no table"),
        pytest.param(
            SOURCE + "[source.columns]\nfirst = 'a'",
            "source[1].columns.first",
            "no standard name",
            id="no standard name",
        ),
        pytest.param(
            SOURCE + "[source.columns]\nssn = 9", "source[1].columns.ssn", "column's name", id="column number"
        ),
        pytest.param(SOURCE + "[source.columns]\nssn = []", "source[1].columns.ssn", "column's name", id="no columns"),
        *(
            pytest.param(
                f"{SOURCE}columns = {{ sex = 'x', role = 'y' }}\n[source.cleaning]\n{key} = {value}", *said, id=key
            )
            for key, value, *said in WRONG_CLEANING
        ),
        pytest.param(SOURCE + "cleaning = 5", "source[1].cleaning", "a table", id="cleaning is no table"),
        pytest.param(SOURCE + "program = 'TANF'", "source[1].program", "one of iv-a, iv-d", id="unknown program"),
        pytest.param(SOURCE + "memberships = 'x.csv'", "source[1].memberships", "no such file", id="no memberships"),
        pytest.param(SOURCE + "cases = 7", "source[1].cases", "must be text", id="cases is no file"),
        pytest.param("referrals = 'x.csv'" + SOURCE, "referrals", "no such file", id="no referrals"),
        pytest.param(SOURCE + 'encoding = "klingon"', "source[1].encoding", "unknown", id="unknown encoding"),
        pytest.param('encoding = "rot13"' + SOURCE, "encoding", "unknown", id="no encoding of texts"),
        pytest.param(
            SOURCE + "[source.cleaning]\nwidths = {ssn = 99999999999999999999}",
            "source[1].cleaning.widths",
            "1 to 1000000",
            id="a width beyond all numbers",
        ),
        pytest.param(SOURCE + "[[comparison]]\ncolumn='ssn'", "comparison[1].kind", "missing", id="no kind"),
        pytest.param(SOURCE + "[[comparison]]\nkind='os'", "comparison[1].kind", "known: ", id="kind of elsewhere"),
        pytest.param(
            SOURCE + "[[comparison]]\nkind='Exact'\ncolumn='sex'\ncolor=1",
            "comparison[1].color",
            "unknown",
            id="parameter",
        ),
        pytest.param(SOURCE + "[[comparison]]\nkind='Exact'", "comparison[1]", "column", id="lacks a parameter"),
        pytest.param(
            SOURCE + "[[comparison]]\nkind='Exact'\ncolumn='sex'\nevidence='x'",
            "comparison[1]",
            "personal",
            id="evidence",
        ),
        pytest.param(SOURCE + "[[comparison]]\nkind='Exact'\ncolumn=5", "comparison[1].column", "name", id="no column"),
        pytest.param(
            SOURCE + "[[comparison]]\nkind='Custom'\ncolumn='x'\nfunction='os.system'",
            "comparison[1].kind",
            "known",
            id="code",
        ),
        pytest.param(SOURCE + "[[blocking]]\nkeys=[5]", "blocking[1]", "BlockingRule", id="key is a number"),
        pytest.param(SOURCE + "[[blocking]]\nkeys=[]", "blocking[1]", "at least one key", id="no key"),
        pytest.param(SOURCE + "[[blocking]]\nkey=['ssn']", "blocking[1].keys", "missing", id="rule without keys"),
        pytest.param(SOURCE + "[[blocking]]\nkeys=['ssn.sound']", "blocking[1]", "sound", id="unknown ending"),
        pytest.param(SOURCE + "[[blocking]]\nkind='rm'", "blocking[1].kind", "known: ", id="unknown rule"),
    ],
)
def test_a_mistake_names_file_and_key(tmp_path, text, field, said):
    """Whatever is wrong, the error names the file, the key, and what would do."""
    with pytest.raises(InputError) as caught:
        _read(tmp_path, text)
    assert (caught.value.file, caught.value.field) == ("sources.toml", field)
    assert said in str(caught.value)
    assert "212345678" not in str(caught.value)


def test_a_default_sex_needs_a_role(tmp_path):
    """Without the columns that it speaks of, the key would change nothing: that is said."""
    with pytest.raises(InputError, match="needs the columns role and sex") as caught:
        _read(tmp_path, SOURCE + "columns = { sex = 'x' }\ncleaning = { default_sex = { CP = 'F' } }")
    assert caught.value.field == "source[1].cleaning.default_sex"
    assert _read(tmp_path, SOURCE + "cleaning = { default_sex = { CP = 'F' } }").sources[0].cleaning.default_sex


def test_a_missing_file_is_named(tmp_path):
    """A settings file that is not there is named."""
    with pytest.raises(InputError, match=r"absent\.toml: no such file"):
        read_settings(tmp_path / "absent.toml")


@pytest.mark.parametrize("content", [b"name,ssn\nMARIA,123456789\n", b"\xff\xfeMARIA", b"a = 'MARIA'\na = 'MARIA'\n"])
def test_a_file_that_is_no_toml_is_not_quoted(tmp_path, content):
    """A data file given by mistake is refused without a word of what stands in it."""
    file = tmp_path / "people.csv"
    file.write_bytes(content)
    with pytest.raises(InputError, match=r"people\.csv") as caught:
        read_settings(file)
    assert "MARIA" not in str(caught.value)
    assert "123456789" not in str(caught.value)


@given(columns=st.dictionaries(st.sampled_from(MAPPED_COLUMNS), st.from_regex(r"[A-Za-z_ ]{1,12}", fullmatch=True)))
def test_any_mapping_of_standard_names_arrives(tmp_path_factory, columns):
    """Every standard name can be mapped to any column's name."""
    lines = "".join(f'{standard} = "{column}"\n' for standard, column in columns.items())
    settings = _read(tmp_path_factory.mktemp("settings"), f"{SOURCE}[source.columns]\n{lines}")
    assert settings.sources[0].columns == columns


def test_an_owner_may_say_that_nobody_is_protected(tmp_path):
    """Every record then says so; a file that tells it for each person is not overruled."""
    columns = '[source.columns]\nlast_name = "last_name"\n'
    word = SOURCE + "nobody_protected = true\n"
    promised, silent, contradicted = (_read(tmp_path, text) for text in (word + columns, SOURCE + columns, word))
    (tmp_path / "iva.csv").write_text("client_id,last_name,protected\n1,Cho,Y\n", encoding="utf-8")
    assert read_sources(promised)[0].records["protected"].tolist() == ["N"]
    assert "protected" not in read_sources(silent)[0].records
    with pytest.raises(SpecError, match="leave it out"):
        read_sources(contradicted)
    with pytest.raises(InputError, match="leave one of the two out"):
        _read(tmp_path, word + columns + 'protected = "protected"\n')
