"""A model file gives the same weights back, and a hostile one is refused, never run."""

from __future__ import annotations

import copy
import json
import os

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import caselink as cl
from caselink import model_file
from caselink.errors import ModelFileError, NotFittedError, SpecError
from caselink.testing import example_patterns

RULES = [
    cl.BlockingRule("last_name.soundex", "birth_date.year", largest=50, split_by=["sex", "zip"]),
    cl.BlockingRule("ssn"),
    cl.SortedNeighborhood("last_name", "first_name", window=3),
    cl.MinHash("first_name", "last_name", q=2, bands=3, rows=2, largest=9, seed=4),
]
COMPARISONS = [
    cl.Exact("sex"),
    cl.JaroWinkler("first_name", (0.9,)),
    cl.Exact("zip", "family", term_frequency=True),
]
OTHERS = [
    cl.BirthDate(),
    cl.DamerauLevenshtein("ssn", (1, 2)),
    cl.Levenshtein("city", (1,), "family"),
    cl.Numeric("age", (1, 2.5)),
    cl.PersonName("first_name", swapped_with="last_name", counts_swap=False),
    cl.Phone(),
    cl.SSN(),
    cl.SameSource(("iva", "ivd")),
    cl.SharedValues("aliases"),
    cl.Street(),
    cl.UnlessSame("zip", ("street",)),
]


@pytest.fixture(scope="module")
def matcher():
    """A matcher fitted to drawn patterns of three comparisons."""
    return cl.FellegiSunter(household_prior=0.5).fit(example_patterns())


@pytest.fixture(scope="module")
def content(matcher, tmp_path_factory):
    """A good model file's content."""
    path = tmp_path_factory.mktemp("model") / "model.json"
    model_file.write_model(path, RULES, COMPARISONS, matcher)
    return json.loads(path.read_text(encoding="utf-8"))


def refused(tmp_path, text):
    """The error that a file of this text raises."""
    path = tmp_path / "model.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ModelFileError) as caught:
        cl.Linker.load(path)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return str(caught.value)


def test_a_model_comes_back(tmp_path, matcher):
    """Rules, comparisons and every weight are the same after writing and reading."""
    path = tmp_path / "model.json"
    model_file.write_model(path, RULES, COMPARISONS, matcher)
    rules, comparisons, again = model_file.read_model(path)
    assert (rules, comparisons) == (RULES, COMPARISONS)
    assert again.household_prior == matcher.household_prior
    pd.testing.assert_frame_equal(again.table(), matcher.table(), check_exact=True)
    levels = example_patterns().levels
    for blocked in (True, False):
        one, other = (m.score(levels, blocked=blocked).match_weight() for m in (matcher, again))
        assert one.tolist() == other.tolist()
    before = path.read_bytes()
    cl.Linker.load(path).save(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("thing", [*RULES, *COMPARISONS, *OTHERS], ids=lambda thing: type(thing).__name__)
def test_every_rule_and_comparison_comes_back(thing):
    """What caselink offers can be written and read again, through JSON."""
    known = model_file._RULES if thing in RULES else model_file._COMPARISONS
    described = json.loads(json.dumps(model_file._described(thing, known)))
    assert model_file._built(described, known) == thing


def test_nothing_to_save_is_an_error(tmp_path):
    """A linker without weights writes no file."""
    for linker in (cl.Linker(), cl.Linker(RULES, COMPARISONS)):
        with pytest.raises(NotFittedError):
            linker.save(tmp_path / "model.json")
    assert list(tmp_path.iterdir()) == []


def test_a_users_own_plug_in_is_not_written(tmp_path, matcher):
    """Code is never part of a model file: a function of the user's cannot be saved, and the error names it."""
    own = cl.Custom("team", max, ("missing", "differ", "exact"))
    with pytest.raises(SpecError, match="Custom"):
        model_file.write_model(tmp_path / "model.json", RULES, [own], matcher)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("version", [2, 0, "1", 1.0, True, None, [1]])
def test_another_version_is_refused(tmp_path, content, version):
    """A file of another version says which version is read, and what to do."""
    said = refused(tmp_path, json.dumps({**content, "format_version": version}))
    assert "version 1" in said
    assert "fit again" in said


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\xff\xfe\x00", id="binary"),
        pytest.param(b"\x80\x04\x95K.", id="pickle"),
        pytest.param("[" * 100_000, id="deep"),
        pytest.param('{"format":' * 50_000, id="deep objects"),
        pytest.param("null", id="null"),
        pytest.param("[]", id="list"),
        pytest.param('"caselink model"', id="text"),
        pytest.param("{}", id="nothing"),
        pytest.param('{"format": "other model", "format_version": 1}', id="other format"),
        pytest.param('{"format": "caselink model"}', id="no version"),
        pytest.param('{"format": "caselink model", "format_version": 1}', id="no content"),
        pytest.param('{"format": "caselink model", "format_version": NaN}', id="NaN"),
        pytest.param('{"format": "caselink model", "format_version": ' + "9" * 5000 + "}", id="5,000 digits"),
    ],
)
def test_what_is_no_model_is_refused(tmp_path, text):
    """Whatever the bytes are, the answer is a ModelFileError that names the file."""
    assert "model.json" in refused(tmp_path, text)


def test_a_file_that_is_too_large_or_not_there_is_refused(tmp_path, monkeypatch):
    """No more is read than any model has; a missing file and a folder are model file errors too."""
    monkeypatch.setattr(model_file, "_LARGEST_FILE", 10)
    assert "model.json" in refused(tmp_path, '{"format": "caselink model"}')
    for path in (tmp_path / "absent.json", tmp_path):
        with pytest.raises(ModelFileError, match="cannot be read"):
            cl.Linker.load(path)


def test_a_file_cut_off_anywhere_is_refused(tmp_path, content):
    """A file that ends too early is never taken for a smaller model."""
    text = json.dumps(content)
    for end in range(0, len(text) - 1, max(1, len(text) // 60)):
        refused(tmp_path, text[:end])


def deep(depth):
    """A list in a list in a list."""
    value = []
    for _ in range(depth):
        value = [value]
    return value


HOSTILE = [
    None,
    True,
    "x",
    "os.system",
    "__import__('os').system('true')",
    -1,
    10**400,
    1e308,
    float("nan"),
    float("-inf"),
    [],
    {},
    [None],
    [[]],
    ["a", 5],
    {"type": "os.system"},
    {"type": "Exact", "column": {"type": "Exact"}},
    {"type": ["Exact"]},
    {"__class__": "os.system"},
    deep(300),
    deep(900),
]


@pytest.mark.parametrize("part", ["blocking", "comparisons", "matcher"])
@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: repr(value)[:20])
def test_hostile_parts_are_refused(tmp_path, content, part, value, monkeypatch):
    """A part of another kind is refused and nothing in it is run, imported or looked up."""
    monkeypatch.setattr(os, "system", lambda _: pytest.fail("a model file ran a command"))
    refused(tmp_path, json.dumps({**content, part: value}))
    if part != "matcher":
        refused(tmp_path, json.dumps({**content, part: [*content[part], value]}))
        for name in ("type", "column", "keys", "evidence", "thresholds", "largest", "window", "os.system"):
            broken = copy.deepcopy(content)
            if value == broken[part][0].get(name, "-") or (name == "largest" and value is None):
                continue
            if (part, name) == ("comparisons", "column") and isinstance(value, str):
                continue  # any text may be a column
            broken[part][0][name] = value
            refused(tmp_path, json.dumps(broken))


def test_comparisons_that_do_not_fit_the_weights_are_refused(tmp_path, content):
    """Weights are read for exactly the comparisons and levels that they were learned for."""
    for comparisons in ([], content["comparisons"][:2], content["comparisons"][1:] + content["comparisons"][:1]):
        refused(tmp_path, json.dumps({**content, "comparisons": comparisons}))


def paths(value, at=()):
    """Every place in a JSON value."""
    yield at
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield from paths(value[key], (*at, key))


@settings(deadline=None, max_examples=150)
@given(data=st.data(), value=st.sampled_from(HOSTILE))
def test_any_change_is_refused_or_harmless(tmp_path_factory, content, data, value):
    """Any value put anywhere gives a ModelFileError, or a model that still gives finite weights or a caselink error."""
    broken = copy.deepcopy(content)
    at = data.draw(st.sampled_from([p for p in paths(content) if p]))
    inner = broken
    for key in at[:-1]:
        inner = inner[key]
    inner[at[-1]] = value
    path = tmp_path_factory.getbasetemp() / "changed.json"
    path.write_text(json.dumps(broken), encoding="utf-8")
    try:
        linker = cl.Linker.load(path)
    except ModelFileError:
        return
    levels = example_patterns().levels
    assert np.isfinite(linker.matcher.score(levels).match_weight()).all()
    assert isinstance(linker.matcher, cl.FellegiSunter)
