"""The audit record of a run: who read which files when, for what, and how much came out. No value of a person is in it.

45 CFR 307.13 asks for audit trails that show who used which data for what; a folder of results carries its own.
"""

from __future__ import annotations

import contextlib
import getpass
import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from numbers import Real
from typing import Any

from caselink.masking import WITHHELD
from caselink.purposes import Purpose, find_purpose


def audit_record(
    purpose: str | Purpose,
    *,
    files: Iterable[Mapping[str, Any]],
    counts: Mapping[str, Any],
    settings: Mapping[str, Any] | None = None,
    withheld: Mapping[str, int] | None = None,
) -> dict[str, Any]:
    """Give the record as JSON can hold it.

    ``files``: of each its ``source`` and ``sha256``; names and paths are left out, since a file may be named after a
    person. Of ``counts`` and ``settings`` numbers are kept, and settings that are hashes. ``withheld``: cells by table.

    >>> told = audit_record("statistics", files=[{"source": "iva", "sha256": "ab" * 32}], counts={"records": 2})
    >>> told["purpose"], told["files"][0]["source"], told["counts"]
    ('statistics', 'iva', {'records': 2})
    """
    chosen = find_purpose(purpose)
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "who": who(),
        "purpose": chosen.name,
        "rule": chosen.rule,
        "sees": {"programs": list(chosen.programs), "fields": sorted(chosen.fields), "bound": sorted(chosen.taints)},
        "files": [{"source": one.get("source"), "sha256": one.get("sha256")} for one in files],
        "settings": {name: _harmless(name, value) for name, value in (settings or {}).items()},
        "counts": {name: value for name, value in counts.items() if isinstance(value, Real)},
        "withheld": dict(withheld or {}),
        "caselink": version("caselink"),
    }


def who() -> str:
    """The account that runs this, as the system knows it; its number where it has no name, *unknown* where neither is.

    What the environment says (``USER``, ``LOGNAME``) is asked only where the system keeps no accounts to look up: there
    anybody may be anybody.
    """
    if not hasattr(os, "getuid"):
        with contextlib.suppress(ImportError, KeyError, OSError):
            return getpass.getuser()
        return "unknown"
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"account {os.getuid()}"


def _harmless(name: str, value: object) -> object:
    """A setting that is a number or a hash; any other is not for the audit."""
    if value is None or isinstance(value, Real) or (name.endswith("sha256") and isinstance(value, str)):
        return value
    return WITHHELD
