"""The conditions of a Splink model, read: SQL text in, a tree of plain tuples out.

Only what conditions on a pair of records are made of is known: columns, literals, functions, casts, arithmetic,
comparisons, IS NULL, AND, OR, NOT. Anything else is refused with the word that could not be read, never with a literal.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from caselink.errors import SpecError

_LONGEST = 20_000
_DOUBLE_QUOTES_TEXT = {"spark"}  # and quotes names `so`
_CLOSES = {"and", "or", "not", "is", "as", "from", "for"}
_SIGNS = {"=": "=", "==": "=", "<>": "<>", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_TOKEN = re.compile(
    r"""
    (?P<blank> \s+ | --[^\n]* | /\*.*?\*/ )
  | (?P<number> (?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)? )
  | (?P<text> '(?:[^']|'')*' )
  | (?P<double> "(?:[^"]|"")*" )
  | (?P<quoted> `(?:[^`]|``)*` )
  | (?P<word> [^\W\d]\w* )
  | (?P<sign> <= | >= | <> | != | == | \|\| | :: | [-=<>+*/(),.] )
    """,
    re.VERBOSE | re.DOTALL,
)
_SPARK_TEXT = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"", re.DOTALL)


class SqlError(SpecError):
    """A condition, or a part of one, that cannot be taken over; ``str()`` says why."""


@dataclass(frozen=True, slots=True)
class Node:
    """A piece of a condition.

    ``kind``: ``column`` (``table`` before the point, if any), ``number``, ``text``, ``call``, ``cast``, ``null`` (is
    null), ``and``, ``or``, ``not``, or the sign between two parts. ``value``: the name, number, text, function or type.
    """

    kind: str
    value: str | float = ""
    parts: tuple[Node, ...] = ()
    table: str = ""


def parse(sql: str, dialect: str = "duckdb") -> Node:
    """The tree of a condition.

    >>> parse('"dob_l" IS NULL').kind
    'null'
    """
    if len(sql) > _LONGEST:
        raise SqlError("the condition is too long to be read")
    try:
        return _Parser(_tokens(sql, dialect)).condition()
    except RecursionError:
        raise SqlError("the condition is nested too deeply to be read") from None


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # number, text, name (quoted), word, sign, end
    value: str


def _tokens(sql: str, dialect: str) -> list[_Token]:
    found: list[_Token] = []
    place = 0
    while place < len(sql):
        spark = _SPARK_TEXT.match(sql, place) if dialect in _DOUBLE_QUOTES_TEXT else None
        match = spark or _TOKEN.match(sql, place)
        if match is None:
            raise SqlError(f"holds the sign {sql[place]!r}, which is not read" if sql[place] not in "'\"`" else _OPEN)
        place = match.end()
        kind = "text" if spark else str(match.lastgroup)
        if spark:
            found.append(_Token("text", re.sub(r"\\(.)", r"\1", match[0][1:-1], flags=re.DOTALL)))
        elif kind in ("text", "double", "quoted"):
            quote = match[0][0]
            inner = match[0][1:-1].replace(quote * 2, quote)
            found.append(_Token("text" if kind == "text" else "name", inner))
        elif kind != "blank":
            found.append(_Token(kind, match[0]))
    return [*found, _Token("end", "")]


_OPEN = "holds a quotation mark that is not closed"


class _Parser:
    """Reads tokens from left to right; what binds more loosely calls what binds more tightly."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens, self.place = tokens, 0

    def condition(self) -> Node:
        """All of it."""
        tree = self._either()
        if self._here().kind != "end":
            raise self._refused()
        return tree

    def _either(self) -> Node:
        parts = [self._both()]
        while self._takes("or"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else Node("or", parts=tuple(parts))

    def _both(self) -> Node:
        parts = [self._negated()]
        while self._takes("and"):
            parts.append(self._negated())
        return parts[0] if len(parts) == 1 else Node("and", parts=tuple(parts))

    def _negated(self) -> Node:
        return Node("not", parts=(self._negated(),)) if self._takes("not") else self._compared()

    def _compared(self) -> Node:
        left = self._sum()
        if self._takes("is"):
            negated = self._takes("not")
            self._needs("null")
            null = Node("null", parts=(left,))
            return Node("not", parts=(null,)) if negated else null
        sign = _SIGNS.get(self._here().value) if self._here().kind == "sign" else None
        if sign is None:
            return left
        self.place += 1
        return Node(sign, parts=(left, self._sum()))

    def _sum(self) -> Node:
        return self._joined(("+", "-", "||"), self._product)

    def _product(self) -> Node:
        return self._joined(("*", "/"), self._signed)

    def _joined(self, signs: tuple[str, ...], part: object) -> Node:
        read = part if callable(part) else self._signed
        tree: Node = read()
        while self._here().kind == "sign" and self._here().value in signs:
            sign = self._next().value
            tree = Node(sign, parts=(tree, read()))
        return tree

    def _signed(self) -> Node:
        if self._takes("-"):
            return Node("-", parts=(Node("number", 0.0), self._signed()))
        tree = self._one()
        while self._takes("::"):
            tree = Node("cast", self._type(), (tree,))
        return tree

    def _one(self) -> Node:
        token = self._next()
        if token.kind == "number":
            return Node("number", float(token.value))
        if token.kind == "text":
            return Node("text", token.value)
        if token == _Token("sign", "("):
            tree = self._either()
            self._needs(")")
            return tree
        if token.kind == "word" and self._takes("("):
            return self._call(token.value.lower())
        if token.kind == "name" or (token.kind == "word" and token.value.lower() not in _CLOSES):
            return self._column(token)
        self.place -= 1
        raise self._refused()

    def _column(self, token: _Token) -> Node:
        if not self._takes("."):
            return Node("column", token.value)
        name = self._next()
        if name.kind not in ("word", "name"):
            self.place -= 1
            raise self._refused()
        return Node("column", name.value, table=token.value.lower())

    def _call(self, name: str) -> Node:
        """The rest of a function after its bracket, its odd spellings made plain."""
        if name in ("cast", "try_cast"):
            inner = self._either()
            self._needs("as")
            tree = Node(name, self._type(), (inner,))
            self._needs(")")
            return tree
        if name == "extract":
            self._needs("epoch")
            self._needs("from")
            name = "epoch"
        parts: list[Node] = [] if self._here().value == ")" else [self._either()]
        while any(self._takes(word) for word in (",", "from", "for")):
            parts.append(self._either())
        self._needs(")")
        return Node("call", name, tuple(parts))

    def _type(self) -> str:
        words = []
        while self._here().kind == "word":
            words.append(self._next().value.lower())
        if self._takes("("):
            while not self._takes(")"):
                if self._next().kind not in ("number", "sign"):
                    raise SqlError("holds a type that is not read")
            words.append("()")
        return " ".join(words)

    def _here(self) -> _Token:
        return self.tokens[self.place]

    def _next(self) -> _Token:
        token = self.tokens[self.place]
        if token.kind != "end":
            self.place += 1
        return token

    def _takes(self, word: str) -> bool:
        token = self._here()
        if token.kind in ("word", "sign") and token.value.lower() == word:
            self.place += 1
            return True
        return False

    def _needs(self, word: str) -> None:
        if not self._takes(word):
            raise self._refused()

    def _refused(self) -> SqlError:
        token = self._here()
        if token.kind == "end":
            return SqlError("the condition ends too early")
        what = {"number": "a number", "text": "a text", "name": "a name"}.get(token.kind, token.value.upper())
        return SqlError(f"{what} stands where it is not read")
