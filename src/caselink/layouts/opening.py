"""Opening a file where it lies: plain, gzip, or a member of a zip archive; what unpacks without end is refused.

A member is named as if the archive were a folder: ``extracts.zip/iva.txt``; an archive of one file needs no more than
``extracts.zip``.
"""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, cast

from caselink.errors import InputError, SpecError

MAX_EXPANSION = 250
"""A compressed file may unpack to so many times its size, or to ``FREE_BYTES`` if that is more."""

FREE_BYTES = 256 << 20


def check_encoding(encoding: str) -> None:
    """Raise :class:`SpecError` if Python knows no encoding of texts by that name."""
    try:
        "x".encode(encoding)
    except LookupError:
        raise SpecError(f"unknown encoding {encoding!r}; for example 'utf-8', 'latin-1', 'cp1252' or 'cp037'") from None


def file_of(path: Path) -> Path:
    """Give the file that ``path`` is in: the archive of a member, else the path itself.

    Raise :class:`InputError` where there is none.
    """
    for part in (path, *path.parents):
        if part.is_file():
            if part == path or part.suffix.lower() == ".zip":
                return part
            break
    raise InputError("is not a file" if path.exists() else "no such file", file=str(path))


def name_of(path: Path) -> str:
    """Give the name of what is read, whose ending tells its kind: of an archive's only member, the member's."""
    if path.suffix.lower() != ".zip":
        return path.name
    with _telling(path), zipfile.ZipFile(path) as archive:
        return _member(archive, path, path)


@contextmanager
def open_bytes(path: Path) -> Iterator[Bounded]:
    """Open the file for reading bytes, unpacked; whatever is wrong with it is an :class:`InputError` naming it."""
    file = file_of(path)
    with _telling(path), ExitStack() as stack:
        raw = stack.enter_context(file.open("rb"))
        stream: IO[bytes] = raw
        if file.suffix.lower() == ".zip":
            archive = stack.enter_context(zipfile.ZipFile(raw))
            stream = stack.enter_context(archive.open(_member(archive, path, file)))
        packed = file.stat().st_size
        if stream is raw and path.suffix.lower() != ".gz":
            packed = -1
        elif path.suffix.lower() == ".gz":
            stream = cast("IO[bytes]", stack.enter_context(gzip.GzipFile(fileobj=stream)))
        yield Bounded(stream, packed)


class Bounded:
    """A stream that unpacks to no more than a packed file of so many bytes may; below 0: is not packed."""

    def __init__(self, stream: IO[bytes], packed: int) -> None:
        self._stream = stream
        self._left = max(FREE_BYTES, packed * MAX_EXPANSION) if packed >= 0 else None

    def read(self, size: int) -> bytes:
        """Give at most ``size`` bytes, none at the end."""
        piece = self._stream.read(size)
        if self._left is not None:
            self._left -= len(piece)
            if self._left < 0:
                raise InputError(
                    f"unpacks to more than {MAX_EXPANSION} times its size; unpack it by hand if that is right"
                )
        return piece


@contextmanager
def _telling(path: Path) -> Iterator[None]:
    """Turn what the unpackers raise into an error that names the file."""
    try:
        yield
    except InputError as error:
        if error.file:
            raise
        raise InputError(error.reason, file=str(path), line=error.line, field=error.field) from None
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise InputError(f"is not a complete {_kind(path)} file; send it again", file=str(path)) from None
    except zipfile.BadZipFile:
        raise InputError("is not a complete zip file; send it again", file=str(path)) from None
    except (NotImplementedError, RuntimeError):  # a method of packing that Python lacks, or a password
        raise InputError(
            "is packed in a way, or with a password, that is not read; unpack it by hand", file=str(path)
        ) from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or 'damaged'}", file=str(path)) from None


def _kind(path: Path) -> str:
    return "gzip" if path.suffix.lower() == ".gz" else "zip"


def _member(archive: zipfile.ZipFile, path: Path, file: Path) -> str:
    members = [one.filename for one in archive.infolist() if not one.is_dir()]
    if path != file:
        wanted = path.relative_to(file).as_posix()
        if wanted in members:
            return wanted
        raise InputError(f"the archive has no such member, but {len(members)} other(s)", file=str(path))
    if len(members) != 1:
        raise InputError(f"holds {len(members)} files; name one, as in {path.name}/NAME", file=str(path))
    return members[0]
