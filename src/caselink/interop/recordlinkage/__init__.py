"""recordlinkage's names on caselink's engine: change one line of a notebook.

    import caselink.interop.recordlinkage as recordlinkage        # was: import recordlinkage

``Index``, ``Compare`` and their methods take what they took and give what they gave: a two-level index of pairs, and a
frame of features. Whatever is not made anew here (other algorithms, measures, data sets, options) is recordlinkage's
own, under the same name; so recordlinkage must be installed.

Lines that import parts change as well, or they bring recordlinkage's own:

    from caselink.interop.recordlinkage.preprocessing import clean     # was: from recordlinkage.preprocessing
    from caselink.interop.recordlinkage.compare import Exact, String   # was: from recordlinkage.compare

What differs on purpose:

====================================  ===============================  ==============================================
where                                 recordlinkage                    here
====================================  ===============================  ==============================================
missing, ``missing_value`` not given  0, as if the values disagreed    halfway between disagreement and agreement
a feature of recordlinkage's own      missing as it says               the feature of that name here; 0 counts as not
class, given to ``Compare``                                            given, with a warning
``missing_value`` given               not used by some methods: q-gram used by all
                                      and cosine (one side missing),
                                      numeric ``step``
an empty text                         a value that agrees with itself  missing: no feature, no block
an exact feature                      whole numbers                    floating-point numbers, as the others
``date``                              nanoseconds only                 any resolution
``ECMClassifier``,                    one half is a category, or       one half is missing and speaks for neither
``NaiveBayesClassifier``              below ``binarize``; often an     class
                                      error
``OneToOneLinking``,                  by the order of the links        by weight: of a series, or of features;
``OneToManyLinking``                                                   without weights a warning
``clean``                             deletes letters with accents     folds accents, keeps other scripts
``n_jobs``                            processes                        threads
pairs of several algorithms           sorted by label                  the same
====================================  ===============================  ==============================================

With missing halfway, ``features.sum(axis=1) > 3`` of six features asks whether more than half of *what is known*
agrees. A threshold far below half of the features lets pairs in of which little is known: then give
``missing_value=0``.

Beside recordlinkage's there are :class:`~caselink.interop.recordlinkage.compare.Levels` (a comparison of caselink as
feature), :class:`~caselink.interop.recordlinkage.index.Rules` (its blocking rules as algorithm) and
:class:`~caselink.interop.recordlinkage.classifiers.ClassifierMatcher` (recordlinkage's classifiers in a linker).
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

try:
    import recordlinkage as _theirs
except ImportError as _reason:
    raise ImportError(
        "caselink.interop.recordlinkage needs recordlinkage: python -m pip install recordlinkage (it asks for pandas "
        "below 3); without it use caselink.Linker"
    ) from _reason

from caselink.interop.recordlinkage import classifiers, compare, index, network, preprocessing
from caselink.interop.recordlinkage.classifiers import ClassifierMatcher, ECMClassifier, NaiveBayesClassifier
from caselink.interop.recordlinkage.compare import Compare, Levels
from caselink.interop.recordlinkage.index import Index, Rules
from caselink.interop.recordlinkage.network import OneToManyLinking, OneToOneLinking

__all__ = [
    "ClassifierMatcher",
    "Compare",
    "ECMClassifier",
    "Index",
    "Levels",
    "NaiveBayesClassifier",
    "OneToManyLinking",
    "OneToOneLinking",
    "Rules",
    "classifiers",
    "compare",
    "index",
    "network",
    "preprocessing",
]
__all__ += _theirs.__all__


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """What is not here is recordlinkage's own."""
    if hasattr(_theirs, name):
        return getattr(_theirs, name)
    try:
        return import_module(f"recordlinkage.{name}")  # datasets
    except ModuleNotFoundError:
        raise AttributeError(f"neither caselink.interop.recordlinkage nor recordlinkage has {name!r}") from None
