"""Every comparison gives the levels of a plain-Python twin, pair by pair, however the pairs are split."""

from __future__ import annotations

import re
from itertools import combinations, product

import jellyfish
import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from nicknames import NickNamer

import caselink as cl
from caselink.comparisons import Program, count_patterns
from caselink.comparisons.defaults import default_comparisons
from caselink.comparisons.further_nicknames import full_names
from caselink.encoding import encode
from caselink.errors import InputError, SpecError
from caselink.schema import PERSON_COLUMNS

NICKNAMES = NickNamer()
LETTERS = st.text(st.sampled_from("ABCÉИЯ王 "), min_size=1, max_size=7)
NAMES = st.sampled_from(
    [
        *(
            "ANA",
            "ANNA",
            "HANA",
            "A",
            "R",
            "RUIZ",
            "RUIZ LOPEZ",
            "LOPEZ",
            "LOPEZ ANA",
            "LIZ RUIZ",
            "DE LA CRUZ",
            "CRUZ",
            "EL CID",
        ),
        *("ELIZABETH", "LIZ", "BETH", "WILLIAM", "BILL", "SMITH", "SMYTH", "ИВАН", "ИВАНОВ", "王", "王小明"),
    ]
)
PARTS = st.sampled_from(["00", "01", "02", "10", "12", "21"])
DATES = st.builds("{}-{}-{}".format, st.sampled_from(["0000", "1985", "1958", "1986", "1990"]), PARTS, PARTS)
DIGITS = st.text("0129", min_size=1, max_size=15) | st.sampled_from(
    ["123456789", "123456798", "123456780", "987656789", "213456789", "abc", "12-34", "000000000"]
)
STREETS = st.builds(
    "{}{}".format,
    st.sampled_from(["", "12 ", "14 ", "123456789012 ", "12"]),
    st.sampled_from(["", "MAIN ST", "MAINE ST", "MIAN ST", "OAK AVE", "2ND ST", "ИВАН"]),
)
NUMBERS = st.sampled_from(["1", "1.0", "2", "-3.5", "1e3", "1002", "0", "-0"])
SETS = st.lists(st.sampled_from(["A", "B", "C", ""]), min_size=1, max_size=3).map("|".join)


def records_of(columns):
    """Encoded records from columns of values, of two sources in turn."""
    n = len(next(iter(columns.values())))
    table = {"source": [("iva", "ivd")[i % 2] for i in range(n)], "record_id": [str(i) for i in range(n)]}
    frame = pd.DataFrame({**table, **{name: pd.Series(v, dtype=object) for name, v in columns.items()}})
    return encode(frame, list(columns))


def every_pair(records):
    """All ordered pairs, also of a record with itself."""
    pairs = np.array(list(product(range(len(records)), repeat=2)), np.int32).reshape(-1, 2)
    return pairs[:, 0].copy(), pairs[:, 1].copy()


def columns_of(values, names=("x",)):
    """Equally long columns of values, some missing."""
    row = st.tuples(*[st.none() | values for _ in names])
    return st.lists(row, min_size=1, max_size=7).map(
        lambda rows: {name: [one[i] or None for one in rows] for i, name in enumerate(names)}
    )


def assert_twin(comparison, columns, twin):
    """The levels are those of the twin for every pair, whole and split, with the sides swapped too."""
    records = records_of(columns)
    left, right = every_pair(records)
    values = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    rows = [values[row] for row in records.row]
    expected = [twin(rows[a], rows[b]) for a, b in zip(left, right, strict=True)]
    assert comparison.levels(records, left, right).tolist() == expected
    assert comparison.levels(records, right, left).tolist() == expected
    cut = len(left) // 3
    parts = [comparison.levels(records, left[s], right[s]).tolist() for s in (slice(cut), slice(cut, None))]
    assert parts[0] + parts[1] == expected


def missing_or(twin):
    """A twin of one column: level 0 where either value is missing."""
    return lambda a, b: 0 if a["x"] is None or b["x"] is None else twin(a["x"], b["x"])


@settings(deadline=None, max_examples=40)
@given(columns=columns_of(LETTERS))
def test_exact(columns):
    """Missing, differ or exact."""
    assert_twin(cl.Exact("x"), columns, missing_or(lambda a, b: 1 + (a == b)))


@settings(deadline=None, max_examples=80)
@given(columns=columns_of(LETTERS | NAMES), limits=st.sampled_from([(0.92, 0.88, 0.7), (0.8,), (0.99, 0.01)]))
def test_jaro_winkler(columns, limits):
    """The level is that of the highest threshold that jellyfish's similarity reaches."""

    def twin(a, b):
        if a == b:
            return len(limits) + 2
        return 1 + sum(jellyfish.jaro_winkler_similarity(a, b) >= limit for limit in limits)

    assert_twin(cl.JaroWinkler("x", limits), columns, missing_or(twin))


@settings(deadline=None, max_examples=80)
@given(
    columns=columns_of(LETTERS | DATES), limits=st.sampled_from([(1, 2), (1,), (2, 3, 5), (4,)]), swaps=st.booleans()
)
def test_edits(columns, limits, swaps):
    """The level is that of the lowest limit that jellyfish's distance keeps, with swaps as one edit or two."""
    distance = jellyfish.damerau_levenshtein_distance if swaps else jellyfish.levenshtein_distance

    def twin(a, b):
        return len(limits) + 2 if a == b else 1 + sum(distance(a, b) <= limit for limit in limits)

    comparison = cl.DamerauLevenshtein("x", limits) if swaps else cl.Levenshtein("x", limits)
    assert_twin(comparison, columns, missing_or(twin))


def naive_parts(name):
    """Words of a name and the full names that they may be short for."""
    words = {word for word in name.split(" ") if len(word) > 2} or {name}
    english = {full.upper() for word in words for full in NICKNAMES.canonicals_of(word.lower())}
    return words | english.union(*(full_names(word) for word in words))


def alike(x, y):
    """Equal, similar, or with a part in common."""
    return jellyfish.jaro_winkler_similarity(x, y) >= 0.92 or bool(naive_parts(x) & naive_parts(y))


def naive_swap(a, b):
    """Whether two records hold each other's names; if only nearly, then neither name is near its own."""
    (x, other_x), (y, other_y) = ((one["x"], one.get("other")) for one in (a, b))
    if not (other_x and other_y):
        return False
    crossed = {pair: jellyfish.jaro_winkler_similarity(*pair) for pair in ((x, other_y), (other_x, y))}
    if max(crossed.values()) < 0.92:
        return False
    if not all(similarity >= 0.8 or naive_parts(one) & naive_parts(two) for (one, two), similarity in crossed.items()):
        return False
    return (x, other_x) == (other_y, y) or not (alike(x, y) or alike(other_x, other_y))


def naive_name(a, b, counts_swap):  # noqa: PLR0911  (one a level)
    """Levels of a name as the docstring of PersonName tells them."""
    x, y = a["x"], b["x"]
    if x is None or y is None:
        return 0
    if x == y:
        return 7
    if naive_swap(a, b):
        return 5 if counts_swap else 0
    if len(x) == 1 or len(y) == 1:
        return 3 if x[0] == y[0] else 1
    similarity = jellyfish.jaro_winkler_similarity(x, y)
    begins = min(len(x), len(y)) >= 12 and (x.startswith(y) or y.startswith(x))
    if similarity >= 0.92 or begins:
        return 6
    parts = naive_parts(x), naive_parts(y)
    if parts[0] & parts[1]:
        several = all(sum(len(word) > 2 for word in name.split(" ")) > 1 for name in (x, y))
        return 2 if several and parts[0] - parts[1] and parts[1] - parts[0] else 4
    sound = jellyfish.metaphone(x)
    return 2 if similarity >= 0.8 or (sound and sound == jellyfish.metaphone(y)) else 1


def naive_other(a, b, level, own=naive_parts):
    """The level with ``other name`` among them: 5 where a further name says so and nothing better is known."""
    further = [{part for name in (one["more"] or "").split("|") if name for part in own(name)} for one in (a, b)]
    names = [own(one["x"]) if one["x"] else set() for one in (a, b)]
    shared = names[0] & further[1] or names[1] & further[0] or further[0] & further[1]
    return 5 if shared and level < 5 else level + (level >= 5)


@settings(deadline=None, max_examples=150)
@given(columns=columns_of(NAMES | LETTERS.filter(str.strip), ("x", "other")), counts_swap=st.booleans())
@example(columns={"x": ["ANA", "RUIZ"], "other": ["RUIZ", "ANA"]}, counts_swap=False)
@example(columns={"x": ["ELIZABETH", "SMYTH"], "other": ["SMITH", "LIZ"]}, counts_swap=True)
@example(columns={"x": ["ANNA", "TLAZE"], "other": ["GLAZE", "ANNA"]}, counts_swap=True)
def test_person_name(columns, counts_swap):
    """Initials, nicknames, double names, sounds and swapped fields are told apart as described."""
    swapping = cl.PersonName("x", swapped_with="other", counts_swap=counts_swap)
    assert_twin(swapping, columns, lambda a, b: naive_name(a, b, counts_swap))
    alone = {"x": columns["x"]}
    assert_twin(cl.PersonName("x"), alone, lambda a, b: naive_name(a, b, counts_swap=True))


@st.composite
def names_and_further(draw):
    """Names beside sets of further names, some missing."""
    columns = draw(columns_of(NAMES, ("x", "other")))
    more = st.none() | st.lists(NAMES, min_size=1, max_size=3).map("|".join)
    return columns | {"more": draw(st.lists(more, min_size=len(columns["x"]), max_size=len(columns["x"])))}


@settings(deadline=None, max_examples=120)
@given(columns=names_and_further(), swap=st.booleans())
@example(columns={"x": ["SMITH", "LOPEZ"], "other": ["ANA", "EVA"], "more": ["RUIZ|LOPEZ", None]}, swap=False)
def test_further_names(columns, swap):
    """A maiden name, a former name or an alias agrees, even where the name itself is missing."""
    comparison = cl.PersonName("x", swapped_with="other" if swap else None, others="more")
    if not swap:
        columns = {name: values for name, values in columns.items() if name != "other"}
    assert_twin(comparison, columns, lambda a, b: naive_other(a, b, naive_name(a, b, counts_swap=True)))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param("PEPE", "JOSE", "related", id="short for another"),
        pytest.param("LUIS", "LUCHO", "related", id="in either order"),
        pytest.param("PEPE", "CHEPE", "related", id="two short forms of one name"),
        pytest.param("CHAYO GARCIA", "ROSARIO", "related", id="one of two names"),
        pytest.param("BETO", "CHAVA", "differ", id="of different names"),
        pytest.param("GABY", "GRACIELA", "differ", id="not of this name"),
        pytest.param("BOB", "ROBERT", "related", id="English ones as before"),
    ],
)
def test_nicknames_of_other_languages(one, other, expected):
    """What a family calls Jose or Rosario is related to the name, as English short forms are."""
    comparison, pair = cl.PersonName("x"), (np.array([0], np.int32), np.array([1], np.int32))
    levels = comparison.levels(records_of({"x": [one, other]}), *pair)
    assert [comparison.definition.level_names[level] for level in levels] == [expected]


CUT = ["RODRIGUEZ DE LA C", *(f"{letter}ERNANDEZ VILLANU" for letter in "ABCD")]


@pytest.mark.parametrize(
    ("narrow", "other", "expected"),
    [
        pytest.param(CUT, "RODRIGUEZ DE LA CRUZ VILLAR", "exact", id="cut by its source"),
        pytest.param(CUT[:2], "RODRIGUEZ DE LA CRUZ VILLAR", "close", id="too few to tell that the source cuts"),
        pytest.param([*CUT, "RODRIGUEZ DE LA CRUZ"], "RODRIGUEZ DE LA CRUZ VILLAR", "close", id="not cut"),
        pytest.param(CUT, "RODRIGUEZ VILLAR", "related", id="another name"),
        pytest.param(["RODRIGUEZ DE", *(letter * 12 for letter in "ABCD")], "RODRIGUEZ DE LA CRUZ", "exact", id="12"),
    ],
)
def test_names_cut_by_a_source(narrow, other, expected):
    """Where a source's longest names pile up at one length, they agree with longer ones that begin so."""
    table = pd.DataFrame({"source": ["iva"] * len(narrow) + ["ivd"], "last_name": [*narrow, other]})
    records = encode(table.assign(record_id=[str(row) for row in table.index]), ["last_name"])
    comparison = cl.PersonName("last_name")
    place = np.empty(len(table), np.int32)
    place[records.row] = np.arange(len(table))
    pair = (place[:1], place[-1:])
    assert [comparison.definition.level_names[level] for level in comparison.levels(records, *pair)] == [expected]


def one_digit(a, b):
    """Whether two equally long texts of digits differ in one digit, or in two neighbors that changed places."""
    wrong = [i for i in range(len(a)) if a[i] != b[i]]
    if len(wrong) == 2 and wrong[1] == wrong[0] + 1 and a[wrong[0]] == b[wrong[1]] and a[wrong[1]] == b[wrong[0]]:
        return "swapped"
    return "one digit" if len(wrong) == 1 else ""


def naive_date(a, b):  # noqa: PLR0911  (one a level)
    """Levels of a date as the docstring of BirthDate tells them."""
    parts_a, parts_b = (
        [*d[:4].split(), "00", "00"] if d[5:] == "01-01" and d[:4] != "0000" else d.split("-") for d in (a, b)
    )
    known = [i for i in range(3) if int(parts_a[i]) and int(parts_b[i])]
    differ = sum(parts_a[i] != parts_b[i] for i in known)
    if not known:
        return 0
    if len(known) < 3:
        if differ:
            return 1
        return 6 if 0 in known else 3
    if parts_a == parts_b:
        return 7
    if parts_a[0] == parts_b[0] and parts_a[1:] == parts_b[:0:-1]:
        return 4
    if one_digit("".join(parts_a), "".join(parts_b)):
        return 5
    if differ == 1:
        return 3
    return 2 if parts_a[0] == parts_b[0] else 1


@settings(deadline=None, max_examples=150)
@given(columns=columns_of(DATES))
def test_birth_date(columns):
    """Parts, swaps and single digits are told apart; an unknown part is no disagreement."""
    assert_twin(cl.BirthDate("x"), columns, missing_or(naive_date))


def names_differ_in_all(x, y):
    """Neither equal, similar, of one sound, with a part in common, nor an initial."""
    return (
        min(len(x), len(y)) > 1
        and naive_name({"x": x}, {"x": y}, counts_swap=True) == 1
        and jellyfish.jaro_winkler_similarity(x, y) < 0.8
    )


@settings(deadline=None, max_examples=150)
@given(
    columns=st.lists(
        st.tuples(
            st.sampled_from([None, "1985-01-12", "1985-02-12", "1985-00-00"]),
            st.none() | NAMES,
            st.sampled_from([None, "123456789", "123456791", "123456792"]),
        ),
        min_size=1,
        max_size=7,
    ).map(lambda rows: dict(zip(("x", "first", "number"), map(list, zip(*rows, strict=True)), strict=True)))
)
@example(columns={"x": ["1985-02-12"] * 2, "first": ["ANA", "WILLIAM"], "number": ["123456789", "123456790"]})
def test_the_date_of_twins_says_nothing(columns):
    """Where first names differ in all and numbers are next to each other, an equal date is no sign."""

    def twin(a, b):
        level = missing_or(naive_date)(a, b)
        if level < 6 or None in (a["first"], b["first"], a["number"], b["number"]):
            return level
        apart = abs(int(a["number"]) - int(b["number"]))
        return 0 if 0 < apart <= 2 and names_differ_in_all(a["first"], b["first"]) else level

    assert_twin(cl.BirthDate("x", twins_by=("first", "number")), columns, twin)


def may_be_one_person(one, other):
    """Of one birth date, or of first names that begin alike, share a full name, or stand as the other's last name."""

    def begin_alike(x, y):
        letters = min(2, len(x or ""), len(y or ""))
        return y is not None and x[:letters] == y[:letters]

    if one["born"] is not None and one["born"] == other["born"]:
        return True
    first, other_first = one["first"], other["first"]
    parts = naive_parts(first) & naive_parts(other_first)
    return bool(parts) or any(
        begin_alike(*pair) for pair in ((first, other_first), (first, other["last"]), (other_first, one["last"]))
    )


def held_by_another(row, rows):
    """Whether somebody of another name holds the row's number in as many records or more, person by person."""
    holders = [one for one in rows if one["x"] == row["x"] and one["first"] is not None]
    if row["first"] is None or len({one["first"][:2] for one in holders}) < 2:
        return False
    left, people = list(range(len(holders))), []
    while left:
        person = [left.pop(0)]
        for place in person:
            person += (met := [p for p in left if may_be_one_person(holders[place], holders[p])])
            left = [p for p in left if p not in met]
        people.append([holders[place] for place in person])
    own = next(person for person in people if row in person)
    return any(len(person) >= len(own) for person in people if person is not own)


@settings(deadline=None, max_examples=150)
@given(
    rows=st.lists(
        st.fixed_dictionaries(
            {
                "x": st.sampled_from([None, "123456789", "212345678", "987654321"]),
                "first": st.sampled_from([None, "ANA", "BILL", "WILLIAM", "LIZ", "RUIZ", "A", "王"]),
                "last": st.sampled_from([None, "RUIZ", "ANA", "LEE"]),
                "born": st.sampled_from([None, "1985-02-12", "1990-03-04"]),
            }
        ),
        min_size=1,
        max_size=9,
    )
)
def test_a_number_of_another(rows):
    """Numbers that differ have a level of their own where one of them is held by somebody of another name too."""
    columns = {name: [one[name] for one in rows] for name in rows[0]}

    def twin(a, b):
        level = naive_digits(a["x"], b["x"], near=2) if a["x"] and b["x"] else 0
        if level == 1 and (held_by_another(a, rows) or held_by_another(b, rows)):
            return 2
        return level + (level > 1)

    assert_twin(cl.SSN("x", holders=("first", "last", "born")), columns, twin)


def naive_digits(a, b, near=None):
    """Levels of two numbers as the docstrings of SSN and Phone tell them; only digits count."""
    a, b = (re.sub("[^0-9]", "", value)[:15] for value in (a, b))
    if not a or not b:
        return 0
    a, b = a.zfill(15), b.zfill(15)
    more = near is not None
    if a == b:
        return 5 + more
    if more and a[:-4] == b[:-4] and abs(int(a) - int(b)) <= near:
        return 2
    level = {"swapped": 4, "one digit": 3}.get(one_digit(a, b), 2 if a[-4:] == b[-4:] else 1)
    return level + (more and level > 1)


@settings(deadline=None, max_examples=150)
@given(columns=columns_of(DIGITS))
@example(columns={"x": ["123456789", "123456791", "123456792", "123456801"]})
def test_digits(columns):
    """One wrong digit, two swapped neighbors and equal last four are told apart; of SSNs, the next number too."""
    assert_twin(cl.Phone("x"), columns, missing_or(naive_digits))
    assert_twin(cl.SSN("x"), columns, missing_or(lambda a, b: naive_digits(a, b, near=2)))


@settings(deadline=None, max_examples=100)
@given(columns=columns_of(st.sampled_from(["123456789", "123456791", "123456798", "212345678"]), ("x", "name")))
@pytest.mark.parametrize("told_by", ["name", False])
def test_the_next_number_is_another_persons_unless_somebody_tells(columns, told_by):
    """Twins without first names: the next number differs; where both names are known it has its level."""

    def twin(a, b):
        level = missing_or(lambda one, other: naive_digits(one, other, near=2))(a, b)
        return 1 if level == 2 and not (told_by and a["name"] and b["name"]) else level

    assert_twin(cl.SSN("x", next_number=told_by), columns, twin)


@settings(deadline=None, max_examples=100)
@given(columns=columns_of(st.sampled_from(["123456789", "123456780", "212345678"]), ("x", "more")))
def test_further_numbers(columns):
    """A number that is among the other person's further ones agrees, though less than the number itself."""

    def twin(a, b):
        level = naive_digits(a["x"], b["x"], near=2) if a["x"] and b["x"] else 0
        sets = [{one["x"], one["more"]} - {None} for one in (a, b)]
        shared = (sets[0] & sets[1]) - ({a["x"]} & {b["x"]} - {a["more"], b["more"]})
        return 7 if level == 6 else 6 if shared else level

    assert_twin(cl.SSN("x", others="more"), columns, twin)


def naive_street(a, b):
    """Levels of a street as the docstring of Street tells them."""
    if a == b:
        return 5
    houses = [re.match("[0-9]{1,9}", value) for value in (a, b)]
    rests = [re.sub("^[0-9]{1,9} *", "", value) for value in (a, b)]
    similarity = jellyfish.jaro_winkler_similarity(*rests) if all(rests) else 0
    if [house and int(house.group()) for house in houses[:1]] != [house and int(house.group()) for house in houses[1:]]:
        return 2 if similarity >= 0.92 else 1
    return 4 if similarity >= 0.92 else 3 if similarity >= 0.8 else 1


@settings(deadline=None, max_examples=100)
@given(columns=columns_of(STREETS))
def test_street(columns):
    """House number and street are compared each on its own."""
    assert_twin(cl.Street("x"), columns, missing_or(naive_street))


@settings(deadline=None, max_examples=60)
@given(columns=columns_of(st.sampled_from("AB"), ("x", "y", "z")), two=st.booleans())
def test_unless_same(columns, two):
    """Missing where a further column agrees already, even with itself; otherwise differ or exact."""
    unless = ("y", "z") if two else ("y",)

    def twin(a, b):
        if a["x"] is None or b["x"] is None or any(a[u] is not None and a[u] == b[u] for u in unless):
            return 0
        return 1 + (a["x"] == b["x"])

    assert_twin(cl.UnlessSame("x", unless), columns, twin)


@settings(deadline=None, max_examples=60)
@given(columns=columns_of(st.sampled_from(["GREENWOOD", "GREENOWOD", "GREEN", "BRIGTON"]), ("x", "y")))
def test_unless_same_with_similar_values(columns):
    """A misspelled city is close to what was meant."""

    def twin(a, b):
        if a["x"] is None or b["x"] is None or (a["y"] is not None and a["y"] == b["y"]):
            return 0
        return 3 if a["x"] == b["x"] else 1 + (jellyfish.jaro_winkler_similarity(a["x"], b["x"]) >= 0.92)

    assert_twin(cl.UnlessSame("x", ("y",), 0.92), columns, twin)


@settings(deadline=None, max_examples=60)
@given(columns=columns_of(NUMBERS), limits=st.sampled_from([(1.0,), (0.5, 2.0, 10.0)]))
def test_numeric(columns, limits):
    """The level is that of the strictest tolerance that holds; equal numbers are exact however they are written."""

    def twin(a, b):
        apart = abs(float(a) - float(b))
        return len(limits) + 2 if apart == 0 else 1 + sum(apart <= limit for limit in limits)

    assert_twin(cl.Numeric("x", limits), columns, missing_or(twin))


@settings(deadline=None, max_examples=60)
@given(columns=columns_of(SETS))
def test_shared_values(columns):
    """None shared, some shared, or equal sets; nothing between two bars is no value, and nothing else is missing."""

    def twin(a, b):
        sets = [set(value.split("|")) - {""} for value in (a, b)]
        if not all(sets):
            return 0
        return 3 if sets[0] == sets[1] else 1 + bool(sets[0] & sets[1])

    assert_twin(cl.SharedValues("x"), columns, missing_or(twin))


@pytest.mark.parametrize("listed", [["iva", "ivd"], ["ivd", "iva"], ["employment", "iva", "ivd"], ["ivd"], ["zzz"]])
def test_same_source_goes_by_name(listed):
    """A level is that of the source's own name, whatever sources the records have; others count as different."""
    records = records_of({"x": ["A"] * 6})
    left, right = every_pair(records)
    comparison = cl.SameSource(tuple(listed))
    levels = comparison.levels(records, left, right)
    names = comparison.definition.level_names
    for a, b, level in zip(left, right, levels, strict=True):
        one, other = (records.sources[records.source[row]] for row in (a, b))
        together = one == other and one in listed
        assert names[level] == (f"both in {one}" if together else "different sources")


def test_many_sources_share_a_level():
    """With more than twelve sources, two records of one source are at one level, a new source's too."""
    records = records_of({"x": ["A"] * 4})
    comparison = cl.SameSource(tuple(f"s{i}" for i in range(13)))
    left, right = every_pair(records)
    levels = comparison.levels(records, left, right)
    assert levels.tolist() == (1 + (records.source[left] == records.source[right])).tolist()
    assert len(comparison.definition.level_names) == 3


def first_letters(a, b):
    """A user's own function, not symmetric."""
    return 2 if a[0] <= b[0] else 1


@settings(deadline=None, max_examples=40)
@given(columns=columns_of(LETTERS))
def test_custom(columns):
    """The user's function is asked once for each two values, in alphabetic order, whatever the order of rows."""
    asked = []

    def function(a, b):
        asked.append((a, b))
        return first_letters(a, b)

    comparison = cl.Custom("x", function, ("missing", "differ", "exact"))
    records = records_of(columns)
    comparison.levels(records, *every_pair(records))
    assert len(asked) == len(set(asked))
    assert_twin(comparison, columns, missing_or(lambda a, b: first_letters(*sorted((a, b)))))


@pytest.mark.parametrize("level", [3, -1, 300, 1.5, None, "1"])
def test_a_function_that_gives_no_level_is_refused(level):
    """A level that was not declared would run over into the next comparison; it is an error without a value."""
    comparison = cl.Custom("x", lambda *_: level, ("missing", "differ", "exact"))
    records = records_of({"x": ["QXZWVJ", "QXZWVK"]})
    with pytest.raises(SpecError, match="level from 0 to 2") as caught:
        comparison.levels(records, *every_pair(records))
    assert "QXZ" not in str(caught.value)


@pytest.mark.parametrize("values", [["1", "QXZWVJ"], ["nan", "1"], ["inf", "1"], ["1 000"]])
def test_numbers_that_are_none_are_refused(values):
    """What cannot be read as a finite number is an error that names the column, not the value."""
    records = records_of({"x": values})
    with pytest.raises(InputError, match="not numbers") as caught:
        cl.Numeric("x").levels(records, *every_pair(records))
    assert caught.value.field == "x"
    assert "QXZWVJ" not in str(caught.value)


ALL = [
    cl.PersonName("first_name", swapped_with="last_name"),
    cl.PersonName("last_name", swapped_with="first_name", counts_swap=False),
    cl.BirthDate(twins_by=("first_name", "ssn")),
    cl.SSN(others="aliases"),
    cl.SSN("other_ssn", others="aliases", shared="team", next_number="first_name", holders=("first_name", "last_name")),
    cl.Street(),
    cl.UnlessSame("zip", ("street",)),
    cl.UnlessSame("city", ("street", "zip"), 0.9),
    cl.JaroWinkler("email"),
    cl.SharedValues("aliases"),
    cl.Numeric("age"),
    cl.SameSource(("iva", "ivd")),
    cl.Custom("team", first_letters, ("missing", "differ", "exact")),
]
PEOPLE = st.fixed_dictionaries(
    {
        "first_name": NAMES,
        "last_name": NAMES,
        "birth_date": DATES,
        "ssn": DIGITS,
        "other_ssn": DIGITS,
        "street": STREETS.filter(bool),
        "zip": st.sampled_from(["1", "2"]),
        "city": LETTERS,
        "email": LETTERS,
        "aliases": SETS.filter(bool),
        "age": NUMBERS,
        "team": LETTERS,
    }
).flatmap(lambda person: st.sets(st.sampled_from(sorted(person))).map(lambda gone: {**person, **dict.fromkeys(gone)}))


@settings(deadline=None, max_examples=60)
@given(people=st.lists(PEOPLE, min_size=1, max_size=6), chosen=st.permutations(ALL), count=st.integers(1, len(ALL)))
def test_a_program_gives_each_comparison_its_own_levels(people, chosen, count):
    """Patterns taken apart are the levels that each comparison gives alone, in any order and company."""
    records = records_of({name: [person[name] for person in people] for name in people[0]})
    comparisons = chosen[:count]
    program = Program.of(comparisons, records)
    left, right = every_pair(records)
    patterns = program.patterns(left, right)
    levels = program.levels(patterns)
    for c, comparison in enumerate(comparisons):
        alone = comparison.levels(records, left, right)
        assert levels[:, c].tolist() == alone.tolist()
        assert program.only(c).patterns(left, right).tolist() == alone.tolist()
        assert int(alone.max(initial=0)) < len(comparison.definition.level_names) == program.n_levels[c]
    assert (levels.astype(np.int64) @ program.place == patterns).all()


@given(
    patterns=st.lists(st.integers(0, 3) | st.integers(0, 2**62), max_size=60)
    | st.integers(0, 3000).map(lambda n: list(range(0, n * 977, 977)) * 2)
)
def test_count_patterns_counts(patterns):
    """Distinct patterns and counts are those of numpy, and each pair finds its own, for a few or for thousands."""
    array = np.array(patterns, np.int64)
    distinct, counts, place = count_patterns(array)
    expected, expected_counts = np.unique(array, return_counts=True)
    order = np.argsort(distinct)
    assert distinct[order].tolist() == expected.tolist()
    assert counts[order].tolist() == expected_counts.tolist()
    assert distinct[place].tolist() == patterns


def test_two_comparisons_of_one_name_are_refused():
    """Comparing one column twice would count one fact twice, and tables could not tell the two apart."""
    with pytest.raises(SpecError, match="'x'"):
        Program.of([cl.Exact("x"), cl.JaroWinkler("x")], records_of({"x": ["A"]}))


def test_too_many_levels_are_refused():
    """Patterns are 64-bit numbers; more combinations than that are an error beforehand."""
    names = [f"c{i}" for i in range(40)]
    with pytest.raises(SpecError, match="combinations"):
        Program.of([cl.Exact(name) for name in names], records_of({name: ["A"] for name in names}))


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: cl.JaroWinkler("x", ()), id="no threshold"),
        pytest.param(lambda: cl.JaroWinkler("x", (0.7, 0.9)), id="lowest first"),
        pytest.param(lambda: cl.JaroWinkler("x", (1.0,)), id="threshold 1"),
        pytest.param(lambda: cl.JaroWinkler("x", (float("nan"),)), id="threshold NaN"),
        pytest.param(lambda: cl.JaroWinkler("x", (0.9, 0.9)), id="twice"),
        pytest.param(lambda: cl.JaroWinkler("x", tuple(np.linspace(0.9, 0.1, 7))), id="too many"),
        pytest.param(lambda: cl.Levenshtein("x", (0, 1)), id="no edit"),
        pytest.param(lambda: cl.Levenshtein("x", (1.5,)), id="half an edit"),
        pytest.param(lambda: cl.DamerauLevenshtein("x", (10**9,)), id="huge limit"),
        pytest.param(lambda: cl.Levenshtein("x", (2, 1)), id="highest first"),
        pytest.param(lambda: cl.Numeric("x", (float("inf"),)), id="endless tolerance"),
        pytest.param(lambda: cl.Numeric("x", (-1.0,)), id="tolerance below zero"),
        pytest.param(lambda: cl.UnlessSame("x", ()), id="unless nothing"),
        pytest.param(lambda: cl.UnlessSame("x", ("a", "b", "c")), id="unless three"),
        pytest.param(lambda: cl.SameSource(()), id="no source"),
        pytest.param(lambda: cl.SameSource(("a", "a")), id="source twice"),
        pytest.param(lambda: cl.Exact("x", evidence="strong").definition, id="evidence"),
        pytest.param(lambda: cl.Custom("x", max, ("missing", "differ")).definition, id="two levels"),
    ],
)
def test_settings_that_cannot_work_are_refused(make):
    """A comparison is checked when it is made, or at the latest when it is used."""
    with pytest.raises(SpecError):
        make()


@given(st.sets(st.sampled_from(PERSON_COLUMNS)), st.sets(st.sampled_from(["iva", "ivd", "employment"])))
def test_default_comparisons_read_what_is_there(columns, sources):
    """Comparisons chosen by the library read only columns that are there, each under a name of its own."""
    definitions = [comparison.definition for comparison in default_comparisons(columns, sources)]
    assert {column for definition in definitions for column in definition.columns} <= columns
    assert len({definition.name for definition in definitions}) == len(definitions)
    assert ("sources" in {definition.name for definition in definitions}) == (len(sources) > 1)


@settings(deadline=None, max_examples=60)
@given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), min_size=2, max_size=5))
def test_any_script_can_be_compared(texts):
    """Any text, of any script, gets a declared level, exact for itself, and the same from both sides."""
    records = records_of({"x": texts})
    pairs = np.array(list(combinations(range(len(texts)), 2)), np.int32)
    left, right = pairs[:, 0].copy(), pairs[:, 1].copy()
    itself = np.arange(len(texts), dtype=np.int32)
    kinds = [cl.PersonName, cl.JaroWinkler, cl.Levenshtein, cl.DamerauLevenshtein, cl.Street, cl.SharedValues, cl.Exact]
    for kind in kinds:
        comparison = kind("x")
        levels = comparison.levels(records, left, right)
        highest = len(comparison.definition.level_names) - 1
        assert levels.tolist() == comparison.levels(records, right, left).tolist()
        assert int(levels.max()) <= highest
        known = [bool(t if kind is not cl.SharedValues else (t or "").strip("|")) for t in records.texts("x", itself)]
        assert comparison.levels(records, itself, itself).tolist() == np.where(known, highest, 0).tolist()
