"""For all tests: what stands on a package that is not installed is left out; no example has a deadline."""

from importlib.util import find_spec

from hypothesis import settings

collect_ignore = [] if find_spec("recordlinkage") else ["src/caselink/interop/recordlinkage"]

settings.register_profile("caselink", deadline=None)  # time says nothing on a machine that others use
settings.load_profile("caselink")
