"""Conditions are read as SQL means them, in each dialect's quoting, and refused with a reason otherwise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caselink.interop.splink_sql import Node, SqlError, parse

A, B = Node("column", "a_l"), Node("column", "a_r")


@pytest.mark.parametrize(
    ("sql", "dialect"),
    [
        pytest.param('"a_l" = "a_r"', "duckdb", id="double quotes"),
        pytest.param("`a_l` = `a_r`", "spark", id="backticks"),
        pytest.param("a_l=a_r", "sqlite", id="no quotes, no blanks"),
        pytest.param('  (("a_l")\n == "a_r") -- equal', "postgres", id="brackets, lines and a remark"),
        pytest.param('"a_l" /* or\n */ = "a_r"', "duckdb", id="a remark inside"),
    ],
)
def test_one_equality_in_many_spellings(sql, dialect):
    """Quotes, brackets, blanks and remarks make no difference."""
    assert parse(sql, dialect) == Node("=", parts=(A, B))


def test_what_binds_more_tightly():
    """NOT before AND before OR; multiplication before subtraction; a cast before all."""
    one, two, three = (Node("null", parts=(Node("column", name),)) for name in "xyz")
    tree = parse("NOT x IS NULL AND y IS NULL OR z IS NULL")
    assert tree == Node("or", parts=(Node("and", parts=(Node("not", parts=(one,)), two)), three))
    product = Node("*", parts=(Node("number", 2.0), Node("cast", "double precision", (Node("column", "x"),))))
    assert parse("1 - 2 * x::double precision") == Node("-", parts=(Node("number", 1.0), product))


def test_odd_spellings_of_functions():
    """EXTRACT, SUBSTRING ... FROM ... FOR and casts with a length are plain calls."""
    x = Node("column", "x")
    assert parse("EXTRACT(EPOCH FROM x)") == Node("call", "epoch", (x,))
    assert parse("SUBSTRING(x FROM 1 FOR 3)") == parse("substring(x, 1, 3)")
    assert parse("CAST(x AS DECIMAL(10, 2))") == Node("cast", "decimal ()", (x,))
    assert parse("x IS NOT NULL") == Node("not", parts=(Node("null", parts=(x,)),))


def test_texts_by_dialect():
    """What is a name in one dialect is a text in another; doubled quotes and backslashes stand for signs."""
    assert parse('"it"', "spark") == Node("text", "it")
    assert parse('"it"', "duckdb") == Node("column", "it")
    assert parse("'it''s'", "duckdb") == Node("text", "it's")
    assert parse(r"'it\'s'", "spark") == Node("text", "it's")
    assert parse('"a""b"', "duckdb") == Node("column", 'a"b')


@pytest.mark.parametrize(
    "sql",
    [
        pytest.param("CASE WHEN x > 1 THEN 2 END", id="case"),
        pytest.param("list_max(list_transform(x, y -> y)) > 1", id="a function of a function"),
        pytest.param('"names_l"[1] = "names_r"[1]', id="a place in a list"),
        pytest.param("x IN ('SECRET')", id="in"),
        pytest.param("x LIKE 'SECRET'", id="like"),
        pytest.param("x = 'SECRET", id="an open text"),
        pytest.param("x 'SECRET'", id="a stray text"),
        pytest.param("(x = y", id="an open bracket"),
        pytest.param("x = ", id="the end"),
        pytest.param("", id="nothing"),
        pytest.param("l. = r.x", id="a table without a column"),
        pytest.param("cast(x as 'SECRET')", id="a text for a type"),
        pytest.param("(" * 5000 + "x" + ")" * 5000, id="too deep"),
        pytest.param("x = y OR " * 4000 + "x = y", id="too long"),
    ],
)
def test_what_is_not_read_is_refused(sql):
    """There is a reason, and no text of the condition is in it."""
    with pytest.raises(SqlError) as refused:
        parse(sql)
    assert "SECRET" not in str(refused.value)


@given(
    st.text(alphabet="ab_lr\"`'=<>()|:.,-+*/ 019ISNULLANDORT\\\n", max_size=60), st.sampled_from(["duckdb", "spark"])
)
def test_any_text_is_read_or_refused(sql, dialect):
    """Nothing else than a tree or a reason comes of any text."""
    reason = ""
    try:
        tree = parse(sql, dialect)
    except SqlError as refused:
        tree, reason = None, str(refused)
    assert isinstance(tree, Node) or reason
