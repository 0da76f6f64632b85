"""What can go wrong, said in a way that helps: what, where, and what to do; never a person's value.

CaselinkError
├── SpecError              a setting or a call that cannot work (ValueError)
├── InputError             a file or table that cannot be read as a whole (ValueError)
│   ├── ColumnMissingError a column that a rule or comparison needs is not there (also KeyError)
│   └── RecordIdError      record ids that are missing or not unique
├── PairsLimitError        the blocking rules make more pairs than allowed (ValueError)
├── ModelFileError         a model file of another version, or not a model (ValueError)
├── NotFittedError         a matcher is used before it has weights (ValueError)
└── PluginError            a plug-in breaks a promise of its protocol (AssertionError)
"""

from __future__ import annotations

from collections.abc import Collection


class CaselinkError(Exception):
    """Base of every error that caselink raises on purpose."""


class CaselinkWarning(UserWarning):
    """Base of every warning: the result is there, but look at what it says."""


class SpecError(CaselinkError, ValueError):
    """A setting, rule or argument that cannot work."""


class InputError(CaselinkError, ValueError):
    """A file or table that cannot be read as a whole.

    ``file``, ``line`` (1-based) and ``field`` say where, as far as known.
    """

    def __init__(
        self, reason: str, *, file: str | None = None, line: int | None = None, field: str | None = None
    ) -> None:
        self.reason, self.file, self.line, self.field = reason, file, line, field
        where = [
            part
            for part in (
                file,
                None if line is None else f"line {line}",
                None if field is None else f"field {field!r}",
            )
            if part
        ]
        super().__init__(f"{', '.join(where)}: {reason}" if where else reason)

    def of_file(self, file: str) -> InputError:
        """Give the same error of a file, where it names none."""
        return self if self.file else type(self)(self.reason, file=file, line=self.line, field=self.field)


class ColumnMissingError(InputError, KeyError):
    """A table lacks a column that a rule or comparison reads.

    ``available`` are the columns that it has; ``n_hidden`` more are not told, as what stands for their names may be
    values.
    """

    def __init__(
        self,
        missing: Collection[str],
        available: Collection[str],
        *,
        needed_by: str,
        n_hidden: int = 0,
        file: str | None = None,
    ) -> None:
        self.missing, self.available = tuple(sorted(missing)), tuple(sorted(available))
        self.needed_by, self.n_hidden = needed_by, n_hidden
        hidden = f" and {n_hidden} that look like values: does its first line end where it should?" if n_hidden else ""
        super().__init__(
            f"{needed_by} needs column(s) {list(self.missing)}; the table has {list(self.available)}{hidden}", file=file
        )

    def of_file(self, file: str) -> ColumnMissingError:
        """Give the same error of a file, where it names none."""
        if self.file:
            return self
        return ColumnMissingError(
            self.missing, self.available, needed_by=self.needed_by, n_hidden=self.n_hidden, file=file
        )

    __str__ = Exception.__str__  # KeyError would show the repr


class RecordIdError(InputError):
    """Record ids are missing or not unique within their source."""


class PairsLimitError(CaselinkError, ValueError):
    """The blocking rules would make more pairs than ``max_pairs`` allows; nothing was compared."""


class ModelFileError(CaselinkError, ValueError):
    """A model file that this version cannot read."""


class NotFittedError(CaselinkError, ValueError):
    """A matcher was asked for weights before it was fitted or given any."""


class PluginError(CaselinkError, AssertionError):
    """A plug-in breaks a promise of its protocol."""
