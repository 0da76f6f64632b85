"""For all tests: what stands on a package that is not installed is left out; no example has a deadline.

A run that says whether a change may land (``CI`` is set) draws the same examples each time; any other draws new ones.
"""

import os
from importlib.util import find_spec

from hypothesis import settings

collect_ignore = [] if find_spec("recordlinkage") else ["src/caselink/interop/recordlinkage"]

# Time says nothing on a machine that others use.
settings.register_profile("caselink", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("caselink")
