"""Registers of deaths and of stays in jail among the sources: their dates become tables for findings."""

from __future__ import annotations

import pytest

from caselink.errors import CaselinkError, InputError
from caselink.layouts import written_date
from caselink.settings import read_settings
from caselink.settings.files import read_sources
from caselink.settings.registers import take_registers

HEAD = '[[source]]\nname = "{0}"\npath = "{0}.csv"\nrecord_id = "id"\nregister = "{1}"\n'


def _settings(folder, text, **files):
    for name, content in files.items():
        (folder / f"{name}.csv").write_text(content, encoding="utf-8")
    (folder / "sources.toml").write_text(text, encoding="utf-8")
    return read_settings(folder / "sources.toml")


def _taken(settings):
    return take_registers(read_sources(settings), settings.sources)


def test_what_a_register_tells_becomes_a_table(tmp_path):
    """Deaths by month; stays by the months at whose end somebody was inside, those that go on without an end."""
    settings = _settings(
        tmp_path,
        HEAD.format("dead", "deaths")
        + 'columns = { last_name = "name", death_date = "died" }\n'
        + HEAD.format("jail", "confinements"),
        dead="id,name,died\n1,Diaz,3/14/2026\n2,Ngo,\n3,Lee,2026-07\n",
        jail="id,last_name,admitted,released\n"
        "1,Diaz,2026-02-03,2026-05-01\n2,Ngo,2026-02-03,2026-02-20\n3,Lee,2026-08-01,\n4,Roy,,2026-08-01\n",
    )
    extracts, tables = _taken(settings)
    assert tables["deaths"].to_numpy().tolist() == [["dead", "1", "2026-03"], ["dead", "3", "2026-07"]]
    assert tables["confinements"].astype(object).fillna("").to_numpy().tolist() == [
        ["jail", "1", "2026-02", "2026-04"],
        ["jail", "2", "2026-02", "2026-02"],
        ["jail", "3", "2026-08", ""],
    ]
    assert [list(one.records.columns) for one in extracts] == [["source", "record_id", "last_name"]] * 2


def test_assistance_in_another_state_is_a_register(tmp_path):
    """From when to when; what goes on has no last month, and what has no beginning tells nothing."""
    settings = _settings(
        tmp_path,
        HEAD.format("paris", "elsewhere"),
        paris="id,last_name,began,ended\n1,Diaz,2025-11-03,2026-02-20\n2,Ngo,2026-01-01,\n3,Lee,,2026-02-01\n",
    )
    _, tables = _taken(settings)
    assert tables["elsewhere"].astype(object).fillna("").to_numpy().tolist() == [
        ["paris", "1", "iv-a", "2025-11", "2026-02"],
        ["paris", "2", "iv-a", "2026-01", ""],
    ]


def test_a_date_that_cannot_be_read_is_a_reject(tmp_path):
    """The entry tells nothing then, a stay without a release least of all; its person stays a record."""
    settings = _settings(
        tmp_path,
        HEAD.format("jail", "confinements"),
        jail="id,last_name,admitted,released\n1,Diaz,2026-02-03,soon\n2,Ngo,2026-02-03,2026-03-20\n",
    )
    (extract,), tables = _taken(settings)
    assert tables["confinements"]["record_id"].tolist() == ["2"]
    assert extract.rejects[["line", "field", "dropped"]].to_numpy().tolist() == [[2, "released", False]]
    assert len(extract.records) == 2


def test_mistakes_in_the_settings_name_the_key(tmp_path):
    """A kind that nobody knows, a program, and a file without the dates."""
    files = {"dead": "id,last_name\n1,Diaz\n"}
    with pytest.raises(InputError, match=r"register'.*unknown; one of deaths, confinements"):
        _settings(tmp_path, HEAD.format("dead", "births"), **files)
    with pytest.raises(InputError, match=r"register'.*a register has no layout"):
        _settings(tmp_path, HEAD.format("dead", "deaths") + 'program = "iv-a"\n', **files)
    with pytest.raises(CaselinkError, match="death_date"):
        _taken(_settings(tmp_path, HEAD.format("dead", "deaths"), **files))


def test_days_and_months_are_read():
    """As the files beside the extracts have them."""
    assert [written_date(text) for text in ("3/14/2026", "202607", "x")] == ["2026-03-14", "2026-07", None]
