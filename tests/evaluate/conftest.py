"""What is imported only when it is first used is imported here, so that no drawn case waits for it."""

import scipy.sparse.csgraph  # noqa: F401
