"""Writing results: the files of a run appear whole or not at all, and the same content gives the same bytes.

Each file is written beside its final place under a name that no reader takes for a result, forced to the disk, and
only when all of them stand are they renamed. A run that fails leaves the folder as it was.
"""

from __future__ import annotations

import contextlib
import csv
import errno
import io
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from caselink.errors import CaselinkError
from caselink.spreadsheets import guard, guard_column

Writer = Callable[[BinaryIO], None]


class OutputError(CaselinkError, OSError):
    """A result that could not be written; nothing was changed. ``file`` names the one that failed."""

    def __init__(self, reason: str, *, file: str) -> None:
        self.reason, self.file = reason, file
        super().__init__(f"{file}: {reason}; no file was written")


def write_files(directory: str | os.PathLike[str], files: Mapping[str, Writer | bytes]) -> Path:
    """Write several files into ``directory``, which is made if need be: all of them, or none.

    ``files`` maps names to bytes or to functions that write into an open binary file, such as :func:`as_csv` gives.
    Only a machine that stops in the instant of renaming can leave some new files beside old ones; each is whole.

    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = write_files(folder, {"summary.json": as_json({"records": 2}), "note.txt": b"done"})
    ...     sorted(path.name for path in Path(folder).iterdir())
    ['note.txt', 'summary.json']
    """
    folder = Path(directory)
    with _explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
    staged: dict[Path, Path] = {}
    try:
        for name, content in files.items():
            with _explained(folder / name):
                _refuse_folder(folder / name)
                staged[folder / name] = _stage(folder, name)
                _write(staged[folder / name], content)
        for final, temporary in staged.items():
            with _explained(final):
                temporary.replace(final)
    finally:
        for temporary in staged.values():
            temporary.unlink(missing_ok=True)
    _sync_folder(folder)
    return folder


def as_json(value: Any) -> Writer:  # noqa: ANN401 - whatever JSON can say
    """Give a writer of readable JSON: keys in the order given, one line end at the end."""
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    return lambda file: _put(file, text.encode())


def as_csv(frame: pd.DataFrame, *, exact: bool = False) -> Writer:
    """Give a writer of UTF-8 CSV: missing as nothing, quotes only where they are needed.

    A text that a spreadsheet would run gets an apostrophe (:mod:`caselink.spreadsheets`), which
    :func:`~caselink.spreadsheets.unguard_table` takes off. ``exact``: every text as it is, for files that other
    programs read and whose texts are not a stranger's.
    """

    def write(file: BinaryIO) -> None:
        from pyarrow import csv as arrow_csv

        table = _table(frame)
        if not exact:
            columns = [guard_column(column) for column in table.columns]
            table = pa.table(columns, [guard(name) for name in table.column_names])
        file.write(_header(table.column_names))
        quoting = "needed" if any(_needs_quotes(column) for column in table.columns) else "none"
        options = arrow_csv.WriteOptions(include_header=False, quoting_style=quoting)
        arrow_csv.write_csv(_without_empty_pieces(table), file, options)

    return write


def as_parquet(frame: pd.DataFrame) -> Writer:
    """Give a writer of Parquet, zstd-compressed, without what changes from run to run."""

    def write(file: BinaryIO) -> None:
        from pyarrow import parquet

        parquet.write_table(_table(frame).replace_schema_metadata(None), file, compression="zstd")

    return write


def _put(file: BinaryIO, content: bytes) -> None:
    file.write(content)


def _table(frame: pd.DataFrame) -> pa.Table:
    return pa.Table.from_pandas(frame, preserve_index=False)


def _without_empty_pieces(table: pa.Table) -> pa.Table:
    """The table without pieces of no row: for each of them, Arrow writes what its buffer held before into the CSV."""
    pieces = [piece for piece in table.to_batches() if piece.num_rows]
    return pa.Table.from_batches(pieces, table.schema)


def _header(names: list[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(names)
    return text.getvalue().encode()


def _needs_quotes(column: pa.ChunkedArray) -> bool:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return False
    return bool(pc.any(pc.match_substring_regex(column, '[",\r\n]|^$')).as_py())


def _refuse_folder(path: Path) -> None:
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))


def _stage(folder: Path, name: str) -> Path:
    handle, path = tempfile.mkstemp(prefix=f".{name}.", suffix=".part", dir=folder)
    os.close(handle)
    Path(path).chmod(0o666 & ~_umask())
    return Path(path)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _write(path: Path, content: Writer | bytes) -> None:
    with path.open("wb") as file:
        if isinstance(content, bytes):
            file.write(content)
        else:
            content(file)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make the new names last; where a folder cannot be opened, the system does it in its own time."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


_WHAT_TO_DO = {
    errno.ENOSPC: "the disk is full; free some space or choose another folder",
    errno.EDQUOT: "your share of the disk is full; free some space or choose another folder",
    errno.EFBIG: "the file would be larger than allowed here; choose another folder",
    errno.EACCES: "writing is not permitted there; choose another folder",
    errno.EPERM: "writing is not permitted there; choose another folder",
    errno.EROFS: "the disk can only be read; choose another folder",
    errno.EISDIR: "a folder of that name is in the way; move it or choose another folder",
    errno.EEXIST: "a file of that name is in the way; move it or choose another folder",
    errno.ENOTDIR: "a file stands where a folder is needed; choose another folder",
}


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn what the system says into what is wrong and what to do."""
    try:
        yield
    except OutputError:
        raise
    except OSError as error:
        reason = _WHAT_TO_DO.get(error.errno or 0, f"cannot be written ({error.strerror or type(error).__name__})")
        raise OutputError(reason, file=str(path)) from error
