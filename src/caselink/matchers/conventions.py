"""scikit-learn's conventions, kept by hand, so that matchers are its estimators and caselink loads without it.

A matcher takes these functions over as its methods (``get_params = get_params``). Its parameters are those of its
``__init__``, each kept unchanged under its own name and looked at when it is fitted; what was learned ends in ``_``.
"""

from __future__ import annotations

import inspect
from numbers import Integral, Real
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from caselink.errors import NotFittedError, SpecError
from caselink.matchers.base import Levels

Estimator = TypeVar("Estimator")
_MOST_LEVELS = 255


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


def show(self: object) -> str:
    """The matcher with the parameters that are not as they would be without being given."""
    usual = {name: p.default for name, p in inspect.signature(type(self).__init__).parameters.items()}
    given = {name: value for name, value in get_params(self, deep=False).items() if value is not usual[name]}
    return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in given.items())})"


def supervised_tags(self: object) -> object:  # noqa: ARG001  (a method's)
    """What scikit-learn should know: a classifier with two classes, of levels, which are categories."""
    return _tags(needs_labels=True)


def unsupervised_tags(self: object) -> object:  # noqa: ARG001  (a method's)
    """The same of a classifier that can do without labels."""
    return _tags(needs_labels=False)


def rule_tags(self: object) -> object:  # noqa: ARG001  (a method's)
    """The same of one that learns nothing."""
    return _tags(needs_labels=False, poor_score=True)


def checked_matrix(
    matcher: object,
    X: npt.ArrayLike,  # noqa: N803  (scikit-learn's name)
    *,
    first: bool,
    labels: npt.ArrayLike | None = None,
) -> Levels:
    """A matrix of levels; raises :class:`SpecError` for what is none, and for another number of ``labels``.

    ``first``: in a fit, which remembers the number and names of the columns; later ones must be the same.
    """
    from sklearn.utils import check_consistent_length
    from sklearn.utils.validation import validate_data

    levels = whole_levels(validate_data(matcher, X, reset=first))
    check_consistent_length(levels, labels)
    return levels


def whole_levels(numbers: npt.NDArray[Any]) -> Levels:
    """The numbers as levels; raises :class:`SpecError` unless they are whole, and 0 (missing) or more."""
    if numbers.size and numbers.min() < 0:
        raise SpecError("Negative values in data: levels are whole numbers from 0 (missing)")
    if numbers.dtype.kind == "f" and (numbers != np.floor(numbers)).any():
        raise SpecError("levels are whole numbers from 0 (missing); compare records first, see caselink.comparisons")
    if numbers.size and numbers.max() >= _MOST_LEVELS:
        raise SpecError(f"a comparison has at most {_MOST_LEVELS} levels")
    return numbers.astype(np.uint8)


def checked_labels(matcher: object, labels: npt.ArrayLike | None) -> npt.NDArray[Any]:
    """Labels of two kinds; raises :class:`SpecError` for anything else."""
    from sklearn.utils import column_or_1d
    from sklearn.utils.multiclass import check_classification_targets

    name = type(matcher).__name__
    if labels is None:
        raise SpecError(f"{name} requires y to be passed, but the target y is None: a label a row of levels")
    check_classification_targets(labels)
    checked = np.asarray(column_or_1d(labels, warn=True))
    kinds = len(np.unique(checked))
    if kinds != 2:
        raise SpecError(
            "Only binary classification is supported. A pair is a match or it is not; "
            f"the labels have {kinds} class{'' if kinds == 1 else 'es'}"
        )
    return checked


def check_whole(name: str, number: object, *, least: int) -> None:
    """Raise :class:`SpecError` unless the parameter is a whole number of ``least`` and more."""
    if isinstance(number, bool) or not isinstance(number, Integral) or number < least:
        raise SpecError(f"{name} must be a whole number of {least} or more, got {number!r}")


def check_number(name: str, number: object, *, least: float, above: bool = False) -> None:
    """Raise :class:`SpecError` unless the parameter is a finite number of ``least`` and more, or ``above`` it."""
    wanted = f"{'above' if above else 'at least'} {least:g}"
    if isinstance(number, bool) or not isinstance(number, Real) or not np.isfinite(float(number)):
        raise SpecError(f"{name} must be a number {wanted}, got {number!r}")
    if number < least or (above and number == least):
        raise SpecError(f"{name} must be {wanted}, got {number!r}")


def not_fitted(message: str) -> NotFittedError:
    """The error of both caselink and scikit-learn, for those who catch either."""
    from sklearn.exceptions import NotFittedError as SklearnNotFittedError

    class _NotFittedError(NotFittedError, SklearnNotFittedError):  # type: ignore[misc]  # scikit-learn has no types
        """Asked for probabilities before it was fitted."""

    return _NotFittedError(message)


def _tags(*, needs_labels: bool, poor_score: bool = False) -> object:
    from sklearn.utils import ClassifierTags, InputTags, Tags, TargetTags

    return Tags(
        estimator_type="classifier",
        target_tags=TargetTags(required=needs_labels),
        classifier_tags=ClassifierTags(multi_class=False, poor_score=poor_score),
        input_tags=InputTags(categorical=True, positive_only=True),
    )
