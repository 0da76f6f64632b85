"""How kernels are compiled: once, kept on disk, and free of the interpreter while they run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile what Python calls."""
    compiled: Callable[..., Any] = njit(cache=True, nogil=True)(function)
    return compiled


def step(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile what only kernels call: without the door that Python would enter by, in two thirds of the time."""
    options: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    compiled: Callable[..., Any] = njit(cache=True, nogil=True, **options)(function)
    return compiled
