"""Every feature that is computed here has the value that recordlinkage gives, but where it differs on purpose."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import caselink as cl

theirs = pytest.importorskip("recordlinkage")
ours = pytest.importorskip("caselink.interop.recordlinkage")

LETTERS = st.text("ABC", min_size=1, max_size=9) | st.text("ABCDEFGH -'", min_size=1, max_size=14)
SCRIPTS = st.text(min_size=1, max_size=10)  # combining marks, emoji and all: a letter may be several characters
LONG = st.text("AB", min_size=60, max_size=140) | st.text("ABC ", min_size=250, max_size=270)
VALUES = st.none() | LETTERS | SCRIPTS | LONG
FEW_VALUES = st.none() | st.sampled_from(["ANA", "ANNA", "RUIZ", "É", "14"])
DATES = st.none() | st.dates(pd.Timestamp("1985-01-01").date(), pd.Timestamp("1986-12-31").date())
SIMILARITIES = ["jaro", "jarowinkler", "jw", "levenshtein", "damerau_levenshtein", "dl"]


def frame(values, **dtype) -> pd.DataFrame:
    """One column, ``value``; labels that are not row numbers."""
    return pd.DataFrame({"value": pd.Series(values, **dtype)}).set_index(
        pd.Index([f"r{k}" for k in range(len(values))])
    )


def every_pair(left: pd.DataFrame, right: pd.DataFrame) -> pd.MultiIndex:
    """The full product."""
    return pd.MultiIndex.from_product([left.index, right.index])


def both(kind: str, left: pd.DataFrame, right: pd.DataFrame, **chosen) -> tuple[np.ndarray, np.ndarray]:
    """The same feature by both, for every pair."""
    found = []
    for package in (ours, theirs):
        compare = package.Compare()
        getattr(compare, kind)("value", "value", **chosen)
        with warnings.catch_warnings():
            if package is theirs:
                warnings.simplefilter("ignore")  # its own, of pandas
            found.append(compare.compute(every_pair(left, right), left, right)[0].to_numpy())
    return found[0], found[1]


@settings(max_examples=60, deadline=None)
@given(
    left=st.lists(VALUES, min_size=1, max_size=6),
    right=st.lists(VALUES, min_size=1, max_size=6),
    method=st.sampled_from(SIMILARITIES),
    threshold=st.none() | st.sampled_from([0.0, 0.5, 0.7, 0.85, 1.0]),
    missing=st.sampled_from([0.0, 0.25, np.nan]),
)
@example(["e\u0301a", "A😀", "A\r\nB"], ["éa", "A😁", "A\nB", "AB"], "levenshtein", None, 0.0)
@example(["A" * 64 + "B"], ["B" + "A" * 70, "A" * 64], "levenshtein", None, 0.0)
def test_similarities_of_texts(left, right, method, threshold, missing):
    """Equal to the last bit, for letters of all scripts, with threshold and without."""
    frames = frame(left, dtype=object), frame(right, dtype=object)
    found, expected = both("string", *frames, method=method, threshold=threshold, missing_value=missing)
    np.testing.assert_array_equal(found, expected)


@settings(max_examples=40, deadline=None)
@given(
    left=st.lists(FEW_VALUES, min_size=1, max_size=8),
    right=st.lists(FEW_VALUES, min_size=1, max_size=8),
    agree=st.sampled_from([1, 2.5]),
    disagree=st.sampled_from([0, -1]),
    missing=st.sampled_from([0, 0.25, -1]),
)
def test_exact(left, right, agree, disagree, missing):
    """The values asked for, for agreement, disagreement and missing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frames = frame(left, dtype=object), frame(right, dtype=object)
        found, expected = both("exact", *frames, agree_value=agree, disagree_value=disagree, missing_value=missing)
    np.testing.assert_array_equal(found, expected)


@settings(max_examples=60, deadline=None)
@given(
    left=st.lists(st.none() | st.floats(-50, 50), min_size=1, max_size=6),
    right=st.lists(st.none() | st.integers(-50, 50), min_size=1, max_size=6),
    method=st.sampled_from(["step", "linear", "lin", "squared", "exp", "exponential", "gauss", "gaussian"]),
    offset=st.sampled_from([0.0, 1.0, 7.5]),
    scale=st.sampled_from([0.5, 1.0, 20.0]),
    origin=st.sampled_from([0.0, -3.0]),
)
def test_numbers(left, right, method, offset, scale, origin):
    """Every way of decay; where one is missing, what was asked for (recordlinkage's step forgets it)."""
    frames = frame(left, dtype=float), frame(right, dtype=float)
    found, expected = both(
        "numeric", *frames, method=method, offset=offset, scale=scale, origin=origin, missing_value=9
    )
    missing = np.isnan(np.array(left, float))[:, None] | np.isnan(np.array(right, float))
    assert (found[missing.ravel()] == 9).all()
    np.testing.assert_allclose(found[~missing.ravel()], expected[~missing.ravel()], atol=1e-12)


@settings(max_examples=60, deadline=None)
@given(
    left=st.lists(DATES, min_size=1, max_size=8),
    right=st.lists(DATES, min_size=1, max_size=8),
    swap=st.sampled_from([0.5, 0, 0.9]),
    months=st.sampled_from(["default", 0, [(1, 2, 0.25), (2, 1, 0.75)]]),
)
@example(["1985-03-04", "1985-06-10"], ["1985-04-03", "1985-07-10", "1985-03-04"], 0.5, "default")
def test_dates(left, right, swap, months):
    """Month and day mixed up, and months mixed up."""
    frames = (frame(pd.to_datetime(pd.Series(values)).astype("datetime64[ns]")) for values in (left, right))
    found, expected = both("date", *frames, swap_month_day=swap, swap_months=months, missing_value=0.125)
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    ("kind", "values", "chosen", "expected"),
    [
        pytest.param("exact", ["A", None], {}, [1, 0.5, 0.5, 0.5], id="exact"),
        pytest.param("exact", ["A", None], {"agree_value": 3, "disagree_value": -1}, [3, 1, 1, 1], id="other values"),
        pytest.param("exact", ["A", None], {"missing_value": 0}, [1, 0, 0, 0], id="as recordlinkage"),
        pytest.param("exact", ["A", ""], {}, [1, 0.5, 0.5, 0.5], id="empty text"),
        pytest.param("string", ["A", None], {"method": "jarowinkler"}, [1, 0.5, 0.5, 0.5], id="text"),
        pytest.param("string", ["AB", None], {"method": "qgram"}, [1, 0.5, 0.5, 0.5], id="q-gram"),
        pytest.param("string", ["AB", ""], {"method": "qgram"}, [1, 0.5, 0.5, 0.5], id="q-gram of an empty text"),
        pytest.param("string", ["AB", None], {"method": "cosine"}, [1, 0.5, 0.5, 0.5], id="cosine"),
        pytest.param("string", ["AB", None], {"method": "lcs", "threshold": 0.9}, [1, 0.5, 0.5, 0.5], id="substring"),
        pytest.param("numeric", [1.0, None], {}, [1, 0.5, 0.5, 0.5], id="number"),
        pytest.param("numeric", [1.0, None], {"method": "step"}, [1, 0.5, 0.5, 0.5], id="step"),
    ],
)
def test_missing_is_no_disagreement(kind, values, chosen, expected):
    """What is missing is halfway between agreement and disagreement by every method, unless asked otherwise."""
    rows = frame(values)
    compare = ours.Compare()
    getattr(compare, kind)("value", "value", **chosen)
    assert compare.compute(every_pair(rows, rows), rows, rows)[0].tolist() == pytest.approx(expected)


def test_missing_dates_and_places_are_no_disagreement():
    """The same for dates of any resolution, and for coordinates, which recordlinkage computes."""
    table = pd.DataFrame({"day": pd.to_datetime(["2001-05-06", None]).astype("datetime64[s]"), "lat": [1.0, None]})
    table["lng"] = table["lat"]
    compare = ours.Compare()
    compare.date("day", "day").geo("lat", "lng", "lat", "lng", method="step")
    found = compare.compute(every_pair(table, table), table, table)
    assert found[0].tolist() == [1, 0.5, 0.5, 0.5]
    assert found[1].iloc[0] == 1


def people() -> pd.DataFrame:
    """A few people, some values missing."""
    table = {
        "name": ["ANA", "ANNA", None, "PEDRO", "ANA"],
        "town": ["ROMA", None, "ROMA", "LIMA", "LIMA"],
        "age": [30, 31, 47, 30, 30],
        "born": pd.to_datetime(["1985-03-04", "1985-04-03", None, "1990-01-01", "1985-03-04"]),
    }
    return pd.DataFrame(table, index=[10, 20, 30, 40, 50])


def notebook(package, pairs, *frames):
    """A comparison of all kinds, some computed here and some by recordlinkage."""
    compare = package.Compare()
    compare.string("name", "name", method="qgram", missing_value=0, label="grams")
    compare.exact("town", "town", missing_value=0)
    compare.add(package.compare.VariableA("age", label="age"))
    compare.compare_vectorized(lambda a, b: (a - b).abs(), "age", "age", label="apart")
    compare.add([package.compare.String("name", "name", "jw", 0.9, 0.0), package.compare.Frequency("town", "town")])
    compare.numeric("age", "age", missing_value=0, label="close")
    compare.date("born", "born", missing_value=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # recordlinkage's own, of pandas
        return compare.compute(pairs, *frames)


@pytest.mark.parametrize("n_frames", [1, 2])
def test_a_frame_of_features_is_the_same(n_frames):
    """Labels, their numbers, their order, and values; for links between two frames and for duplicates in one."""
    rows = people()
    pairs = pd.MultiIndex.from_tuples([(50, 10), (20, 30), (40, 10), (50, 20)], names=["a", "b"])
    frames = [rows, rows.iloc[::-1]][:n_frames]
    found, expected = notebook(ours, pairs, *frames), notebook(theirs, pairs, *frames)
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)
    assert found.index.names == ["a", "b"]


FEATURES = [
    pytest.param("Exact", ["town"], {}, id="exact"),
    pytest.param("Exact", ["town"], {"agree_value": 3, "disagree_value": 1}, id="exact, other values"),
    pytest.param("String", ["name"], {"method": "jarowinkler", "threshold": 0.8}, id="similarity"),
    pytest.param("String", ["name"], {"method": "qgram", "label": "name"}, id="q-grams"),
    pytest.param("Numeric", ["age"], {"method": "gauss", "offset": 1, "scale": 3}, id="numeric"),
    pytest.param("Date", ["day"], {"swap_month_day": 0.7}, id="date"),
    pytest.param("Geographic", ["x", "y"], {"method": "linear", "scale": 9, "label": "place"}, id="geographic"),
]


@pytest.mark.parametrize(("name", "columns", "chosen"), FEATURES)
@pytest.mark.parametrize("missing", [{}, {"missing_value": 0.3}], ids=["missing", "missing given"])
def test_features_of_recordlinkage_become_those_here(name, columns, chosen, missing):
    """A feature of recordlinkage's own class gives what the class of that name here gives, what is missing included."""
    rows = pd.DataFrame({"town": ["A", None, "B"], "name": ["ANNA", None, "ANA"], "age": [3.0, None, 5.0]})
    rows = rows.assign(day=pd.to_datetime(["1985-03-04", None, "1985-04-03"]).as_unit("ns"), x=rows["age"], y=1.0)
    pairs, options = every_pair(rows, rows), chosen | missing
    given = getattr(theirs.compare, name)(*columns, *columns, **options)
    here = getattr(ours.compare, name)(*columns, *columns, **options)
    if missing:
        compare = ours.Compare([given])
    else:
        with pytest.warns(cl.CaselinkWarning, match="1 feature"):
            compare = ours.Compare([given])
    found = compare.compute(pairs, rows)
    pd.testing.assert_frame_equal(found, ours.Compare([here]).compute(pairs, rows))
    halfway = (chosen.get("agree_value", 1) + chosen.get("disagree_value", 0)) / 2
    assert found.loc[(0, 1)].tolist() == [missing.get("missing_value", halfway)]


def test_features_that_are_added_are_translated_too():
    """One by one or as a list, with the feature that was given left as it was."""
    given = theirs.compare.String("name", "name")
    compare = ours.Compare()
    with pytest.warns(cl.CaselinkWarning, match="1 feature"):
        compare.add(given)
    with pytest.warns(cl.CaselinkWarning, match="2 feature"):
        compare.add([given, given, ours.compare.String("name", "name", missing_value=0)])
    assert [type(feature) for feature in compare.features] == [ours.compare.String] * 4
    assert [feature.missing_value for feature in compare.features] == [0.5, 0.5, 0.5, 0]
    assert given.missing_value == 0


def test_a_class_of_ones_own_is_asked_itself():
    """A subclass that computes otherwise is not taken for the class that it comes from."""

    class Opposite(theirs.compare.Exact):
        def _compute_vectorized(self, s_left, s_right):
            return 1 - super()._compute_vectorized(s_left, s_right)

    rows = people()
    found = ours.Compare([Opposite("age", "age")]).compute(every_pair(rows, rows), rows)
    assert found.loc[(10, 10), 0] == 0


def test_threads_change_nothing():
    """As many threads as one likes."""
    draws = np.random.default_rng(0)
    names = np.array(["ANA", "ANNA", "HANNAH", "RUIZ", None, "É"], object)
    rows = pd.DataFrame({"name": names[draws.integers(0, 6, 300)]})
    pairs = every_pair(rows, rows)
    found = [
        ours.Compare([ours.compare.String("name", "name", "levenshtein")], n_jobs=n).compute(pairs, rows)
        for n in (1, 3, -1)
    ]
    pd.testing.assert_frame_equal(found[0], found[1])
    pd.testing.assert_frame_equal(found[0], found[2])


@pytest.mark.parametrize("package", ["ours", "theirs"])
@pytest.mark.parametrize("values", [None, (9, 0, 1, 2, 3, 4, 5, 6)])
def test_comparisons_are_features(package, values):
    """A comparison of caselink gives its levels as numbers, within caselink's Compare and within recordlinkage's."""
    rows = people()[["name", "town"]]
    feature = ours.Levels(cl.PersonName("name"), values=values, label="name")
    compare = {"ours": ours, "theirs": theirs}[package].Compare([feature])
    compare.add(ours.Levels(cl.Exact("sex"), left_on="town", right_on="name"))
    found = compare.compute(every_pair(rows, rows), rows, rows)
    steps = (0.5, *np.linspace(0, 1, 7)) if values is None else values
    assert found.loc[(10, 50), "name"] == steps[7]
    assert found.loc[(10, 20), "name"] == steps[6]
    assert found.loc[(10, 40), "name"] == steps[1]
    assert found.loc[(10, 30), "name"] == steps[0]
    assert found.loc[(10, 10), 1] == 0  # ROMA is not ANA


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        pytest.param(lambda: ours.Levels(cl.PersonName("a"), values=[0, 1]), "one number a level", id="values"),
        pytest.param(lambda: ours.Levels(cl.PersonName("a"), ["b", "c"]), "name a column", id="too many columns"),
        pytest.param(lambda: ours.Levels(cl.SameSource(("a", "b"))), "name a column", id="reads no column"),
        pytest.param(
            lambda: ours.Compare([ours.compare.Numeric("age", "age", "round")]).compute(*on_people()),
            "one of",
            id="method",
        ),
        pytest.param(
            lambda: ours.Compare([ours.compare.Numeric("age", "age", scale=0)]).compute(*on_people()),
            "scale",
            id="scale",
        ),
        pytest.param(
            lambda: ours.Compare([ours.compare.Numeric("age", "age", offset=-1)]).compute(*on_people()),
            "offset",
            id="offset",
        ),
        pytest.param(
            lambda: ours.Compare([ours.compare.Date("born", "born", swap_months=[(1, 2)])]).compute(*on_people()),
            "swap_months",
            id="months",
        ),
        pytest.param(
            lambda: ours.Compare([ours.compare.Exact("nome", "name")]).compute(*on_people()), r"\['nome'\]", id="column"
        ),
        pytest.param(
            lambda: ours.Compare([ours.Levels(cl.Exact("age"))]).compute(*on_people()), "not text", id="numbers as text"
        ),
        pytest.param(
            lambda: ours.Compare().compute(pd.MultiIndex.from_tuples([(10, 11)]), people()),
            r"1 pair\(s\) name records",
            id="unknown record",
        ),
        pytest.param(
            lambda: ours.Compare().compute(pd.MultiIndex.from_tuples([(1, 1)]), pd.DataFrame({"a": [1, 2]}, [1, 1])),
            "two records alike",
            id="labels twice",
        ),
    ],
)
def test_errors_say_what_is_wrong(make, reason):
    """What cannot be compared is said without any value."""
    with pytest.raises(ValueError, match=reason):
        make()


def on_people():
    """Pairs of people, and people."""
    rows = people()
    return every_pair(rows, rows), rows


def test_no_pairs_and_no_features():
    """Nothing to compare gives an empty frame."""
    rows = people()
    none = every_pair(rows, rows)[:0]
    compare = ours.Compare()
    compare.string("name", "name", label="name")
    assert compare.compute(none, rows).shape == (0, 1)
    assert ours.Compare().compute(every_pair(rows, rows), rows).shape == (25, 0)
