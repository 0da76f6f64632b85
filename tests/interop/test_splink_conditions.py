"""A condition printed in a dialect is read back as it was, and holds for the pairs that SQL would say."""

from __future__ import annotations

import jellyfish
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caselink.encoding import encode
from caselink.interop.splink_comparison import SplinkComparison, SplinkLevel
from caselink.interop.splink_conditions import (
    Equal,
    Every,
    Is,
    Measured,
    Missing,
    Opposite,
    Some,
    is_symmetric,
    read_condition,
    values_of,
)
from caselink.interop.splink_sql import SqlError
from caselink.interop.splink_values import Value

DAY = 86_400
COLUMNS = ["first name", "last", "Zip"]
TEXTS = ["ANA", "ANNA", "HANNA", "BO", "B", "1", "12", "2.5", "1985-03-05", "1985-03-25", "1985-02-30", "ana "]
FUNCTIONS = {
    "duckdb": ["jaro_similarity", "jaro_winkler_similarity", "levenshtein", "damerau_levenshtein"],
    "spark": ["jaro_sim", "jaro_winkler", "levenshtein", "damerau_levenshtein"],
}
MEASURES = ["jaro", "jaro winkler", "levenshtein", "damerau levenshtein"]

text_steps = st.sampled_from(
    [(), (("lower",),), (("upper",), ("trim",)), (("slice", 0, 1),), (("slice", 1, 3),), (("nullif", "B"),)]
)
columns, sides = st.sampled_from(COLUMNS), st.integers(0, 1)
texts = st.builds(Value, sides, columns, text_steps)
days = st.builds(Value, sides, columns, st.just((("time", "%Y-%m-%d"),)), st.just("time"))
seconds = st.builds(Value, sides, columns, st.just((("time", "%Y-%m-%d"),)), st.just("number"))
numbers = st.builds(Value, sides, columns, st.just((("try number",),)), st.just("number"))
signs = st.sampled_from(["=", "<", "<=", ">", ">="])


@st.composite
def across(draw, values, make):
    """A condition of one value of the left and one of the right record, in either order."""
    first, second = draw(values), draw(values)
    return make(first, second if second.side != first.side else second.turned())


simple = st.one_of(
    st.builds(Missing, st.one_of(texts, days)),
    across(st.one_of(texts), Equal),
    across(days, Equal),
    st.builds(Is, texts, st.sampled_from(TEXTS)),
    st.tuples(st.sampled_from(MEASURES[:2]), signs, st.sampled_from([0.0, 0.7, 0.88, 1.0])).flatmap(
        lambda how: across(texts, lambda a, b: Measured(how[0], a, b, how[1], how[2]))
    ),
    st.tuples(st.sampled_from(MEASURES[2:]), signs, st.integers(0, 4)).flatmap(
        lambda how: across(texts, lambda a, b: Measured(how[0], a, b, how[1], float(how[2])))
    ),
    st.tuples(signs, st.sampled_from([0.0, 1.5, 20.0 * DAY])).flatmap(
        lambda how: across(seconds, lambda a, b: Measured("difference", a, b, how[0], how[1]))
    ),
    st.tuples(signs, st.sampled_from([0.0, 1.0, 9.5])).flatmap(
        lambda how: across(numbers, lambda a, b: Measured("difference", a, b, how[0], how[1]))
    ),
)
conditions = st.recursive(
    simple,
    lambda parts: st.one_of(
        st.builds(Opposite, parts),
        st.builds(Every, st.lists(parts, min_size=2, max_size=3).map(tuple)),
        st.builds(Some, st.lists(parts, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=6,
)


def printed(condition, dialect):  # noqa: PLR0911  (a case a kind of condition)
    """The condition as SQL of a dialect."""
    match condition:
        case Missing(value):
            return f"{spelled(value, dialect)} IS NULL"
        case Equal(a, b):
            return f"{spelled(a, dialect)} = {spelled(b, dialect)}"
        case Is(value, wanted):
            return f"{spelled(value, dialect)} = '{wanted}'"
        case Measured("difference", a, b, sign, limit):
            return f"ABS({spelled(a, dialect)} - {spelled(b, dialect)}) {sign} {limit}"
        case Measured(measure, a, b, sign, limit):
            name = FUNCTIONS[dialect][MEASURES.index(measure)]
            return f"{name}({spelled(a, dialect)}, {spelled(b, dialect)}) {sign} {limit:g}"
        case Opposite(part):
            return f"NOT ({printed(part, dialect)})"
        case Every(parts):
            return " AND ".join(f"({printed(part, dialect)})" for part in parts)
        case Some(parts):
            return " OR ".join(f"({printed(part, dialect)})" for part in parts)


def spelled(value, dialect):
    """A value as SQL of a dialect."""
    quote = '"' if dialect == "duckdb" else "`"
    sql = f"{quote}{value.column}_{'lr'[value.side]}{quote}"
    for step in value.steps:
        match step:
            case ("slice", start, stop):
                sql = f"SUBSTRING({sql}, {start + 1}, {stop - start})"
            case ("nullif", text):
                sql = f"NULLIF({sql}, '{text}')"
            case ("time", _):
                parsed = f"try_strptime({sql}, '%Y-%m-%d')", f"date(try_to_timestamp({sql}, 'yyyy-MM-dd'))"
                sql = parsed[dialect == "spark"]
            case ("try number",):
                sql = f"TRY_CAST({sql} AS DOUBLE)"
            case (name,):
                sql = f"{name.upper()}({sql})"
    if value.kind == "number" and value.steps[0][0] == "time":
        sql = f"EPOCH({sql})" if dialect == "duckdb" else f"UNIX_TIMESTAMP({sql})"
    return sql


def naive(condition, pair):  # noqa: PLR0911  (a case a kind of condition)
    """True, false or unknown (None), value by value, as SQL says."""
    match condition:
        case Missing(value):
            return known(value, pair) is None
        case Equal(a, b):
            a, b = known(a, pair), known(b, pair)
            return None if a is None or b is None else a == b
        case Is(value, wanted):
            found = known(value, pair)
            return None if found is None else found == wanted
        case Measured(measure, a, b, sign, limit):
            a, b = known(a, pair), known(b, pair)
            if a is None or b is None:
                return None
            found = {
                "difference": lambda: abs(a - b),
                "jaro": lambda: jellyfish.jaro_similarity(a, b),
                "jaro winkler": lambda: jellyfish.jaro_winkler_similarity(a, b),
                "levenshtein": lambda: jellyfish.levenshtein_distance(a, b),
                "damerau levenshtein": lambda: jellyfish.damerau_levenshtein_distance(a, b),
            }[measure]()
            below, above = found < limit, found > limit
            same = not below and not above
            return {"=": same, "<": below, "<=": below or same, ">": above, ">=": above or same}[sign]
        case Opposite(part):
            held = naive(part, pair)
            return None if held is None else not held
        case Every(parts) | Some(parts):
            held = [naive(part, pair) for part in parts]
            decides = isinstance(condition, Some)
            return decides if decides in held else None if None in held else not decides


def known(value, pair):
    """A value of one record, ``None`` where missing."""
    found = pair[value.side][value.column]
    for step in value.steps:
        if found is None:
            return None
        match step:
            case ("slice", start, stop):
                found = found[start:stop]
            case ("nullif", text):
                found = None if found == text else found
            case ("time", _):
                stamp = pd.to_datetime(found, format="%Y-%m-%d", errors="coerce")
                found = None if pd.isna(stamp) else stamp.timestamp()
            case ("try number",):
                found = float(found) if found.replace(".", "").isdigit() else None
            case (name,):
                found = {"lower": found.lower, "upper": found.upper, "trim": found.strip}[name]()
    return found


@given(conditions, st.sampled_from(["duckdb", "spark"]))
def test_a_printed_condition_is_read_back(condition, dialect):
    """Whatever can be asked is read from either dialect as it was meant."""
    assert read_condition(printed(condition, dialect), dialect) == condition


@settings(deadline=None)
@given(
    st.lists(conditions, min_size=1, max_size=3),
    st.lists(st.lists(st.sampled_from([None, *TEXTS]), min_size=3, max_size=3), min_size=2, max_size=6),
)
def test_levels_are_those_of_sql(asked, rows):
    """The first condition that holds gives the level; unknown is not held, and not failed either."""
    frame = pd.DataFrame(rows, columns=COLUMNS, dtype=object)
    frame = frame.assign(source="iva", record_id=[str(number) for number in range(len(rows))])
    records = encode(frame, COLUMNS)
    names = ("missing", "other", *(f"level {number}" for number in range(len(asked))))
    levels = tuple(SplinkLevel(number + 2, condition) for number, condition in enumerate(asked))
    left, right = (side.ravel().astype(np.int32) for side in np.meshgrid(*[np.arange(len(rows))] * 2))
    found = SplinkComparison("any", names, levels).levels(records, left, right)
    people = frame.iloc[records.row].to_dict("records")
    for a, b, level in zip(left, right, found, strict=True):
        held = [naive(condition, (people[a], people[b])) is True for condition in asked]
        assert level == (held.index(True) + 2 if any(held) else 1)


@given(conditions)
def test_a_condition_or_its_mirror_makes_a_symmetric_one(condition):
    """Joined with its own mirror image every condition asks the same from either side."""
    mirrored = mirror(condition)
    assert is_symmetric(Some((condition, mirrored)))
    assert is_symmetric(Every((mirrored, condition)))
    assert is_symmetric(condition) == is_symmetric(mirrored)


def mirror(condition):
    """Left and right exchanged, by its text."""
    swapped = printed(condition, "duckdb").replace('_l"', '_X"').replace('_r"', '_l"').replace('_X"', '_r"')
    return read_condition(swapped, "duckdb")


@pytest.mark.parametrize(
    ("sql", "symmetric"),
    [
        pytest.param("a_l = a_r", True, id="one column"),
        pytest.param("a_l = b_r AND a_r = b_l", True, id="reversed both ways"),
        pytest.param("a_l = b_r", False, id="reversed one way"),
        pytest.param("a_r IS NULL OR a_l IS NULL", True, id="null in either order"),
        pytest.param("a_l IS NULL", False, id="null on the left"),
        pytest.param("a_l = 'x' AND a_r = 'x'", True, id="literal on both"),
        pytest.param("a_l = 'x'", False, id="literal on the left"),
        pytest.param("levenshtein(a_r, a_l) < 2", True, id="turned round"),
    ],
)
def test_which_conditions_are_symmetric(sql, symmetric):
    """A comparison of caselink's does not know which record is left, so that such conditions are told apart."""
    assert is_symmetric(read_condition(sql)) is symmetric


@pytest.mark.parametrize(
    ("sql", "dialect", "same_as"),
    [
        pytest.param("2 >= levenshtein(a_l, a_r)", "duckdb", "levenshtein(a_l, a_r) <= 2", id="number first"),
        pytest.param("a_l != a_r", "duckdb", "NOT (a_l = a_r)", id="not equal"),
        pytest.param("left(a_l, 3) = left(a_r, 3)", "duckdb", "substr(a_l,1,3)=substr(a_r,1,3)", id="left"),
        pytest.param("ABS(EPOCH(d_l) - EPOCH(d_r)) <= 864000", "duckdb", None, id="dates as they are"),
        pytest.param(
            "ABS(EXTRACT(EPOCH FROM d_l) - EXTRACT(EPOCH FROM d_r))<= 864000",
            "postgres",
            "ABS(EPOCH(d_l) - EPOCH(d_r)) <= 864000",
            id="postgres",
        ),
        pytest.param("CAST(a_l AS TEXT) = CAST(a_r AS TEXT)", "duckdb", "a_l = a_r", id="text is text"),
        pytest.param("A_L = A_R", "duckdb", "A_l = A_r", id="sides in capitals"),
        pytest.param(
            "abs(datediff(`d_l`, `d_r`)) <= floor(864000 / 86400)",
            "spark",
            "abs(date_diff('day', d_l, d_r)) <= 10",
            id="days",
        ),
        pytest.param(
            "ABS(UNIX_TIMESTAMP(date(try_to_timestamp(date(try_to_timestamp(`d_l`, 'yyyy-MM-dd')), 'yyyy-MM-dd'))) - "
            "UNIX_TIMESTAMP(date(try_to_timestamp(date(try_to_timestamp(`d_r`, 'yyyy-MM-dd')), 'yyyy-MM-dd')))) <= 9",
            "spark",
            "ABS(EPOCH(try_strptime(d_l, '%Y-%m-%d')) - EPOCH(try_strptime(d_r, '%Y-%m-%d'))) <= 9",
            id="parsed twice",
        ),
    ],
)
def test_spellings_of_one_condition(sql, dialect, same_as):
    """What Splink prints in one dialect means what it prints in another."""
    condition = read_condition(sql, dialect)
    assert condition == read_condition(same_as or sql)
    assert {value.side for value in values_of(condition)} == {0, 1}


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        pytest.param("jaccard(a_l, a_r) >= 0.9", "JACCARD", id="jaccard"),
        pytest.param("array_length(list_intersect(a_l, a_r)) >= 1", "measure", id="lists"),
        pytest.param("soundex(a_l) = soundex(a_r)", "SOUNDEX", id="a function of the database"),
        pytest.param("a_l || b_l = a_r || b_r", r"\|\|", id="texts put together"),
        pytest.param("a_l > a_r", "by size", id="order"),
        pytest.param("a_l - a_r < 3", "by size", id="a signed difference"),
        pytest.param("abs(a_l) < 3", "no difference", id="abs of one"),
        pytest.param("a_l = b_l", "one record", id="one record"),
        pytest.param("levenshtein(a_l, a_l) < 1", "one record", id="a measure of one record"),
        pytest.param("a = b", "neither the left nor the right", id="no side"),
        pytest.param("levenshtein(a_l, a_r) < 500", "100", id="too many edits"),
        pytest.param("abs(date_diff('year', a_l, a_r)) < 2", "calendar", id="calendar years"),
        pytest.param("a_l", "no", id="no condition"),
        pytest.param("substr(a_l, -2, 2) = substr(a_r, -2, 2)", "SUBSTR", id="from the end"),
        pytest.param("regexp_extract(a_l, '(', 0) = regexp_extract(a_r, '(', 0)", "REGEXP", id="a wrong pattern"),
        pytest.param("try_strptime(a_l, '%j') = try_strptime(a_r, '%j')", "form", id="a form of dates"),
        pytest.param("cast(a_l as blob) = cast(a_r as blob)", "BLOB", id="a type"),
        pytest.param("cast(a_l as date) = 'SECRET'", "with a text", id="a date and a text"),
        pytest.param("upper(upper(a_l), 'SECRET') = 'SECRET'", "UPPER", id="wrongly called"),
    ],
)
def test_what_has_no_counterpart_says_why(sql, reason):
    """The reason names the function or the kind of condition, never a literal."""
    with pytest.raises(SqlError, match=reason) as refused:
        read_condition(sql)
    assert "SECRET" not in str(refused.value)
