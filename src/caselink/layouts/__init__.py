"""Reading: an extract, as an agency sends it, becomes a table under the standard names plus what could not be read.

Nothing is cleaned here and nothing is lost: lines in = records + rejected lines.
"""

from caselink.layouts.extract import Extract
from caselink.layouts.source import read_source

__all__ = ["Extract", "read_source"]
