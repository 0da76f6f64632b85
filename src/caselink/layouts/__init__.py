"""Reading: an extract, as an agency sends it, becomes a table under the standard names plus what could not be read.

Nothing is cleaned here and nothing is lost: lines in = records + rejected lines.
"""

from caselink.layouts.extract import Extract, ProgramFile
from caselink.layouts.header import Header, Trailer, WrittenInCode
from caselink.layouts.layout import Blocks, Field, Layout, MembershipRule, PersonRule, RecordLayout
from caselink.layouts.layout_file import layout_names, read_layout
from caselink.layouts.opening import check_encoding, file_of
from caselink.layouts.program_files import (
    CASES,
    MEMBERSHIPS,
    REFERRALS,
    read_bad_numbers,
    read_program_file,
    with_claims,
    with_program_files,
    written_date,
)
from caselink.layouts.reading import read_extract
from caselink.layouts.source import read_source
from caselink.layouts.writing import read_tables, write_extract

__all__ = [
    "CASES",
    "MEMBERSHIPS",
    "REFERRALS",
    "Blocks",
    "Extract",
    "Field",
    "Header",
    "Layout",
    "MembershipRule",
    "PersonRule",
    "ProgramFile",
    "RecordLayout",
    "Trailer",
    "WrittenInCode",
    "check_encoding",
    "file_of",
    "layout_names",
    "read_bad_numbers",
    "read_extract",
    "read_layout",
    "read_program_file",
    "read_source",
    "read_tables",
    "with_claims",
    "with_program_files",
    "write_extract",
    "written_date",
]
