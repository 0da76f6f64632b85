"""Lines of the made-up layout, for tests of reading it."""

from pathlib import Path

MADE_UP = Path(__file__).parent / "made_up.toml"
MARKER = "ZQXJK"
"""Stands in damaged fields; no message may ever show it."""

HEADER = "HEADER20263TAN D"


def t1(case="C0001", month="202607", county="031", zip_code="62701"):
    """A family's line."""
    return f"T1{month}{case:5}{county}{zip_code}10100"


def t2(case="C0001", month="202607", born="19850305", ssn="212345678", sex="2", affiliation="1", ncp="2"):  # noqa: PLR0917
    """An adult's line."""
    return f"T2{month}{case:5}{affiliation}{ncp}{born}{ssn}{sex}       "


def child(born="20150102", ssn="312345678", affiliation="1"):
    """A child's part of a line."""
    return f"{affiliation}{born}{ssn}"


def t3(*children, case="C0001", month="202607"):
    """A line of one or two children."""
    return f"T3{month}{case:5}" + "".join(children)


def trailer(n_lines):
    """The last line."""
    return f"TRAILER{n_lines:07d}         "


def report(*lines, header=HEADER, count=None):
    """The text of a whole file."""
    return "\n".join([header, *lines, trailer(len(lines) if count is None else count)]) + "\n"


def write(folder, content, name="report.txt"):
    """Write text or bytes into a file of the folder."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def adds_up(extract):
    """Whether every line of the file is accounted for."""
    return extract.n_read == sum(extract.n_lines.values()) + int(extract.rejects["dropped"].sum())
