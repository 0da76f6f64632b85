"""No value of a protected person leaves: unmistakable ones are planted, and looked for in everything that comes out."""

from __future__ import annotations

import json
import logging
import random
import string
import sys
import traceback
import warnings
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import caselink as cl
from caselink import charts
from caselink.cli import main
from caselink.linking import link_files
from caselink.settings import read_settings
from caselink.synthetic import draw_county, write_county

PAIR = ["source_left", "record_id_left", "source_right", "record_id_right"]
VALUE_COLUMNS = {
    "iva": ["fname", "mi", "lname", "suffix", "dob", "ssn", "house_no", "street", "apt", "city", "zip", "phone"],
    "ivd": ["last_nm", "first_nm", "mid_init", "ssn_no", "birth_dt", "addr_line_1", "addr_line_2", "city_nm", "zip_cd"],
}
FLAGS = {"iva": "safety_flag", "ivd": "fv_ind"}
CASES = {"iva": "case_no", "ivd": "case_number"}


def letters(draw: random.Random) -> str:
    """A word that stands nowhere else; folding, cutting at a hyphen and upper case leave it whole."""
    return "QZX" + "".join(draw.choices(string.ascii_uppercase, k=12))


def digits_of(draw: random.Random, column: str) -> str:
    """A number of the form of its column, so that cleaning lets it pass."""
    if "ssn" in column:
        return f"{draw.randrange(200, 600)}-{draw.randrange(11, 99)}-{draw.randrange(1001, 9999)}"
    return f"{draw.randrange(202, 989)}{draw.randrange(222, 999)}{draw.randrange(1000, 9999)}"


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    """A small county's files, and the canaries planted in every value of the protected and of their cases."""
    folder = write_county(draw_county(500, seed=11), tmp_path_factory.mktemp("county"))
    draw, canaries = random.Random(3), set()
    for source, columns in VALUE_COLUMNS.items():
        file = folder / f"{source}.csv"
        rows = pd.read_csv(file, dtype=str, keep_default_na=False)
        chosen = rows.index[rows[FLAGS[source]] == "Y"].tolist() or rows.index[:5].tolist()
        rows.loc[chosen, FLAGS[source]] = "Y"
        cases = set(rows.loc[chosen, CASES[source]])
        for row in rows.index[rows[CASES[source]].isin(cases)]:
            for column in [one for one in columns if one in rows]:
                numeric = ("ssn" in column or "phone" in column) and draw.random() < 0.7
                value = digits_of(draw, column) if numeric else letters(draw)
                rows.loc[row, column] = value
                canaries |= {value, value.replace("-", "")} if numeric else {value}
        rows.to_csv(file, index=False)
    assert len(canaries) > 100
    return folder, canaries


def everything_in(folder: Path) -> str:
    """The names and the contents of all files of a folder, tables read."""
    texts = []
    for file in sorted(folder.rglob("*")):
        texts.append(file.name)
        if file.suffix == ".parquet":
            texts.append(pd.read_parquet(file).to_csv())
        elif file.is_file():
            texts.append(file.read_text(encoding="utf-8", errors="replace"))
    return "\n".join(texts)


def found(canaries, text: str) -> list[str]:
    """Which canaries are in the text, whatever its case."""
    upper = text.upper()
    return [one for one in canaries if one in upper]


def test_the_canaries_would_be_found(county):
    """They are in the input, so that looking for them can fail."""
    folder, canaries = county
    assert set(found(canaries, everything_in(folder))) >= {one for one in canaries if "-" in one or one.isalpha()}


def test_no_file_of_a_run_holds_one(county, tmp_path, capsys, caplog):
    """Files and their names, what the terminal shows, logs and warnings of `caselink link`."""
    folder, canaries = county
    with caplog.at_level(logging.DEBUG), pytest.raises(SystemExit) as left:
        main(["link", "--sources", str(folder / "sources.toml"), "--out", str(tmp_path / "out")])
    assert left.value.code == 0
    shown = capsys.readouterr()
    assert not found(canaries, everything_in(tmp_path / "out"))
    assert not found(canaries, shown.out + shown.err + caplog.text)
    assert (tmp_path / "out" / "persons.csv").stat().st_size > 1000


def test_by_default_no_file_holds_a_case_number_or_the_pairs(county, tmp_path):
    """Case numbers stay with their program, and the scored pairs are written only when asked for."""
    folder, _ = county
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        files = link_files(read_settings(folder / "sources.toml"), tmp_path / "out").files
    text = everything_in(tmp_path / "out")
    cases = pd.read_csv(folder / "ivd.csv", dtype=str)["case_number"].dropna().unique()
    assert not [case for case in cases if case in text]
    assert not [file for file in files if file.stem == "links"]
    audit = json.loads((tmp_path / "out" / "audit.json").read_text(encoding="utf-8"))
    assert audit["purpose"] == "statistics"
    assert {len(one["sha256"]) for one in audit["files"]} == {64}


@pytest.mark.parametrize("command", ["profile", "blocks"])
def test_looking_at_the_files_shows_none(county, capsys, command):
    """What the other commands print of the files."""
    folder, canaries = county
    with pytest.raises(SystemExit):
        main([command, "--sources", str(folder / "sources.toml")])
    shown = capsys.readouterr()
    assert len(shown.out) > 100
    assert not found(canaries, shown.out + shown.err)


@pytest.fixture(scope="module")
def linked(county, tmp_path_factory):
    """The result of linking the county."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        return link_files(read_settings(county[0] / "sources.toml"), tmp_path_factory.mktemp("out")).result


PROGRAMS = {"iva": "iv-a", "ivd": "iv-d", "jobs": "jobs", "employment": "earnings"}


def test_no_view_holds_a_place_or_number_of_the_protected(county, linked):
    """For every purpose; a name only where the reader's own program has it, never an address, phone or whole number."""
    _, canaries = county
    protection = linked.families.protect(PROGRAMS)
    names = {"first_name", "middle_name", "last_name", "suffix"}
    for purpose in cl_purposes():
        tables = [
            linked.families.golden_records(purpose, protection=protection),
            protection.view(linked.records, purpose),
            protection.view(linked.links, purpose),
            protection.view(linked.households, purpose),
        ]
        kept = [table[~table["field"].isin(names)] if "field" in table else table for table in tables]
        kept = [table.drop(columns=names & set(table.columns)) for table in kept]
        assert not found(canaries, "\n".join(table.to_csv() for table in kept))
        if purpose == "statistics":
            assert not found(canaries, "\n".join(table.to_csv() for table in tables))


def cl_purposes():
    """The names of the purposes."""
    from caselink.purposes import PURPOSES

    return PURPOSES


def test_nobody_s_number_birthday_or_street_is_in_a_default_output(linked):
    """Masked for everybody, protected or not: whole SSNs, birth dates, streets and phones are in no default table."""
    protection = linked.families.protect(PROGRAMS)
    for purpose in cl_purposes():
        text = linked.families.golden_records(purpose, protection=protection)["value"].str.cat(sep="\n")
        lines = set(text.split("\n"))
        for column in ("ssn", "birth_date", "street", "phone", "zip"):
            assert not lines & set(linked.records[column].dropna())


def test_what_is_printed_of_a_result_holds_none(county, linked):
    """Reprs, notebook tables, summaries, explanations, charts and review plans."""
    _, canaries = county
    links = linked.links
    texts = [repr(linked), str(linked.summary), repr(linked.matcher), repr(linked.families), repr(linked.judged)]
    texts += [linked._repr_html_(), linked.matcher._repr_html_()]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        for row in links.iloc[:: max(1, len(links) // 60)][PAIR].itertuples(index=False):
            why, not_why = linked.explain(*row), linked.why_not(*row)
            texts += [str(why), repr(why), why._repr_html_(), repr(not_why), str(not_why), why.table.to_csv()]
            texts += [sentence for language in ("en", "es") for sentence in why.sentences(language)]
    for home in linked.households["household_id"].dropna().unique()[:60]:
        told = linked.explain_household(home)
        texts += [str(told), told._repr_html_(), *told.sentences(), *told.sentences("es")]
    texts += [linked.plan_review(n=30).to_csv(), linked.next_to_review(5).to_csv(), repr(linked.estimate())]
    texts += [json.dumps(chart.to_dict()) for chart in (charts.weights_chart(linked), charts.levels_chart(linked))]
    assert not found(canaries, "\n".join(texts))


# Error paths: what is wrong is said without the value that is wrong.

BAD = {
    "a short line": lambda text, canary: text + f"{canary},{canary}\n",
    "a line without end of quotes": lambda text, canary: text + f'"{canary},1,2\n',
    "a byte that is no text": lambda text, canary: text + f"{canary}\udcff,1\n",
    "a header that is data": lambda text, canary: "".join(text.splitlines(keepends=True)[1:]) or f"{canary}\n",
    "a nul": lambda text, canary: text.replace("\n", f"\n{canary}\x00", 1),
    "a line twice": lambda text, canary: text + text.splitlines(keepends=True)[1].replace("lname", canary),
    "no lines": lambda text, canary: text.splitlines(keepends=True)[0].replace("lname", f"lname,{canary.lower()}"),
}
SETTINGS = """
[[source]]
name = "iva"
path = "iva.csv"
record_id = "id"
columns = { last_name = "lname", ssn = "ssn", birth_date = "dob", street = "street", protected = "flag" }
"""


@pytest.mark.parametrize("wrong", BAD)
@settings(deadline=None, max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6))
def test_no_error_quotes_a_value(wrong, seed, tmp_path_factory, capsys):
    """Whatever is wrong with the file: the message, the rejects and the trace hold no value of a line."""
    draw = random.Random(seed)
    rows = [[f"{n}", *(letters(draw) for _ in range(4)), "Y"] for n in range(3)]
    canaries = {value for row in rows for value in row[1:5]} | {letters(draw)}
    extra = max(canaries)
    text = "id,lname,ssn,dob,street,flag\n" + "".join(",".join(row) + "\n" for row in rows)
    folder = tmp_path_factory.mktemp("bad")
    (folder / "iva.csv").write_bytes(BAD[wrong](text, extra).encode("utf-8", "surrogateescape"))
    (folder / "sources.toml").write_text(SETTINGS, encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["link", "--sources", str(folder / "sources.toml"), "--out", str(folder / "out")])
    shown = capsys.readouterr()
    assert not found(canaries, shown.out + shown.err)
    assert not (folder / "out").exists() or not found(canaries, everything_in(folder / "out"))


FRAME = {
    "source": ["iva", "ivd"],
    "record_id": ["1", "2"],
    "last_name": ["QZXLAST", "QZXLAST"],
    "protected": ["Y", "Y"],
}
CALLS = {
    "record ids that are not unique": lambda: cl.Linker().fit_resolve(
        pd.DataFrame(FRAME).assign(source="iva", record_id="QZXLAST")
    ),
    "values that are no text": lambda: cl.Linker().fit_resolve(pd.DataFrame(FRAME).assign(ssn=[{"QZXLAST": 1}, 2])),
    "a truth without its columns": lambda: cl.evaluate(pd.DataFrame(FRAME), pd.DataFrame({"QZXVALUE": ["QZXLAST"]})),
    "decisions that are none": lambda: cl.Linker(
        decisions=pd.DataFrame([["iva", "1", "ivd", "2", "QZXLAST"]], columns=[*PAIR, "decision"])
    ).fit_resolve(pd.DataFrame(FRAME)),
    "rows as columns": lambda: cl.normalize(pd.DataFrame(FRAME).T.reset_index(drop=True)),
    "a settings file that is data": lambda: read_settings(Path(__file__).with_name("no_such_file.toml")),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.filterwarnings("ignore::caselink.errors.CaselinkWarning")
def test_no_exception_quotes_a_value(call):
    """Neither its text, nor its attributes, nor those that it came from."""
    try:
        CALLS[call]()
    except cl.CaselinkError as error:
        told = "".join(traceback.format_exception_only(error)) + repr(vars(error))
        for cause in (error.__cause__, None if error.__suppress_context__ else error.__context__):
            told += repr(cause)
        assert "QZXLAST" not in told
    else:
        pytest.fail("it was taken as if nothing were wrong")


def test_a_defect_shows_a_place_and_no_value(capsys, monkeypatch, county, tmp_path):
    """What nobody foresaw ends with the place in the code: its message may hold anything."""
    import caselink.run_inputs

    def break_down(*_: object, **__: object) -> None:
        raise RuntimeError("QZXLAST")

    monkeypatch.setattr(caselink.run_inputs, "read_sources", break_down)
    with pytest.raises(SystemExit) as left:
        main(["link", "--sources", str(county[0] / "sources.toml"), "--out", str(tmp_path / "out")])
    assert left.value.code == 1
    assert "QZXLAST" not in capsys.readouterr().err
    assert sys.exc_info() == (None, None, None)
