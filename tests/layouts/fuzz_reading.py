"""Coverage-guided fuzzing of the readers, for hours rather than minutes; needs ``pip install atheris``.

    python tests/layouts/fuzz_reading.py -runs=100000 -max_total_time=600

The first byte chooses layout, kind of file and encoding, the rest is the file. Any exception that is not caselink's
own, a line that is lost, or a value in a message ends the run and keeps the input.
"""

from __future__ import annotations

import gzip
import io
import sys
import tempfile
import zipfile
from pathlib import Path

from made_up_report import HEADER, MADE_UP, MARKER, adds_up, report, t1, t2, t3

from caselink.errors import CaselinkError
from caselink.layouts import layout_names, read_extract, read_layout

ENCODINGS = (None, "cp037", "latin-1", "utf-16")
LAYOUTS = tuple(map(read_layout, (MADE_UP, *layout_names())))
FILES = ("a.txt", "a.gz", "a.zip")


def read_bytes(data: bytes, folder: Path) -> None:
    """Read a file made of the data; whatever it is, it ends in an extract or in an error of caselink."""
    choice, body = (data[0] if data else 0), data[1:]
    layout = LAYOUTS[choice % len(LAYOUTS)]
    file = FILES[choice // 16 % 3]
    if choice & 128:
        body = HEADER.encode() + b"\n" + body
        body = {"a.txt": body, "a.gz": gzip.compress(body), "a.zip": _zipped(body)}[file]
    path = folder / file
    path.write_bytes(body)
    try:
        extract = read_extract(path, layout=layout, encoding=ENCODINGS[choice // 4 % 4])
    except CaselinkError as error:
        assert MARKER not in str(error)  # noqa: PT017 - either outcome is right
        return
    assert adds_up(extract)
    assert extract.records["record_id"].is_unique
    assert MARKER not in extract.rejects.drop(columns="file").to_csv()


def _zipped(body: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("a.txt", body)
    return held.getvalue()


def main() -> None:
    """Fuzz until told to stop."""
    import atheris

    with tempfile.TemporaryDirectory() as folder:
        seeds = Path(folder) / "seeds"
        seeds.mkdir()
        (seeds / "report").write_bytes(b"\0" + report(t1(), t2(), t3("1" * 18)).encode())
        (seeds / "lines").write_bytes(b"\x80" + f"{t1()}\n{t2()}\n{MARKER}".encode())
        atheris.instrument_all()
        atheris.Setup([*sys.argv, str(seeds)], lambda data: read_bytes(data, Path(folder)))
        atheris.Fuzz()


if __name__ == "__main__":
    main()
