"""Lines of fixed-width files, put together from positions alone: what a reader is tested with, without the writer."""

from caselink.layouts.layout_file import read_layout


def line(layout, record, values, *more_blocks, upto=None):
    """A line of blanks with ``values`` (by field name) at their places; ``more_blocks`` are further persons of it.

    ``upto``: the line ends there, as those of some senders do.
    """
    declared = read_layout(layout).record(record)
    places = {field.name: (field.start, field.length) for field in declared.fields}
    text = [" "] * declared.length
    text[: len(declared.start_of_line)] = declared.start_of_line
    for block, part in enumerate((values, *more_blocks)):
        for name, value in part.items():
            start, length = places[name]
            assert len(value) <= length, name
            first = start - 1 + block * (declared.blocks.length if block else 0)
            text[first : first + length] = value.ljust(length)
    return "".join(text)[:upto]


def header(*, year="2026", quarter="2", section="A", program="TAN", tribe="000", encryption=" ", update="D"):
    """The first line of a federal report."""
    return f"HEADER{year}{quarter}{section}20{tribe}{program}1{encryption}{update}"


def trailer(records):
    """Its last line."""
    return f"TRAILER{records:07d}         "


def write_report(path, lines, **head):
    """A federal report of ``lines`` with header and trailer."""
    path.write_text("\n".join([header(**head), *lines, trailer(len(lines))]) + "\n", encoding="utf-8")
    return path
