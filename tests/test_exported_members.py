from __future__ import annotations

import pkgutil

import caselink

OURS = {"TYPE_CHECKING", "import_module"}
"""What it takes to load the others when they are asked for."""


def test_all_is_what_is_there():
    """``caselink.__all__`` is sorted and lists every public name; nothing else leaks."""
    for name in caselink.__all__:
        getattr(caselink, name)  # loaded when first asked for
    modules = {module.name for module in pkgutil.iter_modules(caselink.__path__)}
    public = [name for name in vars(caselink) if not name.startswith("_") and name not in modules | OURS]
    listed = [name for name in caselink.__all__ if not name.startswith("_")]
    shadowing = [name for name in listed if name in modules]
    assert sorted([*public, *shadowing]) == sorted(listed)
    assert listed == sorted(listed, key=lambda name: (not name.isupper(), name))  # as ruff sorts: constants first


def test_every_listed_name_exists():
    """What is promised can be taken."""
    assert [name for name in caselink.__all__ if not hasattr(caselink, name)] == []
