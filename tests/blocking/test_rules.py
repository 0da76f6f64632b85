"""Keys, rules of neighbors and of similar texts, and the choice of rules, against what their descriptions say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import caselink as cl
from caselink.blocking import BlockingRule, MinHash, Rule, SortedNeighborhood, index_pairs, key_codes, key_columns
from caselink.blocking.defaults import default_rules
from caselink.blocking.keys import DERIVATIONS, derivation
from caselink.encoding import encode
from caselink.errors import SpecError
from caselink.schema import PERSON_COLUMNS

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
NAMES = st.lists(st.none() | st.sampled_from(["ANA", "ANNA", "HANA", "王小明", "A", "IVAN"]) | ANY_TEXT, max_size=9)


def records_of(values, further=None):
    """Encoded records whose column ``x`` holds the values, and ``y`` further ones."""
    n = len(values)
    frame = pd.DataFrame({"source": ["iva"] * n, "record_id": [str(i) for i in range(n)]}, dtype=object)
    frame["x"] = pd.Series(values, dtype=object)
    frame["y"] = pd.Series(further if further is not None else [None] * n, dtype=object)
    return encode(frame, ["x", "y"])


def pairs_of(records, rule):
    """All pairs of one rule."""
    index = index_pairs(records, [rule])
    return {(int(a), int(b)) for span in index.spans() for a, b in zip(*index.pairs(span), strict=True)}


def texts(records, column="x"):
    """The values of a column, position by position."""
    return records.texts(column, np.arange(len(records), dtype=np.int32))


@settings(deadline=None)
@given(values=st.lists(ANY_TEXT, max_size=5), ending=st.sampled_from([*DERIVATIONS, "first1", "first3", "last4"]))
@example(values=["0000-00-00", "1985-00-12", "12", "-"], ending="month_or_day")
def test_every_ending_takes_any_text(values, ending):
    """A derived key is a text or missing, whatever the script, and equal values have equal keys."""
    records = records_of(values + values)
    key = key_codes(records, f"x.{ending}")
    derive = derivation(f"x.{ending}")
    expected = [derive(pa.array([value], pa.large_string()))[0].as_py() or None for value in texts(records)]
    held = key.values.to_pylist()  # noqa: PD011  (a Column)
    found = [None if code < 0 else held[code] for code in key.codes]
    assert found == expected


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("x.initial", "RUIZ", "R"),
        ("x.first3", "RU", None),
        ("x.first3", "RUIZ", "RUI"),
        ("x.last4", "123456789", "6789"),
        ("x.soundex", "ROBERT", "R163"),
        ("x.metaphone", "KNIGHT", "NT"),
        ("x.nysiis", "MACDONALD", "MCDANALD"),
        ("x.year", "1985-03-12", "1985"),
        ("x.year", "0000-03-12", None),
        ("x.month_day", "1985-03-12", "03-12"),
        ("x.month_day", "1985-00-12", None),
        ("x.year_month", "1985-03-00", "1985-03"),
        ("x.year_month", "0000-03-12", None),
        ("x.month_or_day", "1985-12-03", "19850312"),
        ("x.month_or_day", "1985-03-12", "19850312"),
        ("x.month_or_day", "1985-03-00", None),
        ("x.number", "12 MAIN ST", "12"),
        ("x.number", "PO BOX 12", None),
    ],
)
def test_what_a_key_gives(key, value, expected):
    """Each ending gives what its name says; a part that is not known is missing."""
    column = key_codes(records_of([value]), key)
    held = [*column.values.to_pylist(), None]  # noqa: PD011  (a Column)
    assert [held[code] for code in column.codes] == [expected]


@settings(deadline=None)
@given(data=st.data(), values=NAMES, ending=st.sampled_from(["", ".initial", ".soundex"]))
def test_two_columns_in_either_order(data, values, ending):
    """Keys are equal where the two values are, in this order or the other; with one missing there is none."""
    further = data.draw(st.lists(st.sampled_from(values or [None]), min_size=len(values), max_size=len(values)))
    records = records_of(values, further)
    pair, one, other = (key_codes(records, key + ending) for key in ("x|y", "x", "y"))
    texts_of = [[*column.values.to_pylist(), None] for column in (one, other)]  # noqa: PD011  (a Column)
    found = [(texts_of[0][a], texts_of[1][b]) for a, b in zip(one.codes, other.codes, strict=True)]
    expected = [None if None in two else " ".join(sorted(two, key=lambda text: text.encode())) for two in found]
    held = [*pair.values.to_pylist(), None]  # noqa: PD011  (a Column)
    assert [held[code] for code in pair.codes] == expected
    assert [code for code, two in zip(pair.codes, found, strict=True) if None in two] == [-1] * sum(
        None in two for two in found
    )
    turned = key_codes(records, "y|x" + ending)
    assert [[*turned.values.to_pylist(), None][code] for code in turned.codes] == expected  # noqa: PD011  (a Column)


@settings(deadline=None, max_examples=60)
@given(values=NAMES, window=st.integers(1, 4), data=st.data())
def test_neighbors_are_those_of_a_sorted_list(values, window, data):
    """Records at most a window apart in the sorted list meet; who lacks the first key is left out."""
    further = data.draw(st.lists(st.sampled_from([None, "A", "B"]), min_size=len(values), max_size=len(values)))
    records = records_of(values, further)
    x, y = texts(records), texts(records, "y")
    present = [p for p in range(len(x)) if x[p] is not None]
    ordered = sorted(present, key=lambda p: (x[p], y[p] is None, y[p] or "", p))
    near = {tuple(sorted((a, b))) for place, a in enumerate(ordered) for b in ordered[place + 1 : place + 1 + window]}
    assert pairs_of(records, SortedNeighborhood("x", "y", window=window)) == near


def grams(values, q):
    """The q-grams of a record's texts; a text shorter than q is one gram."""
    return {value[k : k + q] for value in values if value is not None for k in range(max(1, len(value) - q + 1))}


def band_keys(found, rule):
    """The sketch of a set of q-grams, band by band, in plain whole numbers."""
    count = rule.bands * rule.rows
    factors = np.random.default_rng(rule.seed).integers(1, 2**63, size=count, dtype=np.uint64)
    sketch = []
    for factor in (int(f) | 1 for f in factors):
        hashes = []
        for gram in found:
            number = 0
            for letter in gram:
                number = (number * 65599 + ord(letter)) % 2**64
            h = (number + 1) * factor % 2**64
            h = (h ^ (h >> 29)) * 0xBF58476D1CE4E5B9 % 2**64
            hashes.append(h ^ (h >> 32))
        sketch.append(min(hashes))
    return [tuple(sketch[band * rule.rows : (band + 1) * rule.rows]) for band in range(rule.bands)]


@settings(deadline=None, max_examples=60)
@given(
    values=st.lists(st.none() | st.text("ABCÉ王 ", min_size=1, max_size=8), max_size=9),
    q=st.integers(1, 3),
    bands=st.integers(1, 4),
    rows=st.integers(1, 3),
    seed=st.integers(0, 3),
    data=st.data(),
)
def test_similar_texts_are_those_whose_sketches_share_a_band(values, q, bands, rows, seed, data):
    """Two records meet exactly if, over both columns, all smallest hashes of some band are the same."""
    further = data.draw(st.lists(st.sampled_from([None, "AB", "C"]), min_size=len(values), max_size=len(values)))
    records = records_of(values, further)
    rule = MinHash("x", "y", q=q, bands=bands, rows=rows, seed=seed)
    found = [grams(pair, q) for pair in zip(texts(records), texts(records, "y"), strict=True)]
    keys = [band_keys(one, rule) if one else None for one in found]
    expected = {
        (a, b)
        for a in range(len(keys))
        for b in range(a + 1, len(keys))
        if keys[a] and keys[b] and any(x == y for x, y in zip(keys[a], keys[b], strict=True))
    }
    assert pairs_of(records, rule) == expected
    assert {(a, b) for a, b in expected if not found[a] & found[b]} == set()


def test_similar_texts_meet_as_often_as_is_said():
    """At an overlap of s two records meet with probability 1 - (1 - s**rows)**bands."""
    first, last = "ABCDEFGHIJKL", "ABCDEFGHIXYZ"  # ten grams each, seven of them shared: s = 7/13
    records = records_of([first, last])
    met = sum(bool(pairs_of(records, MinHash("x", q=3, bands=4, rows=2, seed=seed))) for seed in range(400))
    expected = 1 - (1 - (7 / 13) ** 2) ** 4
    assert met / 400 == pytest.approx(expected, abs=0.09)  # four standard deviations


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(BlockingRule, id="no key"),
        pytest.param(lambda: BlockingRule("last_name.sound"), id="unknown ending"),
        pytest.param(lambda: BlockingRule("last_name.first0x"), id="no number"),
        pytest.param(lambda: BlockingRule("last_name|first_name.sound"), id="unknown ending of two columns"),
        pytest.param(lambda: BlockingRule("first_name|middle_name|last_name"), id="three columns"),
        pytest.param(lambda: BlockingRule("first_name|"), id="half a pair of columns"),
        pytest.param(lambda: BlockingRule("last_name|last_name"), id="one column twice"),
        pytest.param(lambda: BlockingRule(5), id="key is a number"),
        pytest.param(lambda: BlockingRule(["last_name"]), id="key is a list"),
        pytest.param(lambda: BlockingRule("zip", largest=1), id="too small"),
        pytest.param(lambda: BlockingRule("zip", largest=2.5), id="no whole number"),
        pytest.param(lambda: BlockingRule("zip", largest="50"), id="text"),
        pytest.param(lambda: BlockingRule("zip", split_by=["sex"]), id="split without limit"),
        pytest.param(lambda: BlockingRule("zip", largest=9, split_by=["sex.sound"]), id="unknown ending of a split"),
        pytest.param(SortedNeighborhood, id="neighbors without key"),
        pytest.param(lambda: SortedNeighborhood("zip", window=0), id="no window"),
        pytest.param(lambda: SortedNeighborhood("zip", window=10**12), id="huge window"),
        pytest.param(MinHash, id="no column"),
        pytest.param(lambda: MinHash("zip", q=0), id="no gram"),
        pytest.param(lambda: MinHash("zip", bands=10**9), id="huge sketch"),
        pytest.param(lambda: MinHash("zip", bands=900, rows=900), id="huge product"),
        pytest.param(lambda: MinHash("zip", seed=-1), id="seed below zero"),
        pytest.param(lambda: MinHash("zip", largest=1), id="largest too small"),
    ],
)
def test_settings_that_cannot_work_are_refused(make):
    """A rule is checked when it is made."""
    with pytest.raises(SpecError):
        make()


@given(st.sets(st.sampled_from(PERSON_COLUMNS)))
def test_default_rules_read_what_is_there(columns):
    """Rules chosen by the library read only columns that are there, and each is a rule."""
    rules = default_rules(columns)
    assert {column for rule in rules for key in rule.reads for column in key_columns(key)} <= columns
    assert all(isinstance(rule, Rule) for rule in rules)
    assert len({rule.name for rule in rules}) == len(rules)


def test_swapped_names_meet_by_default():
    """Names keyed into each other's field meet by the rule of both names, which makes no other new pair."""
    frame = pd.DataFrame({"source": "iva", "record_id": list("123"), "first_name": ["ANA", "RUIZ", "ANA"]})
    frame["last_name"] = ["RUIZ", "ANA", "LEE"]
    price = cl.count_pairs(frame).set_index("rule")["new_pairs"]
    assert price["first_name|last_name"] == 1


def test_the_price_of_default_rules_is_known_without_a_linker():
    """``count_pairs`` needs records only; a column that is all missing makes no rule."""
    frame = pd.DataFrame({"source": "iva", "record_id": ["1", "2"], "ssn": "123456789", "zip": None})
    price = cl.count_pairs(frame)
    assert price["rule"].tolist() == ["ssn"]
    assert price["pairs"].tolist() == [1]
