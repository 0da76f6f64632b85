"""A table of a settings file whose keys are taken one by one: every mistake names the file and the key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from caselink.errors import InputError, SpecError
from caselink.layouts import check_encoding, file_of

UTF_8 = "utf-8"
"""The encoding of files of which nothing else is said."""


def read_toml(file: Path) -> dict[str, Any]:
    """Read a TOML file; an error never quotes it."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise InputError("no such file", file=str(file)) from None
    except UnicodeDecodeError:
        raise InputError("not UTF-8 text; is this a TOML file?", file=str(file)) from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=str(file)) from None
    except tomllib.TOMLDecodeError as error:  # its text may quote what stands there, and that may be a data file
        line = re.search(r"at line (\d+)", str(error))
        raise InputError("not valid TOML", file=str(file), line=int(line[1]) if line else None) from None


class Table:
    """A table of the file whose keys are taken one by one, so that what is left over is a mistake."""

    def __init__(self, values: dict[str, Any], file: str, name: str) -> None:
        self.values, self.file, self.name = dict(values), file, name
        self.known: list[str] = []

    def error(self, key: str, reason: str) -> InputError:
        """Give the error about a key."""
        return InputError(reason, file=self.file, field=f"{self.name}.{key}".strip("."))

    def take(self, key: str, kind: type, *, required: bool = False) -> Any:  # noqa: ANN401 - of ``kind``, or None
        """Take the value of a key, which must be of a kind; None where there is none."""
        self.known.append(key)
        if key not in self.values:
            if required:
                raise self.error(key, f"missing; give {_NAMES[kind]}")
            return None
        value = self.values.pop(key)
        if type(value) is not kind or value == "":
            raise self.error(key, f"must be {_NAMES[kind]}, not {kind_of(value)}")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Take a list of texts; empty where there is none."""
        values = self.take(key, list) or []
        for value in values:
            if not isinstance(value, str) or not value:
                raise self.error(key, f"must be a list of texts, and holds {kind_of(value)}")
        return tuple(values)

    def encoding(self) -> str | None:
        """Take the key ``encoding``: one that is known; None where it is not there."""
        given: str | None = self.take("encoding", str)
        try:
            check_encoding(given or UTF_8)
        except SpecError as error:
            raise self.error("encoding", str(error)) from None
        return given

    def path(self, key: str, folder: Path) -> Path | None:
        """Take the path of a file that must be there, relative to the folder; None where the key is not there."""
        return self.needed_path(key, folder) if key in self.values else self.take(key, str)

    def needed_path(self, key: str, folder: Path) -> Path:
        """Take the path of a file that must be there; the key must be too."""
        path: Path = folder / self.take(key, str, required=True)
        try:
            file_of(path)
        except InputError as error:
            raise self.error(key, f"{error.reason}: {path}") from None
        return path

    def table(self, key: str) -> Table | None:
        """Take a table, whose keys are taken in turn."""
        values = self.take(key, dict)
        return None if values is None else Table(values, self.file, f"{self.name}.{key}".strip("."))

    def tables(self, key: str) -> Iterator[Table]:
        """Take a list of tables."""
        for number, values in enumerate(self.take(key, list) or (), start=1):
            name = f"{key}[{number}]"
            if not isinstance(values, dict):
                raise self.error(name, f"must be a table; write [[{key}]]")
            yield Table(values, self.file, name)

    def refuse_the_rest(self) -> None:
        """Raise an error about the first key that nobody took."""
        for key in self.values:
            raise self.error(key, f"unknown; known here: {', '.join(self.known)}")


_NAMES = {str: "text", bool: "true or false", list: "a list", dict: "a table", int: "a whole number"}


def kind_of(value: object) -> str:
    """Say what a value is, without showing it."""
    return "empty text" if value == "" else _NAMES.get(type(value), type(value).__name__)
