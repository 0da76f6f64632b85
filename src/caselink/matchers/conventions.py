"""scikit-learn's conventions, kept by hand, so that matchers are its estimators and caselink loads without it.

A matcher takes these functions over as its methods (``get_params = get_params``). Its parameters are those of its
``__init__``, each kept unchanged under its own name.
"""

from __future__ import annotations

import inspect
from typing import Any, TypeVar

from caselink.errors import SpecError

Estimator = TypeVar("Estimator")


def get_params(self: object, deep: bool = True) -> dict[str, Any]:  # noqa: FBT001, FBT002  (scikit-learn's signature)
    """The parameters by name, with ``deep`` also those of a parameter that has its own (``estimator__C``)."""
    params = {name: getattr(self, name) for name in inspect.signature(type(self).__init__).parameters if name != "self"}
    inner = {
        f"{name}__{key}": value
        for name, part in params.items()
        if deep and hasattr(part, "get_params") and not isinstance(part, type)
        for key, value in part.get_params().items()
    }
    return params | inner


def set_params(self: Estimator, **params: object) -> Estimator:
    """Set parameters by name, ``estimator__C`` those of a part; gives itself."""
    known = get_params(self, deep=False)
    inner: dict[str, dict[str, object]] = {}
    for key, value in params.items():
        name, _, rest = key.partition("__")
        if name not in known:
            raise SpecError(f"{type(self).__name__} has no parameter {name!r}; it has {sorted(known)}")
        if rest:
            inner.setdefault(name, {})[rest] = value
        else:
            setattr(self, name, value)
    for name, values in inner.items():
        getattr(self, name).set_params(**values)
    return self


def sklearn_tags(self: object) -> object:  # noqa: ARG001  (a method's)
    """What scikit-learn should know: a classifier with two classes, of levels, which are categories."""
    from sklearn.utils import ClassifierTags, InputTags, Tags, TargetTags

    return Tags(
        estimator_type="classifier",
        target_tags=TargetTags(required=True),
        classifier_tags=ClassifierTags(multi_class=False),
        input_tags=InputTags(categorical=True, positive_only=True),
    )
