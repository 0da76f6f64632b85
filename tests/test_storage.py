"""Files of a run appear whole or not at all, with the same bytes for the same content."""

import csv
import errno
import io
import json
import os
import stat

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from caselink.errors import CaselinkError
from caselink.storage import OutputError, as_csv, as_json, as_parquet, write_files

FRAME = pd.DataFrame({"source": ["iva", "ivd"], "record_id": ["007", None], "weight": [1.5, 2.0]})


def names(folder):
    """What lies in a folder, hidden files included."""
    return sorted(path.name for path in folder.iterdir())


def test_all_files_are_written(tmp_path):
    """A folder is made if need be and holds the files and nothing else."""
    folder = write_files(tmp_path / "a" / "b", {"one.json": as_json({"n": 1}), "two.txt": b"2"})
    assert names(folder) == ["one.json", "two.txt"]
    assert json.loads((folder / "one.json").read_text()) == {"n": 1}
    assert (folder / "two.txt").read_bytes() == b"2"


def full_disk(_file):
    """A writer that finds the disk full."""
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_leaves_the_folder_as_it_was(tmp_path):
    """One clear error names the file and what to do; no file is new, none is half."""
    (tmp_path / "one.txt").write_bytes(b"old")
    with pytest.raises(OutputError, match=r"two.txt: the disk is full; free some space") as caught:
        write_files(tmp_path, {"one.txt": b"new", "two.txt": full_disk, "three.txt": b"3"})
    assert names(tmp_path) == ["one.txt"]
    assert (tmp_path / "one.txt").read_bytes() == b"old"
    assert isinstance(caught.value, CaselinkError)
    assert isinstance(caught.value, OSError)
    assert caught.value.file == str(tmp_path / "two.txt")


def test_a_disk_that_is_full_when_bytes_are_forced_out_is_noticed(tmp_path, monkeypatch):
    """Some systems say so only when the file is forced to the disk."""
    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OutputError, match="disk is full"):
        write_files(tmp_path, {"one.txt": b"new"})
    assert names(tmp_path) == []


def test_pieces_without_rows_leave_no_trace_in_csv():
    """A column put together from pieces, empty ones among them, is written as its rows are, and as nothing else.

    For an empty piece Arrow writes whatever its buffer held: once, that was the birth dates of people.
    """
    pieces = [pa.chunked_array([[], [f"{10**9 + n}" for n in range(rows)], []], pa.string()) for rows in (0, 3, 50)]
    for column in [pa.chunked_array([*piece.chunks, ["a, b"], []], pa.string()) for piece in pieces]:
        file = io.BytesIO()
        as_csv(pd.DataFrame({"x": pd.Series(pd.arrays.ArrowExtensionArray(column))}))(file)
        assert list(csv.reader(io.StringIO(file.getvalue().decode()))) == [["x"], *([x] for x in column.to_pylist())]


def test_a_writer_that_fails_leaves_nothing(tmp_path):
    """Any other failure passes through, and the folder is clean."""

    def broken(file):
        file.write(b"half")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_files(tmp_path, {"one.txt": b"1", "two.txt": broken})
    assert names(tmp_path) == []


def test_a_folder_in_the_way_is_found_before_anything_is_renamed(tmp_path):
    """A name that is taken by a folder fails the whole run."""
    (tmp_path / "two.txt").mkdir()
    with pytest.raises(OutputError, match=r"two.txt: a folder of that name is in the way"):
        write_files(tmp_path, {"one.txt": b"1", "two.txt": b"2"})
    assert names(tmp_path) == ["two.txt"]


def test_a_file_where_the_folder_should_be_is_named(tmp_path):
    """The error says that another folder is needed."""
    (tmp_path / "out").write_bytes(b"")
    with pytest.raises(OutputError, match="is in the way"):
        write_files(tmp_path / "out", {"one.txt": b"1"})
    with pytest.raises(OutputError, match="stands where a folder is needed"):
        write_files(tmp_path / "out" / "deeper", {"one.txt": b"1"})


def test_files_have_the_usual_permissions(tmp_path):
    """Temporary files are private, results are as the user's mask says."""
    folder = write_files(tmp_path, {"one.txt": b"1"})
    (tmp_path / "usual").write_bytes(b"")
    assert stat.S_IMODE((folder / "one.txt").stat().st_mode) == stat.S_IMODE((tmp_path / "usual").stat().st_mode)


@pytest.mark.parametrize("writer", [as_csv, as_parquet])
def test_the_same_table_gives_the_same_bytes(tmp_path, writer):
    """Nothing of the run is in the file."""
    write_files(tmp_path, {"one": writer(FRAME), "two": writer(FRAME.copy())})
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_parquet_comes_back_as_it_was(tmp_path):
    """Text stays text, missing stays missing."""
    write_files(tmp_path, {"one.parquet": as_parquet(FRAME)})
    back = pd.read_parquet(tmp_path / "one.parquet")
    assert back["record_id"].iloc[0] == "007"
    assert back["record_id"].isna().tolist() == [False, True]
    assert back["weight"].tolist() == [1.5, 2.0]


def test_csv_is_plain_where_it_can_be(tmp_path):
    """No quotes without need."""
    write_files(tmp_path, {"one.csv": as_csv(FRAME)})
    assert (tmp_path / "one.csv").read_bytes() == b"source,record_id,weight\niva,007,1.5\nivd,,2\n"


@given(values=st.lists(st.text(st.characters(codec="utf-8")), min_size=1))
def test_csv_keeps_every_value_exactly(tmp_path_factory, values):
    """Quotes, commas, line breaks and cells that look like formulas come back unchanged, where exactness is asked."""
    folder = tmp_path_factory.mktemp("csv")
    write_files(folder, {"one.csv": as_csv(pd.DataFrame({"a": values, "b": "=1"}), exact=True)})
    with (folder / "one.csv").open(newline="", encoding="utf-8") as file:
        assert list(csv.reader(file)) == [["a", "b"], *([value, "=1"] for value in values)]


def test_json_refuses_what_is_no_number(tmp_path):
    """NaN is not JSON; a summary that holds one is a mistake, and nothing is written."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_files(tmp_path, {"one.json": as_json({"n": float("nan")})})
    assert names(tmp_path) == []
