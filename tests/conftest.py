"""For all tests: how long one example takes says nothing on a machine that others use."""

from hypothesis import settings

settings.register_profile("caselink", deadline=None)
settings.load_profile("caselink")
