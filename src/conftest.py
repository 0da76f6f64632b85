"""Doctests of what stands on another package are left out where that package is not installed."""

from importlib.util import find_spec

collect_ignore = [] if find_spec("recordlinkage") else ["caselink/interop/recordlinkage"]
